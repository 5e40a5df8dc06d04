//! Which reports are one sale, and what a person is asked to look at.

use flow::{doctor, vault::Vault};
use serde_json::{Value, json};
use server::export;

use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, install, net, post, purchase, visitor_of},
    test_server::{ENCRYPTION_KEY, TestServer, order},
};

/// Delivers a shop's order with this number.
async fn shop(server: &TestServer, number: u64, total: &str, extra: Value) {
    let now = server.flow().now().to_rfc3339();
    let mut fields =
        json!({"created_at": now, "updated_at": now, "name": format!("#{number}"), "order_number": number});
    fields.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    let delivery = format!("{number} {now}");
    deliver_and_settle(server, "orders/create", &delivery, &order(449_000 + number, total, &fields)).await;
}

/// What an order's explanation asks a person to look at.
async fn to_review(server: &TestServer, id: &str) -> Vec<String> {
    let (status, answer) = get_attribution(server, id).await;
    assert_eq!(status, 200, "{answer}");
    let sentences = answer["explanation"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned());
    sentences.filter(|line| line.starts_with("Needs review")).collect()
}

/// What the doctor says about orders.
async fn doctors(server: &TestServer) -> Vec<String> {
    let vault = Vault::parse(ENCRYPTION_KEY).unwrap();
    let findings = doctor::examine(&*server.store, &vault, server.flow().now()).await.unwrap();
    findings.into_iter().filter(|finding| finding.check == "orders").map(|finding| finding.detail).collect()
}

/// An order's columns about review in the export: the order that counts instead, and what to look at.
async fn exported(server: &TestServer, id: &str) -> (Value, Value) {
    let mut out = Vec::new();
    let (what, format) = (export::Dataset::Orders, export::Format::Json);
    export::export(server.flow(), &server.merchant, what, format, &mut out).await.unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&out).unwrap();
    let row = rows.into_iter().find(|row| row["external_id"] == id).unwrap();
    (row["same_as"].clone(), row["review"].clone())
}

async fn total_credited(server: &TestServer) -> i64 {
    server.credits().await.iter().map(|(_, minor)| minor).sum()
}

async fn another_amount_under_one_number_counts_and_is_flagged(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    assert_eq!(doctors(&server).await, ["1 brands"], "nothing to look at");
    // The backend's own number is not the shop's, whichever comes first.
    purchase(&server, &pv_id, "1001", "49").await;
    shop(&server, 1001, "310.00", json!({})).await;
    shop(&server, 1002, "310.00", json!({})).await;
    purchase(&server, &pv_id, "1002", "49").await;
    server.settle().await;
    for (number, id) in [("1001", "450001"), ("1002", "450002")] {
        assert_eq!((net(&server, number).await, net(&server, id).await), ("49.00".into(), "310.00".into()));
        let reason = format!(
            "Needs review: it may be the same sale as order {id}, and both count. If it is, refund the one that your \
             backend reported."
        );
        assert_eq!(to_review(&server, number).await, core::slice::from_ref(&reason));
        assert_eq!(to_review(&server, id).await, Vec::<String>::new());
        assert_eq!(exported(&server, number).await, (Value::Null, json!(format!("possible_repeat:{id}"))));
        let doctors = doctors(&server).await;
        assert!(doctors.len() == 2 && doctors.iter().any(|detail| detail.contains(&reason)), "{doctors:?}");
    }
    server.stop().await;
}

