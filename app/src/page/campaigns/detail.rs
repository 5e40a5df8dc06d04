//! The page of a campaign.

use std::collections::BTreeMap;

use axum::{extract::Path, response::Response};
use domain::{CampaignId, CreatorId, link::Link, time::Period};
use flow::{FlowError, campaign::PlannedCampaign, overview::Figures};
use leptos::prelude::*;

use super::{
    PATH, path_of,
    plan::{self, State},
    what_was_done,
};
use crate::{
    brand_layout::BrandPage,
    day_chart::{clicks_by_day, figure_tiles},
    error::PageResult,
    form::{FormState, Posted, done},
    format,
    language::{rich, t},
    page::links::{Choices, credited_card, credited_table, link_table},
    period_choice::PeriodChoice,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// Days of the small line in the rows of links.
const TREND_DAYS: i64 = 14;

fn read_id(id: &str) -> Result<CampaignId, FlowError> {
    id.parse().map_err(|_| FlowError::NotFound("campaign"))
}

pub(super) async fn show(request: BrandRequest, Path(id): Path<String>) -> PageResult {
    page(&request, &read_id(&id)?, &FormState::default()).await
}

pub(super) async fn submit(request: BrandRequest, Path(id): Path<String>, posted: Posted) -> PageResult {
    let id = read_id(&id)?;
    let outcome = match posted.action() {
        "edit" => save(&request, &id, &posted).await,
        "archive" => set_archived(&request, &id, true).await,
        "restore" => set_archived(&request, &id, false).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &id, &posted.refused(error)?).await,
    }
}

async fn save(request: &BrandRequest, id: &CampaignId, posted: &Posted) -> Result<Response, FlowError> {
    request.flow.campaigns().change(&request.caller, id, &plan::read(posted)).await?;
    Ok(done(&path_of(id), "saved"))
}

async fn set_archived(request: &BrandRequest, id: &CampaignId, is_archived: bool) -> Result<Response, FlowError> {
    request.flow.campaigns().set_archived(&request.caller, id, is_archived).await?;
    let path = path_of(id);
    Ok(if is_archived { done(&format!("{path}?undo={id}"), "archived") } else { done(&path, "restored") })
}

