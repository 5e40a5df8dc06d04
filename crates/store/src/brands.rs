//! Brands.

use domain::{BrandId, brand::Brand};

use crate::Result;

/// Stores tenants.
#[async_trait::async_trait]
pub trait BrandStore: Send + Sync {
    /// Adds a brand.
    async fn create_brand(&self, brand: &Brand) -> Result<()>;
    /// Finds a brand.
    async fn brand(&self, id: &BrandId) -> Result<Option<Brand>>;
}
