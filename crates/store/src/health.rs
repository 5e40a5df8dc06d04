//! What became of queued work, and whether the database guards its rows, for the operator.

use domain::{UnixMs, shop::ShopDomain};

use crate::Result;

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadJob {
    /// What it was to do.
    pub kind: String,
    /// What it was about.
    pub key: String,
    /// Whose it is: a brand or a shop.
    pub party: String,
    /// The last error.
    pub error: String,
}

/// A message about people's data that could not be obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedMessage {
    /// The shop.
    pub shop: ShopDomain,
    /// The topic, such as `customers/redact`.
    pub topic: String,
    /// When it arrived.
    pub received_at: UnixMs,
    /// Why it was refused.
    pub outcome: String,
}

/// Reads the state of queued work and of the database's own guard. Changes nothing.
#[async_trait::async_trait]
pub trait HealthStore: Send + Sync {
    /// Jobs that were given up, of these parties or of all, by party, kind and key, at most `limit`.
    async fn dead_jobs(&self, parties: Option<&[String]>, limit: i64) -> Result<Vec<DeadJob>>;
    /// When a job is to start or was to start. `None` when it is not queued, or failed for good.
    async fn job_due_at(&self, kind: &str, key: &str) -> Result<Option<UnixMs>>;
    /// Messages about people's data that were closed as refused, latest first, at most `limit`.
    async fn refused_privacy_messages(&self, limit: i64) -> Result<Vec<RefusedMessage>>;
    /// Why the database itself does not keep the brands' rows apart, although it could. `None` where it does, and on
    /// engines that cannot.
    async fn row_security_gap(&self) -> Result<Option<String>>;
}
