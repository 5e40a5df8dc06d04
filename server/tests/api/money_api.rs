//! Orders, conversions, commissions, payouts and metrics through the unified API.

use std::collections::{BTreeMap, BTreeSet};

use domain::time::{DAY_MS, Period};
use flow::setup::NewBrand;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, install, percent, promo, rule},
    test_server::{PV, TestServer, operator, order},
};

/// The clock of the test servers begins on this day.
const TODAY: &str = "2027-01-15";

struct Answer {
    status: u16,
    text: String,
    is_replay: bool,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// Sends a request with the server key.
async fn send(server: &TestServer, method: Method, path: &str, body: Option<&Value>, once: Option<&str>) -> Answer {
    let mut request = server.http.request(method, format!("{}{path}", server.url)).bearer_auth(&server.server_key);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    if let Some(once) = once {
        request = request.header("idempotency-key", once);
    }
    let answer = request.send().await.unwrap();
    let is_replay = answer.headers().contains_key("idempotent-replayed");
    Answer { status: answer.status().as_u16(), text: answer.text().await.unwrap(), is_replay }
}

async fn get(server: &TestServer, path: &str) -> (u16, Value) {
    let answer = send(server, Method::GET, path, None, None).await;
    (answer.status, answer.json())
}

async fn post(server: &TestServer, path: &str, body: &Value) -> (u16, Value) {
    let answer = send(server, Method::POST, path, Some(body), None).await;
    (answer.status, answer.json())
}

/// The objects of a list.
async fn data(server: &TestServer, path: &str) -> Vec<Value> {
    let (status, answer) = get(server, path).await;
    assert_eq!((status, &answer["object"]), (200, &json!("list")), "{path}: {answer}");
    answer["data"].as_array().unwrap().clone()
}

fn ids(objects: &[Value]) -> Vec<String> {
    objects.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
}

fn sale(external_id: &str, total_minor: i64, code: &str) -> Value {
    json!({"external_id": external_id, "currency": "USD", "total_minor": total_minor, "cs_ref": code})
}

/// Lets a minute pass, so that the key may send as many requests again.
fn next_minute(server: &TestServer) {
    server.clock.advance(60_000);
}

async fn an_external_order_earns_by_the_code_of_a_link(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    let body = json!({"external_id": "POS-1", "name": "Till 4", "currency": "USD", "total_minor": 6000,
        "subtotal_minor": 5000, "cs_ref": link.code.to_string(), "discount_codes": ["welcome"],
        "line_items": [{"product": "mug", "net_minor": 5000}], "is_new_customer": true,
        "customer": {"customer_key": "c1", "email": "Buyer@Example.com"}});
    let (status, created) = post(&server, "/api/v1/orders", &body).await;
    assert_eq!((status, &created["settled"], &created["credits"]), (201, &json!(false), &json!([])), "{created}");
    server.settle().await;
    let (status, found) = get(&server, "/api/v1/orders/POS-1").await;
    assert_eq!((status, &found["id"], &found["settled"]), (200, &created["id"], &json!(true)));
    assert_eq!(
        (&found["source"], &found["name"], &found["total_minor"], &found["net_minor"], &found["livemode"]),
        (&json!("api"), &json!("Till 4"), &json!(6000), &json!(6000), &json!(true))
    );
    let credit = json!({"creator": ana.to_string(), "link": link.id.to_string(), "campaign": null, "kind": "cart",
        "amount_minor": 6000, "weight": "1/1"});
    assert_eq!(found["credits"], json!([credit]));
    let id = found["id"].as_str().unwrap();
    let commissions = data(&server, &format!("/api/v1/commissions?order={id}")).await;
    assert_eq!(commissions.len(), 1);
    let commission = &commissions[0];
    assert_eq!(
        (&commission["kind"], &commission["status"], &commission["original_minor"], &commission["creator"]),
        (&json!("accrual"), &json!("pending"), &json!(500), &json!(ana.to_string()))
    );
    let conversions = data(&server, &format!("/api/v1/conversions?order={id}")).await;
    assert_eq!((conversions.len(), &conversions[0]["amount_minor"]), (1, &json!(6000)));
    assert_eq!(conversions[0]["id"], json!(format!("cnv{}_0", id.strip_prefix("ord").unwrap())));

    // The same again changes nothing; newer facts win.
    server.clock.advance(1000);
    let (status, repeated) = post(&server, "/api/v1/orders", &body).await;
    assert_eq!((status, &repeated), (200, &found));
    server.settle().await;
    assert_eq!(get(&server, "/api/v1/orders/POS-1").await.1, found);
    server.clock.advance(1000);
    let mut corrected = body.clone();
    (corrected["total_minor"], corrected["subtotal_minor"]) = (json!(7000), json!(6000));
    assert_eq!(post(&server, "/api/v1/orders", &corrected).await.0, 200);
    server.settle().await;
    let (_, found) = get(&server, &format!("/api/v1/orders/{id}")).await;
    assert_eq!((&found["total_minor"], &found["credits"][0]["amount_minor"]), (&json!(7000), &json!(7000)));
    let commissions = data(&server, &format!("/api/v1/commissions?order={id}")).await;
    assert_eq!(commissions.iter().map(|one| one["original_minor"].as_i64().unwrap()).sum::<i64>(), 600);
    let log = server.audit_log().await;
    let reports = log.iter().filter(|(_, _, action, subject)| action == "order.upsert" && subject == id).count();
    assert_eq!(reports, 2, "the repeat is not logged");
    server.stop().await;
}

async fn an_order_is_put_by_its_own_id(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let path = "/api/v1/orders/external/POS%207";
    let mut body = json!({"currency": "USD", "total_minor": 6000, "cs_ref": link.code.to_string()});
    let put = async |body: &Value, once| {
        let answer = send(&server, Method::PUT, path, Some(body), once).await;
        (answer.status, answer.json(), answer.is_replay)
    };
    let (status, created, _) = put(&body, Some("k1")).await;
    assert_eq!((status, &created["external_id"], &created["total_minor"]), (201, &json!("POS 7"), &json!(6000)));
    assert_eq!(put(&body, Some("k1")).await, (201, created.clone(), true));
    server.settle().await;
    server.clock.advance(1000);
    body["external_id"] = json!("POS 7");
    body["total_minor"] = json!(7000);
    let (status, changed, _) = put(&body, None).await;
    assert_eq!((status, &changed["id"], &changed["total_minor"]), (200, &created["id"], &json!(7000)));
    body["external_id"] = json!("POS 8");
    let (status, refused, _) = put(&body, None).await;
    assert_eq!((status, &refused["details"]), (400, &json!(["external_id must be the one in the address"])));
    assert_eq!(data(&server, "/api/v1/orders").await.len(), 1);
    server.stop().await;
}

async fn an_order_of_a_visitor_is_credited_to_their_click(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    let pv_id = crate::actions::visitor_of(&server, link.code.as_str()).await;
    let mut body = sale("POS-1", 6000, "");
    body.as_object_mut().unwrap().remove("cs_ref");
    body["pv_id"] = json!(pv_id);
    assert_eq!(post(&server, "/api/v1/orders", &body).await.0, 201);
    server.settle().await;
    let (_, found) = get(&server, "/api/v1/orders/POS-1").await;
    assert_eq!(
        (&found["credits"][0]["creator"], &found["credits"][0]["kind"]),
        (&json!(ana.to_string()), &json!("click"))
    );
    server.stop().await;
}

async fn wrong_orders_are_refused_with_every_fault(server: TestServer) {
    let (status, answer) = post(&server, "/api/v1/orders", &json!({"total_minor": -1, "pv_id": "x"})).await;
    assert_eq!((status, &answer["code"]), (400, &json!("invalid")));
    assert_eq!(
        answer["details"],
        json!([
            "external_id is required",
            "currency is required",
            "total_minor must be 0 to 1000000000000000",
            "pv_id must be a UUID"
        ])
    );
    let (status, answer) = post(&server, "/api/v1/orders", &json!({"external_id": "1", "colour": "red"})).await;
    assert_eq!((status, &answer["details"]), (400, &json!(["colour is not a known field"])));
    let mut future = sale("P1", 100, "!");
    future["placed_at"] = json!("2031-01-01T00:00:00Z");
    future["click_id"] = json!("nonsense");
    future["customer"] = json!({"email": "nobody"});
    let (_, answer) = post(&server, "/api/v1/orders", &future).await;
    assert_eq!(
        answer["details"],
        json!([
            "placed_at must be after 1999 and not in the future",
            "customer.email must be an e-mail address",
            "cs_ref must be a link's code",
            "click_id is not known"
        ])
    );
    let rows = json!({"rows": [sale("A", 100, "k7m2p9qr"), {"external_id": "B"}, sale("A", 200, "k7m2p9qr")]});
    let (status, answer) = post(&server, "/api/v1/orders/bulk", &rows).await;
    let statuses: Vec<i64> =
        answer["data"].as_array().unwrap().iter().map(|row| row["status"].as_i64().unwrap()).collect();
    assert_eq!((status, statuses), (200, vec![201, 400, 400]), "{answer}");
    server.settle().await;
    assert_eq!(get(&server, "/api/v1/orders/A").await.1["total_minor"], json!(100));
    server.stop().await;
}

async fn an_order_with_an_idempotency_key_has_one_effect(server: TestServer) {
    let body = sale("POS-1", 6000, "k7m2p9qr");
    let twin = || send(&server, Method::POST, "/api/v1/orders", Some(&body), Some("once"));
    let (a, b, c, d) = tokio::join!(twin(), twin(), twin(), twin());
    let answers = [a, b, c, d];
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)));
    assert_eq!(answers.iter().filter(|answer| answer.status == 201 && !answer.is_replay).count(), 1);
    let first = answers.iter().find(|answer| answer.status == 201).unwrap();
    server.settle().await;
    server.clock.advance(1000);
    let replay = twin().await;
    assert_eq!((replay.status, replay.is_replay, &replay.text), (201, true, &first.text), "byte for byte");
    let other = send(&server, Method::POST, "/api/v1/orders", Some(&sale("POS-2", 1, "k7m2p9qr")), Some("once")).await;
    assert_eq!((other.status, other.json()["code"].clone()), (409, json!("idempotency_key_reused")));
    assert_eq!(data(&server, "/api/v1/orders").await.len(), 1);
    // What was refused is not kept: the same key may be used for the right request.
    let wrong = json!({"external_id": "POS-3"});
    assert_eq!(send(&server, Method::POST, "/api/v1/orders", Some(&wrong), Some("again")).await.status, 400);
    let right = sale("POS-3", 100, "k7m2p9qr");
    assert_eq!(send(&server, Method::POST, "/api/v1/orders", Some(&right), Some("again")).await.status, 201);
    server.stop().await;
}

