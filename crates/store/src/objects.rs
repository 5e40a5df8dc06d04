//! Creators, campaigns and links as the unified API shows and writes them: page by page, with what clients keep with
//! them, and each write once.

use std::collections::BTreeMap;

use domain::{
    BrandId, CampaignId, CreatorId, LinkId, UnixMs,
    campaign::Campaign,
    catalogue::ItemKind,
    creator::{Creator, CreatorStatus, Profile},
    link::Link,
    metadata::Details,
};

pub use crate::keyset::Keyset;
use crate::{
    Result,
    api_requests::{AnswerTo, Claim, Written},
    audit::AuditEntry,
    catalogue_change::ItemChange,
    creators::{CampaignRow, CreatorRow},
    links::LinkRow,
    outbound::NewEvents,
    row::from_json,
};

/// Kinds of objects that have details. An external id is unique within a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// A creator.
    Creator,
    /// A campaign.
    Campaign,
    /// A tracking link.
    Link,
    /// An order. The seller's id of it is a column of its own.
    Order,
    /// An entry of the ledger.
    Commission,
    /// A payout.
    Payout,
    /// A webhook endpoint.
    Endpoint,
    /// An API key.
    Key,
    /// An API key of the sandbox.
    TestKey,
    /// A click. Its external id may be that of the report that it came by.
    Click,
    /// A credit of an order.
    Conversion,
    /// A milestone that a creator has reached.
    Milestone,
    /// An import.
    Import,
    /// An item of the catalogue.
    Item(ItemKind),
}

impl ObjectKind {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Campaign => "campaign",
            Self::Link => "link",
            Self::Order => "order",
            Self::Commission => "commission",
            Self::Payout => "payout",
            Self::Endpoint => "webhook_endpoint",
            Self::Key => "key",
            Self::TestKey => "test_key",
            Self::Click => "click",
            Self::Conversion => "conversion",
            Self::Milestone => "milestone",
            Self::Import => "import",
            Self::Item(kind) => kind.as_str(),
        }
    }
}

/// An object as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object<T> {
    /// The object.
    pub value: T,
    /// What clients keep with it.
    pub details: Details,
    /// When it was last changed; when it was created, if never.
    pub updated_at: UnixMs,
    /// When it was archived.
    pub archived_at: Option<UnixMs>,
}

impl<T> Object<T> {
    /// An object with which clients keep nothing.
    pub fn plain(value: T, updated_at: UnixMs) -> Self {
        Self { value, details: Details::default(), updated_at, archived_at: None }
    }
}

/// A change of what clients keep with an object that is changed in no other way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsChange {
    /// The kind of object.
    pub kind: ObjectKind,
    /// Its id.
    pub id: String,
    /// What they kept when it was decided; of an order, without the seller's id.
    pub before: Details,
    /// What they keep from now on.
    pub after: Details,
}

/// A creator with what only the API shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatorProfile {
    /// The creator.
    pub creator: Creator,
    /// Names, socials, tags, status.
    pub profile: Profile,
}

/// Times from `from` to `until`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: UnixMs,
    /// The last.
    pub until: UnixMs,
}

impl Default for Span {
    fn default() -> Self {
        Self { from: UnixMs(i64::MIN), until: UnixMs(i64::MAX) }
    }
}

/// Which objects are in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// When they were last changed.
    pub updated: Span,
    /// The client's own id.
    pub external_id: Option<String>,
    /// Links of this creator.
    pub creator: Option<CreatorId>,
    /// Links of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only archived objects, or only others.
    pub is_archived: Option<bool>,
    /// Creators with this status.
    pub creator_status: Option<CreatorStatus>,
}

/// What a write changes. Updates take effect only if the object has not changed since the given time.
#[derive(Clone, Debug)]
pub enum Change {
    /// Adds a creator.
    CreateCreator(CreatorProfile),
    /// Replaces a creator's handle, name, e-mail hash, aliases, tiers and profile.
    UpdateCreator(CreatorProfile, UnixMs),
    /// Adds a campaign.
    CreateCampaign(Campaign),
    /// Replaces a campaign's name.
    UpdateCampaign(Campaign, UnixMs),
    /// Adds a link.
    CreateLink(Link),
    /// Replaces a link's destination, platform, content type, sharing and expiry. Its code, creator, campaign and promo
    /// code stay: orders may be settled by them again.
    UpdateLink(Link, UnixMs),
    /// Adds an item of the catalogue.
    CreateItem(ItemChange),
    /// Replaces an item. Its creator and collab stay.
    UpdateItem(ItemChange, UnixMs),
}

