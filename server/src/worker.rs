//! The job workers: each lane has its own, which runs due jobs, then sleeps until notified or for one second.

use core::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use std::sync::Arc;

use flow::{Flow, Lane};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

/// Maximum number of jobs claimed at a time.
const CLAIM_MAX: i64 = 256;
/// Maximum sleep. Retries and jobs queued by other replicas send no notification, so they wait for this.
const IDLE: Duration = Duration::from_secs(1);

/// Ends the workers' sleep.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Sleepers>);

#[derive(Debug, Default)]
struct Sleepers {
    lanes: [Notify; Lane::ALL.len()],
    webhook_sender: Notify,
    /// How much work on orders is under way.
    orders: AtomicUsize,
}

/// Work on orders, until it is dropped.
#[derive(Debug)]
pub(crate) struct OrderWork(Arc<Sleepers>);

impl Drop for OrderWork {
    fn drop(&mut self) {
        self.0.orders.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Wake {
    /// Tells every worker that there may be something to do.
    pub fn notify(&self) {
        for lane in &self.0.lanes {
            lane.notify_one();
        }
        self.0.webhook_sender.notify_one();
    }

    /// Tells the worker of a lane that there may be something to do. The others would look in vain.
    pub(crate) fn notify_lane(&self, lane: Lane) {
        if let Some(notify) = usize::try_from(lane.number()).ok().and_then(|number| self.0.lanes.get(number)) {
            notify.notify_one();
        }
    }

    /// Tells the workers of what the jobs of a lane queue.
    fn notify_after(&self, lane: Lane) {
        let next: &[Lane] = match lane {
            Lane::Deliveries | Lane::Reports => &[Lane::Settlements, Lane::Outbound],
            Lane::Settlements => &[Lane::Outbound],
            Lane::Maintenance | Lane::Outbound | Lane::Integrations | Lane::Mail => return self.notify(),
        };
        for lane in next {
            self.notify_lane(*lane);
        }
    }

    /// Says that work on orders is under way until the answer is dropped.
    pub(crate) fn begin_orders(&self) -> OrderWork {
        self.0.orders.fetch_add(1, Ordering::Relaxed);
        OrderWork(self.0.clone())
    }

    /// Whether work on orders is under way.
    pub(crate) fn has_orders(&self) -> bool {
        self.0.orders.load(Ordering::Relaxed) > 0
    }

    /// Waits for the next call of [`Self::notify`], for the sender of webhooks.
    pub(crate) async fn webhook_sender(&self) {
        self.0.webhook_sender.notified().await;
    }

    async fn notified(&self, lane: Lane) {
        if let Some(notify) = usize::try_from(lane.number()).ok().and_then(|number| self.0.lanes.get(number)) {
            notify.notified().await;
        }
    }
}

/// Runs the jobs of all lanes until `stop` becomes true.
pub async fn run(flow: Flow, wake: Wake, stop: watch::Receiver<bool>) {
    match flow.jobs().end_claims().await {
        Ok(0) => {}
        Ok(claims) => tracing::warn!(claims, "jobs of a process that ended before they did are run again"),
        Err(error) => tracing::error!(%error, "failed to take back the jobs of an earlier process"),
    }
    let mut lanes = JoinSet::new();
    for lane in Lane::ALL {
        lanes.spawn(run_lane(lane, flow.clone(), wake.clone(), stop.clone()));
    }
    while lanes.join_next().await.is_some() {}
}

async fn run_lane(lane: Lane, flow: Flow, wake: Wake, mut stop: watch::Receiver<bool>) {
    let mut after = String::new();
    // Orders are under way from one round to the next, as long as each finds some.
    let mut orders: Option<OrderWork> = None;
    while !*stop.borrow() {
        if let Err(error) = flow.refresh_day_key().await {
            tracing::error!(%error, "failed to refresh the day key");
        }
        let begun = matches!(lane, Lane::Deliveries | Lane::Settlements).then(|| wake.begin_orders());
        let next = match flow.jobs().run_due(lane, &after, CLAIM_MAX).await {
            Ok(round) => {
                drop(core::mem::replace(&mut orders, begun.filter(|_| round.claimed > 0)));
                if round.claimed > 0 {
                    metrics::counter!("jobs_run_total").increment(round.claimed as u64);
                    wake.notify_after(lane);
                }
                round.next
            }
            Err(error) => {
                tracing::error!(%error, "failed to run due jobs");
                None
            }
        };
        if let Some(next) = next {
            after = next;
            continue;
        }
        after.clear();
        tokio::select! {
            () = wake.notified(lane) => {}
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => {}
        }
    }
}
