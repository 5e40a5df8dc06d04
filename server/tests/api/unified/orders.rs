//! What clients keep with orders and refunds, and erasing through the API.

use super::*;

on_both_engines! {
    orders_have_notes_and_lines_and_refunds_their_reasons
    a_test_key_erases_creators_of_the_sandbox
}

async fn orders_have_notes_and_lines_and_refunds_their_reasons(server: TestServer) {
    let order = json!({
        "external_id": "till-1", "currency": "USD", "total_minor": 3_000, "customer": {"customer_key": "kim"},
        "metadata": {"till": "3", "guest": "Kim"},
        "line_items": [{"id": "a", "product": "mug", "quantity": 2, "net_minor": 3_000}],
    });
    let (status, made) = send(&server, Method::POST, "/orders", &order).await;
    assert_eq!((status, &made["metadata"]), (201, &json!({"till": "3", "guest": "Kim"})), "{made}");
    let line = json!({"id": "a", "product": "mug", "quantity": 2, "net_minor": 3_000, "is_gift_card": false});
    assert_eq!(made["line_items"], json!([line]));
    let path = format!("/orders/{}", made["id"].as_str().unwrap());
    // A repeat with other notes changes these and nothing else.
    let noted = json!({"external_id": "till-1", "currency": "USD", "total_minor": 3_000, "customer": {"customer_key": "kim"},
        "line_items": order["line_items"], "metadata": {"till": null, "hall": "2"}});
    let (status, again) = send(&server, Method::POST, "/orders", &noted).await;
    assert_eq!((status, &again["metadata"]), (200, &json!({"guest": "Kim", "hall": "2"})), "{again}");
    assert_eq!(get(&server, &path).await.1["metadata"], again["metadata"]);
    assert_eq!(get(&server, "/orders?external_id=till-1").await.1["data"][0]["metadata"], again["metadata"]);
    let long =
        json!({"external_id": "till-1", "currency": "USD", "total_minor": 3_000, "metadata": {"x": "y".repeat(501)}});
    let (status, wrong) = send(&server, Method::POST, "/orders", &long).await;
    assert_eq!((status, &wrong["details"]), (400, &json!(["metadata.x must be at most 500 characters"])));
    // Refunds say why, from the first report on.
    let refund = json!({"external_id": "r-1", "amount_minor": 1_000, "reason": "too small"});
    let (status, refunded) = send(&server, Method::POST, &format!("{path}/refunds"), &refund).await;
    assert_eq!((status, &refunded["reason"]), (201, &json!("too small")), "{refunded}");
    let other = json!({"external_id": "r-1", "amount_minor": 1_000, "reason": "changed my mind"});
    assert_eq!(send(&server, Method::POST, &format!("{path}/refunds"), &other).await, (200, refunded.clone()));
    let (_, list) = get(&server, &format!("{path}/refunds")).await;
    assert_eq!((&list["data"], &list["has_more"]), (&json!([refunded]), &json!(false)));
    let (status, _) = get(&server, "/orders/ord_01hf7yat00fzzvzzzzzzzzzzzz/refunds").await;
    assert_eq!(status, 404);
    // Both may name the customer, and go with them.
    server.settle().await;
    assert_eq!(send(&server, Method::DELETE, "/customers/kim", &Value::Null).await.0, 200);
    assert_eq!(get(&server, &path).await.1["metadata"], json!({}));
    assert_eq!(get(&server, &format!("{path}/refunds")).await.1["data"][0]["reason"], Value::Null);
    let late = json!({"external_id": "r-2", "amount_minor": 500, "reason": "Kim moved away"});
    let (status, refunded) = send(&server, Method::POST, &format!("{path}/refunds"), &late).await;
    assert_eq!((status, &refunded["reason"]), (201, &Value::Null), "{refunded}");
    server.stop().await;
}

async fn a_test_key_erases_creators_of_the_sandbox(server: TestServer) {
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let live = creator(&server, "ana").await;
    let body = json!({"name": "Ana Quill", "handle": "ana"});
    let made = call_with(&server, &test_key, Method::POST, "/creators", &body, &[]).await;
    let test = json_of(made).await.1;
    let path = |creator: &Value| format!("/creators/{}/erase", creator["id"].as_str().unwrap());
    let erase = async |key: &str, creator: &Value| {
        json_of(call_with(&server, key, Method::POST, &path(creator), &Value::Null, &[]).await).await
    };
    assert_eq!(erase(&test_key, &live).await.0, 404, "a live creator is none here");
    assert_eq!(erase(&server.server_key, &test).await.0, 404);
    for _ in 0..2 {
        let (status, erased) = erase(&test_key, &test).await;
        let expected = json!({"id": test["id"], "object": "creator", "erased": true, "livemode": false});
        assert_eq!((status, erased), (200, expected));
    }
    let list = call_with(&server, &test_key, Method::GET, "/creators", &Value::Null, &[]).await;
    assert_eq!(json_of(list).await.1["data"], json!([]));
    assert_eq!(ids(&get(&server, "/creators").await.1), [live["id"].as_str().unwrap()]);
    let scopes = json!({"scopes": ["creators:read"]});
    let (_, few) = send(&server, Method::POST, "/keys", &scopes).await;
    assert_eq!(erase(few["key"].as_str().unwrap(), &live).await.0, 403);
    server.stop().await;
}