/// A write of one object.
#[derive(Clone, Debug)]
pub struct Write {
    /// What it changes.
    pub change: Change,
    /// What clients keep with the object from now on.
    pub details: Details,
    /// When it was archived; of a link, deleted.
    pub archived_at: Option<UnixMs>,
    /// When this is.
    pub at: UnixMs,
    /// Its entry in the audit log.
    pub audit: AuditEntry,
    /// What other systems are to learn of it.
    pub events: NewEvents,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct CreatorObjectRow {
    pub id: String,
    pub name: String,
    pub handle: String,
    pub email_hash: Option<String>,
    pub aliases: String,
    pub tier: Option<String>,
    pub earlier_tiers: String,
    pub partner_code: Option<String>,
    pub created_at: i64,
    pub profile: Option<String>,
    pub external_id: Option<String>,
    pub metadata: Option<String>,
    pub updated_at: Option<i64>,
    pub archived_at: Option<i64>,
}

impl CreatorObjectRow {
    /// Converts the row.
    pub fn read(self) -> Result<Object<CreatorProfile>> {
        let profile = match &self.profile {
            Some(text) => from_json(text, "creators", "profile")?,
            None => Profile::default(),
        };
        let creator = CreatorRow {
            id: self.id,
            name: self.name,
            handle: self.handle,
            email_hash: self.email_hash,
            aliases: self.aliases,
            tier: self.tier,
            earlier_tiers: self.earlier_tiers,
            partner_code: self.partner_code,
            created_at: self.created_at,
        };
        Ok(Object {
            value: CreatorProfile { creator: creator.read()?, profile },
            details: details(self.external_id, self.metadata.as_deref())?,
            updated_at: UnixMs(self.updated_at.unwrap_or(self.created_at)),
            archived_at: self.archived_at.map(UnixMs),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct CampaignObjectRow {
    pub id: String,
    pub name: String,
    pub created_at: i64,
    pub external_id: Option<String>,
    pub metadata: Option<String>,
    pub updated_at: Option<i64>,
    pub archived_at: Option<i64>,
}

impl CampaignObjectRow {
    /// Converts the row.
    pub fn read(self) -> Result<Object<Campaign>> {
        let created_at = self.created_at;
        Ok(Object {
            value: CampaignRow { id: self.id, name: self.name, created_at }.read()?,
            details: details(self.external_id, self.metadata.as_deref())?,
            updated_at: UnixMs(self.updated_at.unwrap_or(created_at)),
            archived_at: self.archived_at.map(UnixMs),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct LinkObjectRow {
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
    pub external_id: Option<String>,
    pub metadata: Option<String>,
    pub updated_at: Option<i64>,
}

impl LinkObjectRow {
    /// Converts the row.
    pub fn read(self) -> Result<Object<Link>> {
        let (created_at, deleted_at) = (self.created_at, self.deleted_at);
        let details = details(self.external_id, self.metadata.as_deref())?;
        let link = LinkRow {
            brand_id: self.brand_id,
            id: self.id,
            code: self.code,
            destination: self.destination,
            campaign_id: self.campaign_id,
            creator_id: self.creator_id,
            platform: self.platform,
            content_type: self.content_type,
            promo_code: self.promo_code,
            share_revenue: self.share_revenue,
            is_direct: self.is_direct,
            created_at,
            expires_at: self.expires_at,
            deleted_at,
        };
        let (_, value) = link.read()?;
        let updated_at = UnixMs(self.updated_at.or(deleted_at).unwrap_or(created_at));
        Ok(Object { value, details, updated_at, archived_at: deleted_at.map(UnixMs) })
    }
}

/// What clients keep with an object, as it is stored.
///
/// # Errors
/// `Corrupt` if the notes cannot be read.
pub fn details(external_id: Option<String>, metadata: Option<&str>) -> Result<Details> {
    let metadata = metadata.map(|text| from_json(text, "object_details", "metadata")).transpose()?.unwrap_or_default();
    Ok(Details { external_id, metadata })
}

/// Reads and writes objects for the unified API.
#[async_trait::async_trait]
pub trait ObjectStore: Send + Sync {
    /// Writes rows once: their effects, their audit entries, and the answer in one transaction. A row that cannot be
    /// written leaves the others alone, unless there is only one or `answer` gives none. A claim that was answered before
    /// changes nothing.
    async fn write_objects(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        writes: &[Write],
        answer: AnswerTo<'_>,
    ) -> Result<Written>;

    /// Creators that are not erased.
    async fn creators_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &Filter,
    ) -> Result<Vec<Object<CreatorProfile>>>;

    /// A creator that is not erased.
    async fn creator_object(&self, brand: &BrandId, id: &CreatorId) -> Result<Option<Object<CreatorProfile>>>;

    /// Campaigns.
    async fn campaigns_page(&self, brand: &BrandId, keyset: &Keyset, filter: &Filter) -> Result<Vec<Object<Campaign>>>;

    /// A campaign.
    async fn campaign_object(&self, brand: &BrandId, id: &CampaignId) -> Result<Option<Object<Campaign>>>;

    /// Links, deleted ones included, direct ones left out.
    async fn links_page(&self, brand: &BrandId, keyset: &Keyset, filter: &Filter) -> Result<Vec<Object<Link>>>;

    /// A link, deleted or not, that is not direct.
    async fn link_object(&self, brand: &BrandId, id: &LinkId) -> Result<Option<Object<Link>>>;
    /// External ids and metadata of these objects, by the objects' ids.
    async fn details(&self, brand: &BrandId, ids: &[String]) -> Result<BTreeMap<String, Details>>;

    /// The id of the object of a kind with this external id.
    async fn id_by_external_id(&self, brand: &BrandId, kind: ObjectKind, external_id: &str) -> Result<Option<String>>;
}
