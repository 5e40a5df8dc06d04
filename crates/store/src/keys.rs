//! API keys.

use domain::{
    BrandId, UnixMs,
    api_key::{KeyId, KeyKind, KeyRecord},
    metadata::Details,
};

use crate::{
    Result,
    audit::AuditEntry,
    objects::{DetailsChange, ObjectKind},
    row::{from_json, known, read},
};

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct KeyRow {
    pub id: String,
    pub brand_id: String,
    pub kind: String,
    pub is_test: bool,
    pub secret_hash: Vec<u8>,
    pub created_at: i64,
    pub updated_at: i64,
    pub revoked_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub scopes: Option<String>,
    pub api_version: Option<String>,
}

impl KeyRow {
    /// Converts the row.
    pub fn read(self) -> Result<KeyRecord> {
        Ok(KeyRecord {
            id: KeyId(self.id),
            brand: read(self.brand_id, "api_keys", "brand_id")?,
            kind: known(KeyKind::parse(&self.kind), "api_keys", "kind")?,
            is_test: self.is_test,
            secret_hash: read(self.secret_hash, "api_keys", "secret_hash")?,
            created_at: UnixMs(self.created_at),
            updated_at: UnixMs(self.updated_at),
            revoked_at: self.revoked_at.map(UnixMs),
            expires_at: self.expires_at.map(UnixMs),
            scopes: self.scopes.map(|text| from_json(&text, "api_keys", "scopes")).transpose()?,
            api_version: self.api_version,
        })
    }
}

/// The kind of a key, among those that have details.
pub const fn kind_of(key: &KeyRecord) -> ObjectKind {
    if key.is_test { ObjectKind::TestKey } else { ObjectKind::Key }
}

/// Stores API keys; of a secret only its hash.
#[async_trait::async_trait]
pub trait KeyStore: Send + Sync {
    /// Adds a key with its external id and metadata.
    ///
    /// # Errors
    /// `Conflict` when its id or external id exists, `Missing` when the brand does not.
    async fn create_key(&self, key: &KeyRecord, details: &Details, audit: &AuditEntry) -> Result<()>;
    /// Replaces a key by a new one, which takes over its external id and metadata. The old one works until `expires_at`.
    /// False when it is unknown, revoked, or to expire already.
    ///
    /// # Errors
    /// `Conflict` when the new key's id exists.
    async fn rotate_key(
        &self,
        brand: &BrandId,
        old: &KeyId,
        new: &KeyRecord,
        expires_at: UnixMs,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Changes a key's external id and metadata. False if they have changed since they were read, or the key is unknown,
    /// revoked or replaced.
    ///
    /// # Errors
    /// `Conflict` when another key has the external id.
    async fn note_key(&self, brand: &BrandId, change: &DetailsChange, audit: &AuditEntry) -> Result<bool>;
    /// Finds a key by id, revoked or not. It takes no brand because the key is what authenticates the brand.
    async fn key(&self, id: &KeyId) -> Result<Option<KeyRecord>>;
    /// All keys of a brand, including revoked ones, newest first.
    async fn keys(&self, brand: &BrandId) -> Result<Vec<KeyRecord>>;
    /// Revokes a key; another may have its external id. False when it is unknown or revoked already.
    async fn revoke_key(&self, brand: &BrandId, id: &KeyId, at: UnixMs, audit: &AuditEntry) -> Result<bool>;
}
