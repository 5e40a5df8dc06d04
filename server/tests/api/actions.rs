//! What several tests do to a server.

use domain::commission::EntryKind;
use flow::{
    commission::NewRule,
    link::NewLink,
    outbound::{EventQuery, EventType},
};
use serde_json::{Value, json};

use crate::test_server::{CHROME, NOW, SHOP, TestServer};

pub(crate) async fn install(server: &TestServer) {
    let tokens =
        domain::shop::SealedTokens { access: vec![1], access_expires_at: NOW, refresh: None, refresh_expires_at: None };
    let install = store::shops::Install {
        domain: domain::shop::ShopDomain::parse(SHOP).unwrap(),
        new_brand: server.merchant.brand().clone(),
        at: NOW,
        scopes: String::new(),
        tokens,
        delivery_job: "delivery.process",
    };
    server.store.install_shop(&install).await.unwrap();
}

/// A creator with a link that carries a discount code.
pub(crate) async fn creator_with_link(
    server: &TestServer,
    name: &str,
    code: &str,
) -> (domain::CreatorId, domain::link::Link) {
    let creator = server.flow().creators().create(&server.merchant, name, &name.replace(' ', "_"), "").await.unwrap();
    let new = NewLink {
        destination: "https://shop.example/p".into(),
        promo_code: code.into(),
        creator: creator.id.to_string(),
        ..NewLink::default()
    };
    let link = server.flow().links().create(&server.merchant, &new).await.unwrap();
    (creator.id, link)
}

pub(crate) async fn rule(server: &TestServer, new: NewRule) -> domain::commission::Rule {
    server.flow().commissions().create_rule(&server.merchant, &new).await.unwrap()
}

pub(crate) fn percent(bp: &str) -> NewRule {
    NewRule { percent: bp.into(), ..NewRule::default() }
}

/// Delivers a webhook and runs the jobs that it queued.
pub(crate) async fn deliver_and_settle(server: &TestServer, topic: &str, id: &str, body: &str) {
    assert_eq!(server.deliver(topic, id, body).await, 200);
    server.settle().await;
}

pub(crate) async fn get_attribution(server: &TestServer, id: &str) -> (u16, Value) {
    let answer = server
        .http
        .get(format!("{}/api/v1/orders/{id}/attribution", server.url))
        .bearer_auth(&server.server_key)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

pub(crate) async fn ledger(server: &TestServer) -> Vec<(EntryKind, i64)> {
    let mut lines = server.flow().commissions().ledger(&server.merchant, None, "").await.unwrap();
    lines.reverse();
    lines.into_iter().map(|line| (line.kind, line.amount_minor)).collect()
}

/// The brand's events for other systems, of these types, or of all if there are none.
pub(crate) async fn events(server: &TestServer, types: &[EventType]) -> Vec<Value> {
    server.settle().await;
    let mut query = EventQuery { types: types.to_vec(), ..EventQuery::default() };
    let mut events = Vec::new();
    loop {
        let page = server.flow().outbound().list(&server.merchant, &query).await.unwrap();
        let Some(last) = page.last() else { return events };
        query.after = last.sequence;
        events.extend(page.iter().map(|event| serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap()));
    }
}

pub(crate) fn promo(code: &str) -> Value {
    json!({ "discount_codes": [{ "code": code }] })
}

/// Posts JSON, with a key if there is one.
pub(crate) async fn post(server: &TestServer, path: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
    let mut request = server.http.post(format!("{}{path}", server.url)).body(body.to_string());
    request = request.header("user-agent", CHROME).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

/// A visitor who clicked the link a second ago.
pub(crate) async fn visitor_of(server: &TestServer, code: &str) -> String {
    let answer = server.click(code).await;
    let pv_id = answer.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    // The redirect waits a moment for the click to be stored; on a busy machine that may not be enough.
    let is_stored = async || {
        let clicks = server.flow().exports().clicks(&server.merchant, "", 1_000).await.unwrap();
        clicks.iter().any(|record| record.click.pv_id == pv_id)
    };
    for _ in 0..500 {
        if is_stored().await {
            break;
        }
        tokio::time::sleep(core::time::Duration::from_millis(10)).await;
    }
    server.clock.advance(1000);
    pv_id
}

/// Reports a purchase with the server key.
pub(crate) async fn purchase(server: &TestServer, pv_id: &str, order_id: &str, revenue: &str) {
    let revenue: Value = serde_json::from_str(revenue).unwrap();
    let event = json!({"event_type": "purchase", "pv_id": pv_id, "order_id": order_id, "revenue": revenue});
    assert_eq!(server.track(&server.server_key, &event.to_string()).await, (200, json!({"ok": true})));
}

/// An order's net revenue by the seller's id, or by ours.
pub(crate) async fn net(server: &TestServer, id: &str) -> String {
    let (status, answer) = get_attribution(server, id).await;
    assert_eq!(status, 200, "{answer}");
    answer["order"]["net"].as_str().unwrap().to_owned()
}
