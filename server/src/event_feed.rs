//! Events for open connections. One task polls a brand's new events for all of its listeners. A listener that is too
//! slow is disconnected, not waited for; it connects again and resumes after the last event that it got.

mod credentials;

use core::time::Duration;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use domain::{BrandId, UnixMs};
use flow::{
    Flow, FlowError,
    access::Merchant,
    outbound::{Envelope, EventQuery, EventType, PAGE_MAX},
};
use tokio::{
    sync::{broadcast, watch},
    task::AbortHandle,
};

pub(crate) use credentials::{Credential, Credentials};

/// Most listeners of a brand.
pub(crate) const LISTENERS_PER_BRAND_MAX: usize = 32;
/// Time between two polls for new events, and longest wait of a listener before it checks its end and heartbeat.
const POLL: Duration = Duration::from_secs(1);
/// Events that a listener may be behind.
const BACKLOG: usize = 1_024;
/// Silence after which a comment is sent, so that proxies keep the connection and dead ones are noticed.
const HEARTBEAT_MS: i64 = 15_000;
/// How long one connection lasts. The next one is authenticated again.
const LIFE_MS: i64 = 15 * 60_000;
/// How long a client waits before it connects again.
const GREETING: &[u8] = b"retry: 3000\n\n";
/// A comment.
const HEARTBEAT: &[u8] = b": still here\n\n";

/// Makes the bytes of an event on the wire.
pub(crate) type Frame = fn(Envelope) -> Bytes;

/// An event that was read for all listeners of its brand.
#[derive(Clone, Debug)]
struct Framed {
    sequence: i64,
    kind: EventType,
    bytes: Bytes,
}

/// The brands that have listeners.
#[derive(Clone)]
pub(crate) struct Feeds(Arc<Hub>);

struct Hub {
    flow: Flow,
    frame: Frame,
    listeners_max: usize,
    stopping: watch::Receiver<bool>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    listeners: usize,
    brands: HashMap<BrandId, Feed>,
}

/// A brand that has listeners.
struct Feed {
    listeners: usize,
    sender: broadcast::Sender<Framed>,
    poller: AbortHandle,
}

/// Why a connection cannot listen.
#[derive(Debug)]
pub(crate) enum NotListening {
    /// The brand has [`LISTENERS_PER_BRAND_MAX`].
    BrandFull,
    /// The process has as many as it may.
    ProcessFull,
    /// The brand's events cannot be read.
    Flow(FlowError),
}

/// Where a listener begins, and which events it wants.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Events with a greater number; those to come, if there is none.
    pub(crate) after: Option<i64>,
    /// Of these types; of all, if there are none.
    pub(crate) types: Vec<EventType>,
}

/// One connection's events.
pub(crate) struct Listener {
    hub: Arc<Hub>,
    merchant: Merchant,
    credentials: Credentials,
    types: Vec<EventType>,
    after: i64,
    events: broadcast::Receiver<Framed>,
    /// Whether there are stored events that it has not read.
    is_behind: bool,
    ready: VecDeque<(i64, Bytes)>,
    ends_at: UnixMs,
    spoke_at: UnixMs,
}

impl Feeds {
    /// No feeds yet. All end when `stopping` becomes true.
    pub(crate) fn new(flow: Flow, frame: Frame, listeners_max: usize, stopping: watch::Receiver<bool>) -> Self {
        Self(Arc::new(Hub { flow, frame, listeners_max, stopping, open: Mutex::default() }))
    }

    /// Begins to listen to a brand's events.
    pub(crate) async fn listen(
        &self,
        merchant: &Merchant,
        credentials: Credentials,
        wanted: Wanted,
    ) -> Result<Listener, NotListening> {
        // Read before it listens: what happens between the two is read again below, and nothing is missed.
        let position = self.0.flow.outbound().last_number(merchant).await.map_err(NotListening::Flow)?;
        let events = self.0.join(merchant, position)?;
        let now = self.0.flow.now();
        Ok(Listener {
            hub: self.0.clone(),
            merchant: merchant.clone(),
            credentials,
            types: wanted.types,
            after: wanted.after.unwrap_or(position),
            events,
            is_behind: true,
            ready: VecDeque::from([(0, Bytes::from_static(GREETING))]),
            ends_at: now.plus_ms(LIFE_MS),
            spoke_at: now,
        })
    }

    /// Number of open connections.
    pub(crate) fn listeners(&self) -> usize {
        self.0.open().listeners
    }
}

