//! API authentication: finds and verifies the API key of a request.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use domain::api_key::KeyKind;
use flow::{Flow, FlowError, access::ApiCaller};

use crate::{
    event_feed::Credential,
    http::{cookies, error::ApiError},
};

/// The decoded value of a query parameter.
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

/// The key, or the token, in `x-api-key` or `Authorization: Bearer`.
fn in_header(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-api-key").and_then(|value| value.to_str().ok()).or_else(|| bearer(headers))
}

/// The credential of an authenticated request: a key in a header, or a member's session.
pub(crate) fn credential(headers: &HeaderMap) -> Credential {
    match in_header(headers) {
        // Session tokens are JWTs, keys have no dots.
        Some(token) if token.contains('.') => Credential::Token,
        Some(key) => Credential::Key(key.to_owned()),
        None => cookies::get(headers, cookies::SESSION)
            .map_or(Credential::Token, |text| Credential::Cookie(text.to_owned())),
    }
}

/// Verifies the key in `x-api-key`, `Authorization: Bearer` or `?key=`. Server keys are rejected in URLs, because
/// proxies log URLs.
pub(crate) async fn caller(flow: &Flow, headers: &HeaderMap, uri: &Uri) -> Result<ApiCaller, ApiError> {
    let invalid_key = || ApiError::new(StatusCode::UNAUTHORIZED, "Invalid API key");
    let in_header = in_header(headers);
    let in_query = if in_header.is_none() { query_value(uri, "key") } else { None };
    let key = in_header.or(in_query.as_deref()).ok_or_else(invalid_key)?;
    let caller = flow.access().api_caller(key).await.map_err(|error| match error {
        FlowError::Unauthorized => invalid_key(),
        other => other.into(),
    })?;
    if in_header.is_none() && caller.kind() != KeyKind::Pixel {
        return Err(invalid_key());
    }
    Ok(caller)
}

/// Verifies a server key, given in a header.
pub(crate) async fn server_caller(flow: &Flow, headers: &HeaderMap, uri: &Uri) -> Result<ApiCaller, ApiError> {
    let caller = caller(flow, headers, uri).await?;
    if caller.kind() == KeyKind::Server {
        Ok(caller)
    } else {
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "A server key is required"))
    }
}

/// Verifies any key given in a header, with the error that clients of the affiliate tracking API expect.
pub(crate) async fn key_caller(flow: &Flow, headers: &HeaderMap) -> Result<ApiCaller, ApiError> {
    let invalid_key = || ApiError::new(StatusCode::UNAUTHORIZED, "Invalid or missing API key");
    let key = in_header(headers).filter(|key| !key.is_empty()).ok_or_else(invalid_key)?;
    flow.access().api_caller(key).await.map_err(|error| match error {
        FlowError::Unauthorized => invalid_key(),
        other => other.into(),
    })
}

/// As [`key_caller`], for server keys only.
pub(crate) async fn server_key_caller(flow: &Flow, headers: &HeaderMap) -> Result<ApiCaller, ApiError> {
    let caller = key_caller(flow, headers).await?;
    if caller.kind() == KeyKind::Server {
        Ok(caller)
    } else {
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "Invalid or missing API key"))
    }
}
