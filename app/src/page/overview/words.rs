//! The overview's numbers and changes in words.

use domain::{Currency, Money, click_source::OTHER_SITES, click_source::SourceKind, evidence::EvidenceKind};

use crate::{
    format,
    language::{Message, t},
};

/// Fewer events than this on both sides say nothing about a change.
const EVENTS_MIN: i64 = 10;

/// An amount without its fraction, if it is large enough: "$3,242".
pub(super) fn whole(minor: i64, currency: Currency) -> String {
    let unit = 10_i64.pow(currency.exponent());
    if unit == 1 || minor.abs() < 100 * unit {
        return format::money(minor, currency);
    }
    let rounded = (minor.abs() + unit / 2) / unit * unit * minor.signum();
    tick(rounded, currency)
}

/// A value at a line of a scale: a whole number of units.
pub(super) fn tick(minor: i64, currency: Currency) -> String {
    format::whole_amount(Money { minor, currency })
}

/// How a figure changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Such as "18%" or "2.1 points".
    pub(super) amount: String,
    /// Whether it grew.
    pub(super) is_up: bool,
}

impl Change {
    /// "up 18%".
    pub(super) fn words(&self) -> String {
        if self.is_up { t!("overview-up", amount = &self.amount) } else { t!("overview-down", amount = &self.amount) }
    }

    /// "▲ 18%".
    pub(super) fn mark(&self) -> String {
        format!("{} {}", if self.is_up { "▲" } else { "▼" }, self.amount)
    }

    /// `good` or `bad`.
    pub(super) const fn tone(&self) -> &'static str {
        if self.is_up { "good" } else { "bad" }
    }
}

/// A percentage without a fraction: "18%".
pub(super) fn whole_percent(number: i64) -> String {
    t!("format-percent", number = format::count(number))
}

/// The change of a number, if there are enough events behind it. From zero it is new, not infinite.
pub(super) fn change(now: i64, before: i64, events: (i64, i64)) -> Option<Result<Change, Message>> {
    if events.0.max(events.1) < EVENTS_MIN {
        return None;
    }
    if before <= 0 {
        return (now > 0).then_some(Err(Message("overview-new")));
    }
    let percent = (i128::from(now) - i128::from(before)) * 100 / i128::from(before);
    if percent == 0 {
        return Some(Err(Message("overview-unchanged")));
    }
    let amount = whole_percent(i64::try_from(percent.abs()).unwrap_or(i64::MAX));
    Some(Ok(Change { amount, is_up: percent > 0 }))
}

/// The change of a rate in basis points: in points, not percent of percent.
pub(super) fn rate_change(
    now: Option<i64>,
    before: Option<i64>,
    events: (i64, i64),
) -> Option<Result<Change, Message>> {
    let (now, before) = (now?, before?);
    if events.0.max(events.1) < EVENTS_MIN {
        return None;
    }
    let tenths = (now - before) / 10;
    if tenths == 0 {
        return Some(Err(Message("overview-unchanged")));
    }
    let number = format::tenths(i128::from(tenths.abs()));
    Some(Ok(Change { amount: t!("overview-points", number = number), is_up: tenths > 0 }))
}

/// A share as a whole percentage.
pub(super) fn share(part: i64, whole: i64) -> String {
    if whole <= 0 { "–".to_owned() } else { whole_percent((part * 100 + whole / 2) / whole) }
}

/// A source's value for people.
pub(super) fn source_name(kind: SourceKind, value: &str) -> String {
    match (kind, value) {
        (SourceKind::Referrer, "") => t!("overview-direct"),
        (SourceKind::Referrer, OTHER_SITES) => t!("overview-other-sites"),
        (_, "" | "unknown") => t!("overview-unknown"),
        (SourceKind::Country, code) => country(code),
        (SourceKind::Device, "mobile") => t!("overview-mobile"),
        (SourceKind::Device, "tablet") => t!("overview-tablet"),
        (SourceKind::Device, "desktop") => t!("overview-desktop"),
        (SourceKind::Browser, browser) if browser.eq_ignore_ascii_case("other") => t!("overview-other-browser"),
        (_, value) => value.to_owned(),
    }
}

/// A device inside a sentence; `None` if it is not known.
pub(super) fn device(name: &str) -> Option<String> {
    match name {
        "mobile" => Some(t!("overview-inline-mobile")),
        "tablet" => Some(t!("overview-inline-tablet")),
        "desktop" => Some(t!("overview-inline-desktop")),
        "unknown" => None,
        other => Some(other.to_owned()),
    }
}

/// What a kind of evidence is called.
pub(super) const fn evidence_name(kind: EvidenceKind) -> Message {
    Message(match kind {
        EvidenceKind::Manual => "overview-evidence-manual",
        EvidenceKind::Promo => "overview-evidence-promo",
        EvidenceKind::Click => "overview-evidence-click",
        EvidenceKind::Cart => "overview-evidence-cart",
        EvidenceKind::Landing => "overview-evidence-landing",
        EvidenceKind::Survey => "overview-evidence-survey",
    })
}

