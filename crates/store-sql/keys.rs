//! API keys.

use domain::{
    BrandId, UnixMs,
    api_key::{KeyId, KeyRecord},
    metadata::Details,
};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    keys::{KeyRow, KeyStore, kind_of},
    objects::DetailsChange,
};

use crate::{
    Db, Tx, audit, database, json,
    money_writes::{change_details, lock_details},
    named,
    objects::put_details,
};

/// Adds a key inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, key: &KeyRecord) -> Result<()> {
    let (brand, kind, hash) = (key.brand.as_str(), key.kind.as_str(), &key.secret_hash[..]);
    let (created_at, revoked_at) = (key.created_at.0, key.revoked_at.map(|at| at.0));
    let (expires_at, scopes) = (key.expires_at.map(|at| at.0), key.scopes.as_ref().map(json).transpose()?);
    query!(
        "insert into api_keys (id, brand_id, kind, is_test, secret_hash, created_at, revoked_at, expires_at, scopes,
                               api_version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        key.id.0,
        brand,
        kind,
        key.is_test,
        hash,
        created_at,
        revoked_at,
        expires_at,
        scopes,
        key.api_version
    )
    .execute(&mut **tx)
    .await
    .map_err(named("key"))?;
    Ok(())
}

#[async_trait::async_trait]
impl KeyStore for Db {
    async fn create_key(&self, key: &KeyRecord, details: &Details, entry: &AuditEntry) -> Result<()> {
        let mut tx = self.begin_for(&key.brand).await?;
        insert(&mut tx, key).await?;
        put_details(&mut tx, key.brand.as_str(), kind_of(key), &key.id.0, details).await?;
        audit::write(&mut tx, &key.brand, entry).await?;
        tx.commit().await.map_err(database)
    }

    async fn key(&self, id: &KeyId) -> Result<Option<KeyRecord>> {
        query_as!(
            KeyRow,
            r#"select id as "id!", brand_id as "brand_id!", kind as "kind!", is_test as "is_test!: bool",
                      secret_hash as "secret_hash!", created_at as "created_at!",
                      coalesce(updated_at, revoked_at, created_at) as "updated_at!", revoked_at, expires_at, scopes,
                      api_version
               from api_keys where id = $1"#,
            id.0
        )
        .fetch_optional(&mut *self.system_read().await?)
        .await
        .map_err(database)?
        .map(KeyRow::read)
        .transpose()
    }

    async fn keys(&self, brand: &BrandId) -> Result<Vec<KeyRecord>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            KeyRow,
            r#"select id as "id!", brand_id as "brand_id!", kind as "kind!", is_test as "is_test!: bool",
                      secret_hash as "secret_hash!", created_at as "created_at!",
                      coalesce(updated_at, revoked_at, created_at) as "updated_at!", revoked_at, expires_at, scopes,
                      api_version
               from api_keys where brand_id = $1 order by created_at desc, id"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(KeyRow::read)
        .collect()
    }

    async fn rotate_key(
        &self,
        brand: &BrandId,
        old: &KeyId,
        new: &KeyRecord,
        expires_at: UnixMs,
        entry: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        lock_details(&mut tx, brand, &old.0).await?;
        let brand_id = brand.as_str();
        let done = query!(
            "update api_keys set expires_at = $3, updated_at = $4
             where brand_id = $1 and id = $2 and revoked_at is null and expires_at is null",
            brand_id,
            old.0,
            expires_at.0,
            new.created_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        insert(&mut tx, new).await?;
        query!(
            "update object_details set object_id = $3 where brand_id = $1 and object_id = $2",
            brand_id,
            old.0,
            new.id.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn note_key(&self, brand: &BrandId, change: &DetailsChange, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        if !change_details(&mut tx, brand, change).await? {
            return Ok(false);
        }
        let brand_id = brand.as_str();
        let done = query!(
            "update api_keys set updated_at = $3
             where brand_id = $1 and id = $2 and revoked_at is null and expires_at is null",
            brand_id,
            change.id,
            entry.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn revoke_key(&self, brand: &BrandId, id: &KeyId, at: UnixMs, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        lock_details(&mut tx, brand, &id.0).await?;
        let brand_id = brand.as_str();
        let done = query!(
            "update api_keys set revoked_at = $3, updated_at = $3 where brand_id = $1 and id = $2 and revoked_at is null",
            brand_id,
            id.0,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        query!("update object_details set external_id = null where brand_id = $1 and object_id = $2", brand_id, id.0)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }
}
