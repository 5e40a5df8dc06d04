//! What a settlement changes in credits, figures by day and touchpoints, and when it is out of date.

use domain::{
    Currency, FactsVersion, LinkId, UnixMs,
    attribution::{Attribution, decide},
    model::Model,
    order::{Order, OrderDetails},
    policy::Policy,
    settlement::{BookedCredit, BookedFigures, SettledState, Settlement, SettlementDelta},
    time::Day,
};

use crate::fixture::{
    DECIDED, PLACED, PLACED_DAY, before, campaign, click, creator, currency, input, link_id, order, policy, settlement,
    unsettled,
};

const TODAY: Day = Day(PLACED_DAY.0 + 40);

/// The order credited to links 1 to `count`, the last one clicked last, all equally.
fn shared(order: &Order, count: u8) -> Attribution {
    let clicks = (1..=count).map(|n| click(n, before(1_000 - i64::from(n)))).collect();
    let mut input = input(clicks);
    input.order = order.clone();
    decide(&input, &policy(Model::Linear))
}

/// The state after `delta` was stored for the order.
fn settled(order: &Order, delta: &SettlementDelta<'_>) -> SettledState {
    let outcome = &delta.orders[0];
    SettledState {
        settlements: 1,
        booked: Some(outcome.booked),
        attribution: Some(outcome.attribution.clone()),
        outcome: outcome.outcome,
        ..unsettled(order)
    }
}

fn of<'a>(settlement: &Settlement<'a>, state: SettledState, credits: &[BookedCredit]) -> SettlementDelta<'a> {
    SettlementDelta::of(&[(settlement, state)], credits, &[])
}

/// Each credit: position, link, minor units, conversions, day.
fn credits(credits: &[BookedCredit]) -> Vec<(i64, LinkId, i64, i64, Day)> {
    let one = |one: &BookedCredit| (one.position, one.link.clone(), one.amount_minor, one.conversions, one.day);
    credits.iter().map(one).collect()
}

/// Figures of links: day, link, conversions, minor units.
fn sales(delta: &SettlementDelta<'_>) -> Vec<(Day, LinkId, i64, i64)> {
    delta.sale_days.iter().map(|one| (one.day, one.link.clone(), one.conversions, one.revenue_minor)).collect()
}

/// Figures of the brand: day, orders, minor units.
fn totals(delta: &SettlementDelta<'_>) -> Vec<(Day, i64, i64)> {
    delta.order_days.iter().map(|one| (one.day, one.orders, one.revenue_minor)).collect()
}

fn first<'a>(order: &'a Order, attribution: &'a Attribution) -> SettlementDelta<'a> {
    of(&settlement(order, attribution, &[]), unsettled(order), &[])
}

#[test]
fn nothing_to_settle_changes_nothing() {
    assert_eq!(SettlementDelta::of(&[], &[], &[]), SettlementDelta::default());
}

