//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

use super::view::CreatorHomeView;
#[cfg(feature = "ssr")]
use super::view::OwnLinkView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::format::money;
#[cfg(feature = "ssr")]
use crate::format::period_of;
#[cfg(feature = "ssr")]
use crate::server_context::creator;
#[cfg(feature = "ssr")]
use crate::view::GridView;

/// The signed-in creator's own page.
#[server(prefix = "/api/fn", endpoint = "creator-home")]
pub async fn creator_home(from: String, to: String) -> Result<CreatorHomeView, AppError> {
    use flow::creator_view::SharedRevenue;
    let (flow, session) = creator()?;
    let brand = session.brand();
    let period = period_of(&flow, brand, &from, &to);
    let allowed = flow.creator_view(&session);
    let own = allowed.overview(period).await?;
    let shown = |revenue: &SharedRevenue| match revenue {
        SharedRevenue::Hidden => None,
        SharedRevenue::Shown(amounts) => Some(format::amounts(amounts, brand.currency)),
    };
    Ok(CreatorHomeView {
        name: own.creator.name.clone(),
        brand: brand.name.clone(),
        is_sample: brand.settings.sample.is_some(),
        period: format::period(period, brand),
        clicks: format::count(own.clicks.clicks),
        unique_clicks: format::count(own.clicks.unique_clicks),
        conversions: format::count(own.conversions),
        revenue: shown(&own.revenue),
        clicks_chart: format::bars(
            own.days.iter().map(|(day, clicks, _)| (day.short(), clicks.clicks, format::count(clicks.clicks))),
        ),
        links: own
            .links
            .iter()
            .map(|link| OwnLinkView {
                url: flow.links().label(&link.link),
                is_address: !link.link.is_direct,
                destination: link.link.destination.clone(),
                clicks: format::count(link.clicks.clicks),
                unique_clicks: format::count(link.clicks.unique_clicks),
                conversions: format::count(link.conversions),
                revenue: shown(&link.revenue),
            })
            .collect(),
        has_unshared: own.links.iter().any(|link| !link.link.share_revenue),
        earnings: own_balance_grid(&allowed.balances().await?),
        milestones: allowed.milestones().await?.iter().map(|reached| milestone(reached, &brand.zone)).collect(),
    })
}

/// A milestone in words.
#[cfg(feature = "ssr")]
fn milestone(reached: &flow::creator_view::OwnMilestone, zone: &domain::time::Zone) -> String {
    use flow::creator_view::OwnMilestone;
    match reached {
        OwnMilestone::Orders { orders, at } => format!("{orders} orders reached on {}", zone.show(*at)),
        OwnMilestone::SharedRevenue { amount, day } => format!("{amount} of shared revenue reached on {day}"),
    }
}

/// A creator's own balances as a table.
#[cfg(feature = "ssr")]
pub(crate) fn own_balance_grid(balances: &[flow::creator_view::OwnBalance]) -> GridView {
    let rows = balances.iter().map(|balance| {
        let show = |minor| money(minor, balance.currency);
        let [held, payable, paid] = [balance.held_minor, balance.payable_minor, balance.paid_minor].map(show);
        [balance.currency.code().to_owned(), held, payable, paid]
    });
    format::grid("Earnings", ["Currency", "Pending", "Available", "Paid"], false, rows)
}
