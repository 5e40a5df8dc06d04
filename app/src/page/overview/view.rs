//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::{BarView, FiguresView, PeriodView, RowView};

/// A day of the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    /// The day, ISO 8601.
    pub day: String,
    /// Its figures.
    pub figures: FiguresView,
}

/// A brand's overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewView {
    /// The brand.
    pub brand: String,
    /// The period.
    pub period: PeriodView,
    /// Totals of the period.
    pub total: FiguresView,
    /// All orders, credited or not: count and revenue.
    pub all_orders: (String, String),
    /// Whether the period has no links and no orders.
    pub is_empty: bool,
    /// Clicks by day.
    pub clicks_chart: Vec<BarView>,
    /// Revenue by day in the brand's currency.
    pub revenue_chart: Vec<BarView>,
    /// The charts' data as a table.
    pub days: Vec<DayView>,
    /// By creator.
    pub creators: Vec<RowView>,
    /// By campaign.
    pub campaigns: Vec<RowView>,
    /// By link.
    pub links: Vec<RowView>,
}
