//! `/brand/attribution/orders/{id}`: one order: who gets its credit and because of what, or why nobody does.

use axum::{extract::Path, response::Response};
use domain::{
    CreatorId, LinkId, OrderId,
    evidence::{Evidence, EvidenceKind},
};
use flow::{FlowError, Invalid, commission::Approval};
use leptos::prelude::*;
use url::form_urlencoded;

use super::{PATH, commission, order_details::OrderDetails, questions, splits, timeline, verdict, words};
use crate::{
    brand_layout::BrandPage,
    component::card,
    error::{PageError, PageResult},
    form::{Field, Form, FormState, Posted, done, label},
    format,
    language::t,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

fn parse(id: &str) -> Result<OrderId, PageError> {
    id.parse().map_err(|_| PageError::not_found("order"))
}

pub(super) async fn show(Path(id): Path<String>, request: BrandRequest) -> PageResult {
    page(&request, &parse(&id)?, &FormState::default()).await
}

pub(super) async fn submit(Path(id): Path<String>, request: BrandRequest, posted: Posted) -> PageResult {
    let id = parse(&id)?;
    let outcome = match posted.action() {
        "credit" => give_credit(&request, &id, &posted).await,
        "remove" => remove_credit(&request, &id).await,
        "approve" => approve(&request, &id).await,
        "answer" => questions::answer(&request, &id, &posted).await,
        _ => Err(posted.unknown_action()),
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &id, &posted.refused(error)?).await,
    }
}

fn own_path(id: &OrderId) -> String {
    format!("{PATH}/{id}")
}

async fn give_credit(request: &BrandRequest, id: &OrderId, posted: &Posted) -> Result<Response, FlowError> {
    let (to, reason) = (posted.get("to"), posted.get("reason"));
    // For "Undo".
    let before = manual_credit(request, id).await?;
    let surveys = request.flow.surveys();
    if let Ok(creator) = to.parse::<CreatorId>() {
        surveys.assign_credit_to_creator(&request.caller, id, &creator, reason).await?;
    } else if let Ok(link) = to.parse::<LinkId>() {
        surveys.assign_credit(&request.caller, id, &link, reason).await?;
    } else {
        return Err(Invalid::one("credit to must be a creator or one of their links").into());
    }
    Ok(done(&own_path(id), &format!("given{}", as_parameters(before))))
}

async fn remove_credit(request: &BrandRequest, id: &OrderId) -> Result<Response, FlowError> {
    // What is needed to give it again, if it was removed by mistake.
    let before = manual_credit(request, id).await?;
    request.flow.surveys().revoke_credit(&request.caller, id).await?;
    Ok(done(&own_path(id), &format!("removed{}", as_parameters(before))))
}

/// The order's manual credit: link and reason.
async fn manual_credit(request: &BrandRequest, id: &OrderId) -> Result<Option<(String, String)>, FlowError> {
    let record = request.flow.orders().get(&request.caller, id).await?;
    let mut evidence = record.attribution.iter().flat_map(|attribution| &attribution.evidence);
    let manual = evidence.find(|piece| piece.kind == EvidenceKind::Manual);
    Ok(manual.and_then(|piece| Some((piece.link.as_ref()?.to_string(), words::reason_of(piece).to_owned()))))
}

