//! `/brand/attribution/settings`: the attribution policy with its preview, commissions, link destinations, what is kept
//! and for how long. Members and sessions are a page of their own.

mod everything;
mod members;
mod policy;
mod privacy;

use axum::{
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{account::Role, time::Day};
use flow::{FlowError, Invalid, customer::DataExportInfo};
use http::{HeaderValue, header};
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    component::{card, confirm},
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done},
    request::BrandRequest,
};

const PATH: &str = "/brand/attribution/settings";

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show).post(submit)), (members::PATH, get(members::show).post(members::submit))]
}

async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default(), None).await
}

async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    if posted.action() == policy::PREVIEW {
        return match policy::preview(&request, &posted).await {
            Ok(preview) => page(&request, &posted.shown_again(), Some(preview)).await,
            Err(error) => page(&request, &posted.refused(error)?, None).await,
        };
    }
    match change(&request, &posted).await {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?, None).await,
    }
}

async fn change(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let (policies, caller) = (request.flow.policies(), &request.caller);
    let what = match posted.action() {
        policy::SAVE => {
            policies.save(caller, &policy::posted_policy(posted)?).await?;
            "policy"
        }
        "commissions" => {
            save_commissions(request, posted).await?;
            "saved"
        }
        "hosts" => {
            policies.save_hosts(caller, posted.get("allowed"), posted.get("storefronts")).await?;
            "saved"
        }
        "gift-cards" => {
            policies.save_gift_cards(caller, posted.is_checked("earn")).await?;
            "saved"
        }
        "mails" => {
            policies.save_mails(caller, posted.is_checked("questions")).await?;
            "saved"
        }
        "retention" => {
            request.flow.retention().save(caller, privacy::posted_retention(posted)?).await?;
            "retention"
        }
        "close" => {
            let last = Day::parse(posted.get("last"));
            let last = last.ok_or_else(|| Invalid::one("last day must be a date such as 2026-11-01"))?;
            policies.close_period(caller, last).await?;
            "closed"
        }
        "download" => return download(request, posted).await,
        everything::DELETE => return everything::delete(request, posted).await,
        _ => return Err(posted.unknown_action()),
    };
    Ok(done(PATH, what))
}

async fn save_commissions(request: &BrandRequest, posted: &Posted) -> Result<(), FlowError> {
    let currency = request.caller.brand().currency;
    let hold_days = posted.number("hold_days", "Hold period")?;
    let mut steps = Vec::new();
    for text in posted.get("steps").split([',', ' ']).map(str::trim).filter(|text| !text.is_empty()) {
        let money = domain::Money::parse(text, currency)
            .map_err(|error| Invalid::one(format!("revenue milestones: {text} {error}")))?;
        steps.push(money.minor);
    }
    let (manual, trusts) = (posted.is_checked("manual_approval"), posted.is_checked("identify"));
    request.flow.policies().save_settings(&request.caller, hold_days, manual, trusts, steps).await
}

/// What is stored about a customer who asked, as a file.
async fn download(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let id = posted.id("id", "export")?;
    let text = request.flow.customers().data_export(&request.caller, &id).await?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(disposition) = format!("attachment; filename=\"{id}.json\"").parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let text = match request.address.get("done") {
        "policy" => "Policy saved. Affected orders are being credited again.",
        "saved" => "Saved.",
        "retention" => "Saved. What is older is deleted within a day.",
        "closed" => "Period closed.",
        _ => return None,
    };
    Some(text.into_any())
}

