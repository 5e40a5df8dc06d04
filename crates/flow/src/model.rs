//! Comparison of the attribution models, and the two computed over all of a brand's journeys: Markov and Shapley, run
//! once a day and stored as dated versions.

use std::collections::{BTreeMap, HashSet};

use domain::{
    BrandId, CreatorId, UnixMs,
    model::{
        journeys::{JourneyGroup, JourneySet},
        markov, shapley,
    },
    time::{DAY_MS, Period},
};
use serde::{Deserialize, Serialize};
use store::reports::{ModelRow, Touch};

use crate::{FlowError, access::Merchant, job::Job, stage::Models};

/// How far back journeys are read, in days.
pub const JOURNEY_DAYS: i64 = 90;
/// Touches read per query.
const PAGE: i64 = 10_000;
/// Most touches kept of one journey; a visitor with more is not a shopper.
const TOUCHES_MAX: usize = 200;
/// Time between runs, in ms.
const EVERY_MS: i64 = DAY_MS;
/// Most creators with a channel of their own: Markov inverts a matrix of them all, 8 MB for 1,000. The rest, those with
/// the fewest touches, share one channel.
const CHANNELS_MAX: usize = 1_000;
/// The channel of links without a creator.
const UNASSIGNED: &str = "";
/// The channel of the creators beyond [`CHANNELS_MAX`].
const OTHERS: &str = "others";

/// One creator's result in the models over all journeys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The creator; `None` for links without one.
    pub creator: Option<CreatorId>,
    /// Whether this is all creators beyond the [`CHANNELS_MAX`] with the most touches.
    #[serde(default)]
    pub is_others: bool,
    /// Share of conversions that would be lost without the creator, 0 to 1.
    pub removal_effect: f64,
    /// Conversions that the Markov model credits.
    pub markov_conversions: f64,
    /// Conversions that the Shapley model credits.
    pub shapley_conversions: f64,
}

/// The outcome of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunOutcome {
    /// Journeys that converted.
    pub converted: i64,
    /// Journeys that did not.
    pub not_converted: i64,
    /// By creator, most Markov conversions first.
    pub creators: Vec<Share>,
}

/// A stored run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Counts up from 1.
    pub version: i64,
    /// When it ran.
    pub ran_at: UnixMs,
    /// Its outcome.
    pub outcome: RunOutcome,
}

