//! `DELETE /api/v1/customers/{client_id}`: erases a customer.

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, Uri},
    response::Response,
};
use domain::scope::Scope;
use flow::{Flow, FlowError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{api_error, private};
use crate::http::{
    caller::server_caller,
    error::{ApiError, ErrorResponse},
};

/// An erased customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct EraseResponse {
    /// Always true.
    erased: bool,
    /// How many orders changed.
    orders: u64,
}

/// Erases one customer.
#[utoipa::path(
    delete, path = "/api/v1/customers/{client_id}", tag = "Customers", operation_id = "eraseCustomer",
    description = "Erase a customer: profile, events and identities, their visitors' clicks, events and landings, and what could identify them on their orders. Amounts and credits stay. This cannot be undone.",
    params(("client_id" = String, Path, description = "The client's name of the customer, Shopify's customer id, a visitor's pv_id, or our cus_ id")),
    responses(
        (status = 200, description = "Erased", body = EraseResponse),
        (status = 401, description = "Missing or wrong server key", body = ErrorResponse),
        (status = 404, description = "No such customer", body = ErrorResponse),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn erase(
    State(flow): State<Flow>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, ApiError> {
    let caller = server_caller(&flow, &headers, &uri).await?.allowed(Scope::write("customers"))?;
    let Ok(Path(client_id)) = path else { return Err(api_error(FlowError::NotFound("customer"))) };
    let orders = flow.customers().erase_by_name(&caller, &client_id).await.map_err(api_error)?;
    Ok(private(EraseResponse { erased: true, orders }))
}
