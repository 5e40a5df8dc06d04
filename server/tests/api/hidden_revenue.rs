//! A creator learns nothing of revenue that is not shared: two worlds that differ in it only look the same to them.

use domain::{
    PayoutId,
    account::{Invited, Role},
    language::Language,
    time::DAY_MS,
};
use flow::{link::NewLink, payout::PayoutState};
use serde_json::json;

use crate::{
    accounts::mail_server::MailServer,
    actions::{install, percent, rule},
    named_ids::{with_named_ids, without_codes},
    test_server::{CHROME, Engine, TestServer, order, start_with},
};

/// Orders of a world.
const ORDERS: u64 = 10;
/// How an order comes to be the creator's. Only the first is shared with them: what is reported or claimed does not
/// exist for them, even of a shared link, until a person approves it.
const WAYS: [&str; 6] = ["shared code", "unshared code", "code without a link", "by hand", "reported", "claimed"];

/// A small deterministic generator, so that both worlds of a pair draw the same.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A server that sends its mail to a mail server of the test.
async fn with_mail(engine: Engine) -> (TestServer, MailServer) {
    let mail = MailServer::start().await;
    let from = "CreatorScore <hello@example.com>";
    (start_with(engine, &["--smtp-url", &mail.url, "--mail-from", from]).await, mail)
}

/// The creator's browser, signed in by e-mail.
struct Session {
    cookie: String,
    creator: flow::access::CreatorSession,
}

impl Session {
    async fn open(server: &TestServer, mail: &MailServer, creator: &domain::CreatorId) -> Self {
        let accounts = server.flow().accounts();
        let mut sessions = Vec::new();
        for (email, invited) in
            [("boss@example.com", Invited::Team(Role::Owner)), ("ana@example.com", Invited::Creator(creator.clone()))]
        {
            accounts.invite(&server.merchant, email, invited, Language::English).await.unwrap();
            server.settle().await;
            sessions.push(accounts.confirm(&mail.token_for(email), CHROME, Language::English).await.unwrap().session);
        }
        let session = sessions.pop().unwrap();
        let creator = server.flow().access().creator_by_session(&session).await.unwrap();
        Self { cookie: format!("__Host-cs_session={session}"), creator }
    }

    /// Status, headers that vary with content, and body of a request.
    async fn fetch(&self, server: &TestServer, method: reqwest::Method, path: &str, body: &str) -> String {
        let request = server
            .http
            .request(method, format!("{}{path}", server.url))
            .header("cookie", &self.cookie)
            .header("origin", "http://localhost:4000")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.to_owned());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let length = answer.headers().get("content-length").map(|value| value.to_str().unwrap().to_owned());
        let body = with_named_ids(&without_codes(&answer.text().await.unwrap()));
        format!("{path}: {status} {length:?}\n{body}")
    }
}

/// The actions of the creator's pages, and some that others have.
const ACTIONS: [&str; 5] = ["ask", "issue", "withdraw", "create", "payout-details"];

/// All that a creator can get from the server.
async fn everything(server: &TestServer, session: &Session, order_ids: &[String]) -> Vec<String> {
    let get = reqwest::Method::GET;
    let mut seen = vec![session.fetch(server, get.clone(), "/creator", "").await];
    let proof = "do=issue&from=2027-01-14&to=2027-01-15";
    seen.push(session.fetch(server, reqwest::Method::POST, "/creator/proofs", proof).await);
    let files = ["/creator/paid?format=csv", "/creator/sales?format=csv", "/creator/sales?state=credited"];
    for path in ["/creator/links?from=2027-01-01&to=2027-02-28", "/"].into_iter().chain(files) {
        seen.push(session.fetch(server, get.clone(), path, "").await);
    }
    // Later pages of sales, from the middle and from the end.
    let sales = server.flow().creator_view(&session.creator).sales(None, 100).await.unwrap();
    for last in [&sales[sales.len() / 2], &sales[sales.len() - 1]] {
        let path = format!("/creator/sales?page={}.{}", last.sale.placed_at.0, last.sale.order);
        seen.push(with_named_ids(&session.fetch(server, get.clone(), &path, "").await));
    }
    for id in order_ids {
        seen.push(session.fetch(server, get.clone(), &format!("/api/v1/orders/{id}/attribution"), "").await);
    }
    let mut count = 0;
    for path in server::http::page_paths() {
        let path =
            path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/");
        seen.push(session.fetch(server, get.clone(), &path, "").await);
        for action in ACTIONS {
            let body = format!("do={action}&id=1&from=2027-01-01&to=2027-02-28");
            seen.push(session.fetch(server, reqwest::Method::POST, &path, &body).await);
        }
        count += 1;
    }
    assert!(count > 8, "{count} pages");
    seen
}

