//! Lookups of evidence for orders, many orders at a time.

use domain::{
    BrandId, CreatorId, UnixMs,
    attribution::{Landing, PurchaseReport},
    click::Click,
    event::Event,
    link::{Link, LinkCode},
};

use crate::Result;

/// A visitor whose visits count for an order, and from when to when, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorSpan {
    /// The visitor.
    pub pv_id: String,
    /// Earlier visits are ignored.
    pub from: UnixMs,
    /// Later visits are ignored.
    pub until: UnixMs,
    /// Which clicks in the span count.
    pub clicks: SpanClicks,
}

/// Which clicks of a span count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanClicks {
    /// All.
    All,
    /// The last one.
    Last,
    /// The last one on the link with this code.
    LastOn(LinkCode),
}

impl SpanClicks {
    /// Whether only the last click counts.
    pub fn is_last_only(self) -> bool {
        self != Self::All
    }

    /// The code of the link whose clicks count; empty if those of all links do.
    pub fn code(self) -> String {
        match self {
            Self::All | Self::Last => String::new(),
            Self::LastOn(code) => code.into(),
        }
    }
}

impl VisitorSpan {
    /// All visits up to a time.
    pub fn until(pv_id: impl Into<String>, until: UnixMs) -> Self {
        Self { pv_id: pv_id.into(), from: UnixMs(0), until, clicks: SpanClicks::All }
    }
}

/// Another id of a visitor's browser, brought by a tracking link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorAlias {
    /// The visitor.
    pub pv_id: String,
    /// The other id.
    pub alias: String,
    /// When the browser first reported it.
    pub at: UnixMs,
    /// Until when all of its clicks are the visitor's: it was stored when landings did not have the ids of links.
    pub joined_until: Option<UnixMs>,
}

/// The parameters of one order whose reports are looked for.
#[derive(Clone, Copy, Debug)]
pub struct ReportQuery<'a> {
    /// The names by which a browser or backend may have reported the order.
    pub names: &'a [String],
    /// Keyed hashes of the order's secrets.
    pub secrets: &'a [String],
    /// Earlier reports are ignored: they guessed the number of a later order.
    pub from: UnixMs,
    /// Later reports are ignored.
    pub until: UnixMs,
}

/// Finds evidence. A method that takes several queries returns one list per query, in the same order.
#[async_trait::async_trait]
pub trait EvidenceStore: Send + Sync {
    /// Purchase events with any of these order ids, received up to `until`: verified before unverified, live before
    /// test, then oldest first. Of each order's verified and unverified, live and test ones 50 each, so that none crowds
    /// out the others: the latest of the verified, which may be corrections, and the earliest of the unverified.
    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String], until: UnixMs) -> Result<Vec<Event>>;
    /// Visitors of the live purchase events with these order ids, each with its earliest event: those that a backend
    /// reported first, then those with a secret of the order, then the earliest. At most 50 visitors per query.
    async fn reporters_of(&self, brand: &BrandId, queries: &[ReportQuery<'_>]) -> Result<Vec<Vec<PurchaseReport>>>;
    /// Other ids of these visitors' browsers, at most 50 per visitor, the latest reported.
    async fn visitor_aliases(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<VisitorAlias>>;
    /// The visitors whose browsers have this other id, at most `limit`, the latest first.
    async fn visitors_with_alias(&self, brand: &BrandId, alias: &str, limit: i64) -> Result<Vec<String>>;
    /// Clicks of each query's visitors in their spans, latest first, at most `limit` per query.
    async fn clicks_of(&self, brand: &BrandId, queries: &[Vec<VisitorSpan>], limit: i64) -> Result<Vec<Vec<Click>>>;
    /// Landings of each query's visitors in their spans, as the pixel reported them, latest first. At most 20 per
    /// visitor, first those with the visitor id of a link: reloads of a landing page have none.
    async fn landings_of(&self, brand: &BrandId, queries: &[Vec<VisitorSpan>]) -> Result<Vec<Vec<Landing>>>;
    /// The links with any of these ids, codes or promo codes, including deleted ones. The latest 1,000 per promo code.
    async fn links_named(
        &self,
        brand: &BrandId,
        ids: &[String],
        codes: &[String],
        promos: &[String],
    ) -> Result<Vec<Link>>;
    /// The creators with any of these e-mail hashes, as (hash, creator).
    async fn creators_with_email(&self, brand: &BrandId, email_hashes: &[String]) -> Result<Vec<(String, CreatorId)>>;
}
