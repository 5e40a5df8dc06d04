//! The job queue. A job is claimed with a lease, so that another process can claim it if the first one dies. Most jobs
//! are queued in the same transaction as the change that requires them.

use domain::UnixMs;

use crate::Result;

/// A queue of its own: jobs of one lane never wait for those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Webhook deliveries.
    Deliveries = 0,
    /// Settlements of orders.
    Settlements = 1,
    /// Purchases that backends and browsers report.
    Reports = 2,
    /// Everything else.
    Maintenance = 3,
    /// Events for other systems.
    Outbound = 4,
    /// Sending to other systems: a slow one keeps nothing else waiting.
    Integrations = 5,
    /// Mail to people: they wait for it, and a mail server may be slow.
    Mail = 6,
}

impl Lane {
    /// All of them, most urgent first.
    pub const ALL: [Self; 7] = [
        Self::Deliveries,
        Self::Settlements,
        Self::Reports,
        Self::Outbound,
        Self::Mail,
        Self::Integrations,
        Self::Maintenance,
    ];

    /// How it is stored.
    pub const fn number(self) -> i64 {
        self as i64
    }
}

/// A job to queue. Only `flow::job` builds them, so that all kinds and payloads are defined in one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Selects the code that runs it.
    pub kind: &'static str,
    /// Deduplication key, unique within the kind.
    pub key: String,
    /// Where it waits.
    pub lane: Lane,
    /// Whose job it is, a brand or a shop: within a lane the parties take turns.
    pub party: String,
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
    /// Number of earlier claims since it was last queued, without those that were released.
    pub attempts: i64,
    /// Incremented each time it is queued.
    pub revision: i64,
    /// When the claim expires. Once another process has claimed the job, finishing or failing it with this claim has no
    /// effect.
    pub lease_until: UnixMs,
}

/// How often a job's process may end while it runs; then the job is given up.
pub const CRASHES_MAX: i64 = 5;
/// From this number of crashes on a job is claimed alone.
pub const SUSPECT_CRASHES: i64 = 2;
/// Most parties of a lane that one claim considers.
pub const PARTIES_PER_CLAIM: i64 = 64;

/// Where the next claim of a lane begins, so that every party has its turn: after this party.
pub type Cursor = String;

/// Claimed jobs, the parties' first ones before their second ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    /// The jobs.
    pub jobs: Vec<Job>,
    /// Where to go on; `None` if every party was considered and nothing else is due.
    pub next: Option<Cursor>,
}

/// What a claim finds: a job of a party, or that the party has none that is due.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct CandidateRow {
    pub party: String,
    pub kind: Option<String>,
    pub key: Option<String>,
    pub crashes: Option<i64>,
}

/// A claimed job as both engines return it; its attempts include this one.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ClaimedRow {
    pub kind: String,
    pub key: String,
    pub payload: String,
    pub attempts: i64,
    pub revision: i64,
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
    /// As [`Self::enqueue`], for several in one transaction.
    async fn enqueue_all(&self, jobs: &[NewJob]) -> Result<()>;
    /// Claims up to `limit` due, unclaimed jobs of a lane until `lease_until`. The parties after `after` take turns, at
    /// most [`PARTIES_PER_CLAIM`] of them; each party's longest due jobs come first. A claim that expired without an
    /// outcome counts as a crash of its process: after [`CRASHES_MAX`] of them the job is given up.
    async fn claim_jobs(
        &self,
        lane: Lane,
        after: &str,
        now: UnixMs,
        lease_until: UnixMs,
        limit: i64,
    ) -> Result<Claimed>;
    /// Puts back those of these claimed jobs whose claim has no outcome yet: they were not started, or the database was
    /// away when they ended. That is no attempt.
    async fn release_jobs(&self, jobs: &[&Job]) -> Result<()>;
    /// Ends the claims of a process that no longer runs, if no other process can hold any: on SQLite. They count as
    /// crashes. Returns how many there were.
    async fn end_claims(&self, now: UnixMs) -> Result<u64>;
    /// Deletes finished jobs. A job that was queued again since it was claimed stays queued.
    async fn finish_jobs(&self, jobs: &[&Job]) -> Result<()>;
    /// Queues a failed job again for `run_at`, or gives it up if that is `None`; `error` is stored for operators. If the
    /// job was queued again since it was claimed, that run simply follows.
    async fn fail_job(&self, job: &Job, error: &str, run_at: Option<UnixMs>) -> Result<()>;
    /// Queues jobs that were given up once more: those of these parties, or all; of one kind and key, or all. Returns
    /// how many.
    async fn requeue_dead_jobs(
        &self,
        parties: Option<&[String]>,
        job: Option<(&str, &str)>,
        now: UnixMs,
    ) -> Result<u64>;
    /// Counts the jobs. One that is to start later, is not running and has not failed
    /// yet is not waiting.
    async fn backlog(&self, now: UnixMs) -> Result<Backlog>;
}
