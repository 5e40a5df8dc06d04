//! `/brand/attribution/setup/klaviyo`: the brand's connection with Klaviyo.

use domain::account::Role;
use flow::{
    FlowError, Invalid,
    klaviyo::{Status, Tested},
};
use leptos::prelude::*;

use super::PATH as SETUP;
use crate::{
    brand_layout::BrandPage,
    component::{card, chip, confirm},
    error::PageResult,
    form::{Field, FormState, Input, Posted, done, label},
    format,
    language::{rich, t},
    request::BrandRequest,
};

/// The path of the page.
pub(super) const PATH: &str = "/brand/attribution/setup/klaviyo";
const CONNECT: &str = "connect";
const DISCONNECT: &str = "disconnect";
const TEST: &str = "test";

pub(super) async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default(), None).await
}

pub(super) async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let klaviyo = request.flow.klaviyo();
    let outcome = match posted.action() {
        CONNECT => match klaviyo.connect(&request.caller, posted.get("private_key")).await {
            Ok(_) => Ok("connected"),
            Err(error) => Err(of_field(error)),
        },
        DISCONNECT => klaviyo.disconnect(&request.caller).await.map(|()| "disconnected"),
        // What Klaviyo said stands on the page.
        TEST => match klaviyo.test(&request.caller).await {
            Ok(tested) => return page(&request, &FormState::default(), Some(tested)).await,
            Err(error) => Err(error),
        },
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(what) => Ok(done(PATH, what)),
        Err(error) => page(&request, &posted.refused(error)?.without("private_key"), None).await,
    }
}

/// A fault of the key begins with what its field is called here.
fn of_field(error: FlowError) -> FlowError {
    match error {
        FlowError::Invalid(Invalid(faults)) => {
            let label = label("klaviyo-key");
            Invalid(faults.iter().map(|fault| label.named(fault, "private_key")).collect()).into()
        }
        other => other,
    }
}

async fn page(request: &BrandRequest, state: &FormState, tested: Option<Tested>) -> PageResult {
    let status = match request.flow.klaviyo().status(&request.caller).await {
        Ok(status) => Some(status),
        Err(FlowError::NotFound(_)) => None,
        Err(other) => return Err(other.into()),
    };
    let is_member = request.caller.role() == Role::Member;
    let note = is_member.then(|| view! { <p class="banner">{t!("klaviyo-owners-only")}</p> });
    let content = view! {
        {note}
        {tested.map(|tested| answer(&tested))}
        {status.as_ref().map(|status| facts(request, status))}
        <fieldset class="whole" disabled=is_member>
            {key_card(state, status.is_some())}
            {status.is_some().then(|| disconnect_card(state))}
        </fieldset>
    };
    let what = match request.address.get("done") {
        "connected" => Some(t!("klaviyo-was-connected").into_any()),
        "disconnected" => Some(t!("klaviyo-was-disconnected").into_any()),
        _ => None,
    };
    let test = (status.is_some() && !is_member).then(|| {
        view! { <form method="post" action=PATH>{state.form(TEST).button(t!("klaviyo-test"), "")}</form> }
    });
    Ok(BrandPage::new(t!("setup-klaviyo"))
        .above(view! { <a href=SETUP>{t!("webhooks-back")}</a> })
        .beside(test)
        .done(what)
        .status(state.status())
        .show(request, content))
}

/// What Klaviyo said to a test event.
fn answer(tested: &Tested) -> AnyView {
    if tested.is_taken {
        return view! { <div class="banner success" role="status"><p>{t!("klaviyo-test-taken")}</p></div> }.into_any();
    }
    let error = tested.error.clone().unwrap_or_default();
    view! { <div class="banner critical" role="alert"><p>{t!("klaviyo-test-refused", error = error)}</p></div> }
        .into_any()
}

fn facts(request: &BrandRequest, status: &Status) -> AnyView {
    let connection = &status.connection;
    let (state, tone) = if connection.disabled_at.is_some() {
        (t!("klaviyo-disabled"), "bad")
    } else if connection.attempts > 0 {
        (t!("klaviyo-failing"), "warning")
    } else if status.is_behind {
        (t!("klaviyo-sending"), "warning")
    } else {
        (t!("klaviyo-works"), "good")
    };
    let error = connection.last_error.as_ref().map(|(at, error)| {
        view! { <div><dt>{t!("klaviyo-last-error")}</dt><dd>{error.clone()}" "<span class="subdued">{request.moment(*at)}</span></dd></div> }
    });
    let last = connection.last_sent_at.map_or_else(|| t!("klaviyo-never").into_any(), |at| request.moment(at));
    view! {
        <dl class="facts">
            <div><dt>{t!("webhooks-state")}</dt><dd>{chip(state, tone)}</dd></div>
            <div><dt>{t!("klaviyo-since")}</dt><dd>{request.moment(connection.connected_at)}</dd></div>
            <div><dt>{t!("klaviyo-sent")}</dt><dd>{format::count(connection.sent)}</dd></div>
            <div><dt>{t!("klaviyo-skipped")}</dt><dd>{format::count(connection.skipped)}</dd></div>
            <div><dt>{t!("klaviyo-last-sent")}</dt><dd>{last}</dd></div>
            {error}
        </dl>
    }
    .into_any()
}

fn key_card(state: &FormState, is_connected: bool) -> AnyView {
    let form = state.form(CONNECT);
    let docs = view! { <a href="/docs/api/klaviyo">{t!("klaviyo-docs")}</a> }.into_any();
    let key = Field::new("private_key", label("klaviyo-key")).input(Input::Password).required().placeholder("pk_…");
    let title = if is_connected { t!("klaviyo-replace") } else { t!("klaviyo-connect") };
    let submit =
        if is_connected { form.button(t!("klaviyo-save-key"), "") } else { form.submit(t!("klaviyo-connect")) };
    card(
        title,
        view! {
            <p class="subdued">{rich!("klaviyo-text", link = docs)}</p>
            {form.summary(&[label("klaviyo-key")])}
            <form method="post">
                <div class="fields">{form.field(key.hint(t!("klaviyo-key-hint")))}</div>
                {submit}
            </form>
        },
    )
}

fn disconnect_card(state: &FormState) -> AnyView {
    let form = state.form(DISCONNECT);
    let send = view! { <form method="post">{form.button(t!("klaviyo-disconnect"), "critical")}</form> };
    card(
        t!("klaviyo-disconnect"),
        view! { {form.all_faults()} {confirm(t!("klaviyo-disconnect"), t!("klaviyo-disconnect-text"), send)} },
    )
}
