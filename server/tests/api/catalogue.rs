//! Products, collabs, drops and content through the unified API, and the public pages that they make.

use reqwest::Method;
use serde_json::{Value, json};

use crate::test_server::TestServer;

mod items;
mod page;

/// Sends a request of the unified API.
async fn call(server: &TestServer, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let mut request = server.http.request(method.clone(), format!("{}/api/v1/{path}", server.url));
    if method != Method::GET {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let answer = request.bearer_auth(&server.server_key).send().await.unwrap();
    let status = answer.status().as_u16();
    if status == 429 {
        // The next minute.
        server.clock.advance(60_000);
        return Box::pin(call(server, method, path, body)).await;
    }
    (status, answer.json().await.unwrap())
}

async fn get(server: &TestServer, path: &str) -> (u16, Value) {
    call(server, Method::GET, path, &Value::Null).await
}

/// Adds an object that must be fine, and returns it.
async fn add(server: &TestServer, resource: &str, body: Value) -> Value {
    let (status, answer) = call(server, Method::POST, resource, &body).await;
    assert_eq!(status, 201, "{answer}");
    answer
}

async fn change(server: &TestServer, resource: &str, object: &Value, body: Value) -> Value {
    let (status, answer) = call(server, Method::PATCH, &format!("{resource}/{}", id(object)), &body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap().iter().map(id).collect()
}

async fn creator(server: &TestServer, name: &str, handle: &str) -> String {
    server.flow().creators().create(&server.merchant, name, handle, "").await.unwrap().id.to_string()
}

/// An active collab with a page.
async fn collab(server: &TestServer, creator: &str, slug: &str) -> Value {
    let body = json!({"creator": creator, "slug": slug, "destination": "https://shop.example/"});
    add(server, "collabs", body).await
}
