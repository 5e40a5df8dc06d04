//! Exports: `creatorscore export` and `/api/v1/exports`.

use domain::api_key::KeyKind;
use serde_json::{Value, json};
use server::export::{Dataset, Format, export};

use crate::{
    actions::{creator_with_link, deliver_and_settle, install, percent, promo, rule},
    test_server::{PV, TestServer, order},
};

async fn events_have_the_id_that_their_sender_gave_them(server: TestServer) {
    let id = "660e8400-e29b-41d4-a716-446655440001";
    let sent = json!({"event_type": "page_view", "pv_id": PV, "event_id": id}).to_string();
    let test = json!({"event_type": "page_view", "pv_id": PV, "event_id": id, "additional_data": {"test_mode": true}});
    let bare = json!({"event_type": "page_view", "pv_id": PV}).to_string();
    for event in [sent, test.to_string(), bare] {
        assert_eq!(server.track(&server.pixel_key, &event).await.0, 200);
    }
    let mut json = Vec::new();
    export(server.flow(), &server.merchant, Dataset::Events, Format::Json, &mut json).await.unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let mut ids: Vec<(bool, Option<&str>)> =
        rows.iter().map(|row| (row["is_test"].as_bool().unwrap(), row["event_id"].as_str())).collect();
    ids.sort_unstable();
    assert_eq!(ids, [(false, None), (false, Some(id)), (true, Some(id))]);
    let mut csv = Vec::new();
    export(server.flow(), &server.merchant, Dataset::Events, Format::Csv, &mut csv).await.unwrap();
    assert!(String::from_utf8(csv).unwrap().starts_with("id,event_id,event_type,"));
    server.stop().await;
}

async fn get(server: &TestServer, key: &str, path: &str) -> (u16, String) {
    let answer = server.http.get(format!("{}/api/v1{path}", server.url)).bearer_auth(key).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn post(server: &TestServer, path: &str, body: &Value) -> Value {
    let request = server.http.post(format!("{}/api/v1{path}", server.url)).bearer_auth(&server.server_key);
    let answer = request.json(body).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}");
    answer.json().await.unwrap()
}

/// A brand that has something of every kind.
pub(crate) async fn fill(server: &TestServer) {
    install(server).await;
    let (ana, link) = creator_with_link(server, "Ana", "ANA10").await;
    server.flow().creators().update(&server.merchant, &ana, "=Ana", &[], "").await.unwrap();
    rule(server, percent("10")).await;
    server.click(link.code.as_str()).await;
    let event = json!({"event_type": "page_view", "pv_id": PV});
    assert_eq!(server.track(&server.pixel_key, &event.to_string()).await.0, 200);
    deliver_and_settle(server, "orders/create", "d1", &order(1001, "60.00", &promo("ANA10"))).await;
    post(server, "/campaigns", &json!({"name": "Spring", "metadata": {"a": "1"}})).await;
    let product = json!({"title": "Mug", "price_minor": 900, "currency": "USD"});
    let product = post(server, "/products", &product).await;
    let collab = post(server, "/collabs", &json!({"creator": ana})).await;
    let drop =
        json!({"creator": ana, "collab": collab["id"], "title": "One", "products": [{"product": product["id"]}]});
    post(server, "/drops", &drop).await;
    post(server, "/content", &json!({"creator": ana, "url": "https://video.example/1"})).await;
    let (_, list) = get(server, &server.server_key, "/commissions").await;
    let list: Value = serde_json::from_str(&list).unwrap();
    let path = format!("{}/api/v1/commissions/{}", server.url, list["data"][0]["id"].as_str().unwrap());
    let edit = json!({"amount_minor": 700, "reason": "a promise"});
    let answer = server.http.patch(path).bearer_auth(&server.server_key).json(&edit).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    server.clock.advance(60 * domain::time::DAY_MS);
    post(server, "/payouts", &json!({"currency": "USD"})).await;
    post(server, "/creators", &json!({"name": "Late", "handle": "late"})).await;
    server.settle().await;
    // Last, so that no event is sent to it.
    post(server, "/webhook_endpoints", &json!({"url": "https://hooks.example/a"})).await;
}

