//! Fuzz target: an amount as text, in any currency.
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[path = "fuzz/target.rs"]
mod target;

use domain::{
    Currency, Money,
    money::{AMOUNT_MAX_MINOR, MoneyError},
};

const WORDS: [&str; 32] = [
    "USD",
    "JPY",
    "KWD",
    "CLF",
    "XXX",
    "usd",
    "\u{20ac}",
    "-",
    "+",
    ".",
    "e",
    "E",
    "e-",
    "e+2",
    "e-7",
    "e2147483647",
    "e-2147483648",
    "e2147483648",
    "0",
    "00",
    "000000000000000000",
    "9",
    "9995",
    "0005",
    "99999999999999999",
    "1",
    "1000000000000000",
    "9223372036854775807",
    ",",
    " ",
    "NaN",
    "inf",
];

/// Longest mantissa whose value the check below computes exactly.
const DIGITS_MAX: usize = 24;

#[test]
fn money() {
    target::fuzz!("money", &WORDS, 60_000, check);
}

/// The input is a currency code, a space, and an amount.
fn check(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else { return };
    let (code, amount) = text.split_once(' ').unwrap_or(("USD", text));
    let currency = Currency::parse(code);
    if let Some(currency) = currency {
        assert_eq!(currency.code(), code.to_ascii_uppercase());
        assert!(currency.exponent() <= 4);
    }
    let currency = currency.unwrap_or(Currency::USD);
    match Money::parse(amount, currency) {
        Ok(money) => {
            assert!(is_decimal(amount), "{amount:?} is read as {money:?}");
            assert!((0..=AMOUNT_MAX_MINOR).contains(&money.minor) && money.currency == currency);
            assert_eq!(Money::parse(&money.to_decimal(), currency), Ok(money), "{amount:?}");
            assert!(!money.to_string().is_empty());
            check_value(amount, money);
        }
        Err(error) => assert_eq!(error == MoneyError::NotANumber, !is_decimal(amount), "{amount:?}: {error:?}"),
    }
}

/// Whether a text is a decimal number as JSON writes them, except that it may begin with several zeros, and a `+` may
/// stand in its power of ten, which fits 32 bits.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_mantissa = match mantissa.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(mantissa),
    };
    is_mantissa && power.parse::<i32>().is_ok()
}

/// Compares with exact arithmetic: the amount differs from the text by at most 0.0005 of a minor unit.
fn check_value(text: &str, money: Money) {
    let unsigned = text.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if unsigned.contains(['e', 'E']) || whole.len() + fraction.len() > DIGITS_MAX {
        return;
    }
    let magnitude: i128 = format!("{whole}{fraction}").parse().unwrap();
    let value = if text.starts_with('-') { -magnitude } else { magnitude };
    // Both as a number of 10^-scale.
    let exponent = usize::try_from(money.currency.exponent()).unwrap();
    let scale = fraction.len().max(exponent);
    let power = |digits: usize| 10_i128.pow(u32::try_from(digits).unwrap());
    let (exact, read) = (value * power(scale - fraction.len()), i128::from(money.minor) * power(scale - exponent));
    assert!((exact - read).abs() * 2_000 <= power(scale - exponent), "{text:?} is read as {money:?}");
}
