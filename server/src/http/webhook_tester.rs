//! `POST /webhook-tester/{token}`: a receiver of webhooks that shows what it receives.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
};
use flow::{Flow, webhook::TesterHeaders};
use utoipa::IntoParams;

use crate::http::{
    caller::query_value,
    error::{ApiError, ErrorResponse},
};

/// How the tester is to answer.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameter is read by hand; this is its schema")]
struct TesterQuery {
    /// The status to answer with, 200 to 599.
    #[param(minimum = 200, maximum = 599, example = 503)]
    status: Option<u16>,
}

fn headers_of(headers: &HeaderMap) -> TesterHeaders {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}

/// Keeps a request for the brand to look at.
#[utoipa::path(
    post, path = "/webhook-tester/{token}", tag = "Webhooks", operation_id = "sendToWebhookTester",
    description = "The webhook tester: an address of the brand's own that takes any request and shows it. The last 50 are kept for 24 hours.",
    params(("token" = String, Path, description = "The token of the tester's address"), TesterQuery),
    request_body(content = String, content_type = "application/json"),
    responses(
        (status = 200, description = "Kept; or the status that was asked for"),
        (status = 404, description = "No such tester", body = ErrorResponse),
        (status = 413, description = "More than 64 kB", body = ErrorResponse),
        (status = 429, description = "More than 50 requests in a minute", body = ErrorResponse),
    )
)]
pub(crate) async fn receive(
    State(flow): State<Flow>,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let asked = query_value(&uri, "status").and_then(|status| status.parse().ok());
    let status = flow.webhooks().receive(&token, asked, headers_of(&headers), &body).await?;
    StatusCode::from_u16(status).map_err(|_| ApiError::bad_request("status must be 200 to 599"))
}
