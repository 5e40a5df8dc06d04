//! Requirements on every adapter: `store::orders`.

use domain::{
    BrandId, Currency, CustomerId, FactsVersion, Identity, Money, OrderId, UnixMs,
    order::{Order, OrderDetails, OrderFlag, OrderSource, SAME_SALE_MS},
};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, audit, brand, claim_jobs, identities, install, order, settle_job, today, with_links,
    },
    customers::{Join, NewSale},
    orders::{NewOrder, Recompute, Refund},
};

pub async fn order_facts_merge_independently_of_arrival_order(store: AnyStore) {
    let brand = with_links(&store).await;
    let placed = order("1001", 5000);
    let edited = Order {
        total_minor: 4000,
        version: FactsVersion::latest_wins(NOON.plus_ms(10)),
        cart_pv: None,
        ..placed.clone()
    };
    let cancelled = Order {
        cancelled_at: Some(NOON.plus_ms(20)),
        version: FactsVersion::latest_wins(NOON.plus_ms(20)),
        ..edited.clone()
    };
    let same_version = Order { name: "#other".into(), ..edited.clone() };
    let mut results = Vec::new();
    for (n, arrival) in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]].into_iter().enumerate() {
        for step in arrival.into_iter().chain(arrival) {
            let mut facts = [&placed, &edited, &cancelled, &same_version][step].clone();
            facts.external_id = format!("order {n}");
            facts.id = OrderId::new(1, [u8::try_from(n).unwrap(); 10]);
            store.put_order(&facts, today(), &settle_job).await.unwrap();
        }
        let mut result = store.order_by_external_id(&brand, &format!("order {n}")).await.unwrap().unwrap().order;
        result.external_id = String::new();
        result.id = placed.id.clone();
        results.push(result);
    }
    assert!(results.iter().all(|result| *result == results[0]), "{results:#?}");
    assert_eq!(results[0].cart_pv.as_deref(), Some("pv-cart"));
    assert_eq!(results[0].cancelled_at, Some(NOON.plus_ms(20)));
    let repeat = Order { external_id: "order 0".into(), ..placed };
    assert!(!store.put_order(&repeat, today(), &settle_job).await.unwrap().is_changed);
}

pub async fn concurrent_orders_and_installs_merge(store: AnyStore) {
    let brand = with_links(&store).await;
    for round in 0..10 {
        let tasks: Vec<_> = (0..6)
            .map(|n| {
                let store = store.clone();
                let external_id = format!("parallel {round}");
                tokio::spawn(async move {
                    let id = OrderId::new(round, [u8::try_from(n).unwrap(); 10]);
                    let facts = Order {
                        id,
                        total_minor: n,
                        version: FactsVersion::latest_wins(NOON.plus_ms(n)),
                        ..order(&external_id, 0)
                    };
                    store.put_order(&facts, today(), &settle_job).await.unwrap();
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let found = store.order_by_external_id(&brand, &format!("parallel {round}")).await.unwrap().unwrap();
        assert_eq!(found.order.total_minor, 5);
    }
    let installs: Vec<_> = (1..=4)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.install_shop(&install(10 + n, NOON)).await.unwrap().brand })
        })
        .collect();
    let mut brands = std::collections::BTreeSet::new();
    for installed in installs {
        brands.insert(installed.await.unwrap().to_string());
    }
    assert_eq!(brands.len(), 1, "one brand per shop");
}

pub async fn refunds_are_stored_once(store: AnyStore) {
    let brand = with_links(&store).await;
    let refund = Refund {
        order_external_id: "1001".into(),
        external_id: "r1".into(),
        amount_minor: 100,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: Some(50),
        lines: vec![("line".into(), 50)],
        reason: None,
    };
    assert!(store.put_refund(&brand, &refund, &settle_job).await.unwrap());
    assert!(!store.put_refund(&brand, &refund, &settle_job).await.unwrap());
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    let found = store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order;
    assert_eq!((found.refunded_minor, found.net_minor()), (100, 4900));
    assert_eq!(store.order(&brand, &found.id).await.unwrap().unwrap().order, found);
}

