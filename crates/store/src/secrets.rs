//! Secrets that every replica shares, sealed before they get here.

use domain::UnixMs;

use crate::Result;

/// Stores sealed secrets.
#[async_trait::async_trait]
pub trait SecretStore: Send + Sync {
    /// Stores a secret unless one of this name is there, and returns the one that is there afterwards: of two
    /// replicas that start together, both get the same.
    async fn secret_or_insert(&self, name: &str, sealed: &[u8], now: UnixMs) -> Result<Vec<u8>>;
    /// Forgets the secrets whose name begins with `prefix` and which are older than `before`.
    async fn forget_secrets(&self, prefix: &str, before: UnixMs) -> Result<()>;
}
