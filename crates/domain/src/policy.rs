//! A brand's attribution policy: which evidence wins, how its touchpoints share the credit, and the policy's versions.

use serde::{Deserialize, Serialize};

use crate::{UnixMs, evidence::EvidenceClass, model::Model, time::DAY_MS};

/// Longest lookback window, in days.
pub const LOOKBACK_DAYS_MAX: u32 = 365;

/// A version of a brand's policy. An order is attributed under the version in force when it was placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Counts up from 1.
    pub version: u32,
    /// Applies to orders placed at or after this instant, unless a version created later applies too.
    #[serde(default = "beginning", skip_serializing_if = "is_beginning")]
    pub starts_at: UnixMs,
    /// All evidence classes, the strongest first. The first class with evidence that counts gets all the credit.
    pub precedence: Vec<EvidenceClass>,
    /// How the winning class's touchpoints share the credit.
    pub model: Model,
    /// Lookback window: days before the order in which a touchpoint counts, 1 to [`LOOKBACK_DAYS_MAX`].
    pub lookback_days: u32,
}

fn beginning() -> UnixMs {
    UnixMs(i64::MIN)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_beginning(at: &UnixMs) -> bool {
    *at == beginning()
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
            starts_at: beginning(),
            precedence: vec![EvidenceClass::Manual, EvidenceClass::Promo, EvidenceClass::Visit, EvidenceClass::Survey],
            model: Model::LastTouch,
            lookback_days: 30,
        }
    }
}

/// Why a new version is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A class is missing or ranked twice.
    #[error("precedence must name manual, promo, visit and survey once each")]
    Precedence,
    /// The lookback window is out of bounds.
    #[error("lookback_days must be between 1 and 365")]
    Lookback,
    /// It would begin inside a closed period.
    #[error("a policy cannot begin in a closed period")]
    Closed,
}

/// All versions of a brand's policy, in order of creation; the first applies from the beginning of time. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Vec<Policy>")]
pub struct Policies(Vec<Policy>);

/// The stored form. `One` is the format from before policies had versions.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    One(Policy),
    Many(Vec<Policy>),
}

impl From<Stored> for Policies {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::One(policy) => Self(vec![policy]),
            Stored::Many(versions) if versions.is_empty() => Self::default(),
            Stored::Many(versions) => Self(versions),
        }
    }
}

impl From<Policies> for Vec<Policy> {
    fn from(policies: Policies) -> Self {
        policies.0
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self(vec![Policy::default()])
    }
}

impl Policies {
    /// Every version, the oldest first.
    pub fn versions(&self) -> &[Policy] {
        &self.0
    }

    /// The version for orders placed at an instant: of those that have begun, the one created last.
    pub fn at(&self, instant: UnixMs) -> &Policy {
        self.0.iter().rev().find(|policy| policy.starts_at <= instant).unwrap_or(&self.0[0])
    }

    /// Adds a version, which replaces all earlier ones from its `starts_at` on. Its number is assigned here.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Precedence`] or [`PolicyError::Lookback`].
    pub fn with(&self, new: Policy) -> Result<Self, PolicyError> {
        let mut classes = new.precedence.clone();
        classes.sort_unstable();
        let mut all = EvidenceClass::ALL.to_vec();
        all.sort_unstable();
        if classes != all {
            return Err(PolicyError::Precedence);
        }
        if !(1..=LOOKBACK_DAYS_MAX).contains(&new.lookback_days) {
            return Err(PolicyError::Lookback);
        }
        let mut versions = self.0.clone();
        let version = versions.iter().map(|policy| policy.version).max().unwrap_or(0) + 1;
        versions.push(Policy { version, ..new });
        Ok(Self(versions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latest_version_begun_by_the_order_time_applies() {
        let policies = Policies::default();
        let later = Policy { starts_at: UnixMs(1000), model: Model::Linear, ..Policy::default() };
        let policies = policies.with(later.clone()).expect("valid");
        assert_eq!((policies.at(UnixMs(999)).version, policies.at(UnixMs(1000)).version), (1, 2));
        let earlier = Policy { starts_at: UnixMs(500), lookback_days: 7, ..Policy::default() };
        let policies = policies.with(earlier).expect("valid");
        assert_eq!((policies.at(UnixMs(499)).version, policies.at(UnixMs(2000)).version), (1, 3));
        assert_eq!(policies.with(Policy { lookback_days: 0, ..later.clone() }), Err(PolicyError::Lookback));
        let twice = vec![EvidenceClass::Promo; 4];
        assert_eq!(policies.with(Policy { precedence: twice, ..later }), Err(PolicyError::Precedence));
        let text = serde_json::to_string(&policies).expect("json");
        assert_eq!(serde_json::from_str::<Policies>(&text).expect("read"), policies);
        let old = serde_json::to_string(&Policy::default()).expect("json");
        assert_eq!(serde_json::from_str::<Policies>(&old).expect("read"), Policies::default());
    }
}
