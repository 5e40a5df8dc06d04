//! `/brand/attribution/commissions`: what waits for approval, the ledger, and adjustments. Its tab "Rules" says who earns
//! what.

mod ledger;
mod rules;
mod waiting;

use axum::{response::Response, routing::get};
use domain::{CreatorId, Money, creator::Creator};
use flow::{
    FlowError, Invalid,
    commission::{Approval, Balance, WAITING_MAX, WaitingCommission},
};
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::{BrandPage, PAYOUT_TABS},
    component::{tile, tiles},
    error::PageResult,
    form::{Field, Form, FormState, Posted, done, label},
    format,
    language::t,
    request::BrandRequest,
};

const PATH: &str = "/brand/attribution/commissions";

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show).post(submit)), (rules::PATH, get(rules::show).post(rules::submit))]
}

async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "approve" => approve(&request, &posted).await,
        "approve-proven" => approve_proven(&request).await,
        "reject" => reject(&request, &posted).await,
        "adjust" => adjust(&request, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

/// The chosen orders, each once.
fn chosen(posted: &Posted) -> Result<Vec<domain::OrderId>, FlowError> {
    let mut orders = Vec::new();
    for id in posted.all("order") {
        let id = id.parse().map_err(|_| FlowError::NotFound("order"))?;
        if !orders.contains(&id) {
            orders.push(id);
        }
    }
    if orders.is_empty() { Err(Invalid::one("choose at least one order").into()) } else { Ok(orders) }
}

async fn approve(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let orders = chosen(posted)?;
    for order in &orders {
        request.flow.commissions().approve(&request.caller, Approval::Order(order)).await?;
    }
    Ok(done(&request.address.with(&[]), &format!("approved&count={}", orders.len())))
}

async fn approve_proven(request: &BrandRequest) -> Result<Response, FlowError> {
    let count = request.flow.commissions().approve(&request.caller, Approval::Proven).await?;
    Ok(done(&request.address.with(&[]), &format!("approved-proven&count={count}")))
}

async fn reject(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let orders = chosen(posted)?;
    for order in &orders {
        request.flow.api().reject_commissions(&request.caller, order, posted.get("reason")).await?;
    }
    Ok(done(&request.address.with(&[]), &format!("rejected&count={}", orders.len())))
}

async fn adjust(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    if posted.get("creator").is_empty() {
        return Err(Invalid::one("creator must be chosen").into());
    }
    let (creator, key) = (posted.id::<CreatorId>("creator", "creator")?, posted.get("key"));
    let (amount, reason) = (posted.get("amount"), posted.get("reason"));
    request.flow.commissions().adjust(&request.caller, &creator, amount, "", reason, key).await?;
    Ok(done(PATH, "adjusted"))
}

/// What just happened.
fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let count = request.address.get("count").parse::<i64>().unwrap_or(0);
    let text = match request.address.get("done") {
        "approved" => t!("commissions-were-approved", count = count),
        "approved-proven" => t!("commissions-proven-were-approved", count = count),
        "rejected" => t!("commissions-were-rejected", count = count),
        "adjusted" => t!("commissions-was-adjusted"),
        _ => return None,
    };
    Some(text.into_any())
}

/// What the page shows besides the ledger.
struct Found {
    creators: Vec<Creator>,
    balances: Vec<Balance>,
    waiting: Vec<WaitingCommission>,
}

