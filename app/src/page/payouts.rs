//! `/brand/attribution/payouts`: what is due to whom, and the payouts so far. `/payouts/{id}` is one of them.

mod batch;
mod lines;
mod way;

use std::collections::BTreeMap;

use axum::{response::Response, routing::get};
use domain::{CreatorId, Currency, Money, PayoutId, account::Role, creator::Creator};
use flow::{
    FlowError,
    api::{Object, PayoutFilter},
    commission::Balance,
    payout::{Payout, PayoutState},
    payout_details::PayoutWay,
};
use leptos::prelude::*;

use super::Routes;
use crate::{
    actor,
    brand_layout::{BrandPage, PAYOUT_TABS},
    component::{chip, empty},
    error::PageResult,
    form::{Form, FormState, Posted, done},
    format,
    keyset_page::{KeysetPage, WHEN},
    language::t,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

pub(crate) const PATH: &str = "/brand/attribution/payouts";

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show).post(submit)), (batch::PATH, get(batch::show).post(batch::submit))]
}

async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    let outcome = match posted.action() {
        "create" => create(&request, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn create(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let payout = request.flow.payouts().create(&request.caller, posted.get("currency")).await?;
    Ok(done(&format!("{PATH}/{}", payout.id), "created"))
}

/// What the page shows besides the payouts so far.
struct Found {
    creators: Vec<Creator>,
    balances: Vec<Balance>,
    /// How they are paid, as far as that is known.
    ways: BTreeMap<CreatorId, PayoutWay>,
}

impl Found {
    async fn load(request: &BrandRequest) -> Result<Self, FlowError> {
        let (flow, merchant) = (&request.flow, &request.caller);
        Ok(Self {
            creators: flow.creators().list(merchant).await?,
            balances: flow.commissions().balances(merchant).await?,
            ways: flow.payouts().ways(merchant).await?,
        })
    }

    /// What is due in each currency.
    fn due(&self) -> BTreeMap<Currency, Due> {
        let mut due: BTreeMap<Currency, Due> = BTreeMap::new();
        for balance in self.balances.iter().filter(|balance| balance.payable_minor > 0) {
            let of_currency = due.entry(balance.currency).or_default();
            of_currency.minor += balance.payable_minor;
            of_currency.creators += 1;
            of_currency.without_details += i64::from(!self.ways.contains_key(&balance.creator));
        }
        due
    }
}

/// What is due in one currency.
#[derive(Default)]
struct Due {
    minor: i64,
    creators: i64,
    without_details: i64,
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let found = Found::load(request).await?;
    let balances = balances(&found);
    if balances.is_csv_wanted(&request.address) {
        return balances.csv(&request.address, "commission-balances");
    }
    if history_table(request, &[]).is_csv_wanted(&request.address) {
        return history_csv(request).await;
    }
    if found.balances.is_empty() {
        let page = BrandPage::new(t!("payouts-title")).tabs(&PAYOUT_TABS).status(state.status());
        return Ok(page.show(request, nothing_earned(state)));
    }
    let due = found.due();
    let is_member = request.caller.role() == Role::Member;
    let cards = due.iter().map(|(currency, due)| due_card(*currency, due, is_member)).collect_view();
    let content = view! {
        {state.form("create").all_faults()}
        {cards}
        {due.is_empty().then(|| nothing_due(&found))}
        <section aria-labelledby="balances">
            <h2 id="balances">{t!("payouts-balances")}</h2>
            {balances.view(&request.address)}
        </section>
        <section aria-labelledby="history">
            <h2 id="history">{t!("payouts-so-far")}</h2>
            {history(request).await?}
        </section>
    };
    Ok(BrandPage::new(t!("payouts-title")).tabs(&PAYOUT_TABS).status(state.status()).show(request, content))
}

/// What stands in place of everything as long as no creator has earned anything.
fn nothing_earned(state: &FormState) -> AnyView {
    let empty = empty(
        t!("payouts-nothing-earned"),
        t!("payouts-nothing-earned-text"),
        Some(("/brand/attribution/commissions/rules", t!("payouts-see-rules"))),
    );
    view! { {state.form("create").all_faults()} {empty} }.into_any()
}

fn due_card(currency: Currency, due: &Due, is_member: bool) -> AnyView {
    let amount = format::money(due.minor, currency);
    let question = t!("payouts-create-text", amount = &amount, count = due.creators);
    let form = FormState::default().form("create");
    let create = if is_member {
        view! { <p class="subdued">{t!("payouts-owners-only")}</p> }.into_any()
    } else {
        view! {
            <details class="confirm">
                <summary class="button primary">{t!("payouts-create")}</summary>
                <div class="popover">
                    <p>{question}</p>
                    <form method="post">
                        {Form::hidden("currency", currency.code())} {form.submit(t!("payouts-create"))}
                    </form>
                </div>
            </details>
        }
        .into_any()
    };
    let missing = match due.without_details {
        0 => None,
        count => Some(t!("payouts-without-details", count = count)),
    };
    view! {
        <section class="card due">
            <div>
                <p class="subdued">{t!("payouts-available-for-payout")}</p>
                <p class="amount">{amount}</p>
                <p>{t!("payouts-for-creators", count = due.creators)}</p>
                {missing.map(|text| view! { <p class="warning">{text}</p> })}
            </div>
            {create}
        </section>
    }
    .into_any()
}

fn nothing_due(found: &Found) -> AnyView {
    let is_held = found.balances.iter().any(|balance| balance.held_minor > 0);
    let text = if is_held { t!("payouts-nothing-due-held") } else { t!("payouts-nothing-due") };
    view! { <section class="card"><p>{text}</p><p><a href="/brand/attribution/commissions">{t!("payouts-see-commissions")}</a></p></section> }
        .into_any()
}

fn balances(found: &Found) -> Table {
    let columns = [
        Column::text("creator", t!("payouts-creator")),
        Column::money("available", t!("payouts-available")),
        Column::number("in_payout", t!("payouts-in-open")),
        Column::number("held", t!("payouts-held")),
        Column::number("paid", t!("payouts-paid")),
        Column::text("address", t!("payouts-paid-by")),
    ];
    let rows = found.balances.iter().map(|balance| {
        let creator = found.creators.iter().find(|creator| creator.id == balance.creator);
        let name = creator.map_or_else(|| t!("payouts-former-creator"), |creator| creator.name.clone());
        let href = format!("/brand/attribution/commissions?creator={}", balance.creator);
        let amount = |minor: i64| {
            let amount = Money { minor, currency: balance.currency };
            if minor == 0 { Cell::number(0, "") } else { Cell::amount(amount) }
        };
        Row::new([
            Cell::text(name).href(href),
            amount(balance.payable_minor),
            amount(balance.in_payout_minor),
            amount(balance.held_minor),
            amount(balance.paid_out_minor),
            way::cell(&balance.creator, found.ways.get(&balance.creator), balance.payable_minor > 0),
        ])
    });
    Table::new(t!("payouts-balances"), columns)
        .named("balances")
        .rows(rows.collect::<Vec<_>>())
        .ordered_by("-available")
}

/// The payouts so far, paged by the database.
async fn history(request: &BrandRequest) -> Result<AnyView, FlowError> {
    let page = KeysetPage::ordered(&request.address, PayoutId::PREFIX, "history-sort");
    let found = request.flow.api().payouts_page(&request.caller, page.keyset(), &PayoutFilter::default()).await?;
    let cut = page.cut(&request.address, found, |payout| payout.value.id.as_str());
    let table = history_table(request, &cut.rows).neighbours(cut.before, cut.after).sorted_by_database(&[WHEN]);
    Ok(table.empty(view! { <p class="subdued">{t!("payouts-none")}</p> }).view(&request.address))
}

fn history_table(request: &BrandRequest, payouts: &[Object<Payout>]) -> Table {
    let columns = [
        Column::text(WHEN, t!("payouts-payout")),
        Column::text("", t!("payouts-state")),
        Column::number("", t!("payouts-creators")),
        Column::money("", t!("payouts-total")),
    ];
    let rows = payouts.iter().map(|payout| row(request, &payout.value)).collect::<Vec<_>>();
    Table::new(t!("payouts-so-far"), columns).rows(rows).named("history").ordered_by("-when")
}

/// All payouts as a file.
async fn history_csv(request: &BrandRequest) -> PageResult {
    let mut payouts: Vec<Object<Payout>> = Vec::new();
    loop {
        let last = payouts.last().map(|payout| payout.value.id.as_str());
        let portion = KeysetPage::portion(PayoutId::PREFIX, last);
        let found = request.flow.api().payouts_page(&request.caller, &portion, &PayoutFilter::default()).await?;
        if found.is_empty() {
            break;
        }
        payouts.extend(found);
    }
    history_table(request, &payouts).csv(&request.address, "payouts")
}

fn row(request: &BrandRequest, payout: &Payout) -> Row {
    let (state, tone) = state(request, payout);
    let count = format::length(payout.items.len());
    let by = t!("payouts-created-by", who = actor::words(&payout.actor));
    Row::new([
        Cell::text(name(request, payout)).href(format!("{PATH}/{}", payout.id)).note(by).sorted_by(payout.created_at.0),
        Cell::view(state.clone(), chip(state, tone)),
        Cell::number(count, format::count(count)),
        Cell::amount(total(payout)),
    ])
    .muted(payout.state == PayoutState::Cancelled)
}

/// "Payout of 9 Nov".
fn name(request: &BrandRequest, payout: &Payout) -> String {
    let brand = request.caller.brand();
    t!("payouts-of-day", day = format::day(&brand.zone, request.flow.reports().today(brand), payout.created_at))
}

fn total(payout: &Payout) -> Money {
    Money { minor: payout.items.iter().map(|(_, minor)| minor).sum(), currency: payout.currency }
}

/// Open, or how it was closed and when; with the tone of its chip.
fn state(request: &BrandRequest, payout: &Payout) -> (String, &'static str) {
    let brand = request.caller.brand();
    let today = request.flow.reports().today(brand);
    let day = payout.closed_at.map(|at| format::day(&brand.zone, today, at));
    match (payout.state, day) {
        (PayoutState::Open, _) => (t!("payouts-is-open"), "warning"),
        (PayoutState::Paid, Some(day)) => (t!("payouts-is-paid-on", day = day), "good"),
        (PayoutState::Paid, None) => (t!("payouts-is-paid"), "good"),
        (PayoutState::Cancelled, Some(day)) => (t!("payouts-is-cancelled-on", day = day), ""),
        (PayoutState::Cancelled, None) => (t!("payouts-is-cancelled"), ""),
    }
}