pub async fn reports_and_refunds_of_one_sale_do_not_wait_for_each_other_for_ever(store: AnyStore) {
    const ROUNDS: u8 = 24;
    let brand = with_links(&store).await;
    for round in 0..ROUNDS {
        let name = format!("#{round}");
        let named = |external_id: String, source, id: u8| Order {
            id: OrderId::new(i64::from(id), [round; 10]),
            source,
            name: name.clone(),
            details: OrderDetails { names: vec![name.clone(), external_id.clone()], ..OrderDetails::default() },
            ..order(&external_id, 5000)
        };
        // The backend's report has the smaller id: rows are locked by id, whatever was found first.
        let shop = named(format!("shop {round}"), OrderSource::Shopify, 2);
        let report = named(format!("report {round}"), OrderSource::Api, 1);
        store.put_order(&shop, today(), &settle_job).await.unwrap();
        let refund = Refund {
            order_external_id: shop.external_id.clone(),
            external_id: "r".into(),
            amount_minor: 100,
            currency: Currency::USD,
            at: NOON,
            subtotal_minor: Some(100),
            lines: vec![],
            reason: None,
        };
        let (buyer, customer) = (identities(&["key:k"]), CustomerId::new(1, [round; 10]));
        let sale = NewSale { transaction_id: "tx", meta: "{}", identities: &buyer, customer: &customer };
        let again = Order { total_minor: 5100, version: FactsVersion::latest_wins(NOON.plus_ms(10)), ..shop.clone() };
        let batch = [&again, &report].map(|order| NewOrder {
            order: order.clone(),
            placed_day: today(),
            identities: identities(&[&format!("order:{}", order.external_id), "key:k"]),
            customer: CustomerId::new(2, [round; 10]),
        });
        let results = tokio::join!(
            store.put_order(&again, today(), &settle_job),
            store.put_order(&report, today(), &settle_job),
            store.put_refund(&brand, &refund, &settle_job),
            store.put_sale(&report, today(), &sale, &settle_job, NOON),
            store.record_orders(&brand, &batch, &settle_job, NOON),
        );
        assert!(results.0.is_ok() && results.1.is_ok() && results.2.is_ok(), "{results:?}");
        assert!(results.3.is_ok() && results.4.is_ok(), "{results:?}");
    }
}

pub async fn recomputes_resume_and_can_be_restarted(store: AnyStore) {
    let brand = with_links(&store).await;
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    assert_eq!(store.count_orders(&brand, NOON).await.unwrap(), 1);
    assert_eq!(store.count_orders(&brand, NOON.plus_ms(1)).await.unwrap(), 0);
    assert_eq!(store.recompute(&brand).await.unwrap(), None);
    let mut state =
        Recompute { since: UnixMs(i64::MIN), before: (NOON, "ord_1".into()), done: 1, total: 2, started_at: NOON };
    store.begin_recompute(&brand, &state).await.unwrap();
    state.done = 2;
    assert!(store.advance_recompute(&brand, &state, false).await.unwrap());
    assert_eq!(store.recompute(&brand).await.unwrap(), Some(state.clone()));
    let restarted = Recompute { started_at: NOON.plus_ms(1), ..state.clone() };
    store.begin_recompute(&brand, &restarted).await.unwrap();
    assert!(!store.advance_recompute(&brand, &state, true).await.unwrap(), "restarted since");
    assert!(store.advance_recompute(&brand, &restarted, true).await.unwrap());
    assert_eq!(store.recompute(&brand).await.unwrap(), None);
    store.put_secret(&brand, "name", Some(b"one"), NOON, &audit(201)).await.unwrap();
    store.put_secret(&brand, "name", Some(b"two"), NOON, &audit(202)).await.unwrap();
    assert_eq!(store.secret("name").await.unwrap(), Some(b"two".to_vec()));
    store.put_secret(&brand, "name", None, NOON, &audit(203)).await.unwrap();
    assert_eq!(store.secret("name").await.unwrap(), None);
}

