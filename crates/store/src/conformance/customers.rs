//! Requirements on every adapter: `store::customers`.

use domain::{
    ClickId, CreatorId, CustomerId, Identity, OrderId,
    order::{Order, OrderSource},
};

use crate::{
    conformance::fixtures::{
        AnyStore, NOON, claim_jobs, click, identities, identities_of, link, order, settle_job, texts, today,
        with_brand, with_links,
    },
    customers::{ApiRefund, Claim, Join, NewApiRefund, NewSale, TestRecord},
    ingest::Batch,
};

pub async fn joining_identities_queues_their_orders(store: AnyStore) {
    let brand = with_brand(&store).await;
    let id = |n: u8| CustomerId::new(i64::from(n), [n; 10]);
    let join = async |names: &[&str], n: u8, join| {
        store.join_identities(&brand, &identities(names), &id(n), join, &settle_job, NOON).await.unwrap()
    };
    let queued = async || {
        let jobs = claim_jobs(&store, NOON, NOON.plus_ms(1)).await;
        for job in &jobs {
            store.finish_jobs(&[job]).await.unwrap();
        }
        jobs.iter().map(|job| job.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(join(&["pv:a", "order:1"], 1, Join::Merge).await, Some(id(1)));
    assert_eq!(queued().await, ["1"]);
    assert_eq!(join(&["pv:a", "order:1"], 2, Join::Merge).await, Some(id(1)), "all known already");
    assert_eq!(queued().await, Vec::<String>::new());
    assert_eq!(join(&["pv:b", "email:x"], 2, Join::Merge).await, Some(id(2)));
    assert_eq!(join(&["pv:a", "email:x"], 3, Join::OnlyNew).await, None, "a browser cannot merge customers");
    assert_eq!(join(&["pv:a", "key:k"], 3, Join::OnlyNew).await, Some(id(1)));
    queued().await;
    assert_eq!(join(&["pv:a", "email:x"], 4, Join::Merge).await, Some(id(1)), "the older customer remains");
    assert_eq!(queued().await, ["1"]);
    let all = identities_of(&store, &brand, "pv:b").await;
    assert_eq!(all, identities(&["pv:a", "pv:b", id(2).as_str(), "email:x", "key:k", "order:1"]));
    assert_eq!(
        store.customer_of(&brand, &Identity::MergedCustomer(id(2))).await.unwrap().unwrap().id,
        id(1),
        "found by the merged id"
    );
    assert_eq!(join(&["pv:a", "claim:other"], 5, Join::OnlyNew).await, None, "one customer key per customer");
    assert_eq!(join(&["pv:z", "key:k"], 6, Join::OnlyNew).await, None, "one visitor per claimed key");
    assert_eq!(join(&["pv:z", "claim:z"], 6, Join::OnlyNew).await, Some(id(6)));
    assert_eq!(identities_of(&store, &brand, "pv:unknown").await, Vec::<Identity>::new());
    // However many orders a customer has, a merge opens them all again.
    let many: Vec<String> = (0..520).map(|n| format!("order:many {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    join(&[&many[..], &["pv:many"]].concat(), 7, Join::Merge).await;
    join(&["pv:other"], 8, Join::Merge).await;
    while !queued().await.is_empty() {}
    join(&["pv:many", "pv:other"], 9, Join::Merge).await;
    assert_eq!(store.backlog(NOON).await.unwrap().waiting, 520);
    while !queued().await.is_empty() {}
    assert_eq!(store.forget_customers(&brand, &identities(&["email:x"])).await.unwrap(), 6);
    assert_eq!(identities_of(&store, &brand, "pv:a").await, Vec::<Identity>::new());
}

pub async fn sales_are_stored_once_with_their_orders(store: AnyStore) {
    let brand = with_links(&store).await;
    store.append(&Batch { clicks: vec![click(1, 1, "a", NOON)], events: vec![] }).await.unwrap();
    let clicked = click(1, 1, "a", NOON).click;
    assert_eq!(store.click(&brand, &clicked.id).await.unwrap().unwrap().pv_id, "a");
    assert_eq!(store.click(&brand, &ClickId::new(1, [9; 10])).await.unwrap(), None);
    let order = Order { source: OrderSource::Api, ..order("tx1", 5000) };
    let (buyer, customer) = (identities(&["order:tx1", "key:k"]), CustomerId::new(1, [1; 10]));
    let new = NewSale { transaction_id: "tx1", meta: "{}", identities: &buyer, customer: &customer };
    let sale = store.put_sale(&order, today(), &new, &settle_job, NOON).await.unwrap().unwrap();
    assert_eq!((sale.sale_number, sale.commission_number), (1, None));
    assert_eq!(store.put_sale(&order, today(), &new, &settle_job, NOON).await.unwrap(), None, "a repeat");
    assert_eq!(store.sale(&brand, "tx1", false).await.unwrap(), Some(sale.clone()));
    assert_eq!(store.sale(&brand, "tx1", true).await.unwrap(), None);
    assert_eq!(identities_of(&store, &brand, "order:tx1").await, identities(&["key:k", "order:tx1"]));
    let shopify_order = self::order("1001", 5000);
    store.put_order(&shopify_order, today(), &settle_job).await.unwrap();
    let same = NewSale { transaction_id: "1001", ..new };
    assert_eq!(
        store.put_sale(&shopify_order, today(), &same, &settle_job, NOON).await.unwrap(),
        None,
        "Shopify reported it already"
    );
    assert_eq!(store.sale(&brand, "1001", false).await.unwrap(), None);
    let joined = identities_of(&store, &brand, "order:1001").await;
    assert_eq!(joined, identities(&["key:k", "order:1001", "order:tx1"]), "it gains the buyer");
    assert!(store.order_by_external_id(&brand, "tx1").await.unwrap().is_some());
    for _ in 0..2 {
        assert_eq!(store.number_commission(&brand, "tx1", false).await.unwrap(), 1);
    }
    let refund = NewApiRefund {
        order_external_id: "tx1",
        transaction_id: "tx1",
        is_test: false,
        id: Some("r0"),
        amount_minor: Some(1500),
        reason: Some("too large"),
        answer: None,
        at: NOON,
    };
    let add = async |refund: &NewApiRefund<'_>| store.add_api_refund(&brand, refund, &settle_job).await.unwrap();
    assert_eq!(add(&refund).await, ApiRefund::Added { amount_minor: 1500, is_all: false });
    let repeat = |answer| ApiRefund::Repeat { amount_minor: 1500, answer, reason: Some("too large".into()), at: NOON };
    let again = NewApiRefund { reason: Some("another reason"), at: NOON.plus_ms(1), ..refund };
    assert_eq!(add(&again).await, repeat(None));
    store.put_refund_answer(&brand, "tx1", "r0", "{}").await.unwrap();
    assert_eq!(add(&refund).await, repeat(Some("{}".into())));
    assert_eq!(add(&NewApiRefund { amount_minor: Some(1), ..refund }).await, ApiRefund::OtherAmount);
    let unanswered = NewApiRefund { id: Some("r1"), amount_minor: Some(1), answer: Some("begun"), ..refund };
    for after in [
        ApiRefund::Added { amount_minor: 1, is_all: false },
        ApiRefund::Repeat { amount_minor: 1, answer: Some("begun".into()), reason: Some("too large".into()), at: NOON },
    ] {
        assert_eq!(add(&unanswered).await, after);
    }
    let unnamed = NewApiRefund { id: None, ..refund };
    assert_eq!(
        add(&NewApiRefund { amount_minor: Some(3500), ..unnamed }).await,
        ApiRefund::Exceeds { left_minor: 3499 }
    );
    let after = store.sale(&brand, "tx1", false).await.unwrap().unwrap();
    assert_eq!((after.refunded_minor, after.refunds, after.commission_number), (1501, 2, Some(1)));
    assert_eq!(
        add(&NewApiRefund { amount_minor: None, ..unnamed }).await,
        ApiRefund::Added { amount_minor: 3499, is_all: true }
    );
    assert_eq!(add(&NewApiRefund { amount_minor: None, ..unnamed }).await, ApiRefund::NothingLeft);
    assert_eq!(add(&unnamed).await, ApiRefund::Exceeds { left_minor: 0 }, "an amount is never less than it says");
    let amounts = store.refunds_of(&brand, &texts(&["tx1"])).await.unwrap();
    assert_eq!(amounts.iter().map(|refund| refund.amount_minor).sum::<i64>(), 5000);
    let refunded = store.order_by_external_id(&brand, "tx1").await.unwrap().unwrap().order;
    assert_eq!((refunded.refunded_minor, refunded.net_minor()), (5000, 0));
    // A purchase that was reported otherwise becomes a sale with its first refund.
    let purchase = Order { source: OrderSource::Api, id: OrderId::new(9, [9; 10]), ..self::order("p1", 900) };
    store.put_order(&purchase, today(), &settle_job).await.unwrap();
    let of_purchase = NewApiRefund { order_external_id: "p1", transaction_id: "p1", id: None, ..refund };
    for (nth, minor) in [400, 500].into_iter().enumerate() {
        add(&NewApiRefund { amount_minor: Some(minor), ..of_purchase }).await;
        let sale = store.sale(&brand, "p1", false).await.unwrap().unwrap();
        let refunded = [400, 900][nth];
        assert_eq!((sale.sale_number, sale.amount_minor, sale.refunded_minor), (2, 900, refunded), "{sale:?}");
    }
    assert_eq!(store.number_commission(&brand, "p1", false).await.unwrap(), 2);
    let record = TestRecord {
        id: "clk_1".into(),
        kind: "click".into(),
        link: Some(link(1, None).id),
        body: "{}".into(),
        at: NOON,
    };
    store.put_test_record(&brand, &record).await.unwrap();
    store.put_test_record(&brand, &TestRecord { at: NOON.plus_ms(1), ..record.clone() }).await.unwrap();
    assert_eq!(store.test_record(&brand, "clk_1").await.unwrap(), Some(record));
}

pub async fn every_claim_is_kept_and_too_many_are_counted(store: AnyStore) {
    use domain::identity::CLAIMS_PER_VISITOR_MAX;

    let brand = with_links(&store).await;
    let creator = CreatorId::new(1, [1; 10]);
    let mut clicked = click(1, 1, "thief", NOON);
    clicked.click.creator = Some(creator.clone());
    store.append(&Batch { clicks: vec![clicked], events: vec![] }).await.unwrap();
    let join = async |names: &[&str], join| {
        let id = CustomerId::new(1, [names.len().try_into().unwrap(); 10]);
        store.join_identities(&brand, &identities(names), &id, join, &settle_job, NOON).await.unwrap()
    };
    let queued = async || {
        let jobs = claim_jobs(&store, NOON, NOON.plus_ms(1)).await;
        for job in &jobs {
            store.finish_jobs(&[job]).await.unwrap();
        }
        jobs.iter().map(|job| job.key.clone()).collect::<Vec<_>>()
    };
    join(&["order:1", "key:user"], Join::Merge).await;
    queued().await;
    assert!(join(&["pv:thief", "claim:user"], Join::OnlyNew).await.is_some());
    assert_eq!(queued().await, ["1"], "the named customer's orders");
    assert_eq!(join(&["pv:shopper", "claim:user"], Join::OnlyNew).await, None, "the name is taken");
    assert_eq!(queued().await, ["1"], "the claim is disputed now");
    let claim = |pv_id: &str| Claim { name: Identity::ClaimedKey("user".into()), pv_id: pv_id.into(), at: NOON };
    let claims = store.claims_of(&brand, &identities(&["claim:user", "claim:other"])).await.unwrap();
    assert_eq!(claims, [claim("shopper"), claim("thief")]);
    for n in 1..=CLAIMS_PER_VISITOR_MAX {
        join(&["pv:thief", &format!("claim:{n}")], Join::OnlyNew).await;
    }
    assert_eq!(store.ignored_claims(&brand, Some(&creator), NOON).await.unwrap(), 1);
    assert_eq!(store.claims_of(&brand, &identities(&[&format!("claim:{CLAIMS_PER_VISITOR_MAX}")])).await.unwrap(), []);
    // All visitors of one report claim the name, and so do the others whom a browser called the same person before.
    join(&["pv:one", "pv:three", "pv:two"], Join::OnlyNew).await;
    assert!(join(&["pv:one", "claim:several"], Join::OnlyNew).await.is_some());
    let claims = store.claims_of(&brand, &identities(&["claim:several"])).await.unwrap();
    assert_eq!(claims.iter().map(|claim| claim.pv_id.as_str()).collect::<Vec<_>>(), ["one", "three", "two"]);
    assert_eq!(join(&["claim:nobodys"], Join::OnlyNew).await, None, "a claim without a visitor");
    assert_eq!(identities_of(&store, &brand, "claim:nobodys").await, []);
}

pub async fn claims_are_bounded_by_creator_and_hour(store: AnyStore) {
    use domain::{
        identity::{CLAIMS_PER_CREATOR_HOUR_MAX, CLAIMS_PER_VISITOR_MAX},
        time::HOUR_MS,
    };

    let brand = with_links(&store).await;
    let creator = CreatorId::new(1, [1; 10]);
    let visitors = CLAIMS_PER_CREATOR_HOUR_MAX / CLAIMS_PER_VISITOR_MAX;
    let clicks = (0..=visitors).map(|nth| {
        let mut clicked = click(1, 1, &format!("v{nth}"), NOON.plus_ms(nth));
        clicked.click.creator = Some(creator.clone());
        clicked
    });
    store.append(&Batch { clicks: clicks.collect(), events: vec![] }).await.unwrap();
    let claim = async |visitor: i64, nth: i64, at| {
        let names = identities(&[&format!("pv:v{visitor}"), &format!("claim:{visitor}-{nth}")]);
        let id = CustomerId::new(visitor + 1, [1; 10]);
        store.join_identities(&brand, &names, &id, Join::OnlyNew, &settle_job, at).await.unwrap();
        !store.claims_of(&brand, &names[1..]).await.unwrap().is_empty()
    };
    for visitor in 0..visitors {
        for nth in 0..CLAIMS_PER_VISITOR_MAX {
            assert!(claim(visitor, nth, NOON).await, "{visitor}-{nth}");
        }
    }
    let ignored = async |creator| store.ignored_claims(&brand, creator, NOON).await.unwrap();
    assert_eq!(ignored(Some(&creator)).await, 0);
    assert!(!claim(visitors, 0, NOON.plus_ms(1)).await, "one more in that hour");
    assert_eq!((ignored(Some(&creator)).await, ignored(None).await), (1, 0));
    assert!(claim(visitors + 1, 0, NOON.plus_ms(1)).await, "a visitor whom no creator sent");
    assert!(claim(visitors, 0, NOON.plus_ms(HOUR_MS)).await, "an hour later");
}
