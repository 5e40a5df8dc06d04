//! `/creator/paid`: balances, payouts, how the creator is paid, and milestones. Sections marked `data-earnings` change when
//! a payout is paid, whatever it contains.

use flow::creator_view::OwnPayout;
use leptos::prelude::*;

use super::{
    earnings::{milestone, table},
    has_private, payout_details, period_of,
};
use crate::{
    creator_layout::CreatorPage,
    error::PageResult,
    form::{FormState, Posted, done},
    format,
    language::t,
    request::CreatorRequest,
    table::{Cell, Column, Row, Table},
};

pub(super) const PATH: &str = "/creator/paid";

pub(super) async fn show(request: CreatorRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

pub(super) async fn submit(request: CreatorRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        payout_details::SAVE => payout_details::save(&request, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(()) => Ok(done(PATH, "details")),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn page(request: &CreatorRequest, state: &FormState) -> PageResult {
    let view = request.flow.creator_view(&request.caller);
    let own = view.overview(period_of(request)).await?;
    let balances = view.balances().await?;
    let payouts = payouts(request, view.payouts().await?);
    if payouts.is_csv_wanted(&request.address) {
        return payouts.csv(&request.address, "payouts");
    }
    let zone = &request.caller.brand().zone;
    let milestones: Vec<String> = view.milestones().await?.iter().map(|reached| milestone(reached, zone)).collect();
    let milestones = (!milestones.is_empty()).then(|| {
        let items = milestones.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
        view! { <section class="card"><h2>{t!("creator_home-milestones")}</h2><ul>{items}</ul></section> }
    });
    let content = view! {
        <section class="card" data-earnings=""><h2>{t!("creator_home-earnings")}</h2>{table(&balances, has_private(&own))}</section>
        <section class="card" data-earnings=""><h2>{t!("creator_home-payouts")}</h2>{payouts.view(&request.address)}</section>
        {payout_details::card(request, state).await?}
        {milestones}
    };
    let done = (request.address.get("done") == "details").then(|| t!("creator_home-details-saved").into_any());
    Ok(CreatorPage::new(t!("creator_home-paid-title")).done(done).status(state.status()).show(request, content))
}

fn payouts(request: &CreatorRequest, payouts: Vec<OwnPayout>) -> Table {
    let zone = &request.caller.brand().zone;
    let columns = [
        Column::text("on", t!("creator_home-paid-on")),
        Column::money("amount", t!("creator_home-amount")),
        Column::text("reference", t!("creator_home-reference")),
    ];
    let rows = payouts.into_iter().map(|payout| {
        let day = zone.day_of(payout.paid_at);
        let href = format!("{PATH}/{}", payout.id);
        let on = view! { <a href=href><time datetime=day.to_string()>{format::full_date(day)}</time></a> };
        Row::new([
            Cell::view(day.to_string(), on),
            Cell::amount(payout.amount),
            Cell::text(payout.reference.unwrap_or_default()),
        ])
    });
    Table::new(t!("creator_home-payouts"), columns)
        .rows(rows.collect::<Vec<_>>())
        .empty(view! { <p class="subdued">{t!("creator_home-no-payouts")}</p> }.into_any())
}