/// Builds a world: the same clicks, orders and times for a seed, and amounts of unshared links by `hidden`.
async fn build(server: &TestServer, seed: u64, hidden: u64) -> domain::CreatorId {
    install(server).await;
    let mut draw = Draw(seed);
    let mut secret = Draw(seed ^ hidden);
    let creator = server.flow().creators().create(&server.merchant, "Ana", "ana", "").await.unwrap();
    let mut links = Vec::new();
    for (code, share_revenue) in [("SHARED", true), ("SECRET", false)] {
        server.clock.advance(1);
        let new = NewLink {
            destination: "https://shop.example/p".into(),
            promo_code: code.into(),
            creator: creator.id.to_string(),
            share_revenue,
            ..NewLink::default()
        };
        links.push(server.flow().links().create(&server.merchant, &new).await.unwrap().code);
    }
    rule(server, percent("10")).await;
    let steps = vec![1_000, 10_000];
    let merchant = flow_merchant(server).await;
    server.flow().policies().save_settings(&merchant, 0, draw.below(2) == 1, false, steps).await.unwrap();
    server.flow().links().set_promo_code(&server.merchant, &creator.id, "OWN").await.unwrap();
    let shared = &links[0];
    let click = server.click(shared.as_str()).await;
    let pv_id = click.headers()["set-cookie"].to_str().unwrap()[7..43].to_owned();
    let key = server.server_key.clone();
    for nth in 1..=ORDERS {
        // Each way at least once, and the others as they are drawn.
        let drawn = usize::try_from(draw.below(6)).unwrap();
        let way = usize::try_from(nth - 1).ok().and_then(|nth| WAYS.get(nth)).unwrap_or(&WAYS[drawn]);
        let is_shared = *way == "shared code";
        let amounts = if is_shared { &mut draw } else { &mut secret };
        let minor = 100 + amounts.below(50_000);
        let refund = amounts.below(100 + minor) / 2;
        let currency = if !is_shared && amounts.below(4) == 0 { "EUR" } else { "USD" };
        let code = match *way {
            "shared code" => "SHARED",
            "unshared code" => "SECRET",
            "code without a link" => "OWN",
            _ => "NOBODYS",
        };
        let decimal = |minor: u64| format!("{}.{:02}", minor / 100, minor % 100);
        if *way == "claimed" {
            claimed_sale(server, shared.as_str(), &key, nth, minor).await;
            continue;
        }
        // A second each: the order of sales of one instant is drawn by their ids, and worlds draw ids in no fixed order.
        let placed_at = format!("2027-01-15T08:00:{nth:02}Z");
        let extra = json!({"discount_codes": [{"code": code}], "currency": currency, "created_at": placed_at});
        assert_eq!(
            server.deliver("orders/create", &format!("o{nth}"), &order(nth, &decimal(minor), &extra)).await,
            200
        );
        if *way == "reported" {
            let report = json!({"event_type": "purchase", "pv_id": pv_id, "order_id": nth.to_string(), "revenue": 1});
            assert_eq!(server.track(&server.pixel_key, &report.to_string()).await.0, 200);
        }
        if *way == "by hand" {
            server.settle().await;
            let record = server.store.order_by_external_id(&server.merchant.brand().id, &nth.to_string()).await;
            let order = record.unwrap().unwrap().order.id;
            server
                .flow()
                .surveys()
                .assign_credit_to_creator(&server.merchant, &order, &creator.id, "ours")
                .await
                .unwrap();
        }
        let refund = json!({"id": nth, "order_id": nth, "created_at": "2027-01-15T08:00:20Z", "transactions":
            [{"kind": "refund", "status": "success", "amount": decimal(refund.max(1)), "currency": currency}]});
        assert_eq!(server.deliver("refunds/create", &format!("r{nth}"), &refund.to_string()).await, 200);
        server.settle().await;
    }
    // Proofs are about days that are over.
    server.clock.advance(DAY_MS);
    creator.id
}

