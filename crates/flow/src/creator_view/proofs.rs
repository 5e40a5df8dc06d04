//! A creator's revenue proofs: issuing, listing and withdrawing them.

use domain::{
    ProofId,
    proof::{
        COUNTED, ProofFigures, ProofStatement, RevokedBy, StatedBrand, StatedCreator, StatedPeriod, VERSION,
        policies_of,
    },
    time::Period,
};
use store::proofs::{Proof, Revocation};

use super::CreatorView;
use crate::{
    FlowError, Invalid,
    proof::{self, IssuedProof, PROOFS_MAX},
};

impl CreatorView<'_> {
    /// What a proof of this period would state: clicks on shared links, shared orders and their revenue.
    pub async fn shared_figures(&self, period: Period) -> Result<ProofFigures, FlowError> {
        Ok(self.figures.own_shared_figures(&self.session.brand().id, self.session.creator(), period).await?)
    }

    /// Whether the brand shares the revenue of any of the creator's links.
    pub async fn has_shared_links(&self) -> Result<bool, FlowError> {
        let id = self.session.creator();
        let links = self.links.links(&self.session.brand().id).await?;
        Ok(links.iter().any(|link| link.creator.as_ref() == Some(id) && link.share_revenue))
    }

    /// Issues a proof of the creator's shared revenue in a period. If the latest proof of the period still states the
    /// figures of today, that one is returned.
    ///
    /// # Errors
    /// `FlowError::Invalid` if nothing is shared, nothing shared was sold in the period, the period is not over, or the
    /// creator has too many proofs.
    pub async fn issue_proof(&self, period: Period) -> Result<IssuedProof, FlowError> {
        let brand = self.session.brand();
        proof::check_period(brand, period, self.now)?;
        if !self.has_shared_links().await? {
            return Err(Invalid::one("the brand shares the revenue of none of your links").into());
        }
        let figures = self.shared_figures(period).await?;
        if figures.is_empty() {
            return Err(Invalid::one("your shared links have no sales in this period").into());
        }
        if let Some(stored) = self.standing_proof(period, &figures).await? {
            return proof::issued(stored, figures);
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
        let entry = self.audit("proof.issue", &stored.id);
        if !self.proofs.put_proof(&brand.id, &stored, PROOFS_MAX, &entry).await? {
            return Err(Invalid::one(format!("you have {PROOFS_MAX} proofs: withdraw one first")).into());
        }
        proof::issued(stored, figures)
    }

    /// The creator's proof of this period that states these figures, if there is one.
    async fn standing_proof(&self, period: Period, figures: &ProofFigures) -> Result<Option<Proof>, FlowError> {
        for stored in self.issued_proofs().await? {
            if stored.period == period && stored.revoked.is_none() && proof::statement_of(&stored)?.figures == *figures
            {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    async fn issued_proofs(&self) -> Result<Vec<Proof>, FlowError> {
        Ok(self.proofs.proofs_of(&self.session.brand().id, self.session.creator(), PROOFS_MAX).await?)
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

    /// The creator's proofs, newest first.
    pub async fn proofs(&self) -> Result<Vec<IssuedProof>, FlowError> {
        let mut list = Vec::new();
        for stored in self.issued_proofs().await? {
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
