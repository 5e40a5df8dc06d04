//! Routes, body limits and default response headers.

mod api;
mod assets;
mod body;
mod caller;
mod campaigns;
mod clicks;
mod collab_page;
mod collabs;
mod commissions;
mod content;
mod conversions;
mod cookies;
mod cors;
mod creators;
mod customers;
mod demo;
mod docs;
mod drops;
mod error;
mod events;
mod exports;
mod health;
mod imports;
mod intake;
mod keys;
mod klaviyo;
mod links;
mod live_feed;
pub(crate) mod mcp;
mod metrics;
mod milestones;
mod openapi;
mod orders;
mod page_for_people;
mod pages;
mod payouts;
mod products;
mod proofs;
mod request_log;
mod same_origin;
mod shopify_auth;
mod sign_in;
mod tier_rules;
mod track;
pub(crate) mod unparsed;
mod webhook_endpoints;
mod webhook_tester;
mod webhook_tester_api;
mod webhooks;

use core::time::Duration;
use std::sync::Arc;

use axum::{
    Router,
    extract::FromRef,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use flow::Flow;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer};

use crate::{config::Config, event_feed::Feeds, inbox::Inbox, ingest::Ingest, worker::Wake};

use self::track::late_refusal::LateRefusals;
pub(crate) use self::{
    api::call::answer_one, creators::CreatorBody, exports::Export, links::LinkBody, orders::OrderObjectBody,
};
pub use self::{
    exports::{Dataset, Format},
    pages::page_paths,
};

/// Maximum request body except for webhooks, in bytes.
const BODY_BYTES_MAX: usize = wire::TRACK_BODY_BYTES_MAX;
/// Maximum webhook body, in bytes: Shopify's largest orders are a few MB.
const WEBHOOK_BYTES_MAX: usize = 5 * 1024 * 1024;

/// Maximum body of a bulk request, in bytes: a thousand rows.
const BULK_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Maximum body of an import, in bytes: a file, and the rest of its form.
const IMPORT_BYTES_MAX: usize = domain::import::FILE_BYTES_MAX + 256 * 1024;

/// Security headers of every response that does not set them itself.
pub(crate) const SAFE_DEFAULTS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("strict-transport-security", "max-age=31536000"),
];

/// Shared state. Handlers extract only the parts they use, through `FromRef`. A single `Arc` keeps the clones of each
/// request cheap.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    config: Arc<Config>,
    flow: Flow,
    ingest: Ingest,
    inbox: Inbox,
    wake: Wake,
    metrics: PrometheusHandle,
    assets: assets::Assets,
    intake: intake::Intake,
    late_refusals: LateRefusals,
    feeds: Feeds,
    live_feeds: live_feed::LiveFeeds,
}

