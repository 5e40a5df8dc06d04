//! Jobs.

use domain::UnixMs;
use sqlx::query;
use store::{
    Result,
    jobs::{Backlog, Job, JobStore, NewJob},
};

use crate::{Db, Tx, database, job_claims};

/// Queues a job in the same transaction as the change that requires it.
pub(crate) async fn push(tx: &mut Tx, job: &NewJob) -> Result<()> {
    query!(
        "insert into jobs (kind, key, payload, run_at, attempts, lease_until, is_dead, revision)
         values ($1, $2, $3, $4, 0, 0, false, 1)
         on conflict (kind, key) do update set
            payload = excluded.payload,
            run_at = case when excluded.run_at < jobs.run_at or jobs.is_dead or jobs.lease_until > 0
                then excluded.run_at else jobs.run_at end,
            attempts = 0, is_dead = false, revision = jobs.revision + 1",
        job.kind,
        job.key,
        job.payload,
        job.run_at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

#[async_trait::async_trait]
impl JobStore for Db {
    async fn enqueue(&self, job: &NewJob) -> Result<()> {
        let mut tx = self.begin().await?;
        push(&mut tx, job).await?;
        tx.commit().await.map_err(database)
    }

    async fn claim_jobs(&self, now: UnixMs, lease_until: UnixMs, limit: i64) -> Result<Vec<Job>> {
        job_claims::claim(self, now, lease_until, limit).await
    }

    async fn finish_jobs(&self, jobs: &[&Job]) -> Result<()> {
        job_claims::finish(self, jobs).await
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
        .execute(&self.writer)
        .await
        .map_err(database)?;
        // Queued again while it ran: only release the lease, so that the new revision runs with no failure recorded.
        query!(
            "update jobs set lease_until = 0 where kind = $1 and key = $2 and revision <> $3 and lease_until = $4",
            job.kind,
            job.key,
            job.revision,
            job.lease_until.0
        )
        .execute(&self.writer)
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn backlog(&self, now: UnixMs) -> Result<Backlog> {
        let row = query!(
            r#"select coalesce(sum(case when is_dead or (attempts = 0 and run_at > $1 and lease_until <= $1) then 0 else 1 end), 0)
                          as "waiting!: i64",
                      coalesce(sum(case when is_dead then 1 else 0 end), 0) as "dead!: i64" from jobs"#,
            now.0
        )
        .fetch_one(&self.reader)
        .await
        .map_err(database)?;
        Ok(Backlog { waiting: row.waiting, dead: row.dead })
    }
}
