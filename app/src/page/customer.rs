//! `/brand/attribution/customers/{id}`: a customer's orders, and what they did before.

use axum::{extract::Path, response::Response, routing::get};
use domain::{UnixMs, creator::Creator, evidence::EvidenceKind, outcome::Outcome};
use flow::{
    FlowError,
    customer::{CustomerTimeline, EVENTS_MAX, ORDERS_MAX, ROWS_MAX, TimelineEvent, TouchSource},
};
use leptos::prelude::*;
use url::Url;

use super::Routes;
use crate::{
    brand_layout::BrandPage,
    component::{card, confirm, tile, tiles},
    error::PageResult,
    evidence,
    form::{FormState, Posted, done},
    format,
    language::{rich, t},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
    words,
};

const ORDERS: &str = "/brand/attribution/orders";

pub(crate) fn routes() -> Routes {
    vec![("/brand/attribution/customers/{id}", get(show).post(submit))]
}

async fn show(Path(id): Path<String>, request: BrandRequest) -> PageResult {
    page(&request, &id, &FormState::default()).await
}

async fn submit(Path(id): Path<String>, request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "erase" => erase(&request, &id).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &id, &posted.refused(error)?).await,
    }
}

async fn erase(request: &BrandRequest, id: &str) -> Result<Response, FlowError> {
    request.flow.customers().erase_shown(&request.caller, id).await?;
    Ok(done(ORDERS, "erased"))
}

async fn page(request: &BrandRequest, id: &str, state: &FormState) -> PageResult {
    let until = request.address.get("until").parse().ok().map(UnixMs);
    let timeline = request.flow.customers().get(&request.caller, id, until).await?;
    let creators = request.flow.creators().list(&request.caller).await?;
    let orders = orders(request, &creators, &timeline);
    let activity = activity(request, &creators, &timeline, until);
    if orders.is_csv_wanted(&request.address) {
        return orders.csv(&request.address, "customer-orders");
    }
    if activity.is_csv_wanted(&request.address) {
        return activity.csv(&request.address, "customer-activity");
    }
    let content = view! {
        {figures(request, &timeline)}
        {card(t!("customer-orders"), view! { {orders_note(&timeline)} {orders.view(&request.address)} })}
        {card(t!("customer-activity"), view! { {activity_note(request, &timeline, until)} {activity.view(&request.address)} })}
    };
    Ok(BrandPage::new(name(&timeline))
        .above(view! { <a href=ORDERS>{t!("customer-back")}</a> })
        .beside(erase_form(state))
        .status(state.status())
        .show(request, content))
}

/// The customer's name, or what tells them apart.
fn name(timeline: &CustomerTimeline) -> String {
    if let Some(name) = &timeline.client_id {
        return t!("customer-named", name = name);
    }
    let orders = purchases(timeline).rev().take(2).map(|event| event.order.name.clone()).collect::<Vec<_>>();
    match orders.as_slice() {
        [] => t!("customer-without-order"),
        orders => t!("customer-of", orders = orders.join(", ")),
    }
}

fn purchases(timeline: &CustomerTimeline) -> impl DoubleEndedIterator<Item = &TimelineEvent> {
    timeline.events.iter().filter(|event| event.is_purchase)
}

fn erase_form(state: &FormState) -> AnyView {
    let form = state.form("erase");
    let content =
        view! { <form method="post">{form.all_faults()}{form.button(t!("customer-erase-submit"), "critical")}</form> };
    confirm(t!("customer-erase"), t!("customer-erase-text"), content)
}

fn figures(request: &BrandRequest, timeline: &CustomerTimeline) -> AnyView {
    let has_purchase = purchases(timeline).any(|event| event.attribution.is_some());
    let spent = if has_purchase { format::amount(timeline.total()) } else { "–".to_owned() };
    let orders = format::length(purchases(timeline).count());
    let is_all = timeline.cut_at.is_none();
    let touches =
        format!("{}{}", format::count(format::length(timeline.touches().len())), if is_all { "" } else { "+" });
    let first_seen = match timeline.cut_at {
        Some(cut) => t!("customer-before", moment = request.moment_text(cut)),
        None => request.moment_text(timeline.created_at()),
    };
    tiles(vec![
        tile(t!("customer-spent"), spent, ""),
        tile(t!("customer-orders"), format::count(orders), ""),
        tile(t!("customer-touches"), touches, t!("customer-touches-note")),
        tile(t!("customer-first-seen"), first_seen, ""),
    ])
}

