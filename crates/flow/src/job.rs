//! Jobs: which stage each kind runs, and when a failed one is tried again.

use domain::{UnixMs, shop::ShopDomain};
use serde::Deserialize;
use store::jobs::Job;

use crate::{Flow, FlowError, order::OrderRef};

/// How long a claimed job is this process's alone.
pub const LEASE_MS: i64 = 60_000;
/// A job is not begun with less of its lease left than this.
const LEASE_MARGIN_MS: i64 = 30_000;
/// Tries before a job is given up and left for a person.
const ATTEMPTS_MAX: i64 = 12;
/// Longest wait between tries.
const WAIT_MAX_MS: i64 = 60 * 60_000;

impl Flow {
    /// Claims up to `limit` due jobs and runs them one after another. Returns how many there were.
    pub async fn run_due_jobs(&self, limit: i64) -> Result<usize, FlowError> {
        let now = self.now();
        let jobs = self.store.claim_jobs(now, now.plus_ms(LEASE_MS), limit).await?;
        let count = jobs.len();
        for (done, job) in jobs.iter().enumerate() {
            if self.now() > job.lease_until.plus_ms(-LEASE_MARGIN_MS) {
                // The rest is another's soon.
                return Ok(done);
            }
            match self.run_job(job).await {
                Ok(()) => self.store.finish_job(job).await?,
                Err(error) => {
                    let run_at = self.next_try(job);
                    tracing::warn!(kind = job.kind, attempts = job.attempts + 1, gives_up = run_at.is_none(), %error, "job failed");
                    self.store.fail_job(job, &error.to_string(), run_at).await?;
                }
            }
        }
        Ok(count)
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
