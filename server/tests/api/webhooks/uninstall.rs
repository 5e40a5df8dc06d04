//! `app/uninstalled`: the body is signed, but not the time, and it is the same for every uninstall of a shop.

use axum::http::StatusCode;
use domain::{
    shop::{SealedTokens, ShopDomain},
    time::DAY_MS,
};
use flow::vault::Vault;
use serde_json::json;

use crate::{
    actions::install,
    privacy::shops::shopify,
    test_server::{ENCRYPTION_KEY, Engine, NOW, SECRET, SHOP, TestServer, start_beside_shopify},
};

async fn installed_beside(engine: Engine, status: StatusCode) -> TestServer {
    let server = start_beside_shopify(engine, &shopify(status).await).await;
    install(&server).await;
    let sealed = Vault::parse(ENCRYPTION_KEY).unwrap().seal(&format!("shops/access_token/{SHOP}"), b"shpat", [7; 24]);
    let tokens = SealedTokens {
        access: sealed,
        access_expires_at: NOW.plus_ms(DAY_MS),
        refresh: None,
        refresh_expires_at: None,
    };
    server.store.save_tokens(&ShopDomain::parse(SHOP).unwrap(), &tokens).await.unwrap();
    server
}

/// Delivers the message as whoever has seen it once can: with another id and another time.
async fn replay(server: &TestServer, id: &str) {
    let body = json!({"myshopify_domain": SHOP}).to_string();
    let request = server
        .http
        .post(format!("{}/api/webhooks/shopify", server.url))
        .header("x-shopify-topic", "app/uninstalled")
        .header("x-shopify-shop-domain", SHOP)
        .header("x-shopify-webhook-id", id)
        .header("x-shopify-triggered-at", server.clock_now().plus_ms(1_000).to_rfc3339())
        .header("x-shopify-hmac-sha256", shopify::signature::sign_body(SECRET, body.as_bytes()));
    assert_eq!(request.body(body).send().await.unwrap().status(), 200);
    server.settle().await;
}

async fn is_installed(server: &TestServer) -> bool {
    let shop = server.store.shop(&ShopDomain::parse(SHOP).unwrap()).await.unwrap().unwrap();
    shop.uninstalled_at.is_none() && shop.tokens.is_some()
}

async fn a_replayed_uninstall_does_nothing(engine: Engine) {
    let server = installed_beside(engine, StatusCode::OK).await;
    replay(&server, "replayed").await;
    assert!(is_installed(&server).await);
    // It is asked once more, in case Shopify had not revoked the token yet, and then not again.
    server.clock.advance(61_000);
    server.settle().await;
    assert!(is_installed(&server).await);
    let waiting = server.store.waiting_deliveries(&ShopDomain::parse(SHOP).unwrap(), "", 10).await.unwrap();
    assert_eq!(waiting, vec![]);
    server.stop().await;
}

async fn an_uninstall_revokes_the_token(engine: Engine) {
    let server = installed_beside(engine, StatusCode::UNAUTHORIZED).await;
    replay(&server, "genuine").await;
    assert!(!is_installed(&server).await);
    server.stop().await;
}

beside_both_engines!(a_replayed_uninstall_does_nothing an_uninstall_revokes_the_token);
