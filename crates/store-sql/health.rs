//! What became of queued work.

use domain::UnixMs;
use sqlx::query;
use store::{
    Result,
    health::{DeadJob, HealthStore, RefusedMessage},
    row::read,
};

use crate::{Db, database, dialect, list};

#[async_trait::async_trait]
impl HealthStore for Db {
    async fn dead_jobs(&self, parties: Option<&[String]>, limit: i64) -> Result<Vec<DeadJob>> {
        let (is_any, parties) = (parties.is_none(), list(parties.unwrap_or_default())?);
        let rows = statement!(query!(
            r#"select kind as "kind!", key as "key!", party as "party!", last_error from jobs
               where is_dead = true and ($1 or party "# IN "$2" r#") order by party, kind, key limit $3"#,
            is_any,
            &parties,
            limit
        ))
        .fetch_all(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?;
        Ok(rows
            .into_iter()
            .map(|row| DeadJob {
                kind: row.kind,
                key: row.key,
                party: row.party,
                error: row.last_error.unwrap_or_default(),
            })
            .collect())
    }

    async fn job_due_at(&self, kind: &str, key: &str) -> Result<Option<UnixMs>> {
        let row =
            query!(r#"select run_at as "run_at!" from jobs where kind = $1 and key = $2 and not is_dead"#, kind, key)
                .fetch_optional(&mut *self.unbound_read().await?)
                .await
                .map_err(database)?;
        Ok(row.map(|row| UnixMs(row.run_at)))
    }

    async fn refused_privacy_messages(&self, limit: i64) -> Result<Vec<RefusedMessage>> {
        let rows = query!(
            r#"select shop_domain as "shop_domain!", topic as "topic!", received_at as "received_at!",
                      outcome as "outcome!"
               from webhook_inbox
               where topic in ('customers/data_request', 'customers/redact', 'shop/redact')
                 and outcome like 'refused:%'
               order by id desc limit $1"#,
            limit
        )
        .fetch_all(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|row| {
                Ok(RefusedMessage {
                    shop: read(row.shop_domain, "webhook_inbox", "shop_domain")?,
                    topic: row.topic,
                    received_at: UnixMs(row.received_at),
                    outcome: row.outcome,
                })
            })
            .collect()
    }

    async fn row_security_gap(&self) -> Result<Option<String>> {
        dialect::row_security_gap(self).await
    }
}
