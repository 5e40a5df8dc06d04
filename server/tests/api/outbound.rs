//! Events for other systems: what each fact emits, once, and in which order they are read.

use core::time::Duration;

use domain::{CreatorId, api_key::KeyKind, time::DAY_MS};
use flow::{
    FlowError, Lane,
    commission::Approval,
    link::NewLink,
    outbound::{Envelope, EventQuery, EventType},
    payout::PayoutState,
    setup::NewBrand,
};
use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, events, install, percent, promo, purchase, rule, visitor_of},
    test_server::{ENCRYPTION_KEY, TestServer, operator, order},
};

/// The events after a number: their types and data.
async fn after(server: &TestServer, after: i64) -> Vec<(String, Value)> {
    let all = events(server, &[]).await.into_iter().filter(|event| event["sequence"].as_i64().unwrap() > after);
    all.map(|event| (event["type"].as_str().unwrap().to_owned(), event["data"].clone())).collect()
}

fn types(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

async fn last(server: &TestServer) -> i64 {
    i64::try_from(events(server, &[]).await.len()).unwrap()
}

async fn sign_in(server: &TestServer, creator: &CreatorId) {
    let link = server.flow().access().sign_in_link(&server.merchant, Some(creator)).await.unwrap();
    server.flow().access().sign_in(link.rsplit('/').next().unwrap()).await.unwrap();
}

fn refund(order: u64, id: u64, amount: &str) -> String {
    json!({"id": id, "order_id": order, "created_at": "2027-01-15T09:00:00Z",
           "transactions": [{"kind": "refund", "status": "success", "amount": amount, "currency": "USD"}]})
    .to_string()
}

async fn creators_emit_what_happens_to_them(server: TestServer) {
    let (flow, merchant) = (server.flow(), &server.merchant);
    let ana = flow.creators().create(merchant, "Ana", "ana", "ana@example.com").await.unwrap();
    flow.creators().update(merchant, &ana.id, "Ana", &["Ana B".into()], "gold").await.unwrap();
    flow.creators().update(merchant, &ana.id, "Ana", &["Ana B".into()], "gold").await.unwrap();
    flow.creators().update(merchant, &ana.id, "Ana C", &["Ana B".into()], "gold").await.unwrap();
    sign_in(&server, &ana.id).await;
    sign_in(&server, &ana.id).await;
    let campaign = flow.campaigns().create(merchant, "Spring").await.unwrap();
    let new = NewLink {
        destination: "https://shop.example/p".into(),
        creator: ana.id.to_string(),
        campaign: campaign.id.to_string(),
        ..NewLink::default()
    };
    let link = flow.links().create(merchant, &new).await.unwrap();
    flow.links().delete(merchant, &link.id).await.unwrap();
    flow.links().create(merchant, &new).await.unwrap();
    flow.links().create(merchant, &NewLink { campaign: String::new(), ..new }).await.unwrap();

    let found = after(&server, 0).await;
    let expected = [
        "creator.created",
        "creator.updated",
        "creator.updated",
        "creator.invitation_accepted",
        "creator.activated",
        "campaign.creator_added",
    ];
    assert_eq!(types(&found), expected);
    assert_eq!(found[0].1["creator"]["handle"], "ana");
    assert_eq!(found[1].1["changed"], json!(["aliases", "tier"]));
    let creator = &found[2].1["creator"];
    assert_eq!(
        (&creator["name"], &creator["tier"], &creator["aliases"]),
        (&json!("Ana C"), &json!("gold"), &json!(["Ana B"]))
    );
    assert_eq!(found[4].1["creator"]["id"], json!(ana.id));
    let addition = json!({
        "campaign": {"id": campaign.id, "name": "Spring"},
        "creator": {"id": ana.id, "name": "Ana C", "handle": "ana"},
        "link": {"id": link.id, "code": link.code},
    });
    assert_eq!(found[5].1, addition);
    assert!(!found.iter().any(|(_, data)| data.to_string().contains("example.com")), "no address in any of them");
    server.stop().await;
}

async fn orders_emit_each_change_of_their_credit_once(server: TestServer) {
    install(&server).await;
    let (ana, link) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    let before = last(&server).await;
    let extra = json!({"discount_codes": [{"code": "ANA10"}], "email": "ada@example.com",
        "customer": {"id": 7, "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}});
    let body = order(1001, "60.00", &extra);
    deliver_and_settle(&server, "orders/create", "d1", &body).await;
    deliver_and_settle(&server, "orders/create", "d1 again", &body).await;
    let found = after(&server, before).await;
    assert_eq!(types(&found), ["order.attributed", "commission.created"]);
    let credited = json!({"creator": {"id": ana, "name": "Ana", "handle": "ana"},
        "link": {"id": link.id, "code": link.code}, "campaign_id": null, "kind": "promo", "amount_minor": 6000,
        "weight": "1/1"});
    let data = &found[0].1;
    assert_eq!(data["credits"], json!([credited]));
    assert_eq!(
        (&data["external_id"], &data["name"], &data["source"], &data["currency"], &data["model"]),
        (&json!("1001"), &json!("#1001"), &json!("shopify"), &json!("USD"), &json!("last_touch"))
    );
    assert_eq!((&data["net_minor"], &data["previous_net_minor"]), (&json!(6000), &Value::Null));
    assert_eq!(data["placed_at"], "2027-01-15T08:00:10.000Z");
    let commission = &found[1].1;
    assert_eq!((&commission["amount_minor"], &commission["kind"]), (&json!(600), &json!("accrual")));
    assert_eq!((&commission["order_id"], &commission["creator"]["handle"]), (&data["order_id"], &json!("ana")));

    // A settlement without a change emits nothing.
    let order_id = flow::job::OrderRef { brand: server.merchant.brand().id.clone(), order_id: "1001".into() };
    server.flow().orders().settle(&order_id).await.unwrap();
    assert_eq!(last(&server).await, before + 2);

    server.clock.advance(1000);
    deliver_and_settle(&server, "refunds/create", "r1", &refund(1001, 7, "30.00")).await;
    deliver_and_settle(&server, "refunds/create", "r1 again", &refund(1001, 7, "30.00")).await;
    let found = after(&server, before + 2).await;
    assert_eq!(types(&found), ["order.refunded", "commission.created"]);
    let data = &found[0].1;
    assert_eq!(
        [&data["net_minor"], &data["previous_net_minor"], &data["refund_minor"], &data["refunded_minor"]],
        [3000, 6000, 3000, 3000]
    );
    assert_eq!((&found[1].1["amount_minor"], &found[1].1["kind"]), (&json!(-300), &json!("reversal")));

    server.clock.advance(1000);
    let mut cancelled = extra.clone();
    (cancelled["updated_at"], cancelled["cancelled_at"]) =
        (json!("2027-01-16T08:00:00Z"), json!("2027-01-16T08:00:00Z"));
    deliver_and_settle(&server, "orders/cancelled", "c1", &order(1001, "60.00", &cancelled)).await;
    let found = after(&server, before + 4).await;
    assert_eq!(types(&found), ["order.refunded", "commission.created"]);
    assert_eq!(
        [&found[0].1["net_minor"], &found[0].1["previous_net_minor"], &found[0].1["refund_minor"]],
        [0, 3000, 0]
    );
    let all = serde_json::to_string(&events(&server, &[]).await).unwrap();
    assert!(!all.contains("Lovelace") && !all.contains("example.com"), "{all}");
    // Orders of nobody, and test records, emit nothing.
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    let bought = json!({"event_type": "purchase", "pv_id": pv_id, "order_id": "pos-1", "revenue": 20});
    assert_eq!(server.track(&test_key, &bought.to_string()).await.0, 200);
    deliver_and_settle(&server, "orders/create", "d2", &order(1002, "60.00", &json!({}))).await;
    assert_eq!(last(&server).await, before + 6);
    // The same of a live key does.
    purchase(&server, &pv_id, "pos-2", "20").await;
    server.settle().await;
    assert_eq!(types(&after(&server, before + 6).await), ["order.attributed", "commission.created"]);
    server.stop().await;
}

async fn commissions_are_approved_when_their_hold_ends_and_paid(server: TestServer) {
    install(&server).await;
    let (ana, _) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &promo("ANA10"))).await;
    let before = last(&server).await;
    server.clock.advance(29 * DAY_MS);
    server.settle().await;
    assert_eq!(last(&server).await, before, "on hold");
    server.clock.advance(2 * DAY_MS);
    server.settle().await;
    let found = after(&server, before).await;
    assert_eq!(types(&found), ["commission.approved"]);
    assert_eq!((&found[0].1["amount_minor"], &found[0].1["creator"]["id"]), (&json!(600), &json!(ana)));
    let payout = server.flow().payouts().create(&server.merchant, "USD").await.unwrap();
    server.flow().payouts().close(&server.merchant, &payout.id, PayoutState::Cancelled).await.unwrap();
    server.clock.advance(1000);
    let payout = server.flow().payouts().create(&server.merchant, "USD").await.unwrap();
    server.flow().payouts().close(&server.merchant, &payout.id, PayoutState::Paid).await.unwrap();
    let found = after(&server, before + 1).await;
    assert_eq!(types(&found), ["payout.paid"], "a cancelled one is not paid");
    let paid = json!({"payout_id": payout.id, "creator": {"id": ana, "name": "Ana", "handle": "ana"},
        "amount_minor": 600, "currency": "USD", "reference": null});
    assert_eq!(found[0].1, paid);
    // A refund of what was paid is due at once.
    deliver_and_settle(&server, "refunds/create", "r1", &refund(1001, 7, "60.00")).await;
    let found = after(&server, before + 2).await;
    assert_eq!(types(&found), ["order.refunded", "commission.created", "commission.approved"]);
    assert_eq!(found[2].1["amount_minor"], -600);
    // A person's adjustment is due at once, and its words stay inside.
    for _ in 0..2 {
        server.flow().commissions().adjust(&server.merchant, &ana, "2.00", "", "for Ada", "k1").await.unwrap();
    }
    let found = after(&server, before + 5).await;
    assert_eq!(types(&found), ["commission.created", "commission.approved"]);
    assert_eq!((&found[1].1["amount_minor"], &found[1].1["reason"]), (&json!(200), &json!("")));
    server.stop().await;
}

async fn what_waits_for_a_person_is_approved_by_one(server: TestServer) {
    install(&server).await;
    creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    server.flow().policies().save_settings(&server.merchant, 30, true, false, vec![]).await.unwrap();
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &promo("ANA10"))).await;
    deliver_and_settle(&server, "orders/create", "d2", &order(1002, "20.00", &promo("ANA10"))).await;
    let before = last(&server).await;
    let created = events(&server, &[EventType::CommissionCreated]).await;
    assert!(created.iter().all(|event| event["data"]["needs_approval"] == true));
    // Approved on hold: it may be paid when that ends.
    let entries = server.flow().commissions().ledger(&server.merchant, None, "").await.unwrap();
    let first = entries.iter().find(|entry| entry.amount_minor == 600).unwrap().order.clone().unwrap();
    assert_eq!(server.flow().commissions().approve(&server.merchant, Approval::Order(&first)).await.unwrap(), 1);
    assert_eq!(last(&server).await, before);
    server.clock.advance(31 * DAY_MS);
    server.settle().await;
    let found = after(&server, before).await;
    assert_eq!((types(&found), &found[0].1["amount_minor"]), (vec!["commission.approved"], &json!(600)));
    for _ in 0..2 {
        server.flow().commissions().approve(&server.merchant, Approval::Proven).await.unwrap();
    }
    let found = after(&server, before + 1).await;
    assert_eq!((types(&found), &found[0].1["amount_minor"]), (vec!["commission.approved"], &json!(200)));
    assert_eq!((&found[0].1["needs_approval"], &found[0].1["creator"]["name"]), (&json!(false), &json!("Ana")));
    server.stop().await;
}

