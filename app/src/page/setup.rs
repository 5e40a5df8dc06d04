//! `/brand/attribution/setup`: the first steps, which tick themselves; keys; what arrives; work that failed.

mod keys;
mod steps;

use axum::{response::Response, routing::get};
use domain::api_key::KeyKind;
use flow::{FlowError, Invalid, failed_job::DeadJob, setup::Health};
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    component::{card, copy_button},
    error::PageResult,
    form::{Form, FormState, Posted, done},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

const PATH: &str = "/brand/attribution/setup";

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show).post(submit))]
}

async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default(), None).await
}

async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    if posted.action() == "create-key" {
        // Shown once, so the answer is the page itself.
        return match create_key(&request, &posted).await {
            Ok(key) => page(&request, &FormState::default(), Some(key)).await,
            Err(error) => page(&request, &posted.refused(error)?, None).await,
        };
    }
    match change(&request, &posted).await {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?, None).await,
    }
}

async fn create_key(request: &BrandRequest, posted: &Posted) -> Result<String, FlowError> {
    let kind = KeyKind::parse(posted.get("kind")).ok_or_else(|| Invalid::one("type must be pixel or server"))?;
    Ok(request.flow.setup().create_key(&request.caller, kind, posted.is_checked("test")).await?.1)
}

async fn change(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    match posted.action() {
        "revoke-key" => {
            let id = domain::api_key::KeyId(posted.text("id"));
            request.flow.setup().revoke_key(&request.caller, &id).await?;
            Ok(done(PATH, "revoked"))
        }
        "retry" => {
            let (kind, key) = (posted.get("kind"), posted.get("key"));
            if request.flow.jobs().retry(&request.caller, kind, key).await? {
                Ok(done(PATH, "retried"))
            } else {
                Err(FlowError::NotFound("job"))
            }
        }
        _ => Err(posted.unknown_action()),
    }
}

fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let text = match request.address.get("done") {
        "revoked" => "Key revoked. Whatever uses it is refused from now on.",
        "retried" => "Retrying now.",
        _ => return None,
    };
    Some(text.into_any())
}

