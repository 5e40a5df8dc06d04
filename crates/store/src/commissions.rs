//! Commission rules, the ledger, payouts and milestones.

use domain::{
    BrandId, CreatorId, Currency, EntryId, Money, OrderId, PayoutId, RuleId, UnixMs,
    commission::{EntryKind, Rule},
};

use crate::{
    Result,
    audit::AuditEntry,
    jobs::NewJob,
    outbound::NewEvents,
    row::{currency, from_json, known, read, read_opt},
};

/// A ledger entry. Its amount never changes: corrections are entries of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Idempotency key, unique within the brand.
    pub key: String,
    /// The creator it belongs to.
    pub creator: CreatorId,
    /// The order it is for, if any.
    pub order: Option<OrderId>,
    /// The commission rule that it follows from, if any.
    pub rule: Option<RuleId>,
    /// Accrual, reversal, adjustment or payout.
    pub kind: EntryKind,
    /// The currency of the amount.
    pub currency: Currency,
    /// Minor units; negative when it reduces the balance.
    pub amount_minor: i64,
    /// The reason, in plain words.
    pub reason: String,
    /// Who added it: `rules`, or a person.
    pub actor: String,
    /// When it was added.
    pub created_at: UnixMs,
    /// When it may be paid, at the earliest.
    pub payable_at: UnixMs,
    /// Whether a person must approve it before it may be paid.
    pub needs_approval: bool,
    /// When a person approved it.
    pub approved_at: Option<UnixMs>,
    /// The payout that contains it.
    pub payout: Option<PayoutId>,
}

impl Entry {
    /// Whether it may be paid at `at`: it waits for nobody, and its hold is over.
    pub fn is_approved(&self, at: UnixMs) -> bool {
        !self.is_waiting() && self.payable_at <= at
    }

    /// Whether it waits for a person's approval.
    pub fn is_waiting(&self) -> bool {
        self.needs_approval && self.approved_at.is_none()
    }
}

/// What a person approves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval<'a> {
    /// All entries whose hold is over, except of orders whose credit rests on the unproven word of browsers.
    Proven,
    /// All entries of one creator whose hold is over.
    Creator(&'a CreatorId),
    /// The credit of one order with its entries. Their hold stays.
    Order(&'a OrderId),
}

/// What one creator would earn by one order, and what waits for a person's approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingCommission {
    /// The order.
    pub order: OrderId,
    /// Its name.
    pub order_name: String,
    /// The creator.
    pub creator: CreatorId,
    /// The amount.
    pub amount: Money,
    /// When the hold is over.
    pub payable_at: UnixMs,
    /// Whether it waits because the order's credit rests on the unproven word of browsers.
    pub is_unproven: bool,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct WaitingRow {
    pub order_id: String,
    pub name: String,
    pub creator_id: String,
    pub currency: String,
    pub amount_minor: i64,
    pub payable_at: i64,
    pub is_unproven: bool,
}

impl WaitingRow {
    /// Converts the row.
    pub fn read(self) -> Result<WaitingCommission> {
        Ok(WaitingCommission {
            order: read(self.order_id, "ledger", "order_id")?,
            order_name: self.name,
            creator: read(self.creator_id, "ledger", "creator_id")?,
            amount: Money { minor: self.amount_minor, currency: currency(&self.currency, "ledger")? },
            payable_at: UnixMs(self.payable_at),
            is_unproven: self.is_unproven,
        })
    }
}

/// A creator's balance in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The creator.
    pub creator: CreatorId,
    /// The currency.
    pub currency: Currency,
    /// Not yet payable: on hold or awaiting approval. Minor units, like the fields below.
    pub held_minor: i64,
    /// Payable and not in a payout. Negative after a refund of what was paid out.
    pub payable_minor: i64,
    /// In open payouts: neither payable any more nor paid yet.
    pub in_payout_minor: i64,
    /// In payouts marked paid.
    pub paid_out_minor: i64,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct BalanceRow {
    pub creator_id: String,
    pub currency: String,
    pub held_minor: i64,
    pub payable_minor: i64,
    pub in_payout_minor: i64,
    pub paid_out_minor: i64,
}

impl BalanceRow {
    /// Converts the row.
    pub fn read(self) -> Result<Balance> {
        Ok(Balance {
            creator: read(self.creator_id, "ledger", "creator_id")?,
            currency: currency(&self.currency, "ledger")?,
            held_minor: self.held_minor,
            payable_minor: self.payable_minor,
            in_payout_minor: self.in_payout_minor,
            paid_out_minor: self.paid_out_minor,
        })
    }
}

/// The state of a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum PayoutState {
    /// Created; not yet marked as paid.
    Open,
    /// Marked as paid.
    Paid,
    /// Cancelled; its entries are payable again.
    Cancelled,
}

