//! Questions that creators ask their brand about a sale.

use domain::{BrandId, CreatorId, OrderId, QuestionId, UnixMs};

use crate::{Result, audit::AuditEntry, jobs::NewJob, row::read};

/// A brand's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionAnswer {
    /// What it says.
    pub text: String,
    /// When it was given.
    pub at: UnixMs,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// The creator who asks.
    pub creator: CreatorId,
    /// The sale it is about.
    pub order: OrderId,
    /// What is asked.
    pub text: String,
    /// When.
    pub asked_at: UnixMs,
    /// The answer, once there is one.
    pub answer: Option<QuestionAnswer>,
}

/// What became of a question to store. Only [`PutQuestion::Stored`] changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutQuestion {
    /// It is stored.
    Stored,
    /// The creator has asked the same about the order, and waits for the answer.
    Repeated,
    /// As many of the creator's questions wait for an answer as may.
    TooMany,
    /// The order's shopper was erased.
    OrderErased,
    /// The brand has no such order.
    NoOrder,
    /// There is no such creator, or they were erased.
    NoCreator,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct QuestionRow {
    pub id: String,
    pub creator_id: String,
    pub order_id: String,
    pub question: String,
    pub asked_at: i64,
    pub answer: Option<String>,
    pub answered_at: Option<i64>,
}

impl QuestionRow {
    /// Converts the row.
    pub fn read(self) -> Result<Question> {
        let answer = self.answer.zip(self.answered_at);
        Ok(Question {
            id: read(self.id, "questions", "id")?,
            creator: read(self.creator_id, "questions", "creator_id")?,
            order: read(self.order_id, "questions", "order_id")?,
            text: self.question,
            asked_at: UnixMs(self.asked_at),
            answer: answer.map(|(text, at)| QuestionAnswer { text, at: UnixMs(at) }),
        })
    }
}

/// Stores questions and answers. They are texts that people write, so they may name anyone.
#[async_trait::async_trait]
pub trait QuestionStore: Send + Sync {
    /// Stores a question, if fewer than `most` of the creator's questions wait for an answer, and queues the mail about it.
    async fn put_question(
        &self,
        brand: &BrandId,
        question: &Question,
        most: i64,
        mail: Option<&NewJob>,
    ) -> Result<PutQuestion>;
    /// Answers a question, or replaces its answer, and queues the mail about it. The answer that it has already changes
    /// nothing. False if there is no such question.
    async fn answer_question(
        &self,
        brand: &BrandId,
        id: &QuestionId,
        answer: &QuestionAnswer,
        audit: &AuditEntry,
        mail: Option<&NewJob>,
    ) -> Result<bool>;
    /// Finds a question.
    async fn question(&self, brand: &BrandId, id: &QuestionId) -> Result<Option<Question>>;
    /// A creator's latest questions, newest first.
    async fn questions_of(&self, brand: &BrandId, creator: &CreatorId, limit: i64) -> Result<Vec<Question>>;
    /// The questions about an order, oldest first.
    async fn questions_about(&self, brand: &BrandId, order: &OrderId) -> Result<Vec<Question>>;
    /// The questions that wait for an answer, the longest waiting first.
    async fn open_questions(&self, brand: &BrandId, limit: i64) -> Result<Vec<Question>>;
}
