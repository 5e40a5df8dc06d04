//! Server functions of the page. Each authenticates the caller first.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::view::AnswerView;
use super::view::SurveyView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::format::choices;
#[cfg(feature = "ssr")]
use crate::server_context::merchant;
#[cfg(feature = "ssr")]
use flow::FlowError;

/// Survey answers that need review, and the Fairing connection.
#[server(prefix = "/api/fn", endpoint = "survey")]
pub async fn survey() -> Result<SurveyView, AppError> {
    let (flow, merchant) = merchant()?;
    let open = flow.surveys().open_answers(&merchant).await?;
    let creators = flow.creators().list(&merchant).await?;
    let has_key = flow.surveys().has_fairing_key(&merchant).await?;
    let zone = &merchant.brand().zone;
    Ok(SurveyView {
        open: open
            .into_iter()
            .map(|answer| AnswerView {
                id: answer.id.to_string(),
                order: answer.order_external_id,
                question: answer.question,
                answer: answer.answer,
                at: zone.show(answer.received_at),
            })
            .collect(),
        creators: choices(&creators),
        url: format!("{}/api/webhooks/fairing", flow.settings().public_url),
        has_key,
    })
}

/// Assigns an answer to a creator, or to none if `creator` is empty.
#[server(prefix = "/api/fn", endpoint = "decide-answer")]
pub async fn decide_answer(id: String, creator: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    let id = id.parse().map_err(|_| FlowError::NotFound("answer"))?;
    let creator =
        if creator.is_empty() { None } else { Some(creator.parse().map_err(|_| FlowError::NotFound("creator"))?) };
    Ok(flow.surveys().decide(&merchant, &id, creator.as_ref()).await?)
}

/// Sets the key that Fairing signs with.
#[server(prefix = "/api/fn", endpoint = "fairing-key")]
pub async fn set_fairing_key(key: String) -> Result<(), AppError> {
    let (flow, merchant) = merchant()?;
    Ok(flow.surveys().set_fairing_key(&merchant, &key).await?)
}
