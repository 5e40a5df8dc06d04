//! `POST /api/v1/track/sale`: a sale that a backend reports.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use domain::{Currency, Money, money::AMOUNT_MAX_MINOR, order::Line, scope::Scope};
use flow::{
    Flow,
    tracking::{SaleReport, TrackingError},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{request, take_choice, take_transaction_id};
use crate::http::{
    body::{
        self, AnyJsonField, CurrencyCodeField, Faults, Field, Integer, IntegerField, OBJECT_BYTES_MAX, TrimmedTextField,
    },
    caller::server_key_caller,
    cors::with_cors,
    error::{ApiError, ErrorResponse, respond},
};

/// Most line items that are kept.
const LINES_MAX: usize = 500;

/// A sale.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct SaleRequest {
    /// Your id of the sale; a repeat answers 409 and changes nothing. Must not begin with `test:`. Of a sale that is known
    /// from elsewhere, click and customer are kept as evidence.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 512, pattern = "\\S")]
    #[serde(default)]
    transaction_id: TrimmedTextField,
    /// In the currency's minor unit.
    #[schema(value_type = i64, required = true, minimum = 1, maximum = 1_000_000_000_000_000_i64, example = 4999)]
    #[serde(default)]
    amount_cents: IntegerField,
    /// The customer, as a lead named them. This or `click_id` must resolve.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    customer_key: TrimmedTextField,
    /// The click, if there was no lead.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    click_id: TrimmedTextField,
    /// ISO 4217 code; USD if absent.
    #[schema(value_type = String, min_length = 3, max_length = 3)]
    #[serde(default)]
    currency: CurrencyCodeField,
    /// payment or subscription.
    #[schema(value_type = SaleType)]
    #[serde(default)]
    sale_type: TrimmedTextField,
    /// The product sold, for commission rules about a product.
    #[schema(value_type = String, max_length = 512)]
    #[serde(default)]
    product_id: TrimmedTextField,
    /// The products sold; at most 500 lines are kept.
    #[schema(value_type = Vec<LineItem>)]
    #[serde(default)]
    line_items: AnyJsonField,
    /// Whether it recurs.
    #[schema(value_type = bool)]
    #[serde(default)]
    is_recurring: AnyJsonField,
    /// The subscription.
    #[schema(value_type = String)]
    #[serde(default)]
    subscription_id: AnyJsonField,
    /// monthly, quarterly or annual.
    #[schema(value_type = SubscriptionInterval)]
    #[serde(default)]
    subscription_interval: TrimmedTextField,
    /// `{"test_mode": true}` makes a test record.
    #[schema(value_type = Object)]
    #[serde(default)]
    additional_data: AnyJsonField,
}

/// What a sale is for.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "the values are checked as text; this is their schema")]
enum SaleType {
    Payment,
    Subscription,
}

/// How often a subscription recurs.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "the values are checked as text; this is their schema")]
enum SubscriptionInterval {
    Monthly,
    Quarterly,
    Annual,
}

/// A product of a sale.
#[derive(Deserialize, ToSchema)]
struct LineItem {
    /// The product.
    #[serde(default)]
    product_id: Option<String>,
    /// In the currency's minor unit, not below zero.
    #[schema(minimum = 0)]
    amount_cents: i64,
}

/// A recorded sale.
#[derive(Serialize, ToSchema)]
pub(crate) struct SaleResponse {
    /// Always true.
    success: bool,
    /// The brand's running number of the sale.
    #[schema(example = 42)]
    sale_id: i64,
    /// The running number of its commission; null if no rule pays.
    commission_id: Option<i64>,
    /// One sentence.
    message: &'static str,
    /// The test record, in test mode only.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<TestSale>,
}

/// A sale in test mode.
#[derive(Serialize, ToSchema)]
struct TestSale {
    /// Always true.
    is_test: bool,
    /// As sent.
    transaction_id: String,
}

