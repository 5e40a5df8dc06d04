//! CSRF protection: requests that change something must be same-origin or carry a bearer token, which another site
//! cannot make a browser send.

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

/// Whether a request is same-origin, by `Sec-Fetch-Site`, or by `Origin` in browsers that do not send it.
fn is_same_origin(config: &Config, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == config.public_url,
        (None, None) => false,
    }
}

/// Rejects cross-origin requests with 403, except GET, HEAD and OPTIONS.
pub(crate) async fn require(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let is_safe_method = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe_method || bearer(request.headers()).is_some() || is_same_origin(&config, request.headers()) {
        next.run(request).await
    } else {
        ApiError::new(StatusCode::FORBIDDEN, "This request did not come from our own pages").into_response()
    }
}
