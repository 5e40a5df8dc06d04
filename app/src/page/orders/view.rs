//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

/// An order in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    /// Id.
    pub id: String,
    /// Name, such as `#1001`.
    pub name: String,
    /// When it was placed.
    pub placed_at: String,
    /// Net revenue.
    pub revenue: String,
    /// Credited creators, separated by commas; empty if unassigned.
    pub credited_to: String,
    /// Kinds of evidence behind the credit, separated by commas.
    pub evidence: String,
    /// Test, cancelled, refunded, counted as another order, or to be reviewed; else empty.
    pub status: String,
}
