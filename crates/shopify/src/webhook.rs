//! Webhook headers. Only the body is signed, so the headers are unverified and must be checked against it.

use domain::{UnixMs, shop::ShopDomain};
use http::HeaderMap;
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use crate::{Credentials, signature};

/// The privacy-law topics that every app must declare; possible only in `shopify.app.toml`.
pub const COMPLIANCE_TOPICS: [&str; 3] = ["customers/data_request", "customers/redact", "shop/redact"];
/// The topics that we register by API.
pub const TOPICS: [&str; 6] =
    ["orders/create", "orders/updated", "orders/cancelled", "refunds/create", "app/uninstalled", "app/scopes_update"];

/// The headers of a delivery, unverified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The topic, such as `orders/create`.
    pub topic: String,
    /// The shop's domain.
    pub shop: ShopDomain,
    /// The delivery id, the same on every retry.
    pub delivery_id: String,
    /// When Shopify triggered it.
    pub triggered_at: Option<UnixMs>,
}

/// The value of the header `x-shopify-{name}`, or of `shopify-{name}`, its newer spelling.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get(format!("x-shopify-{name}"))
        .or_else(|| headers.get(format!("shopify-{name}")))
        .and_then(|value| value.to_str().ok())
}

impl Envelope {
    /// Reads the headers; `None` if topic or shop is missing or malformed. A delivery without an id gets the hash of
    /// its body as id, so that repeats are still detected.
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

/// A delivery whose signature over the raw body was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedDelivery {
    /// Its headers, unverified.
    pub envelope: Envelope,
    /// The raw body, a JSON object.
    pub body: Vec<u8>,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
}

/// Why a delivery was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The signature is missing or wrong.
    #[error("invalid signature")]
    Signature,
    /// The signed body is not a JSON object.
    #[error("the body must be a JSON object")]
    Body,
    /// The topic or the shop is missing or malformed.
    #[error("x-shopify-topic and x-shopify-shop-domain are required")]
    Headers,
}

impl SignedDelivery {
    /// Whether the headers have what [`Self::verify`] needs at least, before the body is read.
    pub fn may_be_signed(headers: &HeaderMap) -> bool {
        header(headers, "hmac-sha256").is_some_and(signature::is_well_formed)
    }

    /// Verifies a delivery. The signature is verified before the body is parsed.
    ///
    /// # Errors
    /// [`DeliveryError`].
    pub fn verify(credentials: &Credentials, headers: &HeaderMap, body: &[u8]) -> Result<Self, DeliveryError> {
        let claimed = header(headers, "hmac-sha256").ok_or(DeliveryError::Signature)?;
        if !signature::verify_body(credentials.secrets(), body, claimed) {
            return Err(DeliveryError::Signature);
        }
        // Query strings and session tokens are signed with the same secret: signed text that is not a JSON object is
        // not a webhook.
        let is_object = body.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(body).is_ok();
        if !is_object {
            return Err(DeliveryError::Body);
        }
        let body_sha256: [u8; 32] = Sha256::digest(body).into();
        let envelope = Envelope::read(headers, &body_sha256).ok_or(DeliveryError::Headers)?;
        Ok(Self { envelope, body: body.to_vec(), body_sha256 })
    }
}
