//! Deliveries of one order end in the same facts in any order of arrival.

use domain::{
    FactsVersion, OrderId, UnixMs,
    order::{Order, OrderDetails, OrderFlag, OrderSource},
};

use crate::fixture::{PLACED, code, order, usd};

const ALL_SOURCES: [OrderSource; 3] = [OrderSource::Browser, OrderSource::Api, OrderSource::Shopify];

fn from(source: OrderSource, total_minor: i64) -> Order {
    Order { source, ..order(total_minor) }
}

fn version(order: Order, at_ms: i64) -> Order {
    Order { version: FactsVersion::latest_wins(UnixMs(at_ms)), ..order }
}

fn text(value: &str) -> String {
    value.to_owned()
}

/// Both orders of arrival.
fn both_ways(one: &Order, other: &Order) -> [Order; 2] {
    [Order::merged(one.clone(), other.clone()), Order::merged(other.clone(), one.clone())]
}

#[test]
fn the_higher_source_wins_even_with_an_older_version() {
    let browser = version(from(OrderSource::Browser, 100), 30);
    let api = version(from(OrderSource::Api, 200), 20);
    let shopify = version(from(OrderSource::Shopify, 300), 10);
    for (winner, loser) in [(&api, &browser), (&shopify, &api), (&shopify, &browser)] {
        for merged in both_ways(winner, loser) {
            assert_eq!((merged.source, merged.total_minor), (winner.source, winner.total_minor));
        }
    }
}

#[test]
fn of_one_source_the_greater_version_wins() {
    for source in ALL_SOURCES {
        let (old, new) = (version(from(source, 900), 10), version(from(source, 100), 11));
        for merged in both_ways(&old, &new) {
            assert_eq!((merged.total_minor, merged.version), (100, new.version));
        }
    }
}

#[test]
fn of_one_version_the_same_facts_win_in_either_order_of_arrival() {
    // Ids, refunds and cancellation are not facts of a delivery and must not tip the balance.
    let plain = |n: u8, total_minor| Order { id: OrderId::new(1, [n; 10]), ..order(total_minor) };
    let refunded = |n, total_minor| Order { refunded_minor: 50, ..plain(n, total_minor) };
    let cancelled = |n, total_minor| Order { cancelled_at: Some(UnixMs(9)), ..plain(n, total_minor) };
    for (one, other) in [
        (plain(1, 300), plain(2, 200)),
        (plain(2, 300), plain(1, 200)),
        (cancelled(1, 300), plain(1, 200)),
        (plain(1, 300), cancelled(1, 200)),
    ] {
        assert_eq!(both_ways(&one, &other).map(|merged| merged.total_minor), [300, 300]);
    }
    let with_code = |order: Order, code: &str| Order { promo_codes: vec![code.to_owned()], ..order };
    for (one, other) in [(refunded(1, 300), plain(1, 300)), (plain(1, 300), refunded(1, 300))] {
        let (a, b) = (with_code(one, "A"), with_code(other, "B"));
        assert_eq!(both_ways(&a, &b).map(|merged| merged.promo_codes), [["B"], ["B"]]);
    }
}

#[test]
fn of_one_version_the_delivery_whose_history_has_gone_further_wins() {
    let reported = |progress: &[u64], total_minor| {
        let details = OrderDetails { progress: progress.to_vec(), ..OrderDetails::default() };
        Order { details, ..order(total_minor) }
    };
    // The text "5000" is greater than "10000", and an edit can go either way.
    for (earlier, later) in [(5_000, 10_000), (10_000, 5_000)] {
        for (one, other) in [(&[0, 1][..], &[0, 2][..]), (&[0, 9], &[1, 0]), (&[], &[0])] {
            let both = both_ways(&reported(one, earlier), &reported(other, later));
            assert_eq!(both.map(|merged| merged.total_minor), [later; 2], "{one:?} before {other:?}");
        }
    }
    let newer = version(reported(&[0], 1), 30);
    for merged in both_ways(&newer, &version(reported(&[9], 2), 20)) {
        assert_eq!(merged.total_minor, 1, "the version comes first");
    }
}

#[test]
fn amounts_and_ids_of_reports_are_kept_from_every_delivery_and_make_none_newer() {
    let reported = |amounts: &[i64], ids: &[&str], total_minor| {
        let (amounts, reported_as) = (amounts.to_vec(), ids.iter().map(ToString::to_string).collect());
        Order { details: OrderDetails { amounts, reported_as, ..OrderDetails::default() }, ..order(total_minor) }
    };
    for merged in both_ways(&reported(&[5, 9], &["b"], 300), &reported(&[7, 5], &["a", "b"], 200)) {
        assert_eq!((merged.details.amounts, merged.details.reported_as), (vec![5, 7, 9], vec![text("a"), text("b")]));
        assert_eq!(merged.total_minor, 300, "as without them");
    }
}

