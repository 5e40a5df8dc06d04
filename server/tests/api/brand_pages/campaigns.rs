//! `/brand/attribution/campaigns`.

use super::Browser;
use crate::test_server::{Engine, start};

async fn campaigns_have_budgets_and_dates(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    browser.get("/campaigns").await.shows(&["No campaigns yet"]);
    let form = [("name", "Spring launch"), ("budget", "2500"), ("starts_on", "2027-01-10"), ("ends_on", "2027-02-10")];
    let wrong = [form[0], ("budget", "much"), form[2], ("ends_on", "2027-01-01")];
    let page = browser.refused("/campaigns", "create", &wrong, "Budget must be a decimal number.").await;
    page.shows(&["Last day must not be before the first.", "value=\"much\"", "Spring launch"]);
    let page = browser.done("/campaigns", "create", &form).await;
    page.shows(&["Campaign created", "$2,500.00", "10 Jan – 10 Feb", "Running"]);
    let planned = server.flow().campaigns().planned(&server.merchant).await.unwrap().remove(0);
    let path = format!("/campaigns/{}", planned.campaign.id);
    browser.refused("/campaigns", "create", &form, "Name is another campaign").await;

    let link = [
        ("destination", "https://vector-shop.myshopify.com/"),
        ("new_creator", "Jess"),
        ("campaign", planned.campaign.id.as_str()),
    ];
    browser.done("/links", "create", &link).await;
    let page = browser.get(&path).await;
    page.shows(&["Jess", "Latest orders", "↳ vector-shop.myshopify.com"]);
    browser.get("/campaigns").await.shows(&["1 creator · 10 Jan – 10 Feb"]);
    let page =
        browser.done(&path, "edit", &[("name", "Spring"), ("budget", ""), ("starts_on", ""), ("ends_on", "")]).await;
    page.shows(&["Saved.", "<h1 tabindex=\"-1\">Spring</h1>"]);
    assert!(!page.text.contains("$2,500.00"));

    let id = planned.campaign.id.as_str();
    browser.done("/campaigns", "archive", &[("id", id)]).await.shows(&["Archived. Its links keep working.", "Undo"]);
    assert!(!browser.get("/links?new=1").await.text.contains(">Spring</option>"), "forms do not offer it");
    browser.get("/campaigns?state=archived").await.shows(&["Spring"]);
    browser.done("/campaigns", "restore", &[("id", id)]).await.shows(&["Active again", "Spring"]);
    assert_eq!(browser.get("/campaigns/cmp_unknown").await.status, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn campaigns_have_budgets_and_dates_on_both_databases() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        campaigns_have_budgets_and_dates(engine).await;
    }
}
