//! Orders: what was sold, for how much, and every hint about who sent the shopper.

use serde::{Deserialize, Serialize};

use crate::{BrandId, Currency, FactsVersion, Money, OrderId, UnixMs, link::LinkCode};

/// Who reported an order. For the same external id, later variants outrank earlier ones.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum OrderSource {
    /// Only a browser. Counts as revenue only if the brand trusts browser purchases.
    Browser,
    /// A caller of the API with a server key.
    Api,
    /// A signed Shopify webhook.
    Shopify,
}

impl OrderSource {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// An order line, with the fields that commissions need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The seller's line id.
    pub id: String,
    /// The seller's product id.
    pub product: Option<String>,
    /// Amount after discounts and refunds, without tax, minor units.
    pub net_minor: i64,
}

/// An order. `external_id` is unique within the brand, so repeated deliveries are idempotent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Our id.
    pub id: OrderId,
    /// Its brand.
    pub brand: BrandId,
    /// Who reported it.
    pub source: OrderSource,
    /// The seller's order id.
    pub external_id: String,
    /// The display name, such as `#1001`.
    pub name: String,
    /// When it was placed.
    pub placed_at: UnixMs,
    /// The version of the facts: an older version never overwrites a newer one.
    pub version: FactsVersion,
    /// When it was cancelled, if it was.
    pub cancelled_at: Option<UnixMs>,
    /// The shop's currency.
    pub currency: Currency,
    /// Total charged before refunds, including tax and shipping, minor units.
    pub total_minor: i64,
    /// Goods after discounts, without tax and shipping, minor units.
    pub subtotal_minor: i64,
    /// Refunded until now, minor units.
    pub refunded_minor: i64,
    /// A test order: stored, never counted.
    pub is_test: bool,
    /// Whether this is the customer's first order, if known.
    pub is_new_customer: Option<bool>,
    /// The visitor id from the cart's `_cs_pv` attribute, or as sent with a server key.
    pub cart_pv: Option<String>,
    /// The link code from the cart's `_cs_ref` attribute.
    pub cart_ref: Option<LinkCode>,
    /// The link code from `cs_ref` in the landing page's URL.
    pub landing_ref: Option<LinkCode>,
    /// Discount codes used, in upper case.
    pub promo_codes: Vec<String>,
    /// Order lines, after discounts and before refunds; empty if the seller does not report them.
    pub lines: Vec<Line>,
    /// Keyed hash of the shopper's normalised e-mail address, if any.
    #[serde(skip)]
    pub email_hash: Option<String>,
    /// Keyed hash of the seller's customer id, if any.
    #[serde(skip)]
    pub customer_hash: Option<String>,
    /// When the shopper's personal data was erased, if it was. Later deliveries never restore it.
    #[serde(skip)]
    pub redacted_at: Option<UnixMs>,
}

impl Order {
    /// An order of which only source, id, time and amount are known.
    pub fn minimal(
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
            version: FactsVersion::latest_wins(placed_at),
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

    /// Net revenue, minor units: the total less refunds, never below zero; zero once cancelled.
    pub fn net_minor(&self) -> i64 {
        if self.cancelled_at.is_some() { 0 } else { (self.total_minor - self.refunded_minor).max(0) }
    }

    /// Whether the order counts as a conversion.
    pub fn is_conversion(&self) -> bool {
        self.cancelled_at.is_none() && !self.is_test
    }

    /// Merges the stored order with a new delivery. Deliveries in any order and with repeats end in the same result.
    ///
    /// The higher source wins, then the greater version, then the greater serialised text. Visitor, link codes and
    /// hashes that only the loser has are kept, and a cancellation is never undone.
    #[must_use]
    pub fn merged(stored: Self, arrived: Self) -> Self {
        let id = stored.id.clone();
        let rank = |order: &Self| {
            let facts = Self { id: id.clone(), refunded_minor: 0, cancelled_at: None, ..order.clone() };
            (order.source, order.version, serde_json::to_string(&facts).unwrap_or_default())
        };
        let (refunded_minor, redacted_at) = (stored.refunded_minor, stored.redacted_at);
        let is_same_mode = arrived.is_test == stored.is_test;
        let (winner, loser) = if rank(&arrived) > rank(&stored) { (arrived, stored) } else { (stored, arrived) };
        let merged = Self {
            id,
            refunded_minor,
            redacted_at,
            cancelled_at: [winner.cancelled_at, loser.cancelled_at].into_iter().flatten().min(),
            // A visitor reported only by a browser or a test key must not fill in for that of a verified live order.
            cart_pv: winner.cart_pv.or(loser.cart_pv.filter(|_| loser.source != OrderSource::Browser && is_same_mode)),
            cart_ref: winner.cart_ref.or(loser.cart_ref),
            landing_ref: winner.landing_ref.or(loser.landing_ref),
            email_hash: winner.email_hash.or(loser.email_hash),
            customer_hash: winner.customer_hash.or(loser.customer_hash),
            // Shopify reports false on deliveries after the customer's next order; this one is still the first.
            is_new_customer: match (winner.is_new_customer, loser.is_new_customer) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (winner, loser) => winner.or(loser),
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
