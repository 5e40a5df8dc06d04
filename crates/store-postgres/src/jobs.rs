//! Jobs.

use domain::UnixMs;
use sqlx::{Postgres, Transaction, query};
use store::{
    Result,
    jobs::{Backlog, Job, JobStore},
};

use crate::{PostgresStore, database};

/// Queues a job inside the transaction of what it follows from.
pub(crate) async fn push(
    tx: &mut Transaction<'static, Postgres>,
    kind: &str,
    key: &str,
    payload: &str,
    run_at: UnixMs,
) -> Result<()> {
    query!(
        "insert into jobs (kind, key, payload, run_at, attempts, lease_until, is_dead, revision)
         values ($1, $2, $3, $4, 0, 0, false, 1)
         on conflict (kind, key) do update set
            payload = excluded.payload,
            run_at = case when excluded.run_at < jobs.run_at or jobs.is_dead or jobs.lease_until > 0
                then excluded.run_at else jobs.run_at end,
            attempts = 0, is_dead = false, revision = jobs.revision + 1",
        kind,
        key,
        payload,
        run_at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

#[async_trait::async_trait]
impl JobStore for PostgresStore {
    async fn enqueue(&self, kind: &str, key: &str, payload: &str, run_at: UnixMs) -> Result<()> {
        let mut tx = self.begin().await?;
        push(&mut tx, kind, key, payload, run_at).await?;
        tx.commit().await.map_err(database)
    }

    async fn claim_jobs(&self, now: UnixMs, lease_until: UnixMs, limit: i64) -> Result<Vec<Job>> {
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
        .fetch_all(&self.pool)
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

    async fn finish_jobs(&self, jobs: &[&Job]) -> Result<()> {
        let kinds: Vec<String> = jobs.iter().map(|job| job.kind.clone()).collect();
        let keys: Vec<String> = jobs.iter().map(|job| job.key.clone()).collect();
        let leases: Vec<i64> = jobs.iter().map(|job| job.lease_until.0).collect();
        let revisions: Vec<i64> = jobs.iter().map(|job| job.revision).collect();
        let mut tx = self.pool.begin().await.map_err(database)?;
        // In the order in which those who queue several jobs take their locks.
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

    async fn fail_job(&self, job: &Job, error: &str, run_at: Option<UnixMs>) -> Result<()> {
        let (is_dead, run_at) = (run_at.is_none(), run_at.map_or(0, |at| at.0));
        query!(
            "update jobs set lease_until = 0, last_error = $3, is_dead = $4, run_at = $5
             where kind = $1 and key = $2 and revision = $6 and lease_until = $7",
            job.kind,
            job.key,
            error,
            is_dead,
            run_at,
            job.revision,
            job.lease_until.0
        )
        .execute(&self.pool)
        .await
        .map_err(database)?;
        // Queued again meanwhile: that queueing stands on its own.
        query!(
            "update jobs set lease_until = 0 where kind = $1 and key = $2 and revision <> $3 and lease_until = $4",
            job.kind,
            job.key,
            job.revision,
            job.lease_until.0
        )
        .execute(&self.pool)
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn backlog(&self) -> Result<Backlog> {
        let row = query!(
            r#"select coalesce(sum(case when is_dead then 0 else 1 end), 0) as "waiting!: i64",
                      coalesce(sum(case when is_dead then 1 else 0 end), 0) as "dead!: i64" from jobs"#
        )
        .fetch_one(&self.pool)
        .await
        .map_err(database)?;
        Ok(Backlog { waiting: row.waiting, dead: row.dead })
    }
}
