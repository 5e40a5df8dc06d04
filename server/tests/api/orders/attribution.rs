use domain::Currency;
use serde_json::json;

use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, percent, promo, rule},
    test_server::{TestServer, order},
};

async fn attribution_endpoint_explains_credited_and_uncredited_orders(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "49.99", &promo("ana10"))).await;
    let (status, answer) = get_attribution(&server, "1001").await;
    assert_eq!(status, 200);
    assert_eq!(answer["order"]["net"], "49.99");
    let credit = &answer["credits"][0];
    assert_eq!((&credit["creator_id"], &credit["link_id"]), (&json!(ana), &json!(link.id)));
    assert_eq!(
        (&credit["weight"], &credit["exact"], &credit["amount"]),
        (&json!("1/1"), &json!("4999/1"), &json!("49.99"))
    );
    assert_eq!(answer["touchpoints"][0]["models"]["time_decay"], "49.99");
    assert_eq!(answer["policy"]["version"], 1);
    let by_internal_id = get_attribution(&server, answer["order"]["id"].as_str().unwrap()).await;
    assert_eq!(by_internal_id, (200, answer.clone()));
    deliver_and_settle(&server, "orders/updated", "d2", &order(1001, "49.99", &promo("ANA10"))).await;
    assert_eq!(
        get_attribution(&server, "1001").await.1.to_string(),
        answer.to_string(),
        "unchanged facts give an identical response"
    );

    deliver_and_settle(&server, "orders/create", "d3", &order(1002, "20.00", &promo("UNKNOWN"))).await;
    let (_, answer) = get_attribution(&server, "1002").await;
    assert_eq!((&answer["credits"], &answer["evidence"]), (&json!([]), &json!([])));
    assert_eq!(answer["searched"].as_array().unwrap().len(), 6);
    assert!(answer["explanation"][0].as_str().unwrap().starts_with("No creator is credited. Looked for: "));

    assert_eq!(get_attribution(&server, "9999").await, (404, json!({"error": "order not found"})));
    let refused = server
        .http
        .get(format!("{}/api/v1/orders/1001/attribution", server.url))
        .header("x-api-key", &server.pixel_key)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    server.stop().await;
}

async fn amounts_use_the_minor_units_of_their_currency(server: TestServer) {
    creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("12.5")).await;
    for (id, currency, total) in [(1, "JPY", "1001"), (2, "KWD", "1.001")] {
        let extra = json!({ "currency": currency, "discount_codes": [{"code": "ANA10"}] });
        deliver_and_settle(&server, "orders/create", &format!("d{id}"), &order(id, total, &extra)).await;
    }
    let lines = server.flow().commissions().ledger(&server.merchant, None, "").await.unwrap();
    let mut amounts: Vec<_> = lines.iter().map(|line| (line.currency.code(), line.amount_minor)).collect();
    amounts.sort_unstable();
    // 12.5 % of 1001 units is 125.125 units.
    assert_eq!(amounts, [("JPY", 125), ("KWD", 125)]);
    assert_eq!(Currency::parse("KWD").unwrap().exponent(), 3);
    server.stop().await;
}

on_both_engines!(attribution_endpoint_explains_credited_and_uncredited_orders amounts_use_the_minor_units_of_their_currency);
