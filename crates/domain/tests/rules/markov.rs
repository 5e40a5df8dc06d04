//! The Markov chain: figures worked out by hand, and against walking every path of the chain.

use std::collections::BTreeMap;

use domain::model::{
    journeys::{JourneyGroup, JourneySet},
    markov::{Outcome, run},
};
use proptest::prelude::*;

/// Journeys as text path, conversions and journeys that did not convert; a conversion is worth 10.
fn set(journeys: &[(&str, f64, f64)]) -> JourneySet {
    let mut set = JourneySet::default();
    for (path, conversions, nulls) in journeys {
        let path = path.split('>').map(|name| set.channel(name)).collect();
        let group = JourneyGroup {
            path,
            ages_ms: Vec::new(),
            conversions: *conversions,
            value: conversions * 10.0,
            nulls: *nulls,
        };
        set.journeys.push(group);
    }
    set
}

fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

fn assert_outcome(outcome: &Outcome, probability: f64, effects: &[f64], credits: &[(f64, f64)]) {
    assert_near(outcome.conversion_probability, probability);
    assert_eq!((outcome.removal_effects.len(), outcome.credits.len()), (effects.len(), credits.len()));
    for (found, expected) in outcome.removal_effects.iter().zip(effects) {
        assert_near(*found, *expected);
    }
    for ((conversions, value), expected) in outcome.credits.iter().zip(credits) {
        assert_near(*conversions, expected.0);
        assert_near(*value, expected.1);
    }
}

#[test]
fn a_channel_that_all_conversions_need_shares_with_the_one_half_of_them_need() {
    // Of 10 journeys 4 go a>b and convert, 6 go a and of these 2 convert.
    // From a: 4/10 to b, 2/10 to conversion, 4/10 to null; b always converts: p = 0.2 + 0.4 = 0.6.
    // Without a nothing converts: effect 1. Without b 0.2 is left: effect 2/3. Credits 6 · 1 / (5/3) = 3.6 and 2.4.
    let outcome = run(&set(&[("a>b", 4.0, 0.0), ("a", 2.0, 4.0)]));
    assert_outcome(&outcome, 0.6, &[1.0, 2.0 / 3.0], &[(3.6, 36.0), (2.4, 24.0)]);
}

#[test]
fn channels_that_are_visited_again_count_once_per_journey() {
    // a>b>a converts once, b is null once. Start: a 1/2, b 1/2. Out of a: b 1, conversion 1. Out of b: a 1, null 1.
    // From a: x = 1/2 + 1/2 · y, from b: y = 1/2 · x, so x = 2/3, y = 1/3 and p = 1/2 · 2/3 + 1/2 · 1/3 = 1/2.
    // Without a: 0, effect 1. Without b: 1/2 · 1/2 = 1/4, effect 1/2. Credits of one conversion: 2/3 and 1/3.
    let outcome = run(&set(&[("a>b>a", 1.0, 0.0), ("b", 0.0, 1.0)]));
    assert_outcome(&outcome, 0.5, &[1.0, 0.5], &[(2.0 / 3.0, 20.0 / 3.0), (1.0 / 3.0, 10.0 / 3.0)]);
}

#[test]
fn a_channel_that_leads_nowhere_gets_nothing() {
    let outcome = run(&set(&[("a", 3.0, 1.0), ("b", 0.0, 4.0), ("c>b", 0.0, 2.0)]));
    // Start: a 4/10; a converts 3/4.
    assert_outcome(&outcome, 0.3, &[1.0, 0.0, 0.0], &[(3.0, 30.0), (0.0, 0.0), (0.0, 0.0)]);
}

#[test]
fn journeys_that_nobody_made_and_channels_that_nobody_touched_change_nothing() {
    let mut journeys = set(&[("a>b", 1.0, 0.0), ("a", 1.0, 0.0), ("b", 0.0, 1.0)]);
    let without = run(&journeys);
    journeys.channel("unseen");
    let group = |path, conversions| JourneyGroup { path, ages_ms: Vec::new(), conversions, value: 0.0, nulls: 0.0 };
    journeys.journeys.push(group(vec![2, 0, 1], 0.0));
    let with = run(&journeys);
    assert_outcome(&with, 2.0 / 3.0, &[0.75, 0.5, 0.0], &[(1.2, 12.0), (0.8, 8.0), (0.0, 0.0)]);
    assert_near(with.conversion_probability, without.conversion_probability);
    journeys.journeys = vec![group(vec![0], 0.0)];
    assert_outcome(&run(&journeys), 0.0, &[0.0; 3], &[(0.0, 0.0); 3]);
}

