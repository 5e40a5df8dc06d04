//! Deleting what is kept for a limited time, once a day.

use domain::{
    BrandId,
    brand::Brand,
    retention::{ACCESS_DAYS_MIN, DAYS_MAX, DAYS_MIN, Retention},
    time::{DAY_MS, HOUR_MS},
};
use store::retention::EndedBefore;

use crate::{FlowError, Invalid, access::Merchant, job::Job, stage::Retentions};

/// Time between runs, in ms.
const EVERY_MS: i64 = DAY_MS;
/// OAuth states are deleted this long after they expired, in ms. They belong to an installation that has no brand yet.
const OAUTH_STATES_MS: i64 = DAY_MS;
/// Processed deliveries are deleted this long after they arrived, in ms. Until then a repeat is recognised: that must not
/// depend on a brand's settings, and their bodies are gone already.
const DELIVERIES_MS: i64 = 30 * DAY_MS;
/// Events for other systems are deleted this long after they happened, in ms.
const OUTBOUND_EVENTS_MS: i64 = 30 * DAY_MS;
/// Cells of wrong rows are kept this long after their import ended, in ms: they may name people who are nobody's creators.
const IMPORT_CELLS_MS: i64 = 30 * DAY_MS;
/// Rows of each kind deleted in one transaction.
const BATCH: i64 = 2_000;
/// Transactions of one job, which must end well within its lease.
const BATCHES_MAX: usize = 20;

impl Retentions<'_> {
    /// Saves how long the brand's visits, and its ended sessions, are kept.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if a number of days is out of range;
    /// `FlowError::Stale` if the settings changed meanwhile.
    pub async fn save(self, merchant: &Merchant, retention: Retention) -> Result<(), FlowError> {
        merchant.owner()?;
        if !retention.is_valid() {
            let fault = format!(
                "visits can be kept for {DAYS_MIN} to {DAYS_MAX} days, ended sessions for {ACCESS_DAYS_MIN} to {DAYS_MAX} days"
            );
            return Err(Invalid::one(fault).into());
        }
        let before = merchant.brand();
        let mut after = Brand::clone(before);
        after.settings.retention = retention;
        let Retention { event_days, click_days, landing_days, access_days } = retention;
        let subject =
            format!("events {event_days}, clicks {click_days}, landings {landing_days}, sessions {access_days} days");
        let entry = self.audit(merchant.actor(), "retention.save", subject);
        let is_saved = self.store.update_brand_settings(before, &after, &entry).await?;
        if is_saved { Ok(()) } else { Err(FlowError::Stale("the settings")) }
    }

    /// Queues the daily run, in an hour if none is queued yet. Called at server start.
    pub async fn schedule(self) -> Result<(), FlowError> {
        Ok(self.store.enqueue(&Job::Retain.at(self.now().plus_ms(HOUR_MS))).await?)
    }

    /// The daily job: deletes what belongs to no brand, and queues every brand's own run, so that a brand created since
    /// the server started has one too.
    pub(crate) async fn run_job(self) -> Result<(), FlowError> {
        let now = self.now();
        // The next run is queued first: a run that fails must not end the daily schedule.
        self.store.enqueue(&Job::Retain.at(now.plus_ms(EVERY_MS))).await?;
        for brand in self.store.brand_ids().await? {
            // Late clicks of earlier days, which the run of each minute does not look for.
            self.store.enqueue(&Job::RollUpBrand(brand.clone()).at(now)).await?;
            self.store.enqueue(&Job::RetainBrand(brand).at(now)).await?;
        }
        let before = EndedBefore {
            oauth_states: now.plus_ms(-OAUTH_STATES_MS),
            deliveries: now.plus_ms(-DELIVERIES_MS),
            erasures: now,
        };
        for _ in 0..BATCHES_MAX {
            let answers = self.api().forget_answers(now).await?;
            let accounts = self.accounts().forget_unused(None).await?;
            if self.store.delete_ended(&before, BATCH).await? + answers + accounts == 0 {
                return Ok(());
            }
        }
        Ok(self.store.enqueue(&Job::Retain.at(now)).await?)
    }

    /// The job of one brand: deletes its old visits, sessions and events for other systems, and queues itself until none is
    /// left.
    pub(crate) async fn run_brand_job(self, brand: &BrandId) -> Result<(), FlowError> {
        let now = self.now();
        let brand = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        self.webhooks().delete_old(&brand.id).await?;
        let kept_since = brand.kept_since(now);
        let events_since = now.plus_ms(-OUTBOUND_EVENTS_MS);
        for _ in 0..BATCHES_MAX {
            let count = self.store.delete_old(&brand.id, &kept_since, BATCH).await?;
            let cells = self.store.forget_import_cells(&brand.id, now.plus_ms(-IMPORT_CELLS_MS), BATCH).await?;
            if count + cells + self.store.delete_events(&brand.id, events_since, BATCH).await? == 0 {
                return Ok(());
            }
        }
        Ok(self.store.enqueue(&Job::RetainBrand(brand.id).at(now)).await?)
    }
}
