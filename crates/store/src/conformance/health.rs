//! Requirements on every adapter: `store::health`.

use crate::{
    conformance::fixtures::{AnyStore, NOON, claim_jobs, settle_job},
    health::DeadJob,
};

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
