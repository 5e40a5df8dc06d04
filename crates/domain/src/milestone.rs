//! Milestones: order counts and revenue amounts that a creator has reached, each recorded once.

use crate::{Money, time::Day};

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

/// The number of orders of a milestone about orders; `None` for others.
pub fn orders_of(name: &str) -> Option<i64> {
    name.strip_prefix("orders:")?.parse().ok()
}

/// The revenue steps that the sum of `days` reaches, ascending, each with the first day by which it was reached.
///
/// `days` are net revenue by day in order of days, minor units; refunds that take the sum below a step again take the
/// step back. Steps of zero or less are ignored.
pub fn revenue_steps_reached(days: &[(Day, i64)], revenue_steps_minor: &[i64]) -> Vec<(i64, Day)> {
    let total: i64 = days.iter().map(|(_, minor)| minor).sum();
    let mut steps: Vec<i64> = revenue_steps_minor.iter().copied().filter(|step| *step > 0 && *step <= total).collect();
    steps.sort_unstable();
    steps.dedup();
    let mut sums = days.iter().scan(0, |sum, (day, minor)| {
        *sum += minor;
        Some((*sum, *day))
    });
    let mut last = None;
    let mut reached = Vec::new();
    for step in steps {
        if last.is_none_or(|(sum, _)| sum < step) {
            last = sums.find(|(sum, _)| *sum >= step);
        }
        reached.extend(last.map(|(_, day)| (step, day)));
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn revenue_steps_have_the_day_they_were_reached_on() {
        let days = [(Day(1), 60), (Day(2), 50), (Day(4), -30), (Day(7), 200)];
        let reached = revenue_steps_reached(&days, &[280, 100, 0, 60, -5, 100, 281, 75]);
        assert_eq!(reached, [(60, Day(1)), (75, Day(2)), (100, Day(2)), (280, Day(7))]);
        assert_eq!(revenue_steps_reached(&days[..3], &[60, 100]), [(60, Day(1))], "100 was refunded");
        assert_eq!(revenue_steps_reached(&[], &[1]), []);
    }

    #[test]
    fn names_tell_the_number_of_orders() {
        let names = ["orders:50", "revenue:USD:100", "orders:x", "orders"];
        assert_eq!(names.map(orders_of), [Some(50), None, None, None]);
    }

    #[test]
    fn steps_are_reached_at_exactly_their_value() {
        let money = |minor| Money { minor, currency: Currency::USD };
        assert_eq!(reached(9, money(99), &[100]), Vec::<String>::new());
        assert_eq!(reached(50, money(100), &[100, 200, 0]), ["orders:10", "orders:50", "revenue:USD:100"]);
    }
}
