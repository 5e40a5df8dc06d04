//! Requirements on every adapter: `store::jobs`.

use domain::UnixMs;

use crate::{
    conformance::fixtures::{AnyStore, NOON, claim_jobs},
    jobs::{CRASHES_MAX, Job, Lane, NewJob, SUSPECT_CRASHES},
};

fn job(key: &str, run_at: UnixMs) -> NewJob {
    NewJob {
        kind: "k",
        key: key.to_owned(),
        lane: Lane::Maintenance,
        party: String::new(),
        payload: "{}".to_owned(),
        run_at,
    }
}

pub async fn jobs_are_leased_retried_and_rerun(store: AnyStore) {
    store.enqueue(&job("a", NOON)).await.unwrap();
    store.enqueue(&job("a", NOON.plus_ms(500))).await.unwrap();
    store.enqueue_all(&[job("later", NOON.plus_ms(500))]).await.unwrap();
    let until = NOON.plus_ms(100);
    let claimed = claim_jobs(&store, NOON, until).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!((claimed[0].key.as_str(), claimed[0].attempts), ("a", 0));
    assert_eq!(claim_jobs(&store, NOON, until).await, vec![]);
    let after_crash = claim_jobs(&store, until, until.plus_ms(100)).await;
    assert_eq!(after_crash[0].attempts, 1);
    store.enqueue(&job("a", NOON)).await.unwrap();
    store.finish_jobs(&[&claimed[0]]).await.unwrap();
    assert_eq!(claim_jobs(&store, until, until).await, vec![], "an expired claim does not release the new one");
    store.finish_jobs(&[&after_crash[0]]).await.unwrap();
    let again = claim_jobs(&store, until, until.plus_ms(100)).await;
    assert_eq!(again.len(), 1, "queued while running: runs once more");
    store.fail_job(&again[0], "boom", Some(until.plus_ms(50))).await.unwrap();
    assert_eq!(claim_jobs(&store, until, until.plus_ms(100)).await, vec![]);
    let retried = claim_jobs(&store, until.plus_ms(50), until.plus_ms(150)).await;
    assert_eq!(retried[0].attempts, 1);
    store.fail_job(&retried[0], "boom", None).await.unwrap();
    let backlog = store.backlog(NOON.plus_ms(900)).await.unwrap();
    assert_eq!((backlog.waiting, backlog.dead), (1, 1), "one is to run now");
    let late = claim_jobs(&store, NOON.plus_ms(900), NOON.plus_ms(999)).await;
    store.finish_jobs(&[&late[0]]).await.unwrap();
    assert_eq!(store.backlog(NOON).await.unwrap().waiting, 0);

    store.enqueue(&job("weekly", NOON)).await.unwrap();
    let weekly = claim_jobs(&store, NOON, until).await;
    store.enqueue(&job("weekly", NOON.plus_ms(5000))).await.unwrap();
    store.finish_jobs(&[&weekly[0]]).await.unwrap();
    assert_eq!(claim_jobs(&store, until, NOON.plus_ms(200)).await, vec![], "queued for later while running: waits");
    let weekly = claim_jobs(&store, NOON.plus_ms(5000), NOON.plus_ms(6000)).await;
    // Queued twice while it runs: the earlier time counts, in either order.
    for times in [[5001, 9000], [9000, 5001]] {
        for at in times {
            store.enqueue(&job("weekly", NOON.plus_ms(at))).await.unwrap();
        }
        store.finish_jobs(&[&weekly[0]]).await.unwrap();
        let again = claim_jobs(&store, NOON.plus_ms(5001), NOON.plus_ms(6000)).await;
        assert_eq!(again.len(), 1, "{times:?}");
        store.finish_jobs(&[&again[0]]).await.unwrap();
        store.enqueue(&job("weekly", NOON.plus_ms(5000))).await.unwrap();
        assert_eq!(claim_jobs(&store, NOON.plus_ms(5000), NOON.plus_ms(6000)).await.len(), 1);
    }
}

fn job_of(lane: Lane, party: &str, n: usize) -> NewJob {
    NewJob { lane, party: party.to_owned(), ..job(&format!("{party}-{n}"), NOON) }
}

fn keys(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.key.as_str()).collect()
}

pub async fn parties_take_turns_in_a_lane(store: AnyStore) {
    for n in 0..300 {
        store.enqueue(&job_of(Lane::Settlements, "flood", n)).await.unwrap();
    }
    store.enqueue(&job_of(Lane::Settlements, "quiet", 0)).await.unwrap();
    store.enqueue(&job_of(Lane::Deliveries, "shop", 0)).await.unwrap();
    let until = NOON.plus_ms(100);
    let first = store.claim_jobs(Lane::Settlements, "", NOON, until, 10).await.unwrap();
    assert_eq!(first.jobs.len(), 10);
    assert!(keys(&first.jobs)[..2].contains(&"quiet-0"), "one of each party first: {:?}", keys(&first.jobs));
    assert_eq!(first.next.as_deref(), Some(""), "more is due");
    let other = store.claim_jobs(Lane::Deliveries, "", NOON, until, 10).await.unwrap();
    assert_eq!(keys(&other.jobs), ["shop-0"], "another lane does not wait");
}

