//! Customers: the customer API of Attribution.io's clients, and the ingest that they use.

pub(crate) mod erase;
pub(crate) mod events;
pub(crate) mod get;
pub(crate) mod identities;
mod report;
mod timeline;

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use flow::FlowError;
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::http::error::ApiError;

/// Calls that write at the same time: they need no secret key, and the database has other work.
static WRITES: Semaphore = Semaphore::const_new(32);

fn unauthorized() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "Request is unauthorized: check your secret and public key")
}

/// An error as this API words it: one sentence, and its own about wrong keys.
fn api_error(error: FlowError) -> ApiError {
    match error {
        FlowError::Unauthorized => unauthorized(),
        other => ApiError::sentence(other),
    }
}

/// A response about one person, which no cache may keep.
fn private<T: Serialize>(value: T) -> Response {
    ([(header::CACHE_CONTROL, "private, no-store")], Json(value)).into_response()
}

/// Whether a report was accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct JoinResponse {
    /// Always true.
    success: bool,
    /// Whether the identities belong to one customer now. Absent in answers to pixel keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    joined: Option<bool>,
    /// The test record, with a test key only.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<TestReport>,
}

/// A report with a test key.
#[derive(Serialize, ToSchema)]
struct TestReport {
    /// Always true.
    is_test: bool,
}

impl From<flow::customer::JoinOutcome> for JoinResponse {
    fn from(outcome: flow::customer::JoinOutcome) -> Self {
        let data = outcome.is_test.then_some(TestReport { is_test: true });
        Self { success: true, joined: outcome.joined, data }
    }
}
