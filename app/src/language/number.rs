//! Numbers as languages write them.

use super::Language;

/// What stands between groups of three digits, and before the fraction.
const fn separators(language: Language) -> (char, char) {
    match language {
        Language::English => (',', '.'),
        Language::German => ('.', ','),
    }
}

/// A decimal number, written as `-1234.50`, with the separators of a language: `-1,234.50` or `-1.234,50`.
pub(crate) fn decimal(language: Language, plain: &str) -> String {
    let (group, point) = separators(language);
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::with_capacity(plain.len() + plain.len() / 3);
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_separators() {
        let both = |plain| Language::ALL.map(|language| decimal(language, plain));
        assert_eq!(both("0"), ["0", "0"]);
        assert_eq!(both("1234"), ["1,234", "1.234"]);
        assert_eq!(both("-1234567.50"), ["-1,234,567.50", "-1.234.567,50"]);
    }
}
