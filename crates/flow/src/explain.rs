//! Explains an attribution: in sentences for people, and as a complete JSON document for programs.

use domain::{
    Fraction, Money,
    attribution::{Attribution, Visitor},
    evidence::{Evidence, EvidenceKind},
    order::{Order, OrderFlag},
    time::Zone,
};
use store::orders::OrderRecord;

/// What was searched for, by evidence kind; completes the sentence "Looked for: …".
fn looked_for(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Manual => "manual credit",
        EvidenceKind::Promo => "discount codes of links",
        EvidenceKind::Click => "clicks by the order's visitors",
        EvidenceKind::Cart => "a link's code in the cart",
        EvidenceKind::Landing => "a link's code on the landing page",
        EvidenceKind::Survey => "survey answers",
    }
}

/// Follows the explanation of an order whose credit or commission waits for a person.
pub const NEEDS_APPROVAL: &str =
    "What it earns waits for approval: approve it if you believe it, or assign the credit manually.";

/// Where a piece of evidence comes from, and that it is not proven.
fn shown_source(piece: &Evidence) -> String {
    format!("{}{}", piece.source, piece.strength.note())
}

/// Explains who was credited and why, or why no creator was; one sentence per line.
pub fn explain(
    order: &Order,
    visitors: &[Visitor],
    attribution: &Attribution,
    zone: &Zone,
    name_of: impl Fn(&Evidence) -> String,
) -> Vec<String> {
    let money = |minor| Money { minor, currency: order.currency }.to_string();
    let mut lines = Vec::new();
    if order.is_test {
        lines.push("This is a test order: it is recorded but not counted.".to_owned());
    }
    if order.redacted_at.is_some() {
        lines.push(
            "The shopper's data was erased: the earlier decision stands, and only amounts are updated.".to_owned(),
        );
    }
    if let Some(main) = &order.details.same_as {
        lines.push(format!("This is the same sale as the shop's order {main}, which counts instead."));
    } else if order.cancelled_at.is_some() {
        lines.push("The order was cancelled: its revenue is zero.".to_owned());
    } else if order.refunded_minor > 0 {
        lines.push(format!(
            "{} of {} was refunded: {} counts.",
            money(order.refunded_minor.min(order.total_minor)),
            money(order.total_minor),
            money(attribution.net_minor)
        ));
    }
    lines.extend(review_reasons(order));
    for credit in &attribution.credits {
        let is_counted = |piece: &&Evidence| piece.refused.is_none();
        let evidence = attribution.evidence.iter().filter(is_counted).find(|piece| {
            piece.link.as_ref() == Some(&credit.link) && piece.kind == credit.kind && piece.at == credit.at
        });
        let (who, source) = evidence
            .map_or_else(|| (credit.link.to_string(), String::new()), |piece| (name_of(piece), shown_source(piece)));
        let rounding = if credit.rounding_minor == 0 { "" } else { ", rounded up by one unit" };
        lines.push(format!(
            "{} ({} of {}{rounding}) is credited to {who}: {} via {source}, {}.",
            money(credit.amount_minor),
            show_weight(credit.weight),
            money(attribution.net_minor),
            attribution.policy.model.label().to_lowercase(),
            zone.show(credit.at)
        ));
    }
    if attribution.credits.is_empty() && !order.is_test {
        let looked: Vec<&str> = EvidenceKind::ALL.into_iter().map(looked_for).collect();
        let looked = looked.join(", ");
        lines.push(match (attribution.evidence.is_empty(), visitors.is_empty()) {
            (true, true) => format!("No creator is credited. Looked for: {looked}. The order has no known visitor."),
            (true, false) => format!("No creator is credited. Looked for: {looked}. Nothing was found."),
            (false, _) => "No creator is credited: evidence was found, but none of it counts.".to_owned(),
        });
        for piece in &attribution.evidence {
            if let Some(refusal) = piece.refused {
                lines.push(format!(
                    "Not counted: {} ({}), because {}.",
                    shown_source(piece),
                    name_of(piece),
                    refusal.reason()
                ));
            }
        }
    }
    if attribution.has_conflict {
        lines.push("Other evidence names another creator; the brand's policy decides which kind wins.".to_owned());
    }
    let precedence: Vec<&str> = attribution.policy.precedence.iter().map(|class| class.as_str()).collect();
    lines.push(format!(
        "Policy version {}: evidence order {}, model {}, lookback window {} days.",
        attribution.policy.version,
        precedence.join(" > "),
        attribution.policy.model.label().to_lowercase(),
        attribution.policy.lookback_days
    ));
    lines
}

