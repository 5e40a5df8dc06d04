//! `POST /api/v1/track`: events in, `200 {"ok": true}` once they are on disk.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use domain::{
    Currency, Money,
    api_key::KeyKind,
    event::{reported_by_age, reported_by_browser_at},
    money::{MoneyError, REPORTED_MAX_MINOR},
    scope::Scope,
};
use flow::{Flow, Invalid, budget::Rows, event::EventReport, order::TEST_PREFIX};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{late_refusal::LateRefusals, redirect::client_address, take_test_mode};
use crate::{
    config::Config,
    http::{
        body::{
            self, AnyJsonField, CurrencyCodeField, DateTimeField, DecimalField, Faults, FlagField, FreeObjectField,
            IntegerField, PageUrlField, SenderIdField, TextField, UuidField,
        },
        caller::caller,
        cors::with_cors,
        error::{ApiError, ErrorResponse},
    },
    ingest::Ingest,
};

/// A tracking event.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct TrackEventRequest {
    /// What happened.
    #[schema(value_type = EventTypeName, required = true, example = "purchase")]
    #[serde(default)]
    event_type: TextField,
    /// The visitor: the pixel's `_cs_pv` cookie.
    #[schema(value_type = String, required = true, format = "uuid", example = "550e8400-e29b-41d4-a716-446655440000")]
    #[serde(default)]
    pv_id: UuidField,
    /// Current page. Query and fragment are not kept; a `cs_ref` in it is.
    #[schema(value_type = String, max_length = 4096)]
    #[serde(default)]
    page_url: PageUrlField,
    /// Product id, as text or a whole number.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    product_id: SenderIdField,
    /// Order id, required for purchases. On Shopify: the order's number or its global id.
    #[schema(value_type = String, min_length = 1, max_length = 512)]
    #[serde(default)]
    order_id: SenderIdField,
    /// Order total, required for purchases; read as a decimal in the currency's own minor unit. A server key's later
    /// report of the same order with another total corrects it; a pixel key's does not.
    #[schema(value_type = f64, minimum = 0, example = 49.99)]
    #[serde(default)]
    revenue: DecimalField,
    /// ISO 4217 code; USD if absent.
    #[schema(value_type = String, min_length = 3, max_length = 3)]
    #[serde(default)]
    currency: CurrencyCodeField,
    /// Discount code used at checkout.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    promo_code_used: TextField,
    /// Whether this is a first-time buyer.
    #[schema(value_type = bool)]
    #[serde(default)]
    is_new_customer: FlagField,
    /// Free data, at most 16 KiB.
    #[schema(value_type = Object)]
    #[serde(default)]
    event_data: FreeObjectField,
    /// Makes a retry change nothing.
    #[schema(value_type = String, format = "uuid")]
    #[serde(default)]
    event_id: UuidField,
    /// When it happened (RFC 3339): at most 5 minutes ahead; older than 7 days counts as 7 days.
    #[schema(value_type = String, format = "date-time")]
    #[serde(default)]
    occurred_at: DateTimeField,
    /// How many ms ago it happened, instead of `occurred_at`, for senders whose clock may be wrong: 0 or more; over 7 days
    /// counts as 7 days.
    #[schema(value_type = u64, example = 1500)]
    #[serde(default)]
    age_ms: IntegerField,
    /// Another id of the same browser, brought by a tracking link.
    #[schema(value_type = String, format = "uuid")]
    #[serde(default)]
    pv_alias: UuidField,
    /// The order's checkout token, which proves that this browser bought it. Kept as a keyed hash.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    checkout_token: TextField,
    /// The order's cart token; proves the same.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    cart_token: TextField,
    /// `{"test_mode": true}` makes it a test event, whatever the key.
    #[schema(value_type = Object)]
    #[serde(default)]
    additional_data: AnyJsonField,
}

/// The types of events.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "the values are read by wire::EventType; this is their schema")]
enum EventTypeName {
    PageView,
    AddToCart,
    CheckoutStart,
    Purchase,
}

