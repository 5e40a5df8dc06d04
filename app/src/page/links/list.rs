//! The list of links.

use std::collections::BTreeMap;

use domain::{LinkId, link::Link};
use flow::{FlowError, overview::Figures};
use leptos::prelude::*;

use super::{PATH, choices::Choices, new_link, path_of, what_was_done};
use crate::{
    brand_layout::BrandPage,
    chart::sparkline,
    component::{copy_button, empty, more_menu},
    error::PageResult,
    form::{Form, FormState},
    format, icon,
    language::{Message, rich, t},
    period_choice::PeriodChoice,
    picker::{self, Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// Days of the small line in a row.
const TREND_DAYS: i64 = 14;

/// What the list shows.
struct Found {
    links: Vec<Link>,
    figures: BTreeMap<LinkId, Figures>,
    trends: BTreeMap<LinkId, Vec<i64>>,
    choices: Choices,
    has_any: bool,
}

pub(super) async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

fn shows_archived(request: &BrandRequest) -> bool {
    request.address.get("state") == "archived"
}

async fn load(request: &BrandRequest, choice: &PeriodChoice) -> Result<Found, FlowError> {
    let mut links = request.flow.links().list(&request.caller).await?;
    let has_any = !links.is_empty();
    let (creator, campaign) = (request.address.get("creator"), request.address.get("campaign"));
    let matches = |filter: &str, id: Option<&str>| filter.is_empty() || id == Some(filter);
    let is_archived = shows_archived(request);
    links.retain(|link| {
        link.deleted_at.is_some() == is_archived
            && matches(creator, link.creator.as_ref().map(domain::CreatorId::as_str))
            && matches(campaign, link.campaign.as_ref().map(domain::CampaignId::as_str))
    });
    let overview = request.flow.reports().overview(&request.caller, choice.period).await?;
    Ok(Found {
        links,
        figures: overview.links.into_iter().map(|(link, figures)| (link.id, figures)).collect(),
        trends: request.flow.reports().clicks_by_link(&request.caller, None, TREND_DAYS).await?,
        choices: Choices::load(request).await?,
        has_any,
    })
}

pub(super) async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let choice = PeriodChoice::of(request);
    let found = load(request, &choice).await?;
    let table = list_table(request, &found);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "tracking-links");
    }
    let form = state.form("create");
    let new = if request.address.has("new") || form.is_refused() {
        let products = request.flow.links().product_pages(&request.caller).await?;
        Some(new_link::card(&form, &found.choices, products, request.address.with(&[])))
    } else {
        None
    };
    let filters = vec![
        Filter::by_name("creator", t!("links-creator"), found.choices.creators(), t!("links-all-creators")),
        Filter::by_name("campaign", t!("links-campaign"), found.choices.campaigns(), t!("links-all-campaigns")),
        Filter::of("state", t!("links-state"), vec![("archived".to_owned(), t!("links-archived"))], t!("links-active")),
    ];
    let summary = ["archive", "restore", "campaign"].map(|action| state.form(action).all_faults());
    let bulk = (!found.links.is_empty()).then(|| bulk_bar(&found.choices, shows_archived(request)));
    let content = view! {
        {made(request).await?}
        {new}
        {found.has_any.then(|| filter_bar(&request.address, t!("links-search"), filters))}
        {summary.into_iter().collect_view()}
        {bulk}
        {table.view(&request.address)}
    };
    let new_href = format!("{}#new-link", request.address.with(&[("new", "1")]));
    Ok(BrandPage::new(t!("links-title"))
        .beside(view! {
            {choice.menu(request)}
            <a class="button primary" href=new_href>{t!("links-new")}</a>
        })
        .done(what_was_done(&request.address))
        .status(state.status())
        .show(request, content))
}

