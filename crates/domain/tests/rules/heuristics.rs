//! Heuristic models: weights with figures worked out by hand, and their use on many journeys.

use domain::{
    UnixMs,
    model::{
        ByModel, Model,
        heuristic::weights,
        journeys::{JourneyGroup, JourneySet},
    },
    money::apportion,
    time::DAY_MS,
};

#[test]
fn models_have_stored_names_and_labels_in_display_order() {
    let stored = ["first_touch", "last_touch", "linear", "position_based", "time_decay"];
    let labels = ["First touch", "Last touch", "Linear", "Position based", "Time decay"];
    assert_eq!(Model::ALL.map(Model::as_str), stored);
    assert_eq!(Model::ALL.map(Model::label), labels);
    assert_eq!(stored.map(Model::parse), Model::ALL.map(Some));
    assert_eq!([Model::parse("Linear"), Model::parse("")], [None, None]);
}

#[test]
fn one_value_per_model_is_found_converted_and_stored_in_display_order() {
    let lengths = ByModel::from_fn(Model::as_str).map(str::len);
    assert_eq!(Model::ALL.map(|model| lengths[model]), [11, 10, 6, 14, 10]);
    let pairs: Vec<(Model, usize)> = lengths.iter().map(|(model, length)| (model, *length)).collect();
    assert_eq!(pairs[3], (Model::PositionBased, 14));
    assert_eq!(pairs.len(), 5);
    assert_eq!(serde_json::to_string(&lengths).expect("json"), "[11,10,6,14,10]");
}

/// The parts of 1,000.00 by a model for touches of these ages in days.
fn parts(model: Model, days: &[i64]) -> Vec<i64> {
    let ages: Vec<i64> = days.iter().map(|days| days * DAY_MS).collect();
    apportion(100_000, &weights(model, &ages))
}

#[test]
fn first_last_and_linear_touch_share_as_they_are_called() {
    assert_eq!(parts(Model::FirstTouch, &[9, 5, 1]), [100_000, 0, 0]);
    assert_eq!(parts(Model::LastTouch, &[9, 5, 1]), [0, 0, 100_000]);
    assert_eq!(parts(Model::Linear, &[9, 5, 1]), [33_334, 33_333, 33_333]);
    for model in Model::ALL {
        assert_eq!(parts(model, &[3]), [100_000], "{model:?}: the only touch gets all");
    }
}

#[test]
fn position_based_gives_forty_percent_to_each_end_and_twenty_between() {
    assert_eq!(parts(Model::PositionBased, &[9, 1]), [50_000, 50_000]);
    assert_eq!(parts(Model::PositionBased, &[9, 5, 1]), [40_000, 20_000, 40_000]);
    assert_eq!(parts(Model::PositionBased, &[9, 7, 5, 1]), [40_000, 10_000, 10_000, 40_000]);
    assert_eq!(parts(Model::PositionBased, &[9, 7, 6, 5, 1]), [40_000, 6_667, 6_667, 6_666, 40_000]);
    assert_eq!(weights(Model::PositionBased, &[0; 7]), [10, 1, 1, 1, 1, 1, 10]);
}

#[test]
fn time_decay_halves_every_seven_days() {
    // Weights 1/4, 1/2 and 1 of 7/4.
    assert_eq!(parts(Model::TimeDecay, &[14, 7, 0]), [14_286, 28_571, 57_143]);
    assert_eq!(parts(Model::TimeDecay, &[21, 14, 7]), [14_286, 28_571, 57_143], "only differences of age matter");
    // After half a half-life 1/√2: 0.7071068 of 1.7071068 is 0.4142136.
    let half = weights(Model::TimeDecay, &[7 * DAY_MS / 2, 0]);
    assert_eq!(apportion(100_000_000, &half), [41_421_356, 58_578_644]);
}

