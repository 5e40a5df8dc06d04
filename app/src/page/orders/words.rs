//! What an order's evidence says, in words.

use domain::{
    attribution::Attribution,
    evidence::{Evidence, EvidenceClass, EvidenceKind},
    model::Model,
    order::OrderSource,
    outcome::Unattributed,
    policy::Policy,
};

use crate::{
    language::{Message, t},
    words::model_inline,
};

/// Who reported an order.
pub(super) const fn source(source: OrderSource) -> Message {
    Message(match source {
        OrderSource::Shopify => "orders-source-shopify",
        OrderSource::Api => "orders-source-api",
        OrderSource::Browser => "orders-source-browser",
    })
}

/// That it reported the order.
pub(super) const fn reported_by(source: OrderSource) -> Message {
    Message(match source {
        OrderSource::Shopify => "orders-reported-shopify",
        OrderSource::Api => "orders-reported-api",
        OrderSource::Browser => "orders-reported-browser",
    })
}

/// What a piece of evidence is. `link` is its link's address, if it has one.
pub(super) fn piece(piece: &Evidence, link: Option<&str>) -> String {
    let (known, link) = match (link, piece.code) {
        (Some(link), _) => ("address", link.to_owned()),
        (None, Some(code)) => ("code", code.to_string()),
        (None, None) => ("nothing", String::new()),
    };
    match piece.kind {
        EvidenceKind::Click => t!("orders-piece-click", known = known, link = link),
        EvidenceKind::Cart => t!("orders-piece-cart", known = known, link = link),
        EvidenceKind::Landing => t!("orders-piece-landing", known = known, link = link),
        EvidenceKind::Promo => t!("orders-piece-promo", code = code_of(piece)),
        EvidenceKind::Survey => match answer_of(piece) {
            (answer, false) => t!("orders-piece-survey", answer = answer),
            (answer, true) => t!("orders-piece-survey-matched", answer = answer),
        },
        EvidenceKind::Manual => t!("orders-piece-manual", reason = reason_of(piece)),
    }
}

/// The discount code that was used.
fn code_of(piece: &Evidence) -> &str {
    piece.source.strip_prefix("discount code ").unwrap_or(&piece.source)
}

/// The answer in a survey, and whether a person matched it to a creator.
fn answer_of(piece: &Evidence) -> (&str, bool) {
    let text = piece.source.strip_prefix("survey answer ").unwrap_or(&piece.source);
    let (answer, is_by_person) = text.strip_suffix(", assigned manually").map_or((text, false), |text| (text, true));
    (answer.trim_matches('"'), is_by_person)
}

/// The reason of a credit by hand.
pub(super) fn reason_of(piece: &Evidence) -> &str {
    piece.source.split_once(": ").map_or(piece.source.as_str(), |(_, reason)| reason)
}

/// Why a creator gets credit.
pub(super) fn because(evidence: &Evidence, attribution: &Attribution) -> String {
    match evidence.kind {
        EvidenceKind::Click => t!("orders-because-click", which = which(attribution)),
        EvidenceKind::Cart => t!("orders-because-cart", which = which(attribution)),
        EvidenceKind::Landing => t!("orders-because-landing", which = which(attribution)),
        EvidenceKind::Promo => t!("orders-because-promo", code = code_of(evidence)),
        EvidenceKind::Survey => match answer_of(evidence) {
            (answer, false) => t!("orders-because-survey", answer = answer),
            (answer, true) => t!("orders-because-survey-matched", answer = answer),
        },
        EvidenceKind::Manual => t!("orders-because-manual", reason = reason_of(evidence)),
    }
}

/// Which of the touches it is, by the policy's model.
fn which(attribution: &Attribution) -> String {
    let policy = &attribution.policy;
    let days = policy.lookback_days;
    let touches = attribution.journey.iter().filter(|touch| touch.kind.class() == EvidenceClass::Visit).count();
    if touches <= 1 {
        return t!("orders-touch-only", days = days);
    }
    match policy.model {
        Model::FirstTouch => t!("orders-touch-first", touches = touches, days = days),
        Model::LastTouch => t!("orders-touch-last", touches = touches, days = days),
        Model::Linear => t!("orders-touch-linear", touches = touches, days = days),
        Model::PositionBased => t!("orders-touch-position", touches = touches, days = days),
        Model::TimeDecay => t!("orders-touch-decay", touches = touches, days = days),
    }
}

/// A kind of evidence in the order of a policy.
const fn class(class: EvidenceClass) -> Message {
    Message(match class {
        EvidenceClass::Manual => "orders-class-manual",
        EvidenceClass::Promo => "orders-class-promo",
        EvidenceClass::Visit => "orders-class-visit",
        EvidenceClass::Survey => "orders-class-survey",
    })
}

