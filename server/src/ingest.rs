//! The ingest buffer: batches the rows of many requests into few commits.
//!
//! One task reads a bounded channel and commits rows in batches. Waiting requests continue only after the commit is on
//! disk. When the channel is full, new rows are rejected immediately.

use core::time::Duration;
use std::sync::Arc;

use store::{
    Store,
    ingest::{Batch, NewClick, NewEvent},
};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, timeout_at},
};

/// A batch stops growing once it has this many rows.
const BATCH_ROWS_MAX: usize = 1_000;
/// How long a batch waits for more rows under load.
const BATCH_WAIT: Duration = Duration::from_millis(5);
/// Attempts to commit a batch before its rows are dropped.
const ATTEMPTS_MAX: u32 = 4;

struct Rows {
    click: Option<NewClick>,
    events: Vec<NewEvent>,
    committed: oneshot::Sender<bool>,
}

/// The sending side of the buffer.
#[derive(Clone)]
pub struct Ingest {
    sender: mpsc::Sender<Rows>,
}

/// The rows were rejected: the queue is full, or the process is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overloaded;

/// Resolves once the rows are committed or dropped.
pub struct Committed(oneshot::Receiver<bool>);

impl Committed {
    /// Waits for the commit; false if the rows were dropped.
    pub async fn wait(self) -> bool {
        self.0.await.unwrap_or(false)
    }
}

impl Ingest {
    /// Starts the writer task with room for `queue` requests. It writes everything queued and ends after the last
    /// `Ingest` is dropped. `follow_up` is notified when a commit may have queued jobs.
    pub fn start(store: Arc<dyn Store>, queue: usize, follow_up: Arc<Notify>) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(queue.max(1));
        (Self { sender }, tokio::spawn(write(store, receiver, follow_up)))
    }

    /// Queues a click. Never blocks.
    pub fn click(&self, click: NewClick) -> Result<Committed, Overloaded> {
        self.push(Some(click), Vec::new())
    }

    /// Queues events that are committed together. Never blocks.
    pub fn events(&self, events: Vec<NewEvent>) -> Result<Committed, Overloaded> {
        self.push(None, events)
    }

    /// Stores a click. Returns once it is durable.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full or the commit failed.
    pub async fn store_click(&self, click: NewClick) -> Result<(), Overloaded> {
        if self.click(click)?.wait().await { Ok(()) } else { Err(Overloaded) }
    }

    /// Stores events together. Returns once they are durable.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full or the commit failed.
    pub async fn store_events(&self, events: Vec<NewEvent>) -> Result<(), Overloaded> {
        if self.events(events)?.wait().await { Ok(()) } else { Err(Overloaded) }
    }

    fn push(&self, click: Option<NewClick>, events: Vec<NewEvent>) -> Result<Committed, Overloaded> {
        let (committed, outcome) = oneshot::channel();
        self.sender.try_send(Rows { click, events, committed }).map_err(|_| {
            metrics::counter!("ingest_refused_total").increment(1);
            Overloaded
        })?;
        Ok(Committed(outcome))
    }
}

async fn write(store: Arc<dyn Store>, mut receiver: mpsc::Receiver<Rows>, follow_up: Arc<Notify>) {
    let mut is_busy = false;
    while let Some(first) = receiver.recv().await {
        let mut batch = Batch::default();
        let mut waiting = Vec::new();
        let mut add = |rows: Rows, batch: &mut Batch| {
            batch.clicks.extend(rows.click);
            batch.events.extend(rows.events);
            waiting.push(rows.committed);
        };
        add(first, &mut batch);
        // Without load, rows are committed at once. Under load a batch waits briefly, so that many rows share one sync.
        let deadline = Instant::now() + BATCH_WAIT;
        while batch.len() < BATCH_ROWS_MAX {
            let next = match receiver.try_recv() {
                Ok(rows) => Some(rows),
                Err(_) if is_busy => timeout_at(deadline, receiver.recv()).await.ok().flatten(),
                Err(_) => None,
            };
            let Some(rows) = next else { break };
            add(rows, &mut batch);
        }
        is_busy = waiting.len() > 1;
        let is_committed = commit(store.as_ref(), &batch).await;
        if batch.events.iter().any(|event| event.job.is_some()) {
            follow_up.notify_one();
        }
        for committed in waiting {
            let _ = committed.send(is_committed);
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
