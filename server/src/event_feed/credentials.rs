//! The credentials of an open connection. They are checked again while it is open, so that a revoked key, an ended session or
//! a member who left the team receives nothing more.

use domain::{UnixMs, scope::Scope};
use flow::{Flow, FlowError};

/// Time between two checks, in ms.
const CHECK_MS: i64 = 3_000;

/// The credentials that opened a connection, and when they were last checked.
pub(crate) struct Credentials {
    credential: Credential,
    checked_at: UnixMs,
}

/// How a connection was authenticated.
pub(crate) enum Credential {
    /// An API key.
    Key(String),
    /// A session cookie.
    Cookie(String),
    /// A session token of the Shopify admin. It is valid for a minute, and cannot be checked again.
    Token,
}

impl Credentials {
    /// The credentials of a connection that was authenticated at this time.
    pub(crate) fn new(credential: Credential, now: UnixMs) -> Self {
        Self { credential, checked_at: now }
    }

    /// Whether they are still valid. A database that does not answer ends no connection.
    pub(crate) async fn are_valid(&mut self, flow: &Flow) -> bool {
        let now = flow.now();
        if (0..CHECK_MS).contains(&(now.0 - self.checked_at.0)) {
            return true;
        }
        self.checked_at = now;
        let access = flow.access();
        let refused = match &self.credential {
            Credential::Key(key) => {
                access.api_caller(key).await.and_then(|caller| caller.allowed(Scope::read("events"))).map(|_| ()).err()
            }
            Credential::Cookie(cookie) => access.merchant_by_session(cookie).await.map(|_| ()).err(),
            Credential::Token => None,
        };
        refused.is_none_or(|error| matches!(error, FlowError::Store(_)))
    }
}
