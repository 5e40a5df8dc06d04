//! Adds a request id to every response, and one log line and two metrics per request. The line contains the route
//! pattern, not the path, because a path can contain a sign-in token.

use std::{
    collections::HashMap,
    sync::{
        LazyLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use metrics::{Counter, Histogram};
use tracing::Instrument;

/// The header that names a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How the paths of the unified API begin. Its errors name the request.
const UNIFIED: &str = "/api/v1/";

/// The id of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// A request id: a random prefix per process and a counter.
pub(crate) fn next_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static PROCESS: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    let process = PROCESS.get_or_init(|| {
        let mut bytes = [0; 8];
        let _ = getrandom::fill(&mut bytes);
        u64::from_le_bytes(bytes)
    });
    format!("{process:016x}{:08x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The metrics of one route and status.
#[derive(Clone)]
struct Meters {
    requests: Counter,
    seconds: Histogram,
}

/// Meters by route and status, cached so that a request allocates no labels. Routes are patterns, so there are few.
static METERS: LazyLock<RwLock<HashMap<String, HashMap<u16, Meters>>>> = LazyLock::new(RwLock::default);

fn meters(route: &str, status: u16) -> Meters {
    let known = METERS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(meters) = known.get(route).and_then(|by_status| by_status.get(&status)) {
        return meters.clone();
    }
    drop(known);
    let meters = Meters {
        requests: metrics::counter!("http_requests_total", "route" => route.to_owned(), "status" => status.to_string()),
        seconds: metrics::histogram!("http_request_seconds", "route" => route.to_owned()),
    };
    let mut known = METERS.write().unwrap_or_else(PoisonError::into_inner);
    known.entry(route.to_owned()).or_default().insert(status, meters.clone());
    meters
}

/// Counts a request that no route has seen.
pub(crate) fn count(route: &str, status: u16) {
    meters(route, status).requests.increment(1);
}

/// Logs and counts a request, and names it in the response.
pub(crate) async fn log(mut request: Request, next: Next) -> Response {
    let id = next_id();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let method = request.method().clone();
    #[expect(clippy::disallowed_methods, reason = "measures durations for metrics only")]
    let begun = Instant::now();
    let span = tracing::info_span!("request", id);
    if route.starts_with(UNIFIED) {
        request.extensions_mut().insert(RequestId(id.clone()));
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let took_s = begun.elapsed().as_secs_f64();
    span.in_scope(|| tracing::debug!(%method, route, status, took_ms = took_s * 1000.0, "answered"));
    let meters = meters(route, status);
    meters.requests.increment(1);
    meters.seconds.record(took_s);
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
