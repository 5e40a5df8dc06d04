//! Requirements on every adapter: `store::settlements`.

use domain::{
    BrandId, Currency, FactsVersion, OrderId, RuleId,
    attribution::{self, Attribution, AttributionInput},
    brand::{Brand, Settings},
    commission::{EntryKind, Owed},
    model::Model,
    order::Order,
    policy::Policy,
    settlement::Settlement,
    time::{DAY_MS, Day, Period},
};

use crate::{
    commissions::{Approval, Balance},
    conformance::fixtures::{
        AnyStore, NOON, audit, creator, link, order, settle, settle_job, settle_one, settlement, texts, today, week,
        with_links,
    },
    orders::Refund,
    outbound::NewEvents,
};

pub async fn settlements_change_totals_by_the_difference(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    store.put_order(&order("22", 700), today(), &settle_job).await.unwrap();
    for id in ["1001", "22", "1001"] {
        let attribution = settle(&store, &brand, id).await;
        let found = store.order_by_external_id(&brand, id).await.unwrap().unwrap();
        assert_eq!(found.attribution, Some(attribution));
    }
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!(traffic.sales_by_link.len(), 1);
    assert_eq!((traffic.sales_by_link[0].conversions, traffic.sales_by_link[0].revenue_minor), (2, 5700));
    let refund = Refund {
        order_external_id: "1001".into(),
        external_id: "r1".into(),
        amount_minor: 1234,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: Some(50),
        lines: vec![("line".into(), 50)],
        reason: None,
    };
    store.put_refund(&brand, &refund, &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    let traffic = store.traffic(&brand, week()).await.unwrap();
    assert_eq!((traffic.sales_by_day[0].conversions, traffic.sales_by_day[0].revenue_minor), (2, 4466));
    let cancelled =
        Order { cancelled_at: Some(NOON), version: FactsVersion::latest_wins(NOON.plus_ms(1)), ..order("22", 700) };
    store.put_order(&cancelled, today(), &settle_job).await.unwrap();
    settle(&store, &brand, "22").await;
    let days = store.order_days(&brand, week()).await.unwrap();
    assert_eq!((days[0].conversions, days[0].revenue_minor), (1, 3766));
    let credits = store.credits_after(&brand, ("", 0), 10).await.unwrap();
    assert_eq!(credits.iter().map(|record| record.credit.amount_minor).sum::<i64>(), 3766);
    assert_eq!(store.orders(&brand, (NOON.plus_ms(1), ""), 10).await.unwrap().len(), 2);
    assert_eq!(store.orders(&brand, (NOON, ""), 10).await.unwrap().len(), 0);

    let euro = Currency::parse("EUR").unwrap();
    let corrected =
        Order { currency: euro, version: FactsVersion::latest_wins(NOON.plus_ms(5)), ..order("1001", 5000) };
    let stale = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();
    store.put_order(&corrected, today(), &settle_job).await.unwrap();
    let attribution = stale.attribution.unwrap();
    let settlement = settlement(&stale.order, &[], &attribution);
    assert!(!settle_one(&store, &settlement).await, "the facts changed since the decision");
    settle(&store, &brand, "1001").await;
    let days = store.order_days(&brand, week()).await.unwrap();
    let sums: Vec<_> = days.iter().map(|row| (row.currency, row.conversions, row.revenue_minor)).collect();
    assert_eq!(sums.iter().find(|sum| sum.0 == euro), Some(&(euro, 1, 5000)));
    assert!(sums.iter().all(|sum| sum.0 == euro || (sum.1, sum.2) == (0, 0)), "{sums:?}");
}

/// Settles an order with `amount_minor` owed to creator 1, after applying `change` to the settlement.
async fn settle_owing(
    store: &AnyStore,
    brand: &BrandId,
    external_id: &str,
    amount_minor: i64,
    change: impl for<'a> Fn(Settlement<'a>) -> Settlement<'a>,
) {
    let record = store.order_by_external_id(brand, external_id).await.unwrap().unwrap();
    let (order, settlements) = (record.order, record.settlements);
    let links = store.links(brand).await.unwrap();
    let input = AttributionInput { links, ..AttributionInput::without_evidence(order) };
    let attribution = attribution::decide(&input, &Policy::default());
    let owed = Owed {
        creator: creator(1).id,
        rule: RuleId::new(1, [1; 10]),
        amount_minor,
        reason: "10.00 % of everything".into(),
    };
    let owed = if amount_minor == 0 { vec![] } else { vec![owed] };
    let settlement = change(Settlement { owed: &owed, settlements, ..settlement(&input.order, &[], &attribution) });
    assert!(settle_one(store, &settlement).await);
}

