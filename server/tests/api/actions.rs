//! What several tests do to a server.

use domain::commission::EntryKind;
use flow::{commission::NewRule, link::NewLink};
use serde_json::{Value, json};

use crate::test_server::{NOW, SHOP, TestServer};

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

pub(crate) fn promo(code: &str) -> Value {
    json!({ "discount_codes": [{ "code": code }] })
}