/// The link that was just made, to be copied.
async fn made(request: &BrandRequest) -> Result<Option<AnyView>, FlowError> {
    let Ok(id) = request.address.get("made").parse::<LinkId>() else { return Ok(None) };
    let link = match request.flow.links().get(&request.caller, &id).await {
        Ok(link) => link,
        Err(FlowError::NotFound(_)) => return Ok(None),
        Err(other) => return Err(other),
    };
    let url = request.flow.links().tracking_url(link.code);
    let made = view! { <a class="code" data-testid="new-link" href=path_of(&link.id)>{url.clone()}</a> }.into_any();
    let view = view! {
        <div class="banner success made" role="status">
            <span>{rich!("links-made", link = made)}</span>
            {copy_button(url, &t!("links-the-new-link"))}
        </div>
    };
    Ok(Some(view.into_any()))
}

/// What can be done with the ticked rows. Shown once one is ticked.
fn bulk_bar(choices: &Choices, is_archived: bool) -> AnyView {
    let state = FormState::default();
    let mut campaigns = choices.campaigns();
    campaigns.push(("none".to_owned(), t!("links-no-campaign")));
    let actions = if is_archived {
        state.form("restore").button(t!("links-restore"), "").into_any()
    } else {
        view! {
            <span class="inline">
                {picker::searched(view! {
                    <select id="bulk-campaign" name="campaign" aria-label=t!("links-ticked-campaign")>
                        {picker::options(&campaigns, "", &t!("links-choose-campaign"))}
                    </select>
                })}
                {state.form("campaign").button(t!("links-set-campaign"), "")}
            </span>
            {state.form("archive").button(t!("links-archive"), "critical")}
        }
        .into_any()
    };
    view! { <form id="bulk" method="post" class="bulk"><span>{t!("links-ticked")}</span>{actions}</form> }.into_any()
}

fn list_table(request: &BrandRequest, found: &Found) -> Table {
    let is_filtered = ["creator", "campaign", "state"].iter().any(|name| !request.address.get(name).is_empty());
    let table = link_table(request, &found.links, &found.figures, &found.trends, &found.choices, true);
    if is_filtered {
        let clear = request.address.with(&[("creator", ""), ("campaign", ""), ("state", "")]);
        let all = view! { <a href=clear>{t!("links-show-active")}</a> }.into_any();
        table.empty(view! { <p class="subdued">{rich!("links-no-match", link = all)}</p> })
    } else {
        table.empty(empty(
            t!("links-none"),
            t!("links-none-text"),
            Some(("/brand/attribution/links?new=1", t!("links-new"))),
        ))
    }
}

/// A table of links with their figures. `is_ticked`: rows can be ticked for the bulk bar.
pub(crate) fn link_table(
    request: &BrandRequest,
    links: &[Link],
    figures: &BTreeMap<LinkId, Figures>,
    trends: &BTreeMap<LinkId, Vec<i64>>,
    choices: &Choices,
    is_ticked: bool,
) -> Table {
    let columns = [
        Column::text("link", t!("links-link")),
        Column::text("creator", t!("links-creator")),
        Column::text("campaign", t!("links-campaign")),
        Column::number("trend", t!("links-trend-column", days = TREND_DAYS)),
        Column::number("clicks", t!("links-clicks")),
        Column::money("revenue", t!("links-revenue")),
        Column::actions(t!("links-actions")),
    ];
    let none = Figures::default();
    let rows = links.iter().map(|link| {
        let figures = figures.get(&link.id).unwrap_or(&none);
        row(request, link, figures, trends.get(&link.id).map_or(&[], Vec::as_slice), choices, is_ticked)
    });
    Table::new(t!("links-table"), columns).rows(rows.collect::<Vec<_>>())
}

/// The destination without scheme and shop: what differs between links.
fn destination_path(destination: &str) -> String {
    let (host, path) = destination
        .split_once("://")
        .map_or(("", destination), |(_, rest)| rest.find('/').map_or((rest, "/"), |at| rest.split_at(at)));
    if path == "/" { format!("↳ {host}") } else { format!("↳ {path}") }
}

