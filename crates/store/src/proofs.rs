//! Revenue proofs, and the keys that sign them.

use domain::{
    BrandId, CreatorId, ProofId, UnixMs,
    proof::{ProofFigures, RevokedBy},
    time::{Day, Period},
};

use crate::{
    Result,
    audit::AuditEntry,
    row::{known, read},
};

/// A public key, with which proofs are verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofKey {
    /// The key's id: the thumbprint of the public key.
    pub id: String,
    /// The Ed25519 public key.
    pub public_key: [u8; 32],
    /// When it was made.
    pub created_at: UnixMs,
    /// When another key took its place.
    pub retired_at: Option<UnixMs>,
}

/// The key that signs new proofs. `flow` encrypts its private part ("sealed") before it gets here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// The key's id.
    pub id: String,
    /// The Ed25519 public key.
    pub public_key: [u8; 32],
    /// The private key, sealed.
    pub sealed_seed: Vec<u8>,
    /// When it was made.
    pub created_at: UnixMs,
}

/// When and by whom a proof was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: UnixMs,
    /// By whom.
    pub by: RevokedBy,
}

/// A stored proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Its id.
    pub id: ProofId,
    /// The creator whose it is.
    pub creator: CreatorId,
    /// The days that it is about.
    pub period: Period,
    /// The signed statement.
    pub jws: String,
    /// When it was issued.
    pub issued_at: UnixMs,
    /// Set once it is withdrawn.
    pub revoked: Option<Revocation>,
}

/// Whether a stored proof states what a new one does. Only who signs proofs can read what they state.
pub type StatesTheSame<'a> = &'a (dyn Fn(&Proof) -> bool + Send + Sync);

/// A proof to store.
pub struct NewProof<'a> {
    /// The proof.
    pub proof: &'a Proof,
    /// The figures that it states.
    pub figures: &'a ProofFigures,
    /// Whether another proof of the same creator and period states these figures too.
    pub states_the_same: StatesTheSame<'a>,
    /// Most proofs of a creator that are not withdrawn.
    pub most: i64,
}

/// What became of a proof to store. Only [`PutProof::Stored`] changes anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutProof {
    /// It is stored.
    Stored,
    /// This one states the same and is not withdrawn.
    Standing(Proof),
    /// The brand has withdrawn one that states the same.
    RevokedByBrand,
    /// The figures, or what is shared, have changed since they were read.
    FiguresChanged,
    /// The creator has as many as they may.
    TooMany,
    /// There is no such creator, or they were erased.
    NoCreator,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ProofKeyRow {
    pub id: String,
    pub public_key: Vec<u8>,
    pub created_at: i64,
    pub retired_at: Option<i64>,
}

impl ProofKeyRow {
    /// Converts the row.
    pub fn read(self) -> Result<ProofKey> {
        Ok(ProofKey {
            public_key: read(self.public_key, "proof_keys", "public_key")?,
            id: self.id,
            created_at: UnixMs(self.created_at),
            retired_at: self.retired_at.map(UnixMs),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct SigningKeyRow {
    pub id: String,
    pub public_key: Vec<u8>,
    pub sealed_seed: Vec<u8>,
    pub created_at: i64,
}

impl SigningKeyRow {
    /// Converts the row.
    pub fn read(self) -> Result<SigningKey> {
        Ok(SigningKey {
            public_key: read(self.public_key, "proof_keys", "public_key")?,
            id: self.id,
            sealed_seed: self.sealed_seed,
            created_at: UnixMs(self.created_at),
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ProofRow {
    pub id: String,
    pub creator_id: String,
    pub from_day: i64,
    pub to_day: i64,
    pub jws: String,
    pub issued_at: i64,
    pub revoked_at: Option<i64>,
    pub revoked_by: Option<String>,
}

impl ProofRow {
    /// Converts the row.
    pub fn read(self) -> Result<Proof> {
        let revoked = match (self.revoked_at, self.revoked_by) {
            (Some(at), Some(by)) => {
                Some(Revocation { at: UnixMs(at), by: known(RevokedBy::parse(&by), "proofs", "revoked_by")? })
            }
            _ => None,
        };
        Ok(Proof {
            id: read(self.id, "proofs", "id")?,
            creator: read(self.creator_id, "proofs", "creator_id")?,
            period: Period { from: Day(self.from_day), to: Day(self.to_day) },
            jws: self.jws,
            issued_at: UnixMs(self.issued_at),
            revoked,
        })
    }
}

/// Stores the keys of this installation.
#[async_trait::async_trait]
pub trait ProofKeyStore: Send + Sync {
    /// The key that signs, or this one if there is none, so that replicas that begin at the same time sign with one key.
    async fn signing_key_or_insert(&self, new: &SigningKey) -> Result<SigningKey>;
    /// Puts this key in the place of the one that signs, whose private part is deleted.
    async fn replace_signing_key(&self, new: &SigningKey) -> Result<()>;
    /// All public keys, the newest first.
    async fn proof_keys(&self) -> Result<Vec<ProofKey>>;
}

/// Stores proofs.
#[async_trait::async_trait]
pub trait ProofStore: Send + Sync {
    /// Stores a proof, unless the creator has one that states the same, the brand has withdrawn such a one, or the
    /// figures are others by now. All of it is decided while nobody else stores a proof of this creator or changes what
    /// is shared with them.
    async fn put_proof(&self, brand: &BrandId, new: NewProof<'_>, audit: &AuditEntry) -> Result<PutProof>;
    /// A brand's latest proofs, newest first.
    async fn proofs(&self, brand: &BrandId, limit: i64) -> Result<Vec<Proof>>;
    /// A creator's proofs: all that are not withdrawn, newest first, then the newest withdrawn ones, at most so many.
    async fn proofs_of(&self, brand: &BrandId, creator: &CreatorId, withdrawn_max: i64) -> Result<Vec<Proof>>;
    /// Finds a proof of any brand: whoever has its id may see it.
    async fn proof(&self, id: &ProofId) -> Result<Option<(BrandId, Proof)>>;
    /// Withdraws a proof; of this creator only, if one is given. False if there is no such proof or it is withdrawn
    /// already.
    async fn revoke_proof(
        &self,
        brand: &BrandId,
        id: &ProofId,
        of: Option<&CreatorId>,
        revocation: Revocation,
        audit: &AuditEntry,
    ) -> Result<bool>;
}
