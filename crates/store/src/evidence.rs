//! What may be evidence for orders, found for many orders at a time.

use domain::{BrandId, CreatorId, UnixMs, attribution::Landing, click::Click, event::Event, link::Link};

use crate::Result;

/// What is looked for on behalf of one order.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// Order ids, or visitors.
    pub names: &'a [String],
    /// Nothing later counts.
    pub until: UnixMs,
}

/// Finds evidence. Where a method takes several [`Sought`], the answer has one list for each, in the same order.
#[async_trait::async_trait]
pub trait EvidenceStore: Send + Sync {
    /// Purchases that events reported under any of these order ids until `until`: verified ones first, then live
    /// ones, the oldest first, 50 at most.
    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String], until: UnixMs) -> Result<Vec<Event>>;
    /// Visitors of the live ones among those reports, and when each arrived; 50 at most for each order.
    async fn reporters_of(&self, brand: &BrandId, sought: &[Sought<'_>]) -> Result<Vec<Vec<(String, UnixMs)>>>;
    /// Pairs of visitor ids, the first of which is in `pv_ids`, that are one browser; 50 at most for each.
    async fn visitor_aliases(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<(String, String)>>;
    /// The latest clicks of these visitors until `until`, latest first, `limit` at most for each.
    async fn clicks_of(&self, brand: &BrandId, sought: &[Sought<'_>], limit: i64) -> Result<Vec<Vec<Click>>>;
    /// Landings of these visitors that the pixel saw until `until`, latest first, 50 at most for each.
    async fn landings_of(&self, brand: &BrandId, sought: &[Sought<'_>]) -> Result<Vec<Vec<Landing>>>;
    /// The links with any of these ids, codes or promo codes, deleted ones too; of one promo code the latest 1,000.
    async fn links_named(
        &self,
        brand: &BrandId,
        ids: &[String],
        codes: &[String],
        promos: &[String],
    ) -> Result<Vec<Link>>;
    /// The creators with any of these e-mail hashes, each with its hash.
    async fn creators_with_email(&self, brand: &BrandId, email_hashes: &[String]) -> Result<Vec<(String, CreatorId)>>;
}
