//! The unified API: keys and their scopes, limits, versions, writes that happen once, lists, and the sandbox.

mod callers;
mod details;
mod expand;
mod kept;
mod once;
mod orders;

use domain::{api_key::KeyKind, time::DAY_MS, webhook::EndpointStatus};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::test_server::{Engine, TestServer, start};

/// One request with the server key.
async fn call(server: &TestServer, method: Method, path: &str, body: &Value) -> Response {
    call_with(server, &server.server_key, method, path, body, &[]).await
}

async fn call_with(
    server: &TestServer,
    key: &str,
    method: Method,
    path: &str,
    body: &Value,
    headers: &[(&str, &str)],
) -> Response {
    let mut request = server.http.request(method.clone(), format!("{}/api/v1{path}", server.url));
    if !key.is_empty() {
        request = request.bearer_auth(key);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if method != Method::GET && method != Method::DELETE {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    request.send().await.unwrap()
}

async fn json_of(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

async fn send(server: &TestServer, method: Method, path: &str, body: &Value) -> (u16, Value) {
    json_of(call(server, method, path, body).await).await
}

async fn get(server: &TestServer, path: &str) -> (u16, Value) {
    send(server, Method::GET, path, &Value::Null).await
}

/// Lets the key's minute pass.
fn next_minute(server: &TestServer) {
    server.clock.advance(60_000);
}

async fn creator(server: &TestServer, handle: &str) -> Value {
    let (status, body) =
        send(server, Method::POST, "/creators", &json!({"name": format!("Creator {handle}"), "handle": handle})).await;
    assert_eq!(status, 201, "{body}");
    body
}

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap().iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    creators_live_through_the_api
    links_follow_what_the_api_says
    limits_are_exact
    a_repeated_write_has_one_effect_and_one_answer
    twins_of_an_upsert_make_one_object
    lists_lose_and_double_nothing
    bulk_rows_are_answered_one_by_one
    what_is_wrong_is_named
    keys_do_what_their_scopes_say
    keys_are_replaced_without_an_outage
    an_email_address_is_given_by_those_who_may_pay
    a_brand_has_so_many_keys
    the_sandbox_is_a_world_of_its_own
    erased_creators_are_gone_from_answers_too
    what_is_said_again_changes_nothing
    few_scopes_reach_no_other_data
    the_sandbox_sends_what_it_is_and_follows_the_brand
    erasing_a_customer_reaches_the_sandbox
    keys_of_a_brand_that_left_are_disabled
    events_reach_webhooks_and_those_who_ask
}

async fn creators_live_through_the_api(server: TestServer) {
    let body = json!({
        "first_name": "Ana", "last_name": "Lima", "handle": "@Ana.Lima", "email": "ana@example.com",
        "aliases": ["anita"], "tier": "gold", "tags": ["vip"], "status": "invited", "external_id": "crm-7",
        "socials": [{"platform": "tiktok", "handle": "analima", "followers": 1200, "engagement_rate": 3.25}],
        "metadata": {"crm": "7", "note": "likes mugs"},
    });
    let (status, created) = send(&server, Method::POST, "/creators", &body).await;
    assert_eq!(status, 201, "{created}");
    insta::assert_json_snapshot!("creator", created);
    let path = format!("/creators/{}", created["id"].as_str().unwrap());
    assert_eq!(get(&server, &path).await, (200, created.clone()));
    server.clock.advance(1_000);
    let change = json!({"tier": null, "metadata": {"note": null, "more": "1"}, "status": "active", "archived": true});
    let (status, changed) = send(&server, Method::PATCH, &path, &change).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["metadata"], json!({"crm": "7", "more": "1"}));
    assert_eq!(
        (&changed["tier"], &changed["archived"], &changed["name"]),
        (&json!(null), &json!(true), &json!("Ana Lima"))
    );
    assert_ne!(changed["updated"], created["updated"]);
    // What the API changes, pages show, and the other way round.
    let id = created["id"].as_str().unwrap().parse().unwrap();
    let stored = server.flow().creators().get(&server.merchant, &id).await.unwrap();
    assert_eq!((stored.handle.as_str(), stored.tier.as_deref()), ("ana.lima", None));
    assert_eq!(stored.earlier_tiers.len(), 1, "orders from before still earn by the earlier tier");
    server.clock.advance(1_000);
    server.flow().creators().update(&server.merchant, &id, "Ana L", &[], "silver").await.unwrap();
    let (_, shown) = get(&server, &path).await;
    assert_eq!((&shown["name"], &shown["tier"]), (&json!("Ana L"), &json!("silver")));
    assert_ne!(shown["updated"], changed["updated"]);
    let (status, back) = send(&server, Method::PATCH, &path, &json!({"archived": false})).await;
    assert_eq!((status, &back["archived"]), (200, &json!(false)));
    let (status, archived) = send(&server, Method::DELETE, &path, &Value::Null).await;
    assert_eq!((status, &archived["archived"]), (200, &json!(true)));
    let (status, taken) = send(&server, Method::POST, "/creators", &json!({"name": "B", "handle": "ana.lima"})).await;
    assert_eq!((status, &taken["code"]), (409, &json!("already_exists")));
    server.stop().await;
}

async fn links_follow_what_the_api_says(server: TestServer) {
    let creator = creator(&server, "ana").await;
    let (_, campaign) = send(&server, Method::POST, "/campaigns", &json!({"name": "Spring"})).await;
    let body = json!({
        "destination": "https://shop.example/mug", "creator": creator["id"], "campaign": campaign["id"],
        "platform": "instagram", "content_type": "reel", "share_revenue": true, "promo_code": "ana10",
    });
    let (status, link) = send(&server, Method::POST, "/links", &body).await;
    assert_eq!(status, 201, "{link}");
    let code = link["code"].as_str().unwrap().to_owned();
    let leads_to = async || {
        let answer = server.click(&code).await;
        (answer.status().as_u16(), answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()))
    };
    assert!(leads_to().await.1.unwrap().starts_with("https://shop.example/mug?cs_ref="));
    let path = format!("/links/{}", link["id"].as_str().unwrap());
    let (_, changed) = send(&server, Method::PATCH, &path, &json!({"destination": "https://shop.example/cup"})).await;
    assert_eq!(changed["destination"], "https://shop.example/cup");
    assert!(leads_to().await.1.unwrap().starts_with("https://shop.example/cup?cs_ref="), "caches forget the old one");
    let (status, refused) = send(&server, Method::PATCH, &path, &json!({"promo_code": "other"})).await;
    assert_eq!((status, &refused["code"]), (400, &json!("invalid")));
    let (_, expanded) = get(&server, &format!("{path}?expand[]=creator&expand[]=campaign")).await;
    assert_eq!((&expanded["creator"]["handle"], &expanded["campaign"]["name"]), (&json!("ana"), &json!("Spring")));
    let (_, listed) = get(&server, &format!("/links?creator={}", creator["id"].as_str().unwrap())).await;
    assert_eq!(listed["data"][0]["creator"], creator["id"]);
    let foreign = json!({"destination": "https://shop.example/p", "creator": "crt_01hf7yat00fzzvzzzzzzzzzzzz"});
    let (status, missing) = send(&server, Method::POST, "/links", &foreign).await;
    assert_eq!((status, &missing["code"]), (400, &json!("invalid")), "{missing}");
    assert_eq!(send(&server, Method::DELETE, &path, &Value::Null).await.0, 200);
    assert_eq!(leads_to().await.0, 404);
    assert_eq!(send(&server, Method::PATCH, &path, &json!({"archived": false})).await.0, 400);
    server.stop().await;
}

