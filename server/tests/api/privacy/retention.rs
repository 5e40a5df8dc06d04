use domain::{retention::Retention, time::DAY_MS};
use flow::setup::NewBrand;

use super::*;
use crate::{actions::ledger, test_server::operator};

async fn old_visits_are_deleted_daily_and_credits_stay(server: TestServer) {
    install(&server).await;
    let flow = server.flow();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let visit = async |server: &TestServer| {
        click(server, link.code.as_str(), PV).await;
        let landed = json!({"event_type": "page_view", "pv_id": PV, "pv_alias": OTHER_PV,
            "page_url": format!("https://shop.example/?cs_ref={}", link.code)});
        assert_eq!(server.track(&server.pixel_key, &landed.to_string()).await.0, 200);
    };
    visit(&server).await;
    server.clock.advance(60_000);
    let cart = json!({"note_attributes": [{"name": "_cs_pv", "value": PV}], "created_at": "2027-01-15T08:02:00Z"});
    deliver_and_settle(&server, "orders/create", "o1", &order(1, "100.00", &cart)).await;
    let retention = Retention { event_days: 90, click_days: 100, landing_days: 110, ..Retention::default() };
    flow.retention().save(&server.merchant, retention).await.unwrap();
    let merchant = flow.access().merchant_by_operator(operator(), &server.merchant.brand().id).await.unwrap();
    assert_eq!(merchant.brand().settings.retention, retention);
    let invalid = Retention { event_days: 29, ..retention };
    assert!(flow.retention().save(&merchant, invalid).await.is_err());

    let brand = server.merchant.brand().id.clone();
    let first = server.store.clicks_after(&brand, "", 1).await.unwrap()[0].click.id.to_string();
    note(&server, &format!("/api/v1/clicks/{first}"), "Kim").await;
    let notes = async || server.store.details(&brand, core::slice::from_ref(&first)).await.unwrap().len();
    let rows = async || {
        let events = server.store.events_after(&brand, "", 100).await.unwrap().len();
        let clicks = server.store.clicks_after(&brand, "", 100).await.unwrap().len();
        (events, clicks, server.store.visitor_aliases(&brand, &[PV.to_owned()]).await.unwrap().len())
    };
    let credits = server.credits().await;
    assert_eq!(credits, [("click".to_owned(), 10_000)]);
    for (days, expected) in [(89, (1, 1, 1)), (2, (0, 1, 1)), (10, (0, 0, 1)), (10, (0, 0, 0))] {
        server.clock.advance(days * DAY_MS);
        quiet(&server).await;
        assert_eq!(rows().await, expected, "after {days} more days");
        assert_eq!(notes().await, expected.1, "they go with the click");
    }
    // A refund, and a recompute, find no evidence any more: who was credited stays so.
    deliver_and_settle(&server, "refunds/create", "r1", &refund(1, 1, "40.00")).await;
    flow.policies().begin_recompute(&brand, UnixMs(0)).await.unwrap();
    while flow.policies().recompute_next_page(&brand).await.unwrap().is_some() {}
    assert_eq!(server.credits().await, [("click".to_owned(), 6_000)]);
    assert_eq!(ledger(&server).await.iter().map(|(_, minor)| minor).sum::<i64>(), 600);
    // New visits are evidence as before.
    visit(&server).await;
    assert_eq!(rows().await, (1, 1, 1));
    server.stop().await;
}