async fn refunds_happen_once_and_take_no_more_than_is_left(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    assert_eq!(post(&server, "/api/v1/orders", &sale("POS-1", 6000, link.code.as_str())).await.0, 201);
    server.settle().await;
    server.clock.advance(1000);
    let refund = json!({"external_id": "r1", "amount_minor": 1500, "reason": "broken"});
    let path = "/api/v1/orders/POS-1/refunds";
    let (status, first) = post(&server, path, &refund).await;
    assert_eq!((status, &first["amount_minor"], &first["object"]), (201, &json!(1500), &json!("refund")));
    assert_eq!(post(&server, path, &refund).await, (200, first), "a repeat");
    let (status, answer) = post(&server, path, &json!({"external_id": "r1", "amount_minor": 1})).await;
    assert_eq!((status, &answer["code"]), (409, &json!("already_exists")));
    let (status, answer) = post(&server, path, &json!({"external_id": "r2", "amount_minor": 4501})).await;
    assert_eq!(status, 400);
    assert_eq!(answer["details"], json!(["amount_minor must be at most 4500, which is left of the order"]));
    // In another currency the order would no longer be reduced by its refund.
    let mut moved = sale("POS-1", 6000, link.code.as_str());
    moved["currency"] = json!("EUR");
    let (status, answer) = post(&server, "/api/v1/orders", &moved).await;
    assert_eq!((status, &answer["code"]), (409, &json!("already_exists")), "{answer}");
    let rows = json!({"rows": [moved, sale("POS-2", 100, "k7m2p9qr")]});
    let (status, answer) = post(&server, "/api/v1/orders/bulk", &rows).await;
    let statuses: Vec<_> = answer["data"].as_array().unwrap().iter().map(|row| row["status"].as_i64()).collect();
    assert_eq!((status, statuses), (200, vec![Some(409), Some(201)]), "{answer}");
    server.clock.advance(1000);
    let purchase = json!({
        "event_type": "purchase", "pv_id": PV, "page_url": "https://shop.example/", "order_id": "POS-1",
        "revenue": 60, "currency": "EUR",
    });
    let (status, answer) = post(&server, "/api/v1/track", &purchase).await;
    assert_eq!(status, 200, "{answer}");
    server.settle().await;
    let (_, found) = get(&server, "/api/v1/orders/POS-1").await;
    assert_eq!((&found["refunded_minor"], &found["net_minor"]), (&json!(1500), &json!(4500)));
    assert_eq!(found["currency"], json!("USD"));
    assert_eq!(found["credits"][0]["amount_minor"], json!(4500));
    let sum = async || {
        let all = data(&server, "/api/v1/commissions").await;
        all.iter().map(|one| one["original_minor"].as_i64().unwrap()).sum::<i64>()
    };
    assert_eq!(sum().await, 450);
    server.clock.advance(1000);
    let (status, rest) = post(&server, path, &json!({"external_id": "r2"})).await;
    assert_eq!((status, &rest["amount_minor"]), (201, &json!(4500)), "all that is left");
    assert_eq!(post(&server, path, &json!({"external_id": "r3"})).await.0, 400, "nothing is left");
    server.settle().await;
    assert_eq!(sum().await, 0);
    assert_eq!(post(&server, "/api/v1/orders/none/refunds", &refund).await.0, 404);
    let file = send(&server, Method::GET, "/api/v1/exports/refunds.jsonl", None, None).await;
    let rows: Vec<Value> = file.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows: Vec<_> = rows.iter().map(|row| (&row["id"], &row["order_external_id"], &row["amount_minor"])).collect();
    let order_id = json!("POS-1");
    assert_eq!(
        rows,
        [(&json!("r1"), &order_id, &json!(1500)), (&json!("r2"), &order_id, &json!(4500))],
        "{}",
        file.text
    );

    install(&server).await;
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &json!({}))).await;
    let (status, answer) = post(&server, "/api/v1/orders/1001/refunds", &refund).await;
    assert_eq!((status, &answer["details"]), (400, &json!(["Shopify reports the refunds of this order"])));
    server.stop().await;
}

async fn lists_lose_and_repeat_nothing_while_orders_come(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    let add = async |name: String, code: &str| {
        server.clock.advance(1000);
        let (status, body) = post(&server, "/api/v1/orders", &sale(&name, 1000, code)).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().unwrap().to_owned()
    };
    let mut first = Vec::new();
    for nth in 0..12 {
        first.push(add(format!("first {nth}"), link.code.as_str()).await);
    }
    next_minute(&server);
    let mut seen = Vec::new();
    let mut path = "/api/v1/orders?limit=5".to_owned();
    loop {
        let (status, page) = get(&server, &path).await;
        assert_eq!((status, &page["url"]), (200, &json!("/api/v1/orders")));
        seen.extend(ids(page["data"].as_array().unwrap()));
        add(format!("later {}", seen.len()), "k7m2p9qr").await;
        if page["has_more"] == json!(false) {
            break;
        }
        path = format!("/api/v1/orders?limit=5&starting_after={}", seen.last().unwrap());
    }
    let mut newest_first = first.clone();
    newest_first.reverse();
    assert_eq!(seen, newest_first);
    // Back from the oldest: everything newer, those that came meanwhile too.
    let mut back: Vec<String> = Vec::new();
    let mut cursor = first[0].clone();
    loop {
        let (_, page) = get(&server, &format!("/api/v1/orders?limit=5&ending_before={cursor}")).await;
        let page_ids = ids(page["data"].as_array().unwrap());
        cursor.clone_from(&page_ids[0]);
        back.splice(0..0, page_ids);
        if page["has_more"] == json!(false) {
            break;
        }
    }
    assert_eq!(back.len(), 14);
    assert_eq!(back.iter().collect::<BTreeSet<_>>().len(), 14);

    server.settle().await;
    let count = async |query: &str| data(&server, &format!("/api/v1/orders?limit=100&{query}")).await.len();
    assert_eq!(count("attributed=true").await, 12);
    assert_eq!(count("attributed=false").await, 3);
    assert_eq!(count(&format!("creator={ana}")).await, 12);
    assert_eq!(count("campaign=cmp_01hf7yat00fzzvzzzzzzzzzzzz").await, 0);
    assert_eq!(count("source=api").await, 15);
    assert_eq!(count("source=shopify").await, 0);
    assert_eq!(count("external_id=first+3").await, 1);
    assert_eq!(count(&format!("placed_at[gte]={TODAY}T08:00:13Z")).await, 3, "placed after the first twelve");
    assert_eq!(count(&format!("created[lte]={TODAY}T08:00:03.999Z")).await, 3);
    assert_eq!(count("updated[gte]=2031-01-01T00:00:00Z").await, 0);
    let (status, answer) = get(&server, "/api/v1/orders?colour=red&limit=0&source=x").await;
    assert_eq!((status, &answer["code"]), (400, &json!("invalid")));
    assert_eq!(
        answer["details"],
        json!([
            "source must be one of browser, api, shopify",
            "limit must be 1 to 100",
            "colour is not a known parameter, or is there twice"
        ])
    );
    server.stop().await;
}

