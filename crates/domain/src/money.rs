//! Money as an integer number of a currency's minor units, and how to split it without losing a unit.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Largest amount accepted as input, in minor units: far above any order, and sums of it are far from overflow.
pub const AMOUNT_MAX_MINOR: i64 = 1_000_000_000_000_000;

/// Largest amount that a browser may report, and a person may add to a balance, in minor units: nine million of them fit into a
/// sum, which is more than a key may send in a day.
pub const REPORTED_MAX_MINOR: i64 = 1_000_000_000_000;

/// An ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// US dollar: the default where the API does not require a currency.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// Parses a code in any case; `None` if ISO 4217 has no such currency with a minor unit.
    pub fn parse(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(&code.to_ascii_uppercase())
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
    }

    /// The three-letter code, in upper case.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the decimal point: 0 for JPY, 2 for USD, 3 for KWD.
    pub fn exponent(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(2))
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::parse(&code).ok_or(MoneyError::UnknownCurrency)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

/// Why a text is not a valid amount or currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("must be a decimal number")]
    NotANumber,
    /// Below zero.
    #[error("must not be negative")]
    Negative,
    /// More digits after the point than the currency has.
    #[error("has more decimal places than its currency")]
    TooPrecise,
    /// Above [`AMOUNT_MAX_MINOR`].
    #[error("is too large")]
    TooLarge,
    /// Typed with one separator that may be of thousands or of decimals, as in `1.500`.
    #[error("can be read in two ways: write it without a separator of thousands")]
    Ambiguous,
    /// ISO 4217 has no such code.
    #[error("must be an ISO 4217 code")]
    UnknownCurrency,
}

/// An amount in minor units of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units (cents for USD, yen for JPY, fils for KWD).
    pub minor: i64,
    /// The currency of `minor`.
    pub currency: Currency,
}

impl Money {
    /// Parses a decimal text (`49.99`, `1e3`, `20`) exactly, never through a binary float.
    ///
    /// Digits beyond the currency's exponent may differ from a minor unit by at most 0.0005 of it, which is what binary
    /// floating point leaves of a sum: `59.699999999999996` USD is 59.70, `49.990` is 49.99, `-5.6e-17` is 0.00, and
    /// `49.999` is an error.
    ///
    /// # Errors
    ///
    /// Any [`MoneyError`] except `UnknownCurrency`.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, power) = match text.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, power.parse::<i32>().map_err(|_| MoneyError::NotANumber)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) || mantissa.ends_with('.') {
            return Err(MoneyError::NotANumber);
        }
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
        let scale = i64::try_from(fraction.len()).map_err(|_| MoneyError::TooPrecise)? - i64::from(power);
        let shift = i64::from(currency.exponent()) - scale;
        if digits.iter().all(|digit| *digit == 0) {
            return Ok(Self { minor: 0, currency });
        }
        let is_rounded_up = round_off(&mut digits, usize::try_from(-shift).unwrap_or(0));
        if negative {
            // What floating point leaves of zero may be below it.
            let is_zero = is_rounded_up == Ok(false) && digits.iter().all(|digit| *digit == 0);
            return if is_zero { Ok(Self { minor: 0, currency }) } else { Err(MoneyError::Negative) };
        }
        let is_rounded_up = is_rounded_up?;
        let mut minor = 0i64;
        for digit in digits.into_iter().map(i64::from).chain((0..shift.min(64)).map(|_| 0)) {
            minor = minor.checked_mul(10).and_then(|all| all.checked_add(digit)).ok_or(MoneyError::TooLarge)?;
        }
        minor = minor.checked_add(i64::from(is_rounded_up)).ok_or(MoneyError::TooLarge)?;
        if minor > AMOUNT_MAX_MINOR { Err(MoneyError::TooLarge) } else { Ok(Self { minor, currency }) }
    }

    /// Parses an amount as people type it, whose language decides which of point and comma begins the decimals: `1,234.50`,
    /// `1.234,50`, `1 234,50` and `1234.5` are the same.
    ///
    /// What may be meant in two ways is an error, not a guess: `1.500` and `1,500` are 1.5 to some readers and 1500 to others.
    /// In a currency with three decimals a point before three digits begins the decimals, as [`to_decimal`](Self::to_decimal)
    /// writes them.
    ///
    /// # Errors
    ///
    /// Any [`MoneyError`] except `UnknownCurrency`.
    pub fn parse_typed(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let text = text.trim();
        let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
        let (whole, fraction) = split_decimals(unsigned, currency.exponent())?;
        let point = if fraction.is_empty() { "" } else { "." };
        Self::parse(&format!("{sign}{}{point}{fraction}", without_grouping(whole)?), currency)
    }

    /// The decimal text without currency: `49.99`, `20`, `1.500`.
    pub fn to_decimal(self) -> String {
        let exponent = self.currency.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// The part before the decimals of an amount without sign, and the decimals.
fn split_decimals(text: &str, exponent: u32) -> Result<(&str, &str), MoneyError> {
    let Some((whole, fraction)) = text.rsplit_once(['.', ',']) else { return Ok((text, "")) };
    let mark = &text[whole.len()..=whole.len()];
    if whole.contains(mark) {
        return Ok((text, ""));
    }
    if fraction.is_empty() {
        return Err(MoneyError::NotANumber);
    }
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_group_of_three = fraction.len() == 3 && is_digits(fraction);
    let is_first_group = (1..=3).contains(&whole.len()) && is_digits(whole) && !whole.starts_with('0');
    if is_group_of_three && is_first_group && (exponent != 3 || mark == ",") {
        return Err(MoneyError::Ambiguous);
    }
    Ok((whole, fraction))
}

/// The digits without separators of thousands, of which only one kind may stand between groups of three.
fn without_grouping(whole: &str) -> Result<String, MoneyError> {
    let is_mark = |c: &char| matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}');
    let Some(mark) = whole.chars().find(is_mark) else { return Ok(whole.to_owned()) };
    let mut groups = whole.split(mark);
    let is_first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    let is_group = |group: &str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    if is_first && groups.all(is_group) { Ok(whole.replace(mark, "")) } else { Err(MoneyError::NotANumber) }
}

