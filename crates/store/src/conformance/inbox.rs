//! Requirements on every adapter: `store::inbox`.

use crate::conformance::fixtures::{AnyStore, NOON, delivery, delivery_job, install};

pub async fn deliveries_are_stored_once(store: AnyStore) {
    store.install_shop(&install(1, NOON)).await.unwrap();
    assert!(store.receive(&delivery(1), &delivery_job(1)).await.unwrap());
    assert!(!store.receive(&delivery(2), &delivery_job(2)).await.unwrap());
    assert_eq!(store.delivery(&delivery(1).id).await.unwrap(), Some(delivery(1)));
    let jobs = store.claim_jobs(NOON, NOON.plus_ms(9), 10).await.unwrap();
    assert_eq!((jobs[0].kind.as_str(), jobs[0].key.as_str()), ("delivery", delivery(1).id.as_str()));
    store.close_delivery(&delivery(1).id, "done", NOON).await.unwrap();
    assert_eq!(store.delivery(&delivery(1).id).await.unwrap(), None);
    assert!(!store.receive(&delivery(3), &delivery_job(3)).await.unwrap(), "a repeat, also after processing");
    let shop = store.shop(&delivery(1).shop).await.unwrap().unwrap();
    assert_eq!(shop.last_webhook_at, Some(NOON));
}