#[test]
fn what_others_found_out_about_an_order_does_not_make_a_delivery_newer() {
    let known = |details: OrderDetails| Order { details, email_hash: Some(text("stored")), ..order(300) };
    let repeat = Order { email_hash: Some(text("arrived")), ..order(300) };
    let flagged = OrderDetails { flags: vec![OrderFlag::MixedRefund], ..OrderDetails::default() };
    let secret = OrderDetails { secrets: vec!["s".to_owned()], ..OrderDetails::default() };
    let same = OrderDetails { same_as: Some(text("1002")), ..OrderDetails::default() };
    for details in [flagged, secret, same] {
        let merged = Order::merged(known(details.clone()), repeat.clone());
        assert_eq!((merged.email_hash.as_deref(), &merged.details), (Some("stored"), &details));
    }
}

#[test]
fn the_stored_id_and_the_refunds_on_record_stay() {
    let stored = Order { id: OrderId::new(1, [1; 10]), refunded_minor: 70, ..version(order(300), 1) };
    let arrived = Order { id: OrderId::new(1, [2; 10]), refunded_minor: 0, ..version(order(200), 2) };
    let merged = Order::merged(stored.clone(), arrived);
    assert_eq!((merged.id, merged.refunded_minor, merged.total_minor), (stored.id, 70, 200));
}

#[test]
fn a_cancellation_is_never_undone_and_the_first_one_stands() {
    let cancelled = |at_ms, version_ms| version(Order { cancelled_at: Some(UnixMs(at_ms)), ..order(1) }, version_ms);
    for merged in both_ways(&cancelled(50, 1), &version(order(1), 2)) {
        assert_eq!(merged.cancelled_at, Some(UnixMs(50)));
    }
    for merged in both_ways(&cancelled(50, 1), &cancelled(40, 2)) {
        assert_eq!(merged.cancelled_at, Some(UnixMs(40)));
    }
    assert_eq!(Order::merged(order(1), order(1)).cancelled_at, None);
}

#[test]
fn a_correction_by_a_backend_does_not_move_the_sale_and_an_edit_by_the_shop_states_its_time() {
    let placed = |source, at_ms, version_ms| Order { placed_at: UnixMs(at_ms), ..version(from(source, 1), version_ms) };
    for source in [OrderSource::Api, OrderSource::Browser] {
        for (old_ms, new_ms) in [(500, 700), (700, 500)] {
            for merged in both_ways(&placed(source, old_ms, 1), &placed(source, new_ms, 2)) {
                assert_eq!(merged.placed_at, UnixMs(500), "the earlier of the two");
            }
        }
    }
    for (old_ms, new_ms) in [(500, 700), (700, 500)] {
        for merged in both_ways(&placed(OrderSource::Shopify, old_ms, 1), &placed(OrderSource::Shopify, new_ms, 2)) {
            assert_eq!(merged.placed_at, UnixMs(new_ms));
        }
        for merged in both_ways(&placed(OrderSource::Shopify, old_ms, 1), &placed(OrderSource::Api, new_ms, 2)) {
            assert_eq!(merged.placed_at, UnixMs(old_ms), "the winner's");
        }
        for merged in both_ways(&placed(OrderSource::Api, old_ms, 1), &placed(OrderSource::Browser, new_ms, 2)) {
            assert_eq!(merged.placed_at, UnixMs(old_ms), "the winner's");
        }
    }
}

#[test]
fn hints_that_only_the_loser_has_are_kept_and_the_winners_own_stand() {
    let hinted = |n: u8, hash: &str| Order {
        cart_pv: Some(text(hash)),
        cart_ref: Some(code(n)),
        landing_ref: Some(code(n + 1)),
        email_hash: Some(text(hash)),
        customer_hash: Some(text(hash)),
        ..order(1)
    };
    let hints =
        |order: Order| (order.cart_pv, order.cart_ref, order.landing_ref, order.email_hash, order.customer_hash);
    let expected = hints(hinted(1, "known"));
    for merged in both_ways(&version(hinted(1, "known"), 1), &version(order(1), 2)) {
        assert_eq!(hints(merged), expected);
    }
    for merged in both_ways(&version(hinted(1, "known"), 2), &version(hinted(3, "other"), 1)) {
        assert_eq!(hints(merged), expected);
    }
}

