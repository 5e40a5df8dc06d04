use domain::time::{DAY_MS, Period};
use serde_json::json;

use super::*;
use crate::{actions::ledger, customers::seconds};

/// Every figure that must not move.
async fn figures(server: &TestServer) -> String {
    let brand = server.merchant.brand();
    let traffic =
        server.store.traffic(&brand.id, Period::last(30, brand.zone.day_of(server.flow().now()))).await.unwrap();
    let stored = server.store.orders(&brand.id, store::orders::ALL_ORDERS, 50).await.unwrap();
    let mut orders: Vec<(String, i64, i64)> = stored
        .into_iter()
        .map(|record| (record.order.external_id, record.order.total_minor, record.order.refunded_minor))
        .collect();
    orders.sort();
    format!("{traffic:?}\n{:?}\n{:?}\n{orders:?}", server.credits().await, ledger(server).await)
}

/// Late reports about someone erased: the same ones again, and new ones.
async fn come_back(server: &TestServer, doors: &Doors) {
    let (_, link) = creator_with_link(server, "Late", "").await;
    for again in ["", " again"] {
        reports(server, doors, link.code.as_str(), again).await;
        server.settle().await;
    }
    click(server, link.code.as_str(), PV).await;
    for (n, topic, body) in [
        (1, "orders/updated", named_order(1001, "50.00")),
        (2, "orders/create", named_order(1003, "12.00")),
        (3, "refunds/create", refund(1001, 2, "5.00")),
    ] {
        deliver_and_settle(server, topic, &format!("late {n}"), &body).await;
    }
    answer(server, "1003", "How late?").await;
    sign_in_as(server, &doors.friend).await;
    quiet(server).await;
}