async fn an_edited_order_is_still_the_reported_one(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    // The report came before the edit; of the second order only the edited body arrives.
    let edited = json!({"current_total_price": "80.00", "current_subtotal_price": "80.00"});
    purchase(&server, &pv_id, "1001", "100").await;
    shop(&server, 1001, "100.00", json!({})).await;
    server.clock.advance(1000);
    shop(&server, 1001, "100.00", edited.clone()).await;
    purchase(&server, &pv_id, "1002", "100").await;
    shop(&server, 1002, "100.00", edited.clone()).await;
    // The backend reports the goods alone, or what is left after the edit.
    purchase(&server, &pv_id, "1003", "90").await;
    shop(&server, 1003, "100.00", json!({"subtotal_price": "90.00"})).await;
    purchase(&server, &pv_id, "1004", "80").await;
    shop(&server, 1004, "100.00", edited).await;
    let found = [net(&server, "1001").await, net(&server, "1002").await, net(&server, "1004").await];
    assert_eq!(found, ["80.00"; 3]);
    assert_eq!(total_credited(&server).await, 8_000 + 8_000 + 10_000 + 8_000, "each sale once");
    assert_eq!(doctors(&server).await, ["1 brands"]);
    // Once known, a report may be corrected to anything.
    purchase(&server, &pv_id, "1001", "77").await;
    server.settle().await;
    assert_eq!((total_credited(&server).await, doctors(&server).await.len()), (34_000, 1));
    server.stop().await;
}

async fn a_report_under_the_checkouts_token_is_that_sale(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    for (number, token, is_first) in [(1001, "b1946ac92492d234", true), (1002, "591785b794601e21", false)] {
        // A token proves it, whatever the amount.
        if is_first {
            purchase(&server, &pv_id, token, "61.5").await;
        }
        shop(&server, number, "100.00", json!({"checkout_token": token})).await;
        if !is_first {
            purchase(&server, &pv_id, token, "61.5").await;
            server.settle().await;
        }
        assert_eq!((net(&server, token).await, to_review(&server, token).await), ("100.00".into(), vec![]));
    }
    assert_eq!(total_credited(&server).await, 20_000, "each sale once");
    server.stop().await;
}

async fn two_reports_under_one_number_flag_each_other(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    purchase(&server, &pv_id, "#1001", "100").await;
    server.settle().await;
    let event = json!({"public_key": server.server_key, "event_public_key": "bought", "aliases": [pv_id],
        "transaction_id": "1001", "meta": {"revenue": 100}});
    assert_eq!(post(&server, "/events", None, &json!({ "event": event })).await.0, 200);
    server.settle().await;
    for (id, other) in [("%231001", "1001"), ("1001", "#1001")] {
        let found = to_review(&server, id).await;
        assert!(found.len() == 1 && found[0].contains(&format!("as order {other},")), "{found:?}");
    }
    // The shop's own order settles it.
    shop(&server, 1001, "100.00", json!({})).await;
    assert_eq!((total_credited(&server).await, doctors(&server).await), (10_000, vec!["1 brands".to_owned()]));
    assert_eq!(exported(&server, "#1001").await, (json!("450001"), json!("")));
    server.stop().await;
}

async fn a_refund_of_lines_with_an_amount_of_its_own_is_flagged(server: TestServer) {
    install(&server).await;
    let usd = |amount: &str| json!({"shop_money": {"amount": amount, "currency_code": "USD"}});
    let refund = |paid: &str, adjustments: Value| {
        json!({"current_total_price": "60.00", "current_subtotal_price": "60.00", "refunds": [{"id": 7,
            "transactions": [{"kind": "refund", "status": "success", "amount": paid, "currency": "USD"}],
            "refund_line_items": [{"line_item_id": 5, "quantity": 1, "subtotal_set": usd("40.00")}],
            "order_adjustments": adjustments}]})
    };
    let more = json!([{"kind": "refund_discrepancy", "amount_set": usd("-7.00")}]);
    shop(&server, 1001, "100.00", refund("47.00", more)).await;
    shop(&server, 1002, "100.00", refund("40.00", json!([]))).await;
    let found = to_review(&server, "450001").await;
    assert!(found.len() == 1 && found[0].contains("Compare the figures with Shopify's"), "{found:?}");
    assert_eq!(to_review(&server, "450002").await, Vec::<String>::new());
    let doctors = doctors(&server).await;
    assert!(doctors.len() == 1 && doctors[0].contains("order #1001: Needs review"), "{doctors:?}");
    server.stop().await;
}

on_both_engines!(
    another_amount_under_one_number_counts_and_is_flagged
    an_edited_order_is_still_the_reported_one
    a_report_under_the_checkouts_token_is_that_sale
    two_reports_under_one_number_flag_each_other
    a_refund_of_lines_with_an_amount_of_its_own_is_flagged
);