impl Found {
    async fn load(request: &BrandRequest) -> Result<Self, FlowError> {
        let (flow, merchant) = (&request.flow, &request.caller);
        Ok(Self {
            creators: flow.creators().list(merchant).await?,
            balances: flow.commissions().balances(merchant).await?,
            waiting: flow.commissions().waiting(merchant).await?,
        })
    }
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let found = Found::load(request).await?;
    if let Some(file) = ledger::csv(request, &found.creators).await? {
        return Ok(file);
    }
    let waiting = waiting::table(request, state, &found);
    if waiting.is_csv_wanted(&request.address) {
        return waiting.csv(&request.address, "commissions-that-need-approval");
    }
    let adjustment = state.form("adjust");
    let is_adjusting = request.address.get("new") == "adjustment" || adjustment.is_refused();
    let content = view! {
        {is_adjusting.then(|| adjustment_form(request, &adjustment, &found.creators))}
        {(!found.balances.is_empty()).then(|| sums(request, &found))}
        {(!found.waiting.is_empty()).then(|| waiting::section(request, state, &found, waiting))}
        {ledger::section(request, &found.creators).await?}
    };
    let adjust = request.address.with(&[("new", "adjustment")]);
    Ok(BrandPage::new(t!("commissions-title"))
        .beside(view! { <a class="button" href=adjust>{t!("commissions-adjust")}</a> })
        .tabs(&PAYOUT_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// What is where on its way to the creators.
fn sums(request: &BrandRequest, found: &Found) -> AnyView {
    let brand = request.caller.brand();
    let sum = |minor: fn(&Balance) -> i64| {
        let mut sums: Vec<Money> = Vec::new();
        for balance in &found.balances {
            match sums.iter_mut().find(|money| money.currency == balance.currency) {
                Some(money) => money.minor += minor(balance),
                None => sums.push(Money { minor: minor(balance), currency: balance.currency }),
            }
        }
        sums.retain(|money| money.minor != 0);
        format::amounts(&sums, brand.currency)
    };
    let hold = t!("commissions-hold-days", days = brand.settings.hold_days);
    let approval = match format::length(found.waiting.len()) {
        0 => None,
        WAITING_MAX => Some(t!("commissions-waiting-at-least", count = WAITING_MAX)),
        count => Some(t!("commissions-waiting", count = count)),
    };
    let hold = [Some(hold), approval].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    tiles(vec![
        tile(t!("commissions-on-hold"), sum(|balance| balance.held_minor), hold),
        tile(t!("commissions-available"), sum(|balance| balance.payable_minor), t!("commissions-available-note")),
        tile(
            t!("commissions-open-payouts"),
            sum(|balance| balance.in_payout_minor),
            t!("commissions-open-payouts-note"),
        ),
        tile(t!("commissions-paid"), sum(|balance| balance.paid_out_minor), t!("commissions-paid-note")),
    ])
}

fn adjustment_form(request: &BrandRequest, form: &Form, creators: &[Creator]) -> AnyView {
    let key = if form.is_posted() { form.value("key") } else { request.flow.form_key() };
    let currency = request.caller.brand().currency;
    let amount = Field::new("amount", label("commissions-amount"))
        .required()
        .length_max(20)
        .placeholder("25.00")
        .hint(t!("commissions-adjust-amount-hint", currency = currency.code()));
    let reason = Field::new("reason", label("commissions-reason"))
        .required()
        .placeholder(t!("commissions-adjust-reason-example"));
    let choices = format::choices(creators);
    view! {
        <section class="card">
            <h2>{t!("commissions-adjust-title")}</h2>
            <p class="subdued">{t!("commissions-adjust-text")}</p>
            {form.summary(&[label("commissions-creator"), label("commissions-amount"), label("commissions-reason")])}
            <form method="post">
                {Form::hidden("key", key)}
                <div class="fields">
                    {form.combobox("creator", label("commissions-creator"), &choices, t!("commissions-choose-creator"), "")}
                    {form.field(amount)}
                    {form.field(reason)}
                </div>
                <div class="inline">
                    {form.submit(t!("commissions-add-adjustment"))} <a class="quiet" href=PATH>{t!("commissions-cancel")}</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// A creator's name, also of one who was forgotten.
fn creator_name(creators: &[Creator], id: &CreatorId) -> String {
    let creator = creators.iter().find(|creator| creator.id == *id);
    creator.map_or_else(|| t!("commissions-former-creator"), |creator| creator.name.clone())
}
