//! From click to order, and how sure the credits are.

use domain::evidence::EvidenceKind;
use flow::overview::{EvidenceShares, Funnel};
use leptos::prelude::*;

use super::words::{evidence_name, share};
use crate::{
    chart::{bar, split_bar},
    format::{count, percent},
    language::{rich, t},
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
    let mut steps = vec![(t!("overview-funnel-clicks"), funnel.clicks)];
    if has_pixel {
        let pixel = [(t!("overview-funnel-carts"), funnel.carts), (t!("overview-funnel-checkouts"), funnel.checkouts)];
        steps.extend(pixel);
    }
    steps.push((t!("chart-orders"), funnel.orders));
    let most = steps.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let rate = |part: i64, whole: i64| {
        if whole > 0 && part <= whole { percent(part * 10_000 / whole) } else { "–".to_owned() }
    };
    let rows = steps
        .iter()
        .enumerate()
        .map(|(index, (label, number))| {
            let before = index.checked_sub(1).map(|before| steps[before].1);
            let step = before
                .map(|before| view! { <small title=t!("overview-funnel-step")>{rate(*number, before)}</small> });
            view! { <li>{bar(*number, most)}<span class="who"><span class="name">{label.clone()}</span></span><span class="figure"><b>{count(*number)}</b>{step}</span></li> }
        })
        .collect_view();
    let note = if has_pixel { t!("overview-funnel-note") } else { t!("overview-funnel-no-pixel") };
    let others = funnel.other_orders.filter(|orders| *orders > 0);
    let others = others.map(|orders| t!("overview-funnel-others", count = orders));
    let note = core::iter::once(note).chain(others).collect::<Vec<_>>().join(" ");
    view! {
        <section class="card">
            <h2>{t!("overview-funnel")}</h2>
            <ol class="ranking funnel">{rows}</ol>
            <p class="subdued"><small>{note}</small></p>
        </section>
    }
    .into_any()
}

/// By which evidence, and whether kinds agree.
pub(super) fn evidence(shares: &EvidenceShares) -> AnyView {
    let orders = shares.orders();
    if orders == 0 {
        return view! {
            <section class="card"><h2>{t!("overview-evidence")}</h2><p class="subdued">{t!("overview-evidence-nothing")}</p></section>
        }
        .into_any();
    }
    let parts: Vec<(&'static str, i64)> =
        shares.kinds.iter().map(|(kind, orders)| (evidence_class(*kind), *orders)).collect();
    let words = |(kind, orders): &(EvidenceKind, i64)| format!("{} {}", evidence_name(*kind).text(), count(*orders));
    let words: Vec<String> = shares.kinds.iter().map(words).collect();
    let label = t!("overview-evidence-label", kinds = words.join(", "));
    let rows = shares
        .kinds
        .iter()
        .map(|(kind, number)| {
            let class = evidence_class(*kind);
            view! {
                <li><span class=class aria-hidden="true"></span><span>{evidence_name(*kind).text()}</span><b>{count(*number)}</b><small>{share(*number, orders)}</small></li>
            }
        })
        .collect_view();
    let conflict = (shares.conflict > 0).then(|| {
        view! { <p class="subdued"><small>{t!("overview-evidence-conflict", count = shares.conflict)}</small></p> }
    });
    let agree = view! { <strong>{share(shares.agree, orders)}</strong> }.into_any();
    view! {
        <section class="card">
            <h2>{t!("overview-evidence")}</h2>
            <p>{rich!("overview-evidence-agree", share = agree)}</p>
            {split_bar(label, &parts)}
            <ul class="legend">{rows}</ul>
            {conflict}
        </section>
    }
    .into_any()
}
