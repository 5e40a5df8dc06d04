//! `/api/v1/orders/{id}/refunds`: the refunds of an order.

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use domain::scope::Scope;
use flow::{
    Flow,
    api::refund::{NewRefund, RefundObject},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::storable;
use crate::http::{
    api::{
        call::{Call, OnceParams, WriteCall, answer, respond},
        fault::{Fault, FaultBody},
        list::{CursorParams, ListBody},
    },
    body::{Faults, IntegerField, SenderIdField, TrimmedTextField},
};

/// A refund.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefundBody {
    /// Your id of it.
    external_id: String,
    /// Always `refund`.
    #[schema(example = "refund")]
    object: &'static str,
    /// The order.
    order: String,
    /// In minor units.
    #[schema(example = 1500)]
    amount_minor: i64,
    /// ISO 4217 code of the amount.
    #[schema(example = "USD")]
    currency: String,
    /// Why.
    reason: Option<String>,
    /// When it was first reported.
    #[schema(format = DateTime)]
    created: String,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

impl RefundBody {
    fn of(refund: &RefundObject, is_live: bool) -> Self {
        Self {
            external_id: refund.external_id.clone(),
            object: "refund",
            order: refund.order.to_string(),
            amount_minor: refund.amount.minor,
            currency: refund.amount.currency.to_string(),
            reason: refund.reason.clone(),
            created: refund.created_at.to_rfc3339(),
            livemode: is_live,
        }
    }
}

/// A refund to report.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundReportRequest {
    /// Your id of the refund: the same id is the same refund.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255)]
    #[serde(default)]
    external_id: SenderIdField,
    /// In minor units of the order's currency, at most what is left; all that is left if absent.
    #[schema(value_type = Option<i64>, minimum = 1)]
    #[serde(default)]
    amount_minor: IntegerField,
    /// Why. Kept from the first report, until the customer is erased.
    #[schema(value_type = Option<String>, max_length = 512)]
    #[serde(default)]
    reason: TrimmedTextField,
}

/// Lists the refunds of an order, the first one first: those that a backend reported, and the shop's.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}/refunds", tag = "Orders", operation_id = "listRefunds",
    params(("id" = String, Path, description = "Our id (ord_…) or the seller's id of the order"), CursorParams),
    responses((status = 200, description = "Its refunds", body = ListBody<RefundBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ListBody<RefundBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(super::RESOURCE)).await?;
    let refunds = flow.api().refunds(&call.merchant, storable(&id)?).await?;
    let data = refunds.iter().map(|refund| RefundBody::of(refund, call.is_live())).collect();
    ListBody::of_whole(data, request.uri(), |refund: &RefundBody| &refund.external_id)
}

/// Refunds a part of a reported order, or all of it: credits and commissions follow in a moment. The refunds of Shopify's
/// orders come from Shopify.
#[utoipa::path(
    post, path = "/api/v1/orders/{id}/refunds", tag = "Orders", operation_id = "refundOrder",
    params(("id" = String, Path, description = "Our id (ord_…) or the seller's id of the order"), OnceParams),
    request_body = RefundReportRequest,
    responses((status = 200, description = "The refund, known before", body = RefundBody), (status = 201, description = "The new refund", body = RefundBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(super::RESOURCE)).await?;
    flow.api().order(&call.call.merchant, storable(&id)?).await?;
    let fields = call.read::<RefundReportRequest>()?;
    let mut faults = Faults::default();
    let external_id = faults.require("external_id", fields.external_id).unwrap_or_default();
    let amount_minor = faults.take("amount_minor", fields.amount_minor);
    let reason = faults.take("reason", fields.reason).filter(|reason| !reason.is_empty());
    faults.into_result().map_err(|faults| Fault::invalid("Invalid request", faults))?;
    let is_live = call.call.is_live();
    let render = |refund: &RefundObject| {
        let status = if refund.is_new { StatusCode::CREATED } else { StatusCode::OK };
        answer(status, &RefundBody::of(refund, is_live))
    };
    let new = NewRefund { external_id, amount_minor, reason };
    let merchant = &call.call.merchant;
    Ok(respond(flow.api().report_refund(merchant, call.claim.as_ref(), storable(&id)?, &new, &render).await?))
}