/// Why a person should look at an order's figures; empty for an order that counts under another id.
pub fn review_reasons(order: &Order) -> Vec<String> {
    if order.details.same_as.is_some() {
        return Vec::new();
    }
    let reason = |flag: &OrderFlag| match flag {
        OrderFlag::MixedRefund => "Needs review: a refund of lines also gave back or kept an amount of its own, which \
                                   the order's total does not follow. Compare the figures with Shopify's."
            .to_owned(),
        OrderFlag::PossibleRepeat(other) => format!(
            "Needs review: it may be the same sale as order {other}, and both count. If it is, refund the one that your \
             backend reported."
        ),
    };
    order.details.flags.iter().map(reason).collect()
}

/// A weight in lowest terms if that is short. Time decay's terms are long and shown as a percentage.
fn show_weight(weight: Fraction) -> String {
    let reduced = weight.reduced();
    if reduced.whole() < 10_000 {
        return reduced.to_string();
    }
    let bp = weight.basis_points();
    format!("{}.{:02}%", bp / 100, bp % 100)
}

/// How much evidence of one kind was found for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Searched {
    /// The kind.
    pub kind: EvidenceKind,
    /// What was looked for, in words.
    pub looked_for: &'static str,
    /// Pieces found.
    pub found: usize,
    /// Pieces that count.
    pub counted: usize,
}

/// An order's decision, explained. The same stored facts give the same explanation.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The order with its decision. `attribution` is `None` until the order is settled.
    pub record: OrderRecord,
    /// What was looked for, by kind of evidence. Empty until the order is settled.
    pub searched: Vec<Searched>,
    /// The explanation in sentences. Empty until the order is settled.
    pub sentences: Vec<String>,
    /// Whether the credit, or anything that it earned, waits for a person's approval.
    pub needs_approval: bool,
}

impl Explanation {
    /// Explains an order; times are in the brand's time zone.
    pub(crate) fn of(record: OrderRecord, zone: &Zone, needs_approval: bool) -> Self {
        let Some(attribution) = &record.attribution else {
            return Self { record, searched: Vec::new(), sentences: Vec::new(), needs_approval };
        };
        let name_of = |piece: &Evidence| match (&piece.code, &piece.creator) {
            (Some(code), _) => format!("link {code}"),
            (None, Some(creator)) => creator.to_string(),
            (None, None) => "no creator".to_owned(),
        };
        let searched = EvidenceKind::ALL.into_iter().map(|kind| {
            let found = || attribution.evidence.iter().filter(|piece| piece.kind == kind);
            let counts = |piece: &&Evidence| piece.refused.is_none() && !record.order.is_test;
            Searched {
                kind,
                looked_for: looked_for(kind),
                found: found().count(),
                counted: found().filter(counts).count(),
            }
        });
        let searched = searched.collect();
        let mut sentences = explain(&record.order, &record.visitors, attribution, zone, name_of);
        sentences.extend(needs_approval.then(|| NEEDS_APPROVAL.to_owned()));
        Self { record, searched, sentences, needs_approval }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_shown_in_lowest_terms() {
        let shown = |text: &str| show_weight(text.parse().expect("fraction"));
        assert_eq!(shown("4/10"), "2/5");
        assert_eq!(shown("1/1"), "1/1");
        assert_eq!(shown("4611686018427387904/6917529027641081856"), "2/3");
        assert_eq!(shown("1234567/9999991"), "12.35%");
    }
}
