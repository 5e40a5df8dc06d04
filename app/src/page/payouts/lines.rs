//! What a payout is made of.

use std::collections::BTreeMap;

use domain::{CreatorId, commission::EntryKind};
use flow::payout::PayoutLine;

use crate::{
    format,
    language::{Message, t},
    ledger_reason,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The lines, which add up to the payout, by creator. With a CSV file.
pub(super) fn table(request: &BrandRequest, lines: &[PayoutLine], names: &BTreeMap<&CreatorId, &str>) -> Table {
    let columns = [
        Column::text("creator", t!("payouts-creator")),
        Column::text("what", t!("payouts-for")),
        Column::text("order", t!("payouts-order")),
        Column::text("on", t!("payouts-booked")),
        Column::money("amount", t!("payouts-amount")),
    ];
    let zone = &request.caller.brand().zone;
    let rows = lines.iter().map(|line| {
        let name = names.get(&line.creator).map_or_else(|| t!("payouts-former-creator"), |name| (*name).to_owned());
        let order = match (&line.order, &line.order_name) {
            (Some(id), Some(name)) => Cell::text(name.clone()).href(format!("/brand/attribution/orders/{id}")),
            _ => Cell::text(""),
        };
        let day = zone.day_of(line.created_at);
        Row::new([
            Cell::text(name),
            Cell::text(name_of(line.kind).text()).note(ledger_reason::of(line.kind, &line.reason)),
            order,
            Cell::view(day.to_string(), format::full_date(day)),
            Cell::amount(line.amount),
        ])
    });
    Table::new(t!("payouts-lines"), columns).named("lines").rows(rows.collect::<Vec<_>>())
}

/// What a line is called.
const fn name_of(kind: EntryKind) -> Message {
    Message(match kind {
        EntryKind::Accrual => "payouts-line-commission",
        EntryKind::Reversal => "payouts-line-taken-back",
        EntryKind::Adjustment => "payouts-line-adjustment",
        EntryKind::Payout => "payouts-line-payout",
    })
}
