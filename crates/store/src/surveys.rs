//! Survey answers and manual credits.

use domain::{AnswerId, BrandId, CreatorId, LinkId, OrderId, UnixMs};

use crate::{
    Result,
    audit::AuditEntry,
    jobs::SettleJob,
    keyset::Keyset,
    row::{known, read, read_opt},
};

/// The state of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum AnswerState {
    /// It was matched to a creator automatically.
    Matched,
    /// It awaits manual review.
    Open,
    /// It was assigned to a creator manually.
    Assigned,
    /// It was reviewed: it names no creator.
    Dismissed,
}

impl AnswerState {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// A shopper's answer to a post-purchase survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The seller's id of the order, which may not have arrived yet.
    pub order_external_id: String,
    /// The question.
    pub question: String,
    /// The answer, as written.
    pub answer: String,
    /// When it arrived.
    pub received_at: UnixMs,
    /// Its state.
    pub state: AnswerState,
    /// The creator it names, if matched or assigned.
    pub creator: Option<CreatorId>,
    /// Confidence of the match, in parts of 10,000.
    pub confidence_bp: u32,
    /// The name of the creator that matched.
    pub matched_name: Option<String>,
}

/// An order's credit, assigned manually by the brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualCredit {
    /// The order.
    pub order: OrderId,
    /// The link that gets the credit.
    pub link: LinkId,
    /// Who assigned it.
    pub actor: String,
    /// The reason, as entered.
    pub reason: String,
    /// When it was assigned.
    pub at: UnixMs,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct AnswerRow {
    pub id: String,
    pub order_external_id: String,
    pub question: String,
    pub answer: String,
    pub received_at: i64,
    pub state: String,
    pub creator_id: Option<String>,
    pub confidence_bp: i64,
    pub matched_name: Option<String>,
}

impl AnswerRow {
    /// Converts the row.
    pub fn read(self) -> Result<Answer> {
        Ok(Answer {
            id: read(self.id, "survey_answers", "id")?,
            order_external_id: self.order_external_id,
            question: self.question,
            answer: self.answer,
            received_at: UnixMs(self.received_at),
            state: known(AnswerState::parse(&self.state), "survey_answers", "state")?,
            creator: read_opt(self.creator_id, "survey_answers", "creator_id")?,
            confidence_bp: read(self.confidence_bp, "survey_answers", "confidence_bp")?,
            matched_name: self.matched_name,
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ManualCreditRow {
    pub order_id: String,
    pub link_id: String,
    pub actor: String,
    pub reason: String,
    pub at: i64,
}

impl ManualCreditRow {
    /// Converts the row.
    pub fn read(self) -> Result<ManualCredit> {
        Ok(ManualCredit {
            order: read(self.order_id, "manual_credits", "order_id")?,
            link: read(self.link_id, "manual_credits", "link_id")?,
            actor: self.actor,
            reason: self.reason,
            at: UnixMs(self.at),
        })
    }
}

/// Stores survey answers and manual credits. Every change queues the settlement of the order.
#[async_trait::async_trait]
pub trait SurveyStore: Send + Sync {
    /// Stores an answer. A different answer to the same question about the same order replaces it, keeping its id,
    /// unless it was decided manually. Returns whether anything changed.
    async fn put_answer(&self, brand: &BrandId, answer: &Answer, settle: SettleJob<'_>) -> Result<bool>;
    /// A page of the answers in a state.
    async fn answers(&self, brand: &BrandId, state: AnswerState, keyset: &Keyset) -> Result<Vec<Answer>>;
    /// The answers about these orders, oldest first.
    async fn answers_of(&self, brand: &BrandId, order_external_ids: &[String]) -> Result<Vec<Answer>>;
    /// Assigns an answer to a creator manually, or dismisses it if `None`. False when there is no such answer.
    async fn decide_answer(
        &self,
        brand: &BrandId,
        id: &AnswerId,
        creator: Option<&CreatorId>,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Opens an answer again that was matched or decided: it names no creator and awaits review. False when there is no
    /// such answer, or it is open.
    async fn reopen_answer(
        &self,
        brand: &BrandId,
        id: &AnswerId,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Assigns an order's credit to a link manually, replacing an earlier manual credit. Does not check the link.
    ///
    /// # Errors
    /// `Missing` when the order does not exist.
    async fn put_manual_credit(
        &self,
        brand: &BrandId,
        credit: &ManualCredit,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
    ) -> Result<()>;
    /// Deletes a manual credit. False when the order has none.
    async fn end_manual_credit(
        &self,
        brand: &BrandId,
        order: &OrderId,
        settle: SettleJob<'_>,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// The manual credits of these orders.
    async fn manual_credits(&self, brand: &BrandId, orders: &[OrderId]) -> Result<Vec<ManualCredit>>;
}
