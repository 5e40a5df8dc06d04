//! Errors as the contract wants them: JSON, one sentence, perhaps details; never an internal name.

use core::any::Any;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flow::{FlowError, Invalid};
use serde_json::json;
use shopify::ShopifyError;

/// An answer that says what went wrong.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    error: String,
    details: Vec<String>,
}

impl ApiError {
    /// An error with a status and a sentence.
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), details: Vec::new() }
    }

    /// `400 {"error": "Invalid event data", "details": […]}`.
    pub(crate) fn invalid(error: &str, faults: Invalid) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: error.to_owned(), details: faults.0 }
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
            FlowError::NotFound(what) => Self::new(StatusCode::NOT_FOUND, format!("{what} not found")),
            FlowError::NotConfigured(what) => Self::new(StatusCode::NOT_FOUND, what),
            FlowError::Stale(_) | FlowError::Shopify(ShopifyError::Throttled { .. }) => Self::overloaded(),
            FlowError::Shopify(error) => {
                tracing::warn!(%error, "Shopify did not do as asked");
                Self::new(StatusCode::BAD_GATEWAY, "Shopify did not answer as expected; try again")
            }
            FlowError::Store(error) => {
                tracing::error!(%error, "the database did not do as asked");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
            }
            FlowError::Sealed => {
                tracing::error!("a sealed value cannot be opened: is a key missing from APP_ENCRYPTION_KEY?");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = if self.details.is_empty() {
            json!({ "error": self.error })
        } else {
            json!({ "error": self.error, "details": self.details })
        };
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// A known address asked with the wrong method.
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

/// A handler panicked: a fault of ours, told as nothing more than that.
pub(crate) fn panicked(_panic: Box<dyn Any + Send>) -> Response {
    metrics::counter!("panics_total").increment(1);
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error").into_response()
}
