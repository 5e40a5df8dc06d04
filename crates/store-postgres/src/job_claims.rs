//! Claims and finishes jobs, with row locks that skip jobs claimed by another replica.

use domain::UnixMs;
use sqlx::query;
use store::{Result, jobs::Job};

use crate::{Db, database};

pub(crate) async fn claim(db: &Db, now: UnixMs, lease_until: UnixMs, limit: i64) -> Result<Vec<Job>> {
    let rows = query!(
        r#"update jobs set lease_until = $2, attempts = attempts + 1
           where (kind, key) in (
               select kind, key from jobs
               where is_dead = false and run_at <= $1 and lease_until <= $1 order by run_at limit $3 for update skip locked)
           returning kind as "kind!: String", key as "key!: String", payload as "payload!: String",
                     attempts as "attempts!: i64", revision as "revision!: i64""#,
        now.0,
        lease_until.0,
        limit
    )
    .fetch_all(&db.writer)
    .await
    .map_err(database)?;
    Ok(rows
        .into_iter()
        .map(|row| Job {
            kind: row.kind,
            key: row.key,
            payload: row.payload,
            attempts: row.attempts - 1,
            revision: row.revision,
            lease_until,
        })
        .collect())
}

pub(crate) async fn finish(db: &Db, jobs: &[&Job]) -> Result<()> {
    let kinds: Vec<String> = jobs.iter().map(|job| job.kind.clone()).collect();
    let keys: Vec<String> = jobs.iter().map(|job| job.key.clone()).collect();
    let leases: Vec<i64> = jobs.iter().map(|job| job.lease_until.0).collect();
    let revisions: Vec<i64> = jobs.iter().map(|job| job.revision).collect();
    let mut tx = db.begin().await?;
    // Lock rows in the same order as callers that queue several jobs, to avoid deadlocks.
    query!(
        r#"select 1 as "one!" from jobs where (kind, key) in (select * from unnest($1::text[], $2::text[]))
           order by kind, key collate "C" for update"#,
        &kinds,
        &keys
    )
    .fetch_all(&mut *tx)
    .await
    .map_err(database)?;
    query!(
        "delete from jobs where (kind, key, lease_until, revision) in (
            select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]))",
        &kinds,
        &keys,
        &leases,
        &revisions
    )
    .execute(&mut *tx)
    .await
    .map_err(database)?;
    query!(
        "update jobs set lease_until = 0 where (kind, key, lease_until) in (
            select * from unnest($1::text[], $2::text[], $3::bigint[]))",
        &kinds,
        &keys,
        &leases
    )
    .execute(&mut *tx)
    .await
    .map_err(database)?;
    tx.commit().await.map_err(database)
}
