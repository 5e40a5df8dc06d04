//! How long a brand's visits and sessions are kept. Totals, orders, credits and the ledger stay.

use serde::{Deserialize, Serialize};

use crate::{UnixMs, policy::Policies, time::DAY_MS};

/// Fewest days for which visits may be kept.
pub const DAYS_MIN: u32 = 30;
/// Fewest days for which ended sessions may be kept.
pub const ACCESS_DAYS_MIN: u32 = 1;
/// Most days that may be set.
pub const DAYS_MAX: u32 = 3_650;
/// Days after an order during which its evidence stays complete, whatever is set: reports and refunds arrive late.
const DAYS_AFTER_ORDER: u32 = 30;

/// Days after which visits and ended sessions are deleted. Of visits, the longest lookback window of the brand's policies
/// and 30 more days are kept in any case, so that a new order finds its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Events of storefronts and backends, by when they arrived.
    pub event_days: u32,
    /// Clicks on links.
    pub click_days: u32,
    /// Landings with a link's code, and which ids belong to one browser.
    pub landing_days: u32,
    /// Sessions and sign-in links, by when they expired.
    pub access_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { event_days: 400, click_days: 400, landing_days: 400, access_days: 7 }
    }
}

/// What is from before these times is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptSince {
    /// Events.
    pub events: UnixMs,
    /// Clicks.
    pub clicks: UnixMs,
    /// Landings and aliases.
    pub landings: UnixMs,
    /// Sessions and sign-in links that expired.
    pub access: UnixMs,
}

impl Retention {
    /// Whether every number of days may be set.
    pub fn is_valid(&self) -> bool {
        let visits = [self.event_days, self.click_days, self.landing_days];
        visits.iter().all(|days| (DAYS_MIN..=DAYS_MAX).contains(days))
            && (ACCESS_DAYS_MIN..=DAYS_MAX).contains(&self.access_days)
    }

    /// What is kept now.
    pub fn kept_since(&self, policies: &Policies, now: UnixMs) -> KeptSince {
        let longest = policies.versions().iter().map(|policy| policy.lookback_days).max().unwrap_or(0);
        let since = |days: u32| now.plus_ms(-i64::from(days) * DAY_MS);
        let visits_since = |days: u32| since(days.max(longest + DAYS_AFTER_ORDER));
        KeptSince {
            events: visits_since(self.event_days),
            clicks: visits_since(self.click_days),
            landings: visits_since(self.landing_days),
            access: since(self.access_days),
        }
    }
}

impl KeptSince {
    /// Since when visits of every kind are kept.
    pub fn visits(&self) -> UnixMs {
        self.events.max(self.clicks).max(self.landings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_lookback_window_is_always_kept() {
        let now = UnixMs(1_000 * DAY_MS);
        let short = Retention { event_days: 30, click_days: 45, landing_days: 100, access_days: 1 };
        let kept = short.kept_since(&Policies::default(), now);
        let days = |at: UnixMs| (now.0 - at.0) / DAY_MS;
        assert_eq!([days(kept.events), days(kept.clicks), days(kept.landings), days(kept.access)], [60, 60, 100, 1]);
        assert_eq!(kept.visits(), kept.events, "the kind that is kept for the shortest time");
        assert!(short.is_valid() && Retention::default().is_valid());
        assert!(!Retention { event_days: 29, ..short }.is_valid());
        assert!(!Retention { landing_days: 3_651, ..short }.is_valid());
        assert!(!Retention { access_days: 0, ..short }.is_valid());
    }
}
