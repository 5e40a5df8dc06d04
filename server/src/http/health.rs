//! Health checks and metrics for operators.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use flow::Flow;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

use crate::{
    config::Config,
    http::{caller::bearer, error::ApiError},
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

/// `GET /metrics` in Prometheus text format: with `METRICS_TOKEN` if it is set, else from this machine only.
pub(crate) async fn metrics(
    State(handle): State<PrometheusHandle>,
    State(flow): State<Flow>,
    State(config): State<Arc<Config>>,
    request: Request,
) -> Response {
    let is_local = request.extensions().get::<Peer>().is_some_and(|peer| peer.0.ip().is_loopback());
    let is_allowed = match &config.metrics_token {
        Some(token) => bearer(request.headers()).is_some_and(|given| {
            use sha2::{Digest, Sha256};
            // Compared as hashes, so that timing does not reveal how much of the token is right.
            Sha256::digest(given.as_bytes()) == Sha256::digest(token.as_bytes())
        }),
        None => is_local,
    };
    if !is_allowed {
        return ApiError::new(StatusCode::UNAUTHORIZED, "METRICS_TOKEN is required from other machines")
            .into_response();
    }
    if let Ok(backlog) = flow.backlog().await {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a double")]
        for (name, value) in [("jobs_waiting", backlog.waiting as f64), ("jobs_dead", backlog.dead as f64)] {
            metrics::gauge!(name).set(value);
        }
    }
    handle.run_upkeep();
    handle.render().into_response()
}