#[test]
fn a_first_settlement_books_credits_figures_journey_and_outcome_on_the_orders_day() {
    let order = order(10_001);
    let attribution = shared(&order, 2);
    let delta = first(&order, &attribution);
    // The conversion is carried by the latest of the equal credits.
    let expected = [(0, link_id(1), 5_001, 0, PLACED_DAY), (1, link_id(2), 5_000, 1, PLACED_DAY)];
    assert_eq!(credits(&delta.credits), expected);
    let credit = &delta.credits[0];
    assert_eq!((credit.order.clone(), credit.currency), (order.id.clone(), Currency::USD));
    assert_eq!((credit.creator.clone(), credit.campaign.clone()), (Some(creator(1)), Some(campaign(1))));
    assert_eq!((credit.weight.to_string(), credit.touched_at), ("1/2".to_owned(), before(999)));
    assert_eq!(sales(&delta), [(PLACED_DAY, link_id(1), 0, 5_001), (PLACED_DAY, link_id(2), 1, 5_000)]);
    assert_eq!(totals(&delta), [(PLACED_DAY, 1, 10_001)]);
    let journey: Vec<_> = delta.touchpoints.iter().map(|touch| (touch.position, touch.link.clone())).collect();
    assert_eq!(journey, [(0, link_id(1)), (1, link_id(2))]);
    assert_eq!(delta.touchpoints.iter().map(|touch| touch.conversions).collect::<Vec<_>>(), [0, 1]);
    let touch = &delta.touchpoints[1];
    assert_eq!((touch.day, touch.currency, touch.touched_at), (PLACED_DAY, Currency::USD, before(998)));
    assert_eq!((touch.creator.clone(), touch.campaign.clone()), (Some(creator(2)), Some(campaign(2))));
    assert_eq!((touch.amounts_minor[Model::LastTouch], touch.amounts_minor[Model::Linear]), (10_001, 5_000));
    assert_eq!((delta.deleted_credits.len(), delta.replaced_touchpoints.len()), (0, 0));
    let outcome = &delta.orders[0];
    let booked = BookedFigures { currency: Currency::USD, orders: 1, net_minor: 10_001, refunded_minor: Some(0) };
    assert_eq!((outcome.booked, outcome.settled_day, outcome.settled_at), (booked, PLACED_DAY, DECIDED));
    assert_eq!((outcome.order.clone(), outcome.attribution), (order.id.clone(), &attribution));
}

#[test]
fn settling_again_without_a_change_moves_no_figure_and_replaces_nothing() {
    let order = order(10_000);
    let attribution = shared(&order, 2);
    let booked = first(&order, &attribution);
    let again = of(&settlement(&order, &attribution, &[]), settled(&order, &booked), &booked.credits);
    assert_eq!((again.credits.len(), again.deleted_credits.len(), again.sale_days.len()), (0, 0, 0));
    assert_eq!((again.order_days.len(), again.touchpoints.len(), again.replaced_touchpoints.len()), (0, 0, 0));
    assert_eq!(again.orders.len(), 1, "the outcome is stored with its new time");
    // In whatever order the booked credits are read.
    let reversed: Vec<BookedCredit> = booked.credits.iter().rev().cloned().collect();
    assert_eq!(of(&settlement(&order, &attribution, &[]), settled(&order, &booked), &reversed), again);
}

#[test]
fn a_refund_on_an_open_day_replaces_the_credits_and_moves_figures_by_the_difference() {
    let before = order(10_000);
    let booked_on = shared(&before, 2);
    let booked = first(&before, &booked_on);
    let after = Order { refunded_minor: 4_000, ..before.clone() };
    let attribution = shared(&after, 2);
    let delta = of(&settlement(&after, &attribution, &[]), settled(&before, &booked), &booked.credits);
    assert_eq!(delta.deleted_credits, [(before.id.clone(), None)]);
    let expected = [(0, link_id(1), 3_000, 0, PLACED_DAY), (1, link_id(2), 3_000, 1, PLACED_DAY)];
    assert_eq!(credits(&delta.credits), expected);
    assert_eq!(sales(&delta), [(PLACED_DAY, link_id(1), 0, -2_000), (PLACED_DAY, link_id(2), 0, -2_000)]);
    assert_eq!(totals(&delta), [(PLACED_DAY, 0, -4_000)]);
    assert_eq!(delta.replaced_touchpoints, [before.id]);
    assert_eq!(delta.touchpoints.iter().map(|touch| touch.amounts_minor[Model::Linear]).sum::<i64>(), 6_000);
}

#[test]
fn a_changed_decision_moves_revenue_and_conversion_from_one_link_to_another() {
    let order = order(10_000);
    let (one, other) = (shared(&order, 1), shared(&order, 2));
    let last = Attribution { credits: other.credits[1..].to_vec(), ..other };
    let booked = first(&order, &one);
    let delta = of(&settlement(&order, &last, &[]), settled(&order, &booked), &booked.credits);
    assert_eq!(sales(&delta), [(PLACED_DAY, link_id(1), -1, -10_000), (PLACED_DAY, link_id(2), 1, 5_000)]);
    assert_eq!(totals(&delta), [], "the brand's figures do not care who is credited");
}

