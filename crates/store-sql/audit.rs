//! The audit log.

use domain::{BrandId, UnixMs};
use sqlx::query;
use store::{
    Result,
    audit::{AuditEntry, AuditStore},
};

use crate::{Db, Tx, database};

/// Writes an audit entry in the same transaction as the change it records.
pub(crate) async fn write(tx: &mut Tx, brand: &BrandId, entry: &AuditEntry) -> Result<()> {
    let (brand, at) = (brand.as_str(), entry.at.0);
    query!(
        "insert into audit_log (brand_id, id, at, actor, action, subject) values ($1, $2, $3, $4, $5, $6)",
        brand,
        entry.id,
        at,
        entry.actor,
        entry.action,
        entry.subject
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

#[async_trait::async_trait]
impl AuditStore for Db {
    async fn audit_log(&self, brand: &BrandId, limit: i64) -> Result<Vec<(UnixMs, String, String, String)>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows = query!(
            r#"select at as "at!", actor as "actor!", action as "action!", subject as "subject!"
               from audit_log where brand_id = $1 order by id desc limit $2"#,
            brand,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| (UnixMs(row.at), row.actor, row.action, row.subject)).collect())
    }
}
