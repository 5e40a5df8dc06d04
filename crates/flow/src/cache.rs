//! What is kept in memory between requests.

use core::time::Duration;
use std::sync::Arc;

use domain::{
    BrandId, CreatorId, LinkId, UnixMs,
    api_key::{KeyId, KeyRecord},
    link::LinkCode,
    time::Zone,
};
use moka::sync::Cache;
use store::links::LinkChange;
use tokio::sync::broadcast;
use url::Url;

/// How long a revoked key may still work on another replica.
const KEY_TTL: Duration = Duration::from_secs(3);
/// Most API keys kept in memory.
const CACHE_KEYS: u64 = 10_000;
/// How long a cached link may be stale if its change notification was lost.
const LINK_TTL: Duration = Duration::from_secs(30);
/// Most links kept in memory.
const CACHE_LINKS: u64 = 200_000;

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

/// Links by code. `None` is cached too: guessers try unknown codes.
#[derive(Clone)]
pub(crate) struct LinkCache {
    pub(crate) targets: Cache<LinkCode, Option<Arc<Target>>>,
}

impl LinkCache {
    /// A cache that drops links which the store reports as changed.
    pub(crate) fn new(mut changes: broadcast::Receiver<LinkChange>) -> Self {
        let targets: Cache<LinkCode, Option<Arc<Target>>> =
            Cache::builder().max_capacity(CACHE_LINKS).time_to_live(LINK_TTL).build();
        let stale = targets.clone();
        tokio::spawn(async move {
            loop {
                match changes.recv().await {
                    Ok(LinkChange::Link(code)) => stale.invalidate(&code),
                    // Links that led to hosts that were not allowed are remembered without their brand.
                    Ok(LinkChange::Brand(_)) | Err(broadcast::error::RecvError::Lagged(_)) => stale.invalidate_all(),
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
        Self { targets }
    }
}

/// API keys by their public id.
pub(crate) type KeyCache = Cache<KeyId, KeyRecord>;

/// An empty [`KeyCache`].
pub(crate) fn key_cache() -> KeyCache {
    Cache::builder().max_capacity(CACHE_KEYS).time_to_live(KEY_TTL).build()
}
