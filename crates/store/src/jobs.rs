//! Jobs: work that must happen after what was promised is durable. Claimed with a lease, so that a job of a process
//! that died is taken up by another.

use domain::UnixMs;

use crate::Result;

/// A claimed job. `(kind, key)` names it: queueing it again while it waits changes nothing, and while it runs makes
/// it run once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What to do.
    pub kind: String,
    /// To what.
    pub key: String,
    /// With what, as JSON.
    pub payload: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// Which queueing of it was claimed.
    pub revision: i64,
    /// Until when it is the claimer's. What a claimer says of the job later than this, when another has claimed it,
    /// changes nothing.
    pub lease_until: UnixMs,
}

/// The queue's length, for metrics and readiness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that wait or run.
    pub waiting: i64,
    /// Jobs that were given up and need a person.
    pub dead: i64,
}

/// Stores jobs.
#[async_trait::async_trait]
pub trait JobStore: Send + Sync {
    /// Queues a job to run at or after `run_at`.
    async fn enqueue(&self, kind: &str, key: &str, payload: &str, run_at: UnixMs) -> Result<()>;
    /// Takes up to `limit` due jobs until `lease_until`.
    async fn claim_jobs(&self, now: UnixMs, lease_until: UnixMs, limit: i64) -> Result<Vec<Job>>;
    /// Ends jobs. One that was queued again since it was claimed stays queued.
    async fn finish_jobs(&self, jobs: &[&Job]) -> Result<()>;
    /// Puts a failed job back to run at `run_at`, or gives it up when that is `None`.
    async fn fail_job(&self, job: &Job, error: &str, run_at: Option<UnixMs>) -> Result<()>;
    /// How much there is to do.
    async fn backlog(&self) -> Result<Backlog>;
}
