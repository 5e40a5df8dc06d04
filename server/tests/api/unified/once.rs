//! Idempotency keys of writes that reserve them and keep their answers encrypted: keys, webhook endpoints, clicks.

use std::collections::BTreeSet;

use super::*;

on_both_engines! {
    answers_with_secrets_are_repeated_and_stored_encrypted
    refused_writes_leave_their_key_free
    twins_of_a_new_key_make_one
    one_key_with_two_clicks_has_one_winner
    a_reservation_that_nobody_answers_ends
    failed_writes_leave_their_key_free
}

async fn once(server: &TestServer, method: Method, path: &str, body: &Value, key: &str) -> (u16, bool, String) {
    let headers = [("idempotency-key", key)];
    let answer = call_with(server, &server.server_key, method, path, body, &headers).await;
    let is_replay = answer.headers().get("idempotent-replayed").is_some_and(|value| value == "true");
    (answer.status().as_u16(), is_replay, answer.text().await.unwrap())
}

fn code(body: &str) -> Value {
    serde_json::from_str::<Value>(body).unwrap()["code"].clone()
}

async fn answers_with_secrets_are_repeated_and_stored_encrypted(server: TestServer) {
    let endpoint = json!({"url": "https://hooks.example/in"});
    let scopes = json!({"scopes": ["links:read"]});
    for (path, body, secret) in
        [("/keys", &scopes, "key"), ("/webhook_endpoints", &endpoint, "secret"), ("/webhook_tester", &json!({}), "url")]
    {
        let first = once(&server, Method::POST, path, body, "once").await;
        assert_eq!((first.0, first.1), (201, false), "{path}: {}", first.2);
        let again = once(&server, Method::POST, path, body, "once").await;
        assert_eq!(again, (201, true, first.2.clone()), "{path}");
        let made: Value = serde_json::from_str(&first.2).unwrap();
        let kept = kept_answers(&server).await;
        assert!(!kept.contains(made[secret].as_str().unwrap()), "{path}: {kept}");
        let (status, _, other) =
            once(&server, Method::POST, path, &json!({"url": "https://other.example/"}), "once").await;
        assert_eq!((status, code(&other)), (409, json!("idempotency_key_reused")), "{path}");
    }
    assert_eq!(get(&server, "/keys").await.1["data"].as_array().unwrap().len(), 3, "one more");
    assert_eq!(get(&server, "/webhook_endpoints").await.1["data"].as_array().unwrap().len(), 1);
    // The answer to a write whose repeat would be another answer.
    let keys = get(&server, "/keys").await.1;
    let id = keys["data"].as_array().unwrap().iter().find(|key| key["scopes"] == json!(["links:read"])).unwrap()["id"]
        .clone();
    let path = format!("/keys/{}", id.as_str().unwrap());
    server.clock.advance(1_000);
    let revoked = once(&server, Method::DELETE, &path, &Value::Null, "gone").await;
    let listed = get(&server, "/keys").await.1;
    let stored = listed["data"].as_array().unwrap().iter().find(|key| key["id"] == id).unwrap().clone();
    assert_ne!(stored["updated"], stored["created"], "{stored}");
    assert_eq!(stored["updated"], stored["revoked_at"]);
    assert_eq!(
        (revoked.0, once(&server, Method::DELETE, &path, &Value::Null, "gone").await),
        (200, (200, true, revoked.2))
    );
    server.clock.advance(24 * 3_600_000);
    let later = once(&server, Method::POST, "/keys", &scopes, "once").await;
    assert_eq!((later.0, later.1), (201, false), "after a day the key is new");
    server.stop().await;
}

/// What the database keeps of answers.
async fn kept_answers(server: &TestServer) -> String {
    let statement = "select body from api_answers";
    if server.database.starts_with("sqlite") {
        let pool = sqlx::SqlitePool::connect(&server.database).await.unwrap();
        sqlx::query_scalar::<_, String>(statement).fetch_all(&pool).await.unwrap().join("\n")
    } else {
        let mut connection = crate::test_server::connect_to_all_brands(&server.database).await;
        sqlx::query_scalar::<_, String>(statement).fetch_all(&mut connection).await.unwrap().join("\n")
    }
}

async fn refused_writes_leave_their_key_free(server: TestServer) {
    let (status, _, body) = once(&server, Method::POST, "/keys", &json!({"kind": "wrong"}), "k").await;
    assert_eq!((status, code(&body)), (400, json!("invalid")));
    let (status, is_replay, _) = once(&server, Method::POST, "/keys", &json!({"kind": "server"}), "k").await;
    assert_eq!((status, is_replay), (201, false), "corrected, with the same key");
    let wrong = json!({"link": "nothing", "at": "2027-01-15T08:00:00Z"});
    assert_eq!(once(&server, Method::POST, "/clicks", &wrong, "k").await.0, 400);
    let too_long = "k".repeat(256);
    assert_eq!(once(&server, Method::POST, "/keys", &json!({}), &too_long).await.0, 400);
    server.stop().await;
}

