//! Time-decay weights 2^(−age / half-life), computed in integers so that every machine gets the same weights
//! (docs/adr/0005-integer-model-weights.md).

use crate::time::DAY_MS;

/// The half-life of time decay: 7 days, the default of Google Analytics' time-decay model.
pub(super) const HALF_LIFE_MS: u64 = 7 * DAY_MS.unsigned_abs();

/// The weight of age zero: 2^62.
const ONE: u64 = 1 << 62;

/// Precision: binary digits of the fractional part of `age / half-life`.
const DIGITS: usize = 40;

/// `ROOTS[i]` is 2^(−1/2^(i+1)) in units of 2^−62, each the square root of the one before.
#[expect(clippy::cast_possible_truncation, reason = "roots of numbers below one are below one")]
const ROOTS: [u64; DIGITS] = {
    let mut roots = [0; DIGITS];
    let mut power = (ONE / 2) as u128;
    let mut index = 0;
    while index < DIGITS {
        power = (power << 62).isqrt();
        roots[index] = power as u64;
        index += 1;
    }
    roots
};

/// 2^(−age/half-life) in units of 2^−62, with a relative error below 10^−15 before the final shift. Zero from 62
/// half-lives (434 days) on, which is longer than any lookback window.
pub(super) fn weight(age_ms: u64) -> u64 {
    let halvings = age_ms / HALF_LIFE_MS;
    if halvings >= 62 {
        return 0;
    }
    let mut rest = u128::from(age_ms % HALF_LIFE_MS);
    let mut weight = u128::from(ONE);
    for root in ROOTS {
        rest *= 2;
        if rest >= u128::from(HALF_LIFE_MS) {
            rest -= u128::from(HALF_LIFE_MS);
            weight = (weight * u128::from(root)) >> 62;
        }
    }
    u64::try_from(weight >> halvings).unwrap_or(ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "compared with floating point on purpose")]
    fn weights_match_floating_point_powers_of_two() {
        for age_ms in
            [0, 1, 3_600_000, HALF_LIFE_MS / 3, HALF_LIFE_MS - 1, HALF_LIFE_MS, 5 * HALF_LIFE_MS / 2, 30 * 86_400_000]
        {
            let exact = (-(age_ms as f64) / HALF_LIFE_MS as f64).exp2();
            let ours = weight(age_ms) as f64 / ONE as f64;
            assert!((ours / exact - 1.0).abs() < 1e-12, "{age_ms}: {ours} and {exact}");
        }
        assert_eq!(weight(HALF_LIFE_MS), ONE / 2);
        assert_eq!(weight(u64::MAX), 0);
    }
}
