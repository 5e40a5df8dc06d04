//! The OpenAPI 3.1 document: every public endpoint, described beside its handler.

use axum::Json;
use serde_json::json;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// `{"ok": true}`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct Ok {
    /// Always true.
    ok: bool,
}

/// What went wrong.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct Error {
    /// One sentence.
    error: String,
    /// Every fault of the request, if there are several.
    details: Option<Vec<String>>,
}

/// A tracking event.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct TrackEvent {
    /// One of `page_view`, `add_to_cart`, `checkout_start`, purchase.
    #[schema(example = "purchase")]
    event_type: String,
    /// Page view session id: the pixel's `_cs_pv` cookie.
    #[schema(format = "uuid", example = "550e8400-e29b-41d4-a716-446655440000")]
    pv_id: String,
    /// Current page. The query and fragment are not kept; a `cs_ref` in it is.
    page_url: Option<String>,
    /// Product identifier.
    product_id: Option<String>,
    /// Order id, required for purchases. On Shopify: the order's numeric id or its gid.
    order_id: Option<String>,
    /// Order total, required for purchases; read as a decimal in the currency's own minor unit.
    #[schema(example = 49.99)]
    revenue: Option<f64>,
    /// ISO 4217 code; USD when absent.
    currency: Option<String>,
    /// Discount code used at checkout.
    promo_code_used: Option<String>,
    /// Whether this is a first-time buyer.
    is_new_customer: Option<bool>,
    /// Free data, at most 16 KiB.
    event_data: Option<std::collections::HashMap<String, serde_json::Value>>,
    /// Makes a retry change nothing.
    #[schema(format = "uuid")]
    event_id: Option<String>,
    /// When it happened (RFC 3339): at most 5 minutes ahead; older than 7 days counts as 7 days.
    #[schema(format = "date-time")]
    occurred_at: Option<String>,
    /// Another id of the same browser, brought by a tracking link.
    #[schema(format = "uuid")]
    pv_alias: Option<String>,
}

/// A customer, named.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct IdentityCall {
    /// The customer.
    identity: IdentityFields,
}

/// Who a customer is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct IdentityFields {
    /// A pixel key, or from a backend a server key.
    public_key: String,
    /// Visitors: their `_cs_pv`.
    aliases: Option<Vec<String>>,
    /// The client's name of the customer.
    #[schema(example = "MrSmith")]
    client_id: Option<String>,
    /// The customer's e-mail address; only a keyed hash is stored.
    email: Option<String>,
    /// SHA-256 of the address in lower case, as hex: what the pixel's identify sends in its place.
    email_sha256: Option<String>,
    /// Unix seconds; now when absent.
    created_at: Option<i64>,
    /// Free data, at most 16 KiB; stored encrypted.
    meta: Option<std::collections::HashMap<String, serde_json::Value>>,
}

/// Something a customer did.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct EventCall {
    /// The event.
    event: EventFields,
}

/// What a customer did.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct EventFields {
    /// A pixel key, or from a backend a server key.
    public_key: String,
    /// The client's name of the kind of event.
    event_public_key: String,
    /// Visitors: their `_cs_pv`. Required with a pixel key.
    aliases: Option<Vec<String>>,
    /// The client's name of the customer.
    client_id: Option<String>,
    /// Where it happened; the query is not kept.
    url: Option<String>,
    /// Makes a repeat change nothing. On a purchase: the order's id.
    transaction_id: Option<String>,
    /// For the record only: nothing is credited.
    is_informational: Option<bool>,
    /// Unix seconds; now when absent.
    created_at: Option<i64>,
    /// Free data, at most 16 KiB; stored encrypted. `revenue`, or `amount` or `value` beside a `transaction_id`, makes it a
    /// purchase; `currency` is the brand's when absent.
    meta: Option<std::collections::HashMap<String, serde_json::Value>>,
}