impl App {
    /// Combines the parts and loads the static files. Connections that would go on end when `stopping` becomes true.
    pub fn new(
        config: Config,
        flow: Flow,
        ingest: Ingest,
        inbox: Inbox,
        wake: Wake,
        metrics: PrometheusHandle,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let (assets, intake) = (assets::Assets::load(), intake::Intake::new(&config));
        let late_refusals = LateRefusals::new(Duration::from_millis(config.refusal_delay_ms));
        let live_feeds = live_feed::LiveFeeds::new(config.event_streams_max, stopping.clone());
        let feeds = Feeds::new(flow.clone(), events::stream::frame, config.event_streams_max, stopping);
        Self(Arc::new(Parts {
            config: Arc::new(config),
            flow,
            ingest,
            inbox,
            wake,
            metrics,
            assets,
            intake,
            late_refusals,
            feeds,
            live_feeds,
        }))
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
parts!(
    config: Arc<Config>,
    flow: Flow,
    ingest: Ingest,
    inbox: Inbox,
    wake: Wake,
    metrics: PrometheusHandle,
    assets: assets::Assets,
    intake: intake::Intake,
    late_refusals: LateRefusals,
    feeds: Feeds,
    live_feeds: live_feed::LiveFeeds,
);

/// The OpenAPI document, as it is kept in `docs/api/openapi.json`.
pub fn openapi_text() -> String {
    openapi::text()
}

/// All routes of the server.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/api/v1/track", post(track::event::track).options(cors::preflight))
        .route(
            "/api/v1/track/click",
            get(track::redirect::by_query)
                .head(track::redirect::by_query)
                .post(track::click::click)
                .options(cors::preflight),
        )
        .route("/api/v1/track/lead", post(track::lead::lead).options(cors::preflight))
        .route("/api/v1/track/sale", post(track::sale::sale))
        .route("/api/v1/track/refund", post(track::refund::refund))
        .route("/api/tracking/click", post(track::click::click).options(cors::preflight))
        .route("/api/tracking/lead", post(track::lead::lead).options(cors::preflight))
        .route("/api/tracking/sale", post(track::sale::sale))
        .route("/api/tracking/refund", post(track::refund::refund))
        .route("/api/v1/track/pixel.js", get(track::pixel::script))
        .route("/js/affitor-tracker.js", get(track::affitor_tracker::script))
        .route("/api/v1/orders/{id}/attribution", get(orders::attribution::attribution))
        .route("/api/v1/customers/{client_id}", get(customers::get::by_key).delete(customers::erase::erase))
        .route("/api/v1/{public_key}/customers/{client_id}", get(customers::get::by_secret))
        .route("/identities", post(customers::identities::identify).options(cors::preflight))
        .route("/events", post(customers::events::record).options(cors::preflight))
        .route("/webhook-tester/{token}", post(webhook_tester::receive))
        .route("/.well-known/jwks.json", get(proofs::keys))
        .route("/api/openapi.json", get(openapi::document))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX));
    let unified = unified(&app);
    let webhooks = Router::new()
        .route("/api/webhooks/shopify", post(webhooks::shopify::receive))
        .route("/api/webhooks/fairing", post(webhooks::fairing::receive))
        .layer(RequestBodyLimitLayer::new(WEBHOOK_BYTES_MAX))
        .layer(axum::extract::DefaultBodyLimit::disable());
    let access = Router::new()
        .route("/auth", get(shopify_auth::begin))
        .route("/auth/callback", get(shopify_auth::callback))
        .route("/auth/session-token", get(shopify_auth::bounce))
        .route("/sign-in/{token}", post(sign_in::consume))
        .route("/sign-out", post(sign_in::end))
        .route("/sign-out/everywhere", post(sign_in::end_everywhere))
        .route("/switch", post(sign_in::switch))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(app.clone(), same_origin::require))
        .layer(middleware::from_fn_with_state(app.clone(), page_for_people::refusals));
    let files = Router::new()
        .route("/pkg/{*path}", get(assets::file))
        .route("/favicon.ico", get(assets::favicon))
        .route("/robots.txt", get(assets::robots));
    let config = Arc::<Config>::from_ref(&app);
    let mut demo = Router::new();
    if config.demo_creator.is_some() {
        demo = demo.route("/demo/creator", get(demo::open_creator));
    }
    if config.mailbox.is_some() {
        demo = demo.route("/demo/inbox", get(demo::inbox));
    }
    let links = Router::new()
        .route("/{code}", get(track::redirect::by_path).head(track::redirect::by_path))
        // Some apps add a slash to the links that they show.
        .route("/{code}/", get(track::redirect::by_path).head(track::redirect::by_path))
        .route("/c/{slug}", get(collab_page::show));
    // What tools call: the same routes, without the budget of bodies, which the request that carries the call is under.
    let called = Router::new()
        .merge(api.clone())
        .merge(unified.clone())
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(request_log::log))
                .layer(CatchPanicLayer::custom(error::panicked)),
        )
        .with_state(app.clone());
    Router::new()
        .merge(api)
        .merge(unified)
        .merge(mcp::route(called, &app.0.config.public_url))
        .merge(webhooks)
        .merge(access)
        .merge(files)
        .merge(demo)
        .merge(docs::routes().layer(CompressionLayer::new()))
        .merge(pages::routes(&app))
        .merge(links)
        .fallback(api::gate::not_found)
        .method_not_allowed_fallback(api::gate::method_not_allowed)
        // One layer of several, from the outside in: a router boxes each of its layers for each request.
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(request_log::log))
                .layer(middleware::map_response(with_safe_defaults))
                .layer(middleware::from_fn_with_state(app.clone(), intake::meter))
                .layer(CatchPanicLayer::custom(error::panicked)),
        )
        .with_state(app)
}

