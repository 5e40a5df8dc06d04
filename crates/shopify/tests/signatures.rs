//! Verifies signatures and session tokens created by Shopify's own JavaScript and Python libraries (tests/vectors).

use domain::UnixMs;
use serde::Deserialize;
use shopify::{
    Credentials,
    order::{read_order, read_refund},
    session_token::{self, TokenError},
    signature::{SignedQuery, sign_body, sign_query, verify_body},
};

#[derive(Deserialize)]
struct JavaScript {
    now_s: i64,
    client_id: String,
    secret: String,
    shop: String,
    tokens: Vec<SessionTokenVector>,
    bodies: Vec<Body>,
}

#[derive(Deserialize)]
struct SessionTokenVector {
    name: String,
    token: String,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    body: String,
    hmac: String,
}

#[derive(Deserialize)]
struct Python {
    now_s: i64,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
struct Query {
    name: String,
    query: String,
}

fn javascript() -> JavaScript {
    serde_json::from_str(include_str!("vectors/javascript.json")).expect("vectors")
}

fn credentials(vectors: &JavaScript, previous_secret: Option<&str>) -> Credentials {
    Credentials {
        client_id: vectors.client_id.clone(),
        client_secret: vectors.secret.clone(),
        previous_secret: previous_secret.map(str::to_owned),
    }
}

#[test]
fn session_tokens_from_shopifys_library_verify_as_expected() {
    let vectors = javascript();
    let credentials = credentials(&vectors, None);
    let now = UnixMs(vectors.now_s * 1000);
    for SessionTokenVector { name, token, error } in &vectors.tokens {
        let found = session_token::verify(&credentials, token, now);
        match error.as_deref() {
            None => assert_eq!(found.map(|proof| proof.shop.to_string()), Ok(vectors.shop.clone()), "{name}"),
            Some(error) => assert_eq!(format!("{:?}", found.expect_err(name)), error, "{name}"),
        }
    }
}

#[test]
fn previous_secret_is_accepted_until_removed() {
    let vectors = javascript();
    let now = UnixMs(vectors.now_s * 1000);
    let mut rotated = credentials(&vectors, Some(&vectors.secret));
    rotated.client_secret = "new".to_owned();
    assert!(session_token::verify(&rotated, &vectors.tokens[0].token, now).is_ok());
    rotated.previous_secret = None;
    assert_eq!(session_token::verify(&rotated, &vectors.tokens[0].token, now), Err(TokenError::Signature));
}

#[test]
fn body_signatures_from_shopifys_library_verify_and_altered_bodies_do_not() {
    let vectors = javascript();
    for Body { body, hmac } in &vectors.bodies {
        assert_eq!(&sign_body(&vectors.secret, body.as_bytes()), hmac);
        assert!(verify_body([vectors.secret.as_str()], body.as_bytes(), hmac));
        assert!(verify_body(["other", &vectors.secret], body.as_bytes(), hmac));
        assert!(!verify_body(["other"], body.as_bytes(), hmac));
        for index in 0..body.len() {
            let mut changed = body.clone().into_bytes();
            changed[index] ^= 1;
            assert!(!verify_body([vectors.secret.as_str()], &changed, hmac));
        }
        for bad in ["", "====", &hmac[1..], &format!("{hmac}AAAA"), "not base64 ü"] {
            assert!(!verify_body([vectors.secret.as_str()], body.as_bytes(), bad), "{bad}");
        }
    }
}

#[test]
fn query_signatures_from_shopifys_library_verify_until_they_expire() {
    let vectors: Python = serde_json::from_str(include_str!("vectors/python.json")).expect("vectors");
    let credentials = credentials(&javascript(), None);
    for Query { name, query } in &vectors.queries {
        assert!(SignedQuery::verify(&credentials, query, vectors.now_s).is_some(), "{name}");
        assert!(SignedQuery::verify(&credentials, query, vectors.now_s + 91).is_none(), "{name}: too old");
        assert!(
            SignedQuery::verify(&credentials, &format!("{query}&shop=evil.myshopify.com"), vectors.now_s).is_none()
        );
        assert!(SignedQuery::verify(&credentials, &query.replace("vector", "victor"), vectors.now_s).is_none());
        assert!(SignedQuery::verify(&credentials, &format!("{query}&ids[]=1"), vectors.now_s).is_none());
    }
    // The example from Shopify's documentation.
    let pairs = [
        ("code", "0907a61c0c8d55e99db179b68161bc00"),
        ("shop", "some-shop.myshopify.com"),
        ("timestamp", "1337178173"),
    ];
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(sign_query("hush", &pairs), "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20");
}

#[test]
fn orders_parse_with_large_ids_nulls_and_mixed_types() {
    let body = r##"{"id":9007199254740993,"name":"#1001","created_at":"2026-11-20T10:00:00-05:00","updated_at":"2026-11-20T10:00:01-05:00",
        "currency":"JPY","total_price":"598","subtotal_price":"500","test":false,"customer":null,"email":"",
        "landing_site":"/p?cs_ref=m7xp3k9a","note_attributes":[{"name":"_cs_ref","value":"m7xp3k9a"},{"name":"n","value":5},{"name":"x","value":null}],
        "discount_codes":[{"code":"ana20","amount":"1","type":"percentage"}],
        "refunds":[{"id":7,"transactions":[{"kind":"refund","status":"success","amount":"100","currency":"JPY"},{"kind":"refund","status":"failure","amount":"400","currency":"JPY"}]}]}"##;
    let order = read_order(body.as_bytes()).expect("an order");
    assert_eq!(order.id, 9_007_199_254_740_993, "beyond 2^53 and exact");
    assert_eq!((order.total.minor, order.subtotal_minor), (598, 500), "yen have no cents");
    assert_eq!(order.email, None);
    assert_eq!(order.note_attributes, [("_cs_ref".into(), "m7xp3k9a".into()), ("n".into(), "5".into())]);
    assert_eq!(order.refunds[0].amount.map(|money| money.minor), Some(100), "only successful transactions");
    assert_eq!(order.created_at, UnixMs::parse_rfc3339("2026-11-20T15:00:00Z").expect("instant"));

    let in_sets = r#"{"id":1,"created_at":"2026-11-20T10:00:00Z","total_price_set":{"shop_money":{"amount":"1.500","currency_code":"KWD"}},"total_price":"9.99","currency":"USD"}"#;
    assert_eq!(read_order(in_sets.as_bytes()).expect("an order").total.minor, 1500, "the shop's currency");

    for bad in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"id":-1}"#,
        r#"{"id":1,"created_at":"today","total_price":"1","currency":"USD"}"#,
        r#"{"id":1,"created_at":"2026-11-20T10:00:00Z","total_price":"-1","currency":"USD"}"#,
        r#"{"id":1,"created_at":"2026-11-20T10:00:00Z","total_price":"1","currency":"ZZZ"}"#,
    ] {
        assert!(read_order(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(read_refund(br#"{"id":1}"#).is_err(), "a refund names its order");
}
