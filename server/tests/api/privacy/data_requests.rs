use domain::time::DAY_MS;

use super::*;

async fn data_requests_can_be_downloaded_for_thirty_days(server: TestServer) {
    enter(&server).await;
    let customers = server.flow().customers();
    let exports = customers.data_exports(&server.merchant).await.unwrap();
    assert_eq!(exports.len(), 1, "{exports:?}");
    assert_eq!(exports[0].expires_at.0 - exports[0].requested_at.0, 30 * DAY_MS);
    let text = customers.data_export(&server.merchant, &exports[0].id).await.unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let count = |field: &str| document[field].as_array().unwrap().len();
    // The redirect, and the affiliate click of the lead; a landing and two purchases.
    assert_eq!((count("clicks"), count("landings"), count("events")), (2, 1, 3), "{text}");
    assert_eq!(count("survey_answers"), 1);
    assert_eq!(count("creators_signed_in_as"), 1);
    let claims = document["claims"].as_array().unwrap();
    assert!(claims.iter().any(|claim| claim["kind"] == "claim" && claim["visitor"] == PV), "{claims:?}");
    assert!(document["survey_answers"][0]["answer"].as_str().unwrap().contains(SURNAME));
    for kind in ["commission_notes", "conversion_notes", "click_notes"] {
        assert_eq!(document[kind][0]["metadata"], json!({"called by": SURNAME}), "{kind}");
    }
    assert!(document["profiles"].as_array().unwrap().iter().any(|profile| profile["meta"]["email"] == EMAIL));
    assert!(document["customer_events"].as_array().unwrap().iter().any(|event| event["meta"]["name"] == SURNAME));
    assert!(document["sales"].as_array().unwrap().iter().any(|sale| sale["meta"]["additional_data"] == name()));
    let orders = document["orders"].as_array().unwrap();
    let ids: Vec<&str> = orders.iter().filter_map(|order| order["order"]["external_id"].as_str()).collect();
    for id in ["1001", "pos-1", "tx-1"] {
        assert!(ids.contains(&id), "{id}: {ids:?}");
    }
    let kinds: Vec<&str> =
        document["identities"].as_array().unwrap().iter().filter_map(|identity| identity["kind"].as_str()).collect();
    for kind in ["pv", "order", "shopify", "email", "mail", "key"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    let record = server.store.order_by_external_id(&server.merchant.brand().id, "1001").await.unwrap().unwrap();
    assert!(!text.contains(&record.order.email_hash.unwrap()), "hashes are not shown");

    server.clock.advance(30 * DAY_MS + 1);
    assert_eq!(customers.data_exports(&server.merchant).await.unwrap(), vec![]);
    assert!(customers.data_export(&server.merchant, &exports[0].id).await.is_err());
    quiet(&server).await;
    let stored = server.store.data_export(&server.merchant.brand().id, &exports[0].id, NOW).await.unwrap();
    assert_eq!(stored, None, "the daily run deleted it");
    server.stop().await;
}

async fn what_tests_sent_of_the_customer_is_exported_too(server: TestServer) {
    let doors = enter(&server).await;
    let order = json!({"external_id": "test-1", "currency": "USD", "total_minor": 100, "customer": {"email": EMAIL},
                       "metadata": {"table": SURNAME}});
    let request = server.http.post(format!("{}/api/v1/orders", server.url)).bearer_auth(&doors.test_key).json(&order);
    assert_eq!(request.send().await.unwrap().status(), 201);
    server.settle().await;
    server.clock.advance(1_000);
    deliver_and_settle(&server, "customers/data_request", "d2", &message(&[])).await;
    let customers = server.flow().customers();
    let exports = customers.data_exports(&server.merchant).await.unwrap();
    let text = customers.data_export(&server.merchant, &exports[0].id).await.unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let test = &document["sandbox"]["orders"][0];
    assert_eq!((&test["order"]["external_id"], &test["metadata"]), (&json!("test-1"), &json!({"table": SURNAME})));
    server.stop().await;
}

on_both_engines!(data_requests_can_be_downloaded_for_thirty_days what_tests_sent_of_the_customer_is_exported_too);
