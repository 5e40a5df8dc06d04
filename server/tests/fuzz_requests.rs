//! Fuzz targets: bodies of `POST /api/v1/track` and of Fairing's webhook, as they arrive at the server's routes.
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[path = "fuzz_requests/routes.rs"]
mod routes;
#[path = "../../crates/domain/tests/fuzz/target.rs"]
mod target;

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use routes::{Routes, SHOP};

const TRACK_WORDS: [&str; 62] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "49.99",
    "49.999",
    "59.699999999999996",
    "-5.6e-17",
    "1e3",
    "1e400",
    "-0",
    "10000000000000.00",
    "18446744073709551616",
    "\"\"",
    "\" \"",
    "\"page_view\"",
    "\"add_to_cart\"",
    "\"checkout_start\"",
    "\"purchase\"",
    "\"Purchase\"",
    "\"USD\"",
    "\"jpy\"",
    "\"KWD\"",
    "\"XXX\"",
    "\"550e8400-e29b-41d4-a716-446655440000\"",
    "\"018BCFE5-6800-7000-8000-00000000000F\"",
    "\"550e8400e29b41d4\"",
    "\"2027-01-15T08:00:00Z\"",
    "\"2027-01-15T08:06:00Z\"",
    "\"1970-01-01T00:00:00+14:00\"",
    "\"2027-01-15\"",
    "\"gid://shopify/Order/123\"",
    "\"test:1\"",
    "\"https://shop.example/p?cs_ref=abcdefgh#x\"",
    "[]",
    "{}",
    "[{}]",
    "{\"a\":{\"a\":1}}",
    "{\"a\":1,\"a\":2}",
    "{\"test_mode\":true}",
    "{\"test_mode\":\"true\"}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "\"event_type\"",
    "\"pv_id\"",
    "\"event_id\"",
    "\"revenue\"",
    "\"currency\"",
    "\"order_id\"",
    "\"event_data\"",
    "\"occurred_at\"",
    "\"pv_alias\"",
    "\"additional_data\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"\\u0065vent_type\"",
    "\u{feff}",
    "\u{a0}",
    "\\",
    "]",
    "}",
    ",",
];

#[test]
fn track() {
    target::fuzz!("track", &TRACK_WORDS, 2_000, check_track);
    check_stored_events();
}

/// What the accepted requests must have stored: events with the sender's id, and how many without.
#[derive(Default)]
struct Accepted {
    ids: BTreeSet<String>,
    without_id: usize,
}

static ACCEPTED: Mutex<Accepted> = Mutex::new(Accepted { ids: BTreeSet::new(), without_id: 0 });

