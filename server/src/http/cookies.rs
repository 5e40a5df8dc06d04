//! Reads and writes cookies.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};

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
        .flat_map(Cookie::split_parse)
        .flatten()
        .find(|cookie| cookie.name() == name)
        .and_then(|cookie| cookie.value_raw())
}

/// A `Set-Cookie` value: not readable by scripts, this host only, not sent with other sites' form posts.
pub(crate) fn own(name: &str, value: &str, max_age_s: i64) -> Option<HeaderValue> {
    let cookie = Cookie::build((name, value))
        .max_age(Duration::seconds(max_age_s))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax);
    HeaderValue::from_str(&cookie.to_string()).ok()
}
