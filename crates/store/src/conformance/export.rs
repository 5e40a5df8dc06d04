//! Requirements on every adapter: `store::export`.

use crate::{
    conformance::fixtures::{AnyStore, NOON, click, event, new_event, order, settle, settle_job, today, with_links},
    ingest::Batch,
};

pub async fn exports_page_through_everything(store: AnyStore) {
    let brand = with_links(&store).await;
    let clicks = (0..5u8).map(|n| click(n, 1, "a", NOON.plus_ms(i64::from(n)))).collect();
    store
        .append(&Batch { clicks, events: vec![new_event(event("e1", "a")), new_event(event("e2", "a"))] })
        .await
        .unwrap();
    let mut after = String::new();
    let mut seen = 0;
    loop {
        let page = store.clicks_after(&brand, &after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.click.id.to_string();
        seen += page.len();
    }
    assert_eq!(seen, 5);
    assert_eq!(store.events_after(&brand, "e1", 10).await.unwrap().len(), 1);
    store.put_order(&order("1001", 5000), today(), &settle_job).await.unwrap();
    settle(&store, &brand, "1001").await;
    let orders = store.orders_after(&brand, "", 10).await.unwrap();
    assert_eq!(orders, [order("1001", 5000)]);
    assert_eq!(store.credits_after(&brand, (orders[0].id.as_str(), 0), 10).await.unwrap(), []);
}
