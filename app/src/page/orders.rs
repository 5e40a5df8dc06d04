//! `/brand/attribution/orders`: the brand's orders, credited or not, and why not.

mod commission;
mod order;
mod order_details;
mod questions;
mod splits;
mod timeline;
mod verdict;
mod words;

use axum::routing::get;
use domain::{
    Money,
    attribution::Attribution,
    campaign::Campaign,
    creator::Creator,
    evidence::EvidenceKind,
    link::Link,
    order::OrderSource,
    outcome::{Outcome, Unattributed},
    time::Period,
};
use flow::{
    FlowError,
    order::{
        CreditState, ListedOrders, OrderListFilter, OrderListOrder, OrderListPage, OrderPlace, OrderRecord, OrderSort,
    },
};
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::BrandPage,
    component::empty,
    error::PageResult,
    evidence, format,
    language::{Message, rich, t},
    picker::{Filter, chosen_day, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table, sort_order},
    words::unattributed,
};

const PATH: &str = "/brand/attribution/orders";
/// The periods of the filter.
const PERIODS: [(&str, Message); 4] = [
    ("7d", Message("orders-last-7-days")),
    ("30d", Message("orders-last-30-days")),
    ("90d", Message("orders-last-90-days")),
    ("365d", Message("orders-last-365-days")),
];

/// Most orders of a CSV file.
const CSV_ORDERS_MAX: usize = 100_000;

/// Columns by which the database sorts the list.
const SORTED: [&str; 2] = ["when", "revenue"];
/// The order of the list unless the address asks for another.
const NEWEST_FIRST: &str = "-when";

/// What the filter `show` offers beside the reasons.
const STATES: [(&str, Message); 4] = [
    ("credited", Message("orders-credited")),
    ("unassigned", Message("orders-unassigned")),
    ("review", Message("orders-review")),
    ("refunded", Message("orders-refunded")),
];

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show)), ("/brand/attribution/orders/{id}", get(order::show).post(order::submit))]
}

async fn show(request: BrandRequest) -> PageResult {
    let creators = request.flow.creators().list(&request.caller).await?;
    let campaigns = request.flow.campaigns().list(&request.caller).await?;
    let links = request.flow.links().list(&request.caller).await?;
    let filter = filter(&request).await?;
    if request.address.get("format") == "csv" {
        return csv(&request, &creators, &filter).await;
    }
    let listed =
        request.flow.orders().list(&request.caller, asked_order(&request), &asked_page(&request), &filter).await?;
    let is_filtered = filter != OrderListFilter::default();
    let rows = listed.orders.iter().map(|listed| row(&request, &creators, &listed.record)).collect::<Vec<_>>();
    let (before, after) = neighbours(&request, &listed);
    let table = table(rows, is_filtered).neighbours(before, after);
    let content = view! {
        {filter_bar(&request.address, t!("orders-search"), filters(&creators, &campaigns, &links))}
        {table.view(&request.address)}
        <p class="subdued"><small>{t!("orders-csv-note", count = CSV_ORDERS_MAX)}</small></p>
    };
    Ok(BrandPage::new(t!("orders-title")).done(what_was_done(&request)).show(&request, content))
}

fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    (request.address.get("done") == "erased").then(|| t!("orders-erased").into_any())
}

/// All orders of the list as a file. If there are more than it holds, its last line says so.
async fn csv(request: &BrandRequest, creators: &[Creator], filter: &OrderListFilter) -> PageResult {
    let mut file = table(Vec::new(), true).begin_csv()?;
    let mut page = OrderListPage::First;
    let mut left = CSV_ORDERS_MAX;
    loop {
        let orders = request.flow.orders().long_page(&request.caller, asked_order(request), &page, filter).await?;
        for listed in orders.iter().take(left) {
            file.write(&row(request, creators, &listed.record))?;
        }
        let Some(last) = orders.last().filter(|_| orders.len() <= left) else {
            if !orders.is_empty() {
                file.write(&Row::new([Cell::text(t!("orders-left-out", count = CSV_ORDERS_MAX))]))?;
            }
            return file.finish("orders");
        };
        page = OrderListPage::After(last.place.clone());
        left -= orders.len();
    }
}

/// The order of the list that the address asks for.
fn asked_order(request: &BrandRequest) -> OrderListOrder {
    let asked = Some(request.address.get("sort")).filter(|text| SORTED.contains(&sort_order(text).0));
    let (key, is_descending) = sort_order(asked.unwrap_or(NEWEST_FIRST));
    let by = if key == "revenue" { OrderSort::Revenue } else { OrderSort::Placed };
    OrderListOrder { by, is_ascending: !is_descending }
}

