//! Markov attribution: a first-order Markov chain over channels; credit by removal effect.
//!
//! Source: Anderl, Becker, von Wangenheim and Schumann (2016), "Mapping the customer journey: Lessons learned from
//! graph-based online attribution modeling", International Journal of Research in Marketing 33(3), 457–474.
//!
//! The states are start, the channels, conversion and null. A transition's probability is its share of all observed
//! transitions out of its state. The removal effect of a channel is the share of the conversion probability that is
//! lost when every transition into that channel leads to null instead. Channel i is credited with
//! conversions × effectᵢ / Σ effects, and likewise for value.
//!
//! The chain is solved exactly, not simulated. Let Q hold the transitions among channels, s those from start, r those
//! to conversion, and F = (I − Q)⁻¹ (Kemeny and Snell 1960, "Finite Markov Chains"). Then the conversion probability is
//! p = s F r from start and (F r)ᵢ from channel i, and the chain ever visits i with probability (s F)ᵢ / Fᵢᵢ. Removing
//! i loses all conversions that pass through it, so its removal effect is (s F)ᵢ (F r)ᵢ / (Fᵢᵢ p).
//!
//! Steps from a channel to itself are left out: they change neither the order of visits nor where the chain ends. If
//! there are no journeys or no conversions, all effects and credits are zero.

use super::journeys::JourneySet;

/// The result of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The probability that a journey converts, 0 to 1.
    pub conversion_probability: f64,
    /// Removal effect of each channel, by index, 0 to 1.
    pub removal_effects: Vec<f64>,
    /// Credit of each channel, by index: conversions and value.
    pub credits: Vec<(f64, f64)>,
}

/// Runs the model on all journeys, converted or not.
pub fn run(set: &JourneySet) -> Outcome {
    let count = set.channels.len();
    let chain = Chain::count(set, count);
    let mut outcome =
        Outcome { conversion_probability: 0.0, removal_effects: vec![0.0; count], credits: vec![(0.0, 0.0); count] };
    let Some(inverse) = invert(chain.without_returns(), count) else { return outcome };
    let row = |index: usize| &inverse[index * count..(index + 1) * count];
    // F r: conversion probability from each channel. s F: expected visits of each channel.
    let converts: Vec<f64> = (0..count).map(|index| dot(row(index), &chain.to_conversion)).collect();
    let mut visits = vec![0.0; count];
    for (index, from_start) in chain.from_start.iter().enumerate() {
        for (visits, step) in visits.iter_mut().zip(row(index)) {
            *visits += from_start * step;
        }
    }
    let probability = dot(&chain.from_start, &converts);
    if probability <= 0.0 {
        return outcome;
    }
    outcome.conversion_probability = probability;
    for index in 0..count {
        let returns = inverse[index * count + index];
        outcome.removal_effects[index] = (visits[index] / returns * converts[index] / probability).clamp(0.0, 1.0);
    }
    let effects: f64 = outcome.removal_effects.iter().sum();
    let conversions: f64 = set.journeys.iter().map(|journeys| journeys.conversions).sum();
    let value: f64 = set.journeys.iter().map(|journeys| journeys.value).sum();
    if effects > 0.0 {
        for (credit, effect) in outcome.credits.iter_mut().zip(&outcome.removal_effects) {
            *credit = (conversions * effect / effects, value * effect / effects);
        }
    }
    outcome
}

/// Transition probabilities.
struct Chain {
    from_start: Vec<f64>,
    /// Q, row-major: from channel × to channel.
    between: Vec<f64>,
    to_conversion: Vec<f64>,
}

impl Chain {
    fn count(set: &JourneySet, count: usize) -> Self {
        let mut chain =
            Self { from_start: vec![0.0; count], between: vec![0.0; count * count], to_conversion: vec![0.0; count] };
        let mut to_null = vec![0.0; count];
        let mut started = 0.0;
        for journeys in &set.journeys {
            let times = journeys.conversions + journeys.nulls;
            let (Some(first), Some(last)) = (journeys.path.first(), journeys.path.last()) else { continue };
            chain.from_start[*first as usize] += times;
            started += times;
            for step in journeys.path.windows(2).filter(|step| step[0] != step[1]) {
                chain.between[step[0] as usize * count + step[1] as usize] += times;
            }
            chain.to_conversion[*last as usize] += journeys.conversions;
            to_null[*last as usize] += journeys.nulls;
        }
        for (index, nulls) in to_null.into_iter().enumerate() {
            let steps = &mut chain.between[index * count..(index + 1) * count];
            let out = steps.iter().sum::<f64>() + chain.to_conversion[index] + nulls;
            if out > 0.0 {
                for step in steps {
                    *step /= out;
                }
                chain.to_conversion[index] /= out;
            }
            if started > 0.0 {
                chain.from_start[index] /= started;
            }
        }
        chain
    }

