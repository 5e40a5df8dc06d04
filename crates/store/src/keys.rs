//! API keys.

use domain::{
    BrandId, UnixMs,
    api_key::{KeyId, KeyRecord},
};

use crate::{Result, audit::AuditEntry};

/// Stores API keys, never their secrets.
#[async_trait::async_trait]
pub trait KeyStore: Send + Sync {
    /// Adds a key.
    async fn create_key(&self, key: &KeyRecord, audit: &AuditEntry) -> Result<()>;
    /// Finds a key by its public name, revoked or not. The only look-up without a brand: it is how one is proved.
    async fn key(&self, id: &KeyId) -> Result<Option<KeyRecord>>;
    /// The keys of a brand, newest first.
    async fn keys(&self, brand: &BrandId) -> Result<Vec<KeyRecord>>;
    /// Revokes a key; false when the brand has no such live key.
    async fn revoke_key(&self, brand: &BrandId, id: &KeyId, at: UnixMs, audit: &AuditEntry) -> Result<bool>;
}
