//! What an open connection was let in with. It is looked at again while the connection lasts: a revoked key, a session that
//! was ended and a member who left hear nothing more.

use domain::{UnixMs, scope::Scope};
use flow::{Flow, FlowError};

/// Time between two looks, in ms.
const CHECK_MS: i64 = 3_000;

/// What a connection was let in with, and when that was last looked at.
pub(crate) struct Admission {
    proof: Proof,
    checked_at: UnixMs,
}

/// What says who is at the other end.
pub(crate) enum Proof {
    /// An API key.
    Key(String),
    /// A session cookie.
    Cookie(String),
    /// A session token of the Shopify admin is valid for a minute and cannot be looked at again.
    Token,
}

impl Admission {
    /// What a connection was let in with now.
    pub(crate) fn new(proof: Proof, now: UnixMs) -> Self {
        Self { proof, checked_at: now }
    }

    /// Whether it still lets anybody in. A database that is away ends no connection.
    pub(crate) async fn holds(&mut self, flow: &Flow) -> bool {
        let now = flow.now();
        if (0..CHECK_MS).contains(&(now.0 - self.checked_at.0)) {
            return true;
        }
        self.checked_at = now;
        let access = flow.access();
        let refused = match &self.proof {
            Proof::Key(key) => {
                access.api_caller(key).await.and_then(|caller| caller.allowed(Scope::read("events"))).map(|_| ()).err()
            }
            Proof::Cookie(cookie) => access.merchant_by_session(cookie).await.map(|_| ()).err(),
            Proof::Token => None,
        };
        refused.is_none_or(|error| matches!(error, FlowError::Store(_)))
    }
}
