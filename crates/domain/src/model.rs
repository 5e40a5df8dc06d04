//! Attribution models: how the touchpoints of a journey share the credit for its conversion.
//!
//! The five heuristic models ([`heuristic`]) look at one journey alone, give exact integer weights and split real
//! orders. The two others ([`markov`], [`shapley`]) look at all of a brand's journeys ([`journeys`]) at once, in
//! floating point, and are for reports only.

mod by_model;
mod decay;
pub mod heuristic;
pub mod journeys;
pub mod markov;
pub mod shapley;

pub use by_model::ByModel;
use serde::{Deserialize, Serialize};

/// A heuristic (single-journey) model. [`heuristic::weights`] has the formulas, ties and empty cases.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Model {
    /// All credit to the first touchpoint.
    FirstTouch,
    /// All credit to the last touchpoint before the order.
    LastTouch,
    /// The same credit to every touchpoint.
    Linear,
    /// 40 % to the first, 40 % to the last, 20 % shared equally by those between.
    PositionBased,
    /// Weight halves for every seven days before the order.
    TimeDecay,
}

impl Model {
    /// Every model, in display order. [`crate::attribution::Touchpoint::amounts_minor`] is stored in this order.
    pub const ALL: [Self; 5] = [Self::FirstTouch, Self::LastTouch, Self::Linear, Self::PositionBased, Self::TimeDecay];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FirstTouch => "First touch",
            Self::LastTouch => "Last touch",
            Self::Linear => "Linear",
            Self::PositionBased => "Position based",
            Self::TimeDecay => "Time decay",
        }
    }

    /// Reads the stored name.
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}