async fn page(request: &BrandRequest, state: &FormState, new_key: Option<String>) -> PageResult {
    let setup = request.flow.setup();
    let health = setup.health(&request.caller).await?;
    let keys = setup.keys(&request.caller).await?;
    let table = keys::table(request, &keys);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "api-keys");
    }
    let failed = request.flow.jobs().failed(&request.caller).await?;
    let steps = steps::steps(request, &health, &keys).await?;
    let content = view! {
        {new_key.map(keys::new_key)}
        {steps}
        {failed_work(request, state, failed)}
        {keys::card(request, state, &keys)}
        {pixel(request, &health, &keys)}
        {shops(request, &health)}
        {elsewhere()}
    };
    Ok(BrandPage::new("Setup")
        .tabs(&SETTINGS_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// The snippet of the storefront, with the brand's pixel key to be put in.
fn snippet(request: &BrandRequest) -> String {
    let url = &request.flow.settings().public_url;
    format!("<script src=\"{url}/api/v1/track/pixel.js?key=YOUR_PIXEL_KEY\" async></script>")
}

/// A row of a list of what was seen.
fn seen(name: impl Into<String>, is_well: bool, state: impl IntoView + 'static) -> AnyView {
    view! { <li class:well=is_well><strong>{name.into()}</strong>" "{state.into_view()}</li> }.into_any()
}

/// What an event of the pixel is called.
fn event_name(kind: &str) -> String {
    let text = kind.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn pixel(request: &BrandRequest, health: &Health, keys: &[domain::api_key::KeyRecord]) -> AnyView {
    let rows = domain::event::TYPES.map(|kind| {
        let last = health.pixel.last_seen.iter().find(|(name, _)| name == kind).map(|(_, at)| *at);
        let state = match last {
            Some(at) => view! { "last seen "{request.moment(at)} }.into_any(),
            None => "not seen yet".into_any(),
        };
        seen(event_name(kind), last.is_some(), state)
    });
    let refused = keys.iter().filter_map(|key| Some((key, request.flow.budgets().refusals(&key.id)?)));
    let refused = refused.map(|(key, refusals)| {
        let text = format!(
            "sent more than it may in a minute: {} requests refused since the server started, the last ",
            refusals.count
        );
        seen(format!("Key …{}…", key.id.0), false, view! { {text}{request.moment(refusals.last_at)} })
    });
    let refused = refused.collect_view();
    let snippet = snippet(request);
    card(
        "Pixel",
        view! {
            <p>"Paste this before the closing head tag of your storefront's theme, with your pixel key:"</p>
            <p><code class="block">{snippet.clone()}</code> {copy_button(snippet, "the pixel snippet")}</p>
            <ul class="health">{rows.collect_view()} {refused}</ul>
        },
    )
}

fn shops(request: &BrandRequest, health: &Health) -> AnyView {
    let rows = health.shops.iter().map(|(shop, subscriptions)| {
        let (state, is_well) = if let Some(at) = shop.uninstalled_at {
            (view! { "uninstalled "{request.moment(at)} }.into_any(), false)
        } else if shop.needs_reauth {
            ("access has expired: open the app in your Shopify admin to renew it".into_any(), false)
        } else {
            (view! { "installed "{request.moment(shop.installed_at)} }.into_any(), true)
        };
        let webhooks = match (subscriptions.is_empty(), shop.last_webhook_at) {
            (true, _) => "none is registered: open the app in your Shopify admin".into_any(),
            (false, Some(at)) => view! { {format!("{} kinds, the last one came ", subscriptions.len())}{request.moment(at)} }.into_any(),
            (false, None) => format!("{} kinds, none has come yet", subscriptions.len()).into_any(),
        };
        view! { {seen(shop.domain.to_string(), is_well, state)} {seen("Webhooks", !subscriptions.is_empty(), webhooks)} }
    });
    let rows = rows.collect_view();
    let none = health.shops.is_empty().then(|| {
        view! { <p class="subdued">"No shop is connected. Open the app from your Shopify admin, or report orders by API."</p> }
    });
    card("Shopify", view! { {none} <ul class="health">{rows}</ul> })
}

/// Work that was given up, if there is any.
fn failed_work(request: &BrandRequest, state: &FormState, failed: Vec<DeadJob>) -> Option<AnyView> {
    if failed.is_empty() {
        return None;
    }
    let columns = [Column::text("what", "What"), Column::text("error", "What went wrong"), Column::actions("Actions")];
    let rows = failed.into_iter().map(|job| {
        let form = FormState::default().form("retry");
        let button = view! {
            <form method="post">
                {Form::hidden("kind", job.kind.clone())} {Form::hidden("key", job.key.clone())} {form.button("Retry", "quiet")}
            </form>
        };
        Row::new([Cell::text(flow::failed_job::what(&job)), Cell::text(job.error), Cell::view("", button)])
    });
    let table = Table::new("Failed tasks", columns).rows(rows.collect::<Vec<_>>()).named("failed").without_csv();
    let refused = state.form("retry").all_faults();
    Some(card(
        "Failed tasks",
        view! {
            <p>"These tasks failed. Their data is kept. Retry them once the cause is fixed."</p>
            {refused}
            {table.view(&request.address)}
        },
    ))
}

/// What is set up by API or at the command line.
fn elsewhere() -> AnyView {
    card(
        "Other systems",
        view! {
            <ul>
                <li><a href="/docs/api/outgoing-webhooks">"Webhooks"</a>" tell your systems about clicks, orders and commissions as they happen."</li>
                <li><a href="/docs/api/klaviyo">"Klaviyo"</a>" gets what your creators sold, for your flows and segments."</li>
                <li><a href="/docs/api/quickstart">"The API"</a>" reports orders from elsewhere and reads everything."</li>
                <li><a href="/docs/api/imports">"Imports"</a>" bring creators, codes and balances from another tool."</li>
            </ul>
        },
    )
}