    /// I − Q.
    fn without_returns(&self) -> Vec<f64> {
        let count = self.from_start.len();
        let mut matrix: Vec<f64> = self.between.iter().map(|step| -step).collect();
        for index in 0..count {
            matrix[index * count + index] += 1.0;
        }
        matrix
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Gauss–Jordan inversion of a row-major matrix without pivoting: I − Q of an absorbing chain is a non-singular
/// M-matrix, for which elimination without exchanging rows is stable (Funderlic, Neumann and Plemmons 1982). `None` if
/// the matrix is singular, which would need a channel that no journey ever leaves.
fn invert(mut matrix: Vec<f64>, count: usize) -> Option<Vec<f64>> {
    let mut pivot_row = vec![0.0; count];
    for index in 0..count {
        let pivot = matrix[index * count + index];
        if pivot.abs() < f64::MIN_POSITIVE {
            return None;
        }
        let row = &mut matrix[index * count..(index + 1) * count];
        row[index] = 1.0;
        for entry in row.iter_mut() {
            *entry /= pivot;
        }
        pivot_row.copy_from_slice(row);
        for (other, row) in matrix.chunks_exact_mut(count).enumerate() {
            let factor = row[index];
            if other == index || factor == 0.0 {
                continue;
            }
            row[index] = 0.0;
            for (entry, above) in row.iter_mut().zip(&pivot_row) {
                *entry -= factor * above;
            }
        }
    }
    Some(matrix)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::journeys::JourneyGroup;

    fn set(paths: &[(&str, f64, f64)]) -> JourneySet {
        let mut set = JourneySet::default();
        for (path, conversions, nulls) in paths {
            let path = path.split(" > ").map(|name| set.channel(name)).collect();
            set.journeys.push(JourneyGroup {
                path,
                ages_ms: vec![],
                conversions: *conversions,
                value: conversions * 10.0,
                nulls: *nulls,
            });
        }
        set
    }

    #[test]
    fn removal_effects_match_a_manual_calculation() {
        // start → a (2 of 3), → b (1 of 3); a → b once, a → conversion once; b → null once, b → conversion once.
        let outcome = run(&set(&[("a > b", 1.0, 0.0), ("a", 1.0, 0.0), ("b", 0.0, 1.0)]));
        // p = 2/3 · (1/2 + 1/2 · 1/2) + 1/3 · 1/2 = 2/3; without a: 1/6; without b: 1/3.
        assert!((outcome.conversion_probability - 2.0 / 3.0).abs() < 1e-15);
        assert!((outcome.removal_effects[0] - 0.75).abs() < 1e-15);
        assert!((outcome.removal_effects[1] - 0.5).abs() < 1e-15);
        assert!((outcome.credits[0].0 - 2.0 * 0.6).abs() < 1e-15);
        assert!((outcome.credits[1].1 - 20.0 * 0.4).abs() < 1e-14);
    }

    #[test]
    fn no_conversions_give_no_credit() {
        assert_eq!(run(&set(&[("a > b", 0.0, 3.0)])).credits, [(0.0, 0.0), (0.0, 0.0)]);
        assert_eq!(run(&JourneySet::default()).credits, []);
    }

    /// The definition: the chain with all transitions into the removed channel led to null, iterated to convergence.
    fn converts_without(chain: &Chain, removed: Option<usize>) -> f64 {
        let count = chain.from_start.len();
        let mut now = chain.from_start.clone();
        let mut converted = 0.0;
        for _ in 0..20_000 {
            if let Some(removed) = removed {
                now[removed] = 0.0;
            }
            converted += dot(&now, &chain.to_conversion);
            let mut next = vec![0.0; count];
            for (from, mass) in now.iter().enumerate() {
                for (to, next) in next.iter_mut().enumerate() {
                    *next += mass * chain.between[from * count + to];
                }
            }
            now = next;
        }
        converted
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn exact_solution_matches_iteration(paths in prop::collection::vec((prop::collection::vec(0u32..5, 1..7), 0u8..4, 0u8..9), 1..15)) {
            let mut set = JourneySet::default();
            for name in ["a", "b", "c", "d", "e"] {
                set.channel(name);
            }
            set.journeys.extend(paths.into_iter().map(|(path, conversions, nulls)| JourneyGroup {
                path,
                ages_ms: vec![],
                conversions: f64::from(conversions),
                value: 0.0,
                nulls: f64::from(nulls) + 1.0,
            }));
            let outcome = run(&set);
            let chain = Chain::count(&set, 5);
            let whole = converts_without(&chain, None);
            prop_assert!((outcome.conversion_probability - whole).abs() < 1e-9);
            if whole > 0.0 {
                for index in 0..5 {
                    let effect = 1.0 - converts_without(&chain, Some(index)) / whole;
                    prop_assert!((outcome.removal_effects[index] - effect).abs() < 1e-7);
                }
                let sum: f64 = outcome.credits.iter().map(|credit| credit.0).sum();
                let conversions: f64 = set.journeys.iter().map(|journeys| journeys.conversions).sum();
                prop_assert!((sum - conversions).abs() < 1e-9);
            }
        }

        #[test]
        fn repeating_a_touch_leaves_credits_unchanged(path in prop::collection::vec(0u32..4, 1..6), twice in 0usize..6) {
            let with = |path: Vec<u32>| {
                let mut set = set(&[("a > b > c > d", 1.0, 2.0), ("d > b", 2.0, 1.0)]);
                set.journeys.push(JourneyGroup { path, ages_ms: vec![], conversions: 3.0, value: 1.0, nulls: 1.0 });
                run(&set)
            };
            let mut repeated = path.clone();
            let index = twice % path.len();
            repeated.insert(index, path[index]);
            prop_assert_eq!(with(repeated).credits, with(path).credits);
        }
    }
}
