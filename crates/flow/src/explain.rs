//! An attribution explained: in plain words for people, and whole for programs.

use domain::{
    Money,
    attribution::{Attribution, Credit, Visitor},
    evidence::{Evidence, EvidenceKind, Refusal},
    model::Model,
    order::Order,
    time::Zone,
};
use serde_json::{Value, json};
use store::orders::OrderRecord;

/// What is looked for, by kind, in words that follow "looked for".
fn looked_for(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Manual => "credit given by a person at the brand",
        EvidenceKind::Promo => "discount codes of links",
        EvidenceKind::Click => "clicks of the order's visitors",
        EvidenceKind::Cart => "a link's code in the cart",
        EvidenceKind::Landing => "a link's code on the landing page",
        EvidenceKind::Survey => "survey answers",
    }
}

/// Says who was credited and why, or why nobody was, one sentence a line.
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
        lines.push("This is a test order: it is recorded and counts nowhere.".to_owned());
    }
    if order.redacted_at.is_some() {
        lines.push(
            "The shopper had their data erased: what was decided before stands, and only amounts follow.".to_owned(),
        );
    }
    if order.cancelled_at.is_some() {
        lines.push("The order was cancelled: its revenue is nothing.".to_owned());
    } else if order.refunded_minor > 0 {
        lines.push(format!(
            "{} of {} was paid back: {} counts.",
            money(order.refunded_minor.min(order.total_minor)),
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
        let rounding = if credit.rounding_minor == 0 { "" } else { ", rounded up by one unit" };
        lines.push(format!(
            "{} ({} of {}{rounding}) is credited to {who}: {} by {source}, {}.",
            money(credit.amount_minor),
            show_weight(credit),
            money(attribution.net_minor),
            attribution.policy.model.label().to_lowercase(),
            zone.show(credit.at)
        ));
    }
    if attribution.credits.is_empty() && !order.is_test {
        let looked: Vec<&str> = EvidenceKind::ALL.into_iter().map(looked_for).collect();
        let looked = looked.join(", ");
        lines.push(match (attribution.evidence.is_empty(), visitors.is_empty()) {
            (true, true) => format!("Nobody is credited. Looked for: {looked}. The order names no visitor."),
            (true, false) => format!("Nobody is credited. Looked for: {looked}. None was found."),
            (false, _) => "Nobody is credited: evidence was found, and none of it counts.".to_owned(),
        });
        for piece in &attribution.evidence {
            if let Some(refusal) = piece.refused {
                lines.push(format!("Not counted: {} of {}, since {}.", piece.source, name_of(piece), refusal.reason()));
            }
        }
    }
    if attribution.has_conflict {
        lines.push("Other evidence names somebody else; the brand's policy decides which kind wins.".to_owned());
    }
    let precedence: Vec<&str> = attribution.policy.precedence.iter().map(|class| class.as_str()).collect();
    lines.push(format!(
        "Policy version {}: {} in that order, {}, touches within {} days.",
        attribution.policy.version,
        precedence.join(" > "),
        attribution.policy.model.label().to_lowercase(),
        attribution.policy.lookback_days
    ));
    lines
}

/// A weight in lowest terms where that is short; time decay's are long and shown as a percentage.
fn show_weight(credit: &Credit) -> String {
    let Some((part, whole)) = credit.weight.split_once('/') else { return credit.weight.clone() };
    let (Ok(part), Ok(whole)) = (part.parse::<u128>(), whole.parse::<u128>()) else { return credit.weight.clone() };
    let mut divisor = (part, whole);
    while divisor.1 != 0 {
        divisor = (divisor.1, divisor.0 % divisor.1);
    }
    let (part, whole) = (part / divisor.0.max(1), whole / divisor.0.max(1));
    if whole < 10_000 {
        return format!("{part}/{whole}");
    }
    let bp = (part * 20_000 + whole) / (2 * whole);
    format!("{}.{:02} %", bp / 100, bp % 100)
}

/// The whole explanation as JSON. The same stored facts give the same bytes.
///
/// Amounts are decimal texts of the order's currency. A credit's `exact` is its share before rounding as a fraction of
/// minor units, its `rounding_minor` what largest-remainder rounding added to the floor of it.
pub fn document(record: &OrderRecord, zone: &Zone) -> Value {
    let OrderRecord { order, visitors, attribution, .. } = record;
    let money = |minor| Money { minor, currency: order.currency }.to_decimal();
    let facts = json!({
        "id": order.id,
        "external_id": order.external_id,
        "name": order.name,
        "source": order.source,
        "placed_at": order.placed_at.to_rfc3339(),
        "cancelled_at": order.cancelled_at.map(domain::UnixMs::to_rfc3339),
        "currency": order.currency,
        "total": money(order.total_minor),
        "refunded": money(order.refunded_minor.min(order.total_minor)),
        "net": money(order.net_minor()),
        "is_test": order.is_test,
    });
    let Some(attribution) = attribution else {
        return json!({ "order": facts, "settled": false });
    };
    let credits: Vec<Value> = attribution
        .credits
        .iter()
        .map(|credit| {
            let whole = credit.weight.split_once('/').map_or("1", |(_, whole)| whole);
            let exact = i128::from(attribution.net_minor) * i128::from(credit.weight_part());
            json!({
                "link_id": credit.link,
                "creator_id": credit.creator,
                "campaign_id": credit.campaign,
                "kind": credit.kind,
                "touched_at": credit.at.to_rfc3339(),
                "weight": credit.weight,
                "exact": format!("{exact}/{whole}"),
                "rounding_minor": credit.rounding_minor,
                "amount": money(credit.amount_minor),
            })
        })
        .collect();
    let touchpoints: Vec<Value> = attribution
        .journey
        .iter()
        .map(|touch| {
            let by_model: serde_json::Map<String, Value> = Model::ALL
                .iter()
                .zip(touch.amounts_minor)
                .map(|(model, minor)| (model.as_str().to_owned(), Value::String(money(minor))))
                .collect();
            json!({
                "link_id": touch.link,
                "creator_id": touch.creator,
                "campaign_id": touch.campaign,
                "kind": touch.kind,
                "touched_at": touch.at.to_rfc3339(),
                "models": by_model,
            })
        })
        .collect();
    let evidence: Vec<Value> = attribution
        .evidence
        .iter()
        .map(|piece| {
            json!({
                "kind": piece.kind,
                "source": piece.source,
                "at": piece.at.to_rfc3339(),
                "code": piece.code,
                "link_id": piece.link,
                "creator_id": piece.creator,
                "confidence": f64::from(piece.confidence_bp) / 10_000.0,
                "counts": piece.refused.is_none() && !order.is_test,
                "refused": piece.refused,
                "reason": piece.refused.map(Refusal::reason),
            })
        })
        .collect();
    let searched: Vec<Value> = EvidenceKind::ALL
        .into_iter()
        .map(|kind| {
            let found = || attribution.evidence.iter().filter(|piece| piece.kind == kind);
            json!({
                "kind": kind,
                "looked_for": looked_for(kind),
                "found": found().count(),
                "counted": found().filter(|piece| piece.refused.is_none() && !order.is_test).count(),
            })
        })
        .collect();
    let name_of = |piece: &Evidence| match (&piece.code, &piece.creator) {
        (Some(code), _) => format!("link {code}"),
        (None, Some(creator)) => creator.to_string(),
        (None, None) => "nobody".to_owned(),
    };
    let policy = &attribution.policy;
    json!({
        "order": facts,
        "settled": true,
        "policy": {
            "version": policy.version,
            "model": policy.model,
            "precedence": policy.precedence,
            "lookback_days": policy.lookback_days,
        },
        "credits": credits,
        "touchpoints": touchpoints,
        "evidence": evidence,
        "searched": searched,
        "visitors": visitors,
        "has_conflict": attribution.has_conflict,
        "explanation": explain(order, visitors, attribution, zone, name_of),
    })
}

#[cfg(test)]
mod tests {
    use domain::{CreatorId, LinkId, UnixMs};

    use super::*;

    fn credit(weight: &str) -> Credit {
        Credit {
            link: LinkId::new(1, [1; 10]),
            creator: Some(CreatorId::new(1, [1; 10])),
            campaign: None,
            kind: EvidenceKind::Click,
            at: UnixMs(0),
            weight: weight.to_owned(),
            amount_minor: 0,
            rounding_minor: 0,
        }
    }

    #[test]
    fn weights_are_shown_in_lowest_terms() {
        assert_eq!(show_weight(&credit("4/10")), "2/5");
        assert_eq!(show_weight(&credit("1/1")), "1/1");
        assert_eq!(show_weight(&credit("4611686018427387904/6917529027641081856")), "2/3");
        assert_eq!(show_weight(&credit("1234567/9999991")), "12.35 %");
    }
}