impl PayoutState {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// A payout batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// Its state.
    pub state: PayoutState,
    /// When it was created.
    pub created_at: UnixMs,
    /// When it was paid or cancelled.
    pub closed_at: Option<UnixMs>,
    /// Who created it.
    pub actor: String,
    /// Who marked it as paid or cancelled it; `None` also if that is not known.
    pub closed_by: Option<String>,
    /// What the payer calls the transfer by which it was paid.
    pub reference: Option<String>,
    /// What each creator gets: minor units, greater than zero. Each creator once, also if others were merged into them.
    pub items: Vec<(CreatorId, i64)>,
}

/// How a payout is closed.
#[derive(Clone, Copy, Debug)]
pub struct Closing<'a> {
    /// Paid or cancelled.
    pub state: PayoutState,
    /// When.
    pub at: UnixMs,
    /// What the payer calls the transfer.
    pub reference: Option<&'a str>,
    /// Ids for the entries that offset a cancelled payout's: one per item.
    pub entry_ids: &'a [EntryId],
    /// The events to write with it.
    pub events: &'a NewEvents,
    /// The mails to queue with it.
    pub mails: &'a [NewJob],
}

/// An entry that a payout pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutLine {
    /// The entry's id.
    pub id: EntryId,
    /// Whom it is paid to.
    pub creator: CreatorId,
    /// The order it is for, if any.
    pub order: Option<OrderId>,
    /// The order's name.
    pub order_name: Option<String>,
    /// Accrual, reversal or adjustment.
    pub kind: EntryKind,
    /// The amount; negative when it reduces the payout.
    pub amount: Money,
    /// The reason, in plain words.
    pub reason: String,
    /// When it was booked.
    pub created_at: UnixMs,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct PayoutLineRow {
    pub id: String,
    pub creator_id: String,
    pub order_id: Option<String>,
    pub order_name: Option<String>,
    pub kind: String,
    pub currency: String,
    pub amount_minor: i64,
    pub reason: String,
    pub created_at: i64,
}

