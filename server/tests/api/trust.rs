//! Nobody's word but the seller's moves money: what strangers, creators and test systems can report, and what it does.

use domain::{api_key::KeyKind, evidence::Strength};
use flow::commission::Entry;
use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, install, percent, rule},
    test_server::{CHROME, NOW, TestServer, order},
};

mod approval;
mod batches;
mod claims;
mod link_ids;
mod modes;
mod reports;
mod without_links;

const OTHER_PV: &str = "660e8400-e29b-41d4-a716-446655440000";

async fn post(server: &TestServer, path: &str, key: Option<&str>, body: Value) -> (u16, Value) {
    let mut request = server.http.post(format!("{}{path}", server.url)).body(body.to_string());
    request = request.header("user-agent", CHROME).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

/// Reports a customer's event, with `fields` beside the usual ones.
async fn report_event(server: &TestServer, key: &str, fields: Value) {
    let mut event = json!({"public_key": key, "client_id": "c9", "event_public_key": "bought"});
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let (status, answer) = post(server, "/events", None, json!({ "event": event })).await;
    assert_eq!(status, 200, "{answer}");
}

/// A visitor who clicked the link.
async fn visitor_of(server: &TestServer, code: &str) -> String {
    let answer = server.click(code).await;
    let pv_id = answer.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    server.clock.advance(1000);
    pv_id
}

/// A visitor who clicked the link, and the handle of the click, as an affiliate tracker reports it.
async fn tracked_click(server: &TestServer, code: &str) -> Value {
    let body = json!({"affiliate_url": format!("https://a.example/?aff={code}")});
    let (_, clicked) = post(server, "/api/v1/track/click", None, body).await;
    server.clock.advance(1000);
    clicked["click_id"].clone()
}

/// Each ledger line: minor units, whether it waits for a person.
async fn lines(server: &TestServer) -> Vec<(i64, bool)> {
    let mut entries = entries(server).await;
    entries.reverse();
    entries.iter().map(|line| (line.amount_minor, line.is_waiting())).collect()
}

async fn entries(server: &TestServer) -> Vec<Entry> {
    server.flow().commissions().ledger(&server.merchant, None, "").await.unwrap()
}

fn purchase(pv_id: &str, order_id: &str, revenue: Value) -> Value {
    json!({"event_type": "purchase", "pv_id": pv_id, "order_id": order_id, "revenue": revenue})
}

async fn net(server: &TestServer, id: &str) -> Value {
    let (status, answer) = get_attribution(server, id).await;
    assert_eq!(status, 200, "{answer}");
    answer["order"]["net"].clone()
}

async fn test_sales_never_take_the_place_of_live_ones(server: TestServer) {
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let live = server.server_key.clone();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    // The same number first from the test system, then from the live one, through every door.
    for (nth, key) in [&test_key, &live].into_iter().enumerate() {
        let revenue = json!(100 + 100 * nth);
        let event_id = "770e8400-e29b-41d4-a716-446655440000";
        let mut event = purchase(&pv_id, "1001", revenue.clone());
        event["event_id"] = json!(event_id);
        assert_eq!(post(&server, "/api/v1/track", Some(key), event).await, (200, json!({"ok": true})));
        let event = json!({"transaction_id": "1002", "aliases": [pv_id], "meta": {"revenue": revenue}});
        report_event(&server, key, event).await;
        server.settle().await;
        let click = json!({"affiliate_url": format!("https://a.example/?aff={}", link.code)});
        let (_, clicked) = post(&server, "/api/v1/track/click", None, click).await;
        let sale =
            json!({"transaction_id": "1003", "amount_cents": 10_000 + 10_000 * nth, "click_id": clicked["click_id"]});
        assert_eq!(post(&server, "/api/v1/track/sale", Some(key), sale).await.0, 200);
        server.settle().await;
    }
    for id in ["1001", "1002", "1003"] {
        assert_eq!(net(&server, id).await, json!("200.00"), "{id}");
    }
    let refused = post(&server, "/api/v1/track", Some(&live), purchase(&pv_id, "test:1001", json!(1))).await;
    assert_eq!(refused.0, 400, "test orders cannot be reached with a live key");
    // A test event with a live key is a test event.
    let mut rehearsal = purchase(&pv_id, "1004", json!(5));
    rehearsal["additional_data"] = json!({"test_mode": true});
    assert_eq!(post(&server, "/api/v1/track", Some(&live), rehearsal).await.0, 200);
    server.settle().await;
    assert_eq!(get_attribution(&server, "1004").await.0, 404);
    server.stop().await;
}

async fn a_browser_does_not_take_the_place_of_a_servers_purchase(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    let event = |revenue: i64| {
        let mut event = purchase(&pv_id, "1001", json!(revenue));
        event["event_id"] = json!("770e8400-e29b-41d4-a716-446655440000");
        event
    };
    // The page and the backend report the purchase under one event_id, the page first.
    assert_eq!(server.track(&server.pixel_key, &event(1).to_string()).await.0, 200);
    for _ in 0..2 {
        assert_eq!(post(&server, "/api/v1/track", Some(&server.server_key), event(200)).await.0, 200);
        server.settle().await;
    }
    assert_eq!(net(&server, "1001").await, json!("200.00"));
    assert_eq!(server.flow().exports().events(&server.merchant, "", 100).await.unwrap().len(), 2, "each once");
    server.stop().await;
}

async fn a_guessed_order_number_pays_nobody(server: TestServer) {
    install(&server).await;
    let (_, thief) = creator_with_link(&server, "Thief", "").await;
    rule(&server, percent("10")).await;
    let thief_pv = visitor_of(&server, thief.code.as_str()).await;
    for id in 1..=60 {
        let guess = purchase(&thief_pv, &id.to_string(), json!(1));
        assert_eq!(server.track(&server.pixel_key, &guess.to_string()).await.0, 200);
    }
    let (_, honest) = creator_with_link(&server, "Honest", "").await;
    let shopper_pv = visitor_of(&server, honest.code.as_str()).await;
    let now = |server: &TestServer| server.flow().now().to_rfc3339();
    // Alone, a guess is credited as reported, and what it earns waits for a person.
    let placed = json!({"created_at": now(&server), "updated_at": now(&server)});
    deliver_and_settle(&server, "orders/create", "g1", &order(1, "50.00", &placed)).await;
    let found = entries(&server).await;
    assert_eq!(found.iter().map(|line| (line.amount_minor, line.needs_approval)).collect::<Vec<_>>(), [(500, true)]);
    let record = server.store.order_by_external_id(&server.merchant.brand().id, "1").await.unwrap().unwrap();
    assert!(record.attribution.unwrap().rests_on(Strength::Reported));
    // Two visitors report one order: neither is credited.
    deliver_and_settle(&server, "orders/create", "g2", &order(2, "50.00", &placed)).await;
    let report = purchase(&shopper_pv, "2", json!(50)).to_string();
    assert_eq!(server.track(&server.pixel_key, &report).await.0, 200);
    server.settle().await;
    let (_, answer) = get_attribution(&server, "2").await;
    assert_eq!(answer["credits"], json!([]), "{answer}");
    // With the checkout's token the shopper's own report is proven, whoever guessed.
    let mut secret = placed.clone();
    secret["checkout_token"] = json!("b1946ac92492d2347c6235b4d2611184");
    deliver_and_settle(&server, "orders/create", "g3", &order(3, "50.00", &secret)).await;
    for (pv_id, token) in [(OTHER_PV, "wrong"), (shopper_pv.as_str(), "b1946ac92492d2347c6235b4d2611184")] {
        let mut report = purchase(pv_id, "3", json!(50));
        report["checkout_token"] = json!(token);
        assert_eq!(server.track(&server.pixel_key, &report.to_string()).await.0, 200);
    }
    server.settle().await;
    let (_, answer) = get_attribution(&server, "3").await;
    assert_eq!(answer["credits"][0]["link_id"], json!(honest.id), "{answer}");
    // The order's own landing page is proven: a report never wins over it.
    let mut landed = placed.clone();
    landed["landing_site"] = json!(format!("/?cs_ref={}", honest.code));
    deliver_and_settle(&server, "orders/create", "g4", &order(4, "50.00", &landed)).await;
    let (_, answer) = get_attribution(&server, "4").await;
    assert_eq!(answer["credits"][0]["link_id"], json!(honest.id));
    server.stop().await;
}

async fn reports_before_the_order_do_not_crowd_out_the_honest_one(server: TestServer) {
    install(&server).await;
    let (_, honest) = creator_with_link(&server, "Honest", "").await;
    for nth in 0..60 {
        let pv_id = format!("550e8400-e29b-41d4-a716-4466554{nth:05}");
        assert_eq!(server.track(&server.pixel_key, &purchase(&pv_id, "77", json!(1)).to_string()).await.0, 200);
    }
    server.clock.advance(3_600_000);
    let shopper = visitor_of(&server, honest.code.as_str()).await;
    let now = server.flow().now().to_rfc3339();
    let placed = json!({"created_at": now, "updated_at": now});
    deliver_and_settle(&server, "orders/create", "c1", &order(77, "50.00", &placed)).await;
    assert_eq!(server.track(&server.pixel_key, &purchase(&shopper, "77", json!(50)).to_string()).await.0, 200);
    server.settle().await;
    assert_eq!(server.credits().await, [("click".to_owned(), 5000)]);
    server.stop().await;
}

async fn claimed_customer_names_wait_for_a_person(server: TestServer) {
    let (_, thief) = creator_with_link(&server, "Thief", "").await;
    let (_, honest) = creator_with_link(&server, "Honest", "").await;
    rule(&server, percent("10")).await;
    let key = server.server_key.clone();
    let click = async |code: &str| {
        let body = json!({"affiliate_url": format!("https://a.example/?aff={code}")});
        let (_, clicked) = post(&server, "/api/v1/track/click", None, body).await;
        server.clock.advance(1000);
        clicked["click_id"].clone()
    };
    let stolen = click(thief.code.as_str()).await;
    let tracked = (200, json!({"success": true, "message": "Lead tracked successfully"}));
    for name in ["user_1001", "user_1002", "user_1003"] {
        let lead = json!({"click_id": stolen, "customer_key": name});
        assert_eq!(post(&server, "/api/v1/track/lead", None, lead).await, tracked);
    }
    let sale = async |tx: &str, name: &str| {
        let body = json!({"transaction_id": tx, "amount_cents": 10_000, "customer_key": name});
        assert_eq!(post(&server, "/api/v1/track/sale", Some(&key), body).await.0, 200);
        server.settle().await;
    };
    // A lone claim is credited, and what it earns waits.
    sale("t1", "user_1001").await;
    let found = entries(&server).await;
    assert_eq!(found.iter().map(|line| (line.amount_minor, line.needs_approval)).collect::<Vec<_>>(), [(1000, true)]);
    // The genuine lead makes it disputed: nobody is credited, and the reversal stands beside the accrual.
    let genuine = click(honest.code.as_str()).await;
    let lead = json!({"click_id": genuine, "customer_key": "user_1001"});
    assert_eq!(post(&server, "/api/v1/track/lead", None, lead).await, tracked);
    server.settle().await;
    let (_, answer) = get_attribution(&server, "t1").await;
    assert_eq!(answer["credits"], json!([]), "{answer}");
    assert_eq!(entries(&server).await.iter().map(|line| line.amount_minor).sum::<i64>(), 0);
    // The backend's own naming ends the question, before the sale or after it.
    server.clock.advance(1000);
    let lead = json!({"click_id": genuine, "customer_key": "user_1001"});
    assert_eq!(post(&server, "/api/v1/track/lead", Some(&key), lead).await, tracked);
    server.settle().await;
    let (_, answer) = get_attribution(&server, "t1").await;
    assert_eq!(answer["credits"][0]["link_id"], json!(honest.id), "{answer}");
    let line = entries(&server).await.into_iter().next().unwrap();
    assert_eq!((line.amount_minor, line.needs_approval), (1000, false));
    let lead = json!({"click_id": genuine, "customer_key": "user_1002"});
    assert_eq!(post(&server, "/api/v1/track/lead", Some(&key), lead).await, tracked);
    sale("t2", "user_1002").await;
    let (_, answer) = get_attribution(&server, "t2").await;
    assert_eq!(answer["credits"][0]["link_id"], json!(honest.id));
    server.stop().await;
}

async fn a_refund_is_deducted_once_and_never_capped(server: TestServer) {
    let key = server.server_key.clone();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    let event = purchase(&pv_id, "2001", json!(100));
    assert_eq!(post(&server, "/api/v1/track", Some(&key), event).await.0, 200);
    server.settle().await;
    let refund = async |body: Value| post(&server, "/api/v1/track/refund", Some(&key), body).await;
    let partial = json!({"transaction_id": "2001", "refund_amount_cents": 3000, "refund_id": "r-1"});
    let first = refund(partial.clone()).await;
    assert_eq!((first.0, &first.1["status"], &first.1["deductionAmount"]), (200, &json!("refunded"), &json!(3.0)));
    assert_eq!(refund(partial).await, first, "a repeat is answered as the first was");
    let other = json!({"transaction_id": "2001", "refund_amount_cents": 3001, "refund_id": "r-1"});
    assert_eq!(refund(other).await.0, 409);
    let too_much = json!({"transaction_id": "2001", "refund_amount_cents": 7001});
    let fault = "The refund is more than the $70.00 that are left of the sale";
    assert_eq!(refund(too_much).await, (400, json!({"error": fault})));
    let by_header = server
        .http
        .post(format!("{}/api/v1/track/refund", server.url))
        .bearer_auth(&key)
        .header("content-type", "application/json")
        .header("idempotency-key", "r-2")
        .body(json!({"transaction_id": "2001", "refund_amount_cents": 1000}).to_string());
    for _ in 0..2 {
        assert_eq!(by_header.try_clone().unwrap().send().await.unwrap().status(), 200);
    }
    assert_eq!(net(&server, "2001").await, json!("60.00"));
    let rest = refund(json!({"transaction_id": "2001"})).await;
    assert_eq!((rest.0, &rest.1["status"], &rest.1["deductionAmount"]), (200, &json!("reversed"), &json!(6.0)));
    assert_eq!(refund(json!({"transaction_id": "2001"})).await.1["status"], "skipped");
    server.stop().await;
}

async fn one_sale_under_two_names_counts_once(server: TestServer) {
    install(&server).await;
    let key = server.server_key.clone();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    let now = server.flow().now().to_rfc3339();
    let numbered = |number: u64| json!({"created_at": now, "updated_at": now, "name": format!("#{number}"), "order_number": number});
    // The backend first, then the shop; and the other way round; and as an event of a customer.
    let event = purchase(&pv_id, "1001", json!(100));
    assert_eq!(post(&server, "/api/v1/track", Some(&key), event).await.0, 200);
    server.settle().await;
    deliver_and_settle(&server, "orders/create", "n1", &order(450_001, "100.00", &numbered(1001))).await;
    deliver_and_settle(&server, "orders/create", "n2", &order(450_002, "100.00", &numbered(1002))).await;
    let event = purchase(&pv_id, "#1002", json!(100));
    assert_eq!(post(&server, "/api/v1/track", Some(&key), event).await.0, 200);
    deliver_and_settle(&server, "orders/create", "n3", &order(450_003, "100.00", &numbered(1003))).await;
    let event = json!({"transaction_id": "1003", "aliases": [pv_id], "meta": {"revenue": 100}});
    report_event(&server, &key, event).await;
    server.settle().await;
    assert_eq!(server.credits().await.iter().map(|(_, minor)| minor).sum::<i64>(), 30_000, "each sale once");
    let sale = json!({"transaction_id": "1003", "amount_cents": 10_000, "customer_key": "c9"});
    assert_eq!(post(&server, "/api/v1/track/sale", Some(&key), sale).await.0, 409);
    // Both sources tell of the refund.
    let (status, told) = post(&server, "/api/v1/track/refund", Some(&key), json!({"transaction_id": "1001"})).await;
    assert_eq!((status, &told["status"]), (200, &json!("skipped")), "the shop's refunds count");
    let refund = json!({"id": 9, "order_id": 450_001, "created_at": now, "transactions":
        [{"kind": "refund", "status": "success", "amount": "40.00", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "n4", &refund.to_string()).await;
    assert_eq!(net(&server, "1001").await, json!("60.00"));
    server.stop().await;
}

async fn a_backend_corrects_a_purchase_and_a_browser_does_not(server: TestServer) {
    let key = server.server_key.clone();
    let report = async |key: &str, revenue: Value| {
        let event = purchase(OTHER_PV, "3001", revenue);
        assert_eq!(post(&server, "/api/v1/track", Some(key), event).await.0, 200);
        server.clock.advance(1000);
        server.settle().await;
    };
    report(&key, json!(100)).await;
    report(&key, json!(80)).await;
    assert_eq!(net(&server, "3001").await, json!("80.00"));
    report(&server.pixel_key, json!(9999)).await;
    assert_eq!(net(&server, "3001").await, json!("80.00"));
    for revenue in [50, 70] {
        let event = json!({"transaction_id": "3002", "meta": {"revenue": revenue}});
        report_event(&server, &key, event).await;
        server.settle().await;
    }
    assert_eq!(net(&server, "3002").await, json!("70.00"));
    server.stop().await;
}

async fn a_purchase_in_whole_seconds_follows_a_click_of_that_second(server: TestServer) {
    let key = server.server_key.clone();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    server.clock.advance(400);
    let answer = server.click(link.code.as_str()).await;
    let pv_id = answer.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    server.clock.advance(250);
    let event =
        json!({"transaction_id": "4001", "aliases": [pv_id], "created_at": NOW.0 / 1000, "meta": {"revenue": 100}});
    report_event(&server, &key, event).await;
    server.settle().await;
    assert_eq!(server.credits().await, [("click".to_owned(), 10_000)]);
    server.stop().await;
}

on_both_engines!(
    test_sales_never_take_the_place_of_live_ones
    a_browser_does_not_take_the_place_of_a_servers_purchase
    a_guessed_order_number_pays_nobody
    reports_before_the_order_do_not_crowd_out_the_honest_one
    claimed_customer_names_wait_for_a_person
    a_refund_is_deducted_once_and_never_capped
    one_sale_under_two_names_counts_once
    a_backend_corrects_a_purchase_and_a_browser_does_not
    a_purchase_in_whole_seconds_follows_a_click_of_that_second
);
