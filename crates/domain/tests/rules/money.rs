//! Amounts, their text, and how they are split.

use domain::{
    Currency, Money,
    money::{AMOUNT_MAX_MINOR, MoneyError, apportion, share_of},
};

use crate::fixture::currency;

fn parse(text: &str, code: &str) -> Result<i64, MoneyError> {
    Money::parse(text, currency(code)).map(|money| money.minor)
}

fn money(minor: i64, code: &str) -> Money {
    Money { minor, currency: currency(code) }
}

#[test]
fn a_currency_is_an_iso_code_in_any_case_and_knows_its_decimal_places() {
    for (text, code, exponent) in [("usd", "USD", 2), ("Jpy", "JPY", 0), ("KWD", "KWD", 3), ("clf", "CLF", 4)] {
        let currency = currency(text);
        assert_eq!((currency.code(), currency.exponent(), currency.to_string()), (code, exponent, code.to_owned()));
        assert_eq!(String::from(currency), code);
        assert_eq!(Currency::try_from(text.to_owned()), Ok(currency));
    }
    assert_eq!(Currency::try_from("XAU".to_owned()), Err(MoneyError::UnknownCurrency), "gold has no minor unit");
    assert_eq!(Currency::try_from(String::new()), Err(MoneyError::UnknownCurrency));
}

#[test]
fn the_largest_amount_is_accepted_and_one_unit_more_is_not() {
    assert_eq!(parse("10000000000000.00", "USD"), Ok(AMOUNT_MAX_MINOR));
    assert_eq!(parse("10000000000000.01", "USD"), Err(MoneyError::TooLarge));
    assert_eq!(parse("1e15", "JPY"), Ok(AMOUNT_MAX_MINOR));
    assert_eq!(parse("1000000000000001", "JPY"), Err(MoneyError::TooLarge));
    assert_eq!(parse("9999999999999.99999999", "USD"), Ok(AMOUNT_MAX_MINOR), "what floating point leaves of it");
    assert_eq!(parse("1000000000000000.9999", "JPY"), Err(MoneyError::TooLarge), "rounded up above it");
    assert_eq!(parse("9223372036854775807.9999", "JPY"), Err(MoneyError::TooLarge), "rounded up above 64 bits");
    assert_eq!(parse("9223372036854775808", "JPY"), Err(MoneyError::TooLarge));
    assert_eq!(parse("1e70", "USD"), Err(MoneyError::TooLarge));
}

#[test]
fn an_exponent_moves_the_point_either_way() {
    assert_eq!(parse("12e2", "USD"), Ok(120_000));
    assert_eq!(parse("12E+2", "USD"), Ok(120_000));
    assert_eq!(parse("1234e-2", "USD"), Ok(1_234));
    assert_eq!(parse("0.01234e3", "USD"), Ok(1_234));
    assert_eq!(parse("12.5e1", "JPY"), Ok(125));
    assert_eq!(parse("0e99", "USD"), Ok(0));
    assert_eq!(parse("1e1.5", "USD"), Err(MoneyError::NotANumber));
    assert_eq!(parse("1e99999999999", "USD"), Err(MoneyError::NotANumber));
}

#[test]
fn only_digits_with_one_point_between_them_are_a_number() {
    assert_eq!(parse("0.5", "USD"), Ok(50));
    for text in [".5", "5.", "5.e1", "1.2.3", "1 ", "+1", "--1", "1.-2", "-", "x1", "1x", "1.x"] {
        assert_eq!(parse(text, "USD"), Err(MoneyError::NotANumber), "{text}");
    }
    assert_eq!(parse("-0.01", "USD"), Err(MoneyError::Negative));
    assert_eq!(parse("-0e5", "USD"), Ok(0), "minus zero is zero");
}

