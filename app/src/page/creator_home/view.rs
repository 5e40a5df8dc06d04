//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::{BarView, GridView, PeriodView};

/// A creator's own link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLinkView {
    /// The address to share.
    pub url: String,
    /// Whether `url` is an address that can be copied.
    pub is_address: bool,
    /// Destination URL.
    pub destination: String,
    /// Clicks.
    pub clicks: String,
    /// Unique clicks.
    pub unique_clicks: String,
    /// Orders credited.
    pub conversions: String,
    /// Revenue; `None` if the brand does not share it.
    pub revenue: Option<String>,
}

/// A creator's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorHomeView {
    /// The creator's name.
    pub name: String,
    /// The brand's name.
    pub brand: String,
    /// Whether the brand's data is made up.
    pub is_sample: bool,
    /// The period.
    pub period: PeriodView,
    /// Clicks.
    pub clicks: String,
    /// Unique clicks.
    pub unique_clicks: String,
    /// Orders credited.
    pub conversions: String,
    /// Revenue of the links that share it; `None` if no link does.
    pub revenue: Option<String>,
    /// Clicks by day.
    pub clicks_chart: Vec<BarView>,
    /// The links.
    pub links: Vec<OwnLinkView>,
    /// Whether a link does not share its revenue, so that its earnings show only once paid.
    pub has_unshared: bool,
    /// Balances, one row per currency: all earnings of shared orders, and whatever was paid.
    pub earnings: GridView,
    /// Milestones reached.
    pub milestones: Vec<String>,
}
