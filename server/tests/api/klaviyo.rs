//! Events in a brand's Klaviyo account, beside a double of its API.

mod double;
mod failing;

use domain::{BrandId, CreatorId, api_key::KeyKind, outbound::EventType};
use double::{Klaviyo, Reply};
use reqwest::Method;
use serde_json::{Value, json};
use store::{
    jobs::Lane,
    jobs::NewJob,
    outbound::{NewEvent, NewEvents},
};

use crate::{
    actions::{creator_with_link, deliver_and_settle},
    test_server::{Engine, NOW, TestServer, order, start_with},
};

const KEY: &str = "pk_0123456789abcdef";

async fn start(engine: Engine) -> (TestServer, Klaviyo) {
    let klaviyo = Klaviyo::start(KEY).await;
    let server = start_with(engine, &["--klaviyo-url", &klaviyo.url, "--webhook-allow-private"]).await;
    klaviyo.keep_time(&server.clock);
    (server, klaviyo)
}

async fn call_with(server: &TestServer, key: &str, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let mut request = server.http.request(method.clone(), format!("{}/api/v1{path}", server.url)).bearer_auth(key);
    if method != Method::GET && method != Method::DELETE {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

async fn call(server: &TestServer, method: Method, path: &str, body: Value) -> (u16, Value) {
    call_with(server, &server.server_key, method, path, &body).await
}

async fn connect(server: &TestServer, key: &str) -> Value {
    let (status, body) = call(server, Method::PUT, "/integrations/klaviyo", json!({"private_key": key})).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn status(server: &TestServer) -> Value {
    let (status, body) = call(server, Method::GET, "/integrations/klaviyo", Value::Null).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// Waits until all that can be sent now is sent.
async fn until_sent(server: &TestServer, klaviyo: &Klaviyo, count: usize) -> Vec<Value> {
    for _ in 0..500 {
        server.settle().await;
        if klaviyo.events().len() >= count {
            return klaviyo.events();
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    panic!("{:#?}\n{:?}", klaviyo.events(), klaviyo.faults());
}

/// Waits until the connection says this of itself.
async fn until_state(server: &TestServer, field: &str, value: &Value) -> Value {
    for _ in 0..500 {
        server.settle().await;
        let status = server.flow().klaviyo().status(&server.merchant).await.unwrap();
        let shown = match field {
            "sent" => json!(status.connection.sent),
            "skipped" => json!(status.connection.skipped),
            "attempts" => json!(status.connection.attempts),
            "disabled" => json!(status.connection.disabled_at.is_some()),
            _ => json!(status.connection.next_at > server.clock_now()),
        };
        if shown == *value {
            return shown;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    panic!("{field} is not {value}");
}

fn metric(event: &Value) -> &str {
    event["metric"]["data"]["attributes"]["name"].as_str().unwrap()
}

fn profile(event: &Value) -> &Value {
    &event["profile"]["data"]["attributes"]
}

/// Stores `collab.created` events about a creator, numbered from `first`, without the job that numbers them.
fn collabs(creator: &CreatorId, first: u8, count: u8) -> NewEvents {
    let event = |n: u8| NewEvent {
        id: domain::MessageId::new(NOW.0, [n; 10]),
        kind: EventType::CollabCreated,
        object_id: format!("col_{n}"),
        fact: format!("collab.created:col_{n}"),
        data:
            json!({"collab_id": format!("col_{n}"), "creator": {"id": creator, "name": "", "handle": ""}, "code": null})
                .to_string(),
        at: NOW,
    };
    NewEvents { events: (first..first + count).map(event).collect(), dispatch: None }
}

async fn happen(server: &TestServer, events: NewEvents) {
    let brand = server.merchant.brand().id.clone();
    server
        .store
        .write_events(&brand, &NewEvents { dispatch: Some(job("events.dispatch", Lane::Outbound, &brand)), ..events })
        .await
        .unwrap();
}

fn job(kind: &'static str, lane: Lane, brand: &BrandId) -> NewJob {
    let payload = json!({ "brand": brand }).to_string();
    NewJob { kind, key: brand.to_string(), lane, party: brand.to_string(), payload, run_at: NOW }
}

beside_both_engines! {
    the_five_metrics_arrive_with_what_is_known
    keys_and_brands_are_kept_apart
    a_disconnected_brand_sends_nothing
    what_happened_before_the_connection_is_not_sent
    a_test_event_says_what_klaviyo_said
    many_events_keep_their_order_and_the_limits
    an_erased_creator_is_sent_nowhere
}

async fn the_five_metrics_arrive_with_what_is_known(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let connected = connect(&server, KEY).await;
    assert_eq!((&connected["state"], &connected["behind"]), (&json!("active"), &json!(false)), "{connected}");
    assert!(!connected.to_string().contains(KEY) && !status(&server).await.to_string().contains(KEY));
    let ana = json!({"name": "Ana Lima", "handle": "ana", "email": "ana@example.com", "tier": "gold"});
    let (_, ana) = call(&server, Method::POST, "/creators", ana).await;
    let id = ana["id"].as_str().unwrap().to_owned();
    let collab =
        json!({"creator": id, "slug": "ana", "affiliate_code": "ANA10", "destination": "https://shop.example"});
    let (made, collab) = call(&server, Method::POST, "/collabs", collab).await;
    assert_eq!(made, 201, "{collab}");
    let drop = json!({"collab": collab["id"], "title": "Summer", "products": []});
    let (made, drop) = call(&server, Method::POST, "/drops", drop).await;
    assert_eq!(made, 201, "{drop}");
    let (_, campaign) = call(&server, Method::POST, "/campaigns", json!({"name": "Spring"})).await;
    let link = json!({"destination": "https://shop.example/p", "creator": id, "campaign": campaign["id"], "promo_code": "ANA"});
    let (made, link) = call(&server, Method::POST, "/links", link).await;
    assert_eq!(made, 201, "{link}");
    let invitation = server.flow().access().sign_in_link(&server.merchant, Some(&id.parse().unwrap())).await.unwrap();
    let path = invitation.strip_prefix("http://localhost:4000").unwrap();
    server.http.post(format!("{}{path}", server.url)).header("sec-fetch-site", "same-origin").send().await.unwrap();
    let body = order(1001, "20.01", &json!({"discount_codes": [{"code": "ANA"}]}));
    deliver_and_settle(&server, "orders/create", "d-1", &body).await;

    let events = until_sent(&server, &klaviyo, 5).await;
    assert_eq!(klaviyo.faults(), Vec::<String>::new());
    let mut metrics: Vec<&str> = events.iter().map(metric).collect();
    metrics.sort_unstable();
    let all = [
        "Creator Added To Campaign",
        "Creator Collaboration Started",
        "Creator Drop Created",
        "Creator Invitation Accepted",
        "Creator Order Attributed",
    ];
    assert_eq!(metrics, all);
    for event in &events {
        let known = json!({"creator_name": "Ana Lima", "creator_handle": "ana", "creator_tier": "gold"});
        assert_eq!(
            profile(event),
            &json!({"external_id": id, "properties": known}),
            "only a hash of the e-mail is stored"
        );
        assert!(event["unique_id"].as_str().unwrap().ends_with(&format!(":{id}")), "{event}");
    }
    let sale = events.iter().find(|event| metric(event) == "Creator Order Attributed").unwrap();
    assert_eq!((&sale["value"], &sale["value_currency"]), (&json!(20.01), &json!("USD")));
    assert_eq!(sale["properties"]["link_codes"], json!([link["code"]]));
    let (_, list) = call(&server, Method::GET, "/events?types=order.attributed", Value::Null).await;
    let event = list["data"][0]["id"].as_str().unwrap();
    assert_eq!(sale["unique_id"], json!(format!("{event}:{id}")));
    let now = status(&server).await;
    assert_eq!((&now["sent"], &now["skipped"], &now["last_error"]), (&json!(5), &json!(0), &json!(null)), "{now}");
    server.stop().await;
}

async fn keys_and_brands_are_kept_apart(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let put = json!({"private_key": KEY});
    let keys = json!({"scopes": ["integrations:read"]});
    let reader = call(&server, Method::POST, "/keys", keys).await.1["key"].as_str().unwrap().to_owned();
    let path = "/integrations/klaviyo";
    let refused = call_with(&server, &reader, Method::PUT, path, &put).await;
    assert_eq!((refused.0, &refused.1["code"]), (403, &json!("scope_missing")));
    // Events would go to whoever's account the key opens.
    let keys = json!({"scopes": ["integrations:write"]});
    let writer = call(&server, Method::POST, "/keys", keys).await.1["key"].as_str().unwrap().to_owned();
    let refused = call_with(&server, &writer, Method::PUT, path, &put).await;
    assert_eq!((refused.0, &refused.1["code"]), (403, &json!("scope_missing")), "without events:read");
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    assert_eq!(call_with(&server, &test_key, Method::PUT, path, &put).await.0, 400, "the sandbox goes nowhere");
    connect(&server, KEY).await;
    assert_eq!(call_with(&server, &test_key, Method::GET, path, &put).await.0, 404);
    let ana = json!({"name": "Ana", "handle": "ana"});
    let (_, ana) = call_with(&server, &test_key, Method::POST, "/creators", &ana).await;
    let collab = json!({"creator": ana["id"], "slug": "ana", "destination": "https://shop.example"});
    assert_eq!(call_with(&server, &test_key, Method::POST, "/collabs", &collab).await.0, 201);
    server.settle().await;
    assert_eq!(klaviyo.requests(), Vec::<Value>::new());
    let new = flow::setup::NewBrand { name: "Other".into(), ..flow::setup::NewBrand::default() };
    let operator = crate::test_server::operator();
    let brand = server.flow().setup().create_brand(operator, &new).await.unwrap();
    let merchant = server.flow().access().merchant_by_operator(operator, &brand.id).await.unwrap();
    let (_, other) = server.flow().setup().create_key(&merchant, KeyKind::Server, false).await.unwrap();
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(call_with(&server, &other, method, path, &put).await.0, 404);
    }
    assert_eq!(call_with(&server, &reader, Method::GET, path, &put).await.0, 200);
    for wrong in ["", "sk_1", "pk_", "pk_ä", "pk_a b"] {
        let (status, body) = call(&server, Method::PUT, path, json!({"private_key": wrong})).await;
        assert_eq!(status, 400, "{wrong}: {body}");
    }
    server.stop().await;
}

async fn a_disconnected_brand_sends_nothing(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let (ana, _) = creator_with_link(&server, "ana", "").await;
    connect(&server, KEY).await;
    happen(&server, collabs(&ana, 1, 1)).await;
    until_sent(&server, &klaviyo, 1).await;
    assert_eq!(call(&server, Method::DELETE, "/integrations/klaviyo", Value::Null).await.0, 200);
    assert_eq!(call(&server, Method::DELETE, "/integrations/klaviyo", Value::Null).await.0, 404);
    assert_eq!(call(&server, Method::GET, "/integrations/klaviyo", Value::Null).await.0, 404);
    happen(&server, collabs(&ana, 2, 1)).await;
    server.settle().await;
    connect(&server, KEY).await;
    happen(&server, collabs(&ana, 3, 1)).await;
    let events = until_sent(&server, &klaviyo, 2).await;
    let ids: Vec<&Value> = events.iter().map(|event| &event["properties"]["collab_id"]).collect();
    assert_eq!(ids, [&json!("col_1"), &json!("col_3")]);
    server.stop().await;
}

async fn what_happened_before_the_connection_is_not_sent(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let (ana, _) = creator_with_link(&server, "ana", "ANA").await;
    happen(&server, collabs(&ana, 1, 1)).await;
    server.settle().await;
    // Not numbered yet when the brand connects.
    server.store.write_events(&server.merchant.brand().id, &collabs(&ana, 2, 1)).await.unwrap();
    server.clock.advance(5_000);
    connect(&server, KEY).await;
    let code = json!([{"code": "ANA"}]);
    let old = order(1001, "20.00", &json!({"created_at": "2027-01-14T08:00:00Z", "discount_codes": code}));
    deliver_and_settle(&server, "orders/create", "d-1", &old).await;
    let new = order(1002, "30.00", &json!({"created_at": "2027-01-15T08:00:10Z", "discount_codes": code}));
    deliver_and_settle(&server, "orders/create", "d-2", &new).await;
    let events = until_sent(&server, &klaviyo, 1).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(events[0]["properties"]["order_external_id"], json!("1002"));
    server.stop().await;
}

async fn a_test_event_says_what_klaviyo_said(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let test = async || call(&server, Method::POST, "/integrations/klaviyo/test", Value::Null).await;
    assert_eq!(test().await.0, 404);
    connect(&server, KEY).await;
    let said = json!({"object": "integration_test", "ok": true, "status": 202, "error": null});
    assert_eq!(test().await, (200, said));
    assert_eq!(metric(&klaviyo.events()[0]), "CreatorScore Test");
    klaviyo.replace_key("pk_other");
    let (_, said) = test().await;
    assert_eq!((&said["ok"], &said["status"]), (&json!(false), &json!(401)));
    assert_eq!(said["error"], json!("Klaviyo answered with 401: not_authenticated: /data/attributes"));
    assert_eq!(status(&server).await["state"], json!("active"), "a test changes nothing");
    assert_eq!(klaviyo.faults(), Vec::<String>::new());
    server.stop().await;
}

async fn many_events_keep_their_order_and_the_limits(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let (ana, _) = creator_with_link(&server, "ana", "").await;
    connect(&server, KEY).await;
    happen(&server, collabs(&ana, 1, 120)).await;
    for count in [50, 100, 120] {
        assert_eq!(until_sent(&server, &klaviyo, count).await.len(), count, "no more before the next second");
        server.clock.advance(1_000);
    }
    let expected: Vec<Value> = (1..=120).map(|n| json!(format!("col_{n}"))).collect();
    let ids: Vec<Value> = klaviyo.requests().iter().map(|event| event["properties"]["collab_id"].clone()).collect();
    assert_eq!((ids, klaviyo.faults()), (expected, Vec::new()));
    server.stop().await;
}

async fn an_erased_creator_is_sent_nowhere(engine: Engine) {
    let (server, klaviyo) = start(engine).await;
    let (ana, _) = creator_with_link(&server, "ana", "").await;
    let (zoe, _) = creator_with_link(&server, "zoe", "").await;
    connect(&server, KEY).await;
    klaviyo.answer(|_| Some(Reply::status(503)));
    happen(&server, collabs(&ana, 1, 1)).await;
    until_state(&server, "attempts", &json!(1)).await;
    happen(&server, collabs(&zoe, 2, 1)).await;
    server.flow().creators().erase(&server.merchant, &ana).await.unwrap();
    klaviyo.answer(|_| None);
    server.clock.advance(60_000);
    let events = until_sent(&server, &klaviyo, 1).await;
    assert_eq!(events.iter().map(|event| profile(event)["external_id"].clone()).collect::<Vec<_>>(), [json!(zoe)]);
    let shown = status(&server).await;
    assert!(!shown.to_string().contains(ana.as_str()) && shown["sent"] == json!(1), "{shown}");
    server.stop().await;
}
