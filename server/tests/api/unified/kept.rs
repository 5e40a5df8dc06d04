//! What clients keep with orders, commissions and payouts: changed, found and exported by it. Lists by status.

use std::collections::BTreeSet;

use super::*;
use crate::actions::{creator_with_link, deliver_and_settle, install, percent, rule};
use crate::test_server::order;

on_both_engines! {
    notes_about_orders_change_alone
    notes_about_a_commission_go_with_the_customer
    commissions_and_payouts_have_your_ids_and_notes
    lists_are_filtered_by_status
    lines_of_shops_have_their_quantity
}

async fn once(server: &TestServer, method: Method, path: &str, body: &Value, key: &str) -> (u16, bool, Value) {
    let answer = call_with(server, &server.server_key, method, path, body, &[("idempotency-key", key)]).await;
    let is_replay = answer.headers().contains_key("idempotent-replayed");
    let (status, body) = json_of(answer).await;
    (status, is_replay, body)
}

/// The rows of an export.
async fn exported(server: &TestServer, resource: &str) -> Vec<Value> {
    let answer = call(server, Method::GET, &format!("/exports/{resource}.jsonl"), &Value::Null).await;
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn notes_about_orders_change_alone(server: TestServer) {
    install(&server).await;
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &json!({}))).await;
    let (_, before) = get(&server, "/orders/1001").await;
    let path = format!("/orders/{}", before["id"].as_str().unwrap());
    let notes = json!({"metadata": {"picked": "yes", "shelf": "7"}});
    let first = once(&server, Method::PATCH, &path, &notes, "n1").await;
    assert_eq!((first.0, &first.2["metadata"]), (200, &notes["metadata"]), "{}", first.2);
    assert_eq!(once(&server, Method::PATCH, &path, &notes, "n1").await, (200, true, first.2.clone()));
    let (status, _, reused) = once(&server, Method::PATCH, &path, &json!({}), "n1").await;
    assert_eq!((status, &reused["code"]), (409, &json!("idempotency_key_reused")));
    // By the seller's id too; what is not named stays.
    let (status, changed) =
        send(&server, Method::PATCH, "/orders/1001", &json!({"metadata": {"shelf": null, "van": "2"}})).await;
    assert_eq!((status, &changed["metadata"]), (200, &json!({"picked": "yes", "van": "2"})));
    let mut same = changed.clone();
    same["metadata"] = before["metadata"].clone();
    assert_eq!(same, before, "nothing else changes");
    assert_eq!(get(&server, &path).await, (200, changed.clone()));
    assert_eq!(send(&server, Method::PATCH, &path, &json!({})).await, (200, changed));
    let log = server.audit_log().await;
    assert_eq!(log.iter().filter(|(_, _, action, _)| action == "order.note").count(), 2);
    for (body, fault) in [
        (json!({"external_id": "x"}), "external_id is not a known field"),
        (json!({"metadata": 7}), "metadata must be an object of strings"),
        (json!({"metadata": {"x": "y".repeat(501)}}), "metadata.x must be at most 500 characters"),
    ] {
        let (status, answer) = send(&server, Method::PATCH, &path, &body).await;
        assert_eq!((status, &answer["details"]), (400, &json!([fault])), "{body}");
    }
    let rows = exported(&server, "orders").await;
    assert_eq!(rows[0]["metadata"], json!({"picked": "yes", "van": "2"}));
    let csv = call(&server, Method::GET, "/exports/orders.csv", &Value::Null).await.text().await.unwrap();
    assert!(
        csv.lines().next().unwrap().ends_with(",metadata,line_items") && csv.contains(r#""{""picked"":""yes"""#),
        "{csv}"
    );
    // Nothing is kept with it once its customer is erased.
    deliver_and_settle(&server, "customers/redact", "r1", &redact(1001)).await;
    for body in [json!({}), json!({"metadata": {"guest": "Kim"}})] {
        let (status, erased) = send(&server, Method::PATCH, &path, &body).await;
        assert_eq!((status, &erased["metadata"]), (200, &json!({})), "{erased}");
    }
    assert_eq!(get(&server, &path).await.1["metadata"], json!({}));
    server.stop().await;
}

