//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::GridView;

/// A payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutView {
    /// Its id.
    pub id: String,
    /// Total amount.
    pub total: String,
    /// When and by whom it was created, as text.
    pub created: String,
    /// State, as text.
    pub state: String,
    /// Whether it can be closed.
    pub is_open: bool,
    /// Amount per creator.
    pub items: GridView,
}

/// The payouts page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutsView {
    /// Payable amounts: currency code and formatted amount.
    pub payable: Vec<(String, String)>,
    /// The payouts, newest first.
    pub payouts: Vec<PayoutView>,
}
