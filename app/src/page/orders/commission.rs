//! What an order is worth and what it earned: its items and refunds, and its ledger in words.

use domain::commission::EntryKind;
use flow::commission::Entry;
use leptos::prelude::*;

use super::{order_details::OrderDetails, words};
use crate::{
    component::card,
    format,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The order's amounts: total, refunds, what counts; its items, if they are known.
pub(super) fn figures(request: &BrandRequest, found: &OrderDetails) -> AnyView {
    let order = found.order();
    let money = |minor| format::money(minor, order.currency);
    let line = |label: String, amount: String| view! { <div><dt>{label}</dt><dd>{amount}</dd></div> }.into_any();
    let mut lines = vec![line("Total".to_owned(), money(order.total_minor))];
    for refund in &found.refunds {
        let label = format!("Refunded {}", request.moment_text(refund.at));
        lines.push(line(label, format::money(-refund.amount_minor, refund.currency)));
    }
    if order.cancelled_at.is_some() {
        let when = order.cancelled_at.map(|at| request.moment_text(at)).unwrap_or_default();
        lines.push(line(format!("Cancelled {when}"), String::new()));
    }
    lines.push(line("Net revenue".to_owned(), money(order.net_minor())));
    lines.push(line("Goods, without tax and shipping".to_owned(), money(order.subtotal_minor)));
    let items = order.lines.iter().enumerate().map(|(index, item)| {
        let label =
            if item.is_gift_card { format!("Gift card (item {})", index + 1) } else { format!("Item {}", index + 1) };
        line(label, money(item.net_minor))
    });
    let items: Vec<AnyView> = items.collect();
    let shown_items = (!items.is_empty()).then(|| {
        let count = items.len();
        view! {
            <details>
                <summary>{format!("{count} {}", if count == 1 { "item" } else { "items" })}</summary>
                <dl class="sums">{items}</dl>
            </details>
        }
    });
    let customer = match order.is_new_customer {
        Some(true) => "the customer’s first order",
        Some(false) => "a returning customer",
        None => "",
    };
    let about = [format!("Reported by {}", lower_first(words::source(order.source))), customer.to_owned()];
    let about = about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    card("Amounts", view! { <dl class="sums">{lines}</dl> {shown_items} <p class="subdued">{about}</p> })
}

fn lower_first(text: &str) -> String {
    if text == "Shopify" { text.to_owned() } else { text.to_lowercase() }
}

/// The order's entries in the commission ledger.
pub(super) fn ledger_table(request: &BrandRequest, found: &OrderDetails) -> Table {
    let columns = [
        Column::text("what", "What"),
        Column::text("when", "When"),
        Column::money("amount", "Amount"),
        Column::text("state", "State"),
    ];
    let rows = found.entries.iter().map(|entry| {
        let who = found.name_of(Some(&entry.creator));
        Row::new([
            Cell::text(format!("{who} {}", happened(entry.kind))).note(entry.reason.clone()),
            Cell::view(request.moment_text(entry.created_at), request.moment(entry.created_at))
                .sorted_by(entry.created_at.0),
            Cell::number(entry.amount_minor, format::money(entry.amount_minor, entry.currency)),
            Cell::text(state(request, entry)),
        ])
    });
    let nothing = if found.order().is_test {
        "Test orders earn no commission."
    } else {
        "This order earned no commission. Commission rules decide who earns what."
    };
    let nothing = view! {
        <p class="subdued">{nothing}" "<a href="/brand/attribution/commissions">"See the rules"</a></p>
    };
    Table::new("Commission of this order", columns).rows(rows.collect::<Vec<_>>()).named("ledger").empty(nothing)
}

const fn happened(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Accrual => "earned",
        EntryKind::Reversal => "gives back",
        EntryKind::Adjustment => "got an adjustment",
        EntryKind::Payout => "was paid",
    }
}

fn state(request: &BrandRequest, entry: &Entry) -> String {
    if entry.payout.is_some() {
        "In a payout".to_owned()
    } else if entry.is_waiting() {
        "Waits for approval".to_owned()
    } else if entry.kind == EntryKind::Payout {
        String::new()
    } else {
        format!("Payable {}", request.caller.brand().zone.day_of(entry.payable_at).short())
    }
}
