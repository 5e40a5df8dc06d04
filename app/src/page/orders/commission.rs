//! What an order is worth and what it earned: its items and refunds, and its ledger in words.

use domain::{Money, commission::EntryKind};
use flow::commission::Entry;
use leptos::prelude::*;

use super::{order_details::OrderDetails, words};
use crate::{
    component::card,
    format,
    language::{rich, t},
    ledger_reason,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The order's amounts: total, refunds, what counts; its items, if they are known.
pub(super) fn figures(request: &BrandRequest, found: &OrderDetails) -> AnyView {
    let order = found.order();
    let money = |minor| format::money(minor, order.currency);
    let line = |label: String, amount: String| view! { <div><dt>{label}</dt><dd>{amount}</dd></div> }.into_any();
    let mut lines = vec![line(t!("orders-total"), money(order.total_minor))];
    for refund in &found.refunds {
        let label = t!("orders-refunded-at", when = request.moment_text(refund.at));
        lines.push(line(label, format::money(-refund.amount_minor, refund.currency)));
    }
    if let Some(at) = order.cancelled_at {
        lines.push(line(t!("orders-cancelled-at", when = request.moment_text(at)), String::new()));
    }
    lines.push(line(t!("orders-net-revenue"), money(order.net_minor())));
    lines.push(line(t!("orders-goods"), money(order.subtotal_minor)));
    let items = order.lines.iter().enumerate().map(|(index, item)| {
        let number = index + 1;
        let label = if item.is_gift_card {
            t!("orders-gift-card", number = number)
        } else {
            t!("orders-item", number = number)
        };
        line(label, money(item.net_minor))
    });
    let items: Vec<AnyView> = items.collect();
    let shown_items = (!items.is_empty()).then(|| {
        let count = items.len();
        view! {
            <details>
                <summary>{t!("orders-items", count = count)}</summary>
                <dl class="sums">{items}</dl>
            </details>
        }
    });
    let customer = match order.is_new_customer {
        Some(true) => Some(t!("orders-customer-first")),
        Some(false) => Some(t!("orders-customer-returning")),
        None => None,
    };
    let about = [Some(words::reported_by(order.source).text()), customer];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    card(t!("orders-amounts"), view! { <dl class="sums">{lines}</dl> {shown_items} <p class="subdued">{about}</p> })
}

/// The order's entries in the commission ledger.
pub(super) fn ledger_table(request: &BrandRequest, found: &OrderDetails) -> Table {
    let columns = [
        Column::text("what", t!("orders-ledger-what")),
        Column::text("when", t!("orders-when")),
        Column::money("amount", t!("orders-ledger-amount")),
        Column::text("state", t!("orders-ledger-state")),
    ];
    let rows = found.entries.iter().map(|entry| {
        Row::new([
            Cell::text(happened(entry.kind, found.name_of(Some(&entry.creator))))
                .note(ledger_reason::of(entry.kind, &entry.reason)),
            Cell::view(request.moment_text(entry.created_at), request.moment(entry.created_at))
                .sorted_by(entry.created_at.0),
            Cell::amount(Money { minor: entry.amount_minor, currency: entry.currency }),
            Cell::text(state(request, entry)),
        ])
    });
    let rules = view! { <a href="/brand/attribution/commissions">{t!("orders-see-rules")}</a> }.into_any();
    let nothing = if found.order().is_test {
        rich!("orders-ledger-empty-test", rules = rules)
    } else {
        rich!("orders-ledger-empty", rules = rules)
    };
    let nothing = view! { <p class="subdued">{nothing}</p> };
    Table::new(t!("orders-ledger"), columns).rows(rows.collect::<Vec<_>>()).named("ledger").empty(nothing)
}

/// What an entry means for its creator.
fn happened(kind: EntryKind, creator: String) -> String {
    match kind {
        EntryKind::Accrual => t!("orders-entry-accrual", creator = creator),
        EntryKind::Reversal => t!("orders-entry-reversal", creator = creator),
        EntryKind::Adjustment => t!("orders-entry-adjustment", creator = creator),
        EntryKind::Payout => t!("orders-entry-payout", creator = creator),
    }
}

fn state(request: &BrandRequest, entry: &Entry) -> String {
    if entry.payout.is_some() {
        t!("orders-state-in-payout")
    } else if entry.is_waiting() {
        t!("orders-state-waits")
    } else if entry.kind == EntryKind::Payout {
        String::new()
    } else {
        let day = request.caller.brand().zone.day_of(entry.payable_at);
        t!("orders-state-payable", day = format::date(day))
    }
}
