//! Tracking links.

use domain::{
    BrandId, CampaignId, CreatorId, LinkId, UnixMs,
    link::{ContentType, Link, LinkCode, Platform},
};
use tokio::sync::broadcast;

use crate::{
    Result,
    audit::AuditEntry,
    outbound::NewEvents,
    row::{known, read, read_opt},
};

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct LinkRow {
    pub brand_id: String,
    pub id: String,
    pub code: String,
    pub destination: String,
    pub campaign_id: Option<String>,
    pub creator_id: Option<String>,
    pub platform: Option<String>,
    pub content_type: Option<String>,
    pub promo_code: Option<String>,
    pub share_revenue: bool,
    pub is_direct: bool,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub deleted_at: Option<i64>,
}

impl LinkRow {
    /// Converts the row to a link and its brand.
    pub fn read(self) -> Result<(BrandId, Link)> {
        let platform = self.platform.map(|name| known(Platform::parse(&name), "links", "platform")).transpose()?;
        let content_type =
            self.content_type.map(|name| known(ContentType::parse(&name), "links", "content_type")).transpose()?;
        let link = Link {
            id: read(self.id, "links", "id")?,
            code: read::<LinkCode, _>(self.code, "links", "code")?,
            destination: self.destination,
            campaign: read_opt(self.campaign_id, "links", "campaign_id")?,
            creator: read_opt(self.creator_id, "links", "creator_id")?,
            platform,
            content_type,
            promo_code: self.promo_code,
            share_revenue: self.share_revenue,
            is_direct: self.is_direct,
            created_at: UnixMs(self.created_at),
            expires_at: self.expires_at.map(UnixMs),
            deleted_at: self.deleted_at.map(UnixMs),
        };
        Ok((read(self.brand_id, "links", "brand_id")?, link))
    }
}

/// What caches must forget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkChange {
    /// One link.
    Link(LinkCode),
    /// All links of a brand: where they may lead has changed.
    Brand(BrandId),
}

impl LinkChange {
    /// The text form, as one process sends it to the others.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Link(code) => code.as_str(),
            Self::Brand(id) => id.as_str(),
        }
    }

    /// Parses the text form.
    pub fn parse(text: &str) -> Option<Self> {
        let brand = text.parse().ok().map(Self::Brand);
        brand.or_else(|| LinkCode::parse(text).map(Self::Link))
    }
}

/// Stores links and notifies caches of changes.
#[async_trait::async_trait]
pub trait LinkStore: Send + Sync {
    /// Adds a link, with an audit entry if one is given, and the events.
    ///
    /// # Errors
    /// `Conflict` when the id or code is taken (deleted links keep their code); `Missing` when the creator or campaign
    /// is not the brand's.
    async fn create_link(
        &self,
        brand: &BrandId,
        link: &Link,
        audit: Option<&AuditEntry>,
        events: &NewEvents,
    ) -> Result<()>;
    /// Whether a creator has, or had, a link in a campaign.
    async fn has_link_in_campaign(&self, brand: &BrandId, creator: &CreatorId, campaign: &CampaignId) -> Result<bool>;
    /// The creator's direct link: the stored one, else `new`. With `replaces`, a stored one with another discount code
    /// is marked as deleted, `new` takes its place, and the entry is written;
    /// [`StoreError::Conflict`](crate::StoreError::Conflict) if another creator's has its discount code.
    async fn direct_link(&self, brand: &BrandId, new: &Link, replaces: Option<&AuditEntry>) -> Result<Link>;
    /// All links of a brand, including deleted ones, newest first.
    async fn links(&self, brand: &BrandId) -> Result<Vec<Link>>;
    /// All links of these creators, including deleted ones, newest first.
    async fn links_of_creators(&self, brand: &BrandId, creators: &[CreatorId]) -> Result<Vec<Link>>;
    /// All links of a campaign, including deleted ones, newest first.
    async fn links_in_campaign(&self, brand: &BrandId, campaign: &CampaignId) -> Result<Vec<Link>>;
    /// Finds a link and its brand by code, deleted or not. Used by the redirect.
    async fn link_by_code(&self, code: LinkCode) -> Result<Option<(BrandId, Link)>>;
    /// A creator's newest link that is neither deleted nor expired at `at`.
    async fn latest_link_of(&self, brand: &BrandId, creator: &CreatorId, at: UnixMs) -> Result<Option<Link>>;
    /// Marks a link as deleted. False when it is unknown, direct or deleted already.
    async fn delete_link(&self, brand: &BrandId, id: &LinkId, at: UnixMs, audit: &AuditEntry) -> Result<bool>;
    /// Links that were added or changed, and brands whose hosts were, by any process that shares the database. After
    /// `Lagged` some are missing, so the receiver must clear its cache.
    fn link_changes(&self) -> broadcast::Receiver<LinkChange>;
}
