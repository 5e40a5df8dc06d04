//! Tiers by rules: what a creator must reach, and in which time.

use serde::{Deserialize, Serialize};

use crate::{money::Money, report::Sales};

/// Most rules of a brand.
pub const RULES_MAX: usize = 20;
/// Longest time that a rule looks back, in days.
pub const WINDOW_DAYS_MAX: i64 = 730;

/// What a creator must sell within a number of days to get a tier. Every creator meets a rule without minimums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierRule {
    /// The tier.
    pub tier: String,
    /// Least number of credited orders.
    pub min_orders: Option<i64>,
    /// Least credited net revenue. Revenue in other currencies does not count.
    pub min_revenue: Option<Money>,
    /// How many days count, today included.
    pub window_days: i64,
}

impl TierRule {
    /// Whether these figures of the rule's days are enough.
    pub fn is_met_by(&self, sales: &Sales) -> bool {
        let revenue = |money: Money| sales.revenue.get(&money.currency).copied().unwrap_or_default();
        self.min_orders.is_none_or(|min| sales.conversions >= min)
            && self.min_revenue.is_none_or(|min| revenue(min) >= min.minor)
    }
}

/// The tier of a creator whose tier is `current`: that of the first rule that is met. If none is, a tier that a rule
/// names is lost, and any other is kept.
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
    use crate::Currency;

    fn rule(tier: &str, min_orders: Option<i64>, min_minor: Option<i64>) -> TierRule {
        let usd = Currency::parse("USD").expect("currency");
        let min_revenue = min_minor.map(|minor| Money { minor, currency: usd });
        TierRule { tier: tier.to_owned(), min_orders, min_revenue, window_days: 30 }
    }

    #[test]
    fn the_first_rule_that_is_met_decides() {
        let rules = [rule("gold", Some(10), Some(100_000)), rule("silver", Some(2), None)];
        let tier = |orders, revenue: &[(&str, i64)], current| {
            let mut sales = Sales { conversions: orders, ..Sales::default() };
            for (code, minor) in revenue {
                sales.add(0, Currency::parse(code).expect("currency"), *minor);
            }
            tier_by(&rules, current, |rule| rule.is_met_by(&sales))
        };
        assert_eq!(tier(10, &[("USD", 100_000)], None), Some("gold"));
        assert_eq!(tier(10, &[("USD", 99_999), ("EUR", 900_000)], Some("gold")), Some("silver"), "down");
        assert_eq!(tier(9, &[("USD", 200_000)], Some("silver")), Some("silver"));
        assert_eq!(tier(1, &[], Some("silver")), None);
        assert_eq!(tier(1, &[], Some("ambassador")), Some("ambassador"), "no rule names it");
        assert_eq!(tier(2, &[], Some("ambassador")), Some("silver"));
        let all = [rule("bronze", None, None)];
        assert_eq!(tier_by(&all, None, |rule| rule.is_met_by(&Sales::default())), Some("bronze"));
    }
}
