//! Jobs.

use std::collections::BTreeMap;

use domain::UnixMs;
use sqlx::query;
use store::{
    Result,
    jobs::{Backlog, CRASHES_MAX, Claimed, Job, JobStore, Lane, NewJob, PARTIES_PER_CLAIM, SUSPECT_CRASHES},
};

use crate::{Db, Tx, database, job_rows as rows, list};

/// Queues a job in the same transaction as the change that requires it.
pub(crate) async fn push(tx: &mut Tx, job: &NewJob) -> Result<()> {
    push_all(tx, core::slice::from_ref(job)).await
}

/// Queues jobs in one statement, in one order for all processes, so that they do not block each other.
pub(crate) async fn push_all(tx: &mut Tx, jobs: &[NewJob]) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let mut latest: BTreeMap<(&str, &str), &NewJob> = BTreeMap::new();
    for job in jobs {
        let earlier = latest.get(&(job.kind, job.key.as_str())).map(|job| job.run_at);
        if earlier.is_none_or(|earlier| job.run_at <= earlier) {
            latest.insert((job.kind, &job.key), job);
        }
    }
    rows::push(tx, &latest.into_values().collect::<Vec<_>>()).await
}

impl Db {
    /// Counts the claims that ended without an outcome as crashes of their processes.
    async fn count_crashes(&self, now: UnixMs) -> Result<u64> {
        let expired =
            query!(r#"select 1 as "one!: i64" from jobs where lease_until > 0 and lease_until <= $1 limit 1"#, now.0)
                .fetch_optional(&mut *self.unbound_read().await?)
                .await
                .map_err(database)?;
        if expired.is_none() {
            return Ok(0);
        }
        let error = format!("its process ended {CRASHES_MAX} times while it ran");
        let done = query!(
            "update jobs set crashes = crashes + 1, lease_until = 0, is_dead = (crashes + 1 >= $2),
                             last_error = case when crashes + 1 >= $2 then $3 else last_error end
             where lease_until > 0 and lease_until <= $1",
            now.0,
            CRASHES_MAX,
            error
        )
        .execute(&mut *self.unbound_write().await?)
        .await
        .map_err(database)?;
        Ok(done.rows_affected())
    }
}

#[async_trait::async_trait]
impl JobStore for Db {
    async fn enqueue(&self, job: &NewJob) -> Result<()> {
        self.enqueue_all(core::slice::from_ref(job)).await
    }

    async fn enqueue_all(&self, jobs: &[NewJob]) -> Result<()> {
        if jobs.is_empty() {
            return Ok(());
        }
        let mut tx = self.unbound_begin().await?;
        push_all(&mut tx, jobs).await?;
        tx.commit().await.map_err(database)
    }

    async fn claim_jobs(
        &self,
        lane: Lane,
        after: &str,
        now: UnixMs,
        lease_until: UnixMs,
        limit: i64,
    ) -> Result<Claimed> {
        self.count_crashes(now).await?;
        // Most polls find nothing: look with a reader first, so that an idle server takes no write lock.
        let mut found = rows::candidates(self, lane, after, now, limit).await?;
        // What was under way twice when its process ended runs alone in its lane: if it is what ends it, few others are given up for it.
        let suspect = found.iter().position(|row| row.crashes.is_some_and(|crashes| crashes >= SUSPECT_CRASHES));
        if let Some(suspect) = suspect {
            let job = found.swap_remove(suspect);
            found = vec![job];
        }
        let mut parties: Vec<&str> = found.iter().map(|row| row.party.as_str()).collect();
        parties.sort_unstable();
        parties.dedup();
        let is_full = suspect.is_none() && i64::try_from(parties.len()).unwrap_or(i64::MAX) >= PARTIES_PER_CLAIM;
        // Started in the middle: the parties before are to follow.
        let restart = (!after.is_empty()).then(String::new);
        let next = if is_full { parties.last().map(ToString::to_string) } else { restart };
        let mut due: Vec<(String, String)> = found.into_iter().filter_map(|row| Some((row.kind?, row.key?))).collect();
        if due.is_empty() {
            return Ok(Claimed { jobs: Vec::new(), next });
        }
        let turns: BTreeMap<(String, String), usize> =
            due.iter().cloned().enumerate().map(|(turn, job)| (job, turn)).collect();
        due.sort_unstable();
        let mut claimed = rows::claim(self, &due, now, lease_until).await?;
        claimed.sort_by_key(|row| turns.get(&(row.kind.clone(), row.key.clone())).copied());
        let jobs = claimed.into_iter().map(|row| Job {
            kind: row.kind,
            key: row.key,
            payload: row.payload,
            attempts: row.attempts - 1,
            revision: row.revision,
            lease_until,
        });
        // What another process claimed meanwhile, or did not fit, may not be all that is due.
        let jobs: Vec<Job> = jobs.collect();
        let next = match suspect {
            None => Some(next.unwrap_or_default()),
            // Another process is claiming it.
            Some(_) if jobs.is_empty() => None,
            Some(_) => Some(after.to_owned()),
        };
        Ok(Claimed { jobs, next })
    }

