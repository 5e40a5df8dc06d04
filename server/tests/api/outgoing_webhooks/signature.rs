//! What a receiver gets, and that it can trust it: checked with the library of the specification's authors.

use axum::http::HeaderMap;
use domain::time::HOUR_MS;
use flow::webhook::TypeNames;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use super::{receiver::Arrived, *};

/// Whether a message has the signature that the library makes with this secret. The library's `verify` compares the time
/// with the machine's clock, which is not the test's.
fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let text = |name: &str| headers[name].to_str().unwrap();
    let timestamp = text("webhook-timestamp").parse().unwrap();
    let expected = Webhook::new(secret).unwrap().sign(text("webhook-id"), timestamp, body);
    expected.is_ok_and(|expected| text("webhook-signature").split(' ').any(|signature| signature == expected))
}

/// The message with another value of a header.
fn with(arrived: &Arrived, name: &'static str, value: &str) -> HeaderMap {
    let mut headers = arrived.headers.clone();
    headers.insert(name, value.parse().unwrap());
    headers
}

async fn facts_arrive_signed(server: TestServer) {
    let receiver = Receiver::answering(204).await;
    let (id, secret) = endpoint(&server, &receiver.url).await;
    server.flow().creators().create(&server.merchant, "Zoë", "zoe", "").await.unwrap();
    let arrived = receiver.until(1).await.remove(0);

    let body: Value = serde_json::from_str(&arrived.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["creator"]["name"]), (&json!("creator.created"), &json!("Zoë")));
    assert_eq!((&body["id"], &body["sequence"]), (&json!(arrived.id()), &json!(1)));
    assert_eq!((&body["api_version"], &body["livemode"]), (&json!("2026-11-26"), &json!(true)));
    assert_eq!(arrived.header("content-type"), "application/json");
    assert_eq!(arrived.header("user-agent"), "CreatorScore-Webhooks");
    assert_eq!(arrived.header("webhook-timestamp"), (NOW.0 / 1_000).to_string());

    let body = arrived.body.as_bytes();
    assert!(is_signed(&secret, &arrived.headers, body));
    for at in 0..body.len() {
        let mut changed = body.to_vec();
        changed[at] ^= 1;
        assert!(!is_signed(&secret, &arrived.headers, &changed), "byte {at} of the body");
    }
    let later = (NOW.0 / 1_000 + 1).to_string();
    assert!(!is_signed(&secret, &with(&arrived, "webhook-timestamp", &later), body));
    assert!(!is_signed(&secret, &with(&arrived, "webhook-id", message(9).as_str()), body));
    let other = domain::webhook::Secret::new([9; 32]).reveal();
    assert!(!is_signed(&other, &arrived.headers, body));

    until_state(&server, &id, &arrived.id(), "delivered", 1).await;
    let detail = server.flow().webhooks().delivery(&admin(&server), &id, &arrived.id()).await.unwrap();
    assert_eq!(detail.body.as_deref(), Some(arrived.body.as_str()), "the log shows what was sent");
    assert_eq!((detail.attempts.len(), detail.attempts[0].status), (1, Some(204)));
    server.stop().await;
}

async fn two_secrets_sign_while_one_is_replaced(server: TestServer) {
    let receiver = Receiver::answering(200).await;
    let (id, old) = endpoint(&server, &receiver.url).await;
    let new = server.flow().webhooks().rotate(&admin(&server), &id, 24).await.unwrap().reveal();
    assert_ne!(old, new);
    happen(&server, vec![event(1, "a")]).await;
    let both = receiver.until(1).await.remove(0);
    assert_eq!(both.header("webhook-signature").split(' ').count(), 2);
    let is_signed_by = |secret: &str, arrived: &Arrived| is_signed(secret, &arrived.headers, arrived.body.as_bytes());
    assert!(is_signed_by(&new, &both) && is_signed_by(&old, &both));

    server.clock.advance(24 * HOUR_MS);
    happen(&server, vec![event(2, "a")]).await;
    let one = receiver.until(2).await.remove(1);
    assert!(is_signed_by(&new, &one) && !is_signed_by(&old, &one));
    assert!(server.flow().webhooks().rotate(&admin(&server), &id, 169).await.is_err());
    server.flow().webhooks().rotate(&admin(&server), &id, 0).await.unwrap();
    happen(&server, vec![event(3, "a")]).await;
    let third = receiver.until(3).await.remove(2);
    assert!(!is_signed_by(&new, &third), "replaced at once");
    server.stop().await;
}

async fn endpoints_get_what_they_want(server: TestServer) {
    let (all, some) = (Receiver::answering(200).await, Receiver::answering(200).await);
    endpoint(&server, &all.url).await;
    let types = TypeNames::Some(vec!["payout.paid".to_owned()]);
    let new = NewEndpoint { url: some.url.clone(), types, description: "Books".into(), ..NewEndpoint::default() };
    let (some_id, _) = server.flow().webhooks().create(&admin(&server), &new).await.unwrap();
    let paid = NewEvent { kind: EventType::PayoutPaid, ..event(2, "b") };
    happen(&server, vec![event(1, "a"), paid]).await;
    let test = server.flow().webhooks().send_test(&admin(&server), &some_id.id).await.unwrap();
    let arrived = some.until(2).await;
    assert_eq!(arrived.iter().map(Arrived::id).collect::<Vec<_>>(), [message(2), test]);
    let body: Value = serde_json::from_str(&arrived[1].body).unwrap();
    assert_eq!((&body["type"], &body["object_id"]), (&json!("endpoint.test"), &json!(some_id.id)));
    all.until(2).await;
    a_moment().await;
    assert_eq!((all.arrived().len(), some.arrived().len()), (2, 2), "each once, the test to its own endpoint");
    server.stop().await;
}

async fn urls_are_checked(engine: Engine) {
    // As in production.
    let server = start_with(engine, &[]).await;
    for (url, types, fault) in [
        ("http://example.com/", None, "url must begin with https://"),
        ("https://127.1/", None, "url must lead to a public address"),
        ("https://[::ffff:10.0.0.1]/", None, "url must lead to a public address"),
        ("https://a:b@example.com/", Some("order.attributed"), "url must not contain a user name or password"),
        ("https://example.com/", Some("order.paid"), "types: unknown event type \"order.paid\""),
        (
            "nothing",
            Some("*"),
            "url must be an absolute URL such as https://example.com/webhooks; types: unknown event type \"*\"",
        ),
    ] {
        let types = types.map_or(TypeNames::All, |name| TypeNames::Some(vec![name.to_owned()]));
        let new = NewEndpoint { url: url.into(), types, ..NewEndpoint::default() };
        let error = server.flow().webhooks().create(&admin(&server), &new).await.unwrap_err();
        assert_eq!(error.to_string(), fault);
    }
    let new = NewEndpoint { url: "https://example.com/".into(), ..NewEndpoint::default() };
    for _ in 0..16 {
        server.flow().webhooks().create(&admin(&server), &new).await.unwrap();
    }
    let error = server.flow().webhooks().create(&admin(&server), &new).await.unwrap_err();
    assert_eq!(error.to_string(), "a brand has at most 16 webhook endpoints");
    server.stop().await;
}

beside_receivers!(facts_arrive_signed two_secrets_sign_while_one_is_replaced endpoints_get_what_they_want);

mod urls {
    use super::urls_are_checked;

    beside_both_engines!(urls_are_checked);
}
