//! What a creator asks the brand about a sale.

use domain::{OrderId, QuestionId, question::OPEN_MAX};
use store::questions::PutQuestion;

use super::CreatorView;
use crate::{
    FlowError, Invalid,
    job::{Job, QuestionRef},
    question::{Question, checked_text},
};

/// Most questions that are read.
const LIST_MAX: i64 = 200;

impl CreatorView<'_> {
    /// Asks the brand about a sale to which the creator's links led. Asking the same again, before it is answered, changes
    /// nothing.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the text is empty or too long, too many questions wait for an answer, or the sale's customer
    /// was erased; `FlowError::NotFound` if it is no sale of theirs.
    pub async fn ask(&self, order: &OrderId, text: &str) -> Result<(), FlowError> {
        let text = checked_text(text, "your question")?;
        let sale = self.sale(order).await?;
        let question = Question {
            id: QuestionId::new(self.now.0, self.random()),
            creator: self.session.creator().clone(),
            order: sale.sale.order,
            text,
            asked_at: self.now,
            answer: None,
        };
        let most = i64::try_from(OPEN_MAX).unwrap_or(i64::MAX);
        let brand = &self.session.brand().id;
        let mail = QuestionRef { brand: brand.clone(), question: question.id.clone(), owner: None };
        let mail = self.can_mail.then(|| Job::MailQuestion(mail).at(self.now));
        match self.asked.put_question(brand, &question, most, mail.as_ref()).await? {
            PutQuestion::Stored | PutQuestion::Repeated => Ok(()),
            PutQuestion::TooMany => {
                Err(Invalid::one(format!("at most {OPEN_MAX} questions can wait for an answer")).into())
            }
            PutQuestion::OrderErased => Err(Invalid::one(
                "the personal data of this sale's customer was deleted: nothing more can be asked about it",
            )
            .into()),
            PutQuestion::NoOrder => Err(FlowError::NotFound("sale")),
            PutQuestion::NoCreator => Err(FlowError::Unauthorized),
        }
    }

    /// What the creator asked, the latest first, with the answers.
    pub async fn questions(&self) -> Result<Vec<Question>, FlowError> {
        Ok(self.asked.questions_of(&self.session.brand().id, self.session.creator(), LIST_MAX).await?)
    }
}
