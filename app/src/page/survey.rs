//! `/brand/attribution/survey`: survey answers that a person has to read, with suggestions, and the Fairing key. Those that
//! were decided have a page of their own.

mod decided;

use axum::{response::Response, routing::get};
use domain::{AnswerId, creator::Creator};
use flow::{
    FlowError,
    survey::{AnswerState, ListedAnswer},
};
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    component::{card, copy_button, empty},
    error::PageResult,
    form::{Field, Form, FormState, Input, Posted, done, label},
    format,
    keyset_page::KeysetPage,
    language::{rich, t},
    request::BrandRequest,
    table::page_links,
};

const PATH: &str = "/brand/attribution/survey";
/// The button that takes a decision back.
const REOPEN: &str = "reopen";

pub(crate) fn routes() -> Routes {
    vec![(PATH, get(show).post(submit)), (decided::PATH, get(decided::show).post(decided::submit))]
}

async fn show(request: BrandRequest) -> PageResult {
    page(&request, &FormState::default()).await
}

async fn submit(request: BrandRequest, posted: Posted) -> PageResult {
    match change(&request, &posted).await {
        Ok(response) => Ok(response),
        Err(error) => page(&request, &posted.refused(error)?).await,
    }
}

async fn change(request: &BrandRequest, posted: &Posted) -> Result<Response, FlowError> {
    let surveys = request.flow.surveys();
    match posted.action() {
        "assign" if posted.get("creator").is_empty() => Err(flow::Invalid::one("creator must be chosen").into()),
        "assign" => {
            let creator = posted.id("creator", "creator")?;
            let id: AnswerId = posted.id("id", "answer")?;
            surveys.decide(&request.caller, &id, Some(&creator)).await?;
            Ok(done(&format!("{PATH}?undo={id}"), "assigned"))
        }
        "dismiss" => {
            let id: AnswerId = posted.id("id", "answer")?;
            surveys.decide(&request.caller, &id, None).await?;
            Ok(done(&format!("{PATH}?undo={id}"), "dismissed"))
        }
        REOPEN => {
            surveys.reopen(&request.caller, &posted.id("id", "answer")?).await?;
            Ok(done(PATH, "reopened"))
        }
        "key" => {
            surveys.set_fairing_key(&request.caller, posted.get("key")).await?;
            Ok(done(PATH, "key"))
        }
        _ => Err(posted.unknown_action()),
    }
}

fn what_was_done(request: &BrandRequest) -> Option<AnyView> {
    let (text, has_undo) = match request.address.get("done") {
        "assigned" => (t!("survey-was-assigned"), true),
        "dismissed" => (t!("survey-was-dismissed"), true),
        "reopened" => (t!("survey-was-reopened"), false),
        "key" => (t!("survey-was-key-saved"), false),
        _ => return None,
    };
    let undo = Some(request.address.get("undo")).filter(|id| has_undo && !id.is_empty()).map(|id| {
        let form = FormState::default().form(REOPEN);
        view! { <form method="post">{Form::hidden("id", id)}{form.button(t!("survey-undo"), "quiet")}</form> }
    });
    Some(view! { <span>{text}</span>{undo} }.into_any())
}

async fn page(request: &BrandRequest, state: &FormState) -> PageResult {
    let at = KeysetPage::of(&request.address, AnswerId::PREFIX);
    let answers = request.flow.surveys().listed(&request.caller, AnswerState::Open, at.keyset()).await?;
    let cut = at.cut(&request.address, answers, |listed| listed.answer.id.as_str());
    let has_others = cut.before.is_some() || cut.after.is_some();
    let creators = request.flow.creators().list(&request.caller).await?;
    let has_key = request.flow.surveys().has_fairing_key(&request.caller).await?;
    let content = if cut.rows.is_empty() {
        empty(t!("survey-nothing"), t!("survey-nothing-text"), None)
    } else {
        let items = cut.rows.iter().map(|answer| review(request, state, answer, &creators)).collect_view();
        view! {
            <p class="lead">{question_of(cut.rows.len(), has_others)}</p>
            <ul class="answers">{items}</ul>
            {page_links(&t!("survey-title"), cut.before, cut.after)}
        }
        .into_any()
    };
    let content = view! {
        {state.form("dismiss").all_faults()}
        {content}
        <p class="more-link"><a href=decided::PATH>{t!("survey-see-decided")}</a></p>
        {fairing(request, state, has_key)}
    };
    Ok(BrandPage::new(t!("survey-title"))
        .tabs(&SETTINGS_TABS)
        .done(what_was_done(request))
        .status(state.status())
        .show(request, content))
}

