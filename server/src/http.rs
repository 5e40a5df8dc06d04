//! The URL map, and what every response carries.

mod assets;
mod caller;
mod cookies;
mod customers;
mod error;
mod health;
mod openapi;
mod orders;
mod pages;
mod pixel;
mod redirect;
mod request_log;
mod same_origin;
mod shopify_auth;
mod sign_in;
mod track;
mod tracking;
mod webhook;

use core::time::Duration;
use std::sync::Arc;

use axum::{
    Router,
    extract::FromRef,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use flow::Flow;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Notify;
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::RequestBodyTimeoutLayer};

use crate::{config::Config, ingest::Ingest};

/// Time for a request's body to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest body of anything but a webhook, in bytes.
const BODY_BYTES_MAX: usize = wire::TRACK_BODY_BYTES_MAX;
/// Largest webhook body, in bytes: Shopify's largest orders are a few MB.
const WEBHOOK_BYTES_MAX: usize = 5 * 1024 * 1024;

/// What handlers draw from; each names the part it uses. A request clones it several times: one count, not six.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    config: Arc<Config>,
    flow: Flow,
    ingest: Ingest,
    wake: Arc<Notify>,
    metrics: PrometheusHandle,
    assets: assets::Assets,
}

impl App {
    /// The parts of a running server.
    pub fn new(config: Config, flow: Flow, ingest: Ingest, wake: Arc<Notify>, metrics: PrometheusHandle) -> Self {
        Self(Arc::new(Parts { config: Arc::new(config), flow, ingest, wake, metrics, assets: assets::Assets::load() }))
    }
}

macro_rules! parts {
    ($($field:ident: $part:ty),* $(,)?) => {$(
        impl FromRef<App> for $part {
            fn from_ref(app: &App) -> Self {
                app.0.$field.clone()
            }
        }
    )*};
}
parts!(config: Arc<Config>, flow: Flow, ingest: Ingest, wake: Arc<Notify>, metrics: PrometheusHandle, assets: assets::Assets);

/// Every address this server answers.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/api/v1/track", post(track::track).options(track::preflight))
        .route(
            "/api/v1/track/click",
            get(redirect::by_query).head(redirect::by_query).post(tracking::click).options(track::preflight),
        )
        .route("/api/v1/track/lead", post(tracking::lead).options(track::preflight))
        .route("/api/v1/track/sale", post(tracking::sale))
        .route("/api/v1/track/refund", post(tracking::refund))
        .route("/api/tracking/click", post(tracking::click).options(track::preflight))
        .route("/api/tracking/lead", post(tracking::lead).options(track::preflight))
        .route("/api/tracking/sale", post(tracking::sale))
        .route("/api/tracking/refund", post(tracking::refund))
        .route("/api/v1/track/pixel.js", get(pixel::script))
        .route("/pixel/{name}", get(pixel::fallback))
        .route("/api/v1/orders/{id}/attribution", get(orders::attribution))
        .route("/api/v1/customers/{client_id}", get(customers::by_key).delete(customers::erase))
        .route("/api/v1/{public_key}/customers/{client_id}", get(customers::by_secret))
        .route("/identities", post(customers::identity).options(track::preflight))
        .route("/events", post(customers::event).options(track::preflight))
        .route("/api/openapi.json", get(openapi::document))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX));
    let webhooks = Router::new()
        .route("/api/webhooks/shopify", post(webhook::shopify))
        .route("/api/webhooks/fairing", post(webhook::fairing))
        .layer(RequestBodyLimitLayer::new(WEBHOOK_BYTES_MAX))
        .layer(axum::extract::DefaultBodyLimit::disable());
    let access = Router::new()
        .route("/auth", get(shopify_auth::begin))
        .route("/auth/callback", get(shopify_auth::callback))
        .route("/auth/session-token", get(shopify_auth::bounce))
        .route("/sign-in/{token}", post(sign_in::consume))
        .route("/sign-out", post(sign_in::end))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(app.clone(), same_origin::require));
    let files = Router::new()
        .route("/pkg/{*path}", get(assets::file))
        .route("/favicon.ico", get(assets::favicon))
        .route("/robots.txt", get(assets::robots));
    let links = Router::new().route("/{code}", get(redirect::by_path).head(redirect::by_path));
    Router::new()
        .merge(api)
        .merge(webhooks)
        .merge(access)
        .merge(files)
        .merge(pages::routes(&app))
        .merge(links)
        .fallback(pages::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::map_response(with_safe_defaults))
        .layer(middleware::from_fn(request_log::log))
        .with_state(app)
}

/// Headers that no response goes without.
async fn with_safe_defaults(response: Response) -> Response {
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let mut response = if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !is_json {
        // The limit's own layer answers before any handler: in text, and without what lets a browser read it.
        let error = error::ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large");
        ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], error).into_response()
    } else {
        response
    };
    let is_unread = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
    let headers = response.headers_mut();
    if is_unread {
        // The rest of the body is never read, so the connection ends here: the client must not send its next request on
        // it.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let defaults = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("strict-transport-security", "max-age=31536000"),
    ];
    for (name, value) in defaults {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}
