//! Events about settled orders.

use std::collections::BTreeMap;

use domain::{
    LinkId, UnixMs,
    attribution::Credit,
    outbound::{CreditData, EventData, LinkRef, OrderData},
    settlement::{OrderChange, SettlementDelta},
};
use store::{commissions::Entry, outbound::NewEvents};

use super::{
    commissions::{add_approved, add_created},
    draft::{Draft, People},
};

/// The names in the events of some settlements.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The creators.
    pub people: People,
    /// The links, without direct ones.
    pub links: BTreeMap<LinkId, LinkRef>,
}

/// The events of settlements that change this. `released` are ledger entries that wait for a person no longer.
pub(crate) fn settlement_events(
    mut draft: Draft,
    names: &Names,
    delta: &SettlementDelta<'_>,
    released: &[Entry],
) -> NewEvents {
    for change in &delta.changes {
        add_change(&mut draft, names, change);
    }
    for line in &delta.ledger {
        add_created(&mut draft, &names.people, line);
    }
    for entry in released {
        add_approved(&mut draft, &names.people, entry);
    }
    draft.into_events()
}

fn add_change(draft: &mut Draft, names: &Names, change: &OrderChange<'_>) {
    let (id, fact) = (&change.order.id, format!("{}:{}", change.order.id, change.nth));
    let data = order_data(names, change);
    if change.is_attributed {
        draft.add(&EventData::OrderAttributed(Box::new(data.clone())), id, &fact);
    }
    if change.is_refunded {
        let refunded = OrderData { refund_minor: Some(change.refund_minor), ..data };
        draft.add(&EventData::OrderRefunded(Box::new(refunded)), id, &fact);
    }
}

fn order_data(names: &Names, change: &OrderChange<'_>) -> OrderData {
    let OrderChange { order, attribution, .. } = change;
    let credit = |credit: &Credit| CreditData {
        creator: credit.creator.as_ref().map(|creator| names.people.name(creator)),
        link: names.links.get(&credit.link).cloned(),
        campaign_id: credit.campaign.clone(),
        kind: credit.kind,
        amount_minor: credit.amount_minor,
        weight: credit.weight,
    };
    OrderData {
        order_id: order.id.clone(),
        external_id: order.external_id.clone(),
        name: order.name.clone(),
        source: order.source,
        placed_at: order.placed_at.to_rfc3339(),
        cancelled_at: order.cancelled_at.map(UnixMs::to_rfc3339),
        currency: order.currency,
        total_minor: order.total_minor,
        refunded_minor: order.refunded_minor,
        net_minor: attribution.net_minor,
        previous_net_minor: change.previous_net_minor,
        refund_minor: None,
        is_new_customer: order.is_new_customer,
        model: attribution.policy.model,
        credits: attribution.credits.iter().map(credit).collect(),
        needs_approval: change.needs_approval,
    }
}
