//! What became of an order, in one word of a closed list: by which evidence it is credited and whether others agree, or
//! why it is credited to nobody.

use std::collections::BTreeSet;

use crate::{
    attribution::Attribution,
    evidence::{EvidenceClass, EvidenceKind, Refusal},
};

/// Whether an order's kinds of evidence agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Agreement {
    /// Two or more kinds name the credited creators, and none names another.
    Agree,
    /// There is one kind of evidence.
    Single,
    /// Some evidence that counts names somebody else.
    Conflict,
}

/// Why an order is credited to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Unattributed {
    /// Several visitors claim it: a person decides.
    Disputed,
    /// The creator is the buyer.
    SelfReferral,
    /// The creator has no link that could be credited.
    NoLink,
    /// The discount code's link was deleted before.
    LinkDeleted,
    /// The visit is older than the lookback window.
    OutsideWindow,
    /// The visit came after the order.
    AfterOrder,
    /// No link has the code.
    UnknownCode,
    /// The visit was by a bot.
    Bot,
    /// Nothing leads from the order to a creator.
    NoEvidence,
    /// Something that counts was found and earned nothing: it is not proven.
    NotProven,
}

impl Unattributed {
    /// Every reason; the one nearest to a credit first.
    pub const ALL: [Self; 10] = [
        Self::Disputed,
        Self::NotProven,
        Self::NoLink,
        Self::LinkDeleted,
        Self::SelfReferral,
        Self::OutsideWindow,
        Self::AfterOrder,
        Self::UnknownCode,
        Self::Bot,
        Self::NoEvidence,
    ];

    const fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OutsideWindow => Self::OutsideWindow,
            Refusal::AfterOrder => Self::AfterOrder,
            Refusal::Bot => Self::Bot,
            Refusal::SelfReferral
            | Refusal::SelfReferralPayout
            | Refusal::SelfReferralCustomer
            | Refusal::SelfReferralVisitor => Self::SelfReferral,
            Refusal::UnknownCode => Self::UnknownCode,
            Refusal::NoLink => Self::NoLink,
            Refusal::LinkDeleted => Self::LinkDeleted,
            Refusal::Disputed => Self::Disputed,
            Refusal::NotProven => Self::NotProven,
        }
    }

    /// The name in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The reason in words, for a list of reasons.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Disputed => "Several visitors claim the order",
            Self::NotProven => "The evidence is not proven",
            Self::NoLink => "The creator has no link",
            Self::LinkDeleted => "The code’s link was deleted",
            Self::SelfReferral => "The creator is the buyer",
            Self::OutsideWindow => "The visit is too old",
            Self::AfterOrder => "The visit came after the order",
            Self::UnknownCode => "No link has the code",
            Self::Bot => "The visit was by a bot",
            Self::NoEvidence => "No creator involved",
        }
    }
}

/// What became of an order that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Credited, by this kind of evidence.
    Credited(EvidenceKind, Agreement),
    /// Credited to nobody.
    Unattributed(Unattributed),
}

/// The text is no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an outcome")]
pub struct InvalidOutcome;

impl Outcome {
    /// The outcome of a decision.
    pub fn of(attribution: &Attribution) -> Self {
        let Some(first) = attribution.credits.first() else {
            let refused = attribution
                .evidence
                .iter()
                .map(|piece| piece.refused.map_or(Unattributed::NotProven, Unattributed::of));
            let reasons: BTreeSet<Unattributed> = refused.collect();
            let nearest = Unattributed::ALL.into_iter().find(|reason| reasons.contains(reason));
            return Self::Unattributed(nearest.unwrap_or(Unattributed::NoEvidence));
        };
        let counted = attribution.evidence.iter().filter(|piece| piece.refused.is_none());
        let classes: BTreeSet<EvidenceClass> = counted.map(|piece| piece.kind.class()).collect();
        let agreement = match (attribution.has_conflict, classes.len()) {
            (true, _) => Agreement::Conflict,
            (false, 0 | 1) => Agreement::Single,
            (false, _) => Agreement::Agree,
        };
        Self::Credited(first.kind, agreement)
    }
}

impl core::fmt::Display for Outcome {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Credited(kind, agreement) => write!(out, "{}:{}", kind.as_str(), <&str>::from(agreement)),
            Self::Unattributed(reason) => write!(out, "none:{}", reason.as_str()),
        }
    }
}

impl core::str::FromStr for Outcome {
    type Err = InvalidOutcome;

    fn from_str(text: &str) -> Result<Self, InvalidOutcome> {
        let (first, second) = text.split_once(':').ok_or(InvalidOutcome)?;
        if first == "none" {
            return second.parse().map(Self::Unattributed).map_err(|_| InvalidOutcome);
        }
        let kind = EvidenceKind::parse(first).ok_or(InvalidOutcome)?;
        second.parse().map(|agreement| Self::Credited(kind, agreement)).map_err(|_| InvalidOutcome)
    }
}

impl TryFrom<String> for Outcome {
    type Error = InvalidOutcome;

    fn try_from(text: String) -> Result<Self, InvalidOutcome> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_survive_storage() {
        let credited = EvidenceKind::ALL.into_iter().flat_map(|kind| {
            [Agreement::Agree, Agreement::Single, Agreement::Conflict]
                .map(|agreement| Outcome::Credited(kind, agreement))
        });
        let nobody = Unattributed::ALL.into_iter().map(Outcome::Unattributed);
        for outcome in credited.chain(nobody) {
            assert_eq!(outcome.to_string().parse(), Ok(outcome));
        }
        for text in ["", "click", "click:never", "none:", "none:agree"] {
            assert_eq!(text.parse::<Outcome>(), Err(InvalidOutcome), "{text}");
        }
    }
}
