//! The job loop: runs what is due, sleeps until told or for a second.

use core::time::Duration;
use std::sync::Arc;

use flow::Flow;
use tokio::sync::{Notify, watch};

/// Jobs claimed at a time.
const CLAIM: i64 = 64;
/// Longest sleep: jobs of other replicas and retries have no other alarm.
const IDLE: Duration = Duration::from_secs(1);

/// Runs jobs until `stop` turns true.
pub async fn run(flow: Flow, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = flow.refresh_day_key().await {
            tracing::error!(%error, "the key of the day cannot be read");
        }
        match flow.run_due_jobs(CLAIM).await {
            Ok(count) if count > 0 => {
                metrics::counter!("jobs_run_total").increment(count as u64);
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "jobs cannot be claimed"),
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => {}
        }
    }
}
