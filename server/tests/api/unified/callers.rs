//! Every route of the unified API, as the OpenAPI document lists them, with every kind of caller and every kind of id.

use std::collections::BTreeMap;

use domain::api_key::{ApiKey, KeyKind};
use reqwest::Method;
use serde_json::{Value, json};

use super::{call_with, json_of, next_minute, other_brand};
use crate::test_server::TestServer;

on_both_engines!(every_route_knows_its_callers);

/// An object of each kind of a brand: ids by resource.
type Objects = BTreeMap<String, String>;

async fn add(server: &TestServer, key: &str, objects: &mut Objects, resource: &str, body: Value) -> String {
    let answer = call_with(server, key, Method::POST, &format!("/{resource}"), &body, &[]).await;
    let (status, made) = json_of(answer).await;
    assert_eq!(status, 201, "{resource}: {made}");
    let id = made["id"].as_str().unwrap().to_owned();
    objects.insert(resource.to_owned(), id.clone());
    id
}

/// Adds an object of each kind to a key's brand.
async fn objects_of(server: &TestServer, key: &str, name: &str) -> Objects {
    let mut objects = Objects::new();
    let destination = "https://shop.example/";
    let creator = add(server, key, &mut objects, "creators", json!({"name": name, "handle": name})).await;
    add(server, key, &mut objects, "campaigns", json!({"name": name})).await;
    let link = json!({"creator": creator, "destination": destination});
    let link = add(server, key, &mut objects, "links", link).await;
    let product = add(server, key, &mut objects, "products", json!({"title": name})).await;
    let collab = json!({"creator": creator, "destination": destination});
    let collab = add(server, key, &mut objects, "collabs", collab).await;
    let drop = json!({"collab": collab, "title": name, "products": [{"product": product}]});
    add(server, key, &mut objects, "drops", drop).await;
    let content = json!({"creator": creator, "link": link});
    add(server, key, &mut objects, "content", content).await;
    let order = json!({"external_id": name, "currency": "USD", "total_minor": 100});
    add(server, key, &mut objects, "orders", order).await;
    let endpoint = json!({"url": "https://hooks.example/in"});
    add(server, key, &mut objects, "webhook_endpoints", endpoint).await;
    server.settle().await;
    for resource in ["events", "keys"] {
        let (_, list) =
            json_of(call_with(server, key, Method::GET, &format!("/{resource}"), &Value::Null, &[]).await).await;
        let id = list["data"][0]["id"].as_str().unwrap_or_else(|| panic!("no {resource}: {list}"));
        objects.insert(resource.to_owned(), id.to_owned());
    }
    objects
}

/// A route of the unified API.
struct Route {
    method: Method,
    path: String,
}

impl Route {
    fn resource(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// The answer to a call, without what differs from call to call.
    async fn with(&self, server: &TestServer, key: &str, id: &str, cookie: &str) -> (u16, Value) {
        let path = self.path.replace("{id}", id).replace("{external_id}", id).replace("{event_id}", id);
        let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin")];
        let (status, mut body) =
            json_of(call_with(server, key, self.method.clone(), &path, &json!({}), &headers).await).await;
        body["request_id"] = Value::Null;
        (status, body)
    }
}

async fn routes(server: &TestServer) -> Vec<Route> {
    let document = server.http.get(format!("{}/api/openapi.json", server.url)).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(name, one)| (path, name, one)));
    let unified = operations.filter(|(_, _, operation)| operation["responses"].get("default").is_some());
    let unified = unified.filter_map(|(path, name, _)| Some((path.strip_prefix("/api/v1")?, name)));
    unified.map(|(path, name)| Route { method: name.to_uppercase().parse().unwrap(), path: path.to_owned() }).collect()
}

async fn every_route_knows_its_callers(server: TestServer) {
    let routes = routes(&server).await;
    assert!(routes.len() >= 60, "{} routes", routes.len());
    let setup = server.flow();
    let (_, revoked) = setup.setup().create_key(&server.merchant, KeyKind::Server, false).await.unwrap();
    setup.setup().revoke_key(&server.merchant, &ApiKey::parse(&revoked).unwrap().id).await.unwrap();
    let (_, test_key) = setup.setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let own = objects_of(&server, &server.server_key, "own").await;
    let other = other_brand(&server).await;
    let foreign = objects_of(&server, &other, "foreign").await;
    let creator: domain::CreatorId = own["creators"].parse().unwrap();
    let link = setup.access().sign_in_link(&server.merchant, Some(&creator)).await.unwrap();
    let (session, _) = setup.access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
    let as_merchant = server.sign_in().await;
    let (name, _) = as_merchant.split_once('=').unwrap();
    let as_creator = format!("{name}={session}");
    next_minute(&server);
    for route in &routes {
        let Route { method, path } = route;
        let (mine, theirs) = match route.resource() {
            // Made by settling; the ids of these are made up.
            "commissions" | "payouts" | "imports" => ("x", "x"),
            resource => {
                (own.get(resource).map_or("x", String::as_str), foreign.get(resource).map_or("x", String::as_str))
            }
        };
        for key in ["", "nonsense", &server.pixel_key, &revoked] {
            for cookie in ["", &as_merchant, &as_creator] {
                // Without a key, members listen to events with their session.
                if path == "/events/stream" && key.is_empty() && cookie == as_merchant {
                    continue;
                }
                let (status, body) = route.with(&server, key, mine, cookie).await;
                assert_eq!((status, &body["code"]), (401, &json!("key_invalid")), "{method} {path} with {key:?}");
            }
        }
        if path.contains("{id}") {
            let missing_id = match theirs.rsplit_once('_') {
                Some((prefix, _)) => format!("{prefix}_01hf7yat00fzzvzzzzzzzzzzzz"),
                None => "crt_01hf7yat00fzzvzzzzzzzzzzzz".to_owned(),
            };
            let missing = route.with(&server, &server.server_key, &missing_id, "").await;
            assert_eq!(missing.0, 404, "{method} {path}: {}", missing.1);
            assert_eq!(route.with(&server, &server.server_key, theirs, "").await, missing, "{method} {path}: foreign");
            next_minute(&server);
            let missing = route.with(&server, &test_key, &missing_id, "").await;
            assert_eq!(missing.0, 404, "{method} {path} in the sandbox: {}", missing.1);
            // A brand has one set of keys, and a test key sees only test keys.
            assert_eq!(
                route.with(&server, &test_key, mine, "").await,
                missing,
                "{method} {path}: live, with a test key"
            );
            if *method == Method::GET && path.ends_with("/{id}") && mine != "x" {
                assert_eq!(route.with(&server, &server.server_key, mine, "").await.0, 200, "GET {path}: one's own");
            }
        }
        next_minute(&server);
    }
    server.stop().await;
}
