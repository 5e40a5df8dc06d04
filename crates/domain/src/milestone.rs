//! Milestones: a creator's round numbers, each reached once.

use crate::Money;

/// Order counts that are milestones (CONTRACTS §9).
pub const ORDER_STEPS: [i64; 8] = [10, 50, 100, 250, 500, 1_000, 5_000, 10_000];

/// Names of the milestones that figures have reached: `orders:10`, `revenue:USD:100000`.
///
/// `revenue_steps_minor` are the brand's own, in the currency of `revenue`.
pub fn reached(conversions: i64, revenue: Money, revenue_steps_minor: &[i64]) -> Vec<String> {
    let orders = ORDER_STEPS.iter().filter(|step| conversions >= **step).map(|step| format!("orders:{step}"));
    let money = revenue_steps_minor
        .iter()
        .filter(|step| **step > 0 && revenue.minor >= **step)
        .map(|step| format!("revenue:{}:{step}", revenue.currency));
    orders.chain(money).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn steps_are_reached_at_their_number() {
        let money = |minor| Money { minor, currency: Currency::USD };
        assert_eq!(reached(9, money(99), &[100]), Vec::<String>::new());
        assert_eq!(reached(50, money(100), &[100, 200, 0]), ["orders:10", "orders:50", "revenue:USD:100"]);
    }
}
