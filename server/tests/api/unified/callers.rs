//! Every route of the unified API, as the OpenAPI document lists them, with every kind of caller and every kind of id.

use std::collections::BTreeMap;

use domain::{
    CreatorId,
    api_key::{ApiKey, KeyKind},
};
use flow::access::Merchant;
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

/// Adds an object of each kind to a brand.
async fn objects_of(server: &TestServer, brand: &Merchant, key: &str, name: &str) -> Objects {
    let mut objects = Objects::new();
    let destination = "https://shop.example/";
    let creator = add(server, key, &mut objects, "creators", json!({"name": name, "handle": name})).await;
    add(server, key, &mut objects, "campaigns", json!({"name": name})).await;
    let link = json!({"creator": creator, "destination": destination, "promo_code": name});
    let link = add(server, key, &mut objects, "links", link).await;
    let click = json!({"link": link, "at": server.clock_now().to_rfc3339()});
    add(server, key, &mut objects, "clicks", click).await;
    let product = add(server, key, &mut objects, "products", json!({"title": name})).await;
    let collab = json!({"creator": creator, "destination": destination});
    let collab = add(server, key, &mut objects, "collabs", collab).await;
    let drop = json!({"collab": collab, "title": name, "products": [{"product": product}]});
    add(server, key, &mut objects, "drops", drop).await;
    let content = json!({"creator": creator, "link": link});
    add(server, key, &mut objects, "content", content).await;
    let order = json!({"external_id": name, "currency": "USD", "total_minor": 100});
    add(server, key, &mut objects, "orders", order).await;
    // Ten orders are a milestone.
    let sale = |n: usize| json!({"external_id": format!("{name} {n}"), "currency": "USD", "total_minor": 100, "discount_codes": [name]});
    let sales = json!({"rows": (0..10).map(sale).collect::<Vec<_>>()});
    assert_eq!(call_with(server, key, Method::POST, "/orders/bulk", &sales, &[]).await.status(), 200);
    let creator: CreatorId = creator.parse().unwrap();
    server.flow().commissions().adjust(brand, &creator, "5.00", "USD", "bonus", name).await.unwrap();
    add(server, key, &mut objects, "payouts", json!({"currency": "USD"})).await;
    let file = server.http.post(format!("{}/api/v1/imports", server.url)).bearer_auth(key);
    let file =
        file.header("content-type", "text/csv").body(format!("name,email\n{name} two,{name}@creators.example\n"));
    let (status, import) = json_of(file.send().await.unwrap()).await;
    assert_eq!(status, 201, "{import}");
    objects.insert("imports".to_owned(), import["id"].as_str().unwrap().to_owned());
    let endpoint = json!({"url": "https://hooks.example/in"});
    add(server, key, &mut objects, "webhook_endpoints", endpoint).await;
    server.settle().await;
    for resource in ["events", "keys", "commissions", "conversions", "milestones"] {
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
    let own = objects_of(&server, &server.merchant, &server.server_key, "own").await;
    let (other, other_key) = other_brand(&server).await;
    let foreign = objects_of(&server, &other, &other_key, "foreign").await;
    let as_merchant = server.sign_in().await;
    let (name, _) = as_merchant.split_once('=').unwrap();
    let session_of = async |creator: &CreatorId| {
        let link = setup.access().sign_in_link(&server.merchant, Some(creator)).await.unwrap();
        let (session, _) = setup.access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
        format!("{name}={session}")
    };
    let as_creator = session_of(&own["creators"].parse().unwrap()).await;
    let another = setup.creators().create(&server.merchant, "Another", "another", "").await.unwrap();
    let as_another = session_of(&another.id).await;
    next_minute(&server);
    for route in &routes {
        let Route { method, path } = route;
        let resource = route.resource();
        let mine = own.get(resource).map_or("x", String::as_str);
        let theirs = foreign.get(resource).map_or("x", String::as_str);
        for key in ["", "nonsense", &server.pixel_key, &revoked] {
            for cookie in ["", &as_merchant, &as_creator, &as_another] {
                // Without a key, members listen to events with their session.
                if path == "/events/stream" && key.is_empty() && cookie == as_merchant {
                    continue;
                }
                let (status, body) = route.with(&server, key, mine, cookie).await;
                assert_eq!((status, &body["code"]), (401, &json!("key_invalid")), "{method} {path} with {key:?}");
            }
        }
        if path.contains("{id}") {
            assert_ne!((mine, theirs), ("x", "x"), "{method} {path} has ids of no object");
            // The ids of conversions and milestones end in more than others.
            let missing_id = match theirs.split_once('_') {
                Some((prefix, rest)) => {
                    format!("{prefix}_01hf7yat00fzzvzzzzzzzzzzzz{}", rest.get(26..).unwrap_or_default())
                }
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
            if *method == Method::GET && path.ends_with("/{id}") {
                assert_eq!(route.with(&server, &server.server_key, mine, "").await.0, 200, "GET {path}: one's own");
            }
        }
        next_minute(&server);
    }
    server.stop().await;
}
