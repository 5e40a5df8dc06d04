//! The overview: figures that a job computes, the page that shows them, and its live feed.

use core::time::Duration;

use domain::{
    ClickId,
    click_source::SourceKind,
    outcome::Unattributed,
    period::{Comparison, Preset},
};
use flow::{
    commission::Approval,
    overview::{Dashboard, DashboardQuery, Filter},
};
use serde_json::json;
use store::ingest::{Batch, NewClick};

use crate::{
    actions::{creator_with_link, deliver_and_settle, install, percent, promo, rule},
    test_server::{CHROME, Engine, TestServer, order, start},
};

/// How long something may take that is about to happen.
const SOON: Duration = Duration::from_secs(20);

async fn dashboard(server: &TestServer, filter: Filter) -> Dashboard {
    let today = server.flow().reports().today(server.merchant.brand());
    let query = DashboardQuery { period: Preset::Last7Days.period(today), comparison: Comparison::Previous, filter };
    server.flow().reports().dashboard(&server.merchant, &query).await.unwrap()
}

async fn click_from(server: &TestServer, code: &str, referrer: &str) {
    let request = server.http.get(format!("{}/{code}", server.url)).header("referer", referrer);
    let answer = request.header("user-agent", CHROME).header("accept", "text/html").send().await;
    assert_eq!(answer.unwrap().status(), 302);
}

/// Lets the job of each minute run.
async fn a_minute_later(server: &TestServer) {
    server.clock.advance(61_000);
    server.settle().await;
}

