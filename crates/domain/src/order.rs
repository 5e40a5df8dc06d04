//! Orders: what was sold, for how much, and every hint about who sent the shopper.

use std::collections::BTreeSet;

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
    /// How many were bought, those that edits or refunds took back included, if the seller reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// What is left of it after discounts, edits and refunds, without tax, minor units.
    pub net_minor: i64,
    /// Whether a gift card is bought with it: it earns a commission only if the brand says so.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_gift_card: bool,
}

/// Two reports of different sources are one sale only if they were placed within this time of each other.
pub const SAME_SALE_MS: i64 = 24 * crate::time::HOUR_MS;

/// Why a person should look at an order's figures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderFlag {
    /// A refund mixes lines with an amount of its own, which the seller's total does not follow.
    MixedRefund,
    /// It may be the same sale as the order with this seller's id: they have a name in common, and nothing proves or
    /// rules out that they are one.
    PossibleRepeat(String),
}

/// What an order body says beyond the plain figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderDetails {
    /// Ids of the refunds that the figures already follow. Other refunds of the order are deducted on their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub included_refunds: Vec<String>,
    /// What those refunds amount to, minor units.
    #[serde(skip_serializing_if = "is_zero")]
    pub refunded_minor: i64,
    /// The original total in the shop's currency, minor units, and in the shopper's currency, if that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presentment: Option<(i64, Money)>,
    /// The order's number, by which other systems may know it: [`sale_name`] of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Keyed hashes of the secrets that only the buyer's browser and the seller know (checkout token, cart token).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Amounts by which a report of the sale may know the order, minor units: those of every delivery. None of an order
    /// that was stored before they were kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amounts: Vec<i64>,
    /// How far the order's history has gone, for deliveries of one version: the greater is the later.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<u64>,
    /// The ids under which others have reported this sale.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reported_as: Vec<String>,
    /// The seller's id of the order that is the same sale and counts instead of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// What a person should look at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<OrderFlag>,
}

/// Prefix of the ids of test orders. Live ids must not begin with it.
pub const TEST_PREFIX: &str = "test:";

/// The key under which a reported order is stored. The mode is part of it, so that test and live orders never meet.
pub fn order_key(external_id: &str, is_test: bool) -> String {
    if is_test && !external_id.starts_with(TEST_PREFIX) {
        format!("{TEST_PREFIX}{external_id}")
    } else {
        external_id.to_owned()
    }
}

/// Prefix of the names that are keyed hashes of a token.
pub const TOKEN_PREFIX: &str = "token:";

impl OrderDetails {
    /// The details without what only the buyer's browser knows.
    #[must_use]
    pub fn without_tokens(&self) -> Self {
        let names = self.names.iter().filter(|name| !name.starts_with(TOKEN_PREFIX)).cloned().collect();
        Self { names, secrets: Vec::new(), ..self.clone() }
    }

