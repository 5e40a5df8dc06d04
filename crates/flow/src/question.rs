//! Questions that creators ask their brand about a sale, as the brand sees them. Creators ask through
//! [`crate::creator_view`].

use domain::{OrderId, QuestionId, question::text};

pub use store::questions::{Question, QuestionAnswer};

use crate::{
    FlowError, Invalid,
    access::Merchant,
    job::{Job, QuestionRef},
    stage::Questions,
};

/// Most open questions in a list.
pub(crate) const LIST_MAX: i64 = 100;

/// A text that people write here.
///
/// # Errors
/// `Invalid` if it is empty or too long; `what` names it.
pub(crate) fn checked_text(input: &str, what: &str) -> Result<String, Invalid> {
    text(input)
        .ok_or_else(|| Invalid::one(format!("{what} must be 1 to {} characters", domain::question::TEXT_CHARS_MAX)))
}

impl Questions<'_> {
    /// The questions about an order, oldest first.
    pub async fn about(self, merchant: &Merchant, order: &OrderId) -> Result<Vec<Question>, FlowError> {
        Ok(self.store.questions_about(merchant.id(), order).await?)
    }

    /// The questions that wait for an answer, the longest waiting first; at most a hundred.
    pub async fn open(self, merchant: &Merchant) -> Result<Vec<Question>, FlowError> {
        Ok(self.store.open_questions(merchant.id(), LIST_MAX).await?)
    }

    /// Answers a question, or replaces its answer. The creator sees it beside the sale, and is told so by mail
    /// unless they do not want that.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the text is empty or too long; `FlowError::NotFound` if the question is not the brand's.
    pub async fn answer(self, merchant: &Merchant, id: &QuestionId, text: &str) -> Result<(), FlowError> {
        let answer = QuestionAnswer { text: checked_text(text, "the answer")?, at: self.now() };
        let entry = self.audit(merchant.actor(), "question.answer", id);
        let mail = QuestionRef { brand: merchant.id().clone(), question: id.clone(), owner: None };
        let mail = self.mailer.is_some().then(|| Job::MailAnswer(mail).at(answer.at));
        let is_done = self.store.answer_question(merchant.id(), id, &answer, &entry, mail.as_ref()).await?;
        if is_done { Ok(()) } else { Err(FlowError::NotFound("question")) }
    }
}
