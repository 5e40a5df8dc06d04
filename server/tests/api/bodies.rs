//! Request bodies, and what is none, from clients that mean no good.

use core::time::Duration;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::test_server::{Engine, PV, SHOP, TestServer, start_with};

const MB: usize = 1024 * 1024;
/// Longer than any bound of the tests below, and shorter than the bounds that are set by default.
const SOON: Duration = Duration::from_secs(6);

async fn connect(server: &TestServer) -> TcpStream {
    TcpStream::connect(server.running.as_ref().unwrap().address).await.unwrap()
}

/// A request's head; the body has so many bytes.
fn head(path: &str, fields: &str, length: usize) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\n{fields}content-length: {length}\r\n\r\n").into_bytes()
}

fn track(server: &TestServer, length: usize) -> Vec<u8> {
    head("/api/v1/track", &format!("x-api-key: {}\r\n", server.pixel_key), length)
}

/// The head of a webhook with a signature that could be one.
fn webhook(length: usize) -> Vec<u8> {
    let signature = shopify::signature::sign_body("another secret", b"");
    let fields = format!(
        "x-shopify-topic: orders/create\r\nx-shopify-shop-domain: {SHOP}\r\nx-shopify-hmac-sha256: {signature}\r\n"
    );
    head("/api/webhooks/shopify", &fields, length)
}

/// Everything until the server closes: status, head and body of the first answer.
async fn answer(stream: &mut TcpStream) -> (u16, String, Value) {
    let mut bytes = Vec::new();
    timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("closed in time").unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text}"));
    (head[9..12].parse().unwrap(), head.to_owned(), serde_json::from_str(body).unwrap())
}