/// A shop's order 450 with the number 1001, and the backend's report of the same sale.
fn one_sale(nth: usize) -> (Order, Order) {
    let number = format!("100{nth}");
    let details = || OrderDetails { names: vec![number.clone()], ..OrderDetails::default() };
    let n = u8::try_from(nth).unwrap();
    let shop = Order {
        id: OrderId::new(1, [n; 10]),
        name: format!("#{number}"),
        cart_pv: None,
        details: details(),
        ..order(&format!("45{nth}"), 5000)
    };
    let reported = Order {
        id: OrderId::new(2, [n; 10]),
        source: OrderSource::Api,
        placed_at: NOON.plus_ms(60_000),
        cart_pv: Some("pv-backend".into()),
        details: details(),
        ..order(&number, 5000)
    };
    (shop, reported)
}

pub async fn one_sale_under_two_names_counts_once(store: AnyStore) {
    let brand = with_links(&store).await;
    for nth in 0..4 {
        let (shop, reported) = one_sale(nth);
        let arrivals = if nth % 2 == 0 { [&shop, &reported] } else { [&reported, &shop] };
        let mut stored = Vec::new();
        for facts in arrivals.into_iter().chain(arrivals) {
            stored.push(store.put_order(facts, today(), &settle_job).await.unwrap());
        }
        assert!(stored[2..].iter().all(|stored| !stored.is_changed), "a repeat changes nothing");
        assert!(stored[1..].iter().all(|stored| stored.external_id == shop.external_id));
        let ids = [shop.external_id.clone(), reported.external_id.clone()];
        let orders = store.orders_by_external_ids(&brand, &ids).await.unwrap();
        assert_eq!(orders.iter().map(|record| record.order.net_minor()).sum::<i64>(), 5000, "the shop's figure");
        let main = orders.iter().find(|record| record.order.external_id == shop.external_id).unwrap();
        assert_eq!(main.order.cart_pv.as_deref(), Some("pv-backend"));
        assert!(store.orders_named(&brand, &shop.details.names).await.unwrap().contains(&shop.external_id));
    }
    let (shop, reported) = one_sale(5);
    let later = Order { placed_at: NOON.plus_ms(2 * SAME_SALE_MS), ..reported };
    store.put_order(&shop, today(), &settle_job).await.unwrap();
    store.put_order(&later, today(), &settle_job).await.unwrap();
    let found = store.order_by_external_id(&brand, &later.external_id).await.unwrap().unwrap().order;
    assert_eq!(found.details.flags, [OrderFlag::PossibleRepeat(shop.external_id)], "a person decides");
    assert_eq!(found.net_minor(), 5000);
}

fn amounts(order: Order, total_minor: i64, version_ms: i64) -> Order {
    let details = OrderDetails { amounts: vec![total_minor], ..order.details };
    let version = FactsVersion::latest_wins(NOON.plus_ms(version_ms));
    Order { total_minor, subtotal_minor: total_minor, version, details, ..order }
}

/// A shop's order, a report of another amount under its number, and the report's correction to the shop's amount: only
/// the correction tells that they are one sale, whichever comes first.
pub async fn a_number_alone_joins_reports_of_one_amount_only(store: AnyStore) {
    let brand = with_links(&store).await;
    let arrivals = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (nth, arrival) in arrivals.into_iter().enumerate() {
        let (shop, reported) = one_sale(nth);
        let told = [amounts(shop.clone(), 5000, 0), amounts(reported.clone(), 4000, 1), amounts(reported, 5000, 2)];
        for (count, index) in arrival.into_iter().enumerate() {
            store.put_order(&told[index], today(), &settle_job).await.unwrap();
            let ids = [shop.external_id.clone(), told[1].external_id.clone()];
            let orders = store.orders_by_external_ids(&brand, &ids).await.unwrap();
            let net: i64 = orders.iter().map(|record| record.order.net_minor()).sum();
            let flags: usize = orders.iter().map(|record| record.order.details.flags.len()).sum();
            if count == 2 {
                assert_eq!((net, flags), (5000, 0), "{arrival:?}");
            } else if count == 1 && !arrival[..2].contains(&2) {
                assert_eq!((net, flags), (9000, 1), "two sales, as far as anyone knows: {arrival:?}");
            }
        }
    }
}