/// What must be in an event that was accepted.
#[derive(Deserialize)]
struct AcceptedEvent {
    event_type: String,
    pv_id: String,
    event_id: Option<String>,
    order_id: Option<Box<RawValue>>,
    revenue: Option<Box<RawValue>>,
    additional_data: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct AdditionalData {
    #[serde(default)]
    test_mode: Value,
}

fn check_track(body: &[u8]) {
    let (status, answer) = Routes::shared().track(body);
    if status == 400 {
        return check_refusal(&answer, "Invalid event data");
    }
    assert_eq!((status, &answer), (200, &serde_json::json!({"ok": true})));
    let text = str::from_utf8(body).unwrap();
    let is_batch = text.trim_start().starts_with('[');
    let events: Vec<AcceptedEvent> =
        if is_batch { serde_json::from_str(text).unwrap() } else { vec![serde_json::from_str(text).unwrap()] };
    assert!((1..=wire::TRACK_BATCH_MAX).contains(&events.len()));
    let mut accepted = ACCEPTED.lock().unwrap_or_else(PoisonError::into_inner);
    for event in events {
        assert!(domain::event::TYPES.contains(&&*event.event_type), "{}", event.event_type);
        assert!(wire::is_uuid(event.pv_id.as_bytes()), "{}", event.pv_id);
        assert!(event.event_type != "purchase" || (event.order_id.is_some() && event.revenue.is_some()), "{text}");
        let data = event.additional_data.as_ref().filter(|data| data.get().starts_with('{'));
        let data = data.and_then(|data| serde_json::from_str::<AdditionalData>(data.get()).ok());
        let is_test = data.is_some_and(|data| data.test_mode == Value::Bool(true));
        match event.event_id.map(|id| id.to_lowercase()) {
            Some(id) => {
                assert!(wire::is_uuid(id.as_bytes()), "{id}");
                accepted.ids.insert(format!("{}:{id}", if is_test { "test" } else { "server" }));
            }
            None => accepted.without_id += 1,
        }
    }
}

/// Exactly the accepted events are stored, each once.
fn check_stored_events() {
    let accepted = ACCEPTED.lock().unwrap_or_else(PoisonError::into_inner);
    let stored = Routes::shared().event_ids();
    let (with_id, without_id): (Vec<String>, Vec<String>) =
        stored.into_iter().partition(|id| id.split_once(':').is_some_and(|(_, id)| wire::is_uuid(id.as_bytes())));
    assert_eq!(with_id, accepted.ids.iter().cloned().collect::<Vec<_>>());
    assert_eq!(without_id.len(), accepted.without_id);
    assert!(!with_id.is_empty() && !without_id.is_empty(), "no input was accepted");
}

const FAIRING_WORDS: [&str; 34] = [
    "null",
    "true",
    "0",
    "1001",
    "-1",
    "1.5",
    "1e3",
    "18446744073709551616",
    "\"\"",
    "\" \"",
    "\"1001\"",
    "\"jessica_styles\"",
    "\"Jessica Styles told me\"",
    "\"@JESSICA.styles \u{2728}\"",
    "\"jesica stiles\"",
    "\"jessica or omar\"",
    "\"e\\u0301\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "[]",
    "{}",
    "[\"jessica\"]",
    "\"order_id\"",
    "\"question\"",
    "\"answer\"",
    "\"shop_domain\"",
    "\"fuzz.myshopify.com\"",
    "\"FUZZ.myshopify.com\"",
    "\"other.myshopify.com\"",
    "\"fuzz.myshopify.com.evil.example\"",
    "\u{feff}",
    "{\"a\":1,\"a\":2}",
    "}",
    ",",
];

#[test]
fn fairing() {
    target::fuzz!("fairing", &FAIRING_WORDS, 2_000, check_fairing);
}

/// What must be in an answer that was accepted.
#[derive(Deserialize)]
struct AcceptedAnswer {
    order_id: Box<RawValue>,
    answer: String,
    shop_domain: String,
}

fn check_fairing(body: &[u8]) {
    let routes = Routes::shared();
    assert_ne!(routes.fairing(body, "another-key-0123456789").0, 200, "a wrong signature is accepted");
    let (status, answer) = routes.fairing(body, routes::FAIRING_KEY);
    match status {
        400 => return check_refusal(&answer, "Invalid request"),
        // Another shop.
        401 => return assert_eq!(answer, serde_json::json!({"error": "Invalid signature"})),
        _ => assert_eq!((status, &answer["ok"]), (200, &Value::Bool(true)), "{answer}"),
    }
    let sent: AcceptedAnswer = serde_json::from_slice(body).unwrap();
    assert!(!sent.answer.trim().is_empty() && !["\"\"", "null"].contains(&sent.order_id.get()));
    assert!(sent.shop_domain.eq_ignore_ascii_case(SHOP), "{}", sent.shop_domain);
    assert_eq!(answer["creator_id"].is_null(), answer["confidence"].is_null());
    if let Some(confidence) = answer["confidence"].as_f64() {
        assert!((0.6..=0.9).contains(&confidence), "{answer}");
    }
}

/// A refusal tells what is wrong, and no internal name.
fn check_refusal(answer: &Value, error: &str) {
    assert_eq!(answer["error"], error);
    let details = answer["details"].as_array().unwrap();
    assert!(!details.is_empty() && details.iter().all(|detail| detail.as_str().is_some_and(|text| !text.is_empty())));
}
