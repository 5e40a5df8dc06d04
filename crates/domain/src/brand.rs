//! Brands: the tenants that all other records belong to.

use serde::{Deserialize, Serialize};

use crate::{
    BrandId, Currency, UnixMs,
    policy::Policies,
    retention::Retention,
    time::{DAY_MS, Day, Zone},
};

/// A tenant and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// Its display name.
    pub name: String,
    /// The time zone whose calendar days its reports use.
    pub zone: Zone,
    /// The currency that its reports show first.
    pub currency: Currency,
    /// All versions of its attribution policy.
    pub policies: Policies,
    /// Its settings for commissions, trust and closed periods.
    pub settings: Settings,
    /// Whether a purchase reported only by a browser counts as revenue. For brands without another source of orders.
    pub trust_browser_purchases: bool,
    /// Hosts (and their subdomains) that links may lead to; empty allows any.
    pub destination_hosts: Vec<String>,
    /// When it was created.
    pub created_at: UnixMs,
}

/// Settings of a brand about commissions, trust and closed periods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Hold period: days after an order before its commission may be approved and paid.
    pub hold_days: u32,
    /// Whether each commission must be approved manually after the hold period; otherwise it is approved automatically.
    pub requires_manual_approval: bool,
    /// Whether identities reported by a browser (the pixel's `identify`) join visitors to orders. Off by default, since
    /// any page visitor who knows a shopper's e-mail address or customer id could send them.
    pub trusts_browser_identities: bool,
    /// Whether buying a gift card earns a commission. Off by default: what is later bought with it earns one.
    pub gift_cards_earn: bool,
    /// Hosts (and their subdomains) of the brand's Shopify storefronts, beside its shops' permanent domains. Shopify itself
    /// records where visitors to them came from.
    pub storefront_hosts: Vec<String>,
    /// Revenue milestones for creators, minor units of the brand's currency.
    pub revenue_steps_minor: Vec<i64>,
    /// The last closed day, inclusive. Figures of days up to it never change.
    pub closed_through: Option<Day>,
    /// How long visits are kept.
    pub retention: Retention,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hold_days: 30,
            requires_manual_approval: false,
            trusts_browser_identities: false,
            gift_cards_earn: false,
            storefront_hosts: Vec::new(),
            revenue_steps_minor: Vec::new(),
            closed_through: None,
            retention: Retention::default(),
        }
    }
}

impl Settings {
    /// The hold period in milliseconds.
    pub fn hold_ms(&self) -> i64 {
        i64::from(self.hold_days) * DAY_MS
    }

    /// Whether a host is one of the brand's storefronts.
    pub fn is_storefront(&self, host: &str) -> bool {
        self.storefront_hosts.iter().any(|own| is_within(host, own))
    }

    /// Whether a day is in a closed period.
    pub fn is_closed(&self, day: Day) -> bool {
        self.closed_through.is_some_and(|last| day <= last)
    }
}

/// Whether a host is `domain` or a subdomain of it. Both in lower case.
pub fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}