#[test]
fn digits_beyond_the_minor_unit_may_be_off_by_half_a_thousandth_of_it() {
    // Written out and with an exponent, so that the digits in question begin with zeros or not at all.
    for (text, minor) in [
        ("1.230", 123),
        ("1.2300", 123),
        ("1.23000", 123),
        ("1.230000", 123),
        ("1.230004", 123),
        ("1.2300049", 123),
        ("1.230005", 123),
        ("1.2300050", 123),
        ("0.000005", 0),
        ("5e-6", 0),
        ("50e-7", 0),
        ("4.9e-6", 0),
        ("1e-5000", 0),
        ("1.229995", 123),
        ("1.2299951", 123),
        ("1.2299999", 123),
        ("0.009995", 1),
        ("9.999995", 1_000),
    ] {
        assert_eq!(parse(text, "USD"), Ok(minor), "{text}");
    }
    for text in [
        "1.231",
        "1.2301",
        "1.23001",
        "1.230006",
        "1.2300051",
        "1.23000501",
        "51e-7",
        "501e-8",
        "6e-6",
        "1.229994",
        "1.22998",
        "1.2299",
        "1.229",
        "1.2389995",
        "0.005",
        "9.999994",
    ] {
        assert_eq!(parse(text, "USD"), Err(MoneyError::TooPrecise), "{text}");
    }
    assert_eq!(parse("2.9995", "JPY"), Ok(3));
    assert_eq!(parse("2.9994", "JPY"), Err(MoneyError::TooPrecise));
    assert_eq!(parse("2.0005", "JPY"), Ok(2));
    assert_eq!(parse("0.9995", "JPY"), Ok(1));
    assert_eq!(parse("9.5e-1", "JPY"), Err(MoneyError::TooPrecise));
    assert_eq!(parse("1.2345", "KWD"), Err(MoneyError::TooPrecise));
}

#[test]
fn what_floating_point_leaves_below_zero_is_zero() {
    for text in ["-5.551115123125783e-17", "-0.000005", "-1e-5000", "-0.00"] {
        assert_eq!(parse(text, "USD"), Ok(0), "{text}");
    }
    for text in ["-0.0000051", "-0.001", "-0.009995", "-0.01", "-1", "-10", "-0.999999"] {
        assert_eq!(parse(text, "USD"), Err(MoneyError::Negative), "{text}");
    }
    assert_eq!(parse("-0.0005", "JPY"), Ok(0));
    assert_eq!(parse("-10", "JPY"), Err(MoneyError::Negative));
}

#[test]
fn the_decimal_text_has_as_many_places_as_the_currency() {
    for (minor, code, text) in [
        (0, "USD", "0.00"),
        (7, "USD", "0.07"),
        (-7, "USD", "-0.07"),
        (4_999, "USD", "49.99"),
        (-123_456, "USD", "-1234.56"),
        (0, "JPY", "0"),
        (-20, "JPY", "-20"),
        (1_500, "KWD", "1.500"),
        (5, "CLF", "0.0005"),
    ] {
        assert_eq!(money(minor, code).to_decimal(), text);
    }
}

#[test]
fn an_amount_is_shown_in_groups_of_three_with_its_currencys_sign_or_code() {
    for (minor, code, text) in [
        (0, "USD", "$0.00"),
        (12_345, "USD", "$123.45"),
        (123_456, "USD", "$1,234.56"),
        (1_234_567, "USD", "$12,345.67"),
        (12_345_678, "USD", "$123,456.78"),
        (-123_456_789, "EUR", "-€1,234,567.89"),
        (99, "GBP", "£0.99"),
        (-1_000, "JPY", "-¥1,000"),
        (100_000, "JPY", "¥100,000"),
        (123_400, "SEK", "1,234.00 SEK"),
        (-1_234_567, "KWD", "-1,234.567 KWD"),
    ] {
        assert_eq!(money(minor, code).to_string(), text);
    }
}

#[test]
fn units_left_over_go_to_the_largest_remainders_and_of_equal_ones_to_the_earlier_part() {
    assert_eq!(apportion(100, &[1, 1, 1]), [34, 33, 33], "remainders are equal");
    assert_eq!(apportion(101, &[1, 1, 1]), [34, 34, 33]);
    // 10 by 1:2:3:1 is 1.43, 2.86, 4.29, 1.43: two units are left, for the second (.86) and the first (.43).
    assert_eq!(apportion(10, &[1, 2, 3, 1]), [2, 3, 4, 1]);
    // 7 by 5:3:1 is 3.89, 2.33, 0.78: two units are left, for the first and the third.
    assert_eq!(apportion(7, &[5, 3, 1]), [4, 2, 1]);
    // Hamilton's own example shape: 20 by 41:41:18 is 8.2, 8.2, 3.6.
    assert_eq!(apportion(20, &[41, 41, 18]), [8, 8, 4]);
    assert_eq!(apportion(6, &[1, 2, 3]), [1, 2, 3], "nothing is left over");
}

