//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::GridView;

/// The customer page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    /// The brand's own id of the customer (`client_id`), or a placeholder.
    pub name: String,
    /// When the customer was first seen, as text.
    pub since: String,
    /// Total spent, as text.
    pub total: String,
    /// Counts of events, touchpoints and page views, as text.
    pub counts: String,
    /// All activity, newest first.
    pub timeline: GridView,
}