/// The unified API. Bulk requests and imports have larger bodies.
fn unified(app: &App) -> Router<App> {
    // Of writes that do not store their answer themselves.
    let once = || middleware::from_fn_with_state(app.clone(), api::once::keep);
    let rows = Router::new()
        .route("/api/v1/creators/bulk", post(creators::bulk))
        .route("/api/v1/campaigns/bulk", post(campaigns::bulk))
        .route("/api/v1/links/bulk", post(links::bulk))
        .route("/api/v1/products/bulk", post(products::bulk))
        .route("/api/v1/collabs/bulk", post(collabs::bulk))
        .route("/api/v1/drops/bulk", post(drops::bulk))
        .route("/api/v1/content/bulk", post(content::bulk))
        .route("/api/v1/orders/bulk", post(orders::bulk))
        .route("/api/v1/clicks/bulk", post(clicks::bulk).layer(once()))
        .route("/api/v1/commissions/bulk", post(commissions::bulk::bulk).layer(once()))
        .route("/api/v1/conversions/bulk", post(conversions::bulk).layer(once()))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BULK_BYTES_MAX));
    let files = Router::new()
        .route("/api/v1/imports", get(imports::list).post(imports::create))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(IMPORT_BYTES_MAX));
    // Members listen too.
    let stream = Router::new()
        .route("/api/v1/events/stream", get(events::stream::stream))
        .route_layer(middleware::from_fn_with_state(app.clone(), events::stream::admit));
    Router::new()
        .route("/api/v1/creators", get(creators::list).post(creators::create))
        .route("/api/v1/creators/external/{external_id}", put(creators::upsert))
        .route("/api/v1/creators/{id}", get(creators::get).patch(creators::update).delete(creators::archive))
        .route("/api/v1/creators/{id}/erase", post(creators::erase).layer(once()))
        .route("/api/v1/tier_rules", get(tier_rules::get).put(tier_rules::replace).layer(once()))
        .route("/api/v1/campaigns", get(campaigns::list).post(campaigns::create))
        .route("/api/v1/campaigns/external/{external_id}", put(campaigns::upsert))
        .route("/api/v1/campaigns/{id}", get(campaigns::get).patch(campaigns::update).delete(campaigns::archive))
        .route("/api/v1/links", get(links::list).post(links::create))
        .route("/api/v1/links/external/{external_id}", put(links::upsert))
        .route("/api/v1/links/{id}", get(links::get).patch(links::update).delete(links::archive))
        .merge(catalogue())
        .merge(money())
        .route("/api/v1/clicks", get(clicks::list).post(clicks::create).layer(once()))
        .route("/api/v1/conversions", get(conversions::list).post(conversions::create).layer(once()))
        .route("/api/v1/clicks/{id}", get(clicks::get).patch(clicks::update))
        .route("/api/v1/events", get(events::list))
        .route("/api/v1/events/{id}", get(events::get))
        .route("/api/v1/exports/{file}", get(exports::export))
        .route("/api/v1/webhook_endpoints", get(webhook_endpoints::list).post(webhook_endpoints::create).layer(once()))
        .route(
            "/api/v1/webhook_endpoints/{id}",
            get(webhook_endpoints::get)
                .patch(webhook_endpoints::update)
                .delete(webhook_endpoints::archive)
                .layer(once()),
        )
        .route("/api/v1/webhook_endpoints/external/{external_id}", put(webhook_endpoints::upsert).layer(once()))
        .route("/api/v1/webhook_endpoints/{id}/rotate_secret", post(webhook_endpoints::rotate).layer(once()))
        .route("/api/v1/webhook_endpoints/{id}/test", post(webhook_endpoints::test).layer(once()))
        .route("/api/v1/webhook_endpoints/{id}/replay", post(webhook_endpoints::replay).layer(once()))
        .route("/api/v1/webhook_endpoints/{id}/deliveries", get(webhook_endpoints::deliveries))
        .route("/api/v1/webhook_endpoints/{id}/deliveries/{event_id}", get(webhook_endpoints::delivery))
        .route(
            "/api/v1/webhook_tester",
            get(webhook_tester_api::get)
                .post(webhook_tester_api::create)
                .delete(webhook_tester_api::remove)
                .layer(once()),
        )
        .route("/api/v1/webhook_tester/requests", get(webhook_tester_api::requests))
        .route("/api/v1/imports/{id}", get(imports::get).patch(imports::update))
        .route("/api/v1/imports/{id}/errors.csv", get(imports::errors))
        .route("/api/v1/imports/{id}/undo", post(imports::undo))
        .route(
            "/api/v1/integrations/klaviyo",
            get(klaviyo::get).put(klaviyo::connect).delete(klaviyo::disconnect).layer(once()),
        )
        .route("/api/v1/integrations/klaviyo/test", post(klaviyo::test).layer(once()))
        .route("/api/v1/keys", get(keys::list).post(keys::create).layer(once()))
        .route("/api/v1/keys/{id}", get(keys::get).patch(keys::update).delete(keys::revoke).layer(once()))
        .route("/api/v1/keys/{id}/rotate", post(keys::rotate).layer(once()))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .merge(rows)
        .merge(files)
        .route_layer(CatchPanicLayer::custom(api::fault::panicked))
        .route_layer(middleware::from_fn_with_state(app.clone(), api::gate::pass))
        .merge(stream)
}