async fn limits_are_exact(server: TestServer) {
    let mut last = Value::Null;
    for left in (0..100).rev() {
        let answer = call(&server, Method::GET, "/creators", &Value::Null).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["ratelimit-remaining"], left.to_string().as_str());
        last = json!(answer.headers()["ratelimit"].to_str().unwrap());
    }
    assert_eq!(last, r#""read";r=0;t=60"#);
    let refused = call(&server, Method::GET, "/creators", &Value::Null).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "60");
    assert_eq!(refused.headers()["ratelimit-policy"], r#""read";q=100;w=60"#);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "rate_limited");
    for n in 0..50 {
        assert_eq!(send(&server, Method::POST, "/campaigns", &json!({"name": n.to_string()})).await.0, 201);
    }
    assert_eq!(send(&server, Method::POST, "/campaigns", &json!({"name": "one more"})).await.0, 429);
    for _ in 0..10 {
        assert_eq!(send(&server, Method::POST, "/campaigns/bulk", &json!({"rows": [{}]})).await.0, 200);
    }
    assert_eq!(send(&server, Method::POST, "/campaigns/bulk", &json!({"rows": [{}]})).await.0, 429);
    // Tracking is under no such limit, and another key has a minute of its own.
    assert_eq!(server.track(&server.server_key, "{}").await.0, 400);
    let (_, other) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, false).await.unwrap();
    let path = "/campaigns?limit=100";
    let (_, list) = json_of(call_with(&server, &other, Method::GET, path, &Value::Null, &[]).await).await;
    assert_eq!(list["data"].as_array().unwrap().len(), 50);
    next_minute(&server);
    assert_eq!(get(&server, "/creators").await.0, 200);
    server.stop().await;
}

