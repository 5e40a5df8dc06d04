//! Health checks and metrics for operators.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, StatusCode},
    response::{IntoResponse, Response},
};
use flow::Flow;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

use crate::{
    config::Config,
    event_feed::Feeds,
    http::{caller::bearer, error::ApiError, intake::Intake},
    listen::Peer,
};

/// `GET /healthz`: the process is running.
pub(crate) async fn alive() -> Json<serde_json::Value> {
    Json(json!({ "ok": true }))
}

/// `GET /readyz`: the database is reachable.
pub(crate) async fn ready(State(flow): State<Flow>) -> Response {
    match flow.engine().await {
        Ok(_) => Json(json!({ "ok": true })).into_response(),
        Err(error) => {
            tracing::error!(%error, "the database is not reachable");
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "The database does not answer").into_response()
        }
    }
}

/// Headers that a proxy adds, `CLIENT_IP_HEADER` among them: with one of them a loopback peer is a proxy, and the client is
/// anybody.
fn is_forwarded(headers: &HeaderMap, client_ip_header: Option<&str>) -> bool {
    const NAMES: [&str; 3] = ["forwarded", "via", "x-real-ip"];
    const PREFIXES: [&str; 2] = ["x-forwarded-", "cf-"];
    headers.keys().map(HeaderName::as_str).any(|name| {
        NAMES.contains(&name)
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || client_ip_header.is_some_and(|own| name.eq_ignore_ascii_case(own))
    })
}

/// `GET /metrics` in Prometheus text format: with `METRICS_TOKEN` if it is set, else from this machine only, and not
/// through a proxy on it.
pub(crate) async fn metrics(
    State(handle): State<PrometheusHandle>,
    State(flow): State<Flow>,
    State(config): State<Arc<Config>>,
    State(intake): State<Intake>,
    State(feeds): State<Feeds>,
    request: Request,
) -> Response {
    let peer = request.extensions().get::<Peer>();
    let is_local = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback())
        && !is_forwarded(request.headers(), config.client_ip_header.as_deref());
    let is_allowed = match &config.metrics_token {
        Some(token) => bearer(request.headers()).is_some_and(|given| {
            use sha2::{Digest, Sha256};
            // Compared as hashes, so that timing does not reveal how much of the token is right.
            Sha256::digest(given.as_bytes()) == Sha256::digest(token.as_bytes())
        }),
        None => is_local,
    };
    if !is_allowed {
        return ApiError::new(StatusCode::UNAUTHORIZED, "METRICS_TOKEN is required from other machines and proxies")
            .into_response();
    }
    if let Ok(backlog) = flow.backlog().await {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a double")]
        for (name, value) in [("jobs_waiting", backlog.waiting as f64), ("jobs_dead", backlog.dead as f64)] {
            metrics::gauge!(name).set(value);
        }
    }
    for (of, bytes) in intake.held() {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a double")]
        metrics::gauge!("body_bytes_in_flight", "of" => of).set(bytes as f64);
    }
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a double")]
    metrics::gauge!("event_streams").set(feeds.listeners() as f64);
    handle.run_upkeep();
    handle.render().into_response()
}
