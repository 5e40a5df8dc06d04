//! Shapley values: each channel's marginal contribution, averaged over all orders in which channels could join.
//!
//! The worth of a coalition of channels is the number of conversions whose channels are all in it. Source: Shapley
//! (1953), "A Value for n-Person Games"; for advertising, Zhao, Mahboobi and Bagheri (2018), "Shapley Value Methods for
//! Attribution Modeling in Online Advertising", arXiv:1804.05327; the same game as in the Python package `mta` 0.0.9.
//!
//! This game has a closed form: each conversion is a unanimity game on its distinct channels, whose Shapley value is an
//! equal split among them. So a conversion with k distinct channels gives 1/k to each, and the sum over 2^n coalitions
//! is not needed. Order, time and repetition of touches do not matter, journeys without conversion are ignored, and no
//! conversions give zero credit. Unlike Markov, the model therefore learns nothing from journeys that did not convert.

use super::journeys::JourneySet;

/// Credit of each channel, by index: conversions and value.
pub fn credits(set: &JourneySet) -> Vec<(f64, f64)> {
    let mut credits = vec![(0.0, 0.0); set.channels.len()];
    let mut distinct: Vec<u32> = Vec::new();
    for journeys in set.journeys.iter().filter(|journeys| journeys.conversions > 0.0) {
        distinct.clear();
        distinct.extend(&journeys.path);
        distinct.sort_unstable();
        distinct.dedup();
        #[expect(clippy::cast_precision_loss, reason = "a journey has few channels")]
        let share = 1.0 / distinct.len() as f64;
        for channel in &distinct {
            let credit = &mut credits[*channel as usize];
            credit.0 += journeys.conversions * share;
            credit.1 += journeys.value * share;
        }
    }
    credits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::journeys::JourneyGroup;

    /// The definition: the sum over all coalitions.
    fn by_definition(set: &JourneySet) -> Vec<f64> {
        let count = set.channels.len();
        let worth = |coalition: usize| -> f64 {
            let is_inside =
                |journeys: &&JourneyGroup| journeys.path.iter().all(|channel| coalition >> channel & 1 == 1);
            set.journeys.iter().filter(is_inside).map(|journeys| journeys.conversions).sum()
        };
        #[expect(clippy::cast_precision_loss, reason = "factorials of at most five")]
        let factorial = |n: usize| (1..=n).product::<usize>() as f64;
        (0..count)
            .map(|channel| {
                (0..1usize << count)
                    .filter(|coalition| coalition >> channel & 1 == 0)
                    .map(|coalition| {
                        let size = coalition.count_ones() as usize;
                        let weight = factorial(size) * factorial(count - size - 1) / factorial(count);
                        weight * (worth(coalition | 1 << channel) - worth(coalition))
                    })
                    .sum()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn closed_form_matches_the_definition(paths in prop::collection::vec((prop::collection::vec(0u32..5, 1..6), 0u8..9), 1..12)) {
            let mut set = JourneySet::default();
            for name in ["a", "b", "c", "d", "e"] {
                set.channel(name);
            }
            set.journeys.extend(paths.into_iter().map(|(path, conversions)| JourneyGroup {
                path,
                ages_ms: vec![],
                conversions: f64::from(conversions),
                value: f64::from(conversions) * 3.0,
                nulls: 1.0,
            }));
            for ((ours, value), exact) in credits(&set).into_iter().zip(by_definition(&set)) {
                prop_assert!((ours - exact).abs() < 1e-9);
                prop_assert!((value - 3.0 * exact).abs() < 1e-9);
            }
        }
    }
}
