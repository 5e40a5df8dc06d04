//! `/api/v1/orders`: orders as programs read them.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use domain::api_key::KeyKind;
use flow::{Flow, FlowError, access::ApiCaller};

use crate::http::{
    caller::{bearer, caller},
    error::ApiError,
};

/// Proves a server key.
pub(crate) async fn server_caller(flow: &Flow, headers: &HeaderMap, uri: &Uri) -> Result<ApiCaller, ApiError> {
    let caller = caller(flow, headers, uri).await?;
    if caller.kind() == KeyKind::Server {
        Ok(caller)
    } else {
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "A server key is required"))
    }
}

/// Proves any key given in a header, with the one error of Affitor's API.
pub(crate) async fn key_caller(flow: &Flow, headers: &HeaderMap) -> Result<ApiCaller, ApiError> {
    let refused = || ApiError::new(StatusCode::UNAUTHORIZED, "Invalid or missing API key");
    let in_header = headers.get("x-api-key").and_then(|value| value.to_str().ok()).or_else(|| bearer(headers));
    let key = in_header.filter(|key| !key.is_empty()).ok_or_else(refused)?;
    flow.api_caller(key).await.map_err(|error| match error {
        FlowError::Unauthorized => refused(),
        other => other.into(),
    })
}

/// Proves a server key given in a header, with the one error of Affitor's API.
pub(crate) async fn server_key_caller(flow: &Flow, headers: &HeaderMap) -> Result<ApiCaller, ApiError> {
    let caller = key_caller(flow, headers).await?;
    if caller.kind() == KeyKind::Server {
        Ok(caller)
    } else {
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "Invalid or missing API key"))
    }
}

/// Every credited cent of an order explained, or why there is none.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}/attribution", tag = "Orders",
    description = "Why an order is credited as it is: policy version, evidence found and refused, touchpoints with the share of every model, weights as exact fractions, rounding. For an order without credit: what was looked for and why none of it counts.",
    params(("id" = String, Path, description = "Our id (ord_…) or the seller's id of the order")),
    responses(
        (status = 200, description = "The explanation", body = serde_json::Value),
        (status = 401, description = "Missing or wrong server key", body = crate::http::openapi::Error),
        (status = 404, description = "No such order", body = crate::http::openapi::Error),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn attribution(
    State(flow): State<Flow>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, ApiError> {
    let caller = server_caller(&flow, &headers, &uri).await?;
    // A path that is no UTF-8, or has a NUL, names no order.
    let id = id.map(|Path(id)| id).ok().filter(|id| !id.contains('\0')).ok_or(FlowError::NotFound("order"))?;
    Ok(Json(flow.order_explained(&caller, &id).await?).into_response())
}