/// Why those who get nothing, although evidence that counts names them, get nothing.
pub(super) fn conflict(attribution: &Attribution) -> String {
    let winning = attribution.credits.first().map(|credit| credit.kind.class());
    let is_other = |creator| attribution.credits.iter().all(|credit| credit.creator != creator);
    let others = attribution.journey.iter().filter(|touch| is_other(touch.creator.clone()));
    let is_same_class = others.clone().any(|touch| Some(touch.kind.class()) == winning);
    match winning {
        Some(found) if !is_same_class => t!("orders-conflict-class", class = class(found).text()),
        _ => t!("orders-conflict-model", model = model_inline(attribution.policy.model).text()),
    }
}

/// What a policy says.
pub(super) fn policy(policy: &Policy) -> String {
    let classes = policy.precedence.iter().map(|found| class(*found).text());
    let order = classes.reduce(|first, second| t!("orders-then", first = first, second = second)).unwrap_or_default();
    let (version, model) = (policy.version.to_string(), model_inline(policy.model).text());
    t!("orders-policy", version = version, order = order, model = model, days = policy.lookback_days)
}

/// What was looked for.
pub(super) const fn looked_for(kind: EvidenceKind) -> Message {
    Message(match kind {
        EvidenceKind::Manual => "orders-looked-manual",
        EvidenceKind::Promo => "orders-looked-promo",
        EvidenceKind::Click => "orders-looked-click",
        EvidenceKind::Cart => "orders-looked-cart",
        EvidenceKind::Landing => "orders-looked-landing",
        EvidenceKind::Survey => "orders-looked-survey",
    })
}

/// Why nobody is credited with an order, after "Nobody gets credit:".
pub(super) const fn why_nobody(reason: Unattributed) -> Message {
    Message(match reason {
        Unattributed::Disputed => "orders-why-disputed",
        Unattributed::NotProven => "orders-why-not-proven",
        Unattributed::NoLink => "orders-why-no-link",
        Unattributed::LinkDeleted => "orders-why-link-deleted",
        Unattributed::SelfReferral => "orders-why-self-referral",
        Unattributed::OutsideWindow => "orders-why-outside-window",
        Unattributed::AfterOrder => "orders-why-after-order",
        Unattributed::UnknownCode => "orders-why-unknown-code",
        Unattributed::Bot => "orders-why-bot",
        Unattributed::NoEvidence => "orders-why-no-evidence",
    })
}

/// What a person can do about an order that nobody is credited with.
pub(super) const fn advice(reason: Unattributed) -> Message {
    Message(match reason {
        Unattributed::Disputed => "orders-advice-disputed",
        Unattributed::NotProven => "orders-advice-not-proven",
        Unattributed::NoLink => "orders-advice-no-link",
        Unattributed::LinkDeleted => "orders-advice-link-deleted",
        Unattributed::SelfReferral => "orders-advice-self-referral",
        Unattributed::OutsideWindow => "orders-advice-outside-window",
        Unattributed::AfterOrder => "orders-advice-after-order",
        Unattributed::UnknownCode => "orders-advice-unknown-code",
        Unattributed::Bot => "orders-advice-bot",
        Unattributed::NoEvidence => "orders-advice-no-evidence",
    })
}

#[cfg(test)]
mod tests {
    use domain::{UnixMs, evidence::Strength, link::LinkCode};

    use super::*;
    use crate::language::{Language, Spoken};

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
        assert_eq!(matched, "The shopper answered the survey with “j”; the answer was matched by hand");
    }

    #[test]
    fn a_link_without_an_address_is_told_by_its_code_or_not_at_all() {
        let code = LinkCode::parse("zzzzzzzz");
        let with_code = Evidence { code, ..evidence(EvidenceKind::Cart, "cart attribute _cs_ref") };
        let without = evidence(EvidenceKind::Click, "click clk_01");
        let both = || [piece(&with_code, None), piece(&without, None)];
        assert_eq!(
            both(),
            ["The cart carries the code of a link with the code zzzzzzzz", "The shopper clicked a link"]
        );
        let german = Language::German.speak(both);
        assert_eq!(
            german,
            ["Der Warenkorb enthält den Code zzzzzzzz eines Links", "Der Käufer hat auf einen Link geklickt"]
        );
    }

    #[test]
    fn the_policy_and_the_reasons_are_told_in_sentences() {
        let own = Policy {
            precedence: vec![EvidenceClass::Promo, EvidenceClass::Visit],
            lookback_days: 1,
            ..Policy::default()
        };
        let expected = "discount codes, then links; model last touch; touches of the last day.";
        assert_eq!(policy(&own), format!("Decided by version {} of your policy: {expected}", own.version));
        let german = Language::German.speak(|| policy(&own));
        assert!(
            german.ends_with("Rabattcodes, dann Links; Modell „letzter Kontakt“; Kontakte des letzten Tages."),
            "{german}"
        );
        for reason in Unattributed::ALL {
            assert_eq!(why_nobody(reason).text().to_lowercase(), reason.label().to_lowercase());
        }
    }
}