async fn a_repeated_write_has_one_effect_and_one_answer(server: TestServer) {
    let body = json!({"name": "Spring"});
    let headers = [("idempotency-key", "try-1")];
    let once = async |path: &str, body: &Value| {
        call_with(&server, &server.server_key, Method::POST, path, body, &headers).await
    };
    let first = once("/campaigns", &body).await;
    assert_eq!((first.status().as_u16(), first.headers().get("idempotent-replayed")), (201, None));
    let first = first.bytes().await.unwrap();
    server.clock.advance(1_000);
    let second = once("/campaigns", &body).await;
    assert_eq!(second.status(), 201);
    assert_eq!(second.headers()["idempotent-replayed"], "true");
    assert_eq!(second.bytes().await.unwrap(), first);
    let (status, reused) = json_of(once("/campaigns", &json!({"name": "Summer"})).await).await;
    assert_eq!((status, &reused["code"]), (409, &json!("idempotency_key_reused")));
    // Another path is another request.
    assert_eq!(once("/creators", &json!({"name": "A", "handle": "a"})).await.status(), 201);
    // What was refused may be mended under the same key.
    let headers = [("idempotency-key", "try-2")];
    let twice = async |body: &Value| {
        call_with(&server, &server.server_key, Method::POST, "/campaigns", body, &headers).await.status().as_u16()
    };
    assert_eq!(twice(&json!({})).await, 400);
    assert_eq!(twice(&json!({"name": "Spring"})).await, 409, "the name is taken");
    assert_eq!(twice(&json!({"name": "Autumn"})).await, 201);
    // 64 concurrent requests with one key: one has the effect. The others are in progress, replayed, or over the rate limit.
    let twins = (0..64).map(|_| {
        let request = server.http.post(format!("{}/api/v1/campaigns", server.url)).bearer_auth(&server.server_key);
        let request = request.header("idempotency-key", "twins").body(r#"{"name":"Twins"}"#);
        tokio::spawn(async move { request.send().await.unwrap() })
    });
    let mut effects = 0;
    for twin in twins.collect::<Vec<_>>() {
        let answer = twin.await.unwrap();
        let is_replay = answer.headers().contains_key("idempotent-replayed");
        match answer.status().as_u16() {
            201 => effects += usize::from(!is_replay),
            409 => assert_eq!(answer.json::<Value>().await.unwrap()["code"], "idempotency_in_progress"),
            429 => assert_eq!(answer.json::<Value>().await.unwrap()["code"], "rate_limited"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(effects, 1);
    let (_, list) = get(&server, "/campaigns").await;
    assert_eq!(list["data"].as_array().unwrap().len(), 3);
    // After a day the key is new again.
    server.clock.advance(24 * 3_600_000);
    assert_eq!(once("/campaigns", &body).await.status(), 409, "its name is taken, so it was tried again");
    server.stop().await;
}

async fn twins_of_an_upsert_make_one_object(server: TestServer) {
    let twins = (0..20).map(|n: u32| {
        let request = server.http.put(format!("{}/api/v1/creators/external/crm-1", server.url));
        let request = request.bearer_auth(&server.server_key);
        let request = request.body(json!({"name": format!("Ana {n}"), "handle": "ana"}).to_string());
        tokio::spawn(async move { request.send().await.unwrap() })
    });
    let mut statuses = Vec::new();
    for twin in twins.collect::<Vec<_>>() {
        statuses.push(twin.await.unwrap().status().as_u16());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    // Those that lost the race three times are told so.
    assert!(statuses.iter().all(|status| [200, 201, 409].contains(status)), "{statuses:?}");
    let (_, list) = get(&server, "/creators?external_id=crm-1").await;
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    server.stop().await;
}

async fn lists_lose_and_double_nothing(server: TestServer) {
    let rows: Vec<Value> = (0..25).map(|n| json!({"name": format!("Campaign {n}")})).collect();
    server.clock.advance(5);
    let (status, made) = send(&server, Method::POST, "/campaigns/bulk", &json!({"rows": rows})).await;
    assert_eq!(status, 200);
    let (_, newest) = get(&server, "/campaigns?limit=7").await;
    assert_eq!((&newest["has_more"], &newest["url"]), (&json!(true), &json!("/api/v1/campaigns")));
    let mut seen = ids(&newest);
    loop {
        // Rows come while the pages are read.
        server.clock.advance(5);
        send(&server, Method::POST, "/campaigns", &json!({"name": format!("Late {}", seen.len())})).await;
        let (_, page) = get(&server, &format!("/campaigns?limit=7&starting_after={}", seen.last().unwrap())).await;
        seen.extend(ids(&page));
        if page["has_more"] == json!(false) {
            break;
        }
    }
    let mut all = ids(&made);
    all.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(seen, all);
    let (_, newer) = get(&server, &format!("/campaigns?limit=2&ending_before={}", seen[0])).await;
    assert_eq!((newer["data"].as_array().unwrap().len(), &newer["has_more"]), (2, &json!(true)));
    assert_eq!(newer["data"][1]["name"], "Late 7", "next to the cursor");
    let (_, back) = get(&server, &format!("/campaigns?limit=3&ending_before={}", seen[4])).await;
    assert_eq!(ids(&back), seen[1..4]);
    // The place of an object that does not exist is known too.
    let gone = "cmp_01hf7yat00fzzvzzzzzzzzzzzz";
    assert_eq!(get(&server, &format!("/campaigns?starting_after={gone}")).await.1["data"], json!([]));
    let since = &made["data"].as_array().map(|_| server.clock_now().plus_ms(-5).to_rfc3339()).unwrap();
    let late = get(&server, &format!("/campaigns?limit=100&created[gte]={since}")).await.1;
    assert!(
        late["data"].as_array().unwrap().iter().all(|campaign| campaign["name"].as_str().unwrap().starts_with("Late"))
    );
    assert!(!late["data"].as_array().unwrap().is_empty());
    let none = get(&server, &format!("/campaigns?created[lt]={}", "2026-01-01T00:00:00Z")).await.1;
    assert_eq!(none["data"], json!([]));
    server.stop().await;
}

async fn bulk_rows_are_answered_one_by_one(server: TestServer) {
    let known = creator(&server, "known").await;
    let rows = json!({"rows": [
        {"name": "A", "handle": "a", "external_id": "1"},
        {"name": "B", "handle": "known"},
        {"handle": "c"},
        {"id": known["id"], "tier": "gold"},
        {"name": "D", "handle": "d", "followers": 5},
        "nonsense",
        {"id": "crt_01hf7yat00fzzvzzzzzzzzzzzz", "tier": "gold"},
        {"name": "E", "handle": "e", "external_id": "1"},
    ]});
    let headers = [("idempotency-key", "import-1")];
    let bulk = async || {
        call_with(&server, &server.server_key, Method::POST, "/creators/bulk", &rows, &headers)
            .await
            .text()
            .await
            .unwrap()
    };
    let first = bulk().await;
    let body: Value = serde_json::from_str(&first).unwrap();
    let statuses: Vec<u64> =
        body["data"].as_array().unwrap().iter().map(|row| row["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 409, 400, 200, 400, 400, 404, 409], "{body}");
    assert_eq!(body["data"][4]["error"]["details"], json!(["followers is not a known field"]));
    assert_eq!(bulk().await, first, "a repeat changes nothing");
    let (_, list) = get(&server, "/creators").await;
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    let many: Vec<Value> = (0..1_001).map(|_| json!({})).collect();
    assert_eq!(send(&server, Method::POST, "/creators/bulk", &json!({"rows": many})).await.0, 400);
    let most: Vec<Value> = (0..1_000).map(|n| json!({"name": "N", "handle": format!("n{n}")})).collect();
    let (_, body) = send(&server, Method::POST, "/creators/bulk", &json!({"rows": most})).await;
    assert!(body["data"].as_array().unwrap().iter().all(|row| row["status"] == json!(201)));
    server.stop().await;
}

async fn what_is_wrong_is_named(server: TestServer) {
    // What no handler has seen has the same fields.
    let (status, body) = send(&server, Method::GET, "/creator", &Value::Null).await;
    assert_eq!((status, &body["code"], &body["error"]), (404, &json!("not_found"), &json!("Not found")));
    let answer = call(&server, Method::DELETE, "/creators", &Value::Null).await;
    assert_eq!(answer.headers()["allow"], "GET,HEAD,POST");
    let (status, body) = json_of(answer).await;
    assert_eq!((status, &body["code"], &body["error"]), (405, &json!("invalid"), &json!("Method not allowed")));
    assert!(body["doc_url"].as_str().unwrap().ends_with("/docs/errors#invalid"));
    let details = async |method: Method, path: &str, body: Value| {
        let (status, body) = send(&server, method, path, &body).await;
        assert_eq!((status, &body["code"]), (400, &json!("invalid")), "{body}");
        assert!(!body["request_id"].as_str().unwrap().is_empty());
        assert_eq!(body["doc_url"], "http://localhost:4000/docs/errors#invalid");
        body["details"].clone()
    };
    let faults =
        details(Method::GET, "/creators?limit=0&starting_after=x&page=2&created[gte]=today", Value::Null).await;
    assert_eq!(
        faults,
        json!([
            "limit must be 1 to 100",
            "created[gte] must be an RFC 3339 date and time",
            "starting_after must be an id (crt_…)",
            "page is not a known parameter, or is there twice",
        ])
    );
    let faults =
        details(Method::POST, "/creators", json!({"handle": "a b", "tags": 5, "status": "gone", "name": null})).await;
    assert_eq!(
        faults,
        json!([
            "name must not be null",
            "tags must be an array of strings",
            "status must be one of invited, active, paused",
        ])
    );
    let faults = details(Method::POST, "/creators", json!({"handle": "a b", "metadata": {"": "x"}})).await;
    assert_eq!(
        faults,
        json!([
            "name is required, or first_name and last_name",
            "handle must be 1 to 64 letters, digits, dots, dashes or underscores",
            "metadata names must be 1 to 40 characters",
        ])
    );
    assert_eq!(details(Method::POST, "/creators", json!({"nmae": "x"})).await, json!(["nmae is not a known field"]));
    assert_eq!(details(Method::POST, "/creators", json!([])).await, json!(["the body must be a JSON object"]));
    let versioned = call_with(
        &server,
        &server.server_key,
        Method::GET,
        "/creators",
        &Value::Null,
        &[("creatorscore-version", "2020-01-01")],
    )
    .await;
    assert_eq!(versioned.status(), 400);
    let answer = call_with(
        &server,
        &server.server_key,
        Method::GET,
        "/creators",
        &Value::Null,
        &[("creatorscore-version", "2026-11-26")],
    )
    .await;
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["creatorscore-version"].to_str().unwrap()),
        (200, "2026-11-26")
    );
    let large = "x".repeat(70_000);
    let (status, body) = send(&server, Method::POST, "/creators", &json!({"name": large})).await;
    assert_eq!((status, &body["code"]), (413, &json!("too_large")));
    let (status, body) = get(&server, "/creators/crt_01hf7yat00fzzvzzzzzzzzzzzz").await;
    assert_eq!((status, &body["code"]), (404, &json!("not_found")));
    assert_eq!(get(&server, "/creators/%00").await.0, 404);
    server.stop().await;
}

async fn keys_do_what_their_scopes_say(server: TestServer) {
    let body = json!({"scopes": ["links:write", "creators:read", "keys:write"]});
    let (status, made) = send(&server, Method::POST, "/keys", &body).await;
    assert_eq!(status, 201, "{made}");
    let key = made["key"].as_str().unwrap().to_owned();
    let try_it = async |method: Method, path: &str, body: Value| {
        json_of(call_with(&server, &key, method, path, &body, &[]).await).await
    };
    assert_eq!(try_it(Method::GET, "/creators", Value::Null).await.0, 200);
    assert_eq!(try_it(Method::POST, "/links", json!({"destination": "https://shop.example/p"})).await.0, 201);
    assert_eq!(try_it(Method::GET, "/links", Value::Null).await.0, 200, "writing includes reading");
    let (status, refused) = try_it(Method::POST, "/creators", json!({"name": "A", "handle": "a"})).await;
    assert_eq!((status, &refused["code"]), (403, &json!("scope_missing")));
    for (method, path) in [
        (Method::POST, "/track"),
        (Method::POST, "/track/sale"),
        (Method::POST, "/track/refund"),
        (Method::POST, "/track/lead"),
        (Method::GET, "/customers/somebody"),
        (Method::DELETE, "/customers/somebody"),
        (Method::GET, "/orders/somewhat/attribution"),
    ] {
        assert_eq!(try_it(method.clone(), path, json!({})).await.0, 403, "{method} {path}");
    }
    // It can make no key that can do more than itself.
    assert_eq!(try_it(Method::POST, "/keys", json!({"scopes": ["creators:write"]})).await.0, 400);
    let (status, same) = try_it(Method::POST, "/keys", json!({})).await;
    assert_eq!((status, &same["scopes"]), (201, &body["scopes"]));
    let (_, list) = get(&server, "/keys").await;
    let whole: Vec<&Value> =
        list["data"].as_array().unwrap().iter().filter(|key| key["scopes"] == json!(null)).collect();
    let (_, first) =
        try_it(Method::POST, &format!("/keys/{}/rotate", whole[0]["id"].as_str().unwrap()), json!({})).await;
    assert_eq!(first["code"], "invalid", "nor replace one");
    let mine = list["data"].as_array().unwrap().iter().find(|listed| listed["id"] == made["id"]).unwrap();
    assert!(mine["last_used"].is_string() && mine.get("key").is_none(), "{mine}");
    server.stop().await;
}

/// Who has a creator's e-mail address signs in as the creator, and says where the creator's money goes.
async fn an_email_address_is_given_by_those_who_may_pay(server: TestServer) {
    let key = async |scopes: &[&str]| {
        let (_, made) = send(&server, Method::POST, "/keys", &json!({"scopes": scopes})).await;
        made["key"].as_str().unwrap().to_owned()
    };
    let (writer, payer) = (key(&["creators:write"]).await, key(&["creators:write", "payouts:write"]).await);
    let try_it = async |key: &str, method: Method, path: &str, body: Value| {
        json_of(call_with(&server, key, method, path, &body, &[]).await).await
    };
    let ana = json!({"name": "Ana", "handle": "ana", "email": "ana@example.com", "external_id": "crm-7"});
    let (status, ana) = try_it(&writer, Method::POST, "/creators", ana).await;
    assert_eq!(status, 201, "{ana}");
    let path = format!("/creators/{}", ana["id"].as_str().unwrap());
    for email in [json!("thief@example.com"), json!(null)] {
        let (status, refused) = try_it(&writer, Method::PATCH, &path, json!({"email": email})).await;
        assert_eq!((status, &refused["code"]), (400, &json!("invalid")));
        assert!(refused["details"][0].as_str().unwrap().contains("payouts:write"), "{refused}");
    }
    let upsert = json!({"name": "Ana", "handle": "ana", "email": "thief@example.com"});
    assert_eq!(try_it(&writer, Method::PUT, "/creators/external/crm-7", upsert).await.0, 400);
    let rows = json!({"rows": [{"id": ana["id"], "email": "thief@example.com"}, {"name": "Bo", "handle": "bo"}]});
    let (status, rows) = try_it(&writer, Method::POST, "/creators/bulk", rows).await;
    assert_eq!(
        (status, &rows["data"][0]["status"], &rows["data"][1]["status"]),
        (200, &json!(400), &json!(201)),
        "{rows}"
    );
    let stored = async || {
        let id = ana["id"].as_str().unwrap().parse().unwrap();
        server.flow().creators().get(&server.merchant, &id).await.unwrap().email_hash
    };
    let before = stored().await;
    // The same address again, and all else, is fine. A balance alone counts too.
    let same = json!({"email": "Ana@example.com", "tier": "gold"});
    assert_eq!(try_it(&writer, Method::PATCH, &path, same).await.0, 200);
    assert_eq!(stored().await, before);
    let bo = rows["data"][1]["id"].as_str().unwrap();
    let owed = server.flow().commissions();
    owed.adjust(&server.merchant, &bo.parse().unwrap(), "5.00", "USD", "bonus", "k").await.unwrap();
    let to_bo = json!({"email": "thief@example.com"});
    assert_eq!(try_it(&writer, Method::PATCH, &format!("/creators/{bo}"), to_bo).await.0, 400);
    assert_eq!(try_it(&payer, Method::PATCH, &path, json!({"email": "ana@new.example"})).await.0, 200);
    assert_ne!(stored().await, before);
    server.stop().await;
}

async fn keys_are_replaced_without_an_outage(server: TestServer) {
    let (_, made) = send(&server, Method::POST, "/keys", &json!({})).await;
    let works = async |key: &Value| {
        call_with(&server, key.as_str().unwrap(), Method::GET, "/links", &Value::Null, &[]).await.status() == 200
    };
    let rotate = format!("/keys/{}/rotate", made["id"].as_str().unwrap());
    assert_eq!(send(&server, Method::POST, &rotate, &json!({"overlap_hours": 169})).await.0, 400);
    let (status, new) = send(&server, Method::POST, &rotate, &json!({"overlap_hours": 1})).await;
    assert_eq!(status, 201);
    assert!(works(&made["key"]).await && works(&new["key"]).await);
    assert_eq!(send(&server, Method::POST, &rotate, &json!({})).await.0, 404, "it is replaced already");
    server.clock.advance(3_600_000);
    assert!(!works(&made["key"]).await && works(&new["key"]).await);
    let (status, revoked) =
        send(&server, Method::DELETE, &format!("/keys/{}", new["id"].as_str().unwrap()), &Value::Null).await;
    assert_eq!((status, revoked["revoked_at"].is_string()), (200, true));
    assert!(!works(&new["key"]).await);
    server.stop().await;
}

async fn a_brand_has_so_many_keys(server: TestServer) {
    let (_, last) = send(&server, Method::POST, "/keys", &json!({})).await;
    let working = server.flow().setup().keys(&server.merchant).await.unwrap().len();
    for _ in working..100 {
        server.flow().setup().create_key(&server.merchant, KeyKind::Server, false).await.unwrap();
    }
    let (status, refused) = send(&server, Method::POST, "/keys", &json!({})).await;
    let fault = json!(["a brand has at most 100 keys; revoke one first"]);
    assert_eq!((status, &refused["details"]), (400, &fault));
    let rotate = format!("/keys/{}/rotate", last["id"].as_str().unwrap());
    let (status, refused) = send(&server, Method::POST, &rotate, &json!({"overlap_hours": 1})).await;
    assert_eq!((status, &refused["details"]), (400, &fault), "for an hour there would be one more");
    assert_eq!(send(&server, Method::POST, &rotate, &json!({"overlap_hours": 0})).await.0, 201);
    server.stop().await;
}

async fn the_sandbox_is_a_world_of_its_own(server: TestServer) {
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let sandbox = async |method: Method, path: &str, body: Value| {
        json_of(call_with(&server, &test_key, method, path, &body, &[]).await).await
    };
    let live = creator(&server, "ana").await;
    let (status, test) = sandbox(Method::POST, "/creators", json!({"name": "Ana", "handle": "ana"})).await;
    assert_eq!((status, &test["livemode"], &live["livemode"]), (201, &json!(false), &json!(true)));
    assert_eq!(ids(&get(&server, "/creators").await.1), [live["id"].as_str().unwrap()]);
    assert_eq!(ids(&sandbox(Method::GET, "/creators", Value::Null).await.1), [test["id"].as_str().unwrap()]);
    let path = format!("/creators/{}", live["id"].as_str().unwrap());
    assert_eq!(sandbox(Method::GET, &path, Value::Null).await.0, 404);
    assert_eq!(sandbox(Method::PATCH, &path, json!({"tier": "gold"})).await.0, 404);
    let link = json!({"destination": "https://shop.example/p", "creator": live["id"]});
    assert_eq!(sandbox(Method::POST, "/links", link).await.0, 400, "a live creator is none here");
    let names: Vec<String> = server
        .flow()
        .creators()
        .list(&server.merchant)
        .await
        .unwrap()
        .into_iter()
        .map(|creator| creator.name)
        .collect();
    assert_eq!(names, ["Creator ana"], "pages show nothing of it");
    server.stop().await;
}

async fn events_reach_webhooks_and_those_who_ask(server: TestServer) {
    let (status, tester) = send(&server, Method::POST, "/webhook_tester", &json!({})).await;
    assert_eq!(status, 201, "{tester}");
    let body = json!({"url": tester["url"], "types": ["creator.created"], "description": "CRM"});
    let (status, endpoint) = send(&server, Method::POST, "/webhook_endpoints", &body).await;
    assert_eq!(status, 201, "{endpoint}");
    assert!(endpoint["secret"].as_str().unwrap().starts_with("whsec_"));
    let path = format!("/webhook_endpoints/{}", endpoint["id"].as_str().unwrap());
    let (_, shown) = get(&server, &path).await;
    assert_eq!((&shown["status"], shown.get("secret")), (&json!("enabled"), None));
    let made = creator(&server, "ana").await;
    send(&server, Method::PATCH, &format!("/creators/{}", made["id"].as_str().unwrap()), &json!({"tier": "gold"}))
        .await;
    let rows = json!({"rows": [{"name": "B", "handle": "b"}, {"name": "C", "handle": "ana"}]});
    send(&server, Method::POST, "/creators/bulk", &rows).await;
    server.settle().await;
    let (_, events) = get(&server, "/events?types=creator.created,creator.updated").await;
    let types: Vec<&str> =
        events["data"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["creator.created", "creator.updated", "creator.created"], "rows that fail tell nothing");
    assert_eq!(events["data"][0]["data"]["creator"]["handle"], "ana");
    let (_, one) = get(&server, &format!("/events/{}", events["data"][1]["id"].as_str().unwrap())).await;
    assert_eq!(one, events["data"][1]);
    let (_, next) = get(&server, "/events?limit=1").await;
    assert_eq!((&next["has_more"], &next["next_after"]), (&json!(true), &json!(1)));
    let (_, rest) = get(&server, "/events?after=1").await;
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["has_more"]), (2, &json!(false)));
    // The task that sends runs beside the test, and notes that it sent after the receiver has answered.
    let mut deliveries = Value::Null;
    for _ in 0..500 {
        deliveries = get(&server, &format!("{path}/deliveries")).await.1;
        if deliveries["data"].as_array().unwrap().iter().all(|row| row["state"] == "delivered") {
            break;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    let states: Vec<&Value> = deliveries["data"].as_array().unwrap().iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["delivered", "delivered"], "{deliveries}");
    let event = deliveries["data"][0]["event_id"].as_str().unwrap().to_owned();
    let (_, detail) = get(&server, &format!("{path}/deliveries/{event}")).await;
    assert_eq!((&detail["log"][0]["status"], detail["body"].is_string()), (&json!(200), true));
    let (_, requests) = get(&server, "/webhook_tester/requests").await;
    assert_eq!(requests["data"].as_array().unwrap().len(), 2, "{requests}");
    let (status, replayed) = send(&server, Method::POST, &format!("{path}/replay"), &json!({"event_id": event})).await;
    assert_eq!((status, &replayed["queued"]), (200, &json!(1)));
    let (status, _) = send(&server, Method::POST, &format!("{path}/test"), &json!({})).await;
    assert_eq!(status, 202);
    let (status, secret) =
        send(&server, Method::POST, &format!("{path}/rotate_secret"), &json!({"overlap_hours": 2})).await;
    assert_eq!(status, 201);
    assert_ne!(secret["secret"], endpoint["secret"]);
    server.clock.advance(1_000);
    let changes = json!({"enabled": false, "metadata": {"team": "data", "owner": "Kim"}});
    let (_, off) = send(&server, Method::PATCH, &path, &changes).await;
    assert_eq!((&off["status"], &off["disabled_reason"]), (&json!("disabled"), &json!("manual")));
    assert_eq!((&off["metadata"], &off["created"]), (&json!({"team": "data", "owner": "Kim"}), &endpoint["created"]));
    assert_eq!((&endpoint["updated"], &off["updated"]), (&endpoint["created"], &off["disabled_at"]));
    let (_, less) = send(&server, Method::PATCH, &path, &json!({"metadata": {"owner": null}})).await;
    assert_eq!(less["metadata"], json!({"team": "data"}));
    let long = json!({"metadata": {"team": "x".repeat(501)}});
    assert_eq!(send(&server, Method::PATCH, &path, &long).await.0, 400);
    for url in ["http://shop.example/hook", "https://127.0.0.1/hook", "https://localhost/hook", "ftp://shop.example"] {
        let (status, body) = send(&server, Method::POST, "/webhook_endpoints", &json!({"url": url})).await;
        assert_eq!((status, &body["code"]), (400, &json!("invalid")), "{url}: {body}");
    }
    assert_eq!(send(&server, Method::DELETE, &path, &Value::Null).await.0, 200);
    assert_eq!(get(&server, &path).await.0, 404);
    server.stop().await;
}

async fn what_is_said_again_changes_nothing(server: TestServer) {
    let body = json!({"name": "Ana", "handle": "ana", "tier": "gold", "metadata": {"a": "1"}});
    let (_, made) = send(&server, Method::PUT, "/creators/external/%20crm-1%20", &body).await;
    assert_eq!(made["external_id"], "crm-1", "trimmed, as everywhere");
    server.clock.advance(1_000);
    assert_eq!(send(&server, Method::PUT, "/creators/external/crm-1", &body).await, (200, made.clone()));
    let rows = json!({"rows": [
        {"external_id": "crm-1", "tier": "gold"}, {"name": "B", "handle": "ana"}, {"name": "C", "handle": "c"},
    ]});
    let (_, bulk) = send(&server, Method::POST, "/creators/bulk", &rows).await;
    let statuses: Vec<&Value> = bulk["data"].as_array().unwrap().iter().map(|row| &row["status"]).collect();
    assert_eq!(statuses, [&json!(200), &json!(409), &json!(201)], "faults are those of their rows");
    server.settle().await;
    let (_, events) = get(&server, "/events?types=creator.updated").await;
    assert_eq!(events["data"], json!([]));
    assert_eq!(get(&server, &format!("/creators/{}", made["id"].as_str().unwrap())).await.1, made);
    for external_id in ["%20", "a%00b", &"x".repeat(256)] {
        let (status, _) = send(&server, Method::PUT, &format!("/creators/external/{external_id}"), &body).await;
        assert_eq!(status, 400, "{external_id}");
    }
    for path in ["/creators?external_id=%00", "/events?object_id=%00"] {
        assert_eq!(get(&server, path).await.0, 400, "{path}");
    }
    assert_eq!(send(&server, Method::DELETE, "/keys/%00", &Value::Null).await.0, 404);
    server.stop().await;
}

async fn few_scopes_reach_no_other_data(server: TestServer) {
    creator(&server, "ana").await;
    let scopes = json!({"scopes": ["links:read", "webhook_endpoints:write"]});
    let (_, made) = send(&server, Method::POST, "/keys", &scopes).await;
    let key = made["key"].as_str().unwrap();
    let (_, endpoint) =
        send(&server, Method::POST, "/webhook_endpoints", &json!({"url": "https://crm.example/hooks"})).await;
    let path = format!("/webhook_endpoints/{}", endpoint["id"].as_str().unwrap());
    for (method, path) in [
        (Method::POST, "/webhook_endpoints".to_owned()),
        (Method::PATCH, path.clone()),
        (Method::POST, format!("{path}/replay")),
        (Method::GET, format!("{path}/deliveries/msg_01hf7yat00fzzvzzzzzzzzzzzz")),
        (Method::GET, "/webhook_tester/requests".to_owned()),
        (Method::GET, "/links?expand[]=creator".to_owned()),
        (Method::GET, "/links?expand[]=campaign".to_owned()),
    ] {
        let body = json!({"url": "https://elsewhere.example/"});
        let (status, body) = json_of(call_with(&server, key, method.clone(), &path, &body, &[]).await).await;
        assert_eq!((status, &body["code"]), (403, &json!("scope_missing")), "{method} {path}: {body}");
    }
    for path in ["/links", "/webhook_endpoints", &path, &format!("{path}/deliveries")] {
        assert_eq!(call_with(&server, key, Method::GET, path, &Value::Null, &[]).await.status(), 200, "{path}");
    }
    server.stop().await;
}

async fn the_sandbox_sends_what_it_is_and_follows_the_brand(server: TestServer) {
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let sandbox = async |method: Method, path: &str, body: Value| {
        json_of(call_with(&server, &test_key, method, path, &body, &[]).await).await
    };
    let (_, tester) = sandbox(Method::POST, "/webhook_tester", json!({})).await;
    assert_eq!(sandbox(Method::POST, "/webhook_endpoints", json!({"url": tester["url"]})).await.0, 201);
    let (_, ana) = sandbox(Method::POST, "/creators", json!({"name": "Ana", "handle": "ana"})).await;
    server.settle().await;
    let mut requests = json!([]);
    for _ in 0..500 {
        server.clock.advance(60_000);
        requests = sandbox(Method::GET, "/webhook_tester/requests", Value::Null).await.1;
        if requests["data"] != json!([]) {
            break;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    let sent: Value = serde_json::from_str(requests["data"][0]["body"].as_str().unwrap()).unwrap();
    assert_eq!((&sent["type"], &sent["livemode"]), (&json!("creator.created"), &json!(false)));
    assert_eq!(sandbox(Method::GET, "/events", Value::Null).await.1["data"][0]["livemode"], json!(false));
    // Its collabs have no page, and take no name of a live one.
    let collab =
        |creator: &Value| json!({"creator": creator["id"], "slug": "ana", "destination": "https://shop.example"});
    let (status, shown) = sandbox(Method::POST, "/collabs", collab(&ana)).await;
    assert_eq!((status, &shown["slug"], &shown["page_url"]), (201, &json!("ana"), &json!(null)), "{shown}");
    let page = async || server.http.get(format!("{}/c/ana", server.url)).send().await.unwrap().status().as_u16();
    assert_eq!(page().await, 404);
    let live = creator(&server, "ana").await;
    let (status, shown) = send(&server, Method::POST, "/collabs", &collab(&live)).await;
    assert_eq!((status, shown["page_url"].is_string()), (201, true), "{shown}");
    server.clock.advance(120_000);
    assert_eq!(page().await, 200);
    // What the brand no longer allows, links of its sandbox no longer do.
    let link = json!({"destination": "https://other.example/p"});
    let (_, link) = sandbox(Method::POST, "/links", link).await;
    let follow = async || server.click(link["code"].as_str().unwrap()).await.status().as_u16();
    assert_eq!(follow().await, 302);
    let merchant =
        server.flow().access().merchant_by_operator(crate::test_server::operator(), &server.merchant.brand().id);
    server.flow().policies().save_hosts(&merchant.await.unwrap(), "shop.example", "").await.unwrap();
    for _ in 0..100 {
        if follow().await == 404 {
            break;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    assert_eq!(follow().await, 404);
    server.stop().await;
}

async fn erasing_a_customer_reaches_the_sandbox(server: TestServer) {
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let order = json!({
        "external_id": "o-1", "currency": "USD", "total_minor": 100, "customer": {"customer_key": "kim", "email": "kim@example.com"},
    });
    for key in [&server.server_key, &test_key] {
        let (status, body) = json_of(call_with(&server, key, Method::POST, "/orders", &order, &[]).await).await;
        assert_eq!(status, 201, "{body}");
    }
    server.settle().await;
    let live = server.merchant.brand().id.clone();
    let sandbox = server.store.test_brand_of(&live).await.unwrap().unwrap();
    let hash = async |brand| server.store.order_by_external_id(brand, "o-1").await.unwrap().unwrap().order.email_hash;
    assert!(hash(&live).await.is_some() && hash(&sandbox).await.is_some());
    let (status, body) = send(&server, Method::DELETE, "/customers/kim", &Value::Null).await;
    assert_eq!((status, &body["orders"]), (200, &json!(1)), "{body}");
    assert_eq!((hash(&live).await, hash(&sandbox).await), (None, None));
    server.stop().await;
}

async fn keys_of_a_brand_that_left_are_disabled(server: TestServer) {
    crate::actions::install(&server).await;
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    assert_eq!(get(&server, "/creators").await.0, 200);
    server.clock.advance(60_000);
    let domain = domain::shop::ShopDomain::parse(crate::test_server::SHOP).unwrap();
    let endpoint = json!({"url": "https://receiver.example/hook"});
    assert_eq!(send(&server, Method::POST, "/webhook_endpoints", &endpoint).await.0, 201);
    server.store.uninstall_shop(&domain, server.clock_now()).await.unwrap();
    let endpoints = server.store.endpoints(&server.merchant.brand().id).await.unwrap();
    assert!(
        endpoints.iter().all(|endpoint| endpoint.status != EndpointStatus::Enabled) && endpoints.len() == 1,
        "{endpoints:?}"
    );
    for key in [&server.server_key, &test_key] {
        let (status, body) = json_of(call_with(&server, key, Method::GET, "/creators", &Value::Null, &[]).await).await;
        assert_eq!((status, &body["code"]), (403, &json!("account_disabled")));
    }
    server.stop().await;
}

async fn erased_creators_are_gone_from_answers_too(server: TestServer) {
    let body = json!({"name": "Zelda Quill", "handle": "zq", "first_name": "Zelda", "external_id": "zelda", "metadata": {"home": "Zeldaville"}});
    let headers = [("idempotency-key", "zelda-1")];
    let made = call_with(&server, &server.server_key, Method::POST, "/creators", &body, &headers).await;
    let id = made.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    server.flow().creators().erase(&server.merchant, &id.parse().unwrap()).await.unwrap();
    assert_eq!(get(&server, &format!("/creators/{id}")).await.0, 404);
    assert_eq!(get(&server, "/creators").await.1["data"], json!([]));
    let again = call_with(&server, &server.server_key, Method::POST, "/creators", &body, &headers).await;
    assert!(!again.headers().contains_key("idempotent-replayed"), "the stored answer showed the creator");
    server.stop().await;
}

/// Another brand: its owner, and a key.
async fn other_brand(server: &TestServer) -> (flow::access::Merchant, String) {
    let new = flow::setup::NewBrand { name: "Other".into(), ..flow::setup::NewBrand::default() };
    let operator = crate::test_server::operator();
    let brand = server.flow().setup().create_brand(operator, &new).await.unwrap();
    let merchant = server.flow().access().merchant_by_operator(operator, &brand.id).await.unwrap();
    let (_, key) = server.flow().setup().create_key(&merchant, KeyKind::Server, false).await.unwrap();
    (merchant, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_share_limits() {
    let server = start(Engine::Postgres).await;
    let replica = server.replica().await;
    let urls = [server.url.clone(), format!("http://{}", replica.address)];
    let mut statuses = Vec::new();
    for n in 0..102 {
        let request = server.http.get(format!("{}/api/v1/creators", urls[n % 2])).bearer_auth(&server.server_key);
        statuses.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses[..100], [200; 100]);
    assert_eq!(statuses[100..], [429, 429]);
    replica.stop().await;
    server.stop().await;
}
