//! `/brand/attribution/creators`.

use flow::link::NewLink;

use super::Browser;
use crate::test_server::{Engine, TestServer, order, start};

async fn creators(server: &TestServer) -> Vec<domain::creator::Creator> {
    server.flow().creators().list(&server.merchant).await.unwrap()
}

async fn creators_are_added_and_changed(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    browser.get("/creators?new=1").await.shows(&["No creators yet", "Add creator"]);
    let wrong = [("name", "Jessica"), ("handle", "a b"), ("email", "nobody")];
    let page = browser.refused("/creators", "create", &wrong, "Handle must be 1 to 64 letters").await;
    page.shows(&["E-mail must be an address", "value=\"Jessica\""]);
    browser.done("/creators", "create", &[("name", "Jessica Styles"), ("handle", "@jess"), ("email", "")]).await;
    browser.done("/creators", "create", &[("name", "Marco"), ("handle", "marco"), ("email", "")]).await;
    let jess = creators(&server).await.remove(0);
    let path = format!("/creators/{}", jess.id);

    let profile = [
        ("name", "Jessica S."),
        ("handle", "jess.styles"),
        ("aliases", "Jessie, J"),
        ("status", "paused"),
        ("tier", "gold"),
        ("tags", "fashion, vip"),
        ("social_tiktok", "@jessdances"),
        ("notes", "Answers on Fridays."),
        ("promo_code", "jess"),
        ("paypal", "jess@example.com"),
    ];
    let page = browser.done(&path, "edit", &profile).await;
    page.shows(&[
        "Saved.",
        "Jessica S.",
        "@jess.styles",
        "Paused",
        "gold",
        "vip",
        "tiktok.com/@jessdances",
        "Answers on Fridays.",
        "JESS",
    ]);
    let list = browser.get("/creators?tier=gold&tag=vip&status=paused").await;
    list.shows(&["Jessica S."]);
    assert!(!list.text.contains("Marco"));
    browser.get("/creators?q=marc").await.shows(&["Marco"]);
    let taken: Vec<(&str, &str)> =
        profile.iter().map(|(name, value)| (*name, if *name == "handle" { "marco" } else { *value })).collect();
    browser.refused(&path, "edit", &taken, "Handle is another creator").await;

    let page = browser.post(&path, "sign-in-link", &[]).await;
    assert_eq!(page.status, 200, "the link is shown once");
    page.shows(&["data-testid=\"sign-in-link\"", "/sign-in/"]);
    browser.done(&path, "archive", &[]).await.shows(&["Archived. Their links keep working and earning.", "Undo"]);
    assert!(!browser.get("/creators").await.text.contains("Jessica S."));
    browser.done("/creators", "restore", &[("id", jess.id.as_str())]).await.shows(&["Jessica S."]);

    browser.refused(&path, "erase", &[], "Confirm that the creator").await;
    browser.done(&path, "erase", &[("confirmed", "on")]).await.shows(&["personal data was erased"]);
    assert!(!browser.get(&path).await.text.contains("Jessica"));
    server.stop().await;
}

async fn duplicates_are_merged_after_a_preview(engine: Engine) {
    let server = start(engine).await;
    let browser = Browser::of(&server).await;
    for (name, handle) in [("Jessica Styles", "jess"), ("jessica styles", "stylesj")] {
        browser.done("/creators", "create", &[("name", name), ("handle", handle), ("email", "")]).await;
    }
    let all = creators(&server).await;
    let id_of = |handle: &str| all.iter().find(|one| one.handle == handle).unwrap().id.clone();
    let (kept, twin) = (id_of("jess"), id_of("stylesj"));
    let rule = flow::commission::NewRule {
        scope: "all".into(),
        percent: "10".into(),
        from: "2026-01-01".into(),
        ..flow::commission::NewRule::default()
    };
    server.flow().commissions().create_rule(&server.merchant, &rule).await.unwrap();
    let new = NewLink {
        destination: "https://vector-shop.myshopify.com/".into(),
        creator: twin.to_string(),
        promo_code: "twin".into(),
        ..NewLink::default()
    };
    server.flow().links().create(&server.merchant, &new).await.unwrap();
    let sale = order(
        7,
        "40.00",
        &serde_json::json!({"discount_codes": [{"code": "TWIN", "amount": "0", "type": "percentage"}]}),
    );
    assert_eq!(server.deliver("orders/create", "one", &sale).await, 200);
    server.settle().await;
    let path = format!("/creators/{kept}");
    browser.get(&path).await.shows(&["The same name or e-mail address", "@stylesj"]);
    browser.refused(&path, "preview-merge", &[("from", "")], "Duplicate must be chosen.").await;
    let from = [("from", twin.as_str())];
    let page = browser.post(&path, "preview-merge", &from).await;
    assert_eq!(page.status, 200);
    page.shows(&["data-testid=\"merge-preview\"", "1 link", "1 credited order", "as aliases: stylesj", "Merge now"]);
    assert_eq!(creators(&server).await.len(), 2, "a look changes nothing");

    browser.done(&path, "merge", &from).await.shows(&["Merged.", "#7", "$40.00", "$4.00"]);
    assert_eq!(
        creators(&server).await.iter().map(|one| one.id.clone()).collect::<Vec<_>>(),
        std::slice::from_ref(&kept)
    );
    assert_eq!(browser.get(&format!("/creators/{twin}")).await.status, 404);
    // A repeat, by a double click or a second tab, changes nothing.
    browser.done(&path, "merge", &from).await.shows(&["Merged.", "$40.00", "$4.00"]);
    let gone = browser.post(&path, "preview-merge", &from).await;
    assert_eq!(gone.status, 404, "they are no more");
    let refund = serde_json::json!({"id": 1, "order_id": 7, "created_at": "2027-01-15T08:00:20Z",
        "refund_line_items": [], "transactions": [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "USD"}]});
    assert_eq!(server.deliver("refunds/create", "two", &refund.to_string()).await, 200);
    server.settle().await;
    server.clock.advance(61_000);
    server.settle().await;
    browser.get(&path).await.shows(&["$30.00", "$3.00"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn creators_are_added_and_changed_on_both_databases() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        creators_are_added_and_changed(engine).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_are_merged_after_a_preview_on_both_databases() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        duplicates_are_merged_after_a_preview(engine).await;
    }
}
