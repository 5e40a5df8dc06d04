//! Attribution.io's customer API and the ingest that its clients use (CONTRACTS §8).

use axum::{
    Json,
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use flow::{Flow, FlowError, timeline::Shown};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::{
    http::{
        caller::query_value,
        error::ApiError,
        orders::server_caller,
        track::body,
        tracking::{self, answer},
    },
    ingest::Ingest,
};

/// Calls that write at the same time: anybody may make them, and the database has other work.
static AT_ONCE: Semaphore = Semaphore::const_new(32);

fn unauthorized() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "Request is unauthorized: check your secret and public key")
}

/// Faults as this API tells them: as the tracking API, but for its own sentence about wrong keys.
fn told(error: FlowError) -> ApiError {
    match error {
        FlowError::Unauthorized => unauthorized(),
        other => tracking::told(other),
    }
}

fn shown(uri: &Uri) -> Result<Shown, ApiError> {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned().collect();
    Shown::read(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))).map_err(told)
}

/// One customer, as Attribution.io's clients ask for them.
#[utoipa::path(
    get, path = "/api/v1/{public_key}/customers/{client_id}", tag = "Customers",
    description = "One customer's timeline and what was attributed, in the shape of Attribution.io's customer API. secret is a server key of the same brand. Better: GET /api/v1/customers/{client_id} with the key in a header, since URLs end up in logs.",
    params(
        ("public_key" = String, Path, description = "A key of the brand; a pixel key will do"),
        ("client_id" = String, Path, description = "The client's name of the customer, Shopify's customer id, a visitor's pv_id, or our cus_ id"),
        ("secret" = String, Query, description = "A server key of the brand"),
        ("show_all" = Option<bool>, Query, description = "All four parts"),
        ("show_pageviews" = Option<bool>, Query), ("show_touchpoints" = Option<bool>, Query),
        ("show_events" = Option<bool>, Query), ("show_identities" = Option<bool>, Query),
        ("model" = Option<String>, Query, description = "first_touch, last_touch, linear, position_based or time_decay; the brand's policy when absent"),
    ),
    responses(
        (status = 200, description = "The customer", body = serde_json::Value),
        (status = 400, description = "model is none", body = crate::http::openapi::Error),
        (status = 401, description = "Wrong public key or secret", body = crate::http::openapi::Error),
        (status = 403, description = "The brand has uninstalled the app", body = crate::http::openapi::Error),
        (status = 404, description = "No such customer", body = crate::http::openapi::Error),
    )
)]
pub(crate) async fn by_secret(
    State(flow): State<Flow>,
    path: Result<Path<(String, String)>, PathRejection>,
    uri: Uri,
) -> Result<Response, ApiError> {
    let Ok(Path((public_key, client_id))) = path else { return Err(told(FlowError::NotFound("customer"))) };
    let secret = query_value(&uri, "secret").ok_or_else(unauthorized)?;
    let caller = flow.caller_by_secret(&public_key, &secret).await.map_err(told)?;
    let found = flow.customer_timeline(&caller, &client_id, shown(&uri)?).await.map_err(told)?;
    Ok(private(found))
}

