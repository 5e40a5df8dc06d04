//! Forms that were sent without script, and refused: people get a page, not the JSON that scripts read.

use std::sync::Arc;

use app::AppError;
use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};
use url::Url;

use crate::{
    config::Config,
    http::{BODY_BYTES_MAX, page_for_people, shopify_auth::escape},
};

/// The header with which Leptos marks an error of a server function.
const ERROR_HEADER: &str = "serverfnerror";

/// Turns an error of a server function into a page, if the request came from a form.
pub(crate) async fn as_page(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let is_form = request.uri().path().starts_with("/api/fn/") && page_for_people::accepts(request.headers());
    let back = is_form.then(|| form_path(&config, request.headers()));
    let response = next.run(request).await;
    let Some(back) = back.filter(|_| response.headers().contains_key(ERROR_HEADER)) else { return response };
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    let error = serde_json::from_slice(&body).unwrap_or_else(|_| AppError::Failed("server error".to_owned()));
    let status = match &error {
        AppError::Invalid(_) => StatusCode::BAD_REQUEST,
        AppError::Unauthorized => StatusCode::UNAUTHORIZED,
        AppError::NotFound(_) => StatusCode::NOT_FOUND,
        AppError::Failed(_) if parts.status.is_client_error() || parts.status.is_server_error() => parts.status,
        AppError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let page = include_str!("form_refused.html");
    let page = page.replace("{back}", &escape(&back)).replace("{error}", &escape(&error.to_string()));
    page_for_people::page(status, page)
}

/// Where the form is, if it is one of ours.
fn form_path(config: &Config, headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let url = referer.and_then(|url| Url::parse(url).ok());
    let url = url.filter(|url| url.origin().ascii_serialization() == config.public_url);
    url.map_or_else(|| "/".to_owned(), |url| url.path().to_owned())
}
