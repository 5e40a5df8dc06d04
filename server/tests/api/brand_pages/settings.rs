//! `/brand/attribution/settings`: taking everything out, and deleting everything; and the tables' files.

use server::export::Dataset;

use super::Browser;
use crate::{
    actions::{creator_with_link, deliver_and_settle, install, percent, promo, rule},
    test_server::{Engine, SHOP, TestServer, operator, order, start},
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

/// The time zone stays once something was counted: the figures of earlier days would change too.
async fn owners_change_name_time_zone_and_currency(engine: Engine) {
    let server = start(engine).await;
    let (flow, path) = (server.flow(), "/settings/brand");
    let browser = Browser::of(&server).await;
    browser.get("/settings").await.shows(&["/brand/attribution/settings/brand"]);
    browser.get(path).await.shows(&["Asia/Tokyo", "Days begin at midnight"]);
    let fields = |name, zone, currency| [("name", name), ("zone", zone), ("currency", currency)];
    for (fields, fault) in [
        (fields(" ", "UTC", "USD"), "Name must be 1 to 120 characters"),
        (fields("Vector", "Mars/Olympus", "USD"), "Time zone must be one such as Europe/Berlin"),
        (fields("Vector", "UTC", "XYZ"), "Currency must be an ISO 4217 code"),
    ] {
        browser.refused(path, "brand", &fields, fault).await;
    }
    let hosts = [("allowed", "shop.example.com, foo/bar"), ("storefronts", "")];
    let page = browser.post("/settings", "hosts", &hosts).await;
    assert_eq!(page.status, 422);
    page.shows(&["aria-invalid=\"true\"", "Allowed hosts: foo/bar is not a host such as shop.example.com"]);
    let brand = server.merchant.brand().id.clone();
    let merchant = async || flow.access().merchant_by_operator(operator(), &brand).await.unwrap();
    flow.policies().save_settings(&merchant().await, 30, false, false, vec![10_000]).await.unwrap();
    let fault = "Currency: remove the revenue milestones first, they are in USD";
    browser.refused(path, "brand", &fields("Vector", "UTC", "EUR"), fault).await;
    flow.policies().save_settings(&merchant().await, 30, false, false, Vec::new()).await.unwrap();
    let tier = |min_revenue| domain::tier::TierRule {
        tier: "gold".into(),
        min_orders: Some(1),
        min_revenue,
        window_days: 30,
        ..Default::default()
    };
    let usd = domain::Money::parse("50", domain::Currency::USD).unwrap();
    flow.tiers().save(&merchant().await, vec![tier(Some(usd))]).await.unwrap();
    let fault = "Currency: remove the revenue of tiers first, it is in USD";
    browser.refused(path, "brand", &fields("Vector", "UTC", "EUR"), fault).await;
    flow.tiers().save(&merchant().await, vec![tier(None)]).await.unwrap();
    let budget = flow::campaign::CampaignForm { name: "Launch".into(), budget: "10.50".into(), ..Default::default() };
    let campaign = flow.campaigns().add(&merchant().await, &budget).await.unwrap().campaign.id;

    // Tiers of the new currency may stay.
    let jpy = domain::Money::parse("50", domain::Currency::parse("JPY").unwrap()).unwrap();
    flow.tiers().save(&merchant().await, vec![tier(Some(jpy))]).await.unwrap();
    let closed = domain::time::Day::parse("2027-01-14").unwrap();
    flow.policies().close_period(&merchant().await, closed).await.unwrap();
    let fault = "Time zone: today would be 2027-01-14, which is closed";
    browser.refused(path, "brand", &fields("Vector", "Pacific/Honolulu", "USD"), fault).await;
    let saved = browser.post(path, "brand", &fields("Vector Japan", "Asia/Tokyo", "jpy")).await;
    assert_eq!(saved.location, "/brand/attribution/settings?done=saved");
    browser.get("/settings").await.shows(&["Vector Japan", "Asia/Tokyo", "JPY"]);
    let log = server.audit_log().await;
    let is_noted = |action: &str, subject: &str| action == "settings.brand" && subject == "Asia/Tokyo, JPY";
    assert!(log.iter().any(|(_, _, action, subject)| is_noted(action, subject)), "{log:?}");
    // An amount of before keeps its currency, also when it is saved again.
    let renamed = flow::campaign::CampaignForm { name: "Launch day".into(), ..budget };
    let plan = flow.campaigns().change(&merchant().await, &campaign, &renamed).await.unwrap().plan;
    assert_eq!(plan.budget.map(|budget| (budget.minor, budget.currency.code())), Some((1_050, "USD")));

    fill(&server).await;
    // It is one o'clock on the next day in Tokyo.
    server.clock.advance(8 * domain::time::HOUR_MS);
    let link = server.store.links(&brand).await.unwrap().remove(0);
    assert_eq!(server.click(link.code.as_str()).await.status(), 302);
    server.settle().await;
    let fault = "Time zone cannot change once something was counted";
    browser.refused(path, "brand", &fields("Vector", "UTC", "JPY"), fault).await;
    let saved = browser.post(path, "brand", &fields("Vector", "Asia/Tokyo", "JPY")).await;
    assert_eq!(saved.status, 303);
    let day = |text| domain::time::Day::parse(text).unwrap();
    let period = domain::time::Period { from: day("2027-01-15"), to: day("2027-01-16") };
    let overview = flow.reports().overview(&merchant().await, period).await.unwrap();
    let clicks: Vec<_> = overview.days.iter().map(|(day, figures)| (day.to_string(), figures.clicks.clicks)).collect();
    assert_eq!(clicks, [("2027-01-15".to_owned(), 0), ("2027-01-16".to_owned(), 1)]);
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
    owners_change_name_time_zone_and_currency
);
