//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::FiguresView;

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
