//! Forgetting people: what was erased is nowhere in the database, on any path, and does not come back.

use core::time::Duration;

use domain::{UnixMs, api_key::KeyKind, id::InboxId, shop::ShopDomain};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use store::{
    inbox::{Delivery, NewDelivery},
    jobs::{Lane, NewJob},
};

use crate::{
    actions::{creator_with_link, deliver_and_settle, install, percent, rule},
    customers::{OTHER_PV, THIRD_PV, click, post},
    test_server::{NOW, PV, SHOP, TestServer, connect_to_all_brands, order},
};

mod audit;
mod command_line;
mod creators;
mod credits;
mod data_requests;
mod erasure;
mod imports;
mod retention;
mod scrub;
mod settings;
pub(crate) mod shops;

pub(crate) const FAIRING_KEY: &str = "fairing-key-0123456789";
const EMAIL: &str = "ada.lovelace@example.com";
const SURNAME: &str = "Lovelace";
const CUSTOMER: u64 = 7_700_770_077;
const CLIENT: &str = "client-ada-1815";
const CHECKOUT_TOKEN: &str = "checkout-ada-1815";
const CART_TOKEN: &str = "cart-ada-1815";

/// Everything that would show that a marked person is still there.
fn written_marks() -> Vec<String> {
    let texts = [EMAIL, SURNAME, CLIENT, PV, OTHER_PV, THIRD_PV, CHECKOUT_TOKEN, CART_TOKEN];
    let sha256 = flow::identity::address_sha256(EMAIL);
    texts.into_iter().map(str::to_owned).chain([CUSTOMER.to_string(), sha256]).collect()
}

fn name() -> Value {
    json!({"first_name": "Ada", "last_name": SURNAME})
}

fn named_order(id: u64, total: &str) -> String {
    let extra = json!({
        "email": EMAIL, "customer": {"id": CUSTOMER, "email": EMAIL, "first_name": "Ada", "last_name": SURNAME},
        "note": format!("for {SURNAME}"), "note_attributes": [{"name": "_cs_pv", "value": PV}],
        "checkout_token": CHECKOUT_TOKEN, "cart_token": CART_TOKEN,
        "shipping_address": name(),
    });
    order(id, total, &extra)
}

