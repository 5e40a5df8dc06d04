//! `POST /identities`: names the customer behind visitors.

use axum::{
    extract::{Request, State},
    response::Response,
};
use flow::Flow;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    JoinResponse, WRITES,
    report::{AliasesField, MetaField, ReportFields, UnixSecondsField, envelope, flow_error, not_an_object},
};
use crate::http::{
    body::{self, AnyJsonField, NameOrNumberField},
    cors::with_cors,
    error::{ApiError, ErrorResponse, respond},
    track::late_refusal::LateRefusals,
};

/// A customer, named.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the inner object is read by itself; this is the schema around it")]
pub(crate) struct IdentityRequest {
    /// The customer.
    identity: IdentityFields,
}

/// Who a customer is.
#[derive(Default, Deserialize, ToSchema)]
struct IdentityFields {
    /// A pixel key, or from a backend a server key.
    #[schema(value_type = String, required = true)]
    #[serde(default)]
    public_key: AnyJsonField,
    /// Visitors: their `_cs_pv`. At most 50.
    #[schema(value_type = Vec<String>, max_items = 50)]
    #[serde(default)]
    aliases: AliasesField,
    /// The client's name of the customer, as text or a whole number.
    #[schema(value_type = String, max_length = 512, example = "MrSmith")]
    #[serde(default)]
    client_id: NameOrNumberField,
    /// The customer's e-mail address; only a keyed hash is stored.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    email: NameOrNumberField,
    /// SHA-256 of the address in lower case, as hex: what the pixel's `identify` sends instead.
    #[schema(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    #[serde(default)]
    email_sha256: NameOrNumberField,
    /// Unix seconds; now if absent.
    #[schema(value_type = f64)]
    #[serde(default)]
    created_at: UnixSecondsField,
    /// Free data, at most 16 KiB; stored encrypted.
    #[schema(value_type = Object)]
    #[serde(default)]
    meta: MetaField,
    /// `{"test_mode": true}` makes it a test, whatever the key.
    #[schema(value_type = Object)]
    #[serde(default)]
    additional_data: AnyJsonField,
}

/// Names the customer behind visitors.
#[utoipa::path(
    post, path = "/identities", tag = "Customers", operation_id = "identify",
    description = "Name the customer behind visitors (aliases are pv_ids). With a server key as public_key the report is a backend's, and customers may merge. With a pixel key it is a browser's: it may claim a name that is still free, for a visitor who has none. With a server key, `joined` says whether it was accepted.",
    request_body(content = IdentityRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Recorded", body = JoinResponse),
        (status = 400, description = "What is wrong, in one sentence", body = ErrorResponse),
        (status = 401, description = "public_key is missing or unknown", body = ErrorResponse),
        (status = 429, description = "More than a pixel key may send in a minute or in a second; retry after the given seconds", body = ErrorResponse),
        (status = 503, description = "Overloaded; retry after the given seconds", body = ErrorResponse),
    )
)]
pub(crate) async fn identify(
    State(flow): State<Flow>,
    State(refusals): State<LateRefusals>,
    request: Request,
) -> Response {
    with_cors(respond(refusals.delayed(record(&flow, request).await).await))
}

async fn record(flow: &Flow, http: Request) -> Result<JoinResponse, ApiError> {
    let bytes = body::bytes(http).await?;
    let inner = envelope(&bytes, "identity")?;
    let IdentityFields { public_key, aliases, client_id, email, email_sha256, created_at, meta, additional_data } =
        body::object(inner).ok_or_else(|| not_an_object("identity"))?;
    let fields =
        ReportFields { public_key, aliases, client_id, email, email_sha256, created_at, meta, additional_data };
    let report = fields.read(flow, bytes.len()).await?;
    // Only now: unknown keys take no place from known ones.
    let _permit = WRITES.try_acquire().map_err(|_| ApiError::overloaded())?;
    Ok(flow.customers().identify(&report).await.map_err(flow_error)?.into())
}
