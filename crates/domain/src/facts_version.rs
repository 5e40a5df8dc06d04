//! Which of two reports about one order wins.

use serde::{Deserialize, Serialize};

use crate::UnixMs;

/// The version of an order's facts: of two reports from sources of one rank, the greater version wins.
///
/// A shop edits its orders, so its latest report wins. A sale reported by API cannot be edited by repeating it, so the
/// first report wins: its version is the negated time of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FactsVersion(i64);

impl FactsVersion {
    /// The facts as of `updated_at`: a later version wins.
    pub const fn latest_wins(updated_at: UnixMs) -> Self {
        Self(updated_at.0)
    }

    /// Facts reported at `received_at`: an earlier report wins.
    pub const fn first_wins(received_at: UnixMs) -> Self {
        Self(-received_at.0)
    }

    /// When the facts were updated or reported.
    pub const fn at(self) -> UnixMs {
        UnixMs(self.0.abs())
    }

    /// The stored number.
    pub const fn stored(self) -> i64 {
        self.0
    }

    /// Reads the stored number.
    pub const fn from_stored(version: i64) -> Self {
        Self(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shops_replace_their_facts_and_api_reports_do_not() {
        let (early, late) = (UnixMs(1_000), UnixMs(2_000));
        assert!(FactsVersion::latest_wins(late) > FactsVersion::latest_wins(early));
        assert!(FactsVersion::first_wins(early) > FactsVersion::first_wins(late));
        assert_eq!((FactsVersion::latest_wins(late).at(), FactsVersion::first_wins(early).at()), (late, early));
        assert_eq!(FactsVersion::from_stored(FactsVersion::first_wins(late).stored()).at(), late);
    }
}
