//! The page of a webhook endpoint: what it was sent, sending it again, its secret, and what is said about it.

use axum::{extract::Path, response::Response};
use domain::{
    EndpointId, UnixMs,
    time::Day,
    webhook::{DeliveryState, Endpoint, EndpointStatus, TypeFilter},
};
use flow::{
    FlowError, Invalid,
    webhook::{Delivery, DeliveryPage, DeliveryQuery, EndpointEdit, Replay, ReplayEvents, WebhookAdmin, host_of},
};
use leptos::prelude::*;

use super::{
    PATH, delivery_state,
    webhooks::{self, new_secret, path_of, posted_types},
};
use crate::{
    address::Address,
    brand_layout::BrandPage,
    component::{card, confirm, empty, live_part},
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done, label},
    format,
    language::{rich, t},
    picker::{Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table, page_links},
};

const EDIT: &str = "edit-endpoint";
const ROTATE: &str = "rotate";
const REPLAY: &str = "replay";
/// Deliveries on a page.
const ROWS: i64 = 25;
/// For how many hours an old secret may go on signing, as the form offers it.
const OVERLAPS: [u32; 4] = [24, 0, 72, 168];
/// Calls of a replay that one press of the button makes, each of many events.
const REPLAYS_MAX: usize = 10;

/// The endpoint of an address. Members learn nothing of it, not even that it is none.
pub(super) fn read_id(request: &BrandRequest, id: &str) -> Result<EndpointId, FlowError> {
    WebhookAdmin::try_from(&request.caller)?;
    id.parse().map_err(|_| FlowError::NotFound("endpoint"))
}

pub(super) async fn show(request: BrandRequest, Path(id): Path<String>) -> PageResult {
    page(&request, &read_id(&request, &id)?, &FormState::default(), None).await
}

pub(super) async fn submit(request: BrandRequest, Path(id): Path<String>, posted: Posted) -> PageResult {
    let id = read_id(&request, &id)?;
    let outcome = match posted.action() {
        // A secret is shown once, so the answer is the page itself.
        ROTATE => match rotate(&request, &id, &posted).await {
            Ok(secret) => return page(&request, &id, &FormState::default(), Some(new_secret(secret))).await,
            Err(error) => Err(error),
        },
        EDIT => edit(&request, &id, &posted).await,
        REPLAY => replay(&request, &id, &posted).await,
        "remove-endpoint" => webhooks::change(&request, &posted, &id, PATH).await,
        _ => webhooks::change(&request, &posted, &id, &path_of(&id)).await,
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &id, &posted.refused(error)?, None).await,
    }
}

async fn rotate(request: &BrandRequest, id: &EndpointId, posted: &Posted) -> Result<String, FlowError> {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let hours = posted.number("hours", label("webhooks-overlap"))?;
    Ok(request.flow.webhooks().rotate(&admin, id, hours).await?.reveal())
}

async fn edit(request: &BrandRequest, id: &EndpointId, posted: &Posted) -> Result<Response, FlowError> {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let edit = EndpointEdit {
        url: Some(posted.text("url")),
        types: Some(posted_types(posted)),
        description: Some(posted.text("description")),
        ..EndpointEdit::default()
    };
    request.flow.webhooks().update(&admin, id, &edit).await?;
    Ok(done(&path_of(id), "saved"))
}

/// Sends events again: those of one delivery, or those of a form.
pub(super) async fn replay(request: &BrandRequest, id: &EndpointId, posted: &Posted) -> Result<Response, FlowError> {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let is_failed_only = posted.get("which") == "failed";
    let mut events = if posted.is_checked("event") {
        ReplayEvents::Event(posted.id("event", "event")?)
    } else {
        since(request, posted.get("since"))?
    };
    let (mut queued, mut is_whole) = (0, false);
    for _ in 0..REPLAYS_MAX {
        let replay = Replay { events: events.clone(), is_failed_only };
        let replayed = request.flow.webhooks().replay(&admin, id, &replay).await?;
        queued += replayed.queued;
        let Some(rest) = replayed.rest else {
            is_whole = true;
            break;
        };
        events = ReplayEvents::Sequences(rest);
    }
    let what = if is_whole { "replayed" } else { "replayed-part" };
    Ok(done(&format!("{}?made={queued}", path_of(id)), what))
}

/// The events from a day on, in the brand's time zone; without a day, all.
fn since(request: &BrandRequest, day: &str) -> Result<ReplayEvents, FlowError> {
    if day.is_empty() {
        return Ok(ReplayEvents::All);
    }
    let day = Day::parse(day).ok_or_else(|| Invalid::one("since must be a date such as 2026-11-01"))?;
    let (from, _) = request.caller.brand().zone.bounds(day);
    Ok(ReplayEvents::Times(from, UnixMs(i64::MAX)))
}