#[test]
fn time_decay_weights_are_powers_of_two_to_twelve_digits() {
    // 2^62 · 2^(−days / 7), computed to 60 decimal digits with Python's decimal module.
    for (days, exact) in [
        (3, 3_426_469_543_337_905_161_i64),
        (1, 4_176_913_159_044_679_998),
        (30, 236_445_568_232_629_847),
        (7, 1 << 61),
        (70, 1 << 52),
    ] {
        let weight = weights(Model::TimeDecay, &[days * DAY_MS, 0])[0];
        let difference = i64::try_from(weight).expect("63 bits") - exact;
        // Ages are cut to 2^−40 half-lives.
        assert!(difference.abs() <= exact / 1_000_000_000_000, "{days} days: off by {difference}");
    }
    assert_eq!(weights(Model::TimeDecay, &[7 * DAY_MS / 2, 0])[1], 1 << 62);
}

#[test]
fn a_touch_sixty_two_half_lives_before_the_latest_weighs_nothing() {
    let edge = 62 * 7 * DAY_MS;
    assert_eq!(weights(Model::TimeDecay, &[edge + 1, edge, edge - 1, 0]), [0, 0, 1, 1 << 62]);
    assert_eq!(weights(Model::TimeDecay, &[61 * 7 * DAY_MS, 0]), [2, 1 << 62]);
}

#[test]
fn a_touch_after_the_order_counts_as_made_at_the_order() {
    assert_eq!(weights(Model::TimeDecay, &[7 * DAY_MS, -7 * DAY_MS]), [1 << 61, 1 << 62]);
    assert_eq!(weights(Model::TimeDecay, &[UnixMs(-5).0, 0]), [1 << 62, 1 << 62]);
}

fn journeys(set: &mut JourneySet, path: &str, ages_ms: &[i64], conversions: f64, value: f64) {
    let path = path.split('>').map(|name| set.channel(name)).collect();
    set.journeys.push(JourneyGroup { path, ages_ms: ages_ms.to_vec(), conversions, value, nulls: 1.0 });
}

#[test]
fn a_channels_index_is_its_first_appearance() {
    let mut set = JourneySet::default();
    assert_eq!(["a", "b", "a", "c", "b"].map(|name| set.channel(name)), [0, 1, 0, 2, 1]);
    assert_eq!(set.channels, ["a", "b", "c"]);
}

#[test]
fn heuristic_credits_add_up_over_journeys_that_converted() {
    let mut set = JourneySet::default();
    journeys(&mut set, "a>b", &[], 2.0, 40.0);
    journeys(&mut set, "b>a>b>c", &[], 8.0, 80.0);
    journeys(&mut set, "c>a", &[], 0.0, 7.0);
    assert_eq!(set.credits(Model::FirstTouch), [(2.0, 40.0), (8.0, 80.0), (0.0, 0.0)]);
    assert_eq!(set.credits(Model::LastTouch), [(0.0, 0.0), (2.0, 40.0), (8.0, 80.0)]);
    // b is touched twice in the second path and gets both quarters.
    assert_eq!(set.credits(Model::Linear), [(1.0 + 2.0, 20.0 + 20.0), (1.0 + 4.0, 20.0 + 40.0), (2.0, 20.0)]);
    assert_eq!(JourneySet::default().credits(Model::Linear), []);
}

#[test]
fn times_are_used_where_every_touch_has_one() {
    let mut timed = JourneySet::default();
    journeys(&mut timed, "a>b", &[7 * DAY_MS, 0], 3.0, 30.0);
    assert_eq!(timed.credits(Model::TimeDecay), [(1.0, 10.0), (2.0, 20.0)]);
    let mut untimed = JourneySet::default();
    journeys(&mut untimed, "a>b", &[], 3.0, 30.0);
    journeys(&mut untimed, "a>b>a>b", &[], 1.0, 0.0);
    assert_eq!(untimed.credits(Model::TimeDecay), [(2.0, 15.0), (2.0, 15.0)], "all equally old");
}