async fn page(server: &TestServer, path: &str) -> String {
    let cookie = server.sign_in().await;
    let answer =
        server.http.get(format!("{}/brand/attribution{path}", server.url)).header("cookie", cookie).send().await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// Clicks by referring site.
fn sites(found: &Dashboard) -> Vec<(&str, i64)> {
    let sources = found.sources.as_ref().unwrap();
    let totals = sources.totals.iter().filter(|total| total.kind == SourceKind::Referrer);
    totals.map(|total| (total.value.as_str(), total.clicks.clicks)).collect()
}

async fn clicks_are_counted_by_source_exactly_once(engine: Engine) {
    let server = start(engine).await;
    let link = server.link("https://shop.example/p", "").await;
    let code = link.code.to_string();
    for _ in 0..2 {
        click_from(&server, &code, "https://l.instagram.com/?u=x").await;
    }
    let found = dashboard(&server, Filter::default()).await;
    assert_eq!((found.total.clicks.clicks, found.sources.as_ref().unwrap().unread), (2, 2), "not yet");
    a_minute_later(&server).await;
    click_from(&server, &code, "https://blog.example/post").await;
    a_minute_later(&server).await;
    a_minute_later(&server).await;
    let found = dashboard(&server, Filter::default()).await;
    assert_eq!(sites(&found), [("instagram.com", 2), ("blog.example", 1)]);
    assert_eq!(found.sources.as_ref().unwrap().unread, 0);
    assert_eq!(found.sources.as_ref().unwrap().week.iter().flatten().sum::<i64>(), 3);

    // One that was made before, and was stored only now: another replica's disk was slow.
    let stored = server.store.clicks_after(&server.merchant.brand().id, "", 10).await.unwrap();
    let mut late = stored[0].click.clone();
    late.at = late.at.plus_ms(1);
    late.id = ClickId::new(late.at.0, [9; 10]);
    "another visitor".clone_into(&mut late.visitor_hash);
    let day = server.merchant.brand().zone.day_of(late.at);
    server.store.append(&Batch { clicks: vec![NewClick { click: late, day }], events: vec![] }).await.unwrap();
    a_minute_later(&server).await;
    let found = dashboard(&server, Filter::default()).await;
    assert_eq!(sites(&found), [("instagram.com", 3), ("blog.example", 1)]);
    assert_eq!(found.sources.as_ref().unwrap().unread, 0);

    let blog = Filter { source: Some((SourceKind::Referrer, "blog.example".to_owned())), ..Filter::default() };
    let filtered = dashboard(&server, blog).await;
    assert_eq!((filtered.total.clicks.clicks, filtered.links.len()), (1, 1));
    let shown = page(&server, "?referrer=blog.example").await;
    assert!(shown.contains("Remove filter Came from: blog.example"));
    assert!(!shown.contains("Revenue</span>"), "revenue is not known by source");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clicks_are_counted_by_source_exactly_once_on_sqlite() {
    clicks_are_counted_by_source_exactly_once(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clicks_are_counted_by_source_exactly_once_on_postgres() {
    clicks_are_counted_by_source_exactly_once(Engine::Postgres).await;
}

async fn the_page_says_who_earned_what_and_why_not(engine: Engine) {
    let server = start(engine).await;
    assert!(page(&server, "").await.contains("Create your first tracking link"));
    let link = server.link("https://shop.example/p", "JESS20").await;
    let by_code = serde_json::json!({ "discount_codes": [{ "code": "JESS20" }] });
    assert_eq!(server.deliver("orders/create", "w1", &order(1001, "50.00", &by_code)).await, 200);
    assert_eq!(server.deliver("orders/create", "w2", &order(1002, "20.00", &serde_json::json!({}))).await, 200);
    server.settle().await;
    let found = dashboard(&server, Filter::default()).await;
    assert_eq!((found.orders.conversions, found.total.sales.conversions), (2, 1));
    assert_eq!(found.nobody, [(Unattributed::NoEvidence, 1)]);
    assert_eq!(found.evidence.as_ref().map(|shares| (shares.orders(), shares.single)), Some((1, 1)));

    let shown = page(&server, "").await;
    for text in ["2 orders in total; 1 unassigned", "$50.00", "Discount code", "From click to order"] {
        assert!(shown.contains(text), "{text}");
    }
    assert!(page(&server, "/nobody?reason=no_evidence").await.contains("#1002"));
    assert!(!page(&server, "/nobody?reason=bot").await.contains("#1002"));
    // By hours the orders stand at the hour in which they were placed.
    assert!(page(&server, "?period=today").await.contains("08:00"));
    for query in [
        "?period=365d&compare=year&metric=clicks",
        "?from=2027-01-01&to=2027-01-15&compare=none",
        "?period=x&metric=y&compare=z",
    ] {
        page(&server, query).await;
    }
    assert!(page(&server, &format!("?link={}", link.id)).await.contains("Remove filter Link:"));
    let cookie = server.sign_in().await;
    let foreign = format!("{}/brand/attribution?link=lnk_00000000000000000000000000", server.url);
    let answer = server.http.get(foreign).header("cookie", cookie).send().await.unwrap();
    assert_eq!(answer.status(), 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_who_earned_what_and_why_not_on_sqlite() {
    the_page_says_who_earned_what_and_why_not(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_who_earned_what_and_why_not_on_postgres() {
    the_page_says_who_earned_what_and_why_not(Engine::Postgres).await;
}

async fn an_unfinished_day_is_compared_up_to_the_same_hour(server: TestServer) {
    creator_with_link(&server, "Ana", "ANA10").await;
    install(&server).await;
    // It is 8 o'clock in the morning, eight days after the link was made.
    server.clock.advance(8 * 24 * 3_600_000);
    let sold = ["2027-01-16T06:30:00Z", "2027-01-16T20:00:00Z", "2027-01-16T21:00:00Z"];
    let sold = sold.into_iter().chain(["2027-01-23T05:00:00Z", "2027-01-23T06:30:00Z"]);
    for (n, at) in (1u64..).zip(sold) {
        let extra = json!({"created_at": at, "updated_at": at, "discount_codes": [{"code": "ANA10"}]});
        deliver_and_settle(&server, "orders/create", &format!("o{n}"), &order(n, "10.00", &extra)).await;
    }
    let today = server.flow().reports().today(server.merchant.brand());
    let compared = async |preset: Preset| {
        let (period, comparison) = (preset.period(today), Comparison::Previous);
        let query = DashboardQuery { period, comparison, filter: Filter::default() };
        let found = server.flow().reports().dashboard(&server.merchant, &query).await.unwrap();
        let compared = found.compared_figures().unwrap();
        (found.total.sales.conversions, compared.now.sales.conversions, compared.before.sales.conversions)
    };
    assert_eq!(compared(Preset::Today).await, (2, 2, 1), "without the evening of a week ago");
    assert_eq!(compared(Preset::Last7Days).await, (2, 0, 0), "without today and the day a week ago");
    server.stop().await;
}

on_both_engines!(an_unfinished_day_is_compared_up_to_the_same_hour);

async fn what_can_be_paid_is_known_once_it_is_approved_and_its_hold_is_over(engine: Engine) {
    let server = start(engine).await;
    creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    server.flow().policies().save_settings(&server.merchant, 0, true, false, Vec::new()).await.unwrap();
    let payable = async || {
        let found = dashboard(&server, Filter::default()).await.waiting.payable;
        found.amounts.iter().map(|amount| amount.minor).sum::<i64>()
    };
    let mut later = promo("ANA10");
    later["created_at"] = "2027-01-15T08:03:00Z".into();
    deliver_and_settle(&server, "orders/create", "w1", &order(1, "50.00", &later)).await;
    a_minute_later(&server).await;
    let held = server.store.order_by_external_id(&server.merchant.brand().id, "1").await.unwrap().unwrap().order.id;
    let approve = async |approval| server.flow().commissions().approve(&server.merchant, approval).await.unwrap();
    assert_eq!(approve(Approval::Order(&held)).await, 1);
    server.settle().await;
    assert_eq!(payable().await, 0, "on hold");
    for _ in 0..3 {
        a_minute_later(&server).await;
    }
    assert_eq!(payable().await, 500, "by the passing of time alone");
    deliver_and_settle(&server, "orders/create", "w2", &order(2, "70.00", &promo("ANA10"))).await;
    a_minute_later(&server).await;
    assert_eq!(payable().await, 500, "the second waits for approval");
    assert_eq!(approve(Approval::Proven).await, 1);
    server.settle().await;
    assert_eq!(payable().await, 1200, "at once, without a new ledger line");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_paid_is_known_once_it_is_approved_and_its_hold_is_over_on_sqlite() {
    what_can_be_paid_is_known_once_it_is_approved_and_its_hold_is_over(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_paid_is_known_once_it_is_approved_and_its_hold_is_over_on_postgres() {
    what_can_be_paid_is_known_once_it_is_approved_and_its_hold_is_over(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_shows_what_happens_to_members_only() {
    let server = start(Engine::Sqlite).await;
    let link = server.link("https://shop.example/p", "").await;
    let address = format!("{}/brand/attribution/live", server.url);
    let stranger = server.http.get(&address).send().await.unwrap();
    assert_eq!(stranger.status(), 302);
    server.click(&link.code.to_string()).await;
    let cookie = server.sign_in().await;
    let mut feed = server.http.get(&address).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(feed.headers()["content-type"], "text/event-stream");
    let first = tokio::time::timeout(SOON, feed.chunk()).await.unwrap().unwrap().unwrap();
    let first = String::from_utf8_lossy(&first).into_owned();
    assert!(first.starts_with("data: ") && first.contains("1 click in 5 min"), "{first}");
    assert!(first.contains(&link.code.to_string()), "{first}");
    server.click(&link.code.to_string()).await;
    let next = tokio::time::timeout(SOON, feed.chunk()).await.unwrap().unwrap().unwrap();
    assert!(String::from_utf8_lossy(&next).contains("2 clicks in 5 min"));
    // One brand cannot take the places of all.
    let open = async || server.http.get(&address).header("cookie", &cookie).send().await.unwrap();
    let mut others = vec![feed];
    while others.len() < 64 {
        let other = open().await;
        assert_eq!(other.status(), 200);
        others.push(other);
    }
    let refused = open().await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (503, "30"));
    server.stop().await;
}