impl PayoutLineRow {
    /// Converts the row.
    pub fn read(self) -> Result<PayoutLine> {
        Ok(PayoutLine {
            id: read(self.id, "ledger", "id")?,
            creator: read(self.creator_id, "ledger", "creator_id")?,
            order: read_opt(self.order_id, "ledger", "order_id")?,
            order_name: self.order_name,
            kind: known(EntryKind::parse(&self.kind), "ledger", "kind")?,
            amount: Money { minor: self.amount_minor, currency: currency(&self.currency, "ledger")? },
            reason: self.reason,
            created_at: UnixMs(self.created_at),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct RuleRow {
    pub rule: String,
    pub ends_at: Option<i64>,
}

impl RuleRow {
    /// Converts the row. `ends_at` has its own column: no other field changes after creation.
    pub fn read(self) -> Result<Rule> {
        let rule: Rule = from_json(&self.rule, "commission_rules", "rule")?;
        Ok(Rule { ends_at: self.ends_at.map(UnixMs), ..rule })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct EntryRow {
    pub id: String,
    pub key: String,
    pub creator_id: String,
    pub order_id: Option<String>,
    pub rule_id: Option<String>,
    pub kind: String,
    pub currency: String,
    pub amount_minor: i64,
    pub reason: String,
    pub actor: String,
    pub created_at: i64,
    pub payable_at: i64,
    pub needs_approval: bool,
    pub approved_at: Option<i64>,
    pub payout_id: Option<String>,
}

impl EntryRow {
    /// Converts the row.
    pub fn read(self) -> Result<Entry> {
        Ok(Entry {
            id: read(self.id, "ledger", "id")?,
            key: self.key,
            creator: read(self.creator_id, "ledger", "creator_id")?,
            order: read_opt(self.order_id, "ledger", "order_id")?,
            rule: read_opt(self.rule_id, "ledger", "rule_id")?,
            kind: known(EntryKind::parse(&self.kind), "ledger", "kind")?,
            currency: currency(&self.currency, "ledger")?,
            amount_minor: self.amount_minor,
            reason: self.reason,
            actor: self.actor,
            created_at: UnixMs(self.created_at),
            payable_at: UnixMs(self.payable_at),
            needs_approval: self.needs_approval,
            approved_at: self.approved_at.map(UnixMs),
            payout: read_opt(self.payout_id, "ledger", "payout_id")?,
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct PayoutRow {
    pub id: String,
    pub currency: String,
    pub state: String,
    pub created_at: i64,
    pub closed_at: Option<i64>,
    pub actor: String,
    pub closed_by: Option<String>,
    pub reference: Option<String>,
}

impl PayoutRow {
    /// Converts the row, given its items.
    pub fn read(self, items: Vec<(CreatorId, i64)>) -> Result<Payout> {
        Ok(Payout {
            id: read(self.id, "payouts", "id")?,
            currency: currency(&self.currency, "payouts")?,
            state: known(PayoutState::parse(&self.state), "payouts", "state")?,
            created_at: UnixMs(self.created_at),
            closed_at: self.closed_at.map(UnixMs),
            actor: self.actor,
            closed_by: self.closed_by,
            reference: self.reference,
            items,
        })
    }
}

/// Decides which events the approval of these ledger entries emits.
pub type ApprovalEvents<'a> = &'a (dyn Fn(&[Entry]) -> NewEvents + Send + Sync);

/// Decides which events new milestones emit, given their names.
pub type MilestoneEvents<'a> = &'a (dyn Fn(&[String]) -> NewEvents + Send + Sync);

/// Stores rules, the ledger, payouts and milestones.
#[async_trait::async_trait]
pub trait CommissionStore: Send + Sync {
    /// Adds a rule.
    ///
    /// # Errors
    /// `Conflict` when its id exists, `Missing` when the brand does not.
    async fn create_rule(&self, brand: &BrandId, rule: &Rule, audit: &AuditEntry) -> Result<()>;
    /// Sets the end of a rule. False when it ends at or before `at` already, or is unknown.
    async fn end_rule(&self, brand: &BrandId, id: &RuleId, at: UnixMs, audit: &AuditEntry) -> Result<bool>;
    /// All rules, including ended ones, oldest first.
    async fn rules(&self, brand: &BrandId) -> Result<Vec<Rule>>;
    /// Adds an entry made by a person, with its events. False when its key exists already. Does not check that the creator
    /// exists.
    async fn adjust(&self, brand: &BrandId, entry: &Entry, audit: &AuditEntry, events: &NewEvents) -> Result<bool>;
    /// Entries before the id `before` (empty for the latest), newest first; of one creator if given.
    async fn ledger(
        &self,
        brand: &BrandId,
        creator: Option<&CreatorId>,
        before: &str,
        limit: i64,
    ) -> Result<Vec<Entry>>;
    /// The entries of one order, oldest first.
    async fn ledger_of_order(&self, brand: &BrandId, order: &OrderId) -> Result<Vec<Entry>>;
    /// The balances as of `now`, by creator and currency.
    async fn balances(&self, brand: &BrandId, now: UnixMs) -> Result<Vec<Balance>>;
    /// [`Self::balances`] of one creator.
    async fn balances_of(&self, brand: &BrandId, creator: &CreatorId, now: UnixMs) -> Result<Vec<Balance>>;
    /// Approves entries that wait for it, and the credit of orders that wait for nothing else then, and writes the events.
    /// Returns the number of entries approved.
    async fn approve(
        &self,
        brand: &BrandId,
        approval: Approval<'_>,
        now: UnixMs,
        audit: &AuditEntry,
        events: ApprovalEvents<'_>,
    ) -> Result<u64>;
    /// What waits for a person's approval, by order and creator, the latest orders first; at most `limit`. What was taken
    /// back is left out.
    async fn waiting_commissions(&self, brand: &BrandId, limit: i64) -> Result<Vec<WaitingCommission>>;
    /// Whether an order's credit, or anything that it earned, waits for a person's approval.
    async fn awaits_approval(&self, brand: &BrandId, order: &OrderId) -> Result<bool>;
    /// Creates a payout of all entries payable to its creators at its `created_at`, with one negative entry per item.
    /// `entry_ids` has one id per item, in the same order. False, without a change, when the payable amounts differ
    /// from the items.
    ///
    /// # Errors
    /// `Conflict` when its id exists, `Missing` when the brand does not.
    async fn create_payout(
        &self,
        brand: &BrandId,
        payout: &Payout,
        entry_ids: &[EntryId],
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// All payouts, newest first.
    async fn payouts(&self, brand: &BrandId) -> Result<Vec<Payout>>;
    /// Closes an open payout as paid or cancelled. Cancelling makes its entries payable again and offsets its negative
    /// entries by new ones. False when the payout is not open or is unknown.
    async fn close_payout(
        &self,
        brand: &BrandId,
        id: &PayoutId,
        closing: &Closing<'_>,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// What a payout is made of: the entries that it pays, by creator, oldest first. Of each creator they add up to the
    /// payout's amount. A cancelled payout has none: they are payable again.
    async fn payout_lines(&self, brand: &BrandId, payout: &PayoutId) -> Result<Vec<PayoutLine>>;
    /// A creator's all-time conversions, and net revenue by currency in minor units, without orders whose credit rests on
    /// the word of browsers and is not approved.
    async fn creator_totals(&self, brand: &BrandId, creator: &CreatorId) -> Result<(i64, Vec<(Currency, i64)>)>;
    /// Stores the milestones reached at `at`, and the events of those that are new. Returns these.
    async fn reach_milestones(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        names: &[String],
        at: UnixMs,
        events: MilestoneEvents<'_>,
    ) -> Result<Vec<String>>;
    /// A creator's milestones (name, time), oldest first.
    async fn milestones(&self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<(String, UnixMs)>>;
}
