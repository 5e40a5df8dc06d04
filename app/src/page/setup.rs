//! `/brand/attribution/setup`: the first steps, which tick themselves; keys; what arrives; work that failed.

mod delivery;
mod delivery_state;
mod endpoint;
mod keys;
mod klaviyo;
mod steps;
mod tasks;
mod tester;
mod webhooks;

use axum::{response::Response, routing::get};
use domain::api_key::KeyKind;
use flow::{FlowError, Invalid, setup::Health};
use leptos::prelude::*;

pub(crate) use self::steps::steps;
use super::{Routes, creators::IMPORTS};
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    component::{card, copy_button},
    error::PageResult,
    form::{FormState, Posted, done},
    format,
    language::{rich, t},
    request::BrandRequest,
};

const PATH: &str = "/brand/attribution/setup";
/// The path of the webhook tester.
const TESTER: &str = "/brand/attribution/setup/webhook-tester";

pub(crate) fn routes() -> Routes {
    vec![
        (PATH, get(show).post(submit)),
        ("/brand/attribution/setup/webhooks/{id}", get(endpoint::show).post(endpoint::submit)),
        ("/brand/attribution/setup/webhooks/{id}/deliveries/{event_id}", get(delivery::show).post(delivery::submit)),
        (TESTER, get(tester::show).post(tester::submit)),
        (klaviyo::PATH, get(klaviyo::show).post(klaviyo::submit)),
    ]
}

async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default(), None).await
}

async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    // Secrets are shown once, so the answer is the page itself.
    let secret = match posted.action() {
        "create-key" => Some(create_key(&request, &posted).await.map(keys::new_key)),
        "create-endpoint" => Some(webhooks::create(&request, &posted).await.map(webhooks::new_secret)),
        _ => None,
    };
    if let Some(secret) = secret {
        return match secret {
            Ok(secret) => page(&request, &FormState::default(), Some(secret)).await,
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
        _ => webhooks::change(request, posted, &posted.id("id", "endpoint")?, PATH).await,
    }
}

fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let text = match request.address.get("done") {
        "revoked" => t!("setup-was-revoked"),
        "retried" => t!("setup-was-retried"),
        other => return webhooks::what_was_done(other),
    };
    Some(text.into_any())
}

async fn page(request: &BrandRequest, state: &FormState, new_secret: Option<AnyView>) -> PageResult {
    let setup = request.flow.setup();
    let health = setup.health(&request.caller).await?;
    let keys = setup.keys(&request.caller).await?;
    let table = keys::table(request, &keys);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "api-keys");
    }
    let endpoints = request.flow.webhooks().list(&request.caller).await?;
    let table = webhooks::table(request, &endpoints);
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "webhook-endpoints");
    }
    let failed = request.flow.jobs().failed(&request.caller).await?;
    if tasks::table(Vec::new()).is_csv_wanted(&request.address) {
        return tasks::table(failed).csv(&request.address, "failed-tasks");
    }
    let steps = steps::steps(request, &health, &keys).await?;
    let is_in_steps = steps.is_some() && steps::has_pixel_key(&keys);
    let content = view! {
        {new_secret}
        {steps}
        {tasks::card(request, state, failed)}
        {keys::card(request, state, &keys)}
        {webhooks::card(request, state, &endpoints)}
        {pixel(request, &health, &keys, is_in_steps)}
        {shops(request, &health)}
        {elsewhere()}
    };
    Ok(BrandPage::new(t!("setup-title"))
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

/// What an event of the pixel is called: one of [`domain::event::TYPES`].
fn event_name(kind: &str) -> String {
    match kind {
        "page_view" => t!("setup-page-view"),
        "add_to_cart" => t!("setup-add-to-cart"),
        "checkout_start" => t!("setup-checkout-start"),
        "purchase" => t!("setup-purchase"),
        other => other.to_owned(),
    }
}

/// What the pixel reports, and unless the first steps have it, how it is added to the storefront.
fn pixel(request: &BrandRequest, health: &Health, keys: &[domain::api_key::KeyRecord], is_in_steps: bool) -> AnyView {
    let rows = domain::event::TYPES.map(|kind| {
        let last = health.pixel.last_seen.iter().find(|(name, _)| name == kind).map(|(_, at)| *at);
        let state = match last {
            Some(at) => rich!("setup-last-seen", moment = request.moment(at)),
            None => t!("setup-not-seen").into_any(),
        };
        seen(event_name(kind), last.is_some(), state)
    });
    let refused = keys.iter().filter_map(|key| Some((key, request.flow.budgets().refusals(&key.id)?)));
    let refused = refused.map(|(key, refusals)| {
        let count = i64::try_from(refusals.count).unwrap_or(i64::MAX);
        let text = rich!("setup-refused", count = count, moment = request.moment(refusals.last_at));
        seen(t!("setup-key-of", id = &key.id.0), false, text)
    });
    let refused = refused.collect_view();
    let how = (!is_in_steps).then(|| {
        let snippet = snippet(request);
        view! {
            <p>{t!("setup-pixel-text")}</p>
            <p><code class="block">{snippet.clone()}</code> {copy_button(snippet, &t!("setup-the-snippet"))}</p>
        }
    });
    card(
        t!("setup-pixel"),
        view! {
            {how}
            <ul class="health">{rows.collect_view()} {refused}</ul>
        },
    )
}

fn shops(request: &BrandRequest, health: &Health) -> AnyView {
    let rows = health.shops.iter().map(|(shop, subscriptions)| {
        let (state, is_well) = if let Some(at) = shop.uninstalled_at {
            (rich!("setup-uninstalled", moment = request.moment(at)), false)
        } else if shop.needs_reauth {
            (t!("setup-expired").into_any(), false)
        } else {
            (rich!("setup-installed", moment = request.moment(shop.installed_at)), true)
        };
        let count = format::length(subscriptions.len());
        let webhooks = match (count, shop.last_webhook_at) {
            (0, _) => t!("setup-no-webhooks").into_any(),
            (_, Some(at)) => rich!("setup-webhooks-came", count = count, moment = request.moment(at)),
            (_, None) => t!("setup-webhooks-waiting", count = count).into_any(),
        };
        view! { {seen(shop.domain.to_string(), is_well, state)} {seen(t!("setup-webhooks"), count > 0, webhooks)} }
    });
    let rows = rows.collect_view();
    let none = health.shops.is_empty().then(|| {
        view! { <p class="subdued">{t!("setup-no-shop")}</p> }
    });
    card(t!("setup-shopify"), view! { {none} <ul class="health">{rows}</ul> })
}

/// What is set up on pages of its own, or by API.
fn elsewhere() -> AnyView {
    let link = |href: &'static str, label: String| view! { <a href=href>{label}</a> }.into_any();
    let klaviyo = link(klaviyo::PATH, t!("setup-klaviyo"));
    let api = link("/docs/api/quickstart", t!("setup-api"));
    let imports = link(IMPORTS, t!("setup-imports"));
    card(
        t!("setup-elsewhere"),
        view! {
            <ul>
                <li>{rich!("setup-klaviyo-text", link = klaviyo)}</li>
                <li>{rich!("setup-api-text", link = api)}</li>
                <li>{rich!("setup-imports-text", link = imports)}</li>
            </ul>
        },
    )
}
