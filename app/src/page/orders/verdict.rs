//! The verdict on an order: who gets how much and because of what, or why nobody does.

use std::collections::BTreeSet;

use domain::{
    CreatorId,
    attribution::{Attribution, Credit},
    commission::EntryKind,
    evidence::{Evidence, EvidenceKind, Strength},
    order::{Order, OrderFlag},
    outcome::{Outcome, Unattributed},
};
use flow::commission::Entry;
use leptos::prelude::*;

use super::{order_details::OrderDetails, words};
use crate::{
    evidence,
    form::FormState,
    format,
    language::{rich, t},
    request::BrandRequest,
};

/// The card, with the forms that give credit by hand.
pub(super) fn card(request: &BrandRequest, found: &OrderDetails, give: AnyView) -> AnyView {
    let notes = notes(found).into_iter().map(|note| view! { <p class="subdued">{note}</p> }).collect_view();
    let verdict = match &found.explanation.record.attribution {
        None => view! { <p class="lead">{t!("orders-calculating")}</p> }.into_any(),
        Some(attribution) if attribution.credits.is_empty() => nobody(found, attribution),
        Some(attribution) => credited(request, found, attribution),
    };
    view! {
        <section class="card verdict" aria-label=t!("orders-verdict")>
            {verdict} {notes} {approval(found)} {give}
        </section>
    }
    .into_any()
}

/// What else matters about the order's figures.
fn notes(found: &OrderDetails) -> Vec<String> {
    let order = found.order();
    let money = |minor| format::money(minor, order.currency);
    let mut notes = Vec::new();
    if order.is_test {
        notes.push(t!("orders-note-test"));
    }
    if order.redacted_at.is_some() {
        notes.push(t!("orders-note-erased"));
    }
    if let Some(main) = &order.details.same_as {
        notes.push(t!("orders-note-repeat", order = main));
    } else if order.cancelled_at.is_some() {
        notes.push(t!("orders-note-cancelled"));
    } else if order.refunded_minor > 0 {
        let (refunded, total) = (money(order.refunded_minor.min(order.total_minor)), money(order.total_minor));
        notes.push(t!("orders-note-refunded", refunded = refunded, total = total, net = money(order.net_minor())));
    }
    notes.extend(review_reasons(order));
    notes
}

/// Why a person should look at an order's figures; none for an order that counts under another id.
fn review_reasons(order: &Order) -> Vec<String> {
    if order.details.same_as.is_some() {
        return Vec::new();
    }
    let reason = |flag: &OrderFlag| match flag {
        OrderFlag::MixedRefund => t!("orders-review-refund"),
        OrderFlag::PossibleRepeat(other) => t!("orders-review-repeat", order = other),
    };
    order.details.flags.iter().map(reason).collect()
}

fn approval(found: &OrderDetails) -> Option<AnyView> {
    let form = FormState::default().form("approve");
    found.explanation.needs_approval.then(|| {
        view! {
            <form method="post" class="banner warning inline">
                <span>{t!("orders-approval")}</span>
                {form.button(t!("orders-approve"), "")}
            </form>
        }
        .into_any()
    })
}

/// The credits of an order by creator, in the order of their amounts.
fn by_creator(attribution: &Attribution) -> Vec<(Option<CreatorId>, i64, Vec<&Credit>)> {
    let mut shares: Vec<(Option<CreatorId>, i64, Vec<&Credit>)> = Vec::new();
    for credit in &attribution.credits {
        match shares.iter_mut().find(|(creator, ..)| *creator == credit.creator) {
            Some((_, minor, credits)) => {
                *minor += credit.amount_minor;
                credits.push(credit);
            }
            None => shares.push((credit.creator.clone(), credit.amount_minor, vec![credit])),
        }
    }
    shares.sort_by_key(|(_, minor, _)| core::cmp::Reverse(*minor));
    shares
}

/// The piece of evidence that a credit rests on.
fn evidence_of<'a>(attribution: &'a Attribution, credit: &Credit) -> Option<&'a Evidence> {
    let is_its = |piece: &&Evidence| {
        piece.refused.is_none()
            && piece.link.as_ref() == Some(&credit.link)
            && piece.kind == credit.kind
            && piece.at == credit.at
    };
    attribution.evidence.iter().find(is_its)
}