/// One event, or several.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, clippy::large_enum_variant, reason = "only the schema of the body; its values are read apart")]
pub(crate) enum TrackRequest {
    /// One event.
    One(TrackEventRequest),
    /// Up to 100 events, stored together or not at all.
    Many(Vec<TrackEventRequest>),
}

/// The answer once everything is durable.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrackResponse {
    /// Always true.
    ok: bool,
}

/// Records one event, or an array of up to 100.
#[utoipa::path(
    post, path = "/api/v1/track", tag = "Tracking", operation_id = "trackEvents",
    description = "Record one event, or an array of up to 100. Answers 200 only when they are durable.",
    request_body(content = TrackRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Stored durably", body = TrackResponse),
        (status = 400, description = "Every fault of the body at once", body = ErrorResponse),
        (status = 401, description = "Invalid API key", body = ErrorResponse),
        (status = 413, description = "Body over 64 KiB", body = ErrorResponse),
        (status = 429, description = "More than a pixel key may send in a minute or in a second; retry after the given seconds", body = ErrorResponse),
        (status = 503, description = "Overloaded; retry after the given seconds", body = ErrorResponse),
    ),
    security(("api_key" = []), ("bearer" = []), ("pixel_key" = []))
)]
pub(crate) async fn track(
    State(flow): State<Flow>,
    State(ingest): State<Ingest>,
    State(config): State<Arc<Config>>,
    State(refusals): State<LateRefusals>,
    request: Request,
) -> Response {
    with_cors(match refusals.delayed(record(&flow, &ingest, &config, request).await).await {
        Ok(()) => Json(TrackResponse { ok: true }).into_response(),
        Err(error) => error.into_response(),
    })
}

async fn record(flow: &Flow, ingest: &Ingest, config: &Config, request: Request) -> Result<(), ApiError> {
    let caller = caller(flow, request.headers(), request.uri()).await?.allowed(Scope::write("conversions"))?;
    if let Err(over) = flow.budgets().check(&caller) {
        body::discard_small(request).await;
        return Err(over.into());
    }
    let (parts, content) = request.into_parts();
    let address = client_address(config, &parts);
    let bytes = body::bytes(Request::from_parts(parts, content)).await?;
    flow.budgets().spend(&caller, bytes.len(), Rows::NONE)?;
    let reports = reports(flow, &bytes).map_err(|faults| ApiError::invalid("Invalid event data", faults))?;
    let purchases = reports.iter().filter(|report| report.event_type == wire::EventType::Purchase).count();
    flow.budgets().spend(&caller, 0, Rows::of(reports.len(), purchases))?;
    let tests = reports.iter().filter(|report| report.is_test).count();
    if tests > 0 && caller.kind() == KeyKind::Pixel {
        flow.budgets().spend_address(&address, tests)?;
    }
    Ok(ingest.store_events(flow.events().admit(&caller, reports)).await?)
}

/// Reads one event, or an array of up to 100.
fn reports(flow: &Flow, bytes: &[u8]) -> Result<Vec<EventReport>, Invalid> {
    let text = body::text(bytes)?;
    let not_json = |error: serde_json::Error| Invalid::one(format!("the body must be JSON: {error}"));
    if !text.trim_start().starts_with('[') {
        let raw: &RawValue = serde_json::from_str(text).map_err(not_json)?;
        return report(flow, raw.get()).map(|event| vec![event]).map_err(Invalid);
    }
    let raws: Vec<&RawValue> = serde_json::from_str(text).map_err(not_json)?;
    if raws.is_empty() || raws.len() > wire::TRACK_BATCH_MAX {
        return Err(Invalid::one(format!("a batch must have 1 to {} events", wire::TRACK_BATCH_MAX)));
    }
    let mut faults = Vec::new();
    let mut events = Vec::with_capacity(raws.len());
    for (index, raw) in raws.into_iter().enumerate() {
        match report(flow, raw.get()) {
            Ok(event) => events.push(event),
            Err(found) => faults.extend(found.into_iter().map(|fault| format!("event {index}: {fault}"))),
        }
    }
    if faults.is_empty() { Ok(events) } else { Err(Invalid(faults)) }
}