pub async fn reports_of_one_name_flag_each_other(store: AnyStore) {
    let brand = with_links(&store).await;
    let (_, one) = one_sale(1);
    let other = Order { id: OrderId::new(3, [1; 10]), external_id: "#1001".into(), ..one.clone() };
    for facts in [&one, &other, &one, &other] {
        store.put_order(facts, today(), &settle_job).await.unwrap();
    }
    let flagged = store.flagged_orders(&brand, 10).await.unwrap();
    let flags = |order: &Order| order.details.flags.clone();
    assert_eq!(flagged.iter().map(flags).collect::<Vec<_>>().concat().len(), 2, "{flagged:?}");
    for (order, other) in [("1001", "#1001"), ("#1001", "1001")] {
        let found = flagged.iter().find(|flagged| flagged.external_id == order).unwrap();
        assert_eq!(flags(found), [OrderFlag::PossibleRepeat(other.into())]);
    }
    assert_eq!(store.flagged_orders(&brand, 1).await.unwrap().len(), 1);
    // Once the shop's order counts instead, nobody needs to look.
    let (shop, _) = one_sale(1);
    store.put_order(&shop, today(), &settle_job).await.unwrap();
    assert_eq!(store.flagged_orders(&brand, 10).await.unwrap(), []);
}

pub async fn refunds_that_the_figures_follow_are_not_deducted_again(store: AnyStore) {
    let brand = with_links(&store).await;
    let refund = |id: &str, minor| Refund {
        order_external_id: "1001".into(),
        external_id: id.into(),
        amount_minor: minor,
        currency: Currency::USD,
        at: NOON,
        subtotal_minor: None,
        lines: vec![],
        reason: None,
    };
    let net = async || store.order_by_external_id(&brand, "1001").await.unwrap().unwrap().order.net_minor();
    store.put_refund(&brand, &refund("r1", 1000), &settle_job).await.unwrap();
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    assert_eq!(net().await, 4000);
    let details = OrderDetails { included_refunds: vec!["r1".into()], refunded_minor: 1000, ..OrderDetails::default() };
    let newest = Order { details, version: FactsVersion::latest_wins(NOON.plus_ms(9)), ..order("1001", 5000) };
    store.put_order(&newest, today(), &settle_job).await.unwrap();
    assert_eq!(net().await, 4000, "the body follows it");
    store.put_refund(&brand, &refund("r2", 500), &settle_job).await.unwrap();
    assert_eq!(net().await, 3500, "the body does not know it yet");
    let euro = Refund { currency: Currency::parse("EUR").unwrap(), ..refund("r3", 92) };
    store.put_refund(&brand, &euro, &settle_job).await.unwrap();
    assert_eq!(net().await, 3500, "no rate is known");
    let shown = Money { minor: 4600, currency: euro.currency };
    let details = OrderDetails { presentment: Some((5000, shown)), ..newest.details.clone() };
    let rated = Order { details, version: FactsVersion::latest_wins(NOON.plus_ms(10)), ..newest };
    store.put_order(&rated, today(), &settle_job).await.unwrap();
    assert_eq!(net().await, 3400, "0.92 euro are a dollar");
}

/// Orders that touch each other in every way that storing them knows.
fn entangled_orders(brand: &BrandId) -> Vec<NewOrder> {
    let new = |n: u8, names: &[&str], cart_pv: Option<&str>| {
        let external_id = format!("55500{n}");
        let order = Order {
            id: OrderId::new(NOON.0, [n; 10]),
            brand: brand.clone(),
            total_minor: 1_000 + i64::from(n),
            cart_pv: cart_pv.map(str::to_owned),
            customer_hash: None,
            email_hash: None,
            details: OrderDetails { names: names.iter().map(ToString::to_string).collect(), ..OrderDetails::default() },
            ..order(&external_id, 0)
        };
        let mut identities = vec![Identity::Order(external_id)];
        identities.extend(cart_pv.map(|pv_id| Identity::Visitor(pv_id.to_owned())));
        NewOrder { order, placed_day: today(), identities, customer: CustomerId::new(NOON.0, [n; 10]) }
    };
    let mut all = vec![
        new(1, &["1"], Some("alone")),
        new(2, &["2"], Some("shared by two orders")),
        new(3, &["3"], Some("shared by two orders")),
        new(4, &["4"], Some("known before")),
        new(5, &["reported by a backend"], None),
        new(6, &["6"], Some("new visitor of a known customer")),
        new(7, &["7"], None),
        new(8, &["one name"], None),
        new(9, &["one name"], None),
        // What browsers reported: a sale of its own, the shop's, and perhaps the shop's.
        new(10, &["10"], Some("a browser")),
        new(11, &["6"], Some("a browser of the shop's order")),
        new(12, &["3"], Some("a guesser")),
    ];
    all[5].identities.extend(identities(&["shopify:known customer"]));
    all[6].order.is_test = true;
    all[6].identities.clear();
    for new in &mut all[9..] {
        new.identities.clear();
        new.order.source = OrderSource::Browser;
        new.order.version = FactsVersion::first_wins(NOON);
    }
    all[10].order.total_minor = all[5].order.total_minor;
    all
}