/// A sale to a customer whose name the shared link's visitor claims.
async fn claimed_sale(server: &TestServer, code: &str, key: &str, nth: u64, minor: u64) {
    let post = async |path: &str, key: Option<&str>, body: serde_json::Value| {
        let mut request = server.http.post(format!("{}/api/v1/track/{path}", server.url)).body(body.to_string());
        request = request.header("content-type", "application/json").header("user-agent", crate::test_server::CHROME);
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json::<serde_json::Value>().await.unwrap()
    };
    let click = json!({"affiliate_url": format!("https://a.example/?aff={code}")});
    let clicked = post("click", None, click).await;
    let name = format!("user_{nth}");
    post("lead", None, json!({"click_id": clicked["click_id"], "customer_key": name})).await;
    let sale = json!({"transaction_id": format!("t{nth}"), "amount_cents": minor, "customer_key": name});
    post("sale", Some(key), sale).await;
    server.settle().await;
}

async fn flow_merchant(server: &TestServer) -> flow::access::Merchant {
    let brand = &server.merchant.brand().id;
    server.flow().access().merchant_by_operator(crate::test_server::operator(), brand).await.unwrap()
}

fn differences(one: &[String], other: &[String]) -> Vec<(String, String)> {
    let pairs = one.iter().zip(other).filter(|(one, other)| one != other);
    pairs.map(|(one, other)| (one.clone(), other.clone())).collect()
}

async fn worlds_look_the_same(engine: Engine, pairs: u64) {
    for seed in 1..=pairs {
        let ((one, one_mail), (other, other_mail)) = (with_mail(engine).await, with_mail(engine).await);
        let creator = build(&one, seed, 0).await;
        assert_eq!(creator, build(&other, seed, 0x5eed).await, "the worlds have the same ids");
        let sessions =
            (Session::open(&one, &one_mail, &creator).await, Session::open(&other, &other_mail, &creator).await);
        let ids: Vec<String> = (1..=ORDERS).map(|id| id.to_string()).collect();
        let seen = (everything(&one, &sessions.0, &ids).await, everything(&other, &sessions.1, &ids).await);
        assert!(seen.0[0].contains("Earnings"), "{}", seen.0[0]);
        assert!(seen.0[1].contains("303"), "a proof of what is shared is issued: {}", seen.0[1]);
        assert_eq!(differences(&seen.0, &seen.1), [], "seed {seed}");
        let mut paid = Vec::new();
        for server in [&one, &other] {
            let merchant = flow_merchant(server).await;
            server.flow().commissions().approve(&merchant, flow::commission::Approval::Proven).await.unwrap();
            paid.push(server.flow().payouts().create(&merchant, "USD").await.unwrap());
        }
        let seen = (everything(&one, &sessions.0, &ids).await, everything(&other, &sessions.1, &ids).await);
        assert_eq!(differences(&seen.0, &seen.1), [], "an open payout, seed {seed}");
        let worlds = [(&one, &sessions.0, &one_mail), (&other, &sessions.1, &other_mail)];
        let mut told = Vec::new();
        for ((server, session, mail), payout) in worlds.into_iter().zip(&paid) {
            ask_and_answer(server, session).await;
            server.flow().payouts().close(&server.merchant, &payout.id, PayoutState::Paid).await.unwrap();
            server.settle().await;
            told.push(mails(mail));
            let shown = session.fetch(server, reqwest::Method::GET, "/creator/paid", "").await;
            let (_, minor) = payout.items[0];
            let amount = domain::Money { minor, currency: payout.currency }.to_string();
            assert!(shown.contains(&amount), "the paid payout of {amount} is shown: {shown}");
        }
        assert_eq!(told[0].len(), 3, "a question, an answer and a payout: {told:?}");
        assert_eq!(told[0], told[1], "mails, seed {seed}");
        let made = (made_of(&one, &sessions.0, &paid[0].id).await, made_of(&other, &sessions.1, &paid[1].id).await);
        assert_eq!(made.0, made.1, "the lines of a payout, seed {seed}");
        one.stop().await;
        other.stop().await;
    }
}

