//! Everything that a creator's session gets from the server.

use std::collections::BTreeMap;

use leptos::server_fn::axum::server_fn_paths;
use serde_json::Value;

use super::world::World;
use crate::test_server::TestServer;

/// How much is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The creator's own page and its server function.
    Creator,
    /// Every page, server function and endpoint that the server has, found in its own routes.
    Everything,
}

/// One response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    request: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// Per currency code: pending, available, paid.
pub(super) type Earnings = BTreeMap<String, [String; 3]>;

/// The arguments of every server function, so that a function that lets creators in is called in earnest: one that
/// takes another argument must be added.
const ARGUMENTS: [(&str, &str); 44] = [
    ("access", "7"),
    ("aliases", ""),
    ("allowed", ""),
    ("amount", "1"),
    ("bonus", ""),
    ("campaign", ""),
    ("cap", ""),
    ("clicks", "365"),
    ("content_type", ""),
    ("creator", "x"),
    ("currency", "USD"),
    ("destination", "https://shop.example/"),
    ("email", ""),
    ("events", "365"),
    ("fixed", ""),
    ("from", ""),
    ("handle", "x"),
    ("hold_days", "1"),
    ("id", "x"),
    ("key", "x"),
    ("kind", "csv"),
    ("landings", "365"),
    ("last", "2027-01-01"),
    ("link", "x"),
    ("lookback_days", "1"),
    ("model", "linear"),
    ("name", "x"),
    ("new_campaign", ""),
    ("new_creator", ""),
    ("of", ""),
    ("order", "x"),
    ("paypal", ""),
    ("percent", "1"),
    ("platform", ""),
    ("precedence", "manual"),
    ("promo_code", ""),
    ("reason", "x"),
    ("scope", "all"),
    ("state", "paid"),
    ("steps", ""),
    ("storefronts", ""),
    ("tier", ""),
    ("to", ""),
    ("token", "x"),
];

/// A fresh session cookie of the world's creator.
async fn cookie(server: &TestServer, world: &World) -> String {
    let access = server.flow().access();
    let link = access.sign_in_link(&world.merchant, Some(&world.creator)).await.unwrap();
    let (session, is_creator) = access.sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
    assert!(is_creator);
    format!("__Host-cs_session={session}")
}

/// The requests as (method, path, form).
async fn requests(server: &TestServer, world: &World, reach: Reach) -> Vec<(String, String, Vec<(String, String)>)> {
    let (from, to) = world.all_days(server);
    let mut requests = Vec::new();
    for (from, to) in [("", ""), (from.as_str(), to.as_str())] {
        let form = vec![("from".to_owned(), from.to_owned()), ("to".to_owned(), to.to_owned())];
        requests.push(("GET".to_owned(), format!("/creator?from={from}&to={to}"), vec![]));
        requests.push(("POST".to_owned(), "/api/fn/creator-home".to_owned(), form));
    }
    if reach == Reach::Creator {
        return requests;
    }
    let filled = |path: &str| {
        let segments = path.split('/').map(|part| if part.starts_with([':', '{']) { "1001" } else { part });
        segments.collect::<Vec<_>>().join("/")
    };
    requests.extend(server::http::page_paths().map(|path| ("GET".to_owned(), filled(path), vec![])));
    let arguments: Vec<_> = ARGUMENTS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut functions: Vec<_> = server_fn_paths().map(|(path, method)| (method.to_string(), path.to_owned())).collect();
    functions.sort();
    assert!(functions.iter().any(|(_, path)| path == "/api/fn/creator-home"), "{functions:?}");
    requests.extend(functions.into_iter().map(|(method, path)| (method, path, arguments.clone())));
    let document = server.http.get(format!("{}/api/openapi.json", server.url)).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in
            methods.as_object().unwrap().keys().filter(|name| ["get", "post", "delete"].contains(&name.as_str()))
        {
            requests.push((method.to_uppercase(), filled(path), vec![]));
        }
    }
    requests
}

