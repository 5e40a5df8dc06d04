//! What happens now: the dot beside the heading, and the feed.

use domain::{UnixMs, brand::Brand};
use flow::overview::{BriefOrder, LIVE_MAX, LatestClick, Live};
use leptos::prelude::*;

use super::words::{device, source_name, whole};
use crate::language::t;

/// Where the feed comes from while the page is open.
const STREAM: &str = "/brand/attribution/live";
/// Rows of the feed.
const ROWS: usize = 8;

fn now_text(live: &Live) -> String {
    if live.clicks >= LIVE_MAX {
        t!("overview-now-many", clicks = live.clicks)
    } else {
        t!("overview-now", clicks = live.clicks)
    }
}

/// The dot beside the heading.
pub(super) fn now(live: &Live) -> AnyView {
    let class = if live.clicks > 0 { "live active" } else { "live" };
    view! { <span class=class data-live-now="">{now_text(live)}</span> }.into_any()
}

/// The feed's card.
pub(super) fn card(live: &Live, brand: &Brand, now: UnixMs) -> AnyView {
    view! {
        <section class="card">
            <h2>{t!("overview-live")}</h2>
            <live-feed data-stream=STREAM>{list(live, brand, now)}</live-feed>
        </section>
    }
    .into_any()
}

/// What the stream sends: the text beside the heading, and the feed as HTML.
pub(crate) fn fragment(live: &Live, brand: &Brand, now: UnixMs) -> (String, String) {
    (now_text(live), list(live, brand, now).to_html().replace("<!>", ""))
}

fn list(live: &Live, brand: &Brand, now: UnixMs) -> AnyView {
    let clicks = live.latest_clicks.iter().map(|click| (click.at, click_row(click)));
    let orders = live.latest_orders.iter().map(|order| (order.placed_at, order_row(order)));
    let mut rows: Vec<(UnixMs, AnyView)> = clicks.chain(orders).collect();
    if rows.is_empty() {
        return view! { <p class="subdued">{t!("overview-live-nothing")}</p> }.into_any();
    }
    rows.sort_by_key(|(at, _)| core::cmp::Reverse(*at));
    let rows = rows
        .into_iter()
        .take(ROWS)
        .map(|(at, row)| {
            let exact = brand.zone.show(at);
            view! { <li>{row}<time datetime=at.to_rfc3339() title=exact>{ago(at, now)}</time></li> }
        })
        .collect_view();
    view! { <ul class="feed">{rows}</ul> }.into_any()
}

fn click_row(click: &LatestClick) -> AnyView {
    let who = click.creator.clone().unwrap_or_else(|| click.code.to_string());
    let country = click.country.as_deref().map(|code| source_name(domain::click_source::SourceKind::Country, code));
    let note = country.into_iter().chain(device(&click.device)).collect::<Vec<_>>().join(", ");
    let note = (!note.is_empty()).then(|| view! { <small>{note}</small> });
    view! { <span class="what click"><span class="hidden">{t!("overview-live-click")}</span>{who}{note}</span> }
        .into_any()
}

fn order_row(order: &BriefOrder) -> AnyView {
    let amount = whole(order.net_minor, order.currency);
    let href = format!("/brand/attribution/orders/{}", order.id);
    let who = order.creator.clone().unwrap_or_else(|| match order.outcome {
        Some(_) => t!("overview-live-unassigned"),
        None => t!("overview-live-open"),
    });
    view! {
        <span class="what order"><a href=href>{order.name.clone()}</a>" "<b>{amount}</b><small>{who}</small></span>
    }
    .into_any()
}

/// How long ago, in the largest unit.
fn ago(at: UnixMs, now: UnixMs) -> String {
    let minutes = (now.0 - at.0).max(0) / 60_000;
    match minutes {
        0 => t!("overview-ago-now"),
        1..=59 => t!("overview-ago-minutes", count = minutes),
        60..=1_439 => t!("overview-ago-hours", count = minutes / 60),
        _ => t!("overview-ago-days", count = minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_their_largest_unit() {
        let now = UnixMs(10 * domain::time::DAY_MS);
        let of = |ms: i64| ago(now.plus_ms(-ms), now);
        assert_eq!(
            [0, 59_999, 60_000, 3_600_000, 90_000_000, -5].map(of),
            ["now", "now", "1 min", "1 h", "1 d", "now"]
        );
    }
}
