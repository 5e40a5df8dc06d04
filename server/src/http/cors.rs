//! Cross-origin requests: trackers and pixels run on any site.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// How long a browser may remember the answer to a preflight, in seconds.
const PREFLIGHT_AGE_S: &str = "86400";

/// Lets scripts of any site read a response.
pub(crate) fn with_cors(mut response: Response) -> Response {
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
