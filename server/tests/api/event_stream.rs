//! Events as they happen, over open connections.

use core::time::Duration;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::api_key::{ApiKey, KeyKind};
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::test_server::{Engine, TestServer, start, start_with};

/// How long something may take that is about to happen.
const SOON: Duration = Duration::from_secs(20);

/// A connection that listens.
struct Stream {
    response: Response,
    unread: String,
    /// The `id` of the last event.
    last: Option<String>,
}

/// What comes over it.
#[derive(Debug)]
enum Block {
    Event(Value),
    Other(String),
}

impl Stream {
    fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers().get("content-encoding"), None);
        Self { response, unread: String::new(), last: None }
    }

    /// What comes next; `None` at the end, which is after a whole block.
    async fn block(&mut self) -> Option<Block> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.unread = rest;
                return Some(self.read(block));
            }
            let Some(bytes) = tokio::time::timeout(SOON, self.response.chunk()).await.unwrap().unwrap() else {
                assert_eq!(self.unread, "", "a part of an event");
                return None;
            };
            self.unread.push_str(core::str::from_utf8(&bytes).unwrap());
        }
    }

    fn read(&mut self, block: String) -> Block {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        let Some(data) = field("data: ") else { return Block::Other(block) };
        self.last = field("id: ");
        let event: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(self.last.as_deref(), Some(event["sequence"].to_string().as_str()));
        Block::Event(event)
    }

    /// The next event.
    async fn event(&mut self) -> Option<Value> {
        loop {
            match self.block().await? {
                Block::Event(event) => return Some(event),
                Block::Other(_) => {}
            }
        }
    }

    async fn handle(&mut self) -> String {
        let event = self.event().await.unwrap();
        event["data"]["creator"]["handle"].as_str().unwrap().to_owned()
    }
}

async fn ask(server: &TestServer, url: &str, key: &str, query: &str, last: Option<&str>) -> Response {
    let mut request = server.http.get(format!("{url}/api/v1/events/stream{query}")).bearer_auth(key);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    request.send().await.unwrap()
}

async fn listen(server: &TestServer, query: &str) -> Stream {
    Stream::of(ask(server, &server.url, &server.server_key, query, None).await)
}

/// Adds a creator, which is an event, and has it numbered.
async fn happen(server: &TestServer, handle: &str) {
    server.flow().creators().create(&server.merchant, handle, handle, "").await.unwrap();
    server.settle().await;
}

async fn reconnecting_loses_and_doubles_nothing(server: TestServer) {
    const EVENTS: usize = 120;
    let (is_done, mut seen) = (AtomicBool::new(false), Vec::new());
    let writing = async {
        for n in 0..EVENTS {
            server.flow().creators().create(&server.merchant, "Ana", &format!("ana{n}"), "").await.unwrap();
            if n % 5 == 0 {
                server.settle().await;
            }
        }
        server.settle().await;
        is_done.store(true, Ordering::SeqCst);
    };
    let reading = async {
        let mut last: Option<String> = None;
        // A stale `after` stays in the address; the header counts.
        for turn in 0.. {
            let response = ask(&server, &server.url, &server.server_key, "?after=0", last.as_deref()).await;
            if response.status() == StatusCode::TOO_MANY_REQUESTS {
                server.clock.advance(60_000);
                continue;
            }
            let mut stream = Stream::of(response);
            for _ in 0..=(turn % 7) {
                if seen.len() < EVENTS {
                    seen.push(stream.event().await.unwrap()["sequence"].as_i64().unwrap());
                    last.clone_from(&stream.last);
                }
            }
            if seen.len() == EVENTS {
                return;
            }
        }
    };
    tokio::join!(writing, reading);
    assert!(is_done.load(Ordering::SeqCst));
    assert_eq!(seen, (1..=i64::try_from(EVENTS).unwrap()).collect::<Vec<_>>());
    server.stop().await;
}

async fn it_begins_with_what_comes_next_and_shows_what_the_list_shows(server: TestServer) {
    happen(&server, "before").await;
    let (mut all, mut few) = (listen(&server, "").await, listen(&server, "?types=creator.updated").await);
    assert!(matches!(all.block().await, Some(Block::Other(retry)) if retry == "retry: 3000"));
    assert!(few.block().await.is_some());
    happen(&server, "ana").await;
    let shown = all.event().await.unwrap();
    let list = server.http.get(format!("{}/api/v1/events?after=1", server.url)).bearer_auth(&server.server_key);
    let list: Value = list.send().await.unwrap().json().await.unwrap();
    assert_eq!(shown, list["data"][0]);
    let ana = server.flow().creators().list(&server.merchant).await.unwrap();
    let ana = ana.iter().find(|creator| creator.handle == "ana").unwrap();
    server.flow().creators().update(&server.merchant, &ana.id, "Ana", &[], "gold").await.unwrap();
    server.settle().await;
    assert_eq!(few.event().await.unwrap()["type"], "creator.updated");
    // Silence is broken now and then.
    server.clock.advance(15_000);
    assert!(matches!(few.block().await, Some(Block::Other(comment)) if comment.starts_with(':')));
    for query in ["?after=-1", "?types=creator.sold", "?limit=3"] {
        let answer = ask(&server, &server.url, &server.server_key, query, None).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
    }
    let answer = ask(&server, &server.url, &server.server_key, "", Some("latest")).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    server.stop().await;
}

