//! Public pages of collabs, as shoppers see them.

use core::fmt::Write;

use super::*;
use crate::{
    actions::{get_attribution, purchase, visitor_of},
    test_server::CHROME,
};

struct Page {
    status: u16,
    policy: String,
    caching: Option<String>,
    html: String,
}

async fn page(server: &TestServer, slug: &str) -> Page {
    let request = server.http.get(format!("{}/c/{slug}", server.url));
    let answer = request.header("user-agent", CHROME).header("accept", "text/html").send().await.unwrap();
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    Page {
        status: answer.status().as_u16(),
        policy: header("content-security-policy").unwrap(),
        caching: header("cache-control"),
        html: answer.text().await.unwrap(),
    }
}

/// The page after what is remembered of it is too old.
async fn page_later(server: &TestServer, slug: &str) -> Page {
    server.clock.advance(61_000);
    page(server, slug).await
}

/// The codes of the links on a page, in order.
fn codes(html: &str) -> Vec<String> {
    let links = html.split("href=\"http://localhost:4000/").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn mug(server: &TestServer) -> Value {
    let body =
        json!({"title": "Mug", "product_url": "https://shop.example/mug", "price_minor": 2000, "currency": "USD"});
    add(server, "products", body).await
}

async fn a_page_shows_what_is_published_and_nothing_else(server: TestServer) {
    let (ana, bo) = (creator(&server, "Ana Lima", "ana").await, creator(&server, "Bo", "bo").await);
    let mug = mug(&server).await;
    change(&server, "products", &mug, json!({"creator_prices": [{"creator": ana, "price_minor": 1500}]})).await;
    let tea = add(&server, "products", json!({"title": "Tea", "inventory": 0, "price_minor": 500})).await;
    let own = collab(&server, &ana, "ana").await;
    change(
        &server,
        "collabs",
        &own,
        json!({"intro": "My kitchen", "affiliate_code": "ANA10", "discount": {"kind": "percentage", "percent_bp": 1250}}),
    )
    .await;
    let other = collab(&server, &bo, "bo").await;
    let drop = json!({
        "collab": id(&own), "title": "Spring", "description": "For mornings", "published": true,
        "products": [
            {"product": id(&mug), "note": "I use it daily", "media_url": "https://cdn.example/mug.jpg"},
            {"product": id(&tea)},
        ],
    });
    let drop = add(&server, "drops", drop).await;
    let draft = add(&server, "drops", json!({"collab": id(&own), "title": "Secret draft"})).await;
    add(&server, "drops", json!({"collab": id(&other), "title": "Drop of Bo", "published": true})).await;
    let shown = page(&server, "ana").await;
    assert_eq!((shown.status, shown.caching.as_deref()), (200, Some("public, max-age=60")));
    assert!(shown.policy.starts_with("default-src 'none'; style-src 'sha256-") && !shown.policy.contains("script"));
    for text in [
        "<title>Ana Lima × Vector</title>",
        "My kitchen",
        "<b>ANA10</b>: 12.5% off",
        "Spring",
        "For mornings",
        "I use it daily",
        "<b>$15.00</b><s>$20.00</s>",
        "<b>$5.00</b>",
        "Sold out",
        "<img src=\"https://cdn.example/mug.jpg\" alt=\"\" loading=\"lazy\" referrerpolicy=\"no-referrer\">",
    ] {
        assert!(shown.html.contains(text), "{text}: {}", shown.html);
    }
    assert!(!shown.html.contains("Secret draft") && !shown.html.contains("of Bo") && !shown.html.contains("<script"));
    assert_eq!(codes(&shown.html).len(), 2, "the shop and the mug");
    server.clock.advance(1_000);
    change(&server, "drops", &draft, json!({"published": true})).await;
    assert!(!page(&server, "ana").await.html.contains("Secret draft"), "remembered for a minute");
    let later = page_later(&server, "ana").await.html;
    assert!(later.find("Secret draft").unwrap() < later.find("Spring").unwrap(), "the newest first");
    change(&server, "drops", &drop, json!({"published": false})).await;
    change(&server, "drops", &draft, json!({"archived": true})).await;
    let later = page_later(&server, "ana").await;
    assert!(!later.html.contains("Spring") && !later.html.contains("Secret draft") && later.status == 200);
    for (hidden, shown) in [
        (json!({"archived": true}), json!({"archived": false})),
        (json!({"status": "ended"}), json!({"status": "active"})),
        (json!({"slug": null}), json!({"slug": "ana"})),
    ] {
        change(&server, "collabs", &own, hidden).await;
        let gone = page_later(&server, "ana").await;
        assert!(gone.status == 404 && gone.html.contains("<h1>") && !gone.html.contains("Ana"), "{}", gone.html);
        change(&server, "collabs", &own, shown).await;
        assert_eq!(page(&server, "ana").await.status, 200, "at once");
    }
    server.flow().creators().erase(&server.merchant, &ana.parse().unwrap()).await.unwrap();
    assert_eq!(page_later(&server, "ana").await.status, 404);
    for slug in ["nobody", "Ana", "%00", "%ff", "a%2fb"] {
        assert_eq!(page(&server, slug).await.status, 404, "{slug}");
    }
    let answer = server.http.get(format!("{}/c/nobody", server.url)).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"error": "Page not found"}));
    server.stop().await;
}

