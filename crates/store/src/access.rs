//! Sign-in links, sessions and OAuth states.
//!
//! All tokens, sessions and states here are SHA-256 hashes: the values that browsers hold are never stored.

use domain::{AccountId, BrandId, CreatorId, UnixMs, account::Role, shop::ShopDomain};

use crate::{
    Result,
    audit::AuditEntry,
    outbound::NewEvents,
    row::{known, read, read_opt},
};

/// Who is signed in: a member of a brand, or one of its creators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The brand.
    pub brand: BrandId,
    /// The creator; absent for a member of the brand.
    pub creator: Option<CreatorId>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct PrincipalRow {
    pub brand_id: String,
    pub creator_id: Option<String>,
}

impl PrincipalRow {
    /// Converts the row.
    pub fn read(self) -> Result<Principal> {
        Ok(Principal {
            brand: read(self.brand_id, "sessions", "brand_id")?,
            creator: read_opt(self.creator_id, "sessions", "creator_id")?,
        })
    }
}

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who is signed in.
    pub principal: Principal,
    /// Whose session it is; absent if it began with a link that the brand or its operator made.
    pub account: Option<AccountId>,
    /// The account's role in the team; absent for creators, and without an account.
    pub role: Option<Role>,
    /// When it was last used, to the hour.
    pub last_seen_at: UnixMs,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct SessionRow {
    pub brand_id: String,
    pub creator_id: Option<String>,
    pub account_id: Option<String>,
    pub role: Option<String>,
    pub last_seen_at: i64,
}

impl SessionRow {
    /// Converts the row.
    pub fn read(self) -> Result<Session> {
        let role = self.role.map(|role| known(Role::parse(&role), "members", "role")).transpose()?;
        let principal = PrincipalRow { brand_id: self.brand_id, creator_id: self.creator_id }.read()?;
        Ok(Session {
            role: role.filter(|_| principal.creator.is_none()),
            principal,
            account: read_opt(self.account_id, "sessions", "account_id")?,
            last_seen_at: UnixMs(self.last_seen_at),
        })
    }
}

/// Stores sign-in links, sessions and OAuth states.
#[async_trait::async_trait]
pub trait AccessStore: Send + Sync {
    /// Stores a sign-in link that is valid before `expires_at`.
    ///
    /// # Errors
    /// `Conflict` when the token exists, `Missing` when the brand does not.
    async fn put_login(&self, token: [u8; 32], who: &Principal, expires_at: UnixMs, audit: &AuditEntry) -> Result<()>;
    /// Who could sign in with a link now, without using it up. `None` if it is unknown, used or expired.
    async fn login(&self, token: [u8; 32], now: UnixMs) -> Result<Option<Principal>>;
    /// Uses up a sign-in link and creates a session that is valid before `expires_at`. Of concurrent calls with one
    /// token exactly one succeeds; the others get `None`, as for an unknown, used or expired link. The events are written
    /// if it is a creator who signs in for the first time.
    ///
    /// # Errors
    /// `Conflict` when the session exists.
    async fn use_login(
        &self,
        token: [u8; 32],
        session: [u8; 32],
        now: UnixMs,
        expires_at: UnixMs,
        activation: &NewEvents,
    ) -> Result<Option<Principal>>;
    /// Finds a session; `None` if it is unknown or expired, or its account may no longer be there: it was taken out of the
    /// team, or its address is no longer the creator's.
    async fn session(&self, token: [u8; 32], now: UnixMs) -> Result<Option<Session>>;
    /// Deletes a session, if it exists.
    async fn end_session(&self, token: [u8; 32]) -> Result<()>;
    /// Stores an OAuth state that is valid before `expires_at`.
    ///
    /// # Errors
    /// `Conflict` when the state exists.
    async fn put_oauth_state(&self, state: [u8; 32], shop: &ShopDomain, expires_at: UnixMs) -> Result<()>;
    /// Uses up an OAuth state. False when it is unknown, used, expired, or of another shop.
    async fn use_oauth_state(&self, state: [u8; 32], shop: &ShopDomain, now: UnixMs) -> Result<bool>;
}
