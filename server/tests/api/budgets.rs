//! What public keys and addresses may send in a minute, on every endpoint that takes it.

use domain::link::Link;
use serde_json::{Value, json};

use crate::test_server::{CHROME, Engine, PV, TestServer, start_with};

async fn post(server: &TestServer, path: &str, key: Option<&str>, body: &Value) -> (u16, Option<String>) {
    let mut request = server.http.post(format!("{}{path}", server.url)).body(body.to_string());
    request = request.header("user-agent", CHROME);
    if let Some(key) = key {
        request = request.header("x-api-key", key);
    }
    let answer = request.send().await.unwrap();
    let after = answer.headers().get("retry-after").map(|after| after.to_str().unwrap().to_owned());
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    (answer.status().as_u16(), after)
}

fn events(count: usize) -> Value {
    json!(vec![json!({"event_type": "page_view", "pv_id": PV}); count])
}

async fn a_pixel_key_has_so_many_rows_a_minute(engine: Engine) {
    let server = start_with(engine, &["--pixel-key-rows-per-minute", "10"]).await;
    let key = server.pixel_key.clone();
    let track = async |key: &str, count: usize| post(&server, "/api/v1/track", Some(key), &events(count)).await;
    // Ten seconds into a minute.
    server.clock.advance(10_000);
    let refused = (429, Some("50".to_owned()));
    assert_eq!(track(&key, 8).await, (200, None));
    assert_eq!(track(&key, 3).await, refused, "stored whole or not at all");
    assert_eq!(track(&key, 1).await, (200, None));
    let identity = json!({"identity": {"public_key": key, "aliases": [PV], "client_id": "c1"}});
    assert_eq!(post(&server, "/identities", None, &identity).await, (200, None));
    for path in ["/identities", "/events"] {
        let report = if path == "/events" {
            json!({"event": {"public_key": key, "aliases": [PV], "event_public_key": "seen"}})
        } else {
            identity.clone()
        };
        assert_eq!(post(&server, path, None, &report).await, refused, "{path}");
    }
    assert_eq!(track(&key, 1).await, refused);
    assert_eq!(track(&server.server_key, 50).await, (200, None), "a server key is secret");
    let stored = server.flow().exports().events(&server.merchant, "", 1000).await.unwrap();
    assert_eq!(stored.len(), 59);
    // The brand sees it.
    let setup = server.http.get(format!("{}/brand/attribution/setup", server.url));
    let setup = setup.header("cookie", server.sign_in().await).send().await.unwrap().text().await.unwrap();
    assert!(setup.contains("4 requests refused since the server started"), "{setup}");
    server.clock.advance(50_000);
    assert_eq!(track(&key, 10).await, (200, None));
    server.stop().await;
}

async fn a_pixel_key_has_so_many_bytes_a_minute(engine: Engine) {
    let server = start_with(engine, &["--pixel-key-bytes-per-minute", "1000"]).await;
    let key = server.pixel_key.clone();
    let event = json!({"event_type": "page_view", "pv_id": PV, "event_data": {"x": "y".repeat(400)}});
    let track = async |body: &Value| post(&server, "/api/v1/track", Some(&key), body).await.0;
    assert_eq!(track(&event).await, 200);
    assert_eq!(track(&json!("z".repeat(300))).await, 400, "what is no event counts too");
    assert_eq!(track(&event).await, 429);
    server.clock.advance(60_000);
    assert_eq!((track(&event).await, track(&event).await, track(&event).await), (200, 200, 429));
    server.stop().await;
}

