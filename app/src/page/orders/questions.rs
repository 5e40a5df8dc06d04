//! What creators ask about an order, and the brand's answers.

use axum::response::Response;
use domain::OrderId;
use flow::{FlowError, question::Question};
use leptos::prelude::*;

use super::{PATH, order_details::OrderDetails};
use crate::{
    form::{Field, Form, FormState, Input, Posted, done, label},
    language::t,
    request::BrandRequest,
};

/// Answers a question.
pub(super) async fn answer(request: &BrandRequest, order: &OrderId, posted: &Posted) -> Result<Response, FlowError> {
    let question = posted.id("question", "question")?;
    request.flow.questions().answer(&request.caller, &question, posted.get("answer")).await?;
    Ok(done(&format!("{PATH}/{order}"), "answered"))
}

/// The questions about the order; nothing if there are none.
pub(super) fn card(request: &BrandRequest, found: &OrderDetails, questions: &[Question], state: &FormState) -> AnyView {
    if questions.is_empty() {
        return ().into_any();
    }
    let items = questions.iter().map(|question| item(request, found, question, state)).collect_view();
    view! { <section class="card" id="questions"><h2>{t!("orders-questions")}</h2>{items}</section> }.into_any()
}

fn item(request: &BrandRequest, found: &OrderDetails, question: &Question, state: &FormState) -> AnyView {
    let id = question.id.to_string();
    let form = state.form("answer").only_if("question", &id).prefix(&id);
    let who = found.name_of(Some(&question.creator));
    let answer = question.answer.as_ref().map(|answer| {
        view! { <p class="answer"><b>{t!("orders-you")}</b>" · "{request.moment(answer.at)}<br />{answer.text.clone()}</p> }
    });
    let field = Field::new("answer", label("orders-answer-field"))
        .input(Input::Lines)
        .required()
        .length_max(1_000)
        .hint(t!("orders-answer-hint"));
    let fields = view! {
        <form method="post">
            {Form::hidden("question", id)}
            {form.summary(&[label("orders-answer-field")])}
            {form.field(field)}
            {form.submit(t!("orders-answer-send"))}
        </form>
    };
    let is_open = question.answer.is_none() || form.is_refused();
    let summary = if question.answer.is_some() { t!("orders-answer-again") } else { t!("orders-answer") };
    view! {
        <div class="question">
            <p><b>{who}</b>" · "{request.moment(question.asked_at)}<br />{question.text.clone()}</p>
            {answer}
            <details open=is_open><summary>{summary}</summary>{fields}</details>
        </div>
    }
    .into_any()
}
