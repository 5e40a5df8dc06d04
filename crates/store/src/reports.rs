//! Reports, read from daily totals and touchpoints, and runs of the attribution models over all journeys.

use domain::{
    BrandId, CreatorId, Currency, UnixMs,
    model::ByModel,
    report::{SaleRow, Traffic},
    time::{Day, Period},
};

use crate::{Result, row::currency};

/// What the attribution models assign to one creator in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRow {
    /// The creator; `None` for links without a creator.
    pub creator: Option<CreatorId>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// Number of touchpoints.
    pub touches: i64,
    /// Number of orders whose last touchpoint is this creator's.
    pub conversions: i64,
    /// The amount by model, minor units.
    pub amounts_minor: ByModel<i64>,
}

/// A touchpoint of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The order id; the visitor id if the journey has no order.
    pub journey: String,
    /// Position in the order's journey, from 0; Unix ms if the journey has no order.
    pub position: i64,
    /// The link's creator.
    pub creator: Option<CreatorId>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct SaleSumRow {
    pub day: Option<i64>,
    pub link_id: Option<String>,
    pub currency: String,
    pub conversions: i64,
    pub revenue_minor: i64,
}

impl SaleSumRow {
    /// Converts the row to sales under a key that the caller reads from it.
    pub fn read<K>(self, key: impl FnOnce(&Self) -> Result<K>) -> Result<SaleRow<K>> {
        Ok(SaleRow {
            key: key(&self)?,
            currency: currency(&self.currency, "sale_days")?,
            conversions: self.conversions,
            revenue_minor: self.revenue_minor,
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ClickSumRow {
    pub day: Option<i64>,
    pub link_id: Option<String>,
    pub clicks: i64,
    pub unique_clicks: i64,
    pub bot_clicks: i64,
}

/// Reads reports and stores model runs.
#[async_trait::async_trait]
pub trait ReportStore: Send + Sync {
    /// Clicks and sales of a period, by day and by link. Revenue is net.
    async fn traffic(&self, brand: &BrandId, period: Period) -> Result<Traffic>;
    /// What each model assigns to each creator in a period, from the stored touchpoints.
    async fn model_totals(&self, brand: &BrandId, period: Period) -> Result<Vec<ModelRow>>;
    /// Touchpoints of the orders placed since `since` and not cancelled, sorted by order id and position; after `after`
    /// (journey and position).
    async fn converted_touches(
        &self,
        brand: &BrandId,
        since: UnixMs,
        after: (&str, i64),
        limit: i64,
    ) -> Result<Vec<Touch>>;
    /// The visitors of the orders placed since `since`. May repeat a visitor.
    async fn converted_visitors(&self, brand: &BrandId, since: UnixMs) -> Result<Vec<String>>;
    /// Clicks since `since` that are not by bots, sorted by visitor and time; after `after` (visitor and Unix ms).
    async fn open_touches(&self, brand: &BrandId, since: UnixMs, after: (&str, i64), limit: i64) -> Result<Vec<Touch>>;
    /// Stores the outcome of a model run, as JSON. Returns its version, which counts up from 1 per brand.
    async fn put_model_run(&self, brand: &BrandId, outcome: &str, at: UnixMs) -> Result<i64>;
    /// The latest model run: version, time, outcome.
    async fn latest_model_run(&self, brand: &BrandId) -> Result<Option<(i64, UnixMs, String)>>;
    /// Orders and net revenue of a period by day and currency, whether attributed or not.
    async fn order_days(&self, brand: &BrandId, period: Period) -> Result<Vec<SaleRow<Day>>>;
}
