//! What is kept in memory between requests, and what of it is used while the database does not answer.

use core::{hash::Hash, time::Duration};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{
    BrandId, CreatorId, LinkId, UnixMs,
    api_key::{KeyId, KeyRecord},
    catalogue::Slug,
    collab_page::CollabPage,
    link::LinkCode,
    time::Zone,
};
use moka::sync::Cache;
use store::{Store, StoreError, links::LinkChange};
use tokio::{sync::broadcast, time::timeout};
use url::Url;

use crate::FlowError;

/// How long a revoked key may still work on another replica, in ms.
const KEY_FRESH_MS: i64 = 3_000;
/// How long a page is shown as it was read, in ms.
const PAGE_FRESH_MS: i64 = 60_000;
/// What the pages kept in memory may take, in bytes.
const CACHE_PAGE_BYTES: u64 = 32 * 1024 * 1024;
/// Most API keys kept in memory.
const CACHE_KEYS: u64 = 10_000;
/// How long a cached link may be stale if its change notification was lost, in ms.
const LINK_FRESH_MS: i64 = 30_000;
/// Most links kept in memory.
const CACHE_LINKS: u64 = 200_000;
/// How long what is remembered may be used while the database does not answer.
const OUTAGE_MAX: Duration = Duration::from_hours(24);
/// How long a request waits for the database when nothing is remembered.
const UNKNOWN_WAIT: Duration = Duration::from_millis(800);
/// How long it waits to know whether a remembered key was revoked.
const KEY_WAIT: Duration = Duration::from_millis(250);
/// How long it waits to know whether a remembered link has changed, of which a notice has been missed.
const LINK_WAIT: Duration = Duration::from_millis(50);
/// How often a database that did not answer is asked again.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// The outcome of a read that somebody waits for; an error after a second.
///
/// # Errors
/// Those of `read`; [`StoreError::Unavailable`] if it takes longer.
pub(crate) async fn soon<T>(read: impl Future<Output = Result<T, FlowError>>) -> Result<T, FlowError> {
    timeout(UNKNOWN_WAIT, read).await.unwrap_or_else(|_| Err(late(UNKNOWN_WAIT).into()))
}

fn late(wait: Duration) -> StoreError {
    StoreError::Unavailable(format!("no answer within {} ms", wait.as_millis()))
}

/// What the redirect needs to know about a link.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub brand: BrandId,
    pub zone: Zone,
    pub link: LinkId,
    pub creator: Option<CreatorId>,
    pub code: LinkCode,
    pub destination: Url,
    pub is_shopify: bool,
    pub expires_at: Option<UnixMs>,
}

/// Whether the database does not answer, as the requests of this process have noticed.
#[derive(Clone)]
pub(crate) struct Outage {
    is_on: Arc<AtomicBool>,
    store: Arc<dyn Store>,
}

impl Outage {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { is_on: Arc::default(), store }
    }

    fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    fn end(&self) {
        self.is_on.store(false, Ordering::Relaxed);
    }

    /// Notes that the database did not answer. From now on it is asked in the background, so that nobody waits for it
    /// who can do without.
    fn begin(&self, error: &StoreError) {
        if self.is_on.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(%error, "the database does not answer: going by what is remembered");
        let (is_on, store) = (self.is_on.clone(), Arc::downgrade(&self.store));
        tokio::spawn(async move {
            while is_on.load(Ordering::Relaxed) {
                let Some(store) = store.upgrade() else { return };
                if matches!(timeout(UNKNOWN_WAIT, store.engine()).await, Ok(Ok(_))) {
                    is_on.store(false, Ordering::Relaxed);
                    tracing::info!("the database answers again");
                    return;
                }
                drop(store);
                tokio::time::sleep(PROBE_INTERVAL).await;
            }
        });
    }
}

/// A value and when it was read.
#[derive(Clone, Debug)]
struct Read<V> {
    value: Option<V>,
    at: UnixMs,
}

