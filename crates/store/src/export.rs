//! Everything a brand owns, a page at a time.

use domain::{BrandId, attribution::Credit, click::Click, event::Event, order::Order};

use crate::Result;

/// A stored click with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickRecord {
    /// The click.
    pub click: Click,
    /// Whether it counts as unique.
    pub is_unique: bool,
}

/// A credit with the order it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRecord {
    /// Sorts the export.
    pub order: domain::OrderId,
    /// Which of the order's credits, from 0.
    pub position: i64,
    /// The order's currency.
    pub currency: domain::Currency,
    /// The credit.
    pub credit: Credit,
}

/// Reads a brand's rows in the order of their ids, after a given one.
#[async_trait::async_trait]
pub trait ExportStore: Send + Sync {
    /// Clicks after an id.
    async fn clicks_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<ClickRecord>>;
    /// Events after an id.
    async fn events_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<Event>>;
    /// Orders after an id.
    async fn orders_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<Order>>;
    /// Credits after an order id and position.
    async fn credits_after(&self, brand: &BrandId, after: (&str, i64), limit: i64) -> Result<Vec<CreditRecord>>;
}
