//! An order as facts: what was sold, for how much, and every hint of who sent the shopper.

use serde::{Deserialize, Serialize};

use crate::{BrandId, Currency, Money, OrderId, UnixMs, commission::Line, link::LinkCode};

/// Who told us of an order. A later source in this list outranks an earlier one for the same external id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderSource {
    /// A browser only; counts as revenue only if the brand trusts browser purchases.
    Browser,
    /// A server key.
    Api,
    /// A signed Shopify webhook.
    Shopify,
}

impl OrderSource {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Api => "api",
            Self::Shopify => "shopify",
        }
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Browser, Self::Api, Self::Shopify].into_iter().find(|source| source.as_str() == name)
    }
}

/// The facts of one order. `external_id` is unique within the brand and makes every delivery idempotent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Our id.
    pub id: OrderId,
    /// Its brand.
    pub brand: BrandId,
    /// Who told us.
    pub source: OrderSource,
    /// The seller's id of the order.
    pub external_id: String,
    /// The name people use for it, such as `#1001`.
    pub name: String,
    /// When it was placed.
    pub placed_at: UnixMs,
    /// The version of the facts: the seller's `updated_at`. Older facts never overwrite newer ones.
    pub updated_at: UnixMs,
    /// When it was cancelled, if it was.
    pub cancelled_at: Option<UnixMs>,
    /// The shop's currency.
    pub currency: Currency,
    /// What the shopper paid in all, minor units.
    pub total_minor: i64,
    /// After discounts, without tax and shipping, minor units.
    pub subtotal_minor: i64,
    /// Paid back so far, minor units.
    pub refunded_minor: i64,
    /// A test order: recorded, never counted.
    pub is_test: bool,
    /// Whether the shopper is new, where known.
    pub is_new_customer: Option<bool>,
    /// The visitor in the cart's `_cs_pv` attribute, or named by a server key.
    pub cart_pv: Option<String>,
    /// The code in the cart's `_cs_ref` attribute.
    pub cart_ref: Option<LinkCode>,
    /// The code in the landing page's `cs_ref`.
    pub landing_ref: Option<LinkCode>,
    /// Discount codes used, in capitals.
    pub promo_codes: Vec<String>,
    /// What was sold, after discounts and before refunds; empty where the seller does not tell.
    pub lines: Vec<Line>,
    /// Keyed hash of the shopper's normalised e-mail address.
    #[serde(skip)]
    pub email_hash: Option<String>,
    /// Keyed hash of the seller's customer id.
    #[serde(skip)]
    pub customer_hash: Option<String>,
    /// When the shopper had everything erased that could name them; such an order never learns it again.
    #[serde(skip)]
    pub redacted_at: Option<UnixMs>,
}

impl Order {
    /// An order of which no more is told than by whom, what it is called, when it was placed and what it came to.
    pub fn told(
        id: OrderId,
        brand: BrandId,
        source: OrderSource,
        external_id: String,
        placed_at: UnixMs,
        amount: Money,
    ) -> Self {
        Self {
            id,
            brand,
            source,
            name: external_id.clone(),
            external_id,
            placed_at,
            updated_at: placed_at,
            cancelled_at: None,
            currency: amount.currency,
            total_minor: amount.minor,
            subtotal_minor: amount.minor,
            refunded_minor: 0,
            is_test: false,
            is_new_customer: None,
            cart_pv: None,
            cart_ref: None,
            landing_ref: None,
            promo_codes: Vec::new(),
            lines: Vec::new(),
            email_hash: None,
            customer_hash: None,
            redacted_at: None,
        }
    }

    /// Revenue that counts: the total less what was paid back; nothing once cancelled. Never below zero.
    pub fn net_minor(&self) -> i64 {
        if self.cancelled_at.is_some() { 0 } else { (self.total_minor - self.refunded_minor).max(0) }
    }

    /// Whether the order counts as a conversion.
    pub fn is_conversion(&self) -> bool {
        self.cancelled_at.is_none() && !self.is_test
    }

    /// Merges what is stored with what has just arrived, so that any order and repetition of deliveries ends in
    /// the same facts.
    ///
    /// The higher source wins, then the later `updated_at`; of two different bodies of one instant, the one whose
    /// canonical text is greater. What the loser alone knows of the visitor is kept, and a cancellation is never
    /// undone.
    #[must_use]
    pub fn merged(stored: Self, arrived: Self) -> Self {
        let id = stored.id.clone();
        let rank = |order: &Self| {
            let facts = Self { id: id.clone(), refunded_minor: 0, cancelled_at: None, ..order.clone() };
            (order.source, order.updated_at, serde_json::to_string(&facts).unwrap_or_default())
        };
        let (refunded_minor, redacted_at) = (stored.refunded_minor, stored.redacted_at);
        let is_same_mode = arrived.is_test == stored.is_test;
        let (winner, loser) = if rank(&arrived) > rank(&stored) { (arrived, stored) } else { (stored, arrived) };
        let merged = Self {
            id,
            refunded_minor,
            redacted_at,
            cancelled_at: [winner.cancelled_at, loser.cancelled_at].into_iter().flatten().min(),
            // What only a browser or a test said must not fill in for a verified order's own visitor.
            cart_pv: winner.cart_pv.or(loser.cart_pv.filter(|_| loser.source != OrderSource::Browser && is_same_mode)),
            cart_ref: winner.cart_ref.or(loser.cart_ref),
            landing_ref: winner.landing_ref.or(loser.landing_ref),
            email_hash: winner.email_hash.or(loser.email_hash),
            customer_hash: winner.customer_hash.or(loser.customer_hash),
            // Told again after the customer's next order, it says no; the first order was theirs all the same.
            is_new_customer: match (winner.is_new_customer, loser.is_new_customer) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (told, other) => told.or(other),
            },
            ..winner
        };
        if redacted_at.is_some() {
            Self { cart_pv: None, email_hash: None, customer_hash: None, ..merged }
        } else {
            merged
        }
    }
}
