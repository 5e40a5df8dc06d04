//! Clicks, page by page, as the unified API lists them.

use domain::{BrandId, CampaignId, ClickId, CreatorId, LinkId};

use crate::{Result, export::ClickRecord, ingest::ClickRow, objects::Keyset, row::read_opt};

/// A click with its link's campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickObject {
    /// The click. The visitor id is empty once its person was erased.
    pub record: ClickRecord,
    /// The link's campaign.
    pub campaign: Option<CampaignId>,
}

/// A page of clicks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClickPage {
    /// The clicks.
    pub clicks: Vec<ClickObject>,
    /// The click at which the search stopped, before the page was full: few of those up to it are the filter's. There may be
    /// more beyond.
    pub stopped_at: Option<ClickId>,
}

/// Which clicks are in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClickFilter {
    /// On this link.
    pub link: Option<LinkId>,
    /// On links of this creator.
    pub creator: Option<CreatorId>,
    /// On links of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only clicks by people, or only those by bots.
    pub is_human: Option<bool>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ClickObjectRow {
    pub brand_id: String,
    pub id: String,
    pub link_id: String,
    pub creator_id: Option<String>,
    pub campaign_id: Option<String>,
    pub pv_id: String,
    pub is_returning: bool,
    pub at: i64,
    pub device: String,
    pub browser: String,
    pub os: String,
    pub country: Option<String>,
    pub referrer_host: Option<String>,
    pub bot: Option<String>,
    pub is_unique: bool,
}

impl ClickObjectRow {
    /// Converts the row.
    pub fn read(self) -> Result<ClickObject> {
        let campaign = read_opt(self.campaign_id, "links", "campaign_id")?;
        let click = ClickRow {
            brand_id: self.brand_id,
            id: self.id,
            link_id: self.link_id,
            creator_id: self.creator_id,
            pv_id: self.pv_id,
            is_returning: self.is_returning,
            at: self.at,
            device: self.device,
            browser: self.browser,
            os: self.os,
            country: self.country,
            referrer_host: self.referrer_host,
            bot: self.bot,
            is_unique: self.is_unique,
        };
        Ok(ClickObject { record: click.read()?, campaign })
    }
}

/// Lists clicks.
#[async_trait::async_trait]
pub trait ClickObjectStore: Send + Sync {
    /// Clicks. A page without a filter is read from its place in the primary key. With a link or creator, days on which no such
    /// click was counted are passed over. `scan_max` is about how many clicks are looked at.
    async fn clicks_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &ClickFilter,
        scan_max: i64,
    ) -> Result<ClickPage>;

    /// Notes the external ids of clicks that were reported with one. Clicks with which anything is kept, and ids that another click
    /// has, stay as they are. Of a click without a visitor nothing is noted.
    async fn name_clicks(&self, brand: &BrandId, named: &[(ClickId, String)]) -> Result<()>;
}
