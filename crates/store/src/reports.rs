//! Figures, read from the daily counts and never from the events.

use domain::{
    BrandId, CreatorId, Currency, UnixMs,
    report::{SaleRow, Traffic},
    time::{Day, Period},
};

use crate::Result;

/// What the models give one creator in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRow {
    /// The creator; `None` for links without one.
    pub creator: Option<CreatorId>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// Touchpoints.
    pub touches: i64,
    /// Orders whose last touchpoint is this creator's.
    pub conversions: i64,
    /// Minor units by each of [`domain::model::Model::ALL`].
    pub amounts_minor: [i64; 5],
}

/// A touch of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The order, or the visitor where no order came of it.
    pub journey: String,
    /// Place in the journey, or the time.
    pub place: i64,
    /// The link's creator.
    pub creator: Option<CreatorId>,
}

/// Reads figures.
#[async_trait::async_trait]
pub trait ReportStore: Send + Sync {
    /// Clicks and sales of a period by day and by link.
    async fn traffic(&self, brand: &BrandId, period: Period) -> Result<Traffic>;
    /// The same for one creator's links. Revenue is summed over links whose revenue is shared, and over no others:
    /// hidden amounts never leave the database. A link's conversions are always there; a link whose revenue is
    /// hidden has them under [`domain::Currency::USD`] with an amount of zero.
    async fn creator_traffic(&self, brand: &BrandId, creator: &CreatorId, period: Period) -> Result<Traffic>;
    /// What each model gives each creator in a period, from the stored touchpoints.
    async fn model_totals(&self, brand: &BrandId, period: Period) -> Result<Vec<ModelRow>>;
    /// Touchpoints of the orders of days since `since`, journey by journey (the order's id), in touch order; after
    /// `after` (journey and place).
    async fn converted_touches(
        &self,
        brand: &BrandId,
        since: UnixMs,
        after: (&str, i64),
        limit: i64,
    ) -> Result<Vec<Touch>>;
    /// Visitors who are known to have placed an order since `since`.
    async fn converted_visitors(&self, brand: &BrandId, since: UnixMs) -> Result<Vec<String>>;
    /// People's clicks since `since`, visitor by visitor, in time order; after `after` (visitor and time).
    async fn open_touches(&self, brand: &BrandId, since: UnixMs, after: (&str, i64), limit: i64) -> Result<Vec<Touch>>;
    /// Stores the outcome of a run of the models over all journeys as the next version, which it returns.
    async fn put_model_run(&self, brand: &BrandId, outcome: &str, at: UnixMs) -> Result<i64>;
    /// The latest run: version, when, outcome.
    async fn latest_model_run(&self, brand: &BrandId) -> Result<Option<(i64, UnixMs, String)>>;
    /// All orders of a period, credited or not, by day.
    async fn order_days(&self, brand: &BrandId, period: Period) -> Result<Vec<SaleRow<Day>>>;
}
