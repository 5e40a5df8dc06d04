//! Export of a brand's data, page by page.

use domain::{BrandId, UnixMs, attribution::Credit, click::Click, event::Event, evidence::EvidenceKind, order::Order};

use crate::{
    Result,
    row::{currency, known, read, read_opt},
};

/// A stored click, and whether it is unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickRecord {
    /// The click.
    pub click: Click,
    /// Whether it counts as unique ([`domain::click::unique_flags`]).
    pub is_unique: bool,
}

/// A credit with the order it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRecord {
    /// The order; the export is sorted by it.
    pub order: domain::OrderId,
    /// Position among the order's credits, from 0.
    pub position: i64,
    /// The order's currency.
    pub currency: domain::Currency,
    /// The credit.
    pub credit: Credit,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct CreditRow {
    pub order_id: String,
    pub position: i64,
    pub link_id: String,
    pub creator_id: Option<String>,
    pub campaign_id: Option<String>,
    pub kind: String,
    pub touched_at: i64,
    pub weight: String,
    pub currency: String,
    pub amount_minor: i64,
    pub conversions: i64,
}

impl CreditRow {
    /// Converts the row. `rounding_minor` is not stored, and 0.
    pub fn read(self) -> Result<CreditRecord> {
        Ok(CreditRecord {
            order: read(self.order_id, "credits", "order_id")?,
            position: self.position,
            currency: currency(&self.currency, "credits")?,
            credit: Credit {
                link: read(self.link_id, "credits", "link_id")?,
                creator: read_opt(self.creator_id, "credits", "creator_id")?,
                campaign: read_opt(self.campaign_id, "credits", "campaign_id")?,
                kind: known(EvidenceKind::parse(&self.kind), "credits", "kind")?,
                at: UnixMs(self.touched_at),
                weight: read(self.weight, "credits", "weight")?,
                amount_minor: self.amount_minor,
                rounding_minor: 0,
            },
        })
    }
}

/// Reads a brand's rows in the order of their ids, after a given id (empty for the first).
#[async_trait::async_trait]
pub trait ExportStore: Send + Sync {
    /// Clicks after an id.
    async fn clicks_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<ClickRecord>>;
    /// Events after an id.
    async fn events_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<Event>>;
    /// Orders after an id.
    async fn orders_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<Order>>;
    /// Credits after an order id and position. `("", 0)` starts at the first.
    async fn credits_after(&self, brand: &BrandId, after: (&str, i64), limit: i64) -> Result<Vec<CreditRecord>>;
}
