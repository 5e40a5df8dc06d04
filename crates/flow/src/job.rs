//! Jobs: which stage each kind runs, and when a failed one is tried again.

use std::collections::BTreeMap;

use domain::{BrandId, UnixMs, shop::ShopDomain};
use serde::Deserialize;
use store::jobs::Job;

use crate::{
    Flow, FlowError,
    order::{OrderRef, SETTLED_AT_ONCE},
};

/// How long a claimed job is this process's alone.
pub const LEASE_MS: i64 = 60_000;
/// A job is not begun with less of its lease left than this.
const LEASE_MARGIN_MS: i64 = 30_000;
/// Tries before a job is given up and left for a person.
const ATTEMPTS_MAX: i64 = 12;
/// Longest wait between tries.
const WAIT_MAX_MS: i64 = 60 * 60_000;

/// Jobs of other kinds that run at the same time.
const AT_ONCE: usize = 4;

impl Flow {
    /// Claims up to `limit` due jobs and runs them: those that settle orders of one brand together, the others a few at
    /// a time. Returns how many there were.
    pub async fn run_due_jobs(&self, limit: i64) -> Result<usize, FlowError> {
        let now = self.now();
        let jobs = self.store.claim_jobs(now, now.plus_ms(LEASE_MS), limit).await?;
        let mut by_brand: BTreeMap<BrandId, Vec<(&Job, String)>> = BTreeMap::new();
        let mut others = Vec::new();
        for job in &jobs {
            match payload::<OrderRef>(job) {
                Ok(about) if job.kind == "order.settle" => {
                    by_brand.entry(about.brand).or_default().push((job, about.order_id));
                }
                _ => others.push(job),
            }
        }
        // Settlements first: they are short, and what others wait for. A fault of the database ends nobody else's work.
        let mut fault = None;
        for (brand, orders) in by_brand {
            for some in orders.chunks(SETTLED_AT_ONCE) {
                fault = self.run_settlements(&brand, some).await.err().or(fault);
            }
        }
        for some in others.chunks(AT_ONCE) {
            let mut running = Vec::with_capacity(some.len());
            for job in some {
                running.push(self.run_and_note(job));
            }
            // To the end, whatever becomes of one: a job must not stop half way.
            for outcome in futures::future::join_all(running).await {
                fault = outcome.err().or(fault);
            }
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        Ok(jobs.len())
    }

    /// Whether too little is left of a job's lease to begin it: the rest is another's soon.
    fn is_late_for(&self, job: &Job) -> bool {
        self.now() > job.lease_until.plus_ms(-LEASE_MARGIN_MS)
    }

    async fn run_and_note(&self, job: &Job) -> Result<(), FlowError> {
        if self.is_late_for(job) {
            return Ok(());
        }
        match self.run_job(job).await {
            Ok(()) => Ok(self.store.finish_jobs(&[job]).await?),
            Err(error) => self.note_failure(job, &error).await,
        }
    }

    async fn run_settlements(&self, brand: &BrandId, jobs: &[(&Job, String)]) -> Result<(), FlowError> {
        if jobs.iter().any(|(job, _)| self.is_late_for(job)) {
            return Ok(());
        }
        let order_ids: Vec<String> = jobs.iter().map(|(_, order_id)| order_id.clone()).collect();
        match self.settle_many(brand, &order_ids).await {
            Ok(settled) => {
                let is_done = |(place, _): &(usize, &(&Job, String))| settled.get(*place).copied().unwrap_or(false);
                let (done, stale): (Vec<_>, Vec<_>) = jobs.iter().enumerate().partition(is_done);
                let done: Vec<&Job> = done.into_iter().map(|(_, (job, _))| *job).collect();
                self.store.finish_jobs(&done).await?;
                for (_, (job, _)) in stale {
                    self.note_failure(job, &FlowError::Stale("order")).await?;
                }
                Ok(())
            }
            Err(error) if jobs.len() == 1 => self.note_failure(jobs[0].0, &error).await,
            // One that cannot be settled must not keep the others waiting.
            Err(_) => {
                for (job, _) in jobs {
                    self.run_and_note(job).await?;
                }
                Ok(())
            }
        }
    }

    async fn note_failure(&self, job: &Job, error: &FlowError) -> Result<(), FlowError> {
        let run_at = self.next_try(job);
        tracing::warn!(kind = job.kind, attempts = job.attempts + 1, gives_up = run_at.is_none(), %error, "job failed");
        Ok(self.store.fail_job(job, &error.to_string(), run_at).await?)
    }

    fn next_try(&self, job: &Job) -> Option<UnixMs> {
        let wait_ms = (1_000_i64 << job.attempts.clamp(0, 20)).min(WAIT_MAX_MS);
        (job.attempts + 1 < ATTEMPTS_MAX).then(|| self.now().plus_ms(wait_ms))
    }

    async fn run_job(&self, job: &Job) -> Result<(), FlowError> {
        #[derive(Deserialize)]
        struct ShopRef {
            shop: ShopDomain,
        }
        #[derive(Deserialize)]
        struct BrandRef {
            brand: domain::BrandId,
        }
        match job.kind.as_str() {
            "inbox" => {
                let id = job.key.parse().map_err(|_| FlowError::NotFound("delivery"))?;
                self.process_delivery(&id).await
            }
            "order.report" => self.take_purchase_reports(&payload::<OrderRef>(job)?).await,
            "order.settle" => self.settle(&payload::<OrderRef>(job)?).await,
            "models.run" => self.models_job(&payload::<BrandRef>(job)?.brand).await,
            "orders.recompute" => self.recompute_job(&payload::<BrandRef>(job)?.brand).await,
            "shop.keepalive" => self.keep_alive(&payload::<ShopRef>(job)?.shop).await,
            _ => Err(FlowError::NotFound("job kind")),
        }
    }
}

fn payload<T: serde::de::DeserializeOwned>(job: &Job) -> Result<T, FlowError> {
    serde_json::from_str(&job.payload).map_err(|_| FlowError::NotFound("job payload"))
}
