//! Many journeys at once: the input of the Markov and Shapley models, and of every model when run on exported data.

use std::collections::BTreeMap;

use super::{Model, heuristic};

/// The number of journeys that took the same path, and their conversions.
#[derive(Clone, Debug, PartialEq)]
pub struct JourneyGroup {
    /// Channels in touch order, as indexes into [`JourneySet::channels`]. Never empty.
    pub path: Vec<u32>,
    /// Each touch's time before the end of the journey, in milliseconds. Empty if the times are unknown; then all
    /// touches count as equally old.
    pub ages_ms: Vec<i64>,
    /// Number of journeys that converted.
    pub conversions: f64,
    /// Total value of the conversions, in a unit of the caller.
    pub value: f64,
    /// Number of journeys that did not convert.
    pub nulls: f64,
}

/// A set of journeys and the names of their channels (usually creators).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JourneySet {
    /// Channel names, in order of first appearance.
    pub channels: Vec<String>,
    /// The journeys.
    pub journeys: Vec<JourneyGroup>,
    index_by_name: BTreeMap<String, u32>,
}

impl JourneySet {
    /// The index of a channel name; adds the name if it is new.
    pub fn channel(&mut self, name: &str) -> u32 {
        if let Some(index) = self.index_by_name.get(name) {
            return *index;
        }
        let index = u32::try_from(self.channels.len()).unwrap_or(u32::MAX);
        self.index_by_name.insert(name.to_owned(), index);
        self.channels.push(name.to_owned());
        index
    }

    /// Credits of a heuristic model, indexed by channel: conversions and value. Paths without conversions give none;
    /// a channel that occurs twice in a path gets both shares.
    pub fn credits(&self, model: Model) -> Vec<(f64, f64)> {
        let mut credits = vec![(0.0, 0.0); self.channels.len()];
        let no_ages = vec![0; self.journeys.iter().map(|group| group.path.len()).max().unwrap_or(0)];
        for journeys in self.journeys.iter().filter(|journeys| journeys.conversions > 0.0) {
            let has_times = journeys.ages_ms.len() == journeys.path.len();
            let ages_ms = if has_times { &journeys.ages_ms } else { &no_ages[..journeys.path.len()] };
            let weights = heuristic::weights(model, ages_ms);
            #[expect(clippy::cast_precision_loss, reason = "15 digits are enough for a share")]
            let total: f64 = weights.iter().map(|weight| *weight as f64).sum();
            for (channel, weight) in journeys.path.iter().zip(weights) {
                #[expect(clippy::cast_precision_loss, reason = "15 digits are enough for a share")]
                let share = weight as f64 / total;
                let credit = &mut credits[*channel as usize];
                credit.0 += journeys.conversions * share;
                credit.1 += journeys.value * share;
            }
        }
        credits
    }
}
