//! Shopify in its own words: signatures, OAuth, session tokens, webhooks and the Admin GraphQL API.
//!
//! Knows nothing of our tables or rules. API version 2026-10.
#![deny(missing_docs)]

pub mod admin;
pub mod oauth;
pub mod order;
pub mod privacy;
pub mod session_token;
pub mod signature;
pub mod webhook;

use core::fmt;

/// The Admin API version that every call names.
pub const API_VERSION: &str = "2026-10";

/// An app's credentials, as the Dev Dashboard shows them. `Debug` hides the secrets.
#[derive(Clone)]
pub struct Credentials {
    /// The client id; public, it is in page source.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The secret before the last rotation, still accepted on what Shopify signs.
    pub previous_secret: Option<String>,
}

impl Credentials {
    /// The secrets that may have signed a message, the current one first.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        core::iter::once(self.client_secret.as_str()).chain(self.previous_secret.as_deref())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// Why a call to Shopify failed.
#[derive(Debug, thiserror::Error)]
pub enum ShopifyError {
    /// Not reachable, too slow, or not HTTP.
    #[error("Shopify cannot be reached: {0}")]
    Transport(String),
    /// The grant (code, session token or refresh token) is not good any more.
    #[error("Shopify refused the grant: {0}")]
    Grant(String),
    /// The access token is not good any more.
    #[error("Shopify refused the access token")]
    Unauthorized,
    /// Slow down; try again after this many milliseconds.
    #[error("Shopify throttles")]
    Throttled {
        /// Milliseconds to wait.
        retry_after_ms: u64,
    },
    /// Shopify answered with errors.
    #[error("Shopify answered: {0}")]
    Answer(String),
}

impl From<reqwest::Error> for ShopifyError {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error.without_url().to_string())
    }
}
