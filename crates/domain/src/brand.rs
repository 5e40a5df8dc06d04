//! Brands: the tenants that all other records belong to.

use serde::{Deserialize, Serialize};

use crate::{
    BrandId, Currency, UnixMs,
    link::is_within,
    order::Order,
    policy::Policies,
    retention::{KeptSince, Retention},
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
    /// Before this time visits were deleted, although longer retention may be set since.
    pub visits_deleted_before: UnixMs,
    /// When it was created.
    pub created_at: UnixMs,
}

impl Brand {
    /// Longest name, in characters.
    pub const NAME_CHARS_MAX: usize = 120;

    /// Whether a brand may have this name.
    pub fn is_name(text: &str) -> bool {
        !text.is_empty() && text.chars().count() <= Self::NAME_CHARS_MAX && !text.contains(char::is_control)
    }

    /// What is kept now.
    pub fn kept_since(&self, now: UnixMs) -> KeptSince {
        self.settings.retention.kept_since(&self.policies, now)
    }

    /// Whether everything that could be evidence for an order is kept. If not, the order's decision stands: deciding
    /// again would remove credit that was given.
    pub fn has_evidence_of(&self, order: &Order, now: UnixMs) -> bool {
        let needed_since = order.placed_at.plus_ms(-self.policies.at(order.placed_at).lookback_ms());
        needed_since >= self.kept_since(now).visits().max(self.visits_deleted_before)
    }
}

/// Settings of a brand about commissions, trust and closed periods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, stored under its name")]
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
    /// Whether the owners do not want a mail when a creator asks a question.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub mutes_questions: bool,
    /// Set if all data of the brand is made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleData>,
}

/// The mark of a brand that holds sample data. It is set before the first made-up fact is stored, and cleared with the
/// last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleData {
    /// When filling began.
    pub begun_at: UnixMs,
    /// Whether all of it is there. If not, it is being filled, or that was interrupted.
    pub is_complete: bool,
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
            mutes_questions: false,
            sample: None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Money, OrderId, order::OrderSource, time::Zone};

    #[test]
    fn longer_retention_does_not_bring_evidence_back() {
        let now = UnixMs(1_000 * DAY_MS);
        let days_ago = |days: i64| now.plus_ms(-days * DAY_MS);
        let mut brand = Brand {
            id: BrandId::new(1, [1; 10]),
            name: "Vector".to_owned(),
            zone: Zone::UTC,
            currency: Currency::USD,
            policies: Policies::default(),
            settings: Settings::default(),
            trust_browser_purchases: false,
            destination_hosts: Vec::new(),
            visits_deleted_before: UnixMs(0),
            created_at: UnixMs(0),
        };
        let order = |days: i64| {
            let amount = Money { minor: 1, currency: Currency::USD };
            let id = OrderId::new(1, [1; 10]);
            Order::minimal(id, brand.id.clone(), OrderSource::Api, "1".to_owned(), days_ago(days), amount)
        };
        let (old, older) = (order(200), order(371));
        assert!(brand.has_evidence_of(&old, now), "400 days are kept");
        assert!(!brand.has_evidence_of(&older, now), "the 30 days before it are not");
        brand.settings.retention = Retention { click_days: 100, ..Retention::default() };
        assert!(!brand.has_evidence_of(&old, now));
        // Clicks were deleted under that setting before it was changed back.
        brand.visits_deleted_before = brand.kept_since(now).visits();
        brand.settings.retention = Retention::default();
        assert!(!brand.has_evidence_of(&old, now));
        let young = order(70);
        assert!(brand.has_evidence_of(&young, now), "exactly the window is left");
        brand.visits_deleted_before = brand.visits_deleted_before.plus_ms(1);
        assert!(!brand.has_evidence_of(&young, now));
    }
}
