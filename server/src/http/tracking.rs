//! `/api/v1/track/{click,lead,sale,refund}` and their older names under `/api/tracking`: Affitor's tracking API, its
//! answers and its errors, which are one string.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::api_key::KeyKind;
use flow::{Flow, FlowError, access::ApiCaller, tracking::SaleRefusal};
use serde_json::Value;

use crate::{
    config::Config,
    http::{
        error::ApiError,
        orders::{key_caller, server_key_caller},
        redirect::client_address,
        track::body,
    },
    ingest::Ingest,
};

/// The answer, readable by trackers in browsers of any site, also when it is a refusal.
pub(crate) fn answer(outcome: Result<Value, ApiError>) -> Response {
    let mut response = outcome.map_or_else(IntoResponse::into_response, |value| Json(value).into_response());
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Faults as this API tells them: one string, without details.
pub(crate) fn told(error: FlowError) -> ApiError {
    match error {
        FlowError::Invalid(faults) => ApiError::new(StatusCode::BAD_REQUEST, faults.0.join("; ")),
        other => other.into(),
    }
}

/// Records a click on an affiliate URL.
#[utoipa::path(
    post, path = "/api/v1/track/click", tag = "Affiliate tracking",
    description = "Record a click on an affiliate URL (?aff=CODE, a tracking link's code). Needs no key. Also under /api/tracking/click.",
    request_body(content = crate::http::openapi::AffiliateClick, content_type = "application/json"),
    responses(
        (status = 200, description = "click_id, partner_code and cookie_window_days", body = serde_json::Value),
        (status = 400, description = "affiliate_url is missing or leads nowhere", body = crate::http::openapi::Error),
    )
)]
pub(crate) async fn click(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    State(config): State<Arc<Config>>,
    request: Request,
) -> Response {
    answer(take_click(&flow, &ingest, &config, request).await)
}

async fn take_click(flow: &Flow, ingest: &Ingest, config: &Config, request: Request) -> Result<Value, ApiError> {
    let (parts, content) = request.into_parts();
    let address = client_address(config, &parts);
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let bytes = body(Request::from_parts(parts, content)).await?;
    let taken = flow.api_click(&bytes, &agent, &address).await.map_err(told)?;
    if let Some(click) = taken.click {
        let committed = ingest.click(click).map_err(|_| ApiError::overloaded())?;
        if !committed.wait().await {
            return Err(ApiError::overloaded());
        }
    }
    Ok(taken.answer)
}

/// Records a lead.
#[utoipa::path(
    post, path = "/api/v1/track/lead", tag = "Affiliate tracking",
    description = "Tie a click's visitor to a customer. With a server key anything is tied. Without one, or with a pixel key, click_id proves the visitor, who may claim one customer_key that nobody has claimed; the claim stands until a backend names the customer. Also under /api/tracking/lead.",
    request_body(content = crate::http::openapi::Lead, content_type = "application/json"),
    responses(
        (status = 200, description = "Tracked", body = serde_json::Value),
        (status = 400, description = "Neither click_id nor customer_key", body = crate::http::openapi::Error),
        (status = 401, description = "The key is not known", body = crate::http::openapi::Error),
    ),
    security((), ("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn lead(State(flow): State<Flow>, request: Request) -> Response {
    answer(take_lead(&flow, request).await)
}

async fn take_lead(flow: &Flow, request: Request) -> Result<Value, ApiError> {
    let caller = optional_caller(flow, request.headers()).await?;
    flow.api_lead(caller.as_ref(), &body(request).await?).await.map_err(told)
}

async fn optional_caller(flow: &Flow, headers: &HeaderMap) -> Result<Option<ApiCaller>, ApiError> {
    if !headers.contains_key(header::AUTHORIZATION) && !headers.contains_key("x-api-key") {
        return Ok(None);
    }
    // A publishable key proves nothing: the browser's own mode.
    let caller = key_caller(flow, headers).await?;
    Ok((caller.kind() == KeyKind::Server).then_some(caller))
}

/// Records a sale.
#[utoipa::path(
    post, path = "/api/v1/track/sale", tag = "Affiliate tracking",
    description = "Record a completed sale and its commission. customer_key or click_id must resolve. Amounts are in the currency's minor unit. Also under /api/tracking/sale.",
    request_body(content = crate::http::openapi::AffiliateSale, content_type = "application/json"),
    responses(
        (status = 200, description = "sale_id and commission_id (null where no rule pays)", body = serde_json::Value),
        (status = 400, description = "What is wrong, in one sentence", body = crate::http::openapi::Error),
        (status = 401, description = "Missing or wrong server key", body = crate::http::openapi::Error),
        (status = 409, description = "The transaction_id is known already; nothing has changed", body = crate::http::openapi::Error),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn sale(State(flow): State<Flow>, request: Request) -> Response {
    answer(take_sale(&flow, request).await)
}

async fn take_sale(flow: &Flow, request: Request) -> Result<Value, ApiError> {
    let caller = server_key_caller(flow, request.headers()).await?;
    flow.api_sale(&caller, &body(request).await?).await.map_err(|refusal| match refusal {
        SaleRefusal::Repeat => ApiError::new(StatusCode::CONFLICT, "A sale with this transaction_id already exists"),
        SaleRefusal::Other(error) => told(error),
    })
}

/// Records a refund.
#[utoipa::path(
    post, path = "/api/v1/track/refund", tag = "Affiliate tracking",
    description = "Take a sale back, wholly (no amount, or 0) or in part; the commission follows in proportion. Never more than is left. Also under /api/tracking/refund.",
    request_body(content = crate::http::openapi::SaleRefund, content_type = "application/json"),
    responses(
        (status = 200, description = "status reversed, refunded, skipped or no_commission, and what was deducted", body = serde_json::Value),
        (status = 400, description = "What is wrong, in one sentence", body = crate::http::openapi::Error),
        (status = 401, description = "Missing or wrong server key", body = crate::http::openapi::Error),
        (status = 404, description = "No such sale", body = crate::http::openapi::Error),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn refund(State(flow): State<Flow>, request: Request) -> Response {
    answer(take_refund(&flow, request).await)
}

async fn take_refund(flow: &Flow, request: Request) -> Result<Value, ApiError> {
    let caller = server_key_caller(flow, request.headers()).await?;
    flow.api_refund(&caller, &body(request).await?).await.map_err(told)
}
