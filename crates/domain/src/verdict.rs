//! Why a sale to which a creator's links led is credited to the creator, or is not: what the creator is told of it.

use crate::{
    evidence::{EvidenceClass, EvidenceKind},
    model::Model,
    policy::Policy,
};

/// The outcome of a sale for one creator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The sale is the creator's, alone.
    Credited(EvidenceClass),
    /// The sale is shared with other creators, by the model.
    Shared(EvidenceClass, Model),
    /// Evidence of a class that the brand ranks higher decided for someone else.
    Outranked {
        /// The class that decided.
        by: EvidenceClass,
        /// The creator's own best class.
        own: EvidenceClass,
    },
    /// Evidence of the same class decided, and the model gives all of it to someone else's touch.
    OtherTouch(EvidenceClass, Model),
    /// Nobody is credited.
    Nobody,
}

impl Verdict {
    /// The verdict on an order under the policy of its time. `touches` are the kinds of evidence for the creator, `own` those
    /// that the creator's credits rest on, and `others` those of everyone else's credits.
    pub fn of(policy: &Policy, touches: &[EvidenceKind], own: &[EvidenceKind], others: &[EvidenceKind]) -> Self {
        let best = |kinds: &[EvidenceKind]| {
            let rank = |class: EvidenceClass| policy.precedence.iter().position(|other| *other == class);
            kinds.iter().map(|kind| kind.class()).min_by_key(|class| rank(*class).unwrap_or(usize::MAX))
        };
        match (best(own), best(others)) {
            (Some(class), None) => Self::Credited(class),
            (Some(class), Some(_)) => Self::Shared(class, policy.model),
            (None, None) => Self::Nobody,
            (None, Some(by)) => match best(touches) {
                Some(class) if class == by => Self::OtherTouch(class, policy.model),
                Some(own) => Self::Outranked { by, own },
                None => Self::Outranked { by, own: by },
            },
        }
    }

    /// Whether the creator is credited.
    pub const fn is_credited(self) -> bool {
        matches!(self, Self::Credited(_) | Self::Shared(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EvidenceKind::{Cart, Click, Manual, Promo};

    #[test]
    fn verdicts_name_what_decided() {
        let policy = Policy::default();
        let of = |touches: &[EvidenceKind], own: &[EvidenceKind], others: &[EvidenceKind]| {
            Verdict::of(&policy, touches, own, others)
        };
        assert_eq!(of(&[Click], &[Click], &[]), Verdict::Credited(EvidenceClass::Visit));
        assert_eq!(of(&[Cart], &[Cart], &[Click]), Verdict::Shared(EvidenceClass::Visit, Model::LastTouch));
        let by_code = Verdict::Outranked { by: EvidenceClass::Promo, own: EvidenceClass::Visit };
        assert_eq!(of(&[Click], &[], &[Promo]), by_code);
        let by_hand = Verdict::Outranked { by: EvidenceClass::Manual, own: EvidenceClass::Promo };
        assert_eq!(of(&[Click, Promo], &[], &[Manual]), by_hand);
        assert_eq!(of(&[Click], &[], &[Cart]), Verdict::OtherTouch(EvidenceClass::Visit, Model::LastTouch));
        assert_eq!(of(&[Click], &[], &[]), Verdict::Nobody);
        assert!(of(&[Click], &[Click], &[]).is_credited() && !by_code.is_credited());
    }
}
