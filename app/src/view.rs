//! View models that several pages share: texts and numbers, already formatted for the brand. Data that the reader may not
//! see is left out.

use serde::{Deserialize, Serialize};

/// The figures of one row or card, formatted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresView {
    /// Clicks by people.
    pub clicks: String,
    /// Unique clicks.
    pub unique_clicks: String,
    /// Clicks by bots and previews.
    pub bot_clicks: String,
    /// Orders credited.
    pub conversions: String,
    /// Net revenue, one amount per currency.
    pub revenue: String,
    /// Conversions as a percentage of unique clicks.
    pub conversion_rate: String,
}

/// One bar of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BarView {
    /// Label under the bar.
    pub label: String,
    /// Height in thousandths of the highest bar.
    pub height: u32,
    /// Formatted value.
    pub value: String,
}

/// A row of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowView {
    /// Name of the creator, campaign or link.
    pub name: String,
    /// A second line.
    pub note: String,
    /// Link target of the name.
    pub href: Option<String>,
    /// Its figures.
    pub figures: FiguresView,
}

/// The chosen period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodView {
    /// First day, ISO 8601.
    pub from: String,
    /// Last day, ISO 8601.
    pub to: String,
    /// The brand's time zone.
    pub zone: String,
}

/// A select option: value and label.
pub type Choice = (String, String);

/// A row of a [`GridView`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridRow {
    /// The cells; the first is the row header.
    pub cells: Vec<String>,
    /// Second line of the first cell.
    pub note: String,
    /// Link target of the first cell.
    pub href: Option<String>,
}

/// A table of formatted cells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridView {
    /// Accessible name.
    pub label: String,
    /// Column headers.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<GridRow>,
    /// Whether cells are text (left-aligned) rather than numbers (right-aligned).
    pub is_text: bool,
}
