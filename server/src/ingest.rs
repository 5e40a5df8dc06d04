//! The ingest buffer: many requests, few commits.
//!
//! One task takes a bounded channel and commits what has gathered. Whoever waits for a row hears of it only after
//! the commit is on disk. A full channel is an answer at once, not a wait.

use core::time::Duration;
use std::sync::Arc;

use domain::event::Event;
use store::{
    Store,
    ingest::{Batch, NewClick},
};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, timeout_at},
};

/// Most rows of one commit.
const BATCH_ROWS_MAX: usize = 1_000;
/// How long a batch gathers when others are arriving too.
const GATHER: Duration = Duration::from_millis(5);
/// Tries to commit a batch before its rows are given up.
const TRIES_MAX: u32 = 4;

struct Rows {
    click: Option<NewClick>,
    events: Vec<Event>,
    committed: oneshot::Sender<bool>,
}

/// The way in.
#[derive(Clone)]
pub struct Ingest {
    sender: mpsc::Sender<Rows>,
}

/// The queue is full, or the process is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overloaded;

/// Hears whether rows were committed.
pub struct Committed(oneshot::Receiver<bool>);

impl Committed {
    /// Waits; true once the rows are on disk.
    pub async fn wait(self) -> bool {
        self.0.await.unwrap_or(false)
    }
}

impl Ingest {
    /// Starts the writer. It stops, with everything written, after the last `Ingest` is dropped. `follow_up` is
    /// notified when a commit may have queued jobs.
    pub fn start(store: Arc<dyn Store>, queue: usize, follow_up: Arc<Notify>) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(queue.max(1));
        (Self { sender }, tokio::spawn(write(store, receiver, follow_up)))
    }

    /// Queues a click.
    pub fn click(&self, click: NewClick) -> Result<Committed, Overloaded> {
        self.push(Some(click), Vec::new())
    }

    /// Queues events that are committed together.
    pub fn events(&self, events: Vec<Event>) -> Result<Committed, Overloaded> {
        self.push(None, events)
    }

    fn push(&self, click: Option<NewClick>, events: Vec<Event>) -> Result<Committed, Overloaded> {
        let (committed, heard) = oneshot::channel();
        self.sender.try_send(Rows { click, events, committed }).map_err(|_| {
            metrics::counter!("ingest_refused_total").increment(1);
            Overloaded
        })?;
        Ok(Committed(heard))
    }
}

async fn write(store: Arc<dyn Store>, mut receiver: mpsc::Receiver<Rows>, follow_up: Arc<Notify>) {
    let mut is_busy = false;
    while let Some(first) = receiver.recv().await {
        let mut batch = Batch::default();
        let mut waiting = Vec::new();
        let mut take = |rows: Rows, batch: &mut Batch| {
            batch.clicks.extend(rows.click);
            batch.events.extend(rows.events);
            waiting.push(rows.committed);
        };
        take(first, &mut batch);
        // Alone, a row is committed at once. Among others it waits a moment for company: one sync for all.
        let deadline = Instant::now() + GATHER;
        while batch.len() < BATCH_ROWS_MAX {
            let next = match receiver.try_recv() {
                Ok(rows) => Some(rows),
                Err(_) if is_busy => timeout_at(deadline, receiver.recv()).await.ok().flatten(),
                Err(_) => None,
            };
            let Some(rows) = next else { break };
            take(rows, &mut batch);
        }
        is_busy = waiting.len() > 1;
        let is_committed = commit(store.as_ref(), &batch).await;
        if batch.events.iter().any(|event| event.order_id.is_some()) {
            follow_up.notify_one();
        }
        for heard in waiting {
            let _ = heard.send(is_committed);
        }
    }
}

async fn commit(store: &dyn Store, batch: &Batch) -> bool {
    let mut wait = Duration::from_millis(50);
    for attempt in 1..=TRIES_MAX {
        match store.append(batch).await {
            Ok(()) => {
                metrics::counter!("ingest_rows_total", "kind" => "click").increment(batch.clicks.len() as u64);
                metrics::counter!("ingest_rows_total", "kind" => "event").increment(batch.events.len() as u64);
                metrics::counter!("ingest_commits_total").increment(1);
                return true;
            }
            Err(error) => {
                tracing::error!(attempt, rows = batch.len(), %error, "a batch was not committed");
                tokio::time::sleep(wait).await;
                wait *= 4;
            }
        }
    }
    metrics::counter!("ingest_lost_rows_total").increment(batch.len() as u64);
    false
}
