//! Purchase reports of many orders are processed together, and end as if they were processed one by one.

use domain::{BrandId, Money, OrderId, UnixMs, event::Event};
use flow::{access::Merchant, job::OrderRef, link::NewLink, setup::NewBrand};
use serde_json::{Value, json};
use store::{
    ingest::{Batch, NewEvent},
    jobs::{Lane, NewJob},
    orders::{ALL_ORDERS, OrderRecord},
};

use crate::{
    actions::percent,
    test_server::{NOW, TestServer, operator, order},
};

/// A purchase as a browser reports it, of a visitor of its own.
fn reported(brand: &BrandId, nth: i64, order_id: &str, minor: i64) -> Event {
    let at = NOW.plus_ms(nth);
    Event {
        id: format!("report {nth}"),
        brand: brand.clone(),
        event_type: "purchase".into(),
        pv_id: format!("550e8400-e29b-41d4-a716-{nth:012}"),
        pv_alias: None,
        occurred_at: at,
        received_at: at,
        page_url: None,
        ref_code: None,
        product_id: None,
        order_id: Some(order_id.to_owned()),
        revenue: Some(Money { minor, currency: domain::Currency::USD }),
        promo_code: Some(if nth % 2 == 0 { "SPRING" } else { "NONE" }.to_owned()),
        is_new_customer: Some(nth % 3 == 0),
        event_data: None,
        is_verified: false,
        is_test: false,
    }
}

/// Stores reports without the jobs that process them.
async fn store_reports(server: &TestServer, reports: Vec<Event>) {
    let events = reports.into_iter().map(|event| NewEvent { event, secret_hash: None, job: None });
    server.store.append(&Batch { clicks: vec![], events: events.collect() }).await.unwrap();
}

/// A brand that trusts browser purchases, with a creator who has a code, and orders that were stored before.
async fn world(server: &TestServer) -> Merchant {
    let flow = server.flow();
    let new = NewBrand { name: "Trusting".into(), trust_browser_purchases: true, ..NewBrand::default() };
    let brand = flow.setup().create_brand(operator(), &new).await.unwrap();
    let merchant = flow.access().merchant_by_operator(operator(), &brand.id).await.unwrap();
    let ana = flow.creators().create(&merchant, "Ana", "ana", "").await.unwrap();
    let link = NewLink {
        destination: "https://shop.example/p".into(),
        promo_code: "SPRING".into(),
        creator: ana.id.to_string(),
        ..NewLink::default()
    };
    flow.links().create(&merchant, &link).await.unwrap();
    flow.commissions().create_rule(&merchant, &percent("10")).await.unwrap();
    let of_shop = |number: u64, extra: Value| {
        let mut fields = json!({"name": format!("#{number}"), "order_number": number});
        fields.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        order(900_000 + number, "60.00", &fields)
    };
    for body in [of_shop(6, json!({})), of_shop(7, json!({"test": true})), of_shop(9, json!({}))] {
        let order = shopify::order::read_order(body.as_bytes()).unwrap();
        flow.orders().record_shopify_order(&brand, &order).await.unwrap();
    }
    store_reports(server, vec![reported(&brand.id, 1, "5", 1_000)]).await;
    process_one_by_one(server, &brand.id, &["5".to_owned()]).await;
    server.settle().await;
    merchant
}

/// Several reports of one order, of several orders, and of orders that are known by these numbers otherwise.
fn reports(brand: &BrandId) -> Vec<Event> {
    let mut reports: Vec<Event> = [
        ("1", 5_000),
        ("1", 9_900),
        ("2", 2_000),
        ("1", 100),
        // One order by two spellings, and two that differ in a sign only.
        ("3", 3_000),
        ("gid://shopify/Order/3", 3_100),
        ("10", 1_000),
        ("#10", 1_000),
        // Reported and stored before, with another amount.
        ("5", 5_000),
        // The shop's: the same sale, a test, and another amount.
        ("6", 6_000),
        ("7", 6_000),
        ("9", 100),
    ]
    .iter()
    .zip(10..)
    .map(|((order_id, minor), nth)| reported(brand, nth, order_id, *minor))
    .collect();
    reports.push(Event { is_test: true, ..reported(brand, 40, "4", 400) });
    reports.push(reported(brand, 41, "4", 4_000));
    reports.push(reported(brand, 42, "8", 800));
    reports.push(Event { is_verified: true, ..reported(brand, 43, "8", 8_000) });
    reports.extend((0..20).map(|nth| reported(brand, 50 + nth, &format!("invented-{nth}"), 100 + nth)));
    reports
}

