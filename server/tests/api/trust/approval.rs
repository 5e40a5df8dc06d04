//! How a person sees what waits for approval, and approves it; and what nobody sees before.

use flow::commission::Approval;
use serde_json::{Value, json};

use super::{entries, lines, purchase, visitor_of};
use crate::{
    actions::{deliver_and_settle, get_attribution, install, percent, rule},
    test_server::{TestServer, order},
};

const ORIGIN: &str = "http://localhost:4000";
const COMMISSIONS: &str = "/brand/attribution/commissions";

/// The cookie of a signed-in person: of the brand, or of a creator.
async fn cookie(server: &TestServer, creator: Option<&domain::CreatorId>) -> String {
    let link = server.flow().access().sign_in_link(&server.merchant, creator).await.unwrap();
    let token = link.rsplit('/').next().unwrap().to_owned();
    let (session, _) = server.flow().access().sign_in(&token).await.unwrap();
    format!("__Host-cs_session={session}")
}

async fn get(server: &TestServer, cookie: &str, path: &str) -> String {
    let request = server.http.get(format!("{}{path}", server.url)).header("cookie", cookie);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap().replace("<!>", "")
}

/// A page as the brand's team sees it.
pub(super) async fn page(server: &TestServer, path: &str) -> String {
    get(server, &cookie(server, None).await, path).await
}

/// Submits a form of the page "Commissions" as a browser without JavaScript does.
async fn submit(server: &TestServer, cookie: &str, body: String) -> u16 {
    let request = server
        .http
        .post(format!("{}{COMMISSIONS}", server.url))
        .header("cookie", cookie)
        .header("origin", ORIGIN)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    request.send().await.unwrap().status().as_u16()
}

/// A creator with a link that shares its revenue.
async fn sharing_creator(server: &TestServer) -> (domain::CreatorId, domain::link::Link) {
    let creator = server.flow().creators().create(&server.merchant, "Ana", "ana", "").await.unwrap();
    let new = flow::link::NewLink {
        destination: "https://shop.example/p".into(),
        creator: creator.id.to_string(),
        promo_code: "ANA".into(),
        share_revenue: true,
        ..flow::link::NewLink::default()
    };
    let link = server.flow().links().create(&server.merchant, &new).await.unwrap();
    (creator.id, link)
}

/// An order of 123.45 that is only reported to be the creator's.
async fn reported_order(server: &TestServer, id: u64, pv_id: &str) {
    // Ledger entries of the same millisecond have no order.
    server.clock.advance(1000);
    let now = server.flow().now().to_rfc3339();
    let body = order(id, "123.45", &json!({"created_at": now, "updated_at": now}));
    deliver_and_settle(server, "orders/create", &format!("o{id}"), &body).await;
    assert_eq!(server.track(&server.pixel_key, &purchase(pv_id, &id.to_string(), json!(1)).to_string()).await.0, 200);
    server.settle().await;
}

async fn a_person_approves_order_by_order(server: TestServer) {
    install(&server).await;
    let (ana, link) = sharing_creator(&server).await;
    rule(&server, percent("10")).await;
    server.flow().policies().save_settings(&server.merchant, 30, false, false, vec![100]).await.unwrap();
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    let own = cookie(&server, Some(&ana)).await;
    let before = get(&server, &own, "/creator").await;
    reported_order(&server, 501, &pv_id).await;
    reported_order(&server, 502, &pv_id).await;
    assert_eq!(lines(&server).await, [(1235, true), (1235, true)]);
    // Whoever guesses an order's number learns nothing of it.
    let without_nonces = |page: &str| {
        let parts: Vec<&str> =
            page.split("nonce=\"").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest)).collect();
        parts.concat()
    };
    assert_eq!(without_nonces(&get(&server, &own, "/creator").await), without_nonces(&before));
    assert_eq!(server.store.milestones(&server.merchant.brand().id, &ana).await.unwrap(), []);
    // The brand sees what waits, and why. Approving all that is proven leaves it.
    let merchant = cookie(&server, None).await;
    let list = get(&server, &merchant, COMMISSIONS).await;
    assert!(list.contains("Not proven: only a browser reported it") && list.contains("Approve chosen"), "{list}");
    assert!(!list.contains("Approve all that is proven"), "nothing that waits is proven");
    server.clock.advance(31 * domain::time::DAY_MS);
    let (merchant, own) = (cookie(&server, None).await, cookie(&server, Some(&ana)).await);
    assert_eq!(server.flow().commissions().approve(&server.merchant, Approval::Proven).await.unwrap(), 0);
    assert_eq!(submit(&server, &merchant, "do=approve-proven".to_owned()).await, 303);
    assert_eq!(lines(&server).await, [(1235, true), (1235, true)]);
    let order_id = entries(&server).await[0].order.clone().unwrap();
    assert_eq!(submit(&server, &merchant, format!("do=approve&order={order_id}")).await, 303);
    assert_eq!(lines(&server).await, [(1235, true), (1235, false)]);
    let balances = server.flow().commissions().balances(&server.merchant).await.unwrap();
    assert_eq!((balances[0].held_minor, balances[0].payable_minor), (1235, 1235));
    let shown = get(&server, &own, "/creator?from=2027-01-01&to=2027-02-28").await;
    assert!(shown.contains("$123.45") && shown.contains("$12.35") && !shown.contains("$246.90"), "{shown}");
    assert_eq!(server.store.milestones(&server.merchant.brand().id, &ana).await.unwrap().len(), 1, "now it counts");
    let (_, answer) = get_attribution(&server, "502").await;
    assert_eq!(answer["needs_approval"], false);
    // What the order earns later under the same credit was approved with it; a creator's approval takes the rest.
    let approved = server.flow().commissions().approve(&server.merchant, Approval::Creator(&ana)).await.unwrap();
    assert_eq!(approved, 1);
    assert_eq!(lines(&server).await, [(1235, false), (1235, false)]);
    server.stop().await;
}

