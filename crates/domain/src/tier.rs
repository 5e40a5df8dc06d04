//! Tiers by rules: what a creator must reach, and in which time.

use serde::{Deserialize, Serialize};

use crate::{creator::Social, money::Money, report::Sales};

/// Most rules of a brand.
pub const RULES_MAX: usize = 20;
/// Longest time that a rule looks back, in days.
pub const WINDOW_DAYS_MAX: i64 = 730;

/// What earns a tier: as many orders and as much revenue in the last days, and as large an audience as was last reported. Every
/// creator meets a rule that asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierRule {
    /// The tier.
    pub tier: String,
    /// Least number of orders. One that several creators share counts for the one with its largest credit.
    pub min_orders: Option<i64>,
    /// Least credited net revenue. Revenue in other currencies does not count.
    pub min_revenue: Option<Money>,
    /// Least number of followers, on all platforms together.
    #[serde(default)]
    pub min_followers: Option<i64>,
    /// Least engagement rate on at least one platform, in basis points.
    #[serde(default)]
    pub min_engagement_bp: Option<i64>,
    /// For how many days orders and revenue count, today included.
    pub window_days: i64,
}

impl TierRule {
    /// Whether these figures of the rule's days, and this audience, are enough.
    pub fn is_met_by(&self, sales: &Sales, socials: &[Social]) -> bool {
        let revenue = |money: Money| sales.revenue.get(&money.currency).copied().unwrap_or_default();
        let followers: u64 = socials.iter().filter_map(|social| social.followers).fold(0, u64::saturating_add);
        let engagement = socials.iter().filter_map(|social| social.engagement_rate_bp).max().unwrap_or_default();
        self.min_orders.is_none_or(|min| sales.conversions >= min)
            && self.min_revenue.is_none_or(|min| revenue(min) >= min.minor)
            && self.min_followers.is_none_or(|min| i64::try_from(followers).unwrap_or(i64::MAX) >= min)
            && self.min_engagement_bp.is_none_or(|min| i64::from(engagement) >= min)
    }
}

/// The tier of a creator who has this one now: that of the first rule that is met. A creator who meets none loses a tier
/// that a rule names, and keeps any other.
pub fn tier_by<'a>(
    rules: &'a [TierRule],
    current: Option<&'a str>,
    is_met: impl Fn(&TierRule) -> bool,
) -> Option<&'a str> {
    match rules.iter().find(|rule| is_met(rule)) {
        Some(rule) => Some(&rule.tier),
        None => current.filter(|current| rules.iter().all(|rule| rule.tier != *current)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, link::Platform};

    fn rule(tier: &str, min_orders: Option<i64>, min_minor: Option<i64>) -> TierRule {
        let usd = Currency::parse("USD").expect("currency");
        let min_revenue = min_minor.map(|minor| Money { minor, currency: usd });
        TierRule { tier: tier.to_owned(), min_orders, min_revenue, window_days: 30, ..TierRule::default() }
    }

    #[test]
    fn an_audience_counts_as_it_was_last_reported() {
        let social = |followers, engagement_rate_bp| Social {
            platform: Platform::TikTok,
            handle: "ana".to_owned(),
            followers,
            engagement_rate_bp,
        };
        let none = Sales::default();
        let gold = TierRule { min_followers: Some(5_000), ..rule("gold", None, None) };
        assert!(
            gold.is_met_by(&none, &[social(Some(4_000), None), social(Some(1_000), None)]),
            "all platforms together"
        );
        assert!(!gold.is_met_by(&none, &[social(Some(4_999), Some(9_000)), social(None, None)]));
        assert!(!gold.is_met_by(&none, &[]));
        assert!(gold.is_met_by(&none, &[social(Some(u64::MAX), None), social(Some(u64::MAX), None)]));
        let lively = TierRule { min_engagement_bp: Some(325), ..rule("lively", None, None) };
        assert!(lively.is_met_by(&none, &[social(None, Some(100)), social(None, Some(325))]), "on one platform");
        assert!(!lively.is_met_by(&none, &[social(Some(9_000_000), Some(324))]));
        let both = TierRule { min_orders: Some(1), ..gold };
        assert!(!both.is_met_by(&none, &[social(Some(5_000), None)]), "and the orders too");
        // As it is stored since before there were audiences.
        let stored = r#"{"tier":"gold","min_orders":1,"min_revenue":null,"window_days":30}"#;
        assert_eq!(serde_json::from_str::<TierRule>(stored).expect("a rule"), rule("gold", Some(1), None));
    }

    #[test]
    fn the_first_rule_that_is_met_decides() {
        let rules = [rule("gold", Some(10), Some(100_000)), rule("silver", Some(2), None)];
        let tier = |orders, revenue: &[(&str, i64)], current| {
            let mut sales = Sales { conversions: orders, ..Sales::default() };
            for (code, minor) in revenue {
                sales.add(0, Currency::parse(code).expect("currency"), *minor);
            }
            tier_by(&rules, current, |rule| rule.is_met_by(&sales, &[]))
        };
        assert_eq!(tier(10, &[("USD", 100_000)], None), Some("gold"));
        assert_eq!(tier(10, &[("USD", 99_999), ("EUR", 900_000)], Some("gold")), Some("silver"), "down");
        assert_eq!(tier(9, &[("USD", 200_000)], Some("silver")), Some("silver"));
        assert_eq!(tier(1, &[], Some("silver")), None);
        assert_eq!(tier(1, &[], Some("ambassador")), Some("ambassador"), "no rule names it");
        assert_eq!(tier(2, &[], Some("ambassador")), Some("silver"));
        let all = [rule("bronze", None, None)];
        assert_eq!(tier_by(&all, None, |rule| rule.is_met_by(&Sales::default(), &[])), Some("bronze"));
    }
}