pub async fn orders_stored_together_equal_orders_stored_one_by_one(store: AnyStore) {
    let mut seen = Vec::new();
    for n in [1, 2] {
        let brand = brand(n);
        store.create_brand(&brand).await.unwrap();
        let brand = brand.id;
        let join = async |known: &[&str], n: u8| {
            let id = CustomerId::new(1, [n; 10]);
            store.join_identities(&brand, &identities(known), &id, Join::Merge, &settle_job, NOON).await.unwrap();
        };
        join(&["pv:known before", "order:1"], 101).await;
        join(&["shopify:known customer", "order:2"], 102).await;
        let backends = Order {
            id: OrderId::new(NOON.0, [90; 10]),
            brand: brand.clone(),
            source: OrderSource::Api,
            details: OrderDetails { names: vec!["reported by a backend".into()], ..OrderDetails::default() },
            ..order("backend", 1_005)
        };
        store.put_order(&backends, today(), &settle_job).await.unwrap();
        let refund = Refund {
            order_external_id: "555001".into(),
            external_id: "r1".into(),
            amount_minor: 100,
            currency: Currency::USD,
            at: NOON,
            subtotal_minor: None,
            lines: vec![],
            reason: None,
        };
        store.put_refund(&brand, &refund, &settle_job).await.unwrap();
        let orders = entangled_orders(&brand);
        let jobs = claim_jobs(&store, NOON, NOON.plus_ms(9)).await;
        store.finish_jobs(&jobs.iter().collect::<Vec<_>>()).await.unwrap();
        for _ in 0..2 {
            if n == 1 {
                for new in &orders {
                    let stored = store.put_order(&new.order, new.placed_day, &settle_job).await.unwrap();
                    let absorbed = stored.absorbed.into_iter().map(Identity::Order);
                    let names: Vec<Identity> = new.identities.iter().cloned().chain(absorbed).collect();
                    if !names.is_empty() {
                        let id = &new.customer;
                        store.join_identities(&brand, &names, id, Join::Merge, &settle_job, NOON).await.unwrap();
                    }
                }
            } else {
                let are_erased = store.record_orders(&brand, &orders, &settle_job, NOON).await.unwrap();
                assert_eq!(are_erased, vec![false; orders.len()]);
            }
        }
        let jobs = claim_jobs(&store, NOON, NOON.plus_ms(9)).await;
        store.finish_jobs(&jobs.iter().collect::<Vec<_>>()).await.unwrap();
        let mut settled: Vec<String> = jobs.into_iter().map(|job| job.key).collect();
        settled.sort();
        let mut stored = store.orders(&brand, crate::orders::ALL_ORDERS, 100).await.unwrap();
        let ids: Vec<Identity> = stored.iter().map(|one| Identity::Order(one.order.external_id.clone())).collect();
        let customers = store.identities_of(&brand, &ids).await.unwrap();
        for one in &mut stored {
            one.order.brand = BrandId::new(1, [0; 10]);
        }
        seen.push((stored, customers, settled));
    }
    assert_eq!(seen[0].0, seen[1].0);
    assert_eq!(seen[0].1, seen[1].1);
    assert_eq!(seen[0].2, seen[1].2, "the same orders are settled");
    let backends = seen[1].0.iter().find(|one| one.order.external_id == "backend").unwrap();
    assert_eq!(backends.order.details.same_as.as_deref(), Some("555005"), "one sale under two names");
    let refunded = seen[1].0.iter().find(|one| one.order.external_id == "555001").unwrap();
    assert_eq!(refunded.order.refunded_minor, 100, "the refund that came first is deducted");
}
