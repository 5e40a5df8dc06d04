//! `POST /api/v1/track`: events in, `200 {"ok": true}` once they are on disk.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flow::Flow;
use serde_json::json;

use crate::{
    http::{caller::caller, error::ApiError},
    ingest::Ingest,
};

/// How long a browser may remember the answer to a preflight, in seconds.
const PREFLIGHT_AGE_S: &str = "86400";

fn with_cors(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Answers a CORS preflight: any origin may send events.
pub(crate) async fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "x-api-key, content-type, authorization"),
        (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE_S),
    ];
    with_cors((StatusCode::NO_CONTENT, headers).into_response())
}

/// Takes events in.
#[utoipa::path(
    post, path = "/api/v1/track", tag = "Tracking",
    description = "Record one event, or an array of up to 100. Answers 200 only when they are durable.",
    request_body(content = crate::http::openapi::TrackEvent, description = "One event or an array of events", content_type = "application/json"),
    responses(
        (status = 200, description = "Stored durably", body = crate::http::openapi::Ok),
        (status = 400, description = "Every fault of the body at once", body = crate::http::openapi::Error),
        (status = 401, description = "Invalid API key", body = crate::http::openapi::Error),
        (status = 413, description = "Body over 64 KiB", body = crate::http::openapi::Error),
        (status = 503, description = "Overloaded; retry after the given seconds", body = crate::http::openapi::Error),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn track(State(flow): State<Flow>, State(ingest): State<Ingest>, request: Request) -> Response {
    with_cors(match take(&flow, &ingest, request).await {
        Ok(()) => Json(json!({ "ok": true })).into_response(),
        Err(error) => error.into_response(),
    })
}

async fn take(flow: &Flow, ingest: &Ingest, request: Request) -> Result<(), ApiError> {
    let caller = caller(flow, request.headers(), request.uri()).await?;
    let body = body(request).await?;
    let events = flow.admit(&caller, &body).map_err(|faults| ApiError::invalid("Invalid event data", faults))?;
    let committed = ingest.events(events).map_err(|_| ApiError::overloaded())?;
    if committed.wait().await { Ok(()) } else { Err(ApiError::overloaded()) }
}

/// Reads a body within the limits that layers set.
pub(crate) async fn body(request: Request) -> Result<Bytes, ApiError> {
    if has_two_lengths(request.headers()) {
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "Content-Length and Transfer-Encoding contradict"));
    }
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        let status = rejection.into_response().status();
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(status, "The body is too large"),
            _ => ApiError::new(StatusCode::BAD_REQUEST, "The body did not arrive whole"),
        }
    })
}

/// Both framings at once are how requests are smuggled past a proxy.
fn has_two_lengths(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_LENGTH) && headers.contains_key(header::TRANSFER_ENCODING)
}
