//! Cross-origin requests: trackers and pixels run on any site.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// How long a browser may remember the answer to a preflight, in seconds.
const PREFLIGHT_AGE_S: &str = "86400";
/// The longest list of asked headers that is allowed as it is, in bytes.
const REQUEST_HEADERS_BYTES_MAX: usize = 1_024;

/// Lets scripts of any site read a response.
pub(crate) fn with_cors(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Answers a CORS preflight: any origin may send events, with any headers. Tracing libraries add their own to every
/// `fetch` of a page (`traceparent`, `sentry-trace`, `baggage`), and a header that is not allowed would silence the pixel.
/// `*` would not do, because it does not cover `authorization`.
pub(crate) async fn preflight(headers: HeaderMap) -> Response {
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).filter(|value| is_header_list(value.as_bytes()));
    let allowed = asked.cloned().unwrap_or(HeaderValue::from_static("x-api-key, content-type, authorization"));
    let answer = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, OPTIONS")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, allowed),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_AGE_S)),
        (header::VARY, HeaderValue::from_static("access-control-request-headers")),
    ];
    with_cors((StatusCode::NO_CONTENT, answer).into_response())
}

/// Whether these are header names and nothing else, and few enough to repeat.
fn is_header_list(list: &[u8]) -> bool {
    list.len() <= REQUEST_HEADERS_BYTES_MAX
        && list.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~, ".contains(byte))
}
