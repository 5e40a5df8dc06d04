//! Milestones as settlements reach them, each with its event for other systems.

use domain::CreatorId;
use flow::outbound::EventType;
use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, events, install, promo},
    test_server::{SHOP, TestServer, order},
};

const FAIRING_KEY: &str = "fairing-key-0123456789";

async fn reached(server: &TestServer, creator: &CreatorId) -> Vec<String> {
    let found = server.store.milestones(&server.merchant.brand().id, creator).await.unwrap();
    let mut names: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
    names.sort();
    names
}

/// The events about milestones: creator and name.
async fn reported(server: &TestServer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let events = events(server, &[EventType::MilestoneReached]).await;
    let mut events: Vec<_> =
        events.iter().map(|event| (text(&event["data"]["creator"]["id"]), text(&event["data"]["name"]))).collect();
    events.sort();
    events
}

async fn milestones_are_reached_by_the_order_that_reaches_them(server: TestServer) {
    install(&server).await;
    let steps = vec![5_000, 100_000];
    server.flow().policies().save_settings(&server.merchant, 30, false, false, steps).await.unwrap();
    let (ana, _) = creator_with_link(&server, "Ana", "ANA10").await;
    for id in 1..=10 {
        assert_eq!(reached(&server, &ana).await, if id > 5 { vec!["revenue:USD:5000"] } else { vec![] }, "before {id}");
        let body = order(id, "10.00", &promo("ANA10"));
        deliver_and_settle(&server, "orders/create", &id.to_string(), &body).await;
    }
    assert_eq!(reached(&server, &ana).await, ["orders:10", "revenue:USD:5000"]);
    let event = |name: &str| (ana.to_string(), name.to_owned());
    assert_eq!(reported(&server).await, [event("orders:10"), event("revenue:USD:5000")]);
    // More orders and repeats reach nothing again.
    deliver_and_settle(&server, "orders/create", "11", &order(11, "10.00", &promo("ANA10"))).await;
    deliver_and_settle(&server, "orders/create", "1 again", &order(1, "10.00", &promo("ANA10"))).await;
    assert_eq!(reported(&server).await.len(), 2);
    server.stop().await;
}

async fn a_survey_answer_after_the_settlement_reaches_a_milestone(server: TestServer) {
    install(&server).await;
    let (jessica, _) = creator_with_link(&server, "Jessica Styles", "JESS").await;
    server.flow().surveys().set_fairing_key(&server.merchant, FAIRING_KEY).await.unwrap();
    for id in 1..=10 {
        let extra = if id < 10 { promo("JESS") } else { json!({}) };
        deliver_and_settle(&server, "orders/create", &id.to_string(), &order(id, "10.00", &extra)).await;
    }
    assert_eq!(reached(&server, &jessica).await, Vec::<String>::new(), "the tenth is not hers yet");
    let body = json!({"order_id": "10", "question": "Who sent you?", "answer": "@Jessica_Styles", "shop_domain": SHOP});
    let request = server.http.post(format!("{}/api/webhooks/fairing", server.url)).body(body.to_string());
    assert_eq!(request.header("x-fairing-signature", FAIRING_KEY).send().await.unwrap().status(), 200);
    server.settle().await;
    assert_eq!(reached(&server, &jessica).await, ["orders:10"]);
    assert_eq!(reported(&server).await, [(jessica.to_string(), "orders:10".to_owned())]);
    server.stop().await;
}

on_both_engines!(
    milestones_are_reached_by_the_order_that_reaches_them
    a_survey_answer_after_the_settlement_reaches_a_milestone
);
