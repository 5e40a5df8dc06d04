//! Orders and refunds.

use domain::{
    BrandId, Currency, CustomerId, FactsVersion, Identity, OrderId, UnixMs,
    attribution::{Attribution, Visitor},
    order::{Order, OrderDetails, OrderSource},
    time::Day,
};

use crate::{
    Result,
    jobs::SettleJob,
    row::{currency, from_json, known, read, read_opt},
};

/// A refund of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The seller's id of the order, which may not have arrived yet.
    pub order_external_id: String,
    /// The seller's id of the refund.
    pub external_id: String,
    /// The amount refunded, minor units, not negative.
    pub amount_minor: i64,
    /// The currency of the amounts.
    pub currency: Currency,
    /// When it was refunded.
    pub at: UnixMs,
    /// The part for goods, without tax and shipping, if reported. Minor units.
    pub subtotal_minor: Option<i64>,
    /// By line, if reported: the seller's id of the line, and its amount without tax in minor units.
    pub lines: Vec<(String, i64)>,
    /// Why, as a backend said. Kept from the first report.
    pub reason: Option<String>,
}

/// What storing an order did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrder {
    /// Whether anything changed.
    pub is_changed: bool,
    /// The seller's id of the order that now has the facts: another one than the stored order's if both are one sale.
    pub external_id: String,
    /// Ids of orders that were found to be the same sale and count no more.
    pub absorbed: Vec<String>,
}

/// An order to store together with others, with what names its customer.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOrder {
    /// The facts.
    pub order: Order,
    /// The day it was placed, in the brand's time zone.
    pub placed_day: Day,
    /// What is joined into one customer: the order's id and what it says of its customer. Empty for test orders and for
    /// what browsers report.
    pub identities: Vec<Identity>,
    /// Id of the customer if none of them is known.
    pub customer: CustomerId,
}

/// A stored order with its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRecord {
    /// The facts, with the sum of its refunds.
    pub order: Order,
    /// Its visitors as of the last settlement.
    pub visitors: Vec<Visitor>,
    /// The outcome; absent until the order is settled.
    pub attribution: Option<Attribution>,
    /// The day it was placed, in the brand's time zone.
    pub placed_day: Day,
    /// How many times it has been settled.
    pub settlements: i64,
    /// The day its figures were first booked on.
    pub settled_day: Option<Day>,
}

/// Progress of settling many orders again, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recompute {
    /// Only orders placed at or after this time are settled.
    pub since: UnixMs,
    /// The time and id of the last order done: those before it follow.
    pub before: (UnixMs, String),
    /// Number of orders done.
    pub done: i64,
    /// Number of orders to settle, counted at the start.
    pub total: i64,
    /// When it began. Identifies the run.
    pub started_at: UnixMs,
}

/// A position after every order, to start paging with [`OrderStore::orders`].
pub const ALL_ORDERS: (UnixMs, &str) = (UnixMs(i64::MAX), "");

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct OrderRow {
    pub brand_id: String,
    pub id: String,
    pub source: String,
    pub external_id: String,
    pub name: String,
    pub placed_at: i64,
    pub facts_version: i64,
    pub cancelled_at: Option<i64>,
    pub currency: String,
    pub total_minor: i64,
    pub subtotal_minor: i64,
    pub refunded_minor: i64,
    pub is_test: bool,
    pub is_new_customer: Option<bool>,
    pub cart_pv: Option<String>,
    pub cart_ref: Option<String>,
    pub landing_ref: Option<String>,
    pub promo_codes: String,
    pub lines: String,
    pub details: String,
    pub email_hash: Option<String>,
    pub customer_hash: Option<String>,
    pub redacted_at: Option<i64>,
    pub placed_day: i64,
    pub settlements: i64,
    pub settled_day: Option<i64>,
    pub visitors: Option<String>,
    pub attribution: Option<String>,
}

