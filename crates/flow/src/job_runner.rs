//! Running queued jobs, and retrying those that fail.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use domain::{BrandId, UnixMs, id::InboxId};
use futures::StreamExt;
use store::jobs::{Cursor, Job as StoredJob, Lane};

use crate::{FlowError, delivery::PARTIES_AT_ONCE, job::Job, stage::Jobs};

/// Lease of a claimed job, in ms: no other process may claim it for so long.
pub const LEASE_MS: i64 = 60_000;
/// A job is not started with less than this left of its lease, in ms.
const LEASE_MARGIN_MS: i64 = 30_000;
/// Attempts before a job is given up and left for the operator.
const ATTEMPTS_MAX: i64 = 12;
/// How often a job is retried at once because what it worked on changed meanwhile.
const STALE_AT_ONCE_MAX: i64 = 5;
/// Longest wait between attempts, in ms.
const WAIT_MAX_MS: i64 = 60 * 60_000;
/// Deliveries processed together, for each order that is settled at once: they take fewer statements.
const DELIVERIES_PER_SETTLEMENT: usize = 2;
/// Reports processed together.
const REPORTS_AT_ONCE: usize = 256;
/// Other jobs that run concurrently.
const AT_ONCE: usize = 4;

/// What a round of a lane did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Number of jobs that were claimed.
    pub claimed: usize,
    /// Where the next round begins. `None` if nothing else is due.
    pub next: Option<Cursor>,
}