/// Takes the last `count` decimal digits off. Returns whether the number must be rounded up.
///
/// # Errors
/// `TooPrecise` if what is taken off is more than 0.0005 away from both 0 and 1.
fn round_off(digits: &mut Vec<u8>, count: usize) -> Result<bool, MoneyError> {
    let leading_zeros = count.saturating_sub(digits.len());
    let fraction = digits.split_off(digits.len().saturating_sub(count));
    let first: Vec<u8> = std::iter::repeat_n(0, leading_zeros.min(4)).chain(fraction.iter().copied()).take(4).collect();
    let rest_is_zero = fraction.iter().skip(4_usize.saturating_sub(leading_zeros)).all(|digit| *digit == 0);
    match *first {
        [] | [0] | [0, 0] | [0, 0, 0] | [0, 0, 0, 0..=4] => Ok(false),
        [0, 0, 0, 5] if rest_is_zero => Ok(false),
        [9, 9, 9, 5..=9] => Ok(true),
        _ => Err(MoneyError::TooPrecise),
    }
}

impl Money {
    /// Reads an amount as [`Self`]'s `Display` writes it.
    pub fn parse_shown(text: &str) -> Option<Self> {
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let symbols = [('$', "USD"), ('€', "EUR"), ('£', "GBP"), ('¥', "JPY")];
        let with_symbol = symbols.iter().find_map(|(symbol, code)| Some((text.strip_prefix(*symbol)?, *code)));
        let (number, code) = with_symbol.or_else(|| text.rsplit_once(' '))?;
        let money = Self::parse(&number.replace(',', ""), Currency::parse(code)?).ok()?;
        let money = Self { minor: sign * money.minor, ..money };
        Some(money).filter(|money| money.to_string().trim_start_matches('-') == text)
    }
}

