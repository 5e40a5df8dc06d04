//! `/creator`: the creator's own pages: home, links, sales, what was paid, and revenue proofs. What the brand does not
//! share never gets here: everything comes from [`flow::creator_view`].

mod chart;
mod earnings;
mod links;
mod paid;
mod payout;
mod payout_details;
pub(super) mod proofs;
mod sales;

use axum::routing::get;
use domain::time::Period;
use flow::creator_view::{CreatorOverview, CreatorSale, OwnBalance};
use leptos::prelude::*;

use super::Routes;
use crate::{creator_layout::CreatorPage, error::PageResult, format, language::t, request::CreatorRequest};

/// Days on the home page's chart.
const CHART_DAYS: i64 = 30;
/// Links on the home page.
const LINKS: usize = 3;
/// Sales on the home page.
const SALES: i64 = 5;

pub(crate) fn routes() -> Routes {
    vec![
        ("/creator", get(home)),
        (links::PATH, get(links::show)),
        ("/creator/links/{id}/qr", get(links::qr_file)),
        (sales::PATH, get(sales::show).post(sales::submit)),
        (paid::PATH, get(paid::show).post(paid::submit)),
        (payout::PATH, get(payout::show)),
        (proofs::PATH, get(proofs::show).post(proofs::submit)),
    ]
}

/// The period in the address; the last thirty days if there is none.
fn period_of(request: &CreatorRequest) -> Period {
    let (from, to) = (request.address.get("from"), request.address.get("to"));
    format::period_of(&request.flow, request.caller.brand(), from, to)
}

async fn home(request: CreatorRequest) -> PageResult {
    let view = request.flow.creator_view(&request.caller);
    let period = Period::last(CHART_DAYS, request.flow.reports().today(request.caller.brand()));
    let own = view.overview(period).await?;
    let balances = view.balances().await?;
    let days = view.earning_days(period).await?;
    let sales = view.sales(None, SALES).await?;
    let proofs = view.proofs().await?;
    let content = view! {
        {earnings::head(&request, &own, &balances)}
        {chart::card(&days)}
        {own_links(&request, &own)}
        {recent(&request, &own, sales)}
        {proofs::summary(&own, &proofs)}
    };
    Ok(CreatorPage::new(t!("creator_home-hello", name = &own.creator.name)).show(&request, content))
}

/// The busiest links. Ordered by clicks: an order by amount would reveal amounts.
fn own_links(request: &CreatorRequest, own: &CreatorOverview) -> AnyView {
    let mut links: Vec<_> =
        own.links.iter().filter(|link| link.link.deleted_at.is_none() && !link.link.is_direct).collect();
    links.sort_by_key(|link| core::cmp::Reverse(link.clicks.clicks));
    let (has_more, has_none) = (links.len() > LINKS, links.is_empty());
    let cards = links.into_iter().take(LINKS).map(|link| links::card(request, link)).collect_view();
    let more = has_more.then(|| view! { <a href=links::PATH>{t!("creator_home-all-links")}</a> });
    view! {
        <section class="own-links">
            <div class="section-head"><h2>{t!("creator_home-your-links", days = CHART_DAYS)}</h2>{more}</div>
            {if has_none { links::none() } else { view! { <ul class="link-cards">{cards}</ul> }.into_any() }}
        </section>
    }
    .into_any()
}

fn recent(request: &CreatorRequest, own: &CreatorOverview, found: Vec<CreatorSale>) -> AnyView {
    if found.is_empty() {
        return view! { <section class="card"><h2>{t!("creator_home-recent")}</h2>{sales::none()}</section> }
            .into_any();
    }
    let rows = found.iter().map(|sale| sales::row(request, own, sale, None)).collect_view();
    view! {
        <section class="card">
            <div class="section-head"><h2>{t!("creator_home-recent")}</h2><a href=sales::PATH>{t!("creator_home-all-sales")}</a></div>
            <ul class="sales">{rows}</ul>
        </section>
    }
    .into_any()
}

/// Whether earnings of some links are private until they are paid.
fn has_private(own: &CreatorOverview) -> bool {
    own.all_links.iter().any(|link| !link.share_revenue)
}

/// The sum of everything that a balance holds.
const fn earned_minor(balance: &OwnBalance) -> i64 {
    balance.held_minor + balance.payable_minor + balance.paid_minor
}