fn credited(request: &BrandRequest, found: &OrderDetails, attribution: &Attribution) -> AnyView {
    let currency = found.order().currency;
    let shares = by_creator(attribution).into_iter().map(|(creator, minor, credits)| {
        let name = found.name_of(creator.as_ref());
        let because = credits
            .iter()
            .filter_map(|credit| evidence_of(attribution, credit))
            .map(|piece| words::because(piece, attribution))
            .next_back();
        let commission = creator.as_ref().and_then(|creator| commission(request, found, creator));
        let name = view! { <strong>{name}</strong> }.into_any();
        let sentences = because.into_iter().chain(commission).collect::<Vec<_>>().join(" ");
        view! {
            <div class="share">
                <p class="lead">{rich!("orders-gets", creator = name, amount = format::money(minor, currency))}</p>
                <p>{sentences}</p>
            </div>
        }
    });
    let shares = shares.collect_view();
    let conflict = attribution.has_conflict.then(|| view! { <p>{words::conflict(attribution)}</p> });
    view! { {shares} {strength(attribution)} {conflict} }.into_any()
}

/// What a creator earns by the order, and when it is paid.
fn commission(request: &BrandRequest, found: &OrderDetails, creator: &CreatorId) -> Option<String> {
    let entries: Vec<&Entry> =
        found.entries.iter().filter(|entry| entry.creator == *creator && entry.kind != EntryKind::Payout).collect();
    let last = entries.last()?;
    let minor = entries.iter().filter(|entry| entry.currency == last.currency).map(|entry| entry.amount_minor).sum();
    let amount = format::money(minor, last.currency);
    let day = |entry: &Entry| format::date(request.caller.brand().zone.day_of(entry.payable_at));
    Some(if minor == 0 {
        t!("orders-commission-none")
    } else if entries.iter().any(|entry| entry.is_waiting()) {
        t!("orders-commission-waits", amount = amount)
    } else if entries.iter().all(|entry| entry.payout.is_some()) {
        t!("orders-commission-in-payout", amount = amount)
    } else {
        t!("orders-commission-payable", amount = amount, day = day(last))
    })
}

/// How many kinds of evidence agree, as dots and in words.
fn strength(attribution: &Attribution) -> AnyView {
    let is_credited = |piece: &&Evidence| {
        let names_same = |credit: &Credit| credit.creator == piece.creator || piece.link.as_ref() == Some(&credit.link);
        piece.refused.is_none() && attribution.credits.iter().any(names_same)
    };
    let agreeing: Vec<&Evidence> = attribution.evidence.iter().filter(is_credited).collect();
    let kinds: BTreeSet<EvidenceKind> = agreeing.iter().map(|piece| piece.kind).collect();
    let is_proven = agreeing.iter().any(|piece| piece.strength == Strength::Proven);
    let (dots, text) = match (is_proven, kinds.len()) {
        (false, _) => ("○○○", t!("orders-strength-unproven")),
        (true, 0 | 1) => ("●○○", t!("orders-strength-one")),
        (true, 2) => ("●●○", t!("orders-strength-two")),
        (true, 3) => ("●●●", t!("orders-strength-three")),
        (true, _) => ("●●●", t!("orders-strength-many")),
    };
    let kinds: Vec<EvidenceKind> = kinds.into_iter().collect();
    view! {
        <p class="strength"><span class="dots" aria-hidden="true">{dots}</span>{text} {evidence::chips(&kinds)}</p>
    }
    .into_any()
}

/// Nobody gets credit: why, what was looked for, and what to do.
fn nobody(found: &OrderDetails, attribution: &Attribution) -> AnyView {
    let order = found.order();
    if order.is_test || order.details.same_as.is_some() {
        return view! { <p class="lead">{t!("orders-does-not-count")}</p> }.into_any();
    }
    let reason = match Outcome::of(attribution) {
        Outcome::Unattributed(reason) => reason,
        Outcome::Credited(..) => Unattributed::NoEvidence,
    };
    let has_visitor = !found.explanation.record.visitors.is_empty();
    let visitor = (!has_visitor).then(|| {
        let pixel = view! { <a href="/brand/attribution/setup">{t!("orders-no-visitor-pixel")}</a> }.into_any();
        view! { <p>{rich!("orders-no-visitor", pixel = pixel)}</p> }
    });
    let looked = found.explanation.searched.iter().map(|searched| {
        let result = match (searched.found, searched.counted) {
            (0, _) => t!("orders-found-none"),
            (found, 0) => t!("orders-found-not-counted", found = found),
            (found, counted) => t!("orders-found-counted", found = found, counted = counted),
        };
        let what = view! { <b>{words::looked_for(searched.kind).text()}</b> }.into_any();
        view! {
            <li>
                {evidence::mark(searched.kind, searched.counted > 0)}
                {rich!("orders-looked", what = what, result = result)}
            </li>
        }
    });
    let nobody = view! { <strong>{t!("orders-nobody")}</strong> }.into_any();
    view! {
        <p class="lead">{rich!("orders-nobody-gets", nobody = nobody, reason = words::why_nobody(reason).text())}</p>
        <p>{words::advice(reason).text()}</p>
        {visitor}
        <h2>{t!("orders-looked-for")}</h2>
        <ul class="looked">{looked.collect_view()}</ul>
    }
    .into_any()
}
