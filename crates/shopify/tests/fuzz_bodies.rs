//! Fuzz targets: bodies of orders and refunds, and session tokens.
//!
//! `hostile_bodies.rs` changes single values of one order; these mix whole corpora.
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[path = "../../domain/tests/fuzz/target.rs"]
mod target;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Money, UnixMs, money::AMOUNT_MAX_MINOR};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Sha256, Sha512};
use shopify::{
    Credentials,
    order::{ShopifyRefund, read_order, read_refund},
    session_token::{self, TokenError},
};

const BODY_WORDS: [&str; 58] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "2",
    "9",
    "2147483647",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "1e3",
    "0.1",
    "-0.00",
    "\"\"",
    "\"0.00\"",
    "\"0.01\"",
    "\"-5.00\"",
    "\"12.5\"",
    "\"1234.567\"",
    "\"10000000000000.00\"",
    "\"10000000000000.01\"",
    "\"NaN\"",
    "\"USD\"",
    "\"EUR\"",
    "\"JPY\"",
    "\"KWD\"",
    "\"XXX\"",
    "\"2026-11-01T10:00:00Z\"",
    "\"2026-11-01T10:00:00+14:00\"",
    "\"9999-12-31T23:59:59Z\"",
    "[]",
    "{}",
    "[null]",
    "[{}]",
    "\"refund\"",
    "\"success\"",
    "\"pending\"",
    "\"failure\"",
    "\"shipping_refund\"",
    "\"refund_discrepancy\"",
    "\"Shipping refund\"",
    "\"id\"",
    "\"refunds\"",
    "\"line_items\"",
    "\"transactions\"",
    "\"total_price_set\"",
    "\"current_total_price\"",
    "\"quantity\"",
    "\"current_quantity\"",
    "\"order_adjustments\"",
    "\"shop_money\"",
    "\"taxes_included\"",
    "\"gift_card\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\u{feff}",
];

#[test]
fn orders() {
    target::fuzz!("orders", &BODY_WORDS, 5_000, check_order);
}

#[test]
fn refunds() {
    target::fuzz!("refunds", &BODY_WORDS, 8_000, check_refund);
}

const AMOUNTS: core::ops::RangeInclusive<i64> = 0..=AMOUNT_MAX_MINOR;

fn check_order(body: &[u8]) {
    let read = read_order(body);
    assert_eq!(read, read_order(body), "read twice");
    let Ok(order) = read else { return };
    let currency = order.total.currency;
    for money in [Some(order.total), order.presentment.map(|(_, shown)| shown)].into_iter().flatten() {
        check_money(money);
    }
    assert!(order.presentment.is_none_or(|(own, shown)| AMOUNTS.contains(&own) && shown.currency != currency));
    assert!(order.refunded_minor >= 0 && order.subtotal_minor >= 0, "{order:?}");
    assert!(order.total.minor >= order.refunded_minor, "revenue is below zero: {order:?}");
    assert!(order.lines.iter().all(|line| line.net_minor >= 0), "{order:?}");
    // Sorted, and each once.
    assert!(
        order.amounts.is_sorted_by(|one, next| one < next) && order.amounts.iter().all(|one| AMOUNTS.contains(one))
    );
    assert!(order.tokens.iter().chain(&order.discount_codes).chain(&order.email).all(|text| !text.is_empty()));
    for refund in &order.refunds {
        check_refund_figures(refund);
        assert!(order.included_refunds.is_empty() || order.included_refunds.contains(&refund.id), "{order:?}");
    }
    assert_eq!(read_order(&with_unknown_field(body)).as_ref(), Ok(&order), "fields that we do not know change nothing");
}

fn check_refund(body: &[u8]) {
    let read = read_refund(body);
    assert_eq!(read, read_refund(body), "read twice");
    let Ok(refund) = read else { return };
    check_refund_figures(&refund);
    assert_eq!(read_refund(&with_unknown_field(body)).as_ref(), Ok(&refund));
}

fn check_refund_figures(refund: &ShopifyRefund) {
    let Some(amount) = refund.amount else {
        assert!(refund.lines.is_empty() && refund.subtotal_minor.is_none(), "nothing was paid back: {refund:?}");
        return;
    };
    check_money(amount);
    assert!(refund.subtotal_minor.is_none_or(|goods| (0..=amount.minor).contains(&goods)), "{refund:?}");
    assert!(refund.lines.iter().all(|(_, minor)| AMOUNTS.contains(minor)), "{refund:?}");
}