/// Waits until the server's metrics have a line.
async fn until_metric(server: &TestServer, line: &str) {
    for _ in 0..100 {
        let metrics = server.http.get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
        if metrics.contains(line) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the metrics never had {line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dripping_body_has_one_deadline() {
    let server = start_with(Engine::Sqlite, &["--body-seconds-max", "1"]).await;
    let mut stream = connect(&server).await;
    stream.write_all(&track(&server, 1_000)).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let drip = tokio::spawn(async move {
        while writer.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut bytes = vec![0; 12];
    timeout(SOON, reader.read_exact(&mut bytes)).await.expect("an answer in time").unwrap();
    assert_eq!(bytes, b"HTTP/1.1 400");
    timeout(SOON, drip).await.expect("closed in time").unwrap();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_read_is_dropped() {
    let server = start_with(Engine::Sqlite, &["--response-seconds-max", "1"]).await;
    let mut stream = connect(&server).await;
    // More than the buffers of both sockets hold.
    let request = b"GET /api/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n";
    for _ in 0..600 {
        if timeout(SOON, stream.write_all(request)).await.expect("sent or closed in time").is_err() {
            break;
        }
    }
    until_metric(&server, "responses_abandoned_total 1\n").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_clients_with_too_large_a_body_all_read_the_answer() {
    let server = start_with(Engine::Sqlite, &[]).await;
    for (head, length) in [(track(&server, MB), MB), (webhook(6 * MB), 6 * MB)] {
        let body: Arc<[u8]> = vec![b'x'; length].into();
        let clients = (0..60).map(|_| {
            let (head, body) = (head.clone(), body.clone());
            let connecting = TcpStream::connect(server.running.as_ref().unwrap().address);
            tokio::spawn(async move {
                let mut stream = connecting.await.unwrap();
                // The whole body first, as simple clients do.
                stream.write_all(&head).await.unwrap();
                stream.write_all(&body).await.unwrap();
                answer(&mut stream).await
            })
        });
        for client in clients.collect::<Vec<_>>() {
            let (status, head, body) = client.await.unwrap();
            assert_eq!((status, body), (413, json!({"error": "The body is too large"})));
            assert!(head.contains("connection: close"), "{head}");
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsigned_webhook_is_refused_before_it_is_read() {
    let server = start_with(Engine::Sqlite, &[]).await;
    let shopify = |signature: &str| head("/api/webhooks/shopify", signature, 5 * MB - 1);
    let fairing = |signature: &str| head("/api/webhooks/fairing", signature, 5 * MB - 1);
    for head in [
        shopify(""),
        shopify("x-shopify-hmac-sha256: nonsense\r\n"),
        shopify("x-shopify-hmac-sha256: AAAA\r\n"),
        fairing(""),
        fairing("x-fairing-signature: short\r\n"),
        fairing(&format!("x-fairing-signature: {}\r\n", "x".repeat(300))),
    ] {
        let mut stream = connect(&server).await;
        stream.write_all(&head).await.unwrap();
        // Not a byte of the body is sent.
        let (status, _, body) = answer(&mut stream).await;
        assert_eq!((status, body), (401, json!({"error": "Invalid signature"})));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_in_flight_have_a_budget_and_webhooks_do_not_use_up_the_others() {
    let server = start_with(Engine::Sqlite, &["--body-bytes-in-flight", &(2 * MB).to_string()]).await;
    let (most, last) = (vec![b'x'; MB - 10], [b'x'; 10]);
    let mut slow = connect(&server).await;
    slow.write_all(&webhook(MB)).await.unwrap();
    slow.write_all(&most).await.unwrap();
    until_metric(&server, &format!("body_bytes_in_flight{{of=\"webhooks\"}} {}\n", most.len())).await;
    let mut other = connect(&server).await;
    other.write_all(&webhook(MB / 2)).await.unwrap();
    other.write_all(&most[..MB / 2]).await.unwrap();
    let (status, head, body) = answer(&mut other).await;
    assert_eq!((status, body), (503, json!({"error": "Busy; try again in a moment"})));
    assert!(head.contains("retry-after: 1"), "{head}");
    let event = json!({"event_type": "page_view", "pv_id": PV}).to_string();
    assert_eq!(server.track(&server.pixel_key, &event).await.0, 200, "shoppers have a budget of their own");
    let mut file = connect(&server).await;
    let fields = format!("authorization: Bearer {}\r\ncontent-type: text/csv\r\n", server.server_key);
    file.write_all(&self::head("/api/v1/imports", &fields, MB)).await.unwrap();
    file.write_all(&most[..MB / 4]).await.unwrap();
    until_metric(&server, &format!("body_bytes_in_flight{{of=\"files\"}} {}\n", MB / 4)).await;
    assert_eq!(server.track(&server.pixel_key, &event).await.0, 200, "files have another");
    slow.write_all(&last).await.unwrap();
    let mut start = vec![0; 12];
    timeout(SOON, slow.read_exact(&mut start)).await.expect("an answer in time").unwrap();
    assert_eq!(start, b"HTTP/1.1 401");
    let again = server.deliver("orders/create", "w1", &format!("{{\"x\":\"{}\"}}", "y".repeat(MB / 2))).await;
    assert_eq!(again, 200, "the budget is given back");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_says_in_its_own_words_that_no_bytes_are_left() {
    let server = start_with(Engine::Sqlite, &["--body-bytes-in-flight", &(4 * MB).to_string()]).await;
    let fields = format!("authorization: Bearer {}\r\ncontent-type: application/json\r\n", server.server_key);
    let mut slow = connect(&server).await;
    slow.write_all(&head("/api/v1/orders/bulk", &fields, MB)).await.unwrap();
    slow.write_all(&vec![b' '; MB - 10]).await.unwrap();
    until_metric(&server, &format!("body_bytes_in_flight{{of=\"others\"}} {}\n", MB - 10)).await;
    let mut other = connect(&server).await;
    other.write_all(&head("/api/v1/orders", &fields, 100)).await.unwrap();
    other.write_all(&[b' '; 100]).await.unwrap();
    let (status, head, body) = answer(&mut other).await;
    assert_eq!(
        (status, &body["error"], &body["code"]),
        (503, &json!("Busy; try again in a moment"), &json!("unavailable"))
    );
    assert!(head.contains("retry-after: 1") && !body["request_id"].as_str().unwrap().is_empty(), "{head} {body}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_is_answered_in_full() {
    let server = start_with(Engine::Sqlite, &[]).await;
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nx-large: {}\r\n\r\n", "y".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-many: y\r\n".repeat(101));
    for (request, status, error) in [
        ("NONSENSE\r\n\r\n", 400, "The request is not valid HTTP"),
        ("GET / HTTP/1.1\r\nbad header\r\n\r\n", 400, "The request is not valid HTTP"),
        (&large, 431, "The head of the request is too large"),
        (&many, 431, "The head of the request is too large"),
    ] {
        let mut stream = connect(&server).await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let (given, head, body) = answer(&mut stream).await;
        assert_eq!((given, body), (status, json!({ "error": error })), "{head}");
        let id = head.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap();
        assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    }
    server.stop().await;
}

async fn a_field_twice_is_refused_everywhere(server: TestServer) {
    server.flow().surveys().set_fairing_key(&server.merchant, "fairing-key-0123456789").await.unwrap();
    let event = format!(r#""event_type": "page_view", "pv_id": "{PV}""#);
    for (path, body) in [
        ("/api/v1/track", format!(r#"{{{event}, "event_data": {{"a": 1, "a": 2}}}}"#)),
        ("/api/v1/track", format!(r#"[{{{event}}}, {{{event}, "unknown": 1, "unknown": 1}}]"#)),
        ("/api/v1/track/click", r#"{"affiliate_url": "https://a.example/?aff=x", "additional_data": {"test_mode": true, "test_mode": true}}"#.to_owned()),
        ("/api/v1/track/lead", r#"{"customer_key": "a", "x": 1, "x": 1}"#.to_owned()),
        ("/api/v1/track/sale", r#"{"transaction_id": "t", "amount_cents": 100, "customer_key": "a", "additional_data": {"a": 1, "a": 1}}"#.to_owned()),
        ("/api/v1/track/refund", r#"{"transaction_id": "t", "transaction_id": "t"}"#.to_owned()),
        ("/identities", format!(r#"{{"identity": {{"public_key": "{}", "client_id": "c", "meta": {{"a": 1, "a": 1}}}}}}"#, server.server_key)),
        ("/events", format!(r#"{{"event": {{"public_key": "{0}", "public_key": "{0}", "event_public_key": "e"}}}}"#, server.server_key)),
        ("/api/webhooks/fairing", format!(r#"{{"order_id": "1", "answer": "a", "shop_domain": "{SHOP}", "shop_domain": "{SHOP}"}}"#)),
    ] {
        let request = server
            .http
            .post(format!("{}{path}", server.url))
            .header("x-api-key", &server.server_key)
            .header("x-fairing-signature", "fairing-key-0123456789");
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.contains("the JSON has a field twice: "), "{path}: {text}");
    }
    server.stop().await;
}

on_both_engines!(a_field_twice_is_refused_everywhere);
