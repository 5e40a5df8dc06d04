//! Claims and finishes jobs, under SQLite's single write lock.

use domain::UnixMs;
use sqlx::query;
use store::{Result, jobs::Job};

use crate::{Db, database, json};

pub(crate) async fn claim(db: &Db, now: UnixMs, lease_until: UnixMs, limit: i64) -> Result<Vec<Job>> {
    // Most polls find nothing: check with a reader first, so that an idle server does not take the write lock.
    let due = query!(
        r#"select 1 as "due!: i64" from jobs
           where is_dead = false and run_at <= $1 and lease_until <= $1 limit 1"#,
        now.0
    )
    .fetch_optional(&db.reader)
    .await
    .map_err(database)?;
    if due.is_none() {
        return Ok(Vec::new());
    }
    let rows = query!(
        r#"update jobs set lease_until = $2, attempts = attempts + 1
           where (kind, key) in (
               select kind, key from jobs
               where is_dead = false and run_at <= $1 and lease_until <= $1 order by run_at limit $3)
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
    let claim = |job: &&Job| (job.kind.clone(), job.key.clone(), job.lease_until.0, job.revision);
    let rows = json(&jobs.iter().map(claim).collect::<Vec<_>>())?;
    let mut tx = db.begin().await?;
    statement!(query!(
        "delete from jobs where (kind, key, lease_until, revision) in (
            select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each($1))",
        rows
    ))
    .execute(&mut *tx)
    .await
    .map_err(database)?;
    statement!(query!(
        "update jobs set lease_until = 0 where (kind, key, lease_until) in (
            select value ->> 0, value ->> 1, value ->> 2 from json_each($1))",
        rows
    ))
    .execute(&mut *tx)
    .await
    .map_err(database)?;
    tx.commit().await.map_err(database)
}