fn row(
    request: &BrandRequest,
    link: &Link,
    figures: &Figures,
    trend: &[i64],
    choices: &Choices,
    is_ticked: bool,
) -> Row {
    let url = request.flow.links().tracking_url(link.code);
    let shown = format::without_scheme(&url);
    let id = link.id.to_string();
    let tick = is_ticked.then(|| {
        let label = t!("links-tick", link = &shown);
        view! { <input type="checkbox" name="id" value=id.clone() form="bulk" aria-label=label /> }
    });
    let state = state_of(link, request.flow.now());
    let code = view! {
        <span class="link-code">
            {tick}
            <a class="code" href=path_of(&link.id) title=link.destination.clone()>{shown.clone()}</a>
            {state.map(|text| crate::component::chip(text.text(), "warning"))}
            {copy_button(url, &t!("links-this-link"))}
        </span>
    };
    let campaign = choices.campaign_name(link.campaign.as_ref());
    let chip = (!campaign.is_empty()).then(|| {
        let href = link.campaign.as_ref().map(|id| format!("/brand/attribution/campaigns/{id}"));
        view! { <a class="chip plain" href=href>{campaign.clone()}</a> }
    });
    let campaign_view = chip.map_or_else(|| "–".into_any(), IntoAny::into_any);
    let currency = request.caller.brand().currency;
    let recent: i64 = trend.iter().sum();
    Row::new([
        Cell::view(shown, code).note(destination_path(&link.destination)),
        creator_cell(link, choices).note(format::placement(link)),
        Cell::view(campaign, campaign_view),
        Cell::view(format::count(recent), trend_view(trend, recent)).sorted_by(recent),
        Cell::number(figures.clicks.clicks, format::count(figures.clicks.clicks)),
        Cell::revenue(figures, currency).shown_as(revenue_view(link, format::revenue(figures, currency))),
        Cell::view("", actions(link)),
    ])
    .muted(link.deleted_at.is_some())
}

fn creator_cell(link: &Link, choices: &Choices) -> Cell {
    let cell = Cell::text(format::name_of(&choices.creators, link.creator.as_ref()));
    match &link.creator {
        Some(creator) => cell.href(format!("/brand/attribution/creators/{creator}")),
        None => cell,
    }
}

fn trend_view(trend: &[i64], recent: i64) -> AnyView {
    if recent == 0 {
        return view! { <span class="subdued">"–"</span> }.into_any();
    }
    let label = t!("links-trend", count = recent, days = TREND_DAYS);
    let title = label.clone();
    view! { <span class="trend" title=title><span class="hidden">{label}</span>{sparkline(trend)}</span> }.into_any()
}

fn revenue_view(link: &Link, revenue: String) -> AnyView {
    let lock = (!link.share_revenue && link.creator.is_some()).then(|| {
        view! { <span class="lock" title=t!("links-private-why")>{icon::LOCK()}<span class="hidden">{t!("links-private")}</span></span> }
    });
    view! { <span class="nowrap">{lock}{revenue}</span> }.into_any()
}

/// Why a link does not work, if it does not.
pub(super) fn state_of(link: &Link, now: domain::UnixMs) -> Option<Message> {
    if link.deleted_at.is_some() {
        Some(Message("links-archived"))
    } else if link.expires_at.is_some_and(|end| end <= now) {
        Some(Message("links-expired"))
    } else {
        None
    }
}

fn actions(link: &Link) -> AnyView {
    let state = FormState::default();
    let id = link.id.to_string();
    let (action, label) =
        if link.deleted_at.is_some() { ("restore", t!("links-restore")) } else { ("archive", t!("links-archive")) };
    let form = state.form(action);
    let page = path_of(&link.id);
    // Posted to the list: the table stands on other pages too.
    let archive =
        view! { <form method="post" action=PATH>{Form::hidden("id", id)}{form.button(label, "quiet")}</form> };
    let items = view! {
        <a href=format!("{page}/qr") download="">{t!("links-qr")}</a>
        <a href=format!("{page}#edit")>{t!("links-edit")}</a>
        {archive}
    };
    more_menu(t!("links-more-actions"), items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_shown_by_its_path() {
        assert_eq!(destination_path("https://shop.example/products/linen-shirt?a=b"), "↳ /products/linen-shirt?a=b");
        assert_eq!(destination_path("https://shop.example/"), "↳ shop.example");
        assert_eq!(destination_path("https://shop.example"), "↳ shop.example");
    }
}
