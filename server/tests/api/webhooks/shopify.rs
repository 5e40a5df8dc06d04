use serde_json::json;

use crate::{
    actions::install,
    test_server::{SECRET, SHOP, TestServer, order},
};

async fn orders_are_credited_by_each_kind_of_evidence(server: TestServer) {
    install(&server).await;
    let link = server.link("https://shop.example/", "ANA20").await;
    let answer = server.click(link.code.as_str()).await;
    let pv_id = answer.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    let attribute = |name: &str, value: &str| json!({"note_attributes": [{"name": name, "value": value}]});

    assert_eq!(server.deliver("orders/create", "w1", &order(1, "49.99", &attribute("_cs_pv", &pv_id))).await, 200);
    assert_eq!(
        server.deliver("orders/create", "w2", &order(2, "10.00", &attribute("_cs_ref", link.code.as_str()))).await,
        200
    );
    assert_eq!(
        server
            .deliver(
                "orders/create",
                "w3",
                &order(3, "20.00", &json!({"landing_site": format!("/?cs_ref={}", link.code)}))
            )
            .await,
        200
    );
    assert_eq!(
        server
            .deliver("orders/create", "w4", &order(4, "30.00", &json!({"discount_codes": [{"code": "ana20"}]})))
            .await,
        200
    );
    assert_eq!(server.deliver("orders/create", "w5", &order(5, "40.00", &json!({}))).await, 200);
    // The storefront visitor id differs from the click's: the pixel reports the click's id as alias, and the cart
    // carries the storefront's.
    let storefront_pv = "770e8400-e29b-41d4-a716-446655440000";
    let landed = json!({"event_type": "page_view", "pv_id": storefront_pv, "pv_alias": pv_id}).to_string();
    assert_eq!(server.track(&server.pixel_key, &landed).await.0, 200);
    assert_eq!(
        server.deliver("orders/create", "w6", &order(6, "50.00", &attribute("_cs_pv", storefront_pv))).await,
        200
    );
    // No cart attribute: the pixel's purchase event joins visitor and order, whichever arrives first.
    let report = json!({"event_type": "purchase", "pv_id": pv_id, "order_id": "7", "revenue": 999_999}).to_string();
    assert_eq!(server.track(&server.pixel_key, &report).await.0, 200);
    server.settle().await;
    assert_eq!(server.deliver("orders/create", "w7", &order(7, "60.00", &json!({}))).await, 200);
    server.settle().await;
    let credits: Vec<(String, i64)> = server.credits().await;
    let mut credits: Vec<_> = credits.iter().map(|(kind, minor)| (*minor, kind.as_str())).collect();
    credits.sort_unstable();
    assert_eq!(
        credits,
        [(1000, "cart"), (2000, "landing"), (3000, "promo"), (4999, "click"), (5000, "click"), (6000, "click")]
    );
    server.stop().await;
}

async fn repeated_reordered_and_forged_webhooks_do_not_change_the_result(server: TestServer) {
    install(&server).await;
    let link = server.link("https://shop.example/", "").await;
    let by_cart = json!({"note_attributes": [{"name": "_cs_ref", "value": link.code.as_str()}]});
    let created = order(1, "49.99", &by_cart);
    let mut updated = by_cart.clone();
    updated["updated_at"] = json!("2027-01-15T09:00:00Z");
    let refund = json!({"id": 9, "order_id": 1, "created_at": "2027-01-15T09:00:00Z", "transactions": [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "USD"}]}).to_string();
    // The refund arrives first, the update before the creation; most repeat, some under another delivery id.
    for (topic, id, body) in [
        ("refunds/create", "r", &refund),
        ("orders/updated", "u", &order(1, "59.99", &updated)),
        ("orders/create", "c", &created),
        ("refunds/create", "r", &refund),
        ("orders/create", "c", &created),
        ("orders/create", "c2", &created),
        ("refunds/create", "r2", &refund),
    ] {
        assert_eq!(server.deliver(topic, id, body).await, 200);
        server.settle().await;
    }
    assert_eq!(server.credits().await, [("cart".to_owned(), 4999)]);

    let signature = shopify::signature::sign_body("wrong", created.as_bytes());
    assert_eq!(server.deliver_signed("orders/create", "f", &created, &signature).await, 401);
    assert_eq!(server.deliver_signed("orders/create", "f", &created, "").await, 401);
    let tampered = created.replace("49.99", "99999.99");
    let signature = shopify::signature::sign_body(SECRET, created.as_bytes());
    assert_eq!(server.deliver_signed("orders/create", "f", &tampered, &signature).await, 401);
    // Signed bodies that cannot be used are accepted and change nothing.
    for (id, topic, body) in [("x1", "orders/create", "{}"), ("x4", "unknown/topic", "{}")] {
        assert_eq!(server.deliver(topic, id, body).await, 200);
    }
    // Query strings and session tokens are signed with the same secret, but are not accepted as webhooks.
    for body in ["null", "[]", "shop=vector-shop.myshopify.com&timestamp=1800000000", "e30.e30"] {
        assert_eq!(server.deliver("app/uninstalled", "y", body).await, 400, "{body}");
    }
    let foreign = json!({"myshopify_domain": "other.myshopify.com"}).to_string();
    assert_eq!(server.deliver("app/uninstalled", "z", &foreign).await, 200);
    server.settle().await;
    let shop = domain::shop::ShopDomain::parse(SHOP).unwrap();
    let stored = server.store.shop(&shop).await.unwrap().unwrap();
    assert_eq!(stored.uninstalled_at, None, "a body that names another shop does not uninstall this one");
    server.settle().await;
    assert_eq!(server.credits().await, [("cart".to_owned(), 4999)]);
    let metrics = server.http.get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("webhooks_total{outcome=\"forged\"}"), "{metrics}");
    server.stop().await;
}

on_both_engines!(orders_are_credited_by_each_kind_of_evidence repeated_reordered_and_forged_webhooks_do_not_change_the_result);
