//! `POST /events`: what a customer did.

use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::Currency;
use flow::{
    Flow,
    budget::Rows,
    customer::{EventFields, PurchaseFields},
    order::TEST_PREFIX,
    order::external_id,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    JoinResponse, WRITES,
    report::{AliasesField, MetaField, ReportFields, UnixSecondsField, envelope, flow_error, not_an_object},
};
use crate::{
    http::{
        body::{self, AnyJsonField, Faults, FlagField, NameOrNumberField, UrlOrNumberField},
        cors::with_cors,
        error::{ApiError, ErrorResponse, respond},
        track::late_refusal::LateRefusals,
    },
    ingest::Ingest,
};

/// Something a customer did.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the inner object is read by itself; this is the schema around it")]
pub(crate) struct EventRequest {
    /// The event.
    event: CustomerEventFields,
}

/// What a customer did.
#[derive(Default, Deserialize, ToSchema)]
struct CustomerEventFields {
    /// A pixel key, or from a backend a server key.
    #[schema(value_type = String, required = true)]
    #[serde(default)]
    public_key: AnyJsonField,
    /// The client's name of the kind of event.
    #[schema(value_type = String, required = true, max_length = 512)]
    #[serde(default)]
    event_public_key: NameOrNumberField,
    /// Visitors: their `_cs_pv`. Required with a pixel key. At most 50.
    #[schema(value_type = Vec<String>, max_items = 50)]
    #[serde(default)]
    aliases: AliasesField,
    /// The client's name of the customer, as text or a whole number.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    client_id: NameOrNumberField,
    /// The customer's e-mail address; only a keyed hash is stored.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    email: NameOrNumberField,
    /// SHA-256 of the address in lower case, as hex.
    #[schema(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    #[serde(default)]
    email_sha256: NameOrNumberField,
    /// Where it happened; the query is not kept.
    #[schema(value_type = String, max_length = 4096)]
    #[serde(default)]
    url: UrlOrNumberField,
    /// Makes a repeat harmless. On a purchase: the order's id; with a server key another amount under it is a correction.
    /// Must not begin with `test:`.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    transaction_id: NameOrNumberField,
    /// For the record only: nothing is credited.
    #[schema(value_type = bool)]
    #[serde(default)]
    is_informational: FlagField,
    /// Unix seconds; now if absent.
    #[schema(value_type = f64)]
    #[serde(default)]
    created_at: UnixSecondsField,
    /// Free data, at most 16 KiB; stored encrypted. `revenue`, or `amount` or `value` beside a `transaction_id`, makes it
    /// a purchase; `currency` is the brand's if absent.
    #[schema(value_type = Object)]
    #[serde(default)]
    meta: MetaField,
    /// `{"test_mode": true}` makes it a test, whatever the key.
    #[schema(value_type = Object)]
    #[serde(default)]
    additional_data: AnyJsonField,
}

/// Records what a customer did.
#[utoipa::path(
    post, path = "/events", tag = "Customers", operation_id = "recordCustomerEvent",
    description = "Record what a customer did. With revenue in meta, or amount or value and a transaction_id, it is a purchase: an order if public_key is a server key; with a pixel key a report, which may be evidence for an order. A repeat (the same transaction_id) changes nothing, except that with a server key another amount of a purchase corrects it.",
    request_body(content = EventRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Recorded", body = JoinResponse),
        (status = 400, description = "What is wrong, in one sentence", body = ErrorResponse),
        (status = 401, description = "public_key is missing or unknown", body = ErrorResponse),
        (status = 429, description = "More than a pixel key may send in a minute or in a second; retry after the given seconds", body = ErrorResponse),
        (status = 503, description = "Overloaded; retry after the given seconds", body = ErrorResponse),
    )
)]
pub(crate) async fn record(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    State(refusals): State<LateRefusals>,
    request: Request,
) -> Response {
    with_cors(respond(refusals.delayed(store(&flow, &ingest, request).await).await))
}

async fn store(flow: &Flow, ingest: &Ingest, http: Request) -> Result<JoinResponse, ApiError> {
    let bytes = body::bytes(http).await?;
    let inner = envelope(&bytes, "event")?;
    let fields: CustomerEventFields = body::object(inner).ok_or_else(|| not_an_object("event"))?;
    let CustomerEventFields {
        public_key,
        aliases,
        client_id,
        email,
        email_sha256,
        created_at,
        meta,
        additional_data,
        ..
    } = fields;
    let report =
        ReportFields { public_key, aliases, client_id, email, email_sha256, created_at, meta, additional_data };
    let report = report.read(flow, bytes.len()).await?;
    // Only now: unknown keys take no place from known ones.
    let permit = WRITES.try_acquire().map_err(|_| ApiError::overloaded())?;
    let mut faults = Faults::default();
    let event_key = faults.take("event_public_key", fields.event_public_key).unwrap_or_else(|| {
        faults.push("event_public_key is required");
        String::new()
    });
    let url = faults.take("url", fields.url);
    let transaction_id = faults.take("transaction_id", fields.transaction_id);
    if transaction_id.as_deref().is_some_and(|id| id.starts_with(TEST_PREFIX)) {
        faults.push("transaction_id must not begin with test:");
    }
    let is_informational = faults.take("is_informational", fields.is_informational).unwrap_or(false);
    faults.into_first()?;
    if transaction_id.is_some() {
        flow.budgets().spend(&report.caller, 0, Rows::of(0, 1))?;
    }
    let purchase = report.meta.as_deref().map(purchase).unwrap_or_default();
    let transaction_id = transaction_id.map(|id| external_id(&id));
    let event = EventFields { event_key, url, transaction_id, is_informational, purchase };
    let recorded = flow.customers().record_event(&report, event).await.map_err(flow_error)?;
    drop(permit);
    if let Some(event) = recorded.event {
        ingest.store_events(vec![event]).await?;
    }
    Ok(recorded.outcome.into())
}

/// The amounts in `meta`, as they were written: they must not pass through a float.
fn purchase(meta: &str) -> PurchaseFields {
    #[derive(Deserialize)]
    struct Amounts<'a> {
        #[serde(borrow, default)]
        revenue: Option<&'a RawValue>,
        #[serde(borrow, default)]
        amount: Option<&'a RawValue>,
        #[serde(borrow, default)]
        value: Option<&'a RawValue>,
        #[serde(default)]
        currency: Option<serde_json::Value>,
    }
    let Ok(amounts) = serde_json::from_str::<Amounts<'_>>(meta) else { return PurchaseFields::default() };
    let given =
        |raw: Option<&RawValue>| raw.map(|raw| raw.get().trim_matches('"').to_owned()).filter(|text| text != "null");
    PurchaseFields {
        revenue: given(amounts.revenue),
        amount: given(amounts.amount).or_else(|| given(amounts.value)),
        currency: amounts.currency.filter(|currency| !currency.is_null()).map(|currency| {
            let code = currency.as_str();
            code.and_then(Currency::parse)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_written() {
        let usd = Some(Some(Currency::USD));
        let read = purchase(r#"{"revenue": 49.990, "value": "12", "currency": "usd"}"#);
        let expected = PurchaseFields { revenue: Some("49.990".into()), amount: Some("12".into()), currency: usd };
        assert_eq!(read, expected);
        assert_eq!(purchase(r#"{"currency": 7}"#).currency, Some(None));
        assert_eq!(purchase(r#"{"revenue": null, "currency": null}"#), PurchaseFields::default());
    }
}
