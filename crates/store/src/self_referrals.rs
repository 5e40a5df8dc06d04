//! What tells that a creator is the buyer of an order, besides the e-mail address.

use domain::{BrandId, CreatorId, UnixMs};

use crate::Result;

/// Stores and finds the signals of self-referral.
#[async_trait::async_trait]
pub trait SelfReferralStore: Send + Sync {
    /// Stores that a visitor's browser signed in as a creator; when it last did is known to the day. Returns whether that
    /// is new. Nothing is stored of an erased visitor or creator.
    async fn put_creator_visitor(&self, brand: &BrandId, creator: &CreatorId, pv_id: &str, at: UnixMs) -> Result<bool>;
    /// The creators as whom the browsers of these visitors signed in, as (visitor, creator).
    async fn creators_of_visitors(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<(String, CreatorId)>>;
    /// The encrypted payout addresses of those of these creators who have one, by creator.
    async fn payout_addresses_of(&self, brand: &BrandId, creators: &[CreatorId]) -> Result<Vec<(CreatorId, Vec<u8>)>>;
}
