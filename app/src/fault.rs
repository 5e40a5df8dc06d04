//! Faults of forms in the reader's language.
//!
//! `flow` words faults in English, and the API answers with these words. The English messages of `fault.ftl` are the same, with
//! arguments in place of fields and limits: a fault is compared with them, and what stands in place of the arguments goes into
//! the message of the reader's language. A fault without a message stays English.

use std::sync::LazyLock;

use crate::language::{Language, Spoken, Value, text, text_in};

/// The messages of faults.
const FAULTS: &[&str] = &[
    "fault-whole-number",
    "fault-day",
    "fault-day-such-as",
    "fault-date-such-as",
    "fault-address-such-as",
    "fault-one-such-as",
    "fault-email-address",
    "fault-range",
    "fault-between",
    "fault-range-characters",
    "fault-range-letters",
    "fault-at-most-characters",
    "fault-at-most-characters-one-line",
    "fault-at-most-each",
    "fault-at-most-accounts",
    "fault-at-most-days",
    "fault-at-most-amounts",
    "fault-future",
    "fault-number",
    "fault-negative",
    "fault-zero",
    "fault-ambiguous",
    "fault-decimals",
    "fault-too-large",
    "fault-currency",
    "fault-url",
    "fault-url-scheme",
    "fault-url-user",
    "fault-url-host",
    "fault-unknown",
    "fault-required",
    "fault-chosen",
    "fault-last-before-first",
    "fault-handle-taken",
    "fault-name-taken",
    "fault-code-taken",
    "fault-code-stays",
    "fault-code-used",
    "fault-already-exists",
    "fault-does-not-exist",
    "fault-no-host",
    "fault-hosts",
    "fault-role",
    "fault-key-type",
    "fault-keys",
    "fault-in-team",
    "fault-invitations-open",
    "fault-invitations-a-day",
    "fault-last-owner",
    "fault-test-brand",
    "fault-credit-to",
    "fault-tick-links",
    "fault-choose-campaign",
    "fault-choose-order",
    "fault-delete-older",
    "fault-confirm-erasure",
    "fault-merge-itself",
    "fault-both-codes",
    "fault-own-rule",
    "fault-open-payout",
    "fault-nothing-payable",
    "fault-payout-cancelled",
    "fault-payout-closed",
    "fault-no-paypal",
    "fault-no-mail",
    "fault-no-shopify",
    "fault-other-shops",
    "fault-only-past-days",
    "fault-day-closed",
    "fault-policy-closed",
    "fault-order-closed",
    "fault-order-erased",
    "fault-order-old",
    "fault-link-without-creator",
    "fault-time-zone",
    "fault-proof-not-over",
    "fault-proof-not-shared",
    "fault-proof-no-sales",
    "fault-proof-withdrawn",
    "fault-proofs",
    "fault-questions",
    "fault-question-erased",
    "fault-fairing",
    "fault-ledger",
    "fault-rule-rate",
    "fault-rule-whom",
    "fault-rule-closed",
    "fault-rule-end",
    "fault-form-too-large",
    "fault-no-form",
    "fault-account-number",
    "fault-iban",
    "fault-routing",
    "fault-list",
    "fault-retention",
    "fault-shop-typed",
    "fault-invitations-mailbox",
    "fault-aliases",
    "fault-sample",
    "fault-no-sample",
    "fault-sign-in",
    "fault-log",
    "fault-answers",
    "fault-at-most",
    "fault-shop-domain",
    "fault-milestone-number",
    "fault-milestone-ambiguous",
    "fault-milestone-negative",
    "fault-milestone-decimals",
    "fault-milestone-large",
    "fault-zone-late",
    "fault-zone-closed",
    "fault-milestones-in",
    "fault-tiers-in",
    "fault-file-large",
    "fault-file-not-whole",
    "fault-file-empty",
    "fault-file-no-rows",
    "fault-file-rows",
    "fault-file-columns",
    "fault-file-text",
    "fault-file-unreadable",
    "fault-file-no-xlsx",
    "fault-file-old",
    "fault-file-order",
    "fault-file-headers",
    "fault-import-no-name",
    "fault-import-two-columns",
    "fault-import-runs",
    "fault-import-changed",
    "fault-row-cells",
    "fault-row-status",
    "fault-endpoint-disabled",
    "fault-endpoint-enable",
    "fault-endpoints",
    "fault-url-private",
    "fault-url-fragment",
    "fault-event-type",
    "fault-klaviyo-key",
    "fault-url-absolute",
    "fault-at-most-bytes",
    "fault-must-have-characters",
    "fault-amount-such-as",
    "fault-longer",
    "fault-code-others",
    "fault-row-same",
    "fault-row-several",
    "fault-row-profile",
    "fault-row-balance",
    "fault-import-changed-nobody",
    "fault-file-bomb",
    "fault-file-formats",
    "fault-file-long-formats",
    "fault-file-parts",
];