/// What a person writes who edits a commission stays inside, also once the commission is approved.
async fn words_of_an_edit_stay_inside(server: TestServer) {
    install(&server).await;
    creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    server.flow().policies().save_settings(&server.merchant, 30, true, false, vec![]).await.unwrap();
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &promo("ANA10"))).await;
    let entries = server.flow().commissions().ledger(&server.merchant, None, "").await.unwrap();
    let url = format!("{}/api/v1/commissions/{}", server.url, entries[0].id);
    let change = json!({"amount_minor": 500, "reason": "Ada Lovelace phoned"});
    let answer = server.http.patch(url).bearer_auth(&server.server_key).json(&change).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let order = entries[0].order.clone().unwrap();
    assert_eq!(server.flow().commissions().approve(&server.merchant, Approval::Order(&order)).await.unwrap(), 2);
    server.clock.advance(29 * DAY_MS);
    server.settle().await;
    server.clock.advance(2 * DAY_MS);
    server.settle().await;
    let approved = events(&server, &[EventType::CommissionApproved]).await;
    let amounts: Vec<_> = approved.iter().map(|event| event["data"]["amount_minor"].as_i64().unwrap()).collect();
    assert_eq!(amounts.iter().sum::<i64>(), 500, "{approved:?}");
    let all = serde_json::to_string(&events(&server, &[]).await).unwrap();
    assert!(!all.contains("Lovelace"), "{all}");
    server.stop().await;
}

