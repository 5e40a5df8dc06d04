//! Whoever makes a link knows the visitor id that it brings to the shop. They gain nothing by using it again.

use domain::time::{DAY_MS, HOUR_MS};
use serde_json::{Value, json};

use super::visitor_of;
use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution},
    test_server::{CHROME, PV, TestServer, order},
};

/// The shopper's browser lands on the shop and reports the id of the link.
async fn land(server: &TestServer, pv_id: &str, alias: &str) {
    let view = json!({"event_type": "page_view", "pv_id": pv_id, "pv_alias": alias});
    assert_eq!(server.track(&server.pixel_key, &view.to_string()).await.0, 200);
    server.clock.advance(1000);
}

/// Somebody clicks the link with a cookie of their choice.
async fn click_as(server: &TestServer, code: &str, pv_id: &str) {
    let click = server.http.get(format!("{}/{code}", server.url)).header("user-agent", CHROME);
    let answer = click.header("cookie", format!("_cs_pv={pv_id}")).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    server.clock.advance(1000);
}

/// An order of the visitor: the credited links with the amounts in minor units, and the number of pieces of evidence.
async fn buy(server: &TestServer, id: u64, pv_id: &str) -> (Vec<(Value, Value)>, usize) {
    let now = server.flow().now().to_rfc3339();
    let placed = json!({"created_at": now, "updated_at": now, "note_attributes": [{"name": "_cs_pv", "value": pv_id}]});
    deliver_and_settle(server, "orders/create", &format!("w{id}"), &order(id, "50.00", &placed)).await;
    let (status, answer) = get_attribution(server, &id.to_string()).await;
    assert_eq!(status, 200, "{answer}");
    let credits = answer["credits"].as_array().unwrap().iter();
    let credits = credits.map(|credit| (credit["link_id"].clone(), credit["amount"].clone())).collect();
    (credits, answer["evidence"].as_array().unwrap().len())
}

async fn clicking_with_the_id_of_ones_link_earns_nothing(server: TestServer) {
    let (_, thief) = creator_with_link(&server, "Thief", "").await;
    let (_, honest) = creator_with_link(&server, "Honest", "").await;
    let (thief_code, honest_code) = (thief.code.to_string(), honest.code.to_string());
    // Prepared two days before, so that the thief is there first; then the shopper is sent to the shop with that id.
    let known = visitor_of(&server, &thief_code).await;
    server.clock.advance(2 * DAY_MS);
    click_as(&server, &thief_code, &known).await;
    land(&server, PV, &known).await;
    let (credits, evidence) = buy(&server, 1, PV).await;
    assert_eq!(credits, [(json!(thief.id), json!("50.00"))], "the shopper did come by this link");
    assert_eq!(evidence, 1, "what was prepared is not the shopper's");
    // The shopper comes back by another creator's link, and the thief clicks for them.
    server.clock.advance(DAY_MS);
    let other = visitor_of(&server, &honest_code).await;
    land(&server, PV, &other).await;
    for _ in 0..3 {
        click_as(&server, &thief_code, &known).await;
        server.clock.advance(HOUR_MS);
    }
    let (credits, evidence) = buy(&server, 2, PV).await;
    assert_eq!(credits, [(json!(honest.id), json!("50.00"))]);
    assert_eq!(evidence, 2);
    // A click that the shopper's browser reports again counts.
    click_as(&server, &thief_code, &known).await;
    land(&server, PV, &known).await;
    assert_eq!(buy(&server, 3, PV).await.0, [(json!(thief.id), json!("50.00"))]);
    server.stop().await;
}

async fn shoppers_of_one_link_id_stay_different_customers(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let known = visitor_of(&server, link.code.as_str()).await;
    let others = ["770e8400-e29b-41d4-a716-446655440000", "880e8400-e29b-41d4-a716-446655440000"];
    for (pv_id, id) in others.into_iter().zip([1, 2]) {
        land(&server, pv_id, &known).await;
        buy(&server, id, pv_id).await;
    }
    let mut customers = Vec::new();
    for pv_id in others {
        let url = format!("{}/api/v1/customers/{pv_id}?show_all=true", server.url);
        let answer = server.http.get(url).bearer_auth(&server.server_key).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        customers.push(body["customer"]["summary"]["PurchaseEventType_count"].clone());
    }
    assert_eq!(customers, [json!(1), json!(1)]);
    server.stop().await;
}

on_both_engines!(
    clicking_with_the_id_of_ones_link_earns_nothing
    shoppers_of_one_link_id_stay_different_customers
);
