//! Requests that change something must come from our own pages, or carry a bearer token, which no other site can
//! make a browser send.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    config::Config,
    http::{caller::bearer, error::ApiError},
};

/// Whether a request's headers show that it is same-origin, by the browser's own word.
fn is_ours(config: &Config, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == config.public_url,
        (None, None) => false,
    }
}

/// Refuses what is not ours, for every method but GET, HEAD and OPTIONS.
pub(crate) async fn require(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_reading || bearer(request.headers()).is_some() || is_ours(&config, request.headers()) {
        next.run(request).await
    } else {
        ApiError::new(StatusCode::FORBIDDEN, "This request did not come from our own pages").into_response()
    }
}
