//! Compares our models with independent implementations: `reference.json` holds journeys and the credits that the
//! Python packages `marketing-attribution-models` 2.1.1 and, for Shapley, `mta` 0.0.9 compute for them. Written by
//! `bench/reference/compare.py --record`.

use std::collections::BTreeMap;

use domain::model::{
    Model,
    journeys::{JourneyGroup, JourneySet},
    markov, shapley,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    journeys: Vec<(String, f64, f64)>,
    expected: BTreeMap<String, BTreeMap<String, f64>>,
}

#[test]
fn credits_match_reference_implementations() {
    let reference: Reference = serde_json::from_str(include_str!("reference.json")).expect("reference");
    let mut set = JourneySet::default();
    for (path, conversions, nulls) in reference.journeys {
        let path = path.split(" > ").map(|name| set.channel(name)).collect();
        set.journeys.push(JourneyGroup { path, ages_ms: Vec::new(), conversions, value: 0.0, nulls });
    }
    assert_eq!(reference.expected.len(), 6, "four heuristics, markov and shapley");
    for (name, expected) in reference.expected {
        let credits = match name.as_str() {
            "markov" => markov::run(&set).credits,
            "shapley" => shapley::credits(&set),
            heuristic => set.credits(Model::parse(heuristic).expect("a model")),
        };
        for (channel, (conversions, _)) in set.channels.iter().zip(credits) {
            let reference = expected.get(channel).copied().unwrap_or(0.0);
            assert!((conversions - reference).abs() < 1e-9, "{name} of {channel}: {conversions} and {reference}");
        }
    }
}
