//! The verdict on an order: who gets how much and because of what, or why nobody does.

use std::collections::BTreeSet;

use domain::{
    CreatorId,
    attribution::{Attribution, Credit},
    commission::EntryKind,
    evidence::{Evidence, EvidenceKind, Strength},
    outcome::{Outcome, Unattributed},
};
use flow::{commission::Entry, explain};
use leptos::prelude::*;

use super::{order_details::OrderDetails, words};
use crate::{evidence, form::FormState, format, request::BrandRequest};

/// The card, with the forms that give credit by hand.
pub(super) fn card(request: &BrandRequest, found: &OrderDetails, give: AnyView) -> AnyView {
    let notes = notes(found).into_iter().map(|note| view! { <p class="subdued">{note}</p> }).collect_view();
    let verdict = match &found.explanation.record.attribution {
        None => view! { <p class="lead">"The order has arrived, and is being calculated."</p> }.into_any(),
        Some(attribution) if attribution.credits.is_empty() => nobody(found, attribution),
        Some(attribution) => credited(request, found, attribution),
    };
    view! {
        <section class="card verdict" aria-label="Verdict">
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
        notes.push("This is a test order: it is kept, and counts nowhere.".to_owned());
    }
    if order.redacted_at.is_some() {
        notes.push(
            "The shopper’s data was erased: the earlier decision stands, and only amounts are updated.".to_owned(),
        );
    }
    if let Some(main) = &order.details.same_as {
        notes.push(format!("This is the same sale as the shop’s order {main}, which counts instead."));
    } else if order.cancelled_at.is_some() {
        notes.push("The order was cancelled: its revenue is zero.".to_owned());
    } else if order.refunded_minor > 0 {
        let (refunded, total) = (money(order.refunded_minor.min(order.total_minor)), money(order.total_minor));
        notes.push(format!("{refunded} of {total} was refunded: {} counts.", money(order.net_minor())));
    }
    notes.extend(explain::review_reasons(order));
    notes
}

fn approval(found: &OrderDetails) -> Option<AnyView> {
    let form = FormState::default().form("approve");
    found.explanation.needs_approval.then(|| {
        view! {
            <form method="post" class="banner warning inline">
                <span>"The commission needs your approval, because the evidence is not proven. Approve it if you trust the evidence."</span>
                {form.button("Approve credit and commission", "")}
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
            .next_back()
            .map(|because| format!("Because {because}. "));
        let commission = creator.as_ref().and_then(|creator| commission(request, found, creator));
        view! {
            <div class="share">
                <p class="lead"><strong>{name}</strong>{format!(" gets {}", format::money(minor, currency))}</p>
                <p>{because}{commission}</p>
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
    let day = |entry: &Entry| request.caller.brand().zone.day_of(entry.payable_at).short();
    Some(if minor == 0 {
        "No commission is left.".to_owned()
    } else if entries.iter().any(|entry| entry.is_waiting()) {
        format!("Commission {amount}, which waits for your approval.")
    } else if entries.iter().all(|entry| entry.payout.is_some()) {
        format!("Commission {amount}, in a payout.")
    } else {
        format!("Commission {amount}, payable {}.", day(last))
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
        (false, _) => ("○○○", "not proven: only a browser says so"),
        (true, 0 | 1) => ("●○○", "one kind of evidence"),
        (true, 2) => ("●●○", "two kinds of evidence agree"),
        (true, 3) => ("●●●", "three kinds of evidence agree"),
        (true, _) => ("●●●", "many kinds of evidence agree"),
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
        return view! { <p class="lead">"This order does not count."</p> }.into_any();
    }
    let reason = match Outcome::of(attribution) {
        Outcome::Unattributed(reason) => reason,
        Outcome::Credited(..) => Unattributed::NoEvidence,
    };
    let has_visitor = !found.explanation.record.visitors.is_empty();
    let visitor = (!has_visitor).then(|| {
        view! {
            <p>
                "No browser could be matched to this order, so its clicks are not known. "
                <a href="/brand/attribution/setup">"See whether the pixel is installed"</a>"."
            </p>
        }
    });
    let looked = found.explanation.searched.iter().map(|searched| {
        let text = match (searched.found, searched.counted) {
            (0, _) => "none".to_owned(),
            (found, 0) => format!("{found} found, not counted"),
            (found, counted) => format!("{found} found, {counted} counted"),
        };
        view! {
            <li>{evidence::mark(searched.kind, searched.counted > 0)}<b>{capital(searched.looked_for)}</b>": "{text}</li>
        }
    });
    view! {
        <p class="lead"><strong>"Nobody"</strong>{format!(" gets credit: {}", lower(reason.label()))}</p>
        <p>{words::advice(reason)}</p>
        {visitor}
        <h3>"What was looked for"</h3>
        <ul class="looked">{looked.collect_view()}</ul>
    }
    .into_any()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
