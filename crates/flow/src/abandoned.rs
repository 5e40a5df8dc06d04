//! Jobs whose outcome could not be stored because the database was away. It would take them for those of a process that
//! has ended, a minute later; they are put back as soon as it answers again.

use std::sync::{Mutex, PoisonError};

use store::{Result, Store, jobs::Job};

/// Claimed jobs of this process that nobody works on.
#[derive(Default)]
pub(crate) struct AbandonedJobs(Mutex<Vec<Job>>);

impl AbandonedJobs {
    /// Adds jobs of a claim. Those that have an outcome in the database keep it.
    pub(crate) fn add(&self, jobs: Vec<Job>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(jobs);
    }

    /// Puts all of them back. If the database is still away, they stay.
    pub(crate) async fn release(&self, store: &dyn Store) -> Result<()> {
        let jobs = core::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if jobs.is_empty() {
            return Ok(());
        }
        let released = store.release_jobs(&jobs.iter().collect::<Vec<_>>()).await;
        match &released {
            Ok(()) => tracing::info!(jobs = jobs.len(), "jobs that the database interrupted run again"),
            Err(_) => self.add(jobs),
        }
        released
    }
}
