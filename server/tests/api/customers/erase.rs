use serde_json::json;

use crate::{
    customers::{OTHER_PV, post},
    test_server::{NOW, PV, SHOP, TestServer, order},
};

async fn erased_customers_are_no_longer_found(server: TestServer) {
    let body = order(
        1001,
        "49.99",
        &json!({"customer": {"id": 77, "email": "a@example.com"}, "email": "a@example.com",
        "note_attributes": [{"name": "_cs_pv", "value": PV}]}),
    );
    server.deliver("orders/create", "d1", &body).await;
    server.settle().await;
    let identity = json!({"identity": {"aliases": [PV], "client_id": "u1", "public_key": server.server_key, "meta": {"name": "Ada"}}});
    post(&server, "/identities", &identity).await;
    let event = json!({"event": {"client_id": "u1", "event_public_key": "signup", "public_key": server.server_key}});
    post(&server, "/events", &event).await;
    for name in ["u1", "77", PV] {
        assert_eq!(server.flow().customers().get(&server.merchant, name, None).await.unwrap().events.len(), 2);
    }
    let redact =
        json!({"shop_domain": SHOP, "customer": {"id": 77, "email": "a@example.com"}, "orders_to_redact": [1001]});
    server.deliver("customers/redact", "d2", &redact.to_string()).await;
    server.settle().await;
    for name in ["u1", "77", PV] {
        assert!(server.flow().customers().get(&server.merchant, name, None).await.is_err(), "{name}");
    }
    // Without Shopify, a brand erases a customer through the API; a second call returns 404.
    let identity = json!({"identity": {"aliases": [OTHER_PV], "client_id": "u2", "public_key": server.server_key}});
    post(&server, "/identities", &identity).await;
    let erase = async || {
        let request = server.http.delete(format!("{}/api/v1/customers/u2", server.url)).bearer_auth(&server.server_key);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((erase().await, erase().await), (200, 404));
    assert!(server.flow().customers().get(&server.merchant, OTHER_PV, None).await.is_err());
    assert!(server.flow().now() >= NOW);
    server.stop().await;
}

on_both_engines!(erased_customers_are_no_longer_found);