async fn a_page_shows_posts_once_they_are_published(server: TestServer) {
    let (ana, bo) = (creator(&server, "Ana", "ana").await, creator(&server, "Bo", "bo").await);
    collab(&server, &ana, "ana").await;
    let link = add(&server, "links", json!({"creator": ana, "destination": "https://shop.example/story"})).await;
    let post = |creator: &str, title: &str, posted_at: Option<i64>| {
        let posted_at = posted_at.map(|ms| domain::UnixMs(ms).to_rfc3339());
        let url = format!("https://social.example/{title}");
        json!({"creator": creator, "title": title, "url": url, "posted_at": posted_at, "platform": "instagram"})
    };
    let now = server.clock_now().0;
    let mut shown = post(&ana, "Breakfast", Some(now - 2_000));
    shown["link"] = id(&link).into();
    shown["media_url"] = "https://cdn.example/b.jpg".into();
    let shown = add(&server, "content", shown).await;
    for hidden in
        [post(&ana, "For-review", None), post(&ana, "Tomorrow", Some(now + 90_000)), post(&bo, "Of-Bo", Some(now))]
    {
        add(&server, "content", hidden).await;
    }
    let first = page(&server, "ana").await.html;
    for text in [
        "<h2>Posts</h2>",
        "<h3>Breakfast</h3>",
        "<img src=\"https://cdn.example/b.jpg\"",
        "href=\"https://social.example/Breakfast\" aria-label=\"View Breakfast on Instagram\">View on Instagram</a>",
    ] {
        assert!(first.contains(text), "{text}: {first}");
    }
    for text in ["For-review", "Tomorrow", "Of-Bo", "has not published"] {
        assert!(!first.contains(text), "{text}: {first}");
    }
    assert_eq!(codes(&first).last(), link["code"].as_str().map(str::to_owned).as_ref(), "the post's own link");
    server.clock.advance(60_000);
    let later = page_later(&server, "ana").await.html;
    assert!(later.find("Tomorrow").unwrap() < later.find("Breakfast").unwrap(), "its time has come");
    change(&server, "content", &shown, json!({"archived": true})).await;
    assert!(!page_later(&server, "ana").await.html.contains("Breakfast"));
    server.stop().await;
}

async fn hostile_texts_do_nothing(server: TestServer) {
    let script = "<script>alert(1)</script>";
    let attribute = "\" onload=\"alert(1)";
    let ana = creator(&server, &format!("Ana {script}"), "ana").await;
    let product = add(
        &server,
        "products",
        json!({
            "title": format!("{attribute}{script}"), "product_url": format!("https://shop.example/{script}{attribute}"),
            "image_url": format!("https://cdn.example/a.jpg{attribute}"), "price_minor": 100,
        }),
    )
    .await;
    let own = collab(&server, &ana, "ana").await;
    change(&server, "collabs", &own, json!({"intro": script, "affiliate_code": "\"><IMG SRC=X>"})).await;
    let shown =
        json!([{"product": id(&product), "note": script, "media_url": format!("https://cdn.example/{attribute}")}]);
    let drop =
        json!({"collab": id(&own), "title": script, "description": attribute, "published": true, "products": shown});
    add(&server, "drops", drop).await;
    let post = json!({
        "creator": ana, "title": format!("{attribute}{script}"), "posted_at": "2026-01-01T00:00:00Z",
        "url": format!("https://social.example/{script}{attribute}"),
        "media_url": format!("https://cdn.example/b.jpg{attribute}"),
    });
    add(&server, "content", post).await;
    let html = page(&server, "ana").await.html;
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    let lower = html.to_lowercase();
    for text in ["<script", "\" onload", "javascript:", "<img src=x"] {
        assert!(!lower.contains(text), "{text}: {html}");
    }
    // Every tag is one of ours, with our attributes only.
    let mut tags = String::new();
    for tag in html.split("</style>").nth(1).unwrap().split('<').skip(1) {
        let name = tag.split(|end: char| !end.is_ascii_alphanumeric() && end != '/').next().unwrap();
        let _ = write!(tags, "{name} ");
    }
    assert_eq!(
        tags,
        "/head body header p /p h1 /h1 p /p p b /b /p a /a /header main section h2 /h2 p /p ul li img div h3 /h3 p /p \
         p b /b /p a /a /div /li /ul /section section h2 /h2 ul li img div h3 /h3 p a /a /p /div /li /ul /section \
         /main footer /footer /body /html "
    );
    server.stop().await;
}

