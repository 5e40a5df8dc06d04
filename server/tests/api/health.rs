use serde_json::{Value, json};

use crate::test_server::{Engine, TestServer, start_with};

async fn health_endpoints_respond_and_pages_have_security_headers(server: TestServer) {
    let get = async |path: &str| server.http.get(format!("{}{path}", server.url)).send().await.unwrap();
    assert_eq!(get("/healthz").await.json::<Value>().await.unwrap(), json!({"ok": true}));
    assert_eq!(get("/readyz").await.status(), 200);
    let page = get("/sign-in").await;
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let document = get("/api/openapi.json").await.json::<Value>().await.unwrap();
    assert_eq!(document["openapi"].as_str().unwrap().get(..3), Some("3.1"));
    let committed = include_str!("../../../docs/api/openapi.json");
    let committed: Value = serde_json::from_str(committed).unwrap();
    assert_eq!(document, committed, "run `cargo run -p server -- openapi > docs/api/openapi.json`");
    let pixel = get(&format!("/api/v1/track/pixel.js?key={}", server.pixel_key)).await;
    assert_eq!(pixel.headers()["content-type"], "text/javascript; charset=utf-8");
    let etag = pixel.headers()["etag"].clone();
    let again = server
        .http
        .get(format!("{}/api/v1/track/pixel.js?key={}", server.url, server.pixel_key))
        .header("if-none-match", etag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(get("/api/v1/track/pixel.js").await.status(), 401);
    let tracker = get("/js/affitor-tracker.js").await;
    assert_eq!(tracker.headers()["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(tracker.headers()["access-control-allow-origin"], "*");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_this_machine_or_the_token() {
    let engine = Engine::Sqlite;
    let server = start_with(engine, &[]).await;
    let metrics = |server: &TestServer| server.http.get(format!("{}/metrics", server.url));
    assert_eq!(metrics(&server).send().await.unwrap().status(), 200);
    for name in ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "via", "cf-connecting-ip", "cf-ray"]
    {
        let answer = metrics(&server).header(name, "127.0.0.1").send().await.unwrap();
        assert_eq!(answer.status(), 401, "{name}: a proxy on this machine serves everybody");
    }
    server.stop().await;
    let server = start_with(engine, &["--client-ip-header", "Fly-Client-IP"]).await;
    assert_eq!(metrics(&server).send().await.unwrap().status(), 200);
    assert_eq!(metrics(&server).header("fly-client-ip", "192.0.2.1").send().await.unwrap().status(), 401);
    server.stop().await;
    let server = start_with(engine, &["--metrics-token", "open-sesame"]).await;
    let with_token = metrics(&server).bearer_auth("open-sesame").header("x-forwarded-for", "192.0.2.1");
    assert_eq!(with_token.send().await.unwrap().status(), 200);
    assert_eq!(metrics(&server).bearer_auth("open-sesam").send().await.unwrap().status(), 401);
    assert_eq!(metrics(&server).send().await.unwrap().status(), 401);
    server.stop().await;
}

on_both_engines!(health_endpoints_respond_and_pages_have_security_headers);