/// The creator asks about a sale that is not shared, and is answered.
async fn ask_and_answer(server: &TestServer, session: &Session) {
    let view = server.flow().creator_view(&session.creator);
    let sales = view.sales(None, 100).await.unwrap();
    let hidden = sales.iter().find(|sale| sale.sale.shared.is_none()).unwrap();
    view.ask(&hidden.sale.order, "What did it earn?").await.unwrap();
    for question in server.flow().questions().open(&server.merchant).await.unwrap() {
        server.flow().questions().answer(&server.merchant, &question.id, "We keep that private.").await.unwrap();
    }
}

/// What was mailed: to whom, about what, and the text, without ids and the headers that have times.
fn mails(server: &MailServer) -> Vec<(String, String)> {
    let mut mails: Vec<_> = server.take();
    mails.sort();
    let plain = |(to, message): (String, String)| {
        let (head, text) = message.split_once("\n\n").unwrap();
        let subject = head.lines().find(|line| line.starts_with("Subject:")).unwrap();
        (to, with_named_ids(&format!("{subject}\n{}", text.replace("=\n", ""))))
    };
    mails.into_iter().map(plain).collect()
}

/// The lines of a payout that the creator sees one by one, and the page without the sections that say that a payout changes
/// them. All lines and the sum of the others add up to it.
async fn made_of(server: &TestServer, session: &Session, id: &PayoutId) -> (Vec<String>, String) {
    let found = server.flow().creator_view(&session.creator).payout(id).await.unwrap();
    let shared: i64 = found.lines.iter().map(|line| line.amount_minor).sum();
    let unshared = found.unshared.map_or(0, |rest| rest.minor);
    assert_eq!(shared + unshared, found.payout.amount.minor);
    let all = server.flow().payouts().lines(&server.merchant, id).await.unwrap();
    assert_eq!(all.iter().map(|line| line.amount.minor).sum::<i64>(), found.payout.amount.minor);
    let page = session.fetch(server, reqwest::Method::GET, &format!("/creator/paid/{id}"), "").await;
    assert!(page.contains(&found.payout.amount.to_string()), "{page}");
    let mut parts = page.split("data-earnings");
    let mut rest = parts.next().unwrap().split_once('\n').unwrap().1.to_owned();
    for part in parts {
        rest.push_str(part.split_once("</section>").unwrap().1);
    }
    let lines = found.lines.iter();
    let lines = lines.map(|line| format!("{:?} {:?} {}", line.placed_at, line.kind, line.amount_minor));
    (lines.collect(), rest)
}

#[tokio::test(flavor = "multi_thread")]
async fn unshared_revenue_is_invisible_on_sqlite() {
    worlds_look_the_same(Engine::Sqlite, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unshared_revenue_is_invisible_on_postgres() {
    worlds_look_the_same(Engine::Postgres, 2).await;
}