impl Jobs<'_> {
    /// Claims up to `limit` due jobs of a lane and runs them: orders of one shop, settlements and reports of one brand
    /// together, other jobs a few at a time.
    ///
    /// # Errors
    /// A database error, after every claimed job has been tried; if the database is away, the others are not. A job's own
    /// error is recorded, and the job retried.
    pub async fn run_due(self, lane: Lane, after: &str, limit: i64) -> Result<Round, FlowError> {
        // Before claims that have expired are counted as crashes.
        self.abandoned_jobs.release(&*self.store).await?;
        let now = self.now();
        let claimed = self.store.claim_jobs(lane, after, now, now.plus_ms(LEASE_MS), limit).await?;
        let outcome = match lane {
            Lane::Deliveries => self.run_deliveries(&claimed.jobs).await,
            Lane::Settlements => self.run_all_settlements(&claimed.jobs).await,
            Lane::Reports => self.run_all_reports(&claimed.jobs).await,
            Lane::Maintenance | Lane::Outbound | Lane::Integrations | Lane::Mail => {
                self.run_each(&claimed.jobs.iter().collect::<Vec<_>>()).await
            }
        };
        let count = claimed.jobs.len();
        if is_away(outcome.as_ref().err()) {
            self.abandoned_jobs.add(claimed.jobs);
        }
        outcome.map(|()| Round { claimed: count, next: claimed.next })
    }

    /// Ends the claims of a process that no longer runs, where this is the only one. Returns how many there were.
    ///
    /// # Errors
    /// A database error.
    pub async fn end_claims(self) -> Result<u64, FlowError> {
        Ok(self.store.end_claims(self.now()).await?)
    }

    /// The jobs that can still be finished within their leases; the others are put back.
    async fn startable(self, jobs: Vec<&StoredJob>) -> Result<Vec<&StoredJob>, FlowError> {
        // Another process may soon claim them.
        let (late, startable): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| self.now() > job.lease_until.plus_ms(-LEASE_MARGIN_MS));
        if !late.is_empty() {
            self.store.release_jobs(&late).await?;
        }
        Ok(startable)
    }

    async fn run_deliveries(self, jobs: &[StoredJob]) -> Result<(), FlowError> {
        let mut fault = None;
        for batch in jobs.chunks(self.store.settled_at_once() * DELIVERIES_PER_SETTLEMENT) {
            fault = worse(fault, self.run_delivery_batch(batch).await.err());
            if is_away(fault.as_ref()) {
                break;
            }
        }
        fault.map_or(Ok(()), Err)
    }

    async fn run_delivery_batch(self, batch: &[StoredJob]) -> Result<(), FlowError> {
        let batch = self.startable(batch.iter().collect()).await?;
        let mut by_id: BTreeMap<InboxId, &StoredJob> = BTreeMap::new();
        for job in batch {
            match Job::read(job) {
                Ok(Job::ProcessDelivery(id)) => {
                    by_id.insert(id, job);
                }
                Ok(_) => self.run_and_record(job).await?,
                Err(error) => self.record_failure(job, &error.into()).await?,
            }
        }
        let ids: Vec<InboxId> = by_id.keys().cloned().collect();
        let mut done = Vec::new();
        for (id, outcome) in self.deliveries().process_many(&ids).await? {
            let Some(job) = by_id.get(&id) else { continue };
            match outcome {
                Ok(()) => done.push(*job),
                Err(error) => self.record_failure(job, &error).await?,
            }
        }
        Ok(self.store.finish_jobs(&done).await?)
    }

    async fn run_all_settlements<'a>(self, jobs: &'a [StoredJob]) -> Result<(), FlowError> {
        let mut by_brand: BTreeMap<BrandId, Vec<(&'a StoredJob, String)>> = BTreeMap::new();
        for stored in jobs {
            match Job::read(stored) {
                Ok(Job::SettleOrder(order)) => by_brand.entry(order.brand).or_default().push((stored, order.order_id)),
                Ok(_) => self.run_and_record(stored).await?,
                Err(error) => self.record_failure(stored, &error.into()).await?,
            }
        }
        // A database error does not stop the remaining jobs. What is done is finished together: where many brands have one
        // order each, every transaction counts.
        let (mut fault, mut done) = (None, Vec::new());
        let is_stopped = AtomicBool::new(false);
        let mut waiting = Vec::new();
        for (brand, orders) in &by_brand {
            for batch in orders.chunks(self.store.settled_at_once()) {
                waiting.push(self.run_settlements_unless(&is_stopped, brand, batch));
            }
        }
        let mut batches = futures::stream::iter(waiting).buffer_unordered(PARTIES_AT_ONCE);
        while let Some(settled) = batches.next().await {
            match settled {
                Ok(settled) => done.extend(settled),
                Err(error) => fault = worse(fault, Some(error)),
            }
        }
        drop(batches);
        fault = worse(fault, self.store.finish_jobs(&done).await.err().map(FlowError::from));
        fault.map_or(Ok(()), Err)
    }

    async fn run_all_reports(self, jobs: &[StoredJob]) -> Result<(), FlowError> {
        let mut by_brand: BTreeMap<BrandId, Vec<(&StoredJob, String)>> = BTreeMap::new();
        let mut others = Vec::new();
        for stored in jobs {
            match Job::read(stored) {
                Ok(Job::ProcessReports(order)) => {
                    by_brand.entry(order.brand).or_default().push((stored, order.order_id));
                }
                _ => others.push(stored),
            }
        }
        let mut fault = None;
        for (brand, reports) in by_brand {
            for batch in reports.chunks(REPORTS_AT_ONCE) {
                let order_ids: Vec<String> = batch.iter().map(|(_, order_id)| order_id.clone()).collect();
                match self.orders().process_browser_reports(&brand, &order_ids).await {
                    Ok(left) => {
                        let (single, done): (Vec<_>, Vec<_>) =
                            batch.iter().partition(|(_, order_id)| left.contains(order_id));
                        let done: Vec<&StoredJob> = done.into_iter().map(|(job, _)| *job).collect();
                        fault = worse(fault, self.store.finish_jobs(&done).await.err().map(FlowError::from));
                        others.extend(single.into_iter().map(|(job, _)| *job));
                    }
                    // One that cannot be processed must not stop the others.
                    Err(_) => others.extend(batch.iter().map(|(job, _)| *job)),
                }
            }
        }
        worse(fault, self.run_each(&others).await.err()).map_or(Ok(()), Err)
    }

    async fn run_each(self, jobs: &[&StoredJob]) -> Result<(), FlowError> {
        let mut fault = None;
        for batch in jobs.chunks(AT_ONCE) {
            let running: Vec<_> = batch.iter().map(|job| self.run_and_record(job)).collect();
            // All run to the end even if one fails: a job must not stop halfway.
            for outcome in futures::future::join_all(running).await {
                fault = worse(fault, outcome.err());
            }
            if is_away(fault.as_ref()) {
                break;
            }
        }
        fault.map_or(Ok(()), Err)
    }

    async fn run_and_record(self, job: &StoredJob) -> Result<(), FlowError> {
        if self.startable(vec![job]).await?.is_empty() {
            return Ok(());
        }
        match self.run_job(job).await {
            Ok(()) => Ok(self.store.finish_jobs(&[job]).await?),
            Err(error) => self.record_failure(job, &error).await,
        }
    }

    /// As [`Self::run_settlements`]; if the database is away, no more are begun.
    async fn run_settlements_unless<'a>(
        self,
        is_stopped: &AtomicBool,
        brand: &BrandId,
        jobs: &[(&'a StoredJob, String)],
    ) -> Result<Vec<&'a StoredJob>, FlowError> {
        if is_stopped.load(Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        let settled = self.run_settlements(brand, jobs).await;
        if is_away(settled.as_ref().err()) {
            is_stopped.store(true, Ordering::Relaxed);
        }
        settled
    }

    /// Settles orders of a brand. Returns the jobs that are done.
    async fn run_settlements<'a>(
        self,
        brand: &BrandId,
        jobs: &[(&'a StoredJob, String)],
    ) -> Result<Vec<&'a StoredJob>, FlowError> {
        let startable = self.startable(jobs.iter().map(|(job, _)| *job).collect()).await?;
        let jobs: Vec<&(&StoredJob, String)> = jobs.iter().filter(|(job, _)| startable.contains(job)).collect();
        let order_ids: Vec<String> = jobs.iter().map(|(_, order_id)| order_id.clone()).collect();
        match self.orders().settle_many(brand, &order_ids).await {
            Ok(settled) => {
                let (done, stale): (Vec<_>, Vec<_>) =
                    jobs.into_iter().zip(settled).partition(|(_, is_settled)| *is_settled);
                for ((job, _), _) in stale {
                    self.record_failure(job, &FlowError::Stale("order")).await?;
                }
                Ok(done.into_iter().map(|((job, _), _)| *job).collect())
            }
            Err(error) if jobs.len() == 1 => {
                self.record_failure(jobs[0].0, &error).await?;
                Ok(Vec::new())
            }
            // An order that cannot be settled must not block the others.
            Err(_) => {
                for (job, _) in jobs {
                    self.run_and_record(job).await?;
                }
                Ok(Vec::new())
            }
        }
    }

    async fn record_failure(self, job: &StoredJob, error: &FlowError) -> Result<(), FlowError> {
        let run_at = self.next_try(job, error);
        tracing::warn!(kind = job.kind, attempts = job.attempts + 1, gives_up = run_at.is_none(), %error, "job failed");
        Ok(self.store.fail_job(job, &error.to_string(), run_at).await?)
    }

    /// When a failed job is tried again; `None` if it is given up.
    fn next_try(self, job: &StoredJob, error: &FlowError) -> Option<UnixMs> {
        if matches!(error, FlowError::Unreadable(_) | FlowError::Job(_)) {
            return None;
        }
        // An order that changed meanwhile is decided again at once: nothing is broken.
        let is_stale = matches!(error, FlowError::Stale(_)) && job.attempts < STALE_AT_ONCE_MAX;
        let wait_ms = if is_stale { 0 } else { (1_000_i64 << job.attempts.clamp(0, 20)).min(WAIT_MAX_MS) };
        (job.attempts + 1 < ATTEMPTS_MAX).then(|| self.now().plus_ms(wait_ms))
    }

    async fn run_job(self, job: &StoredJob) -> Result<(), FlowError> {
        match Job::read(job)? {
            Job::ProcessDelivery(id) => self.run_delivery(&id).await,
            Job::ProcessReports(order) => self.orders().process_purchase_reports(&order).await,
            Job::SettleOrder(order) => self.orders().settle(&order).await,
            Job::RunModels(brand) => self.models().run_job(&brand).await,
            Job::Recompute(brand) => self.policies().recompute_job(&brand).await,
            Job::Retain => self.retention().run_job().await,
            Job::RetainBrand(brand) => self.retention().run_brand_job(&brand).await,
            Job::RollUp => self.rollups().run_job().await,
            Job::RollUpBrand(brand) => self.rollups().run_brand_job(&brand).await,
            Job::Scrub => self.customers().scrub_job().await,
            Job::DispatchEvents(brand) => self.outbound().dispatch_job(&brand).await,
            Job::MoveTiers(brand) => self.tiers().move_job(&brand).await,
            Job::SendToKlaviyo(brand) => self.klaviyo().send_job(&brand).await,
            Job::KeepShopAlive(shop) => self.installs().keep_alive(&shop).await,
            Job::RunImport(import) => self.imports().run_job(&import).await,
            Job::FollowMerge(done) => self.creators().follow_merge_job(&done).await,
            Job::SendSignIn(request) => self.accounts().send_sign_in(&request).await,
            Job::SendInvitation(mail) => self.accounts().send_invitation(&mail).await,
            Job::MailAnswer(mail) => self.accounts().mail_answer(&mail).await,
            Job::MailQuestion(mail) => self.accounts().mail_question(&mail).await,
            Job::MailPaid(mail) => self.accounts().mail_paid(&mail).await,
            Job::MailPayoutChange(mail) => self.accounts().mail_payout_change(&mail).await,
            Job::MailDisabled(mail) => self.accounts().mail_disabled(&mail).await,
        }
    }

    async fn run_delivery(self, id: &InboxId) -> Result<(), FlowError> {
        let outcomes = self.deliveries().process_many(core::slice::from_ref(id)).await?;
        outcomes.into_iter().try_for_each(|(_, outcome)| outcome)
    }
}

/// Whether the database does not answer: jobs that are not done cannot be finished, and their outcome cannot be stored.
fn is_away(fault: Option<&FlowError>) -> bool {
    fault.is_some_and(FlowError::is_unavailable)
}

/// The error of a round that has two: that the database is away says most.
fn worse(earlier: Option<FlowError>, later: Option<FlowError>) -> Option<FlowError> {
    if is_away(earlier.as_ref()) { earlier } else { later.or(earlier) }
}