fn report(flow: &Flow, json: &str) -> Result<EventReport, Vec<String>> {
    if !json.starts_with('{') {
        return Err(vec!["an event must be a JSON object".to_owned()]);
    }
    let request: TrackEventRequest =
        serde_json::from_str(json).map_err(|error| vec![format!("invalid JSON: {error}")])?;
    request.read(flow)
}

impl TrackEventRequest {
    fn read(self, flow: &Flow) -> Result<EventReport, Vec<String>> {
        let mut faults = Faults::default();
        let event_type = faults.require("event_type", self.event_type).and_then(|name| {
            let known = wire::EventType::parse(name.as_bytes());
            if known.is_none() {
                faults.push(format!("event_type must be one of: {}", domain::event::TYPES.join(", ")));
            }
            known
        });
        let pv_id = faults.require("pv_id", self.pv_id);
        let pv_alias = faults.take("pv_alias", self.pv_alias);
        let event_id = faults.take("event_id", self.event_id);
        let has_occurred_at = !self.occurred_at.is_absent();
        let occurred_at = faults.take("occurred_at", self.occurred_at).and_then(|at| {
            let accepted = reported_by_browser_at(at, flow.now());
            accepted.map_err(|error| faults.push(format!("occurred_at {error}"))).ok()
        });
        let age_ms = faults.take("age_ms", self.age_ms);
        if age_ms.is_some_and(|age_ms| age_ms < 0) {
            faults.push("age_ms must not be negative");
        }
        if has_occurred_at && age_ms.is_some() {
            faults.push("occurred_at and age_ms exclude each other");
        }
        let occurred_at = occurred_at.or(age_ms.map(|age_ms| reported_by_age(age_ms, flow.now())));
        let page_url = faults.take("page_url", self.page_url);
        let product_id = faults.take("product_id", self.product_id);
        let has_order_id = !self.order_id.is_absent();
        let order_id = faults.take("order_id", self.order_id);
        if order_id.as_deref().is_some_and(|id| id.starts_with(TEST_PREFIX)) {
            faults.push(format!("order_id must not begin with {TEST_PREFIX}"));
        }
        let tokens = [("checkout_token", self.checkout_token), ("cart_token", self.cart_token)];
        let tokens = tokens.map(|(name, field)| faults.take(name, field).filter(|token| !token.is_empty()));
        let order_token = tokens.into_iter().flatten().next();
        let is_test = take_test_mode(&mut faults, self.additional_data);
        let promo_code = faults.take("promo_code_used", self.promo_code_used);
        let is_new_customer = faults.take("is_new_customer", self.is_new_customer);
        let event_data = faults.take("event_data", self.event_data);
        let is_default_currency = self.currency.is_absent();
        let currency = faults.take("currency", self.currency).or(is_default_currency.then_some(Currency::USD));
        let has_revenue = !self.revenue.is_absent();
        let revenue = faults.take("revenue", self.revenue).and_then(|text| {
            let parsed = Money::parse(&text, currency?);
            let is_possible = |money: Money| money.minor <= REPORTED_MAX_MINOR;
            let parsed =
                parsed.and_then(|money| if is_possible(money) { Ok(money) } else { Err(MoneyError::TooLarge) });
            parsed
                .map_err(|error| {
                    faults.push(match error {
                        MoneyError::NotANumber => "revenue must be a number".to_owned(),
                        other => format!("revenue {other}"),
                    });
                })
                .ok()
        });
        if event_type == Some(wire::EventType::Purchase) {
            for (name, is_present) in [("order_id", has_order_id), ("revenue", has_revenue)] {
                if !is_present {
                    faults.push(format!("{name} is required for purchase events"));
                }
            }
        }
        let faults = faults.into_list();
        let (Some(event_type), Some(pv_id), true) = (event_type, pv_id, faults.is_empty()) else {
            return Err(faults);
        };
        Ok(EventReport {
            event_type,
            pv_id,
            pv_alias,
            event_id,
            occurred_at,
            page_url,
            product_id,
            order_id,
            revenue,
            order_token,
            is_test,
            promo_code,
            is_new_customer,
            event_data,
        })
    }
}