async fn notes_about_a_commission_go_with_the_customer(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let sale = json!({"external_id": "till-1", "currency": "USD", "total_minor": 5_000, "cs_ref": link.code.to_string(),
        "customer": {"customer_key": "kim"}});
    assert_eq!(send(&server, Method::POST, "/orders", &sale).await.0, 201);
    server.settle().await;
    let (_, list) = get(&server, "/commissions").await;
    let path = format!("/commissions/{}", list["data"][0]["id"].as_str().unwrap());
    let noted = json!({"external_id": "book-1", "metadata": {"bought by": "Kim"}});
    assert_eq!(send(&server, Method::PATCH, &path, &noted).await.1["metadata"], noted["metadata"]);
    assert_eq!(send(&server, Method::DELETE, "/customers/kim", &Value::Null).await.0, 200);
    let with_amount = json!({"amount_minor": 450, "reason": "agreed", "metadata": {"bought by": "Kim"}});
    for body in [json!({}), noted, with_amount] {
        let (status, erased) = send(&server, Method::PATCH, &path, &body).await;
        assert_eq!((status, &erased["external_id"], &erased["metadata"]), (200, &Value::Null, &json!({})), "{erased}");
    }
    let (_, edited) = get(&server, &path).await;
    assert_eq!((&edited["amount_minor"], &edited["metadata"]), (&json!(450), &json!({})), "the amount still changes");
    server.stop().await;
}

/// Shopify's request to erase the customer of an order.
fn redact(order: u64) -> String {
    json!({"shop_domain": crate::test_server::SHOP, "customer": {"id": 9}, "orders_to_redact": [order]}).to_string()
}

async fn commissions_and_payouts_have_your_ids_and_notes(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    for (name, total) in [("POS-1", 5_000), ("POS-2", 3_000)] {
        let body =
            json!({"external_id": name, "currency": "USD", "total_minor": total, "cs_ref": link.code.to_string()});
        assert_eq!(send(&server, Method::POST, "/orders", &body).await.0, 201);
    }
    server.settle().await;
    server.clock.advance(1_000);
    let (_, list) = get(&server, "/commissions").await;
    let [second, first] = &list["data"].as_array().unwrap()[..] else { panic!("{list}") };
    assert_eq!((&first["external_id"], &first["metadata"]), (&Value::Null, &json!({})));
    let path = format!("/commissions/{}", first["id"].as_str().unwrap());
    let kept = json!({"external_id": "book-1", "metadata": {"cost centre": "7"}});
    let noted = once(&server, Method::PATCH, &path, &kept, "c1").await;
    let mut expected = first.clone();
    (expected["external_id"], expected["metadata"]) = (kept["external_id"].clone(), kept["metadata"].clone());
    assert_eq!(noted, (200, false, expected.clone()), "no entry, no other change");
    assert_eq!(once(&server, Method::PATCH, &path, &kept, "c1").await, (200, true, expected));
    // With the amount, in one request.
    let both = json!({"amount_minor": 450, "reason": "agreed", "metadata": {"cost centre": null, "call": "May 2"}});
    let (status, edited) = send(&server, Method::PATCH, &path, &both).await;
    assert_eq!(
        (status, &edited["amount_minor"], &edited["external_id"], &edited["metadata"]),
        (200, &json!(450), &json!("book-1"), &json!({"call": "May 2"}))
    );
    assert_eq!(get(&server, &path).await.1, edited);
    let other = format!("/commissions/{}", second["id"].as_str().unwrap());
    let (status, taken) =
        send(&server, Method::PATCH, &other, &json!({"amount_minor": 1, "reason": "x", "external_id": "book-1"})).await;
    assert_eq!((status, &taken["code"]), (409, &json!("already_exists")), "{taken}");
    assert_eq!(get(&server, &other).await.1, *second, "the amount neither");
    for (body, fault) in [
        (json!({"amount_minor": 1}), "reason is required"),
        (json!({"reason": "x"}), "amount_minor is required"),
        (json!({"external_id": " "}), "external_id must be 1 to 255 characters"),
    ] {
        let (status, answer) = send(&server, Method::PATCH, &other, &body).await;
        assert_eq!((status, &answer["details"]), (400, &json!([fault])), "{body}");
    }
    assert_eq!(ids(&get(&server, "/commissions?external_id=book-1").await.1), [first["id"].as_str().unwrap()]);
    assert_eq!(ids(&get(&server, "/commissions?external_id=book").await.1), Vec::<String>::new());

    server.clock.advance(31 * domain::time::DAY_MS);
    let new = json!({"currency": "USD", "external_id": "run-7", "metadata": {"bank": "A"}});
    let (status, payout) = send(&server, Method::POST, "/payouts", &new).await;
    assert_eq!((status, &payout["external_id"], &payout["metadata"]), (201, &json!("run-7"), &json!({"bank": "A"})));
    let path = format!("/payouts/{}", payout["id"].as_str().unwrap());
    assert_eq!(get(&server, &path).await, (200, payout.clone()));
    server.flow().commissions().adjust(&server.merchant, &ana, "5.00", "USD", "bonus", "k1").await.unwrap();
    let (status, twice) = send(&server, Method::POST, "/payouts", &new).await;
    assert_eq!((status, &twice["code"]), (409, &json!("already_exists")), "that run is paid out: {twice}");
    assert_eq!(get(&server, "/payouts").await.1["data"].as_array().unwrap().len(), 1);
    let change = json!({"external_id": "run-8", "metadata": {"bank": null}});
    let (status, changed) = send(&server, Method::PATCH, &path, &change).await;
    assert_eq!((status, &changed["external_id"], &changed["metadata"]), (200, &json!("run-8"), &json!({})));
    assert_eq!(ids(&get(&server, "/payouts?external_id=run-8").await.1), ids(&json!({"data": [payout]})));
    assert_eq!(ids(&get(&server, "/payouts?external_id=run-7").await.1), Vec::<String>::new());
    assert_eq!(send(&server, Method::PATCH, &path, &json!({"status": "paid"})).await.0, 400);
    let (_, paid) = send(&server, Method::POST, &format!("{path}/mark_paid"), &json!({"reference": "w"})).await;
    assert_eq!((&paid["status"], &paid["external_id"]), (&json!("paid"), &json!("run-8")));
    assert_eq!(exported(&server, "payouts").await, [paid]);
    let rows = exported(&server, "commissions").await;
    assert_eq!(rows.iter().filter(|row| row["external_id"] == "book-1").count(), 1);
    server.stop().await;
}

