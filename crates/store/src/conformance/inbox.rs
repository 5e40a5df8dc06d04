//! Requirements on every adapter: `store::inbox`.

use crate::{
    conformance::fixtures::{AnyStore, NOON, claim_jobs, delivery, delivery_job, install, new_delivery},
    inbox::{Delivery, NewDelivery},
};

pub async fn deliveries_are_stored_once(store: AnyStore) {
    store.install_shop(&install(1, NOON)).await.unwrap();
    let other = NewDelivery {
        delivery: Delivery {
            delivery_id: "delivery-2".into(),
            body: b"{\"id\":\xf0\x9f\x98\x80}".to_vec(),
            ..delivery(4)
        },
        job: delivery_job(4),
    };
    let batch = [new_delivery(1), new_delivery(2), other.clone()];
    assert_eq!(store.receive(&batch).await.unwrap(), [true, false, true], "a repeat in one batch");
    assert_eq!(store.receive(&[new_delivery(2)]).await.unwrap(), [false], "a repeat of a stored one");
    let ids = [delivery(1).id, delivery(2).id, other.delivery.id.clone()];
    assert_eq!(store.deliveries(&ids).await.unwrap(), [delivery(1), other.delivery.clone()], "each with its own body");
    let jobs = claim_jobs(&store, NOON, NOON.plus_ms(9)).await;
    assert_eq!(jobs.len(), 2);
    assert_eq!((jobs[0].kind.as_str(), jobs[0].key.as_str()), ("delivery", delivery(1).id.as_str()));
    store.close_deliveries(&[(delivery(1).id, "done".to_owned())], NOON).await.unwrap();
    assert_eq!(store.deliveries(&ids).await.unwrap(), [other.delivery], "the others stay");
    assert_eq!(store.receive(&[new_delivery(3)]).await.unwrap(), [false], "a repeat, also after processing");
    let shop = store.shop(&delivery(1).shop).await.unwrap().unwrap();
    assert_eq!(shop.last_webhook_at, Some(NOON));
}
