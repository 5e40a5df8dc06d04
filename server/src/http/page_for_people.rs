//! Small pages for people where programs get JSON.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// Whether the client shows HTML.
pub(crate) fn accepts(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// A page with the app's styles and nothing else.
pub(crate) fn page(status: StatusCode, html: impl Into<String>) -> Response {
    let mut response = (status, Html(html.into())).into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
    );
    response
}