#[test]
fn a_cancellation_takes_revenue_and_conversion_back_and_keeps_who_was_credited() {
    let order = order(10_000);
    let attribution = shared(&order, 1);
    let booked = first(&order, &attribution);
    let cancelled = Order { cancelled_at: Some(PLACED), ..order.clone() };
    let attribution = shared(&cancelled, 1);
    let delta = of(&settlement(&cancelled, &attribution, &[]), settled(&order, &booked), &booked.credits);
    assert_eq!(credits(&delta.credits), [(0, link_id(1), 0, 0, PLACED_DAY)]);
    assert_eq!(sales(&delta), [(PLACED_DAY, link_id(1), -1, -10_000)]);
    assert_eq!(totals(&delta), [(PLACED_DAY, -1, -10_000)]);
    assert_eq!(delta.touchpoints.iter().map(|touch| touch.conversions).sum::<i64>(), 0);
    assert_eq!(
        delta.orders[0].booked,
        BookedFigures { currency: Currency::USD, orders: 0, net_minor: 0, refunded_minor: Some(0) }
    );
}

#[test]
fn a_test_order_counts_for_nothing() {
    let order = Order { is_test: true, ..order(10_000) };
    let attribution = shared(&order, 1);
    let delta = first(&order, &attribution);
    assert_eq!((delta.credits.len(), totals(&delta)), (0, vec![]));
    assert_eq!(
        delta.orders[0].booked,
        BookedFigures { currency: Currency::USD, orders: 0, net_minor: 0, refunded_minor: Some(0) }
    );
}

#[test]
fn the_largest_credit_carries_the_conversion() {
    let order = order(10_000);
    let conversions = |model| {
        let clicks = (1..=3).map(|n| click(n, before(1_000 - i64::from(n)))).collect();
        let attribution = decide(&input(clicks), &policy(model));
        let delta = first(&order, &attribution);
        delta.credits.iter().map(|credit| credit.conversions).collect::<Vec<_>>()
    };
    assert_eq!(conversions(Model::Linear), [0, 0, 1], "of equal ones the latest");
    assert_eq!(conversions(Model::FirstTouch), [1]);
    let weighty = |weights: &[(u8, u64)]| {
        let attribution = crate::fixture::shares(weights);
        let delta = first(&order, &attribution);
        delta.credits.iter().map(|credit| credit.conversions).collect::<Vec<_>>()
    };
    assert_eq!(weighty(&[(1, 5), (2, 2), (3, 3)]), [1, 0, 0]);
    assert_eq!(weighty(&[(1, 2), (2, 5), (3, 3), (4, 1)]), [0, 1, 0, 0]);
    assert_eq!(weighty(&[(1, 2), (2, 3), (3, 5)]), [0, 0, 1]);
}

#[test]
fn a_changed_currency_moves_figures_out_of_the_old_one() {
    let before = order(10_000);
    let attribution = shared(&before, 1);
    let booked = first(&before, &attribution);
    let after = Order { currency: currency("EUR"), ..before.clone() };
    let delta = of(&settlement(&after, &attribution, &[]), settled(&before, &booked), &booked.credits);
    let mut moved: Vec<_> =
        delta.order_days.iter().map(|one| (one.currency.code(), one.orders, one.revenue_minor)).collect();
    moved.sort_unstable();
    assert_eq!(moved, [("EUR", 1, 10_000), ("USD", -1, -10_000)]);
    assert_eq!(delta.sale_days.len(), 2);
    assert_eq!(delta.replaced_touchpoints, [before.id], "they state the currency");
}

