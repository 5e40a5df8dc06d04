//! Whoever makes a link knows the visitor id that it brings to the shop. They gain nothing by using it again.

use domain::time::{DAY_MS, HOUR_MS};
use serde_json::{Value, json};

use super::visitor_of;
use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution},
    self_referral::{sign_in, verdict},
    test_server::{CHROME, PV, TestServer, order},
};

/// The shopper's browser lands on the shop and reports the id of the link.
async fn land(server: &TestServer, pv_id: &str, alias: &str, code: &str) {
    let mut view = json!({"event_type": "page_view", "pv_id": pv_id, "pv_alias": alias});
    if !code.is_empty() {
        view["page_url"] = json!(format!("https://shop.example/?cs_ref={code}"));
    }
    assert_eq!(server.track(&server.pixel_key, &view.to_string()).await.0, 200);
    server.clock.advance(1000);
}

/// A click on the link by somebody who sets the cookie `_cs_pv` by hand.
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
    let all = |link: &domain::link::Link| vec![(json!(link.id), json!("50.00"))];
    // Prepared: many clicks with an id, long before and just before the shopper is sent to the shop with it.
    let known = visitor_of(&server, &thief_code).await;
    server.clock.advance(2 * DAY_MS);
    for _ in 0..5 {
        click_as(&server, &thief_code, &known).await;
    }
    land(&server, PV, &known, &thief_code).await;
    let (credits, evidence) = buy(&server, 1, PV).await;
    assert_eq!((credits, evidence), (all(&thief), 1), "the shopper did come by this link, once");
    // The shopper comes back by another creator's link, and the thief clicks for them, before and after the order.
    server.clock.advance(DAY_MS);
    let other = visitor_of(&server, &honest_code).await;
    land(&server, PV, &other, &honest_code).await;
    for _ in 0..3 {
        click_as(&server, &thief_code, &known).await;
        server.clock.advance(HOUR_MS);
    }
    let ordered = server.flow().now();
    let (credits, evidence) = buy(&server, 2, PV).await;
    assert_eq!((credits, evidence), (all(&honest), 2));
    // Sent to the shop once more, long after the order. What the thief clicked in between stays the thief's, also if the
    // order is decided again.
    server.clock.advance(5 * DAY_MS);
    click_as(&server, &thief_code, &known).await;
    land(&server, PV, &known, &thief_code).await;
    let changed = json!({"created_at": ordered.to_rfc3339(), "updated_at": server.flow().now().to_rfc3339(),
        "note_attributes": [{"name": "_cs_pv", "value": PV}]});
    deliver_and_settle(&server, "orders/updated", "u2", &order(2, "50.00", &changed)).await;
    let (_, answer) = get_attribution(&server, "2").await;
    assert_eq!(
        (&answer["credits"][0]["link_id"], answer["evidence"].as_array().unwrap().len()),
        (&json!(honest.id), 2)
    );
    // That click was a visit of the shopper's, and counts from then on.
    let (credits, evidence) = buy(&server, 3, PV).await;
    assert_eq!((credits, evidence), (all(&thief), 3));
    server.stop().await;
}

/// A creator clicks their own link, buys with the pixel's own id, and signs in only then.
async fn signing_in_after_the_purchase_refuses_the_creators_own_order(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "").await;
    let clicked = visitor_of(&server, link.code.as_str()).await;
    land(&server, PV, &clicked, link.code.as_str()).await;
    assert_eq!(buy(&server, 1, PV).await.0, [(json!(link.id), json!("50.00"))]);
    sign_in(&server, &ana, &clicked).await;
    assert_eq!(verdict(&server, 1).await, "self_referral_visitor self_referral_visitor");
    server.stop().await;
}

/// A shopper clicks on the phone and buys on the laptop; their customer joins both browsers.
async fn clicks_of_a_customers_other_browser_count(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let clicked = visitor_of(&server, link.code.as_str()).await;
    land(&server, PV, &clicked, "").await;
    let laptop = "770e8400-e29b-41d4-a716-446655440000";
    let identity = json!({"identity": {"public_key": server.server_key, "client_id": "c1", "aliases": [PV, laptop]}});
    assert_eq!(super::post(&server, "/identities", None, identity).await.0, 200);
    server.settle().await;
    assert_eq!(buy(&server, 1, laptop).await.0, [(json!(link.id), json!("50.00"))]);
    server.stop().await;
}

async fn shoppers_of_one_link_id_stay_different_customers(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let known = visitor_of(&server, link.code.as_str()).await;
    let others = ["770e8400-e29b-41d4-a716-446655440000", "880e8400-e29b-41d4-a716-446655440000"];
    for (pv_id, id) in others.into_iter().zip([1, 2]) {
        land(&server, pv_id, &known, link.code.as_str()).await;
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
    signing_in_after_the_purchase_refuses_the_creators_own_order
    clicks_of_a_customers_other_browser_count
    shoppers_of_one_link_id_stay_different_customers
);
