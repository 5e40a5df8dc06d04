use domain::{
    Currency,
    commission::EntryKind,
    time::{DAY_MS, Day},
};
use flow::policy::NewPolicy;
use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, ledger, percent, rule},
    test_server::{CHROME, TestServer, operator, order},
};

async fn policy_changes_are_previewed_and_leave_closed_periods_unchanged(server: TestServer) {
    let (ana, first) = creator_with_link(&server, "Ana", "").await;
    let (bea, second) = creator_with_link(&server, "Bea", "").await;
    creator_with_link(&server, "Cea", "CEA10").await;
    rule(&server, percent("10")).await;
    server.clock.advance(-3 * DAY_MS);
    let landing = server.click(&first.code.to_string()).await;
    let cookie = landing.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    server.clock.advance(DAY_MS);
    let clicked = server
        .http
        .get(format!("{}/{}", server.url, second.code))
        .header("user-agent", CHROME)
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(clicked.status(), 302);
    server.clock.advance(2 * DAY_MS + 60_000);
    let pv_id = cookie.split_once('=').unwrap().1;
    let extra = json!({ "note_attributes": [{"name": "_cs_pv", "value": pv_id}] });
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "10.01", &extra)).await;
    let credited = async || -> Vec<(String, String)> {
        let (_, answer) = get_attribution(&server, "1001").await;
        let of = |credit: &Value, field: &str| credit[field].as_str().unwrap().to_owned();
        answer["credits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|credit| (of(credit, "creator_id"), of(credit, "amount")))
            .collect()
    };
    assert_eq!(credited().await, [(bea.to_string(), "10.01".to_owned())]);

    let linear = NewPolicy {
        model: "linear".into(),
        precedence: ["manual", "promo", "visit", "survey"].map(str::to_owned).to_vec(),
        lookback_days: 30,
        from: "2027-01-15".into(),
    };
    let preview = server.flow().policies().preview(&server.merchant, &linear).await.unwrap();
    assert_eq!((preview.orders, preview.changed), (1, 1));
    let usd = Currency::USD;
    let mut expected = vec![(Some(ana.clone()), usd, 0, 501), (Some(bea.clone()), usd, 1001, 500)];
    expected.sort();
    assert_eq!(preview.creators, expected);
    assert_eq!(credited().await.len(), 1, "a preview changes nothing");
    let wrong = NewPolicy { model: "magic".into(), ..linear.clone() };
    assert!(server.flow().policies().save(&server.merchant, &wrong).await.is_err());
    server.flow().policies().save(&server.merchant, &linear).await.unwrap();
    server.settle().await;
    assert_eq!(credited().await, [(ana.to_string(), "5.01".to_owned()), (bea.to_string(), "5.00".to_owned())]);
    let (_, answer) = get_attribution(&server, "1001").await;
    assert_eq!(
        (&answer["credits"][0]["exact"], &answer["credits"][0]["rounding_minor"]),
        (&json!("1001/2"), &json!(1))
    );
    let mut owed = ledger(&server).await;
    owed.sort_by_key(|line| line.1);
    // 10 % of $10.01 is $1.00: first all of it to Bea, then $0.50 reversed and accrued to Ana.
    assert_eq!(owed, [(EntryKind::Reversal, -50), (EntryKind::Accrual, 50), (EntryKind::Accrual, 100)]);

    let merchant = async || {
        let id = &server.merchant.brand().id;
        server.flow().access().merchant_by_operator(operator(), id).await.unwrap()
    };
    server.clock.advance(2 * DAY_MS);
    let today = server.flow().reports().today(server.merchant.brand());
    assert!(server.flow().policies().close_period(&merchant().await, today).await.is_err(), "today is not over yet");
    server.flow().policies().close_period(&merchant().await, Day(today.0 - 1)).await.unwrap();
    let last_touch = NewPolicy { model: "last_touch".into(), from: String::new(), ..linear };
    let into_closed = NewPolicy { from: "2027-01-15".into(), ..last_touch.clone() };
    assert!(server.flow().policies().save(&merchant().await, &into_closed).await.is_err());
    server.flow().policies().save(&merchant().await, &last_touch).await.unwrap();
    server.settle().await;
    let period = domain::time::Period::between(Day(today.0 - 5), Day(today.0 - 1));
    let closed = server.flow().reports().overview(&server.merchant, period).await.unwrap().total;
    let refund = json!({"id": 7, "order_id": 1001, "created_at": "2027-01-17T09:00:00Z",
        "transactions": [{"kind": "refund", "status": "success", "amount": "4.01", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "d2", &refund.to_string()).await;
    assert_eq!(credited().await, [(ana.to_string(), "3.00".to_owned()), (bea.to_string(), "3.00".to_owned())]);
    assert_eq!(
        server.flow().reports().overview(&server.merchant, period).await.unwrap().total,
        closed,
        "closed days stay unchanged"
    );
    // Stronger evidence that arrives after the close changes no credit.
    let late = json!({ "note_attributes": [{"name": "_cs_pv", "value": pv_id}],
        "discount_codes": [{"code": "CEA10"}], "updated_at": "2027-01-18T08:00:00Z" });
    deliver_and_settle(&server, "orders/updated", "d3", &order(1001, "10.01", &late)).await;
    assert_eq!(credited().await, [(ana.to_string(), "3.00".to_owned()), (bea.to_string(), "3.00".to_owned())]);
    let since = domain::time::Period::between(Day(today.0 - 5), today);
    let all = server.flow().reports().overview(&server.merchant, since).await.unwrap().total;
    assert_eq!((all.sales.conversions, all.sales.revenue[&usd]), (1, 600));
    server.stop().await;
}

on_both_engines!(policy_changes_are_previewed_and_leave_closed_periods_unchanged);
