//! `POST /api/v1/track/refund`: a refund that a backend reports.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use domain::{Money, money::AMOUNT_MAX_MINOR, scope::Scope};
use flow::{
    Flow,
    tracking::{RefundReport, RefundStatus, TrackingError},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{request, take_test_mode, take_transaction_id};
use crate::http::{
    body::{self, AnyJsonField, Faults, IntegerField, TrimmedTextField},
    caller::server_key_caller,
    cors::with_cors,
    error::{ApiError, ErrorResponse, respond},
};

/// A refund of a sale.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct RefundRequest {
    /// The sale.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 512, pattern = "\\S")]
    #[serde(default)]
    transaction_id: TrimmedTextField,
    /// Your id of the refund: a repeat under the same id changes nothing. The `Idempotency-Key` header does the same.
    #[schema(value_type = String, min_length = 1, max_length = 255)]
    #[serde(default)]
    refund_id: TrimmedTextField,
    /// In the currency's minor unit; absent or 0 means all that is left. More than is left is refused.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    #[serde(default)]
    refund_amount_cents: IntegerField,
    /// Why.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    refund_reason: TrimmedTextField,
    /// `{"test_mode": true}` refunds a test record.
    #[schema(value_type = Object)]
    #[serde(default)]
    additional_data: AnyJsonField,
}

/// A recorded refund.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefundResponse {
    /// Always true.
    success: bool,
    /// What happened to the commission.
    status: Status,
    /// By how much the commission was reduced, in the sale's currency.
    #[serde(rename = "deductionAmount")]
    #[schema(value_type = f64, example = 25.0)]
    deduction_amount: serde_json::Number,
    /// The commission's running number; null if the sale earned none.
    commission_id: Option<i64>,
}

/// What happened to a commission.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// The whole sale was refunded.
    Reversed,
    /// A part was refunded.
    Refunded,
    /// Nothing was left to refund.
    Skipped,
    /// The sale never earned a commission.
    NoCommission,
}

impl From<RefundStatus> for Status {
    fn from(status: RefundStatus) -> Self {
        match status {
            RefundStatus::Reversed => Self::Reversed,
            RefundStatus::Refunded => Self::Refunded,
            RefundStatus::Skipped => Self::Skipped,
            RefundStatus::NoCommission => Self::NoCommission,
        }
    }
}

/// Why a refund was not recorded.
#[derive(Debug, thiserror::Error)]
enum RefundError {
    #[error("Sale not found")]
    UnknownSale,
    #[error("The refund is more than the {0} that are left of the sale")]
    ExceedsSale(Money),
    #[error("This refund id was used with another amount")]
    OtherRefund,
    #[error(transparent)]
    Other(#[from] ApiError),
}

impl From<TrackingError> for RefundError {
    fn from(error: TrackingError) -> Self {
        match error {
            TrackingError::UnknownSale => Self::UnknownSale,
            TrackingError::ExceedsSale(left) => Self::ExceedsSale(left),
            TrackingError::OtherRefund => Self::OtherRefund,
            other => Self::Other(other.into()),
        }
    }
}

impl From<RefundError> for ApiError {
    fn from(error: RefundError) -> Self {
        match error {
            RefundError::Other(error) => error,
            RefundError::UnknownSale => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            RefundError::ExceedsSale(_) => Self::new(StatusCode::BAD_REQUEST, error.to_string()),
            RefundError::OtherRefund => Self::new(StatusCode::CONFLICT, error.to_string()),
        }
    }
}

/// Records a refund.
#[utoipa::path(
    post, path = "/api/v1/track/refund", tag = "Affiliate tracking", operation_id = "trackRefund",
    description = "Refund a sale, wholly (no amount, or 0) or in part; the commission follows in proportion. Of a sale that the shop reports too, the shop's refunds count, and this is skipped.",
    request_body(content = RefundRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Recorded", body = RefundResponse),
        (status = 400, description = "What is wrong, in one sentence; also a refund of more than is left", body = ErrorResponse),
        (status = 401, description = "Missing or wrong server key", body = ErrorResponse),
        (status = 404, description = "No such sale", body = ErrorResponse),
        (status = 409, description = "The refund id was used with another amount", body = ErrorResponse),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn refund(State(flow): State<Flow>, request: Request) -> Response {
    with_cors(respond(record(&flow, request).await.map_err(ApiError::from)))
}

async fn record(flow: &Flow, http: Request) -> Result<RefundResponse, RefundError> {
    let caller = server_key_caller(flow, http.headers()).await?;
    let caller = caller.allowed(Scope::write("conversions")).map_err(ApiError::from)?;
    let key = idempotency_key(&http)?;
    let bytes = body::bytes(http).await?;
    let fields: RefundRequest = request(&bytes)?;
    let mut faults = Faults::default();
    let transaction_id = take_transaction_id(&mut faults, fields.transaction_id);
    let amount_minor = if fields.refund_amount_cents.is_absent() {
        0
    } else {
        const FAULT: &str = "refund_amount_cents must be an integer not below zero";
        let amount = faults.demand(FAULT, fields.refund_amount_cents).unwrap_or(0);
        if !(0..=AMOUNT_MAX_MINOR).contains(&amount) {
            faults.push(FAULT);
        }
        amount
    };
    let refund_id = faults.take("refund_id", fields.refund_id).filter(|id| !id.is_empty()).or(key);
    if refund_id.as_deref().is_some_and(|id| !is_refund_id(id)) {
        faults.push("refund_id must be 1 to 255 characters and not begin with #");
    }
    let reason = faults.take("refund_reason", fields.refund_reason);
    let is_test = take_test_mode(&mut faults, fields.additional_data);
    faults.into_first()?;
    let report = RefundReport {
        transaction_id: &transaction_id,
        refund_id: refund_id.as_deref(),
        amount_minor,
        reason: reason.as_deref(),
        is_test,
    };
    let outcome = flow.tracking().refund(&caller, report).await?;
    let deduction = outcome.deduction.to_decimal();
    Ok(RefundResponse {
        success: true,
        status: outcome.status.into(),
        deduction_amount: serde_json::from_str(&deduction).unwrap_or_else(|_| serde_json::Number::from(0)),
        commission_id: outcome.commission_number,
    })
}

/// The `Idempotency-Key` header, if there is one.
fn idempotency_key(http: &Request) -> Result<Option<String>, ApiError> {
    let Some(value) = http.headers().get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().map(str::trim).filter(|key| !key.is_empty());
    let invalid = || ApiError::bad_request("Idempotency-Key must be 1 to 255 printable characters");
    text.map(|key| Some(key.to_owned())).ok_or_else(invalid)
}

fn is_refund_id(id: &str) -> bool {
    (1..=255).contains(&id.len()) && !id.starts_with('#') && !id.contains(char::is_control)
}
