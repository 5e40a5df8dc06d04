//! What waits for a person, hidden where nothing does.

use domain::outcome::Unattributed;
use flow::overview::{ATTENTION_MAX, Waiting};
use leptos::prelude::*;

use super::nobody::list_address;
use crate::{
    address::Address,
    format::{self, length},
    icon,
    language::t,
};

/// A count as it is shown: "3", or "100+" where counting stops.
fn shown(count: i64) -> String {
    let plus = if count >= ATTENTION_MAX { "+" } else { "" };
    format!("{}{plus}", format::count(count))
}

/// The card; `None` if nothing waits.
pub(super) fn card(address: &Address, waiting: &Waiting) -> Option<AnyView> {
    if waiting.is_empty() {
        return None;
    }
    let counts = waiting.counts;
    let mut items: Vec<(String, String, String)> = Vec::new();
    if let Some(order) = waiting.asked_about.first() {
        let count = length(waiting.asked_about.len());
        let href = format!("/brand/attribution/orders/{order}#questions");
        let text = t!("overview-needs-questions", count = count, shown = shown(count));
        items.push((href, text, t!("overview-needs-questions-note")));
    }
    if waiting.payable.creators > 0 {
        let amounts: Vec<String> = waiting.payable.amounts.iter().map(|amount| format::amount(*amount)).collect();
        let count = waiting.payable.creators;
        let text = t!("overview-needs-payouts", count = count, shown = shown(count));
        items.push(("/brand/attribution/payouts".to_owned(), text, amounts.join(" + ")));
    }
    if counts.waiting_orders > 0 {
        let count = counts.waiting_orders;
        let text = t!("overview-needs-orders", count = count, shown = shown(count));
        items.push(("/brand/attribution/commissions".to_owned(), text, t!("overview-needs-orders-note")));
    }
    if counts.open_answers > 0 {
        let count = counts.open_answers;
        let text = t!("overview-needs-answers", count = count, shown = shown(count));
        items.push(("/brand/attribution/survey".to_owned(), text, String::new()));
    }
    if waiting.disputed > 0 {
        let count = waiting.disputed;
        let text = t!("overview-needs-disputed", count = count, shown = shown(count));
        items.push((list_address(address, Unattributed::Disputed), text, String::new()));
    }
    if counts.failing_endpoints > 0 {
        let count = counts.failing_endpoints;
        let text = t!("overview-needs-endpoints", count = count, shown = shown(count));
        let note = t!("overview-needs-endpoints-note");
        items.push(("/brand/attribution/setup".to_owned(), text, note));
    }
    if waiting.pixel_silent_since.is_some() {
        items.push(("/brand/attribution/setup".to_owned(), t!("overview-needs-pixel"), String::new()));
    }
    let items = items
        .into_iter()
        .map(|(href, text, note)| {
            let note = (!note.is_empty()).then(|| view! { <small>{note}</small> });
            view! { <li><a href=href><span>{text}{note}</span>{icon::ARROW()}</a></li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="card needs" aria-label=t!("overview-needs")>
                <h2>{t!("overview-needs")}</h2>
                <ul>{items}</ul>
            </section>
        }
        .into_any(),
    )
}
