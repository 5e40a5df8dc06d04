//! Installing the app in a shop, beside a Shopify that grants everything.

use axum::{Json, Router, routing::post};
use domain::shop::ShopDomain;
use flow::{
    doctor::{self, Severity},
    vault::Vault,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::test_server::{ENCRYPTION_KEY, Engine, NOW, SECRET, start_beside_shopify};

/// A Shopify that answers every call with the same: a token, a shop's profile, and a webhook created.
async fn shopify() -> String {
    let answer = json!({
        "access_token": "shpat", "scope": "read_orders", "expires_in": 3_600,
        "data": {
            "shop": {"name": "Second", "ianaTimezone": "UTC", "currencyCode": "USD"},
            "webhookSubscriptions": {"nodes": []},
            "webhookSubscriptionCreate": {
                "webhookSubscription": {"id": "gid://shopify/WebhookSubscription/1", "topic": "ORDERS_CREATE", "uri": "x"},
                "userErrors": [],
            },
        },
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/{shop}/admin/{*path}", post(move || async move { Json(answer) }));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/{{shop}}")
}

/// The process has run since before the brand existed.
async fn a_new_shops_models_are_scheduled(engine: Engine) {
    let server = start_beside_shopify(engine, &shopify().await).await;
    let second = ShopDomain::parse("second-shop.myshopify.com").unwrap();
    let installs = server.flow().installs();
    let state = installs.begin_authorization(&second).await.unwrap().state;
    let seconds = (NOW.0 / 1_000).to_string();
    let fields = [("code", "c"), ("shop", second.as_str()), ("state", state.as_str()), ("timestamp", seconds.as_str())];
    let pairs: Vec<(String, String)> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let hmac = shopify::signature::sign_query(SECRET, &pairs);
    let query = pairs.iter().map(|(name, value)| format!("{name}={value}&")).collect::<Vec<_>>().concat();
    installs.finish_authorization(&format!("{query}hmac={hmac}"), Some(&state)).await.unwrap();
    let vault = Vault::parse(ENCRYPTION_KEY).unwrap();
    let findings = doctor::examine(&*server.store, &vault, server.flow().now()).await.unwrap();
    let models: Vec<_> = findings.iter().filter(|finding| finding.check == "models").collect();
    assert!(models.len() == 1 && models[0].severity == Severity::Fine && models[0].detail == "2 brands", "{models:?}");
    // A day later they have run, and are scheduled again.
    server.clock.advance(domain::time::DAY_MS + domain::time::HOUR_MS);
    server.settle().await;
    let brand = server.store.shop(&second).await.unwrap().unwrap().brand;
    let due = server.store.job_due_at("models.run", brand.as_str()).await.unwrap();
    assert!(due.is_some_and(|due| due > server.flow().now()), "{due:?}");
    server.stop().await;
}

mod sqlite {
    #[tokio::test(flavor = "multi_thread")]
    async fn a_new_shops_models_are_scheduled() {
        super::a_new_shops_models_are_scheduled(super::Engine::Sqlite).await;
    }
}

mod postgres {
    #[tokio::test(flavor = "multi_thread")]
    async fn a_new_shops_models_are_scheduled() {
        super::a_new_shops_models_are_scheduled(super::Engine::Postgres).await;
    }
}
