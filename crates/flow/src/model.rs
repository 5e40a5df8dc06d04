//! The models side by side, and those that look at all of a brand's journeys at once: markov and shapley, computed once
//! a day, versioned and dated.

use std::collections::{BTreeMap, HashSet};

use domain::{
    BrandId, CreatorId, UnixMs,
    model::{
        journeys::{JourneySet, Journeys},
        markov, shapley,
    },
    time::{DAY_MS, Period},
};
use serde::{Deserialize, Serialize};
use store::reports::{ModelRow, Touch};

use crate::{Flow, FlowError, access::Merchant};

/// How far back journeys are looked at, in days.
const JOURNEY_DAYS: i64 = 90;
/// Touches read at a time.
const PAGE: i64 = 10_000;
/// Most touches of one journey; a visitor with more is no shopper.
const TOUCHES_MAX: usize = 200;
/// Time from one run to the next.
const EVERY_MS: i64 = DAY_MS;
/// Most creators that are channels of their own: markov inverts a matrix of them all, 8 MB for 1,000. The rest, those with the fewest touches, are one channel.
const CHANNELS_MAX: usize = 1_000;
/// The name of links without a creator among the channels.
const NOBODY: &str = "";
/// The name of the rest.
const OTHERS: &str = "others";

/// What the models over all journeys give one creator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The creator; `None` for links without one.
    pub creator: Option<CreatorId>,
    /// Whether these are all creators beyond the [`CHANNELS_MAX`] with the most touches.
    #[serde(default)]
    pub is_others: bool,
    /// The share of conversions that would be lost without the creator, 0 to 1.
    pub removal_effect: f64,
    /// Conversions by markov.
    pub markov_conversions: f64,
    /// Conversions by shapley.
    pub shapley_conversions: f64,
}

/// The outcome of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunOutcome {
    /// Journeys that converted.
    pub converted: i64,
    /// Journeys that did not.
    pub not_converted: i64,
    /// By creator, the most conversions by markov first.
    pub creators: Vec<Share>,
}

/// A stored run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Counts up from 1.
    pub version: i64,
    /// When it ran.
    pub ran_at: UnixMs,
    /// What it gave.
    pub outcome: RunOutcome,
}

impl Flow {
    /// What each heuristic model gives each creator in a period.
    pub async fn model_totals(&self, merchant: &Merchant, period: Period) -> Result<Vec<ModelRow>, FlowError> {
        let mut rows = self.store.model_totals(merchant.id(), period).await?;
        rows.sort_by_key(|row| core::cmp::Reverse(row.amounts_minor));
        Ok(rows)
    }

    /// The latest run of the models over all journeys.
    pub async fn latest_model_run(&self, merchant: &Merchant) -> Result<Option<Run>, FlowError> {
        let Some((version, ran_at, outcome)) = self.store.latest_model_run(merchant.id()).await? else {
            return Ok(None);
        };
        let outcome = serde_json::from_str(&outcome).map_err(|_| FlowError::NotFound("model run"))?;
        Ok(Some(Run { version, ran_at, outcome }))
    }

