//! The Shopify protocol: signatures, OAuth, session tokens, webhooks and the Admin GraphQL API, version 2026-10.
//!
//! Knows nothing of our database or attribution rules.
#![deny(missing_docs)]

pub mod admin;
pub mod oauth;
pub mod order;
pub mod privacy;
pub mod session_token;
pub mod signature;
pub mod webhook;

use core::fmt;

/// The Admin API version used in every call.
pub const API_VERSION: &str = "2026-10";

/// An app's credentials, as the Dev Dashboard shows them. `Debug` hides the secrets.
#[derive(Clone)]
pub struct Credentials {
    /// The client id; public, it appears in page source.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The secret before the last rotation; signatures made with it are still accepted.
    pub previous_secret: Option<String>,
}

impl Credentials {
    /// The secrets with which Shopify may have signed a message, the current one first. Never an empty one, with which anybody
    /// could sign.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let all = core::iter::once(self.client_secret.as_str()).chain(self.previous_secret.as_deref());
        all.filter(|secret| !secret.is_empty())
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
    /// Shopify is not reachable, timed out or did not answer in HTTP.
    #[error("Shopify cannot be reached: {0}")]
    Transport(String),
    /// The grant (code, session token or refresh token) is invalid or expired.
    #[error("Shopify rejected the grant: {0}")]
    Grant(String),
    /// The access token is invalid or expired.
    #[error("Shopify rejected the access token")]
    Unauthorized,
    /// The rate limit is reached; retry later.
    #[error("Shopify rate limit reached")]
    Throttled {
        /// Milliseconds to wait before a retry.
        retry_after_ms: u64,
    },
    /// Shopify answered with an error, or with an answer that cannot be read.
    #[error("Shopify error: {0}")]
    Answer(String),
}

impl From<reqwest::Error> for ShopifyError {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error.without_url().to_string())
    }
}