#[test]
fn without_a_conversion_nothing_is_credited() {
    assert_outcome(&run(&set(&[("a>b", 0.0, 3.0)])), 0.0, &[0.0; 2], &[(0.0, 0.0); 2]);
}

/// How many leave a state of the chain, in all and by where they go.
type Leaving = (f64, BTreeMap<Option<u32>, f64>);

/// The share of conversions by walking every path of the chain from start, with all steps into `removed` left out; the
/// walk ends where less than 10^−14 of the journeys is left.
fn walk(journeys: &[(Vec<u32>, f64, f64)], removed: Option<u32>) -> f64 {
    // Out of each state (`None` is start): how many go to which channel, or convert (`None`). The rest is null.
    let mut out: BTreeMap<Option<u32>, Leaving> = BTreeMap::new();
    let mut step = |from: Option<u32>, to: Option<Option<u32>>, times: f64| {
        let state = out.entry(from).or_default();
        state.0 += times;
        if let Some(to) = to {
            *state.1.entry(to).or_default() += times;
        }
    };
    for (path, conversions, nulls) in journeys {
        let mut at = None;
        for channel in path {
            if at != Some(*channel) {
                step(at, Some(Some(*channel)), conversions + nulls);
            }
            at = Some(*channel);
        }
        step(at, Some(None), *conversions);
        step(at, None, *nulls);
    }
    let mut converted = 0.0;
    let mut waiting = BTreeMap::from([(None, 1.0)]);
    while waiting.values().sum::<f64>() > 1e-14 {
        let mut next: BTreeMap<Option<u32>, f64> = BTreeMap::new();
        for (state, mass) in waiting {
            let (total, steps) = &out[&state];
            for (to, times) in steps {
                match to {
                    None => converted += mass * times / total,
                    to if *to == removed => {}
                    to => *next.entry(*to).or_default() += mass * times / total,
                }
            }
        }
        waiting = next;
    }
    converted
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn removal_effects_and_credits_match_walking_every_path(
        paths in prop::collection::vec((prop::collection::vec(0u32..4, 1..6), 0u8..4, 1u8..5), 1..10),
    ) {
        let journeys: Vec<(Vec<u32>, f64, f64)> =
            paths.into_iter().map(|(path, conversions, nulls)| (path, f64::from(conversions), f64::from(nulls))).collect();
        let mut set = JourneySet::default();
        for name in ["a", "b", "c", "d"] {
            set.channel(name);
        }
        for (path, conversions, nulls) in &journeys {
            let (conversions, nulls) = (*conversions, *nulls);
            let value = conversions * 3.0;
            set.journeys.push(JourneyGroup { path: path.clone(), ages_ms: Vec::new(), conversions, value, nulls });
        }
        let outcome = run(&set);
        let whole = walk(&journeys, None);
        prop_assert!((outcome.conversion_probability - whole).abs() < 1e-10);
        let effects: Vec<f64> =
            (0..4).map(|channel| if whole > 0.0 { 1.0 - walk(&journeys, Some(channel)) / whole } else { 0.0 }).collect();
        let sum: f64 = effects.iter().sum();
        let conversions: f64 = journeys.iter().map(|(_, conversions, _)| conversions).sum();
        for (index, effect) in effects.iter().enumerate() {
            prop_assert!((outcome.removal_effects[index] - effect).abs() < 1e-9);
            let due = if sum > 0.0 { conversions * effect / sum } else { 0.0 };
            prop_assert!((outcome.credits[index].0 - due).abs() < 1e-8);
            prop_assert!((outcome.credits[index].1 - 3.0 * due).abs() < 1e-8);
        }
    }
}