async fn page(request: &BrandRequest, id: &EndpointId, state: &FormState, secret: Option<AnyView>) -> PageResult {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let endpoint = request.flow.webhooks().get(&admin, id).await?;
    let log = request.flow.webhooks().deliveries(&admin, id, &query(&request.address)).await?;
    let now = request.flow.now();
    let is_moving = log.deliveries.iter().any(|one| delivery_state::is_under_way(one, now));
    let is_enabled = endpoint.status == EndpointStatus::Enabled;
    let content = view! {
        {secret}
        {facts(request, &endpoint)}
        {["test-endpoint", "enable-endpoint", "disable-endpoint"].map(|action| state.form(action).all_faults()).collect_view()}
        <h2 class="section">{t!("webhooks-deliveries")}</h2>
        {filter_bar(&request.address, "", vec![Filter::of("state", t!("webhooks-state"), states(), t!("webhooks-all-states"))])}
        {live_part("deliveries", is_moving, String::new(), deliveries(request, id, &log, is_enabled))}
        <div class="columns">
            {replay_card(state, is_enabled)}
            {secret_card(request, state, &endpoint)}
        </div>
        {edit_card(state, &endpoint)}
        {remove_card()}
    };
    let what = match request.address.get("done") {
        "saved" => Some(t!("webhooks-was-saved").into_any()),
        "replayed" => {
            let count: i64 = request.address.get("made").parse().unwrap_or(0);
            Some(t!("webhooks-was-replayed", count = count).into_any())
        }
        "replayed-part" => {
            let count: i64 = request.address.get("made").parse().unwrap_or(0);
            Some(t!("webhooks-was-replayed-part", count = count).into_any())
        }
        other => webhooks::what_was_done(other),
    };
    let button = |action: &'static str, text: String| {
        view! { <form method="post" action=path_of(id)>{FormState::default().form(action).button(text, "")}</form> }
    };
    let switch = if is_enabled {
        button("disable-endpoint", t!("setup-endpoint-disable"))
    } else {
        button("enable-endpoint", t!("setup-endpoint-enable"))
    };
    let test = is_enabled.then(|| button("test-endpoint", t!("setup-endpoint-test")));
    Ok(BrandPage::new(t!("webhooks-title", host = host_of(&endpoint.url)))
        .above(view! { <a href=PATH>{t!("webhooks-back")}</a> })
        .beside(view! { {test} {switch} })
        .done(what)
        .status(state.status())
        .show(request, content))
}

fn query(address: &Address) -> DeliveryQuery {
    DeliveryQuery {
        state: DeliveryState::parse(address.get("state")),
        before: address.get("page").strip_prefix("before-").and_then(|sequence| sequence.parse().ok()),
        limit: ROWS,
    }
}

fn states() -> Vec<(String, String)> {
    [DeliveryState::Due, DeliveryState::Waiting, DeliveryState::Delivered, DeliveryState::Dead]
        .map(|state| (state.as_str().to_owned(), delivery_state::state_text(state).0))
        .into()
}

fn facts(request: &BrandRequest, endpoint: &Endpoint) -> AnyView {
    let (_, state) = webhooks::state(request, endpoint);
    let description = (!endpoint.description.is_empty()).then(|| {
        view! { <div><dt>{t!("setup-endpoint-description")}</dt><dd>{endpoint.description.clone()}</dd></div> }
    });
    view! {
        <dl class="facts">
            <div><dt>{t!("webhooks-state")}</dt><dd>{state}</dd></div>
            <div><dt>{t!("setup-endpoint-url")}</dt><dd>{endpoint.url.clone()}</dd></div>
            <div><dt>{t!("setup-endpoint-types")}</dt><dd>{webhooks::types_text(&endpoint.types)}</dd></div>
            <div><dt>{t!("webhooks-version")}</dt><dd>{endpoint.api_version.clone()}</dd></div>
            <div><dt>{t!("webhooks-created")}</dt><dd>{request.moment(endpoint.created_at)}</dd></div>
            {description}
        </dl>
    }
    .into_any()
}