/// The responses to a fresh session of the world's creator.
pub(super) async fn answers(server: &TestServer, world: &World, reach: Reach) -> Vec<Answer> {
    let cookie = cookie(server, world).await;
    let mut answers = Vec::new();
    for (method, path, form) in requests(server, world, reach).await {
        let request = server
            .http
            .request(method.parse().unwrap(), format!("{}{path}", server.url))
            .header("cookie", &cookie)
            .header("origin", "http://localhost:4000")
            .header("accept", if method == "GET" { "text/html" } else { "application/json" });
        let request = if method == "POST" { request.form(&form) } else { request };
        let response = request.send().await.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let status = response.status().as_u16();
        let headers = response.headers().iter().filter(|(name, _)| *name != "date" && *name != "x-request-id");
        let headers: Vec<_> =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let body = response.text().await.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        assert!(
            !path.starts_with("/api/fn/") || !body.contains("missing field"),
            "{path} takes an argument that ARGUMENTS lacks: {body}"
        );
        let request = format!("{method} {}", path.split('?').next().unwrap());
        answers.push(Answer { request, status, headers, body }.with_names(world));
    }
    assert_eq!(answers[1].status, 200, "{}", answers[1].body);
    answers
}

impl Answer {
    /// The same with names for what is random in every world: the response's nonce, the request's id and the links' codes.
    fn with_names(mut self, world: &World) -> Self {
        let policy = self.headers.iter().find(|(name, _)| name == "content-security-policy");
        let nonce = policy.and_then(|(_, policy)| policy.split("'nonce-").nth(1)?.split('\'').next());
        let mut random: Vec<(String, String)> =
            world.links.iter().enumerate().map(|(n, link)| (link.code.to_string(), format!("CODE{n:04}"))).collect();
        random.extend(nonce.filter(|nonce| !nonce.is_empty()).map(|nonce| (nonce.to_owned(), "NONCE".to_owned())));
        let id = self.body.split_once("\"request_id\":\"").and_then(|(_, rest)| rest.split('"').next());
        random.extend(id.map(|id| (id.to_owned(), "REQUEST".to_owned())));
        let values = self.headers.iter_mut().map(|(_, value)| value);
        for text in values.chain([&mut self.body]) {
            for (value, name) in &random {
                *text = text.replace(value.as_str(), name);
            }
        }
        self
    }

    /// The same without the table of earnings, in the function's JSON and in the page, and without the lengths.
    pub(super) fn without_earnings(&self) -> Self {
        let mut rest = self.clone();
        rest.headers.retain(|(name, _)| name != "content-length");
        if let Ok(mut json) = serde_json::from_str::<Value>(&rest.body) {
            json["earnings"] = Value::Null;
            rest.body = json.to_string();
        }
        // In the page the table stands before the milestones, and in the data that hydrates the page likewise.
        for (begin, end) in [("<h2>Earnings</h2>", "<ul>"), ("earnings\\\"", "milestones\\\"")] {
            let Some((before, after)) = rest.body.split_once(begin) else { continue };
            let Some((_, after)) = after.split_once(end) else { continue };
            rest.body = format!("{before}{begin}{end}{after}");
        }
        rest
    }
}

/// The creator's earnings as the page shows them.
pub(super) async fn earnings(server: &TestServer, world: &World) -> Earnings {
    let answers = answers(server, world, Reach::Creator).await;
    let home: Value = serde_json::from_str(&answers[1].body).unwrap();
    let rows = home["earnings"]["rows"].as_array().unwrap().iter().map(|row| {
        let cell = |n: usize| row["cells"][n].as_str().unwrap().to_owned();
        (cell(0), [cell(1), cell(2), cell(3)])
    });
    rows.collect()
}

/// Compares two lists of responses, and says which differs first.
pub(super) fn assert_equal(one: &[Answer], other: &[Answer], when: &str) {
    assert_eq!(one.len(), other.len(), "{when}");
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other, "{when}: {}", one.request);
    }
}