async fn send(server: &TestServer, path: &str, key: Option<&str>, body: Value) -> (u16, Value) {
    let mut request = server.http.post(format!("{}{path}", server.url)).body(body.to_string());
    request = request.header("content-type", "application/json").header("user-agent", crate::test_server::CHROME);
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// A delivery that is stored but whose job never runs, as after twelve failures.
async fn park(server: &TestServer, n: u8, topic: &str, body: &str) {
    let delivery = Delivery {
        id: InboxId::new(NOW.0, [n; 10]),
        source: "shopify".into(),
        delivery_id: format!("parked {n}"),
        topic: topic.into(),
        shop: ShopDomain::parse(SHOP).unwrap(),
        triggered_at: None,
        received_at: NOW,
        body: body.as_bytes().to_vec(),
        body_sha256: [n; 32],
    };
    let (lane, party, run_at) = (Lane::Deliveries, SHOP.to_owned(), UnixMs(i64::MAX));
    let job = NewJob { kind: "parked", key: n.to_string(), lane, party, payload: "{}".into(), run_at };
    server.store.receive(&[NewDelivery { delivery, job }]).await.unwrap();
}

/// What the person does before they are erased, on every path that stores anything. Answers are not looked at.
struct Doors {
    /// The handle of an affiliate click.
    click_id: String,
    test_key: String,
    /// A creator who shares the person's browser, and whose links the person does not use.
    friend: domain::CreatorId,
}

async fn enter(server: &TestServer) -> Doors {
    install(server).await;
    let (_, link) = creator_with_link(server, "Jess", "JESS20").await;
    rule(server, percent("10")).await;
    server.flow().surveys().set_fairing_key(&server.merchant, FAIRING_KEY).await.unwrap();
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    click(server, link.code.as_str(), OTHER_PV).await;
    let affiliate = json!({"affiliate_url": format!("https://shop.example/?aff={}", link.code)});
    let (_, clicked) = send(server, "/api/v1/track/click", None, affiliate).await;
    let friend = server.flow().creators().create(&server.merchant, "Zoe", "zoe", "").await.unwrap().id;
    let doors = Doors { click_id: clicked["click_id"].as_str().unwrap().to_owned(), test_key, friend };
    sign_in_as(server, &doors.friend).await;
    server.clock.advance(5_000);
    reports(server, &doors, link.code.as_str(), "").await;
    server.settle().await;
    deliver_and_settle(server, "orders/create", "o1", &named_order(1001, "50.00")).await;
    deliver_and_settle(server, "refunds/create", "r1", &refund(1001, 1, "10.00")).await;
    let ids = server.store.orders(&server.merchant.brand().id, store::orders::ALL_ORDERS, 50).await.unwrap();
    let shopify = ids.iter().find(|record| record.order.external_id == "1001").unwrap().order.id.clone();
    server.flow().surveys().assign_credit(&server.merchant, &shopify, &link.id, "Lovelace called us").await.unwrap();
    server.settle().await;
    note(server, "/api/v1/orders/1001", SURNAME).await;
    note(server, &format!("/api/v1/commissions/{}", commission_of(server, &shopify).await), SURNAME).await;
    note(server, &format!("/api/v1/conversions/{}", flow::api::conversion::conversion_id(&shopify, 0)), SURNAME).await;
    edit(server, &commission_of(server, &shopify).await).await;
    for click in clicks(server).await {
        note(server, &format!("/api/v1/clicks/{click}"), SURNAME).await;
    }
    park(server, 1, "orders/create", &named_order(1002, "30.00")).await;
    park(server, 2, "customers/data_request", &message(&[])).await;
    deliver_and_settle(server, "customers/data_request", "d1", &message(&[])).await;
    doors
}

/// Takes a cent off a commission, for a reason that names the person.
async fn edit(server: &TestServer, commission: &domain::EntryId) {
    let url = format!("{}/api/v1/commissions/{commission}", server.url);
    let stored: Value =
        server.http.get(&url).bearer_auth(&server.server_key).send().await.unwrap().json().await.unwrap();
    let change =
        json!({"amount_minor": stored["amount_minor"].as_i64().unwrap() - 1, "reason": format!("{SURNAME} phoned")});
    let answer = server.http.patch(url).bearer_auth(&server.server_key).json(&change).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

/// Notes a name about an object. The answer is stored with its idempotency key.
async fn note(server: &TestServer, path: &str, name: &str) {
    let request = server.http.patch(format!("{}{path}", server.url)).bearer_auth(&server.server_key);
    let request = request.header("idempotency-key", "note").json(&json!({"metadata": {"called by": name}}));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["metadata"]["called by"], name, "{answer}");
}

/// The ids of the two clicks: a redirect may go out before its click is stored.
async fn clicks(server: &TestServer) -> Vec<String> {
    let mut ids = Vec::new();
    while ids.len() < 2 {
        let request = server.http.get(format!("{}/api/v1/clicks", server.url)).bearer_auth(&server.server_key);
        let list: Value = request.send().await.unwrap().json().await.unwrap();
        ids = list["data"].as_array().unwrap().iter().map(|click| click["id"].as_str().unwrap().to_owned()).collect();
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    ids
}

/// The first commission of an order.
async fn commission_of(server: &TestServer, order: &domain::OrderId) -> domain::EntryId {
    let entries = server.store.ledger_of_order(&server.merchant.brand().id, order).await.unwrap();
    entries.into_iter().next().unwrap().id
}

fn refund(order: u64, id: u64, amount: &str) -> String {
    json!({
        "id": id, "order_id": order, "created_at": "2027-01-15T09:00:00Z", "note": format!("{SURNAME} was unhappy"),
        "transactions": [{"kind": "refund", "status": "success", "amount": amount, "currency": "USD", "receipt": name()}],
    })
    .to_string()
}

fn message(orders: &[u64]) -> String {
    json!({"shop_domain": SHOP, "customer": {"id": CUSTOMER, "email": EMAIL, "phone": "555"}, "orders_to_redact": orders})
        .to_string()
}

/// Reports from browsers and backends. `again` makes the ids of a second round different.
async fn reports(server: &TestServer, doors: &Doors, code: &str, again: &str) {
    let landed = json!({"event_type": "page_view", "pv_id": PV, "pv_alias": OTHER_PV, "event_data": name(),
        "page_url": format!("https://shop.example/{SURNAME}?cs_ref={code}")});
    let bought = json!({"event_type": "purchase", "pv_id": PV, "order_id": "1001", "revenue": 50, "event_data": name(),
        "checkout_token": CHECKOUT_TOKEN});
    let test = json!({"event_type": "page_view", "pv_id": THIRD_PV, "pv_alias": PV, "event_data": name()});
    let sold = json!({"event_type": "purchase", "pv_id": PV, "order_id": format!("pos-1{again}"), "revenue": 20,
        "event_data": name(), "cart_token": CART_TOKEN});
    server.track(&server.pixel_key, &landed.to_string()).await;
    server.track(&server.pixel_key, &bought.to_string()).await;
    server.track(&doors.test_key, &test.to_string()).await;
    server.track(&server.server_key, &sold.to_string()).await;
    let meta = json!({"name": SURNAME, "email": EMAIL});
    let sha256 = flow::identity::address_sha256(EMAIL);
    for key in [&server.pixel_key, &server.server_key, &doors.test_key] {
        let identity = json!({"identity": {"aliases": [PV], "client_id": CLIENT, "public_key": key, "meta": meta,
            "email_sha256": sha256}});
        post(server, "/identities", &identity).await;
        let event = json!({"event": {"aliases": [PV], "client_id": CLIENT, "event_public_key": "signup",
            "public_key": key, "meta": meta, "url": format!("https://shop.example/{SURNAME}")}});
        post(server, "/events", &event).await;
    }
    let lead = json!({"click_id": doors.click_id, "customer_key": CLIENT, "email": EMAIL, "additional_data": name()});
    send(server, "/api/v1/track/lead", None, lead.clone()).await;
    send(server, "/api/v1/track/lead", Some(&server.server_key), lead.clone()).await;
    send(server, "/api/v1/track/lead", Some(&doors.test_key), lead).await;
    for key in [&server.server_key, &doors.test_key] {
        let sale = json!({"transaction_id": format!("tx-1{again}"), "amount_cents": 700, "customer_key": CLIENT,
            "click_id": doors.click_id, "additional_data": name()});
        send(server, "/api/v1/track/sale", Some(key), sale).await;
    }
    answer(server, "1001", &format!("How?{again}")).await;
}

/// The person answers a survey.
async fn answer(server: &TestServer, order_id: &str, question: &str) {
    let answer = json!({"order_id": order_id, "question": question, "answer": format!("Jess, says {SURNAME}"),
        "shop_domain": SHOP});
    let request = server.http.post(format!("{}/api/webhooks/fairing", server.url)).body(answer.to_string());
    request.header("x-fairing-signature", FAIRING_KEY).send().await.unwrap();
}

/// A creator opens the creator's own page in the person's browser.
async fn sign_in_as(server: &TestServer, creator: &domain::CreatorId) {
    let link = server.flow().access().sign_in_link(&server.merchant, Some(creator)).await.unwrap();
    let (session, _) = server.flow().access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
    let page = server.http.get(format!("{}/creator", server.url));
    let page = page.header("cookie", format!("__Host-cs_session={session}; _cs_pv={PV}"));
    assert_eq!(page.send().await.unwrap().status(), 200);
}

async fn delete(server: &TestServer, name: &str) -> u16 {
    let request = server.http.delete(format!("{}/api/v1/customers/{name}", server.url)).bearer_auth(&server.server_key);
    request.send().await.unwrap().status().as_u16()
}

/// The brand's backend says which customer a visitor is.
async fn identify(server: &TestServer, pv_id: &str, name: &str) {
    let identity = json!({"identity": {"aliases": [pv_id], "client_id": name, "public_key": server.server_key}});
    assert_eq!(post(server, "/identities", &identity).await.1["joined"], true);
}

/// The number of rows of a table.
async fn rows_in(server: &TestServer, table: &str) -> i64 {
    let count = AssertSqlSafe(format!("select count(*) from {table}"));
    if server.database.starts_with("sqlite://") {
        let mut connection = SqliteConnection::connect(&server.database).await.unwrap();
        sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap()
    } else {
        let mut connection = connect_to_all_brands(&server.database).await;
        sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap()
    }
}

/// The keyed hashes and ids under which the person is stored.
async fn stored_marks(server: &TestServer) -> Vec<String> {
    let brand = server.merchant.brand().id.clone();
    let key = domain::Identity::Order("1001".into());
    let customer = server.store.customer_of(&brand, &key).await.unwrap().unwrap();
    let record = server.store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();
    let mut hashes = vec![record.order.email_hash.unwrap(), record.order.customer_hash.unwrap()];
    assert_eq!(record.order.details.secrets.len(), 2);
    hashes.extend(record.order.details.secrets);
    let values = customer.identities.iter().filter(|identity| identity.order().is_none()).map(ToString::to_string);
    let values = values.map(|text| text.split_once(':').map_or(text.clone(), |(_, value)| value.to_owned()));
    let mut marks: Vec<String> = written_marks();
    marks.extend(hashes);
    marks.extend(values);
    marks.push(customer.id.to_string());
    marks.sort();
    marks.dedup();
    marks
}

/// Which marks the whole database still contains, with where: every byte of SQLite's files, every column of every
/// table of PostgreSQL.
pub(crate) async fn found(server: &TestServer, marks: &[String]) -> Vec<String> {
    match server.database.strip_prefix("sqlite://") {
        Some(file) => found_in_files(file, marks),
        None => found_in_tables(&server.database, marks).await,
    }
}

fn found_in_files(file: &str, marks: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for ending in ["", "-wal", "-shm", "-journal"] {
        let Ok(mut bytes) = std::fs::read(format!("{file}{ending}")) else { continue };
        bytes.make_ascii_lowercase();
        for mark in marks {
            let mark = mark.to_ascii_lowercase();
            if let Some(at) = bytes.windows(mark.len()).position(|window| window == mark.as_bytes()) {
                let around = &bytes[at.saturating_sub(80)..(at + 80).min(bytes.len())];
                found.push(format!("{mark} in file{ending}: {}", String::from_utf8_lossy(around)));
            }
        }
    }
    found
}

async fn found_in_tables(database: &str, marks: &[String]) -> Vec<String> {
    let mut connection = connect_to_all_brands(database).await;
    let tables = "select table_name::text from information_schema.tables where table_schema = 'public'";
    let mut found = Vec::new();
    for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
        let table: String = table.get(0);
        let rows = format!("select row_to_json(t)::text from {table} as t");
        for row in sqlx::query(AssertSqlSafe(rows)).fetch_all(&mut connection).await.unwrap() {
            let text = row.get::<String, _>(0).to_lowercase();
            for mark in marks.iter().map(|mark| mark.to_lowercase()) {
                let in_bytes: String = mark.bytes().map(|byte| format!("{byte:02x}")).collect();
                if text.contains(&mark) || text.contains(&in_bytes) {
                    found.push(format!("{mark} in {table}: {text}"));
                }
            }
        }
    }
    found
}

/// Waits until no job runs that the worker took.
pub(crate) async fn quiet(server: &TestServer) {
    server.settle().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    server.settle().await;
}