async fn replicas_number_together_without_gap_or_double(server: TestServer) {
    install(&server).await;
    creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    let brand = server.merchant.brand().id.clone();
    for id in 1..=24 {
        assert_eq!(server.deliver("orders/create", &id.to_string(), &order(id, "10.00", &promo("ANA10"))).await, 200);
    }
    // The server and its worker are one replica, the test's own connection another.
    let other = async {
        let mut count = 0;
        for _ in 0..60 {
            count += server.store.sequence_events(&brand, server.clock_now(), 3).await.unwrap().len();
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        count
    };
    let own = async {
        for _ in 0..40 {
            server.flow().jobs().run_due(Lane::Deliveries, "", 4).await.unwrap();
            server.flow().jobs().run_due(Lane::Settlements, "", 4).await.unwrap();
            server.flow().jobs().run_due(Lane::Outbound, "", 4).await.unwrap();
        }
    };
    tokio::join!(other, own);
    server.settle().await;
    let found = events(&server, &[]).await;
    let numbers: Vec<i64> = found.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
    // Of each order two; of the creator one, and one of ten orders.
    assert_eq!(numbers, (1..=2 * 24 + 2).collect::<Vec<i64>>());
    let mut ids: Vec<&str> = found.iter().map(|event| event["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), found.len());
    server.stop().await;
}

async fn events_are_read_with_the_brands_own_proofs(server: TestServer) {
    let flow = server.flow();
    let ana = flow.creators().create(&server.merchant, "Ana", "ana", "").await.unwrap();
    flow.creators().create(&server.merchant, "Zoe", "zoe", "").await.unwrap();
    server.settle().await;
    let caller = flow.access().api_caller(&server.server_key).await.unwrap();
    let query = EventQuery { object_id: Some(ana.id.to_string()), ..EventQuery::default() };
    let found = flow.outbound().list(&caller, &query).await.unwrap();
    assert_eq!((found.len(), found[0].sequence), (1, 1));
    let id = &found[0].id;
    let text = |event: &Envelope| serde_json::to_string(event).unwrap();
    assert_eq!(text(&flow.outbound().get(&server.merchant, id).await.unwrap()), text(&found[0]));
    assert!(text(&found[0]).ends_with(r#""api_version":"2026-11-26","livemode":true}"#), "{}", text(&found[0]));
    let pages = EventQuery { after: 1, limit: 1, ..EventQuery::default() };
    assert_eq!(flow.outbound().list(&caller, &pages).await.unwrap()[0].sequence, 2);
    // A pixel key reads nothing, a test key finds nothing, and another brand's key cannot tell that there is something.
    let pixel = flow.access().api_caller(&server.pixel_key).await.unwrap();
    assert!(matches!(flow.outbound().list(&pixel, &query).await, Err(FlowError::Unauthorized)));
    let (_, test_key) = flow.setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let test = flow.access().api_caller(&test_key).await.unwrap();
    assert!(flow.outbound().list(&test, &EventQuery::default()).await.unwrap().is_empty());
    let other = flow.setup().create_brand(operator(), &NewBrand { name: "Other".into(), ..NewBrand::default() }).await;
    let stranger = flow.access().merchant_by_operator(operator(), &other.unwrap().id).await.unwrap();
    assert!(flow.outbound().list(&stranger, &EventQuery::default()).await.unwrap().is_empty());
    for missing in [flow.outbound().get(&stranger, id).await, flow.outbound().get(&test, id).await] {
        assert!(matches!(missing, Err(FlowError::NotFound("event"))));
    }
    server.stop().await;
}

async fn events_are_printed_one_a_line_and_kept_for_thirty_days(server: TestServer) {
    let (flow, merchant) = (server.flow(), &server.merchant);
    let ana = flow.creators().create(merchant, "Ana", "ana", "").await.unwrap();
    flow.creators().update(merchant, &ana.id, "Ana", &[], "gold").await.unwrap();
    server.settle().await;
    let run = async |arguments: &[&str]| {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_creatorscore"))
            .args(["--database-url", &server.database, "--app-encryption-key", ENCRYPTION_KEY, "--log", "error"])
            .args(["event", "tail", "--brand", merchant.brand().id.as_str()])
            .args(arguments)
            .output()
            .await
            .unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let lines = |text: &str| text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    assert_eq!(lines(&run(&[]).await.1), events(&server, &[]).await);
    assert_eq!(lines(&run(&["--after", "1"]).await.1).len(), 1);
    let created = lines(&run(&["--types", "creator.created,order.attributed"]).await.1);
    assert_eq!((created.len(), &created[0]["type"]), (1, &json!("creator.created")));
    assert!(!run(&["--types", "creator.gone"]).await.0);

    server.clock.advance(20 * DAY_MS);
    flow.creators().update(merchant, &ana.id, "Ana", &[], "silver").await.unwrap();
    server.clock.advance(11 * DAY_MS);
    server.settle().await;
    let kept = events(&server, &[]).await;
    assert_eq!((kept.len(), &kept[0]["sequence"]), (1, &json!(3)));
    server.stop().await;
}

on_both_engines!(
    creators_emit_what_happens_to_them
    orders_emit_each_change_of_their_credit_once
    commissions_are_approved_when_their_hold_ends_and_paid
    what_waits_for_a_person_is_approved_by_one
    words_of_an_edit_stay_inside
    replicas_number_together_without_gap_or_double
    events_are_read_with_the_brands_own_proofs
    events_are_printed_one_a_line_and_kept_for_thirty_days
);
