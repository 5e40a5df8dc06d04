//! Who and what earned most: creators, campaigns, links.

use domain::Currency;
use flow::overview::{Dashboard, Figures, Ranked};
use leptos::prelude::*;

use super::{
    asked::{Asked, Metric},
    figures::delta,
    nobody::in_period,
    words::{change, whole},
};
use crate::{
    address::Address,
    chart::bar,
    format, icon,
    language::t,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// Rows of the creators' card.
const CREATORS_MAX: usize = 8;
/// Rows of campaigns and links each.
const OTHERS_MAX: usize = 6;

/// Names of the rankings in the address.
const CREATORS: &str = "creators";
const CAMPAIGNS: &str = "campaigns";
const LINKS: &str = "links";

/// A row: its name, what a click on it filters by, and its own page.
struct Entry {
    name: String,
    note: String,
    filter: Option<String>,
    href: Option<String>,
    figures: Figures,
    before: Option<Figures>,
}

impl Entry {
    fn of<T>(row: &Ranked<T>, name: String) -> Self {
        Self {
            name,
            note: String::new(),
            filter: None,
            href: None,
            figures: row.figures.clone(),
            before: row.before.clone(),
        }
    }
}

/// The rankings as tables, for their CSV files.
pub(super) fn tables(request: &BrandRequest, asked: &Asked, found: &Dashboard, currency: Currency) -> [Table; 3] {
    let address = &request.address;
    let table = |name, label, one, entries: Vec<Entry>| {
        let has_sales = asked.query.filter.source.is_none();
        let mut columns = vec![Column::text("name", one), Column::number("clicks", Metric::Clicks.label().text())];
        if has_sales {
            columns.push(Column::number("orders", Metric::Orders.label().text()));
            columns.push(Column::money("revenue", Metric::Revenue.label().text()));
            if found.compared.is_some() {
                columns.push(Column::money("before", t!("overview-before")));
            }
        }
        let rows: Vec<Row> = entries.iter().map(|entry| csv_row(entry, has_sales, currency)).collect();
        Table::new(label, columns).rows(rows).named(name)
    };
    [
        table(CREATORS, t!("overview-top-creators"), t!("overview-creator"), of_creators(address, asked, found)),
        table(CAMPAIGNS, t!("overview-campaigns"), t!("overview-campaign"), campaigns(address, asked, found)),
        table(LINKS, t!("overview-links"), t!("overview-link"), links(request, asked, found)),
    ]
}

fn csv_row(entry: &Entry, has_sales: bool, currency: Currency) -> Row {
    let clicks = entry.figures.clicks.clicks;
    let mut cells =
        vec![Cell::text(entry.name.clone()).note(entry.note.clone()), Cell::number(clicks, format::count(clicks))];
    if has_sales {
        let orders = entry.figures.sales.conversions;
        let money = |figures: &Figures| Cell::revenue(figures, currency);
        cells.push(Cell::number(orders, format::count(orders)));
        cells.push(money(&entry.figures));
        cells.extend(entry.before.as_ref().map(money));
    }
    Row::new(cells)
}

/// The link to a ranking's CSV file.
fn csv_link(address: &Address, name: &str) -> AnyView {
    let href = address.with(&[(format!("{name}-format").as_str(), "csv")]);
    view! { <a class="quiet" href=href download="">{icon::DOWNLOAD()}"CSV"</a> }.into_any()
}

/// Creators by revenue, or by clicks where only these are known.
pub(super) fn creators(address: &Address, asked: &Asked, found: &Dashboard, currency: Currency) -> AnyView {
    let entries = of_creators(address, asked, found);
    let more = (entries.len() > CREATORS_MAX).then(|| {
        let all = t!("overview-all-creators", count = entries.len());
        view! { <a href=in_period(address, "/brand/attribution/creators")>{all}</a> }
    });
    let list = list(&entries, CREATORS_MAX, asked.query.filter.source.is_some(), currency);
    let foot = list.is_some().then(|| view! { <p class="more-link split">{more}{csv_link(address, CREATORS)}</p> });
    let content = list.unwrap_or_else(|| view! { <p class="subdued">{t!("overview-no-clicks")}</p> }.into_any());
    view! {
        <section class="card" aria-label=t!("overview-top-creators")>
            <h2>{t!("overview-top-creators")}</h2>
            {content}{foot}
        </section>
    }
    .into_any()
}

fn of_creators(address: &Address, asked: &Asked, found: &Dashboard) -> Vec<Entry> {
    let chosen = asked.query.filter.creator.as_ref();
    let rows = found.creators.iter().filter(|row| !row.figures.is_empty());
    rows.map(|row| match &row.item {
        Some(creator) => {
            let id = creator.id.to_string();
            let is_chosen = chosen == Some(&creator.id);
            Entry {
                note: format!("@{}", creator.handle),
                filter: Some(address.with(&[("creator", if is_chosen { "" } else { &id })])),
                href: Some(in_period(address, &format!("/brand/attribution/creators/{id}"))),
                ..Entry::of(row, creator.name.clone())
            }
        }
        None => Entry { note: t!("overview-without-creator"), ..Entry::of(row, t!("format-unassigned")) },
    })
    .collect()
}

/// Campaigns and links, one at a time.
pub(super) fn campaigns_and_links(
    request: &BrandRequest,
    asked: &Asked,
    found: &Dashboard,
    currency: Currency,
) -> AnyView {
    let address = &request.address;
    let is_links = address.get("top") == "links" || found.campaigns.iter().all(|row| row.item.is_none());
    let (entries, all) = if is_links {
        (links(request, asked, found), ("/brand/attribution/links", t!("overview-all-links")))
    } else {
        (campaigns(address, asked, found), ("/brand/attribution/campaigns", t!("overview-all-campaigns")))
    };
    let tab = |key: &'static str, label: String| {
        let current = ((key == "links") == is_links).then_some("true");
        view! { <li><a href=address.with(&[("top", key)]) aria-current=current data-keep-scroll="">{label}</a></li> }
    };
    let list = list(&entries, OTHERS_MAX, asked.query.filter.source.is_some(), currency);
    let more = (entries.len() > OTHERS_MAX).then(|| view! { <a href=in_period(address, all.0)>{all.1}</a> });
    let name = if is_links { LINKS } else { CAMPAIGNS };
    let foot = list.is_some().then(|| view! { <p class="more-link split">{more}{csv_link(address, name)}</p> });
    let content = list.unwrap_or_else(|| view! { <p class="subdued">{t!("overview-nothing")}</p> }.into_any());
    view! {
        <section class="card ranked" aria-label=t!("overview-top")>
            <h2 class="hidden">{t!("overview-top")}</h2>
            <nav class="switch" aria-label=t!("overview-top-switch")>
                <ul>{tab("campaigns", t!("overview-campaigns"))}{tab("links", t!("overview-links"))}</ul>
            </nav>
            {content}{foot}
        </section>
    }
    .into_any()
}

