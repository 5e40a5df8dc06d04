use domain::commission::EntryKind;
use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, get_attribution, ledger, percent, rule},
    test_server::{CHROME, TestServer},
};

async fn affiliate_click_lead_sale_and_refund_endpoints_are_client_compatible(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("50")).await;
    let send = async |path: &str, key: Option<&str>, body: Value| {
        let mut request = server.http.post(format!("{}{path}", server.url)).body(body.to_string());
        request = request.header("user-agent", CHROME).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let fault = |status: u16, error: &str| (status, json!({ "error": error }));
    let key = server.server_key.clone();
    let url = format!("https://yourstore.com/?utm=1&aff={}", link.code);
    for (body, error) in [
        (json!({}), "affiliate_url is required"),
        (json!({"affiliate_url": "yourstore.com"}), "Invalid affiliate_url"),
        (json!({"affiliate_url": "https://yourstore.com/"}), "No aff parameter found in affiliate_url"),
        (json!({"affiliate_url": "https://yourstore.com/?aff=nobody22"}), "Referral link not found"),
    ] {
        assert_eq!(send("/api/v1/track/click", None, body).await, fault(400, error));
    }
    let (status, clicked) = send("/api/tracking/click", None, json!({"affiliate_url": url})).await;
    assert_eq!(
        (status, &clicked["partner_code"], &clicked["cookie_window_days"]),
        (200, &json!(link.code), &json!(30))
    );
    let click_id = clicked["click_id"].as_str().unwrap().to_owned();
    server.clock.advance(60_000);
    // A creator's partner code works too and uses the creator's latest link.
    let creator = server.flow().creators().get(&server.merchant, &ana).await.unwrap();
    let partner = creator.partner_code.unwrap().to_string();
    let url = format!("https://yourstore.com/?aff={}", partner.to_uppercase());
    let (status, clicked) = send("/api/v1/track/click", None, json!({"affiliate_url": url})).await;
    assert_eq!((status, &clicked["partner_code"]), (200, &json!(partner)));
    assert!(clicked["click_id"].as_str().unwrap().starts_with(link.code.as_str()));

    assert_eq!(
        send("/api/v1/track/lead", None, json!({"customer_key": "c1"})).await,
        fault(400, "click_id is required")
    );
    assert_eq!(send("/api/v1/track/lead", Some("nope"), json!({})).await, fault(401, "Invalid or missing API key"));
    let lead = json!({"click_id": click_id, "customer_key": "c1", "email": "c1@example.com"});
    let tracked = (200, json!({"success": true, "message": "Lead tracked successfully"}));
    assert_eq!(send("/api/v1/track/lead", None, lead.clone()).await, tracked);

    let sale = |tx: Value, amount: Value| json!({"transaction_id": tx, "amount_cents": amount, "customer_key": "c1"});
    assert_eq!(send("/api/v1/track/sale", None, sale(json!("t1"), json!(5000))).await.0, 401);
    assert_eq!(send("/api/v1/track/sale", Some(&server.pixel_key), sale(json!("t1"), json!(5000))).await.0, 401);
    let needed = fault(400, "transaction_id is required and must be a string");
    assert_eq!(send("/api/v1/track/sale", Some(&key), sale(json!(7), json!(5000))).await, needed);
    for amount in [json!(0), json!(-5), json!(1.5), json!("50"), Value::Null] {
        let needed = fault(400, "amount_cents is required and must be a positive integer");
        assert_eq!(send("/api/v1/track/sale", Some(&key), sale(json!("t1"), amount)).await, needed);
    }
    let unknown_customer = json!({"transaction_id": "t9", "amount_cents": 1, "customer_key": "unknown"});
    assert_eq!(
        send("/api/v1/track/sale", Some(&key), unknown_customer).await,
        fault(400, "No tracked customer found for customer_key")
    );
    let (status, sold) = send("/api/v1/track/sale", Some(&key), sale(json!("t1"), json!(5000))).await;
    let message = "Sale tracked successfully";
    assert_eq!((status, sold), (200, json!({"success": true, "sale_id": 1, "commission_id": 1, "message": message})));
    let repeat = fault(409, "A sale with this transaction_id already exists");
    assert_eq!(send("/api/tracking/sale", Some(&key), sale(json!("t1"), json!(9999))).await, repeat);
    server.settle().await;
    assert_eq!(server.credits().await, [("click".to_owned(), 5000)]);
    assert_eq!(ledger(&server).await, [(EntryKind::Accrual, 2500)]);

    let refund =
        |amount: Value| json!({"transaction_id": "t1", "refund_amount_cents": amount, "refund_reason": "late"});
    let refunded = |status: &str, deduction: f64| {
        (200, json!({"success": true, "status": status, "deductionAmount": deduction, "commission_id": 1}))
    };
    assert_eq!(
        send("/api/v1/track/refund", Some(&key), json!({"transaction_id": "t9"})).await,
        fault(404, "Sale not found")
    );
    assert_eq!(send("/api/v1/track/refund", Some(&key), refund(json!(1000))).await, refunded("refunded", 5.0));
    assert_eq!(send("/api/v1/track/refund", Some(&key), refund(json!(333))).await.1["deductionAmount"], json!(1.66));
    assert_eq!(send("/api/v1/track/refund", Some(&key), refund(json!(0))).await, refunded("reversed", 18.34));
    assert_eq!(send("/api/v1/track/refund", Some(&key), refund(Value::Null)).await.1["status"], "skipped");
    server.settle().await;
    assert_eq!(ledger(&server).await.iter().map(|line| line.1).sum::<i64>(), 0);
    assert_eq!(server.credits().await, [("click".to_owned(), 0)]);

    // A customer whom two visitors claim is credited to neither: a person decides.
    let (_, other) = creator_with_link(&server, "Bea", "").await;
    let url = format!("https://yourstore.com/?aff={}", other.code);
    let (_, clicked) = send("/api/v1/track/click", None, json!({"affiliate_url": url})).await;
    let conflicting_lead = json!({"click_id": clicked["click_id"], "customer_key": "c1"});
    send("/api/v1/track/lead", None, conflicting_lead).await;
    send("/api/v1/track/sale", Some(&key), sale(json!("t2"), json!(700))).await;
    server.settle().await;
    let (_, explained) = get_attribution(&server, "t2").await;
    assert_eq!(explained["credits"], json!([]));

    // A browser's claim stays unverified: c3's own earlier click, reported by the backend, is credited.
    send("/api/v1/track/lead", None, json!({"click_id": clicked["click_id"], "customer_key": "c3"})).await;
    send("/api/v1/track/lead", Some(&key), json!({"click_id": click_id, "customer_key": "c3"})).await;
    let third = json!({"transaction_id": "t3", "amount_cents": 900, "customer_key": "c3"});
    assert_eq!(send("/api/v1/track/sale", Some(&key), third).await.0, 200);
    server.settle().await;
    let (_, third) = crate::actions::get_attribution(&server, "t3").await;
    assert_eq!(third["credits"][0]["link_id"], json!(link.id));

    // Test mode changes no credits and no ledger entries.
    let before = (server.credits().await, ledger(&server).await);
    let test = json!({"transaction_id": "t1", "amount_cents": 1, "click_id": click_id, "additional_data": {"test_mode": true}});
    let (status, answer) = send("/api/v1/track/sale", Some(&key), test).await;
    assert_eq!((status, &answer["commission_id"], &answer["data"]["is_test"]), (200, &Value::Null, &json!(true)));
    let test = json!({"affiliate_url": url, "additional_data": {"test_mode": true}});
    let (_, clicked) = send("/api/v1/track/click", None, test).await;
    let lead = json!({"click_id": clicked["click_id"], "additional_data": {"test_mode": true}});
    assert_eq!(send("/api/v1/track/lead", None, lead).await.1["data"]["is_test"], true);
    server.settle().await;
    assert_eq!((server.credits().await, ledger(&server).await), before);
    server.stop().await;
}

on_both_engines!(affiliate_click_lead_sale_and_refund_endpoints_are_client_compatible);
