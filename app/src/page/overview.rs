//! `/brand/attribution`: who earned what in a period, how that changed, where clicks come from, and what waits for a person.

mod asked;
mod example;
mod figures;
mod live;
mod nobody;
mod period_menu;
mod rankings;
mod sources;
mod waiting;
mod why;
mod words;

use axum::routing::get;
use flow::{FlowError, overview::Dashboard};
use leptos::prelude::*;

pub(crate) use self::live::fragment;
use self::{asked::Asked, words::whole};
use super::{Routes, setup::steps};
use crate::{
    brand_layout::BrandPage,
    component::empty,
    error::PageResult,
    language::{rich, t},
    request::BrandRequest,
};

const PATH: &str = "/brand/attribution";

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show)), (nobody::PATH, get(nobody::show))]
}

async fn show(request: BrandRequest) -> PageResult {
    let asked = Asked::of(&request);
    let found = request.flow.reports().dashboard(&request.caller, &asked.query).await?;
    if let Some(file) = file(&request, &asked, &found) {
        return file;
    }
    let is_begun = found.total.clicks.clicks > 0
        || found.orders.conversions > 0
        || !request.flow.exports().clicks(&request.caller, "", 1).await?.is_empty()
        || !request.flow.exports().orders(&request.caller, "", 1).await?.is_empty();
    let page = BrandPage::new(t!("overview-title")).beside(view! {
        {live::now(&found.live)}
        {period_menu::period(&request.address, &asked, &request.caller.brand().zone)}
        {period_menu::comparison(&request.address, &asked)}
    });
    let content = view! {
        {asked.chips(&request.address, &found)}
        {if is_begun { content(&request, &asked, &found) } else { beginning(&request, &found).await? }}
    };
    Ok(page.show(&request, view! { <key-shortcuts class="overview">{content}</key-shortcuts> }))
}

/// The table that the address asks for as a file. Tables of many links are built for nothing else.
fn file(request: &BrandRequest, asked: &Asked, found: &Dashboard) -> Option<PageResult> {
    let (address, currency) = (&request.address, request.caller.brand().currency);
    if !address.asks_for_file() {
        return None;
    }
    let values = figures::values_table(asked, found, currency);
    if values.is_csv_wanted(address) {
        return Some(values.csv(address, "overview"));
    }
    let files = ["top-creators", "top-campaigns", "top-links"];
    let mut rankings = rankings::tables(request, asked, found, currency).into_iter().zip(files);
    let (table, file) = rankings.find(|(table, _)| table.is_csv_wanted(address))?;
    Some(table.csv(address, file))
}

/// What stands here before there is anything to show.
async fn beginning(request: &BrandRequest, found: &Dashboard) -> Result<AnyView, FlowError> {
    let (setup, caller) = (request.flow.setup(), &request.caller);
    let (health, keys) = (setup.health(caller).await?, setup.keys(caller).await?);
    let steps = steps(request, &health, &keys).await?;
    let first = empty(
        t!("overview-begin"),
        t!("overview-begin-text"),
        Some(("/brand/attribution/links?new=1", t!("overview-new-link"))),
    );
    let first = (!found.has_links).then(|| view! { <section class="card">{first}</section> });
    let content = view! {
        {waiting::card(&request.address, &found.waiting)}
        {first}
        {steps}
        {example::card(caller.brand().currency)}
    };
    Ok(content.into_any())
}

fn content(request: &BrandRequest, asked: &Asked, found: &Dashboard) -> AnyView {
    let currency = request.caller.brand().currency;
    let address = &request.address;
    let lead = lead(asked, found, currency);
    let funnel = found.funnel.map(why::funnel);
    let evidence = found.evidence.as_ref().map(why::evidence);
    view! {
        <p class="lead">{lead}</p>
        {figures::card(address, asked, found, currency)}
        <div class="two-thirds">
            {rankings::creators(address, asked, found, currency)}
            <div>
                {waiting::card(address, &found.waiting)}
                {live::card(&found.live, request.caller.brand(), request.flow.now())}
            </div>
        </div>
        <div class="columns">
            {funnel}
            {evidence}
            {rankings::campaigns_and_links(request, asked, found, currency)}
        </div>
        {sources::section(address, found, &request.caller.brand().zone)}
        {nobody::line(address, asked, found)}
    }
    .into_any()
}

/// The page in one sentence.
fn lead(asked: &Asked, found: &Dashboard, currency: domain::Currency) -> AnyView {
    let when = asked.when();
    let strong = |text: String| view! { <strong>{text}</strong> }.into_any();
    let count = found.total.clicks.clicks;
    let clicks = crate::format::count(count);
    if asked.query.filter.source.is_some() {
        return rich!("overview-lead-source", count = count, clicks = strong(clicks), when = when);
    }
    let minor = found.total.revenue_minor(currency);
    if minor == 0 && found.total.sales.conversions == 0 {
        return rich!("overview-lead-no-sale", count = count, when = when, clicks = strong(clicks));
    }
    let revenue = strong(whole(minor, currency));
    let change = figures::revenue_change(found, currency).and_then(Result::ok).map(|change| change.words());
    let best = found.creators.iter().find_map(|row| row.item.as_ref().map(|creator| (creator, row)));
    if let (Some(_), Some((creator, _))) = (&asked.query.filter.creator, best) {
        let creator = creator.name.clone();
        return match change {
            Some(change) => {
                rich!("overview-lead-of-changed", creator = creator, revenue = revenue, when = when, change = change)
            }
            None => rich!("overview-lead-of", creator = creator, revenue = revenue, when = when),
        };
    }
    let all = match change {
        Some(change) => rich!("overview-lead-changed", revenue = revenue, when = when, change = change),
        None => rich!("overview-lead", revenue = revenue, when = when),
    };
    let is_shared = asked.query.filter.creator.is_none() && minor > 0;
    let first = best.filter(|_| is_shared).map(|(creator, row)| {
        let share = words::share(row.figures.revenue_minor(currency), minor);
        let href = format!("/brand/attribution/creators/{}", creator.id);
        let link = view! { <a href=href>{creator.name.clone()}</a> }.into_any();
        view! { " "{rich!("overview-lead-first", creator = link, share = share)} }
    });
    view! { {all}{first} }.into_any()
}
