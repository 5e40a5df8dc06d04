//! The list of campaigns.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use domain::{CampaignId, CreatorId, time::Day};
use flow::{FlowError, campaign::PlannedCampaign, overview::Figures};
use leptos::prelude::*;

use super::{PATH, path_of, plan, what_was_done};
use crate::{
    brand_layout::BrandPage,
    component::{empty, more_menu},
    error::PageResult,
    form::{Form, FormState, Posted, done},
    format,
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
    let states = ["Running", "Planned", "Ended", "Archived"].map(|name| (name.to_lowercase(), name.to_owned()));
    let filters = vec![Filter::of("state", "State", states.into(), "All but archived")];
    let content = view! {
        {is_open.then(|| new_campaign(request, &form))}
        {(!all.is_empty()).then(|| filter_bar(&request.address, "Search campaigns", filters))}
        {table.view(&request.address)}
    };
    let new_href = format!("{}#new-campaign", request.address.with(&[("new", "1")]));
    Ok(BrandPage::new("Campaigns")
        .beside(view! {
            {choice.menu(request)}
            <a class="button primary" href=new_href>"New campaign"</a>
        })
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

fn new_campaign(request: &BrandRequest, form: &Form) -> AnyView {
    view! {
        <section class="card" id="new-campaign">
            <h2>"New campaign"</h2>
            {form.summary(&plan::LABELS)}
            <form method="post">
                {plan::fields(form, request.caller.brand().currency)}
                <div class="inline">
                    {form.submit("Create campaign")}<a class="quiet" href=request.address.with(&[])>"Cancel"</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn table(request: &BrandRequest, all: &[PlannedCampaign], holdings: &BTreeMap<CampaignId, Holdings>) -> Table {
    let columns = [
        Column::text("name", "Campaign"),
        Column::text("state", "State"),
        Column::number("budget", "Budget"),
        Column::number("links", "Links"),
        Column::number("clicks", "Clicks"),
        Column::number("orders", "Orders"),
        Column::money("revenue", "Revenue"),
        Column::actions("Actions"),
    ];
    let today = request.flow.reports().today(request.caller.brand());
    let wanted = request.address.get("state");
    let is_wanted = |planned: &&PlannedCampaign| match wanted {
        "" => planned.archived_at.is_none(),
        wanted => plan::state(planned, today).eq_ignore_ascii_case(wanted),
    };
    let none = Holdings::default();
    let rows = all.iter().filter(is_wanted).map(|planned| {
        let holdings = holdings.get(&planned.campaign.id).unwrap_or(&none);
        row(request, planned, holdings, today)
    });
    let table = Table::new("Campaigns", columns).rows(rows.collect::<Vec<_>>()).ordered_by("-revenue");
    if all.is_empty() {
        table.empty(empty(
            "No campaigns yet",
            "A campaign groups links, and shows their results beside its budget and dates.",
            Some(("/brand/attribution/campaigns?new=1", "New campaign".into())),
        ))
    } else {
        let clear = request.address.with(&[("state", "")]);
        table.empty(view! { <p class="subdued">"No campaign is in this state. "<a href=clear>"Show all"</a></p> })
    }
}

/// "4 creators, 9 Nov – 30 Nov".
fn note(planned: &PlannedCampaign, holdings: &Holdings) -> String {
    let creators = match holdings.creators.len() {
        0 => String::new(),
        1 => "1 creator".to_owned(),
        count => format!("{} creators", format::count(format::length(count))),
    };
    let days = plan::days(&planned.plan);
    [creators, days].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn row(request: &BrandRequest, planned: &PlannedCampaign, holdings: &Holdings, today: Day) -> Row {
    let currency = request.caller.brand().currency;
    let figures = &holdings.figures;
    let minor = figures.sales.revenue.get(&currency).copied().unwrap_or(0);
    let budget = planned.plan.budget;
    Row::new([
        Cell::text(planned.campaign.name.clone()).href(path_of(&planned.campaign.id)).note(note(planned, holdings)),
        Cell::view(plan::state(planned, today), plan::state_chip(planned, today)),
        Cell::number(
            budget.map_or(-1, |budget| budget.minor),
            budget.map(|budget| budget.to_string()).unwrap_or_default(),
        ),
        Cell::number(holdings.links, format::count(holdings.links)),
        Cell::number(figures.clicks.clicks, format::count(figures.clicks.clicks)),
        Cell::number(figures.sales.conversions, format::count(figures.sales.conversions)),
        Cell::number(minor, format::revenue(figures, currency)),
        Cell::view("", actions(planned)),
    ])
    .muted(planned.archived_at.is_some())
}

fn actions(planned: &PlannedCampaign) -> AnyView {
    let page = path_of(&planned.campaign.id);
    let is_archived = planned.archived_at.is_some();
    let form = FormState::default().form(if is_archived { "restore" } else { "archive" });
    let label = if is_archived { "Restore" } else { "Archive" };
    let id = planned.campaign.id.to_string();
    let items = view! {
        <a href=format!("{page}#edit")>"Edit"</a>
        <a href=format!("/brand/attribution/links?campaign={id}")>"Links"</a>
        <form method="post" action=PATH>{Form::hidden("id", id.clone())}{form.button(label, "quiet")}</form>
    };
    more_menu("More actions", items)
}