fn deliveries(request: &BrandRequest, id: &EndpointId, log: &DeliveryPage, is_enabled: bool) -> AnyView {
    let columns = [
        Column::text("", t!("webhooks-event")),
        Column::text("", t!("webhooks-state")),
        Column::number("", t!("webhooks-attempts")),
        Column::text("", t!("webhooks-answer")),
        Column::text("", t!("webhooks-queued")),
        Column::actions(t!("setup-actions")),
    ];
    let rows = log.deliveries.iter().map(|delivery| row(request, id, delivery, is_enabled)).collect::<Vec<_>>();
    let none = empty(t!("webhooks-none"), t!("webhooks-none-text"), None);
    let table = Table::new(t!("webhooks-deliveries"), columns).rows(rows).neighbours(None, None).without_csv();
    let last = log.deliveries.last().filter(|_| log.has_more).map(|delivery| format!("before-{}", delivery.sequence));
    let older = last.map(|place| request.address.with(&[("page", &place)]));
    let newest = request.address.has("page").then(|| request.address.with(&[]));
    view! { {table.empty(none).view(&request.address)} {page_links(&t!("webhooks-deliveries"), newest, older)} }
        .into_any()
}

fn row(request: &BrandRequest, id: &EndpointId, one: &Delivery, is_enabled: bool) -> Row {
    let (state, chip) = delivery_state::state_chip(one.state);
    let again = (is_enabled && one.finished_at.is_some()).then(|| {
        let form = FormState::default().form(REPLAY);
        let event = Form::hidden("event", one.event.to_string());
        view! { <form method="post" action=path_of(id)>{event}{form.button(t!("webhooks-send-again"), "quiet")}</form> }
    });
    let next = one.next_at.map(|at| t!("webhooks-next", moment = request.moment_text(at))).unwrap_or_default();
    Row::new([
        Cell::text(one.kind.as_str()).href(delivery_state::path_of(id, &one.event)).note(one.object_id.clone()),
        Cell::view(state, chip).note(next),
        Cell::number(one.attempts, format::count(one.attempts)),
        Cell::text(delivery_state::answer_text(one.last_status, one.last_error.as_deref())),
        Cell::text(request.moment_text(one.queued_at)),
        Cell::view("", again),
    ])
}

fn replay_card(state: &FormState, is_enabled: bool) -> AnyView {
    let form = state.form(REPLAY);
    let which = [("failed".to_owned(), t!("webhooks-replay-failed")), ("all".to_owned(), t!("webhooks-replay-all"))];
    let since = Field::new("since", label("webhooks-since")).input(Input::Date).hint(t!("webhooks-since-hint"));
    let off = (!is_enabled).then(|| view! { <p class="banner">{t!("webhooks-replay-disabled")}</p> });
    card(
        t!("webhooks-replay"),
        view! {
            <p class="subdued">{t!("webhooks-replay-text")}</p>
            {off}
            {form.summary(&[label("webhooks-since")])}
            <fieldset class="whole" disabled=!is_enabled>
                <form method="post">
                    <div class="fields">{form.select("which", label("webhooks-which"), &which, "", "")}{form.field(since)}</div>
                    {form.button(t!("webhooks-send-again"), "")}
                </form>
            </fieldset>
        },
    )
}

fn secret_card(request: &BrandRequest, state: &FormState, endpoint: &Endpoint) -> AnyView {
    let form = state.form(ROTATE);
    let now = request.flow.now();
    let previous = endpoint.previous_secret_until.filter(|until| *until > now);
    let previous = previous.map(|until| view! { <p>{rich!("webhooks-previous", moment = request.moment(until))}</p> });
    let hours = OVERLAPS.map(|hours| {
        let text = if hours == 0 {
            t!("webhooks-overlap-none")
        } else {
            t!("webhooks-overlap-hours", count = i64::from(hours))
        };
        (hours.to_string(), text)
    });
    card(
        t!("webhooks-secret"),
        view! {
            <p class="subdued">{t!("webhooks-secret-text")}</p>
            {previous}
            {form.all_faults()}
            <form method="post">
                <div class="fields">{form.select("hours", label("webhooks-overlap"), &hours, "", "")}</div>
                {form.button(t!("webhooks-rotate"), "")}
            </form>
        },
    )
}

fn edit_card(state: &FormState, endpoint: &Endpoint) -> AnyView {
    let types = match &endpoint.types {
        TypeFilter::All => String::new(),
        some @ TypeFilter::Some(_) => webhooks::types_text(some),
    };
    let form = state
        .form(EDIT)
        .initial("url", endpoint.url.clone())
        .initial("types", types)
        .initial("description", endpoint.description.clone());
    let labels = webhooks::labels();
    card(
        t!("webhooks-edit"),
        view! {
            {form.summary(&labels)}
            <form method="post" data-save-bar="">{webhooks::fields(&form, labels)}{form.submit(t!("webhooks-save"))}</form>
        },
    )
}

fn remove_card() -> AnyView {
    let send = FormState::default().form("remove-endpoint").button(t!("setup-endpoint-remove"), "critical");
    let send = view! { <form method="post">{send}</form> };
    card(
        t!("webhooks-remove"),
        view! { {confirm(t!("setup-endpoint-remove"), t!("setup-endpoint-remove-text"), send)} },
    )
}
