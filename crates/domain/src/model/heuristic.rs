//! The weights of one journey's touchpoints, as integers over their sum.
//!
//! Definitions as in CONTRACTS §8 and DESIGN §4; the same as those of the Python packages
//! `marketing-attribution-models` 2.1.1 (all five, half-life 168 hours) and, for position, `mta` 0.0.9.

use super::{Model, decay};

/// Integer weights in touch order, one a touchpoint; their sum is above zero unless there are no touchpoints.
///
/// `ages_ms` is each touchpoint's time before the order, earliest touch first; ages below zero count as zero. Only
/// time decay looks at the ages. A touchpoint's share is its weight over the sum.
pub fn weights(model: Model, ages_ms: &[i64]) -> Vec<u64> {
    let count = ages_ms.len();
    let Some(last) = count.checked_sub(1) else { return Vec::new() };
    match model {
        Model::FirstTouch => (0..count).map(|place| u64::from(place == 0)).collect(),
        Model::LastTouch => (0..count).map(|place| u64::from(place == last)).collect(),
        Model::Linear => vec![1; count],
        // 40/20/40: in fifths of the middle touchpoints' number, so that everything stays whole.
        Model::PositionBased => match count {
            1 | 2 => vec![1; count],
            _ => {
                let ends = 2 * (count as u64 - 2);
                (0..count).map(|place| if place == 0 || place == last { ends } else { 1 }).collect()
            }
        },
        // Relative to the latest touch: a factor common to all changes no share, and keeps the weights large.
        Model::TimeDecay => {
            let latest_ms = ages_ms.iter().copied().min().unwrap_or(0).max(0);
            ages_ms.iter().map(|age_ms| decay::weight(age_ms.max(&0).abs_diff(latest_ms))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{money::apportion, time::DAY_MS};

    #[test]
    fn each_model_weighs_as_defined() {
        let ages = [20 * DAY_MS, 14 * DAY_MS, 7 * DAY_MS, 0];
        assert_eq!(weights(Model::FirstTouch, &ages), [1, 0, 0, 0]);
        assert_eq!(weights(Model::LastTouch, &ages), [0, 0, 0, 1]);
        assert_eq!(weights(Model::Linear, &ages), [1, 1, 1, 1]);
        assert_eq!(weights(Model::PositionBased, &ages), [4, 1, 1, 4]);
        assert_eq!(weights(Model::PositionBased, &ages[..2]), [1, 1]);
        let decay = weights(Model::TimeDecay, &ages[1..]);
        assert_eq!((decay[0] * 2, decay[1] * 2), (decay[1], decay[2]));
        assert!(Model::ALL.iter().all(|model| weights(*model, &[]).is_empty()));
        assert_eq!(weights(Model::TimeDecay, &[-5, 900 * DAY_MS]), [1 << 62, 0]);
    }

    fn models() -> impl Strategy<Value = Model> {
        prop::sample::select(Model::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn shares_add_up_for_every_model_and_journey(
            model in models(),
            mut ages in prop::collection::vec(0i64..400 * DAY_MS, 1..40),
            total in 0i64..1_000_000_000_000,
        ) {
            ages.sort_unstable_by_key(|age| -age);
            let parts = apportion(total, &weights(model, &ages));
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            prop_assert!(parts.iter().all(|part| *part >= 0));
        }

        #[test]
        fn moving_the_whole_journey_in_time_changes_nothing(
            model in models(),
            ages in prop::collection::vec(0i64..30 * DAY_MS, 1..10),
            later in 0i64..30 * DAY_MS,
        ) {
            let moved: Vec<i64> = ages.iter().map(|age| age + later).collect();
            prop_assert_eq!(weights(model, &moved), weights(model, &ages));
        }

        #[test]
        fn linear_gives_a_channel_what_its_number_of_touches_says(count in 1usize..20, total in 0i64..1_000_000) {
            let parts = apportion(total, &weights(Model::Linear, &vec![0; count]));
            let (most, least) = (parts.iter().max(), parts.iter().min());
            prop_assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1));
        }
    }
}
