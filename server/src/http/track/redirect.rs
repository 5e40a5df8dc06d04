//! Tracking link redirects: `/{code}` and the equivalent `/api/v1/track/click?code=`.

use core::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use std::sync::Arc;

use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use flow::{Flow, FlowError, click::Visit};

use crate::{
    config::Config,
    http::{
        caller::query_value,
        cookies,
        error::{ApiError, ErrorResponse},
        page_for_people,
    },
    ingest::Ingest,
    listen::Peer,
};

/// How long a redirect waits for its click to be committed. After that it is sent while the click is still queued.
const COMMIT_WAIT: Duration = Duration::from_millis(50);
/// Headers in which browsers, and the Facebook app, say that a page is loaded ahead of a visit.
const PURPOSES: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// How long it waits where more arrives than is committed: slower redirects lose fewer clicks than a full queue. Not while
/// the database is away, since then waiting helps nobody.
const COMMIT_WAIT_BEHIND: Duration = Duration::from_secs(2);

/// `GET /{code}`, also with a slash at the end.
#[utoipa::path(
    get, path = "/{code}", tag = "Tracking", operation_id = "followLink",
    description = "Redirect to a tracking link's destination and record the click. On the tracking host.",
    params(("code" = String, Path, description = "The link's code: 8 characters of abcdefghjkmnpqrstuvwxyz23456789, in any case")),
    responses(
        (status = 302, description = "To the destination, with cs_ref, cs_pv and cs_at added; with cs_ref alone for a browser that sends Sec-GPC: 1"),
        (status = 404, description = "Unknown, deleted or expired code: a page for people, JSON for programs", body = ErrorResponse),
        (status = 503, description = "The database does not answer and the link is not in memory: a page for people, JSON for programs", body = ErrorResponse),
    )
)]
pub(crate) async fn by_path(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    State(config): State<Arc<Config>>,
    code: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    // A path that is not UTF-8 cannot be a code.
    let code = code.map(|Path(code)| code).unwrap_or_default();
    answer(&flow, &ingest, &config, &code, &request.into_parts().0).await
}

/// `GET /api/v1/track/click?code=`.
#[utoipa::path(
    get, path = "/api/v1/track/click", tag = "Tracking", operation_id = "followLinkByQuery",
    description = "Redirect to a tracking link's destination and record the click; equivalent to GET /{code} on the tracking host.",
    params(("code" = String, Query, description = "The link's code: 8 characters of abcdefghjkmnpqrstuvwxyz23456789, in any case")),
    responses(
        (status = 302, description = "To the destination, with cs_ref, cs_pv and cs_at added; with cs_ref alone for a browser that sends Sec-GPC: 1"),
        (status = 404, description = "Unknown, deleted or expired code", body = ErrorResponse),
        (status = 503, description = "The database does not answer and the link is not in memory", body = ErrorResponse),
    )
)]
pub(crate) async fn by_query(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    State(config): State<Arc<Config>>,
    request: Request,
) -> Response {
    let code = query_value(request.uri(), "code").unwrap_or_default();
    answer(&flow, &ingest, &config, &code, &request.into_parts().0).await
}

async fn answer(flow: &Flow, ingest: &Ingest, config: &Config, code: &str, request: &Parts) -> Response {
    let headers = &request.headers;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let address = client_address(config, request);
    let visit = Visit {
        code,
        cookie: cookies::get(headers, wire::COOKIE_PV),
        user_agent: text("user-agent").unwrap_or(""),
        address: &address,
        referrer: text("referer"),
        country: text(&config.country_header),
        fetch_dest: text("sec-fetch-dest"),
        fetch_mode: text("sec-fetch-mode"),
        purpose: PURPOSES.iter().find_map(|name| text(name)),
        is_head: request.method == Method::HEAD,
        is_refused: text("sec-gpc") == Some("1"),
    };
    let redirect = match flow.clicks().redirect(visit).await {
        Ok(redirect) => redirect,
        Err(FlowError::NotFound(_)) => return link_not_found_response(headers),
        Err(error) => return error_response(error, headers),
    };
    let is_within_budget = redirect.click.is_none() || flow.budgets().spend_click(&address);
    if !is_within_budget {
        metrics::counter!("clicks_over_budget_total").increment(1);
    }
    if let Some(click) = redirect.click.filter(|_| is_within_budget) {
        let kind = if click.click.bot.is_some() { "bot" } else { "person" };
        metrics::counter!("clicks_total", "by" => kind).increment(1);
        // If the queue is full, the click is not recorded, but the shopper is still redirected.
        match ingest.click(click) {
            Ok(committed) => {
                let wait = if ingest.is_behind() { COMMIT_WAIT_BEHIND } else { COMMIT_WAIT };
                let _ = tokio::time::timeout(wait, committed.wait()).await;
            }
            Err(_) => metrics::counter!("clicks_dropped_total").increment(1),
        }
    }
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::from_str(&redirect.location) {
        headers.insert(header::LOCATION, location);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(pv_id) = redirect.set_cookie {
        let cookie = format!(
            "{}={pv_id}; Max-Age={}; Path=/; HttpOnly; Secure; SameSite=Lax",
            wire::COOKIE_PV,
            wire::COOKIE_MAX_AGE_S
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.insert(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// The client's IP address: from `CLIENT_IP_HEADER` if configured and present, else from the connection. Proxies add to a
/// header that the client sent, so only what is last in the last one is the proxy's word.
pub(crate) fn client_address(config: &Config, request: &Parts) -> String {
    let named = config.client_ip_header.as_deref().and_then(|name| request.headers.get_all(name).iter().next_back());
    let last = named.and_then(|value| value.to_str().ok()?.rsplit(',').next()).map(str::trim);
    // Some gateways write the port too.
    let with_port = |text: &str| text.parse::<SocketAddr>().ok().map(|address| address.ip());
    match last.and_then(|text| text.parse::<IpAddr>().ok().or_else(|| with_port(text))) {
        Some(address) => address.to_string(),
        None => request.extensions.get::<Peer>().map(|peer| peer.0.ip().to_string()).unwrap_or_default(),
    }
}

/// 404: an HTML page if the client accepts HTML, else JSON.
fn link_not_found_response(headers: &HeaderMap) -> Response {
    if page_for_people::accepts(headers) {
        return page_for_people::link_not_found(headers);
    }
    ApiError::new(StatusCode::NOT_FOUND, "Tracking link not found").into_response()
}

/// An error: a page that says to try again if people can do something about it so, else JSON.
fn error_response(error: FlowError, headers: &HeaderMap) -> Response {
    let error = ApiError::from(error).into_response();
    if error.status() != StatusCode::SERVICE_UNAVAILABLE || !page_for_people::accepts(headers) {
        return error;
    }
    let mut page = page_for_people::link_unavailable(headers);
    page.headers_mut()
        .extend(error.headers().get(header::RETRY_AFTER).map(|after| (header::RETRY_AFTER, after.clone())));
    page
}