pub async fn ledger_entries_record_only_the_difference(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    let id = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order.id;
    for amount in [500, 500, 300, 300, 0, 450] {
        settle_owing(&store, &brand, "1001", amount, |settlement| settlement).await;
    }
    let lines = store.ledger_of_order(&brand, &id).await.unwrap();
    let mut amounts: Vec<_> = lines.iter().map(|line| (line.kind, line.amount_minor)).collect();
    amounts.sort_by_key(|(_, minor)| *minor);
    let expected = [
        (EntryKind::Reversal, -300),
        (EntryKind::Reversal, -200),
        (EntryKind::Accrual, 450),
        (EntryKind::Accrual, 500),
    ];
    assert_eq!(amounts, expected);
    let balance = |held_minor, payable_minor| Balance {
        creator: creator(1).id,
        currency: Currency::USD,
        held_minor,
        payable_minor,
        in_payout_minor: 0,
        paid_out_minor: 0,
    };
    assert_eq!(store.balances(&brand, NOON).await.unwrap(), [balance(450, 0)]);
    assert_eq!(store.balances(&brand, NOON.plus_ms(DAY_MS)).await.unwrap(), [balance(0, 450)]);
    assert_eq!(store.ledger(&brand, None, "", 10).await.unwrap().len(), 4);
    assert_eq!(store.ledger(&brand, Some(&creator(2).id), "", 10).await.unwrap(), vec![]);
    let page = store.ledger(&brand, Some(&creator(1).id), "", 3).await.unwrap();
    assert_eq!(store.ledger(&brand, None, page[2].id.as_str(), 10).await.unwrap().len(), 1);
}

pub async fn reversals_share_the_hold_of_their_accruals(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle_owing(&store, &brand, "1001", 500, |settlement| Settlement { needs_approval: true, ..settlement }).await;
    settle_owing(&store, &brand, "1001", 400, |settlement| Settlement { needs_approval: true, ..settlement }).await;
    let balance = async |at| {
        let balance = store.balances(&brand, at).await.unwrap()[0].clone();
        (balance.held_minor, balance.payable_minor)
    };
    let later = NOON.plus_ms(2 * DAY_MS);
    assert_eq!(balance(later).await, (400, 0), "both await approval");
    store.approve(&brand, Approval::Proven, later, &audit(1), &|_| NewEvents::default()).await.unwrap();
    assert_eq!(balance(later).await, (0, 400));
    settle_owing(&store, &brand, "1001", 0, |settlement| Settlement { needs_approval: true, at: later, ..settlement })
        .await;
    assert_eq!(balance(later).await, (0, 0), "nothing of a refunded order is payable");
}

