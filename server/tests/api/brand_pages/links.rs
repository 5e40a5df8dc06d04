//! `/brand/attribution/links`.

use super::Browser;
use crate::test_server::{Engine, TestServer, order, start};

const FORM: [(&str, &str); 3] = [
    ("destination", "https://vector-shop.myshopify.com/products/shirt"),
    ("new_creator", "Jessica Styles"),
    ("new_campaign", "Spring launch"),
];

async fn links(server: &TestServer) -> Vec<domain::link::Link> {
    server.flow().links().list(&server.merchant).await.unwrap()
}

async fn links_are_made_moved_and_archived(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    browser.get("/links").await.shows(&["No links yet", "New link"]);
    browser.get("/links?new=1").await.shows(&["Destination URL", "or new creator"]);

    let wrong = [("destination", "javascript:alert(1)"), FORM[1], FORM[2]];
    let page =
        browser.refused("/links", "create", &wrong, "Destination URL must begin with https:// or http://.").await;
    page.shows(&["javascript:alert(1)", "Jessica Styles", "aria-invalid=\"true\""]);
    assert!(links(&server).await.is_empty());
    assert!(server.flow().creators().list(&server.merchant).await.unwrap().is_empty(), "nothing was added");

    let page = browser.done("/links", "create", &FORM).await;
    let made = links(&server).await.remove(0);
    let code = made.code.to_string();
    page.shows(&["Link created", &code, "↳ /products/shirt", "Jessica Styles", "Spring launch"]);
    let again = browser.done("/links", "create", &FORM).await;
    again.shows(&["Link created"]);
    assert_eq!(server.flow().creators().list(&server.merchant).await.unwrap().len(), 1, "found by name");
    let [one, two] = &links(&server).await[..] else { panic!("two links") };
    let ids = [("id", one.id.as_str()), ("id", two.id.as_str())];

    browser.refused("/links", "campaign", &ids, "Choose a campaign first.").await;
    browser.refused("/links", "archive", &[], "Tick the links first.").await;
    let none = [ids[0], ids[1], ("campaign", "none")];
    browser.done("/links", "campaign", &none).await.shows(&["Campaign set for 2 links."]);
    assert!(links(&server).await.iter().all(|link| link.campaign.is_none()));

    let page = browser.done("/links?campaign=&q=shirt", "archive", &ids).await;
    page.shows(&["2 links archived", "Undo"]);
    assert!(links(&server).await.iter().all(|link| link.deleted_at.is_some()));
    browser.get("/links?state=archived").await.shows(&[&code, "Archived", "Restore"]);
    browser.done("/links", "restore", &ids).await.shows(&["Active again", &code]);
    assert!(links(&server).await.iter().all(|link| link.deleted_at.is_none()));
    assert_eq!(server.click(&code).await.status(), 302, "it redirects again");

    let file = browser.get("/links?format=csv").await;
    assert_eq!(file.content_type, "text/csv; charset=utf-8");
    file.shows(&["Link,Creator,Campaign,14 days,Clicks,Revenue", "Jessica Styles"]);
    server.stop().await;
}

async fn a_link_has_a_page_of_its_own(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    browser.done("/links", "create", &[FORM[0], FORM[1], ("promo_code", "jess20")]).await;
    let link = links(&server).await.remove(0);
    let path = format!("/links/{}", link.id);
    browser.get(&path).await.shows(&[link.code.as_str(), "Jessica Styles", "JESS20", "Private", "QR code"]);
    let file = browser.get(&format!("{path}/qr")).await;
    assert_eq!(file.content_type, "image/svg+xml");
    file.shows(&["<svg xmlns=\"http://www.w3.org/2000/svg\"", "<path d=\"M"]);

    let form = [
        ("destination", "https://vector-shop.myshopify.com/pages/about"),
        ("promo_code", "jess30"),
        ("expires_on", "2027-02-01"),
        ("share_revenue", "on"),
        ("platform", "tiktok"),
    ];
    let past = [form[0], ("expires_on", "2020-01-01")];
    browser.refused(&path, "edit", &past, "Expiry must be in the future.").await.shows(&["2020-01-01"]);
    browser.done(&path, "edit", &form).await.shows(&["Saved.", "/pages/about", "JESS30", "TikTok", "Works until"]);
    // What is shown is what is sent again: nothing changes by it.
    let before = links(&server).await;
    browser.done(&path, "edit", &form).await;
    assert_eq!(links(&server).await, before);
    let to = server.click(link.code.as_str()).await.headers()["location"].to_str().unwrap().to_owned();
    assert!(to.starts_with("https://vector-shop.myshopify.com/pages/about"), "{to}");

    let sale = order(
        7,
        "40.00",
        &serde_json::json!({"discount_codes": [{"code": "JESS30", "amount": "0", "type": "percentage"}]}),
    );
    assert_eq!(server.deliver("orders/create", "one", &sale).await, 200);
    server.settle().await;
    browser.get(&path).await.shows(&["#7", "$40.00"]);
    // Orders that nobody earned had this code: a link that is older must not come to earn them.
    let code = serde_json::json!({"discount_codes": [{"code": "welcome_10", "amount": "0", "type": "percentage"}]});
    let new = flow::link::NewLink { destination: "https://shop.example/".into(), ..flow::link::NewLink::default() };
    let older = server.flow().links().create(&server.merchant, &new).await.unwrap();
    server.clock.advance(60_000);
    let now = server.flow().now().to_rfc3339();
    let mut extra = code.clone();
    extra["created_at"] = serde_json::json!(now);
    assert_eq!(server.deliver("orders/create", "two", &order(8, "40.00", &extra)).await, 200);
    server.settle().await;
    let edited = |promo_code: &str| flow::link::NewLink { promo_code: promo_code.into(), ..new.clone() };
    let links = server.flow().links();
    let refused = links.edit(&server.merchant, &older.id, &edited("Welcome_10")).await.unwrap_err().to_string();
    assert!(refused.contains("orders have used since the link was made"), "{refused}");
    // The underscore is matched literally, not as a wildcard.
    links.edit(&server.merchant, &older.id, &edited("welcome-10")).await.unwrap();
    server.clock.advance(60_000);
    let newer = links.create(&server.merchant, &new).await.unwrap();
    links.edit(&server.merchant, &newer.id, &edited("welcome_10")).await.unwrap();
    let changed = [form[0], ("promo_code", "other")];
    browser.refused(&path, "edit", &changed, "Promo code stays as it is once orders are credited").await;
    browser.done("/links", "campaign", &[("id", link.id.as_str()), ("campaign", "none")]).await;
    let campaign = server.flow().campaigns().create(&server.merchant, "Summer").await.unwrap();
    let late = [("id", link.id.as_str()), ("campaign", campaign.id.as_str())];
    browser.done("/links", "campaign", &late).await.shows(&["1 stays where it is: orders are credited to it."]);

    browser.done(&path, "archive", &[]).await.shows(&["1 link archived", "Archived", "Restore"]);
    browser.done(&path, "restore", &[("id", link.id.as_str())]).await.shows(&["Active again"]);
    assert_eq!(browser.get("/links/lnk_unknown").await.status, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_made_moved_and_archived_on_both_databases() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        links_are_made_moved_and_archived(engine).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_has_a_page_of_its_own_on_both_databases() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        a_link_has_a_page_of_its_own(engine).await;
    }
}