/// Products, collabs, drops and content.
fn catalogue() -> Router<App> {
    Router::new()
        .route("/api/v1/products", get(products::list).post(products::create))
        .route("/api/v1/products/external/{external_id}", put(products::upsert))
        .route("/api/v1/products/{id}", get(products::get).patch(products::update).delete(products::archive))
        .route("/api/v1/collabs", get(collabs::list).post(collabs::create))
        .route("/api/v1/collabs/external/{external_id}", put(collabs::upsert))
        .route("/api/v1/collabs/{id}", get(collabs::get).patch(collabs::update).delete(collabs::archive))
        .route("/api/v1/drops", get(drops::list).post(drops::create))
        .route("/api/v1/drops/external/{external_id}", put(drops::upsert))
        .route("/api/v1/drops/{id}", get(drops::get).patch(drops::update).delete(drops::archive))
        .route("/api/v1/content", get(content::list).post(content::create))
        .route("/api/v1/content/external/{external_id}", put(content::upsert))
        .route("/api/v1/content/{id}", get(content::get).patch(content::update).delete(content::archive))
}

/// The part of the unified API that is about orders and money.
fn money() -> Router<App> {
    Router::new()
        .route("/api/v1/orders", get(orders::list).post(orders::create))
        .route("/api/v1/orders/external/{external_id}", put(orders::upsert))
        .route("/api/v1/orders/{id}", get(orders::get).patch(orders::update))
        .route("/api/v1/orders/{id}/refunds", get(orders::refunds::list).post(orders::refunds::create))
        .route("/api/v1/conversions/{id}", get(conversions::get).patch(conversions::update))
        .route("/api/v1/commissions", get(commissions::list).post(commissions::create))
        .route("/api/v1/commissions/{id}", get(commissions::get).patch(commissions::edit))
        .route("/api/v1/commissions/{id}/approve", post(commissions::approve))
        .route("/api/v1/payouts", get(payouts::list).post(payouts::create))
        .route("/api/v1/payouts/{id}", get(payouts::get).patch(payouts::update))
        .route("/api/v1/payouts/{id}/mark_paid", post(payouts::mark_paid))
        .route("/api/v1/payouts/{id}/cancel", post(payouts::cancel))
        .route("/api/v1/milestones", get(milestones::list))
        .route("/api/v1/milestones/{id}", get(milestones::get).patch(milestones::update))
        .route("/api/v1/metrics", get(metrics::get))
}

/// Adds the security headers that a response does not set itself, and turns the body limit's 413 into JSON.
async fn with_safe_defaults(response: Response) -> Response {
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let mut response = if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !is_json {
        // The limit layer responds before any handler, in plain text and without CORS headers.
        let error = error::ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large");
        ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], error).into_response()
    } else {
        response
    };
    let is_body_unread = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
    let headers = response.headers_mut();
    if is_body_unread {
        // The rest of the body is not read, so the client must not reuse the connection.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    for (name, value) in SAFE_DEFAULTS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}