/// The part of the list that the address asks for: `after.VALUE.ID` or `before.VALUE.ID`, where the value is what the list
/// is sorted by.
fn asked_page(request: &BrandRequest) -> OrderListPage {
    let place = |text: &str| {
        let (value, id) = text.split_once('.')?;
        Some((value.parse().ok()?, id.to_owned()))
    };
    let asked = request.address.get("page");
    let page = match asked.split_once('.') {
        Some(("after", rest)) => place(rest).map(OrderListPage::After),
        Some(("before", rest)) => place(rest).map(OrderListPage::Before),
        _ => None,
    };
    page.unwrap_or(OrderListPage::First)
}

fn neighbours(request: &BrandRequest, listed: &ListedOrders) -> (Option<String>, Option<String>) {
    let link = |direction: &str, (value, id): &OrderPlace| {
        request.address.with(&[("page", format!("{direction}.{value}.{id}").as_str())])
    };
    let before = listed.orders.first().filter(|_| listed.has_before).map(|first| link("before", &first.place));
    let after = listed.orders.last().filter(|_| listed.has_after).map(|last| link("after", &last.place));
    // Beyond the last page, the way back leads to the first.
    let back = (listed.orders.is_empty() && listed.has_before).then(|| request.address.with(&[]));
    (before.or(back), after)
}

/// What the address filters by.
async fn filter(request: &BrandRequest) -> Result<OrderListFilter, FlowError> {
    let address = &request.address;
    let mut filter = OrderListFilter {
        creator: address.get("creator").parse().ok(),
        campaign: address.get("campaign").parse().ok(),
        link: address.get("link").parse().ok(),
        source: OrderSource::parse(address.get("source")),
        search: request.flow.orders().search(&request.caller, address.get("q")).await?,
        ..OrderListFilter::default()
    };
    match address.get("show") {
        "credited" => filter.credit = CreditState::Credited,
        "unassigned" => filter.credit = CreditState::Unattributed(None),
        "review" => filter.needs_review = true,
        "refunded" => filter.is_refunded = true,
        reason => {
            if let Ok(reason) = reason.parse::<Unattributed>() {
                filter.credit = CreditState::Unattributed(Some(reason));
            }
        }
    }
    let zone = &request.caller.brand().zone;
    if let Some(day) = chosen_day(address, "from") {
        filter.from = zone.bounds(day).0;
    }
    if let Some(day) = chosen_day(address, "to") {
        filter.until = zone.bounds(day).1;
    }
    if let Some(days) = address.get("period").strip_suffix('d').and_then(|days| days.parse().ok()) {
        let period = Period::last(days, request.today());
        filter.from = filter.from.max(zone.bounds(period.from).0);
        filter.until = filter.until.min(zone.bounds(period.to).1);
    }
    Ok(filter)
}

fn filters(creators: &[Creator], campaigns: &[Campaign], links: &[Link]) -> Vec<Filter> {
    let pair = |(value, label): (&str, Message)| (value.to_owned(), label.text());
    let states = STATES.into_iter().map(pair);
    let reasons = Unattributed::ALL.into_iter().map(|reason| {
        let text = t!("orders-unassigned-because", reason = unattributed(reason).text());
        (reason.as_str().to_owned(), text)
    });
    let sources = [OrderSource::Shopify, OrderSource::Api, OrderSource::Browser]
        .into_iter()
        .map(|source| (source.as_str().to_owned(), words::source(source).text()));
    let campaigns = campaigns.iter().map(|campaign| (campaign.id.to_string(), campaign.name.clone())).collect();
    let links = links.iter().map(|link| {
        let to = format::without_scheme(&link.destination);
        (link.id.to_string(), format!("{} – {to}", link.code))
    });
    let links = links.collect();
    vec![
        Filter::of("show", t!("orders-show"), states.chain(reasons).collect(), t!("orders-all")),
        Filter::by_name("creator", t!("orders-creator"), format::filter_choices(creators), t!("orders-all-creators")),
        Filter::by_name("campaign", t!("orders-campaign"), campaigns, t!("orders-all-campaigns")),
        Filter::by_name("link", t!("orders-link"), links, t!("orders-all-links")),
        Filter::of("source", t!("orders-source"), sources.collect(), t!("orders-all-sources")),
        Filter::of("period", t!("orders-period"), PERIODS.map(pair).to_vec(), t!("orders-all-time")),
        Filter::day("from", t!("orders-from")),
        Filter::day("to", t!("orders-to")),
    ]
}

