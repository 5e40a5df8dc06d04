//! Why a stage did not do as asked.

use shopify::ShopifyError;
use store::StoreError;

/// Everything wrong with an input, told at once, one sentence each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct Invalid(pub Vec<String>);

impl Invalid {
    /// One fault.
    pub fn one(fault: impl Into<String>) -> Self {
        Self(vec![fault.into()])
    }
}

/// A failed stage.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The input is wrong; nothing was changed.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The caller has not proved a right to this.
    #[error("not signed in")]
    Unauthorized,
    /// The brand has taken the app away: its data is kept and not served.
    #[error("this account is disabled")]
    Disabled,
    /// There is no such thing, or it is somebody else's: the two look alike.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// What was decided on has changed meanwhile; trying again decides anew.
    #[error("{0} changed meanwhile")]
    Stale(&'static str),
    /// Shopify did not do as asked.
    #[error(transparent)]
    Shopify(#[from] ShopifyError),
    /// The server is not set up for this.
    #[error("{0}")]
    NotConfigured(&'static str),
    /// The database did not do as asked.
    #[error("storage: {0}")]
    Store(StoreError),
    /// A sealed value cannot be opened: the key is missing from `APP_ENCRYPTION_KEY`, or the value was moved.
    #[error("a sealed value cannot be opened with the configured keys")]
    Sealed,
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