fn credited(creators: &[Creator], event: &TimelineEvent) -> String {
    let credits = event.credits();
    if credits.is_empty() {
        return match event.attribution.as_ref().map(Outcome::of) {
            None => t!("customer-being-calculated"),
            Some(Outcome::Unattributed(reason)) => {
                t!("customer-unassigned-because", reason = words::unattributed(reason).text())
            }
            Some(Outcome::Credited(..)) => t!("customer-unassigned"),
        };
    }
    let shares = credits.iter().map(|credit| {
        let creator = match &credit.creator {
            Some(creator) => format::name_of(creators, Some(creator)),
            None => t!("customer-without-creator"),
        };
        let amount = format::money(credit.amount_minor, event.order.currency);
        t!("customer-credit", creator = creator, amount = amount)
    });
    shares.collect::<Vec<_>>().join(", ")
}

/// That orders are left out, if some are.
fn orders_note(timeline: &CustomerTimeline) -> Option<AnyView> {
    (purchases(timeline).count() >= ORDERS_MAX).then(|| {
        let all = view! { <a href=ORDERS>{t!("customer-all-orders")}</a> }.into_any();
        let count = format::length(ORDERS_MAX);
        view! { <p class="subdued">{rich!("customer-orders-cut", count = count, all = all)}</p> }.into_any()
    })
}

/// Which part of the activity is shown, with links to the others; nothing if it is all of it.
fn activity_note(request: &BrandRequest, timeline: &CustomerTimeline, until: Option<UnixMs>) -> Option<AnyView> {
    let others = timeline.events.iter().filter(|event| !event.is_purchase).count();
    let is_cut = i64::try_from(others).is_ok_and(|count| count >= EVENTS_MAX);
    let events = is_cut.then(|| view! { " "{t!("customer-events-cut", count = EVENTS_MAX)} });
    let earlier = timeline.cut_at.map(|at| {
        let href = request.address.with(&[("until", &at.0.to_string()), ("activity-page", "")]);
        view! { " "<a href=href>{t!("customer-earlier")}</a> }
    });
    let latest = until.map(|_| {
        let href = request.address.with(&[("until", ""), ("activity-page", "")]);
        view! { " "<a href=href>{t!("customer-latest")}</a> }
    });
    if earlier.is_none() && latest.is_none() && events.is_none() {
        return None;
    }
    let text = match (timeline.cut_at, until) {
        (Some(cut), None) => {
            t!("customer-cut", max = ROWS_MAX, views = timeline.page_view_count, moment = request.moment_text(cut))
        }
        (Some(cut), Some(until)) => {
            t!("customer-cut-between", from = request.moment_text(cut), to = request.moment_text(until))
        }
        (None, Some(until)) => t!("customer-cut-until", moment = request.moment_text(until)),
        (None, None) => String::new(),
    };
    Some(view! { <p class="subdued">{text}{events}{earlier}{latest}</p> }.into_any())
}

fn orders(request: &BrandRequest, creators: &[Creator], timeline: &CustomerTimeline) -> Table {
    let columns = [
        Column::text("order", t!("customer-order")),
        Column::text("when", t!("customer-when")),
        Column::money("revenue", t!("customer-net-revenue")),
        Column::text("credited", t!("customer-credited-to")),
        Column::text("status", t!("customer-status")),
    ];
    let rows = purchases(timeline).rev().map(|event| {
        let order = &event.order;
        Row::new([
            Cell::text(order.name.clone()).href(format!("{ORDERS}/{}", order.id)),
            Cell::view(request.moment_text(order.placed_at), request.moment(order.placed_at))
                .sorted_by(order.placed_at.0),
            Cell::amount(event.amount()),
            Cell::text(credited(creators, event)),
            Cell::text(format::order_status(order)),
        ])
    });
    let nothing = view! { <p class="subdued">{t!("customer-no-orders")}</p> };
    Table::new(t!("customer-orders-label"), columns).rows(rows.collect::<Vec<_>>()).named("orders").empty(nothing)
}

/// Something that the customer did.
struct Deed {
    at: UnixMs,
    kind: Option<EvidenceKind>,
    what: String,
    detail: String,
}