async fn page(request: &BrandRequest, id: &CampaignId, state: &FormState) -> PageResult {
    let planned = request.flow.campaigns().get(&request.caller, id).await?;
    let choices = Choices::load(request).await?;
    let reports = request.flow.reports();
    let today = reports.today(request.caller.brand());
    // The budget is for all that the campaign brings. Its links go on selling after its last day.
    let begun = planned.plan.starts_on.filter(|start| *start <= today);
    let whole = begun.map(|start| Period::between(start, today));
    let choice = PeriodChoice::or(request, whole);
    let links = reports.links_in_campaign(&request.caller, id, choice.period).await?;
    let ids: Vec<_> = links.iter().map(|(link, _)| link.id.clone()).collect();
    let figures = reports.of_links(&request.caller, &ids, choice.period).await?;
    let orders = reports.credited_orders(&request.caller, &ids).await?;
    let trends = reports.clicks_by_link(&request.caller, Some(&ids), TREND_DAYS).await?;
    let by_link: BTreeMap<_, _> = links.iter().map(|(link, figures)| (link.id.clone(), figures.clone())).collect();
    let shown: Vec<Link> = links.iter().map(|(link, _)| link.clone()).collect();
    let create = view! { <a href="/brand/attribution/links?new=1">{t!("campaigns-create-link")}</a> }.into_any();
    let table = link_table(request, &shown, &by_link, &trends, &choices, false)
        .empty(view! { <p class="subdued">{rich!("campaigns-no-link", link = create)}</p> });
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "campaign-links");
    }
    let credited = credited_table(request, &orders);
    if credited.is_csv_wanted(&request.address) {
        return credited.csv(&request.address, "campaign-orders");
    }
    let creators = creators(request, &links, &choices);
    if creators.is_csv_wanted(&request.address) {
        return creators.csv(&request.address, "campaign-creators");
    }
    let currency = request.caller.brand().currency;
    let content = view! {
        {facts(request, &planned, &figures.total)}
        {figure_tiles(&figures.total, currency)}
        {clicks_by_day(&figures.days, today, &choice.label(), currency)}
        <div class="two-thirds">
            <div><section class="card"><h2>{t!("campaigns-creators")}</h2>{creators.view(&request.address)}</section></div>
            {credited_card(request, &orders)}
        </div>
        <h2 class="section">{t!("campaigns-links")}</h2>
        {table.view(&request.address)}
        {edit_card(request, &planned, state)}
    };
    let is_archived = planned.archived_at.is_some();
    let form = state.form(if is_archived { "restore" } else { "archive" });
    let label = if is_archived { t!("campaigns-restore") } else { t!("campaigns-archive") };
    Ok(BrandPage::new(planned.campaign.name.clone())
        .above(view! { <a href=PATH>{t!("campaigns-back")}</a> })
        .beside(view! {
            {choice.menu(request)}
            <form method="post" action=path_of(id)>{form.button(label, "")}</form>
        })
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

fn facts(request: &BrandRequest, planned: &PlannedCampaign, figures: &Figures) -> AnyView {
    let today = request.flow.reports().today(request.caller.brand());
    let days = plan::days(&planned.plan);
    let budget = planned.plan.budget.map(|budget| {
        let revenue = figures.sales.revenue.get(&budget.currency).copied().unwrap_or(0);
        let times = (budget.minor > 0 && revenue > 0).then(|| {
            let tenths = i128::from(revenue) * 10 / i128::from(budget.minor);
            t!("campaigns-budget-times", times = format::tenths(tenths))
        });
        view! { <div><dt>{t!("campaigns-budget")}</dt><dd>{format::amount(budget)}<span class="subdued">{times}</span></dd></div> }
    });
    view! {
        <dl class="facts">
            <div><dt>{t!("campaigns-state")}</dt><dd>{State::of(planned, today).chip()}</dd></div>
            {(!days.is_empty()).then(|| view! { <div><dt>{t!("campaigns-runs")}</dt><dd>{days}</dd></div> })}
            {budget}
            <div><dt>{t!("campaigns-created")}</dt><dd>{request.moment(planned.campaign.created_at)}</dd></div>
        </dl>
    }
    .into_any()
}

/// The campaign's creators with what their links in it did.
fn creators(request: &BrandRequest, links: &[(Link, Figures)], choices: &Choices) -> Table {
    let mut by_creator: BTreeMap<Option<CreatorId>, Figures> = BTreeMap::new();
    for (link, figures) in links {
        let sums = by_creator.entry(link.creator.clone()).or_default();
        sums.clicks.add(figures.clicks);
        sums.sales.conversions += figures.sales.conversions;
        for (currency, minor) in &figures.sales.revenue {
            sums.sales.add(0, *currency, *minor);
        }
    }
    let currency = request.caller.brand().currency;
    let rows = by_creator.into_iter().map(|(creator, figures)| {
        let name = Cell::text(format::name_of(&choices.creators, creator.as_ref()));
        let name = match creator {
            Some(id) => name.href(format!("/brand/attribution/creators/{id}")),
            None => name,
        };
        Row::new([
            name,
            Cell::number(figures.clicks.clicks, format::count(figures.clicks.clicks)),
            Cell::number(figures.sales.conversions, format::count(figures.sales.conversions)),
            Cell::revenue(&figures, currency),
        ])
    });
    let columns = [
        Column::text("creator", t!("campaigns-creator")),
        Column::number("clicks", t!("campaigns-clicks")),
        Column::number("orders", t!("campaigns-orders")),
        Column::money("revenue", t!("campaigns-revenue")),
    ];
    Table::new(t!("campaigns-creators-table"), columns)
        .rows(rows.collect::<Vec<_>>())
        .named("creators")
        .ordered_by("-revenue")
        .empty(view! { <p class="subdued">{t!("campaigns-no-creator")}</p> })
}

fn edit_card(request: &BrandRequest, planned: &PlannedCampaign, state: &FormState) -> AnyView {
    let form = plan::filled(state.form("edit"), planned);
    view! {
        <section class="card" id="edit">
            <h2>{t!("campaigns-edit")}</h2>
            {form.summary(&plan::labels())}
            <form method="post" data-save-bar="">{plan::fields(&form, planned.budget_currency(request.caller.brand().currency))}{form.submit(t!("campaigns-save"))}</form>
        </section>
    }
    .into_any()
}
