//! `POST /api/v1/track/lead`: a click's visitor becomes a named customer.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    response::Response,
};
use domain::{api_key::KeyKind, scope::Scope};
use flow::{
    Flow,
    access::ApiCaller,
    budget::Rows,
    tracking::{LeadReport, TrackingError},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{late_refusal::LateRefusals, redirect::client_address, request, take_test_mode};
use crate::{
    config::Config,
    http::{
        body::{self, AnyJsonField, Faults, TrimmedTextField},
        caller::key_caller,
        cors::with_cors,
        error::{ApiError, ErrorResponse, respond},
    },
};

/// A lead.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct LeadRequest {
    /// The click, from the answer to it.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    click_id: TrimmedTextField,
    /// Your id of the customer; only a keyed hash of it is kept.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    customer_key: TrimmedTextField,
    /// The customer's e-mail address; only a keyed hash is kept, and only with a server key.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    email: TrimmedTextField,
    /// `{"test_mode": true}` makes a test record.
    #[schema(value_type = Object)]
    #[serde(default)]
    additional_data: AnyJsonField,
}

/// A recorded lead.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeadResponse {
    /// Always true.
    success: bool,
    /// One sentence.
    message: &'static str,
    /// The test record, in test mode only.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<TestLead>,
}

/// A lead in test mode.
#[derive(Serialize, ToSchema)]
struct TestLead {
    /// Always true.
    is_test: bool,
    /// As sent.
    click_id: Option<String>,
    /// As sent.
    customer_key: Option<String>,
}

/// Why a lead was not recorded.
#[derive(Debug, thiserror::Error)]
enum LeadError {
    #[error("click_id is required")]
    NoClick,
    #[error("click_id or customer_key is required")]
    NoClickOrCustomer,
    #[error("click_id is not known")]
    UnknownClick,
    #[error(transparent)]
    Other(#[from] ApiError),
}

impl From<TrackingError> for LeadError {
    fn from(error: TrackingError) -> Self {
        match error {
            TrackingError::UnknownClick => Self::UnknownClick,
            other => Self::Other(other.into()),
        }
    }
}

impl From<LeadError> for ApiError {
    fn from(error: LeadError) -> Self {
        match error {
            LeadError::Other(error) => error,
            sentence => Self::bad_request(sentence.to_string()),
        }
    }
}

/// Records a lead.
#[utoipa::path(
    post, path = "/api/v1/track/lead", tag = "Affiliate tracking", operation_id = "trackLead",
    description = "Join a click's visitor to a customer. With a server key anything is joined. Without one, or with a pixel key, click_id proves the visitor, who may claim one customer_key that is not claimed yet; the claim stands until a backend names the customer.",
    request_body(content = LeadRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Recorded", body = LeadResponse),
        (status = 400, description = "Neither click_id nor customer_key", body = ErrorResponse),
        (status = 401, description = "The key is not known", body = ErrorResponse),
        (status = 429, description = "More than one address or pixel key may send in a minute; retry after the given seconds", body = ErrorResponse),
    ),
    security((), ("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn lead(
    State(flow): State<Flow>,
    State(config): State<Arc<Config>>,
    State(refusals): State<LateRefusals>,
    request: Request,
) -> Response {
    let outcome = record(&flow, &config, request).await.map_err(ApiError::from);
    with_cors(respond(refusals.delayed(outcome).await))
}

async fn record(flow: &Flow, config: &Config, http: Request) -> Result<LeadResponse, LeadError> {
    let (parts, content) = http.into_parts();
    let sender = sender(flow, &parts.headers).await?;
    if sender.as_ref().is_none_or(|sender| sender.kind() != KeyKind::Server) {
        flow.budgets().spend_address(&client_address(config, &parts), 1).map_err(ApiError::from)?;
    }
    let bytes = body::bytes(Request::from_parts(parts, content)).await?;
    if let Some(sender) = &sender {
        flow.budgets().spend(sender, bytes.len(), Rows::of(1, 0)).map_err(ApiError::from)?;
    }
    // A publishable key proves nothing: that is the browser's mode.
    let caller = sender.filter(|sender| sender.kind() == KeyKind::Server);
    let fields: LeadRequest = request(&bytes)?;
    let mut faults = Faults::default();
    let click_id = faults.take("click_id", fields.click_id);
    let customer_key = faults.take("customer_key", fields.customer_key);
    let email = faults.take("email", fields.email);
    let is_test = take_test_mode(&mut faults, fields.additional_data);
    faults.into_first()?;
    match (&click_id, &customer_key, &caller) {
        (Some(_), ..) | (None, Some(_), Some(_)) => {}
        (None, _, Some(_)) => return Err(LeadError::NoClickOrCustomer),
        (None, _, None) => return Err(LeadError::NoClick),
    }
    let report = LeadReport {
        click_id: click_id.as_deref(),
        customer_key: customer_key.as_deref(),
        email: email.as_deref(),
        is_test,
    };
    flow.tracking().lead(caller.as_ref(), report).await?;
    let is_test = is_test || caller.is_some_and(|caller| caller.is_test());
    Ok(LeadResponse {
        success: true,
        message: "Lead tracked successfully",
        data: is_test.then_some(TestLead { is_test: true, click_id, customer_key }),
    })
}

/// Whose key was sent, if one was.
async fn sender(flow: &Flow, headers: &HeaderMap) -> Result<Option<ApiCaller>, ApiError> {
    if !headers.contains_key(header::AUTHORIZATION) && !headers.contains_key("x-api-key") {
        return Ok(None);
    }
    Ok(Some(key_caller(flow, headers).await?.allowed(Scope::write("conversions"))?))
}