#[test]
fn a_visitor_whom_only_a_browser_named_does_not_fill_in_for_a_verified_order() {
    for source in ALL_SOURCES {
        let loser = version(Order { cart_pv: Some(text("guess")), ..from(source, 1) }, 1);
        let winner = version(from(OrderSource::Shopify, 1), 2);
        let expected = Some(text("guess")).filter(|_| source != OrderSource::Browser);
        assert_eq!(both_ways(&loser, &winner).map(|merged| merged.cart_pv), [expected.clone(), expected]);
    }
}

#[test]
fn a_first_order_stays_the_first_one() {
    let known = |is_new_customer, version_ms| version(Order { is_new_customer, ..order(1) }, version_ms);
    for (winner, loser, expected) in [
        (Some(true), Some(false), Some(true)),
        (Some(false), Some(true), Some(true)),
        (None, Some(true), Some(true)),
        (Some(true), None, Some(true)),
        (Some(false), None, Some(false)),
        (None, Some(false), Some(false)),
        (Some(false), Some(false), Some(false)),
        (None, None, None),
    ] {
        for merged in both_ways(&known(winner, 2), &known(loser, 1)) {
            assert_eq!(merged.is_new_customer, expected, "{winner:?} over {loser:?}");
        }
    }
}

#[test]
fn secrets_and_flags_of_both_are_kept_once_and_the_other_facts_are_the_winners() {
    let details = |secrets: &[&str], flags: &[OrderFlag], refunded_minor| OrderDetails {
        secrets: secrets.iter().map(ToString::to_string).collect(),
        flags: flags.to_vec(),
        refunded_minor,
        presentment: Some((refunded_minor, usd(1))),
        ..OrderDetails::default()
    };
    let repeat = OrderFlag::PossibleRepeat("7".to_owned());
    let old = details(&["b", "a"], &[repeat.clone(), OrderFlag::MixedRefund], 5);
    let new = details(&["c", "b"], &[OrderFlag::MixedRefund], 6);
    let one = version(Order { details: old, ..order(1) }, 1);
    let other = version(Order { details: new, ..order(1) }, 2);
    for merged in both_ways(&one, &other) {
        assert_eq!(merged.details.secrets, ["a", "b", "c"]);
        assert_eq!(merged.details.flags, [OrderFlag::MixedRefund, repeat.clone()]);
        assert_eq!((merged.details.refunded_minor, merged.details.presentment), (6, Some((6, usd(1)))));
    }
}

#[test]
fn an_order_that_counts_under_another_id_stays_so() {
    let same_as = |id: Option<&str>, version_ms| {
        let details = OrderDetails { same_as: id.map(str::to_owned), ..OrderDetails::default() };
        version(Order { details, ..order(1) }, version_ms)
    };
    for (old, new, expected) in [(Some("7"), None, "7"), (None, Some("8"), "8"), (Some("7"), Some("8"), "8")] {
        for merged in both_ways(&same_as(old, 1), &same_as(new, 2)) {
            assert_eq!(merged.details.same_as.as_deref(), Some(expected));
        }
    }
}

#[test]
fn deliveries_after_an_erasure_do_not_bring_the_shopper_back() {
    let details = OrderDetails {
        names: vec!["token:abc".to_owned(), "1001".to_owned()],
        secrets: vec!["s".to_owned()],
        included_refunds: vec!["r1".to_owned()],
        refunded_minor: 5,
        ..OrderDetails::default()
    };
    let arrived = Order {
        cart_pv: Some(text("pv")),
        cart_ref: Some(code(1)),
        email_hash: Some(text("mail")),
        customer_hash: Some(text("customer")),
        details,
        ..version(order(200), 2)
    };
    let plain = || version(order(300), 1);
    let erased = Order { redacted_at: Some(PLACED), ..plain() };
    // It was erased before this delivery, or the delivery says that its shopper is to be.
    let late = Order { redacted_at: Some(PLACED), ..arrived.clone() };
    for merged in [Order::merged(erased, arrived.clone()), Order::merged(plain(), late)] {
        assert_eq!((merged.cart_pv, merged.email_hash, merged.customer_hash), (None, None, None));
        assert_eq!((merged.details.secrets.len(), merged.details.names), (0, vec!["1001".to_owned()]), "no tokens");
        assert_eq!((merged.details.refunded_minor, merged.details.included_refunds.len()), (5, 1), "money stays");
        assert_eq!((merged.redacted_at, merged.total_minor, merged.cart_ref), (Some(PLACED), 200, Some(code(1))));
    }
    let never_erased = Order::merged(plain(), arrived.clone());
    assert_eq!((never_erased.redacted_at, never_erased.details), (None, arrived.details));
}
