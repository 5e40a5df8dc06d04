//! Test and live never meet: refunds, landings and aliases of tests do nothing to live orders.

use domain::api_key::KeyKind;
use serde_json::{Value, json};

use super::{net, post, purchase, tracked_click};
use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, install},
    test_server::{PV, TestServer, order},
};

async fn a_refund_id_of_a_test_is_free_for_the_live_refund(server: TestServer) {
    let key = server.server_key.clone();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let click = tracked_click(&server, link.code.as_str()).await;
    let test = json!({"test_mode": true});
    for additional_data in [&test, &json!({})] {
        let sale = json!({"transaction_id": "t1", "amount_cents": 10_000, "click_id": click, "additional_data": additional_data});
        assert_eq!(post(&server, "/api/v1/track/sale", Some(&key), sale).await.0, 200);
    }
    let refund = |cents: u64, additional_data: &Value| {
        let body = json!({"transaction_id": "t1", "refund_amount_cents": cents, "refund_id": "r1", "additional_data": additional_data});
        let (server, key) = (&server, key.as_str());
        async move { post(server, "/api/v1/track/refund", Some(key), body).await.0 }
    };
    assert_eq!(refund(3000, &test).await, 200);
    assert_eq!(net(&server, "t1").await, json!("100.00"));
    assert_eq!(refund(4000, &json!({})).await, 200, "another refund, although a test had that id");
    server.settle().await;
    assert_eq!(net(&server, "t1").await, json!("60.00"));
    assert_eq!(refund(3000, &test).await, 200, "and the test's is still the test's");
    server.stop().await;
}

async fn a_test_event_leaves_no_landing_and_no_alias(server: TestServer) {
    install(&server).await;
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Pixel, true).await.unwrap();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let clicked = super::visitor_of(&server, link.code.as_str()).await;
    let landing = format!("https://shop.example/?cs_ref={}", link.code);
    let view = json!({"event_type": "page_view", "pv_id": PV, "pv_alias": clicked, "page_url": landing});
    assert_eq!(server.track(&test_key, &view.to_string()).await.0, 200);
    let mut rehearsal = view.clone();
    rehearsal["additional_data"] = json!({"test_mode": true});
    assert_eq!(server.track(&server.pixel_key, &rehearsal.to_string()).await.0, 200);
    assert_eq!(server.track(&test_key, &purchase(PV, "10", json!(1)).to_string()).await.0, 200);
    let now = server.flow().now().to_rfc3339();
    let placed = json!({"created_at": now, "updated_at": now, "note_attributes": [{"name": "_cs_pv", "value": PV}]});
    deliver_and_settle(&server, "orders/create", "m1", &order(10, "50.00", &placed)).await;
    let (_, answer) = get_attribution(&server, "10").await;
    assert_eq!((&answer["credits"], &answer["evidence"]), (&json!([]), &json!([])), "{answer}");
    // The live event does both.
    assert_eq!(server.track(&server.pixel_key, &view.to_string()).await.0, 200);
    let again = json!({"created_at": now, "updated_at": server.flow().now().plus_ms(1).to_rfc3339(),
        "note_attributes": [{"name": "_cs_pv", "value": PV}]});
    deliver_and_settle(&server, "orders/updated", "m2", &order(10, "51.00", &again)).await;
    let (_, answer) = get_attribution(&server, "10").await;
    assert_eq!(answer["credits"][0]["link_id"], json!(link.id), "{answer}");
    assert_eq!(answer["visitors"].as_array().unwrap().len(), 2);
    server.stop().await;
}

on_both_engines!(a_refund_id_of_a_test_is_free_for_the_live_refund a_test_event_leaves_no_landing_and_no_alias);