fn activity(request: &BrandRequest, creators: &[Creator], timeline: &CustomerTimeline, until: Option<UnixMs>) -> Table {
    let columns = [
        Column::text("what", t!("customer-what")),
        Column::text("detail", t!("customer-where")),
        Column::text("when", t!("customer-when")),
    ];
    let mut deeds = deeds(request, creators, timeline);
    // What is before the cut is on the page of earlier activity, with the clicks and page views around it.
    deeds.retain(|deed| timeline.cut_at.is_none_or(|cut| deed.at > cut) && until.is_none_or(|end| deed.at <= end));
    deeds.sort_by_key(|deed| core::cmp::Reverse(deed.at));
    let rows = deeds.into_iter().map(|deed| {
        let mark = deed.kind.map(|kind| evidence::mark(kind, true));
        Row::new([
            Cell::view(deed.what.clone(), view! { <span class="deed">{mark}{deed.what}</span> }),
            Cell::text(deed.detail),
            Cell::view(request.moment_text(deed.at), request.moment(deed.at)).sorted_by(deed.at.0),
        ])
    });
    let nothing = view! { <p class="subdued">{t!("customer-no-activity")}</p> };
    Table::new(t!("customer-activity"), columns)
        .rows(rows.collect::<Vec<_>>())
        .named("activity")
        .ordered_by("-when")
        .empty(nothing)
}

fn deeds(request: &BrandRequest, creators: &[Creator], timeline: &CustomerTimeline) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for event in &timeline.events {
        let (what, detail) = if event.is_purchase {
            let amount = format::amount(event.amount());
            (t!("customer-bought", order = &event.order.name, amount = amount), credited(creators, event))
        } else {
            let page = event.details.as_ref().and_then(|details| details.url.as_deref());
            (capital(&event.event_key().replace(['_', '-'], " ")), page.map(page_name).unwrap_or_default())
        };
        deeds.push(Deed { at: event.order.placed_at, kind: None, what, detail });
    }
    for touch in timeline.touches() {
        let link = timeline.links.get(touch.link);
        let who = format::name_of(creators, link.and_then(|link| link.creator.as_ref()));
        let (kind, what) = match touch.source {
            TouchSource::Click(_) => (EvidenceKind::Click, t!("customer-clicked", creator = who)),
            TouchSource::Order(event, kind) => {
                let label = evidence::label(kind).text();
                (kind, t!("customer-evidence", kind = label, creator = who, order = &event.order.name))
            }
        };
        let address = link.filter(|link| !link.is_direct).map(|link| {
            let own = format::without_scheme(&request.flow.links().tracking_url(link.code));
            format!("{own} → {}", page_name(&link.destination))
        });
        deeds.push(Deed { at: touch.at, kind: Some(kind), what, detail: address.unwrap_or_default() });
    }
    for view in &timeline.page_views {
        let detail = view.url.as_deref().map(page_name).unwrap_or_default();
        deeds.push(Deed { at: view.at, kind: None, what: t!("customer-viewed"), detail });
    }
    deeds
}

/// What a page of a Shopify shop shows, as far as its address says it.
fn page_name(address: &str) -> String {
    let Ok(url) = Url::parse(address) else { return format::without_scheme(address) };
    let parts: Vec<&str> =
        url.path_segments().map(|parts| parts.filter(|part| !part.is_empty()).collect()).unwrap_or_default();
    match parts.as_slice() {
        [] => t!("customer-page-home"),
        [.., "products", handle] => handle_words(handle),
        [.., "collections", handle] => t!("customer-page-collection", title = handle_words(handle)),
        ["cart"] => t!("customer-page-cart"),
        ["search"] => t!("customer-page-search"),
        ["checkouts", ..] => t!("customer-page-checkout"),
        _ => format::without_scheme(address),
    }
}

/// A handle is its title in small letters with hyphens.
fn handle_words(handle: &str) -> String {
    capital(&handle.replace('-', " "))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_by_what_they_show() {
        for (address, expected) in [
            ("https://shop.example/products/linen-shirt?variant=1", "Linen shirt"),
            ("https://shop.example/collections/summer/products/hat", "Hat"),
            ("https://shop.example/collections/summer-sale", "Collection Summer sale"),
            ("https://shop.example", "Home page"),
            ("https://shop.example/cart", "Cart"),
            ("https://shop.example/pages/about", "shop.example/pages/about"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(page_name(address), expected, "{address}");
        }
    }
}