fn question_of(count: usize, has_others: bool) -> String {
    if has_others { t!("survey-question-some") } else { t!("survey-question", count = count) }
}

/// One answer: what was said, who may be meant, and the decision.
fn review(request: &BrandRequest, state: &FormState, open: &ListedAnswer, creators: &[Creator]) -> AnyView {
    let answer = &open.answer;
    let id = answer.id.to_string();
    let suggestions = open.suggestions.iter().map(|creator| {
        let name = format::name_of(creators, Some(creator));
        view! {
            <form method="post">
                {Form::hidden("id", id.clone())}
                {Form::hidden("creator", creator.to_string())}
                <button type="submit" name="do" value="assign" class="suggestion" title=t!("survey-credit-this")>{name}</button>
            </form>
        }
    });
    let suggestions = suggestions.collect_view();
    let similar = (!open.suggestions.is_empty()).then(|| view! { <span class="subdued">{t!("survey-perhaps")}</span> });
    let form = state.form("assign").prefix(&id).only_if("id", &id);
    let choices = format::choices(creators);
    let dismiss = FormState::default().form("dismiss");
    view! {
        <li class="card answer">
            {quote(request, open)}
            <div class="inline">{similar} {suggestions}</div>
            {form.summary(&[label("survey-creator")])}
            <div class="inline">
                <form method="post" class="inline">
                    {Form::hidden("id", id.clone())}
                    {form.combobox("creator", label("survey-creator"), &choices, t!("survey-choose"), "")}
                    {form.button(t!("survey-credit"), "")}
                </form>
                <form method="post">{Form::hidden("id", id)} {dismiss.button(t!("survey-none-of-them"), "quiet")}</form>
            </div>
        </li>
    }
    .into_any()
}

/// What was said, about which order and when.
fn quote(request: &BrandRequest, listed: &ListedAnswer) -> AnyView {
    let answer = &listed.answer;
    let question = answer.question.clone();
    let order = match &listed.order {
        Some((order, name)) => {
            let href = format!("/brand/attribution/orders/{order}");
            let link = view! { <a href=href>{name.clone()}</a> }.into_any();
            rich!("survey-order-of", order = link)
        }
        None => t!("survey-order-missing", order = &answer.order_external_id).into_any(),
    };
    view! {
        <blockquote>
            <p>{t!("survey-quote", answer = &answer.answer)}</p>
            <footer class="subdued">
                {(!question.is_empty()).then(|| view! { {question} " · " })}
                {order}" · "{request.moment(answer.received_at)}
            </footer>
        </blockquote>
    }
    .into_any()
}

fn fairing(request: &BrandRequest, state: &FormState, has_key: bool) -> AnyView {
    let url = format!("{}/api/webhooks/fairing", request.flow.settings().public_url);
    let text = if has_key { t!("survey-has-key") } else { t!("survey-has-no-key") };
    let form = state.form("key");
    let key = Field::new("key", label("survey-key")).input(Input::Password).hint(t!("survey-key-hint"));
    let code = view! { <span class="code">{url.clone()}</span> }.into_any();
    card(
        t!("survey-fairing"),
        view! {
            <p>{rich!("survey-fairing-text", url = code)}" "{copy_button(url, &t!("survey-the-address"))}</p>
            <p class="subdued">{text}</p>
            {form.summary(&[label("survey-key")])}
            <form method="post" data-save-bar=""><div class="fields">{form.field(key)}</div>{form.submit(t!("survey-save-key"))}</form>
        },
    )
}
