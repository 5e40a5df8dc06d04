//! The reasons of ledger entries in the reader's language.
//!
//! `domain::commission` words them in English and they are stored so: the ledger is append-only, and the API answers with these
//! words. A reason that a person wrote stays as it is.

use domain::{Money, commission::EntryKind};

use crate::{
    format,
    language::{Language, Spoken, decimal, t},
};

/// Why an entry was booked.
pub(crate) fn of(kind: EntryKind, stored: &str) -> String {
    let is_ours = matches!(kind, EntryKind::Accrual | EntryKind::Reversal);
    if !is_ours || Language::current() == Language::English {
        return stored.to_owned();
    }
    translated(stored).unwrap_or_else(|| stored.to_owned())
}

fn translated(stored: &str) -> Option<String> {
    match stored {
        "the order earns nothing any more" => return Some(t!("words-reason-nothing")),
        "the rule's cap is in another currency" => return Some(t!("words-reason-other-currency")),
        _ => {}
    }
    let (rest, cap) = stored.split_once(", at most ").map_or((stored, None), |(rest, cap)| (rest, Some(cap)));
    let bonus = rest.strip_suffix(" for a new customer").and_then(|rest| rest.split_once(" and "));
    let (rate, bonus) = bonus.map_or((rest, None), |(rate, bonus)| (rate, Some(bonus)));
    let mut reason = match (rate.split_once(" % of "), rate.strip_suffix(" per order")) {
        (Some((percent, base)), _) => {
            t!("words-reason-percent", percent = decimal(Language::current(), percent), amount = amount(base)?)
        }
        (None, Some(fixed)) => t!("words-reason-fixed", amount = amount(fixed)?),
        (None, None) => return None,
    };
    if let Some(bonus) = bonus {
        reason = t!("words-reason-bonus", reason = reason, amount = amount(bonus)?);
    }
    if let Some(cap) = cap {
        reason = t!("words-reason-cap", reason = reason, amount = amount(cap)?);
    }
    Some(reason)
}

/// An amount as `domain` shows it, in the reader's language.
fn amount(text: &str) -> Option<String> {
    Money::parse_shown(text).map(format::amount)
}

#[cfg(test)]
mod tests {
    use domain::Currency;

    use super::*;

    fn german(stored: &str) -> String {
        Language::German.speak(|| of(EntryKind::Accrual, stored))
    }

    #[test]
    fn a_calculation_is_told_in_the_readers_language() {
        let usd = Money { minor: 5_000, currency: Currency::USD };
        assert_eq!(german(&format!("12.50 % of {usd}")), "12,50\u{a0}% von 50,00\u{a0}$");
        assert_eq!(
            german(&format!("{usd} per order and {usd} for a new customer, at most {usd}")),
            "50,00\u{a0}$ je Bestellung und 50,00\u{a0}$ für einen neuen Kunden, höchstens 50,00\u{a0}$"
        );
        assert_eq!(german("the order earns nothing any more"), "die Bestellung bringt nichts mehr ein");
        assert_eq!(of(EntryKind::Accrual, "12.50 % of $1.00"), "12.50 % of $1.00", "English is stored");
    }

    #[test]
    fn what_a_person_wrote_stays() {
        for text in ["5 % of everything", "two and a half per order", "she asked for it"] {
            assert_eq!(german(text), text);
        }
        assert_eq!(Language::German.speak(|| of(EntryKind::Adjustment, "$1.00 per order")), "$1.00 per order");
    }
}
