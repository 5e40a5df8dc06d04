//! Running queued jobs, and retrying those that fail.

use std::collections::BTreeMap;

use domain::{BrandId, UnixMs};
use store::jobs::Job as StoredJob;

use crate::{
    FlowError,
    job::{Job, Lane},
    order::SETTLED_AT_ONCE,
    stage::Jobs,
};

/// Lease of a claimed job, in ms: no other process may claim it for so long.
pub const LEASE_MS: i64 = 60_000;
/// A job is not started with less than this left of its lease, in ms.
const LEASE_MARGIN_MS: i64 = 30_000;
/// Attempts before a job is given up and left for the operator.
const ATTEMPTS_MAX: i64 = 12;
/// How often a job is retried at once because what it worked on changed meanwhile.
const STALE_AT_ONCE_MAX: i64 = 5;
/// Longest wait between attempts, in ms.
const WAIT_MAX_MS: i64 = 60 * 60_000;

/// Jobs other than settlements that run concurrently.
const AT_ONCE: usize = 4;

impl Jobs<'_> {
    /// Claims up to `limit` due jobs and runs them: settlements of one brand's orders together, the others a few at a
    /// time. Returns how many were claimed.
    ///
    /// # Errors
    /// A database error, after every claimed job has been tried. A job's own error is recorded, and the job retried.
    pub async fn run_due(self, limit: i64) -> Result<usize, FlowError> {
        let now = self.now();
        let jobs = self.store.claim_jobs(now, now.plus_ms(LEASE_MS), limit).await?;
        let mut by_brand: BTreeMap<BrandId, Vec<(&StoredJob, String)>> = BTreeMap::new();
        let mut others = Vec::new();
        for stored in &jobs {
            match Job::read(stored).map(|job| (job.lane(), job)) {
                Ok((Lane::Settlements, Job::SettleOrder(order))) => {
                    by_brand.entry(order.brand).or_default().push((stored, order.order_id));
                }
                _ => others.push(stored),
            }
        }
        // Settlements first: they are short and most urgent. A database error does not stop the remaining jobs.
        let mut fault = None;
        for (brand, orders) in by_brand {
            for batch in orders.chunks(SETTLED_AT_ONCE) {
                fault = self.run_settlements(&brand, batch).await.err().or(fault);
            }
        }
        for batch in others.chunks(AT_ONCE) {
            let mut running = Vec::with_capacity(batch.len());
            for job in batch {
                running.push(self.run_and_record(job));
            }
            // All run to the end even if one fails: a job must not stop halfway.
            for outcome in futures::future::join_all(running).await {
                fault = outcome.err().or(fault);
            }
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        Ok(jobs.len())
    }

    /// Whether too little is left of a job's lease to start it: another process may soon claim it.
    fn is_late_for(self, job: &StoredJob) -> bool {
        self.now() > job.lease_until.plus_ms(-LEASE_MARGIN_MS)
    }

    async fn run_and_record(self, job: &StoredJob) -> Result<(), FlowError> {
        if self.is_late_for(job) {
            return Ok(());
        }
        match self.run_job(job).await {
            Ok(()) => Ok(self.store.finish_jobs(&[job]).await?),
            Err(error) => self.record_failure(job, &error).await,
        }
    }

    async fn run_settlements(self, brand: &BrandId, jobs: &[(&StoredJob, String)]) -> Result<(), FlowError> {
        if jobs.iter().any(|(job, _)| self.is_late_for(job)) {
            return Ok(());
        }
        let order_ids: Vec<String> = jobs.iter().map(|(_, order_id)| order_id.clone()).collect();
        match self.orders().settle_many(brand, &order_ids).await {
            Ok(settled) => {
                let is_done =
                    |(index, _): &(usize, &(&StoredJob, String))| settled.get(*index).copied().unwrap_or(false);
                let (done, stale): (Vec<_>, Vec<_>) = jobs.iter().enumerate().partition(is_done);
                let done: Vec<&StoredJob> = done.into_iter().map(|(_, (job, _))| *job).collect();
                self.store.finish_jobs(&done).await?;
                for (_, (job, _)) in stale {
                    self.record_failure(job, &FlowError::Stale("order")).await?;
                }
                Ok(())
            }
            Err(error) if jobs.len() == 1 => self.record_failure(jobs[0].0, &error).await,
            // An order that cannot be settled must not block the others.
            Err(_) => {
                for (job, _) in jobs {
                    self.run_and_record(job).await?;
                }
                Ok(())
            }
        }
    }

    async fn record_failure(self, job: &StoredJob, error: &FlowError) -> Result<(), FlowError> {
        let run_at = self.next_try(job, error);
        tracing::warn!(kind = job.kind, attempts = job.attempts + 1, gives_up = run_at.is_none(), %error, "job failed");
        Ok(self.store.fail_job(job, &error.to_string(), run_at).await?)
    }

    fn next_try(self, job: &StoredJob, error: &FlowError) -> Option<UnixMs> {
        // An order that changed meanwhile is decided again at once: nothing is broken.
        let is_stale = matches!(error, FlowError::Stale(_)) && job.attempts < STALE_AT_ONCE_MAX;
        let wait_ms = if is_stale { 0 } else { (1_000_i64 << job.attempts.clamp(0, 20)).min(WAIT_MAX_MS) };
        (job.attempts + 1 < ATTEMPTS_MAX).then(|| self.now().plus_ms(wait_ms))
    }

    async fn run_job(self, job: &StoredJob) -> Result<(), FlowError> {
        match Job::read(job)? {
            Job::ProcessDelivery(id) => self.deliveries().process(&id).await,
            Job::ProcessReports(order) => self.orders().process_purchase_reports(&order).await,
            Job::SettleOrder(order) => self.orders().settle(&order).await,
            Job::RunModels(brand) => self.models().run_job(&brand).await,
            Job::Recompute(brand) => self.policies().recompute_job(&brand).await,
            Job::Retain => self.retention().run_job().await,
            Job::RetainBrand(brand) => self.retention().run_brand_job(&brand).await,
            Job::Scrub => self.customers().scrub_job().await,
            Job::KeepShopAlive(shop) => self.installs().keep_alive(&shop).await,
        }
    }
}
