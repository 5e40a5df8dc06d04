use domain::{commission::EntryKind, time::DAY_MS};
use flow::{commission::NewRule, payout::PayoutState};
use serde_json::json;

use crate::{
    actions::{creator_with_link, deliver_and_settle, ledger, percent, promo, rule},
    test_server::{TestServer, operator, order},
};

async fn commissions_follow_orders_refunds_and_cancellations_and_are_paid_once(server: TestServer) {
    let (ana, _) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    let body = order(1001, "60.00", &json!({ "subtotal_price": "49.99", "discount_codes": [{"code": "ANA10"}] }));
    deliver_and_settle(&server, "orders/create", "d1", &body).await;
    deliver_and_settle(&server, "orders/create", "d1 again", &body).await;
    assert_eq!(ledger(&server).await, [(EntryKind::Accrual, 500)], "10 % of the subtotal, rounded, accrued once");

    // Ledger entries of the same millisecond have no order.
    server.clock.advance(1000);
    // An amount without line items comes off the goods.
    let refund = |id: u64, amount: &str| {
        json!({"id": id, "order_id": 1001, "created_at": "2027-01-15T09:00:00Z",
               "transactions": [{"kind": "refund", "status": "success", "amount": amount, "currency": "USD"}]})
        .to_string()
    };
    deliver_and_settle(&server, "refunds/create", "d2", &refund(7, "30.00")).await;
    deliver_and_settle(&server, "refunds/create", "d2 again", &refund(7, "30.00")).await;
    assert_eq!(ledger(&server).await[1..], [(EntryKind::Reversal, -300)]);

    let flow = server.flow();
    let balance = async || flow.commissions().balances(&server.merchant).await.unwrap().remove(0);
    assert_eq!((balance().await.held_minor, balance().await.payable_minor), (200, 0));
    assert!(flow.payouts().create(&server.merchant, "USD").await.is_err(), "still held");
    server.clock.advance(31 * DAY_MS);
    assert_eq!(balance().await.payable_minor, 200);
    let payout = flow.payouts().create(&server.merchant, "usd").await.unwrap();
    assert_eq!(payout.items, [(ana.clone(), 200)]);
    let csv = flow.payouts().csv(&server.merchant, &payout.id).await.unwrap();
    assert_eq!(csv.lines().nth(1).unwrap(), format!("{},{ana},Ana,ana,2.00,USD,,,,,,", payout.id));
    let missing = flow.payouts().paypal_csv(&server.merchant, &payout.id).await.unwrap_err().to_string();
    assert_eq!(missing, "Ana has no PayPal address");
    flow.payouts().set_address(&server.merchant, &ana, "ana@example.com").await.unwrap();
    let file = flow.payouts().paypal_csv(&server.merchant, &payout.id).await.unwrap();
    assert_eq!(file, format!("ana@example.com,2.00,USD,{ana},\"Commission, Vector\"\r\n"));
    flow.payouts().close(&server.merchant, &payout.id, PayoutState::Paid).await.unwrap();
    assert!(flow.payouts().close(&server.merchant, &payout.id, PayoutState::Paid).await.is_err());

    // Cancelled after the payout: the balance becomes negative.
    server.clock.advance(1000);
    let cancelled = json!({ "subtotal_price": "49.99", "discount_codes": [{"code": "ANA10"}],
        "updated_at": "2027-01-16T08:00:00Z", "cancelled_at": "2027-01-16T08:00:00Z" });
    deliver_and_settle(&server, "orders/cancelled", "d3", &order(1001, "60.00", &cancelled)).await;
    assert_eq!((balance().await.payable_minor, balance().await.paid_out_minor), (-200, 200));
    server.clock.advance(1000);
    assert!(flow.commissions().adjust(&server.merchant, &ana, "2.00", "", "goodwill", "k1").await.unwrap());
    assert!(
        !flow.commissions().adjust(&server.merchant, &ana, "2.00", "", "goodwill", "k1").await.unwrap(),
        "repeated idempotency key"
    );
    assert_eq!(balance().await.payable_minor, 0);
    let kinds =
        [EntryKind::Accrual, EntryKind::Reversal, EntryKind::Payout, EntryKind::Reversal, EntryKind::Adjustment];
    assert_eq!(ledger(&server).await.into_iter().map(|line| line.0).collect::<Vec<_>>(), kinds);
    server.stop().await;
}

