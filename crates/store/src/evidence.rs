//! Lookups of evidence for orders, many orders at a time.

use domain::{
    BrandId, CreatorId, UnixMs,
    attribution::{Landing, PurchaseReport},
    click::Click,
    event::Event,
    link::Link,
};

use crate::Result;

/// The parameters of one order.
#[derive(Clone, Copy, Debug)]
pub struct EvidenceQuery<'a> {
    /// The seller's order ids or visitor ids, depending on the method.
    pub names: &'a [String],
    /// Later rows are ignored.
    pub until: UnixMs,
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

/// Finds evidence. A method that takes [`EvidenceQuery`]s returns one list per query, in the same order.
#[async_trait::async_trait]
pub trait EvidenceStore: Send + Sync {
    /// Purchase events with any of these order ids, received up to `until`: verified before unverified, live before
    /// test, then oldest first. Of each order's verified and unverified, live and test ones 50 each, so that none crowds
    /// out the others: the latest of the verified, which may be corrections, and the earliest of the unverified.
    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String], until: UnixMs) -> Result<Vec<Event>>;
    /// Visitors of the live purchase events with these order ids, each with its earliest event: those that a backend
    /// reported first, then those with a secret of the order, then the earliest. At most 50 visitors per query.
    async fn reporters_of(&self, brand: &BrandId, queries: &[ReportQuery<'_>]) -> Result<Vec<Vec<PurchaseReport>>>;
    /// Pairs of visitor ids of one browser; the first of each pair is in `pv_ids`. At most 50 per visitor.
    async fn visitor_aliases(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<(String, String)>>;
    /// Clicks of these visitors up to `until`, latest first, at most `limit` per query.
    async fn clicks_of(&self, brand: &BrandId, queries: &[EvidenceQuery<'_>], limit: i64) -> Result<Vec<Vec<Click>>>;
    /// Landings of these visitors up to `until`, as the pixel reported them, latest first. At most 50 per query.
    async fn landings_of(&self, brand: &BrandId, queries: &[EvidenceQuery<'_>]) -> Result<Vec<Vec<Landing>>>;
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
