//! `/creator/paid/{id}`: what a paid payout is made of. Everything is in a section marked `data-earnings`: it is there only
//! once the payout is paid, and what private sales earned is one sum in it.

use axum::extract::Path;
use domain::{Money, PayoutId, commission::EntryKind};
use flow::creator_view::{OwnPayoutLine, OwnPayoutLines};
use leptos::prelude::*;

use super::sales;
use crate::{
    creator_layout::CreatorPage,
    error::{PageError, PageResult},
    request::CreatorRequest,
    table::{Cell, Column, Row, Table},
};

pub(super) const PATH: &str = "/creator/paid/{id}";

pub(super) async fn show(Path(id): Path<String>, request: CreatorRequest) -> PageResult {
    let id: PayoutId = id.parse().map_err(|_| PageError::not_found("payout"))?;
    let found = request.flow.creator_view(&request.caller).payout(&id).await?;
    let table = lines(&request, &found);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, id.as_str());
    }
    let zone = &request.caller.brand().zone;
    let payout = &found.payout;
    let reference = payout.reference.as_ref().map(|text| format!(" · reference {text}"));
    let content = view! {
        <p><a href=super::paid::PATH>"← Paid"</a></p>
        <section class="card" data-earnings="">
            <p class="amount"><strong>{payout.amount.to_string()}</strong></p>
            <p class="subdued">{format!("Paid on {}", zone.day_of(payout.paid_at).short())}{reference}</p>
            <h2>"What it is made of"</h2>
            {table.view(&request.address)}
        </section>
    };
    Ok(CreatorPage::new("Payout").show(&request, content))
}

/// The lines, and in one sum what sales earned whose revenue is private: single commissions would tell it.
fn lines(request: &CreatorRequest, found: &OwnPayoutLines) -> Table {
    let zone = &request.caller.brand().zone;
    let currency = found.payout.amount.currency;
    let columns = [Column::text("what", "What"), Column::text("on", "On"), Column::money("amount", "Amount")];
    let own = found.lines.iter().map(|line| {
        let (what, day) = (words(line), zone.day_of(line.placed_at.unwrap_or(line.created_at)));
        let what = match &line.order {
            Some(order) => Cell::text(what).href(format!("{}#{order}", sales::PATH)),
            None => Cell::text(what),
        };
        let amount = Money { minor: line.amount_minor, currency };
        Row::new([
            what,
            Cell::view(day.to_string(), view! { <time datetime=day.to_string()>{day.short()}</time> }),
            Cell::number(line.amount_minor, amount.to_string()),
        ])
    });
    let unshared = found.unshared.map(|rest| {
        Row::new([
            Cell::text("Sales whose revenue your brand keeps private, together"),
            Cell::text(""),
            Cell::number(rest.minor, rest.to_string()),
        ])
    });
    Table::new("Lines of this payout", columns).rows(own.chain(unshared).collect::<Vec<_>>())
}

/// What a line is for.
const fn words(line: &OwnPayoutLine) -> &'static str {
    match (line.order.is_some(), line.kind) {
        (true, EntryKind::Reversal) => "Sale that was refunded or credited anew",
        (true, EntryKind::Adjustment) => "Sale, changed by your brand",
        (true, _) => "Sale",
        (false, _) => "Adjustment by your brand",
    }
}
