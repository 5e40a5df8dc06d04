//! What tells that a creator is the buyer of an order, besides the e-mail address.

use domain::{BrandId, CreatorId, UnixMs};

use crate::Result;

/// Stores and finds the signals of self-referral.
#[async_trait::async_trait]
pub trait SelfReferralStore: Send + Sync {
    /// Stores that a browser, known by a hash of its visitor id, signed in as a creator. False when that is known.
    async fn put_creator_visitor(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        visitor_hash: &str,
        at: UnixMs,
    ) -> Result<bool>;
    /// The creators as whom any of these browsers signed in, as (visitor hash, creator).
    async fn creators_of_visitors(
        &self,
        brand: &BrandId,
        visitor_hashes: &[String],
    ) -> Result<Vec<(String, CreatorId)>>;
    /// The encrypted payout addresses of those of these creators who have one, by creator.
    async fn payout_addresses_of(&self, brand: &BrandId, creators: &[CreatorId]) -> Result<Vec<(CreatorId, Vec<u8>)>>;
}
