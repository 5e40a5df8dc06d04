//! Who is credited and what they are owed, from the webhooks and answers that tell of it to the ledger.

use domain::{
    Currency,
    commission::EntryKind,
    time::{DAY_MS, Day},
};
use flow::{commission::NewRule, link::NewLink, payout::PayoutState, policy::NewPolicy};
use serde_json::{Value, json};

use crate::world::{World, order, world};

/// A creator with a link that carries a discount code.
async fn creator_with_link(world: &World, name: &str, code: &str) -> (domain::CreatorId, domain::link::Link) {
    let creator = world.flow().create_creator(&world.merchant, name, &name.replace(' ', "_"), "").await.unwrap();
    let new = NewLink {
        destination: "https://shop.example/p".into(),
        promo_code: code.into(),
        creator: creator.id.to_string(),
        ..NewLink::default()
    };
    let link = world.flow().create_link(&world.merchant, &new).await.unwrap();
    (creator.id, link)
}

async fn rule(world: &World, new: NewRule) -> domain::commission::Rule {
    world.flow().create_rule(&world.merchant, &new).await.unwrap()
}

fn percent(bp: &str) -> NewRule {
    NewRule { percent: bp.into(), ..NewRule::default() }
}

/// The shop's own install: webhooks of an unknown shop wait.
async fn delivered(world: &World, topic: &str, id: &str, body: &str) {
    assert_eq!(world.deliver(topic, id, body).await, 200);
    world.settle().await;
}

