//! Everything that a creator's session gets from the server.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::time::{DAY_MS, Zone};
use serde_json::Value;

use super::world::World;
use crate::{
    named_ids::{with_named_ids, without_codes},
    test_server::TestServer,
};

/// How much is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The creator's own pages, and the revenue proofs that they issue there.
    Creator,
    /// Every page and endpoint that the server has, found in its own routes.
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

/// The page with the table of earnings.
const PAID: &str = "/creator/paid";
/// The actions of the creator's pages.
const ACTIONS: [&str; 5] = ["ask", "issue", "withdraw", "create", "payout-details"];

/// A fresh session cookie of the world's creator.
async fn cookie(server: &TestServer, world: &World) -> String {
    let access = server.flow().access();
    let link = access.sign_in_link(&world.merchant, Some(&world.creator)).await.unwrap();
    let (session, is_creator) = access.sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
    assert!(is_creator);
    format!("__Host-cs_session={session}")
}

/// The requests as (method, path, form).
async fn requests(server: &TestServer, world: &World, reach: Reach) -> Vec<(String, String, String)> {
    let (from, to) = world.all_days(server);
    let get = |path: &str| ("GET".to_owned(), path.to_owned(), String::new());
    let mut requests = vec![get("/creator"), get("/creator/sales"), get(PAID), get("/creator/paid?format=csv")];
    requests.push(get("/creator/sales?format=csv"));
    for state in ["credited", "not-credited", "cancelled"] {
        requests.push(get(&format!("/creator/sales?state={state}")));
    }
    for (from, to) in [("", ""), (from.as_str(), to.as_str())] {
        requests.push(get(&format!("/creator/links?from={from}&to={to}")));
    }
    // A later page of sales.
    let middle = server.clock_now().plus_ms(-5_000);
    requests.push(get(&format!("/creator/sales?page={}.{}", middle.0, domain::OrderId::new(0, [0; 10]))));
    // Refused until a day with shared sales is over.
    let yesterday = Zone::UTC.day_of(server.clock_now().plus_ms(-DAY_MS));
    requests.push(("POST".to_owned(), "/creator/proofs".to_owned(), format!("do=issue&from={from}&to={yesterday}")));
    requests.push(get("/creator/proofs"));
    if reach == Reach::Creator {
        return requests;
    }
    let filled = |path: &str| {
        let segments = path.split('/').map(|part| if part.starts_with([':', '{']) { "1001" } else { part });
        segments.collect::<Vec<_>>().join("/")
    };
    for path in server::http::page_paths().map(filled) {
        requests.push(get(&path));
        // An address may ask for so many sign-in links only, and both worlds have one.
        if !path.starts_with("/sign-in") {
            let form = |action| format!("do={action}&id=1001&from=&to=");
            requests.extend(ACTIONS.map(|action| ("POST".to_owned(), path.clone(), form(action))));
        }
    }
    let document = server.http.get(format!("{}/api/openapi.json", server.url)).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in
            methods.as_object().unwrap().keys().filter(|name| ["get", "post", "delete"].contains(&name.as_str()))
        {
            requests.push((method.to_uppercase(), filled(path), String::new()));
        }
    }
    requests
}

/// The responses to a fresh session of the world's creator.
pub(super) async fn answers(server: &TestServer, world: &World, reach: Reach) -> Vec<Answer> {
    let cookie = cookie(server, world).await;
    let mut answers = Vec::new();
    let mut proofs = Vec::new();
    for (method, path, form) in requests(server, world, reach).await {
        let answer = ask(server, &cookie, &method, &path, form).await;
        if method == "GET" && path == "/creator/proofs" {
            let ids = answer.body.split("href=\"/proof/").skip(1).filter_map(|rest| rest.split('"').next());
            proofs = ids.map(str::to_owned).collect();
        }
        answers.push(answer);
    }
    for id in proofs {
        answers.push(ask(server, &cookie, "GET", &format!("/proof/{id}"), String::new()).await);
        answers.push(stated(ask(server, "", "GET", &format!("/proof/{id}.jws"), String::new()).await));
    }
    assert_eq!(answers[0].status, 200, "{}", answers[0].body);
    answers.into_iter().map(|answer| answer.with_names(world)).collect()
}

async fn ask(server: &TestServer, cookie: &str, method: &str, path: &str, form: String) -> Answer {
    let request = server
        .http
        .request(method.parse().unwrap(), format!("{}{path}", server.url))
        .header("cookie", cookie)
        .header("origin", "http://localhost:4000")
        .header("accept", "text/html");
    let content_type = "application/x-www-form-urlencoded";
    let request = if method == "POST" { request.header("content-type", content_type).body(form) } else { request };
    let response = request.send().await.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
    let status = response.status().as_u16();
    // The length of a body that is the same is the same; one that holds a drawing of random codes differs.
    let is_random = |name: &str| ["date", "x-request-id", "content-length"].contains(&name);
    let headers = response.headers().iter().filter(|(name, _)| !is_random(name.as_str()));
    let headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let body = response.text().await.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
    let request = format!("{method} {}", path.split('?').next().unwrap());
    Answer { request, status, headers, body }
}

/// A signed file with what it states in place of the signed text, which holds a random id.
fn stated(mut file: Answer) -> Answer {
    let payload = file.body.split('.').nth(1).and_then(|payload| BASE64_URL_SAFE_NO_PAD.decode(payload).ok());
    file.body = payload.and_then(|payload| String::from_utf8(payload).ok()).unwrap_or_else(|| panic!("{file:?}"));
    file
}

impl Answer {
    /// The same with names for what is random in every world: the request's id, the links' codes with their drawings, ids,
    /// and the signed text on a proof's page.
    fn with_names(mut self, world: &World) -> Self {
        let mut random: Vec<(String, String)> =
            world.links.iter().enumerate().map(|(n, link)| (link.code.to_string(), format!("CODE{n:04}"))).collect();
        let id = self.body.split_once("\"request_id\":\"").and_then(|(_, rest)| rest.split('"').next());
        random.extend(id.map(|id| (id.to_owned(), "REQUEST".to_owned())));
        let values = self.headers.iter_mut().map(|(_, value)| value);
        for text in values.chain([&mut self.body, &mut self.request]) {
            for (value, name) in &random {
                *text = text.replace(value.as_str(), name);
            }
            *text = with_named_ids(&without_codes(text));
        }
        self
    }

    /// The same without what a paid payout changes: the sections that say so, and the file of payouts.
    pub(super) fn without_earnings(&self) -> Self {
        let mut rest = self.clone();
        if rest.headers.iter().any(|(name, value)| name == "content-type" && value.starts_with("text/csv")) {
            rest.body.clear();
        }
        let mut parts = rest.body.split("data-earnings");
        let mut body = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            body.push_str(part.split_once("</section>").map_or(part, |(_, after)| after));
        }
        rest.body = body;
        rest
    }
}

/// The creator's earnings as the page shows them.
pub(super) async fn earnings(server: &TestServer, world: &World) -> Earnings {
    let cookie = cookie(server, world).await;
    let page = ask(server, &cookie, "GET", PAID, String::new()).await.body;
    let table = page.split_once("aria-label=\"Earnings\"").map_or("", |(_, rest)| rest);
    let table = table.split_once("</section>").map_or(table, |(table, _)| table);
    let text = |cell: &str| cell.split_once('>').unwrap().1.split('<').next().unwrap().to_owned();
    let rows = table.split("scope=\"row\"").skip(1).map(|row| {
        let mut cells = row.split("data-label=").skip(1).map(text);
        (text(row), core::array::from_fn(|_| cells.next().unwrap()))
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
