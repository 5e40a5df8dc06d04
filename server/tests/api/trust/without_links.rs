//! A creator without any link is credited all the same: by a survey answer, and by hand.

use serde_json::{Value, json};

use super::entries;
use crate::{
    actions::{deliver_and_settle, get_attribution, percent, rule},
    test_server::{SHOP, TestServer, order},
};

async fn a_creator_without_any_link_is_credited_by_survey_and_by_hand(server: TestServer) {
    let ana = server.flow().creators().create(&server.merchant, "Ana Lima", "ana_lima", "").await.unwrap().id;
    rule(&server, percent("10")).await;
    let key = "fairing-key-0123456789";
    server.flow().surveys().set_fairing_key(&server.merchant, key).await.unwrap();
    deliver_and_settle(&server, "orders/create", "w1", &order(11, "20.00", &json!({}))).await;
    deliver_and_settle(&server, "orders/create", "w2", &order(12, "30.00", &json!({}))).await;
    let answer =
        json!({"order_id": "11", "question": "How did you hear about us?", "answer": "@ana_lima", "shop_domain": SHOP});
    let request = server.http.post(format!("{}/api/webhooks/fairing", server.url)).body(answer.to_string());
    assert_eq!(request.header("x-fairing-signature", key).send().await.unwrap().status(), 200);
    let (_, unassigned) = get_attribution(&server, "12").await;
    assert_eq!(unassigned["credits"], json!([]));
    let id = unassigned["order"]["id"].as_str().unwrap().parse().unwrap();
    server.flow().surveys().assign_credit_to_creator(&server.merchant, &id, &ana, "she told us").await.unwrap();
    server.settle().await;
    for (order, kind) in [("11", "survey"), ("12", "manual")] {
        let (_, answer) = get_attribution(&server, order).await;
        let credit = &answer["credits"][0];
        assert_eq!((&credit["creator_id"], &credit["kind"]), (&json!(ana), &json!(kind)), "{answer}");
        assert_eq!((&answer["evidence"][0]["code"], &answer["needs_approval"]), (&Value::Null, &json!(false)));
    }
    let earned: i64 = entries(&server).await.iter().map(|line| line.amount_minor).sum();
    assert_eq!(earned, 500);
    let links = server.flow().links().list(&server.merchant).await.unwrap();
    assert_eq!(links.iter().filter(|link| !link.is_direct).count(), 0, "still without a link that could be shared");
    server.stop().await;
}

on_both_engines!(a_creator_without_any_link_is_credited_by_survey_and_by_hand);
