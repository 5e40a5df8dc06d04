//! `/api/v1/tier_rules`: creators move between tiers by what they sell, and by the audience that is reported of them.

use domain::{api_key::KeyKind, time::DAY_MS};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, events, install, visitor_of},
    test_server::{TestServer, order},
};

async fn send(server: &TestServer, key: &str, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let request = server.http.request(method, format!("{}/api/v1{path}", server.url)).bearer_auth(key).json(body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn put(server: &TestServer, rules: Value) -> (u16, Value) {
    send(server, &server.server_key, Method::PUT, "/tier_rules", &json!({ "rules": rules })).await
}

async fn sell(server: &TestServer, id: u64, code: &str, total: &str) {
    let extra = json!({"discount_codes": [{"code": code}]});
    deliver_and_settle(server, "orders/create", &format!("o{id}"), &order(id, total, &extra)).await;
}

async fn tier(server: &TestServer, id: &domain::CreatorId) -> Option<String> {
    server.flow().creators().get(&server.merchant, id).await.unwrap().tier
}

/// The creators who were moved, and where to.
async fn moves(server: &TestServer) -> Vec<Value> {
    let updates = events(server, &[flow::outbound::EventType::CreatorUpdated]).await.into_iter();
    let moves = updates.filter(|event| event["data"]["changed"].as_array().unwrap().contains(&json!("tier")));
    let creator = |event: Value| json!([event["data"]["creator"]["handle"], event["data"]["creator"]["tier"]]);
    let mut moves: Vec<Value> = moves.map(creator).collect();
    moves.sort_by_key(ToString::to_string);
    moves
}

async fn creators_move_by_what_they_sell(server: TestServer) {
    install(&server).await;
    let (ana, _) = creator_with_link(&server, "Ana", "ANA10").await;
    let (ben, _) = creator_with_link(&server, "Ben", "BEN10").await;
    let (cem, _) = creator_with_link(&server, "Cem", "CEM10").await;
    server.clock.advance(1_000);
    let (status, locked) = send(
        &server,
        &server.server_key,
        Method::PATCH,
        &format!("/creators/{ben}"),
        &json!({"tier": "founder", "tier_locked": true}),
    )
    .await;
    assert_eq!((status, &locked["tier_locked"]), (200, &json!(true)));
    for (id, code) in [(1001, "ANA10"), (1002, "ANA10"), (1003, "BEN10"), (1004, "BEN10"), (1005, "CEM10")] {
        sell(&server, id, code, "60.00").await;
    }
    let gold = json!({"tier": "gold", "min_orders": 2, "min_revenue_minor": 12_000, "currency": "USD",
        "min_followers": null, "min_engagement_rate": null, "window_days": 5});
    let silver = json!({"tier": "silver", "min_orders": 1, "window_days": 5});
    let (status, rules) = put(&server, json!([gold, silver])).await;
    assert_eq!((status, &rules["rules"][0]), (200, &gold), "{rules}");
    server.settle().await;
    let tiers = async || [tier(&server, &ana).await, tier(&server, &ben).await, tier(&server, &cem).await];
    let named = |names: [&str; 3]| names.map(|name| (!name.is_empty()).then(|| name.to_owned()));
    assert_eq!(tiers().await, named(["gold", "founder", "silver"]));
    let first = [json!(["ana", "gold"]), json!(["ben", "founder"]), json!(["cem", "silver"])];
    assert_eq!(moves(&server).await, first);

    // A creator who is not moved has no event: neither after the same rules again, nor after the next day's run.
    assert_eq!(put(&server, json!([gold, silver])).await, (200, rules));
    server.clock.advance(DAY_MS);
    server.settle().await;
    assert_eq!(moves(&server).await, first);

    // Down with a refund, and out when the days are over.
    let refund = json!({"id": 7, "order_id": 1002, "created_at": "2027-01-16T09:00:00Z",
        "transactions": [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "r1", &refund.to_string()).await;
    server.clock.advance(DAY_MS);
    server.settle().await;
    assert_eq!(tiers().await, named(["silver", "founder", "silver"]));
    server.clock.advance(6 * DAY_MS);
    server.settle().await;
    assert_eq!(tiers().await, named(["", "founder", ""]));
    assert_eq!(moves(&server).await.len(), 6);
    let stored = server.flow().creators().get(&server.merchant, &ana).await.unwrap();
    let earlier: Vec<_> = stored.earlier_tiers.iter().map(|earlier| earlier.tier.as_deref()).collect();
    assert_eq!(earlier, [None, Some("gold"), Some("silver")], "orders earn by the tier at their time");

    // Without rules no creator is moved.
    assert_eq!(put(&server, json!([])).await.0, 200);
    server.flow().creators().update(&server.merchant, &ana, "Ana", &[], "gold").await.unwrap();
    server.clock.advance(DAY_MS);
    server.settle().await;
    assert_eq!(tier(&server, &ana).await.as_deref(), Some("gold"));
    server.stop().await;
}

async fn creators_move_by_the_audience_that_is_reported(server: TestServer) {
    let (ana, _) = creator_with_link(&server, "Ana", "").await;
    let (ben, _) = creator_with_link(&server, "Ben", "").await;
    let star = json!({"tier": "star", "min_orders": null, "min_revenue_minor": null, "currency": null,
        "min_followers": 5_000, "min_engagement_rate": null, "window_days": 30});
    let lively = json!({"tier": "lively", "min_engagement_rate": 3.25, "window_days": 30});
    let (status, rules) = put(&server, json!([star, lively])).await;
    assert_eq!((status, &rules["rules"][0]), (200, &star), "{rules}");
    assert_eq!(rules["rules"][1]["min_engagement_rate"], json!(3.25));
    let report = async |id: &domain::CreatorId, socials: Value| {
        let body = json!({ "socials": socials });
        let path = format!("/creators/{id}");
        assert_eq!(send(&server, &server.server_key, Method::PATCH, &path, &body).await.0, 200);
        server.clock.advance(DAY_MS);
        server.settle().await;
    };
    let tiers = async || (tier(&server, &ana).await, tier(&server, &ben).await);
    server.settle().await;
    assert_eq!(tiers().await, (None, None));
    let followers = |platform: &str, count: i64, rate: f64| json!({"platform": platform, "handle": "a", "followers": count, "engagement_rate": rate});
    report(&ana, json!([followers("tiktok", 4_000, 1.0), followers("youtube", 1_000, 1.0)])).await;
    report(&ben, json!([followers("tiktok", 4_999, 1.0), followers("youtube", 0, 3.25)])).await;
    assert_eq!(tiers().await, (Some("star".to_owned()), Some("lively".to_owned())));
    report(&ana, json!([followers("tiktok", 4_000, 1.0)])).await;
    assert_eq!(tiers().await.0, None, "down again");
    server.stop().await;
}

async fn wrong_rules_are_named(server: TestServer) {
    let (status, none) = send(&server, &server.server_key, Method::GET, "/tier_rules", &Value::Null).await;
    assert_eq!((status, &none["rules"], &none["updated"]), (200, &json!([]), &Value::Null));
    let rule = |more: Value| {
        let mut rule = json!({"tier": "gold", "window_days": 30});
        for (name, value) in more.as_object().unwrap() {
            rule[name] = value.clone();
        }
        json!([rule])
    };
    for (rules, fault) in [
        (rule(json!({"tier": " "})), "rules[0].tier"),
        (rule(json!({"window_days": 0})), "rules[0].window_days"),
        (rule(json!({"window_days": 731})), "rules[0].window_days"),
        (rule(json!({"min_orders": -1})), "rules[0].min_orders"),
        (rule(json!({"min_followers": -1})), "rules[0].min_followers"),
        (rule(json!({"min_engagement_rate": 100.1})), "rules[0].min_engagement_rate"),
        (rule(json!({"min_engagement_rate": -0.1})), "rules[0].min_engagement_rate"),
        (rule(json!({"min_revenue_minor": 5})), "rules[0] needs"),
        (rule(json!({"currency": "USD"})), "rules[0] needs"),
        (rule(json!({"min_revenue_minor": 5, "currency": "XYZ"})), "rules[0].currency"),
        (rule(json!({"min_clicks": 5})), "min_clicks"),
        (rule(json!({"min_orders": 5.0})), "invalid type: floating point 5.0, expected an integer"),
    ] {
        let (status, body) = put(&server, rules).await;
        assert_eq!((status, &body["code"]), (400, &json!("invalid")), "{fault}");
        assert!(body["details"][0].as_str().unwrap().starts_with(fault), "{body}");
    }
    let (status, _) = send(&server, &server.server_key, Method::PUT, "/tier_rules", &json!({})).await;
    assert_eq!(status, 400, "leaving the rules out does not delete them");
    // The sandbox has its own.
    let (_, test) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let body = json!({ "rules": rule(json!({})) });
    assert_eq!(send(&server, &test, Method::PUT, "/tier_rules", &body).await.1["livemode"], false);
    assert_eq!(send(&server, &server.server_key, Method::GET, "/tier_rules", &Value::Null).await.1, none);
    server.stop().await;
}

/// A tier may pay more. Anybody can report guessed orders with the pixel's key: they move nobody until a person approves.
async fn guessed_orders_move_nobody(server: TestServer) {
    install(&server).await;
    let (thief, link) = creator_with_link(&server, "Thief", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    for id in 1..=3 {
        let guess = json!({"event_type": "purchase", "pv_id": pv_id, "order_id": id.to_string(), "revenue": 1});
        assert_eq!(server.track(&server.pixel_key, &guess.to_string()).await.0, 200);
    }
    let now = server.flow().now().to_rfc3339();
    let placed = json!({"created_at": now, "updated_at": now});
    for id in 1..=3 {
        deliver_and_settle(&server, "orders/create", &format!("o{id}"), &order(id, "60.00", &placed)).await;
    }
    assert_eq!(server.credits().await.len(), 3, "credited as reported");
    let gold =
        json!([{"tier": "gold", "min_orders": 2, "min_revenue_minor": 12_000, "currency": "USD", "window_days": 5}]);
    assert_eq!(put(&server, gold).await.0, 200);
    server.settle().await;
    assert_eq!(tier(&server, &thief).await, None);
    for id in ["1", "2"] {
        let record = server.store.order_by_external_id(&server.merchant.brand().id, id).await.unwrap().unwrap();
        let approval = flow::commission::Approval::Order(&record.order.id);
        server.flow().commissions().approve(&server.merchant, approval).await.unwrap();
    }
    server.clock.advance(DAY_MS);
    server.settle().await;
    assert_eq!(tier(&server, &thief).await.as_deref(), Some("gold"), "two that a person approved");
    server.stop().await;
}

on_both_engines! {
    creators_move_by_what_they_sell
    guessed_orders_move_nobody
    creators_move_by_the_audience_that_is_reported
    wrong_rules_are_named
}
