//! Forgetting people: what remains of a person so that late reports do not bring them back, and explanations without
//! what a person wrote.

use sha2::{Digest, Sha256};

use crate::{
    BrandId, CreatorId, Identity,
    attribution::Attribution,
    evidence::{Evidence, EvidenceKind},
    time::DAY_MS,
};

/// How long a person is kept from coming back, in ms. Every late report has arrived by then: a visitor's cookie lives 30
/// days, a webhook is retried for two. Later the same person may become a customer again, as a new one.
pub const TOMBSTONE_LIFE_MS: i64 = 90 * DAY_MS;

/// The `pv_id` in place of an erased visitor's, in purchases that a backend reported.
pub const ERASED_VISITOR: &str = "erased";

/// The name that an erased creator has from then on.
pub const ERASED_CREATOR: &str = "Erased creator";

/// The mark of an erased identity: a hash from which the identity cannot be found. Identities are random ids, order ids
/// or hashes under the installation's key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tombstone(String);

impl Tombstone {
    /// The mark of an identity of a brand.
    pub fn of(brand: &BrandId, identity: &Identity) -> Self {
        Self::hashed(brand, &identity.to_string())
    }

    /// The mark of a brand whose customers were all erased.
    pub fn of_everyone(brand: &BrandId) -> Self {
        Self::hashed(brand, "*")
    }

    fn hashed(brand: &BrandId, text: &str) -> Self {
        let digest = Sha256::digest(format!("{brand} {text}"));
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        Self(format!("{:032x}", u128::from_be_bytes(first)))
    }

    /// The stored form: 32 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Display for Tombstone {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str(&self.0)
    }
}

/// An order's decision without what leads to the person: a survey answer, a person's reason for a manual credit, and
/// which clicks were theirs. Links, times, weights and amounts stay.
#[must_use]
pub fn anonymised(attribution: &Attribution) -> Attribution {
    let evidence = attribution.evidence.iter().map(without_person).collect();
    Attribution { evidence, ..attribution.clone() }
}

/// An order's decision without what survey answers call a creator.
#[must_use]
pub fn without_names_of(attribution: &Attribution, creator: &CreatorId) -> Attribution {
    let is_named = |piece: &Evidence| piece.kind == EvidenceKind::Survey && piece.creator.as_ref() == Some(creator);
    let evidence =
        attribution.evidence.iter().map(|piece| if is_named(piece) { without_person(piece) } else { piece.clone() });
    Attribution { evidence: evidence.collect(), ..attribution.clone() }
}

fn without_person(piece: &Evidence) -> Evidence {
    let source = match piece.kind {
        EvidenceKind::Manual => "manual credit".to_owned(),
        EvidenceKind::Click => "click".to_owned(),
        EvidenceKind::Survey => "survey answer".to_owned(),
        EvidenceKind::Promo | EvidenceKind::Cart | EvidenceKind::Landing => piece.source.clone(),
    };
    Evidence { source, ..piece.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tombstones_differ_by_brand_and_identity_and_show_neither() {
        let (one, other) = (BrandId::new(1, [1; 10]), BrandId::new(1, [2; 10]));
        let visitor = Identity::Visitor("550e8400-e29b-41d4-a716-446655440000".to_owned());
        let all = [
            Tombstone::of(&one, &visitor),
            Tombstone::of(&other, &visitor),
            Tombstone::of(&one, &Identity::Order("1001".to_owned())),
            Tombstone::of_everyone(&one),
        ];
        for (index, mark) in all.iter().enumerate() {
            assert_eq!(mark.as_str().len(), 32);
            assert!(!mark.as_str().contains("550e8400") && !mark.as_str().contains("1001"));
            assert!(!all[..index].contains(mark));
        }
        assert_eq!(all[0], Tombstone::of(&one, &visitor));
    }
}
