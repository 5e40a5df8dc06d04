//! Stores clicks and events: the rows of many requests in few commits.

use core::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use std::sync::Arc;

use store::{
    Store,
    ingest::{Batch, NewClick, NewEvent},
};
use tokio::{sync::oneshot, time::Instant};

pub use crate::gather::{Drained, Overloaded};
use crate::{
    gather::{Gatherer, Sink},
    worker::Wake,
};

/// A batch stops growing once it has this many rows.
const BATCH_ROWS_MAX: usize = 1_000;
/// Commits go on if the last one was this long ago at most, in milliseconds.
const RECENT_MS: u64 = 1_000;
/// Orders must not wait for the many commits of a crowd. While there is work on orders, a crowd's batch waits this long for more
/// rows.
const LINGER: Duration = Duration::from_millis(20);
/// Requests in a batch from which on it is a crowd's.
const CROWD: usize = 16;
/// Attempts to commit a batch before its rows are dropped.
const ATTEMPTS_MAX: u32 = 4;

/// The rows of one request.
#[derive(Default)]
struct Rows {
    click: Option<NewClick>,
    events: Vec<NewEvent>,
}

/// Writes batches of rows.
struct Writer {
    store: Arc<dyn Store>,
    wake: Wake,
    last_commit: LastCommit,
}

impl Sink for Writer {
    type Item = Rows;
    type Outcome = bool;

    const WEIGHT_MAX: usize = BATCH_ROWS_MAX;

    fn weight(rows: &Rows) -> usize {
        rows.events.len() + usize::from(rows.click.is_some())
    }

    fn linger(&self, last: usize) -> Duration {
        if last >= CROWD && self.wake.has_orders() { LINGER } else { Duration::ZERO }
    }

    async fn commit(&self, all: Vec<Rows>) -> Vec<bool> {
        let requests = all.len();
        let mut batch = Batch::default();
        for rows in all {
            batch.clicks.extend(rows.click);
            batch.events.extend(rows.events);
        }
        let is_committed = commit(self.store.as_ref(), &batch).await;
        if is_committed {
            self.last_commit.note();
        }
        if batch.events.iter().any(|event| event.job.is_some()) {
            self.wake.notify();
        }
        vec![is_committed; requests]
    }
}

/// The sending side of the buffer.
#[derive(Clone)]
pub struct Ingest {
    gatherer: Gatherer<Writer>,
    last_commit: LastCommit,
}

/// When the last batch was committed, in ms after the process began to store; 0 if none was.
#[derive(Clone)]
struct LastCommit {
    begun: Instant,
    at_ms: Arc<AtomicU64>,
}

impl LastCommit {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn note(&self) {
        self.at_ms.store(self.now_ms().max(1), Ordering::Relaxed);
    }

    fn is_recent(&self) -> bool {
        let at_ms = self.at_ms.load(Ordering::Relaxed);
        at_ms > 0 && self.now_ms().saturating_sub(at_ms) < RECENT_MS
    }
}

/// Resolves once the rows are committed or dropped.
pub struct Committed(oneshot::Receiver<bool>);

impl Committed {
    /// Waits for the commit; false if the rows were dropped.
    pub async fn wait(self) -> bool {
        self.0.await.unwrap_or(false)
    }
}

impl Ingest {
    /// Starts the writer with room for `queue` requests. `wake` is notified when a commit queued jobs.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(store: Arc<dyn Store>, queue: usize, wake: Wake) -> std::io::Result<(Self, Drained)> {
        let last_commit = LastCommit { begun: Instant::now(), at_ms: Arc::default() };
        let writer = Writer { store, wake, last_commit: last_commit.clone() };
        let (gatherer, drained) = Gatherer::start("ingest", writer, queue)?;
        Ok((Self { gatherer, last_commit }, drained))
    }

    /// Whether more arrives than is committed, while commits go on.
    pub fn is_behind(&self) -> bool {
        self.gatherer.is_behind() && self.last_commit.is_recent()
    }

    /// Queues a click. Never blocks.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full.
    pub fn click(&self, click: NewClick) -> Result<Committed, Overloaded> {
        self.push(Rows { click: Some(click), events: Vec::new() })
    }

    /// Stores a click. Returns once it is durable.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full or the commit failed.
    pub async fn store_click(&self, click: NewClick) -> Result<(), Overloaded> {
        if self.click(click)?.wait().await { Ok(()) } else { Err(Overloaded) }
    }

    /// Stores clicks. Returns once all are durable.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full or a commit failed; some of them may be stored.
    pub async fn store_clicks(&self, clicks: Vec<NewClick>) -> Result<(), Overloaded> {
        let queued: Vec<Committed> = clicks.into_iter().map(|click| self.click(click)).collect::<Result<_, _>>()?;
        for committed in queued {
            if !committed.wait().await {
                return Err(Overloaded);
            }
        }
        Ok(())
    }

    /// Stores events together. Returns once they are durable.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full or the commit failed.
    pub async fn store_events(&self, events: Vec<NewEvent>) -> Result<(), Overloaded> {
        let committed = self.push(Rows { click: None, events })?;
        if committed.wait().await { Ok(()) } else { Err(Overloaded) }
    }

    fn push(&self, rows: Rows) -> Result<Committed, Overloaded> {
        match self.gatherer.push(rows) {
            Ok(outcome) => Ok(Committed(outcome)),
            Err(overloaded) => {
                metrics::counter!("ingest_refused_total").increment(1);
                Err(overloaded)
            }
        }
    }
}

async fn commit(store: &dyn Store, batch: &Batch) -> bool {
    let mut wait = Duration::from_millis(50);
    for attempt in 1..=ATTEMPTS_MAX {
        match store.append(batch).await {
            Ok(()) => {
                metrics::counter!("ingest_rows_total", "kind" => "click").increment(batch.clicks.len() as u64);
                metrics::counter!("ingest_rows_total", "kind" => "event").increment(batch.events.len() as u64);
                metrics::counter!("ingest_commits_total").increment(1);
                return true;
            }
            Err(error) => {
                tracing::error!(attempt, rows = batch.len(), %error, "failed to commit a batch");
                tokio::time::sleep(wait).await;
                wait *= 4;
            }
        }
    }
    metrics::counter!("ingest_lost_rows_total").increment(batch.len() as u64);
    false
}
