//! Brands.

use domain::{BrandId, brand::Brand, shop::ShopDomain};

use crate::Result;

/// Stores tenants.
#[async_trait::async_trait]
pub trait BrandStore: Send + Sync {
    /// Adds a brand.
    async fn create_brand(&self, brand: &Brand) -> Result<()>;
    /// Adds a brand and reserves a shop for it: when the shop installs the app, it finds this brand. `Conflict` when
    /// the shop has a brand already.
    async fn create_brand_with_shop(&self, brand: &Brand, shop: &ShopDomain) -> Result<()>;
    /// Finds a brand.
    async fn brand(&self, id: &BrandId) -> Result<Option<Brand>>;
}
