//! Orders, refunds, and the credits that settle them.

use domain::{
    BrandId, CreatorId, Currency, EntryId, OrderId, UnixMs,
    attribution::{Attribution, Landing, Visitor},
    click::Click,
    commission::{EntryKind, Owed},
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
    /// What of it was for goods, without tax and shipping, where the refund tells.
    pub subtotal_minor: Option<i64>,
    /// By line, where the refund tells: the seller's id of the line and the amount without tax.
    pub lines: Vec<(String, i64)>,
}

/// A decided order as it is to be stored.
#[derive(Clone, Debug)]
pub struct Settlement<'a> {
    /// The order, with the refunds known when it was decided.
    pub order: &'a Order,
    /// The order's visitors.
    pub visitors: &'a [Visitor],
    /// What was decided.
    pub attribution: &'a Attribution,
    /// What is owed for it now; the ledger moves by the difference to what it says so far.
    pub owed: &'a [Owed],
    /// When what is owed may be paid.
    pub payable_at: UnixMs,
    /// Whether a person must approve it.
    pub needs_approval: bool,
    /// Randomness for the ids of new ledger lines.
    pub entry_seed: [u8; 10],
    /// The day on which changes of figures are counted when the order's own is closed.
    pub day: Option<Day>,
    /// Figures of days up to this one must not change.
    pub closed_through: Option<Day>,
    /// How often the order had been settled when this was decided.
    pub settlements: i64,
    /// When.
    pub at: UnixMs,
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

/// What the ledger says so far of an order, for one creator, rule and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The creator's id.
    pub creator: String,
    /// The rule's id.
    pub rule: String,
    /// The currency's code.
    pub currency: String,
    /// The sum of its lines.
    pub amount_minor: i64,
    /// How many lines there are.
    pub count: i64,
    /// When the last of them may be paid.
    pub payable_at: UnixMs,
    /// Whether any needs a person's approval.
    pub needs_approval: bool,
    /// Whether any is approved, payable or paid out already.
    pub is_released: bool,
}

/// A line that the ledger must get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerChange {
    /// The line's id.
    pub id: EntryId,
    /// What makes adding it idempotent.
    pub key: String,
    /// The creator's id.
    pub creator: String,
    /// The rule's id.
    pub rule: String,
    /// The currency's code.
    pub currency: String,
    /// Accrual or reversal.
    pub kind: EntryKind,
    /// Minor units, never zero.
    pub amount_minor: i64,
    /// Why.
    pub reason: String,
    /// When it may be paid.
    pub payable_at: UnixMs,
    /// Whether a person must approve it.
    pub needs_approval: bool,
}

impl Settlement<'_> {
    /// The lines by which the ledger comes from what it says to what is owed.
    pub fn ledger_changes(&self, said: Vec<Said>) -> Vec<LedgerChange> {
        let mut owed: Vec<&Owed> = self.owed.iter().collect();
        let code = self.order.currency.code();
        let mut changes = Vec::new();
        for line in said {
            let is_this = |one: &Owed| {
                (one.creator.as_str(), one.rule.as_str(), code) == (&*line.creator, &*line.rule, &*line.currency)
            };
            let due = owed.iter().position(|one| is_this(one)).map(|place| owed.swap_remove(place));
            let change = due.map_or(0, |due| due.amount_minor) - line.amount_minor;
            let reason = due.map_or("the order earns nothing any more", |due| &due.reason).to_owned();
            changes.push((line, change, reason));
        }
        changes.extend(owed.into_iter().map(|due| {
            let line = Said {
                creator: due.creator.to_string(),
                rule: due.rule.to_string(),
                currency: code.to_owned(),
                amount_minor: 0,
                count: 0,
                payable_at: self.payable_at,
                needs_approval: self.needs_approval,
                is_released: false,
            };
            (line, due.amount_minor, due.reason.clone())
        }));
        changes.retain(|(_, change, _)| *change != 0);
        changes.sort_by(|(one, ..), (other, ..)| (&one.creator, &one.rule).cmp(&(&other.creator, &other.rule)));
        let lines = changes.into_iter().enumerate().map(|(nth, (line, amount_minor, reason))| LedgerChange {
            // What is taken back goes with what was given: on hold while that is, payable at once when that may have
            // been paid. Otherwise a refund would wait while the commission of what it took back goes out.
            payable_at: match (amount_minor > 0, line.is_released) {
                (true, _) => self.payable_at,
                (false, true) => self.at,
                (false, false) => line.payable_at,
            },
            needs_approval: match (amount_minor > 0, line.is_released) {
                (true, _) => self.needs_approval,
                (false, true) => false,
                (false, false) => line.needs_approval,
            },
            id: self.entry_id(nth),
            key: format!("{}:{}:{}:{}:{}", self.order.id, line.creator, line.rule, line.currency, line.count),
            kind: if amount_minor > 0 { EntryKind::Accrual } else { EntryKind::Reversal },
            creator: line.creator,
            rule: line.rule,
            currency: line.currency,
            amount_minor,
            reason,
        });
        lines.collect()
    }

    /// The id of the nth ledger line that this settlement adds.
    pub fn entry_id(&self, nth: usize) -> EntryId {
        let mut seed = self.entry_seed;
        for (byte, step) in seed.iter_mut().rev().zip(nth.to_le_bytes()) {
            *byte = byte.wrapping_add(step);
        }
        EntryId::new(self.at.0, seed)
    }

    /// Which credit carries the order as a conversion, so that the links' conversions add up to the orders': the
    /// largest, of equals the latest.
    pub fn converting_credit(&self) -> Option<usize> {
        let is_counted = self.order.is_conversion();
        let credits = self.attribution.credits.iter().enumerate();
        credits
            .max_by_key(|(place, credit)| (credit.weight_part(), *place))
            .map(|(place, _)| place)
            .filter(|_| is_counted)
    }
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
    /// Replaces an order's credits and outcome, and moves the day's figures and the ledger by the difference. Returns
    /// false, having changed nothing, when the order's facts are not those that were decided on any more, when it was
    /// settled meanwhile, or when a period was closed meanwhile.
    async fn settle_order(&self, settlement: &Settlement<'_>) -> Result<bool>;
    /// All refunds of an order, the oldest first.
    async fn refunds_of(&self, brand: &BrandId, external_id: &str) -> Result<Vec<Refund>>;
    /// Finds an order by our id.
    async fn order(&self, brand: &BrandId, id: &OrderId) -> Result<Option<OrderRecord>>;
    /// Finds an order by the seller's id.
    async fn order_by_external_id(&self, brand: &BrandId, external_id: &str) -> Result<Option<OrderRecord>>;
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
    /// Purchases that events reported under any of these order ids until `until`: verified ones first, then live
    /// ones, the oldest first, 50 at most.
    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String], until: UnixMs) -> Result<Vec<Event>>;
    /// Pairs of visitor ids, one of which is in `pv_ids`, that are one browser.
    async fn visitor_aliases(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<(String, String)>>;
    /// The latest clicks of these visitors until `until`, latest first.
    async fn clicks_of(&self, brand: &BrandId, pv_ids: &[String], until: UnixMs, limit: i64) -> Result<Vec<Click>>;
    /// Landings of these visitors that the pixel saw until `until`, latest first.
    async fn landings_of(&self, brand: &BrandId, pv_ids: &[String], until: UnixMs) -> Result<Vec<Landing>>;
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