async fn revoked_keys_stop_seeing(server: TestServer) {
    let (_, key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, false).await.unwrap();
    let mut stream = Stream::of(ask(&server, &server.url, &key, "", None).await);
    happen(&server, "ana").await;
    assert_eq!(stream.handle().await, "ana");
    let id = ApiKey::parse(&key).unwrap().id;
    server.flow().setup().revoke_key(&server.merchant, &id).await.unwrap();
    server.clock.advance(4_000);
    // It ends within seconds, and hears nothing of what happens from then on.
    happen(&server, "ben").await;
    while let Some(event) = stream.event().await {
        assert!(!event.to_string().contains("\"ben\""), "{event}");
    }
    let answer = ask(&server, &server.url, &key, "", stream.last.as_deref()).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    // Keys that may not read events never see them.
    let request = server.http.post(format!("{}/api/v1/keys", server.url)).bearer_auth(&server.server_key);
    let made = request.json(&serde_json::json!({"scopes": ["links:read"]})).send().await.unwrap();
    let made: Value = made.json().await.unwrap();
    let answer = ask(&server, &server.url, made["key"].as_str().unwrap(), "", None).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    server.stop().await;
}

async fn members_listen_and_nobody_else(server: TestServer) {
    let cookie = server.sign_in().await;
    let ask = async |cookie: &str, site: &str| {
        let request = server.http.get(format!("{}/api/v1/events/stream", server.url)).header("cookie", cookie);
        request.header("sec-fetch-site", site).send().await.unwrap()
    };
    let mut stream = Stream::of(ask(&cookie, "same-origin").await);
    happen(&server, "ana").await;
    assert_eq!(stream.handle().await, "ana");
    assert_eq!(ask(&cookie, "cross-site").await.status(), StatusCode::UNAUTHORIZED);
    let ana = server.flow().creators().list(&server.merchant).await.unwrap();
    let link = server.flow().access().sign_in_link(&server.merchant, Some(&ana[0].id)).await.unwrap();
    let (session, _) = server.flow().access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
    let of_creator = ask(&format!("__Host-cs_session={session}"), "same-origin").await;
    assert_eq!(of_creator.status(), StatusCode::UNAUTHORIZED);
    let body: Value = of_creator.json().await.unwrap();
    assert_eq!(body["code"], "key_invalid");
    assert_eq!(ask("", "same-origin").await.status(), StatusCode::UNAUTHORIZED);
    // Who signs out, or is signed out, hears nothing more.
    let signed_out = server.http.post(format!("{}/sign-out", server.url)).header("cookie", &cookie);
    let signed_out = signed_out.header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert!(signed_out.status().is_redirection(), "{}", signed_out.status());
    server.clock.advance(4_000);
    happen(&server, "ben").await;
    while let Some(event) = stream.event().await {
        assert!(!event.to_string().contains("\"ben\""), "{event}");
    }
    server.stop().await;
}

async fn test_keys_hear_of_the_sandbox_alone(server: TestServer) {
    let (_, test) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let mut sandbox = Stream::of(ask(&server, &server.url, &test, "", None).await);
    let mut live = listen(&server, "").await;
    happen(&server, "live").await;
    let body = serde_json::json!({"name": "Test", "handle": "test"});
    let request = server.http.post(format!("{}/api/v1/creators", server.url)).bearer_auth(&test).json(&body);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::CREATED);
    server.settle().await;
    let event = sandbox.event().await.unwrap();
    assert_eq!((&event["data"]["creator"]["handle"], &event["livemode"]), (&"test".into(), &false.into()));
    assert_eq!(live.handle().await, "live");
    server.stop().await;
}

on_both_engines! {
    reconnecting_loses_and_doubles_nothing
    it_begins_with_what_comes_next_and_shows_what_the_list_shows
    revoked_keys_stop_seeing
    members_listen_and_nobody_else
    test_keys_hear_of_the_sandbox_alone
}

mod bounds {
    use super::*;

    async fn listeners_are_bounded(engine: Engine) {
        let server = start_with(engine, &["--event-streams-max", "33"]).await;
        let mut open = Vec::new();
        for _ in 0..32 {
            open.push(listen(&server, "").await);
        }
        let answer = ask(&server, &server.url, &server.server_key, "", None).await;
        assert_eq!(
            (answer.status(), &answer.headers()["retry-after"]),
            (StatusCode::TOO_MANY_REQUESTS, &"15".parse().unwrap())
        );
        // Another brand has its own, until the process has too many.
        let (_, test) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
        let last = Stream::of(ask(&server, &server.url, &test, "", None).await);
        let answer = ask(&server, &server.url, &test, "", None).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key("retry-after"));
        drop((open, last));
        server.clock.advance(60_000);
        // A listener that leaves makes room.
        for _ in 0..200 {
            if ask(&server, &server.url, &test, "", None).await.status() == StatusCode::OK {
                // All connections end when the server stops, which waits for none of them.
                let mut stream = listen(&server, "").await;
                tokio::time::timeout(Duration::from_secs(5), server.stop()).await.unwrap();
                while stream.block().await.is_some() {}
                return;
            }
            server.clock.advance(60_000);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("connections that were closed are still counted");
    }

    beside_both_engines!(listeners_are_bounded);
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_both_show_all() {
    let server = start(Engine::Postgres).await;
    let replica = server.replica().await;
    let other = format!("http://{}", replica.address);
    let mut here = listen(&server, "").await;
    let mut there = Stream::of(ask(&server, &other, &server.server_key, "", None).await);
    for n in 0..20 {
        let flow = if n % 2 == 0 { server.flow() } else { &replica.flow };
        flow.creators().create(&server.merchant, "Ana", &format!("ana{n}"), "").await.unwrap();
    }
    server.settle().await;
    for n in 1..=20 {
        for stream in [&mut here, &mut there] {
            assert_eq!(stream.event().await.unwrap()["sequence"], n);
        }
    }
    replica.stop().await;
    server.stop().await;
}
