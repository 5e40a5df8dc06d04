//! `POST /api/webhooks/shopify`: verified over the raw bytes, stored, answered. What is made of it comes later.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use flow::{Flow, FlowError, delivery::Received};
use serde_json::json;
use tokio::sync::Notify;

use crate::http::{error::ApiError, track::body};

/// Takes a survey answer in.
#[utoipa::path(
    post, path = "/api/webhooks/fairing", tag = "Webhooks",
    description = "Called by Fairing with a shopper's answer. x-fairing-signature is the brand's Fairing key, or the hex HMAC-SHA256 of the body under it. The answer is matched to a creator by handle, name and aliases; one that names nobody surely enough waits for a person.",
    request_body(content = crate::http::openapi::FairingAnswer, content_type = "application/json"),
    responses(
        (status = 200, description = "Stored durably", body = crate::http::openapi::FairingOutcome),
        (status = 400, description = "Not an answer", body = crate::http::openapi::Error),
        (status = 401, description = "Missing or wrong signature", body = crate::http::openapi::Error),
        (status = 404, description = "Unknown shop", body = crate::http::openapi::Error),
    )
)]
pub(crate) async fn fairing(State(flow): State<Flow>, State(wake): State<Arc<Notify>>, request: Request) -> Response {
    let signature =
        request.headers().get("x-fairing-signature").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let outcome = match body(request).await {
        Ok(body) => flow.receive_fairing(signature.as_deref(), &body).await,
        Err(error) => return error.into_response(),
    };
    match outcome {
        Ok(answer) => {
            wake.notify_one();
            let confidence = answer.creator.is_some().then(|| f64::from(answer.confidence_bp) / 10_000.0);
            Json(json!({ "ok": true, "creator_id": answer.creator, "confidence": confidence })).into_response()
        }
        Err(FlowError::Unauthorized) => ApiError::new(StatusCode::UNAUTHORIZED, "Invalid signature").into_response(),
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Takes a Shopify webhook in.
#[utoipa::path(
    post, path = "/api/webhooks/shopify", tag = "Webhooks",
    description = "Called by Shopify. The body is signed; the answer says that it is stored, not that it is processed.",
    responses(
        (status = 200, description = "Stored, or known already", body = crate::http::openapi::Ok),
        (status = 400, description = "Headers missing", body = crate::http::openapi::Error),
        (status = 401, description = "Missing or wrong signature", body = crate::http::openapi::Error),
    )
)]
pub(crate) async fn shopify(State(flow): State<Flow>, State(wake): State<Arc<Notify>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let outcome = match body(request).await {
        Ok(body) => flow.receive_shopify(&headers, &body).await,
        Err(error) => return error.into_response(),
    };
    let count = |outcome: &'static str| metrics::counter!("webhooks_total", "outcome" => outcome).increment(1);
    match outcome {
        Ok(received) => {
            count(if received == Received::New { "new" } else { "repeat" });
            wake.notify_one();
            Json(json!({ "ok": true })).into_response()
        }
        Err(FlowError::Unauthorized) => {
            count("forged");
            ApiError::new(StatusCode::UNAUTHORIZED, "Invalid signature").into_response()
        }
        Err(error) => {
            count("failed");
            ApiError::from(error).into_response()
        }
    }
}
