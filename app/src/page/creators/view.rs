//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::FiguresView;

/// The creators page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorsView {
    /// The creators.
    pub creators: Vec<CreatorView>,
    /// What is known of ignored claims by visitors whom no creator sent; empty if there are none.
    pub ignored_claims: String,
}

/// A creator in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Handle with `@`.
    pub handle: String,
    /// Figures of the last 30 days.
    pub figures: FiguresView,
}