    /// Runs markov and shapley over the last 90 days' journeys and stores the outcome as a new version.
    pub async fn run_models(&self, brand: &BrandId) -> Result<RunOutcome, FlowError> {
        let now = self.now();
        let since = now.plus_ms(-JOURNEY_DAYS * DAY_MS);
        let mut paths = Paths::default();
        let mut converted: HashSet<String> = HashSet::new();
        let mut after = (String::new(), 0);
        loop {
            let page = self.store.converted_touches(brand, since, (&after.0, after.1), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = (last.journey.clone(), last.place);
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
            after = (last.journey.clone(), last.place);
            for touch in page.into_iter().filter(|touch| !converted.contains(&touch.journey)) {
                paths.add(touch, false);
            }
        }
        paths.end(false);

        let set = paths.into_set(CHANNELS_MAX);
        // Inverting a matrix of all creators takes its time, and requests must not wait for it.
        let (set, markov, shapley) = tokio::task::spawn_blocking(move || {
            let (markov, shapley) = (markov::run(&set), shapley::credits(&set));
            (set, markov, shapley)
        })
        .await
        .map_err(|_| FlowError::NotFound("model run"))?;
        let count = |pick: fn(&Journeys) -> f64| {
            #[expect(clippy::cast_possible_truncation, reason = "a count")]
            let count = set.journeys.iter().map(pick).sum::<f64>() as i64;
            count
        };
        let mut creators: Vec<Share> = set
            .channels
            .iter()
            .enumerate()
            .map(|(place, name)| Share {
                creator: name.parse().ok(),
                is_others: name == OTHERS,
                removal_effect: markov.removal_effects[place],
                markov_conversions: markov.credits[place].0,
                shapley_conversions: shapley[place].0,
            })
            .collect();
        creators.sort_by(|one, other| {
            other.markov_conversions.total_cmp(&one.markov_conversions).then_with(|| one.creator.cmp(&other.creator))
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

    /// The job: runs the models and queues the next run.
    pub(crate) async fn models_job(&self, brand: &BrandId) -> Result<(), FlowError> {
        // The next run first: one that fails, or is repeated after its lease, does not end the daily ones.
        self.queue_model_run(brand, self.now().plus_ms(EVERY_MS)).await?;
        self.run_models(brand).await?;
        Ok(())
    }

    /// Queues a run of the models.
    pub(crate) async fn queue_model_run(&self, brand: &BrandId, at: UnixMs) -> Result<(), FlowError> {
        let payload = serde_json::json!({ "brand": brand }).to_string();
        Ok(self.store.enqueue("models.run", brand.as_str(), &payload, at).await?)
    }

    /// Makes sure that every brand's models run once a day. Called when the server starts; a run that is queued
    /// already stays where it is.
    pub async fn schedule_model_runs(&self) -> Result<(), FlowError> {
        for brand in self.store.brand_ids().await? {
            let due = match self.store.latest_model_run(&brand).await? {
                Some((_, ran_at, _)) => ran_at.plus_ms(EVERY_MS).max(self.now()),
                None => self.now().plus_ms(EVERY_MS / 24),
            };
            self.queue_model_run(&brand, due).await?;
            if self.store.recompute(&brand).await?.is_some() {
                let payload = serde_json::json!({ "brand": brand }).to_string();
                self.store.enqueue("orders.recompute", brand.as_str(), &payload, self.now()).await?;
            }
        }
        Ok(())
    }

    /// Randomness for a form that may be sent twice.
    pub fn form_key(&self) -> String {
        crate::context::hex(&self.random::<16>())
    }
}

/// Paths counted as they are read: touches of one journey come one after the other.
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
            self.path.push(touch.creator.map_or_else(|| NOBODY.to_owned(), |creator| creator.to_string()));
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

    /// The names of the channels: at most `channels_max`, those with the most touches.
    fn channels(&self, channels_max: usize) -> HashSet<String> {
        let mut touches: BTreeMap<&str, f64> = BTreeMap::new();
        for (path, (conversions, nulls)) in &self.counts {
            for name in path {
                *touches.entry(name).or_default() += conversions + nulls;
            }
        }
        let mut touches: Vec<(&str, f64)> = touches.into_iter().collect();
        touches.sort_by(|(one, few), (other, many)| many.total_cmp(few).then_with(|| one.cmp(other)));
        touches.into_iter().take(channels_max).map(|(name, _)| name.to_owned()).collect()
    }

    fn into_set(self, channels_max: usize) -> JourneySet {
        let mut set = JourneySet::default();
        let own = self.channels(channels_max);
        for (path, (conversions, nulls)) in self.counts {
            let name = |name: &String| if own.contains(name) { name.clone() } else { OTHERS.to_owned() };
            let path = path.iter().map(|one| set.channel(&name(one))).collect();
            set.journeys.push(Journeys { path, ages_ms: Vec::new(), conversions, value: 0.0, nulls });
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_touched_creators_are_one_channel() {
        let creator = |n: u8| CreatorId::new(1, [n; 10]);
        let mut paths = Paths::default();
        let journeys = [(1u8, 2u8), (1, 3), (1, 4), (2, 4), (2, 3)];
        for (nth, (one, other)) in journeys.into_iter().enumerate() {
            for (place, n) in [one, other].into_iter().enumerate() {
                let place = i64::try_from(place).unwrap_or(0);
                paths.add(Touch { journey: nth.to_string(), place, creator: Some(creator(n)) }, true);
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
