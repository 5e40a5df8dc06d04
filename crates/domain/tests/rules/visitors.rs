//! Who may have placed an order: the cart's visitor, a backend's, one who proves to know the order, or mere reporters.

use domain::{
    attribution::{PurchaseReport, visitors_of},
    evidence::Strength,
    order::{Order, OrderSource},
};

use crate::fixture::{PLACED, order};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

fn report(pv_id: &str, after_ms: i64) -> PurchaseReport {
    PurchaseReport { pv_id: pv_id.to_owned(), at: PLACED.plus_ms(after_ms), is_verified: false, has_secret: false }
}

fn verified(pv_id: &str, after_ms: i64) -> PurchaseReport {
    PurchaseReport { is_verified: true, ..report(pv_id, after_ms) }
}

fn with_secret(pv_id: &str, after_ms: i64) -> PurchaseReport {
    PurchaseReport { has_secret: true, ..report(pv_id, after_ms) }
}

/// Each visitor of an order: id, source, strength, whether disputed.
fn of(order: &Order, reports: &[PurchaseReport]) -> Vec<(String, String, Strength, bool)> {
    let visitors = visitors_of(order, reports);
    visitors.into_iter().map(|one| (one.pv_id, one.source, one.strength, one.is_disputed)).collect()
}

fn one(pv_id: &str, source: &str, strength: Strength) -> Vec<(String, String, Strength, bool)> {
    vec![(pv_id.to_owned(), source.to_owned(), strength, false)]
}

const NAMED: &str = "named by the sender";
const PROVEN: &str = "purchase proven by the checkout";
const REPORTED: &str = "purchase reported by the pixel";

#[test]
fn the_visitor_of_the_cart_or_of_a_backends_sale_is_proven_whatever_is_reported() {
    let from = |source| Order { cart_pv: Some("cart".to_owned()), source, ..order(1) };
    let reports = [verified("backend", 0), with_secret("shopper", 0)];
    assert_eq!(of(&from(OrderSource::Shopify), &reports), one("cart", "cart attribute _cs_pv", Strength::Proven));
    assert_eq!(of(&from(OrderSource::Api), &reports), one("cart", NAMED, Strength::Proven));
    assert_eq!(of(&from(OrderSource::Browser), &reports), one("backend", NAMED, Strength::Proven));
    assert_eq!(of(&from(OrderSource::Browser), &[]), vec![], "a browser's order proves nothing about its visitor");
}

#[test]
fn a_backends_report_comes_before_proof_by_a_browser_and_that_before_mere_reports() {
    let all = [report("a", 0), with_secret("b", 1), verified("c", 2)];
    assert_eq!(of(&order(1), &all), one("c", NAMED, Strength::Proven));
    assert_eq!(of(&order(1), &all[..2]), one("b", PROVEN, Strength::Proven));
    assert_eq!(of(&order(1), &all[..1]), one("a", REPORTED, Strength::Reported));
}

#[test]
fn the_earliest_proof_counts_and_of_equal_times_the_smaller_visitor_id() {
    assert_eq!(of(&order(1), &[verified("late", 9), verified("early", 5)]), one("early", NAMED, Strength::Proven));
    assert_eq!(of(&order(1), &[verified("b", 5), verified("a", 5)]), one("a", NAMED, Strength::Proven));
    assert_eq!(
        of(&order(1), &[with_secret("late", 9), with_secret("early", 5)]),
        one("early", PROVEN, Strength::Proven)
    );
    assert_eq!(of(&order(1), &[with_secret("b", 5), with_secret("a", 5)]), one("a", PROVEN, Strength::Proven));
}

#[test]
fn mere_reports_count_from_five_minutes_before_the_order_to_a_day_after_it() {
    let counts = |after_ms| !of(&order(1), &[report("a", after_ms)]).is_empty();
    assert_eq!([-5 * MINUTE_MS, 0, 24 * HOUR_MS].map(counts), [true; 3]);
    assert_eq!([-5 * MINUTE_MS - 1, 24 * HOUR_MS + 1].map(counts), [false; 2]);
}

#[test]
fn two_visitors_who_report_one_order_dispute_it() {
    let disputed = |pv_id: &str| (pv_id.to_owned(), REPORTED.to_owned(), Strength::Reported, true);
    assert_eq!(of(&order(1), &[report("b", 1), report("a", 2)]), [disputed("a"), disputed("b")]);
    let again = [report("a", 1), report("a", 2)];
    assert_eq!(of(&order(1), &again), one("a", REPORTED, Strength::Reported), "one visitor twice");
    let guess = [report("a", 1), report("b", -6 * MINUTE_MS)];
    assert_eq!(of(&order(1), &guess), one("a", REPORTED, Strength::Reported), "an untimely guess disputes nothing");
    assert_eq!(of(&order(1), &[]), vec![]);
}
