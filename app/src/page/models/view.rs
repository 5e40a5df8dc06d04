//! View models of the page: texts and numbers, already formatted for the brand.

use serde::{Deserialize, Serialize};

use crate::view::{GridView, PeriodView};

/// The models page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelsView {
    /// The period.
    pub period: PeriodView,
    /// Net revenue by creator and model.
    pub by_creator: GridView,
    /// When the data-driven models last ran, and on how many journeys.
    pub learned_note: String,
    /// Results of the data-driven models.
    pub learned: GridView,
}
