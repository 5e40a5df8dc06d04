//! The overview's numbers and changes in words.

use domain::{Currency, Money, click_source::OTHER_SITES, click_source::SourceKind, evidence::EvidenceKind};

use crate::format;

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
        format!("{} {}", if self.is_up { "up" } else { "down" }, self.amount)
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

/// The change of a number, if there are enough events behind it. From zero it is new, not infinite.
pub(super) fn change(now: i64, before: i64, events: (i64, i64)) -> Option<Result<Change, &'static str>> {
    if events.0.max(events.1) < EVENTS_MIN {
        return None;
    }
    if before <= 0 {
        return (now > 0).then_some(Err("new"));
    }
    let percent = (i128::from(now) - i128::from(before)) * 100 / i128::from(before);
    Some(match percent {
        0 => Err("unchanged"),
        _ => Ok(Change {
            amount: format!("{}%", format::count(i64::try_from(percent.abs()).unwrap_or(i64::MAX))),
            is_up: percent > 0,
        }),
    })
}

/// The change of a rate in basis points: in points, not percent of percent.
pub(super) fn rate_change(
    now: Option<i64>,
    before: Option<i64>,
    events: (i64, i64),
) -> Option<Result<Change, &'static str>> {
    let (now, before) = (now?, before?);
    if events.0.max(events.1) < EVENTS_MIN {
        return None;
    }
    let tenths = (now - before) / 10;
    Some(match tenths {
        0 => Err("unchanged"),
        _ => Ok(Change { amount: format!("{}.{} points", tenths.abs() / 10, tenths.abs() % 10), is_up: tenths > 0 }),
    })
}

/// A share as a whole percentage.
pub(super) fn share(part: i64, whole: i64) -> String {
    if whole <= 0 { "–".to_owned() } else { format!("{}%", (part * 100 + whole / 2) / whole) }
}

/// A source's value for people.
pub(super) fn source_name(kind: SourceKind, value: &str) -> String {
    match (kind, value) {
        (SourceKind::Referrer, "") => "Direct or app".to_owned(),
        (SourceKind::Referrer, OTHER_SITES) => "Other sites".to_owned(),
        (_, "" | "unknown") => "Unknown".to_owned(),
        (SourceKind::Country, code) => country(code),
        (SourceKind::Device, device) => {
            let mut letters = device.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
        (_, value) => value.to_owned(),
    }
}

/// What a kind of evidence is called.
pub(super) const fn evidence_name(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Manual => "Given by hand",
        EvidenceKind::Promo => "Discount code",
        EvidenceKind::Click => "Click",
        EvidenceKind::Cart => "Cart",
        EvidenceKind::Landing => "Landing page",
        EvidenceKind::Survey => "Survey",
    }
}

/// Names of the countries that most shoppers are from; the code of others.
fn country(code: &str) -> String {
    const NAMES: [(&str, &str); 52] = [
        ("AE", "United Arab Emirates"),
        ("AR", "Argentina"),
        ("AT", "Austria"),
        ("AU", "Australia"),
        ("BE", "Belgium"),
        ("BG", "Bulgaria"),
        ("BR", "Brazil"),
        ("CA", "Canada"),
        ("CH", "Switzerland"),
        ("CL", "Chile"),
        ("CN", "China"),
        ("CO", "Colombia"),
        ("CZ", "Czechia"),
        ("DE", "Germany"),
        ("DK", "Denmark"),
        ("EE", "Estonia"),
        ("EG", "Egypt"),
        ("ES", "Spain"),
        ("FI", "Finland"),
        ("FR", "France"),
        ("GB", "United Kingdom"),
        ("GR", "Greece"),
        ("HK", "Hong Kong"),
        ("HR", "Croatia"),
        ("HU", "Hungary"),
        ("ID", "Indonesia"),
        ("IE", "Ireland"),
        ("IL", "Israel"),
        ("IN", "India"),
        ("IT", "Italy"),
        ("JP", "Japan"),
        ("KR", "South Korea"),
        ("LT", "Lithuania"),
        ("LU", "Luxembourg"),
        ("LV", "Latvia"),
        ("MX", "Mexico"),
        ("MY", "Malaysia"),
        ("NG", "Nigeria"),
        ("NL", "Netherlands"),
        ("NO", "Norway"),
        ("NZ", "New Zealand"),
        ("PH", "Philippines"),
        ("PL", "Poland"),
        ("PT", "Portugal"),
        ("RO", "Romania"),
        ("SE", "Sweden"),
        ("SG", "Singapore"),
        ("SK", "Slovakia"),
        ("TH", "Thailand"),
        ("TR", "Türkiye"),
        ("US", "United States"),
        ("ZA", "South Africa"),
    ];
    NAMES.iter().find(|(known, _)| *known == code).map_or_else(|| code.to_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(words(5, 0, (10, 0)), Some(Err("new")));
        assert_eq!(words(0, 0, (10, 0)), None);
        assert_eq!(words(1000, 1000, (10, 10)), Some(Err("unchanged")));
        let points = rate_change(Some(310), Some(100), (20, 20)).map(|found| found.map(|found| found.words()));
        assert_eq!(points, Some(Ok("up 2.1 points".to_owned())));
        assert_eq!(rate_change(Some(310), None, (20, 20)), None);
    }

    #[test]
    fn sources_have_names() {
        assert_eq!(source_name(SourceKind::Country, "DE"), "Germany");
        assert_eq!(source_name(SourceKind::Country, "XK"), "XK");
        assert_eq!(source_name(SourceKind::Device, "mobile"), "Mobile");
        assert_eq!(source_name(SourceKind::Referrer, ""), "Direct or app");
    }
}