fn as_parameters(credit: Option<(String, String)>) -> String {
    credit.map_or_else(String::new, |(link, reason)| {
        let pairs = [("to", link.as_str()), ("reason", reason.as_str())];
        format!("&{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    })
}

async fn approve(request: &BrandRequest, id: &OrderId) -> Result<Response, FlowError> {
    request.flow.commissions().approve(&request.caller, Approval::Order(id)).await?;
    Ok(done(&own_path(id), "approved"))
}

fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let address = &request.address;
    let undo = |action: &'static str, fields: AnyView| {
        let button = FormState::default().form(action).button(t!("orders-undo"), "quiet");
        view! { <form method="post" action=address.path().to_owned()>{fields}{button}</form> }
    };
    let is_before_known = !address.get("to").is_empty();
    let before = view! {
        {Form::hidden("to", address.get("to"))} {Form::hidden("reason", address.get("reason"))}
    };
    let before = before.into_any();
    match address.get("done") {
        "given" => {
            let undo = if is_before_known { undo("credit", before) } else { undo("remove", ().into_any()) };
            Some(view! { <span>{t!("orders-given")}</span> {undo} }.into_any())
        }
        "removed" => {
            let undo = is_before_known.then(|| undo("credit", before));
            Some(view! { <span>{t!("orders-removed")}</span> {undo} }.into_any())
        }
        "answered" => Some(t!("orders-answered").into_any()),
        "approved" => Some(t!("orders-approved").into_any()),
        _ => None,
    }
}

async fn page(request: &BrandRequest, id: &OrderId, state: &FormState) -> PageResult {
    let found = OrderDetails::load(request, id).await?;
    let asked = request.flow.questions().about(&request.caller, id).await?;
    let (ledger, evidence) = (commission::ledger_table(request, &found), evidence_table(request, &found));
    if ledger.is_csv_wanted(&request.address) {
        return ledger.csv(&request.address, "order-commission");
    }
    if evidence.is_csv_wanted(&request.address) {
        return evidence.csv(&request.address, "order-evidence");
    }
    let order = found.order();
    let net = format::money(order.net_minor(), order.currency);
    let title = format!("{} · {} · {net}", order.name, request.moment_text(order.placed_at));
    let customer = found.customer.as_ref().map(|id| {
        view! { <a class="button" href=format!("/brand/attribution/customers/{id}")>{t!("orders-customer")}</a> }
    });
    let give = give_form(request, &found, state);
    let content = view! {
        {verdict::card(request, &found, give)}
        {questions::card(request, &found, &asked, state)}
        {timeline::card(request, &found)}
        {splits::card(&found)}
        <div class="columns">
            {commission::figures(request, &found)}
            {card(t!("orders-commission"), ledger.view(&request.address))}
        </div>
        {evidence_card(request, &found, evidence)}
    };
    Ok(BrandPage::new(title)
        .above(view! { <a href=PATH>{t!("orders-back")}</a> })
        .beside(customer)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// The forms that give credit by hand and take it back.
fn give_form(request: &BrandRequest, found: &OrderDetails, state: &FormState) -> AnyView {
    let form = state.form("credit");
    let creators = found.creators.iter().map(|creator| (creator.id.to_string(), creator.name.clone()));
    let links = found.links.iter().filter(|link| link.deleted_at.is_none() && link.creator.is_some()).map(|link| {
        let address = format::without_scheme(&request.flow.links().tracking_url(link.code));
        (link.id.to_string(), format!("{} · {address}", found.name_of(link.creator.as_ref())))
    });
    let choices: Vec<(String, String)> = creators.chain(links).collect();
    let reason = Field::new("reason", label("orders-reason"))
        .required()
        .placeholder(t!("orders-reason-example"))
        .hint(t!("orders-reason-hint"));
    let remove_state = state.form("remove");
    let remove = found.manual().is_some().then(|| {
        view! {
            <form method="post" class="inline">
                {remove_state.all_faults()} {remove_state.button(t!("orders-remove"), "")}
            </form>
        }
    });
    let to = label("orders-give-to");
    let give = if found.manual().is_some() { t!("orders-give-other") } else { t!("orders-give") };
    view! {
        <div class="give">
            <details class="give" open=form.is_refused()>
                <summary class="button">{give}</summary>
                <form method="post">
                    {form.summary(&[to.clone(), label("orders-reason")])}
                    <div class="fields">
                        {form.combobox("to", to, &choices, t!("orders-choose"), t!("orders-give-to-hint"))}
                        {form.field(reason)}
                    </div>
                    {form.submit(t!("orders-give-submit"))}
                </form>
            </details>
            {remove}
        </div>
    }
    .into_any()
}

/// All evidence in words: the timeline for those who do not see it, and for those who want to know exactly.
fn evidence_table(request: &BrandRequest, found: &OrderDetails) -> Table {
    let columns = [
        Column::text("when", t!("orders-when")),
        Column::text("what", t!("orders-what-was-found")),
        Column::text("creator", t!("orders-creator")),
        Column::text("result", t!("orders-result")),
    ];
    let row = |piece: &Evidence| {
        let link = found.link_address(request, piece.code);
        let who = if piece.link.is_none() && piece.creator.is_none() {
            String::new()
        } else {
            found.name_of(piece.creator.as_ref())
        };
        let when = request.moment_text(piece.at);
        Row::new([
            Cell::view(when, request.moment(piece.at)).sorted_by(piece.at.0),
            Cell::text(words::piece(piece, link.as_deref())),
            Cell::text(who),
            Cell::text(format::verdict(piece)).note(t!("orders-confidence", percent = piece.confidence_bp / 100)),
        ])
        .muted(piece.refused.is_some())
    };
    let nothing = view! { <p class="subdued">{t!("orders-no-evidence")}</p> };
    let rows = found.evidence().iter().map(row).collect::<Vec<_>>();
    Table::new(t!("orders-evidence"), columns).rows(rows).named("evidence").empty(nothing)
}

fn evidence_card(request: &BrandRequest, found: &OrderDetails, table: Table) -> AnyView {
    let count = found.evidence().len();
    let policy = found.explanation.record.attribution.as_ref().map(|attribution| words::policy(&attribution.policy));
    view! {
        <details class="card all-evidence">
            <summary><h2>{t!("orders-all-evidence", count = count)}</h2></summary>
            <p class="subdued">{policy}</p>
            {table.view(&request.address)}
        </details>
    }
    .into_any()
}
