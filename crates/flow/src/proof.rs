//! Revenue proofs: signed statements about a creator's shared revenue, which strangers verify. Creators issue them
//! through [`crate::creator_view`].

mod jws;
mod signing;

use domain::{
    BrandId, CreatorId, ProofId, UnixMs,
    brand::Brand,
    proof::{ProofFigures, ProofState, ProofStatement, RevokedBy},
    shop::Shop,
};
use store::proofs::{Proof, Revocation};

pub use jws::{Jwk, Jwks, VerifyError, verify};
pub(crate) use signing::Signer;

use crate::{
    FlowError, Invalid,
    access::{Merchant, Operator},
    stage::Proofs,
};

/// Most proofs of a creator that are not withdrawn.
pub(crate) const PROOFS_MAX: i64 = 50;
/// Most withdrawn proofs in a creator's list.
pub(crate) const WITHDRAWN_MAX: i64 = 50;
/// Most proofs in a brand's list.
const LIST_MAX: i64 = 200;
/// What looking at a proof takes from the budget of an address, in rows.
const VIEW_ROWS: usize = 10;

/// A proof as its creator and its brand see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedProof {
    /// Its id.
    pub id: ProofId,
    /// The creator whose it is.
    pub creator: CreatorId,
    /// What it states.
    pub statement: ProofStatement,
    /// What it is worth now.
    pub state: ProofState,
    /// The figures of today, if the proof is superseded.
    pub figures_now: Option<ProofFigures>,
}

/// A proof as everyone may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicProof {
    /// It stands, or is superseded.
    Shown(Box<ShownProof>),
    /// It was withdrawn: what it stated is shown no longer.
    Withdrawn {
        /// When.
        at: UnixMs,
        /// By whom.
        by: RevokedBy,
    },
}

/// What everyone may see of a proof that was not withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownProof {
    /// What it states.
    pub statement: ProofStatement,
    /// The signed statement.
    pub jws: String,
    /// Whether the figures of its period have changed since.
    pub is_superseded: bool,
    /// The creator's latest proof of the same period, if it is a later one.
    pub newer: Option<ProofId>,
}

/// Reads the statement of a stored proof.
pub(crate) fn statement_of(proof: &Proof) -> Result<ProofStatement, FlowError> {
    jws::statement(&proof.jws).map_err(|error| FlowError::Unreadable(format!("proof {}: {error}", proof.id)))
}

/// A stored proof beside the figures of today.
pub(crate) fn issued(proof: Proof, now: ProofFigures) -> Result<IssuedProof, FlowError> {
    let statement = statement_of(&proof)?;
    let state = match proof.revoked {
        Some(Revocation { at, by }) => ProofState::Revoked { at, by },
        None if statement.figures == now => ProofState::Current,
        None => ProofState::Superseded,
    };
    let figures_now = (state == ProofState::Superseded).then_some(now);
    Ok(IssuedProof { id: proof.id, creator: proof.creator, statement, state, figures_now })
}

impl Proofs<'_> {
    /// The public keys of this installation, those that sign no longer included.
    pub async fn keys(self) -> Result<Jwks, FlowError> {
        let keys = self.store.proof_keys().await?;
        Ok(Jwks { keys: keys.iter().map(|key| Jwk::new(&key.id, &key.public_key)).collect() })
    }

    /// The proof with this id, for whoever has it; `None` if there is none, its creator is erased, or its brand left.
    ///
    /// # Errors
    /// `FlowError::OverBudget` if the address has looked at too many in this minute.
    pub async fn find(self, id: &str, address: &str) -> Result<Option<PublicProof>, FlowError> {
        self.budgets().spend_address(address, VIEW_ROWS)?;
        let Ok(id) = id.parse::<ProofId>() else { return Ok(None) };
        let Some((brand, proof)) = self.store.proof(&id).await? else { return Ok(None) };
        if self.has_left(&brand).await? {
            return Ok(None);
        }
        if let Some(Revocation { at, by }) = proof.revoked {
            return Ok(Some(PublicProof::Withdrawn { at, by }));
        }
        let figures = self.store.own_shared_figures(&brand, &proof.creator, proof.period).await?;
        let statement = statement_of(&proof)?;
        let is_superseded = statement.figures != figures;
        let newer = if is_superseded { self.newer(&brand, &proof).await? } else { None };
        Ok(Some(PublicProof::Shown(Box::new(ShownProof { statement, jws: proof.jws, is_superseded, newer }))))
    }

    async fn has_left(self, brand: &BrandId) -> Result<bool, FlowError> {
        let shops = self.store.shops_of(brand).await?;
        Ok(!shops.is_empty() && shops.iter().all(Shop::is_gone))
    }

    async fn newer(self, brand: &BrandId, proof: &Proof) -> Result<Option<ProofId>, FlowError> {
        let others = self.store.proofs_of(brand, &proof.creator, 0).await?;
        let is_newer = |other: &Proof| other.period == proof.period && other.id > proof.id;
        Ok(others.into_iter().find(is_newer).map(|other| other.id))
    }

    /// The brand's latest proofs, newest first.
    pub async fn list(self, merchant: &Merchant) -> Result<Vec<IssuedProof>, FlowError> {
        let stored = self.store.proofs(merchant.id(), LIST_MAX).await?;
        self.beside_today(merchant.id(), stored).await
    }

    /// The proofs of one of the brand's creators: all that stand, newest first, then the latest that were withdrawn.
    pub async fn of_creator(self, merchant: &Merchant, creator: &CreatorId) -> Result<Vec<IssuedProof>, FlowError> {
        let stored = self.store.proofs_of(merchant.id(), creator, WITHDRAWN_MAX).await?;
        self.beside_today(merchant.id(), stored).await
    }

    async fn beside_today(self, brand: &BrandId, stored: Vec<Proof>) -> Result<Vec<IssuedProof>, FlowError> {
        let mut list = Vec::with_capacity(stored.len());
        for proof in stored {
            let figures = self.store.own_shared_figures(brand, &proof.creator, proof.period).await?;
            list.push(issued(proof, figures)?);
        }
        Ok(list)
    }

    /// Withdraws a proof of one of the brand's creators.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the brand's, or is withdrawn already.
    pub async fn revoke(self, merchant: &Merchant, id: &ProofId) -> Result<(), FlowError> {
        let revocation = Revocation { at: self.now(), by: RevokedBy::Brand };
        let entry = self.audit(merchant.actor(), "proof.revoke", id);
        let is_done = self.store.revoke_proof(merchant.id(), id, None, revocation, &entry).await?;
        if is_done { Ok(()) } else { Err(FlowError::NotFound("proof")) }
    }

    /// Makes a new key, which signs from now on. Proofs signed before stay verifiable. Returns the new key's id.
    pub async fn replace_key(self, _operator: Operator) -> Result<String, FlowError> {
        let key = Signer::of(&self).new_key()?;
        self.store.replace_signing_key(&key).await?;
        Ok(key.id)
    }

    /// The address of a proof's page.
    pub fn url(self, id: &ProofId) -> String {
        url(&self.settings.public_url, id)
    }
}

/// The address of a proof's page on an installation.
pub(crate) fn url(public_url: &str, id: &ProofId) -> String {
    format!("{public_url}/proof/{id}")
}

/// Whether the brand's present day has come after the last day of the period: a day that goes on has no final figures.
pub(crate) fn check_period(brand: &Brand, period: domain::time::Period, now: UnixMs) -> Result<(), Invalid> {
    if period.to < brand.zone.day_of(now) {
        Ok(())
    } else {
        Err(Invalid::one("a proof is about days that are over: choose a period that ends before today"))
    }
}