pub async fn every_party_has_its_turn(store: AnyStore) {
    // More parties than one claim considers, and as many that have nothing to do yet.
    for n in 0..150 {
        let later = NewJob { run_at: NOON.plus_ms(5_000), ..job_of(Lane::Deliveries, &format!("a{n:03}"), 0) };
        store.enqueue(&later).await.unwrap();
    }
    for n in 0..150 {
        store.enqueue(&job_of(Lane::Deliveries, &format!("b{n:03}"), 0)).await.unwrap();
    }
    let mut claimed = 0;
    let mut after = String::new();
    for _ in 0..20 {
        let round = store.claim_jobs(Lane::Deliveries, &after, NOON, NOON.plus_ms(100), 256).await.unwrap();
        claimed += round.jobs.len();
        let Some(next) = round.next else { break };
        after = next;
    }
    assert_eq!(claimed, 150);
}

pub async fn what_was_not_started_is_no_attempt(store: AnyStore) {
    store.enqueue(&job("a", NOON)).await.unwrap();
    for _ in 0..20 {
        let claimed = claim_jobs(&store, NOON, NOON.plus_ms(100)).await;
        assert_eq!(claimed[0].attempts, 0);
        store.release_jobs(&[&claimed[0]]).await.unwrap();
    }
    let claimed = claim_jobs(&store, NOON, NOON.plus_ms(100)).await;
    store.finish_jobs(&[&claimed[0]]).await.unwrap();
    store.release_jobs(&[&claimed[0]]).await.unwrap();
    assert_eq!(claim_jobs(&store, NOON, NOON.plus_ms(100)).await, [], "finished is finished");
    // Of several, those that still have no outcome; also one that was queued again meanwhile.
    for key in ["done", "failed", "again", "open"] {
        store.enqueue(&job(key, NOON)).await.unwrap();
    }
    let claimed = claim_jobs(&store, NOON, NOON.plus_ms(100)).await;
    let of = |key: &str| claimed.iter().find(|job| job.key == key).unwrap();
    store.finish_jobs(&[of("done")]).await.unwrap();
    store.fail_job(of("failed"), "boom", Some(NOON.plus_ms(500))).await.unwrap();
    store.enqueue(&job("again", NOON)).await.unwrap();
    store.release_jobs(&claimed.iter().collect::<Vec<_>>()).await.unwrap();
    let mut released = claim_jobs(&store, NOON, NOON.plus_ms(100)).await;
    released.sort_by(|one, other| one.key.cmp(&other.key));
    assert_eq!(keys(&released), ["again", "open"]);
    assert!(released.iter().all(|job| job.attempts == 0), "{released:?}");
    let retried = claim_jobs(&store, NOON.plus_ms(500), NOON.plus_ms(900)).await;
    let failed = retried.iter().find(|job| job.key == "failed").unwrap();
    assert_eq!(failed.attempts, 1, "a failure is an attempt");
}

pub async fn a_job_that_ends_its_process_is_given_up(store: AnyStore) {
    store.enqueue(&NewJob { party: "brand".to_owned(), ..job("killer", NOON) }).await.unwrap();
    let mut now = NOON;
    for crash in 0..CRASHES_MAX {
        let until = now.plus_ms(100);
        assert_eq!(claim_jobs(&store, now, until).await.len(), 1, "after {crash} crashes");
        now = until;
    }
    assert_eq!(claim_jobs(&store, now, now.plus_ms(100)).await, []);
    let of = |parties: &[&str]| parties.iter().map(ToString::to_string).collect::<Vec<String>>();
    let dead = store.dead_jobs(Some(&of(&["brand", "shop"])), 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].key.as_str()), (1, "killer"));
    assert!(dead[0].error.contains("its process ended"), "{}", dead[0].error);
    assert_eq!(store.dead_jobs(Some(&of(&["other"])), 10).await.unwrap(), []);
    assert_eq!(store.requeue_dead_jobs(Some(&of(&["other"])), None, now).await.unwrap(), 0);
    assert_eq!(store.requeue_dead_jobs(Some(&of(&["brand"])), Some(("k", "another")), now).await.unwrap(), 0);
    assert_eq!(store.requeue_dead_jobs(Some(&of(&["brand"])), Some(("k", "killer")), now).await.unwrap(), 1);
    let again = claim_jobs(&store, now, now.plus_ms(100)).await;
    assert_eq!((again.len(), again[0].attempts), (1, 0), "with all its attempts");
    store.fail_job(&again[0], "boom", None).await.unwrap();
    assert_eq!(store.requeue_dead_jobs(None, None, now).await.unwrap(), 1);
}

pub async fn suspects_run_alone(store: AnyStore) {
    for key in ["a", "b", "c"] {
        store.enqueue(&job(key, NOON)).await.unwrap();
    }
    let mut now = NOON;
    for _ in 0..SUSPECT_CRASHES {
        assert_eq!(claim_jobs(&store, now, now.plus_ms(100)).await.len(), 3);
        now = now.plus_ms(100);
    }
    store.enqueue(&job("new", now)).await.unwrap();
    // Each alone, so that whichever ends the process takes no other with it; then the others together.
    let mut alone = Vec::new();
    for _ in 0..3 {
        let claimed = claim_jobs(&store, now, now.plus_ms(100)).await;
        assert_eq!(claimed.len(), 1, "{claimed:?}");
        assert_ne!(claimed[0].key, "new");
        alone.extend(claimed);
    }
    assert_eq!(claim_jobs(&store, now, now.plus_ms(100)).await[0].key, "new");
    // A job that was queued again while it ran begins without its crashes.
    store.enqueue(&job(&alone[0].key, now)).await.unwrap();
    store.enqueue(&job("other", now)).await.unwrap();
    store.finish_jobs(&[&alone[0]]).await.unwrap();
    assert_eq!(claim_jobs(&store, now, now.plus_ms(100)).await.len(), 2, "it is no suspect any more");
}
