//! Stores clicks and events: the rows of many requests in few commits.

use core::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flow::Lane;
use store::{
    Store, StoreError,
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
/// Attempts to commit a batch before its rows are dropped, and how long a further one is begun.
const ATTEMPTS_MAX: u32 = 4;
const ATTEMPTS_FOR: Duration = Duration::from_secs(2);

/// The rows of one request.
#[derive(Default)]
struct Rows {
    click: Option<NewClick>,
    events: Vec<NewEvent>,
    /// Whether the click is kept while the database is away: nobody will send it again.
    outlasts: bool,
}

/// Writes batches of rows.
struct Writer {
    store: Arc<dyn Store>,
    wake: Wake,
    last_commit: LastCommit,
    /// Clicks whose batches could not be committed because the database was away, oldest first, and how many there may be.
    kept: Mutex<Vec<NewClick>>,
    kept_max: usize,
}

impl Writer {
    fn kept(&self) -> MutexGuard<'_, Vec<NewClick>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits the oldest of the kept clicks, in a batch of their own, so that nothing else can fail it.
    ///
    /// # Errors
    /// If the database is still away.
    async fn commit_kept(&self) -> Result<(), StoreError> {
        let clicks: Vec<NewClick> = {
            let mut kept = self.kept();
            let count = kept.len().min(BATCH_ROWS_MAX);
            kept.drain(..count).collect()
        };
        if clicks.is_empty() {
            return Ok(());
        }
        let mut batch = Batch { clicks, ..Batch::default() };
        match self.store.append(&batch).await {
            Err(error @ StoreError::Unavailable(_)) => {
                self.kept().splice(0..0, batch.clicks.drain(..));
                return Err(error);
            }
            Err(error) => {
                tracing::error!(%error, "failed to commit the clicks of an outage");
                lose(batch.len());
            }
            Ok(()) => {
                metrics::counter!("ingest_rows_total", "kind" => "click").increment(batch.clicks.len() as u64);
                self.last_commit.note();
            }
        }
        Ok(())
    }

    /// Keeps clicks for a later batch; those for which there is no room are lost.
    fn keep(&self, clicks: Vec<NewClick>) {
        let mut kept = self.kept();
        let room = self.kept_max.saturating_sub(kept.len());
        let lost = clicks.len().saturating_sub(room);
        kept.extend(clicks.into_iter().take(room));
        lose(lost);
    }
}

impl Drop for Writer {
    /// The process ends before the database is back.
    fn drop(&mut self) {
        lose(self.kept().len());
    }
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

    fn rest(&self) -> usize {
        self.kept().len()
    }

    async fn commit(&self, all: Vec<Rows>) -> Vec<bool> {
        let requests = all.len();
        let mut batch = Batch::default();
        // Which clicks outlast a failure: those of shoppers who were sent on.
        let mut outlast = Vec::new();
        for rows in all {
            outlast.extend(rows.click.is_some().then_some(rows.outlasts));
            batch.clicks.extend(rows.click);
            batch.events.extend(rows.events);
        }
        let committed = match self.commit_kept().await {
            Ok(()) if batch.is_empty() => return vec![true; requests],
            Ok(()) => commit(self.store.as_ref(), &batch).await,
            // Still away: whoever waits learns it at once.
            Err(error) => Err(error),
        };
        let is_committed = committed.is_ok();
        match committed {
            Ok(()) => self.last_commit.note(),
            Err(StoreError::Unavailable(_)) => {
                let (kept, refused): (Vec<_>, Vec<_>) =
                    batch.clicks.drain(..).zip(outlast).partition(|(_, outlasts)| *outlasts);
                self.keep(kept.into_iter().map(|(click, _)| click).collect());
                lose(refused.len() + batch.events.len());
            }
            Err(_) => lose(batch.len()),
        }
        if is_committed && batch.events.iter().any(|event| event.job.is_some()) {
            self.wake.notify_lane(Lane::Reports);
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
        let kept = Mutex::default();
        let writer = Writer { store, wake, last_commit: last_commit.clone(), kept, kept_max: queue };
        let (gatherer, drained) = Gatherer::start("ingest", writer, queue)?;
        Ok((Self { gatherer, last_commit }, drained))
    }

    /// Whether more arrives than is committed, while commits go on.
    pub fn is_behind(&self) -> bool {
        self.gatherer.is_behind() && self.last_commit.is_recent()
    }

    /// Queues the click of a shopper who is sent on, whatever becomes of it. Never blocks. While the database is away it
    /// is kept in memory.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full.
    pub fn click(&self, click: NewClick) -> Result<Committed, Overloaded> {
        self.push(Rows { click: Some(click), outlasts: true, ..Rows::default() })
    }

    /// Stores a click. Returns once it is durable.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full or the commit failed.
    pub async fn store_click(&self, click: NewClick) -> Result<(), Overloaded> {
        let committed = self.push(Rows { click: Some(click), ..Rows::default() })?;
        if committed.wait().await { Ok(()) } else { Err(Overloaded) }
    }

    /// Stores clicks. Returns once all are durable.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full or a commit failed; some of them may be stored.
    pub async fn store_clicks(&self, clicks: Vec<NewClick>) -> Result<(), Overloaded> {
        let push = |click| self.push(Rows { click: Some(click), ..Rows::default() });
        let queued: Vec<Committed> = clicks.into_iter().map(push).collect::<Result<_, _>>()?;
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
        let committed = self.push(Rows { events, ..Rows::default() })?;
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

fn lose(rows: usize) {
    if rows > 0 {
        tracing::error!(rows, "rows are lost");
        metrics::counter!("ingest_lost_rows_total").increment(rows as u64);
    }
}

/// Commits a batch, trying again for a moment.
async fn commit(store: &dyn Store, batch: &Batch) -> Result<(), StoreError> {
    let (begun, mut wait) = (Instant::now(), Duration::from_millis(50));
    let mut attempt = 1;
    loop {
        match store.append(batch).await {
            Ok(()) => {
                metrics::counter!("ingest_rows_total", "kind" => "click").increment(batch.clicks.len() as u64);
                metrics::counter!("ingest_rows_total", "kind" => "event").increment(batch.events.len() as u64);
                metrics::counter!("ingest_commits_total").increment(1);
                return Ok(());
            }
            Err(error) => {
                tracing::error!(attempt, rows = batch.len(), %error, "failed to commit a batch");
                if attempt == ATTEMPTS_MAX || begun.elapsed() > ATTEMPTS_FOR {
                    return Err(error);
                }
            }
        }
        tokio::time::sleep(wait).await;
        wait *= 4;
        attempt += 1;
    }
}
