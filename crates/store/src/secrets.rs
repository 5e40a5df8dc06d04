//! Secrets shared by all replicas. `flow` encrypts them ("sealed") before they get here.

use domain::{BrandId, UnixMs};

use crate::{Result, audit::AuditEntry};

/// Stores encrypted secrets.
#[async_trait::async_trait]
pub trait SecretStore: Send + Sync {
    /// Stores a secret unless one with this name exists, and returns the stored one, so that replicas that start at the
    /// same time get the same secret.
    async fn secret_or_insert(&self, name: &str, sealed: &[u8], now: UnixMs) -> Result<Vec<u8>>;
    /// Deletes the secrets whose name starts with `prefix` and that were stored before `before`.
    async fn forget_secrets(&self, prefix: &str, before: UnixMs) -> Result<()>;
    /// Stores or replaces a brand's secret, or deletes it if `None`, with an audit entry.
    async fn put_secret(
        &self,
        brand: &BrandId,
        name: &str,
        sealed: Option<&[u8]>,
        at: UnixMs,
        audit: &AuditEntry,
    ) -> Result<()>;
    /// Finds a secret.
    async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>>;
}