/// An amount is not below zero, and reads back from its own text. The sum of several may be more than one may be.
fn check_money(money: Money) {
    assert!(money.minor >= 0, "{money:?}");
    if money.minor <= AMOUNT_MAX_MINOR {
        assert_eq!(Money::parse(&money.to_decimal(), money.currency), Ok(money));
    }
}

/// The object with one more field in front.
fn with_unknown_field(body: &[u8]) -> Vec<u8> {
    let start = body.iter().position(|byte| *byte == b'{').unwrap() + 1;
    let (head, rest) = body.split_at(start);
    [head, br#""x_unknown": [{"id": null}, "}"], "#, rest].concat()
}

const SECRET: &str = "hush";
const CLIENT_ID: &str = "client-id";
const NOW_S: i64 = 1_800_000_000;
/// As Shopify's library allows, and a rounding error of doubles.
const LEEWAY_S: f64 = 10.001;

const TOKEN_WORDS: [&str; 40] = [
    "null",
    "true",
    "0",
    "-1",
    "1e400",
    "1800000000",
    "1799999990",
    "1800000010.5",
    "1800000011",
    "1799999989",
    "9007199254740993",
    "\"\"",
    "\"1800000000\"",
    "[]",
    "{}",
    "\"HS256\"",
    "\"HS512\"",
    "\"none\"",
    "\"RS256\"",
    "\"JWT\"",
    "\"alg\"",
    "\"typ\"",
    "\"iss\"",
    "\"dest\"",
    "\"aud\"",
    "\"sub\"",
    "\"exp\"",
    "\"nbf\"",
    "\"crit\"",
    "\"client-id\"",
    "[\"client-id\"]",
    "\"https://other.myshopify.com\"",
    "\"https://other.myshopify.com/admin\"",
    "\"https://shop.myshopify.com/admin/\"",
    "\"http://shop.myshopify.com\"",
    "\"https://evil.example\"",
    "\"https://shop.myshopify.com@evil.example\"",
    "\"https://shop.myshopify.com.evil.example/admin\"",
    "\"https://SHOP.myshopify.com\"",
    "\n",
];

#[test]
fn session_tokens() {
    target::fuzz!("session_tokens", &TOKEN_WORDS, 8_000, check_token);
}

/// The input is a token's header, a line break, and its claims. The target signs them as Shopify does.
fn check_token(input: &[u8]) {
    let credentials = Credentials { client_id: CLIENT_ID.into(), client_secret: SECRET.into(), previous_secret: None };
    let verify = |token: &str| session_token::verify(&credentials, token, UnixMs(NOW_S * 1000));
    if let Ok(text) = core::str::from_utf8(input) {
        assert_eq!(verify(text), Err(TokenError::Signature), "an unsigned token");
    }
    let at = input.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (header, claims) = (&input[..at], &input[(at + 1).min(input.len())..]);
    let signed = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(claims));
    let [right, wrong] = [SECRET, "another secret"].map(|secret| sign::<Hmac<Sha256>>(secret, &signed));
    for signature in [wrong, sign::<Hmac<Sha512>>(SECRET, &signed), String::new()] {
        assert_eq!(verify(&format!("{signed}.{signature}")), Err(TokenError::Signature));
    }
    let token = format!("{signed}.{right}");
    let verified = verify(&token);
    assert_eq!(verify(&token), verified);
    let Ok(verified) = verified else { return };
    let (header, claims): (Header, Claims) =
        (serde_json::from_slice(header).unwrap(), serde_json::from_slice(claims).unwrap());
    assert_eq!((&*header.alg, &*claims.aud), ("HS256", CLIENT_ID));
    assert!(!verified.user.is_empty() && claims.sub == verified.user);
    let shop = verified.shop.as_str();
    assert!(shop.ends_with(".myshopify.com") && !shop.contains(['/', '@', ':']), "{shop}");
    assert_eq!(claims.dest.to_lowercase(), format!("https://{shop}"));
    assert_eq!(claims.iss.to_lowercase(), format!("https://{shop}/admin"));
    #[expect(clippy::cast_precision_loss, reason = "seconds of this era fit a double exactly")]
    let now_s = NOW_S as f64;
    assert!(claims.exp + LEEWAY_S > now_s && claims.nbf - LEEWAY_S < now_s);
}

fn sign<M: Mac + KeyInit>(secret: &str, text: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    dest: String,
    aud: String,
    sub: String,
    exp: f64,
    nbf: f64,
}
