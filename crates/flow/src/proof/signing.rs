//! The key that signs proofs: made once, stored sealed, replaced by the operator.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use domain::{UnixMs, proof::ProofStatement};
use store::proofs::{ProofKeyStore, SigningKey};

use super::jws;
use crate::{Flow, FlowError, Random, vault::Vault};

/// Signs statements.
pub(crate) struct Signer<'a> {
    /// Where the key is stored.
    pub(crate) keys: &'a dyn ProofKeyStore,
    /// Opens it.
    pub(crate) vault: &'a Vault,
    /// For the first key.
    pub(crate) random: &'a dyn Random,
    /// Now.
    pub(crate) now: UnixMs,
}

/// Where a key is stored, as the vault knows it.
fn location(id: &str) -> String {
    format!("proof_keys/sealed_seed/{id}")
}

fn pair(seed: &[u8]) -> Result<(Ed25519KeyPair, [u8; 32]), FlowError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| FlowError::Sealed)?;
    let public_key = pair.public_key().as_ref().try_into().map_err(|_| FlowError::Sealed)?;
    Ok((pair, public_key))
}

impl<'a> Signer<'a> {
    /// The signer of this installation.
    pub(crate) fn of(flow: &'a Flow) -> Self {
        Self { keys: &*flow.store, vault: &flow.vault, random: &*flow.random, now: flow.now() }
    }

    /// A new key, not stored.
    pub(crate) fn new_key(&self) -> Result<SigningKey, FlowError> {
        let (mut seed, mut nonce) = ([0; 32], [0; 24]);
        self.random.fill(&mut seed);
        self.random.fill(&mut nonce);
        let (_, public_key) = pair(&seed)?;
        let id = jws::thumbprint(&public_key);
        let sealed_seed = self.vault.seal(&location(&id), &seed, nonce);
        Ok(SigningKey { id, public_key, sealed_seed, created_at: self.now })
    }

    /// Signs a statement with the installation's key, which is made on first use.
    ///
    /// # Errors
    /// `FlowError::Sealed` if the key cannot be opened.
    pub(crate) async fn sign(&self, statement: &ProofStatement) -> Result<String, FlowError> {
        let key = self.keys.signing_key_or_insert(&self.new_key()?).await?;
        let (pair, public_key) = pair(&self.vault.open(&location(&key.id), &key.sealed_seed)?)?;
        let is_own = public_key == key.public_key;
        let jws = is_own.then(|| jws::sign(&pair, &key.id, statement)).flatten();
        jws.ok_or(FlowError::Sealed)
    }
}
