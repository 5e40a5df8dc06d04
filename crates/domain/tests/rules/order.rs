//! An order's figures, what refunds take off them, and which reports are one sale.

use domain::{
    Money, OrderId,
    order::{Order, OrderDetails, OrderFlag, OrderSource, SAME_SALE_MS, order_key, sale_name},
};

use crate::fixture::{PLACED, brand, currency, eur, order, usd};

#[test]
fn sources_have_stored_names_and_rank_browser_api_shopify() {
    let names = ["browser", "api", "shopify"];
    let sources = [OrderSource::Browser, OrderSource::Api, OrderSource::Shopify];
    assert_eq!(sources.map(OrderSource::as_str), names);
    assert_eq!(names.map(OrderSource::parse), sources.map(Some));
    assert_eq!(OrderSource::parse("Shopify"), None);
    assert!(sources.is_sorted());
}

#[test]
fn an_order_of_a_known_amount_is_all_goods_under_its_sellers_id() {
    let id = OrderId::new(1, [3; 10]);
    let order = Order::minimal(id.clone(), brand(), OrderSource::Api, "A-7".to_owned(), PLACED, eur(1_250));
    assert_eq!((order.id, order.brand, order.source), (id, brand(), OrderSource::Api));
    assert_eq!((order.external_id.as_str(), order.name.as_str()), ("A-7", "A-7"));
    assert_eq!((order.placed_at, order.version.at(), order.currency.code()), (PLACED, PLACED, "EUR"));
    assert_eq!((order.total_minor, order.subtotal_minor, order.refunded_minor), (1_250, 1_250, 0));
    assert!(!order.is_test && order.cancelled_at.is_none());
}

#[test]
fn net_revenue_is_the_total_less_refunds_and_never_negative() {
    let refunded = |refunded_minor| Order { refunded_minor, ..order(5_000) }.net_minor();
    assert_eq!([0, 1_500, 5_000, 5_001].map(refunded), [5_000, 3_500, 0, 0]);
}

#[test]
fn cancelled_orders_test_orders_and_repeats_of_another_order_are_no_conversion() {
    let repeat = OrderDetails { same_as: Some("1002".to_owned()), ..OrderDetails::default() };
    let cancelled = Order { cancelled_at: Some(PLACED), ..order(5_000) };
    let test = Order { is_test: true, ..order(5_000) };
    let repeat = Order { details: repeat, ..order(5_000) };
    assert_eq!((order(5_000).is_conversion(), order(5_000).net_minor()), (true, 5_000));
    assert_eq!((cancelled.is_conversion(), cancelled.net_minor()), (false, 0));
    assert_eq!((test.is_conversion(), test.net_minor()), (false, 5_000), "a test order keeps its own figure");
    assert_eq!((repeat.is_conversion(), repeat.net_minor()), (false, 0), "the other order counts");
}

#[test]
fn a_time_in_whole_seconds_is_the_whole_second() {
    let placed_until = |ms| Order { placed_at: domain::UnixMs(ms), ..order(1) }.placed_until().0;
    assert_eq!([5_000, 5_001, 5_999, 0, -1_000, -1].map(placed_until), [5_999, 5_001, 5_999, 999, -1, -1]);
}

#[test]
fn a_test_orders_key_says_so_once_and_a_live_ones_is_the_sellers_id() {
    assert_eq!(order_key("1001", false), "1001");
    assert_eq!(order_key("1001", true), "test:1001");
    assert_eq!(order_key("test:1001", true), "test:1001", "a key stays the key");
    assert_eq!(order_key("test:1001", false), "test:1001");
}

#[test]
fn order_numbers_are_compared_without_hash_space_and_case() {
    for name in ["#A1001", "a1001", " # A1001 ", "##a1001"] {
        assert_eq!(sale_name(name), "a1001", "{name}");
    }
    assert_eq!(sale_name("INV-#7"), "inv-#7", "only a leading hash is left out");
}

