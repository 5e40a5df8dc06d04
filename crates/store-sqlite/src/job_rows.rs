//! Rows of jobs, many per statement, under SQLite's single write lock.

use domain::UnixMs;
use sqlx::{query, query_as};
use store::{
    Result,
    jobs::{CandidateRow, ClaimedRow, Job, Lane, NewJob, PARTIES_PER_CLAIM},
};

use crate::{Db, Tx, database, dialect::JOBS_PER_PARTY, json};

/// Whether one process at a time has the database open for its jobs.
pub(crate) const IS_ONE_PROCESS: bool = true;

/// Queues jobs, each of another kind or key. What is queued while the job runs counts from then on, the earliest time of all.
pub(crate) async fn push(tx: &mut Tx, jobs: &[&NewJob]) -> Result<()> {
    let row = |job: &&NewJob| {
        ((job.kind, job.key.clone(), job.lane.number()), (job.party.clone(), job.payload.clone(), job.run_at))
    };
    let rows = json(&jobs.iter().map(row).collect::<Vec<_>>())?;
    query!(
        "insert into jobs (kind, key, lane, party, payload, run_at, attempts, lease_until, is_dead, revision)
         select value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[1][0]',
                value ->> '$[1][1]', value ->> '$[1][2]', 0, 0, false, 1
         from jsonb_each($1) where true
         on conflict (kind, key) do update set
            lane = excluded.lane, party = excluded.party, payload = excluded.payload,
            run_at = case when excluded.run_at < jobs.run_at or jobs.is_dead
                            or (jobs.lease_until > 0 and jobs.revision = jobs.claimed_revision)
                then excluded.run_at else jobs.run_at end,
            crashes = case when jobs.is_dead then 0 else jobs.crashes end,
            attempts = 0, is_dead = false, revision = jobs.revision + 1",
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// The jobs of a lane that are due, in turns of the parties after `after`; parties without one that is due have an
/// empty row.
pub(crate) async fn candidates(db: &Db, lane: Lane, after: &str, now: UnixMs, limit: i64) -> Result<Vec<CandidateRow>> {
    let lane = lane.number();
    // The recursion steps from party to party in the index, whatever the number of their jobs.
    query_as!(
        CandidateRow,
        r#"with recursive parties (party) as (
               select min(party) from jobs
               where is_dead = false and lease_until = 0 and lane = $2 and party >= $3 and ($3 = '' or party > $3)
               union all
               select (select min(next.party) from jobs as next
                       where next.is_dead = false and next.lease_until = 0 and next.lane = $2
                         and next.party > parties.party)
               from parties where parties.party is not null
               limit $5)
           select party as "party!: String", kind as "kind: String", key as "key: String", crashes as "crashes: i64" from (
               select parties.party as party, jobs.kind as kind, jobs.key as key, jobs.run_at as run_at,
                      jobs.crashes as crashes,
                      row_number() over (partition by parties.party order by jobs.run_at) as turn
               from parties left join jobs on jobs.rowid in (
                   select own.rowid from jobs as own
                   where own.is_dead = false and own.lease_until = 0 and own.lane = $2 and own.party = parties.party
                     and own.run_at <= $1
                   order by own.run_at limit $6)
               where parties.party is not null)
           order by turn, run_at limit $4"#,
        now.0,
        lane,
        after,
        limit,
        PARTIES_PER_CLAIM,
        JOBS_PER_PARTY
    )
    .fetch_all(&mut *db.unbound_read().await?)
    .await
    .map_err(database)
}

/// Claims those of these jobs that are still due.
pub(crate) async fn claim(
    db: &Db,
    jobs: &[(String, String)],
    now: UnixMs,
    lease_until: UnixMs,
) -> Result<Vec<ClaimedRow>> {
    let jobs = json(jobs)?;
    query_as!(
        ClaimedRow,
        r#"update jobs set lease_until = $2, attempts = attempts + 1, claimed_revision = revision
           where is_dead = false and lease_until = 0 and run_at <= $1
             and (kind, key) in (select value ->> 0, value ->> 1 from json_each($3))
           returning kind as "kind!: String", key as "key!: String", payload as "payload!: String",
                     attempts as "attempts!: i64", revision as "revision!: i64""#,
        now.0,
        lease_until.0,
        jobs
    )
    .fetch_all(&mut *db.unbound_write().await?)
    .await
    .map_err(database)
}

/// Deletes finished jobs; those that were queued again meanwhile are released.
pub(crate) async fn finish(tx: &mut Tx, jobs: &[&Job]) -> Result<()> {
    let claim = |job: &&Job| (job.kind.clone(), job.key.clone(), job.lease_until.0, job.revision);
    let rows = json(&jobs.iter().map(claim).collect::<Vec<_>>())?;
    let deleted = statement!(query!(
        "delete from jobs where (kind, key, lease_until, revision) in (
            select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each($1))",
        rows
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if deleted.rows_affected() == jobs.len() as u64 {
        return Ok(());
    }
    statement!(query!(
        "update jobs set lease_until = 0, crashes = 0 where (kind, key, lease_until) in (
            select value ->> 0, value ->> 1, value ->> 2 from json_each($1))",
        rows
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
