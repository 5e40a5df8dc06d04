//! Sign-in links, sessions and OAuth states. Only hashes of what a browser holds are stored.

use domain::{BrandId, CreatorId, UnixMs, shop::ShopDomain};

use crate::{Result, audit::AuditEntry};

/// Who signs in: a member of a brand, or one of its creators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The brand.
    pub brand: BrandId,
    /// The creator; absent for a member of the brand.
    pub creator: Option<CreatorId>,
}

/// Stores what lets people in.
#[async_trait::async_trait]
pub trait AccessStore: Send + Sync {
    /// Stores a sign-in link until `expires_at`.
    async fn put_login(&self, token: [u8; 32], who: &Principal, expires_at: UnixMs, audit: &AuditEntry) -> Result<()>;
    /// Whether a sign-in link would work now, without using it.
    async fn login(&self, token: [u8; 32], now: UnixMs) -> Result<Option<Principal>>;
    /// Uses a sign-in link and begins a session, in one step: of two parallel uses exactly one gets it.
    async fn use_login(
        &self,
        token: [u8; 32],
        session: [u8; 32],
        now: UnixMs,
        expires_at: UnixMs,
    ) -> Result<Option<Principal>>;
    /// Finds a live session.
    async fn session(&self, token: [u8; 32], now: UnixMs) -> Result<Option<Principal>>;
    /// Ends a session.
    async fn end_session(&self, token: [u8; 32]) -> Result<()>;
    /// Stores an OAuth state until `expires_at`.
    async fn put_oauth_state(&self, state: [u8; 32], shop: &ShopDomain, expires_at: UnixMs) -> Result<()>;
    /// Uses an OAuth state once; false when it is unknown, used, expired, or of another shop.
    async fn use_oauth_state(&self, state: [u8; 32], shop: &ShopDomain, now: UnixMs) -> Result<bool>;
}
