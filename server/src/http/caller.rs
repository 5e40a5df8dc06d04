//! Who calls the API: the key, wherever the contract allows it to stand.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use domain::api_key::KeyKind;
use flow::{Flow, FlowError, access::ApiCaller};

use crate::http::error::ApiError;

/// The value of a query parameter, decoded.
pub(crate) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    url::form_urlencoded::parse(uri.query()?.as_bytes())
        .find(|(other, _)| other == name)
        .map(|(_, value)| value.into_owned())
}

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Proves the key in `x-api-key`, `Authorization: Bearer`, or `?key=`. A server key in a URL is refused: URLs are
/// logged by everything between.
pub(crate) async fn caller(flow: &Flow, headers: &HeaderMap, uri: &Uri) -> Result<ApiCaller, ApiError> {
    let refused = || ApiError::new(StatusCode::UNAUTHORIZED, "Invalid API key");
    let in_header = headers.get("x-api-key").and_then(|value| value.to_str().ok()).or_else(|| bearer(headers));
    let in_query = if in_header.is_none() { query_value(uri, "key") } else { None };
    let key = in_header.or(in_query.as_deref()).ok_or_else(refused)?;
    let caller = flow.api_caller(key).await.map_err(|error| match error {
        FlowError::Unauthorized => refused(),
        other => other.into(),
    })?;
    if in_header.is_none() && caller.kind() != KeyKind::Pixel {
        return Err(refused());
    }
    Ok(caller)
}
