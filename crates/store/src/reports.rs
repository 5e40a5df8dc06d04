//! Figures, read from the daily counts and never from the events.

use domain::{
    BrandId, CreatorId,
    report::{SaleRow, Traffic},
    time::{Day, Period},
};

use crate::Result;

/// Reads figures.
#[async_trait::async_trait]
pub trait ReportStore: Send + Sync {
    /// Clicks and sales of a period by day and by link.
    async fn traffic(&self, brand: &BrandId, period: Period) -> Result<Traffic>;
    /// The same for one creator's links. Revenue is summed over links whose revenue is shared, and over no others:
    /// hidden amounts never leave the database. A link's conversions are always there; a link whose revenue is
    /// hidden has them under [`domain::Currency::USD`] with an amount of zero.
    async fn creator_traffic(&self, brand: &BrandId, creator: &CreatorId, period: Period) -> Result<Traffic>;
    /// All orders of a period, credited or not, by day.
    async fn order_days(&self, brand: &BrandId, period: Period) -> Result<Vec<SaleRow<Day>>>;
}
