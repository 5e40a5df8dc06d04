//! Posting to other systems.

use domain::webhook::Answer;

/// Posts to receivers.
#[async_trait::async_trait]
pub trait Transport: Send + Sync {
    /// Posts a body. The error says why there is no answer, in words for the person who chose the address.
    async fn post(&self, request: SendRequest<'_>) -> Result<Answer, String>;
}

/// What is posted.
#[derive(Clone, Debug)]
pub struct SendRequest<'a> {
    /// Where to.
    pub url: &'a str,
    /// Names and values of the headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}
