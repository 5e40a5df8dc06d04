//! Errors of the use cases.

use domain::scope::Scope;
use shopify::ShopifyError;
use store::StoreError;

use crate::{job::InvalidJob, mail::MailError};

/// All faults of an input, one sentence each, reported together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct Invalid(pub Vec<String>);

impl Invalid {
    /// Creates an error with a single fault.
    pub fn one(fault: impl Into<String>) -> Self {
        Self(vec![fault.into()])
    }
}

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The input is wrong; nothing was changed.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The proof of the caller's right (key, token, session or signature) is missing or wrong.
    #[error("not signed in")]
    Unauthorized,
    /// The brand has uninstalled the app: its data is kept but not served.
    #[error("this account is disabled")]
    Disabled,
    /// The key may not do this.
    #[error("the key has no scope {0}")]
    Forbidden(Scope),
    /// Only an owner of the brand may do this, not a member of its team.
    #[error("only an owner may do this")]
    OwnerOnly,
    /// No such object, or it belongs to another brand; callers cannot tell the two apart.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The data changed between reading and saving, so nothing was saved. A retry decides on the new data.
    #[error("{0} changed meanwhile")]
    Stale(&'static str),
    /// Another object has this unique value; nothing was changed.
    #[error("{0} already exists")]
    Taken(&'static str),
    /// A public key or an address has sent more than it may in a minute. Nothing was stored.
    #[error("too much in this minute")]
    OverBudget {
        /// When to try again.
        retry_after_s: u32,
    },
    /// Shopify failed or refused the request.
    #[error(transparent)]
    Shopify(#[from] ShopifyError),
    /// The server lacks the configuration that this needs.
    #[error("{0}")]
    NotConfigured(&'static str),
    /// A mail was not sent.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The database failed.
    #[error("storage: {0}")]
    Store(StoreError),
    /// A stored message cannot be read: a retry cannot succeed, a person must look.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// A queued job cannot be read.
    #[error(transparent)]
    Job(#[from] InvalidJob),
    /// A sealed (encrypted) value cannot be decrypted: its key is missing from `APP_ENCRYPTION_KEY`, or the value was
    /// moved to another row.
    #[error("a sealed value cannot be opened with the configured keys")]
    Sealed,
}

impl FlowError {
    /// As [`From<StoreError>`], where a conflict is with another object of the same kind.
    pub(crate) fn taken(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(what) => Self::Taken(what),
            other => other.into(),
        }
    }

    /// Whether the database did not answer: a retry may succeed.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Store(StoreError::Unavailable(_)))
    }
}

impl From<StoreError> for FlowError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(what) => Self::Invalid(Invalid::one(format!("{what} already exists"))),
            StoreError::Missing(what) => Self::Invalid(Invalid::one(format!("{what} does not exist"))),
            other => Self::Store(other),
        }
    }
}