pub async fn closed_days_never_change(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    let refund = |id: &str, amount_minor| Refund {
        order_external_id: "1001".into(),
        external_id: id.into(),
        amount_minor,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
        reason: None,
    };
    let closed = Period::between(today(), today());
    let (later, latest) = (Day(today().0 + 3), Day(today().0 + 5));
    let figures = async |period| {
        let traffic = store.traffic(&brand, period).await.unwrap();
        let orders = store.order_days(&brand, period).await.unwrap();
        let sum = |rows: &[domain::report::SaleRow<Day>]| {
            rows.iter().fold((0, 0), |sum, row| (sum.0 + row.conversions, sum.1 + row.revenue_minor))
        };
        (sum(&traffic.sales_by_day), sum(&orders))
    };
    let before = figures(closed).await;
    assert_eq!(before, ((1, 5000), (1, 5000)));
    let read = store.brand(&brand).await.unwrap().unwrap();
    let settings = Settings { closed_through: Some(today()), ..Settings::default() };
    let with_closed_period = Brand { settings, ..read.clone() };
    assert!(store.update_brand_settings(&read, &with_closed_period, &audit(1)).await.unwrap());
    let stale = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap();
    let decided = stale.attribution.clone().unwrap();
    let outdated = Settlement { settlements: stale.settlements, ..settlement(&stale.order, &[], &decided) };
    assert!(!settle_one(&store, &outdated).await, "the period was closed since the decision");
    assert_eq!((stale.placed_day, stale.settled_day), (today(), Some(today())));
    for (id, amount, day) in [("r1", 1000, later), ("r2", 500, latest), ("r2", 500, latest)] {
        store.put_refund(&brand, &refund(id, amount), &settle_job).await.unwrap();
        settle_owing(&store, &brand, "1001", 0, |settlement| Settlement {
            day: Some(day),
            closed_through: Some(today()),
            ..settlement
        })
        .await;
        assert_eq!(figures(closed).await, before);
    }
    // What was booked on a day stays there: the totals of the links and of the brand agree on each day.
    let after = Day(latest.0 + 1);
    settle_owing(&store, &brand, "1001", 0, |settlement| Settlement {
        day: Some(after),
        closed_through: Some(today()),
        ..settlement
    })
    .await;
    for (day, minor) in [(later, -1000), (latest, -500), (after, 0)] {
        assert_eq!(figures(Period::between(day, day)).await, ((0, minor), (0, minor)), "{day}");
    }
    let all = Period::between(today(), after);
    assert_eq!(figures(all).await, ((1, 3500), (1, 3500)));
    let models = store.model_totals(&brand, closed).await.unwrap();
    assert_eq!(models.iter().map(|row| row.amounts_minor[Model::LastTouch]).sum::<i64>(), 5000);
    let credits = store.credits_after(&brand, ("", -1), 10).await.unwrap();
    assert_eq!(credits.iter().map(|record| record.credit.amount_minor).sum::<i64>(), 3500);
}

pub async fn many_orders_are_settled_together(store: AnyStore) {
    let brand = with_links(&store).await;
    let ids = ["1", "22", "333"];
    for id in ids {
        store.put_order(&order(id, 1000), today(), &settle_job).await.unwrap();
    }
    let links = store.links(&brand).await.unwrap();
    let decided = async || {
        let records = store.orders_by_external_ids(&brand, &texts(&ids)).await.unwrap();
        let attribution_inputs = records.into_iter().map(|record| {
            let input = AttributionInput { links: links.clone(), ..AttributionInput::without_evidence(record.order) };
            (attribution::decide(&input, &Policy::default()), input.order, record.settlements)
        });
        let mut attribution_inputs: Vec<_> = attribution_inputs.collect();
        attribution_inputs.sort_by(|(_, left, _), (_, right, _)| left.external_id.cmp(&right.external_id));
        attribution_inputs
    };
    let settle = async |attribution_inputs: &[(Attribution, Order, i64)]| {
        let settlements: Vec<Settlement<'_>> = attribution_inputs
            .iter()
            .map(|(attribution, order, settlements)| Settlement {
                settlements: *settlements,
                ..settlement(order, &[], attribution)
            })
            .collect();
        store.settle_orders(&brand, &settlements, &|_, _| NewEvents::default()).await.unwrap()
    };
    let figures = async || {
        let traffic = store.traffic(&brand, week()).await.unwrap();
        let credited: i64 = store
            .credits_after(&brand, ("", -1), 100)
            .await
            .unwrap()
            .iter()
            .map(|record| record.credit.amount_minor)
            .sum();
        let sold: i64 = traffic.sales_by_link.iter().map(|row| row.revenue_minor).sum();
        (credited, sold)
    };
    assert_eq!(settle(&[]).await, Vec::<bool>::new());
    assert_eq!(settle(&decided().await).await, [true; 3]);
    assert_eq!(figures().await, (3000, 3000));
    // The facts of one order change between decision and settlement: only that order is left out.
    let attribution_inputs = decided().await;
    let refund = Refund {
        order_external_id: "22".into(),
        external_id: "r1".into(),
        amount_minor: 400,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
        reason: None,
    };
    store.put_refund(&brand, &refund, &settle_job).await.unwrap();
    assert_eq!(settle(&attribution_inputs).await, [true, false, true]);
    assert_eq!(figures().await, (3000, 3000));
    assert_eq!(settle(&decided().await).await, [true; 3]);
    assert_eq!(figures().await, (2600, 2600));
    assert_eq!(settle(&decided().await).await, [true; 3], "settling again changes nothing");
    assert_eq!(figures().await, (2600, 2600));
    let journeys = store.orders_by_external_ids(&brand, &texts(&ids)).await.unwrap();
    assert_eq!(journeys.iter().map(|record| record.settlements).sum::<i64>(), 3 + 2 + 3 + 3);
}

