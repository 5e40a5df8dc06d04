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
use domain::Currency;
use flow::overview::Dashboard;
use leptos::prelude::*;

pub(crate) use self::live::fragment;
use self::{asked::Asked, words::whole};
use super::Routes;
use crate::{brand_layout::BrandPage, component::empty, error::PageResult, request::BrandRequest};

const PATH: &str = "/brand/attribution";

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show)), (nobody::PATH, get(nobody::show))]
}

async fn show(request: BrandRequest) -> PageResult {
    let asked = Asked::of(&request);
    let found = request.flow.reports().dashboard(&request.caller, &asked.query).await?;
    let values = figures::values_table(&asked, &found, request.caller.brand().currency);
    if values.is_csv_wanted(&request.address) {
        return values.csv(&request.address, "overview");
    }
    let page = BrandPage::new("Overview").beside(view! {
        {live::now(&found.live)}
        {period_menu::period(&request.address, &asked, &request.caller.brand().zone)}
        {period_menu::comparison(&request.address, &asked)}
    });
    let content = view! {
        {asked.chips(&request.address, &found)}
        {if found.has_links || found.orders.conversions > 0 {
            content(&request, &asked, &found)
        } else {
            beginning(&found, request.caller.brand().currency)
        }}
    };
    Ok(page.show(&request, view! { <key-shortcuts class="overview">{content}</key-shortcuts> }))
}

/// What stands here before there is anything to show.
fn beginning(found: &Dashboard, currency: Currency) -> AnyView {
    let first = empty(
        "Create your first tracking link",
        "Give each creator their own link. Clicks appear here right away, sales as orders come in.",
        Some(("/brand/attribution/links?new=1", "New link".into())),
    );
    view! {
        {waiting::card(&found.waiting)}
        <section class="card">
            {first}
            <p class="subdued centred"><a href="/brand/attribution/setup">"See whether your store and its pixel are connected"</a></p>
        </section>
        {example::card(currency)}
    }
    .into_any()
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
                {waiting::card(&found.waiting)}
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
    if asked.query.filter.source.is_some() {
        let clicks = crate::format::count(found.total.clicks.clicks);
        return view! { <strong>{clicks}</strong>" clicks came from here "{when}"." }.into_any();
    }
    let minor = found.total.revenue_minor(currency);
    if minor == 0 && found.total.sales.conversions == 0 {
        let clicks = crate::format::count(found.total.clicks.clicks);
        return view! { "No sale was credited "{when}"; links were clicked "<strong>{clicks}</strong>" times." }
            .into_any();
    }
    let change = figures::revenue_change(found, currency).map(|change| match change {
        Ok(change) => format!(", {}", change.words()),
        Err(_) => String::new(),
    });
    let all = found.creators.iter().find_map(|row| row.item.as_ref().map(|creator| (creator, row)));
    let first = all.filter(|_| asked.query.filter.creator.is_none() && minor > 0).map(|(creator, row)| {
        let share = words::share(row.figures.revenue_minor(currency), minor);
        let href = format!("/brand/attribution/creators/{}", creator.id);
        let name = creator.name.clone();
        view! { " "<a href=href>{name}</a>{format!(" brought {share}.")} }
    });
    let subject = match asked.query.filter.creator.as_ref().and(all) {
        Some((creator, _)) => creator.name.clone(),
        None => "Creators".to_owned(),
    };
    view! {
        {subject}" earned you "<strong>{whole(minor, currency)}</strong>" "{when}{change}"."{first}
    }
    .into_any()
}
