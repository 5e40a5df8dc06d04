//! `/brand/attribution/settings`: the attribution policy with its preview, commissions, link destinations, what is kept
//! and for how long. The brand itself, and members and sessions, are pages of their own.

mod brand;
mod everything;
mod members;
mod policy;
mod privacy;

use axum::{
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{account::Role, money::MoneyError, time::Day};
use flow::{FlowError, Invalid, customer::DataExportInfo};
use http::{HeaderValue, header};
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    component::{card, confirm},
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done, label},
    format,
    language::{rich, t},
    request::BrandRequest,
};

const PATH: &str = "/brand/attribution/settings";

pub(crate) fn routes() -> Routes {
    vec![
        (PATH, get(show).post(submit)),
        (brand::PATH, get(brand::show).post(brand::submit)),
        (members::PATH, get(members::show).post(members::submit)),
    ]
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
            request.flow.retention().save(caller, privacy::posted_retention(request, posted)?).await?;
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
    let hold_days = posted.number("hold_days", label("settings-hold"))?;
    let mut steps = Vec::new();
    // A comma or a space alone may also stand inside an amount.
    let steps_text = posted.get("steps").replace(", ", ";");
    for text in steps_text.split([';', '\n']).map(str::trim).filter(|text| !text.is_empty()) {
        let money = if text.contains(char::is_whitespace) {
            Err(MoneyError::Ambiguous)
        } else {
            domain::Money::parse_typed(text, currency)
        };
        let money = money.map_err(|error| Invalid::one(format!("revenue milestones: {text} {error}")))?;
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
        "policy" => t!("settings-was-policy-saved"),
        "saved" => t!("settings-was-saved"),
        "retention" => t!("settings-was-retention-saved"),
        "closed" => t!("settings-was-closed"),
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
    let is_member = request.caller.role() == Role::Member;
    let note = is_member.then(|| {
        view! { <p class="banner">{t!("settings-members-only-read")}</p> }
    });
    let content = view! {
        {note}
        {brand_card(request)}
        <fieldset class="whole" disabled=is_member>
            {policy::card(request, state, preview, progress)}
            {commissions(request, state)}
            {destinations(request, state)}
            {gift_cards(request, state)}
            {mails(request, state)}
            {close(request, state)}
            {privacy::retention(request, state)}
        </fieldset>
        {privacy::data_requests(request, &exports)}
        {everything::export(request)}
        {everything::deletion(request, state, &shops)}
    };
    Ok(BrandPage::new(t!("settings-title"))
        .tabs(&SETTINGS_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// The brand itself.
fn brand_card(request: &BrandRequest) -> AnyView {
    let brand = request.caller.brand();
    let time = request.moment(request.flow.now());
    card(
        t!("settings-brand"),
        view! {
            <dl class="brand-facts">
                <dt>{t!("settings-brand-name")}</dt><dd>{brand.name.clone()}</dd>
                <dt>{t!("settings-time-zone")}</dt><dd>{brand.zone.name().to_owned()}" "<span class="subdued">{rich!("settings-now", moment = time)}</span></dd>
                <dt>{t!("settings-currency")}</dt><dd>{brand.currency.code().to_owned()}</dd>
            </dl>
            <p class="subdued">{t!("settings-brand-text")}</p>
            <p><a class="button" href=brand::PATH>{t!("settings-brand-change")}</a></p>
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
        .initial("steps", steps.collect::<Vec<_>>().join("; "))
        .initial("manual_approval", ticked(settings.requires_manual_approval))
        .initial("identify", ticked(settings.trusts_browser_identities));
    let hold = Field::new("hold_days", label("settings-hold")).input(Input::Number).required();
    let hold = hold.hint(t!("settings-hold-hint"));
    let milestones = Field::new("steps", label("settings-milestones"));
    let milestones = milestones.hint(t!("settings-milestones-hint", currency = brand.currency.code()));
    card(
        t!("settings-commissions"),
        view! {
            {form.summary(&[label("settings-hold"), label("settings-milestones")])}
            <form method="post" data-save-bar="">
                <div class="fields">{form.field(hold)} {form.field(milestones)}</div>
                {form.checkbox("manual_approval", t!("settings-approve"), t!("settings-approve-hint"))}
                {form.checkbox("identify", t!("settings-trust"), t!("settings-trust-hint"))}
                {form.submit(t!("settings-save-commissions"))}
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
    let allowed =
        Field::new("allowed", label("settings-hosts-allowed")).length_max(4_000).placeholder("shop.example.com");
    let allowed = allowed.hint(t!("settings-hosts-allowed-hint"));
    let storefronts = Field::new("storefronts", label("settings-storefronts")).length_max(4_000);
    let storefronts = storefronts.hint(t!("settings-storefronts-hint"));
    card(
        t!("settings-hosts"),
        view! {
            {form.summary(&[label("settings-hosts-allowed"), label("settings-storefronts")])}
            <form method="post" data-save-bar="">
                <div class="fields">{form.field(allowed)} {form.field(storefronts)}</div>
                {form.submit(t!("settings-save-hosts"))}
            </form>
        },
    )
}

fn gift_cards(request: &BrandRequest, state: &FormState) -> AnyView {
    let earns = if request.caller.brand().settings.gift_cards_earn { "on" } else { "" };
    let form = state.form("gift-cards").initial("earn", earns);
    card(
        t!("settings-gift-cards"),
        view! {
            {form.all_faults()}
            <form method="post" data-save-bar="">
                {form.checkbox("earn", t!("settings-gift-cards-earn"), t!("settings-gift-cards-earn-hint"))}
                {form.submit(t!("settings-save-gift-cards"))}
            </form>
        },
    )
}

fn mails(request: &BrandRequest, state: &FormState) -> AnyView {
    let wants = if request.caller.brand().settings.mutes_questions { "" } else { "on" };
    let form = state.form("mails").initial("questions", wants);
    card(
        t!("settings-mails"),
        view! {
            {form.all_faults()}
            <form method="post" data-save-bar="">
                {form.checkbox("questions", t!("settings-mails-questions"), t!("settings-mails-questions-hint"))}
                {form.submit(t!("settings-save-mails"))}
            </form>
        },
    )
}

fn close(request: &BrandRequest, state: &FormState) -> AnyView {
    let closed = request.caller.brand().settings.closed_through.map_or_else(
        || t!("settings-nothing-closed"),
        |day| t!("settings-closed-through", day = format::full_date(day)),
    );
    let form = state.form("close");
    let last = Field::new("last", label("settings-last-day")).input(Input::Date).required();
    let fields = view! { <form method="post">{form.field(last)} {form.button(t!("settings-close-for-ever"), "critical")}</form> };
    card(
        t!("settings-close"),
        view! {
            <p>{closed}</p>
            <p class="subdued">{t!("settings-close-text")}</p>
            {form.summary(&[label("settings-last-day")])}
            {if form.is_refused() { fields.into_any() } else { confirm(t!("settings-close"), t!("settings-close-question"), fields) }}
        },
    )
}

/// A hidden field, for the parts of this page.
fn hidden(name: &'static str, value: impl Into<String>) -> AnyView {
    Form::hidden(name, value)
}
