//! Encrypted secrets.

use domain::{BrandId, UnixMs};
use sqlx::query;
use store::{Result, audit::AuditEntry, secrets::SecretStore};

use crate::{Db, audit, database};

#[async_trait::async_trait]
impl SecretStore for Db {
    async fn secret_or_insert(&self, name: &str, sealed: &[u8], now: UnixMs) -> Result<Vec<u8>> {
        let mut tx = self.unbound_begin().await?;
        query!(
            "insert into secrets (name, sealed, created_at) values ($1, $2, $3) on conflict (name) do nothing",
            name,
            sealed,
            now.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        let row = query!(r#"select sealed as "sealed!" from secrets where name = $1"#, name)
            .fetch_one(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(row.sealed)
    }

    async fn forget_secrets(&self, prefix: &str, before: UnixMs) -> Result<()> {
        query!("delete from secrets where substr(name, 1, length($1)) = $1 and created_at < $2", prefix, before.0)
            .execute(&mut *self.unbound_write().await?)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn put_secret(
        &self,
        brand: &BrandId,
        name: &str,
        sealed: Option<&[u8]>,
        at: UnixMs,
        entry: &AuditEntry,
    ) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        if let Some(sealed) = sealed {
            query!(
                "insert into secrets (name, sealed, created_at) values ($1, $2, $3)
                 on conflict (name) do update set sealed = excluded.sealed, created_at = excluded.created_at",
                name,
                sealed,
                at.0
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        } else {
            query!("delete from secrets where name = $1", name).execute(&mut *tx).await.map_err(database)?;
        }
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)
    }

    async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let row = query!(r#"select sealed as "sealed!" from secrets where name = $1"#, name)
            .fetch_optional(&mut *self.unbound_read().await?)
            .await
            .map_err(database)?;
        Ok(row.map(|row| row.sealed))
    }
}