/// One customer.
#[utoipa::path(
    get, path = "/api/v1/customers/{client_id}", tag = "Customers",
    description = "One customer's timeline and what was attributed. client_id is the client's name of the customer, Shopify's customer id, a visitor's pv_id, or our cus_ id.",
    params(
        ("client_id" = String, Path),
        ("show_all" = Option<bool>, Query, description = "All four parts"),
        ("show_pageviews" = Option<bool>, Query), ("show_touchpoints" = Option<bool>, Query),
        ("show_events" = Option<bool>, Query), ("show_identities" = Option<bool>, Query),
        ("model" = Option<String>, Query, description = "first_touch, last_touch, linear, position_based or time_decay; the brand's policy when absent"),
    ),
    responses(
        (status = 200, description = "The customer", body = serde_json::Value),
        (status = 400, description = "model is none", body = crate::http::openapi::Error),
        (status = 401, description = "Missing or wrong server key", body = crate::http::openapi::Error),
        (status = 403, description = "The brand has uninstalled the app", body = crate::http::openapi::Error),
        (status = 404, description = "No such customer", body = crate::http::openapi::Error),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn by_key(
    State(flow): State<Flow>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, ApiError> {
    let caller = server_caller(&flow, &headers, &uri).await?;
    let Ok(Path(client_id)) = path else { return Err(told(FlowError::NotFound("customer"))) };
    let found = flow.customer_timeline(&caller, &client_id, shown(&uri)?).await.map_err(told)?;
    Ok(private(found))
}

/// Erases one customer.
#[utoipa::path(
    delete, path = "/api/v1/customers/{client_id}", tag = "Customers",
    description = "Erase a customer: profile, events and identities, their visitors' clicks, events and landings, and what could name them on their orders. Amounts and credits stay. This cannot be undone.",
    params(("client_id" = String, Path)),
    responses(
        (status = 200, description = "Erased, and how many orders changed", body = serde_json::Value),
        (status = 401, description = "Missing or wrong server key", body = crate::http::openapi::Error),
        (status = 404, description = "No such customer", body = crate::http::openapi::Error),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn erase(
    State(flow): State<Flow>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, ApiError> {
    let caller = server_caller(&flow, &headers, &uri).await?;
    let Ok(Path(client_id)) = path else { return Err(told(FlowError::NotFound("customer"))) };
    Ok(private(flow.erase_customer(&caller, &client_id).await.map_err(told)?))
}

/// An answer about one person, which nothing between may keep.
fn private(value: Value) -> Response {
    ([(header::CACHE_CONTROL, "private, no-store")], Json(value)).into_response()
}

/// Names the customer behind visitors.
#[utoipa::path(
    post, path = "/identities", tag = "Customers",
    description = "Name the customer behind visitors (aliases are pv_ids). With a server key as public_key the word is a backend's, and customers may merge. With a pixel key it is a browser's: it may claim a name that nobody has, for a visitor who has none. joined tells whether it was taken.",
    request_body(content = crate::http::openapi::IdentityCall, content_type = "application/json"),
    responses(
        (status = 200, description = "Taken", body = serde_json::Value),
        (status = 400, description = "What is wrong, in one sentence", body = crate::http::openapi::Error),
        (status = 401, description = "public_key is missing or unknown", body = crate::http::openapi::Error),
        (status = 503, description = "Overloaded; retry after the given seconds", body = crate::http::openapi::Error),
    )
)]
pub(crate) async fn identity(State(flow): State<Flow>, request: Request) -> Response {
    answer(take_identity(&flow, request).await)
}

/// Says what a customer did.
#[utoipa::path(
    post, path = "/events", tag = "Customers",
    description = "Say what a customer did. With revenue in meta, or amount or value and a transaction_id, it is a purchase: an order when public_key is a server key; with a pixel key a report, which may be evidence for an order. A repeat (the same transaction_id) changes nothing.",
    request_body(content = crate::http::openapi::EventCall, content_type = "application/json"),
    responses(
        (status = 200, description = "Taken", body = serde_json::Value),
        (status = 400, description = "What is wrong, in one sentence", body = crate::http::openapi::Error),
        (status = 401, description = "public_key is missing or unknown", body = crate::http::openapi::Error),
        (status = 503, description = "Overloaded; retry after the given seconds", body = crate::http::openapi::Error),
    )
)]
pub(crate) async fn event(State(flow): State<Flow>, State(ingest): State<Ingest>, request: Request) -> Response {
    answer(take_event(&flow, &ingest, request).await)
}

async fn take_identity(flow: &Flow, request: Request) -> Result<Value, ApiError> {
    let bytes = body(request).await?;
    let _turn = AT_ONCE.try_acquire().map_err(|_| ApiError::overloaded())?;
    flow.api_identity(&bytes).await.map_err(told)
}

async fn take_event(flow: &Flow, ingest: &Ingest, request: Request) -> Result<Value, ApiError> {
    let bytes = body(request).await?;
    let turn = AT_ONCE.try_acquire().map_err(|_| ApiError::overloaded())?;
    let taken = flow.api_event(&bytes).await.map_err(told)?;
    drop(turn);
    if let Some(event) = taken.event {
        let committed = ingest.events(vec![event]).map_err(|_| ApiError::overloaded())?;
        if !committed.wait().await {
            return Err(ApiError::overloaded());
        }
    }
    Ok(taken.answer)
}
