//! Errors of the unified API: `{"error", "details", "code", "request_id", "doc_url"}`.

use core::any::Any;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flow::{
    FlowError, Invalid,
    api::write::{RowError, WriteError},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::error::{self, ApiError};

/// What kind of error it is, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// A parameter of the query, a header or the body is wrong or unknown.
    Invalid,
    /// The key is missing, wrong, revoked or expired.
    KeyInvalid,
    /// The key lacks the scope.
    ScopeMissing,
    /// The account is disabled.
    AccountDisabled,
    /// There is no such object.
    NotFound,
    /// Another object has a value that must be unique.
    AlreadyExists,
    /// Another request keeps changing the object.
    Changed,
    /// The idempotency key was used with another body.
    IdempotencyKeyReused,
    /// A request with this idempotency key is being processed.
    IdempotencyInProgress,
    /// The body is too large.
    TooLarge,
    /// The key has used up its minute.
    RateLimited,
    /// The server cannot take it now.
    Unavailable,
    /// The server failed.
    Internal,
}

impl Code {
    /// The name in the body and in the documentation.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::KeyInvalid => "key_invalid",
            Self::ScopeMissing => "scope_missing",
            Self::AccountDisabled => "account_disabled",
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Changed => "changed",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::IdempotencyInProgress => "idempotency_in_progress",
            Self::TooLarge => "too_large",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::KeyInvalid,
            StatusCode::FORBIDDEN => Self::AccountDisabled,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::CONFLICT => Self::AlreadyExists,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_client_error() => Self::Invalid,
            _ => Self::Internal,
        }
    }
}

/// The body of every error of the unified API.
#[derive(Serialize, ToSchema)]
pub(crate) struct FaultBody {
    /// One sentence.
    error: String,
    /// Every fault of the request, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    details: Vec<String>,
    /// What kind of error it is.
    code: Code,
    /// The request, as in the header `x-request-id` and in the server's log.
    request_id: String,
    /// What the code means and what to do about it.
    doc_url: String,
}

/// What is wrong with a row of a bulk request.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowFaultBody {
    /// One sentence.
    error: String,
    /// Every fault of the row, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    details: Vec<String>,
    /// What kind of error it is.
    code: Code,
}

/// An error of the unified API. The gate adds what the request knows, and writes the body.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    status: StatusCode,
    code: Code,
    error: String,
    details: Vec<String>,
    retry_after_s: Option<i64>,
}

/// The answer to a request whose handler panicked.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    error::count_panic(panic);
    Fault::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "Internal server error").into_response()
}

impl Fault {
    pub(crate) fn new(status: StatusCode, code: Code, error: impl Into<String>) -> Self {
        Self { status, code, error: error.into(), details: Vec::new(), retry_after_s: None }
    }

    /// `400` with every fault.
    pub(crate) fn invalid(error: &str, faults: Invalid) -> Self {
        Self { details: faults.0, ..Self::new(StatusCode::BAD_REQUEST, Code::Invalid, error) }
    }

    /// Whether another object has a unique value.
    pub(crate) const fn is_taken(&self) -> bool {
        matches!(self.code, Code::AlreadyExists)
    }

    /// The same, naming what it is about.
    pub(crate) fn with_details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }

    /// The same, to be tried again after some seconds.
    pub(crate) fn retry_after(self, seconds: i64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// The response, as the client sees it.
    pub(crate) fn answer(self, request_id: &str, public_url: &str) -> Response {
        let body = FaultBody {
            error: self.error,
            details: self.details,
            code: self.code,
            request_id: request_id.to_owned(),
            doc_url: format!("{public_url}/docs/errors#{}", self.code.as_str()),
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        let (status, error, details, retry_after_s) = error.into_parts();
        Self { status, code: Code::of(status), error, details, retry_after_s: retry_after_s.map(i64::from) }
    }
}

impl From<FlowError> for Fault {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Forbidden(scope) => {
                let sentence = format!("This key lacks the scope {scope}");
                Self::new(StatusCode::FORBIDDEN, Code::ScopeMissing, sentence)
            }
            FlowError::Taken(what) => RowError::Taken(what).into(),
            other => ApiError::from(other).into(),
        }
    }
}

impl From<RowError> for Fault {
    fn from(error: RowError) -> Self {
        let sentence = error.to_string();
        match error {
            RowError::Invalid(faults) => Self::invalid("Invalid request", faults),
            RowError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, Code::NotFound, sentence),
            RowError::Taken(_) => Self::new(StatusCode::CONFLICT, Code::AlreadyExists, sentence),
            RowError::Missing(_) => Self::invalid("Invalid request", Invalid::one(sentence)),
            RowError::Changed => Self::new(StatusCode::CONFLICT, Code::Changed, "Changed by another request meanwhile"),
        }
    }
}

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Row(error) => error.into(),
            WriteError::Flow(error) => error.into(),
            WriteError::KeyReused => Self::new(
                StatusCode::CONFLICT,
                Code::IdempotencyKeyReused,
                "This Idempotency-Key was used with another body",
            ),
            WriteError::InProgress => Self::new(
                StatusCode::CONFLICT,
                Code::IdempotencyInProgress,
                "A request with this Idempotency-Key is being processed",
            )
            .retry_after(1),
        }
    }
}

impl RowFaultBody {
    /// What is wrong, and the status that a request of its own would be answered with.
    pub(crate) fn of(error: RowError) -> (u16, Self) {
        let Fault { status, code, error, details, .. } = error.into();
        (status.as_u16(), Self { error, details, code })
    }
}