    /// The details without what several deliveries have added up, so that one delivery compares with another.
    fn of_one_delivery(&self) -> Self {
        let (secrets, flags, amounts, reported_as) = Default::default();
        Self { same_as: None, secrets, flags, amounts, reported_as, ..self.clone() }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(minor: &i64) -> bool {
    *minor == 0
}

/// The form in which order numbers of different systems are compared: without `#` and surrounding space, lower case.
pub fn sale_name(name: &str) -> String {
    name.trim().trim_start_matches('#').trim().to_lowercase()
}

/// Prefix of the ids of refunds that a backend reported.
pub const API_REFUND_PREFIX: &str = "api:";

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
    /// Total after edits and before refunds, including tax and shipping, minor units.
    pub total_minor: i64,
    /// The commission base as the seller's figures have it: goods after discounts, edits and the refunds in
    /// [`OrderDetails::included_refunds`], without tax, shipping, gift cards and tips, minor units.
    pub subtotal_minor: i64,
    /// Refunded until now, minor units: those refunds, and [`Self::deduction`] of each other one.
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
    /// Order lines; empty if the seller does not report them.
    pub lines: Vec<Line>,
    /// Further facts.
    pub details: OrderDetails,
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
            details: OrderDetails::default(),
            email_hash: None,
            customer_hash: None,
            redacted_at: None,
        }
    }

    /// Net revenue, minor units: the total less refunds, never below zero; zero once cancelled, and for an order that
    /// counts under another id.
    pub fn net_minor(&self) -> i64 {
        if self.cancelled_at.is_some() || self.details.same_as.is_some() {
            0
        } else {
            (self.total_minor - self.refunded_minor).max(0)
        }
    }

    /// Whether the order counts as a conversion.
    pub fn is_conversion(&self) -> bool {
        self.cancelled_at.is_none() && !self.is_test && self.details.same_as.is_none()
    }

    /// The last moment at which it may have been placed: a time in whole seconds is the whole second.
    pub fn placed_until(&self) -> UnixMs {
        if self.placed_at.0.rem_euclid(1000) == 0 { self.placed_at.plus_ms(999) } else { self.placed_at }
    }

    /// What a refund takes off the total, minor units of the order's currency.
    ///
    /// Nothing if the figures follow it already, or if a backend reports it of an order whose refunds Shopify reports.
    /// An amount in the shopper's currency is converted at the order's own rate.
    pub fn deduction(&self, refund_id: &str, amount: Money) -> i64 {
        let is_api = refund_id.starts_with(API_REFUND_PREFIX);
        if (is_api && self.source == OrderSource::Shopify)
            || self.details.included_refunds.iter().any(|id| id == refund_id)
        {
            return 0;
        }
        match &self.details.presentment {
            _ if amount.currency == self.currency => amount.minor,
            Some((shop_minor, shown)) if shown.currency == amount.currency && shown.minor > 0 => {
                converted(amount.minor, *shop_minor, shown.minor)
            }
            _ => 0,
        }
    }

    /// Whether a report of another source under one of this order's names is the same sale as this order of the shop.
    ///
    /// It is if a report under that id was before, or if both name a token of the order. An order's number proves
    /// nothing: then they must also be in one currency, placed within [`SAME_SALE_MS`], and have an amount in common.
    pub fn is_same_sale(&self, report: &Self) -> bool {
        if self.is_test != report.is_test {
            return false;
        }
        let mut tokens = self.details.names.iter().filter(|name| name.starts_with(TOKEN_PREFIX));
        let is_proven = self.details.reported_as.contains(&report.external_id)
            || tokens.any(|token| report.details.names.contains(token));
        let apart_ms = (self.placed_at.0 - report.placed_at.0).abs();
        let has_amount = self.amounts().iter().any(|minor| report.amounts().contains(minor));
        is_proven || (apart_ms <= SAME_SALE_MS && self.currency == report.currency && has_amount)
    }

    fn amounts(&self) -> &[i64] {
        let total = core::slice::from_ref(&self.total_minor);
        if self.details.amounts.is_empty() { total } else { &self.details.amounts }
    }

    /// Merges the stored order with a new delivery. Deliveries in any order and with repeats end in the same result.
    ///
    /// The higher source wins, then the greater version, then the one whose history has gone further
    /// ([`OrderDetails::progress`]), then the greater serialised text. Visitor, link codes and hashes that only the
    /// loser has are kept, and a cancellation is never undone.
    #[must_use]
    pub fn merged(stored: Self, arrived: Self) -> Self {
        let id = stored.id.clone();
        let rank = |order: &Self| {
            let details = order.details.of_one_delivery();
            let progress = details.progress.clone();
            let facts = Self { id: id.clone(), refunded_minor: 0, cancelled_at: None, details, ..order.clone() };
            (order.source, order.version, progress, serde_json::to_string(&facts).unwrap_or_default())
        };
        let refunded_minor = stored.refunded_minor;
        let redacted_at = stored.redacted_at.or(arrived.redacted_at);
        // A backend corrects the amount of a sale; it does not move the sale.
        let placed_at = (arrived.source == stored.source && arrived.source != OrderSource::Shopify)
            .then(|| arrived.placed_at.min(stored.placed_at));
        let (winner, loser) = if rank(&arrived) > rank(&stored) { (arrived, stored) } else { (stored, arrived) };
        let merged = Self {
            id,
            refunded_minor,
            redacted_at,
            placed_at: placed_at.unwrap_or(winner.placed_at),
            details: OrderDetails {
                secrets: union(&winner.details.secrets, &loser.details.secrets),
                flags: union(&winner.details.flags, &loser.details.flags),
                amounts: union(&winner.details.amounts, &loser.details.amounts),
                reported_as: union(&winner.details.reported_as, &loser.details.reported_as),
                same_as: winner.details.same_as.clone().or(loser.details.same_as),
                ..winner.details.clone()
            },
            cancelled_at: [winner.cancelled_at, loser.cancelled_at].into_iter().flatten().min(),
            // A visitor reported only by a browser must not fill in for that of a verified order.
            cart_pv: winner.cart_pv.or(loser.cart_pv.filter(|_| loser.source != OrderSource::Browser)),
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
            let details = merged.details.without_tokens();
            Self { cart_pv: None, email_hash: None, customer_hash: None, details, ..merged }
        } else {
            merged
        }
    }
}

/// Both lists as one, sorted, each value once.
fn union<T: Ord + Clone>(one: &[T], other: &[T]) -> Vec<T> {
    one.iter().chain(other).cloned().collect::<BTreeSet<T>>().into_iter().collect()
}

/// `minor · to / from`, rounded to the nearest minor unit. `from` must be above zero.
fn converted(minor: i64, to: i64, from: i64) -> i64 {
    let (product, from) = (i128::from(minor) * i128::from(to), i128::from(from));
    i64::try_from((2 * product + from).div_euclid(2 * from)).unwrap_or(i64::MAX)
}
