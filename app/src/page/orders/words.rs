//! What an order's evidence says, in words.

use domain::{
    attribution::Attribution,
    evidence::{Evidence, EvidenceClass, EvidenceKind},
    model::Model,
    order::OrderSource,
    outcome::Unattributed,
    policy::Policy,
};

/// Who reported an order.
pub(super) const fn source(source: OrderSource) -> &'static str {
    match source {
        OrderSource::Shopify => "Shopify",
        OrderSource::Api => "Your backend",
        OrderSource::Browser => "A browser",
    }
}

/// What a piece of evidence is. `link` is its link's address, if it has one.
pub(super) fn piece(piece: &Evidence, link: Option<&str>) -> String {
    let link = match (link, piece.code) {
        (Some(link), _) => link.to_owned(),
        (None, Some(code)) => format!("a link with the code {code}"),
        (None, None) => "a link".to_owned(),
    };
    let detail = detail(piece);
    match piece.kind {
        EvidenceKind::Click => format!("The shopper clicked {link}"),
        EvidenceKind::Cart => format!("The cart carries the code of {link}"),
        EvidenceKind::Landing => format!("The shopper landed in the shop from {link}"),
        EvidenceKind::Promo => format!("The shopper used the discount code {detail}"),
        EvidenceKind::Survey => format!("The shopper answered the survey with {detail}"),
        EvidenceKind::Manual => format!("Credit was given by hand: {detail}"),
    }
}

/// What its source says beyond its kind: the code, the answer, or the reason.
fn detail(piece: &Evidence) -> String {
    let source = &piece.source;
    let after = |start: &str| source.strip_prefix(start).unwrap_or(source).to_owned();
    match piece.kind {
        EvidenceKind::Promo => after("discount code "),
        EvidenceKind::Survey => {
            let text = after("survey answer ");
            let (answer, is_by_person) =
                text.strip_suffix(", assigned manually").map_or((&*text, false), |text| (text, true));
            let quoted = format!("“{}”", answer.trim_matches('"'));
            if is_by_person { format!("{quoted}, which a person matched") } else { quoted }
        }
        EvidenceKind::Manual => format!("“{}”", reason_of(piece)),
        _ => source.clone(),
    }
}

/// The reason of a credit by hand.
pub(super) fn reason_of(piece: &Evidence) -> &str {
    piece.source.split_once(": ").map_or(piece.source.as_str(), |(_, reason)| reason)
}

/// Why a creator gets credit, as the rest of a sentence that begins with "Because".
pub(super) fn because(evidence: &Evidence, attribution: &Attribution) -> String {
    let detail = detail(evidence);
    match evidence.kind {
        EvidenceKind::Click => format!("the shopper clicked their link, {}", which(attribution)),
        EvidenceKind::Cart => format!("the cart carries the code of their link, {}", which(attribution)),
        EvidenceKind::Landing => format!("the shopper landed in the shop from their link, {}", which(attribution)),
        EvidenceKind::Promo => format!("the shopper used their discount code {detail}"),
        EvidenceKind::Survey => format!("the shopper named them in the survey: {detail}"),
        EvidenceKind::Manual => format!("it was given by hand: {detail}"),
    }
}

/// Which of the touches it is, by the policy's model.
fn which(attribution: &Attribution) -> String {
    let policy = &attribution.policy;
    let days = policy.lookback_days;
    let visits = attribution.journey.iter().filter(|touch| touch.kind.class() == EvidenceClass::Visit).count();
    if visits <= 1 {
        return format!("the only touch within {days} days");
    }
    match policy.model {
        Model::FirstTouch => format!("the first of {visits} touches within {days} days"),
        Model::LastTouch => format!("the last of {visits} touches within {days} days"),
        Model::Linear => format!("one of {visits} touches within {days} days that share the credit equally"),
        Model::PositionBased => {
            format!("one of {visits} touches within {days} days, of which the first and the last get the most")
        }
        Model::TimeDecay => format!("one of {visits} touches within {days} days, of which later ones get more"),
    }
}

const fn class(class: EvidenceClass) -> &'static str {
    match class {
        EvidenceClass::Manual => "credit by hand",
        EvidenceClass::Promo => "discount codes",
        EvidenceClass::Visit => "links",
        EvidenceClass::Survey => "survey answers",
    }
}