impl fmt::Display for Money {
    /// With thousands separators and the currency's symbol or code: `$1,234.50`, `1,234.00 SEK`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.to_decimal();
        let (sign, decimal) = decimal.strip_prefix('-').map_or(("", &*decimal), |rest| ("-", rest));
        let (whole, fraction) = decimal.split_once('.').map_or((decimal, None), |(whole, rest)| (whole, Some(rest)));
        let mut grouped = String::with_capacity(whole.len() + whole.len() / 3);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        if let Some(fraction) = fraction {
            grouped.push('.');
            grouped.push_str(fraction);
        }
        match self.currency.code() {
            "USD" => write!(out, "{sign}${grouped}"),
            "EUR" => write!(out, "{sign}€{grouped}"),
            "GBP" => write!(out, "{sign}£{grouped}"),
            "JPY" => write!(out, "{sign}¥{grouped}"),
            code => write!(out, "{sign}{grouped} {code}"),
        }
    }
}

/// Splits `total` (minor units) by `weights` so that the parts add up to `total` exactly.
///
/// Largest-remainder method (Hamilton; Balinski and Young 1982, "Fair Representation"): each part gets
/// floor(total · weight / sum), and the units left over go one each to the largest remainders. Of equal remainders the
/// earlier part wins. A negative total is split like its magnitude. If all weights are zero, all parts are zero.
pub fn apportion(total: i64, weights: &[u64]) -> Vec<i64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let magnitude = u128::from(total.unsigned_abs());
    let mut parts: Vec<u128> = Vec::with_capacity(weights.len());
    let mut order: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let share = magnitude * u128::from(*weight);
        parts.push(share / sum);
        order.push((share % sum, index));
    }
    let left = magnitude - parts.iter().sum::<u128>();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, index) in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        parts[index] += 1;
    }
    let sign = if total < 0 { -1 } else { 1 };
    parts.into_iter().map(|part| sign * i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

/// `total · part / whole`, rounded to the nearest unit, halves away from zero. A `whole` of zero counts as one.
pub fn share_of(total: i64, part: u32, whole: u32) -> i64 {
    let (total, part, whole) = (i128::from(total), i128::from(part), i128::from(whole.max(1)));
    let doubled = 2 * total * part + whole * total.signum();
    i64::try_from(doubled / (2 * whole)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str, code: &str) -> Result<i64, MoneyError> {
        Money::parse(text, Currency::parse(code).expect("currency")).map(|money| money.minor)
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(
            minor in -1_000_000_000_000i64..1_000_000_000_000,
            code in prop::sample::select(vec!["USD", "EUR", "GBP", "JPY", "SEK", "KWD"]),
        ) {
            let money = Money { minor, currency: Currency::parse(code).expect("currency") };
            prop_assert_eq!(Money::parse_shown(&money.to_string()), Some(money));
        }
    }

    #[test]
    fn what_nobody_shows_is_no_amount() {
        for text in ["", "$", "1", "1.00", "$1.0", "1000.00 SEK", "1.00 USD", "--$1.00", "$-1.00", "five SEK"] {
            assert_eq!(Money::parse_shown(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_parse_exactly_in_the_currencys_minor_unit() {
        assert_eq!(parse("49.99", "USD"), Ok(4999));
        assert_eq!(parse("49.9", "usd"), Ok(4990));
        assert_eq!(parse("598", "JPY"), Ok(598));
        assert_eq!(parse("1.234", "KWD"), Ok(1234));
        assert_eq!(parse("4.999e1", "USD"), Ok(4999));
        assert_eq!(parse("49.990", "USD"), Ok(4999));
        assert_eq!(parse("-0.00", "USD"), Ok(0));
        assert_eq!(parse("0.29", "USD"), Ok(29));
        assert_eq!(parse("49.999", "USD"), Err(MoneyError::TooPrecise));
        assert_eq!(parse("0.5", "JPY"), Err(MoneyError::TooPrecise));
        assert_eq!(parse("598.001", "JPY"), Err(MoneyError::TooPrecise));
        assert_eq!(parse("-1", "USD"), Err(MoneyError::Negative));
        assert_eq!(parse("1e400", "USD"), Err(MoneyError::TooLarge));
        assert_eq!(parse("99999999999999999999", "USD"), Err(MoneyError::TooLarge));
        for text in ["", ".", "1.", "1,5", "NaN", "inf", "0x10", "1e", "١"] {
            assert_eq!(parse(text, "USD"), Err(MoneyError::NotANumber), "{text}");
        }
        assert!(Currency::parse("XXX").is_none());
        assert!(Currency::parse("DOGE").is_none());
    }

    #[test]
    fn what_floating_point_leaves_of_a_sum_is_rounded_off() {
        assert_eq!(parse("59.699999999999996", "USD"), Ok(5970), "19.9 * 3");
        assert_eq!(parse("0.30000000000000004", "USD"), Ok(30), "0.1 + 0.2");
        assert_eq!(parse("99.99999999999999", "USD"), Ok(10_000));
        assert_eq!(parse("3.0000000000000004", "JPY"), Ok(3));
        assert_eq!(parse("5.551115123125783e-17", "USD"), Ok(0), "0.1 + 0.2 - 0.3");
        assert_eq!(parse("1e-2000000000", "USD"), Ok(0));
        assert_eq!(parse("49.990005", "USD"), Ok(4999), "half a thousandth of a cent");
        assert_eq!(parse("49.989995", "USD"), Ok(4999));
        for text in ["49.9900051", "49.9899949", "49.9999", "0.001", "9e-3", "49.98999"] {
            assert_eq!(parse(text, "USD"), Err(MoneyError::TooPrecise), "{text}");
        }
    }

    #[test]
    fn amounts_display_with_their_currency() {
        let show = |minor, code| Money { minor, currency: Currency::parse(code).expect("currency") }.to_string();
        assert_eq!(show(123_456_789, "USD"), "$1,234,567.89");
        assert_eq!(show(-5, "USD"), "-$0.05");
        assert_eq!(show(1500, "JPY"), "¥1,500");
        assert_eq!(show(1500, "KWD"), "1.500 KWD");
    }

    proptest! {
        #[test]
        fn amounts_round_trip_through_text(minor in 0..=AMOUNT_MAX_MINOR, code in prop::sample::select(vec!["USD", "JPY", "KWD", "CLF"])) {
            let money = Money { minor, currency: Currency::parse(code).expect("currency") };
            prop_assert_eq!(Money::parse(&money.to_decimal(), money.currency), Ok(money));
        }

        #[test]
        fn sums_in_floating_point_parse_as_exact_sums(cents in prop::collection::vec(0i64..10_000_000, 1..20)) {
            #[expect(clippy::cast_precision_loss, reason = "as a shop's script adds prices")]
            let sum: f64 = cents.iter().map(|minor| *minor as f64 / 100.0).sum();
            prop_assert_eq!(parse(&sum.to_string(), "USD"), Ok(cents.iter().sum()));
        }

        #[test]
        fn parts_add_up_and_differ_from_exact_shares_by_less_than_one_unit(total in -AMOUNT_MAX_MINOR..=AMOUNT_MAX_MINOR, weights in prop::collection::vec(0u64..1_000_000, 1..12)) {
            let parts = apportion(total, &weights);
            let sum: u64 = weights.iter().sum();
            prop_assert_eq!(parts.iter().sum::<i64>(), if sum == 0 { 0 } else { total });
            if sum > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let exact = i128::from(total) * i128::from(*weight);
                    let distance = (i128::from(*part) * i128::from(sum) - exact).abs();
                    prop_assert!(distance < i128::from(sum), "{} of {} for {}", part, total, weight);
                }
            }
        }

        #[test]
        fn shares_are_rounded_to_the_nearest(total in -1_000_000_000_000i64..1_000_000_000_000, bp in 0u32..=10_000) {
            let share = share_of(total, bp, 10_000);
            let distance = (i128::from(share) * 10_000 - i128::from(total) * i128::from(bp)).abs();
            prop_assert!(distance <= 5_000);
            prop_assert_eq!(share_of(-total, bp, 10_000), -share);
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,40}") {
            let _ = Money::parse(&text, Currency::USD);
        }
    }
}