async fn a_redacted_customer_is_nowhere_in_the_database(server: TestServer) {
    let doors = enter(&server).await;
    let marks = stored_marks(&server).await;
    // Two that this version cannot read.
    let mut unreadable: serde_json::Value = serde_json::from_str(&named_order(1004, "1.00")).unwrap();
    unreadable["total_price"] = json!({"amount": "1.00"});
    park(&server, 3, "orders/create", &unreadable.to_string()).await;
    let refund = json!({"id": {"n": 9}, "order_id": 1001, "note": format!("{SURNAME} was unhappy")});
    park(&server, 4, "refunds/create", &refund.to_string()).await;
    assert!(marks.len() >= 14, "{marks:?}");
    assert!(!found(&server, &marks).await.is_empty());
    // The order that waits in the inbox counts first, so that the figures can be compared.
    let before_waiting = figures(&server).await;
    deliver_and_settle(&server, "customers/redact", "redact", &message(&[1001, 1002])).await;
    quiet(&server).await;
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    let after = figures(&server).await;
    assert!(after.contains(r#"("1002", 3000, 0)"#), "its amount is not lost: {after}");
    assert!(before_waiting.contains(r#"("1001", 5000, 1000)"#) && after.contains(r#"("1001", 5000, 1000)"#));
    let exports = server.flow().customers().data_exports(&server.merchant).await.unwrap();
    assert_eq!(exports, vec![]);

    come_back(&server, &doors).await;
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    let late = figures(&server).await;
    for amounts in [r#"("1001", 5000, 1500)"#, r#"("1003", 1200, 0)"#, r#"("pos-1 again", 2000, 0)"#] {
        assert!(late.contains(amounts), "{amounts}: {late}");
    }
    server.stop().await;
}

async fn a_deleted_customer_is_nowhere_in_the_database_and_figures_stay(server: TestServer) {
    let doors = enter(&server).await;
    // Process what waits, so that every figure can be compared.
    park(&server, 3, "orders/create", "{}").await;
    let brand = &server.merchant.brand().id;
    let marks = stored_marks(&server).await;
    let shop = ShopDomain::parse(SHOP).unwrap();
    for waiting in server.store.waiting_deliveries(&shop, "", 10).await.unwrap() {
        // One of them cannot be read, and stays.
        server.flow().deliveries().process_many(&[waiting.id]).await.unwrap();
    }
    quiet(&server).await;
    let before = figures(&server).await;
    assert_eq!(delete(&server, CLIENT).await, 200);
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    assert_eq!(figures(&server).await, before);
    // Settling everything again changes nothing either.
    server.flow().policies().begin_recompute(brand, domain::UnixMs(0)).await.unwrap();
    while server.flow().policies().recompute_next_page(brand).await.unwrap().is_some() {}
    assert_eq!(figures(&server).await, before);
    assert_eq!(delete(&server, CLIENT).await, 404);
    come_back(&server, &doors).await;
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    let log = server.audit_log().await;
    let erasures: Vec<_> = log.iter().filter(|(_, _, action, _)| action == "customer.erase").collect();
    assert_eq!(erasures.len(), 1);
    assert!(erasures[0].1.starts_with("key "), "{erasures:?}");
    server.stop().await;
}

async fn everyone_of_an_erased_shop_is_nowhere_in_the_database(server: TestServer) {
    let doors = enter(&server).await;
    let marks = stored_marks(&server).await;
    let gone = json!({"myshopify_domain": SHOP}).to_string();
    deliver_and_settle(&server, "app/uninstalled", "gone", &gone).await;
    deliver_and_settle(&server, "shop/redact", "shop", &json!({"shop_domain": SHOP}).to_string()).await;
    quiet(&server).await;
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    come_back(&server, &doors).await;
    server.store.scrub().await.unwrap();
    assert_eq!(found(&server, &marks).await, Vec::<String>::new());
    server.stop().await;
}

async fn an_order_id_that_looks_like_a_token_does_not_stop_an_erasure(server: TestServer) {
    install(&server).await;
    identify(&server, PV, CLIENT).await;
    let sold = json!({"event_type": "purchase", "pv_id": PV, "order_id": "1\"token:2", "revenue": 20});
    assert_eq!(server.track(&server.server_key, &sold.to_string()).await.0, 200);
    server.settle().await;
    let deleted = tokio::time::timeout(Duration::from_secs(30), delete(&server, CLIENT)).await;
    assert_eq!(deleted, Ok(200), "it ends");
    assert_eq!(found(&server, &[PV.to_owned()]).await, Vec::<String>::new());
    assert!(figures(&server).await.contains("2000"));
    server.stop().await;
}

async fn a_backend_goes_on_after_its_shop_was_erased(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Jess", "JESS20").await;
    let gone = json!({"myshopify_domain": SHOP}).to_string();
    deliver_and_settle(&server, "app/uninstalled", "gone", &gone).await;
    deliver_and_settle(&server, "shop/redact", "shop", &json!({"shop_domain": SHOP}).to_string()).await;
    server.clock.advance(1_000);
    let sold = |order_id: &str, pv_id: &str| json!({"event_type": "purchase", "pv_id": pv_id, "order_id": order_id, "revenue": 20, "promo_code_used": "JESS20"});
    assert_eq!(server.track(&server.server_key, &sold("pos-1", PV).to_string()).await.0, 200);
    identify(&server, PV, CLIENT).await;
    server.settle().await;
    assert_eq!(server.credits().await, [("promo".to_owned(), 2_000)]);
    let brand = server.merchant.brand().id.clone();
    let record = server.store.order_by_external_id(&brand, "pos-1").await.unwrap().unwrap();
    assert_eq!((record.order.redacted_at, record.order.cart_pv.as_deref()), (None, Some(PV)));
    // What happened before is late, and so is what the shop or a browser says: for as long as after any erasure.
    let mut before = sold("pos-2", OTHER_PV);
    before["occurred_at"] = json!(server.flow().now().plus_ms(-60_000).to_rfc3339());
    assert_eq!(server.track(&server.server_key, &before.to_string()).await.0, 200);
    let visit = json!({"event_type": "page_view", "pv_id": THIRD_PV}).to_string();
    assert_eq!(server.track(&server.pixel_key, &visit).await.0, 200);
    click(&server, link.code.as_str(), THIRD_PV).await;
    quiet(&server).await;
    assert_eq!(found(&server, &[OTHER_PV.to_owned(), THIRD_PV.to_owned()]).await, Vec::<String>::new());
    server.clock.advance(91 * DAY_MS);
    quiet(&server).await;
    assert_eq!(server.track(&server.pixel_key, &visit).await.0, 200);
    let events = server.store.events_after(&brand, "", 100).await.unwrap();
    assert!(events.iter().any(|event| event.pv_id == THIRD_PV), "after 90 days");
    server.stop().await;
}

async fn a_forgotten_customer_may_come_back_as_a_new_one(server: TestServer) {
    install(&server).await;
    let identify = async || {
        let identity = json!({"identity": {"aliases": [PV], "client_id": CLIENT, "public_key": server.server_key,
            "created_at": seconds(&server)}});
        post(&server, "/identities", &identity).await.1["joined"].clone()
    };
    assert_eq!(identify().await, json!(true));
    assert_eq!(delete(&server, CLIENT).await, 200);
    assert_eq!(identify().await, json!(false));
    server.clock.advance(91 * DAY_MS);
    quiet(&server).await;
    assert_eq!(identify().await, json!(true), "after 90 days");
    server.stop().await;
}

on_both_engines!(
    a_redacted_customer_is_nowhere_in_the_database
    a_deleted_customer_is_nowhere_in_the_database_and_figures_stay
    everyone_of_an_erased_shop_is_nowhere_in_the_database
    an_order_id_that_looks_like_a_token_does_not_stop_an_erasure
    a_backend_goes_on_after_its_shop_was_erased
    a_forgotten_customer_may_come_back_as_a_new_one
);