#[test]
fn details_that_say_nothing_are_not_stored() {
    let text = |details: &OrderDetails| serde_json::to_string(details).expect("json");
    assert_eq!(text(&OrderDetails::default()), "{}");
    let refunded = OrderDetails { refunded_minor: -1, ..OrderDetails::default() };
    assert_eq!(text(&refunded), r#"{"refunded_minor":-1}"#);
    let flagged =
        OrderDetails { flags: vec![OrderFlag::PossibleRepeat("7".to_owned())], refunded_minor: 5, ..refunded };
    assert_eq!(text(&flagged), r#"{"refunded_minor":5,"flags":[{"possible_repeat":"7"}]}"#);
    assert_eq!(serde_json::from_str::<OrderDetails>(&text(&flagged)).expect("details"), flagged);
}

#[test]
fn a_refund_that_the_figures_follow_already_deducts_nothing() {
    let details = OrderDetails { included_refunds: vec!["r1".to_owned(), "r2".to_owned()], ..OrderDetails::default() };
    let order = Order { details, ..order(10_000) };
    assert_eq!(["r1", "r2", "r3"].map(|id| order.deduction(id, usd(700))), [0, 0, 700]);
}

#[test]
fn a_backends_refund_deducts_unless_shopify_reports_the_orders_refunds() {
    let of = |source| Order { source, ..order(10_000) };
    assert_eq!(of(OrderSource::Shopify).deduction("api:r1", usd(700)), 0);
    assert_eq!(of(OrderSource::Api).deduction("api:r1", usd(700)), 700);
    assert_eq!(of(OrderSource::Browser).deduction("api:r1", usd(700)), 700);
    assert_eq!(of(OrderSource::Shopify).deduction("r1", usd(700)), 700);
}

#[test]
fn a_refund_in_the_shoppers_currency_is_converted_at_the_orders_rate() {
    // The shopper paid 90.00 EUR for an order of 100.00 USD.
    let at_rate = |shop_minor, shown: Money| {
        let details = OrderDetails { presentment: Some((shop_minor, shown)), ..OrderDetails::default() };
        Order { details, ..order(shop_minor) }
    };
    let order = at_rate(10_000, eur(9_000));
    let deducted = |minor| order.deduction("r1", eur(minor));
    assert_eq!([900, 9_000, 0].map(deducted), [1_000, 10_000, 0]);
    assert_eq!([1, 2, 5].map(deducted), [1, 2, 6], "1.11, 2.22 and 5.56 cents");
    assert_eq!(deducted(-900), -1_000);
    assert_eq!(at_rate(1, eur(2)).deduction("r1", eur(1)), 1, "half a cent is rounded up");
    assert_eq!(at_rate(1, eur(3)).deduction("r1", eur(1)), 0, "a third is not");
    assert_eq!(order.deduction("r1", usd(700)), 700, "the shop's currency needs no rate");
    assert_eq!(order.deduction("r1", Money { minor: 700, currency: currency("GBP") }), 0, "no rate is known");
    assert_eq!(at_rate(10_000, eur(0)).deduction("r1", eur(700)), 0, "an order of nothing has no rate");
    assert_eq!(at_rate(10_000, eur(1)).deduction("r1", eur(7)), 70_000);
    assert_eq!(at_rate(i64::MAX, eur(1)).deduction("r1", eur(2)), i64::MAX, "as much as there can be");
}

#[test]
fn without_a_second_currency_only_refunds_in_the_orders_own_deduct() {
    assert_eq!(order(10_000).deduction("r1", usd(700)), 700);
    assert_eq!(order(10_000).deduction("r1", eur(700)), 0);
}

/// A report of another source under the id `A-7`.
fn report(total_minor: i64) -> Order {
    Order { source: OrderSource::Api, external_id: "A-7".to_owned(), ..order(total_minor) }
}

#[test]
fn by_an_orders_number_alone_a_report_must_agree_in_day_currency_amount_and_mode() {
    let at = |after_ms| Order { placed_at: PLACED.plus_ms(after_ms), ..report(5_000) };
    let is_same = |report: &Order| order(5_000).is_same_sale(report);
    assert_eq!([0, 1, SAME_SALE_MS, -SAME_SALE_MS].map(|ms| is_same(&at(ms))), [true; 4]);
    assert_eq!([SAME_SALE_MS + 1, -SAME_SALE_MS - 1].map(|ms| is_same(&at(ms))), [false; 2]);
    assert_eq!(SAME_SALE_MS, 86_400_000);
    assert!(!is_same(&report(4_999)), "another amount may be another sale");
    assert!(!is_same(&Order { currency: currency("EUR"), ..report(5_000) }));
    assert!(!is_same(&Order { is_test: true, ..report(5_000) }));
}

#[test]
fn a_report_may_know_any_amount_that_the_shop_or_the_sender_ever_stated() {
    let with = |order: Order, amounts: &[i64]| {
        let details = OrderDetails { amounts: amounts.to_vec(), ..OrderDetails::default() };
        Order { details, ..order }
    };
    let edited = with(order(3_000), &[3_000, 5_000]);
    assert_eq!([3_000, 5_000, 4_000].map(|minor| edited.is_same_sale(&report(minor))), [true, true, false]);
    assert!(edited.is_same_sale(&with(report(4_000), &[4_000, 5_000])), "corrected by its sender");
    assert!(!with(order(3_000), &[5_000]).is_same_sale(&report(3_000)), "only what was stated");
}

#[test]
fn a_token_or_an_earlier_match_proves_a_report_whatever_else_differs() {
    let names = |order: Order, names: &[&str]| {
        let details =
            OrderDetails { names: names.iter().map(ToString::to_string).collect(), ..OrderDetails::default() };
        Order { details, ..order }
    };
    let other = Order { placed_at: PLACED.plus_ms(9 * SAME_SALE_MS), currency: currency("EUR"), ..report(1) };
    let shop = names(order(5_000), &["1001", "token:abc"]);
    assert!(shop.is_same_sale(&names(other.clone(), &["b1", "token:abc"])));
    assert!(!shop.is_same_sale(&names(other.clone(), &["b1", "token:other"])));
    assert!(!shop.is_same_sale(&names(other.clone(), &["1001"])), "a number is no token");
    assert!(!shop.is_same_sale(&names(Order { is_test: true, ..other.clone() }, &["token:abc"])));
    let known = OrderDetails { reported_as: vec!["A-7".to_owned()], ..OrderDetails::default() };
    let known = Order { details: known, ..order(5_000) };
    assert!(known.is_same_sale(&other));
    assert!(!known.is_same_sale(&Order { external_id: "A-8".to_owned(), ..other }));
}