#[test]
fn touchpoints_are_replaced_when_the_order_stops_counting_under_an_unchanged_decision() {
    let order = order(10_000);
    let attribution = shared(&order, 1);
    let booked = first(&order, &attribution);
    let state = settled(&order, &booked);
    let figures = BookedFigures { currency: Currency::USD, orders: 0, net_minor: 10_000, refunded_minor: Some(0) };
    let delta =
        of(&settlement(&order, &attribution, &[]), SettledState { booked: Some(figures), ..state }, &booked.credits);
    assert_eq!((delta.replaced_touchpoints.len(), delta.touchpoints.len()), (1, 1));
    assert_eq!(totals(&delta), [(PLACED_DAY, 1, 0)]);
}

#[test]
fn an_order_that_moves_to_another_day_is_taken_off_the_day_where_it_was_booked() {
    let before = order(10_000);
    let attribution = shared(&before, 1);
    let booked = first(&before, &attribution);
    let moved = Day(PLACED_DAY.0 - 1);
    let state = SettledState { placed_day: moved, ..settled(&before, &booked) };
    let delta = of(&settlement(&before, &attribution, &[]), state.clone(), &booked.credits);
    assert_eq!(totals(&delta), [(moved, 1, 10_000), (PLACED_DAY, -1, -10_000)]);
    // A closed day keeps its figures: the whole is counted where it already was.
    let closed = Settlement { closed_through: Some(PLACED_DAY), ..settlement(&before, &attribution, &[]) };
    let later = SettledState { placed_day: Day(PLACED_DAY.0 + 1), ..state };
    assert_eq!(totals(&of(&closed, later, &booked.credits)), []);
}

// Closed days.

fn closed<'a>(order: &'a Order, attribution: &'a Attribution) -> Settlement<'a> {
    Settlement { day: Some(TODAY), closed_through: Some(PLACED_DAY), ..settlement(order, attribution, &[]) }
}

#[test]
fn a_refund_after_the_close_is_booked_on_the_day_it_arrives_beside_the_closed_credits() {
    let before = order(10_000);
    let booked_on = shared(&before, 2);
    let booked = first(&before, &booked_on);
    let after = Order { refunded_minor: 4_000, ..before.clone() };
    let attribution = booked_on.rescaled(&after);
    let delta = of(&closed(&after, &attribution), settled(&before, &booked), &booked.credits);
    assert_eq!(delta.deleted_credits, []);
    let expected = [(2, link_id(1), -2_000, 0, TODAY), (3, link_id(2), -2_000, 0, TODAY)];
    assert_eq!(credits(&delta.credits), expected);
    assert_eq!(sales(&delta), [(TODAY, link_id(1), 0, -2_000), (TODAY, link_id(2), 0, -2_000)]);
    assert_eq!(totals(&delta), [(TODAY, 0, -4_000)]);
    assert_eq!((delta.touchpoints.len(), delta.replaced_touchpoints.len()), (0, 0), "those of a closed day stay");
    assert_eq!(delta.orders[0].settled_day, TODAY);
}

#[test]
fn a_second_refund_on_the_same_day_replaces_only_that_days_correction() {
    let before = order(10_000);
    let booked_on = shared(&before, 1);
    let booked = first(&before, &booked_on);
    let once = Order { refunded_minor: 4_000, ..before.clone() };
    let first_correction = booked_on.rescaled(&once);
    let corrected = of(&closed(&once, &first_correction), settled(&before, &booked), &booked.credits);
    let twice = Order { refunded_minor: 7_000, ..before.clone() };
    let second_correction = first_correction.rescaled(&twice);
    // The correction is read before what it corrects.
    let all: Vec<BookedCredit> = corrected.credits.iter().chain(&booked.credits).cloned().collect();
    let delta = of(&closed(&twice, &second_correction), settled(&once, &corrected), &all);
    assert_eq!(delta.deleted_credits, [(before.id.clone(), Some(TODAY))]);
    assert_eq!(credits(&delta.credits), [(1, link_id(1), -7_000, 0, TODAY)]);
    assert_eq!(sales(&delta), [(TODAY, link_id(1), 0, -3_000)]);
    assert_eq!(totals(&delta), [(TODAY, 0, -3_000)]);
    // And on a later day, both corrections stay.
    let later = Settlement { day: Some(Day(TODAY.0 + 1)), ..closed(&twice, &second_correction) };
    let delta = of(&later, settled(&once, &corrected), &all);
    assert_eq!(delta.deleted_credits, []);
    assert_eq!(credits(&delta.credits), [(2, link_id(1), -3_000, 0, Day(TODAY.0 + 1))]);
}