async fn page(request: &BrandRequest, state: &FormState, preview: Option<policy::Previewed>) -> PageResult {
    let versions = policy::versions(request);
    if versions.is_csv_wanted(&request.address) {
        return versions.csv(&request.address, "policies");
    }
    let exports: Vec<DataExportInfo> = request.flow.customers().data_exports(&request.caller).await?;
    let shops = request.flow.installs().installed_shops(&request.caller).await?;
    let recompute = request.flow.policies().recompute_state(&request.caller.brand().id).await?;
    let progress = recompute.map(|recompute| (recompute.done, recompute.total));
    let note = (request.caller.role() == Role::Member).then(|| {
        view! { <p class="banner">"You are a member of the team. Only an owner can change what is on this page."</p> }
    });
    let content = view! {
        {note}
        {brand_card(request)}
        {policy::card(request, state, preview, progress)}
        {commissions(request, state)}
        {destinations(request, state)}
        {gift_cards(request, state)}
        {mails(request, state)}
        {close(request, state)}
        {privacy::retention(request, state)}
        {privacy::data_requests(request, &exports)}
        {everything::export(request)}
        {everything::deletion(request, state, &shops)}
    };
    Ok(BrandPage::new("Settings")
        .tabs(&SETTINGS_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// What was set when the brand was created.
fn brand_card(request: &BrandRequest) -> AnyView {
    let brand = request.caller.brand();
    let time = request.moment(request.flow.now());
    card(
        "Brand",
        view! {
            <dl class="brand-facts">
                <dt>"Name"</dt><dd>{brand.name.clone()}</dd>
                <dt>"Time zone"</dt><dd>{brand.zone.name().to_owned()}" "<span class="subdued">"now "{time}</span></dd>
                <dt>"Currency"</dt><dd>{brand.currency.code().to_owned()}</dd>
            </dl>
            <p class="subdued">"Days begin at midnight in this time zone, and totals are in this currency; orders in other currencies are shown separately. Neither can be changed, since the figures of earlier days would change too."</p>
        },
    )
}

fn commissions(request: &BrandRequest, state: &FormState) -> AnyView {
    let brand = request.caller.brand();
    let settings = &brand.settings;
    let steps = settings.revenue_steps_minor.iter();
    let steps = steps.map(|minor| domain::Money { minor: *minor, currency: brand.currency }.to_decimal());
    let ticked = |is_on: bool| if is_on { "on" } else { "" };
    let form = state
        .form("commissions")
        .initial("hold_days", settings.hold_days.to_string())
        .initial("steps", steps.collect::<Vec<_>>().join(", "))
        .initial("manual_approval", ticked(settings.requires_manual_approval))
        .initial("identify", ticked(settings.trusts_browser_identities));
    let hold = Field::new("hold_days", "Hold period").input(Input::Number).required();
    let hold = hold.hint("Days after an order before its commission can be paid, so that returns come first.");
    let milestones = Field::new("steps", "Revenue milestones");
    let milestones = milestones.hint(format!("Amounts in {}, separated by commas.", brand.currency.code()));
    card(
        "Commissions and customers",
        view! {
            {form.summary(&["Hold period", "Revenue milestones"])}
            <form method="post" data-save-bar="">
                <div class="fields">{form.field(hold)} {form.field(milestones)}</div>
                {form.checkbox("manual_approval", "Approve every commission by hand", "After the hold period, each waits for you on Commissions.")}
                {form.checkbox("identify", "Trust customer names that storefront scripts report", "Scripts can be fooled: leave this off unless your pixel is your only source.")}
                {form.submit("Save commissions")}
            </form>
        },
    )
}

fn destinations(request: &BrandRequest, state: &FormState) -> AnyView {
    let brand = request.caller.brand();
    let form = state
        .form("hosts")
        .initial("allowed", brand.destination_hosts.join(", "))
        .initial("storefronts", brand.settings.storefront_hosts.join(", "));
    let allowed = Field::new("allowed", "Allowed hosts").length_max(4_000).placeholder("shop.example.com");
    let allowed = allowed.hint("Links may lead only to these and their subdomains; anywhere if empty. Links that lead elsewhere stop working at once.");
    let storefronts = Field::new("storefronts", "Shopify storefronts").length_max(4_000);
    let storefronts = storefronts.hint("Your store's own domains. Links to them also carry Shopify's ref parameter.");
    card(
        "Where links may lead",
        view! {
            {form.all_faults()}
            <form method="post" data-save-bar="">
                <div class="fields">{form.field(allowed)} {form.field(storefronts)}</div>
                {form.submit("Save hosts")}
            </form>
        },
    )
}

fn gift_cards(request: &BrandRequest, state: &FormState) -> AnyView {
    let earns = if request.caller.brand().settings.gift_cards_earn { "on" } else { "" };
    let form = state.form("gift-cards").initial("earn", earns);
    card(
        "Gift cards",
        view! {
            {form.all_faults()}
            <form method="post" data-save-bar="">
                {form.checkbox("earn", "Buying a gift card earns a commission", "What is later bought with it always does.")}
                {form.submit("Save gift cards")}
            </form>
        },
    )
}

fn mails(request: &BrandRequest, state: &FormState) -> AnyView {
    let wants = if request.caller.brand().settings.mutes_questions { "" } else { "on" };
    let form = state.form("mails").initial("questions", wants);
    card(
        "E-mails to owners",
        view! {
            {form.summary(&[])}
            <form method="post" data-save-bar="">
                {form.checkbox("questions", "A creator asks a question", "To every owner who signs in by e-mail.")}
                {form.submit("Save e-mails")}
            </form>
        },
    )
}

fn close(request: &BrandRequest, state: &FormState) -> AnyView {
    let closed = request.caller.brand().settings.closed_through.map_or_else(
        || "No period is closed.".to_owned(),
        |day| format!("All days through {} are closed.", day_in_words(day)),
    );
    let form = state.form("close");
    let last = Field::new("last", "Last day").input(Input::Date).required();
    let fields = view! { <form method="post">{form.field(last)} {form.button("Close for ever", "critical")}</form> };
    let question = "Close every day up to and including this one? It cannot be undone.";
    card(
        "Close a period",
        view! {
            <p>{closed}</p>
            <p class="subdued">"Figures of closed days no longer change. Later refunds and corrections are booked on the day they arrive."</p>
            {form.summary(&["Last day"])}
            {if form.is_refused() { fields.into_any() } else { confirm("Close a period", question, fields) }}
        },
    )
}

/// A hidden field, for the parts of this page.
fn hidden(name: &'static str, value: impl Into<String>) -> AnyView {
    Form::hidden(name, value)
}

/// A day with its year, such as "31 Jan 2026".
fn day_in_words(day: Day) -> String {
    let text = day.to_string();
    format!("{} {}", day.short(), text.get(..4).unwrap_or_default())
}
