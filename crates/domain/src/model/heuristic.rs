//! Weights of one journey's touchpoints under the heuristic models; a touchpoint's share is its weight over the sum.
//!
//! For n touchpoints in touch order, before scaling to integers:
//!
//! | model | weight |
//! | --- | --- |
//! | first touch | 1 for the first, 0 for the others |
//! | last touch | 1 for the last, 0 for the others |
//! | linear | 1 for each |
//! | position based | 0.4 first, 0.4 last, 0.2 / (n − 2) for each between; 0.5 each if n = 2, 1 if n = 1 |
//! | time decay | 2^(−age / 7 days) |
//!
//! No touchpoints give no weights. Touchpoints at the same instant keep the order they are given in, so the caller
//! decides which is first or last. The definitions are those of Google Analytics' former multi-channel models. The
//! Python packages `marketing-attribution-models` 2.1.1 (all five, half-life 168 hours) and, for position based, `mta`
//! 0.0.9 give the same results (`tests/reference.rs`).

use super::{Model, decay};

/// Integer weights in touch order, one per touchpoint; their sum is above zero unless there are no touchpoints.
///
/// `ages_ms` is each touchpoint's time before the order in milliseconds, earliest touch first; ages below zero count as
/// zero. Only time decay uses the ages.
pub fn weights(model: Model, ages_ms: &[i64]) -> Vec<u64> {
    let count = ages_ms.len();
    let Some(last) = count.checked_sub(1) else { return Vec::new() };
    match model {
        Model::FirstTouch => (0..count).map(|index| u64::from(index == 0)).collect(),
        Model::LastTouch => (0..count).map(|index| u64::from(index == last)).collect(),
        Model::Linear => vec![1; count],
        // 40/20/40 in integers: with m = n − 2 between, weights 2m, 1 … 1, 2m out of 5m.
        Model::PositionBased => match count {
            1 | 2 => vec![1; count],
            _ => {
                let ends = 2 * (count as u64 - 2);
                (0..count).map(|index| if index == 0 || index == last { ends } else { 1 }).collect()
            }
        },
        // Ages relative to the latest touch: shares do not change, and the weights stay large.
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
    fn models_match_their_definitions() {
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
        fn parts_add_up_to_the_total(
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
        fn shifting_all_ages_leaves_weights_unchanged(
            model in models(),
            ages in prop::collection::vec(0i64..30 * DAY_MS, 1..10),
            later in 0i64..30 * DAY_MS,
        ) {
            let moved: Vec<i64> = ages.iter().map(|age| age + later).collect();
            prop_assert_eq!(weights(model, &moved), weights(model, &ages));
        }

        #[test]
        fn linear_parts_differ_by_at_most_one_unit(count in 1usize..20, total in 0i64..1_000_000) {
            let parts = apportion(total, &weights(Model::Linear, &vec![0; count]));
            let (most, least) = (parts.iter().max(), parts.iter().min());
            prop_assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1));
        }
    }
}