#[test]
fn a_credit_on_a_closed_day_that_is_no_longer_due_is_reversed_today() {
    let order = order(10_000);
    let booked_on = shared(&order, 1);
    let booked = first(&order, &booked_on);
    let mut nobody = shared(&order, 1);
    nobody.credits.clear();
    let delta = of(&closed(&order, &nobody), settled(&order, &booked), &booked.credits);
    assert_eq!(credits(&delta.credits), [(1, link_id(1), -10_000, -1, TODAY)]);
    assert_eq!(delta.credits[0].creator, Some(creator(1)), "of the creator who had it");
    assert_eq!(sales(&delta), [(TODAY, link_id(1), -1, -10_000)]);
}

#[test]
fn a_link_that_is_credited_anew_after_the_close_gets_its_credit_today() {
    let order = order(10_000);
    let booked_on = shared(&order, 1);
    let booked = first(&order, &booked_on);
    let other = shared(&order, 2);
    let last = Attribution { credits: other.credits[1..].to_vec(), ..other };
    let delta = of(&closed(&order, &last), settled(&order, &booked), &booked.credits);
    let expected = [(1, link_id(2), 5_000, 1, TODAY), (2, link_id(1), -10_000, -1, TODAY)];
    assert_eq!(credits(&delta.credits), expected);
}

#[test]
fn a_new_credit_of_nothing_is_booked_and_an_unchanged_one_is_not_booked_again() {
    let order = order(10_000);
    let both = shared(&order, 2);
    let booked = first(&order, &both);
    let unchanged = of(&closed(&order, &both), settled(&order, &booked), &booked.credits);
    assert_eq!(unchanged.credits, []);
    let mut three = shared(&order, 3);
    for (credit, minor) in three.credits.iter_mut().zip([5_000, 5_000, 0]) {
        credit.amount_minor = minor;
    }
    let delta = of(&closed(&order, &three), settled(&order, &booked), &booked.credits);
    let expected = [(2, link_id(2), 0, -1, TODAY), (3, link_id(3), 0, 1, TODAY)];
    assert_eq!(credits(&delta.credits), expected, "the conversion moves even where no money does");
    // With the conversion where it was, the new credit is still booked: it tells who was credited.
    let mut third_first = three.clone();
    third_first.credits.swap(1, 2);
    let delta = of(&closed(&order, &third_first), settled(&order, &booked), &booked.credits);
    assert_eq!(credits(&delta.credits), [(2, link_id(3), 0, 0, TODAY)]);
}

#[test]
fn a_closed_credit_in_another_currency_is_reversed_in_its_own() {
    let before = order(10_000);
    let attribution = shared(&before, 1);
    let booked = first(&before, &attribution);
    let after = Order { currency: currency("EUR"), ..before.clone() };
    let delta = of(&closed(&after, &attribution), settled(&before, &booked), &booked.credits);
    let moved: Vec<_> = delta.credits.iter().map(|one| (one.currency.code(), one.amount_minor)).collect();
    assert_eq!(moved, [("EUR", 10_000), ("USD", -10_000)]);
}

#[test]
fn only_credits_up_to_the_closed_day_are_kept_when_the_settlement_has_its_own_day() {
    let order = order(10_000);
    let attribution = shared(&order, 1);
    let booked = first(&order, &attribution);
    let nobody = Attribution { credits: vec![], ..attribution.clone() };
    let with = |closed_through| {
        let settlement = Settlement { closed_through, ..settlement(&order, &nobody, &[]) };
        let delta = of(&settlement, settled(&order, &booked), &booked.credits);
        (delta.deleted_credits.len(), delta.credits.len())
    };
    assert_eq!(with(None), (1, 0));
    assert_eq!(with(Some(Day(PLACED_DAY.0 - 1))), (1, 0), "closed until the day before");
    assert_eq!(with(Some(PLACED_DAY)), (0, 1), "kept and reversed");
    assert_eq!(with(Some(Day(PLACED_DAY.0 + 1))), (0, 1));
}

