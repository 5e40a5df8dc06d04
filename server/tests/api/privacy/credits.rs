//! What an erasure leaves of the money: everything, also where only a number or a name led to the person.

use domain::time::DAY_MS;

use super::*;
use crate::actions::ledger;

async fn commission(server: &TestServer) -> i64 {
    ledger(server).await.iter().map(|(_, minor)| minor).sum()
}

async fn orders_known_by_their_number_keep_their_credit(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Jess", "").await;
    rule(&server, percent("10")).await;
    click(&server, link.code.as_str(), PV).await;
    identify(&server, PV, CLIENT).await;
    server.clock.advance(5_000);
    // A guest's order, whose id is not its number; only a browser's report joins the visitor to it.
    let bought = json!({"event_type": "purchase", "pv_id": PV, "order_id": "1001", "revenue": 50});
    server.track(&server.pixel_key, &bought.to_string()).await;
    deliver_and_settle(&server, "orders/create", "o1", &order(5_550_001, "50.00", &json!({"name": "#1001"}))).await;
    assert_eq!((server.credits().await, commission(&server).await), (vec![("click".to_owned(), 5_000)], 500));
    // Another browser's report of the same order is about it too.
    let also = json!({"event_type": "purchase", "pv_id": OTHER_PV, "order_id": "#1001", "revenue": 50});
    server.clock.advance(2 * DAY_MS);
    server.track(&server.pixel_key, &also.to_string()).await;
    quiet(&server).await;

    assert_eq!(delete(&server, CLIENT).await, 200);
    assert_eq!(found(&server, &[PV.to_owned(), CLIENT.to_owned()]).await, Vec::<String>::new());
    deliver_and_settle(&server, "refunds/create", "r1", &refund(5_550_001, 1, "10.00")).await;
    assert_eq!((server.credits().await, commission(&server).await), (vec![("click".to_owned(), 4_000)], 400));
    server.stop().await;
}

async fn claimed_orders_keep_their_credit(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Jess", "").await;
    rule(&server, percent("10")).await;
    let affiliate = json!({"affiliate_url": format!("https://shop.example/?aff={}", link.code)});
    let (_, clicked) = send(&server, "/api/v1/track/click", None, affiliate).await;
    let click_id = clicked["click_id"].as_str().unwrap();
    server.clock.advance(5_000);
    // A browser claims to be user_1, whom the backend knows without any visitor.
    let lead = json!({"click_id": click_id, "customer_key": "user_1"});
    send(&server, "/api/v1/track/lead", None, lead).await;
    let sale = json!({"transaction_id": "tx-1", "amount_cents": 5000, "customer_key": "user_1"});
    let (status, answer) = send(&server, "/api/v1/track/sale", Some(&server.server_key), sale).await;
    assert_eq!(status, 200, "{answer}");
    server.settle().await;
    assert_eq!(server.credits().await, [("click".to_owned(), 5_000)]);
    let brand = &server.merchant.brand().id;
    let claimant = server.store.order_by_external_id(brand, "tx-1").await.unwrap().unwrap().visitors.remove(0).pv_id;
    // The claimant is another customer of the brand, who is then erased. The order is settled again afterwards.
    identify(&server, &claimant, CLIENT).await;
    server.settle().await;
    let before = (server.credits().await, commission(&server).await);
    assert_eq!(delete(&server, CLIENT).await, 200);
    assert_eq!(found(&server, &[claimant]).await, Vec::<String>::new());
    server.flow().policies().begin_recompute(brand, UnixMs(0)).await.unwrap();
    while server.flow().policies().recompute_next_page(brand).await.unwrap().is_some() {}
    assert_eq!((server.credits().await, commission(&server).await), before);
    server.stop().await;
}

async fn what_waits_is_credited_before_its_customer_is_erased(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Jess", "").await;
    rule(&server, percent("10")).await;
    click(&server, link.code.as_str(), PV).await;
    server.clock.advance(5_000);
    // A delivery whose job failed for good, and a backend's purchase that is no order yet.
    park(&server, 1, "orders/create", &named_order(1002, "30.00")).await;
    let sold = domain::event::Event {
        id: "sold".into(),
        brand: server.merchant.brand().id.clone(),
        event_type: "purchase".into(),
        pv_id: PV.into(),
        pv_alias: None,
        occurred_at: server.flow().now(),
        received_at: server.flow().now(),
        page_url: None,
        ref_code: None,
        product_id: None,
        order_id: Some("pos-1".into()),
        revenue: Some(domain::Money { minor: 2_000, currency: domain::Currency::USD }),
        promo_code: None,
        is_new_customer: None,
        event_data: None,
        is_verified: true,
        is_test: false,
    };
    let waiting = store::ingest::NewEvent { event: sold, secret_hash: None, job: None };
    server.store.append(&store::ingest::Batch { clicks: vec![], events: vec![waiting] }).await.unwrap();
    assert_eq!(server.credits().await, vec![]);
    deliver_and_settle(&server, "customers/redact", "redact", &message(&[1002])).await;
    quiet(&server).await;
    let mut credits = server.credits().await;
    credits.sort();
    assert_eq!(credits, [("click".to_owned(), 2_000), ("click".to_owned(), 3_000)]);
    assert_eq!(commission(&server).await, 500);
    assert_eq!(found(&server, &written_marks()).await, Vec::<String>::new());
    server.stop().await;
}

on_both_engines!(
    orders_known_by_their_number_keep_their_credit
    claimed_orders_keep_their_credit
    what_waits_is_credited_before_its_customer_is_erased
);
