use crate::test_server::{PV, SECRET, TestServer};

async fn endpoints_reject_wrong_credentials(server: TestServer) {
    let get = |path: &str| server.http.get(format!("{}{path}", server.url));
    let location = |answer: &reqwest::Response| answer.headers()["location"].to_str().unwrap().to_owned();
    let anonymous = get("/brand/attribution").send().await.unwrap();
    assert_eq!((anonymous.status().as_u16(), location(&anonymous).as_str()), (302, "/sign-in"));
    let embedded =
        get("/brand/attribution?embedded=1&shop=vector-shop.myshopify.com&host=x&id_token=bad").send().await.unwrap();
    assert!(
        location(&embedded).starts_with("/auth/session-token?"),
        "an invalid token is replaced through the bounce page"
    );
    assert!(!location(&embedded).contains("bad"), "the invalid token is not passed on");
    let foreign =
        get("/auth/session-token?shop=vector-shop.myshopify.com&shopify-reload=https%3A%2F%2Fevil.example%2F")
            .send()
            .await
            .unwrap();
    assert_eq!(foreign.status(), 400, "no open redirect");

    // The admin of a shop, and no other page of a shop, which may be anybody's.
    for (host, to) in [
        ("admin.shopify.com/store/vector-shop", Some("https://admin.shopify.com/store/vector-shop/apps/")),
        ("vector-shop.myshopify.com/admin", Some("https://vector-shop.myshopify.com/admin/apps/")),
        ("vector-shop.myshopify.com/pages/login", None),
        ("vector-shop.myshopify.com", None),
        ("admin.shopify.com/login", None),
        ("admin.shopify.com/store/a/b", None),
        ("evil.example/admin", None),
    ] {
        let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD_NO_PAD, host);
        let answer = get(&format!("/brand/attribution?host={encoded}")).send().await.unwrap();
        assert!(location(&answer).starts_with(to.unwrap_or("/sign-in")), "{host}: {}", location(&answer));
    }

    let forged = server
        .http
        .post(format!("{}/brand/attribution/links", server.url))
        .header("authorization", "Bearer not.a.token")
        .header("origin", "http://localhost:4000")
        .body("do=create")
        .send()
        .await
        .unwrap();
    assert_eq!((forged.status().as_u16(), location(&forged).as_str()), (302, "/sign-in"));
    let cross_site = server
        .http
        .post(format!("{}/brand/attribution/links", server.url))
        .header("cookie", server.sign_in().await)
        .header("origin", "https://evil.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("do=create&destination=https%3A%2F%2Fshop.example%2Fp")
        .send()
        .await
        .unwrap();
    assert_eq!(cross_site.status(), 403);
    let unauthenticated = server
        .http
        .post(format!("{}/brand/attribution/links", server.url))
        .header("origin", "http://localhost:4000")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("do=create&destination=https%3A%2F%2Fshop.example%2Fp")
        .send()
        .await
        .unwrap();
    assert_eq!((unauthenticated.status().as_u16(), location(&unauthenticated).as_str()), (302, "/sign-in"));
    assert_eq!(server.flow().links().list(&server.merchant).await.unwrap(), []);

    // OAuth: a callback without this browser's state cookie, or with a wrong signature, installs nothing.
    let begun = get("/auth?shop=vector-shop.myshopify.com").send().await.unwrap();
    assert_eq!(begun.status(), 302);
    let state = location(&begun).split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert!(begun.headers()["set-cookie"].to_str().unwrap().starts_with("__Host-cs_oauth="));
    let mut pairs: Vec<(String, String)> =
        [("code", "c"), ("shop", "vector-shop.myshopify.com"), ("state", state.as_str()), ("timestamp", "1800000000")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    pairs.push(("hmac".to_owned(), shopify::signature::sign_query(SECRET, &pairs)));
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let callback = format!("/auth/callback?{}", query.join("&"));
    assert_eq!(get(&callback).send().await.unwrap().status(), 401, "no state cookie");
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
    // A valid callback reaches the call to Shopify, which fails (502). A state can be used only once.
    assert_eq!(get(&callback).header("cookie", format!("__Host-cs_oauth={state}")).send().await.unwrap().status(), 502);
    assert_eq!(
        get(&callback).header("cookie", format!("__Host-cs_oauth={state}")).send().await.unwrap().status(),
        401,
        "replayed"
    );
    assert_eq!(get("/auth?shop=evil.example").send().await.unwrap().status(), 400);
    server.stop().await;
}

async fn revoked_keys_are_rejected_immediately(server: TestServer) {
    let event = format!(r#"{{"event_type":"page_view","pv_id":"{PV}"}}"#);
    assert_eq!(server.track(&server.pixel_key, &event).await.0, 200);
    for key in server.flow().setup().keys(&server.merchant).await.unwrap() {
        server.flow().setup().revoke_key(&server.merchant, &key.id).await.unwrap();
    }
    assert_eq!(server.track(&server.pixel_key, &event).await.0, 401);
    server.stop().await;
}

on_both_engines!(endpoints_reject_wrong_credentials revoked_keys_are_rejected_immediately);