/// A message as a pattern of the faults that it stands for.
struct Pattern {
    id: &'static str,
    /// What stands before the first argument.
    start: String,
    /// Each argument, and what stands after it.
    rest: Vec<(String, String)>,
}

/// The patterns: those that say the most come first.
static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let mut patterns: Vec<Pattern> = FAULTS.iter().map(|id| Pattern::of(id)).collect();
    patterns.sort_by_key(|pattern| core::cmp::Reverse(pattern.length()));
    patterns
});

impl Pattern {
    fn of(id: &'static str) -> Self {
        // Arguments that are not given show as their names: `{$field} must be a day`.
        let english = text_in(Language::English, id, &[]);
        let mut parts = english.split("{$");
        let start = parts.next().unwrap_or_default().to_owned();
        let rest =
            parts.filter_map(|part| part.split_once('}')).map(|(name, after)| (name.to_owned(), after.to_owned()));
        Self { id, start, rest: rest.collect() }
    }

    /// How much of a fault it says itself.
    fn length(&self) -> usize {
        self.start.len() + self.rest.iter().map(|(_, after)| after.len()).sum::<usize>()
    }

    /// The arguments of a fault; `None` if it is another's.
    fn read<'a>(&'static self, fault: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let mut left = fault.strip_prefix(&self.start)?;
        let mut arguments = Vec::with_capacity(self.rest.len());
        for (index, (name, after)) in self.rest.iter().enumerate() {
            let is_last = index + 1 == self.rest.len();
            let (value, next) =
                if is_last { (left.strip_suffix(after.as_str())?, "") } else { left.split_once(after.as_str())? };
            if value.is_empty() {
                return None;
            }
            arguments.push((name.as_str(), value));
            left = next;
        }
        left.is_empty().then_some(arguments)
    }
}

/// An argument as the message shows it: limits are formatted, names that look like numbers are not.
fn value<'a>(name: &str, text: &'a str) -> Value<'a> {
    if !matches!(name, "least" | "most" | "longest") {
        return text.into();
    }
    text.replace(',', "").parse::<i64>().map_or_else(|_| text.into(), Into::into)
}

/// A fault in the reader's language. `field` is the label of the field that it is about, if that is known.
pub(crate) fn translated(fault: &str, field: Option<&str>) -> String {
    if Language::current() == Language::English {
        return fault.to_owned();
    }
    let found = PATTERNS.iter().find_map(|pattern| Some((pattern.id, pattern.read(fault)?)));
    let Some((id, arguments)) = found else { return fault.to_owned() };
    let shown = |(name, text)| match field {
        Some(label) if name == "field" => (name, label.into()),
        _ => (name, value(name, text)),
    };
    text(id, &arguments.into_iter().map(shown).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use flow::Invalid;

    use super::*;

    fn german(fault: &str, field: Option<&str>) -> String {
        Language::German.speak(|| translated(fault, field))
    }

    #[test]
    fn a_fault_is_said_in_the_readers_language() {
        let fault = "destination URL must be at most 2,048 characters";
        assert_eq!(translated(fault, Some("Ziel-URL")), fault, "English is the API's");
        assert_eq!(german(fault, Some("Ziel-URL")), "Ziel-URL: höchstens 2.048 Zeichen");
        assert_eq!(german("name must be 1 to 120 characters", Some("Name")), "Name muss 1 bis 120 Zeichen haben");
        assert_eq!(
            german("start date must be a day such as 2026-11-01", None),
            "start date muss ein Tag wie 2026-11-01 sein"
        );
        assert_eq!(german("the form is too large", None), "das Formular ist zu groß", "the surest pattern is taken");
        let codes = "both have a discount code of their own, 2024 and 0050: remove one of them first";
        assert!(german(codes, None).contains("2024 und 0050"), "codes are no numbers");
        assert_eq!(
            german("at most 20 questions can wait for an answer", None),
            "höchstens 20 Fragen können auf eine Antwort warten"
        );
    }

    #[test]
    fn a_fault_without_a_message_stays_as_it_is() {
        assert_eq!(german("something else entirely", None), "something else entirely");
        assert_eq!(german(" must be a day", None), " must be a day", "an argument is missing");
    }

    #[test]
    fn every_message_reads_itself() {
        for pattern in PATTERNS.iter() {
            let fault = text_in(Language::English, pattern.id, &[]);
            let found = PATTERNS.iter().find(|other| other.read(&fault).is_some()).map(|other| other.id);
            assert_eq!(found, Some(pattern.id), "{fault}");
        }
    }

    #[test]
    fn faults_of_the_domain_have_messages() {
        let money = domain::Money::parse("1.234", domain::Currency::USD).map_err(|error| format!("budget {error}"));
        let fault = Invalid::one(money.expect_err("too precise")).to_string();
        assert_eq!(german(&fault, Some("Budget")), "Budget hat mehr Nachkommastellen als die Währung");
    }
}
