use serde_json::{Value, json};

use crate::{
    customers::{OTHER_PV, THIRD_PV, customer, post, seconds, two_touches},
    test_server::{PV, TestServer, operator, order},
};

async fn browser_identities_are_claims_and_server_identities_are_trusted(server: TestServer) {
    two_touches(&server).await;
    let named = |key: &str, client_id: &str, pv_id: &str| json!({"identity": {"aliases": [pv_id], "client_id": client_id, "public_key": key}});
    let joined = async |body: Value| post(&server, "/identities", &body).await.1["joined"].clone();
    let (pixel, backend_key) = (&server.pixel_key, &server.server_key);
    let aliases = async || {
        let (_, seen) = customer(&server, "u1", "&show_identities=1").await;
        seen["identities"][0]["aliases"].clone()
    };
    // PV twice; a second browser cannot claim u1, and u1's browser cannot claim u2. No browser learns which it was.
    for (name, visitor) in [("u1", PV), ("u1", PV), ("u1", OTHER_PV), ("u2", PV)] {
        let answer = post(&server, "/identities", &named(pixel, name, visitor)).await;
        assert_eq!(answer, (200, json!({"success": true})), "{name}");
        assert_eq!(aliases().await, json!([PV]), "{name}");
    }
    assert_eq!(customer(&server, "u2", "").await.0, 404);
    assert_eq!(
        joined(named(backend_key, "u1", OTHER_PV)).await,
        true,
        "a server key sets the verified identity, separate from the claim"
    );
    assert_eq!(aliases().await, json!([OTHER_PV]), "the verified identity takes precedence over the claim");
    assert_eq!(joined(named(backend_key, "u1", PV)).await, true);
    assert_eq!(aliases().await, json!([PV, OTHER_PV]));

    // Events other than purchases are credited too, with amount 0; informational events are not.
    let event = |key: &str, name: &str, extra: Value| {
        let mut event = json!({"aliases": [THIRD_PV], "event_public_key": name, "public_key": key, "client_id": "u3",
            "created_at": seconds(&server)});
        event.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "event": event })
    };
    post(&server, "/identities", &named(backend_key, "u3", PV)).await;
    post(&server, "/events", &event(backend_key, "signup", json!({}))).await;
    post(&server, "/events", &event(backend_key, "signup", json!({}))).await;
    post(&server, "/events", &event(backend_key, "note", json!({"is_informational": true}))).await;
    let (_, seen) = customer(&server, "u3", "&show_events=1").await;
    let events = seen["events"].as_array().unwrap().clone();
    assert_eq!(events.len(), 2, "a repeated event is stored once");
    let of = |name: &str| events.iter().find(|event| event["event_public_key"] == name).unwrap();
    assert_eq!((&of("signup")["amount"], &of("signup")["event_type_name"]), (&json!("0.0"), &json!("CustomEventType")));
    assert_eq!(of("signup")["attribution_model_outputs"][0]["weight"], 50.0);
    assert_eq!(of("note")["attribution_model_outputs"], json!([]));

    // A purchase reported by a browser is evidence; it counts as revenue only once a signed order confirms it.
    let bought = event(
        pixel,
        "bought",
        json!({"transaction_id": "9001", "aliases": [PV], "client_id": null, "meta": {"revenue": 5}}),
    );
    assert_eq!(post(&server, "/events", &bought).await.0, 200);
    server.settle().await;
    assert_eq!(server.credits().await, []);
    let body = order(9001, "49.99", &json!({"created_at": domain::UnixMs(server.flow().now().0 + 1000).to_rfc3339()}));
    server.deliver("orders/create", "d1", &body).await;
    server.settle().await;
    assert_eq!(server.credits().await, [("click".to_owned(), 2500), ("click".to_owned(), 2499)]);
    let (_, seen) = customer(&server, PV, "&show_events=1").await;
    let events = seen["events"].as_array().unwrap().clone();
    let bought = events.iter().find(|event| event["event_public_key"] == "bought").unwrap();
    assert_eq!((&bought["amount"], &bought["event_type_name"]), (&json!("49.99"), &json!("PurchaseEventType")));

    // A browser's event for a client_id it has not claimed is stored for the browser's own visitor.
    let stranger = "950e8400-e29b-41d4-a716-446655440004";
    let other = event(
        pixel,
        "foreign",
        json!({"aliases": [stranger], "client_id": "u1", "transaction_id": "9001", "meta": {"revenue": 1}}),
    );
    assert_eq!(post(&server, "/events", &other).await, (200, json!({"success": true})));
    let (_, seen) = customer(&server, "u1", "&show_events=1").await;
    let keys = |seen: &Value| {
        seen["events"].as_array().unwrap().iter().map(|event| event["event_public_key"].clone()).collect::<Vec<_>>()
    };
    assert!(!keys(&seen).contains(&json!("foreign")), "{seen:#}");
    // A client_id claimed by a browser is not the Shopify customer with the same id.
    let claimed = server.deliver("orders/create", "d2", &order(9002, "10.00", &json!({"customer": {"id": 77}}))).await;
    assert_eq!(claimed, 200);
    server.settle().await;
    let fourth = "850e8400-e29b-41d4-a716-446655440003";
    assert_eq!(post(&server, "/identities", &named(pixel, "77", fourth)).await.0, 200);
    assert_eq!(customer(&server, "77", "").await.1["summary"]["total_amount"], "10.0");
    server.stop().await;
}

async fn browser_identities_join_orders_only_if_the_brand_trusts_them(server: TestServer) {
    two_touches(&server).await;
    // The pixel's identify() sends this: `printf a@example.com | sha256sum`.
    let address = "08168cd80dfd534ab0f10af10f1303fe00af2d43ab5c1432360d137f8197e17a";
    let identity = json!({"identity": {"aliases": [PV], "client_id": "77", "public_key": server.pixel_key, "email_sha256": address}});
    assert_eq!(post(&server, "/identities", &identity).await, (200, json!({"success": true})));
    let bad = json!({"identity": {"aliases": [PV], "public_key": server.pixel_key, "email_sha256": "a@example.com"}});
    assert_eq!(post(&server, "/identities", &bad).await, (400, json!({"error": "email_sha256 must be 64 hex digits"})));
    let placed = domain::UnixMs(server.flow().now().0 + 1_000).to_rfc3339();
    let body = |id: u64| {
        order(
            id,
            "10.00",
            &json!({"created_at": placed, "updated_at": placed, "email": "a@example.com", "customer": {"id": 78}}),
        )
    };
    server.deliver("orders/create", "d1", &body(1)).await;
    server.settle().await;
    assert_eq!(server.credits().await, [], "not trusted by default");
    let merchant = server.flow().access().merchant_by_operator(operator(), &server.merchant.brand().id).await.unwrap();
    server.flow().policies().save_settings(&merchant, 30, false, true, vec![]).await.unwrap();
    server.deliver("orders/create", "d2", &body(2)).await;
    server.settle().await;
    let credited: i64 = server.credits().await.iter().map(|(_, minor)| minor).sum();
    assert_eq!(credited, 2_000, "trusted now, which includes the customer's earlier order");
    let (_, seen) = customer(&server, "78", "").await;
    assert_eq!(seen["summary"]["total_amount"], "20.0");
    server.stop().await;
}

on_both_engines!(browser_identities_are_claims_and_server_identities_are_trusted browser_identities_join_orders_only_if_the_brand_trusts_them);
