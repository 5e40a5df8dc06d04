//! Commission rules, the ledger, payouts and milestones.

use domain::{
    BrandId, CreatorId, Currency, EntryId, OrderId, PayoutId, RuleId, UnixMs,
    commission::{EntryKind, Rule},
};

use crate::{Result, audit::AuditEntry};

/// A line of the ledger. Its amount never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// What makes adding it idempotent.
    pub key: String,
    /// Whose it is.
    pub creator: CreatorId,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// The rule it follows from.
    pub rule: Option<RuleId>,
    /// What it is.
    pub kind: EntryKind,
    /// The currency of the amount.
    pub currency: Currency,
    /// Minor units; below zero where it takes.
    pub amount_minor: i64,
    /// Why, in plain words.
    pub reason: String,
    /// Who: `rules`, or a person.
    pub actor: String,
    /// When it was added.
    pub created_at: UnixMs,
    /// From when on it may be paid.
    pub payable_at: UnixMs,
    /// Whether a person must approve it.
    pub needs_approval: bool,
    /// When a person approved it.
    pub approved_at: Option<UnixMs>,
    /// The payout in which it went out.
    pub payout: Option<PayoutId>,
}

impl Entry {
    /// Whether it may be paid at an instant.
    pub fn is_approved(&self, at: UnixMs) -> bool {
        self.approved_at.is_some() || (!self.needs_approval && self.payable_at <= at)
    }
}

/// What a creator has in one currency, minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The creator.
    pub creator: CreatorId,
    /// The currency.
    pub currency: Currency,
    /// Earned and not yet payable.
    pub held_minor: i64,
    /// Payable and not yet in a payout.
    pub payable_minor: i64,
    /// In payouts, open or paid.
    pub paid_out_minor: i64,
}

/// How a payout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutState {
    /// Made; the money has not moved yet as far as is known.
    Open,
    /// The money has moved.
    Paid,
    /// Taken back; its lines are payable again.
    Cancelled,
}

impl PayoutState {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Paid, Self::Cancelled].into_iter().find(|state| state.as_str() == name)
    }
}

/// A payout batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// How it stands.
    pub state: PayoutState,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was paid or cancelled.
    pub closed_at: Option<UnixMs>,
    /// Who made it.
    pub actor: String,
    /// What each creator gets, minor units above zero.
    pub items: Vec<(CreatorId, i64)>,
}

/// Stores commissions.
#[async_trait::async_trait]
pub trait CommissionStore: Send + Sync {
    /// Adds a rule.
    async fn create_rule(&self, brand: &BrandId, rule: &Rule, audit: &AuditEntry) -> Result<()>;
    /// Ends a rule; false when it has ended before, or is not the brand's.
    async fn end_rule(&self, brand: &BrandId, id: &RuleId, at: UnixMs, audit: &AuditEntry) -> Result<bool>;
    /// All rules, the ended too, the oldest first.
    async fn rules(&self, brand: &BrandId) -> Result<Vec<Rule>>;
    /// Adds a line by a person. False when its key is there already.
    async fn adjust(&self, brand: &BrandId, entry: &Entry, audit: &AuditEntry) -> Result<bool>;
    /// Lines before `before` (an id, or the empty text for the latest), newest first; of one creator if given.
    async fn ledger(
        &self,
        brand: &BrandId,
        creator: Option<&CreatorId>,
        before: &str,
        limit: i64,
    ) -> Result<Vec<Entry>>;
    /// The lines of one order, the oldest first.
    async fn ledger_of_order(&self, brand: &BrandId, order: &OrderId) -> Result<Vec<Entry>>;
    /// Balances by creator and currency.
    async fn balances(&self, brand: &BrandId, now: UnixMs) -> Result<Vec<Balance>>;
    /// Approves every line that waits for a person and whose hold is over, of one creator if given. Returns how many.
    async fn approve(
        &self,
        brand: &BrandId,
        creator: Option<&CreatorId>,
        now: UnixMs,
        audit: &AuditEntry,
    ) -> Result<u64>;
    /// Makes a payout of everything payable to its creators, with one ledger line each: the nth of `entry_ids` for the
    /// nth item. False, having changed nothing, when what is payable is not what the items say.
    async fn create_payout(
        &self,
        brand: &BrandId,
        payout: &Payout,
        entry_ids: &[EntryId],
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// The payouts, newest first.
    async fn payouts(&self, brand: &BrandId) -> Result<Vec<Payout>>;
    /// Closes an open payout as paid, or as cancelled: then its lines are payable again and lines with these ids take
    /// the payout's back. False when it is not open.
    async fn close_payout(
        &self,
        brand: &BrandId,
        id: &PayoutId,
        state: PayoutState,
        entry_ids: &[EntryId],
        at: UnixMs,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Where creators are paid, encrypted; those who have an address.
    async fn payout_addresses(&self, brand: &BrandId) -> Result<Vec<(CreatorId, Vec<u8>)>>;
    /// Sets or forgets where a creator is paid. False when there is no such creator.
    async fn set_payout_address(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        sealed: Option<&[u8]>,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// A creator's orders credited, and net revenue by currency, since ever.
    async fn creator_totals(&self, brand: &BrandId, creator: &CreatorId) -> Result<(i64, Vec<(Currency, i64)>)>;
    /// Notes milestones; returns those that had not been reached before.
    async fn reach_milestones(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        names: &[String],
        at: UnixMs,
    ) -> Result<Vec<String>>;
    /// A creator's milestones, by time.
    async fn milestones(&self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<(String, UnixMs)>>;
}