async fn a_click_on_a_page_credits_its_creator(server: TestServer) {
    let (ana, bo) = (creator(&server, "Ana", "ana").await, creator(&server, "Bo", "bo").await);
    let mug = mug(&server).await;
    let mut product_codes = Vec::new();
    for (creator, slug) in [(&ana, "ana"), (&bo, "bo")] {
        let own = collab(&server, creator, slug).await;
        let body = json!({"collab": id(&own), "title": "D", "published": true, "products": [{"product": id(&mug)}]});
        add(&server, "drops", body.clone()).await;
        add(&server, "drops", body).await;
        let codes = codes(&page(&server, slug).await.html);
        assert_eq!((codes.len(), &codes[1]), (3, &codes[2]), "one link to a product");
        product_codes.push(codes[1].clone());
        let visitor = visitor_of(&server, &codes[1]).await;
        purchase(&server, &visitor, &format!("order-{slug}"), "20.00").await;
        server.settle().await;
        let (_, answer) = get_attribution(&server, &format!("order-{slug}")).await;
        assert!(answer.to_string().contains(creator.as_str()), "{answer}");
        let visitor = visitor_of(&server, &codes[0]).await;
        purchase(&server, &visitor, &format!("shop-{slug}"), "10.00").await;
        server.settle().await;
        let (_, answer) = get_attribution(&server, &format!("shop-{slug}")).await;
        assert!(answer.to_string().contains(creator.as_str()), "{answer}");
    }
    let location = async |code: &str| {
        let answer = server.click(code).await;
        answer.headers().get("location").map(|location| location.to_str().unwrap().to_owned())
    };
    assert!(location(&product_codes[0]).await.unwrap().starts_with("https://shop.example/mug?"));
    // The product's page moves: every creator's link to it follows, at once.
    change(&server, "products", &mug, json!({"product_url": "https://shop.example/new-mug"})).await;
    for code in &product_codes {
        let mut is_moved = false;
        for _ in 0..100 {
            is_moved = location(code).await.unwrap().starts_with("https://shop.example/new-mug?");
            if is_moved {
                break;
            }
            tokio::time::sleep(core::time::Duration::from_millis(20)).await;
        }
        assert!(is_moved);
    }
    // A link that the brand archives is no longer on the page, until the drop is saved again.
    let (_, links) = get(&server, &format!("links?creator={ana}&archived=false")).await;
    let links = links["data"].as_array().unwrap();
    let own = links.iter().find(|link| link["code"] == json!(product_codes[0])).unwrap();
    assert_eq!(call(&server, Method::DELETE, &format!("links/{}", id(own)), &Value::Null).await.0, 200);
    let shown = codes(&page_later(&server, "ana").await.html);
    assert!(shown[1..].iter().all(|code| *code == shown[0]), "through the collab's link");
    let (_, drops) = get(&server, &format!("drops?creator={ana}&limit=1")).await;
    change(&server, "drops", &drops["data"][0], json!({"title": "Again"})).await;
    let shown = codes(&page_later(&server, "ana").await.html);
    assert!(shown[1] != shown[0] && shown[1] != product_codes[0]);
    server.stop().await;
}

on_both_engines!(a_page_shows_what_is_published_and_nothing_else a_page_shows_posts_once_they_are_published hostile_texts_do_nothing a_click_on_a_page_credits_its_creator);
