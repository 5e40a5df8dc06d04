//! `/brand/attribution/settings`: taking everything out, and deleting everything; and the tables' files.

use server::export::Dataset;

use super::Browser;
use crate::{
    actions::{creator_with_link, deliver_and_settle, install, percent, promo, rule},
    test_server::{Engine, SHOP, TestServer, order, start},
};

async fn fill(server: &TestServer) -> domain::link::Link {
    install(server).await;
    let (_, link) = creator_with_link(server, "Ana Lima", "ANA20").await;
    rule(server, percent("10")).await;
    let mut body: serde_json::Value = serde_json::from_str(&order(501, "100.00", &promo("ANA20"))).unwrap();
    body["email"] = "shopper@example.com".into();
    deliver_and_settle(server, "orders/create", "o501", &body.to_string()).await;
    link
}

async fn owners_take_everything_out(engine: Engine) {
    let server = start(engine).await;
    fill(&server).await;
    let browser = Browser::of(&server).await;
    let page = browser.get("/settings").await;
    for dataset in Dataset::ALL {
        for ending in ["csv", "jsonl"] {
            let path = format!("/settings/exports/{}.{ending}", dataset.name());
            page.shows(&[&path]);
            let file = browser.get(&path).await;
            assert_eq!(file.status, 200, "{path}");
            let expected = if ending == "csv" { "text/csv" } else { "application/jsonl" };
            assert!(file.content_type.starts_with(expected), "{path}: {}", file.content_type);
        }
    }
    browser.get("/settings/exports/orders.csv").await.shows(&["#501"]);
    assert_eq!(browser.get("/settings/exports/nothing.csv").await.status, 404);
    let stranger = Browser { server: &server, cookie: String::new() };
    assert_eq!(stranger.get("/settings/exports/orders.csv").await.location, "/sign-in");
    server.stop().await;
}

async fn owners_delete_everything_after_they_typed_the_domain(engine: Engine) {
    let server = start(engine).await;
    let link = fill(&server).await;
    let browser = Browser::of(&server).await;
    browser.get("/settings").await.shows(&["Delete everything now", SHOP]);
    for typed in ["", "other.myshopify.com", "delete"] {
        let fault = "Shop’s domain must be typed as it is shown above.";
        browser.refused("/settings", "delete-everything", &[("domain", typed)], fault).await;
    }
    assert_eq!(server.click(link.code.as_str()).await.status(), 302, "nothing was changed");
    let page = browser.post("/settings", "delete-everything", &[("domain", SHOP)]).await;
    assert_eq!(page.status, 200);
    page.shows(&["Everything was deleted", "uninstall the app"]);
    assert_eq!(browser.get("/settings").await.location, "/sign-in", "nobody is signed in any more");
    let brand = &server.merchant.brand().id;
    let record = server.store.order_by_external_id(brand, "501").await.unwrap().unwrap();
    assert!(record.order.redacted_at.is_some(), "as Shopify would have it after an uninstall");
    assert_eq!(record.order.email_hash, None);
    let shop = server.store.shops_of(brand).await.unwrap().remove(0);
    assert!(shop.uninstalled_at.is_some() && shop.tokens.is_none());
    let log = server.audit_log().await;
    assert!(log.iter().any(|(_, _, action, subject)| action == "shop.erase" && subject == SHOP), "{log:?}");
    server.stop().await;
}

async fn tables_have_files(engine: Engine) {
    let server = start(engine).await;
    fill(&server).await;
    let browser = Browser::of(&server).await;
    let brand = &server.merchant.brand().id;
    let order = server.store.order_by_external_id(brand, "501").await.unwrap().unwrap().order.id;
    let (creator, link) = {
        let link = server.store.links(brand).await.unwrap().remove(0);
        (link.creator.clone().unwrap(), link.id)
    };
    for (path, text) in [
        (format!("/orders/{order}?ledger-format=csv"), "Ana Lima earned"),
        (format!("/orders/{order}?evidence-format=csv"), "ANA20"),
        (format!("/links/{link}?orders-format=csv"), "#501"),
        (format!("/creators/{creator}?orders-format=csv"), "#501"),
        ("/settings?policies-format=csv".to_owned(), "The beginning"),
        ("/settings/members?members-format=csv".to_owned(), "Person"),
        ("/settings/members?invitations-format=csv".to_owned(), "Invited"),
        ("/setup?keys-format=csv".to_owned(), "Server"),
        ("/payouts?history-format=csv".to_owned(), "Payout"),
    ] {
        let file = browser.get(&path).await;
        assert_eq!(file.status, 200, "{path}");
        assert!(file.content_type.starts_with("text/csv"), "{path}: {}", file.content_type);
        file.shows(&[text]);
    }
    server.stop().await;
}

beside_both_engines!(
    owners_take_everything_out owners_delete_everything_after_they_typed_the_domain tables_have_files
);
