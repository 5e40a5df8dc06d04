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

/// Clicks the link with a forged `_cs_pv` cookie.
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

/// An order of the shop's customer 77: the credited links.
async fn buy_as_customer(server: &TestServer, id: u64, fields: Value) -> Vec<Value> {
    let now = server.flow().now().to_rfc3339();
    let mut placed = json!({"created_at": now, "updated_at": now, "customer": {"id": 77}});
    placed.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    deliver_and_settle(server, "orders/create", &format!("w{id}"), &order(id, "50.00", &placed)).await;
    let (status, answer) = get_attribution(server, &id.to_string()).await;
    assert_eq!(status, 200, "{answer}");
    answer["credits"].as_array().unwrap().iter().map(|credit| credit["link_id"].clone()).collect()
}

fn in_browser(pv_id: &str) -> Value {
    json!({"note_attributes": [{"name": "_cs_pv", "value": pv_id}]})
}

/// A creator and a customer share a laptop. What the customer buys elsewhere, the creator did not buy.
async fn a_shared_browser_does_not_make_the_creator_the_buyer(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    let clicked = visitor_of(&server, link.code.as_str()).await;
    land(&server, PV, &clicked, link.code.as_str()).await;
    buy_as_customer(&server, 1, in_browser(PV)).await;
    sign_in(&server, &ana, &clicked).await;
    let phone = "770e8400-e29b-41d4-a716-446655440000";
    let mut fields = in_browser(phone);
    fields["discount_codes"] = json!([{"code": "ANA10"}]);
    assert_eq!(buy_as_customer(&server, 2, fields).await, [json!(link.id)]);
    server.stop().await;
}

/// Two links opened in two tabs, whose landings are reported only when the shopper has agreed.
async fn each_landing_proves_the_click_on_its_own_link(server: TestServer) {
    let (_, first) = creator_with_link(&server, "First", "").await;
    let (_, second) = creator_with_link(&server, "Second", "").await;
    let (first_code, second_code) = (first.code.as_str(), second.code.as_str());
    for (n, landings) in [[first_code, second_code], [second_code, first_code]].into_iter().enumerate() {
        let pv_id = format!("990e8400-e29b-41d4-a716-44665544000{n}");
        let clicked = visitor_of(&server, first_code).await;
        server.clock.advance(60_000);
        click_as(&server, second_code, &clicked).await;
        for code in landings {
            server.clock.advance(60_000);
            land(&server, &pv_id, &clicked, code).await;
        }
        let (credits, evidence) = buy(&server, n as u64 + 1, &pv_id).await;
        assert_eq!((credits, evidence), (vec![(json!(second.id), json!("50.00"))], 2), "{landings:?}");
    }
    server.stop().await;
}

/// The report of a visit comes hours late, though before the order.
async fn a_late_report_is_a_visit_at_its_own_time(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let (_, other) = creator_with_link(&server, "Other", "").await;
    let (code, other_code) = (link.code.as_str(), other.code.as_str());
    let clicked = visitor_of(&server, code).await;
    land(&server, PV, &clicked, code).await;
    server.clock.advance(2 * DAY_MS);
    click_as(&server, other_code, &clicked).await;
    land(&server, PV, &clicked, other_code).await;
    server.clock.advance(2 * DAY_MS);
    click_as(&server, code, &clicked).await;
    server.clock.advance(2 * HOUR_MS);
    land(&server, PV, &clicked, code).await;
    assert_eq!(buy(&server, 1, PV).await.0, [(json!(link.id), json!("50.00"))]);
    server.stop().await;
}

/// The report of a visit did not arrive. The pixel repeats it on a later page, after a visit by another link.
async fn a_repeated_report_is_a_visit_at_the_time_of_the_first(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let (_, other) = creator_with_link(&server, "Other", "").await;
    let (code, other_code) = (link.code.as_str(), other.code.as_str());
    let clicked = visitor_of(&server, code).await;
    server.clock.advance(DAY_MS);
    click_as(&server, other_code, &clicked).await;
    land(&server, PV, &clicked, other_code).await;
    let repeated = json!({"event_type": "page_view", "pv_id": PV, "pv_alias": clicked, "age_ms": DAY_MS,
        "page_url": format!("https://shop.example/?cs_ref={code}")});
    assert_eq!(server.track(&server.pixel_key, &repeated.to_string()).await.0, 200);
    server.clock.advance(1000);
    let (credits, evidence) = buy(&server, 1, PV).await;
    assert_eq!((credits, evidence), (vec![(json!(other.id), json!("50.00"))], 2));
    server.stop().await;
}

/// A stranger's browser that reports the order by its number has the id of the customer's link too.
async fn a_stranger_with_the_id_of_a_customers_link_proves_nothing(server: TestServer) {
    let (_, thief) = creator_with_link(&server, "Thief", "").await;
    let (_, honest) = creator_with_link(&server, "Honest", "").await;
    buy_as_customer(&server, 1, in_browser(PV)).await;
    let known = visitor_of(&server, thief.code.as_str()).await;
    land(&server, PV, &known, thief.code.as_str()).await;
    server.clock.advance(DAY_MS);
    let other = visitor_of(&server, honest.code.as_str()).await;
    land(&server, PV, &other, honest.code.as_str()).await;
    server.clock.advance(DAY_MS);
    let stranger = "880e8400-e29b-41d4-a716-446655440000";
    click_as(&server, thief.code.as_str(), &known).await;
    land(&server, stranger, &known, "").await;
    let report = json!({"event_type": "purchase", "pv_id": stranger, "order_id": "5", "revenue": 50.0});
    assert_eq!(server.track(&server.pixel_key, &report.to_string()).await.0, 200);
    assert_eq!(buy_as_customer(&server, 5, json!({})).await, [json!(honest.id)]);
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
    a_shared_browser_does_not_make_the_creator_the_buyer
    each_landing_proves_the_click_on_its_own_link
    a_late_report_is_a_visit_at_its_own_time
    a_repeated_report_is_a_visit_at_the_time_of_the_first
    a_stranger_with_the_id_of_a_customers_link_proves_nothing
    shoppers_of_one_link_id_stay_different_customers
);
