//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::view::DayView;
use super::view::OverviewView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format;
#[cfg(feature = "ssr")]
use crate::format::link_row;
#[cfg(feature = "ssr")]
use crate::format::period_of;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;
#[cfg(feature = "ssr")]
use crate::view::RowView;

/// The brand's overview. Empty dates mean the last 30 days.
#[server(prefix = "/api/fn", endpoint = "overview")]
pub async fn overview(from: String, to: String) -> Result<OverviewView, AppError> {
    let (flow, merchant) = merchant()?;
    let period = period_of(&flow, merchant.brand(), &from, &to);
    let overview = flow.reports().overview(&merchant, period).await?;
    Ok(overview_view(&flow, merchant.brand(), &overview))
}

#[cfg(feature = "ssr")]
fn overview_view(flow: &flow::Flow, brand: &domain::brand::Brand, overview: &flow::overview::Overview) -> OverviewView {
    let currency = brand.currency;
    let in_currency = |figures: &flow::overview::Figures| figures.sales.revenue.get(&currency).copied().unwrap_or(0);
    OverviewView {
        brand: brand.name.clone(),
        period: format::period(overview.period, brand),
        total: format::figures(&overview.total, currency),
        all_orders: (
            format::count(overview.orders.conversions),
            format::amounts(&overview.orders.amounts(currency), currency),
        ),
        is_empty: overview.links.is_empty() && overview.orders.conversions == 0,
        clicks_chart: format::bars(
            overview
                .days
                .iter()
                .map(|(day, figures)| (day.short(), figures.clicks.clicks, format::count(figures.clicks.clicks))),
        ),
        revenue_chart: format::bars(overview.days.iter().map(|(day, figures)| {
            let minor = in_currency(figures);
            (day.short(), minor, domain::Money { minor, currency }.to_string())
        })),
        days: overview
            .days
            .iter()
            .map(|(day, figures)| DayView { day: day.to_string(), figures: format::figures(figures, currency) })
            .collect(),
        creators: overview
            .creators
            .iter()
            .map(|(creator, figures)| RowView {
                name: creator.as_ref().map_or_else(|| "Unassigned".to_owned(), |creator| creator.name.clone()),
                note: creator.as_ref().map(|creator| format!("@{}", creator.handle)).unwrap_or_default(),
                href: creator.as_ref().map(|creator| format!("/brand/attribution/creators/{}", creator.id)),
                figures: format::figures(figures, currency),
            })
            .collect(),
        campaigns: overview
            .campaigns
            .iter()
            .map(|(campaign, figures)| RowView {
                name: campaign.as_ref().map_or_else(|| "No campaign".to_owned(), |campaign| campaign.name.clone()),
                note: String::new(),
                href: campaign.as_ref().map(|campaign| format!("/brand/attribution/links?campaign={}", campaign.id)),
                figures: format::figures(figures, currency),
            })
            .collect(),
        links: overview.links.iter().map(|(link, figures)| link_row(flow, link, figures, currency)).collect(),
    }
}
