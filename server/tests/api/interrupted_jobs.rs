//! A job whose outcome cannot be stored because the database is away runs again once it is back: not a minute later, and
//! not as one that ended its process.

use core::time::Duration;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, http::StatusCode, routing::post};
use domain::{
    id::InboxId,
    shop::{SealedTokens, ShopDomain},
    time::DAY_MS,
};
use flow::{Flow, Lane, setup::NewBrand, vault::Vault};
use serde_json::json;
use store::{
    Store,
    inbox::{Delivery, NewDelivery},
    jobs::NewJob,
    shops::Install,
};
use tokio::net::TcpListener;

use crate::{
    outage::Wire,
    test_server::{ENCRYPTION_KEY, Engine, NOW, SHOP, flow_on, operator},
};

/// A Shopify that accepts no token. Before its first answer, it cuts the way to the database.
async fn shopify(wire: Arc<Wire>, calls: Arc<AtomicUsize>) -> String {
    let answer = move || {
        if calls.fetch_add(1, Ordering::SeqCst) == 0 {
            wire.cut();
        }
        async { StatusCode::UNAUTHORIZED }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/{shop}/admin/{*path}", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/{{shop}}")
}

/// A shop with a token, and the message that it was uninstalled, whose job asks Shopify.
async fn receive_uninstall(flow: &Flow, store: &dyn Store, shop: &ShopDomain) {
    let new = NewBrand { name: "Vector".into(), shop: Some(shop.clone()), ..NewBrand::default() };
    let new_brand = flow.setup().create_brand(operator(), &new).await.unwrap();
    let tokens = SealedTokens {
        access: Vault::parse(ENCRYPTION_KEY).unwrap().seal(&format!("shops/access_token/{shop}"), b"shpat", [7; 24]),
        access_expires_at: NOW.plus_ms(DAY_MS),
        refresh: None,
        refresh_expires_at: None,
    };
    let (domain, delivery_job) = (shop.clone(), "delivery.process");
    let install = Install { domain, new_brand, at: NOW, scopes: String::new(), tokens, delivery_job };
    store.install_shop(&install).await.unwrap();
    let delivery = Delivery {
        id: InboxId::new(NOW.0, [1; 10]),
        source: "shopify".into(),
        delivery_id: "uninstall".into(),
        topic: "app/uninstalled".into(),
        shop: shop.clone(),
        triggered_at: Some(NOW.plus_ms(1)),
        received_at: NOW,
        body: json!({"myshopify_domain": shop}).to_string().into_bytes(),
        body_sha256: [1; 32],
    };
    let (key, party) = (delivery.id.to_string(), shop.to_string());
    let job = NewJob { kind: delivery_job, key, lane: Lane::Deliveries, party, payload: "{}".into(), run_at: NOW };
    store.receive(&[NewDelivery { delivery, job }]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_the_database_interrupts_runs_again() {
    let wire = Arc::new(Wire::to(&Engine::Postgres.fresh_database().await).await);
    let calls = Arc::<AtomicUsize>::default();
    let shopify = shopify(wire.clone(), calls.clone()).await;
    let (flow, store) = flow_on(&wire.address, &["--shopify-shop-url", &shopify], 1).await;
    let shop = ShopDomain::parse(SHOP).unwrap();
    receive_uninstall(&flow, &*store, &shop).await;

    let interrupted = flow.jobs().run_due(Lane::Deliveries, "", 10).await.unwrap_err();
    assert!(interrupted.is_unavailable(), "{interrupted}");
    assert!(flow.jobs().run_due(Lane::Settlements, "", 10).await.unwrap_err().is_unavailable());
    assert_eq!(calls.load(Ordering::SeqCst), 1);

    // The clock stands still: no claim expires.
    wire.mend();
    let mut round = flow.jobs().run_due(Lane::Deliveries, "", 10).await;
    for _ in 0..100 {
        if round.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        round = flow.jobs().run_due(Lane::Deliveries, "", 10).await;
    }
    assert_eq!(round.unwrap().claimed, 1);
    assert!(calls.load(Ordering::SeqCst) > 1);
    let shop = store.shop(&shop).await.unwrap().unwrap();
    assert!(shop.uninstalled_at.is_some());
    assert_eq!(flow.backlog().await.unwrap().waiting, 0);
    store.close().await;
}
