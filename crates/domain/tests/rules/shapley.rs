//! Shapley values against their definition: the average over all orders in which the channels may join.

use domain::model::{
    journeys::{JourneyGroup, JourneySet},
    shapley::credits,
};

fn group(path: &[u32], conversions: f64, value: f64, nulls: f64) -> JourneyGroup {
    JourneyGroup { path: path.to_vec(), ages_ms: Vec::new(), conversions, value, nulls }
}

fn set(count: usize, journeys: Vec<JourneyGroup>) -> JourneySet {
    let mut set = JourneySet::default();
    set.journeys = journeys;
    for name in ["a", "b", "c", "d"].into_iter().take(count) {
        set.channel(name);
    }
    set
}

#[test]
fn each_conversion_is_shared_equally_by_its_distinct_channels() {
    let journeys = vec![
        group(&[0], 5.0, 50.0, 2.0),
        group(&[0, 1, 0, 1], 4.0, 20.0, 0.0),
        group(&[2, 1, 0], 3.0, 9.0, 1.0),
        group(&[2], 0.0, 7.0, 9.0),
    ];
    // a: 5 + 2 + 1, b: 2 + 1, c: 1; the journeys that did not convert give nothing, whatever they are worth.
    assert_eq!(credits(&set(3, journeys)), [(8.0, 63.0), (3.0, 13.0), (1.0, 3.0)]);
    assert_eq!(credits(&set(2, vec![group(&[1], 0.0, 0.0, 3.0)])), [(0.0, 0.0); 2]);
    assert_eq!(credits(&JourneySet::default()), []);
}

/// Every order of the channels 0 to `count`.
fn orders(count: u32) -> Vec<Vec<u32>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    shorter
        .iter()
        .flat_map(|order| {
            (0..=order.len()).map(move |at| {
                let mut longer = order.clone();
                longer.insert(at, count - 1);
                longer
            })
        })
        .collect()
}

#[test]
fn credits_are_the_average_of_what_a_channel_adds_when_it_joins() {
    let journeys = vec![
        group(&[0, 3], 6.0, 12.0, 0.0),
        group(&[3, 2, 1], 2.0, 30.0, 4.0),
        group(&[1, 1], 7.0, 1.0, 0.0),
        group(&[2, 0, 2, 3, 1], 4.0, 8.0, 0.0),
    ];
    let set = set(4, journeys);
    let worth = |joined: &[u32], of: fn(&JourneyGroup) -> f64| -> f64 {
        let is_in = |journeys: &&JourneyGroup| journeys.path.iter().all(|channel| joined.contains(channel));
        set.journeys.iter().filter(is_in).map(of).sum()
    };
    let mut added = vec![(0.0, 0.0); 4];
    let orders = orders(4);
    assert_eq!(orders.len(), 24);
    for order in &orders {
        for (at, channel) in order.iter().enumerate() {
            let gain = |of| worth(&order[..=at], of) - worth(&order[..at], of);
            let added = &mut added[*channel as usize];
            added.0 += gain(|journeys| journeys.conversions) / 24.0;
            added.1 += gain(|journeys| journeys.value) / 24.0;
        }
    }
    for (found, expected) in credits(&set).into_iter().zip(added) {
        assert!((found.0 - expected.0).abs() < 1e-12 && (found.1 - expected.1).abs() < 1e-12, "{found:?} {expected:?}");
    }
}
