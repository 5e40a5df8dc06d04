//! Milestones: order counts and revenue amounts that a creator has reached, each recorded once.

use crate::Money;

/// Order counts that are milestones.
pub const ORDER_STEPS: [i64; 8] = [10, 50, 100, 250, 500, 1_000, 5_000, 10_000];

/// The stored names of all milestones reached: `orders:10`, `revenue:USD:100000` (minor units).
///
/// `revenue_steps_minor` are set by the brand, in the currency of `revenue`; steps of zero or less are ignored.
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
    fn steps_are_reached_at_exactly_their_value() {
        let money = |minor| Money { minor, currency: Currency::USD };
        assert_eq!(reached(9, money(99), &[100]), Vec::<String>::new());
        assert_eq!(reached(50, money(100), &[100, 200, 0]), ["orders:10", "orders:50", "revenue:USD:100"]);
    }
}
