//! What a payout is made of.

use std::collections::BTreeMap;

use domain::{CreatorId, commission::EntryKind};
use flow::payout::PayoutLine;

use crate::{
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The lines, which add up to the payout, by creator. With a CSV file.
pub(super) fn table(request: &BrandRequest, lines: &[PayoutLine], names: &BTreeMap<&CreatorId, &str>) -> Table {
    let columns = [
        Column::text("creator", "Creator"),
        Column::text("what", "For"),
        Column::text("order", "Order"),
        Column::text("on", "Booked"),
        Column::money("amount", "Amount"),
    ];
    let zone = &request.caller.brand().zone;
    let rows = lines.iter().map(|line| {
        let name = names.get(&line.creator).copied().unwrap_or("A former creator");
        let order = match (&line.order, &line.order_name) {
            (Some(id), Some(name)) => Cell::text(name.clone()).href(format!("/brand/attribution/orders/{id}")),
            _ => Cell::text(""),
        };
        let day = zone.day_of(line.created_at);
        Row::new([
            Cell::text(name),
            Cell::text(words(line.kind)).note(line.reason.clone()),
            order,
            Cell::view(day.to_string(), day.short()),
            Cell::number(line.amount.minor, line.amount.to_string()),
        ])
    });
    Table::new("Lines of this payout", columns).named("lines").rows(rows.collect::<Vec<_>>())
}

const fn words(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Accrual => "Commission",
        EntryKind::Reversal => "Taken back",
        EntryKind::Adjustment => "Adjustment",
        EntryKind::Payout => "Payout",
    }
}
