//! What became of the orders: the funnel's end, the shares of evidence, and the reasons for no credit.

use std::collections::BTreeMap;

use domain::{
    evidence::{EvidenceClass, EvidenceKind},
    outcome::{Agreement, Outcome, Unattributed},
};
use store::overview::FunnelTotal;

use super::{
    Figures,
    content::{EvidenceShares, Funnel},
};

pub(super) fn funnel_of(total: &Figures, steps: FunnelTotal, by_visit: Option<(i64, i64)>) -> Funnel {
    Funnel {
        clicks: total.clicks.unique_clicks,
        carts: steps.carts,
        checkouts: steps.checkouts,
        orders: by_visit.map_or(total.sales.conversions, |(visits, _)| visits),
        other_orders: by_visit.map(|(_, others)| others),
    }
}

/// Credited orders that a visit decided, and the others.
pub(super) fn by_visit(outcomes: &[(Outcome, i64)]) -> (i64, i64) {
    let mut orders = (0, 0);
    for (outcome, count) in outcomes {
        match outcome {
            Outcome::Credited(kind, _) if kind.class() == EvidenceClass::Visit => orders.0 += count,
            Outcome::Credited(..) => orders.1 += count,
            Outcome::Unattributed(_) => {}
        }
    }
    orders
}

pub(super) fn shares(outcomes: &[(Outcome, i64)]) -> EvidenceShares {
    let mut shares = EvidenceShares::default();
    let mut kinds: BTreeMap<EvidenceKind, i64> = BTreeMap::new();
    for (outcome, orders) in outcomes {
        let Outcome::Credited(kind, agreement) = outcome else { continue };
        *kinds.entry(*kind).or_default() += orders;
        match agreement {
            Agreement::Agree => shares.agree += orders,
            Agreement::Single => shares.single += orders,
            Agreement::Conflict => shares.conflict += orders,
        }
    }
    shares.kinds = kinds.into_iter().collect();
    shares.kinds.sort_by_key(|(kind, orders)| (core::cmp::Reverse(*orders), *kind));
    shares
}

pub(super) fn nobody(outcomes: &[(Outcome, i64)]) -> Vec<(Unattributed, i64)> {
    let reason = |(outcome, orders): &(Outcome, i64)| match outcome {
        Outcome::Unattributed(reason) => Some((*reason, *orders)),
        Outcome::Credited(..) => None,
    };
    let mut reasons: Vec<_> = outcomes.iter().filter_map(reason).collect();
    reasons.sort_by_key(|(reason, orders)| (core::cmp::Reverse(*orders), *reason));
    reasons
}