async fn conversions_are_paged_by_order_and_position(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    let (_, other) = creator_with_link(&server, "Bob", "BOB10").await;
    for (nth, link) in [&link, &other, &link, &link].into_iter().enumerate() {
        server.clock.advance(1000);
        assert_eq!(post(&server, "/api/v1/orders", &sale(&format!("o{nth}"), 1000, link.code.as_str())).await.0, 201);
    }
    server.settle().await;
    let all = ids(&data(&server, "/api/v1/conversions").await);
    assert_eq!(all.len(), 4);
    let mut seen = Vec::new();
    let mut path = "/api/v1/conversions?limit=3".to_owned();
    loop {
        let (_, page) = get(&server, &path).await;
        seen.extend(ids(page["data"].as_array().unwrap()));
        if page["has_more"] == json!(false) {
            break;
        }
        path = format!("/api/v1/conversions?limit=3&starting_after={}", seen.last().unwrap());
    }
    assert_eq!(seen, all);
    assert_eq!(ids(&data(&server, &format!("/api/v1/conversions?ending_before={}", all[3])).await), all[..3]);
    assert_eq!(ids(&data(&server, &format!("/api/v1/conversions?limit=1&ending_before={}", all[2])).await), all[1..2]);
    assert_eq!(data(&server, &format!("/api/v1/conversions?creator={ana}")).await.len(), 3);
    assert_eq!(data(&server, &format!("/api/v1/conversions?link={}", other.id)).await.len(), 1);
    assert_eq!(get(&server, "/api/v1/conversions?starting_after=cnv_x").await.0, 400);
    for one in data(&server, "/api/v1/conversions").await {
        let path = format!("/api/v1/conversions/{}", one["id"].as_str().unwrap());
        assert_eq!(get(&server, &path).await, (200, one));
    }
    let next = all[0].replace("_0", "_1");
    for missing in [next.as_str(), "cnv_x", "cnv_01hf7yat00fzzvzzzzzzzzzzzz_0", &all[0][4..]] {
        let (status, answer) = get(&server, &format!("/api/v1/conversions/{missing}")).await;
        assert_eq!((status, &answer["error"]), (404, &json!("conversion not found")), "{missing}");
    }
    server.stop().await;
}

/// The events of a type.
async fn told(server: &TestServer, kind: &str) -> Vec<Value> {
    let query = flow::outbound::EventQuery::default();
    let events = server.flow().outbound().list(&server.merchant, &query).await.unwrap();
    let events = events.iter().map(|event| serde_json::to_value(event).unwrap());
    events.filter(|event| event["type"] == json!(kind)).collect()
}

/// Recomputes every order of the brand.
async fn recompute(server: &TestServer) {
    let brand = &server.merchant.brand().id;
    server.flow().policies().begin_recompute(brand, domain::UnixMs(0)).await.unwrap();
    while server.flow().policies().recompute_next_page(brand).await.unwrap().is_some() {}
    server.settle().await;
}

/// The amounts of the ledger's entries, in order.
async fn amounts(server: &TestServer) -> Vec<i64> {
    let mut entries = server.flow().commissions().ledger(&server.merchant, None, "").await.unwrap();
    entries.sort_by(|one, other| one.id.cmp(&other.id));
    entries.into_iter().map(|entry| entry.amount_minor).collect()
}