#[test]
fn a_negative_amount_is_split_like_its_magnitude_and_no_weight_gets_nothing() {
    assert_eq!(apportion(-100, &[1, 1, 1]), [-34, -33, -33]);
    assert_eq!(apportion(-7, &[5, 3, 1]), [-4, -2, -1]);
    assert_eq!(apportion(1, &[0, 1, 0]), [0, 1, 0]);
    assert_eq!(apportion(5, &[0, 0]), [0, 0]);
    assert_eq!(apportion(5, &[]), Vec::<i64>::new());
    assert_eq!(apportion(0, &[3, 4]), [0, 0]);
    assert_eq!(apportion(i64::MAX, &[u64::MAX, u64::MAX]), [i64::MAX / 2 + 1, i64::MAX / 2]);
}

#[test]
fn a_share_is_rounded_to_the_nearest_unit_and_halves_away_from_zero() {
    assert_eq!(share_of(4_999, 1_000, 10_000), 500, "499.9");
    assert_eq!(share_of(4_994, 1_000, 10_000), 499, "499.4");
    assert_eq!(share_of(4_995, 1_000, 10_000), 500, "499.5");
    assert_eq!(share_of(-4_995, 1_000, 10_000), -500);
    assert_eq!(share_of(-4_994, 1_000, 10_000), -499);
    assert_eq!(share_of(10_000, 1, 10_000), 1, "one basis point");
    assert_eq!(share_of(5_000, 1, 10_000), 1);
    assert_eq!(share_of(4_999, 1, 10_000), 0);
    assert_eq!(share_of(0, 10_000, 10_000), 0);
    assert_eq!(share_of(10, 1, 3), 3);
    assert_eq!(share_of(11, 1, 3), 4);
    assert_eq!(share_of(7, 3, 0), 21, "of no whole: of one");
    assert_eq!(share_of(i64::MAX, u32::MAX, 1), i64::MAX, "as much as there can be");
}

#[test]
fn a_typed_amount_is_read_in_either_notation_and_never_guessed() {
    let typed = |text: &str, code: &str| Money::parse_typed(text, currency(code)).map(|money| money.minor);
    for text in ["1234.5", "1234,50", "1,234.50", "1.234,50", "1 234,50", "1\u{a0}234.50", "1’234.50", " 1234.500 "] {
        assert_eq!(typed(text, "USD"), Ok(123_450), "{text}");
    }
    for (text, minor) in
        [("1.234.567", 123_456_700), ("1,234,567", 123_456_700), ("0.500", 50), ("0,5", 50), ("7", 700)]
    {
        assert_eq!(typed(text, "USD"), Ok(minor), "{text}");
    }
    for text in ["1.500", "1,500", "10.000", "999,999"] {
        assert_eq!(typed(text, "USD"), Err(MoneyError::Ambiguous), "{text}");
        assert_eq!(typed(text, "JPY"), Err(MoneyError::Ambiguous), "{text} yen");
    }
    assert_eq!(typed("1.500", "KWD"), Ok(1_500), "as it is written into forms");
    assert_eq!(typed("1,500", "KWD"), Err(MoneyError::Ambiguous));
    let broken = [
        "",
        ",5",
        "5,",
        "1.23.456",
        "1,2345,678",
        "12345,678.90",
        "1.234,567.89",
        "1 23",
        "1,234 567.00",
        "1,23x",
        "1e3,0",
    ];
    for text in broken {
        assert_eq!(typed(text, "USD"), Err(MoneyError::NotANumber), "{text}");
    }
    assert_eq!(typed("-5", "USD"), Err(MoneyError::Negative));
    assert_eq!(typed("1,255", "USD"), Err(MoneyError::Ambiguous));
    assert_eq!(typed("0,255", "USD"), Err(MoneyError::TooPrecise));
}
