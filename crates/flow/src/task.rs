//! What queued jobs are to do, for people.

use core::fmt;

/// What a job was to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Read the webhook with this id.
    ReadWebhook(String),
    /// Credit the order with this seller's id.
    CreditOrder(String),
    /// Read the reported purchase with this seller's id.
    ReadPurchase(String),
    /// Report events to other systems.
    ReportEvents,
    /// Import the rows of the import with this id.
    Import(String),
    /// Send a sign-in link.
    MailSignIn,
    /// Send an invitation.
    MailInvitation,
    /// Mail a creator an answer.
    MailAnswer,
    /// Mail the owners a question.
    MailQuestion,
    /// Mail a creator that they were paid.
    MailPaid,
    /// Announce a change of payout details.
    MailPayoutChange,
    /// Mail the owners that a webhook endpoint or the Klaviyo connection was disabled.
    MailDisabled,
    /// Send events to Klaviyo.
    SendToKlaviyo,
    /// Finish merging two creators.
    FinishMerge,
    /// Bring the overview's figures up to date.
    RollUp,
    /// A job of this kind, which has no words.
    Other(String),
}

/// In English.
impl fmt::Display for Task {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadWebhook(subject) => write!(out, "Read webhook {subject}"),
            Self::CreditOrder(subject) => write!(out, "Credit order {subject}"),
            Self::ReadPurchase(subject) => write!(out, "Read the reported purchase {subject}"),
            Self::ReportEvents => out.write_str("Report events to other systems"),
            Self::Import(subject) => write!(out, "Import the rows of {subject}"),
            Self::MailSignIn => out.write_str("Send a sign-in link"),
            Self::MailInvitation => out.write_str("Send an invitation"),
            Self::MailAnswer => out.write_str("Mail a creator an answer"),
            Self::MailQuestion => out.write_str("Mail the owners a question"),
            Self::MailPaid => out.write_str("Mail a creator that they were paid"),
            Self::MailPayoutChange => out.write_str("Announce a change of payout details"),
            Self::MailDisabled => out.write_str("Mail the owners about a disabled connection"),
            Self::SendToKlaviyo => out.write_str("Send events to Klaviyo"),
            Self::FinishMerge => out.write_str("Finish merging two creators"),
            Self::RollUp => out.write_str("Bring the overview’s figures up to date"),
            Self::Other(kind) => out.write_str(kind),
        }
    }
}
