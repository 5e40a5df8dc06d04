//! Requirements on every adapter: `store::health`.

use crate::{
    conformance::fixtures::{AnyStore, NOON, claim_jobs, delivery, delivery_job, install, settle_job},
    health::{DeadJob, RefusedMessage},
    inbox::{Delivery, NewDelivery},
};

pub async fn refused_messages_about_people_are_named(store: AnyStore) {
    store.install_shop(&install(1, NOON)).await.unwrap();
    let closed = [
        ("customers/redact", "refused: no json"),
        ("customers/redact", "erased the customer's identifiers on 1 orders"),
        ("shop/redact", "refused: the body names another shop"),
        ("orders/create", "refused: no json"),
    ];
    for (n, (topic, outcome)) in (1_u8..).zip(closed) {
        let delivery = Delivery { topic: topic.into(), delivery_id: n.to_string(), ..delivery(n) };
        let id = delivery.id.clone();
        store.receive(&[NewDelivery { delivery, job: delivery_job(n) }]).await.unwrap();
        store.close_deliveries(&[(id, outcome.to_owned())], NOON).await.unwrap();
    }
    let message = |topic: &str, outcome: &str| RefusedMessage {
        shop: delivery(1).shop,
        topic: topic.into(),
        received_at: NOON,
        outcome: outcome.into(),
    };
    let all = [message(closed[2].0, closed[2].1), message(closed[0].0, closed[0].1)];
    assert_eq!(store.refused_privacy_messages(10).await.unwrap(), all);
    assert_eq!(store.refused_privacy_messages(1).await.unwrap(), all[..1]);
}

pub async fn dead_jobs_are_named_and_live_ones_have_a_time(store: AnyStore) {
    assert_eq!(store.pending_migrations().await.unwrap(), Vec::<String>::new());
    store.enqueue(&settle_job("1")).await.unwrap();
    store.enqueue(&settle_job("2")).await.unwrap();
    assert_eq!(store.job_due_at("settle", "1").await.unwrap(), Some(NOON));
    let claimed = claim_jobs(&store, NOON, NOON.plus_ms(1)).await;
    for job in claimed.iter().filter(|job| job.key == "1") {
        store.fail_job(job, "no such table", None).await.unwrap();
    }
    let dead = DeadJob { kind: "settle".into(), key: "1".into(), party: "party".into(), error: "no such table".into() };
    assert_eq!(store.dead_jobs(None, 10).await.unwrap(), [dead]);
    assert_eq!(store.dead_jobs(None, 0).await.unwrap(), vec![]);
    assert_eq!(store.job_due_at("settle", "1").await.unwrap(), None, "it runs no more");
    assert_eq!(store.job_due_at("settle", "2").await.unwrap(), Some(NOON), "it runs now");
    assert_eq!(store.job_due_at("other", "1").await.unwrap(), None);
}

pub async fn the_database_guards_its_rows(store: AnyStore) {
    assert_eq!(store.row_security_gap().await.unwrap(), None);
}
