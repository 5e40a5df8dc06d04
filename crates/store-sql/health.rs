//! What became of queued work.

use domain::UnixMs;
use sqlx::query;
use store::{
    Result,
    health::{DeadJob, HealthStore, RefusedMessage},
    row::read,
};

use crate::{Db, database};

#[async_trait::async_trait]
impl HealthStore for Db {
    async fn dead_jobs(&self, limit: i64) -> Result<Vec<DeadJob>> {
        let rows = query!(
            r#"select kind as "kind!", key as "key!", last_error from jobs where is_dead order by kind, key limit $1"#,
            limit
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        let job = |kind, key, error: Option<String>| DeadJob { kind, key, error: error.unwrap_or_default() };
        Ok(rows.into_iter().map(|row| job(row.kind, row.key, row.last_error)).collect())
    }

    async fn job_due_at(&self, kind: &str, key: &str) -> Result<Option<UnixMs>> {
        let row =
            query!(r#"select run_at as "run_at!" from jobs where kind = $1 and key = $2 and not is_dead"#, kind, key)
                .fetch_optional(&self.reader)
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
        .fetch_all(&self.reader)
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
}
