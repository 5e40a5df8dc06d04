//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

/// A survey answer that needs review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerView {
    /// Its id.
    pub id: String,
    /// The shop's own id of the order.
    pub order: String,
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// Time, in the brand's time zone.
    pub at: String,
}

/// The survey page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyView {
    /// Answers that need review.
    pub open: Vec<AnswerView>,
    /// Creators by id.
    pub creators: Vec<(String, String)>,
    /// Webhook URL for Fairing.
    pub url: String,
    /// Whether a Fairing key is set.
    pub has_key: bool,
}
