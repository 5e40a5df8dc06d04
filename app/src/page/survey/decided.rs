//! `/brand/attribution/survey/decided`: survey answers that were decided by a person or matched automatically, each with a
//! button that opens it again.

use axum::response::Response;
use domain::{AnswerId, creator::Creator};
use flow::{
    FlowError,
    survey::{AnswerState, ListedAnswer},
};
use leptos::prelude::*;

use super::REOPEN;
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    error::PageResult,
    form::{Form, FormState, Posted, done},
    format,
    keyset_page::KeysetPage,
    language::{Message, rich, t},
    picker::{Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

pub(super) const PATH: &str = "/brand/attribution/survey/decided";
/// What the filter offers besides the answers that a person has credited.
const STATES: [(AnswerState, Message); 2] = [
    (AnswerState::Dismissed, Message("survey-state-dismissed")),
    (AnswerState::Matched, Message("survey-state-matched")),
];
/// Most answers of a CSV file.
const CSV_ANSWERS_MAX: usize = 100_000;

pub(super) async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

pub(super) async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    match reopen(&request, &posted).await {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn reopen(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    if posted.action() != REOPEN {
        return Err(posted.unknown_action());
    }
    request.flow.surveys().reopen(&request.caller, &posted.id("id", "answer")?).await?;
    Ok(done(&request.address.with(&[]), "reopened"))
}

fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    (request.address.get("done") == "reopened").then(|| {
        let link = view! { <a href=super::PATH>{t!("survey-review-it")}</a> }.into_any();
        view! { <span>{rich!("survey-waits-again", link = link)}</span> }.into_any()
    })
}

/// The answers that the address asks for.
fn asked_state(request: &BrandRequest) -> AnswerState {
    let asked = request.address.get("state");
    STATES.into_iter().map(|(state, _)| state).find(|state| state.as_str() == asked).unwrap_or(AnswerState::Assigned)
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let (surveys, wanted) = (request.flow.surveys(), asked_state(request));
    let creators = request.flow.creators().list(&request.caller).await?;
    if table(request, &creators, &[]).is_csv_wanted(&request.address) {
        return csv(request, &creators, wanted).await;
    }
    let at = KeysetPage::of(&request.address, AnswerId::PREFIX);
    let found = surveys.listed(&request.caller, wanted, at.keyset()).await?;
    let cut = at.cut(&request.address, found, |listed| listed.answer.id.as_str());
    let table = table(request, &creators, &cut.rows).neighbours(cut.before, cut.after);
    let states = STATES.map(|(state, label)| (state.as_str().to_owned(), label.text()));
    let filter = Filter::of("state", t!("survey-answers"), states.into(), t!("survey-state-assigned"));
    let content = view! {
        <p class="subdued">{t!("survey-decided-text")}</p>
        {state.form(REOPEN).all_faults()}
        {filter_bar(&request.address, "", vec![filter])}
        {table.view(&request.address)}
    };
    Ok(BrandPage::new(t!("survey-decided"))
        .above(view! { <a href=super::PATH>{t!("survey-back")}</a> })
        .tabs(&SETTINGS_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

/// All answers in this state as a file.
async fn csv(request: &BrandRequest, creators: &[Creator], wanted: AnswerState) -> PageResult {
    let mut answers: Vec<ListedAnswer> = Vec::new();
    loop {
        let last = answers.last().map(|listed| listed.answer.id.as_str());
        let portion = KeysetPage::portion(AnswerId::PREFIX, last);
        let found = request.flow.surveys().listed(&request.caller, wanted, &portion).await?;
        if found.is_empty() {
            break;
        }
        answers.extend(found);
        if answers.len() > CSV_ANSWERS_MAX {
            let too_many = flow::Invalid::one(format!(
                "there are more than {CSV_ANSWERS_MAX} answers, which is too many for one file"
            ));
            return Err(FlowError::from(too_many).into());
        }
    }
    table(request, creators, &answers).csv(&request.address, "survey-answers")
}

fn table(request: &BrandRequest, creators: &[Creator], answers: &[ListedAnswer]) -> Table {
    // No column can be sorted: the database pages the answers, newest first.
    let columns = [
        Column::text("", t!("survey-answer")),
        Column::text("", t!("survey-creator")),
        Column::text("", t!("survey-order")),
        Column::text("", t!("survey-answered")),
        Column::actions(t!("survey-actions")),
    ];
    let rows = answers.iter().map(|listed| row(request, creators, listed)).collect::<Vec<_>>();
    let nothing = view! { <p class="subdued">{t!("survey-no-such")}</p> };
    Table::new(t!("survey-decided"), columns).rows(rows).empty(nothing)
}

fn row(request: &BrandRequest, creators: &[Creator], listed: &ListedAnswer) -> Row {
    let answer = &listed.answer;
    // The words of a shopper who was erased are gone.
    let words = if answer.answer.is_empty() { t!("survey-erased") } else { answer.answer.clone() };
    let creator = match &answer.creator {
        Some(id) => Cell::text(format::name_of(creators, Some(id))).href(format!("/brand/attribution/creators/{id}")),
        None => Cell::text(t!("survey-none-of-them")),
    };
    let order = match &listed.order {
        Some((id, name)) => Cell::text(name.as_str()).href(format!("/brand/attribution/orders/{id}")),
        None => Cell::text(answer.order_external_id.as_str()).note(t!("survey-not-arrived")),
    };
    let form = FormState::default().form(REOPEN);
    let button = view! {
        <form method="post">{Form::hidden("id", answer.id.to_string())}{form.button(t!("survey-review-again"), "quiet")}</form>
    };
    Row::new([
        Cell::text(words).note(answer.question.clone()),
        creator,
        order,
        Cell::view(request.moment_text(answer.received_at), request.moment(answer.received_at)),
        Cell::view("", button),
    ])
}
