//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

use super::view::CustomerView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{format, server_context::merchant};

/// One customer, by our id or any other identifier of theirs.
#[server(prefix = "/api/fn", endpoint = "customer")]
pub async fn customer_detail(id: String) -> Result<CustomerView, AppError> {
    let (flow, merchant) = merchant()?;
    let timeline = flow.customers().get(&merchant, &id).await?;
    Ok(customer_view(&timeline))
}

#[cfg(feature = "ssr")]
fn customer_view(timeline: &flow::customer::CustomerTimeline) -> CustomerView {
    use flow::customer::TouchSource;
    let mut rows: Vec<(domain::UnixMs, [String; 3])> = Vec::new();
    for event in &timeline.events {
        let currency = event.order.currency;
        let credits = event.credits().iter().map(|credit| {
            let amount = format::money(credit.amount_minor, currency);
            format!("{} {:.0}% ({amount})", timeline.source_of(credit), credit.weight.percent())
        });
        let source = credits.collect::<Vec<_>>().join(", ");
        let (what, amount) = if event.is_purchase {
            (format!("Order {}", event.order.name), event.amount().to_string())
        } else {
            (event.event_key().to_owned(), String::new())
        };
        rows.push((event.order.placed_at, [what, source, amount]));
    }
    for touch in timeline.touches() {
        let what = match touch.source {
            TouchSource::Click(_) => "Click",
            TouchSource::Order(..) => "Referenced in an order",
        };
        let destination = timeline.links.get(touch.link).map(|link| link.destination.clone()).unwrap_or_default();
        rows.push((touch.at, [what.to_owned(), format::without_scheme(&destination), String::new()]));
    }
    for view in &timeline.page_views {
        let url = view.url.as_deref().map(format::without_scheme).unwrap_or_default();
        rows.push((view.at, ["Page view".to_owned(), url, String::new()]));
    }
    rows.sort_by(|(a, _), (b, _)| b.cmp(a));
    let rows = rows.into_iter().map(|(at, [what, source, amount])| [timeline.zone.show(at), what, source, amount]);
    let has_purchase = timeline.events.iter().any(|event| event.is_purchase && event.attribution.is_some());
    CustomerView {
        name: timeline.client_id.clone().unwrap_or_else(|| "Unnamed customer".to_owned()),
        since: format!("First seen {}", timeline.zone.show(timeline.created_at())),
        total: if has_purchase { format!("Total spent: {}", timeline.total()) } else { "No purchases yet".to_owned() },
        counts: format!(
            "Orders and other events: {} · Touchpoints: {} · Page views: {}",
            format::count(format::length(timeline.events.len())),
            format::count(format::length(timeline.touches().len())),
            format::count(timeline.page_view_count),
        ),
        timeline: format::grid("Timeline", ["Date", "Event", "Source", "Amount"], true, rows),
    }
}
