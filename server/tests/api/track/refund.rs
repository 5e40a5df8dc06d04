use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, install, net, percent, post, purchase, rule, visitor_of},
    test_server::{TestServer, order},
};

async fn refund(server: &TestServer, body: Value) -> (u16, Value) {
    post(server, "/api/v1/track/refund", Some(&server.server_key), &body).await
}

fn refunded(status: &str, deduction: f64, commission_id: i64) -> (u16, Value) {
    let answer =
        json!({"success": true, "status": status, "deductionAmount": deduction, "commission_id": commission_id});
    (200, answer)
}

async fn a_refund_right_after_its_purchase_takes_back_what_the_purchase_earned(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    purchase(&server, &pv_id, "5001", "100").await;
    // No job has run: the purchase is neither an order nor settled.
    let partial = json!({"transaction_id": "5001", "refund_amount_cents": 3000, "refund_id": "r1"});
    assert_eq!(refund(&server, partial.clone()).await, refunded("refunded", 3.0, 1));
    assert_eq!(refund(&server, partial.clone()).await, refunded("refunded", 3.0, 1), "a repeat");
    server.settle().await;
    assert_eq!(refund(&server, partial).await, refunded("refunded", 3.0, 1), "a repeat after the jobs");
    assert_eq!(net(&server, "5001").await, "70.00");
    assert_eq!(refund(&server, json!({"transaction_id": "5001"})).await, refunded("reversed", 7.0, 1));
    assert_eq!(refund(&server, json!({"transaction_id": "5002"})).await, (404, json!({"error": "Sale not found"})));
    // What is known as a sale from now on stays that one sale.
    let sale = json!({"transaction_id": "5001", "amount_cents": 1, "customer_key": "c1"});
    let lead = json!({"customer_key": "c1"});
    assert_eq!(post(&server, "/api/v1/track/lead", Some(&server.server_key), &lead).await.0, 200);
    assert_eq!(post(&server, "/api/v1/track/sale", Some(&server.server_key), &sale).await.0, 409);
    server.stop().await;
}

async fn a_repeat_after_a_crash_is_answered_with_what_the_refund_took(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    purchase(&server, &pv_id, "5101", "100").await;
    let partial = json!({"transaction_id": "5101", "refund_amount_cents": 3000, "refund_id": "r1"});
    let rest = json!({"transaction_id": "5101", "refund_id": "r2"});
    let brand = &server.merchant.brand().id;
    // As it is stored when the server is killed between the refund and its answer.
    let kill = async |id: &str, earned: i64, net: i64| {
        let begun = json!({"has_earned": true, "earned_minor": earned, "net_minor": net}).to_string();
        server.store.put_refund_answer(brand, "5101", id, &begun).await.unwrap();
    };
    for (body, id, earned, net, answer) in [
        (&partial, "r1", 1000, 10_000, refunded("refunded", 3.0, 1)),
        (&rest, "r2", 700, 7_000, refunded("reversed", 7.0, 1)),
    ] {
        assert_eq!(refund(&server, body.clone()).await, answer);
        kill(id, earned, net).await;
        for _ in 0..2 {
            assert_eq!(refund(&server, body.clone()).await, answer);
        }
        server.clock.advance(1000);
    }
    // Repeated after the other: each took what it took, not both.
    kill("r1", 1000, 10_000).await;
    assert_eq!(refund(&server, partial.clone()).await, refunded("refunded", 3.0, 1));
    assert_eq!(net(&server, "5101").await, "0.00");
    server.stop().await;
}

async fn a_customers_purchase_is_refunded_under_its_id_or_number(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    let event = json!({"public_key": server.server_key, "event_public_key": "bought", "aliases": [pv_id],
        "transaction_id": "6001", "meta": {"revenue": 100}});
    assert_eq!(post(&server, "/events", None, &json!({ "event": event })).await.0, 200);
    let by_number = json!({"transaction_id": "#6001", "refund_amount_cents": 4000});
    assert_eq!(refund(&server, by_number).await, refunded("refunded", 4.0, 1));
    assert_eq!(refund(&server, json!({"transaction_id": "6001"})).await, refunded("reversed", 6.0, 1));
    assert_eq!(net(&server, "6001").await, "0.00");
    server.stop().await;
}

async fn an_amount_of_a_sale_that_is_refunded_wholly_is_refused(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    purchase(&server, &pv_id, "7001", "100").await;
    let all = json!({"transaction_id": "7001", "refund_id": "all"});
    assert_eq!(refund(&server, all.clone()).await.1["status"], "no_commission", "no rule pays");
    let more = json!({"transaction_id": "7001", "refund_amount_cents": 3000, "refund_id": "more"});
    let fault = json!({"error": "The refund is more than the $0.00 that are left of the sale"});
    assert_eq!(refund(&server, more).await, (400, fault));
    assert_eq!(refund(&server, json!({"transaction_id": "7001"})).await.1["status"], "skipped", "all that is left");
    assert_eq!(refund(&server, all).await.1["status"], "no_commission", "a repeat");
    server.stop().await;
}

async fn a_refund_told_by_the_backend_and_then_by_the_shop_deducts_once(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    purchase(&server, &pv_id, "1001", "100").await;
    let partial = json!({"transaction_id": "1001", "refund_amount_cents": 4000, "refund_id": "r1"});
    assert_eq!(refund(&server, partial.clone()).await, refunded("refunded", 4.0, 1));
    let now = server.flow().now().to_rfc3339();
    let numbered = json!({"created_at": now, "updated_at": now, "name": "#1001", "order_number": 1001});
    deliver_and_settle(&server, "orders/create", "w1", &order(450_001, "100.00", &numbered)).await;
    let told = json!({"id": 9, "order_id": 450_001, "created_at": now, "transactions":
        [{"kind": "refund", "status": "success", "amount": "40.00", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "w2", &told.to_string()).await;
    assert_eq!(net(&server, "1001").await, "60.00");
    assert_eq!(server.credits().await.iter().map(|(_, minor)| minor).sum::<i64>(), 6_000);
    let earned: i64 = crate::actions::ledger(&server).await.iter().map(|(_, minor)| minor).sum();
    assert_eq!(earned, 600);
    assert_eq!(refund(&server, partial).await.1["status"], "skipped", "from now on the shop's refunds count");
    server.stop().await;
}

on_both_engines!(
    a_refund_right_after_its_purchase_takes_back_what_the_purchase_earned
    a_repeat_after_a_crash_is_answered_with_what_the_refund_took
    a_customers_purchase_is_refunded_under_its_id_or_number
    an_amount_of_a_sale_that_is_refunded_wholly_is_refused
    a_refund_told_by_the_backend_and_then_by_the_shop_deducts_once
);
