//! The app's pages: authenticates the request, then `app` renders.
//!
//! In the Shopify admin, a document request carries an `id_token` in its query; without one it is redirected through
//! the bounce page, which gets one. Later calls from the page carry it as a bearer token. Outside the admin, our own
//! session cookie authenticates.

use std::sync::Arc;

use app::{ClientAddress, DocumentHead};
use axum::{
    Router,
    extract::{FromRef, Request, State},
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::shop::ShopDomain;
use flow::{
    Flow, FlowError,
    access::{CreatorSession, Merchant, SessionCaller},
};
use tower_http::{compression::CompressionLayer, limit::RequestBodyLimitLayer};
use url::form_urlencoded;

use crate::{
    config::Config,
    http::{
        App, BODY_BYTES_MAX,
        assets::Assets,
        caller::{bearer, query_value},
        cookies,
        error::ApiError,
        exports, live_feed, page_for_people, proofs, same_origin,
        shopify_auth::{embedded_url, frame_ancestors},
        track::redirect::client_address,
    },
};

/// Path prefix of the pages that require a member of a brand.
const BRAND_PAGES: &str = "/brand";

/// The paths of the pages; their parameters stand in braces.
pub fn page_paths() -> impl Iterator<Item = &'static str> {
    app::page_paths().into_iter()
}

/// Routes of all pages.
pub(crate) fn routes(app: &App) -> Router<App> {
    let pages = app::routes(Flow::from_ref(app));
    Router::new()
        .merge(pages)
        .route("/brand/attribution/live", get(live_feed::stream))
        .route("/brand/attribution/settings/exports/{file}", get(exports::download))
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .merge(app::upload_routes(Flow::from_ref(app)))
        .layer(middleware::from_fn_with_state(app.clone(), authenticate))
        .layer(middleware::from_fn_with_state(app.clone(), same_origin::require))
        .layer(middleware::from_fn_with_state(app.clone(), proofs::file_or_page))
        .layer(middleware::from_fn_with_state(app.clone(), page_for_people::refusals))
        .layer(CompressionLayer::new())
}

/// Authenticates the request and stores the [`Merchant`] or creator session in its extensions, where pages find it.
async fn authenticate(
    State(flow): State<Flow>,
    State(config): State<Arc<Config>>,
    State(assets): State<Assets>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let is_page = !path.starts_with("/api/");
    let (parts, body) = request.into_parts();
    let client = ClientAddress(client_address(&config, &parts));
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(client);
    let id_token = query_value(request.uri(), "id_token").filter(|_| is_page);
    let mut head = DocumentHead { files: assets.folder(), ..DocumentHead::default() };

    if let Some(token) = bearer(request.headers()).map(str::to_owned).or_else(|| id_token.clone()) {
        match flow.access().merchant_by_session_token(&token).await {
            Ok(merchant) => {
                if let Some(shop) = merchant.shop() {
                    head = embedded_head(&config, shop, head);
                }
                request.extensions_mut().insert(merchant);
            }
            Err(FlowError::Unauthorized) if is_page => return bounce(&config, request.uri()),
            Err(FlowError::Unauthorized) => {
                let mut response = ApiError::new(StatusCode::UNAUTHORIZED, "Invalid session token").into_response();
                let retry = HeaderValue::from_static("1");
                response.headers_mut().insert("x-shopify-retry-invalid-session-request", retry);
                return response;
            }
            Err(error) => return ApiError::from(error).into_response(),
        }
    } else if let Some(session) = cookies::get(request.headers(), cookies::SESSION).map(str::to_owned) {
        match flow.access().by_session(&session).await {
            Ok((caller, person)) => {
                if let Some(person) = person {
                    request.extensions_mut().insert(person);
                }
                match caller {
                    SessionCaller::Member(merchant) => {
                        request.extensions_mut().insert(*merchant);
                    }
                    SessionCaller::Creator(creator) => {
                        if is_page {
                            let pv_id = cookies::get(request.headers(), wire::COOKIE_PV).map(str::to_owned);
                            remember_browser(&flow, &creator, pv_id).await;
                        }
                        request.extensions_mut().insert(*creator);
                    }
                }
            }
            Err(FlowError::Unauthorized) => {}
            Err(error) => return ApiError::from(error).into_response(),
        }
    }
    if path.starts_with(BRAND_PAGES) && request.extensions().get::<Merchant>().is_none() {
        return redirect_unauthenticated(&config, request.uri());
    }
    request.extensions_mut().insert(head);
    next.run(request).await
}

/// Remembers the browser of a creator, if it has a visitor id: what it buys is the creator's own purchase.
async fn remember_browser(flow: &Flow, creator: &CreatorSession, pv_id: Option<String>) {
    if let Some(pv_id) = pv_id
        && let Err(error) = flow.access().remember_browser(creator, &pv_id).await
    {
        tracing::warn!(%error, "a creator's browser was not remembered");
    }
}

fn embedded_head(config: &Config, shop: &ShopDomain, head: DocumentHead) -> DocumentHead {
    DocumentHead {
        is_embedded: true,
        app_bridge: config.shopify_api_key.clone().map(|id| (id, config.shopify_app_bridge_url.to_string())),
        bridge_origin: config.shopify_app_bridge_url.origin().ascii_serialization(),
        frame_ancestors: frame_ancestors(config, shop),
        ..head
    }
}

/// Redirects an unauthenticated request: in the admin's frame to the bounce page, with a valid `host` into the admin,
/// else to the sign-in page.
fn redirect_unauthenticated(config: &Config, uri: &Uri) -> Response {
    if query_value(uri, "embedded").as_deref() == Some("1") {
        return bounce(config, uri);
    }
    let in_admin = query_value(uri, "host").and_then(|host| embedded_url(config, &host));
    redirect(&in_admin.unwrap_or_else(|| "/sign-in".to_owned()))
}

/// Redirects to the bounce page, which gets a session token and returns here.
fn bounce(config: &Config, uri: &Uri) -> Response {
    if query_value(uri, "shop").as_deref().and_then(ShopDomain::parse).is_none() {
        return redirect("/sign-in");
    }
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned().collect();
    let kept = |names: &'static [&'static str], keep: bool| {
        let kept = pairs.iter().filter(|(name, _)| names.contains(&name.as_str()) == keep);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
    };
    // Keep shop, host and embedded for the reload; drop the used token and the old signature.
    let reload =
        format!("{}{}?{}", config.public_url, uri.path(), kept(&["id_token", "hmac", "timestamp", "session"], false));
    let shopify = kept(&["shop", "host", "embedded", "locale"], true);
    let reload = form_urlencoded::Serializer::new(String::new()).append_pair("shopify-reload", &reload).finish();
    redirect(&format!("/auth/session-token?{shopify}&{reload}"))
}

fn redirect(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())]).into_response()
}
