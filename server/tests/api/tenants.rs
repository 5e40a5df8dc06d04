//! Who reaches what: each route of the router, with each kind of caller, for things that are theirs, that are another
//! brand's, and that do not exist.

mod forms;
mod routes;
mod world;

use std::collections::BTreeSet;

use reqwest::Method;

use self::{
    routes::{ROUTES, Reach, Route, paths},
    world::{Caller, World},
};
use crate::{
    accounts::with_mail,
    test_server::{Engine, TestServer, start},
};

/// Stands in all that the brand has.
const MARK: &str = "secretive";
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// An answer, without what differs between any two.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    text: String,
}

impl Answer {
    fn is_no_method(&self) -> bool {
        self.status == 405
    }

    /// Whether it shows anything of the brand. What the request itself said may be said again.
    fn shows(&self, world: &World, asked: &str) -> bool {
        let text = self.text.replace(asked, "");
        text.to_lowercase().contains(MARK) || world.ids.iter().any(|id| *id != asked && text.contains(id.as_str()))
    }
}

/// Sends a request whose path, and body if it has one, name what is asked for.
async fn ask(server: &TestServer, caller: &Caller, method: &Method, path: &str, route: &Route, asked: &str) -> Answer {
    let mut request = server.http.request(method.clone(), format!("{}{path}", server.url));
    request = caller.sign(request).header("sec-fetch-site", "same-origin").header("host", "localhost:4000");
    if path == "/mcp" {
        request = request.header("accept", "application/json, text/event-stream");
    }
    if *method != Method::GET {
        request = if path.starts_with("/api") || path == "/identities" || path == "/events" {
            request.header("content-type", "application/json").body(route.body.replace("{id}", asked))
        } else {
            request.header("content-type", "application/x-www-form-urlencoded").body("do=archive")
        };
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let location = answer.headers().get("location").map_or(String::new(), |to| to.to_str().unwrap().to_owned());
    let text = if path.ends_with("/stream") || path.ends_with("/live") {
        // It goes on for ever; what is refused, is refused before.
        String::new()
    } else {
        answer.text().await.unwrap()
    };
    let mut text = format!("{location}\n{text}");
    if let Some(at) = text.find("\"request_id\":\"") {
        let end = at + "\"request_id\":\"".len();
        let length = text[end..].find('"').unwrap();
        text.replace_range(end..end + length, "");
    }
    Answer { status, text }
}

/// A route that is not in the table is a fault, and so is a row of a route that is gone.
async fn every_route_has_a_row(engine: Engine) {
    let server = start(engine).await;
    let rows: BTreeSet<String> = ROUTES.iter().map(|route| route.path.to_owned()).collect();
    assert_eq!(rows.len(), ROUTES.len(), "a path stands twice in the table");
    let paths = paths(&server).await;
    let differ: Vec<&String> = paths.symmetric_difference(&rows).collect();
    assert!(differ.is_empty(), "these are in the table or in the router only: {differ:?}");
    server.stop().await;
}

async fn what_is_not_theirs_is_closed_to_every_caller(engine: Engine) {
    let (server, mail) = with_mail(engine).await;
    let world = World::make(&server, &mail).await;
    let before = world.everything(&server).await;
    let mut faults = Vec::new();
    for route in ROUTES {
        // The keys' limits are by the minute.
        server.clock.advance(60_000);
        let id = world.id_for(route);
        let missing = world::missing(&id);
        let (theirs, nowhere) = (route.with(&id), route.with(&missing));
        for method in &METHODS {
            // Who may write does not: the brand must look the same afterwards.
            let is_read = *method == Method::GET;
            if is_read && matches!(route.reach, Reach::Api | Reach::Team | Reach::Owner | Reach::Creator) {
                let own = ask(&server, world.rightful(route), method, &theirs, route, &id).await;
                if !own.is_no_method() && own.status != 200 && !route.answers.contains(&own.status) {
                    faults.push(format!("{method} {theirs} by {}: {}", world.rightful(route).name, own.status));
                }
            }
            for caller in world.strangers(route) {
                let answer = ask(&server, caller, method, &theirs, route, &id).await;
                if answer.is_no_method() {
                    continue;
                }
                let mut fault = |what: &str| {
                    faults.push(format!(
                        "{method} {} by {}: {what}: {} {:.300}",
                        route.path, caller.name, answer.status, answer.text
                    ));
                };
                if answer.status >= 500 {
                    fault("failed");
                }
                if answer.shows(&world, &id) {
                    fault("shows what is another's");
                }
                if !caller.is_let_in(route) && !world::refuses(route, answer.status) {
                    fault("is not refused");
                }
                if theirs != nowhere {
                    let none = ask(&server, caller, method, &nowhere, route, &missing).await;
                    let (text, none_text) = (answer.text.replace(&id, ""), none.text.replace(&missing, ""));
                    if (answer.status, &text) != (none.status, &none_text) {
                        fault(&format!("differs from what does not exist: {} {none_text:.300}", none.status));
                    }
                    if answer.status < 300 && route.reach != Reach::Public {
                        fault("is done");
                    }
                }
            }
        }
    }
    faults.extend(forms::press_all(&server, &world).await);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    let after = world.everything(&server).await;
    let changed: Vec<&String> = before.symmetric_difference(&after).collect();
    assert!(changed.is_empty(), "of the brand was changed: {changed:#?}");
    server.stop().await;
}

beside_both_engines!(
    every_route_has_a_row
    what_is_not_theirs_is_closed_to_every_caller
);
