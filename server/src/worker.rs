//! The job worker: runs due jobs, then sleeps until notified or for one second.

use core::time::Duration;
use std::sync::Arc;

use flow::Flow;
use tokio::sync::{Notify, watch};

/// Maximum number of jobs claimed at a time.
const CLAIM_MAX: i64 = 64;
/// Maximum sleep. Retries and jobs queued by other replicas send no notification, so they wait for this.
const IDLE: Duration = Duration::from_secs(1);

/// Runs jobs until `stop` becomes true. `wake` ends a sleep early.
pub async fn run(flow: Flow, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = flow.refresh_day_key().await {
            tracing::error!(%error, "failed to refresh the day key");
        }
        match flow.jobs().run_due(CLAIM_MAX).await {
            Ok(count) if count > 0 => {
                metrics::counter!("jobs_run_total").increment(count as u64);
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "failed to run due jobs"),
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => {}
        }
    }
}