/// Values by key, read again when they are no longer fresh.
#[derive(Clone)]
pub(crate) struct Remembered<K, V> {
    reads: Cache<K, Read<V>>,
    fresh_ms: i64,
    /// How long a request waits for what is no longer fresh.
    known_wait: Duration,
    /// Whether to remember that there is no such key.
    keeps_none: bool,
    outage: Outage,
}

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Remembered<K, V> {
    fn reads(capacity: u64) -> Cache<K, Read<V>> {
        Cache::builder().max_capacity(capacity).time_to_live(OUTAGE_MAX).build()
    }

    /// The value of a key: from memory if it is fresh, else from the database; from memory if that does not answer.
    ///
    /// # Errors
    /// Those of `read`; [`StoreError::Unavailable`] if the database does not answer within a second and there is no
    /// value in memory.
    pub(crate) async fn get(
        &self,
        key: K,
        now: UnixMs,
        read: impl Future<Output = Result<Option<V>, FlowError>>,
    ) -> Result<Option<V>, FlowError> {
        let known = self.reads.get(&key);
        if let Some(known) = &known
            && known.at <= now
            && now < known.at.plus_ms(self.fresh_ms)
        {
            return Ok(known.value.clone());
        }
        // That a key did not exist proves nothing: it may have been added meanwhile.
        let stale = known.and_then(|known| known.value);
        let wait = if stale.is_some() { self.known_wait } else { UNKNOWN_WAIT };
        if stale.is_some() && self.outage.is_on() {
            return Ok(stale);
        }
        let error = match timeout(wait, read).await {
            Ok(Ok(value)) => {
                self.outage.end();
                if value.is_some() || self.keeps_none {
                    self.put(key, value.clone(), now);
                }
                return Ok(value);
            }
            Ok(Err(FlowError::Store(error @ StoreError::Unavailable(_)))) => error,
            Ok(Err(other)) => return Err(other),
            Err(_) => late(wait),
        };
        self.outage.begin(&error);
        if stale.is_some() { Ok(stale) } else { Err(error.into()) }
    }

    /// Remembers a value that was just read.
    pub(crate) fn put(&self, key: K, value: Option<V>, now: UnixMs) {
        self.reads.insert(key, Read { value, at: now });
    }

    /// Forgets a key, which has changed.
    pub(crate) fn forget(&self, key: &K) {
        self.reads.invalidate(key);
    }
}

/// Links by code. Unknown codes are remembered too: guessers try them.
pub(crate) type LinkCache = Remembered<LinkCode, Arc<Target>>;

/// A cache that drops links which the store reports as changed.
pub(crate) fn link_cache(mut changes: broadcast::Receiver<LinkChange>, outage: Outage) -> LinkCache {
    let links = LinkCache {
        reads: LinkCache::reads(CACHE_LINKS),
        fresh_ms: LINK_FRESH_MS,
        known_wait: LINK_WAIT,
        keeps_none: true,
        outage,
    };
    let stale = links.reads.clone();
    tokio::spawn(async move {
        loop {
            let mut brands = HashSet::new();
            match changes.recv().await {
                Ok(change) => note(change, &stale, &mut brands),
                Err(broadcast::error::RecvError::Lagged(_)) => stale.invalidate_all(),
                Err(broadcast::error::RecvError::Closed) => return,
            }
            // Those that wait cost one search together.
            while !brands.is_empty() {
                match changes.try_recv() {
                    Ok(change) => note(change, &stale, &mut brands),
                    Err(broadcast::error::TryRecvError::Lagged(_)) => stale.invalidate_all(),
                    Err(_) => break,
                }
            }
            if !brands.is_empty() {
                let stale = stale.clone();
                // All links take a while.
                let _ = tokio::task::spawn_blocking(move || forget_links_of(&stale, &brands)).await;
            }
        }
    });
    links
}

/// Forgets a link that has changed, or notes the brand.
fn note(change: LinkChange, links: &Cache<LinkCode, Read<Arc<Target>>>, brands: &mut HashSet<BrandId>) {
    match change {
        LinkChange::Link(code) => links.invalidate(&code),
        LinkChange::Brand(brand) => {
            brands.insert(brand);
        }
    }
}

/// Forgets the links of these brands, and codes that lead nowhere: links to hosts that are not allowed are remembered
/// without their brand. Other brands' links stay: one brand's changes must not slow their redirects.
fn forget_links_of(links: &Cache<LinkCode, Read<Arc<Target>>>, brands: &HashSet<BrandId>) {
    for (code, read) in links {
        if read.value.is_none_or(|target| brands.contains(&target.brand)) {
            links.invalidate(code.as_ref());
        }
    }
}

/// API keys by their public id. Unknown ones are not remembered, so that guesses do not push out the others.
pub(crate) type KeyCache = Remembered<KeyId, KeyRecord>;

/// An empty [`KeyCache`].
pub(crate) fn key_cache(outage: Outage) -> KeyCache {
    KeyCache {
        reads: KeyCache::reads(CACHE_KEYS),
        fresh_ms: KEY_FRESH_MS,
        known_wait: KEY_WAIT,
        keeps_none: false,
        outage,
    }
}

/// Public pages by their names. Unknown names are not remembered: a page is there as soon as it is published.
pub(crate) type PageCache = Remembered<Slug, Arc<CollabPage>>;

/// An empty [`PageCache`].
pub(crate) fn page_cache(outage: Outage) -> PageCache {
    let bytes = |page: &Read<Arc<CollabPage>>| page.value.as_ref().map_or(0, |page| page.bytes());
    let reads = Cache::builder()
        .max_capacity(CACHE_PAGE_BYTES)
        .weigher(move |_, page| u32::try_from(bytes(page)).unwrap_or(u32::MAX))
        .time_to_live(OUTAGE_MAX)
        .build();
    PageCache { reads, fresh_ms: PAGE_FRESH_MS, known_wait: UNKNOWN_WAIT, keeps_none: false, outage }
}
