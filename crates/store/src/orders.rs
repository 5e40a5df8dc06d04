//! Orders, refunds, and the credits that settle them.

use domain::{
    BrandId, CreatorId, Currency, OrderId, UnixMs,
    attribution::{Attribution, Landing},
    click::Click,
    event::Event,
    link::Link,
    order::Order,
    time::Day,
};

use crate::Result;

/// Money paid back on an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The seller's id of the order, which may not have arrived yet.
    pub order_external_id: String,
    /// The seller's id of the refund.
    pub external_id: String,
    /// Minor units that moved, not below zero.
    pub amount_minor: i64,
    /// Their currency.
    pub currency: Currency,
    /// When.
    pub at: UnixMs,
}

/// A decided order as it is to be stored.
#[derive(Clone, Debug)]
pub struct Settlement<'a> {
    /// The order, with the refunds known when it was decided.
    pub order: &'a Order,
    /// What was decided.
    pub attribution: &'a Attribution,
    /// When.
    pub at: UnixMs,
}

/// An order as lists and pages show it.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRecord {
    /// The facts.
    pub order: Order,
    /// The outcome; absent until the order is settled.
    pub attribution: Option<Attribution>,
}

/// Stores orders.
#[async_trait::async_trait]
pub trait OrderStore: Send + Sync {
    /// Merges an order's facts into what is stored under its external id ([`Order::merged`]), keeping the first id
    /// and day. `refunded_minor` is not stored: refunds are facts of their own. In the same transaction the job
    /// `order.settle` is queued. Returns whether anything changed.
    async fn put_order(&self, order: &Order, placed_day: Day, now: UnixMs) -> Result<bool>;
    /// Stores a refund once and queues `order.settle`. Returns whether it is new.
    async fn put_refund(&self, brand: &BrandId, refund: &Refund, now: UnixMs) -> Result<bool>;
    /// Replaces an order's credits and outcome, and moves the day's figures by the difference.
    async fn settle_order(&self, settlement: &Settlement<'_>) -> Result<()>;
    /// Finds an order by our id.
    async fn order(&self, brand: &BrandId, id: &OrderId) -> Result<Option<OrderRecord>>;
    /// Finds an order by the seller's id.
    async fn order_by_external_id(&self, brand: &BrandId, external_id: &str) -> Result<Option<OrderRecord>>;
    /// Orders placed before `before`, newest first.
    async fn orders(&self, brand: &BrandId, before: UnixMs, limit: i64) -> Result<Vec<OrderRecord>>;
    /// Live purchases that events reported under any of these order ids, oldest first.
    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String]) -> Result<Vec<Event>>;
    /// Pairs of visitor ids, one of which is in `pv_ids`, that are one browser.
    async fn visitor_aliases(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<(String, String)>>;
    /// The latest clicks of these visitors until `until`, latest first.
    async fn clicks_of(&self, brand: &BrandId, pv_ids: &[String], until: UnixMs, limit: i64) -> Result<Vec<Click>>;
    /// Landings of these visitors that the pixel saw.
    async fn landings_of(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<Landing>>;
    /// The links with any of these ids, codes or promo codes, deleted ones too.
    async fn links_named(
        &self,
        brand: &BrandId,
        ids: &[String],
        codes: &[String],
        promos: &[String],
    ) -> Result<Vec<Link>>;
    /// The creators with this e-mail hash.
    async fn creators_with_email(&self, brand: &BrandId, email_hash: &str) -> Result<Vec<CreatorId>>;
}
