//! How long a brand's visits are kept. Totals, orders, credits and the ledger stay.

use serde::{Deserialize, Serialize};

use crate::{
    UnixMs,
    order::Order,
    policy::{Policies, Policy},
    time::DAY_MS,
};

/// Fewest days that may be set.
pub const DAYS_MIN: u32 = 30;
/// Most days that may be set.
pub const DAYS_MAX: u32 = 3_650;
/// Days after an order during which its evidence stays complete, whatever is set: reports and refunds arrive late.
const DAYS_AFTER_ORDER: u32 = 30;

/// Days after which visits are deleted. The longest lookback window of the brand's policies and 30 more days are kept in
/// any case, so that a new order finds its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Events of storefronts and backends, by when they arrived.
    pub event_days: u32,
    /// Clicks on links.
    pub click_days: u32,
    /// Landings with a link's code, and which ids belong to one browser.
    pub landing_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { event_days: 400, click_days: 400, landing_days: 400 }
    }
}

/// Visits before these times are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptSince {
    /// Events.
    pub events: UnixMs,
    /// Clicks.
    pub clicks: UnixMs,
    /// Landings and aliases.
    pub landings: UnixMs,
}

impl Retention {
    /// Whether every number of days may be set.
    pub fn is_valid(&self) -> bool {
        let range = DAYS_MIN..=DAYS_MAX;
        range.contains(&self.event_days) && range.contains(&self.click_days) && range.contains(&self.landing_days)
    }

    /// What is kept now.
    pub fn kept_since(&self, policies: &Policies, now: UnixMs) -> KeptSince {
        let longest = policies.versions().iter().map(|policy| policy.lookback_days).max().unwrap_or(0);
        let since = |days: u32| now.plus_ms(-i64::from(days.max(longest + DAYS_AFTER_ORDER)) * DAY_MS);
        KeptSince { events: since(self.event_days), clicks: since(self.click_days), landings: since(self.landing_days) }
    }
}

impl KeptSince {
    /// Whether everything that could be evidence for an order is kept. If not, the order's decision stands: deciding
    /// again would take the credit from whom it was given to.
    pub fn has_evidence_of(&self, order: &Order, policy: &Policy) -> bool {
        order.placed_at.plus_ms(-policy.lookback_ms()) >= self.events.max(self.clicks).max(self.landings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_lookback_window_is_always_kept() {
        let now = UnixMs(1_000 * DAY_MS);
        let short = Retention { event_days: 30, click_days: 45, landing_days: 100 };
        let kept = short.kept_since(&Policies::default(), now);
        let days = |at: UnixMs| (now.0 - at.0) / DAY_MS;
        assert_eq!([days(kept.events), days(kept.clicks), days(kept.landings)], [60, 60, 100]);
        assert!(short.is_valid());
        assert!(!Retention { event_days: 29, ..short }.is_valid());
        assert!(!Retention { landing_days: 3_651, ..short }.is_valid());
    }
}
