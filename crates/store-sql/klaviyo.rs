//! Connections to Klaviyo.

use domain::{BrandId, CreatorId, UnixMs, klaviyo::Person};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    klaviyo::{Connection, ConnectionRow, KlaviyoStore, PersonRow, Progress},
};

use crate::{Db, audit, database, jobs, list, outbound_events};

#[async_trait::async_trait]
impl KlaviyoStore for Db {
    async fn connect_klaviyo(&self, brand: &BrandId, sealed_key: &[u8], at: UnixMs, entry: &AuditEntry) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let brand_id = brand.as_str();
        query!(
            "insert into klaviyo_connections (brand_id, private_key, generation, connected_at, sent_through, next_at)
             values ($1, $2, $3, $3, coalesce((select last from outbound_sequences where brand_id = $1), 0), $3)
             on conflict (brand_id) do update set
                 private_key = excluded.private_key, generation = klaviyo_connections.generation + 1, disabled_at = null,
                 attempts = 0, next_at = excluded.next_at, last_error = null, last_error_at = null",
            brand_id,
            sealed_key,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)
    }

    async fn klaviyo(&self, brand: &BrandId) -> Result<Option<Connection>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query_as!(
            ConnectionRow,
            r#"select private_key as "private_key!", generation as "generation!", connected_at as "connected_at!",
                      sent_through as "sent_through!", part_sequence, part_creator_id, disabled_at, attempts as "attempts!", next_at as "next_at!",
                      sent as "sent!", skipped as "skipped!", last_sent_at, last_error, last_error_at
               from klaviyo_connections where brand_id = $1"#,
            brand
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        row.map(ConnectionRow::read).transpose()
    }

    async fn disconnect_klaviyo(&self, brand: &BrandId, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let brand_id = brand.as_str();
        let done = query!("delete from klaviyo_connections where brand_id = $1", brand_id)
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

    async fn record_klaviyo(&self, brand: &BrandId, generation: i64, progress: &Progress) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let brand_id = brand.as_str();
        let disabled_at = progress.disabling.is_some().then_some(progress.at.0);
        let sent_at = (progress.sent > 0).then_some(progress.at.0);
        let (error, error_at) = (progress.error.as_deref(), progress.error.is_some().then_some(progress.at.0));
        let part_sequence = progress.part.as_ref().map(|part| part.sequence);
        let part_creator = progress.part.as_ref().map(|part| part.creator.as_str());
        let done = query!(
            "update klaviyo_connections set
                 sent_through = case when sent_through < $3 then $3 else sent_through end, sent = sent + $4,
                 skipped = skipped + $5, attempts = $6, next_at = $7, disabled_at = $8,
                 last_sent_at = coalesce($9, last_sent_at), last_error = coalesce($10, last_error),
                 last_error_at = coalesce($11, last_error_at), part_sequence = $12, part_creator_id = $13
             where brand_id = $1 and generation = $2 and disabled_at is null",
            brand_id,
            generation,
            progress.sent_through,
            progress.sent,
            progress.skipped,
            progress.attempts,
            progress.next_at.0,
            disabled_at,
            sent_at,
            error,
            error_at,
            part_sequence,
            part_creator
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some((events, mail)) = &progress.disabling {
            outbound_events::emit(&mut tx, brand, events).await?;
            jobs::push_all(&mut tx, mail.as_slice()).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn people(&self, brand: &BrandId, ids: &[CreatorId]) -> Result<Vec<Person>> {
        let mut connection = self.read(brand).await?;
        let (brand, ids) = (brand.as_str(), list(ids)?);
        statement!(query_as!(
            PersonRow,
            r#"select id as "id!", name as "name!", handle as "handle!", tier
               from creators where brand_id = $1 and erased_at is null and id "# IN "$2" " order by id",
            brand,
            &ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(PersonRow::read)
        .collect()
    }
}
