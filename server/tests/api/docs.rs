//! The documentation that the server shows: what its pages say is run and checked.

mod script;

use std::collections::{BTreeMap, BTreeSet};

use domain::api_key::KeyKind;
use reqwest::Response;
use serde_json::Value;

use crate::test_server::{Engine, TestServer, start};

on_both_engines! {
    the_quickstart_does_what_it_says
    the_unified_api_does_what_it_says
    the_recipes_do_what_they_say
}

async fn the_quickstart_does_what_it_says(server: TestServer) {
    run(server, include_str!("../../../docs/api/quickstart.md"), 5).await;
}

async fn the_unified_api_does_what_it_says(server: TestServer) {
    run(server, include_str!("../../../docs/api/unified.md"), 7).await;
}

async fn the_recipes_do_what_they_say(server: TestServer) {
    run(server, include_str!("../../../docs/api/recipes.md"), 14).await;
}

/// Runs the commands of a page in the sandbox. `requests_min` notices a page whose blocks are no longer found.
async fn run(server: TestServer, page: &str, requests_min: usize) {
    let (_, key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let mut script = script::Script::new(&server, &key);
    script.run(page).await;
    assert!(script.requests >= requests_min, "only {} requests", script.requests);
    server.stop().await;
}

async fn get(server: &TestServer, path: &str) -> Response {
    server.http.get(format!("{}{path}", server.url)).send().await.unwrap()
}

async fn page(server: &TestServer, path: &str) -> String {
    let answer = get(server, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

async fn document(server: &TestServer) -> Value {
    get(server, "/api/openapi.json").await.json().await.unwrap()
}

/// The values of an attribute of a page.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {name}=\"");
    html.match_indices(&start)
        .filter_map(|(at, found)| html[at + found.len()..].split('"').next())
        .collect::<Vec<_>>()
        .into_iter()
}

/// Every page that the menu names, with its address.
async fn pages(server: &TestServer) -> BTreeMap<String, String> {
    let first = page(server, "/docs").await;
    let (_, menu) = first.split_once("id=\"menu\"").unwrap();
    let mut pages = BTreeMap::new();
    for path in attributes(menu, "href").filter(|path| *path != "/docs/try") {
        pages.insert(path.to_owned(), page(server, path).await);
    }
    pages
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_load_nothing_but_our_style() {
    let server = start(Engine::Sqlite).await;
    let pages = pages(&server).await;
    assert!(pages.len() >= 12, "{:?}", pages.keys());
    for (path, html) in &pages {
        for forbidden in ["<script", " style=\"", "<style", " onclick", "javascript:"] {
            assert!(!html.to_lowercase().contains(forbidden), "{path} has {forbidden}");
        }
        let answer = get(&server, path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("script"), "{policy}");
        let tag = answer.headers()["etag"].clone();
        let again = server.http.get(format!("{}{path}", server.url)).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), 304, "{path}");
    }
    assert_eq!(get(&server, "/docs/style.css").await.headers()["content-type"], "text/css; charset=utf-8");
    assert_eq!(get(&server, "/docs/no-such-page").await.status(), 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_of_the_pages_lead_somewhere() {
    let server = start(Engine::Sqlite).await;
    let pages = pages(&server).await;
    let anchors: BTreeMap<&str, BTreeSet<&str>> =
        pages.iter().map(|(path, html)| (path.as_str(), attributes(html, "id").collect())).collect();
    for (path, html) in &pages {
        let ids = attributes(html, "id").count();
        assert_eq!(ids, anchors[path.as_str()].len(), "{path} has an id twice");
        for link in attributes(html, "href") {
            let (target, anchor) = link.split_once('#').map_or((link, None), |(target, anchor)| (target, Some(anchor)));
            let target = if target.is_empty() { path } else { target };
            match (anchors.get(target), anchor) {
                (Some(known), Some(anchor)) => assert!(known.contains(anchor), "{path} links to {link}"),
                (Some(_), None) => {}
                // The icon comes from the build of the pages, which tests do without.
                (None, _) if target.starts_with("https://") || target == "/favicon.ico" => {}
                (None, _) => assert_eq!(get(&server, target).await.status(), 200, "{path} links to {link}"),
            }
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_code_is_explained_where_doc_url_leads() {
    let server = start(Engine::Sqlite).await;
    let document = document(&server).await;
    let html = page(&server, "/docs/errors").await;
    let codes = document["components"]["schemas"]["Code"]["enum"].as_array().unwrap();
    let explained: Vec<_> = html.split("<h3 id=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
    let named: Vec<_> = codes.iter().filter_map(Value::as_str).collect();
    assert_eq!(explained, named, "in the order of the list, and no other");
    for code in codes {
        let code = code.as_str().unwrap();
        let (_, after) =
            html.split_once(&format!("<h3 id=\"{code}\">")).unwrap_or_else(|| panic!("no anchor of {code}"));
        let text = after.split("<h").next().unwrap();
        assert!(text.contains("<p><code>") && text.len() > 150, "{code}: {text}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_has_every_operation_with_its_fields() {
    let server = start(Engine::Sqlite).await;
    let document = document(&server).await;
    let html = page(&server, "/docs/reference").await;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let (_, after) = html.split_once(&format!("<h3 id=\"{id}\">")).unwrap_or_else(|| panic!("no {id}"));
            let section = after.split("</section>").next().unwrap();
            assert!(section.contains(&method.to_uppercase()) && section.contains(path), "{id}");
            assert!(section.contains("curl "), "{id}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                assert!(section.contains(&format!("<code>{name}</code>")), "{id}: {name}");
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let (_, after) = html.split_once(&format!("<h3 id=\"schema-{name}\">")).unwrap_or_else(|| panic!("no {name}"));
        let section = after.split("<h3").next().unwrap();
        for field in schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field) {
            assert!(section.contains(&format!("<code>{field}</code>")), "{name}: {field}");
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_loads_from_this_server_only() {
    let server = start(Engine::Sqlite).await;
    let answer = get(&server, "/docs/try").await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for allowed in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(allowed), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let html = answer.text().await.unwrap();
    for file in attributes(&html, "src").chain(attributes(&html, "href")).filter(|file| !file.starts_with('#')) {
        assert!(file.starts_with('/'), "{file}");
        let file = file.split('#').next().unwrap();
        // The icon comes from the build of the pages, which tests do without.
        if file != "/favicon.ico" {
            assert_eq!(get(&server, file).await.status(), 200, "{file}");
        }
    }
    assert_eq!(get(&server, "/docs/try/swagger-ui.js.map").await.status(), 404);
    server.stop().await;
}
