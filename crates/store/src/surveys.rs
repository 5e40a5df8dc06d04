//! Survey answers, and credit given by hand.

use domain::{AnswerId, BrandId, CreatorId, LinkId, OrderId, UnixMs};

use crate::{Result, audit::AuditEntry};

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerState {
    /// It names a creator surely enough.
    Matched,
    /// A person must look.
    Open,
    /// A person said whom it names.
    Assigned,
    /// A person said that it names nobody.
    Dismissed,
}

impl AnswerState {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Open => "open",
            Self::Assigned => "assigned",
            Self::Dismissed => "dismissed",
        }
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Matched, Self::Open, Self::Assigned, Self::Dismissed].into_iter().find(|state| state.as_str() == name)
    }
}

/// A shopper's answer to a post-purchase survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The seller's id of the order, which may not have arrived yet.
    pub order_external_id: String,
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// When it arrived.
    pub received_at: UnixMs,
    /// What became of it.
    pub state: AnswerState,
    /// Whom it names.
    pub creator: Option<CreatorId>,
    /// How surely, in parts of 10,000.
    pub confidence_bp: u32,
    /// The name that matched.
    pub matched_name: Option<String>,
}

/// Credit that a person at the brand gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualCredit {
    /// The order.
    pub order: OrderId,
    /// The link that gets it.
    pub link: LinkId,
    /// Who gave it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: UnixMs,
}

/// Stores answers and credit given by hand. Whatever changes them queues `order.settle` for the order.
#[async_trait::async_trait]
pub trait SurveyStore: Send + Sync {
    /// Stores an answer; a later one to the same question about the same order takes its place, unless a person has
    /// decided about it. Returns whether anything changed.
    async fn put_answer(&self, brand: &BrandId, answer: &Answer) -> Result<bool>;
    /// Answers in a state, newest first.
    async fn answers(&self, brand: &BrandId, state: AnswerState, limit: i64) -> Result<Vec<Answer>>;
    /// The answers about these orders.
    async fn answers_of(&self, brand: &BrandId, order_external_ids: &[String]) -> Result<Vec<Answer>>;
    /// A person's decision about an answer. False when there is no such answer.
    async fn decide_answer(
        &self,
        brand: &BrandId,
        id: &AnswerId,
        creator: Option<&CreatorId>,
        at: UnixMs,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Gives an order's credit to a link by hand, in place of what was given by hand before.
    async fn put_manual_credit(&self, brand: &BrandId, credit: &ManualCredit, audit: &AuditEntry) -> Result<()>;
    /// Takes back credit given by hand. False when there was none.
    async fn end_manual_credit(&self, brand: &BrandId, order: &OrderId, at: UnixMs, audit: &AuditEntry)
    -> Result<bool>;
    /// The credit given by hand for these orders.
    async fn manual_credits(&self, brand: &BrandId, orders: &[OrderId]) -> Result<Vec<ManualCredit>>;
}
