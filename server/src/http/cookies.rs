//! Reads and writes cookies.

use axum::http::{HeaderMap, HeaderValue, header};

/// Session cookie of a brand's member or a creator, outside the Shopify admin.
pub(crate) const SESSION: &str = "__Host-cs_session";
/// Cookie that binds the `state` of an OAuth flow to this browser.
pub(crate) const OAUTH_STATE: &str = "__Host-cs_oauth";

/// A cookie's value.
pub(crate) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A `Set-Cookie` value: not readable by scripts, this host only, not sent with other sites' form posts.
pub(crate) fn own(name: &str, value: &str, max_age_s: i64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{name}={value}; Max-Age={max_age_s}; Path=/; Secure; HttpOnly; SameSite=Lax")).ok()
}
