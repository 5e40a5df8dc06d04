//! What a settlement changes for those outside who follow an order.

use domain::{
    attribution::{Attribution, decide},
    model::Model,
    order::{Order, OrderDetails},
    settlement::{BookedFigures, OrderChange, SettledState, Settlement, SettlementDelta},
};

use crate::fixture::{PLACED, before, click, currency, input, order, policy, settlement, unsettled};

/// The order credited to links 1 to `count`, all equally.
fn shared(order: &Order, count: u8) -> Attribution {
    let clicks = (1..=count).map(|n| click(n, before(1_000 - i64::from(n)))).collect();
    let mut input = input(clicks);
    input.order = order.clone();
    decide(&input, &policy(Model::Linear))
}

/// The state after the order was settled so.
fn settled(order: &Order, attribution: &Attribution) -> SettledState {
    let delta = SettlementDelta::of(&[(&settlement(order, attribution, &[]), unsettled(order))], &[], &[]);
    SettledState {
        settlements: 4,
        booked: Some(delta.orders[0].booked),
        attribution: Some(attribution.clone()),
        ..unsettled(order)
    }
}

fn change<'a>(order: &'a Order, attribution: &'a Attribution, state: SettledState) -> Option<OrderChange<'a>> {
    change_of(&settlement(order, attribution, &[]), state)
}

fn change_of<'a>(settlement: &Settlement<'a>, state: SettledState) -> Option<OrderChange<'a>> {
    SettlementDelta::of(&[(settlement, state)], &[], &[]).changes.pop()
}

/// Whether it is attributed, whether refunded, by how much, and the revenue before.
fn brief(change: Option<OrderChange<'_>>) -> Option<(bool, bool, i64, Option<i64>)> {
    change.map(|change| (change.is_attributed, change.is_refunded, change.refund_minor, change.previous_net_minor))
}

#[test]
fn the_first_credit_is_a_change_and_the_same_again_is_none() {
    let order = order(10_000);
    let attribution = shared(&order, 2);
    let first = change(&order, &attribution, unsettled(&order));
    assert_eq!(first.as_ref().map(|change| change.nth), Some(1));
    assert_eq!(brief(first), Some((true, false, 0, None)));
    assert_eq!(change(&order, &attribution, settled(&order, &attribution)), None);
}

#[test]
fn orders_of_nobody_and_test_records_change_nothing_for_others() {
    let plain = order(10_000);
    let nobody = shared(&plain, 0);
    assert_eq!(change(&plain, &nobody, unsettled(&plain)), None);
    let refunded = Order { refunded_minor: 500, ..plain.clone() };
    assert_eq!(change(&refunded, &shared(&refunded, 0), settled(&plain, &nobody)), None);
    let test = Order { is_test: true, ..plain.clone() };
    assert_eq!(change(&test, &shared(&test, 1), unsettled(&test)), None);
    let details = OrderDetails { same_as: Some("1001".into()), ..OrderDetails::default() };
    let twin = Order { details, ..plain.clone() };
    let credited = shared(&twin, 1);
    assert_eq!(change(&twin, &credited, unsettled(&twin)), None, "it is reported under the other id");
    let gone = change(&twin, &credited, settled(&plain, &shared(&plain, 1)));
    assert_eq!(brief(gone), Some((true, false, 0, Some(10_000))), "it was reported under this one before");
    // Later credit is news, and so is its loss.
    let attribution = shared(&plain, 1);
    let gained = change(&plain, &attribution, settled(&plain, &nobody));
    assert_eq!(gained.as_ref().map(|change| change.nth), Some(5));
    assert_eq!(brief(gained), Some((true, false, 0, Some(10_000))));
    assert_eq!(brief(change(&plain, &nobody, settled(&plain, &attribution))), Some((true, false, 0, Some(10_000))));
}

#[test]
fn refunds_and_cancellations_are_told_apart_from_other_changes() {
    let before = order(10_000);
    let state = || settled(&before, &shared(&before, 2));
    let refunded = Order { refunded_minor: 4_000, ..before.clone() };
    let attribution = shared(&refunded, 2);
    assert_eq!(brief(change(&refunded, &attribution, state())), Some((false, true, 4_000, Some(10_000))));
    // A second one tells its own amount.
    let again = Order { refunded_minor: 5_500, ..before.clone() };
    let state_before = settled(&refunded, &attribution);
    assert_eq!(brief(change(&again, &shared(&again, 2), state_before)), Some((false, true, 1_500, Some(6_000))));
    let cancelled = Order { cancelled_at: Some(PLACED), ..before.clone() };
    let nothing = shared(&cancelled, 2);
    assert_eq!(brief(change(&cancelled, &nothing, state())), Some((false, true, 0, Some(10_000))));
    let later = Order { refunded_minor: 10_000, ..cancelled.clone() };
    let after = brief(change(&later, &shared(&later, 2), settled(&cancelled, &nothing)));
    assert_eq!(after, None, "the net revenue of a cancelled order stays zero");
    let edited = Order { total_minor: 8_000, ..before.clone() };
    assert_eq!(brief(change(&edited, &shared(&edited, 2), state())), Some((true, false, 0, Some(10_000))));
    // Both at once: others are credited, and some of it was refunded.
    assert_eq!(brief(change(&refunded, &shared(&refunded, 1), state())), Some((true, true, 4_000, Some(10_000))));
    let at_first = change(&refunded, &attribution, unsettled(&refunded));
    assert_eq!(brief(at_first), Some((true, true, 4_000, None)), "refunded before it was settled");
}

#[test]
fn figures_from_before_refunds_were_kept_take_the_loss_for_the_refund() {
    let before = order(10_000);
    let state = |net_minor, currency| {
        let booked = BookedFigures { currency, orders: 1, net_minor, refunded_minor: None };
        SettledState { booked: Some(booked), ..settled(&before, &shared(&before, 1)) }
    };
    let refunded = Order { refunded_minor: 4_000, ..before.clone() };
    let attribution = shared(&refunded, 1);
    let usd = before.currency;
    assert_eq!(brief(change(&refunded, &attribution, state(9_000, usd))), Some((false, true, 3_000, Some(9_000))));
    let raised = Order { total_minor: 12_000, ..refunded.clone() };
    let attribution = shared(&raised, 1);
    assert_eq!(brief(change(&raised, &attribution, state(6_000, usd))), Some((true, false, 0, Some(6_000))));
    // Revenue in another currency is no revenue before.
    let euro = change(&before, &attribution, state(10_000, currency("EUR")));
    assert_eq!(brief(euro), Some((true, false, 0, None)));
}

#[test]
fn unproven_credit_says_that_it_waits() {
    let order = order(10_000);
    let attribution = shared(&order, 1);
    let unproven = Settlement { is_unproven: true, ..settlement(&order, &attribution, &[]) };
    let needs_approval = |state| change_of(&unproven, state).map(|change| change.needs_approval);
    assert_eq!(needs_approval(unsettled(&order)), Some(true));
    let edited = Order { total_minor: 8_000, ..order.clone() };
    let approved = SettledState { is_approved: true, ..settled(&edited, &shared(&edited, 1)) };
    assert_eq!(needs_approval(approved), Some(false), "the same credit was approved");
}
