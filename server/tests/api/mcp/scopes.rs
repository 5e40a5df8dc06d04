//! The scopes that the OpenAPI document names are those that handlers ask for: tools are listed by them.

use std::collections::BTreeMap;

use domain::scope::{RESOURCES, Scope};
use reqwest::Method;
use serde_json::{Value, json};

use crate::test_server::TestServer;

on_both_engines! { each_operation_asks_for_the_scopes_that_it_names }

/// A key with these scopes, and its id.
async fn key_with(server: &TestServer, scopes: &[String]) -> (String, String) {
    server.clock.advance(60_000);
    let request = server.http.post(format!("{}/api/v1/keys", server.url)).bearer_auth(&server.server_key);
    let answer: Value = request.json(&json!({"scopes": scopes})).send().await.unwrap().json().await.unwrap();
    let text = |field: &str| answer[field].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    (text("key"), text("id"))
}

async fn status(server: &TestServer, key: &str, method: &Method, path: &str) -> u16 {
    let path = path.split('/').map(|part| if part.starts_with('{') { "missing" } else { part }).collect::<Vec<_>>();
    let mut request = server.http.request(method.clone(), format!("{}{}", server.url, path.join("/"))).bearer_auth(key);
    if !matches!(*method, Method::GET | Method::DELETE) {
        request = request.json(&json!({}));
    }
    request.send().await.unwrap().status().as_u16()
}

async fn each_operation_asks_for_the_scopes_that_it_names(server: TestServer) {
    let document = server.http.get(format!("{}/api/openapi.json", server.url)).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    let mut by_scopes: BTreeMap<Vec<String>, Vec<(Method, String)>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let mut keys = operation["security"].as_array().into_iter().flatten();
            let bearer = keys.find_map(|key| key["bearer"].as_array()).cloned().unwrap_or_default();
            let scopes: Vec<String> = bearer.iter().map(|scope| scope.as_str().unwrap().to_owned()).collect();
            if scopes.is_empty() {
                // Exports ask for the scope of what they show.
                let has_scopes = path.starts_with("/api/v1/") && !path.starts_with("/api/v1/exports/");
                assert!(!(has_scopes && operation["responses"].get("default").is_some()), "{path}");
                continue;
            }
            by_scopes.entry(scopes).or_default().push((method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    assert!(by_scopes.len() > 30, "{}", by_scopes.len());
    let all: Vec<Scope> = RESOURCES.iter().flat_map(|name| [Scope::read(name), Scope::write(name)]).flatten().collect();
    for (scopes, operations) in by_scopes {
        let (enough, id) = key_with(&server, &scopes).await;
        for (method, path) in &operations {
            assert_ne!(status(&server, &enough, method, path).await, 403, "{method} {path} with {scopes:?}");
        }
        revoke(&server, &id).await;
        for missing in &scopes {
            let missing = Scope::parse(missing).unwrap();
            let others = all.iter().filter(|scope| !scope.allows(missing)).map(ToString::to_string);
            let (lacking, id) = key_with(&server, &others.collect::<Vec<_>>()).await;
            for (method, path) in &operations {
                assert_eq!(status(&server, &lacking, method, path).await, 403, "{method} {path} without {missing}");
            }
            revoke(&server, &id).await;
        }
    }
    server.stop().await;
}

async fn revoke(server: &TestServer, id: &str) {
    let request = server.http.delete(format!("{}/api/v1/keys/{id}", server.url)).bearer_auth(&server.server_key);
    assert_eq!(request.send().await.unwrap().status(), 200);
}
