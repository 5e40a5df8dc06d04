//! Attribution models: how the touchpoints of a journey share what came of it.
//!
//! The five heuristics look at one journey alone and give exact integer weights. The two data-driven ones look at all
//! of a brand's journeys at once.

mod decay;
pub mod heuristic;
pub mod journeys;
pub mod markov;
pub mod shapley;

use serde::{Deserialize, Serialize};

/// A heuristic model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The first touchpoint takes all.
    FirstTouch,
    /// The last touchpoint before the order takes all.
    LastTouch,
    /// Every touchpoint the same.
    Linear,
    /// 40 % to the first, 40 % to the last, 20 % shared by those between.
    PositionBased,
    /// Half the weight for every seven days before the order.
    TimeDecay,
}

impl Model {
    /// Every model, in the order in which tables show them.
    pub const ALL: [Self; 5] = [Self::FirstTouch, Self::LastTouch, Self::Linear, Self::PositionBased, Self::TimeDecay];

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstTouch => "first_touch",
            Self::LastTouch => "last_touch",
            Self::Linear => "linear",
            Self::PositionBased => "position_based",
            Self::TimeDecay => "time_decay",
        }
    }

    /// The name people read.
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
        Self::ALL.into_iter().find(|model| model.as_str() == name)
    }
}