fn campaigns(address: &Address, asked: &Asked, found: &Dashboard) -> Vec<Entry> {
    let chosen = asked.query.filter.campaign.as_ref();
    let rows = found.campaigns.iter().filter(|row| !row.figures.is_empty());
    rows.map(|row| match &row.item {
        Some(campaign) => {
            let id = campaign.id.to_string();
            let is_chosen = chosen == Some(&campaign.id);
            Entry {
                filter: Some(address.with(&[("campaign", if is_chosen { "" } else { &id })])),
                href: Some(in_period(address, &format!("/brand/attribution/campaigns/{id}"))),
                ..Entry::of(row, campaign.name.clone())
            }
        }
        None => Entry::of(row, t!("overview-no-campaign")),
    })
    .collect()
}

fn links(request: &BrandRequest, asked: &Asked, found: &Dashboard) -> Vec<Entry> {
    let chosen = asked.query.filter.link.as_ref();
    let rows = found.links.iter().filter(|row| !row.figures.is_empty());
    rows.filter_map(|row| row.item.as_ref().map(|link| (row, link)))
        .map(|(row, link)| {
            if link.is_direct {
                return Entry { note: t!("overview-no-link"), ..Entry::of(row, t!("overview-direct-link")) };
            }
            let id = link.id.to_string();
            let is_chosen = chosen == Some(&link.id);
            let url = request.flow.links().tracking_url(link.code);
            Entry {
                note: format::without_scheme(&link.destination),
                filter: Some(request.address.with(&[("link", if is_chosen { "" } else { &id })])),
                href: Some(in_period(&request.address, &format!("/brand/attribution/links/{id}"))),
                ..Entry::of(row, format::without_scheme(&url))
            }
        })
        .collect()
}

/// The rows; `None` if there are none.
fn list(entries: &[Entry], max: usize, is_by_clicks: bool, currency: Currency) -> Option<AnyView> {
    let size = |figures: &Figures| if is_by_clicks { figures.clicks.clicks } else { figures.revenue_minor(currency) };
    let most = entries.iter().map(|entry| size(&entry.figures)).max()?;
    let rows = entries.iter().take(max).map(|entry| row(entry, size(&entry.figures), most, is_by_clicks, currency));
    Some(view! { <ol class="ranking">{rows.collect_view()}</ol> }.into_any())
}

fn row(entry: &Entry, size: i64, most: i64, is_by_clicks: bool, currency: Currency) -> AnyView {
    let clicks = t!("overview-clicks", count = entry.figures.clicks.clicks);
    let before = entry.before.as_ref();
    let (value, exact, note, changed) = if is_by_clicks {
        (clicks.clone(), clicks, String::new(), None)
    } else {
        let (minor, orders) = (entry.figures.revenue_minor(currency), entry.figures.sales.conversions);
        let changed =
            before.and_then(|before| change(minor, before.revenue_minor(currency), (orders, before.sales.conversions)));
        (whole(minor, currency), format::revenue(&entry.figures, currency), clicks, changed)
    };
    let name = view! { <span class="name">{entry.name.clone()}</span> };
    let note_line = (!entry.note.is_empty()).then(|| view! { <small>{entry.note.clone()}</small> });
    let title = t!("overview-only", name = &entry.name);
    let named = match &entry.filter {
        Some(filter) => {
            view! { <a class="who" href=filter.clone() title=title data-keep-scroll="">{name}{note_line}</a> }
                .into_any()
        }
        None => view! { <span class="who">{name}{note_line}</span> }.into_any(),
    };
    let has_delta = before.is_some() && !is_by_clicks;
    let open = match entry.href.clone() {
        Some(href) => {
            let label = t!("overview-open", name = &entry.name);
            view! { <a class="open" href=href aria-label=label>{icon::ARROW()}</a> }.into_any()
        }
        None => view! { <span class="open none"></span> }.into_any(),
    };
    view! {
        <li>
            {bar(size, most)}
            {named}
            <span class="figure"><b title=exact>{value}</b><small>{note}</small></span>
            {has_delta.then(|| view! { <span class="delta">{delta(changed)}</span> })}
            {open}
        </li>
    }
    .into_any()
}
