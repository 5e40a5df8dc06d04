//! Kinds of evidence for people: their names, and the shape and colour by which pictures tell them apart.

use domain::evidence::EvidenceKind;
use leptos::prelude::*;

use crate::language::Message;

/// The name of a kind.
pub(crate) const fn label(kind: EvidenceKind) -> Message {
    Message(match kind {
        EvidenceKind::Manual => "evidence-manual",
        EvidenceKind::Promo => "evidence-promo",
        EvidenceKind::Click => "evidence-click",
        EvidenceKind::Cart => "evidence-cart",
        EvidenceKind::Landing => "evidence-landing",
        EvidenceKind::Survey => "evidence-survey",
    })
}

/// The class of its colour.
const fn class(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Manual => "manual",
        EvidenceKind::Promo => "promo",
        EvidenceKind::Click => "click",
        EvidenceKind::Cart | EvidenceKind::Landing => "visit",
        EvidenceKind::Survey => "survey",
    }
}

/// Its shape, in a square of 16.
const fn shape(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Manual => "M6.5 2h3v4.5H14v3H9.5V14h-3V9.5H2v-3h4.5z",
        EvidenceKind::Promo => "M8 2.5 14 13H2z",
        EvidenceKind::Click => "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z",
        EvidenceKind::Cart => "M3 3h10v10H3z",
        EvidenceKind::Landing => "M8 1.5 14.5 8 8 14.5 1.5 8z",
        EvidenceKind::Survey => "M5 2.5h6L14.5 8 11 13.5H5L1.5 8z",
    }
}

/// The picture of a piece of evidence: hollow if it does not count. The text beside it says the same.
pub(crate) fn mark(kind: EvidenceKind, is_counted: bool) -> AnyView {
    let class = if is_counted { class(kind).to_owned() } else { format!("{} hollow", class(kind)) };
    view! {
        <svg class=format!("mark {class}") viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=shape(kind)></path>
        </svg>
    }
    .into_any()
}

/// Kinds as chips.
pub(crate) fn chips(kinds: &[EvidenceKind]) -> AnyView {
    let chips =
        kinds.iter().map(|kind| view! { <span class="chip kind">{mark(*kind, true)}{label(*kind).text()}</span> });
    view! { <span class="kinds">{chips.collect_view()}</span> }.into_any()
}