/// Why those who get nothing, although evidence that counts names them, get nothing.
pub(super) fn conflict(attribution: &Attribution) -> String {
    let winning = attribution.credits.first().map(|credit| credit.kind.class());
    let is_other = |creator| attribution.credits.iter().all(|credit| credit.creator != creator);
    let others = attribution.journey.iter().filter(|touch| is_other(touch.creator.clone()));
    let is_same_class = others.clone().any(|touch| Some(touch.kind.class()) == winning);
    match winning {
        Some(found) if !is_same_class => {
            format!("Other evidence points to another creator. Your policy ranks {} higher.", class(found))
        }
        _ => format!(
            "Others had a part too. Your policy’s model is {}.",
            attribution.policy.model.label().to_lowercase()
        ),
    }
}

/// What a policy says.
pub(super) fn policy(policy: &Policy) -> String {
    let order = policy.precedence.iter().map(|found| class(*found)).collect::<Vec<_>>().join(", then ");
    format!(
        "Decided by version {} of your policy: {order}; model {}; touches of the last {} days.",
        policy.version,
        policy.model.label().to_lowercase(),
        policy.lookback_days
    )
}

/// What a person can do about an order that nobody is credited with.
pub(super) const fn advice(reason: Unattributed) -> &'static str {
    match reason {
        Unattributed::Disputed => {
            "Several browsers claim this order, so none of them decides the credit. Look at the evidence, and give the credit by hand if you know who sent the shopper."
        }
        Unattributed::NotProven => {
            "Something points to a creator, and nothing proves it. Look at the evidence, and give the credit by hand if you believe it."
        }
        Unattributed::NoLink => {
            "The shopper named a creator who has no link that could be credited. Give the credit by hand if they deserve it."
        }
        Unattributed::LinkDeleted => {
            "The discount code belonged to a link that was deleted before the order. Give the credit by hand if the creator still deserves it."
        }
        Unattributed::SelfReferral => {
            "The creator is the buyer, and creators earn nothing on their own purchases. Give the credit by hand if you disagree."
        }
        Unattributed::OutsideWindow => {
            "The shopper came through a link too long before the order. You can lengthen the lookback window in the settings, or give the credit by hand."
        }
        Unattributed::AfterOrder => {
            "The shopper came through a link only after they had bought. Nothing needs to be done."
        }
        Unattributed::UnknownCode => {
            "The order carries a code that none of your links has. A link may have been shared with a mistake in it."
        }
        Unattributed::Bot => "The only visits through a link were by bots and link previews. Nothing needs to be done.",
        Unattributed::NoEvidence => {
            "Nothing leads from this order to a creator: most likely the shopper came without one. If you know better, give the credit by hand."
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{UnixMs, evidence::Strength};

    use super::*;

    fn evidence(kind: EvidenceKind, source: &str) -> Evidence {
        Evidence {
            kind,
            source: source.to_owned(),
            at: UnixMs(0),
            is_timed: true,
            code: None,
            link: None,
            creator: None,
            campaign: None,
            confidence_bp: 10_000,
            strength: Strength::Proven,
            refused: None,
        }
    }

    #[test]
    fn sources_are_told_without_ids_and_technical_names() {
        let said = |kind, source: &str| piece(&evidence(kind, source), Some("go.shop.example/jess"));
        for (kind, source, expected) in [
            (EvidenceKind::Click, "click clk_01", "The shopper clicked go.shop.example/jess"),
            (EvidenceKind::Cart, "cart attribute _cs_ref", "The cart carries the code of go.shop.example/jess"),
            (EvidenceKind::Promo, "discount code ANA20", "The shopper used the discount code ANA20"),
            (EvidenceKind::Survey, "survey answer \"jess\"", "The shopper answered the survey with “jess”"),
            (
                EvidenceKind::Manual,
                "manual credit by owner: she told us: yes",
                "Credit was given by hand: “she told us: yes”",
            ),
        ] {
            assert_eq!(said(kind, source), expected);
        }
        let matched = said(EvidenceKind::Survey, "survey answer \"j\", assigned manually");
        assert_eq!(matched, "The shopper answered the survey with “j”, which a person matched");
    }
}
