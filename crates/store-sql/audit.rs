//! The audit log.

use domain::BrandId;
use sqlx::{query, query_as};
use store::{
    Result,
    audit::{AuditEntry, AuditRow, AuditStore, LoggedEntry},
    keyset::Keyset,
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

/// The statement of a page, in the order of the keyset.
macro_rules! page {
    ($connection:ident, $brand:ident, $keyset:ident, $about:ident, $order:literal) => {
        query_as!(
            AuditRow,
            r#"select id as "id!", at as "at!", actor as "actor!", action as "action!", subject as "subject!"
               from audit_log
               where brand_id = $1 and id >= $2 and id < $3
                 and (cast($5 as text) is null or substr(action, 1, length($5) + 1) = $5 || '.')"#
                + $order
                + " limit $4",
            $brand,
            $keyset.from,
            $keyset.below,
            $keyset.limit,
            $about
        )
        .fetch_all(&mut *$connection)
        .await
        .map_err(database)?
    };
}

#[async_trait::async_trait]
impl AuditStore for Db {
    async fn audit_log(&self, brand: &BrandId, keyset: &Keyset, about: Option<&str>) -> Result<Vec<LoggedEntry>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows: Vec<AuditRow> = if keyset.is_ascending {
            page!(connection, brand, keyset, about, " order by id")
        } else {
            page!(connection, brand, keyset, about, " order by id desc")
        };
        Ok(rows.into_iter().map(LoggedEntry::from).collect())
    }
}
