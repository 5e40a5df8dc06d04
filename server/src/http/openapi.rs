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
    /// One of page_view, add_to_cart, checkout_start, purchase.
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
        crate::http::webhook::shopify,
        document,
    ),
    components(schemas(TrackEvent, Ok, Error)),
    modifiers(&Keys)
)]
struct Document;

/// `GET /api/openapi.json`.
#[utoipa::path(get, path = "/api/openapi.json", tag = "Meta", responses((status = 200, description = "This document")))]
pub(crate) async fn document() -> Json<serde_json::Value> {
    Json(serde_json::to_value(Document::openapi()).unwrap_or_else(|_| json!({})))
}
