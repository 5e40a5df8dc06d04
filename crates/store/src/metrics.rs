//! Figures of a period, grouped as a program asks, from the same daily totals that the pages read.

use domain::{BrandId, CampaignId, CreatorId, Currency, report::Clicks, time::Period};

use crate::{Result, row::currency};

/// What figures are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum MetricGroup {
    /// The day, in the brand's time zone.
    Day,
    /// The link's creator.
    Creator,
    /// The link's campaign.
    Campaign,
    /// The link.
    Link,
    /// The platform on which the link is shared.
    Platform,
    /// The content that the link is in.
    ContentType,
    /// The currency. Clicks have none.
    Currency,
}

impl MetricGroup {
    /// Every group.
    pub const ALL: [Self; 7] =
        [Self::Day, Self::Creator, Self::Campaign, Self::Link, Self::Platform, Self::ContentType, Self::Currency];

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// Which figures count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricFilter {
    /// Of links of this creator.
    pub creator: Option<CreatorId>,
    /// Of links of this campaign.
    pub campaign: Option<CampaignId>,
    /// Sales in this currency.
    pub currency: Option<Currency>,
}

/// Clicks of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickMetric {
    /// The group; `None` for links without one. A day is its number since 1970.
    pub key: Option<String>,
    /// The clicks.
    pub clicks: Clicks,
}

/// Sales of a group in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleMetric {
    /// As of [`ClickMetric`].
    pub key: Option<String>,
    /// The currency.
    pub currency: Currency,
    /// Credited orders.
    pub conversions: i64,
    /// Credited net revenue, minor units.
    pub revenue_minor: i64,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ClickMetricRow {
    pub group_key: Option<String>,
    pub clicks: i64,
    pub unique_clicks: i64,
    pub bot_clicks: i64,
}

impl ClickMetricRow {
    /// Converts the row.
    pub fn read(self) -> ClickMetric {
        let Self { group_key, clicks, unique_clicks, bot_clicks } = self;
        ClickMetric { key: group_key, clicks: Clicks { clicks, unique_clicks, bot_clicks } }
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct SaleMetricRow {
    pub group_key: Option<String>,
    pub currency: String,
    pub conversions: i64,
    pub revenue_minor: i64,
}

impl SaleMetricRow {
    /// Converts the row.
    pub fn read(self) -> Result<SaleMetric> {
        Ok(SaleMetric {
            key: self.group_key,
            currency: currency(&self.currency, "sale_days")?,
            conversions: self.conversions,
            revenue_minor: self.revenue_minor,
        })
    }
}

/// Reads figures from daily totals, never from events.
#[async_trait::async_trait]
pub trait MetricStore: Send + Sync {
    /// Clicks of a period, by group.
    async fn click_metrics(
        &self,
        brand: &BrandId,
        period: Period,
        group: MetricGroup,
        filter: &MetricFilter,
    ) -> Result<Vec<ClickMetric>>;

    /// Sales of a period, by group and currency.
    async fn sale_metrics(
        &self,
        brand: &BrandId,
        period: Period,
        group: MetricGroup,
        filter: &MetricFilter,
    ) -> Result<Vec<SaleMetric>>;

    /// Sales of a period that only browsers reported and nobody has approved, by creator and currency.
    async fn unproven_sales(&self, brand: &BrandId, period: Period) -> Result<Vec<SaleMetric>>;
}