fn table(rows: Vec<Row>, is_filtered: bool) -> Table {
    let columns = [
        Column::text("order", t!("orders-order")),
        Column::number("when", t!("orders-when")),
        Column::money("revenue", t!("orders-net-revenue")),
        Column::text("credited", t!("orders-credited-to")),
        Column::text("evidence", t!("orders-evidence")),
        Column::text("status", t!("orders-status")),
    ];
    let nothing = if is_filtered {
        let all = view! { <a href=PATH>{t!("orders-show-all")}</a> }.into_any();
        view! { <p class="subdued">{rich!("orders-no-match", all = all)}</p> }.into_any()
    } else {
        empty(
            t!("orders-empty"),
            t!("orders-empty-text"),
            Some(("/brand/attribution/setup", t!("orders-empty-action"))),
        )
    };
    Table::new(t!("orders-title"), columns)
        .rows(rows)
        .empty(nothing)
        .ordered_by(NEWEST_FIRST)
        .sorted_by_database(&SORTED)
}

fn row(request: &BrandRequest, creators: &[Creator], record: &OrderRecord) -> Row {
    let order = &record.order;
    let when = request.moment_text(order.placed_at);
    let credited = credited_to(creators, record);
    let (text, note) = if credited.is_empty() { unassigned(record) } else { (credited, String::new()) };
    let kinds = kinds_of(record.attribution.as_ref());
    let names = kinds.iter().map(|kind| evidence::label(*kind).text()).collect::<Vec<_>>().join(", ");
    let is_unproven = record.attribution.as_ref().is_some_and(Attribution::rests_on_unproven);
    let status = [format::order_status(order), if is_unproven { t!("orders-not-proven") } else { String::new() }];
    let status = status.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let is_muted = order.is_test || order.cancelled_at.is_some() || order.details.same_as.is_some();
    let csv_text = if note.is_empty() { text.clone() } else { t!("orders-unassigned-because", reason = &note) };
    let credited = view! { {text} {(!note.is_empty()).then(|| view! { <small>{note}</small> })} };
    Row::new([
        Cell::text(order.name.clone()).href(format!("{PATH}/{}", order.id)),
        Cell::view(when, request.moment(order.placed_at)),
        Cell::amount(Money { minor: order.net_minor(), currency: order.currency }),
        Cell::view(csv_text, view! { <span>{credited}</span> }),
        Cell::view(names, if kinds.is_empty() { "–".into_any() } else { evidence::chips(&kinds) }),
        Cell::text(status),
    ])
    .muted(is_muted)
}

/// The kinds of evidence that count, each once.
fn kinds_of(attribution: Option<&Attribution>) -> Vec<EvidenceKind> {
    let credits = attribution.map(|attribution| attribution.credits.as_slice()).unwrap_or_default();
    if credits.is_empty() {
        return Vec::new();
    }
    let counted =
        attribution.iter().flat_map(|attribution| &attribution.evidence).filter(|piece| piece.refused.is_none());
    let kinds: std::collections::BTreeSet<EvidenceKind> = counted.map(|piece| piece.kind).collect();
    kinds.into_iter().collect()
}

/// The credited creators, each once; empty if there are none.
pub(crate) fn credited_to(creators: &[Creator], record: &OrderRecord) -> String {
    let credits = record.attribution.iter().flat_map(|attribution| &attribution.credits);
    let mut names: Vec<String> = Vec::new();
    for credit in credits {
        let name = match &credit.creator {
            Some(creator) => format::name_of(creators, Some(creator)),
            None => t!("orders-without-creator"),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// What stands in place of a creator, and why.
fn unassigned(record: &OrderRecord) -> (String, String) {
    let Some(attribution) = &record.attribution else {
        return (t!("orders-being-calculated"), String::new());
    };
    if record.order.is_test || record.order.details.same_as.is_some() || record.order.cancelled_at.is_some() {
        return ("–".to_owned(), String::new());
    }
    match Outcome::of(attribution) {
        Outcome::Unattributed(reason) => (t!("orders-unassigned"), unattributed(reason).text()),
        Outcome::Credited(..) => (t!("orders-unassigned"), String::new()),
    }
}
