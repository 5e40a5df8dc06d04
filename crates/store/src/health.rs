//! What became of queued work, for the operator.

use domain::UnixMs;

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

/// Reads the state of queued work. Changes nothing.
#[async_trait::async_trait]
pub trait HealthStore: Send + Sync {
    /// Jobs that were given up, of these parties or of all, by party, kind and key, at most `limit`.
    async fn dead_jobs(&self, parties: Option<&[String]>, limit: i64) -> Result<Vec<DeadJob>>;
    /// When a job is to start or was to start. `None` when it is not queued, or failed for good.
    async fn job_due_at(&self, kind: &str, key: &str) -> Result<Option<UnixMs>>;
}