async fn lists_are_filtered_by_status(server: TestServer) {
    for (handle, status) in [("ana", "active"), ("bo", "paused"), ("cy", "invited")] {
        let body = json!({"name": handle, "handle": handle, "status": status, "tags": ["\"status\":\"paused\""]});
        let (_, creator) = send(&server, Method::POST, "/creators", &body).await;
        let status = if status == "paused" { "ended" } else { status };
        let body = json!({"creator": creator["id"], "status": status});
        assert_eq!(send(&server, Method::POST, "/collabs", &body).await.0, 201);
    }
    server.flow().creators().create(&server.merchant, "Dee", "dee", "").await.unwrap();
    let handles = async |query: &str| {
        let (status, list) = get(&server, &format!("/creators?{query}")).await;
        assert_eq!(status, 200, "{list}");
        let creators = list["data"].as_array().unwrap().clone();
        creators.iter().map(|creator| creator["handle"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let of = |handles: &[&str]| handles.iter().map(|handle| (*handle).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(handles("status=active").await, of(&["ana", "dee"]));
    assert_eq!(handles("status=paused").await, of(&["bo"]));
    assert_eq!(handles("status=invited&limit=1").await, of(&["cy"]));
    for status in ["active", "ended", "invited"] {
        let (_, list) = get(&server, &format!("/collabs?status={status}")).await;
        let found = list["data"].as_array().unwrap();
        assert_eq!((found.len(), &found[0]["status"]), (1, &json!(status)));
    }
    for (path, fault) in [
        ("/creators?status=ended", "status must be one of invited, active, paused"),
        ("/collabs?status=paused", "status must be one of invited, active, ended"),
    ] {
        let (status, answer) = get(&server, path).await;
        assert_eq!((status, &answer["details"]), (400, &json!([fault])));
    }
    server.stop().await;
}

async fn lines_of_shops_have_their_quantity(server: TestServer) {
    install(&server).await;
    let line = |current: u32| {
        json!({"line_items": [{"id": 5, "product_id": 6, "quantity": 3, "current_quantity": current,
            "price_set": {"shop_money": {"amount": "20.00", "currency_code": "USD"}}}]})
    };
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &line(3))).await;
    let lines = async || get(&server, "/orders/1001").await.1["line_items"].clone();
    let shown = |net_minor: i64| json!([{"id": "5", "product": "6", "quantity": 3, "net_minor": net_minor, "is_gift_card": false}]);
    assert_eq!(lines().await, shown(6_000));
    let mut edited = line(2);
    edited["updated_at"] = json!("2027-01-15T08:00:20Z");
    edited["current_total_price"] = json!("40.00");
    deliver_and_settle(&server, "orders/updated", "d2", &order(1001, "60.00", &edited)).await;
    assert_eq!(lines().await, shown(4_000), "as many were bought as before");
    server.stop().await;
}
