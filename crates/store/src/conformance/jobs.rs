//! Requirements on every adapter: `store::jobs`.

use domain::UnixMs;

use crate::{
    conformance::fixtures::{AnyStore, NOON},
    jobs::NewJob,
};

fn job(key: &str, run_at: UnixMs) -> NewJob {
    NewJob { kind: "k", key: key.to_owned(), payload: "{}".to_owned(), run_at }
}

pub async fn jobs_are_leased_retried_and_rerun(store: AnyStore) {
    store.enqueue(&job("a", NOON)).await.unwrap();
    store.enqueue(&job("a", NOON.plus_ms(500))).await.unwrap();
    store.enqueue(&job("later", NOON.plus_ms(500))).await.unwrap();
    let until = NOON.plus_ms(100);
    let claimed = store.claim_jobs(NOON, until, 10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!((claimed[0].key.as_str(), claimed[0].attempts), ("a", 0));
    assert_eq!(store.claim_jobs(NOON, until, 10).await.unwrap(), vec![]);
    let after_crash = store.claim_jobs(until, until.plus_ms(100), 10).await.unwrap();
    assert_eq!(after_crash[0].attempts, 1);
    store.enqueue(&job("a", NOON)).await.unwrap();
    store.finish_jobs(&[&claimed[0]]).await.unwrap();
    assert_eq!(
        store.claim_jobs(until, until, 10).await.unwrap(),
        vec![],
        "an expired claim does not release the new one"
    );
    store.finish_jobs(&[&after_crash[0]]).await.unwrap();
    let again = store.claim_jobs(until, until.plus_ms(100), 10).await.unwrap();
    assert_eq!(again.len(), 1, "queued while running: runs once more");
    store.fail_job(&again[0], "boom", Some(until.plus_ms(50))).await.unwrap();
    assert_eq!(store.claim_jobs(until, until.plus_ms(100), 10).await.unwrap(), vec![]);
    let retried = store.claim_jobs(until.plus_ms(50), until.plus_ms(150), 10).await.unwrap();
    assert_eq!(retried[0].attempts, 1);
    store.fail_job(&retried[0], "boom", None).await.unwrap();
    let backlog = store.backlog(NOON.plus_ms(900)).await.unwrap();
    assert_eq!((backlog.waiting, backlog.dead), (1, 1), "one is to run now");
    let late = store.claim_jobs(NOON.plus_ms(900), NOON.plus_ms(999), 10).await.unwrap();
    store.finish_jobs(&[&late[0]]).await.unwrap();
    assert_eq!(store.backlog(NOON).await.unwrap().waiting, 0);

    store.enqueue(&job("weekly", NOON)).await.unwrap();
    let weekly = store.claim_jobs(NOON, until, 10).await.unwrap();
    store.enqueue(&job("weekly", NOON.plus_ms(5000))).await.unwrap();
    store.finish_jobs(&[&weekly[0]]).await.unwrap();
    assert_eq!(
        store.claim_jobs(until, NOON.plus_ms(200), 10).await.unwrap(),
        vec![],
        "queued for later while running: waits"
    );
    assert_eq!(store.claim_jobs(NOON.plus_ms(5000), NOON.plus_ms(6000), 10).await.unwrap().len(), 1);
}
