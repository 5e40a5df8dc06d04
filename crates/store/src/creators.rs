//! Creators and campaigns.

use domain::{
    BrandId, CreatorId,
    campaign::Campaign,
    creator::{Creator, PartnerCode},
};

use crate::Result;

/// Stores creators and campaigns.
#[async_trait::async_trait]
pub trait CreatorStore: Send + Sync {
    /// Adds a creator; `Conflict` when the handle is taken.
    async fn create_creator(&self, brand: &BrandId, creator: &Creator) -> Result<()>;
    /// Replaces a creator's name, aliases, tier and e-mail hash. False when there is no such creator.
    async fn update_creator(&self, brand: &BrandId, creator: &Creator) -> Result<bool>;
    /// Finds a creator.
    async fn creator(&self, brand: &BrandId, id: &CreatorId) -> Result<Option<Creator>>;
    /// The creators of a brand, by name.
    async fn creators(&self, brand: &BrandId) -> Result<Vec<Creator>>;
    /// Finds the creator of a partner code, of whichever brand.
    async fn creator_by_partner_code(&self, code: &PartnerCode) -> Result<Option<(BrandId, CreatorId)>>;
    /// Adds a campaign; `Conflict` when the name is taken.
    async fn create_campaign(&self, brand: &BrandId, campaign: &Campaign) -> Result<()>;
    /// The campaigns of a brand, by name.
    async fn campaigns(&self, brand: &BrandId) -> Result<Vec<Campaign>>;
}