#[test]
fn an_order_that_arrives_after_its_day_was_closed_is_booked_today_with_its_journey() {
    let order = order(10_000);
    let attribution = shared(&order, 1);
    let delta = of(&closed(&order, &attribution), unsettled(&order), &[]);
    assert_eq!(credits(&delta.credits), [(0, link_id(1), 10_000, 1, TODAY)]);
    assert_eq!(totals(&delta), [(TODAY, 1, 10_000)]);
    assert_eq!((delta.touchpoints.len(), delta.touchpoints[0].day), (1, TODAY));
    assert_eq!(delta.replaced_touchpoints.len(), 0);
}

// Several orders at once.

#[test]
fn several_orders_take_their_own_credits_and_their_figures_add_up() {
    let (one, other) = (order(1_000), Order { id: domain::OrderId::new(1, [2; 10]), ..order(500) });
    let (first_credit, second_credit) = (shared(&one, 1), shared(&other, 1));
    let booked = first(&one, &first_credit);
    let empty = Attribution { credits: vec![], ..first_credit.clone() };
    let (again, new) = (settlement(&one, &empty, &[]), settlement(&other, &second_credit, &[]));
    let settlements = [(&again, settled(&one, &booked)), (&new, unsettled(&other))];
    let delta = SettlementDelta::of(&settlements, &booked.credits, &[]);
    assert_eq!(delta.deleted_credits, [(one.id.clone(), None)]);
    assert_eq!(credits(&delta.credits), [(0, link_id(1), 500, 1, PLACED_DAY)]);
    assert_eq!(delta.credits[0].order, other.id);
    assert_eq!(sales(&delta), [(PLACED_DAY, link_id(1), 0, -500)], "one conversion goes, one comes");
    assert_eq!(totals(&delta), [(PLACED_DAY, 1, 500)]);
    assert_eq!(delta.orders.len(), 2);
}

#[test]
fn figures_move_even_if_only_the_count_or_only_the_amount_does() {
    let order = order(0);
    let attribution = shared(&order, 1);
    let delta = first(&order, &attribution);
    assert_eq!(sales(&delta), [(PLACED_DAY, link_id(1), 1, 0)]);
    assert_eq!(totals(&delta), [(PLACED_DAY, 1, 0)]);
}

// Being current.

#[test]
fn a_decision_is_current_while_every_fact_it_rests_on_is_the_stored_one() {
    let details = OrderDetails { refunded_minor: 300, ..OrderDetails::default() };
    let order = Order { refunded_minor: 1_000, details, ..order(10_000) };
    let attribution = decide(&input(vec![]), &Policy::default());
    let closed = Some(PLACED_DAY);
    let settlement = Settlement { settlements: 4, closed_through: closed, ..settlement(&order, &attribution, &[]) };
    // 3.00 of the refunds are in the order's own figures, 7.00 are deducted on their own.
    let state = || SettledState { settlements: 4, refunded_minor: 700, ..unsettled(&order) };
    assert!(settlement.is_current(&state(), closed));
    let newer = FactsVersion::latest_wins(PLACED.plus_ms(1));
    let stale = [
        SettledState { version: newer, ..state() },
        SettledState { cancelled_at: Some(UnixMs(1)), ..state() },
        SettledState { redacted_at: Some(UnixMs(1)), ..state() },
        SettledState { settlements: 5, ..state() },
        SettledState { refunded_minor: 1_000, ..state() },
        SettledState { refunded_minor: 1_300, ..state() },
    ];
    for state in stale {
        assert!(!settlement.is_current(&state, closed), "{state:?}");
    }
    for closed in [None, Some(TODAY)] {
        assert!(!settlement.is_current(&state(), closed), "another day was closed");
    }
}
