//! Links as pages change them and show what they did.

use domain::{
    BrandId, CampaignId, Currency, LinkId, OrderId, UnixMs,
    link::Link,
    report::{ClickRow, SaleRow},
    time::{Day, Period},
};

use crate::{
    Result,
    audit::AuditEntry,
    outbound::NewEvents,
    row::{currency, read},
};

/// Clicks of a link on a day, bots left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkDay {
    /// The link.
    pub link: LinkId,
    /// The day.
    pub day: Day,
    /// The clicks.
    pub clicks: i64,
}

/// An order that some links are credited with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditedOrder {
    /// The order.
    pub order: OrderId,
    /// Its name, such as "#1069".
    pub name: String,
    /// When it was placed.
    pub placed_at: UnixMs,
    /// The currency of the credit.
    pub currency: Currency,
    /// What the links are credited with, minor units.
    pub amount_minor: i64,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct CreditedOrderRow {
    pub order_id: String,
    pub name: String,
    pub placed_at: i64,
    pub currency: String,
    pub amount_minor: i64,
}

impl CreditedOrderRow {
    /// Converts the row.
    pub fn read(self) -> Result<CreditedOrder> {
        Ok(CreditedOrder {
            order: read(self.order_id, "credits", "order_id")?,
            name: self.name,
            placed_at: UnixMs(self.placed_at),
            currency: currency(&self.currency, "credits")?,
            amount_minor: self.amount_minor,
        })
    }
}

/// Clicks and sales by day.
pub type LinkTraffic = (Vec<ClickRow<Day>>, Vec<SaleRow<Day>>);

/// Changes links, and reads what they did.
#[async_trait::async_trait]
pub trait LinkEditStore: Send + Sync {
    /// Replaces a link's destination, platform, content type, sharing, expiry, and its discount code, which stays if an
    /// order is credited to the link. False when the link is unknown, direct or deleted.
    async fn edit_link(&self, brand: &BrandId, link: &Link, audit: &AuditEntry) -> Result<bool>;
    /// Whether an order that was placed since then has this discount code.
    async fn was_code_used_since(&self, brand: &BrandId, promo_code: &str, since: UnixMs) -> Result<bool>;
    /// Makes a deleted link live again. False when it is unknown, direct or not deleted.
    async fn restore_link(&self, brand: &BrandId, id: &LinkId, audit: &AuditEntry) -> Result<bool>;
    /// Puts a link into a campaign, or in none. False, and nothing changes, when it is unknown, direct or deleted, or an
    /// order is credited to it: that was earned under the campaign's rules.
    ///
    /// # Errors
    /// `Missing` when the campaign is not the brand's.
    async fn set_link_campaign(
        &self,
        brand: &BrandId,
        id: &LinkId,
        campaign: Option<&CampaignId>,
        audit: &AuditEntry,
        events: &NewEvents,
    ) -> Result<bool>;
    /// Clicks of these links, or of all, on each day of a period, bots left out; days without clicks are not listed.
    async fn link_days(&self, brand: &BrandId, period: Period, links: Option<&[LinkId]>) -> Result<Vec<LinkDay>>;
    /// Clicks and net revenue of these links together, by day.
    async fn traffic_of_links(&self, brand: &BrandId, links: &[LinkId], period: Period) -> Result<LinkTraffic>;
    /// The latest orders that these links are credited with, latest first.
    async fn credited_orders(&self, brand: &BrandId, links: &[LinkId], limit: i64) -> Result<Vec<CreditedOrder>>;
}
