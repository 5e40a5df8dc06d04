//! `POST /api/webhooks/shopify`: stores a Shopify webhook.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use flow::Flow;
use serde::Serialize;
use shopify::webhook::{DeliveryError, SignedDelivery};
use utoipa::ToSchema;

use crate::{
    http::{
        body,
        error::{ApiError, ErrorResponse},
    },
    inbox::{Inbox, Received},
};

/// The answer once the webhook is stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookResponse {
    /// Always true.
    ok: bool,
}

/// Why a webhook was not stored.
#[derive(Debug, thiserror::Error)]
enum WebhookError {
    #[error("Invalid signature")]
    Forged,
    #[error(transparent)]
    Other(#[from] ApiError),
}

impl From<DeliveryError> for WebhookError {
    fn from(error: DeliveryError) -> Self {
        match error {
            DeliveryError::Signature => Self::Forged,
            DeliveryError::Body | DeliveryError::Headers => {
                Self::Other(ApiError::invalid("Invalid request", flow::Invalid::one(error.to_string())))
            }
        }
    }
}

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Other(error) => error,
            WebhookError::Forged => Self::new(StatusCode::UNAUTHORIZED, error.to_string()),
        }
    }
}

/// Receives a Shopify webhook.
#[utoipa::path(
    post, path = "/api/webhooks/shopify", tag = "Webhooks", operation_id = "receiveShopifyWebhook",
    description = "Called by Shopify. The body is signed. 200 means that it is stored; it is processed later.",
    params(
        ("x-shopify-hmac-sha256" = String, Header, description = "Base64 HMAC-SHA256 of the raw body under the app's secret"),
        ("x-shopify-topic" = String, Header, description = "Such as orders/create"),
        ("x-shopify-shop-domain" = String, Header, description = "The shop's permanent domain"),
        ("x-shopify-webhook-id" = Option<String>, Header, description = "The same on every retry"),
    ),
    responses(
        (status = 200, description = "Stored, or received before", body = WebhookResponse),
        (status = 400, description = "Headers missing", body = ErrorResponse),
        (status = 401, description = "Missing or wrong signature", body = ErrorResponse),
    )
)]
pub(crate) async fn receive(State(flow): State<Flow>, State(inbox): State<Inbox>, request: Request) -> Response {
    let count = |outcome: &'static str| metrics::counter!("webhooks_total", "outcome" => outcome).increment(1);
    match store(&flow, &inbox, request).await {
        Ok(received) => {
            count(if received == Received::New { "new" } else { "repeat" });
            Json(WebhookResponse { ok: true }).into_response()
        }
        Err(error) => {
            count(if matches!(error, WebhookError::Forged) { "forged" } else { "failed" });
            ApiError::from(error).into_response()
        }
    }
}

async fn store(flow: &Flow, inbox: &Inbox, request: Request) -> Result<Received, WebhookError> {
    let headers = request.headers().clone();
    let credentials = flow.shopify_credentials().ok_or(WebhookError::Forged)?;
    if !SignedDelivery::may_be_signed(&headers) {
        // Whoever does not sign is not worth the memory of a large body.
        return Err(WebhookError::Forged);
    }
    let bytes = body::bytes(request).await?;
    let signed = SignedDelivery::verify(credentials, &headers, &bytes)?;
    Ok(inbox.store(flow.deliveries().admit(signed)).await.map_err(ApiError::from)?)
}