async fn everything_is_exported_as_the_api_shows_it(server: TestServer) {
    fill(&server).await;
    let listed = [
        ("creators", "id"),
        ("campaigns", "id"),
        ("links", "id"),
        ("products", "id"),
        ("collabs", "id"),
        ("drops", "id"),
        ("content", "id"),
        ("commissions", "id"),
        ("payouts", "id"),
        ("webhook_endpoints", "id"),
        ("events", "sequence"),
    ];
    for (name, key) in listed {
        server.clock.advance(60_000);
        let (status, lines) = get(&server, &server.server_key, &format!("/exports/{name}.jsonl")).await;
        assert_eq!(status, 200, "{name}: {lines}");
        let mut rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let page = if name == "webhook_endpoints" { "" } else { "?limit=100" };
        let (_, list) = get(&server, &server.server_key, &format!("/{name}{page}")).await;
        let mut list: Value = serde_json::from_str(&list).unwrap();
        let list = list["data"].as_array_mut().unwrap();
        assert!(!list.is_empty(), "{name}");
        for rows in [&mut rows, &mut *list] {
            rows.sort_by_key(|row| row[key].to_string());
        }
        assert_eq!(&rows, list, "{name}");
        assert!(!lines.contains("whsec_"));
        let (_, csv) = get(&server, &server.server_key, &format!("/exports/{name}.csv")).await;
        let mut csv = csv::Reader::from_reader(csv.as_bytes());
        let columns: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
        let mut fields: Vec<&str> =
            rows[0].as_object().unwrap().keys().map(String::as_str).filter(|name| *name != "object").collect();
        let mut sorted: Vec<&str> = columns.iter().map(String::as_str).collect();
        fields.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(sorted, fields, "{name}: a column for each field");
        assert_eq!(csv.records().count(), rows.len());
    }
    for name in ["orders", "clicks", "conversions", "tracked_events", "milestones"] {
        server.clock.advance(60_000);
        let (status, lines) = get(&server, &server.server_key, &format!("/exports/{name}.jsonl")).await;
        assert_eq!((status, lines.lines().count() > 0), (200, name != "milestones"), "{name}: {lines}");
    }
    let (_, csv) = get(&server, &server.server_key, "/exports/creators.csv").await;
    assert!(csv.contains(",'=Ana,"), "no cell is a formula: {csv}");
    server.stop().await;
}

async fn exports_are_bulk_and_have_their_scopes(server: TestServer) {
    let made = post(&server, "/keys", &json!({"scopes": ["creators:read"]})).await;
    let few = made["key"].as_str().unwrap();
    assert_eq!(get(&server, few, "/exports/creators.csv").await.0, 200);
    for name in ["links.csv", "tracked_events.jsonl", "events.csv", "conversions.csv"] {
        assert_eq!(get(&server, few, &format!("/exports/{name}")).await.0, 403, "{name}");
    }
    for name in ["creators", "creators.xlsx", "people.csv", "creators.csv.csv"] {
        assert_eq!(get(&server, few, &format!("/exports/{name}")).await.0, 404, "{name}");
    }
    let answers = [400, 429];
    let (status, _) = get(&server, few, "/exports/creators.csv?limit=1").await;
    assert_eq!(status, answers[0]);
    let (status, body) = get(&server, few, "/exports/creators.csv").await;
    assert_eq!(status, answers[1], "{body}");
    assert!(body.contains("10 bulk requests"), "{body}");
    let (_, test) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    server.flow().creators().create(&server.merchant, "Ana", "ana", "").await.unwrap();
    assert_eq!(get(&server, &test, "/exports/creators.jsonl").await, (200, String::new()), "the sandbox has none");
    server.stop().await;
}

async fn many_pages_are_one_export(server: TestServer) {
    for part in 0..3 {
        let rows: Vec<Value> =
            (0..400).map(|n| json!({"name": format!("C {n}"), "handle": format!("c{part}x{n}")})).collect();
        post(&server, "/creators/bulk", &json!({ "rows": rows })).await;
    }
    let (_, lines) = get(&server, &server.server_key, "/exports/creators.jsonl").await;
    let ids: std::collections::BTreeSet<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((ids.len(), lines.lines().count()), (1_200, 1_200));
    let mut json = Vec::new();
    let count = export(server.flow(), &server.merchant, Dataset::Creators, Format::Json, &mut json).await.unwrap();
    assert_eq!((count, serde_json::from_slice::<Vec<Value>>(&json).unwrap().len()), (1_200, 1_200));
    server.stop().await;
}

on_both_engines! {
    events_have_the_id_that_their_sender_gave_them
    everything_is_exported_as_the_api_shows_it
    exports_are_bulk_and_have_their_scopes
    many_pages_are_one_export
}