async fn commission_uses_the_creator_tier_at_order_time(server: TestServer) {
    let (ana, _) = creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    rule(&server, NewRule { scope: "tier".into(), of: "gold".into(), ..percent("20") }).await;
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "100.00", &promo("ANA10"))).await;
    server.clock.advance(DAY_MS);
    server.flow().creators().update(&server.merchant, &ana, "Ana", &[], "gold").await.unwrap();
    let refund = json!({"id": 7, "order_id": 1001, "created_at": "2027-01-16T09:00:00Z",
        "transactions": [{"kind": "refund", "status": "success", "amount": "50.00", "currency": "USD"}]});
    deliver_and_settle(&server, "refunds/create", "d2", &refund.to_string()).await;
    assert_eq!(
        ledger(&server).await,
        [(EntryKind::Accrual, 1000), (EntryKind::Reversal, -500)],
        "10 %, the rate at order time"
    );
    let later = json!({"discount_codes": [{"code": "ANA10"}], "created_at": "2027-01-16T09:00:00Z"});
    deliver_and_settle(&server, "orders/create", "d3", &order(1002, "100.00", &later)).await;
    assert!(ledger(&server).await.contains(&(EntryKind::Accrual, 2000)), "20 % for later orders");
    server.stop().await;
}

async fn gift_cards_earn_only_if_the_brand_says_so(mut server: TestServer) {
    creator_with_link(&server, "Ana", "ANA10").await;
    rule(&server, percent("10")).await;
    let usd = |amount: &str| json!({"shop_money": {"amount": amount, "currency_code": "USD"}});
    let line = |id: u64, price: &str, is_gift_card: bool| {
        json!({"id": id, "product_id": id, "quantity": 1, "current_quantity": 1, "gift_card": is_gift_card,
               "price_set": usd(price)})
    };
    let mut body = json!({"line_items": [line(1, "50.00", true), line(2, "40.00", false)]});
    body.as_object_mut().unwrap().extend(promo("ANA10").as_object().unwrap().clone());
    let mut with_current = body.clone();
    with_current["current_total_price"] = json!("90.00");
    with_current["current_subtotal_price"] = json!("90.00");
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "90.00", &with_current)).await;
    deliver_and_settle(&server, "orders/create", "d2", &order(1002, "90.00", &body)).await;
    assert_eq!(ledger(&server).await, [(EntryKind::Accrual, 400); 2], "10 % of the goods");
    server.flow().policies().save_gift_cards(&server.merchant, true).await.unwrap();
    let id = server.merchant.brand().id.clone();
    server.merchant = server.flow().access().merchant_by_operator(operator(), &id).await.unwrap();
    deliver_and_settle(&server, "orders/create", "d3", &order(1003, "90.00", &with_current)).await;
    deliver_and_settle(&server, "orders/create", "d4", &order(1004, "90.00", &body)).await;
    let mut earned: Vec<i64> = ledger(&server).await.into_iter().map(|(_, minor)| minor).collect();
    earned.sort_unstable();
    assert_eq!(earned, [400, 400, 900, 900], "10 % of all, of orders settled from then on");
    // Turned off again.
    server.flow().policies().save_gift_cards(&server.merchant, false).await.unwrap();
    deliver_and_settle(&server, "orders/create", "d5", &order(1005, "90.00", &with_current)).await;
    assert_eq!(ledger(&server).await.iter().map(|(_, minor)| minor).sum::<i64>(), 3_000);
    server.stop().await;
}

on_both_engines!(gift_cards_earn_only_if_the_brand_says_so commissions_follow_orders_refunds_and_cancellations_and_are_paid_once commission_uses_the_creator_tier_at_order_time);