async fn an_approval_covers_the_credit_and_keeps_the_hold(server: TestServer) {
    install(&server).await;
    let (_, link) = sharing_creator(&server).await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    reported_order(&server, 501, &pv_id).await;
    let order_id = entries(&server).await[0].order.clone().unwrap();
    server.flow().commissions().approve(&server.merchant, Approval::Order(&order_id)).await.unwrap();
    let balance = async || {
        let balances = server.flow().commissions().balances(&server.merchant).await.unwrap();
        (balances[0].held_minor, balances[0].payable_minor)
    };
    assert_eq!(balance().await, (1235, 0), "approved, and on hold like any other");
    server.clock.advance(1000);
    let now = server.flow().now().to_rfc3339();
    let body = order(501, "223.45", &json!({"created_at": "2027-01-15T08:00:01Z", "updated_at": now}));
    deliver_and_settle(&server, "orders/updated", "u1", &body).await;
    assert_eq!(lines(&server).await, [(1235, false), (1000, false)], "the same credit was approved");
    server.clock.advance(1000);
    let refund = json!({"id": 7, "order_id": 501, "created_at": server.flow().now().to_rfc3339(),
        "transactions": [{"kind": "refund", "status": "success", "amount": "223.45", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "f1", &refund.to_string()).await;
    assert_eq!(balance().await, (0, 0));
    server.clock.advance(31 * domain::time::DAY_MS);
    assert_eq!(balance().await, (0, 0), "the reversal waits for nobody either");
    server.stop().await;
}

async fn a_person_rejects_an_order(server: TestServer) {
    install(&server).await;
    let (_, link) = sharing_creator(&server).await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    reported_order(&server, 501, &pv_id).await;
    reported_order(&server, 502, &pv_id).await;
    let order_id = entries(&server).await[0].order.clone().unwrap();
    let merchant = cookie(&server, None).await;
    assert_eq!(submit(&server, &merchant, format!("do=reject&order={order_id}&reason=+")).await, 422, "no reason");
    assert_eq!(submit(&server, &merchant, "do=reject&reason=fraud".to_owned()).await, 422, "no order");
    assert_eq!(submit(&server, &merchant, "do=approve".to_owned()).await, 422, "no order");
    assert_eq!(submit(&server, &merchant, format!("do=reject&order={order_id}&reason=paid+twice")).await, 303);
    let balances = server.flow().commissions().balances(&server.merchant).await.unwrap();
    assert_eq!((balances[0].held_minor, balances[0].payable_minor), (1235, 0), "the other order still waits");
    let waiting = server.flow().commissions().waiting(&server.merchant).await.unwrap();
    assert!(waiting.len() == 1 && waiting[0].order != order_id, "{waiting:?}");
    let ledger = get(&server, &merchant, COMMISSIONS).await;
    assert!(ledger.contains("paid twice · by a team member") && ledger.contains("Correction"), "{ledger}");
    // Once more changes nothing.
    assert_eq!(submit(&server, &merchant, format!("do=reject&order={order_id}&reason=again")).await, 303);
    assert_eq!(server.flow().commissions().balances(&server.merchant).await.unwrap(), balances);
    // A refund afterwards takes back nothing more: the order earns nothing already.
    server.clock.advance(1_000);
    let external = server.flow().orders().get(&server.merchant, &order_id).await.unwrap().order.external_id;
    let refund = json!({"id": 7, "order_id": external.parse::<u64>().unwrap(), "created_at": server.flow().now().to_rfc3339(),
        "transactions": [{"kind": "refund", "status": "success", "amount": "123.45", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "f1", &refund.to_string()).await;
    let sum: i64 = entries(&server)
        .await
        .iter()
        .filter(|entry| entry.order.as_ref() == Some(&order_id))
        .map(|entry| entry.amount_minor)
        .sum();
    assert_eq!(sum, 0);
    server.flow().commissions().approve(&server.merchant, Approval::Order(&order_id)).await.unwrap();
    server.clock.advance(31 * domain::time::DAY_MS);
    let after = server.flow().commissions().balances(&server.merchant).await.unwrap();
    assert_eq!((after[0].held_minor, after[0].payable_minor), (1235, 0), "no other sale pays for it");
    server.stop().await;
}

async fn no_creator_and_no_stranger_approves(server: TestServer) {
    install(&server).await;
    let (ana, link) = sharing_creator(&server).await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    reported_order(&server, 501, &pv_id).await;
    let order_id = entries(&server).await[0].order.clone().unwrap();
    for cookie in [cookie(&server, Some(&ana)).await, String::new()] {
        assert_eq!(submit(&server, &cookie, format!("do=approve&order={order_id}")).await, 302);
    }
    assert_eq!(lines(&server).await, [(1235, true)]);
    let audit: Vec<Value> = server.audit_log().await.into_iter().map(|row| json!(row.2)).collect();
    assert!(!audit.contains(&json!("commission.approve")));
    server.stop().await;
}

on_both_engines!(a_person_approves_order_by_order an_approval_covers_the_credit_and_keeps_the_hold a_person_rejects_an_order no_creator_and_no_stranger_approves);
