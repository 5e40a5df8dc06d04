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
    /// Sets a sealed value, or forgets it when it is `None`.
    async fn put_secret(&self, name: &str, sealed: Option<&[u8]>, at: UnixMs) -> Result<()>;
    /// A sealed value.
    async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>>;
}
