//! `/brand/attribution/setup/webhook-tester`: a receiver of the brand's own, to see what webhooks look like.

use axum::response::Response;
use domain::webhook::{Endpoint, EndpointStatus};
use flow::{
    FlowError,
    webhook::{NewEndpoint, TesterRequest, WebhookAdmin},
};
use leptos::prelude::*;

use super::{
    PATH as SETUP, TESTER as PATH,
    delivery::pretty,
    webhooks::{new_secret, path_of},
};
use crate::{
    brand_layout::BrandPage,
    component::{card, confirm, copy_button, empty, live_part},
    error::PageResult,
    form::{Form, FormState, Posted, done},
    format,
    language::{rich, t},
    request::BrandRequest,
};

const OPEN: &str = "open";
const CLOSE: &str = "close";
const CREATE: &str = "create-endpoint";
const TEST: &str = "test-endpoint";

pub(super) async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default(), None).await
}

pub(super) async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        // A secret is shown once, so the answer is the page itself.
        CREATE => match create_endpoint(&request).await {
            Ok(secret) => return page(&request, &FormState::default(), secret.map(new_secret)).await,
            Err(error) => Err(error),
        },
        action => change(&request, &posted, action).await,
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?, None).await,
    }
}

async fn change(request: &BrandRequest, posted: &Posted, action: &str) -> Result<Response, FlowError> {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let webhooks = request.flow.webhooks();
    match action {
        OPEN => {
            // Pressed in a page that is out of date: its address stays, since endpoints may have it.
            if webhooks.tester(&admin).await?.is_none() {
                webhooks.create_tester(&admin).await?;
            }
            Ok(done(PATH, "opened"))
        }
        CLOSE => {
            if let Some(endpoint) = endpoint_of(request, &admin).await? {
                webhooks.archive(&admin, &endpoint.id).await?;
            }
            webhooks.remove_tester(&admin).await?;
            Ok(done(PATH, "closed"))
        }
        TEST => {
            webhooks.send_test(&admin, &posted.id("id", "endpoint")?).await?;
            Ok(done(PATH, "tested"))
        }
        _ => Err(posted.unknown_action()),
    }
}

/// The endpoint that sends to the tester, if there is one.
async fn endpoint_of(request: &BrandRequest, admin: &WebhookAdmin) -> Result<Option<Endpoint>, FlowError> {
    let webhooks = request.flow.webhooks();
    let Some(address) = webhooks.tester(admin).await? else { return Ok(None) };
    let endpoints = webhooks.list(&request.caller).await?;
    Ok(endpoints.into_iter().find(|endpoint| endpoint.url == address))
}

/// Creates an endpoint of the tester's address. Returns its secret; `None` if there is one already.
async fn create_endpoint(request: &BrandRequest) -> Result<Option<String>, FlowError> {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let webhooks = request.flow.webhooks();
    if endpoint_of(request, &admin).await?.is_some() {
        return Ok(None);
    }
    let url = webhooks.tester(&admin).await?.ok_or(FlowError::NotFound("endpoint"))?;
    let new = NewEndpoint { url, description: t!("tester-description"), ..NewEndpoint::default() };
    Ok(Some(webhooks.create(&admin, &new).await?.1.reveal()))
}

async fn page(request: &BrandRequest, state: &FormState, secret: Option<AnyView>) -> PageResult {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let address = request.flow.webhooks().tester(&admin).await?;
    let content = match address {
        None => closed(state),
        Some(address) => opened(request, &admin, state, address).await?,
    };
    let what = match request.address.get("done") {
        "opened" => Some(t!("tester-was-opened").into_any()),
        "closed" => Some(t!("tester-was-closed").into_any()),
        "tested" => Some(t!("setup-endpoint-was-tested").into_any()),
        _ => None,
    };
    Ok(BrandPage::new(t!("tester-title"))
        .above(view! { <a href=SETUP>{t!("webhooks-back")}</a> })
        .done(what)
        .status(state.status())
        .show(request, view! { {secret} {content} }))
}

fn closed(state: &FormState) -> AnyView {
    let form = state.form(OPEN);
    view! {
        <section class="card">
            <p>{t!("tester-text")}</p>
            {form.all_faults()}
            <form method="post">{form.submit(t!("tester-open"))}</form>
        </section>
    }
    .into_any()
}

async fn opened(
    request: &BrandRequest,
    admin: &WebhookAdmin,
    state: &FormState,
    address: String,
) -> Result<AnyView, FlowError> {
    let endpoint = endpoint_of(request, admin).await?;
    let received = request.flow.webhooks().tester_requests(admin).await?;
    let use_it = if let Some(endpoint) = &endpoint {
        let link = view! { <a href=path_of(&endpoint.id)>{t!("tester-the-endpoint")}</a> }.into_any();
        let is_enabled = endpoint.status == EndpointStatus::Enabled;
        let form = state.form(TEST);
        let id = Form::hidden("id", endpoint.id.to_string());
        view! {
            <p>{if is_enabled { rich!("tester-is-used", link = link) } else { rich!("tester-is-off", link = link) }}</p>
            {form.all_faults()}
            {is_enabled.then(|| view! { <form method="post">{id}{form.button(t!("setup-endpoint-test"), "primary")}</form> })}
        }
        .into_any()
    } else {
        let form = state.form(CREATE);
        view! { {form.all_faults()} <form method="post">{form.submit(t!("tester-use"))}</form> }.into_any()
    };
    let close = FormState::default().form(CLOSE).button(t!("tester-close"), "critical");
    let close = view! { <form method="post">{close}</form> };
    let items = received.iter().map(|one| received_item(request, one)).collect::<Vec<_>>();
    let items = if items.is_empty() {
        empty(t!("tester-nothing"), t!("tester-nothing-text"), None)
    } else {
        view! { <ul class="received">{items}</ul> }.into_any()
    };
    let about = card(
        t!("tester-address"),
        view! {
            <p><span class="code">{address.clone()}</span> " " {copy_button(address, &t!("tester-the-address"))}</p>
            <p class="subdued">{t!("tester-address-text")}</p>
            {use_it}
            {confirm(t!("tester-close"), t!("tester-close-text"), close)}
        },
    );
    Ok(view! {
        {about}
        <h2 class="section">{t!("tester-received")}</h2>
        {live_part("received", true, String::new(), items)}
    }
    .into_any())
}

/// A request that the tester received.
fn received_item(request: &BrandRequest, one: &TesterRequest) -> AnyView {
    let body = String::from_utf8_lossy(&one.body).into_owned();
    let size = format::count(format::length(one.body.len()));
    let headers = one.headers.iter().map(|(name, value)| {
        view! { <tr><th scope="row">{name.clone()}</th><td>{value.clone()}</td></tr> }
    });
    let headers = headers.collect::<Vec<_>>();
    view! {
        <li class="card">
            <details>
                <summary>
                    <strong>{event_type(&body)}</strong>" "
                    <span class="subdued">{request.moment(one.at)}" · "{t!("tester-size", size = size)}" · "{t!("tester-answered", status = one.status.to_string())}</span>
                </summary>
                <table class="plain headers" aria-label=t!("tester-headers")><tbody>{headers}</tbody></table>
                <pre><code class="block">{pretty(&body)}</code></pre>
            </details>
        </li>
    }
    .into_any()
}

/// What an event is called, if the body is one.
fn event_type(body: &str) -> String {
    let read: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let kind = read.as_ref().and_then(|value| value.get("type")).and_then(|kind| kind.as_str());
    kind.map_or_else(|| t!("tester-a-request"), str::to_owned)
}
