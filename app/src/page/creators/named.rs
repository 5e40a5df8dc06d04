//! Survey answers that wait for a person and look like a creator.

use axum::response::Response;
use domain::{
    AnswerId, CreatorId,
    creator::Creator,
    survey::{Candidate, find},
};
use flow::FlowError;
use leptos::prelude::*;

use super::path_of;
use crate::{
    form::{Form, FormState, Posted, done},
    keyset_page::KeysetPage,
    language::{rich, t},
    request::BrandRequest,
};

/// Most answers that are shown.
const ANSWERS_MAX: usize = 5;

/// Assigns an answer to the creator.
pub(super) async fn assign(request: &BrandRequest, id: &CreatorId, posted: &Posted) -> Result<Response, FlowError> {
    let answer: AnswerId = posted.id("answer", "answer")?;
    request.flow.surveys().decide(&request.caller, &answer, Some(id)).await?;
    Ok(done(&path_of(id), "answered"))
}

/// The card of the answers; nothing if there are none.
pub(super) async fn card(request: &BrandRequest, creator: &Creator) -> Result<Option<AnyView>, FlowError> {
    let mut names = creator.aliases.clone();
    names.extend([creator.handle.clone(), creator.name.clone()]);
    let candidate = [Candidate { creator: creator.id.clone(), names }];
    let mut answers =
        request.flow.surveys().open_answers(&request.caller, &KeysetPage::portion(AnswerId::PREFIX, None)).await?;
    answers.retain(|answer| find(&answer.answer, &candidate).is_some());
    let count = answers.len();
    let rows = answers.into_iter().take(ANSWERS_MAX).map(|answer| {
        let form = FormState::default().form("answer");
        let button = form.button(t!("creators-credit-answer"), "");
        view! {
            <li>
                <span>{t!("creators-answer", answer = answer.answer)}<small class="subdued">{request.moment(answer.received_at)}</small></span>
                <form method="post">{Form::hidden("answer", answer.id.to_string())}{button}</form>
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let all = view! { <a href="/brand/attribution/survey">{t!("creators-all-answers")}</a> }.into_any();
    let more = match count.saturating_sub(ANSWERS_MAX) {
        0 => all,
        more => rich!("creators-more-answers", count = more, link = all),
    };
    Ok((count > 0).then(|| {
        view! {
            <section class="card">
                <h2>{t!("creators-answers")}</h2>
                <ul class="rows">{rows}</ul>
                <p class="more-link">{more}</p>
            </section>
        }
        .into_any()
    }))
}
