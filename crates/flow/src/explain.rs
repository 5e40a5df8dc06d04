//! An attribution in plain words.

use domain::{Money, attribution::Attribution, evidence::Evidence, order::Order, time::Zone};

/// Says who was credited and why, or why nobody was, one sentence a line.
pub fn explain(
    order: &Order,
    attribution: &Attribution,
    zone: &Zone,
    name_of: impl Fn(&Evidence) -> String,
) -> Vec<String> {
    let money = |minor| Money { minor, currency: order.currency }.to_string();
    let mut lines = Vec::new();
    if order.is_test {
        lines.push("This is a test order: it is recorded and counts nowhere.".to_owned());
    }
    if order.cancelled_at.is_some() {
        lines.push("The order was cancelled: its revenue is nothing.".to_owned());
    } else if order.refunded_minor > 0 {
        lines.push(format!(
            "{} of {} was paid back: {} counts.",
            money(order.refunded_minor),
            money(order.total_minor),
            money(attribution.net_minor)
        ));
    }
    for credit in &attribution.credits {
        let evidence = attribution.evidence.iter().find(|piece| {
            piece.link.as_ref() == Some(&credit.link) && piece.kind == credit.kind && piece.at == credit.at
        });
        let (who, source) = evidence
            .map_or_else(|| (credit.link.to_string(), String::new()), |piece| (name_of(piece), piece.source.clone()));
        lines.push(format!(
            "{} ({} of the order) is credited to {who}: last touch by {source}, {}.",
            money(credit.amount_minor),
            credit.weight,
            zone.show(credit.at)
        ));
    }
    if attribution.credits.is_empty() && !order.is_test {
        let looked = "clicks of the order's visitors, the cart's link code, the landing page and discount codes";
        lines.push(match (attribution.evidence.is_empty(), attribution.visitors.is_empty()) {
            (true, true) => format!("Nobody is credited: {looked} were looked for, and the order names no visitor."),
            (true, false) => format!("Nobody is credited: {looked} were looked for, and none was found."),
            (false, _) => "Nobody is credited: evidence was found, and none of it counts.".to_owned(),
        });
    }
    if attribution.has_conflict {
        lines.push("Other evidence names somebody else; the brand's policy decides which kind wins.".to_owned());
    }
    lines.push(format!(
        "Policy version {}: {} beats the next in line; touches within {} days count.",
        attribution.policy.version,
        attribution
            .policy
            .precedence
            .iter()
            .map(|class| format!("{class:?}").to_lowercase())
            .collect::<Vec<_>>()
            .join(" > "),
        attribution.policy.lookback_days
    ));
    lines
}
