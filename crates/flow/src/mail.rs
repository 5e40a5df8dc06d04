//! Mail to people: short plain texts, without pictures and without links that tell who opened them. What a mail says is here;
//! its words are the catalogue's, like those of the pages.

use domain::{account::Invited, language::Language, time::Day};

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Stays the same when it is sent again, so that a mail that came twice is recognised.
    pub key: String,
    /// The address.
    pub to: String,
    /// The language of its reader, as far as it is known.
    pub language: Language,
    /// What it says.
    pub letter: Letter,
}

/// What a mail says. Names are those that people chose, each in one line of at most 80 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letter {
    /// To a person who asked to sign in.
    SignIn {
        /// The link, which works once, for 15 minutes.
        link: String,
    },
    /// A brand's invitation to its team or to a creator's account.
    Invitation {
        /// The brand.
        brand: String,
        /// The role in the team, or the creator.
        invited: Invited,
        /// The link, which works once, for 7 days.
        link: String,
    },
    /// To a creator whose question the brand answered.
    Answered {
        /// The brand.
        brand: String,
        /// Where the answer stands.
        link: String,
        /// Where such mails are turned off.
        settings: String,
    },
    /// To an owner of a brand, of which a creator asks something.
    Asked {
        /// The brand.
        brand: String,
        /// The creator; `None` if they are gone.
        creator: Option<String>,
        /// Where the question stands.
        link: String,
        /// Where such mails are turned off.
        settings: String,
    },
    /// To a creator who was paid.
    Paid {
        /// The brand.
        brand: String,
        /// Where the payout stands.
        link: String,
        /// Where such mails are turned off.
        settings: String,
    },
    /// To whoever set how a creator is paid, once it was changed.
    PayoutChanged {
        /// The brand.
        brand: String,
        /// The day of the change, in the brand's time zone.
        day: Day,
    },
    /// To an owner of a brand whose webhook endpoint or Klaviyo connection was disabled.
    Disabled {
        /// The brand.
        brand: String,
        /// The host of the webhook endpoint; `None` for Klaviyo.
        host: Option<String>,
        /// Where to enable the endpoint; how to connect Klaviyo again.
        link: String,
    },
}

/// A name as it may stand in a subject: one line, and not too long.
pub(crate) fn one_line(name: &str) -> String {
    let plain: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(80).collect();
    plain.trim().to_owned()
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

/// Words mails and sends them.
#[async_trait::async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a mail. Once it returns `Ok`, the mail server has taken it.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(one_line("Shop\r\nBcc: x@y.de"), "Shop  Bcc: x@y.de");
        assert_eq!(one_line(&"x".repeat(100)).len(), 80);
    }
}
