//! Many journeys at once: the input of the data-driven models, and of every model when it is run on exported data.

use std::collections::BTreeMap;

use super::{Model, heuristic};

/// Journeys that took the same path, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Journeys {
    /// Channels in touch order, as places in [`JourneySet::channels`]. Never empty.
    pub path: Vec<u32>,
    /// Each touch's time before the end of the journey, in milliseconds; empty where no times are known, which is
    /// as if all touches had the same age.
    pub ages_ms: Vec<i64>,
    /// How many converted.
    pub conversions: f64,
    /// What the conversions were worth.
    pub value: f64,
    /// How many did not convert.
    pub nulls: f64,
}

/// Journeys and the names of their channels (creators, mostly).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JourneySet {
    /// Names, in the order in which they were first seen.
    pub channels: Vec<String>,
    /// The journeys.
    pub journeys: Vec<Journeys>,
    places: BTreeMap<String, u32>,
}

impl JourneySet {
    /// The place of a channel's name, given to it now if it is new.
    pub fn channel(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = u32::try_from(self.channels.len()).unwrap_or(u32::MAX);
        self.places.insert(name.to_owned(), place);
        self.channels.push(name.to_owned());
        place
    }

    /// What a heuristic model gives each channel, by place: conversions and value.
    pub fn credits(&self, model: Model) -> Vec<(f64, f64)> {
        let mut credits = vec![(0.0, 0.0); self.channels.len()];
        let no_ages = vec![0; self.journeys.iter().map(|one| one.path.len()).max().unwrap_or(0)];
        for journeys in self.journeys.iter().filter(|journeys| journeys.conversions > 0.0) {
            let has_times = journeys.ages_ms.len() == journeys.path.len();
            let ages_ms = if has_times { &journeys.ages_ms } else { &no_ages[..journeys.path.len()] };
            let weights = heuristic::weights(model, ages_ms);
            #[expect(clippy::cast_precision_loss, reason = "a share, good to 15 digits")]
            let total: f64 = weights.iter().map(|weight| *weight as f64).sum();
            for (channel, weight) in journeys.path.iter().zip(weights) {
                #[expect(clippy::cast_precision_loss, reason = "a share, good to 15 digits")]
                let share = weight as f64 / total;
                let credit = &mut credits[*channel as usize];
                credit.0 += journeys.conversions * share;
                credit.1 += journeys.value * share;
            }
        }
        credits
    }
}
