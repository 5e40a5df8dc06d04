//! The list of campaigns.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use domain::{CampaignId, CreatorId, time::Day};
use flow::{FlowError, campaign::PlannedCampaign, overview::Figures};
use leptos::prelude::*;

use super::{
    PATH, path_of,
    plan::{self, State},
    what_was_done,
};
use crate::{
    brand_layout::BrandPage,
    component::{empty, more_menu},
    error::PageResult,
    form::{Form, FormState, Posted, done},
    format,
    language::{rich, t},
    period_choice::PeriodChoice,
    picker::{Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// A campaign with what belongs to it.
#[derive(Default)]
struct Holdings {
    links: i64,
    creators: BTreeSet<CreatorId>,
    figures: Figures,
}

pub(super) async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

pub(super) async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "create" => create(&request, &posted).await,
        "archive" => set_archived(&request, &posted, true).await,
        "restore" => set_archived(&request, &posted, false).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn create(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let added = request.flow.campaigns().add(&request.caller, &plan::read(posted)).await?;
    Ok(done(&path_of(&added.campaign.id), "created"))
}

async fn set_archived(request: &BrandRequest, posted: &Posted, is_archived: bool) -> Result<Response, FlowError> {
    let id: CampaignId = posted.id("id", "campaign")?;
    request.flow.campaigns().set_archived(&request.caller, &id, is_archived).await?;
    let to = if is_archived { request.address.with(&[("undo", id.as_str())]) } else { request.address.with(&[]) };
    Ok(done(&to, if is_archived { "archived" } else { "restored" }))
}

/// What belongs to each campaign: live links, their creators, and the figures of the period.
async fn holdings(request: &BrandRequest, choice: &PeriodChoice) -> Result<BTreeMap<CampaignId, Holdings>, FlowError> {
    let overview = request.flow.reports().overview(&request.caller, choice.period).await?;
    let mut found: BTreeMap<CampaignId, Holdings> = BTreeMap::new();
    for (campaign, figures) in overview.campaigns {
        if let Some(campaign) = campaign {
            found.entry(campaign.id).or_default().figures = figures;
        }
    }
    for (link, _) in overview.links {
        if let Some(campaign) = link.campaign {
            let holdings = found.entry(campaign).or_default();
            holdings.links += i64::from(link.deleted_at.is_none());
            holdings.creators.extend(link.creator);
        }
    }
    Ok(found)
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let choice = PeriodChoice::of(request);
    let all = request.flow.campaigns().planned(&request.caller).await?;
    let holdings = holdings(request, &choice).await?;
    let table = table(request, &all, &holdings);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "campaigns");
    }
    let form = state.form("create");
    let is_open = request.address.has("new") || form.is_refused();
    let states = State::ALL.map(|state| (state.key().to_owned(), state.name().text()));
    let all_states = t!("campaigns-all-but-archived");
    let filters = vec![Filter::of("state", t!("campaigns-state"), states.into(), all_states)];
    let content = view! {
        {is_open.then(|| new_campaign(request, &form))}
        {(!all.is_empty()).then(|| filter_bar(&request.address, t!("campaigns-search"), filters))}
        {table.view(&request.address)}
    };
    let new_href = format!("{}#new-campaign", request.address.with(&[("new", "1")]));
    Ok(BrandPage::new(t!("campaigns-title"))
        .beside(view! {
            {choice.menu(request)}
            <a class="button primary" href=new_href>{t!("campaigns-new")}</a>
        })
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

fn new_campaign(request: &BrandRequest, form: &Form) -> AnyView {
    view! {
        <section class="card" id="new-campaign">
            <h2>{t!("campaigns-new")}</h2>
            {form.summary(&plan::labels())}
            <form method="post">
                {plan::fields(form, request.caller.brand().currency)}
                <div class="inline">
                    {form.submit(t!("campaigns-create"))}<a class="quiet" href=request.address.with(&[])>{t!("campaigns-cancel")}</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn table(request: &BrandRequest, all: &[PlannedCampaign], holdings: &BTreeMap<CampaignId, Holdings>) -> Table {
    let columns = [
        Column::text("name", t!("campaigns-campaign")),
        Column::text("state", t!("campaigns-state")),
        Column::number("budget", t!("campaigns-budget")),
        Column::number("links", t!("campaigns-links")),
        Column::number("clicks", t!("campaigns-clicks")),
        Column::number("orders", t!("campaigns-orders")),
        Column::money("revenue", t!("campaigns-revenue")),
        Column::actions(t!("campaigns-actions")),
    ];
    let today = request.flow.reports().today(request.caller.brand());
    let wanted = request.address.get("state");
    let is_wanted = |planned: &&PlannedCampaign| match wanted {
        "" => planned.archived_at.is_none(),
        wanted => State::of(planned, today).key().eq_ignore_ascii_case(wanted),
    };
    let none = Holdings::default();
    let rows = all.iter().filter(is_wanted).map(|planned| {
        let holdings = holdings.get(&planned.campaign.id).unwrap_or(&none);
        row(request, planned, holdings, today)
    });
    let table = Table::new(t!("campaigns-title"), columns).rows(rows.collect::<Vec<_>>()).ordered_by("-revenue");
    if all.is_empty() {
        table.empty(empty(
            t!("campaigns-none"),
            t!("campaigns-none-text"),
            Some(("/brand/attribution/campaigns?new=1", t!("campaigns-new"))),
        ))
    } else {
        let clear = request.address.with(&[("state", "")]);
        let link = view! { <a href=clear>{t!("campaigns-show-all")}</a> }.into_any();
        table.empty(view! { <p class="subdued">{rich!("campaigns-no-match", link = link)}</p> })
    }
}

/// "4 creators · 9 Nov – 30 Nov".
fn note(planned: &PlannedCampaign, holdings: &Holdings) -> String {
    let creators = match holdings.creators.len() {
        0 => String::new(),
        count => t!("campaigns-creator-count", count = count),
    };
    let days = plan::days(&planned.plan);
    [creators, days].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn row(request: &BrandRequest, planned: &PlannedCampaign, holdings: &Holdings, today: Day) -> Row {
    let currency = request.caller.brand().currency;
    let figures = &holdings.figures;
    let budget = planned.plan.budget;
    let state = State::of(planned, today);
    Row::new([
        Cell::text(planned.campaign.name.clone()).href(path_of(&planned.campaign.id)).note(note(planned, holdings)),
        Cell::view(state.name().text(), state.chip()),
        Cell::some_amount(budget),
        Cell::number(holdings.links, format::count(holdings.links)),
        Cell::number(figures.clicks.clicks, format::count(figures.clicks.clicks)),
        Cell::number(figures.sales.conversions, format::count(figures.sales.conversions)),
        Cell::revenue(figures, currency),
        Cell::view("", actions(planned)),
    ])
    .muted(planned.archived_at.is_some())
}

fn actions(planned: &PlannedCampaign) -> AnyView {
    let page = path_of(&planned.campaign.id);
    let is_archived = planned.archived_at.is_some();
    let form = FormState::default().form(if is_archived { "restore" } else { "archive" });
    let label = if is_archived { t!("campaigns-restore") } else { t!("campaigns-archive") };
    let id = planned.campaign.id.to_string();
    let items = view! {
        <a href=format!("{page}#edit")>{t!("campaigns-edit")}</a>
        <a href=format!("/brand/attribution/links?campaign={id}")>{t!("campaigns-links")}</a>
        <form method="post" action=PATH>{Form::hidden("id", id.clone())}{form.button(label, "quiet")}</form>
    };
    more_menu(t!("campaigns-more-actions"), items)
}
