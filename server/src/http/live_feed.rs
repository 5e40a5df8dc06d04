//! `/brand/attribution/live`: the overview's feed of the latest clicks and orders, as server-sent events while the page is
//! open. It is read by `fetch`, which the Shopify admin's session token can be added to.

use core::{convert::Infallible, time::Duration};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::{Language, Spoken};
use axum::{
    Extension,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use domain::{BrandId, UnixMs};
use flow::{Flow, access::Merchant};
use futures::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::caller::credential;
use crate::event_feed::Credentials;

/// Time between two looks.
const POLL: Duration = Duration::from_secs(3);
/// Silence after which a comment is sent, so that proxies keep the connection and dead ones are noticed.
const HEARTBEAT_MS: i64 = 15_000;
/// How long one connection lasts. The next one is authenticated again.
const LIFE_MS: i64 = 2 * 60_000;
/// Most open pages of one brand, so that one brand cannot take the places of all.
const PAGES_PER_BRAND_MAX: usize = 64;
/// When to try again if too many listen, in seconds.
const RETRY_AFTER_S: &str = "30";
/// Asks proxies such as nginx not to collect the answer before they pass it on.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Places for open pages.
#[derive(Clone)]
pub(crate) struct LiveFeeds {
    seats: Arc<Semaphore>,
    open_pages: Arc<OpenPages>,
    stopping: watch::Receiver<bool>,
}

/// Number of open pages by brand.
#[derive(Default)]
struct OpenPages(Mutex<HashMap<BrandId, usize>>);

impl OpenPages {
    fn counts(&self) -> MutexGuard<'_, HashMap<BrandId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place of the brand's; `None` if it has no more.
    fn take(self: Arc<Self>, brand: &BrandId) -> Option<PageOfBrand> {
        let mut counts = self.counts();
        let count = counts.entry(brand.clone()).or_default();
        if *count >= PAGES_PER_BRAND_MAX {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(PageOfBrand { open_pages: self, brand: brand.clone() })
    }
}

/// One of a brand's places, until it is dropped.
struct PageOfBrand {
    open_pages: Arc<OpenPages>,
    brand: BrandId,
}

impl Drop for PageOfBrand {
    fn drop(&mut self) {
        let mut counts = self.open_pages.counts();
        if let Some(count) = counts.get_mut(&self.brand) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.brand);
            }
        }
    }
}

impl LiveFeeds {
    /// As many places as the process may have. All connections end when `stopping` becomes true.
    pub(crate) fn new(seats: usize, stopping: watch::Receiver<bool>) -> Self {
        Self { seats: Arc::new(Semaphore::new(seats)), open_pages: Arc::default(), stopping }
    }
}

/// One open page.
struct Feed {
    flow: Flow,
    merchant: Merchant,
    credentials: Credentials,
    language: Language,
    stopping: watch::Receiver<bool>,
    /// What was sent last.
    sent: String,
    spoke_at: UnixMs,
    ends_at: UnixMs,
    _seats: (OwnedSemaphorePermit, PageOfBrand),
}

impl Feed {
    /// The next bytes to send. `None` when the connection is to end.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.sent.is_empty() {
            self.pause().await;
        }
        loop {
            let now = self.flow.now();
            if now >= self.ends_at || *self.stopping.borrow() || !self.credentials.are_valid(&self.flow).await {
                return None;
            }
            let live = self.flow.reports().live(&self.merchant).await;
            let live = live.inspect_err(|error| tracing::warn!(%error, "a live feed was not read")).ok()?;
            let fragment = app::live_feed(self.language, &live, self.merchant.brand(), now);
            let text = serde_json::to_string(&fragment).ok()?;
            if text != self.sent {
                let frame = format!("data: {text}\n\n");
                (self.sent, self.spoke_at) = (text, now);
                return Some(Bytes::from(frame));
            }
            // A clock that was set back must not silence it.
            if !(0..HEARTBEAT_MS).contains(&(now.0 - self.spoke_at.0)) {
                self.spoke_at = now;
                return Some(Bytes::from_static(b": still here\n\n"));
            }
            self.pause().await;
        }
    }

    /// Waits before the next look, unless the process stops.
    async fn pause(&mut self) {
        tokio::select! {
            _ = self.stopping.wait_for(|is_stopping| *is_stopping) => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Sends what the feed shows, whenever that changes.
pub(crate) async fn stream(
    State(flow): State<Flow>,
    State(feeds): State<LiveFeeds>,
    merchant: Option<Extension<Merchant>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Some(Extension(merchant)) = merchant else { return StatusCode::UNAUTHORIZED.into_response() };
    let seat = feeds.seats.try_acquire_owned().ok().zip(feeds.open_pages.take(&merchant.brand().id));
    let Some(seats) = seat else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, RETRY_AFTER_S)]).into_response();
    };
    let now = flow.now();
    let ends_at = now.plus_ms(LIFE_MS);
    let feed = Feed {
        flow,
        merchant,
        credentials: Credentials::new(credential(&headers), now),
        language: Language::of_request(&headers, uri.query()),
        stopping: feeds.stopping,
        sent: String::new(),
        spoke_at: now,
        ends_at,
        _seats: seats,
    };
    let frames =
        stream::unfold(
            feed,
            |mut feed| async move { feed.next().await.map(|bytes| (Ok::<_, Infallible>(bytes), feed)) },
        );
    let headers =
        [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "private, no-store"), (BUFFERING, "no")];
    (headers, Body::from_stream(frames)).into_response()
}
