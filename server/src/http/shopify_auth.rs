//! Authentication with Shopify: the OAuth authorization-code flow, and the bounce page that gets a new session token.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use base64::Engine;
use domain::shop::ShopDomain;
use flow::{Flow, FlowError};
use url::Url;

use crate::{
    config::Config,
    http::{caller::query_value, cookies, error::ApiError, page_for_people::escape, track::redirect::client_address},
};

/// Lifetime of the state cookie, in seconds.
const STATE_AGE_S: i64 = 600;

fn redirect(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())]).into_response()
}

/// `GET /auth?shop=`: redirects to Shopify's grant page, with a state bound to this browser by a cookie.
pub(crate) async fn begin(State(flow): State<Flow>, State(config): State<Arc<Config>>, request: Request) -> Response {
    let request = request.into_parts().0;
    let Some(shop) = query_value(&request.uri, "shop").as_deref().and_then(ShopDomain::parse) else {
        return ApiError::new(StatusCode::BAD_REQUEST, "shop must be a domain such as example.myshopify.com")
            .into_response();
    };
    // Each request stores a state.
    let begun = match flow.budgets().spend_address(&client_address(&config, &request), 1) {
        Ok(()) => flow.installs().begin_authorization(&shop).await,
        Err(error) => Err(error),
    };
    match begun {
        Ok(authorization) => {
            let mut response = redirect(&authorization.location);
            if let Some(cookie) = cookies::own(cookies::OAUTH_STATE, &authorization.state, STATE_AGE_S) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// `GET /auth/callback`: verifies state and signature, installs the app, and opens it in the admin.
pub(crate) async fn callback(
    State(flow): State<Flow>,
    State(config): State<Arc<Config>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let state = cookies::get(&headers, cookies::OAUTH_STATE);
    match flow.installs().finish_authorization(uri.query().unwrap_or(""), state).await {
        Ok((shop, host)) => {
            let embedded = host.as_deref().and_then(|host| embedded_url(&config, host));
            let location = embedded.unwrap_or_else(|| {
                let client_id = config.shopify_api_key.as_deref().unwrap_or_default();
                format!("{}/admin/apps/{client_id}", config.shopify_shop_url.replace("{shop}", shop.as_str()))
            });
            let mut response = redirect(&location);
            if let Some(cookie) = cookies::own(cookies::OAUTH_STATE, "", 0) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(FlowError::Unauthorized) => {
            ApiError::new(StatusCode::UNAUTHORIZED, "This installation link is not valid any more; start again")
                .into_response()
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// The app's URL in the Shopify admin that `host` (base64) names. `None` unless that is a shop in the configured admin or, over
/// https, the admin on a shop's domain: anything else would be an open redirect, also another page of a shop, which may be
/// anybody's.
pub(crate) fn embedded_url(config: &Config, host: &str) -> Option<String> {
    let decoded = base64::prelude::BASE64_STANDARD_NO_PAD.decode(host.trim_end_matches('=')).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let client_id = config.shopify_api_key.as_deref()?;
    let (scheme, admin_host) = config.shopify_admin_origin.split_once("://")?;
    let url = Url::parse(&format!("{scheme}://{decoded}")).ok()?;
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let is_shop = |path: &str| {
        let name = path.strip_prefix("/store/").unwrap_or("");
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let path = url.path().trim_end_matches('/');
    let is_admin = (authority == admin_host && is_shop(path))
        || (scheme == "https" && ShopDomain::parse(authority).is_some() && path == "/admin");
    let is_plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (is_admin && is_plain).then(|| format!("{}/apps/{client_id}", url.as_str().trim_end_matches('/')))
}

/// `GET /auth/session-token?shopify-reload=`: the bounce page. It only loads App Bridge, which gets a session token and
/// goes to `shopify-reload`, which must be one of our own pages.
pub(crate) async fn bounce(State(config): State<Arc<Config>>, request: Request) -> Response {
    let reload = query_value(request.uri(), "shopify-reload").and_then(|url| Url::parse(&url).ok());
    let is_ours = reload.is_some_and(|url| url.origin().ascii_serialization() == config.public_url);
    let shop = query_value(request.uri(), "shop").as_deref().and_then(ShopDomain::parse);
    let (true, Some(shop), Some(client_id)) = (is_ours, shop, config.shopify_api_key.as_deref()) else {
        return ApiError::new(StatusCode::BAD_REQUEST, "shop and shopify-reload are required, the latter on this site")
            .into_response();
    };
    let bridge = &config.shopify_app_bridge_url;
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Opening CreatorScore</title>\
         <script data-api-key=\"{}\" src=\"{bridge}\"></script>",
        escape(client_id)
    );
    let mut response = Html(page).into_response();
    let policy = format!(
        "default-src 'none'; script-src {}; connect-src 'self' {}; frame-ancestors {}",
        bridge.origin().ascii_serialization(),
        bridge.origin().ascii_serialization(),
        frame_ancestors(&config, &shop)
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// CSP `frame-ancestors` of a shop's pages: the shop and the Shopify admin.
pub(crate) fn frame_ancestors(config: &Config, shop: &ShopDomain) -> String {
    format!("https://{shop} {}", config.shopify_admin_origin)
}
