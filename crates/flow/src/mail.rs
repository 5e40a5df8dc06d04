//! Mail to people: short plain texts, without pictures and without links that tell who opened them.

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Stays the same when it is sent again, so that a mail that came twice is recognised.
    pub key: String,
    /// The address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Why a mail was not sent. Says nothing of what the mail server answered, which may repeat the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// There is no connection, or it broke.
    #[error("the mail server does not answer")]
    Unreachable,
    /// It refused for now.
    #[error("the mail server refused the mail for now")]
    Postponed,
    /// It refused for good.
    #[error("the mail server refused the mail")]
    Refused,
    /// The mail cannot be written: its address or subject is none.
    #[error("the mail cannot be written")]
    Unwritable,
}

/// Sends mail.
#[async_trait::async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a mail. Once it returns `Ok`, the mail server has taken it.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
