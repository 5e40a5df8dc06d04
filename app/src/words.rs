//! What variants of `domain` are called on pages. The API and its documentation have the English words of `domain`.

use domain::{evidence::Refusal, link::ContentType, model::Model, outcome::Unattributed, payout_details::PayoutMethod};

use crate::language::Message;

/// What a model is called.
pub(crate) const fn model(model: Model) -> Message {
    Message(match model {
        Model::FirstTouch => "words-first-touch",
        Model::LastTouch => "words-last-touch",
        Model::Linear => "words-linear",
        Model::PositionBased => "words-position-based",
        Model::TimeDecay => "words-time-decay",
    })
}

/// What a model is called inside a sentence.
pub(crate) const fn model_inline(model: Model) -> Message {
    Message(match model {
        Model::FirstTouch => "words-inline-first-touch",
        Model::LastTouch => "words-inline-last-touch",
        Model::Linear => "words-inline-linear",
        Model::PositionBased => "words-inline-position-based",
        Model::TimeDecay => "words-inline-time-decay",
    })
}

/// What the content around a link is called.
pub(crate) const fn content_type(content_type: ContentType) -> Message {
    Message(match content_type {
        ContentType::SponsoredPost => "words-sponsored-post",
        ContentType::Story => "words-story",
        ContentType::Reel => "words-reel",
        ContentType::Video => "words-video",
        ContentType::BioLink => "words-bio-link",
        ContentType::Affiliate => "words-affiliate",
    })
}

/// How a creator is paid.
pub(crate) const fn payout_method(method: PayoutMethod) -> Message {
    Message(match method {
        PayoutMethod::Paypal => "words-paid-by-paypal",
        PayoutMethod::Bank => "words-paid-by-bank",
        PayoutMethod::Wise => "words-paid-by-wise",
        PayoutMethod::Other => "words-paid-by-other",
    })
}

/// Why an order is credited to nobody, for a list of reasons.
pub(crate) const fn unattributed(reason: Unattributed) -> Message {
    Message(match reason {
        Unattributed::Disputed => "words-unassigned-disputed",
        Unattributed::NotProven => "words-unassigned-not-proven",
        Unattributed::NoLink => "words-unassigned-no-link",
        Unattributed::LinkDeleted => "words-unassigned-link-deleted",
        Unattributed::SelfReferral => "words-unassigned-self-referral",
        Unattributed::OutsideWindow => "words-unassigned-outside-window",
        Unattributed::AfterOrder => "words-unassigned-after-order",
        Unattributed::UnknownCode => "words-unassigned-unknown-code",
        Unattributed::Bot => "words-unassigned-bot",
        Unattributed::NoEvidence => "words-unassigned-no-evidence",
    })
}

/// Why a piece of evidence does not count, after "Not counted:".
pub(crate) const fn refusal(reason: Refusal) -> Message {
    Message(match reason {
        Refusal::OutsideWindow => "words-refused-outside-window",
        Refusal::AfterOrder => "words-refused-after-order",
        Refusal::Bot => "words-refused-bot",
        Refusal::SelfReferral => "words-refused-self-email",
        Refusal::SelfReferralPayout => "words-refused-self-payout",
        Refusal::SelfReferralCustomer => "words-refused-self-customer",
        Refusal::SelfReferralVisitor => "words-refused-self-visitor",
        Refusal::UnknownCode => "words-refused-unknown-code",
        Refusal::NoLink => "words-refused-no-link",
        Refusal::LinkDeleted => "words-refused-link-deleted",
        Refusal::Disputed => "words-refused-disputed",
        Refusal::NotProven => "words-refused-not-proven",
    })
}

/// What was not found, inside a sentence: the nouns of `FlowError::NotFound`. One that is not known stays as it is.
pub(crate) fn noun(what: &str) -> String {
    let message = match what {
        "address" => "words-noun-address",
        "answer" => "words-noun-answer",
        "brand" => "words-noun-brand",
        "campaign" => "words-noun-campaign",
        "click" => "words-noun-click",
        "commission" => "words-noun-commission",
        "conversion" => "words-noun-conversion",
        "creator" => "words-noun-creator",
        "creator, campaign or link" => "words-noun-creator-campaign-or-link",
        "customer" => "words-noun-customer",
        "delivery" => "words-noun-delivery",
        "event" => "words-noun-event",
        "export" => "words-noun-export",
        "file" => "words-noun-file",
        "import" => "words-noun-import",
        "integration" => "words-noun-integration",
        "invitation" => "words-noun-invitation",
        "job" => "words-noun-job",
        "key" => "words-noun-key",
        "link" => "words-noun-link",
        "manual credit" => "words-noun-manual-credit",
        "member" => "words-noun-member",
        "milestone" => "words-noun-milestone",
        "model run" => "words-noun-model-run",
        "order" => "words-noun-order",
        "payout" => "words-noun-payout",
        "policy" => "words-noun-policy",
        "proof" => "words-noun-proof",
        "QR code" => "words-noun-qr-code",
        "question" => "words-noun-question",
        "reason" => "words-noun-reason",
        "rule" => "words-noun-rule",
        "sale" => "words-noun-sale",
        "session" => "words-noun-session",
        "shop" => "words-noun-shop",
        "tier" => "words-noun-tier",
        "webhook endpoint" | "endpoint" => "words-noun-webhook-endpoint",
        "webhook tester" => "words-noun-webhook-tester",
        other => return other.to_owned(),
    };
    Message(message).text()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The API has the words of `domain`; the English pages have the same.
    #[test]
    fn the_english_words_are_those_of_the_api() {
        for found in Model::ALL {
            assert_eq!(model(found).text(), found.label());
            assert_eq!(model_inline(found).text(), found.label().to_lowercase());
        }
        for found in ContentType::ALL {
            assert_eq!(content_type(*found).text(), found.label());
        }
        for found in PayoutMethod::ALL {
            assert_eq!(payout_method(found).text(), found.label());
        }
        for found in Unattributed::ALL {
            assert_eq!(unattributed(found).text(), found.label());
        }
        for found in [Refusal::Bot, Refusal::SelfReferralCustomer, Refusal::NoLink, Refusal::NotProven] {
            assert_eq!(refusal(found).text(), found.reason());
        }
        for found in ["creator, campaign or link", "manual credit", "webhook tester", "order"] {
            assert_eq!(noun(found), found);
        }
    }
}
