//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::page::creators::view::CreatorView;
use crate::view::{GridView, PeriodView, RowView};

/// One creator, for the brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorDetailView {
    /// The creator, with the figures of the period.
    pub creator: CreatorView,
    /// The period.
    pub period: PeriodView,
    /// By link.
    pub links: Vec<RowView>,
    /// Aliases, separated by commas.
    pub aliases: String,
    /// The tier.
    pub tier: String,
    /// The code in affiliate URLs; empty if there is none.
    pub partner_code: String,
    /// The creator's own discount code; empty if none.
    pub promo_code: String,
    /// What is known of ignored claims; empty if there are none.
    pub ignored_claims: String,
    /// Balances.
    pub balances: GridView,
    /// Whether the creator was erased.
    pub is_erased: bool,
}
