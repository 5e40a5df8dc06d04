//! The HTTP surface, as its users meet it: status, headers, bodies.
#![expect(clippy::unwrap_used, reason = "these are tests")]

mod customers;
mod money;
mod world;

use serde_json::{Value, json};
use world::{CHROME, PV, order, world};

#[tokio::test(flavor = "multi_thread")]
async fn track_takes_the_seeds_own_examples_and_tells_every_fault() {
    let world = world().await;
    let purchase = format!(r#"{{"event_type":"purchase","pv_id":"{PV}","order_id":"ORDER_123","revenue":49.99}}"#);
    assert_eq!(world.track(&world.server_key, &purchase).await, (200, json!({"ok": true})));
    let whole = json!({"event_type": "purchase", "pv_id": PV, "page_url": "https://yourstore.com/thank-you", "product_id": "PROD_456", "order_id": "ORDER_124", "revenue": 49.99, "currency": "USD", "promo_code_used": "CREATOR20", "is_new_customer": true, "event_data": {}}).to_string();
    assert_eq!(world.track(&world.pixel_key, &whole).await, (200, json!({"ok": true})));
    let answer = world
        .http
        .post(format!("{}/api/v1/track?key={}", world.url, world.pixel_key))
        .header("content-type", "text/plain")
        .body(format!(r#"{{"event_type":"page_view","pv_id":"{PV}"}}"#))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "as sendBeacon sends it");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert!(answer.headers().contains_key("x-request-id"));

    let (status, body) = world.track(&world.pixel_key, "{}").await;
    insta::assert_snapshot!(format!("{status} {body}"), @r#"400 {"details":["event_type is required","pv_id is required"],"error":"Invalid event data"}"#);
    let (status, body) = world.track(&world.pixel_key, r#"{"event_type":"login","pv_id":"x","revenue":"49.99","is_new_customer":"yes","currency":"DOGE","event_data":[],"order_id":{},"occurred_at":"soon","nobody":1}"#).await;
    insta::assert_snapshot!(format!("{status} {body}"), @r#"400 {"details":["event_type must be one of: page_view, add_to_cart, checkout_start, purchase","pv_id must be a UUID","occurred_at must be an RFC 3339 date and time","order_id must be a string","is_new_customer must be a boolean","event_data must be an object","currency must be an ISO 4217 code","revenue must be a number"],"error":"Invalid event data"}"#);
    for (revenue, fault) in [
        ("-1", "revenue must not be negative"),
        ("1e400", "revenue is too large"),
        ("0.001", "revenue has more decimal places than its currency"),
        ("true", "revenue must be a number"),
    ] {
        let body = format!(r#"{{"event_type":"purchase","pv_id":"{PV}","order_id":"1","revenue":{revenue}}}"#);
        assert_eq!(
            world.track(&world.pixel_key, &body).await,
            (400, json!({"error": "Invalid event data", "details": [fault]}))
        );
    }
    let missing = format!(r#"{{"event_type":"purchase","pv_id":"{PV}"}}"#);
    assert_eq!(
        world.track(&world.pixel_key, &missing).await.1["details"],
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
        assert_eq!(world.track(&world.pixel_key, body).await.0, 400, "{body}");
    }
    let nul = format!(r#"{{"event_type":"page_view","pv_id":"{PV}","product_id":"a\u0000b"}}"#);
    assert_eq!(
        world.track(&world.pixel_key, &nul).await.1["details"],
        json!(["product_id must not contain a NUL character"])
    );
    for _ in 0..20 {
        assert_eq!(
            world.track(&world.pixel_key, &"x".repeat(70_000)).await,
            (413, json!({"error": "The body is too large"})),
            "and the next request is answered too"
        );
    }

    for key in ["", "cs_live_your_key", "cs_live_sk_", &world.server_key.replace("sk", "pk")] {
        assert_eq!(world.track(key, &purchase).await, (401, json!({"error": "Invalid API key"})), "{key}");
    }
    let in_url = world
        .http
        .post(format!("{}/api/v1/track?key={}", world.url, world.server_key))
        .body(purchase)
        .send()
        .await
        .unwrap();
    assert_eq!(in_url.status(), 401, "a secret does not belong into a URL");
    let wrong = world.http.get(format!("{}/api/v1/track", world.url)).send().await.unwrap();
    assert_eq!(
        (wrong.status().as_u16(), wrong.json::<Value>().await.unwrap()),
        (405, json!({"error": "Method not allowed"}))
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_lets_any_origin_send() {
    let world = world().await;
    let answer = world
        .http
        .request(reqwest::Method::OPTIONS, format!("{}/api/v1/track", world.url))
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(answer.headers()["access-control-max-age"], "86400");
    assert!(answer.headers()["access-control-allow-headers"].to_str().unwrap().contains("x-api-key, content-type"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_stored_whole_or_not_at_all_and_a_retry_changes_nothing() {
    let world = world().await;
    let event = |id: &str| json!({"event_type": "page_view", "pv_id": PV, "event_id": id});
    let batch = json!([event("660e8400-e29b-41d4-a716-446655440001"), event("660e8400-e29b-41d4-a716-446655440002")])
        .to_string();
    let bad = json!([event("660e8400-e29b-41d4-a716-446655440003"), {"event_type": "page_view"}]).to_string();
    assert_eq!(world.track(&world.pixel_key, &bad).await.1["details"], json!(["event 1: pv_id is required"]));
    for _ in 0..3 {
        assert_eq!(world.track(&world.pixel_key, &batch).await.0, 200);
    }
    let stored = world.flow().store().events_after(&world.merchant.brand().id, "", 100).await.unwrap();
    assert_eq!(stored.len(), 2);
    let many: Vec<Value> = (0..101).map(|_| json!({"event_type": "page_view", "pv_id": PV})).collect();
    assert_eq!(world.track(&world.pixel_key, &json!(many).to_string()).await.0, 400);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_redirects_as_the_contract_says() {
    let world = world().await;
    let link = world.link("https://shop.example/p?variant=1#reviews", "").await;
    let answer = world.click(link.code.as_str()).await;
    assert_eq!(answer.status(), 302);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    let pv_id = cookie.strip_prefix("_cs_pv=").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(
        location,
        format!(
            "https://shop.example/p?variant=1&ref={0}&cs_ref={0}&cs_pv={pv_id}&cs_at=1800000000#reviews",
            link.code
        )
    );
    assert!(cookie.ends_with("; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Lax"), "{cookie}");
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");

    let request = |path: String| world.http.get(format!("{}{path}", world.url)).header("user-agent", CHROME);
    let again = request(format!("/api/v1/track/click?code={}", link.code.as_str().to_uppercase()))
        .header("cookie", format!("_cs_pv={pv_id}"))
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 302);
    assert!(again.headers()["location"].to_str().unwrap().contains(&pv_id), "a known visitor stays the same");
    let glued = request(format!("/{}_", link.code)).header("cookie", "_cs_pv=<script>").send().await.unwrap();
    assert_eq!(glued.status(), 302);
    assert!(!glued.headers()["location"].to_str().unwrap().contains("script"));

    // Images, previews and HEAD get the redirect, no cookie and no credit.
    let image = request(format!("/{}", link.code)).header("sec-fetch-dest", "image").send().await.unwrap();
    assert_eq!((image.status().as_u16(), image.headers().contains_key("set-cookie")), (302, false));
    let bot = world
        .http
        .get(format!("{}/{}", world.url, link.code))
        .header("user-agent", "facebookexternalhit/1.1")
        .send()
        .await
        .unwrap();
    assert_eq!((bot.status().as_u16(), bot.headers().contains_key("set-cookie")), (302, false));
    let head =
        world.http.head(format!("{}/{}", world.url, link.code)).header("user-agent", CHROME).send().await.unwrap();
    assert_eq!(head.status(), 302);

    let clicks = world.flow().store().clicks_after(&world.merchant.brand().id, "", 100).await.unwrap();
    let seen: Vec<_> = clicks.iter().map(|record| (record.click.bot.is_some(), record.is_unique)).collect();
    assert_eq!(seen.len(), 5, "HEAD is not stored");
    assert_eq!(seen.iter().filter(|one| **one == (false, true)).count(), 1, "one visitor, one unique click: {seen:?}");
    assert_eq!(seen.iter().filter(|one| one.0).count(), 2);
    assert_eq!(
        (clicks[0].click.device.as_str(), clicks[0].click.browser.as_str(), clicks[0].click.os.as_str()),
        ("desktop", "Chrome", "Windows")
    );

    for path in ["/zzzzzzzz", "/short", "/api/v1/track/click", "/api/v1/track/click?code=", "/%00%ff"] {
        let answer = world.http.get(format!("{}{path}", world.url)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({"error": "Tracking link not found"}), "{path}");
    }
    let page =
        world.http.get(format!("{}/zzzzzzzz", world.url)).header("accept", "text/html,*/*").send().await.unwrap();
    assert_eq!(page.status(), 404);
    assert!(page.text().await.unwrap().contains("This link leads nowhere"));

    world.flow().delete_link(&world.merchant, &link.id).await.unwrap();
    for _ in 0..50 {
        if world.click(link.code.as_str()).await.status() == 404 {
            return world.stop().await;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    panic!("a deleted link still redirects");
}

async fn install(world: &world::World) {
    let tokens = domain::shop::SealedTokens {
        access: vec![1],
        access_expires_at: world::NOW,
        refresh: None,
        refresh_expires_at: None,
    };
    let install = store::shops::Install {
        domain: domain::shop::ShopDomain::parse(world::SHOP).unwrap(),
        new_brand: world.merchant.brand().clone(),
        at: world::NOW,
        scopes: String::new(),
        tokens,
    };
    world.flow().store().install_shop(&install).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_credited_by_each_kind_of_evidence() {
    let world = world().await;
    install(&world).await;
    let link = world.link("https://shop.example/", "ANA20").await;
    let answer = world.click(link.code.as_str()).await;
    let pv_id = answer.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    let attribute = |name: &str, value: &str| json!({"note_attributes": [{"name": name, "value": value}]});

    assert_eq!(world.deliver("orders/create", "w1", &order(1, "49.99", &attribute("_cs_pv", &pv_id))).await, 200);
    assert_eq!(
        world.deliver("orders/create", "w2", &order(2, "10.00", &attribute("_cs_ref", link.code.as_str()))).await,
        200
    );
    assert_eq!(
        world
            .deliver(
                "orders/create",
                "w3",
                &order(3, "20.00", &json!({"landing_site": format!("/?cs_ref={}", link.code)}))
            )
            .await,
        200
    );
    assert_eq!(
        world.deliver("orders/create", "w4", &order(4, "30.00", &json!({"discount_codes": [{"code": "ana20"}]}))).await,
        200
    );
    assert_eq!(world.deliver("orders/create", "w5", &order(5, "40.00", &json!({}))).await, 200);
    // A browser that another id led to: the pixel reports the alias, and the cart carries its own.
    let own = "770e8400-e29b-41d4-a716-446655440000";
    let landed = json!({"event_type": "page_view", "pv_id": own, "pv_alias": pv_id}).to_string();
    assert_eq!(world.track(&world.pixel_key, &landed).await.0, 200);
    assert_eq!(world.deliver("orders/create", "w6", &order(6, "50.00", &attribute("_cs_pv", own))).await, 200);
    // No cart attribute at all: the pixel's own report of the purchase joins visitor and order, whichever is first.
    let report = json!({"event_type": "purchase", "pv_id": pv_id, "order_id": "7", "revenue": 999_999}).to_string();
    assert_eq!(world.track(&world.pixel_key, &report).await.0, 200);
    world.settle().await;
    assert_eq!(world.deliver("orders/create", "w7", &order(7, "60.00", &json!({}))).await, 200);
    world.settle().await;
    let credits: Vec<(String, i64)> = world.credits().await;
    let mut credits: Vec<_> = credits.iter().map(|(kind, minor)| (*minor, kind.as_str())).collect();
    credits.sort_unstable();
    assert_eq!(
        credits,
        [(1000, "cart"), (2000, "landing"), (3000, "promo"), (4999, "click"), (5000, "click"), (6000, "click")]
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_reordered_late_and_forged_deliveries_end_in_one_state() {
    let world = world().await;
    install(&world).await;
    let link = world.link("https://shop.example/", "").await;
    let by_cart = json!({"note_attributes": [{"name": "_cs_ref", "value": link.code.as_str()}]});
    let created = order(1, "49.99", &by_cart);
    let mut updated = by_cart.clone();
    updated["updated_at"] = json!("2027-01-15T09:00:00Z");
    let refund = json!({"id": 9, "order_id": 1, "created_at": "2027-01-15T09:00:00Z", "transactions": [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "USD"}]}).to_string();
    // The refund first, the update before the creation, everything twice, and once under another delivery id.
    for (topic, id, body) in [
        ("refunds/create", "r", &refund),
        ("orders/updated", "u", &order(1, "59.99", &updated)),
        ("orders/create", "c", &created),
        ("refunds/create", "r", &refund),
        ("orders/create", "c", &created),
        ("orders/create", "c2", &created),
        ("refunds/create", "r2", &refund),
    ] {
        assert_eq!(world.deliver(topic, id, body).await, 200);
        world.settle().await;
    }
    assert_eq!(world.credits().await, [("cart".to_owned(), 4999)]);

    let signature = shopify::signature::sign_body("wrong", created.as_bytes());
    assert_eq!(world.deliver_signed("orders/create", "f", &created, &signature).await, 401);
    assert_eq!(world.deliver_signed("orders/create", "f", &created, "").await, 401);
    let changed = created.replace("49.99", "99999.99");
    let signature = shopify::signature::sign_body(world::SECRET, created.as_bytes());
    assert_eq!(world.deliver_signed("orders/create", "f", &changed, &signature).await, 401);
    // Signed but useless bodies are taken, and change nothing.
    for (id, topic, body) in [("x1", "orders/create", "{}"), ("x4", "nobody/knows", "{}")] {
        assert_eq!(world.deliver(topic, id, body).await, 200);
    }
    // Queries and session tokens are signed with the same secret: they are no webhooks.
    for body in ["null", "[]", "shop=vector-shop.myshopify.com&timestamp=1800000000", "e30.e30"] {
        assert_eq!(world.deliver("app/uninstalled", "y", body).await, 400, "{body}");
    }
    let foreign = json!({"myshopify_domain": "other.myshopify.com"}).to_string();
    assert_eq!(world.deliver("app/uninstalled", "z", &foreign).await, 200);
    world.settle().await;
    let shop = domain::shop::ShopDomain::parse(world::SHOP).unwrap();
    let stored = world.flow().store().shop(&shop).await.unwrap().unwrap();
    assert_eq!(stored.uninstalled_at, None, "a body of another shop uninstalls nobody");
    world.settle().await;
    assert_eq!(world.credits().await, [("cart".to_owned(), 4999)]);
    let metrics = world.http.get(format!("{}/metrics", world.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("webhooks_total{outcome=\"forged\"}"), "{metrics}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_public_key_says_makes_no_money() {
    let world = world().await;
    install(&world).await;
    let link = world.link("https://shop.example/", "").await;
    let answer = world.click(link.code.as_str()).await;
    let pv_id = answer.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    let purchase =
        |id: &str| json!({"event_type": "purchase", "pv_id": pv_id, "order_id": id, "revenue": 100}).to_string();
    for id in ["1", "2", "3"] {
        assert_eq!(world.track(&world.pixel_key, &purchase(id)).await.0, 200);
    }
    world.settle().await;
    assert_eq!(world.credits().await, []);
    // The same from a server key is an order; its first report stands.
    assert_eq!(world.track(&world.server_key, &purchase("3")).await.0, 200);
    world.clock.forward(1000);
    assert_eq!(world.track(&world.server_key, &purchase("3").replace("100", "900")).await.0, 200);
    world.settle().await;
    assert_eq!(world.credits().await, [("click".to_owned(), 10_000)]);
    // An order that names its visitor cannot be claimed by another's report.
    let honest = json!({"note_attributes": [{"name": "_cs_pv", "value": PV}]});
    assert_eq!(world.track(&world.pixel_key, &purchase("50")).await.0, 200);
    assert_eq!(world.deliver("orders/create", "w", &order(50, "75.00", &honest)).await, 200);
    world.settle().await;
    assert_eq!(world.credits().await.len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doors_open_only_to_whom_they_should() {
    let world = world().await;
    let get = |path: &str| world.http.get(format!("{}{path}", world.url));
    let location = |answer: &reqwest::Response| answer.headers()["location"].to_str().unwrap().to_owned();
    let anonymous = get("/brand/attribution").send().await.unwrap();
    assert_eq!((anonymous.status().as_u16(), location(&anonymous).as_str()), (302, "/sign-in"));
    let embedded =
        get("/brand/attribution?embedded=1&shop=vector-shop.myshopify.com&host=x&id_token=bad").send().await.unwrap();
    assert!(location(&embedded).starts_with("/auth/session-token?"), "a bad token goes through the bounce page");
    assert!(!location(&embedded).contains("bad"), "and is not carried on");
    let foreign =
        get("/auth/session-token?shop=vector-shop.myshopify.com&shopify-reload=https%3A%2F%2Fevil.example%2F")
            .send()
            .await
            .unwrap();
    assert_eq!(foreign.status(), 400, "no open redirect");

    let forged = world
        .http
        .post(format!("{}/api/fn/setup", world.url))
        .header("authorization", "Bearer not.a.token")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (forged.status().as_u16(), forged.headers()["x-shopify-retry-invalid-session-request"].to_str().unwrap()),
        (401, "1")
    );
    let cross_site = world
        .http
        .post(format!("{}/api/fn/create-key", world.url))
        .header("origin", "https://evil.example")
        .body("kind=server")
        .send()
        .await
        .unwrap();
    assert_eq!(cross_site.status(), 403);
    let nobody = world
        .http
        .post(format!("{}/api/fn/create-key", world.url))
        .header("origin", "http://localhost:4000")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("kind=server")
        .send()
        .await
        .unwrap();
    assert_eq!(nobody.status(), 401);
    assert_eq!(world.flow().keys(&world.merchant).await.unwrap().len(), 2);

    // OAuth: a callback without this browser's state, or with a bad signature, installs nothing.
    let begun = get("/auth?shop=vector-shop.myshopify.com").send().await.unwrap();
    assert_eq!(begun.status(), 302);
    let state = location(&begun).split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert!(begun.headers()["set-cookie"].to_str().unwrap().starts_with("__Host-cs_oauth="));
    let mut pairs: Vec<(String, String)> =
        [("code", "c"), ("shop", "vector-shop.myshopify.com"), ("state", state.as_str()), ("timestamp", "1800000000")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    pairs.push(("hmac".to_owned(), shopify::signature::sign_query(world::SECRET, &pairs)));
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let callback = format!("/auth/callback?{}", query.join("&"));
    assert_eq!(get(&callback).send().await.unwrap().status(), 401, "no cookie");
    assert_eq!(get(&callback).header("cookie", "__Host-cs_oauth=other").send().await.unwrap().status(), 401);
    assert_eq!(
        get(&callback.replace("code=c", "code=d"))
            .header("cookie", format!("__Host-cs_oauth={state}"))
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
    // The right one gets as far as Shopify, which is not there; the same state again does not.
    assert_eq!(get(&callback).header("cookie", format!("__Host-cs_oauth={state}")).send().await.unwrap().status(), 502);
    assert_eq!(
        get(&callback).header("cookie", format!("__Host-cs_oauth={state}")).send().await.unwrap().status(),
        401,
        "replayed"
    );
    assert_eq!(get("/auth?shop=evil.example").send().await.unwrap().status(), 400);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_get_signs_of_life_and_pages_get_safe_headers() {
    let world = world().await;
    let get = async |path: &str| world.http.get(format!("{}{path}", world.url)).send().await.unwrap();
    assert_eq!(get("/healthz").await.json::<Value>().await.unwrap(), json!({"ok": true}));
    assert_eq!(get("/readyz").await.status(), 200);
    let page = get("/sign-in").await;
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("frame-ancestors 'none'")
            && policy.contains("'wasm-unsafe-eval'")
            && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let document = get("/api/openapi.json").await.json::<Value>().await.unwrap();
    assert_eq!(document["openapi"].as_str().unwrap().get(..3), Some("3.1"));
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/api/openapi.json",
            "/api/v1/customers/{client_id}",
            "/api/v1/orders/{id}/attribution",
            "/api/v1/track",
            "/api/v1/track/click",
            "/api/v1/track/lead",
            "/api/v1/track/pixel.js",
            "/api/v1/track/refund",
            "/api/v1/track/sale",
            "/api/v1/{public_key}/customers/{client_id}",
            "/api/webhooks/fairing",
            "/api/webhooks/shopify",
            "/events",
            "/identities"
        ]
    );
    let pixel = get(&format!("/api/v1/track/pixel.js?key={}", world.pixel_key)).await;
    assert_eq!(pixel.headers()["content-type"], "text/javascript; charset=utf-8");
    let etag = pixel.headers()["etag"].clone();
    let again = world
        .http
        .get(format!("{}/api/v1/track/pixel.js?key={}", world.url, world.pixel_key))
        .header("if-none-match", etag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(get("/api/v1/track/pixel.js").await.status(), 401);
    world.stop().await;
}
