//! A creator's revenue proofs: issuing, listing and withdrawing them.

use domain::{
    ProofId,
    proof::{
        COUNTED, ProofFigures, ProofStatement, RevokedBy, StatedBrand, StatedCreator, StatedPeriod, VERSION,
        policies_of,
    },
    time::Period,
};
use store::proofs::{NewProof, Proof, PutProof, Revocation};

use super::CreatorView;
use crate::{
    FlowError, Invalid,
    proof::{self, IssuedProof, PROOFS_MAX, WITHDRAWN_MAX},
};

/// How often a proof is signed again because the figures changed meanwhile.
const ATTEMPTS_MAX: usize = 3;
/// Why what the brand has withdrawn is not issued again.
const REVOKED_BY_BRAND: &str =
    "your brand has withdrawn a proof of these days with the same figures: ask your brand why";

impl CreatorView<'_> {
    /// What a proof of this period would state: clicks on shared links, shared orders and their revenue.
    pub async fn shared_figures(&self, period: Period) -> Result<ProofFigures, FlowError> {
        Ok(self.figures.own_shared_figures(&self.session.brand().id, self.session.creator(), period).await?)
    }

    /// Whether the brand shares the revenue of any of the creator's links.
    pub async fn has_shared_links(&self) -> Result<bool, FlowError> {
        let id = self.session.creator();
        let links = self.links.links_of_creators(&self.session.brand().id, core::slice::from_ref(id)).await?;
        Ok(links.iter().any(|link| link.share_revenue))
    }

    /// Issues a proof of the creator's shared revenue in a period. If a proof of the period states the figures of today
    /// already, that one is returned.
    ///
    /// # Errors
    /// `FlowError::Invalid` if nothing is shared, nothing shared was sold in the period, the period is not over, the brand
    /// has withdrawn a proof that states the same, or the creator has too many proofs; `FlowError::Stale` if the figures
    /// change all the time.
    pub async fn issue_proof(&self, period: Period) -> Result<IssuedProof, FlowError> {
        proof::check_period(self.session.brand(), period, self.now)?;
        for _ in 0..ATTEMPTS_MAX {
            if let Some(issued) = self.try_to_issue(period).await? {
                return Ok(issued);
            }
        }
        Err(FlowError::Stale("the figures"))
    }

    /// `None` if the figures have changed since they were read: what is signed must be what is shared at that moment.
    async fn try_to_issue(&self, period: Period) -> Result<Option<IssuedProof>, FlowError> {
        if !self.has_shared_links().await? {
            return Err(Invalid::one("the brand shares the revenue of none of your links").into());
        }
        let figures = self.shared_figures(period).await?;
        if figures.is_empty() {
            return Err(Invalid::one("your shared links have no sales in this period").into());
        }
        let id = ProofId::new(self.now.0, self.random());
        let statement = self.statement(&id, period, figures.clone()).await?;
        let stored = Proof {
            id,
            creator: self.session.creator().clone(),
            period,
            jws: self.signer.sign(&statement).await?,
            issued_at: self.now,
            revoked: None,
        };
        let states_the_same =
            |other: &Proof| proof::statement_of(other).is_ok_and(|statement| statement.figures == figures);
        let new = NewProof { proof: &stored, figures: &figures, states_the_same: &states_the_same, most: PROOFS_MAX };
        let entry = self.audit("proof.issue", &stored.id);
        let outcome = self.proofs.put_proof(&self.session.brand().id, new, &entry).await?;
        match outcome {
            PutProof::Stored => Ok(Some(proof::issued(stored, figures)?)),
            PutProof::Standing(same) => Ok(Some(proof::issued(same, figures)?)),
            PutProof::FiguresChanged => Ok(None),
            PutProof::RevokedByBrand => Err(Invalid::one(REVOKED_BY_BRAND).into()),
            PutProof::TooMany => Err(Invalid::one(format!("you have {PROOFS_MAX} proofs: withdraw one first")).into()),
            PutProof::NoCreator => Err(FlowError::Unauthorized),
        }
    }

    async fn statement(
        &self,
        id: &ProofId,
        period: Period,
        figures: ProofFigures,
    ) -> Result<ProofStatement, FlowError> {
        let brand = self.session.brand();
        let creator = self.creators.creator(&brand.id, self.session.creator()).await?.ok_or(FlowError::Unauthorized)?;
        Ok(ProofStatement {
            version: VERSION,
            issuer: self.public_url.to_owned(),
            id: id.clone(),
            issued_at_s: self.now.0.div_euclid(1_000),
            url: proof::url(self.public_url, id),
            creator: StatedCreator { name: creator.name, handle: creator.handle },
            brand: StatedBrand { name: brand.name.clone() },
            period: StatedPeriod::new(period, &brand.zone),
            figures,
            counted: COUNTED.to_owned(),
            policies: policies_of(&brand.policies, period, &brand.zone),
            is_sample: brand.settings.sample.is_some(),
        })
    }

    /// The creator's proofs: all that stand, newest first, then the latest that were withdrawn.
    pub async fn proofs(&self) -> Result<Vec<IssuedProof>, FlowError> {
        let mut list = Vec::new();
        for stored in self.proofs.proofs_of(&self.session.brand().id, self.session.creator(), WITHDRAWN_MAX).await? {
            let figures = self.shared_figures(stored.period).await?;
            list.push(proof::issued(stored, figures)?);
        }
        Ok(list)
    }

    /// Withdraws one of the creator's proofs.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the creator's, or is withdrawn already.
    pub async fn withdraw_proof(&self, id: &ProofId) -> Result<(), FlowError> {
        let revocation = Revocation { at: self.now, by: RevokedBy::Creator };
        let (brand, creator) = (&self.session.brand().id, self.session.creator());
        let entry = self.audit("proof.withdraw", id);
        let is_done = self.proofs.revoke_proof(brand, id, Some(creator), revocation, &entry).await?;
        if is_done { Ok(()) } else { Err(FlowError::NotFound("proof")) }
    }
}
