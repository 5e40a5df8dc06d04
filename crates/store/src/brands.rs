//! Brands.

use domain::{BrandId, brand::Brand, shop::ShopDomain};

use crate::{Result, audit::AuditEntry};

/// Stores tenants.
#[async_trait::async_trait]
pub trait BrandStore: Send + Sync {
    /// Adds a brand.
    async fn create_brand(&self, brand: &Brand) -> Result<()>;
    /// Adds a brand and reserves a shop for it: when the shop installs the app, it finds this brand. `Conflict` when
    /// the shop has a brand already.
    async fn create_brand_with_shop(&self, brand: &Brand, shop: &ShopDomain) -> Result<()>;
    /// Replaces a brand's policies and settings. False, having changed nothing, when they are not `before` any more.
    async fn save_terms(&self, before: &Brand, after: &Brand, audit: &AuditEntry) -> Result<bool>;
    /// Every brand's id, for jobs that go through all.
    async fn brand_ids(&self) -> Result<Vec<BrandId>>;
    /// Finds a brand.
    async fn brand(&self, id: &BrandId) -> Result<Option<Brand>>;
}
