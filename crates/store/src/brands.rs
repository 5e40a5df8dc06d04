//! Brands.

use domain::{BrandId, UnixMs, brand::Brand, shop::ShopDomain, time::Zone};

use crate::{
    Result,
    audit::AuditEntry,
    row::{currency, from_json, read},
};

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct BrandRow {
    pub id: String,
    pub name: String,
    pub zone: String,
    pub currency: String,
    pub policy: String,
    pub settings: String,
    pub trust_browser_purchases: bool,
    pub destination_hosts: String,
    pub visits_deleted_before: i64,
    pub created_at: i64,
}

impl BrandRow {
    /// Converts the row.
    pub fn read(self) -> Result<Brand> {
        Ok(Brand {
            id: read(self.id, "brands", "id")?,
            name: self.name,
            zone: read::<Zone, _>(self.zone, "brands", "zone")?,
            currency: currency(&self.currency, "brands")?,
            policies: from_json(&self.policy, "brands", "policy")?,
            settings: from_json(&self.settings, "brands", "settings")?,
            trust_browser_purchases: self.trust_browser_purchases,
            destination_hosts: from_json(&self.destination_hosts, "brands", "destination_hosts")?,
            visits_deleted_before: UnixMs(self.visits_deleted_before),
            created_at: UnixMs(self.created_at),
        })
    }
}

/// Stores brands, which are the tenants.
#[async_trait::async_trait]
pub trait BrandStore: Send + Sync {
    /// Adds a brand.
    ///
    /// # Errors
    /// `Conflict` when its id exists.
    async fn create_brand(&self, brand: &Brand) -> Result<()>;
    /// Adds a brand and reserves a shop for it: the shop is stored as uninstalled and joins this brand when it installs
    /// the app.
    ///
    /// # Errors
    /// `Conflict` when the brand's id exists, or the shop has a brand already.
    async fn create_brand_with_shop(&self, brand: &Brand, shop: &ShopDomain) -> Result<()>;
    /// Replaces a brand's name, time zone, currency, policies, settings and destination hosts, and none of its other fields.
    /// False, without a change, when the stored ones no longer equal those of `before`. A change of hosts or of the time
    /// zone is announced by [`crate::links::LinkStore::link_changes`].
    ///
    /// # Errors
    /// `Missing` when the brand does not exist.
    async fn update_brand_settings(&self, before: &Brand, after: &Brand, audit: &AuditEntry) -> Result<bool>;
    /// Whether the brand has an order, a click, an event beyond page views, or a line in the ledger: its days have figures.
    async fn has_counted(&self, brand: &BrandId) -> Result<bool>;
    /// The ids of all brands, for jobs that run for each.
    async fn brand_ids(&self) -> Result<Vec<BrandId>>;
    /// Finds a brand.
    async fn brand(&self, id: &BrandId) -> Result<Option<Brand>>;
}
