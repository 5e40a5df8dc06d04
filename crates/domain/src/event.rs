//! One event from a storefront or a backend.

use serde::{Deserialize, Serialize};

use crate::{BrandId, Money, UnixMs};

/// Names of the event types, in funnel order ([`wire::EventType`]).
pub const TYPES: [&str; 4] = [
    wire::EventType::PageView.as_str(),
    wire::EventType::AddToCart.as_str(),
    wire::EventType::CheckoutStart.as_str(),
    wire::EventType::Purchase.as_str(),
];

/// A stored event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The sender's `event_id`, or one of ours: unique within the brand, so a retry changes nothing.
    pub id: String,
    /// The key's brand.
    pub brand: BrandId,
    /// One of [`wire::EventType`]'s names.
    pub event_type: String,
    /// The visitor.
    pub pv_id: String,
    /// Another id of the same browser: the one that the landing URL carried.
    pub pv_alias: Option<String>,
    /// When it happened, as the sender says, within limits.
    pub occurred_at: UnixMs,
    /// When it arrived.
    pub received_at: UnixMs,
    /// The page, without query and fragment.
    pub page_url: Option<String>,
    /// The link code that the page or the sender named.
    pub ref_code: Option<String>,
    /// The product.
    pub product_id: Option<String>,
    /// The order (purchases).
    pub order_id: Option<String>,
    /// The order's total (purchases).
    pub revenue: Option<Money>,
    /// Discount code used.
    pub promo_code: Option<String>,
    /// Whether the shopper is new.
    pub is_new_customer: Option<bool>,
    /// Free JSON of the sender, as text.
    pub event_data: Option<String>,
    /// True when a server key said it; false when a browser did.
    pub is_verified: bool,
    /// Written by a test key.
    pub is_test: bool,
}
