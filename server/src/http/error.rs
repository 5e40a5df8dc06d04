//! API errors: JSON `{"error": …}` with one sentence and, if useful, `details`; never internal names.

use core::any::Any;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flow::{FlowError, Invalid, tracking::TrackingError};
use serde::Serialize;
use shopify::ShopifyError;
use store::StoreError;
use utoipa::ToSchema;

use crate::ingest::Overloaded;

/// Counts a panic, for `/metrics`. The panic hook has written it to the log.
pub(crate) fn count_panic(_panic: Box<dyn Any + Send>) {
    metrics::counter!("panics_total").increment(1);
}

/// The body of every error.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorResponse {
    /// One sentence.
    error: String,
    /// Every fault of the request, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    details: Vec<String>,
}

/// The sentence of an error, beside its response: a page says it to people ([`crate::http::page_for_people::refusals`]).
#[derive(Clone, Debug)]
pub(crate) struct Sentence(pub(crate) String);

/// An error response.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub(crate) struct ApiError {
    status: StatusCode,
    error: String,
    details: Vec<String>,
    /// When to try again, in seconds.
    retry_after_s: Option<u32>,
}

impl ApiError {
    /// An error without details.
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        let retry_after_s = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(1);
        Self { status, error: error.into(), details: Vec::new(), retry_after_s }
    }

    /// `400 {"error": "Invalid event data", "details": […]}`.
    pub(crate) fn invalid(error: &str, faults: Invalid) -> Self {
        Self { details: faults.0, ..Self::bad_request(error) }
    }

    /// `400` without details.
    pub(crate) fn bad_request(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// `400` with all faults in one sentence, for APIs whose errors are one string.
    pub(crate) fn one_sentence(faults: Invalid) -> Self {
        Self::bad_request(faults.0.join("; "))
    }

    /// An error of the flow, for APIs whose errors are one string.
    pub(crate) fn sentence(error: FlowError) -> Self {
        match error {
            FlowError::Invalid(faults) => Self::one_sentence(faults),
            other => other.into(),
        }
    }

    /// Status, sentence, details, and when to try again.
    pub(crate) fn into_parts(self) -> (StatusCode, String, Vec<String>, Option<u32>) {
        (self.status, self.error, self.details, self.retry_after_s)
    }

    /// The body, as text.
    pub(crate) fn to_json(&self) -> String {
        let body = ErrorResponse { error: self.error.clone(), details: self.details.clone() };
        serde_json::to_string(&body).unwrap_or_default()
    }

    /// `429` with `Retry-After`.
    pub(crate) fn over_budget(retry_after_s: u32) -> Self {
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "Too much in this minute; try again later");
        Self { retry_after_s: Some(retry_after_s), ..error }
    }

    /// Whether this is a `429`.
    pub(crate) fn is_over_budget(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS
    }

    /// `503` with `Retry-After`.
    pub(crate) fn overloaded() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Busy; try again in a moment")
    }
}

impl From<FlowError> for ApiError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Invalid(faults) => Self::invalid("Invalid request", faults),
            FlowError::Unauthorized => Self::new(StatusCode::UNAUTHORIZED, "Not signed in"),
            FlowError::Disabled => Self::new(StatusCode::FORBIDDEN, "This account is disabled"),
            FlowError::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, error.to_string()),
            FlowError::OwnerOnly => Self::new(StatusCode::FORBIDDEN, "Only an owner may do this"),
            FlowError::NotFound(what) => Self::new(StatusCode::NOT_FOUND, format!("{what} not found")),
            error @ FlowError::Taken(_) => Self::new(StatusCode::CONFLICT, error.to_string()),
            FlowError::NotConfigured(what) => Self::new(StatusCode::NOT_FOUND, what),
            FlowError::Stale(_) | FlowError::Shopify(ShopifyError::Throttled { .. }) => Self::overloaded(),
            FlowError::Shopify(error) => {
                tracing::warn!(%error, "a call to Shopify failed");
                Self::new(StatusCode::BAD_GATEWAY, "Shopify did not answer as expected; try again")
            }
            FlowError::OverBudget { retry_after_s } => Self::over_budget(retry_after_s),
            FlowError::Store(StoreError::Unavailable(reason)) => {
                tracing::warn!(reason, "the database does not answer");
                Self::overloaded()
            }
            FlowError::Store(error) => {
                tracing::error!(%error, "a database operation failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
            }
            FlowError::Unreadable(error) => {
                tracing::error!(%error, "a stored message cannot be read");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
            }
            FlowError::Job(error) => {
                tracing::error!(%error, "a queued job cannot be read");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
            }
            FlowError::Mail(error) => {
                tracing::warn!(%error, "a mail was not sent");
                Self::new(StatusCode::BAD_GATEWAY, "The mail server did not answer as expected; try again")
            }
            FlowError::Sealed => {
                tracing::error!("a stored secret cannot be decrypted: is a key missing from APP_ENCRYPTION_KEY?");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let sentence = Sentence(self.error.clone());
        let body = ErrorResponse { error: self.error, details: self.details };
        let mut response = (self.status, Json(body)).into_response();
        response.extensions_mut().insert(sentence);
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A response or its error, as JSON.
pub(crate) fn respond<T: Serialize>(outcome: Result<T, ApiError>) -> Response {
    match outcome {
        Ok(body) => Json(body).into_response(),
        Err(error) => error.into_response(),
    }
}

impl From<Overloaded> for ApiError {
    fn from(_: Overloaded) -> Self {
        Self::overloaded()
    }
}

impl From<TrackingError> for ApiError {
    fn from(error: TrackingError) -> Self {
        match error {
            TrackingError::Flow(error) => Self::sentence(error),
            other => Self::bad_request(other.to_string()),
        }
    }
}

/// 500 for a panic in a handler, without its message.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    count_panic(panic);
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error").into_response()
}
