//! Customers, through the customer API.

use domain::time::DAY_MS;
use flow::{link::NewLink, policy::NewPolicy};
use serde_json::Value;

use crate::test_server::{CHROME, PV, TestServer};

mod erase;
mod events;
mod get;
mod identities;

pub(crate) const OTHER_PV: &str = "650e8400-e29b-41d4-a716-446655440001";
pub(crate) const THIRD_PV: &str = "750e8400-e29b-41d4-a716-446655440002";

/// The fields of an object with their JSON types, sorted; for an array, those of its first entry.
pub(crate) fn shape(value: &Value) -> Vec<String> {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let object = value.as_array().map_or(value, |list| &list[0]);
    let mut fields: Vec<String> =
        object.as_object().unwrap().iter().map(|(name, value)| format!("{name}: {}", kind(value))).collect();
    fields.sort();
    fields
}

pub(crate) async fn click(server: &TestServer, code: &str, pv_id: &str) {
    let request = server.http.get(format!("{}/{code}", server.url)).header("user-agent", CHROME);
    let request = request.header("cookie", format!("_cs_pv={pv_id}")).header("referer", "https://www.instagram.com/x");
    assert_eq!(request.send().await.unwrap().status(), 302);
}

pub(crate) async fn post(server: &TestServer, path: &str, body: &Value) -> (u16, Value) {
    let request = server.http.post(format!("{}{path}", server.url)).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    (answer.status().as_u16(), answer.json().await.unwrap())
}

pub(crate) async fn get(server: &TestServer, path: &str) -> (u16, Value) {
    let answer = server.http.get(format!("{}{path}", server.url)).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Gets a customer by the URL form that Attribution.io documents, with both keys in the URL.
pub(crate) async fn customer(server: &TestServer, client_id: &str, flags: &str) -> (u16, Value) {
    let path = format!("/api/v1/{}/customers/{client_id}?secret={}{flags}", server.pixel_key, server.server_key);
    let (status, mut answer) = get(server, &path).await;
    let inner = answer["customer"].take();
    (status, if inner.is_null() { answer } else { inner })
}

/// Two creators' links, clicked by one visitor a day apart under a linear policy. The second is sponsored and in a
/// campaign.
pub(crate) async fn two_touches(server: &TestServer) {
    let linear = NewPolicy {
        model: "linear".into(),
        precedence: vec!["manual".into(), "promo".into(), "visit".into(), "survey".into()],
        lookback_days: 30,
        from: String::new(),
    };
    server.flow().policies().save(&server.merchant, &linear).await.unwrap();
    let campaign = server.flow().campaigns().create(&server.merchant, "myCampaign").await.unwrap();
    for (handle, campaign, content_type) in
        [("ana", String::new(), "Story"), ("bea", campaign.id.to_string(), "Sponsored Post")]
    {
        let creator = server.flow().creators().create(&server.merchant, handle, handle, "").await.unwrap();
        let new = NewLink {
            destination: "https://examplesite.com/page1".into(),
            creator: creator.id.to_string(),
            campaign,
            content_type: content_type.into(),
            ..NewLink::default()
        };
        let link = server.flow().links().create(&server.merchant, &new).await.unwrap();
        server.clock.advance(DAY_MS);
        click(server, link.code.as_str(), PV).await;
    }
    server.clock.advance(240_000);
}

pub(crate) fn seconds(server: &TestServer) -> i64 {
    server.flow().now().0 / 1_000
}
