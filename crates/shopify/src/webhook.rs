//! A webhook's headers. Only the body is signed: what the headers say is a claim to be checked against the body.

use domain::{UnixMs, shop::ShopDomain};
use http::HeaderMap;

/// The topics that an app must declare for privacy law, in `shopify.app.toml` only.
pub const COMPLIANCE_TOPICS: [&str; 3] = ["customers/data_request", "customers/redact", "shop/redact"];
/// The topics that we register besides.
pub const TOPICS: [&str; 6] =
    ["orders/create", "orders/updated", "orders/cancelled", "refunds/create", "app/uninstalled", "app/scopes_update"];

/// What the headers claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Such as `orders/create`.
    pub topic: String,
    /// The shop.
    pub shop: ShopDomain,
    /// The delivery's id, the same on every retry.
    pub delivery_id: String,
    /// When Shopify made the message.
    pub triggered_at: Option<UnixMs>,
}

/// The value of a header in either spelling: `x-shopify-…`, or `shopify-…` of the next generation.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get(format!("x-shopify-{name}"))
        .or_else(|| headers.get(format!("shopify-{name}")))
        .and_then(|value| value.to_str().ok())
}

impl Envelope {
    /// Reads the headers; `None` when topic or shop is missing or malformed. A delivery without an id gets one from
    /// the body's hash, so that a repeat is still a repeat.
    pub fn read(headers: &HeaderMap, body_sha256: &[u8; 32]) -> Option<Self> {
        let fallback_id = || body_sha256.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Some(Self {
            topic: header(headers, "topic").filter(|topic| topic.len() <= 100)?.to_owned(),
            shop: ShopDomain::parse(header(headers, "shop-domain")?)?,
            delivery_id: header(headers, "webhook-id")
                .filter(|id| !id.is_empty() && id.len() <= 200)
                .map_or_else(fallback_id, str::to_owned),
            triggered_at: header(headers, "triggered-at").and_then(UnixMs::parse_rfc3339),
        })
    }
}
