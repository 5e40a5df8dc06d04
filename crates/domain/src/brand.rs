//! A brand: the tenant that everything else belongs to.

use serde::{Deserialize, Serialize};

use crate::{
    BrandId, Currency, UnixMs,
    policy::Policies,
    time::{DAY_MS, Day, Zone},
};

/// A tenant and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// What people call it.
    pub name: String,
    /// Whose days its reports count.
    pub zone: Zone,
    /// The currency its reports show first.
    pub currency: Currency,
    /// How orders are attributed, version by version.
    pub policies: Policies,
    /// How commissions are held and approved, and what is closed.
    pub settings: Settings,
    /// Whether a purchase that only a browser reported counts as revenue. Off unless the brand has no other source.
    pub trust_browser_purchases: bool,
    /// Hosts that links may lead to; empty means any.
    pub destination_hosts: Vec<String>,
    /// When it was made.
    pub created_at: UnixMs,
}

/// What a brand may set about money, and whom it believes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Days after an order before its commission may be paid.
    pub hold_days: u32,
    /// Whether a person must approve each commission after the hold; otherwise it approves itself.
    pub approves_by_hand: bool,
    /// Whether what a browser says of its customer (the pixel's `identify`) joins visitors to orders. Off by default:
    /// anybody who knows a shopper's address or customer id could say it.
    pub trusts_browser_identities: bool,
    /// Revenue at which a creator reaches a milestone, minor units of the brand's currency.
    pub revenue_steps_minor: Vec<i64>,
    /// The last day of the closed periods. Figures of days up to it never change.
    pub closed_through: Option<Day>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hold_days: 30,
            approves_by_hand: false,
            trusts_browser_identities: false,
            revenue_steps_minor: Vec::new(),
            closed_through: None,
        }
    }
}

impl Settings {
    /// The hold period in milliseconds.
    pub fn hold_ms(&self) -> i64 {
        i64::from(self.hold_days) * DAY_MS
    }

    /// Whether a day's figures are closed.
    pub fn is_closed(&self, day: Day) -> bool {
        self.closed_through.is_some_and(|last| day <= last)
    }
}
