//! Orders and refunds.

use domain::{
    BrandId, Currency, OrderId, UnixMs,
    attribution::{Attribution, Visitor},
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
    /// What of it was for goods, without tax and shipping, where the refund tells.
    pub subtotal_minor: Option<i64>,
    /// By line, where the refund tells: the seller's id of the line and the amount without tax.
    pub lines: Vec<(String, i64)>,
}

/// An order as lists and pages show it.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRecord {
    /// The facts.
    pub order: Order,
    /// Its visitors as of the last settlement.
    pub visitors: Vec<Visitor>,
    /// The outcome; absent until the order is settled.
    pub attribution: Option<Attribution>,
    /// The day it counts on.
    pub placed_day: Day,
    /// How often it was settled.
    pub settlements: i64,
    /// The day its figures were booked on at first.
    pub settled_day: Option<Day>,
}

/// Settling many orders again, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recompute {
    /// Orders placed since then.
    pub since: UnixMs,
    /// The next to do is before this: time and id.
    pub before: (UnixMs, String),
    /// How many are done.
    pub done: i64,
    /// How many there were at the start.
    pub total: i64,
    /// When it began.
    pub started_at: UnixMs,
}

/// The end of time: before it are all orders.
pub const ALL_ORDERS: (UnixMs, &str) = (UnixMs(i64::MAX), "");

/// Stores orders.
#[async_trait::async_trait]
pub trait OrderStore: Send + Sync {
    /// Merges an order's facts into what is stored under its external id ([`Order::merged`]), keeping the first id
    /// and day. `refunded_minor` is not stored: refunds are facts of their own. In the same transaction the job
    /// `order.settle` is queued. Returns whether anything changed.
    async fn put_order(&self, order: &Order, placed_day: Day, now: UnixMs) -> Result<bool>;
    /// Stores a refund once and queues `order.settle`. Returns whether it is new.
    async fn put_refund(&self, brand: &BrandId, refund: &Refund, now: UnixMs) -> Result<bool>;
    /// All refunds of these orders, by order, the oldest first.
    async fn refunds_of(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<Refund>>;
    /// Finds an order by our id.
    async fn order(&self, brand: &BrandId, id: &OrderId) -> Result<Option<OrderRecord>>;
    /// Finds orders by the seller's ids, in whatever order.
    async fn orders_by_external_ids(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<OrderRecord>>;
    /// Finds an order by the seller's id.
    async fn order_by_external_id(&self, brand: &BrandId, external_id: &str) -> Result<Option<OrderRecord>> {
        Ok(self.orders_by_external_ids(brand, &[external_id.to_owned()]).await?.pop())
    }
    /// Orders before `before` (time and id), newest first.
    async fn orders(&self, brand: &BrandId, before: (UnixMs, &str), limit: i64) -> Result<Vec<OrderRecord>>;
    /// How many orders were placed since an instant.
    async fn count_orders(&self, brand: &BrandId, since: UnixMs) -> Result<i64>;
    /// How far settling again has got, if it is under way.
    async fn recompute(&self, brand: &BrandId) -> Result<Option<Recompute>>;
    /// Begins to settle again, in place of what is under way.
    async fn begin_recompute(&self, brand: &BrandId, state: &Recompute) -> Result<()>;
    /// Notes how far it has got, or that it is done. False, having changed nothing, when it was begun anew since.
    async fn advance_recompute(&self, brand: &BrandId, state: &Recompute, is_done: bool) -> Result<bool>;
}