/// Why a sale was not recorded.
#[derive(Debug, thiserror::Error)]
enum SaleError {
    #[error("A sale with this transaction_id already exists")]
    Repeat,
    #[error("customer_key or click_id is required")]
    NoCustomer,
    #[error("No tracked customer found for customer_key")]
    UnknownCustomer,
    #[error("click_id is of a test click")]
    TestClick,
    #[error("click_id is not known")]
    UnknownClick,
    #[error(transparent)]
    Other(#[from] ApiError),
}

impl From<TrackingError> for SaleError {
    fn from(error: TrackingError) -> Self {
        match error {
            TrackingError::Repeat => Self::Repeat,
            TrackingError::UnknownCustomer => Self::UnknownCustomer,
            TrackingError::TestClick => Self::TestClick,
            TrackingError::UnknownClick => Self::UnknownClick,
            other => Self::Other(other.into()),
        }
    }
}

impl From<SaleError> for ApiError {
    fn from(error: SaleError) -> Self {
        match error {
            SaleError::Other(error) => error,
            SaleError::Repeat => Self::new(StatusCode::CONFLICT, error.to_string()),
            sentence => Self::bad_request(sentence.to_string()),
        }
    }
}

/// Records a sale.
#[utoipa::path(
    post, path = "/api/v1/track/sale", tag = "Affiliate tracking", operation_id = "trackSale",
    description = "Record a completed sale and its commission. customer_key or click_id must resolve. Amounts are in the currency's minor unit.",
    request_body(content = SaleRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Recorded", body = SaleResponse),
        (status = 400, description = "What is wrong, in one sentence", body = ErrorResponse),
        (status = 401, description = "Missing or wrong server key", body = ErrorResponse),
        (status = 409, description = "The transaction_id is known already; the sale has not changed. If Shopify or a purchase has reported it, its figures stand, and click_id and customer_key name its buyer", body = ErrorResponse),
    ),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn sale(State(flow): State<Flow>, request: Request) -> Response {
    with_cors(respond(record(&flow, request).await.map_err(ApiError::from)))
}

async fn record(flow: &Flow, http: Request) -> Result<SaleResponse, SaleError> {
    let caller = server_key_caller(flow, http.headers()).await?;
    let caller = caller.allowed(Scope::write("conversions")).map_err(ApiError::from)?;
    let bytes = body::bytes(http).await?;
    let fields: SaleRequest = request(&bytes)?;
    let mut faults = Faults::default();
    let transaction_id = take_transaction_id(&mut faults, fields.transaction_id);
    let amount_minor = take_amount(&mut faults, fields.amount_cents);
    let currency = faults.take("currency", fields.currency).unwrap_or(Currency::USD);
    let sale_type = take_choice(&mut faults, "sale_type", fields.sale_type, &["payment", "subscription"]);
    let intervals = ["monthly", "quarterly", "annual"];
    let interval = take_choice(&mut faults, "subscription_interval", fields.subscription_interval, &intervals);
    let click_id = faults.take("click_id", fields.click_id);
    let customer_key = faults.take("customer_key", fields.customer_key);
    faults.into_first()?;
    if click_id.is_none() && customer_key.is_none() {
        return Err(SaleError::NoCustomer);
    }
    let mut faults = Faults::default();
    let additional_data = faults.take("additional_data", fields.additional_data);
    let meta = Meta {
        sale_type: sale_type.as_deref(),
        is_recurring: raw(faults.take("is_recurring", fields.is_recurring)),
        subscription_id: raw(faults.take("subscription_id", fields.subscription_id)),
        subscription_interval: interval.as_deref(),
        additional_data: raw(additional_data.clone()),
    };
    let meta = serde_json::to_string(&meta).unwrap_or_else(|_| "{}".to_owned());
    if meta.len() > OBJECT_BYTES_MAX {
        faults.push("additional_data is too large");
    }
    let product = faults.take("product_id", fields.product_id);
    let items = faults.take("line_items", fields.line_items);
    let lines = lines(&mut faults, product, items.as_deref(), amount_minor);
    faults.into_first()?;
    let is_test = super::is_test_mode(additional_data.as_deref());
    let report = SaleReport {
        transaction_id: &transaction_id,
        amount: Money { minor: amount_minor, currency },
        click_id: click_id.as_deref(),
        customer_key: customer_key.as_deref(),
        lines,
        meta: &meta,
        is_test,
    };
    let sale = flow.tracking().sale(&caller, report).await?;
    let is_test = is_test || caller.is_test();
    Ok(SaleResponse {
        success: true,
        sale_id: sale.sale_number,
        commission_id: sale.commission_number,
        message: "Sale tracked successfully",
        data: is_test.then_some(TestSale { is_test: true, transaction_id }),
    })
}

fn take_amount(faults: &mut Faults, field: Field<Integer>) -> i64 {
    const FAULT: &str = "amount_cents is required and must be a positive integer";
    let amount = faults.demand(FAULT, field).unwrap_or(1);
    if !(1..=AMOUNT_MAX_MINOR).contains(&amount) {
        faults.push(FAULT);
    }
    amount
}

/// Further data of a sale, kept as it was sent.
#[derive(Serialize)]
struct Meta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sale_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_recurring: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_id: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_interval: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_data: Option<Box<RawValue>>,
}

fn raw(json: Option<String>) -> Option<Box<RawValue>> {
    RawValue::from_string(json?).ok()
}

/// What was sold, by product: the whole sale is of one product, or `line_items` list them. Unreadable items are
/// skipped.
fn lines(faults: &mut Faults, product: Option<String>, items: Option<&str>, amount_minor: i64) -> Vec<Line> {
    if let Some(product) = product {
        return vec![Line {
            id: "1".to_owned(),
            product: Some(product),
            quantity: None,
            net_minor: amount_minor,
            is_gift_card: false,
        }];
    }
    let Some(items) = items else { return Vec::new() };
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(items) else {
        faults.push("line_items must be an array");
        return Vec::new();
    };
    let line = |(index, item): (usize, &RawValue)| {
        let item: LineItem = serde_json::from_str(item.get()).ok()?;
        let net_minor = Some(item.amount_cents).filter(|amount| *amount >= 0)?.min(AMOUNT_MAX_MINOR);
        Some(Line {
            id: (index + 1).to_string(),
            product: item.product_id,
            quantity: None,
            net_minor,
            is_gift_card: false,
        })
    };
    items.into_iter().take(LINES_MAX).enumerate().filter_map(line).collect()
}