/// Two replicas settle orders of one brand, whose links and days overlap: some figures are there and change, some are new.
pub async fn settlements_in_any_order_do_not_wait_for_each_other_for_ever(store: AnyStore) {
    const ROUNDS: u8 = 24;
    let brand = with_links(&store).await;
    store.create_link(&brand, &link(3, Some(1)), None, &NewEvents::default()).await.unwrap();
    for round in 0..ROUNDS {
        // Two days of one week.
        let day = Day(today().0 - i64::from(round) * 7 - today().0 % 7 + 3);
        let put = async |nth: u8, link_number: u8, day: Day| {
            let order = Order {
                id: OrderId::new(i64::from(round) * 10 + i64::from(nth), [nth; 10]),
                cart_ref: Some(link(link_number, None).code),
                promo_codes: vec![],
                ..order(&format!("{round}-{nth}"), 100)
            };
            store.put_order(&order, day, &settle_job).await.unwrap();
            order.external_id
        };
        let before = [put(1, 1, day).await, put(2, 2, Day(day.0 - 1)).await];
        for id in &before {
            settle(&store, &brand, id).await;
        }
        let one = [put(3, 1, day).await, put(4, 2, day).await];
        let other = [put(5, 2, Day(day.0 - 1)).await, put(6, 3, day).await];
        let writers = [one, other].map(|ids| {
            let (store, brand) = (store.clone(), brand.clone());
            tokio::spawn(async move { settle_together(&store, &brand, &ids).await })
        });
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let all = Period { from: Day(0), to: Day(today().0 + 7) };
    let traffic = store.traffic(&brand, all).await.unwrap();
    let by_link: i64 = traffic.sales_by_link.iter().map(|row| row.revenue_minor).sum();
    let by_day: i64 = traffic.sales_by_day.iter().map(|row| row.revenue_minor).sum();
    assert_eq!((by_link, by_day), (i64::from(ROUNDS) * 600, i64::from(ROUNDS) * 600));
}

/// Settles orders in one transaction.
async fn settle_together(store: &AnyStore, brand: &BrandId, ids: &[String]) {
    let links = store.links(brand).await.unwrap();
    let records = store.orders_by_external_ids(brand, ids).await.unwrap();
    let inputs = records
        .into_iter()
        .map(|record| AttributionInput { links: links.clone(), ..AttributionInput::without_evidence(record.order) });
    let decided: Vec<_> = inputs.map(|input| (attribution::decide(&input, &Policy::default()), input.order)).collect();
    let settlements: Vec<Settlement<'_>> =
        decided.iter().map(|(attribution, order)| settlement(order, &[], attribution)).collect();
    let done = store.settle_orders(brand, &settlements, &|_, _| NewEvents::default()).await.unwrap();
    assert!(done.iter().all(|done| *done));
}