impl Hub {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a listener, and starts the brand's poller after `position` for its first one.
    fn join(&self, merchant: &Merchant, position: i64) -> Result<broadcast::Receiver<Framed>, NotListening> {
        let mut open = self.open();
        if open.listeners >= self.listeners_max {
            return Err(NotListening::ProcessFull);
        }
        let feed = open.brands.entry(merchant.brand().id.clone()).or_insert_with(|| {
            let (sender, _) = broadcast::channel(BACKLOG);
            let polling = poll(self.flow.clone(), self.frame, merchant.clone(), position, sender.clone());
            Feed { listeners: 0, sender, poller: tokio::spawn(polling).abort_handle() }
        });
        if feed.listeners >= LISTENERS_PER_BRAND_MAX {
            return Err(NotListening::BrandFull);
        }
        feed.listeners += 1;
        let events = feed.sender.subscribe();
        open.listeners += 1;
        Ok(events)
    }

    /// Takes a listener off the count. The last one of a brand ends its poller.
    fn leave(&self, brand: &BrandId) {
        let mut open = self.open();
        open.listeners = open.listeners.saturating_sub(1);
        if let Some(feed) = open.brands.get_mut(brand) {
            feed.listeners = feed.listeners.saturating_sub(1);
            if feed.listeners == 0 {
                feed.poller.abort();
                open.brands.remove(brand);
            }
        }
    }
}

/// Polls a brand's new events and sends them to all of its listeners.
async fn poll(flow: Flow, frame: Frame, merchant: Merchant, mut after: i64, sender: broadcast::Sender<Framed>) {
    loop {
        match page(&flow, &merchant, after, Vec::new()).await {
            Ok(events) => {
                let is_full = is_full(&events);
                for event in events {
                    after = event.sequence;
                    let (sequence, kind) = (event.sequence, event.event_type);
                    // Without listeners it is lost, and this task is about to end.
                    let _ = sender.send(Framed { sequence, kind, bytes: frame(event) });
                }
                if is_full {
                    continue;
                }
            }
            Err(error) => tracing::warn!(%error, "events for open connections were not read"),
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn page(flow: &Flow, merchant: &Merchant, after: i64, types: Vec<EventType>) -> Result<Vec<Envelope>, FlowError> {
    flow.outbound().list(merchant, &EventQuery { after, types, ..EventQuery::default() }).await
}

/// Whether there may be more after this page.
fn is_full(events: &[Envelope]) -> bool {
    i64::try_from(events.len()).is_ok_and(|count| count >= PAGE_MAX)
}

impl Listener {
    /// The next bytes to send: whole events or comments. `None` when the connection is to end.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        loop {
            let now = self.hub.flow.now();
            if now >= self.ends_at || *self.hub.stopping.borrow() || !self.credentials.are_valid(&self.hub.flow).await {
                return None;
            }
            if let Some((sequence, bytes)) = self.ready.pop_front() {
                self.after = self.after.max(sequence);
                return Some(self.speak(now, bytes));
            }
            if self.is_behind {
                self.catch_up().await?;
                continue;
            }
            if let Some(bytes) = self.wait().await? {
                // It may have waited.
                let is_valid = self.credentials.are_valid(&self.hub.flow).await;
                return is_valid.then(|| self.speak(now, bytes));
            }
            // A clock that was set back must not silence it.
            let silent_ms = self.hub.flow.now().0 - self.spoke_at.0;
            if !(0..HEARTBEAT_MS).contains(&silent_ms) {
                return Some(self.speak(self.hub.flow.now(), Bytes::from_static(HEARTBEAT)));
            }
        }
    }

    fn speak(&mut self, now: UnixMs, bytes: Bytes) -> Bytes {
        self.spoke_at = now;
        bytes
    }

    /// Reads a page of stored events. After the last one, what comes is what the poller reads.
    async fn catch_up(&mut self) -> Option<()> {
        // What the poller has sent is stored, and read here: the backlog starts empty, however long reading took.
        self.events = self.events.resubscribe();
        let events = match page(&self.hub.flow, &self.merchant, self.after, self.types.clone()).await {
            Ok(events) => events,
            Err(error) => {
                tracing::warn!(%error, "an open connection's events were not read");
                return None;
            }
        };
        self.is_behind = is_full(&events);
        self.ready = events.into_iter().map(|event| (event.sequence, (self.hub.frame)(event))).collect();
        Some(())
    }

    /// Waits a little for an event that is wanted. `None` when the connection is to end.
    async fn wait(&mut self) -> Option<Option<Bytes>> {
        let mut stopping = self.hub.stopping.clone();
        tokio::select! {
            biased;
            _ = stopping.wait_for(|is_stopping| *is_stopping) => None,
            received = self.events.recv() => match received {
                Ok(event) if event.sequence > self.after => {
                    self.after = event.sequence;
                    let is_wanted = self.types.is_empty() || self.types.contains(&event.kind);
                    Some(is_wanted.then_some(event.bytes))
                }
                Ok(_) => Some(None),
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    metrics::counter!("event_streams_left_behind_total").increment(1);
                    None
                }
                Err(broadcast::error::RecvError::Closed) => None,
            },
            () = tokio::time::sleep(POLL) => Some(None),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.leave(&self.merchant.brand().id);
    }
}