impl Models<'_> {
    /// Each creator's touchpoints, last-touch conversions and revenue under each heuristic model (minor units) in a
    /// period, highest revenue first.
    pub async fn totals(self, merchant: &Merchant, period: Period) -> Result<Vec<ModelRow>, FlowError> {
        let mut rows = self.store.model_totals(merchant.id(), period).await?;
        rows.sort_by_key(|row| core::cmp::Reverse(row.amounts_minor));
        Ok(rows)
    }

    /// The latest run of the models over all journeys.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the stored run cannot be parsed.
    pub async fn latest_run(self, merchant: &Merchant) -> Result<Option<Run>, FlowError> {
        let Some((version, ran_at, outcome)) = self.store.latest_model_run(merchant.id()).await? else {
            return Ok(None);
        };
        let outcome = serde_json::from_str(&outcome).map_err(|_| FlowError::NotFound("model run"))?;
        Ok(Some(Run { version, ran_at, outcome }))
    }

    /// Runs Markov and Shapley over the journeys of the last 90 days and stores the outcome as a new version.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the computation panics.
    pub async fn run(self, brand: &BrandId) -> Result<RunOutcome, FlowError> {
        let now = self.now();
        let since = now.plus_ms(-JOURNEY_DAYS * DAY_MS);
        let mut paths = Paths::default();
        let mut converted: HashSet<String> = HashSet::new();
        let mut after = (String::new(), 0);
        loop {
            let page = self.store.converted_touches(brand, since, (&after.0, after.1), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = (last.journey.clone(), last.position);
            for touch in page {
                paths.add(touch, true);
            }
        }
        paths.end(true);
        for visitor in self.store.converted_visitors(brand, since).await? {
            converted.insert(visitor);
        }
        let mut after = (String::new(), 0);
        loop {
            let page = self.store.open_touches(brand, since, (&after.0, after.1), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = (last.journey.clone(), last.position);
            for touch in page.into_iter().filter(|touch| !converted.contains(&touch.journey)) {
                paths.add(touch, false);
            }
        }
        paths.end(false);

        let set = paths.into_set(CHANNELS_MAX);
        // Inverting the matrix of all creators is slow, and requests must not wait for it.
        let (set, markov, shapley) = tokio::task::spawn_blocking(move || {
            let (markov, shapley) = (markov::run(&set), shapley::credits(&set));
            (set, markov, shapley)
        })
        .await
        .map_err(|_| FlowError::NotFound("model run"))?;
        let count = |pick: fn(&JourneyGroup) -> f64| {
            #[expect(clippy::cast_possible_truncation, reason = "a count")]
            let count = set.journeys.iter().map(pick).sum::<f64>() as i64;
            count
        };
        let mut creators: Vec<Share> = set
            .channels
            .iter()
            .enumerate()
            .map(|(index, name)| Share {
                creator: name.parse().ok(),
                is_others: name == OTHERS,
                removal_effect: markov.removal_effects[index],
                markov_conversions: markov.credits[index].0,
                shapley_conversions: shapley[index].0,
            })
            .collect();
        creators.sort_by(|a, b| {
            b.markov_conversions.total_cmp(&a.markov_conversions).then_with(|| a.creator.cmp(&b.creator))
        });
        let outcome = RunOutcome {
            converted: count(|journeys| journeys.conversions),
            not_converted: count(|journeys| journeys.nulls),
            creators,
        };
        let text = serde_json::to_string(&outcome).map_err(|_| FlowError::NotFound("model run"))?;
        self.store.put_model_run(brand, &text, now).await?;
        Ok(outcome)
    }

    /// The job `models.run`: runs the models and queues the next run.
    pub(crate) async fn run_job(self, brand: &BrandId) -> Result<(), FlowError> {
        // The next run is queued first: a run that fails, or is repeated after its lease, must not end the daily
        // schedule.
        self.queue_run(brand, self.now().plus_ms(EVERY_MS)).await?;
        self.run(brand).await?;
        Ok(())
    }

    /// Queues a run of the models at `at`.
    pub(crate) async fn queue_run(self, brand: &BrandId, at: UnixMs) -> Result<(), FlowError> {
        Ok(self.store.enqueue(&Job::RunModels(brand.clone()).at(at)).await?)
    }

    /// Queues the next run of a brand's models: a day after the last, or in an hour.
    pub(crate) async fn schedule(self, brand: &BrandId) -> Result<(), FlowError> {
        let due = match self.store.latest_model_run(brand).await? {
            Some((_, ran_at, _)) => ran_at.plus_ms(EVERY_MS).max(self.now()),
            None => self.now().plus_ms(EVERY_MS / 24),
        };
        self.queue_run(brand, due).await
    }

    /// Ensures that every brand's models run once a day, and resumes unfinished recomputes. Called at server start; a
    /// run already queued keeps its time.
    pub async fn schedule_runs(self) -> Result<(), FlowError> {
        for brand in self.store.brand_ids().await? {
            self.schedule(&brand).await?;
            if self.store.recompute(&brand).await?.is_some() {
                self.store.enqueue(&Job::Recompute(brand).at(self.now())).await?;
            }
        }
        Ok(())
    }
}

/// Journeys counted by path while they are read; touches of one journey are consecutive.
#[derive(Default)]
struct Paths {
    counts: BTreeMap<Vec<String>, (f64, f64)>,
    journey: Option<String>,
    path: Vec<String>,
}

impl Paths {
    fn add(&mut self, touch: Touch, has_converted: bool) {
        if self.journey.as_deref() != Some(touch.journey.as_str()) {
            self.end(has_converted);
            self.journey = Some(touch.journey);
        }
        if self.path.len() < TOUCHES_MAX {
            self.path.push(touch.creator.map_or_else(|| UNASSIGNED.to_owned(), |creator| creator.to_string()));
        }
    }

    fn end(&mut self, has_converted: bool) {
        self.journey = None;
        let path = core::mem::take(&mut self.path);
        if path.is_empty() {
            return;
        }
        let count = self.counts.entry(path).or_default();
        if has_converted {
            count.0 += 1.0;
        } else {
            count.1 += 1.0;
        }
    }

    /// The `channels_max` channels with the most touches.
    fn channels(&self, channels_max: usize) -> HashSet<String> {
        let mut touches: BTreeMap<&str, f64> = BTreeMap::new();
        for (path, (conversions, nulls)) in &self.counts {
            for name in path {
                *touches.entry(name).or_default() += conversions + nulls;
            }
        }
        let mut touches: Vec<(&str, f64)> = touches.into_iter().collect();
        touches.sort_by(|(a, a_count), (b, b_count)| b_count.total_cmp(a_count).then_with(|| a.cmp(b)));
        touches.into_iter().take(channels_max).map(|(name, _)| name.to_owned()).collect()
    }

    fn into_set(self, channels_max: usize) -> JourneySet {
        let mut set = JourneySet::default();
        let own = self.channels(channels_max);
        for (path, (conversions, nulls)) in self.counts {
            let name = |name: &String| if own.contains(name) { name.clone() } else { OTHERS.to_owned() };
            let path = path.iter().map(|channel| set.channel(&name(channel))).collect();
            set.journeys.push(JourneyGroup { path, ages_ms: Vec::new(), conversions, value: 0.0, nulls });
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creators_with_the_fewest_touches_share_one_channel() {
        let creator = |n: u8| CreatorId::new(1, [n; 10]);
        let mut paths = Paths::default();
        let journeys = [(1u8, 2u8), (1, 3), (1, 4), (2, 4), (2, 3)];
        for (nth, (first, second)) in journeys.into_iter().enumerate() {
            for (position, n) in [first, second].into_iter().enumerate() {
                let position = i64::try_from(position).unwrap_or(0);
                paths.add(Touch { journey: nth.to_string(), position, creator: Some(creator(n)) }, true);
            }
        }
        paths.end(true);
        let set = paths.into_set(2);
        let mut names = set.channels.clone();
        names.sort();
        assert_eq!(names, [creator(1).to_string(), creator(2).to_string(), OTHERS.to_owned()]);
        let conversions: f64 = shapley::credits(&set).iter().map(|credit| credit.0).sum();
        assert!((conversions - 5.0).abs() < 1e-9, "no conversion is lost");
    }
}