async fn an_address_has_so_many_rows_a_minute(engine: Engine) {
    let settings = ["--address-rows-per-minute", "3", "--client-ip-header", "x-client"];
    let server = start_with(engine, &settings).await;
    let link = server.link("https://shop.example/", "").await;
    let url = format!("https://shop.example/?aff={}", link.code);
    let test = json!({"test_mode": true});
    let from = async |address: &str, path: &str, key: Option<&str>, body: Value| {
        let mut request = server.http.post(format!("{}{path}", server.url)).body(body.to_string());
        request = request.header("x-client", address).header("user-agent", CHROME);
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let click = || json!({"affiliate_url": url, "additional_data": test});
    let lead = || json!({"click_id": "x"});
    let event = || json!({"event_type": "page_view", "pv_id": PV, "additional_data": test});
    let pixel = server.pixel_key.clone();
    assert_eq!(from("192.0.2.1", "/api/v1/track/click", None, click()).await, 200);
    assert_eq!(from("192.0.2.1", "/api/v1/track/lead", None, lead()).await, 400, "an unknown click, and counted");
    assert_eq!(from("192.0.2.1", "/api/v1/track", Some(&pixel), event()).await, 200);
    assert_eq!(from("192.0.2.1", "/api/v1/track/click", None, click()).await, 429);
    assert_eq!(from("192.0.2.1", "/api/tracking/lead", Some(&pixel), lead()).await, 429);
    assert_eq!(from("192.0.2.1", "/api/v1/track", Some(&pixel), event()).await, 429);
    let live = json!({"event_type": "page_view", "pv_id": PV});
    assert_eq!(from("192.0.2.1", "/api/v1/track", Some(&pixel), live).await, 200, "live events count for the key");
    let backend = json!({"customer_key": "c1"});
    assert_eq!(from("192.0.2.1", "/api/v1/track/lead", Some(&server.server_key), backend).await, 200);
    assert_eq!(from("192.0.2.2", "/api/v1/track/click", None, click()).await, 200, "another address");
    // What a client puts in front of what the proxy adds makes it nobody else; nor does the port.
    for same in ["198.51.100.7, 192.0.2.1", "unknown, 192.0.2.1", "192.0.2.1:4711"] {
        assert_eq!(from(same, "/api/v1/track/click", None, click()).await, 429, "{same}");
    }
    server.clock.advance(60_000);
    assert_eq!(from("192.0.2.1", "/api/v1/track/click", None, click()).await, 200);
    server.stop().await;
}

async fn an_address_has_so_many_clicks_a_minute(engine: Engine) {
    let settings = ["--address-rows-per-minute", "3", "--client-ip-header", "x-client"];
    let server = start_with(engine, &settings).await;
    let (link, second) =
        (server.link("https://shop.example/", "").await, server.link("https://shop.example/2", "").await);
    let third = server.link("https://shop.example/3", "").await;
    let click = async |address: &str, link: &Link| {
        let request = server.http.get(format!("{}/{}", server.url, link.code)).header("user-agent", CHROME);
        let answer = request.header("x-client", address).send().await.unwrap();
        assert_eq!(answer.status(), 302, "the shopper is redirected all the same");
    };
    // Clicks are stored in their order: once one on `last` is there, all before it are.
    let stored_before = async |last: &Link| {
        click("192.0.2.2", last).await;
        for _ in 0..200 {
            let clicks = server.flow().exports().clicks(&server.merchant, "", 100).await.unwrap();
            if clicks.iter().any(|record| record.click.link == last.id) {
                return clicks.iter().filter(|record| record.click.link == link.id).count();
            }
            tokio::time::sleep(core::time::Duration::from_millis(10)).await;
        }
        panic!("a click of another address is not stored");
    };
    for _ in 0..18 {
        click("192.0.2.1", &link).await;
    }
    assert_eq!(stored_before(&second).await, 15, "five for each row");
    server.clock.advance(60_000);
    click("192.0.2.1", &link).await;
    assert_eq!(stored_before(&third).await, 16);
    server.stop().await;
}

async fn a_refusal_waits_and_others_do_not(engine: Engine) {
    let server = start_with(engine, &["--pixel-key-rows-per-minute", "1", "--refusal-delay-ms", "600000"]).await;
    let track = async |key: &str| post(&server, "/api/v1/track", Some(key), &events(1)).await.0;
    assert_eq!(track(&server.pixel_key).await, 200);
    let refused = track(&server.pixel_key);
    let others = async {
        for _ in 0..3 {
            assert_eq!(track(&server.server_key).await, 200);
        }
    };
    tokio::select! {
        status = refused => panic!("answered with {status} at once"),
        () = others => {}
    }
    server.stop().await;
}

beside_both_engines!(
    a_refusal_waits_and_others_do_not a_pixel_key_has_so_many_rows_a_minute a_pixel_key_has_so_many_bytes_a_minute an_address_has_so_many_rows_a_minute
    an_address_has_so_many_clicks_a_minute
);
