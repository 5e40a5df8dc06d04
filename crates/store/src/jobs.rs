//! The job queue. A job is claimed with a lease, so that another process can claim it if the first one dies. Most jobs
//! are queued in the same transaction as the change that requires them.

use domain::UnixMs;

use crate::Result;

/// A job to queue. Only `flow::job` builds them, so that all kinds and payloads are defined in one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Selects the code that runs it.
    pub kind: &'static str,
    /// Deduplication key, unique within the kind.
    pub key: String,
    /// Its input, as JSON.
    pub payload: String,
    /// Earliest start.
    pub run_at: UnixMs,
}

/// Builds the job that settles an order, given the seller's order id. Methods that change an order's facts take it and
/// queue the job in the same transaction.
pub type SettleJob<'a> = &'a (dyn Fn(&str) -> NewJob + Send + Sync);

/// A claimed job, identified by `(kind, key)`. Queueing it again while it is waiting adds no second run; queueing it
/// while it is running makes it run once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// As in [`NewJob`].
    pub kind: String,
    /// As in [`NewJob`].
    pub key: String,
    /// As in [`NewJob`].
    pub payload: String,
    /// Number of earlier claims since it was last queued.
    pub attempts: i64,
    /// Incremented each time it is queued.
    pub revision: i64,
    /// When the claim expires. Once another process has claimed the job, finishing or failing it with this claim has no
    /// effect.
    pub lease_until: UnixMs,
}

/// The queue's length, for metrics and readiness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Waiting and running jobs; without those that are to start later.
    pub waiting: i64,
    /// Jobs that failed for good and need manual attention.
    pub dead: i64,
}

/// Stores jobs.
#[async_trait::async_trait]
pub trait JobStore: Send + Sync {
    /// Queues a job. It replaces one of the same kind and key and resets its attempts. If that one is waiting, the
    /// earlier start of the two applies; if it is running or dead, the new start.
    async fn enqueue(&self, job: &NewJob) -> Result<()>;
    /// Claims up to `limit` due, unclaimed jobs until `lease_until`, longest due first.
    async fn claim_jobs(&self, now: UnixMs, lease_until: UnixMs, limit: i64) -> Result<Vec<Job>>;
    /// Deletes finished jobs. A job that was queued again since it was claimed stays queued.
    async fn finish_jobs(&self, jobs: &[&Job]) -> Result<()>;
    /// Queues a failed job again for `run_at`, or marks it as dead if that is `None`; `error` is stored for operators.
    /// If the job was queued again since it was claimed, that run simply follows.
    async fn fail_job(&self, job: &Job, error: &str, run_at: Option<UnixMs>) -> Result<()>;
    /// Counts the jobs. One that is to start later, is not running and has not failed
    /// yet is not waiting.
    async fn backlog(&self, now: UnixMs) -> Result<Backlog>;
}
