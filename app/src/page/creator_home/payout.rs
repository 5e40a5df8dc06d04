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
    format,
    language::{Message, t},
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
    let reference = payout.reference.as_ref().map(|text| t!("creator_home-payout-reference", reference = text));
    let content = view! {
        <p><a href=super::paid::PATH>{t!("creator_home-payout-back")}</a></p>
        <section class="card" data-earnings="">
            <p class="amount"><strong>{format::amount(payout.amount)}</strong></p>
            <p class="subdued">{t!("creator_home-payout-on", day = format::full_date(zone.day_of(payout.paid_at)))}{reference}</p>
            <h2>{t!("creator_home-payout-lines-title")}</h2>
            {table.view(&request.address)}
        </section>
    };
    Ok(CreatorPage::new(t!("creator_home-payout")).show(&request, content))
}

/// The lines, and in one sum what sales earned whose revenue is private: single commissions would tell it.
fn lines(request: &CreatorRequest, found: &OwnPayoutLines) -> Table {
    let zone = &request.caller.brand().zone;
    let currency = found.payout.amount.currency;
    let columns = [
        Column::text("what", t!("creator_home-payout-what")),
        Column::text("on", t!("creator_home-payout-day")),
        Column::money("amount", t!("creator_home-amount")),
    ];
    let own = found.lines.iter().map(|line| {
        let (what, day) = (what_for(line).text(), zone.day_of(line.placed_at.unwrap_or(line.created_at)));
        let what = match &line.order {
            Some(order) => Cell::text(what).href(sales::path_of(order)),
            None => Cell::text(what),
        };
        let amount = Money { minor: line.amount_minor, currency };
        Row::new([
            what,
            Cell::view(day.to_string(), view! { <time datetime=day.to_string()>{format::full_date(day)}</time> }),
            Cell::amount(amount),
        ])
    });
    let unshared = found
        .unshared
        .map(|rest| Row::new([Cell::text(t!("creator_home-payout-unshared")), Cell::text(""), Cell::amount(rest)]));
    Table::new(t!("creator_home-payout-lines"), columns).rows(own.chain(unshared).collect::<Vec<_>>())
}

/// What a line is for.
const fn what_for(line: &OwnPayoutLine) -> Message {
    Message(match (line.order.is_some(), line.kind) {
        (true, EntryKind::Reversal) => "creator_home-payout-sale-reversed",
        (true, EntryKind::Adjustment) => "creator_home-payout-sale-changed",
        (true, EntryKind::Accrual | EntryKind::Payout) => "creator_home-payout-sale",
        (false, _) => "creator_home-payout-adjustment",
    })
}