/// A click on an affiliate URL.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct AffiliateClick {
    /// Absolute URL with `?aff=CODE`.
    #[schema(example = "https://yourstore.com/?aff=m7xp3k9a")]
    affiliate_url: String,
    /// An earlier click of the same browser: both are one visitor.
    existing_click_id: Option<String>,
    /// Where the browser came from; its host is kept.
    referrer_url: Option<String>,
    /// The browser's user agent, where it is not the request's own.
    user_agent: Option<String>,
    /// `{"test_mode": true}` makes a test record.
    additional_data: Option<serde_json::Value>,
}

/// A lead.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct Lead {
    /// From the answer to a click.
    click_id: Option<String>,
    /// Your id of the customer; only a keyed hash of it is kept.
    customer_key: Option<String>,
    /// The customer's e-mail; only a keyed hash of it is kept, and only with a server key.
    email: Option<String>,
    /// `{"test_mode": true}` makes a test record.
    additional_data: Option<serde_json::Value>,
}

/// A sale.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct AffiliateSale {
    /// Your id of the sale; a repeat answers 409 and changes nothing.
    transaction_id: String,
    /// In the currency's minor unit.
    #[schema(example = 4999)]
    amount_cents: i64,
    /// The customer, as a lead named them.
    customer_key: Option<String>,
    /// The click, where there was no lead.
    click_id: Option<String>,
    /// ISO 4217 code; USD when absent.
    currency: Option<String>,
    /// payment or subscription.
    sale_type: Option<String>,
    /// What was sold, for rules about a product.
    product_id: Option<String>,
    /// Lines with `product_id` and `amount_cents`.
    line_items: Option<Vec<serde_json::Value>>,
    /// Whether it recurs.
    is_recurring: Option<bool>,
    /// The subscription.
    subscription_id: Option<String>,
    /// monthly, quarterly or annual.
    subscription_interval: Option<String>,
    /// `{"test_mode": true}` makes a test record.
    additional_data: Option<serde_json::Value>,
}

/// A refund of a sale.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct SaleRefund {
    /// The sale.
    transaction_id: String,
    /// In the currency's minor unit; absent or 0 means all that is left.
    refund_amount_cents: Option<i64>,
    /// Why.
    refund_reason: Option<String>,
    /// `{"test_mode": true}` refunds a test record.
    additional_data: Option<serde_json::Value>,
}

/// A survey answer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct FairingAnswer {
    /// The seller's id of the order, a text or a number. It may not have arrived yet.
    #[schema(example = "123")]
    order_id: String,
    /// What was asked.
    question: Option<String>,
    /// What was answered.
    #[schema(example = "jessica_styles")]
    answer: String,
    /// The shop.
    #[schema(example = "mystore.myshopify.com")]
    shop_domain: String,
}

/// Whom an answer names.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct FairingOutcome {
    /// Always true.
    ok: bool,
    /// The creator; null when a person must look.
    creator_id: Option<String>,
    /// How surely, 0.60 to 0.90.
    confidence: Option<f64>,
}

struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let in_header = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("x-api-key")));
        let as_bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        components.add_security_scheme("api_key", in_header);
        components.add_security_scheme("bearer", as_bearer);
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "CreatorScore API", description = "Which creator earned this sale, and how much.", license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")),
    paths(
        crate::http::track::track,
        crate::http::redirect::by_query,
        crate::http::pixel::script,
        crate::http::orders::attribution,
        crate::http::tracking::click,
        crate::http::tracking::lead,
        crate::http::tracking::sale,
        crate::http::tracking::refund,
        crate::http::customers::by_key,
        crate::http::customers::erase,
        crate::http::customers::by_secret,
        crate::http::customers::identity,
        crate::http::customers::event,
        crate::http::webhook::shopify,
        crate::http::webhook::fairing,
        document,
    ),
    components(schemas(
        TrackEvent, AffiliateClick, Lead, AffiliateSale, SaleRefund, IdentityCall, EventCall, FairingAnswer, FairingOutcome, Ok, Error)),
    modifiers(&Keys)
)]
struct Document;

/// `GET /api/openapi.json`.
#[utoipa::path(get, path = "/api/openapi.json", tag = "Meta", responses((status = 200, description = "This document")))]
pub(crate) async fn document() -> Json<serde_json::Value> {
    Json(serde_json::to_value(Document::openapi()).unwrap_or_else(|_| json!({})))
}
