//! Jobs that were given up: listed, and queued again once their cause is gone.

pub use store::health::DeadJob;

pub use crate::task::Task;
use crate::{
    FlowError,
    access::{Merchant, Operator},
    job::task_of,
    stage::Jobs,
};

/// Most jobs listed.
const LIST_MAX: i64 = 200;

/// What a job was to do.
pub fn task(job: &DeadJob) -> Task {
    task_of(&job.kind, &job.key)
}

impl Jobs<'_> {
    /// The brand's jobs that were given up: its own and those of its shops.
    ///
    /// # Errors
    /// A database error.
    pub async fn failed(self, merchant: &Merchant) -> Result<Vec<DeadJob>, FlowError> {
        Ok(self.store.dead_jobs(Some(&self.parties(merchant).await?), LIST_MAX).await?)
    }

    /// Queues one of the brand's jobs that were given up again. Returns whether there was such a job.
    ///
    /// # Errors
    /// A database error.
    pub async fn retry(self, merchant: &Merchant, kind: &str, key: &str) -> Result<bool, FlowError> {
        let parties = self.parties(merchant).await?;
        Ok(self.store.requeue_dead_jobs(Some(&parties), Some((kind, key)), self.now()).await? > 0)
    }

    /// All jobs that were given up.
    ///
    /// # Errors
    /// A database error.
    pub async fn all_failed(self, _operator: Operator) -> Result<Vec<DeadJob>, FlowError> {
        Ok(self.store.dead_jobs(None, LIST_MAX).await?)
    }

    /// Queues the jobs that were given up again: all, or one. Returns how many.
    ///
    /// # Errors
    /// A database error.
    pub async fn retry_failed(self, _operator: Operator, job: Option<(&str, &str)>) -> Result<u64, FlowError> {
        Ok(self.store.requeue_dead_jobs(None, job, self.now()).await?)
    }

    /// Whose jobs are the brand's.
    async fn parties(self, merchant: &Merchant) -> Result<Vec<String>, FlowError> {
        let shops = self.store.shops_of(merchant.id()).await?;
        let shops = shops.into_iter().map(|shop| shop.domain.to_string());
        Ok(shops.chain([merchant.id().to_string()]).collect())
    }
}
