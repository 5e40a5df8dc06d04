//! Whatever arrives under the name of an order, a refund or a token is read or refused, never a panic, and reading it
//! twice gives the same.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use domain::UnixMs;
use proptest::prelude::*;
use shopify::{
    Credentials,
    order::{read_order, read_refund},
    session_token,
};

const ORDER: &str = r##"{"id":5550001,"name":"#1001","created_at":"2026-11-01T10:00:00Z","updated_at":"2026-11-01T10:05:00Z",
    "currency":"EUR","total_price":"120.00","current_total_price":"96.00","subtotal_price":"110.00",
    "current_subtotal_price":"86.00","current_total_tax":"4.00","taxes_included":true,"test":false,
    "total_price_set":{"shop_money":{"amount":"120.00","currency_code":"EUR"},
                       "presentment_money":{"amount":"132.00","currency_code":"USD"}},
    "customer":{"id":7,"orders_count":1,"email":"a@example.com"},"landing_site":"/?cs_ref=abcdefgh",
    "note_attributes":[{"name":"_cs_pv","value":"550e8400-e29b-41d4-a716-446655440000"}],
    "discount_codes":[{"code":"ANA20"}],"checkout_token":"t","cart_token":"c",
    "line_items":[{"id":5,"product_id":6,"quantity":2,"current_quantity":1,
        "price_set":{"shop_money":{"amount":"60.00","currency_code":"EUR"}},
        "discount_allocations":[{"amount_set":{"shop_money":{"amount":"10.00","currency_code":"EUR"}}}],
        "tax_lines":[{"price_set":{"shop_money":{"amount":"4.00","currency_code":"EUR"}}}]}],
    "shipping_lines":[{"is_removed":false,"tax_lines":[]}],
    "refunds":[{"id":9,"created_at":"2026-11-02T10:00:00Z",
        "transactions":[{"kind":"refund","status":"success","amount":"24.00","currency":"EUR"}],
        "refund_line_items":[{"line_item_id":5,"quantity":1,
            "subtotal_set":{"shop_money":{"amount":"24.00","currency_code":"EUR"}}}],
        "order_adjustments":[{"kind":"refund_discrepancy",
            "amount_set":{"shop_money":{"amount":"-1.00","currency_code":"EUR"}}}]}]}"##;

/// Replacements that break readers: other types, huge and negative numbers, odd texts.
const VALUES: [&str; 12] = [
    "null",
    "true",
    "-1",
    "0",
    "99999999999999999999999",
    "1e400",
    "\"\"",
    "\"-0.00\"",
    "\"922337203685477.58\"",
    "[]",
    "{}",
    "\"\\ud800\"",
];

/// The order with some of its values and bytes replaced.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let swaps = prop::collection::vec((any::<prop::sample::Index>(), 0..VALUES.len()), 0..4);
    let bytes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    (swaps, bytes, any::<prop::sample::Index>(), any::<bool>()).prop_map(|(swaps, bytes, end, is_cut)| {
        let mut text = ORDER.to_owned();
        for (at, value) in swaps {
            let starts: Vec<usize> = text.match_indices(':').map(|(at, _)| at + 1).collect();
            if starts.is_empty() {
                continue;
            }
            let start = starts[at.index(starts.len())];
            let length = text[start..].find([',', '}', ']']).unwrap_or(0);
            text.replace_range(start..start + length, VALUES[value]);
        }
        let mut body = text.into_bytes();
        for (at, byte) in bytes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if is_cut {
            body.truncate(end.index(body.len()));
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn orders_are_read_or_refused(body in hostile()) {
        let once = read_order(&body);
        prop_assert_eq!(&once, &read_order(&body));
        if let Ok(order) = once {
            prop_assert!(order.total.minor >= 0 && order.refunded_minor >= 0 && order.subtotal_minor >= 0);
        }
    }

    #[test]
    fn refunds_are_read_or_refused(body in hostile()) {
        let text = String::from_utf8_lossy(&body).into_owned();
        let refund = text.split_once("\"refunds\":[").map_or("", |(_, refund)| refund);
        let once = read_refund(refund.as_bytes());
        prop_assert_eq!(&once, &read_refund(refund.as_bytes()));
    }

    #[test]
    fn tokens_are_refused(token in "[A-Za-z0-9_.=-]{0,200}", now in 0..i64::MAX / 2) {
        let credentials =
            Credentials { client_id: "id".into(), client_secret: "secret".into(), previous_secret: None };
        prop_assert!(session_token::verify(&credentials, &token, UnixMs(now)).is_err());
    }
}

#[test]
fn the_order_itself_is_read() {
    let order = read_order(ORDER.as_bytes()).unwrap();
    assert_eq!((order.total.minor, order.lines.len(), order.refunds.len()), (12_000, 1, 1));
}