async fn explained(world: &World, id: &str) -> (u16, Value) {
    let answer = world
        .http
        .get(format!("{}/api/v1/orders/{id}/attribution", world.url))
        .bearer_auth(&world.server_key)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn ledger(world: &World) -> Vec<(EntryKind, i64)> {
    let mut lines = world.flow().ledger(&world.merchant, None, "").await.unwrap();
    lines.reverse();
    lines.into_iter().map(|line| (line.kind, line.amount_minor)).collect()
}

fn promo(code: &str) -> Value {
    json!({ "discount_codes": [{ "code": code }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cent_of_an_order_is_explained_and_so_is_its_absence() {
    let world = world().await;
    let (ana, link) = creator_with_link(&world, "Ana", "ANA10").await;
    delivered(&world, "orders/create", "d1", &order(1001, "49.99", &promo("ana10"))).await;
    let (status, answer) = explained(&world, "1001").await;
    assert_eq!(status, 200);
    assert_eq!(answer["order"]["net"], "49.99");
    let credit = &answer["credits"][0];
    assert_eq!((&credit["creator_id"], &credit["link_id"]), (&json!(ana), &json!(link.id)));
    assert_eq!(
        (&credit["weight"], &credit["exact"], &credit["amount"]),
        (&json!("1/1"), &json!("4999/1"), &json!("49.99"))
    );
    assert_eq!(answer["touchpoints"][0]["models"]["time_decay"], "49.99");
    assert_eq!(answer["policy"]["version"], 1);
    let by_our_id = explained(&world, answer["order"]["id"].as_str().unwrap()).await;
    assert_eq!(by_our_id, (200, answer.clone()));
    delivered(&world, "orders/updated", "d2", &order(1001, "49.99", &promo("ANA10"))).await;
    assert_eq!(explained(&world, "1001").await.1.to_string(), answer.to_string(), "the same facts, the same bytes");

    delivered(&world, "orders/create", "d3", &order(1002, "20.00", &promo("NOBODYS"))).await;
    let (_, answer) = explained(&world, "1002").await;
    assert_eq!((&answer["credits"], &answer["evidence"]), (&json!([]), &json!([])));
    assert_eq!(answer["searched"].as_array().unwrap().len(), 6);
    assert!(answer["explanation"][0].as_str().unwrap().starts_with("Nobody is credited. Looked for: "));

    assert_eq!(explained(&world, "9999").await, (404, json!({"error": "order not found"})));
    let refused = world
        .http
        .get(format!("{}/api/v1/orders/1001/attribution", world.url))
        .header("x-api-key", &world.pixel_key)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commissions_follow_orders_refunds_and_cancellations_and_are_paid_once() {
    let world = world().await;
    let (ana, _) = creator_with_link(&world, "Ana", "ANA10").await;
    rule(&world, percent("10")).await;
    let body = order(1001, "60.00", &json!({ "subtotal_price": "49.99", "discount_codes": [{"code": "ANA10"}] }));
    delivered(&world, "orders/create", "d1", &body).await;
    delivered(&world, "orders/create", "d1 again", &body).await;
    assert_eq!(ledger(&world).await, [(EntryKind::Accrual, 500)], "10 % of the subtotal, rounded, once");

    // Half of the money back, without saying what for: half of the goods.
    let refund = |id: u64, amount: &str| {
        json!({"id": id, "order_id": 1001, "created_at": "2027-01-15T09:00:00Z",
               "transactions": [{"kind": "refund", "status": "success", "amount": amount, "currency": "USD"}]})
        .to_string()
    };
    delivered(&world, "refunds/create", "d2", &refund(7, "30.00")).await;
    delivered(&world, "refunds/create", "d2 again", &refund(7, "30.00")).await;
    assert_eq!(ledger(&world).await[1..], [(EntryKind::Reversal, -250)]);

    let flow = world.flow();
    let balance = async || flow.balances(&world.merchant).await.unwrap().remove(0);
    assert_eq!((balance().await.held_minor, balance().await.payable_minor), (250, 0));
    assert!(flow.create_payout(&world.merchant, "USD").await.is_err(), "still held");
    world.clock.forward(31 * DAY_MS);
    assert_eq!(balance().await.payable_minor, 250);
    let payout = flow.create_payout(&world.merchant, "usd").await.unwrap();
    assert_eq!(payout.items, [(ana.clone(), 250)]);
    let csv = flow.payout_csv(&world.merchant, &payout.id).await.unwrap();
    assert_eq!(csv.lines().nth(1).unwrap(), format!("{},{ana},Ana,ana,2.50,USD", payout.id));
    let missing = flow.payout_paypal(&world.merchant, &payout.id).await.unwrap_err().to_string();
    assert_eq!(missing, "Ana has no PayPal address");
    flow.set_payout_address(&world.merchant, &ana, "ana@example.com").await.unwrap();
    let file = flow.payout_paypal(&world.merchant, &payout.id).await.unwrap();
    assert_eq!(file, format!("ana@example.com,2.50,USD,{ana},\"Commission, Vector\"\r\n"));
    flow.close_payout(&world.merchant, &payout.id, PayoutState::Paid).await.unwrap();
    assert!(flow.close_payout(&world.merchant, &payout.id, PayoutState::Paid).await.is_err());

    // Cancelled after the payout: the ledger owes it back.
    world.clock.forward(1000);
    let cancelled = json!({ "subtotal_price": "49.99", "discount_codes": [{"code": "ANA10"}],
        "updated_at": "2027-01-16T08:00:00Z", "cancelled_at": "2027-01-16T08:00:00Z" });
    delivered(&world, "orders/cancelled", "d3", &order(1001, "60.00", &cancelled)).await;
    assert_eq!((balance().await.payable_minor, balance().await.paid_out_minor), (-250, 250));
    world.clock.forward(1000);
    assert!(flow.adjust(&world.merchant, &ana, "2.50", "", "goodwill", "k1").await.unwrap());
    assert!(!flow.adjust(&world.merchant, &ana, "2.50", "", "goodwill", "k1").await.unwrap(), "the same key");
    assert_eq!(balance().await.payable_minor, 0);
    let kinds =
        [EntryKind::Accrual, EntryKind::Reversal, EntryKind::Payout, EntryKind::Reversal, EntryKind::Adjustment];
    assert_eq!(ledger(&world).await.into_iter().map(|line| line.0).collect::<Vec<_>>(), kinds);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn yen_and_dinars_keep_their_own_units() {
    let world = world().await;
    creator_with_link(&world, "Ana", "ANA10").await;
    rule(&world, percent("12.5")).await;
    for (id, currency, total) in [(1, "JPY", "1001"), (2, "KWD", "1.001")] {
        let extra = json!({ "currency": currency, "discount_codes": [{"code": "ANA10"}] });
        delivered(&world, "orders/create", &format!("d{id}"), &order(id, total, &extra)).await;
    }
    let lines = world.flow().ledger(&world.merchant, None, "").await.unwrap();
    let mut amounts: Vec<_> = lines.iter().map(|line| (line.currency.code(), line.amount_minor)).collect();
    amounts.sort_unstable();
    // 12.5 % of 1001 units is 125.125 units.
    assert_eq!(amounts, [("JPY", 125), ("KWD", 125)]);
    assert_eq!(Currency::parse("KWD").unwrap().exponent(), 3);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_previewed_saved_and_never_rewrites_a_closed_period() {
    let world = world().await;
    let (ana, first) = creator_with_link(&world, "Ana", "").await;
    let (bea, second) = creator_with_link(&world, "Bea", "").await;
    creator_with_link(&world, "Cea", "CEA10").await;
    rule(&world, percent("10")).await;
    world.clock.forward(-3 * DAY_MS);
    let landing = world.click(&first.code.to_string()).await;
    let cookie = landing.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    world.clock.forward(DAY_MS);
    let clicked = world
        .http
        .get(format!("{}/{}", world.url, second.code))
        .header("user-agent", crate::world::CHROME)
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(clicked.status(), 302);
    world.clock.forward(2 * DAY_MS + 60_000);
    let pv_id = cookie.split_once('=').unwrap().1;
    let extra = json!({ "note_attributes": [{"name": "_cs_pv", "value": pv_id}] });
    delivered(&world, "orders/create", "d1", &order(1001, "10.01", &extra)).await;
    let credited = async || -> Vec<(String, String)> {
        let (_, answer) = explained(&world, "1001").await;
        let of = |credit: &Value, field: &str| credit[field].as_str().unwrap().to_owned();
        answer["credits"].as_array().unwrap().iter().map(|one| (of(one, "creator_id"), of(one, "amount"))).collect()
    };
    assert_eq!(credited().await, [(bea.to_string(), "10.01".to_owned())]);

    let linear = NewPolicy {
        model: "linear".into(),
        precedence: ["manual", "promo", "visit", "survey"].map(str::to_owned).to_vec(),
        lookback_days: 30,
        from: "2027-01-15".into(),
    };
    let preview = world.flow().preview_policy(&world.merchant, &linear).await.unwrap();
    assert_eq!((preview.orders, preview.changed), (1, 1));
    let usd = Currency::USD;
    let mut expected = vec![(Some(ana.clone()), usd, 0, 501), (Some(bea.clone()), usd, 1001, 500)];
    expected.sort();
    assert_eq!(preview.creators, expected);
    assert_eq!(credited().await.len(), 1, "a preview changes nothing");
    let wrong = NewPolicy { model: "magic".into(), ..linear.clone() };
    assert!(world.flow().save_policy(&world.merchant, &wrong).await.is_err());
    world.flow().save_policy(&world.merchant, &linear).await.unwrap();
    world.settle().await;
    assert_eq!(credited().await, [(ana.to_string(), "5.01".to_owned()), (bea.to_string(), "5.00".to_owned())]);
    let (_, answer) = explained(&world, "1001").await;
    assert_eq!(
        (&answer["credits"][0]["exact"], &answer["credits"][0]["rounding_minor"]),
        (&json!("1001/2"), &json!(1))
    );
    let mut owed = ledger(&world).await;
    owed.sort_by_key(|line| line.1);
    // 10 % of $10.01 is $1.00: all to Bea at first, half of it taken back when Ana got hers.
    assert_eq!(owed, [(EntryKind::Reversal, -50), (EntryKind::Accrual, 50), (EntryKind::Accrual, 100)]);

    let member = async || {
        let id = &world.merchant.brand().id;
        world.flow().merchant_by_operator(flow::access::Operator, id).await.unwrap()
    };
    world.clock.forward(2 * DAY_MS);
    let today = world.flow().today(world.merchant.brand());
    assert!(world.flow().close_period(&member().await, today).await.is_err(), "a day that is not over");
    world.flow().close_period(&member().await, Day(today.0 - 1)).await.unwrap();
    let last_touch = NewPolicy { model: "last_touch".into(), from: String::new(), ..linear };
    let into_closed = NewPolicy { from: "2027-01-15".into(), ..last_touch.clone() };
    assert!(world.flow().save_policy(&member().await, &into_closed).await.is_err());
    world.flow().save_policy(&member().await, &last_touch).await.unwrap();
    world.settle().await;
    let period = domain::time::Period::between(Day(today.0 - 5), Day(today.0 - 1));
    let closed = world.flow().overview(&world.merchant, period).await.unwrap().total;
    let refund = json!({"id": 7, "order_id": 1001, "created_at": "2027-01-17T09:00:00Z",
        "transactions": [{"kind": "refund", "status": "success", "amount": "4.01", "currency": "USD"}]});
    delivered(&world, "refunds/create", "d2", &refund.to_string()).await;
    assert_eq!(credited().await, [(ana.to_string(), "3.00".to_owned()), (bea.to_string(), "3.00".to_owned())]);
    assert_eq!(world.flow().overview(&world.merchant, period).await.unwrap().total, closed, "closed days stay");
    // Better evidence that comes after the close changes nobody's credit.
    let late = json!({ "note_attributes": [{"name": "_cs_pv", "value": pv_id}],
        "discount_codes": [{"code": "CEA10"}], "updated_at": "2027-01-18T08:00:00Z" });
    delivered(&world, "orders/updated", "d3", &order(1001, "10.01", &late)).await;
    assert_eq!(credited().await, [(ana.to_string(), "3.00".to_owned()), (bea.to_string(), "3.00".to_owned())]);
    let since = domain::time::Period::between(Day(today.0 - 5), today);
    let all = world.flow().overview(&world.merchant, since).await.unwrap().total;
    assert_eq!((all.sales.conversions, all.sales.revenue[&usd]), (1, 600));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn survey_answers_credit_whom_they_name_or_wait_for_a_person() {
    let world = world().await;
    let (jessica, link) = creator_with_link(&world, "Jessica Styles", "").await;
    let key = "fairing-key-0123456789";
    world.flow().set_fairing_key(&world.merchant, key).await.unwrap();
    let answer = async |order: &str, text: &str, shop: &str, signature: &str| {
        let body =
            json!({"order_id": order, "question": "How did you hear about us?", "answer": text, "shop_domain": shop});
        let request = world.http.post(format!("{}/api/webhooks/fairing", world.url)).body(body.to_string());
        let answer = request.header("x-fairing-signature", signature).send().await.unwrap();
        let status = answer.status().as_u16();
        world.settle().await;
        (status, answer.json::<Value>().await.unwrap())
    };
    let shop = crate::world::SHOP;
    assert_eq!(answer("1", "jessica_styles", "nobody.myshopify.com", key).await.0, 404);
    assert_eq!(answer("1", "jessica_styles", shop, "wrong").await.0, 401);
    assert_eq!(
        answer("1", "", shop, key).await,
        (400, json!({"error": "Invalid request", "details": ["answer is required"]}))
    );

    let exact = answer("1001", "@Jessica_Styles", shop, key).await;
    assert_eq!(exact, (200, json!({"ok": true, "creator_id": jessica, "confidence": 0.9})));
    delivered(&world, "orders/create", "d1", &order(1001, "20.00", &json!({}))).await;
    assert_eq!(world.credits().await, [("survey".to_owned(), 2000)], "the answer came before the order");

    delivered(&world, "orders/create", "d2", &order(1002, "30.00", &json!({}))).await;
    let vague = answer("1002", "somebody on TikTok", shop, key).await;
    assert_eq!(vague.1, json!({"ok": true, "creator_id": null, "confidence": null}));
    let open = world.flow().open_answers(&world.merchant).await.unwrap();
    assert_eq!(open.len(), 1);
    world.flow().decide_answer(&world.merchant, &open[0].id, Some(&jessica)).await.unwrap();
    world.settle().await;
    let (_, explained_now) = explained(&world, "1002").await;
    assert_eq!(explained_now["credits"][0]["link_id"], json!(link.id));
    assert_eq!(world.flow().open_answers(&world.merchant).await.unwrap(), vec![]);

    // A person's word beats an answer.
    let (_, other) = creator_with_link(&world, "Other", "").await;
    let id = explained_now["order"]["id"].as_str().unwrap().parse().unwrap();
    world.flow().give_credit(&world.merchant, &id, &other.id, "she showed us the story").await.unwrap();
    world.settle().await;
    let (_, by_hand) = explained(&world, "1002").await;
    assert_eq!((&by_hand["credits"][0]["kind"], &by_hand["has_conflict"]), (&json!("manual"), &json!(true)));
    world.flow().take_credit_back(&world.merchant, &id).await.unwrap();
    world.settle().await;
    assert_eq!(explained(&world, "1002").await.1["credits"][0]["kind"], "survey");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn affiliate_clicks_leads_sales_and_refunds_work_as_their_clients_expect() {
    let world = world().await;
    let (ana, link) = creator_with_link(&world, "Ana", "").await;
    rule(&world, percent("50")).await;
    let send = async |path: &str, key: Option<&str>, body: Value| {
        let mut request = world.http.post(format!("{}{path}", world.url)).body(body.to_string());
        request = request.header("user-agent", crate::world::CHROME).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let fault = |status: u16, error: &str| (status, json!({ "error": error }));
    let key = world.server_key.clone();
    let url = format!("https://yourstore.com/?utm=1&aff={}", link.code);
    for (body, error) in [
        (json!({}), "affiliate_url is required"),
        (json!({"affiliate_url": "yourstore.com"}), "Invalid affiliate_url"),
        (json!({"affiliate_url": "https://yourstore.com/"}), "No aff parameter found in affiliate_url"),
        (json!({"affiliate_url": "https://yourstore.com/?aff=nobody22"}), "Referral link not found"),
    ] {
        assert_eq!(send("/api/v1/track/click", None, body).await, fault(400, error));
    }
    let (status, clicked) = send("/api/tracking/click", None, json!({"affiliate_url": url})).await;
    assert_eq!(
        (status, &clicked["partner_code"], &clicked["cookie_window_days"]),
        (200, &json!(link.code), &json!(30))
    );
    let click_id = clicked["click_id"].as_str().unwrap().to_owned();
    world.clock.forward(60_000);
    // A creator's own code does as well, through the creator's latest link.
    let creator = world.flow().creator(&world.merchant, &ana).await.unwrap();
    let partner = creator.partner_code.unwrap().to_string();
    let url = format!("https://yourstore.com/?aff={}", partner.to_uppercase());
    let (status, clicked) = send("/api/v1/track/click", None, json!({"affiliate_url": url})).await;
    assert_eq!((status, &clicked["partner_code"]), (200, &json!(partner)));
    assert!(clicked["click_id"].as_str().unwrap().starts_with(link.code.as_str()));

    assert_eq!(
        send("/api/v1/track/lead", None, json!({"customer_key": "c1"})).await,
        fault(400, "click_id is required")
    );
    assert_eq!(send("/api/v1/track/lead", Some("nope"), json!({})).await, fault(401, "Invalid or missing API key"));
    let lead = json!({"click_id": click_id, "customer_key": "c1", "email": "c1@example.com"});
    let tracked = (200, json!({"success": true, "message": "Lead tracked successfully"}));
    assert_eq!(send("/api/v1/track/lead", None, lead.clone()).await, tracked);

    let sale = |tx: Value, amount: Value| json!({"transaction_id": tx, "amount_cents": amount, "customer_key": "c1"});
    assert_eq!(send("/api/v1/track/sale", None, sale(json!("t1"), json!(5000))).await.0, 401);
    assert_eq!(send("/api/v1/track/sale", Some(&world.pixel_key), sale(json!("t1"), json!(5000))).await.0, 401);
    let needed = fault(400, "transaction_id is required and must be a string");
    assert_eq!(send("/api/v1/track/sale", Some(&key), sale(json!(7), json!(5000))).await, needed);
    for amount in [json!(0), json!(-5), json!(1.5), json!("50"), Value::Null] {
        let needed = fault(400, "amount_cents is required and must be a positive integer");
        assert_eq!(send("/api/v1/track/sale", Some(&key), sale(json!("t1"), amount)).await, needed);
    }
    let stranger = json!({"transaction_id": "t9", "amount_cents": 1, "customer_key": "nobody"});
    assert_eq!(
        send("/api/v1/track/sale", Some(&key), stranger).await,
        fault(400, "No tracked customer found for customer_key")
    );
    let (status, sold) = send("/api/v1/track/sale", Some(&key), sale(json!("t1"), json!(5000))).await;
    let message = "Sale tracked successfully";
    assert_eq!((status, sold), (200, json!({"success": true, "sale_id": 1, "commission_id": 1, "message": message})));
    let repeat = fault(409, "A sale with this transaction_id already exists");
    assert_eq!(send("/api/tracking/sale", Some(&key), sale(json!("t1"), json!(9999))).await, repeat);
    world.settle().await;
    assert_eq!(world.credits().await, [("click".to_owned(), 5000)]);
    assert_eq!(ledger(&world).await, [(EntryKind::Accrual, 2500)]);

    let refund =
        |amount: Value| json!({"transaction_id": "t1", "refund_amount_cents": amount, "refund_reason": "late"});
    let refunded = |status: &str, deduction: f64| {
        (200, json!({"success": true, "status": status, "deductionAmount": deduction, "commission_id": 1}))
    };
    assert_eq!(
        send("/api/v1/track/refund", Some(&key), json!({"transaction_id": "t9"})).await,
        fault(404, "Sale not found")
    );
    assert_eq!(send("/api/v1/track/refund", Some(&key), refund(json!(1000))).await, refunded("refunded", 5.0));
    assert_eq!(send("/api/v1/track/refund", Some(&key), refund(json!(333))).await.1["deductionAmount"], json!(1.66));
    assert_eq!(send("/api/v1/track/refund", Some(&key), refund(json!(0))).await, refunded("reversed", 18.34));
    assert_eq!(send("/api/v1/track/refund", Some(&key), refund(Value::Null)).await.1["status"], "skipped");
    world.settle().await;
    assert_eq!(ledger(&world).await.iter().map(|line| line.1).sum::<i64>(), 0);
    assert_eq!(world.credits().await, [("click".to_owned(), 0)]);

    // Nor can one that has just clicked claim many customers, or one that somebody else has claimed.
    let (_, other) = creator_with_link(&world, "Bea", "").await;
    let url = format!("https://yourstore.com/?aff={}", other.code);
    let (_, clicked) = send("/api/v1/track/click", None, json!({"affiliate_url": url})).await;
    let grab = json!({"click_id": clicked["click_id"], "customer_key": "c1"});
    send("/api/v1/track/lead", None, grab).await;
    send("/api/v1/track/sale", Some(&key), sale(json!("t2"), json!(700))).await;
    world.settle().await;
    let (_, explained) = explained(&world, "t2").await;
    assert_eq!(explained["credits"][0]["link_id"], json!(link.id));

    // Nor does what it claims become a backend's word: c3's own click, told by the backend, is earlier and counts.
    send("/api/v1/track/lead", None, json!({"click_id": clicked["click_id"], "customer_key": "c3"})).await;
    send("/api/v1/track/lead", Some(&key), json!({"click_id": click_id, "customer_key": "c3"})).await;
    let third = json!({"transaction_id": "t3", "amount_cents": 900, "customer_key": "c3"});
    assert_eq!(send("/api/v1/track/sale", Some(&key), third).await.0, 200);
    world.settle().await;
    let (_, third) = crate::money::explained(&world, "t3").await;
    assert_eq!(third["credits"][0]["link_id"], json!(link.id));

    // Test mode touches nothing.
    let before = (world.credits().await, ledger(&world).await);
    let test = json!({"transaction_id": "t1", "amount_cents": 1, "click_id": click_id, "additional_data": {"test_mode": true}});
    let (status, answer) = send("/api/v1/track/sale", Some(&key), test).await;
    assert_eq!((status, &answer["commission_id"], &answer["data"]["is_test"]), (200, &Value::Null, &json!(true)));
    let test = json!({"affiliate_url": url, "additional_data": {"test_mode": true}});
    let (_, clicked) = send("/api/v1/track/click", None, test).await;
    let lead = json!({"click_id": clicked["click_id"], "additional_data": {"test_mode": true}});
    assert_eq!(send("/api/v1/track/lead", None, lead).await.1["data"]["is_test"], true);
    world.settle().await;
    assert_eq!((world.credits().await, ledger(&world).await), before);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_at_once() {
    let world = world().await;
    let event = format!(r#"{{"event_type":"page_view","pv_id":"{}"}}"#, crate::world::PV);
    assert_eq!(world.track(&world.pixel_key, &event).await.0, 200);
    for key in world.flow().keys(&world.merchant).await.unwrap() {
        world.flow().revoke_key(&world.merchant, &key.id).await.unwrap();
    }
    assert_eq!(world.track(&world.pixel_key, &event).await.0, 401);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_earns_by_the_tier_of_its_time() {
    let world = world().await;
    let (ana, _) = creator_with_link(&world, "Ana", "ANA10").await;
    rule(&world, percent("10")).await;
    rule(&world, NewRule { scope: "tier".into(), of: "gold".into(), ..percent("20") }).await;
    delivered(&world, "orders/create", "d1", &order(1001, "100.00", &promo("ANA10"))).await;
    world.clock.forward(DAY_MS);
    world.flow().update_creator(&world.merchant, &ana, "Ana", &[], "gold").await.unwrap();
    let refund = json!({"id": 7, "order_id": 1001, "created_at": "2027-01-16T09:00:00Z",
        "transactions": [{"kind": "refund", "status": "success", "amount": "50.00", "currency": "USD"}]});
    delivered(&world, "refunds/create", "d2", &refund.to_string()).await;
    assert_eq!(
        ledger(&world).await,
        [(EntryKind::Accrual, 1000), (EntryKind::Reversal, -500)],
        "ten per cent, as then"
    );
    let later = json!({"discount_codes": [{"code": "ANA10"}], "created_at": "2027-01-16T09:00:00Z"});
    delivered(&world, "orders/create", "d3", &order(1002, "100.00", &later)).await;
    assert!(ledger(&world).await.contains(&(EntryKind::Accrual, 2000)), "twenty from then on");
    world.stop().await;
}
