//! Creators and campaigns.

use domain::{
    BrandId, CreatorId, UnixMs,
    campaign::Campaign,
    creator::{Creator, PartnerCode},
};

use crate::{
    Result,
    audit::AuditEntry,
    outbound::NewEvents,
    row::{from_json, read, read_opt},
};

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct CreatorRow {
    pub id: String,
    pub name: String,
    pub handle: String,
    pub email_hash: Option<String>,
    pub aliases: String,
    pub tier: Option<String>,
    pub earlier_tiers: String,
    pub partner_code: Option<String>,
    pub created_at: i64,
}

impl CreatorRow {
    /// Converts the row.
    pub fn read(self) -> Result<Creator> {
        Ok(Creator {
            id: read(self.id, "creators", "id")?,
            name: self.name,
            handle: self.handle,
            email_hash: self.email_hash,
            aliases: from_json(&self.aliases, "creators", "aliases")?,
            tier: self.tier,
            earlier_tiers: from_json(&self.earlier_tiers, "creators", "earlier_tiers")?,
            partner_code: read_opt(self.partner_code, "creators", "partner_code")?,
            created_at: UnixMs(self.created_at),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct CampaignRow {
    pub id: String,
    pub name: String,
    pub created_at: i64,
}

impl CampaignRow {
    /// Converts the row.
    pub fn read(self) -> Result<Campaign> {
        Ok(Campaign { id: read(self.id, "campaigns", "id")?, name: self.name, created_at: UnixMs(self.created_at) })
    }
}

/// Stores creators and campaigns.
#[async_trait::async_trait]
pub trait CreatorStore: Send + Sync {
    /// Adds a creator, with its events.
    ///
    /// # Errors
    /// `Conflict` when the id, handle or partner code is taken; `Missing` when the brand does not exist.
    async fn create_creator(
        &self,
        brand: &BrandId,
        creator: &Creator,
        audit: &AuditEntry,
        events: &NewEvents,
    ) -> Result<()>;
    /// Replaces a creator's name, aliases, tiers, e-mail hash and partner code, not the handle, and writes the events. False
    /// when there is no such creator, or they were erased. A taken partner code is a `Database` error.
    async fn update_creator(
        &self,
        brand: &BrandId,
        creator: &Creator,
        audit: &AuditEntry,
        events: &NewEvents,
    ) -> Result<bool>;
    /// Finds a creator who was not merged into another.
    async fn creator(&self, brand: &BrandId, id: &CreatorId) -> Result<Option<Creator>>;
    /// The creators of a brand, by name, without those who were merged into another.
    async fn creators(&self, brand: &BrandId) -> Result<Vec<Creator>>;
    /// Those of these creators that are the brand's.
    async fn creators_of(&self, brand: &BrandId, ids: &[CreatorId]) -> Result<Vec<Creator>>;
    /// Finds a creator by partner code, which is unique across brands. That of a merged creator is the other's.
    async fn creator_by_partner_code(&self, code: &PartnerCode) -> Result<Option<(BrandId, CreatorId)>>;
    /// Adds a campaign.
    ///
    /// # Errors
    /// `Conflict` when the id or name is taken; `Missing` when the brand does not exist.
    async fn create_campaign(&self, brand: &BrandId, campaign: &Campaign) -> Result<()>;
    /// The campaigns of a brand, by name.
    async fn campaigns(&self, brand: &BrandId) -> Result<Vec<Campaign>>;
}
