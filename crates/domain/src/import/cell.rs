//! Cells: amounts and words as other tools and spreadsheets write them.

use crate::{
    Currency, Money,
    creator::{CreatorStatus, normalise_email},
};

/// Longest e-mail address, in bytes.
const EMAIL_BYTES_MAX: usize = 254;

/// An e-mail address.
pub(super) fn address(text: &str) -> Option<String> {
    let is_address = text.len() <= EMAIL_BYTES_MAX
        && normalise_email(text).is_some()
        && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    is_address.then(|| text.to_owned())
}

/// A status, by the words that other tools use.
pub(super) fn status(text: &str) -> Option<CreatorStatus> {
    Some(match text.to_lowercase().as_str() {
        "active" | "approved" | "enrolled" | "enabled" | "accepted" => CreatorStatus::Active,
        "invited" | "pending" | "new" | "applied" => CreatorStatus::Invited,
        "paused" | "inactive" | "disabled" | "denied" | "rejected" | "declined" | "banned" | "suspended"
        | "archived" | "deactivated" => CreatorStatus::Paused,
        _ => return None,
    })
}

/// An amount: `1234.5`, `1,234.50`, `1.234,50`, `12,50`, with a sign and a currency's symbol. `1,234` and `1.234` are read
/// as neither of the two numbers that they may be.
pub(super) fn amount(text: &str, currency: Currency) -> Result<Money, &'static str> {
    const FAULT: &str = "must be an amount such as 1234.50";
    let text = text.trim();
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest.trim_start()));
    let text = text.trim_start_matches(['$', '€', '£', '¥']).trim_end_matches(['€', '$', '£', '¥']).trim();
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',') {
        return Err(FAULT);
    }
    let plain = match (text.rfind('.'), text.rfind(',')) {
        (Some(point), Some(comma)) if point > comma => in_groups(text, ',', point).ok_or(FAULT)?,
        (Some(_), Some(comma)) => in_groups(text, '.', comma).ok_or(FAULT)?.replace(',', "."),
        (None, Some(comma)) if text.len() - comma <= 3 => text.replacen(',', ".", 1),
        (None, Some(_)) => return Err("must have a decimal point, or no separator: 1,234 may be two numbers"),
        _ => text.to_owned(),
    };
    let money = Money::parse(&plain, currency).map_err(|_| FAULT)?;
    Ok(Money { minor: if is_negative { -money.minor } else { money.minor }, ..money })
}

/// A number without the separators of its thousands, which must stand where they belong.
fn in_groups(text: &str, separator: char, fraction_at: usize) -> Option<String> {
    let (whole, fraction) = text.split_at(fraction_at);
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let is_right =
        (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3 && !group.contains(['.', ',']));
    is_right.then(|| whole.replace(separator, "") + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        let minor = |text| amount(text, Currency::USD).map(|money| money.minor);
        for (text, expected) in [
            ("12.5", 1250),
            ("$1,234.50", 123_450),
            ("1.234,50 €", 123_450),
            ("12,50", 1250),
            ("-7", -700),
            ("1,234,567.89", 123_456_789),
            ("0", 0),
        ] {
            assert_eq!(minor(text), Ok(expected), "{text}");
        }
        for text in ["1,234", "12,34,567.00", "ten", "1e5", "=1+1", "", "1.2.3", "--5", "1,23.45"] {
            assert!(minor(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_and_words_are_checked() {
        assert_eq!(address("ana@example.com").as_deref(), Some("ana@example.com"));
        assert_eq!(address("ana"), None);
        assert_eq!(address("a b@example.com"), None);
        assert_eq!(status("Approved"), Some(CreatorStatus::Active));
        assert_eq!(status("maybe"), None);
    }
}
