//! A brand's primary policy: which evidence wins, and how its touchpoints share the credit.

use serde::{Deserialize, Serialize};

use crate::{evidence::EvidenceClass, time::DAY_MS};

/// How the winning touchpoints share an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The last touchpoint before the order takes all.
    LastTouch,
}

/// A version of a brand's policy. An order is settled under the version of its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Counts up from 1.
    pub version: u32,
    /// Classes of evidence, the winner first.
    pub precedence: Vec<EvidenceClass>,
    /// How the winning class's touchpoints share the credit.
    pub model: Model,
    /// How long before the order a touchpoint still counts, in days.
    pub lookback_days: u32,
}

impl Policy {
    /// The lookback window in milliseconds.
    pub fn lookback_ms(&self) -> i64 {
        i64::from(self.lookback_days) * DAY_MS
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: 1,
            precedence: vec![EvidenceClass::Manual, EvidenceClass::Promo, EvidenceClass::Visit, EvidenceClass::Survey],
            model: Model::LastTouch,
            lookback_days: 30,
        }
    }
}