/// Names of the countries that most shoppers are from; the code of others.
fn country(code: &str) -> String {
    let name = match code {
        "AE" => "overview-country-ae",
        "AR" => "overview-country-ar",
        "AT" => "overview-country-at",
        "AU" => "overview-country-au",
        "BE" => "overview-country-be",
        "BG" => "overview-country-bg",
        "BR" => "overview-country-br",
        "CA" => "overview-country-ca",
        "CH" => "overview-country-ch",
        "CL" => "overview-country-cl",
        "CN" => "overview-country-cn",
        "CO" => "overview-country-co",
        "CZ" => "overview-country-cz",
        "DE" => "overview-country-de",
        "DK" => "overview-country-dk",
        "EE" => "overview-country-ee",
        "EG" => "overview-country-eg",
        "ES" => "overview-country-es",
        "FI" => "overview-country-fi",
        "FR" => "overview-country-fr",
        "GB" => "overview-country-gb",
        "GR" => "overview-country-gr",
        "HK" => "overview-country-hk",
        "HR" => "overview-country-hr",
        "HU" => "overview-country-hu",
        "ID" => "overview-country-id",
        "IE" => "overview-country-ie",
        "IL" => "overview-country-il",
        "IN" => "overview-country-in",
        "IT" => "overview-country-it",
        "JP" => "overview-country-jp",
        "KR" => "overview-country-kr",
        "LT" => "overview-country-lt",
        "LU" => "overview-country-lu",
        "LV" => "overview-country-lv",
        "MX" => "overview-country-mx",
        "MY" => "overview-country-my",
        "NG" => "overview-country-ng",
        "NL" => "overview-country-nl",
        "NO" => "overview-country-no",
        "NZ" => "overview-country-nz",
        "PH" => "overview-country-ph",
        "PL" => "overview-country-pl",
        "PT" => "overview-country-pt",
        "RO" => "overview-country-ro",
        "SE" => "overview-country-se",
        "SG" => "overview-country-sg",
        "SK" => "overview-country-sk",
        "TH" => "overview-country-th",
        "TR" => "overview-country-tr",
        "US" => "overview-country-us",
        "ZA" => "overview-country-za",
        other => return other.to_owned(),
    };
    Message(name).text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, Spoken};

    #[test]
    fn large_amounts_have_no_cents() {
        let yen = Currency::parse("JPY").expect("valid");
        assert_eq!(whole(324_151, Currency::USD), "$3,242");
        assert_eq!(whole(9_999, Currency::USD), "$99.99");
        assert_eq!(tick(0, Currency::USD), "$0");
        assert_eq!(whole(-324_151, Currency::USD), "-$3,242");
        assert_eq!(whole(12_345, yen), "¥12,345");
        assert_eq!(whole(1_234_500, Currency::parse("SEK").expect("valid")), "12,345 SEK");
    }

    #[test]
    fn changes_need_enough_events_and_a_beginning() {
        let words = |now, before, events| change(now, before, events).map(|found| found.map(|found| found.mark()));
        assert_eq!(words(118, 100, (50, 40)), Some(Ok("▲ 18%".to_owned())));
        assert_eq!(words(50, 100, (5, 40)), Some(Ok("▼ 50%".to_owned())));
        assert_eq!(words(118, 100, (9, 9)), None);
        assert_eq!(words(5, 0, (10, 0)), Some(Err(Message("overview-new"))));
        assert_eq!(words(0, 0, (10, 0)), None);
        assert_eq!(words(1000, 1000, (10, 10)), Some(Err(Message("overview-unchanged"))));
        let points = rate_change(Some(310), Some(100), (20, 20)).map(|found| found.map(|found| found.words()));
        assert_eq!(points, Some(Ok("up 2.1 points".to_owned())));
        assert_eq!(rate_change(Some(310), None, (20, 20)), None);
    }

    #[test]
    fn changes_and_shares_have_the_readers_notation() {
        let found = Language::German.speak(|| {
            let up = change(118, 100, (50, 40)).and_then(Result::ok).map(|change| change.words());
            let down = rate_change(Some(100), Some(310), (20, 20)).and_then(Result::ok).map(|change| change.words());
            (up, down, share(1, 3))
        });
        let expected = ("18\u{a0}% mehr".to_owned(), "2,1 Punkte weniger".to_owned(), "33\u{a0}%".to_owned());
        assert_eq!(found, (Some(expected.0), Some(expected.1), expected.2));
    }

    #[test]
    fn sources_have_names() {
        assert_eq!(source_name(SourceKind::Country, "DE"), "Germany");
        assert_eq!(source_name(SourceKind::Country, "XK"), "XK");
        assert_eq!(source_name(SourceKind::Device, "mobile"), "Mobile");
        assert_eq!(source_name(SourceKind::Referrer, ""), "Direct or app");
        assert_eq!(source_name(SourceKind::Browser, "Chrome"), "Chrome");
        let german = |kind, value| Language::German.speak(|| source_name(kind, value));
        assert_eq!(german(SourceKind::Country, "DE"), "Deutschland");
        assert_eq!(german(SourceKind::Browser, "Other"), "Andere");
    }
}
