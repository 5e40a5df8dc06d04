use serde_json::{Value, json};

use crate::{
    actions::install,
    test_server::{PV, TestServer, order},
};

async fn track_accepts_documented_examples_and_reports_every_fault(server: TestServer) {
    let purchase = format!(r#"{{"event_type":"purchase","pv_id":"{PV}","order_id":"ORDER_123","revenue":49.99}}"#);
    assert_eq!(server.track(&server.server_key, &purchase).await, (200, json!({"ok": true})));
    let full_event = json!({"event_type": "purchase", "pv_id": PV, "page_url": "https://yourstore.com/thank-you", "product_id": "PROD_456", "order_id": "ORDER_124", "revenue": 49.99, "currency": "USD", "promo_code_used": "CREATOR20", "is_new_customer": true, "event_data": {}}).to_string();
    assert_eq!(server.track(&server.pixel_key, &full_event).await, (200, json!({"ok": true})));
    let answer = server
        .http
        .post(format!("{}/api/v1/track?key={}", server.url, server.pixel_key))
        .header("content-type", "text/plain")
        .body(format!(r#"{{"event_type":"page_view","pv_id":"{PV}"}}"#))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "the request that navigator.sendBeacon sends");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert!(answer.headers().contains_key("x-request-id"));

    let (status, body) = server.track(&server.pixel_key, "{}").await;
    insta::allow_duplicates! { insta::assert_snapshot!(format!("{status} {body}"), @r#"400 {"details":["event_type is required","pv_id is required"],"error":"Invalid event data"}"#) };
    let (status, body) = server.track(&server.pixel_key, r#"{"event_type":"login","pv_id":"x","revenue":"49.99","is_new_customer":"yes","currency":"DOGE","event_data":[],"order_id":{},"occurred_at":"soon","nobody":1}"#).await;
    insta::allow_duplicates! { insta::assert_snapshot!(format!("{status} {body}"), @r#"400 {"details":["event_type must be one of: page_view, add_to_cart, checkout_start, purchase","pv_id must be a UUID","occurred_at must be an RFC 3339 date and time","order_id must be a string","is_new_customer must be a boolean","event_data must be an object","currency must be an ISO 4217 code","revenue must be a number"],"error":"Invalid event data"}"#) };
    for (revenue, fault) in [
        ("-1", "revenue must not be negative"),
        ("1e400", "revenue is too large"),
        ("10000000000.01", "revenue is too large"),
        ("0.001", "revenue has more decimal places than its currency"),
        ("true", "revenue must be a number"),
    ] {
        let body = format!(r#"{{"event_type":"purchase","pv_id":"{PV}","order_id":"1","revenue":{revenue}}}"#);
        assert_eq!(
            server.track(&server.pixel_key, &body).await,
            (400, json!({"error": "Invalid event data", "details": [fault]}))
        );
    }
    for (fields, fault) in [
        (r#""age_ms":-1"#, "age_ms must not be negative"),
        (r#""age_ms":1.5"#, "age_ms must be an integer"),
        (r#""age_ms":0,"occurred_at":"2027-01-15T07:59:00Z""#, "occurred_at and age_ms exclude each other"),
    ] {
        let body = format!(r#"{{"event_type":"page_view","pv_id":"{PV}",{fields}}}"#);
        assert_eq!(server.track(&server.pixel_key, &body).await.1["details"], json!([fault]));
    }
    let missing = format!(r#"{{"event_type":"purchase","pv_id":"{PV}"}}"#);
    assert_eq!(
        server.track(&server.pixel_key, &missing).await.1["details"],
        json!(["order_id is required for purchase events", "revenue is required for purchase events"])
    );

    for body in [
        "",
        "nope",
        "[]",
        "[1]",
        "\"x\"",
        "{\"event_type\":\"page_view\",\"event_type\":\"page_view\"}",
        &"[".repeat(40),
        "{\"a\":\u{0}}",
    ] {
        assert_eq!(server.track(&server.pixel_key, body).await.0, 400, "{body}");
    }
    let nul = format!(r#"{{"event_type":"page_view","pv_id":"{PV}","product_id":"a\u0000b"}}"#);
    assert_eq!(
        server.track(&server.pixel_key, &nul).await.1["details"],
        json!(["product_id must not contain a NUL character"])
    );
    for _ in 0..20 {
        assert_eq!(
            server.track(&server.pixel_key, &"x".repeat(70_000)).await,
            (413, json!({"error": "The body is too large"})),
            "the next request is answered as well"
        );
    }

    for key in ["", "cs_live_your_key", "cs_live_sk_", &server.server_key.replace("sk", "pk")] {
        assert_eq!(server.track(key, &purchase).await, (401, json!({"error": "Invalid API key"})), "{key}");
    }
    let server_key_in_url = server
        .http
        .post(format!("{}/api/v1/track?key={}", server.url, server.server_key))
        .body(purchase)
        .send()
        .await
        .unwrap();
    assert_eq!(server_key_in_url.status(), 401, "server keys are rejected in URLs");
    let wrong_method = server.http.get(format!("{}/api/v1/track", server.url)).send().await.unwrap();
    assert_eq!(
        (wrong_method.status().as_u16(), wrong_method.json::<Value>().await.unwrap()),
        (405, json!({"error": "Method not allowed"}))
    );
    server.stop().await;
}

async fn preflight_allows_any_origin_and_the_headers_it_asks_for(server: TestServer) {
    let answer = server
        .http
        .request(reqwest::Method::OPTIONS, format!("{}/api/v1/track", server.url))
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(answer.headers()["access-control-max-age"], "86400");
    assert!(answer.headers()["access-control-allow-headers"].to_str().unwrap().contains("x-api-key, content-type"));

    // What a tracing library adds to the page's requests is allowed too, unless it is no list of names or very long.
    let long = "x-trace,".repeat(200);
    for (asked, allowed) in [
        ("baggage,content-type,sentry-trace,traceparent", "baggage,content-type,sentry-trace,traceparent"),
        ("traceparent;x", "x-api-key, content-type, authorization"),
        (long.as_str(), "x-api-key, content-type, authorization"),
    ] {
        let answer = server
            .http
            .request(reqwest::Method::OPTIONS, format!("{}/api/v1/track", server.url))
            .header("access-control-request-headers", asked)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["access-control-allow-headers"], allowed);
        assert_eq!(answer.headers()["vary"], "access-control-request-headers");
    }
    server.stop().await;
}

async fn batches_are_atomic_and_retries_are_idempotent(server: TestServer) {
    let event = |id: &str| json!({"event_type": "page_view", "pv_id": PV, "event_id": id});
    let batch = json!([event("660e8400-e29b-41d4-a716-446655440001"), event("660e8400-e29b-41d4-a716-446655440002")])
        .to_string();
    let bad = json!([event("660e8400-e29b-41d4-a716-446655440003"), {"event_type": "page_view"}]).to_string();
    assert_eq!(server.track(&server.pixel_key, &bad).await.1["details"], json!(["event 1: pv_id is required"]));
    for _ in 0..3 {
        assert_eq!(server.track(&server.pixel_key, &batch).await.0, 200);
    }
    let stored = server.flow().exports().events(&server.merchant, "", 100).await.unwrap();
    assert_eq!(stored.len(), 2);
    let many: Vec<Value> = (0..101).map(|_| json!({"event_type": "page_view", "pv_id": PV})).collect();
    assert_eq!(server.track(&server.pixel_key, &json!(many).to_string()).await.0, 400);
    server.stop().await;
}

async fn purchases_reported_with_a_pixel_key_create_no_credits(server: TestServer) {
    install(&server).await;
    let link = server.link("https://shop.example/", "").await;
    let answer = server.click(link.code.as_str()).await;
    let pv_id = answer.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    let purchase =
        |id: &str| json!({"event_type": "purchase", "pv_id": pv_id, "order_id": id, "revenue": 100}).to_string();
    for id in ["1", "2", "3"] {
        assert_eq!(server.track(&server.pixel_key, &purchase(id)).await.0, 200);
    }
    server.settle().await;
    assert_eq!(server.credits().await, []);
    // With a server key it is an order, and its later report is a correction.
    assert_eq!(server.track(&server.server_key, &purchase("3")).await.0, 200);
    server.clock.advance(1000);
    assert_eq!(server.track(&server.server_key, &purchase("3").replace("100", "900")).await.0, 200);
    server.settle().await;
    assert_eq!(server.credits().await, [("click".to_owned(), 90_000)]);
    // An order with its own visitor id cannot be claimed by another visitor's pixel event.
    let with_visitor = json!({"note_attributes": [{"name": "_cs_pv", "value": PV}]});
    assert_eq!(server.track(&server.pixel_key, &purchase("50")).await.0, 200);
    assert_eq!(server.deliver("orders/create", "w", &order(50, "75.00", &with_visitor)).await, 200);
    server.settle().await;
    assert_eq!(server.credits().await.len(), 1);
    server.stop().await;
}

async fn a_time_in_whole_seconds_is_the_whole_second(server: TestServer) {
    install(&server).await;
    let link = server.link("https://shop.example/", "").await;
    // The click is 0.4 s into the second in which the orders were placed, as far as the times of their reports tell.
    server.clock.advance(400);
    let answer = server.click(link.code.as_str()).await;
    let pv_id = answer.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    server.clock.advance(250);
    let purchase = |id: &str, at: &str| {
        json!({"event_type": "purchase", "pv_id": pv_id, "order_id": id, "revenue": 10, "occurred_at": at}).to_string()
    };
    for (id, at) in [("a", "2027-01-15T08:00:00Z"), ("b", "2027-01-15T08:00:00.399Z")] {
        assert_eq!(server.track(&server.server_key, &purchase(id, at)).await.0, 200);
    }
    let placed = json!({"created_at": "2027-01-15T03:00:00-05:00", "updated_at": "2027-01-15T03:00:00-05:00",
        "note_attributes": [{"name": "_cs_pv", "value": pv_id}]});
    assert_eq!(server.deliver("orders/create", "w", &order(1, "20.00", &placed)).await, 200);
    let before = json!({"created_at": "2027-01-15T07:59:59Z", "note_attributes": [{"name": "_cs_pv", "value": pv_id}]});
    assert_eq!(server.deliver("orders/create", "w2", &order(2, "40.00", &before)).await, 200);
    server.settle().await;
    let mut credited: Vec<i64> = server.credits().await.into_iter().map(|(_, minor)| minor).collect();
    credited.sort_unstable();
    assert_eq!(credited, [1_000, 2_000], "the others were placed before the click");
    server.stop().await;
}

async fn what_floating_point_leaves_of_an_amount_is_rounded_off(server: TestServer) {
    for (id, revenue) in [("a", "59.699999999999996"), ("b", "-5.551115123125783e-17"), ("c", "0.30000000000000004")] {
        crate::actions::purchase(&server, PV, id, revenue).await;
    }
    server.settle().await;
    let mut nets = Vec::new();
    for id in ["a", "b", "c"] {
        nets.push(crate::actions::net(&server, id).await);
    }
    assert_eq!(nets, ["59.70", "0.00", "0.30"]);
    server.stop().await;
}

on_both_engines!(a_time_in_whole_seconds_is_the_whole_second what_floating_point_leaves_of_an_amount_is_rounded_off track_accepts_documented_examples_and_reports_every_fault preflight_allows_any_origin_and_the_headers_it_asks_for batches_are_atomic_and_retries_are_idempotent purchases_reported_with_a_pixel_key_create_no_credits);
