//! Rows of jobs, many per statement, with row locks that skip jobs claimed by another replica.

use domain::UnixMs;
use sqlx::{query, query_as};
use store::{
    Result,
    jobs::{CandidateRow, ClaimedRow, Job, Lane, NewJob, PARTIES_PER_CLAIM},
};

use crate::{Db, Tx, database, dialect::JOBS_PER_PARTY};

/// Whether one process at a time has the database open for its jobs.
pub(crate) const IS_ONE_PROCESS: bool = false;

/// Queues jobs, each of another kind or key, sorted by both.
pub(crate) async fn push(tx: &mut Tx, jobs: &[&NewJob]) -> Result<()> {
    let texts = |text: fn(&NewJob) -> String| jobs.iter().map(|job| text(job)).collect::<Vec<String>>();
    let (kinds, keys) = (texts(|job| job.kind.to_owned()), texts(|job| job.key.clone()));
    let (parties, payloads) = (texts(|job| job.party.clone()), texts(|job| job.payload.clone()));
    let lanes: Vec<i64> = jobs.iter().map(|job| job.lane.number()).collect();
    let starts: Vec<i64> = jobs.iter().map(|job| job.run_at.0).collect();
    query!(
        "insert into jobs (kind, key, lane, party, payload, run_at, attempts, lease_until, is_dead, revision)
         select kind, key, lane, party, payload, run_at, 0, 0, false, 1
         from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
              with ordinality as new (kind, key, lane, party, payload, run_at, nth)
         order by nth
         on conflict (kind, key) do update set
            lane = excluded.lane, party = excluded.party, payload = excluded.payload,
            run_at = case when excluded.run_at < jobs.run_at or jobs.is_dead
                            or (jobs.lease_until > 0 and jobs.revision = jobs.claimed_revision)
                then excluded.run_at else jobs.run_at end,
            crashes = case when jobs.is_dead then 0 else jobs.crashes end,
            attempts = 0, is_dead = false, revision = jobs.revision + 1",
        &kinds,
        &keys,
        &lanes,
        &parties,
        &payloads,
        &starts
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// The jobs of a lane that are due, in turns of the parties after `after`; parties without one that is due have an
/// empty row.
pub(crate) async fn candidates(db: &Db, lane: Lane, after: &str, now: UnixMs, limit: i64) -> Result<Vec<CandidateRow>> {
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
               from parties where parties.party is not null),
           considered as (select party from parties limit $5)
           select considered.party as "party!", due.kind as "kind?", due.key as "key?", due.crashes as "crashes?"
           from considered left join lateral (
               select own.kind, own.key, own.run_at, own.crashes, row_number() over (order by own.run_at) as turn from (
                   select kind, key, run_at, crashes from jobs
                   where is_dead = false and lease_until = 0 and lane = $2 and party = considered.party
                     and run_at <= $1
                   order by run_at limit $6) as own) as due on true
           where considered.party is not null
           order by due.turn, due.run_at limit $4"#,
        now.0,
        lane.number(),
        after,
        limit,
        PARTIES_PER_CLAIM,
        JOBS_PER_PARTY
    )
    .fetch_all(&mut *db.unbound_read().await?)
    .await
    .map_err(database)
}

/// Claims those of these jobs that are still due and that no other replica is claiming.
pub(crate) async fn claim(
    db: &Db,
    jobs: &[(String, String)],
    now: UnixMs,
    lease_until: UnixMs,
) -> Result<Vec<ClaimedRow>> {
    let (kinds, keys): (Vec<String>, Vec<String>) = jobs.iter().cloned().unzip();
    query_as!(
        ClaimedRow,
        r#"with chosen as materialized (
               select kind, key from jobs
               where is_dead = false and lease_until = 0 and run_at <= $1
                 and (kind, key) in (select * from unnest($3::text[], $4::text[]))
               order by kind, key collate "C" for update skip locked)
           update jobs set lease_until = $2, attempts = jobs.attempts + 1, claimed_revision = jobs.revision
           from chosen where jobs.kind = chosen.kind and jobs.key = chosen.key
           returning jobs.kind as "kind!", jobs.key as "key!", jobs.payload as "payload!",
                     jobs.attempts as "attempts!", jobs.revision as "revision!""#,
        now.0,
        lease_until.0,
        &kinds,
        &keys
    )
    .fetch_all(&mut *db.unbound_write().await?)
    .await
    .map_err(database)
}

/// Deletes finished jobs; those that were queued again meanwhile are released.
pub(crate) async fn finish(tx: &mut Tx, jobs: &[&Job]) -> Result<()> {
    let kinds: Vec<String> = jobs.iter().map(|job| job.kind.clone()).collect();
    let keys: Vec<String> = jobs.iter().map(|job| job.key.clone()).collect();
    let leases: Vec<i64> = jobs.iter().map(|job| job.lease_until.0).collect();
    let revisions: Vec<i64> = jobs.iter().map(|job| job.revision).collect();
    // Lock rows in the same order as callers that queue several jobs, to avoid deadlocks.
    query!(
        r#"select 1 as "one!" from jobs where (kind, key) in (select * from unnest($1::text[], $2::text[]))
           order by kind, key collate "C" for update"#,
        &kinds,
        &keys
    )
    .fetch_all(&mut **tx)
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
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    query!(
        "update jobs set lease_until = 0, crashes = 0 where (kind, key, lease_until) in (
            select * from unnest($1::text[], $2::text[], $3::bigint[]))",
        &kinds,
        &keys,
        &leases
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
