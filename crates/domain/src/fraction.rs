//! Exact shares of a whole.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A share as an exact fraction, such as `2/5`. Not reduced: the credits of one order keep one common denominator, and
/// the text form `part/whole` is what is stored and explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fraction {
    part: u64,
    whole: u128,
}

/// The text is not a fraction `part/whole` with `part` ≤ `whole` and `whole` above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fraction")]
pub struct InvalidFraction;

impl Fraction {
    /// The whole: `1/1`.
    pub const ONE: Self = Self { part: 1, whole: 1 };

    /// `part` of `whole`; `None` if `whole` is zero or less than `part`.
    pub fn new(part: u64, whole: u128) -> Option<Self> {
        (whole > 0 && u128::from(part) <= whole).then_some(Self { part, whole })
    }

    /// The numerator: the touchpoint's weight.
    pub const fn part(self) -> u64 {
        self.part
    }

    /// The denominator: the sum of all weights.
    pub const fn whole(self) -> u128 {
        self.whole
    }

    /// In lowest terms. `0/n` becomes `0/1`.
    #[must_use]
    pub fn reduced(self) -> Self {
        let (mut divisor, mut rest) = (self.whole, u128::from(self.part));
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        // The divisor is at most the numerator, unless that is zero.
        let part = u64::try_from(u128::from(self.part) / divisor).unwrap_or(self.part);
        Self { part, whole: self.whole / divisor }
    }

    /// In parts of 10,000, rounded to the nearest.
    pub fn basis_points(self) -> u128 {
        (u128::from(self.part) * 20_000 + self.whole) / (2 * self.whole)
    }

    /// As a percentage, for people: amounts are split by the exact fraction.
    #[expect(clippy::cast_precision_loss, reason = "a percentage on a screen, not money")]
    pub fn percent(self) -> f64 {
        self.part as f64 * 100.0 / self.whole as f64
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.whole)
    }
}

impl FromStr for Fraction {
    type Err = InvalidFraction;

    fn from_str(text: &str) -> Result<Self, InvalidFraction> {
        let (part, whole) = text.split_once('/').ok_or(InvalidFraction)?;
        let part = part.parse().map_err(|_| InvalidFraction)?;
        let whole = whole.parse().map_err(|_| InvalidFraction)?;
        Self::new(part, whole).ok_or(InvalidFraction)
    }
}

impl TryFrom<String> for Fraction {
    type Error = InvalidFraction;

    fn try_from(text: String) -> Result<Self, InvalidFraction> {
        text.parse()
    }
}

impl From<Fraction> for String {
    fn from(fraction: Fraction) -> Self {
        fraction.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lowest_terms_and_basis_points() {
        let shown = |text: &str| text.parse::<Fraction>().expect("fraction").reduced().to_string();
        assert_eq!(shown("4/10"), "2/5");
        assert_eq!(shown("1/1"), "1/1");
        assert_eq!(shown("0/7"), "0/1");
        assert_eq!(shown("4611686018427387904/6917529027641081856"), "2/3");
        assert_eq!(Fraction::new(1_234_567, 9_999_991).expect("fraction").basis_points(), 1235);
        assert_eq!(Fraction::ONE.basis_points(), 10_000);
    }

    #[test]
    fn only_shares_of_a_whole_are_read() {
        for text in ["", "1", "1/0", "2/1", "-1/2", "1/x", "1/2/3", " 1/2"] {
            assert_eq!(text.parse::<Fraction>(), Err(InvalidFraction), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_forms_survive_and_reducing_keeps_the_value(part in 0u64.., more in 0u64..) {
            let whole = u128::from(part) + u128::from(more) + 1;
            let fraction = Fraction::new(part, whole).expect("a share");
            prop_assert_eq!(fraction.to_string().parse::<Fraction>(), Ok(fraction));
            let reduced = fraction.reduced();
            // part/whole = p/w is part × w = p × whole, checked without overflow by division.
            prop_assert_eq!(whole % reduced.whole(), 0);
            prop_assert_eq!(u128::from(reduced.part()) * (whole / reduced.whole()), u128::from(part));
        }
    }
}
