//! From click to order, and how sure the credits are.

use domain::evidence::EvidenceKind;
use flow::overview::{EvidenceShares, Funnel};
use leptos::prelude::*;

use super::words::{evidence_name, share};
use crate::{
    chart::{bar, split_bar},
    format::{count, percent},
};

/// The class of a kind's colour, and its shape: colour alone tells nobody.
const fn evidence_class(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Manual => "kind manual",
        EvidenceKind::Promo => "kind promo",
        EvidenceKind::Click => "kind click",
        EvidenceKind::Cart => "kind cart",
        EvidenceKind::Landing => "kind landing",
        EvidenceKind::Survey => "kind survey",
    }
}

/// The steps with their rates.
pub(super) fn funnel(funnel: Funnel) -> AnyView {
    let has_pixel = funnel.carts > 0 || funnel.checkouts > 0;
    let mut steps = vec![("Unique clicks", funnel.clicks)];
    if has_pixel {
        steps.extend([("Carts", funnel.carts), ("Checkouts", funnel.checkouts)]);
    }
    steps.push(("Orders", funnel.orders));
    let most = steps.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let rate = |part: i64, whole: i64| {
        if whole > 0 && part <= whole { percent(part * 10_000 / whole) } else { "–".to_owned() }
    };
    let rows = steps
        .iter()
        .enumerate()
        .map(|(index, (label, number))| {
            let before = index.checked_sub(1).map(|before| steps[before].1);
            let step = before.map(|before| view! { <small title="Of the step before">{rate(*number, before)}</small> });
            view! { <li>{bar(*number, most)}<span class="who"><span class="name">{*label}</span></span><span class="figure"><b>{count(*number)}</b>{step}</span></li> }
        })
        .collect_view();
    let others = match funnel.other_orders {
        None | Some(0) => String::new(),
        Some(1) => " One more was credited by a code, a survey answer or by hand.".to_owned(),
        Some(orders) => format!(" {} more were credited by codes, survey answers or by hand.", count(orders)),
    };
    let note = if has_pixel {
        "Visitors who came through a link, each counted once a day."
    } else {
        "Carts and checkouts appear once the pixel reports them."
    };
    view! {
        <section class="card">
            <h2>"From click to order"</h2>
            <ol class="ranking funnel">{rows}</ol>
            <p class="subdued"><small>{format!("{note}{others}")}</small></p>
        </section>
    }
    .into_any()
}

/// By which evidence, and whether kinds agree.
pub(super) fn evidence(shares: &EvidenceShares) -> AnyView {
    let orders = shares.orders();
    if orders == 0 {
        return view! {
            <section class="card"><h2>"Evidence"</h2><p class="subdued">"Each credited order shows here what it rests on."</p></section>
        }
        .into_any();
    }
    let parts: Vec<(&'static str, i64)> =
        shares.kinds.iter().map(|(kind, orders)| (evidence_class(*kind), *orders)).collect();
    let words: Vec<String> =
        shares.kinds.iter().map(|(kind, orders)| format!("{} {}", evidence_name(*kind), count(*orders))).collect();
    let label = format!("What credited orders rest on: {}", words.join(", "));
    let rows = shares
        .kinds
        .iter()
        .map(|(kind, number)| {
            let class = evidence_class(*kind);
            view! {
                <li><span class=class aria-hidden="true"></span><span>{evidence_name(*kind)}</span><b>{count(*number)}</b><small>{share(*number, orders)}</small></li>
            }
        })
        .collect_view();
    let conflict = (shares.conflict > 0).then(|| {
        let noun = if shares.conflict == 1 { "order names" } else { "orders name" };
        view! { <p class="subdued"><small>{format!("{} {noun} somebody else too; your policy decided.", count(shares.conflict))}</small></p> }
    });
    view! {
        <section class="card">
            <h2>"Evidence"</h2>
            <p><strong>{share(shares.agree, orders)}</strong>" of credited orders have two or more kinds that agree."</p>
            {split_bar(label, &parts)}
            <ul class="legend">{rows}</ul>
            {conflict}
        </section>
    }
    .into_any()
}