    async fn release_jobs(&self, jobs: &[&Job]) -> Result<()> {
        if jobs.is_empty() {
            return Ok(());
        }
        // In one order for all processes, as everywhere.
        let jobs: BTreeMap<(&str, &str), &Job> =
            jobs.iter().map(|job| ((job.kind.as_str(), job.key.as_str()), *job)).collect();
        let mut tx = self.unbound_begin().await?;
        for job in jobs.into_values() {
            query!(
                "update jobs set lease_until = 0, attempts = case when attempts > 0 then attempts - 1 else 0 end
                 where kind = $1 and key = $2 and lease_until = $3",
                job.kind,
                job.key,
                job.lease_until.0
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        tx.commit().await.map_err(database)
    }

    async fn end_claims(&self, now: UnixMs) -> Result<u64> {
        if !rows::IS_ONE_PROCESS {
            return Ok(0);
        }
        query!("update jobs set lease_until = $1 where lease_until > $1", now.0)
            .execute(&mut *self.unbound_write().await?)
            .await
            .map_err(database)?;
        self.count_crashes(now).await
    }

    async fn finish_jobs(&self, jobs: &[&Job]) -> Result<()> {
        if jobs.is_empty() {
            return Ok(());
        }
        let mut tx = self.unbound_begin().await?;
        rows::finish(&mut tx, jobs).await?;
        tx.commit().await.map_err(database)
    }

    async fn fail_job(&self, job: &Job, error: &str, run_at: Option<UnixMs>) -> Result<()> {
        let (is_dead, run_at) = (run_at.is_none(), run_at.map_or(0, |at| at.0));
        // Queued again while it ran: only the claim ends, so that the new revision runs with no failure recorded.
        query!(
            "update jobs set lease_until = 0,
                             last_error = case when revision = $6 then $3 else last_error end,
                             is_dead = case when revision = $6 then $4 else is_dead end,
                             run_at = case when revision = $6 then $5 else run_at end
             where kind = $1 and key = $2 and lease_until = $7",
            job.kind,
            job.key,
            error,
            is_dead,
            run_at,
            job.revision,
            job.lease_until.0
        )
        .execute(&mut *self.unbound_write().await?)
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn requeue_dead_jobs(
        &self,
        parties: Option<&[String]>,
        job: Option<(&str, &str)>,
        now: UnixMs,
    ) -> Result<u64> {
        let (is_any_party, parties) = (parties.is_none(), list(parties.unwrap_or_default())?);
        let (is_any_job, (kind, key)) = (job.is_none(), job.unwrap_or_default());
        let done = statement!(query!(
            "update jobs set is_dead = false, attempts = 0, crashes = 0, run_at = $1
             where is_dead = true and ($2 or party " IN "$3" ") and ($4 or (kind = $5 and key = $6))",
            now.0,
            is_any_party,
            &parties,
            is_any_job,
            kind,
            key
        ))
        .execute(&mut *self.unbound_write().await?)
        .await
        .map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn backlog(&self, now: UnixMs) -> Result<Backlog> {
        let row = query!(
            r#"select coalesce(sum(case when is_dead or (attempts = 0 and run_at > $1 and lease_until <= $1) then 0 else 1 end), 0)
                          as "waiting!: i64",
                      coalesce(sum(case when is_dead then 1 else 0 end), 0) as "dead!: i64" from jobs"#,
            now.0
        )
        .fetch_one(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?;
        Ok(Backlog { waiting: row.waiting, dead: row.dead })
    }
}