async fn longer_retention_does_not_take_credits_away(server: TestServer) {
    install(&server).await;
    let flow = server.flow();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    click(&server, link.code.as_str(), PV).await;
    server.clock.advance(60_000);
    let cart = json!({"note_attributes": [{"name": "_cs_pv", "value": PV}], "created_at": "2027-01-15T08:02:00Z"});
    deliver_and_settle(&server, "orders/create", "o1", &order(1, "100.00", &cart)).await;
    let save = async |days: u32| {
        let merchant = flow.access().merchant_by_operator(operator(), &server.merchant.brand().id).await.unwrap();
        let retention = Retention { event_days: days, click_days: days, landing_days: days, ..Retention::default() };
        flow.retention().save(&merchant, retention).await.unwrap();
    };
    save(60).await;
    server.clock.advance(200 * DAY_MS);
    quiet(&server).await;
    let brand = server.merchant.brand().id.clone();
    assert_eq!(server.store.clicks_after(&brand, "", 100).await.unwrap().len(), 0);
    // Longer again: what was deleted does not come back.
    save(400).await;
    deliver_and_settle(&server, "refunds/create", "r1", &refund(1, 1, "40.00")).await;
    flow.policies().begin_recompute(&brand, UnixMs(0)).await.unwrap();
    while flow.policies().recompute_next_page(&brand).await.unwrap().is_some() {}
    assert_eq!(server.credits().await, [("click".to_owned(), 6_000)]);
    assert_eq!(ledger(&server).await.iter().map(|(_, minor)| minor).sum::<i64>(), 600);
    let order_id = server.store.order_by_external_id(&brand, "1").await.unwrap().unwrap().order.id;
    let merchant = flow.access().merchant_by_operator(operator(), &brand).await.unwrap();
    let assigned = flow.surveys().assign_credit(&merchant, &order_id, &link.id, "late").await;
    assert!(assigned.unwrap_err().to_string().contains("older than the evidence"));
    server.stop().await;
}

async fn what_ended_is_deleted_after_its_time(server: TestServer) {
    install(&server).await;
    let flow = server.flow();
    let shop = ShopDomain::parse(SHOP).unwrap();
    // A session of 14 days, a sign-in link and an OAuth state of ten minutes, and a delivery.
    let opened = async |server: &TestServer, n: u8| {
        let link = flow.access().sign_in_link(&server.merchant, None).await.unwrap();
        flow.access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
        flow.access().sign_in_link(&server.merchant, None).await.unwrap();
        let soon = server.flow().now().plus_ms(600_000);
        server.store.put_oauth_state([n; 32], &shop, soon).await.unwrap();
        deliver_and_settle(server, "orders/create", &n.to_string(), &order(u64::from(n), "1.00", &json!({}))).await;
    };
    let rows = async || {
        let mut counts = Vec::new();
        for table in ["sessions", "login_links", "oauth_states", "webhook_inbox"] {
            counts.push(rows_in(&server, table).await);
        }
        counts
    };
    opened(&server, 1).await;
    assert_eq!(rows().await, [1, 2, 1, 1]);
    for (days, expected) in [
        (1, [1, 2, 1, 1]),
        (1, [1, 2, 0, 1]),
        (5, [1, 2, 0, 1]),
        (1, [1, 0, 0, 1]),
        (13, [1, 0, 0, 1]),
        (1, [0, 0, 0, 1]),
        (8, [0, 0, 0, 1]),
        (1, [0, 0, 0, 0]),
    ] {
        server.clock.advance(days * DAY_MS);
        quiet(&server).await;
        assert_eq!(rows().await, expected, "{days} days later");
    }
    // Sessions are the brand's: it may keep them for a shorter time.
    let merchant = flow.access().merchant_by_operator(operator(), &server.merchant.brand().id).await.unwrap();
    let short = Retention { access_days: 1, ..Retention::default() };
    flow.retention().save(&merchant, short).await.unwrap();
    opened(&server, 2).await;
    server.clock.advance(2 * DAY_MS);
    quiet(&server).await;
    assert_eq!(rows().await, [1, 0, 0, 1]);
    server.stop().await;
}

async fn brands_created_later_are_part_of_the_daily_run(server: TestServer) {
    let new = NewBrand { name: "Later".into(), ..NewBrand::default() };
    let brand = server.flow().setup().create_brand(operator(), &new).await.unwrap();
    let merchant = server.flow().access().merchant_by_operator(operator(), &brand.id).await.unwrap();
    let (_, key) = server.flow().setup().create_key(&merchant, KeyKind::Pixel, false).await.unwrap();
    server.track(&key, &json!({"event_type": "page_view", "pv_id": PV}).to_string()).await;
    server.clock.advance(399 * DAY_MS);
    quiet(&server).await;
    assert_eq!(server.store.events_after(&brand.id, "", 10).await.unwrap().len(), 1);
    server.clock.advance(2 * DAY_MS);
    quiet(&server).await;
    assert_eq!(server.store.events_after(&brand.id, "", 10).await.unwrap(), vec![], "after 400 days");
    server.stop().await;
}

on_both_engines!(
    old_visits_are_deleted_daily_and_credits_stay
    longer_retention_does_not_take_credits_away
    what_ended_is_deleted_after_its_time
    brands_created_later_are_part_of_the_daily_run
);