/// Runs a statement on the server's database.
async fn execute(server: &TestServer, statement: &'static str) {
    if server.database.starts_with("sqlite") {
        let pool = sqlx::SqlitePool::connect(&server.database).await.unwrap();
        sqlx::query(statement).execute(&pool).await.unwrap();
    } else {
        let mut connection = crate::test_server::connect_to_all_brands(&server.database).await;
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
}

async fn failed_writes_leave_their_key_free(server: TestServer) {
    for path in ["/webhook_tester", "/campaigns"] {
        let body = if path == "/campaigns" { json!({"name": "Spring"}) } else { json!({}) };
        let (away, back) = if path == "/campaigns" {
            ("alter table campaigns rename to away", "alter table away rename to campaigns")
        } else {
            ("alter table webhook_testers rename to away", "alter table away rename to webhook_testers")
        };
        execute(&server, away).await;
        for _ in 0..2 {
            let (status, is_replay, failed) = once(&server, Method::POST, path, &body, "k").await;
            assert_eq!((status, is_replay, code(&failed)), (500, false, json!("internal")), "{path}");
        }
        execute(&server, back).await;
        let first = once(&server, Method::POST, path, &body, "k").await;
        assert_eq!((first.0, first.1), (201, false), "{path}: {}", first.2);
        assert_eq!(once(&server, Method::POST, path, &body, "k").await, (201, true, first.2), "{path}");
    }
    // Nor does a refusal for too many requests hold the key.
    let campaign = |n: usize| json!({"name": format!("Campaign {n}")});
    let mut sent = 0;
    while once(&server, Method::POST, "/campaigns", &campaign(sent), &sent.to_string()).await.0 == 201 {
        sent += 1;
    }
    let last = sent.to_string();
    let (status, _, refused) = once(&server, Method::POST, "/campaigns", &campaign(sent), &last).await;
    assert_eq!((status, code(&refused)), (429, json!("rate_limited")));
    next_minute(&server);
    let other = json!({"name": "Another name"});
    let (status, is_replay, _) = once(&server, Method::POST, "/campaigns", &other, &last).await;
    assert_eq!((status, is_replay), (201, false), "with another body");
    server.stop().await;
}

async fn twins_of_a_new_key_make_one(server: TestServer) {
    let body = json!({"scopes": ["links:read"]});
    let answers = futures::future::join_all((0..16).map(|_| once(&server, Method::POST, "/keys", &body, "twin"))).await;
    let made: BTreeSet<&String> = answers.iter().filter(|answer| answer.0 == 201).map(|answer| &answer.2).collect();
    assert_eq!(made.len(), 1, "{answers:?}");
    let others = answers.iter().filter(|answer| answer.0 != 201);
    others.for_each(|(status, _, body)| assert_eq!((*status, code(body)), (409, json!("idempotency_in_progress"))));
    assert_eq!(get(&server, "/keys").await.1["data"].as_array().unwrap().len(), 3);
    server.stop().await;
}

async fn one_key_with_two_clicks_has_one_winner(server: TestServer) {
    let link = server.link("https://shop.example/p", "").await;
    for path in ["/clicks", "/clicks/bulk"] {
        let report = |seconds: usize| {
            let click = json!({"link": link.code.to_string(), "at": format!("2027-01-15T07:00:{seconds:02}Z")});
            if path == "/clicks" { click } else { json!({"rows": [click]}) }
        };
        let bodies: Vec<Value> = (0..8).map(report).collect();
        let sent = bodies.iter().map(|body| once(&server, Method::POST, path, body, "one"));
        let answers = futures::future::join_all(sent).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.0 < 300).collect();
        assert_eq!(won.len(), 1, "{path}: {answers:?}");
        let lost = answers.iter().filter(|answer| answer.0 >= 300);
        lost.for_each(|(status, _, body)| assert_eq!((*status, code(body)), (409, json!("idempotency_key_reused"))));
        let winner = answers.iter().position(|answer| answer.0 < 300).unwrap();
        let again = once(&server, Method::POST, path, &bodies[winner], "one").await;
        assert_eq!((again.0, again.1, &again.2), (won[0].0, true, &won[0].2), "{path}");
    }
    server.settle().await;
    assert_eq!(get(&server, "/clicks").await.1["data"].as_array().unwrap().len(), 2, "one of each path");
    server.stop().await;
}

async fn a_reservation_that_nobody_answers_ends(server: TestServer) {
    let (brand, body) = (server.merchant.brand().id.clone(), json!({"scopes": ["links:read"]}));
    let key = domain::api_key::ApiKey::parse(&server.server_key).unwrap().id;
    let hash = <sha2::Sha256 as sha2::Digest>::digest(body.to_string().as_bytes());
    let claim = store::api_requests::Claim {
        key,
        idempotency_key: "dying".into(),
        method: "POST".into(),
        path: "/api/v1/keys".into(),
        body_hash: hash.into(),
        at: server.clock_now(),
    };
    assert_eq!(server.store.reserve_answer(&brand, &claim).await.unwrap(), None);
    let (status, _, answer) = once(&server, Method::POST, "/keys", &body, "dying").await;
    assert_eq!((status, code(&answer)), (409, json!("idempotency_in_progress")));
    server.clock.advance(60_000);
    assert_eq!(once(&server, Method::POST, "/keys", &body, "dying").await.0, 201, "that process is gone");
    server.stop().await;
}
