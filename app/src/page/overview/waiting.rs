//! What waits for a person, hidden where nothing does.

use flow::overview::{ATTENTION_MAX, Waiting};
use leptos::prelude::*;

use crate::{
    format::{count, length},
    icon,
};

/// Such as "3 orders", "100+ orders".
fn number(value: i64, one: &str, many: &str) -> String {
    let plus = if value >= ATTENTION_MAX { "+" } else { "" };
    format!("{}{plus} {}", count(value), if value == 1 { one } else { many })
}

/// The card; `None` if nothing waits.
pub(super) fn card(waiting: &Waiting) -> Option<AnyView> {
    if waiting.is_empty() {
        return None;
    }
    let counts = waiting.counts;
    let mut items: Vec<(String, String, String)> = Vec::new();
    if let Some(order) = waiting.asked_about.first() {
        let questions = number(length(waiting.asked_about.len()), "question", "questions");
        let href = format!("/brand/attribution/orders/{order}#questions");
        items.push((href, format!("{questions} from creators"), "The longest waiting first".to_owned()));
    }
    if waiting.payable.creators > 0 {
        let amounts: Vec<String> = waiting.payable.amounts.iter().map(ToString::to_string).collect();
        let who = number(waiting.payable.creators, "creator", "creators");
        items.push(("/brand/attribution/payouts".to_owned(), format!("Payouts due to {who}"), amounts.join(" + ")));
    }
    if counts.waiting_orders > 0 {
        let orders = number(counts.waiting_orders, "order", "orders");
        items.push((
            "/brand/attribution/commissions".to_owned(),
            format!("{orders} to approve"),
            "Commissions wait, or the credit is not proven".to_owned(),
        ));
    }
    if counts.open_answers > 0 {
        let answers = number(counts.open_answers, "survey answer", "survey answers");
        items.push(("/brand/attribution/survey".to_owned(), format!("{answers} to review"), String::new()));
    }
    if waiting.disputed > 0 {
        let orders = number(waiting.disputed, "order is", "orders are");
        items.push((
            "/brand/attribution/nobody?reason=disputed".to_owned(),
            format!("{orders} claimed by several visitors"),
            String::new(),
        ));
    }
    if waiting.pixel_silent_since.is_some() {
        items.push((
            "/brand/attribution/setup".to_owned(),
            "The pixel has been silent for a day".to_owned(),
            String::new(),
        ));
    }
    let items = items
        .into_iter()
        .map(|(href, text, note)| {
            let note = (!note.is_empty()).then(|| view! { <small>{note}</small> });
            view! { <li><a href=href><span>{text}{note}</span>{icon::ARROW()}</a></li> }
        })
        .collect_view();
    Some(
        view! { <section class="card needs" aria-label="Needs you"><h2>"Needs you"</h2><ul>{items}</ul></section> }
            .into_any(),
    )
}
