use serde_json::{Value, json};

use crate::test_server::{CHROME, TestServer};

async fn clicks_redirect_with_visitor_id_and_cookie(server: TestServer) {
    server.flow().policies().save_hosts(&server.merchant, "", "shop.example").await.unwrap();
    let link = server.link("https://shop.example/p?variant=1#reviews", "").await;
    let answer = server.click(link.code.as_str()).await;
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

    let request = |path: String| server.http.get(format!("{}{path}", server.url)).header("user-agent", CHROME);
    let again = request(format!("/api/v1/track/click?code={}", link.code.as_str().to_uppercase()))
        .header("cookie", format!("_cs_pv={pv_id}"))
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 302);
    assert!(again.headers()["location"].to_str().unwrap().contains(&pv_id), "a returning visitor keeps the id");
    for path in [format!("/{}/", link.code), format!("/{}/?utm_source=x", link.code)] {
        let slash = request(path.clone()).header("sec-fetch-dest", "image").send().await.unwrap();
        assert_eq!(slash.status(), 302, "{path}");
        assert!(slash.headers()["location"].to_str().unwrap().starts_with("https://shop.example/p?"), "{path}");
    }
    let trailing_character =
        request(format!("/{}_", link.code)).header("cookie", "_cs_pv=<script>").send().await.unwrap();
    assert_eq!(trailing_character.status(), 302);
    assert!(!trailing_character.headers()["location"].to_str().unwrap().contains("script"));

    // Image requests, link previews and HEAD are redirected, but get no cookie and no credit.
    let image = request(format!("/{}", link.code)).header("sec-fetch-dest", "image").send().await.unwrap();
    assert_eq!((image.status().as_u16(), image.headers().contains_key("set-cookie")), (302, false));
    let bot = server
        .http
        .get(format!("{}/{}", server.url, link.code))
        .header("user-agent", "facebookexternalhit/1.1")
        .send()
        .await
        .unwrap();
    assert_eq!((bot.status().as_u16(), bot.headers().contains_key("set-cookie")), (302, false));
    let head =
        server.http.head(format!("{}/{}", server.url, link.code)).header("user-agent", CHROME).send().await.unwrap();
    assert_eq!(head.status(), 302);

    let clicks = server.flow().exports().clicks(&server.merchant, "", 100).await.unwrap();
    let seen: Vec<_> = clicks.iter().map(|record| (record.click.bot.is_some(), record.is_unique)).collect();
    assert_eq!(seen.len(), 7, "HEAD is not stored");
    assert_eq!(
        seen.iter().filter(|flags| **flags == (false, true)).count(),
        1,
        "one visitor, one unique click: {seen:?}"
    );
    assert_eq!(seen.iter().filter(|(is_bot, _)| *is_bot).count(), 4);
    assert_eq!(
        (clicks[0].click.device.as_str(), clicks[0].click.browser.as_str(), clicks[0].click.os.as_str()),
        ("desktop", "Chrome", "Windows")
    );

    for path in ["/zzzzzzzz", "/zzzzzzzz/", "/short", "/api/v1/track/click", "/api/v1/track/click?code=", "/%00%ff"] {
        let answer = server.http.get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({"error": "Tracking link not found"}), "{path}");
    }
    let page =
        server.http.get(format!("{}/zzzzzzzz", server.url)).header("accept", "text/html,*/*").send().await.unwrap();
    assert_eq!(page.status(), 404);
    assert!(page.text().await.unwrap().contains("This link does not work"));

    server.flow().links().delete(&server.merchant, &link.id).await.unwrap();
    for _ in 0..50 {
        if server.click(link.code.as_str()).await.status() == 404 {
            return server.stop().await;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    panic!("a deleted link still redirects");
}

/// Who sends Global Privacy Control is led on and counted, and nobody knows them again.
async fn who_refuses_to_be_followed_is_not(server: TestServer) {
    let link = server.link("https://shop.example/p", "").await;
    let visit = async |refusal: &str, cookie: &str| {
        let request = server.http.get(format!("{}/{}", server.url, link.code)).header("user-agent", CHROME);
        let answer = request.header("sec-gpc", refusal).header("cookie", cookie).send().await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        (location, answer.headers().contains_key("set-cookie"))
    };
    let known = "_cs_pv=550e8400-e29b-41d4-a716-446655440000";
    let bare = format!("https://shop.example/p?cs_ref={}", link.code);
    for cookie in ["", known] {
        assert_eq!(visit("1", cookie).await, (bare.clone(), false), "{cookie}");
    }
    let (location, has_cookie) = visit("0", known).await;
    assert!(location.contains("cs_pv=550e8400") && has_cookie, "{location}");
    let clicks = server.flow().exports().clicks(&server.merchant, "", 100).await.unwrap();
    let mut visitors: Vec<_> =
        clicks.iter().map(|record| (record.click.pv_id.as_str(), record.click.bot.is_some())).collect();
    visitors.sort_unstable();
    assert_eq!(visitors, [("", false), ("", false), (&known[7..], false)]);
    server.stop().await;
}

async fn a_page_for_shoppers_is_in_their_language(server: TestServer) {
    let page = async |language: &str| {
        let request = server.http.get(format!("{}/zzzzzzzz", server.url)).header("accept", "text/html");
        request.header("accept-language", language).send().await.unwrap().text().await.unwrap()
    };
    let german = page("de-AT,de;q=0.9,en;q=0.5").await;
    assert!(
        german.contains("<html lang=\"de\">") && german.contains("<h1>Dieser Link funktioniert nicht</h1>"),
        "{german}"
    );
    let other = page("fr").await;
    assert!(
        other.contains("<html lang=\"en\">") && other.contains("<title>This link does not work</title>"),
        "{other}"
    );
    server.stop().await;
}

on_both_engines!(
    clicks_redirect_with_visitor_id_and_cookie
    who_refuses_to_be_followed_is_not
    a_page_for_shoppers_is_in_their_language
);