impl OrderRow {
    /// Converts the row.
    pub fn read(self) -> Result<OrderRecord> {
        let attribution =
            self.attribution.as_deref().map(|text| from_json(text, "orders", "attribution")).transpose()?;
        let details: OrderDetails = from_json(&self.details, "orders", "details")?;
        let order = Order {
            id: read::<OrderId, _>(self.id, "orders", "id")?,
            brand: read(self.brand_id, "orders", "brand_id")?,
            source: known(OrderSource::parse(&self.source), "orders", "source")?,
            external_id: self.external_id,
            name: self.name,
            placed_at: UnixMs(self.placed_at),
            version: FactsVersion::from_stored(self.facts_version),
            cancelled_at: self.cancelled_at.map(UnixMs),
            currency: currency(&self.currency, "orders")?,
            total_minor: self.total_minor,
            subtotal_minor: self.subtotal_minor,
            refunded_minor: self.refunded_minor + details.refunded_minor,
            is_test: self.is_test,
            is_new_customer: self.is_new_customer,
            cart_pv: self.cart_pv,
            cart_ref: read_opt(self.cart_ref, "orders", "cart_ref")?,
            landing_ref: read_opt(self.landing_ref, "orders", "landing_ref")?,
            promo_codes: from_json(&self.promo_codes, "orders", "promo_codes")?,
            lines: from_json(&self.lines, "orders", "lines")?,
            details,
            email_hash: self.email_hash,
            customer_hash: self.customer_hash,
            redacted_at: self.redacted_at.map(UnixMs),
        };
        let visitors = self.visitors.as_deref().map(|text| from_json(text, "orders", "visitors")).transpose()?;
        Ok(OrderRecord {
            order,
            visitors: visitors.unwrap_or_default(),
            attribution,
            placed_day: Day(self.placed_day),
            settlements: self.settlements,
            settled_day: self.settled_day.map(Day),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct RefundRow {
    pub order_external_id: String,
    pub external_id: String,
    pub amount_minor: i64,
    pub currency: String,
    pub at: i64,
    pub subtotal_minor: Option<i64>,
    pub lines: String,
    pub reason: Option<String>,
}

impl RefundRow {
    /// Converts the row.
    pub fn read(self) -> Result<Refund> {
        Ok(Refund {
            order_external_id: self.order_external_id,
            external_id: self.external_id,
            amount_minor: self.amount_minor,
            currency: currency(&self.currency, "refunds")?,
            at: UnixMs(self.at),
            subtotal_minor: self.subtotal_minor,
            lines: from_json(&self.lines, "refunds", "lines")?,
            reason: self.reason,
        })
    }
}

/// Stores orders and refunds, and the progress of settling them again.
#[async_trait::async_trait]
pub trait OrderStore: Send + Sync {
    /// Merges an order's facts into those stored under its external id ([`Order::merged`]), keeping the first id and
    /// day, and queues its settlement. `refunded_minor` is not stored: refunds are rows of their own. An erased
    /// customer's order is stored without what names them, and marked as erased.
    ///
    /// Shopify's order and other sources' reports under one of its names ([`domain::order::OrderDetails::names`]) are
    /// one sale if [`Order::is_same_sale`] says so: Shopify's counts, and takes over what the others knew of the
    /// visitor. If it does not, the report is flagged; of two reports of one name, both are.
    ///
    /// # Errors
    /// `Missing` when the brand does not exist.
    async fn put_order(&self, order: &Order, placed_day: Day, settle: SettleJob<'_>) -> Result<StoredOrder>;
    /// The seller's ids of the live orders that other systems know by any of these names.
    async fn orders_named(&self, brand: &BrandId, names: &[String]) -> Result<Vec<String>>;
    /// Stores a refund and queues the settlement of its order. A refund that is stored already is replaced only by a
    /// larger amount. Returns whether anything changed.
    async fn put_refund(&self, brand: &BrandId, refund: &Refund, settle: SettleJob<'_>) -> Result<bool>;
    /// All refunds of these orders, grouped by order, oldest first.
    async fn refunds_of(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<Refund>>;
    /// Finds an order by id.
    async fn order(&self, brand: &BrandId, id: &OrderId) -> Result<Option<OrderRecord>>;
    /// Finds orders by the seller's ids, in no particular order.
    async fn orders_by_external_ids(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<OrderRecord>>;
    /// Finds an order by the seller's id.
    async fn order_by_external_id(&self, brand: &BrandId, external_id: &str) -> Result<Option<OrderRecord>> {
        Ok(self.orders_by_external_ids(brand, &[external_id.to_owned()]).await?.pop())
    }
    /// Orders before a time and id, newest first. Start with [`ALL_ORDERS`].
    async fn orders(&self, brand: &BrandId, before: (UnixMs, &str), limit: i64) -> Result<Vec<OrderRecord>>;
    /// Orders that count and have flags for a person ([`domain::order::OrderDetails::flags`]), newest first. Reads all
    /// orders of the brand.
    async fn flagged_orders(&self, brand: &BrandId, limit: i64) -> Result<Vec<Order>>;
    /// The number of orders placed at or after `since`.
    async fn count_orders(&self, brand: &BrandId, since: UnixMs) -> Result<i64>;
    /// The progress of settling orders again; `None` if that is not under way.
    async fn recompute(&self, brand: &BrandId) -> Result<Option<Recompute>>;
    /// Begins to settle orders again, replacing a run that is under way.
    async fn begin_recompute(&self, brand: &BrandId, state: &Recompute) -> Result<()>;
    /// Stores the progress, or deletes it if the run is done. False, without a change, when another run has begun.
    async fn advance_recompute(&self, brand: &BrandId, state: &Recompute, is_done: bool) -> Result<bool>;
}

/// Stores many orders at once.
#[async_trait::async_trait]
pub trait OrderBatchStore: Send + Sync {
    /// The most orders of one brand that are best settled in one transaction. The more it costs to ask the database, the
    /// more; the longer others wait meanwhile, the fewer.
    fn settled_at_once(&self) -> usize;

    /// Does for each of these orders of a brand, each with another external id, what [`OrderStore::put_order`] and
    /// [`CustomerStore::join_identities`](crate::customers::CustomerStore::join_identities) with `Merge` do, in one
    /// transaction. One answer per order: whether it was stored without its erased customer.
    ///
    /// # Errors
    /// `Missing` when the brand does not exist.
    async fn record_orders(
        &self,
        brand: &BrandId,
        orders: &[NewOrder],
        settle: SettleJob<'_>,
        at: UnixMs,
    ) -> Result<Vec<bool>>;
}