fn order_ids(reports: &[Event]) -> Vec<String> {
    let mut ids: Vec<String> = reports.iter().filter_map(|report| report.order_id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

async fn process_one_by_one(server: &TestServer, brand: &BrandId, order_ids: &[String]) {
    for order_id in order_ids {
        let about = OrderRef { brand: brand.clone(), order_id: order_id.clone() };
        server.flow().orders().process_purchase_reports(&about).await.unwrap();
    }
}

/// Queues the jobs of these orders at once, so that they are claimed together, and runs them.
async fn process_together(server: &TestServer, brand: &BrandId, order_ids: &[String]) {
    let job = |order_id: &String| NewJob {
        kind: "order.report",
        key: format!("{brand}:{order_id}"),
        lane: Lane::Reports,
        party: brand.to_string(),
        payload: json!({"brand": brand, "order_id": order_id}).to_string(),
        run_at: server.clock_now(),
    };
    let jobs: Vec<NewJob> = order_ids.iter().map(job).collect();
    server.store.enqueue_all(&jobs).await.unwrap();
    server.settle().await;
}

/// An order with its outcome, without what differs between two brands or tells how often it was settled.
fn state(record: OrderRecord) -> Value {
    let decided = record.attribution.map(|decided| {
        let credits = decided.credits.iter().map(|credit| (credit.kind.as_str(), credit.amount_minor));
        json!({"net": decided.net_minor, "credits": credits.collect::<Vec<_>>()})
    });
    let order = domain::order::Order { id: OrderId::new(1, [0; 10]), brand: BrandId::new(1, [0; 10]), ..record.order };
    json!({
        "order": order, "placed_day": record.placed_day.0, "settled_day": record.settled_day.map(|day| day.0),
        "visitors": record.visitors, "decided": decided,
    })
}

async fn states(server: &TestServer, merchant: &Merchant) -> Vec<Value> {
    let orders = server.store.orders(&merchant.brand().id, ALL_ORDERS, 100).await.unwrap();
    let mut states: Vec<Value> = orders.into_iter().map(state).collect();
    states.sort_by_key(|state| state["order"]["external_id"].as_str().unwrap().to_owned());
    states
}

async fn ledger(server: &TestServer, merchant: &Merchant) -> Vec<(i64, bool)> {
    let entries = server.flow().commissions().ledger(merchant, None, "").await.unwrap();
    let mut lines: Vec<(i64, bool)> = entries.iter().map(|line| (line.amount_minor, line.is_waiting())).collect();
    lines.sort_unstable();
    lines
}

async fn reports_processed_together_end_as_one_by_one(server: TestServer) {
    let [together, single] = [world(&server).await, world(&server).await];
    for merchant in [&together, &single] {
        store_reports(&server, reports(&merchant.brand().id)).await;
    }
    server.clock.advance(1_000);
    let ids = order_ids(&reports(&together.brand().id));
    process_together(&server, &together.brand().id, &ids).await;
    process_one_by_one(&server, &single.brand().id, &ids).await;
    server.settle().await;
    let expected = states(&server, &single).await;
    assert_eq!(expected.len(), 3 + 30, "the shop's and those reported");
    assert_eq!(states(&server, &together).await, expected);
    let earned = ledger(&server, &single).await;
    assert!(earned.len() > 10, "{earned:?}");
    assert_eq!(ledger(&server, &together).await, earned);
    let first = expected.iter().find(|state| state["order"]["external_id"] == "1").unwrap();
    assert_eq!(first["decided"]["net"], 5_000, "of several reports the first counts");
    // Once more, which changes nothing.
    process_together(&server, &together.brand().id, &ids).await;
    assert_eq!(states(&server, &together).await, expected);
    server.stop().await;
}

async fn every_purchase_of_a_backend_becomes_an_order(server: TestServer) {
    let brand = server.merchant.brand().id.clone();
    let reports: Vec<Event> = (0..64)
        .map(|nth| Event { is_verified: true, ..reported(&brand, nth, &format!("order-{nth}"), 100 + nth) })
        .collect();
    let ids = order_ids(&reports);
    store_reports(&server, reports).await;
    server.clock.advance(1_000);
    process_together(&server, &brand, &ids).await;
    let stored = server.store.count_orders(&brand, UnixMs(0)).await.unwrap();
    assert_eq!(stored, 64);
    server.stop().await;
}

on_both_engines!(reports_processed_together_end_as_one_by_one every_purchase_of_a_backend_becomes_an_order);
