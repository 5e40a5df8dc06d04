//! `shop/redact` when `app/uninstalled` never came: the shop's token tells whether it still has the app.

use axum::{Router, http::StatusCode, response::IntoResponse, routing::post};
use domain::{shop::SealedTokens, time::DAY_MS};
use flow::vault::Vault;
use tokio::net::TcpListener;

use super::*;
use crate::test_server::{ENCRYPTION_KEY, Engine, start_beside_shopify};

/// A Shopify that answers every call with this status, and a shop's profile if it is 200.
pub(crate) async fn shopify(status: StatusCode) -> String {
    let profile = json!({"data": {"shop": {"name": "Vector", "ianaTimezone": "UTC", "currencyCode": "USD"}}});
    let answer = move || async move { (status, profile.to_string()).into_response() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/{shop}/admin/{*path}", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/{{shop}}")
}

async fn redact_beside(engine: Engine, shopify: &str) -> (TestServer, Vec<String>) {
    let server = start_beside_shopify(engine, shopify).await;
    enter(&server).await;
    let domain = ShopDomain::parse(SHOP).unwrap();
    let sealed = Vault::parse(ENCRYPTION_KEY).unwrap().seal(&format!("shops/access_token/{SHOP}"), b"shpat", [7; 24]);
    let tokens = SealedTokens {
        access: sealed,
        access_expires_at: NOW.plus_ms(DAY_MS),
        refresh: None,
        refresh_expires_at: None,
    };
    server.store.save_tokens(&domain, &tokens).await.unwrap();
    let marks = stored_marks(&server).await;
    let body = json!({"shop_domain": SHOP}).to_string();
    assert_eq!(server.deliver("shop/redact", "shop", &body).await, 200);
    // An unreachable Shopify leaves the job to be tried later, so this does not wait for all jobs.
    for _ in 0..20 {
        server.run_jobs().await;
        tokio::time::sleep(core::time::Duration::from_millis(10)).await;
    }
    (server, marks)
}

async fn a_refused_token_is_an_uninstalled_shop(engine: Engine) {
    for status in [StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND] {
        let (server, marks) = redact_beside(engine, &shopify(status).await).await;
        assert_eq!(found(&server, &marks).await, Vec::<String>::new(), "{status}");
        let shop = server.store.shop(&ShopDomain::parse(SHOP).unwrap()).await.unwrap().unwrap();
        assert!(shop.uninstalled_at.is_some() && shop.tokens.is_none());
        server.stop().await;
    }
}

async fn an_accepted_token_is_an_installed_shop(engine: Engine) {
    let (server, marks) = redact_beside(engine, &shopify(StatusCode::OK).await).await;
    assert!(!found(&server, &marks).await.is_empty());
    let brand = &server.merchant.brand().id;
    let record = server.store.order_by_external_id(brand, "1001").await.unwrap().unwrap();
    assert_eq!(record.order.redacted_at, None);
    server.stop().await;
}

async fn an_unreachable_shopify_tells_nothing(engine: Engine) {
    let (server, _) = redact_beside(engine, "http://127.0.0.1:9/{shop}").await;
    let brand = &server.merchant.brand().id;
    let record = server.store.order_by_external_id(brand, "1001").await.unwrap().unwrap();
    assert_eq!(record.order.redacted_at, None);
    let shop = ShopDomain::parse(SHOP).unwrap();
    let waiting = server.store.waiting_deliveries(&shop, "", 10).await.unwrap();
    assert!(waiting.iter().any(|delivery| delivery.topic == "shop/redact"), "it is tried again");
    server.stop().await;
}

beside_both_engines!(
    a_refused_token_is_an_uninstalled_shop an_accepted_token_is_an_installed_shop an_unreachable_shopify_tells_nothing
);
