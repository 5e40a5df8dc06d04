use domain::shop::ShopDomain;
use serde_json::json;

use crate::{
    actions::{creator_with_link, install, promo},
    test_server::{NOW, SHOP, TestServer, operator, order},
};

async fn an_unreadable_order_is_kept_and_can_be_run_again(server: TestServer) {
    install(&server).await;
    creator_with_link(&server, "Ana", "ANA20").await;
    assert_eq!(server.deliver("orders/create", "bad", r#"{"id":1}"#).await, 200);
    assert_eq!(server.deliver("orders/create", "good", &order(2, "20.00", &promo("ANA20"))).await, 200);
    server.settle().await;
    assert_eq!(server.credits().await, [("promo".to_owned(), 2000)], "the others are not stopped");

    let jobs = server.flow().jobs();
    let failed = jobs.failed(&server.merchant).await.unwrap();
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].kind.as_str(), failed[0].party.as_str()), ("delivery.process", SHOP));
    assert!(failed[0].error.contains("missing or invalid in the body"), "{}", failed[0].error);
    let shop = ShopDomain::parse(SHOP).unwrap();
    let kept = server.store.waiting_deliveries(&shop, "", 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].body, br#"{"id":1}"#, "what could not be read is kept");

    let key = failed[0].key.clone();
    assert!(!jobs.retry(&server.merchant, "order.settle", &key).await.unwrap(), "no such job");
    assert!(jobs.retry(&server.merchant, &failed[0].kind, &key).await.unwrap());
    assert_eq!(jobs.failed(&server.merchant).await.unwrap(), []);
    server.settle().await;
    assert_eq!(jobs.failed(&server.merchant).await.unwrap().len(), 1, "it ran again");

    let other = flow::setup::NewBrand { name: "Other".into(), ..Default::default() };
    let other = server.flow().setup().create_brand(operator(), &other).await.unwrap();
    let other = server.flow().access().merchant_by_operator(operator(), &other.id).await.unwrap();
    assert_eq!(jobs.failed(&other).await.unwrap(), [], "another brand's work is not shown");
    assert!(!jobs.retry(&other, "delivery.process", &key).await.unwrap(), "nor run again");
    server.stop().await;
}

async fn many_messages_at_once_count_once_each(server: TestServer) {
    install(&server).await;
    creator_with_link(&server, "Ana", "ANA20").await;
    let server = std::sync::Arc::new(server);
    let mut sent = tokio::task::JoinSet::new();
    for n in 1..=150 {
        // Shopify sends several messages about an order at once, and repeats them.
        for (topic, total) in [("orders/create", "10.00"), ("orders/paid", "10.00"), ("orders/updated", "12.00")] {
            let server = server.clone();
            sent.spawn(async move {
                let mut more = promo("ANA20");
                if topic == "orders/updated" {
                    more["updated_at"] = json!(NOW.plus_ms(60_000).to_rfc3339());
                }
                let (id, body) = (format!("{topic} {n}"), order(n, total, &more));
                for _ in 0..2 {
                    assert_eq!(server.deliver(topic, &id, &body).await, 200);
                }
            });
        }
    }
    while let Some(done) = sent.join_next().await {
        done.unwrap();
    }
    server.settle().await;
    let orders = server.store.count_orders(&server.merchant.brand().id, domain::UnixMs(0)).await.unwrap();
    assert_eq!(orders, 150);
    let mut minor = 0;
    let mut after = (String::new(), -1);
    loop {
        let page = server.flow().exports().credits(&server.merchant, (&after.0, after.1), 100).await.unwrap();
        let Some(last) = page.last() else { break };
        after = (last.order.to_string(), last.position);
        minor += page.iter().map(|record| record.credit.amount_minor).sum::<i64>();
    }
    assert_eq!(minor, 150 * 1_200, "each order's latest figures, once");
    assert_eq!(server.flow().backlog().await.unwrap().dead, 0);
    std::sync::Arc::into_inner(server).unwrap().stop().await;
}

on_both_engines!(an_unreadable_order_is_kept_and_can_be_run_again many_messages_at_once_count_once_each);