/// What a brand lets a creator keep, no later settlement takes.
async fn a_waived_reversal_stays_waived(server: TestServer) {
    install(&server).await;
    creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    deliver_and_settle(&server, "orders/create", "o1", &order(1001, "100.00", &promo("ANA10"))).await;
    let edit = async |minor: i64, nth: usize| {
        server.clock.advance(1000);
        let mut entries = server.flow().commissions().ledger(&server.merchant, None, "").await.unwrap();
        entries.sort_by(|one, other| one.id.cmp(&other.id));
        let path = format!("/api/v1/commissions/{}", entries[nth].id);
        let body = json!({"amount_minor": minor, "reason": "agreed"});
        assert_eq!(send(&server, Method::PATCH, &path, Some(&body), None).await.status, 200);
        server.clock.advance(1000);
    };
    edit(400, 0).await;
    let refund = json!({"id": 7, "order_id": 1001, "created_at": "2027-01-15T09:00:00Z",
        "transactions": [{"kind": "refund", "status": "success", "amount": "100.00", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "r1", &refund.to_string()).await;
    assert_eq!(amounts(&server).await, [1000, -600, -400]);
    edit(0, 2).await;
    for _ in 0..2 {
        recompute(&server).await;
        assert_eq!(amounts(&server).await, [1000, -600, -400, 400]);
    }
    server.stop().await;
}

/// Each part of a cancelled order's commission is taken back under its own hold and approval.
async fn a_reversal_is_split_by_what_it_takes_back(server: TestServer) {
    install(&server).await;
    creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    deliver_and_settle(&server, "orders/create", "o1", &order(1001, "100.00", &promo("ANA10"))).await;
    server.flow().policies().save_settings(&server.merchant, 60, true, false, vec![]).await.unwrap();
    server.clock.advance(DAY_MS);
    let change = |total: &str, cancelled: Value| {
        let now = server.flow().now().to_rfc3339();
        let mut extra = promo("ANA10");
        extra["created_at"] = json!("2027-01-15T08:00:00Z");
        extra["updated_at"] = json!(now);
        extra["cancelled_at"] = if cancelled == json!(true) { json!(now) } else { Value::Null };
        order(1001, total, &extra)
    };
    deliver_and_settle(&server, "orders/updated", "o2", &change("150.00", json!(false))).await;
    assert_eq!(amounts(&server).await, [1000, 500]);
    server.clock.advance(DAY_MS);
    deliver_and_settle(&server, "orders/cancelled", "o3", &change("150.00", json!(true))).await;
    let entries = server.flow().commissions().ledger(&server.merchant, None, "").await.unwrap();
    let mut lines: Vec<_> =
        entries.iter().map(|entry| (entry.payable_at, entry.needs_approval, entry.amount_minor)).collect();
    lines.sort_unstable();
    let [early, late] = [lines[0].0, lines[2].0];
    assert!(early < late);
    assert_eq!(lines, [(early, false, -1000), (early, false, 1000), (late, true, -500), (late, true, 500)]);
    recompute(&server).await;
    assert_eq!(amounts(&server).await.len(), 4);
    server.stop().await;
}

async fn commissions_are_edited_with_a_reason_and_paid_once(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    assert_eq!(post(&server, "/api/v1/orders", &sale("POS-1", 5000, link.code.as_str())).await.0, 201);
    server.settle().await;
    server.clock.advance(1000);
    let first = &data(&server, "/api/v1/commissions?status=pending&unpaid=true").await[0];
    let path = format!("/api/v1/commissions/{}", first["id"].as_str().unwrap());
    let edit = async |minor: i64, once: &str| {
        let body = json!({"amount_minor": minor, "reason": "agreed by phone"});
        send(&server, Method::PATCH, &path, Some(&body), Some(once)).await
    };
    let edited = edit(450, "e1").await;
    let body = edited.json();
    assert_eq!((edited.status, &body["original_minor"], &body["amount_minor"]), (200, &json!(500), &json!(450)));
    assert_eq!(get(&server, &path).await.1, body);
    let replay = edit(450, "e1").await;
    assert_eq!((replay.is_replay, &replay.text), (true, &edited.text));
    server.clock.advance(1000);
    assert_eq!(edit(450, "e2").await.json()["amount_minor"], json!(450), "nothing to change");
    server.clock.advance(1000);
    assert_eq!(edit(475, "e3").await.json()["amount_minor"], json!(475));
    let (status, answer) = {
        let answer = send(&server, Method::PATCH, &path, Some(&json!({"amount_minor": -1})), None).await;
        (answer.status, answer.json())
    };
    assert_eq!((status, &answer["details"]), (400, &json!(["reason is required"])));
    assert_eq!(edit(-1, "e4").await.status, 400);
    let all = data(&server, &format!("/api/v1/commissions?creator={ana}")).await;
    let lines: Vec<_> = all.iter().map(|one| (one["kind"].clone(), one["original_minor"].as_i64().unwrap())).collect();
    assert_eq!(lines, [(json!("adjustment"), 25), (json!("adjustment"), -50), (json!("accrual"), 500)]);
    assert_eq!((&all[0]["edits"], &all[0]["reason"]), (&first["id"], &json!("agreed by phone")));
    let edit_path = format!("/api/v1/commissions/{}", all[0]["id"].as_str().unwrap());
    let body = json!({"amount_minor": 1, "reason": "x"});
    assert_eq!(send(&server, Method::PATCH, &edit_path, Some(&body), None).await.status, 400, "an edit of an edit");

    server.settle().await;
    // Before the clock goes on: events are kept for 30 days.
    assert_eq!(told(&server, "commission.created").await.len(), 3, "edits are commissions too");
    let (status, answer) = post(&server, "/api/v1/payouts", &json!({"currency": "USD"})).await;
    assert_eq!((status, &answer["details"]), (400, &json!(["nothing is payable in USD"])), "on hold");
    // Their hold ends, a payout takes them, and it is cancelled: each time they are among what has changed.
    let now = || server.flow().now().to_rfc3339();
    let changed_since =
        async |time: &str| data(&server, &format!("/api/v1/commissions?updated[gte]={time}")).await.len();
    server.clock.advance(1000);
    let edited = now();
    assert_eq!(changed_since(&edited).await, 0);
    server.clock.advance(31 * DAY_MS);
    assert_eq!(data(&server, "/api/v1/commissions?status=approved").await.len(), 3);
    assert_eq!(changed_since(&edited).await, 3);
    let approved = now();
    assert_eq!(changed_since(&approved).await, 0);
    let (status, payout) = post(&server, "/api/v1/payouts", &json!({"currency": "usd"})).await;
    assert_eq!((status, &payout["status"], &payout["amount_minor"]), (201, &json!("open"), &json!(475)), "{payout}");
    assert_eq!(payout["items"], json!([{"creator": ana.to_string(), "amount_minor": 475}]));
    assert_eq!(data(&server, "/api/v1/commissions?status=in_payout").await.len(), 4, "with the payout's line");
    assert_eq!(changed_since(&approved).await, 4);
    let payout_path = format!("/api/v1/payouts/{}", payout["id"].as_str().unwrap());
    assert_eq!(get(&server, &payout_path).await, (200, payout.clone()));
    server.clock.advance(1000);
    let taken = now();
    assert_eq!(changed_since(&taken).await, 0);
    let cancelled = post(&server, &format!("{payout_path}/cancel"), &json!({})).await;
    assert_eq!((cancelled.0, &cancelled.1["status"]), (200, &json!("cancelled")));
    assert_eq!(post(&server, &format!("{payout_path}/mark_paid"), &json!({})).await.0, 400);
    assert_eq!(data(&server, "/api/v1/commissions?status=approved").await.len(), 3);
    assert_eq!(changed_since(&taken).await, 5, "the lines, and both of the payout");

    server.clock.advance(1000);
    let (_, payout) = post(&server, "/api/v1/payouts", &json!({"currency": "USD"})).await;
    let payout_path = format!("/api/v1/payouts/{}", payout["id"].as_str().unwrap());
    let paid = post(&server, &format!("{payout_path}/mark_paid"), &json!({"reference": "wire 7"})).await;
    assert_eq!((paid.0, &paid.1["status"], &paid.1["reference"]), (200, &json!("paid"), &json!("wire 7")));
    server.clock.advance(1000);
    let again = post(&server, &format!("{payout_path}/mark_paid"), &json!({"reference": "wire 7"})).await;
    assert_eq!(again, paid, "once");
    assert_eq!(get(&server, &payout_path).await, paid);
    server.settle().await;
    let paid_events = told(&server, "payout.paid").await;
    assert_eq!(paid_events.len(), 1);
    assert_eq!(paid_events[0]["data"]["reference"], json!("wire 7"), "{paid_events:?}");
    let other = post(&server, &format!("{payout_path}/mark_paid"), &json!({"reference": "wire 8"})).await;
    assert_eq!((other.0, &other.1["details"]), (400, &json!(["the payout is paid under another reference"])));
    assert_eq!(data(&server, "/api/v1/commissions?unpaid=true").await, Vec::<Value>::new());
    assert_eq!(get(&server, &path).await.1["status"], json!("paid"));
    assert_eq!(ids(&data(&server, "/api/v1/payouts?status=paid&currency=USD").await), [payout["id"].as_str().unwrap()]);
    assert_eq!(data(&server, &format!("/api/v1/payouts?creator={ana}")).await.len(), 2);
    server.stop().await;
}

async fn commissions_that_wait_are_approved_with_their_order(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    server.flow().policies().save_settings(&server.merchant, 30, true, false, Vec::new()).await.unwrap();
    assert_eq!(post(&server, "/api/v1/orders", &sale("POS-1", 5000, link.code.as_str())).await.0, 201);
    server.settle().await;
    let first = &data(&server, "/api/v1/commissions?status=waiting").await[0];
    let path = format!("/api/v1/commissions/{}/approve", first["id"].as_str().unwrap());
    let (status, approved) = post(&server, &path, &json!({})).await;
    assert_eq!((status, &approved["status"]), (200, &json!("pending")), "its hold stays");
    assert_eq!(data(&server, "/api/v1/commissions?status=pending").await, core::slice::from_ref(&approved));
    assert_eq!(post(&server, &path, &json!({})).await, (200, approved), "again");
    server.stop().await;
}

async fn many_commissions_are_approved_edited_and_added_at_once(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    server.flow().policies().save_settings(&server.merchant, 30, true, false, Vec::new()).await.unwrap();
    for (name, minor) in [("POS-1", 5000), ("POS-2", 3000)] {
        assert_eq!(post(&server, "/api/v1/orders", &sale(name, minor, link.code.as_str())).await.0, 201);
    }
    server.settle().await;
    let waiting = data(&server, "/api/v1/commissions?status=waiting").await;
    let [second, first] = &waiting[..] else { panic!("{waiting:?}") };
    let bonus = json!({"creator": ana.to_string(), "amount_minor": 2500, "currency": "USD", "reason": "launch",
                       "external_id": "bonus-1"});
    let rows = json!({"rows": [
        {"id": first["id"], "approved": true},
        {"id": second["id"], "amount_minor": 200, "reason": "agreed"},
        bonus,
        {"id": "led_01hf7yat00fzzvzzzzzzzzzzzz", "approved": true},
        {"id": first["id"], "approved": true, "reason": "x"},
        {"id": second["id"], "amount_minor": 1},
        {"creator": ana.to_string(), "amount_minor": 0, "currency": "XXX", "reason": "none", "external_id": "b2"},
        {"eaten": true},
    ]});
    let answer = send(&server, Method::POST, "/api/v1/commissions/bulk", Some(&rows), Some("month")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    let done = body["data"].as_array().unwrap();
    let statuses: Vec<i64> = done.iter().map(|row| row["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [200, 200, 201, 404, 400, 400, 400, 400], "{body}");
    assert_eq!((&done[0]["id"], &done[1]["id"]), (&first["id"], &second["id"]));
    assert_eq!(done[4]["error"]["details"], json!(["approved stands beside the id alone"]));
    assert_eq!(done[5]["error"]["details"], json!(["reason is required"]));
    let one = async |id: &Value| get(&server, &format!("/api/v1/commissions/{}", id.as_str().unwrap())).await.1;
    assert_eq!(
        (&one(&first["id"]).await["status"], &one(&second["id"]).await["amount_minor"]),
        (&json!("pending"), &json!(200))
    );
    assert_eq!(one(&done[2]["id"]).await["amount_minor"], json!(2500));
    let before = data(&server, "/api/v1/commissions").await;
    let replay = send(&server, Method::POST, "/api/v1/commissions/bulk", Some(&rows), Some("month")).await;
    assert_eq!((replay.is_replay, &replay.text), (true, &answer.text));
    // Without its key, as after a request that broke off: nothing is done twice.
    let again = send(&server, Method::POST, "/api/v1/commissions/bulk", Some(&rows), None).await.json();
    assert_eq!(again["data"][2], json!({"index": 2, "status": 200, "id": done[2]["id"]}));
    assert_eq!(data(&server, "/api/v1/commissions").await, before);
    server.stop().await;
}

async fn ids_of_other_brands_are_answered_like_missing_ones(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    server.flow().commissions().adjust(&server.merchant, &ana, "5.00", "USD", "bonus", "k1").await.unwrap();
    let (_, order) = post(&server, "/api/v1/orders", &sale("POS-1", 5000, link.code.as_str())).await;
    let (_, payout) = post(&server, "/api/v1/payouts", &json!({"currency": "USD"})).await;
    let commission = data(&server, "/api/v1/commissions").await.pop().unwrap();
    let other = NewBrand { name: "Other".into(), ..NewBrand::default() };
    let brand = server.flow().setup().create_brand(operator(), &other).await.unwrap();
    let merchant = server.flow().access().merchant_by_operator(operator(), &brand.id).await.unwrap();
    let (_, key) = server.flow().setup().create_key(&merchant, domain::api_key::KeyKind::Server, false).await.unwrap();
    let ask = async |method: Method, path: String| {
        let request = server.http.request(method, format!("{}{path}", server.url)).bearer_auth(&key);
        let request = request.header("content-type", "application/json");
        let answer = request.body(r#"{"amount_minor": 1, "external_id": "r", "reason": "x"}"#).send().await.unwrap();
        let status = answer.status().as_u16();
        let mut body: Value = answer.json().await.unwrap();
        body.as_object_mut().unwrap().remove("request_id");
        (status, body)
    };
    let missing = |id: &Value| format!("{}zz", id.as_str().unwrap().get(..28).unwrap());
    for (method, resource, id, suffix) in [
        (Method::GET, "orders", &order["id"], ""),
        (Method::POST, "orders", &order["id"], "/refunds"),
        (Method::GET, "commissions", &commission["id"], ""),
        (Method::GET, "payouts", &payout["id"], ""),
    ] {
        let foreign = ask(method.clone(), format!("/api/v1/{resource}/{}{suffix}", id.as_str().unwrap())).await;
        assert_eq!(foreign.0, 404, "{resource}{suffix}: {}", foreign.1);
        assert_eq!(foreign, ask(method, format!("/api/v1/{resource}/{}{suffix}", missing(id))).await);
    }
    for resource in ["orders", "conversions", "commissions", "payouts"] {
        let (status, answer) = ask(Method::GET, format!("/api/v1/{resource}")).await;
        assert_eq!((status, &answer["data"]), (200, &json!([])), "{resource}");
    }
    server.stop().await;
}

/// The group that a link is in.
type KeyOf = fn(&domain::link::Link) -> Option<String>;

/// The figures of links, by campaign, link, platform and content type, are those of the pages' links.
async fn metrics_by_link_equal_the_pages(server: &TestServer, overview: &flow::overview::Overview) {
    let groups: [(&str, KeyOf); 4] = [
        ("campaign", |link| link.campaign.as_ref().map(ToString::to_string)),
        ("link", |link| Some(link.id.to_string())),
        ("platform", |link| link.platform.map(|platform| platform.as_str().to_owned())),
        ("content_type", |link| link.content_type.map(|kind| kind.as_str().to_owned())),
    ];
    for (group, key_of) in groups {
        let mut expected: BTreeMap<Option<String>, [i64; 4]> = BTreeMap::new();
        for (link, figures) in &overview.links {
            let in_currency = |code: &str| figures.sales.revenue.iter().find(|(one, _)| one.code() == code);
            let minor = |code: &str| in_currency(code).map_or(0, |(_, minor)| *minor);
            let sums = expected.entry(key_of(link)).or_default();
            let own = [figures.clicks.clicks, figures.sales.conversions, minor("USD"), minor("EUR")];
            for (sum, figure) in sums.iter_mut().zip(own) {
                *sum += figure;
            }
        }
        expected.retain(|_, figures| *figures != [0; 4]);
        assert!(expected.len() > 1, "{group}: one group alone would prove little");
        let (status, answer) = get(server, &format!("/api/v1/metrics?group_by={group}")).await;
        assert_eq!(status, 200, "{answer}");
        let revenue = |metric: &Value, code: &str| {
            let of = metric["revenue"].as_array().unwrap().iter().find(|one| one["currency"] == json!(code));
            of.map_or(0, |one| one["revenue_minor"].as_i64().unwrap())
        };
        let found = answer["data"].as_array().unwrap().iter().map(|metric| {
            let number = |name: &str| metric[name].as_i64().unwrap();
            let figures = [number("clicks"), number("conversions"), revenue(metric, "USD"), revenue(metric, "EUR")];
            (metric["key"].as_str().map(str::to_owned), figures)
        });
        assert_eq!(found.collect::<BTreeMap<_, _>>(), expected, "{group}");
    }
}

/// Adds a campaign with a link of a creator. Returns the link's code.
async fn link_in_a_campaign(server: &TestServer, creator: &str) -> String {
    let (_, campaign) = post(server, "/api/v1/campaigns", &json!({"name": "Spring"})).await;
    let link = json!({"creator": creator, "campaign": campaign["id"], "platform": "tiktok", "content_type": "video",
                      "destination": "https://shop.example/spring"});
    let (status, link) = post(server, "/api/v1/links", &link).await;
    assert_eq!(status, 201, "{link}");
    link["code"].as_str().unwrap().to_owned()
}

async fn metrics_equal_the_pages(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    let (_, other) = creator_with_link(&server, "Bob", "BOB10").await;
    let campaign_code = link_in_a_campaign(&server, &ana.to_string()).await;
    install(&server).await;
    for code in [link.code.as_str(), link.code.as_str(), other.code.as_str(), &campaign_code] {
        server.click(code).await;
    }
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "49.99", &promo("ANA10"))).await;
    deliver_and_settle(&server, "orders/create", "d2", &order(1002, "10.01", &json!({}))).await;
    server.clock.advance(1000);
    let mut euros = sale("POS-1", 2500, other.code.as_str());
    euros["currency"] = json!("EUR");
    assert_eq!(post(&server, "/api/v1/orders", &euros).await.0, 201);
    server.settle().await;
    server.clock.advance(DAY_MS);
    assert_eq!(post(&server, "/api/v1/orders", &sale("POS-2", 333, link.code.as_str())).await.0, 201);
    assert_eq!(post(&server, "/api/v1/orders", &sale("POS-3", 700, &campaign_code)).await.0, 201);
    server.settle().await;

    let flow = server.flow();
    let today = flow.reports().today(server.merchant.brand());
    let overview = flow.reports().overview(&server.merchant, Period::last(30, today)).await.unwrap();
    let revenue = |sales: &domain::report::Sales, currency: &str| {
        sales.revenue.iter().find(|(code, _)| code.code() == currency).map_or(0, |(_, minor)| *minor)
    };
    let read = |metric: &Value, currency: &str, field: &str| {
        let of = metric["revenue"].as_array().unwrap().iter().find(|one| one["currency"] == json!(currency));
        of.map_or(0, |one| one[field].as_i64().unwrap())
    };
    let (status, by_creator) = get(&server, "/api/v1/metrics?group_by=creator").await;
    assert_eq!((status, &by_creator["time_zone"]), (200, &json!("UTC")));
    let total = &by_creator["total"];
    assert_eq!(total["clicks"], json!(overview.total.clicks.clicks));
    assert_eq!(total["unique_clicks"], json!(overview.total.clicks.unique_clicks));
    assert_eq!(total["conversions"], json!(overview.total.sales.conversions));
    assert_eq!(total["orders"], json!(overview.orders.conversions));
    assert_eq!(overview.orders.conversions, 5);
    for currency in ["USD", "EUR"] {
        assert_eq!(read(total, currency, "revenue_minor"), revenue(&overview.total.sales, currency));
        assert_eq!(read(total, currency, "order_revenue_minor"), revenue(&overview.orders, currency));
    }
    assert_eq!(revenue(&overview.total.sales, "USD"), 4999 + 333 + 700);
    metrics_by_link_equal_the_pages(&server, &overview).await;
    for (creator, figures) in &overview.creators {
        let id = creator.as_ref().map(|creator| creator.id.to_string());
        let found = by_creator["data"].as_array().unwrap().iter().find(|one| one["key"] == json!(id)).unwrap();
        assert_eq!(found["clicks"], json!(figures.clicks.clicks));
        assert_eq!(found["conversions"], json!(figures.sales.conversions));
        for currency in ["USD", "EUR"] {
            assert_eq!(read(found, currency, "revenue_minor"), revenue(&figures.sales, currency), "{id:?}");
        }
    }
    let (_, by_day) = get(&server, "/api/v1/metrics?group_by=day").await;
    for (day, figures) in &overview.days {
        let found = by_day["data"].as_array().unwrap().iter().find(|one| one["key"] == json!(day.to_string()));
        let clicks = found.map_or(0, |one| one["clicks"].as_i64().unwrap());
        let usd = found.map_or(0, |one| read(one, "USD", "revenue_minor"));
        assert_eq!((clicks, usd), (figures.clicks.clicks, revenue(&figures.sales, "USD")), "{day}");
    }
    let (_, by_currency) = get(&server, "/api/v1/metrics?group_by=currency&currency=EUR").await;
    assert_eq!((&by_currency["data"][0]["key"], &by_currency["data"][0]["clicks"]), (&json!("EUR"), &Value::Null));
    assert_eq!(read(&by_currency["total"], "EUR", "revenue_minor"), 2500);
    let (_, own) = get(&server, &format!("/api/v1/metrics?group_by=link&creator={ana}")).await;
    let keys: Vec<&str> = own["data"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!((keys.len(), &own["total"]["orders"]), (2, &Value::Null));
    assert!(keys.contains(&link.id.as_str()), "{keys:?}");
    let (_, model) = get(&server, "/api/v1/metrics?group_by=creator&model=linear").await;
    let rows = flow.models().totals(&server.merchant, Period::last(30, today)).await.unwrap();
    for row in rows {
        let id = row.creator.map(|creator| creator.to_string());
        let found = model["data"].as_array().unwrap().iter().find(|one| one["key"] == json!(id)).unwrap();
        let minor = row.amounts_minor[domain::model::Model::Linear];
        assert_eq!(read(found, row.currency.code(), "revenue_minor"), minor);
    }
    let (status, answer) = get(&server, "/api/v1/metrics?group_by=moon&model=x&from=2027-01-20&to=2027-01-01").await;
    assert_eq!(status, 400);
    assert_eq!(answer["details"].as_array().unwrap().len(), 3, "{answer}");
    server.stop().await;
}

async fn clicks_are_listed_and_those_of_other_shorteners_count(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    let (_, other) = creator_with_link(&server, "Bob", "BOB10").await;
    let pv_id = crate::actions::visitor_of(&server, link.code.as_str()).await;
    let request = server.http.get(format!("{}/{}", server.url, other.code)).header("user-agent", "Googlebot/2.1");
    assert_eq!(request.send().await.unwrap().status().as_u16(), 302);
    let mut clicks = data(&server, "/api/v1/clicks").await;
    for _ in 0..100 {
        // A redirect may go out before its click is stored.
        if clicks.len() < 2 {
            tokio::time::sleep(core::time::Duration::from_millis(20)).await;
            next_minute(&server);
            clicks = data(&server, "/api/v1/clicks").await;
        }
    }
    assert_eq!(clicks.len(), 2);
    let first = &clicks[1];
    assert_eq!(
        (&first["link"], &first["creator"], &first["visitor"], &first["is_unique"], &first["bot"]),
        (&json!(link.id.to_string()), &json!(ana.to_string()), &json!(pv_id), &json!(true), &Value::Null)
    );
    assert_eq!((&first["browser"], &first["os"]), (&json!("Chrome"), &json!("Windows")));
    assert!(first.as_object().unwrap().keys().all(|name| !name.contains("hash")));
    next_minute(&server);
    assert_eq!(ids(&data(&server, "/api/v1/clicks?human=true").await), ids(&clicks[1..]));
    assert_eq!(ids(&data(&server, &format!("/api/v1/clicks?link={}", other.id)).await), ids(&clicks[..1]));
    assert_eq!(ids(&data(&server, &format!("/api/v1/clicks?creator={ana}&limit=1")).await), ids(&clicks[1..]));
    let code = link_in_a_campaign(&server, &ana.to_string()).await;
    let campaign = data(&server, "/api/v1/campaigns").await[0]["id"].as_str().unwrap().to_owned();
    let listed = format!("/api/v1/clicks?campaign={campaign}");
    assert_eq!(data(&server, &listed).await, Vec::<Value>::new());
    let clicked = crate::actions::visitor_of(&server, &code).await;
    let mut found = Vec::new();
    for _ in 0..100 {
        if found.is_empty() {
            tokio::time::sleep(core::time::Duration::from_millis(20)).await;
            next_minute(&server);
            found = data(&server, &listed).await;
        }
    }
    assert_eq!((found.len(), &found[0]["visitor"], &found[0]["campaign"]), (1, &json!(clicked), &json!(campaign)));
    next_minute(&server);
    assert_eq!(get(&server, "/api/v1/clicks?link=x").await.0, 400);
    assert_eq!(get(&server, "/api/v1/clicks?campaign=x").await.0, 400);
    for one in &clicks {
        let path = format!("/api/v1/clicks/{}", one["id"].as_str().unwrap());
        assert_eq!(get(&server, &path).await, (200, one.clone()), "a bot's too");
    }
    for missing in ["clk_01hf7yat00fzzvzzzzzzzzzzzz", "x"] {
        let (status, answer) = get(&server, &format!("/api/v1/clicks/{missing}")).await;
        assert_eq!((status, &answer["error"]), (404, &json!("click not found")));
    }

    let visitor = "7f3e8400-e29b-41d4-a716-446655440000";
    let report = json!({"external_id": "s1", "link": other.code.to_string(), "at": format!("{TODAY}T07:00:00Z"),
        "visitor": visitor, "country": "de", "device": "mobile", "referrer_host": "Bit.ly"});
    let (status, stored) = post(&server, "/api/v1/clicks", &report).await;
    assert_eq!((status, &stored["link"]), (201, &json!(other.id.to_string())), "{stored}");
    assert_eq!(post(&server, "/api/v1/clicks", &report).await, (201, stored.clone()), "the same click");
    let rows = json!({"rows": [report, {"link": "zzzzzzzz", "at": "2027-01-15T07:00:00Z"},
        {"link": other.id.to_string(), "at": "2020-01-15T07:00:00Z"},
        {"link": other.id.to_string(), "at": "2027-01-15T07:30:00Z"}]});
    let bulk = send(&server, Method::POST, "/api/v1/clicks/bulk", Some(&rows), Some("b1")).await;
    let body = bulk.json();
    let statuses: Vec<i64> =
        body["data"].as_array().unwrap().iter().map(|row| row["status"].as_i64().unwrap()).collect();
    assert_eq!((bulk.status, statuses), (200, vec![201, 400, 400, 201]), "{body}");
    assert_eq!(body["data"][0]["id"], stored["id"]);
    let again = send(&server, Method::POST, "/api/v1/clicks/bulk", Some(&rows), Some("b1")).await;
    assert_eq!((again.is_replay, &again.text), (true, &bulk.text));
    next_minute(&server);
    let listed = data(&server, &format!("/api/v1/clicks?link={}&human=true", other.id)).await;
    assert_eq!(listed.len(), 2, "each once");
    assert_eq!((&listed[1]["country"], &listed[1]["referrer_host"]), (&json!("DE"), &json!("bit.ly")));

    // It is evidence like any click.
    let mut order = sale("POS-1", 1000, "");
    order.as_object_mut().unwrap().remove("cs_ref");
    order["pv_id"] = json!(visitor);
    assert_eq!(post(&server, "/api/v1/orders", &order).await.0, 201);
    server.settle().await;
    let (_, found) = get(&server, "/api/v1/orders/POS-1").await;
    assert_eq!(found["credits"][0]["link"], json!(other.id.to_string()));
    server.stop().await;
}

async fn conversions_of_ad_platforms_are_visits_of_the_orders_customer(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "").await;
    let (bob, ad) = creator_with_link(&server, "Bob", "").await;
    let pv_id = crate::actions::visitor_of(&server, link.code.as_str()).await;
    next_minute(&server);
    let touched_at = server.flow().now().to_rfc3339();
    next_minute(&server);
    let mut order = sale("POS-1", 1000, "");
    order.as_object_mut().unwrap().remove("cs_ref");
    order["pv_id"] = json!(pv_id);
    order["placed_at"] = json!(server.flow().now().to_rfc3339());
    let mut report = json!({"external_id": "ad-1", "order": "POS-1", "link": ad.code.to_string(), "touched_at": touched_at,
        "referrer_host": "tiktok.com"});
    let (status, early) = post(&server, "/api/v1/conversions", &report).await;
    assert_eq!((status, &early["details"]), (400, &json!(["order does not exist"])), "{early}");
    let (_, stored) = post(&server, "/api/v1/orders", &order).await;
    server.settle().await;
    let credited = async || get(&server, "/api/v1/orders/POS-1").await.1["credits"][0]["link"].clone();
    assert_eq!(credited().await, json!(link.id.to_string()));

    let (status, first) = post(&server, "/api/v1/conversions", &report).await;
    assert_eq!(
        (status, &first["object"], &first["order"], &first["link"]),
        (201, &json!("conversion_report"), &stored["id"], &json!(ad.id.to_string())),
        "{first}"
    );
    let visit = format!("/api/v1/clicks/{}", first["id"].as_str().unwrap());
    assert_eq!(get(&server, &visit).await.1["external_id"], json!("ad-1"), "the click keeps the report's id");
    for name in [ad.id.to_string(), ad.code.to_string().to_uppercase()] {
        let mut same = report.clone();
        same["link"] = json!(name);
        assert_eq!(post(&server, "/api/v1/conversions", &same).await, (201, first.clone()), "the same link");
    }
    let rows = json!({"rows": [report, {"external_id": "ad-2", "order": stored["id"], "link": "zzzzzzzz", "touched_at": touched_at},
        {"external_id": "ad-3"}]});
    let bulk = send(&server, Method::POST, "/api/v1/conversions/bulk", Some(&rows), Some("b1")).await;
    let body = bulk.json();
    let statuses: Vec<i64> =
        body["data"].as_array().unwrap().iter().map(|row| row["status"].as_i64().unwrap()).collect();
    assert_eq!((bulk.status, statuses), (200, vec![201, 400, 400]), "{body}");
    assert_eq!(body["data"][0]["id"], first["id"], "the same conversion");
    server.settle().await;
    assert_eq!(credited().await, json!(ad.id.to_string()), "the last visit");
    let clicks = data(&server, &format!("/api/v1/clicks?link={}", ad.id)).await;
    assert_eq!((clicks.len(), &clicks[0]["referrer_host"]), (1, &json!("tiktok.com")));
    let (_, split) = get(&server, "/api/v1/metrics?group_by=creator&model=linear").await;
    for creator in [&ana, &bob] {
        let found =
            split["data"].as_array().unwrap().iter().find(|one| one["key"] == json!(creator.to_string())).unwrap();
        assert_eq!(found["revenue"][0]["revenue_minor"], json!(500), "{split}");
    }

    // The same click of the platform, reported of another order: a visit of its own, which joins no two customers.
    next_minute(&server);
    let theirs = json!({"external_id": "POS-9", "currency": "USD", "total_minor": 700, "name": "Till 9"});
    assert_eq!(post(&server, "/api/v1/orders", &theirs).await.0, 201);
    let mut of_theirs = report.clone();
    of_theirs["order"] = json!("POS-9");
    let (status, other) = post(&server, "/api/v1/conversions", &of_theirs).await;
    assert!(status == 201 && other["id"] != first["id"], "{other}");
    server.settle().await;
    let (_, found) = get(&server, "/api/v1/orders/POS-9").await;
    assert_eq!(found["credits"][0]["link"], json!(ad.id.to_string()));
    let (_, explained) = get_attribution(&server, "POS-9").await;
    assert_eq!(explained["evidence"].as_array().unwrap().len(), 1, "{explained}");
    assert_eq!(explained["visitors"][0]["source"], json!("reported by an ad platform"), "{explained}");
    // A number is no id.
    of_theirs["order"] = json!("Till 9");
    assert_eq!(post(&server, "/api/v1/conversions", &of_theirs).await.1["details"], json!(["order does not exist"]));
    of_theirs["order"] = json!("POS-9");
    of_theirs["touched_at"] = json!("2020-01-01T00:00:00Z");
    let late = post(&server, "/api/v1/conversions", &of_theirs).await.1;
    assert_eq!(late["details"], json!(["touched_at must be within the last 366 days"]));

    // A later order of the same customer, in the same browser: the ad was the last visit before it too.
    next_minute(&server);
    order["external_id"] = json!("POS-2");
    order["placed_at"] = json!(server.flow().now().to_rfc3339());
    assert_eq!(post(&server, "/api/v1/orders", &order).await.0, 201);
    server.settle().await;
    let (_, later) = get(&server, "/api/v1/orders/POS-2").await;
    assert_eq!(later["credits"][0]["link"], json!(ad.id.to_string()));
    // Another visit of the first order's buyer, after that order and before the later one.
    report["external_id"] = json!("ad-9");
    report["link"] = json!(link.id.to_string());
    report["touched_at"] = json!(server.flow().now().plus_ms(-1_000).to_rfc3339());
    assert_eq!(post(&server, "/api/v1/conversions", &report).await.0, 201);
    server.settle().await;
    let (_, later) = get(&server, "/api/v1/orders/POS-2").await;
    assert_eq!(later["credits"][0]["link"], json!(link.id.to_string()), "{later}");
    server.stop().await;
}

/// A backend reports a sale, the ad platform a visit of it, then the shop the same sale, then the platform the visit again.
async fn a_reported_conversion_follows_its_sale(server: TestServer) {
    install(&server).await;
    let (_, ad) = creator_with_link(&server, "Ana", "").await;
    let touched_at = server.flow().now().to_rfc3339();
    next_minute(&server);
    assert_eq!(post(&server, "/api/v1/orders", &sale("1001", 5000, "")).await.0, 201);
    let report = json!({"external_id": "ad-1", "order": "1001", "link": ad.code.to_string(), "touched_at": touched_at});
    let (status, first) = post(&server, "/api/v1/conversions", &report).await;
    assert_eq!(status, 201, "{first}");
    let now = server.flow().now().to_rfc3339();
    let named = json!({"name": "#1001", "order_number": 1001, "created_at": now, "updated_at": now});
    deliver_and_settle(&server, "orders/create", "w1", &order(555, "50.00", &named)).await;
    let (_, own) = get(&server, "/api/v1/orders/1001").await;
    assert_eq!(own["same_as"], json!("555"), "{own}");
    let (status, again) = post(&server, "/api/v1/conversions", &report).await;
    assert_eq!((status, &again["id"]), (201, &first["id"]));
    server.settle().await;
    let (_, explained) = get_attribution(&server, "555").await;
    assert_eq!(explained["credits"][0]["link_id"], json!(ad.id.to_string()), "{explained}");
    assert_eq!(explained["visitors"][0]["source"], json!("reported by an ad platform"), "{explained}");
    assert_eq!(explained["touchpoints"].as_array().unwrap().len(), 1, "{explained}");
    server.stop().await;
}

async fn balances_are_adjusted_once_for_each_id(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "").await;
    let (bob, _) = creator_with_link(&server, "Bob", "").await;
    let bonus = json!({"creator": ana.to_string(), "amount_minor": 2500, "currency": "USD", "reason": "Launch bonus",
        "external_id": "bonus-1", "metadata": {"run": "7"}});
    let (status, first) = post(&server, "/api/v1/commissions", &bonus).await;
    assert_eq!(
        (status, &first["kind"], &first["status"], &first["original_minor"], &first["external_id"], &first["metadata"]),
        (201, &json!("adjustment"), &json!("approved"), &json!(2500), &json!("bonus-1"), &json!({"run": "7"})),
        "{first}"
    );
    let (status, again) = post(&server, "/api/v1/commissions", &bonus).await;
    assert_eq!((status, &again["id"]), (200, &first["id"]));
    for (field, value) in
        [("amount_minor", json!(2501)), ("creator", json!(bob.to_string())), ("currency", json!("EUR"))]
    {
        let mut other = bonus.clone();
        other[field] = value;
        assert_eq!(post(&server, "/api/v1/commissions", &other).await.0, 409, "{field}");
    }
    let back = json!({"creator": ana.to_string(), "amount_minor": -500, "currency": "USD", "reason": "Returned",
        "external_id": "back-1"});
    let taken = send(&server, Method::POST, "/api/v1/commissions", Some(&back), Some("k1")).await;
    let replay = send(&server, Method::POST, "/api/v1/commissions", Some(&back), Some("k1")).await;
    assert_eq!((taken.status, replay.is_replay, &replay.text), (201, true, &taken.text));
    let (status, wrong) = post(
        &server,
        "/api/v1/commissions",
        &json!({"creator": link.id.to_string(), "amount_minor": 0,
        "currency": "XXQ", "reason": " ", "external_id": "x"}),
    )
    .await;
    assert_eq!((status, wrong["details"].as_array().unwrap().len()), (400, 3), "{wrong}");
    let mut stranger = bonus.clone();
    stranger["creator"] = json!("crt_01hf7yat00fzzvzzzzzzzzzzzz");
    stranger["external_id"] = json!("bonus-2");
    assert_eq!(post(&server, "/api/v1/commissions", &stranger).await.1["details"], json!(["creator does not exist"]));
    // Twins without an idempotency key.
    let twin = json!({"creator": bob.to_string(), "amount_minor": 100, "currency": "USD", "reason": "Twin", "external_id": "twin"});
    let both = tokio::join!(post(&server, "/api/v1/commissions", &twin), post(&server, "/api/v1/commissions", &twin));
    let mut statuses = [both.0.0, both.1.0];
    statuses.sort_unstable();
    assert_eq!((statuses, &both.0.1["id"]), ([200, 201], &both.1.1["id"]), "{both:?}");
    server.flow().creators().erase(&server.merchant, &bob).await.unwrap();
    let (status, gone) = post(
        &server,
        "/api/v1/commissions",
        &json!({"creator": bob.to_string(), "amount_minor": 1,
        "currency": "USD", "reason": "x", "external_id": "late"}),
    )
    .await;
    assert_eq!((status, &gone["details"]), (400, &json!(["the creator was erased"])));
    // An id that was taken off stays used.
    next_minute(&server);
    let path = format!("/api/v1/commissions/{}", first["id"].as_str().unwrap());
    let none = send(&server, Method::PATCH, &path, Some(&json!({"external_id": null})), None).await;
    assert_eq!(none.status, 200, "{}", none.text);
    assert_eq!(post(&server, "/api/v1/commissions", &bonus).await.0, 409);
    // What it adds up to is paid.
    let (status, payout) = post(&server, "/api/v1/payouts", &json!({"currency": "USD"})).await;
    assert_eq!((status, &payout["amount_minor"]), (201, &json!(2100)), "{payout}");
    server.stop().await;
}

async fn milestones_are_listed_once_reached(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    let rows: Vec<Value> = (0..50).map(|nth| sale(&format!("o{nth}"), 1000, link.code.as_str())).collect();
    assert_eq!(post(&server, "/api/v1/orders/bulk", &json!({"rows": rows})).await.0, 200);
    server.settle().await;
    let all = data(&server, "/api/v1/milestones").await;
    let names: BTreeSet<_> = all.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["orders:10", "orders:50"]));
    assert!(all.iter().all(|one| one["creator"] == json!(ana.to_string())));
    let (_, page) = get(&server, "/api/v1/milestones?limit=1").await;
    assert_eq!((ids(page["data"].as_array().unwrap()), &page["has_more"]), (ids(&all[..1]), &json!(true)));
    let after = format!("/api/v1/milestones?starting_after={}", all[0]["id"].as_str().unwrap());
    assert_eq!(ids(&data(&server, &after).await), ids(&all[1..]));
    let before = format!("/api/v1/milestones?ending_before={}", all[1]["id"].as_str().unwrap());
    assert_eq!(ids(&data(&server, &before).await), ids(&all[..1]));
    assert_eq!(get(&server, "/api/v1/milestones?starting_after=mst_x").await.0, 400);
    for one in &all {
        let path = format!("/api/v1/milestones/{}", one["id"].as_str().unwrap());
        assert_eq!(get(&server, &path).await, (200, one.clone()));
    }
    let id = all[0]["id"].as_str().unwrap();
    let (place, _) = id.rsplit_once('_').unwrap();
    for missing in [format!("{place}_orders:100"), format!("{place}_orders:1"), format!("{place}_"), place.into()] {
        let (status, answer) = get(&server, &format!("/api/v1/milestones/{missing}")).await;
        assert_eq!((status, &answer["error"]), (404, &json!("milestone not found")), "{missing}");
    }
    server.stop().await;
}

async fn orders_of_a_test_key_stay_in_the_sandbox(server: TestServer) {
    let kind = domain::api_key::KeyKind::Server;
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, kind, true).await.unwrap();
    let url = format!("{}/api/v1/orders", server.url);
    let body = sale("POS-1", 1000, "k7m2p9qr").to_string();
    let request = server.http.post(&url).bearer_auth(&test_key).header("content-type", "application/json").body(body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    assert_eq!(answer.json::<Value>().await.unwrap()["livemode"], json!(false));
    server.settle().await;
    assert_eq!(data(&server, "/api/v1/orders").await, Vec::<Value>::new());
    assert_eq!(
        post(&server, "/api/v1/orders", &sale("POS-1", 2000, "k7m2p9qr")).await.0,
        201,
        "a live order of that id"
    );
    let listed: Value = server.http.get(&url).bearer_auth(&test_key).send().await.unwrap().json().await.unwrap();
    assert_eq!((listed["data"].as_array().unwrap().len(), &listed["data"][0]["total_minor"]), (1, &json!(1000)));
    server.stop().await;
}

on_both_engines! {
    orders_of_a_test_key_stay_in_the_sandbox
    clicks_are_listed_and_those_of_other_shorteners_count
    conversions_of_ad_platforms_are_visits_of_the_orders_customer
    balances_are_adjusted_once_for_each_id
    a_reported_conversion_follows_its_sale
    milestones_are_listed_once_reached
    an_external_order_earns_by_the_code_of_a_link
    an_order_is_put_by_its_own_id
    an_order_of_a_visitor_is_credited_to_their_click
    wrong_orders_are_refused_with_every_fault
    an_order_with_an_idempotency_key_has_one_effect
    refunds_happen_once_and_take_no_more_than_is_left
    lists_lose_and_repeat_nothing_while_orders_come
    conversions_are_paged_by_order_and_position
    commissions_are_edited_with_a_reason_and_paid_once
    a_waived_reversal_stays_waived
    a_reversal_is_split_by_what_it_takes_back
    an_adjustment_is_found_by_its_trimmed_id
    commissions_that_wait_are_approved_with_their_order
    many_commissions_are_approved_edited_and_added_at_once
    ids_of_other_brands_are_answered_like_missing_ones
    metrics_equal_the_pages
}

async fn an_adjustment_is_found_by_its_trimmed_id(server: TestServer) {
    let (ana, _) = creator_with_link(&server, "Ana", "ANA10").await;
    let body = |id: &str| json!({"creator": ana, "amount_minor": 2500, "currency": "USD", "reason": "Bonus", "external_id": id});
    let (status, first) = post(&server, "/api/v1/commissions", &body("b1 ")).await;
    assert_eq!((status, &first["external_id"]), (201, &json!("b1")), "{first}");
    for id in ["b1 ", "b1", " b1"] {
        let (status, again) = post(&server, "/api/v1/commissions", &body(id)).await;
        assert_eq!((status, &again["id"]), (200, &first["id"]), "{id:?}: {again}");
    }
    let (status, blank) = post(&server, "/api/v1/commissions", &body("  ")).await;
    assert_eq!(status, 400, "{blank}");
    assert_eq!(amounts(&server).await, [2500]);
    server.stop().await;
}
