use serde_json::json;

use crate::{
    actions::get_attribution,
    customers::{customer, post, seconds, two_touches},
    test_server::{PV, TestServer, order},
};

async fn invalid_requests_report_the_fault_and_store_nothing(server: TestServer) {
    let key = &server.server_key;
    for (path, body, error) in [
        ("/identities", json!([]), "the body must be a JSON object"),
        ("/identities", json!({}), "identity is required"),
        ("/identities", json!({"identity": 1}), "identity must be an object"),
        ("/identities", json!({"identity": {"public_key": key}}), "client_id or aliases is required"),
        ("/identities", json!({"identity": {"public_key": key, "client_id": {}}}), "client_id must be a string"),
        ("/identities", json!({"identity": {"public_key": key, "aliases": ["x"]}}), "aliases must be pv_ids (UUID)"),
        ("/identities", json!({"identity": {"public_key": key, "aliases": PV}}), "aliases must be an array"),
        (
            "/identities",
            json!({"identity": {"public_key": key, "aliases": [PV], "meta": []}}),
            "meta must be an object",
        ),
        ("/events", json!({"event": {"public_key": key, "client_id": "1"}}), "event_public_key is required"),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "created_at": "soon"}}),
            "created_at must be Unix seconds",
        ),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "created_at": 9_999_999_999i64}}),
            "created_at must not be more than 5 minutes in the future",
        ),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "meta": {"revenue": -5}}}),
            "meta.revenue must not be negative",
        ),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "transaction_id": "test:1"}}),
            "transaction_id must not begin with test:",
        ),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "meta": {"revenue": 5}}}),
            "transaction_id or created_at is required with revenue: a repeat must be told apart",
        ),
    ] {
        assert_eq!(post(&server, path, &body).await, (400, json!({"error": error})), "{body}");
    }
    for body in
        [json!({"identity": {"client_id": "1"}}), json!({"identity": {"client_id": "1", "public_key": "cs_live_sk_x"}})]
    {
        assert_eq!(post(&server, "/identities", &body).await.0, 401);
    }
    server.settle().await;
    assert!(server.store.orders(&server.merchant.brand().id, store::orders::ALL_ORDERS, 10).await.unwrap().is_empty());
    assert_eq!(
        server.flow().customers().get(&server.merchant, "1", None).await.unwrap_err().to_string(),
        "customer not found"
    );
    server.stop().await;
}

async fn server_events_without_a_visitor_use_the_claimed_visitor(server: TestServer) {
    two_touches(&server).await;
    let identity = json!({"identity": {"aliases": [PV], "client_id": "u1", "public_key": server.pixel_key}});
    assert_eq!(post(&server, "/identities", &identity).await, (200, json!({"success": true})));
    let sold = |transaction: &str, name: &str| {
        json!({"event": {"client_id": "u1", "event_public_key": name, "public_key": server.server_key,
            "transaction_id": transaction, "created_at": seconds(&server), "meta": {"amount": "20.00", "currency": "EUR"}}})
    };
    // Shopify's global id and its number are the same order, also under two event names.
    for (transaction, name) in [("gid://shopify/Order/9001", "sold"), ("9001", "sold"), ("9001", "sold again")] {
        assert_eq!(post(&server, "/events", &sold(transaction, name)).await.0, 200);
    }
    server.settle().await;
    let credited: i64 = server.credits().await.iter().map(|(_, minor)| minor).sum();
    assert_eq!(credited, 2_000);
    // The backend's event proves who bought, not that the browser's claim of the name is true.
    let (_, answer) = get_attribution(&server, "9001").await;
    assert_eq!((&answer["visitors"][0]["strength"], &answer["needs_approval"]), (&json!("claimed"), &json!(true)));
    // A visit that an ad platform reports, too late to count, is of no browser: the claim stays.
    let ad = server.link("https://shop.example/ad", "").await;
    let touched_at = server.flow().now().plus_ms(60_000).to_rfc3339();
    let report = json!({"external_id": "ad-1", "order": "9001", "link": ad.code.to_string(), "touched_at": touched_at});
    let request = server.http.post(format!("{}/api/v1/conversions", server.url)).bearer_auth(&server.server_key);
    assert_eq!(request.json(&report).send().await.unwrap().status().as_u16(), 201);
    server.settle().await;
    let credited: i64 = server.credits().await.iter().map(|(_, minor)| minor).sum();
    assert_eq!(credited, 2_000, "{}", get_attribution(&server, "9001").await.1);
    let (_, seen) = customer(&server, "u1", "&show_events=1").await;
    assert_eq!(
        (&seen["summary"]["PurchaseEventType_count"], &seen["summary"]["touchpoints_count"]),
        (&json!(1), &json!(2))
    );
    // An order that Shopify reported first keeps its amount and gets the customer of the later event.
    server
        .deliver(
            "orders/create",
            "d1",
            &order(9003, "7.00", &json!({"created_at": domain::UnixMs(server.flow().now().0).to_rfc3339()})),
        )
        .await;
    server.settle().await;
    post(&server, "/events", &sold("9003", "sold")).await;
    server.settle().await;
    let credited: i64 = server.credits().await.iter().map(|(_, minor)| minor).sum();
    assert_eq!(credited, 2_700);
    server.stop().await;
}

on_both_engines!(invalid_requests_report_the_fault_and_store_nothing server_events_without_a_visitor_use_the_claimed_visitor);
