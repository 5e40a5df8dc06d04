//! Webhook endpoints.

use domain::{
    BrandId, EndpointId, UnixMs,
    metadata::Details,
    webhook::{Endpoint, TypeFilter},
};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    objects::{DetailsChange, ObjectKind},
    webhooks::{Disabling, EndpointChange, EndpointRow, SealedSecrets, WebhookStore},
};

use crate::{
    Db, audit, database, jobs, json, lock,
    money_objects::details_of,
    money_writes::{change_details, lock_details},
    objects::put_details,
    outbound_events,
    webhook_queue::{Key, disable, give_up_open, lock_endpoint},
};

fn stored_types(types: &TypeFilter) -> Result<Option<String>> {
    types.names().map(|names| json(&names)).transpose()
}

#[async_trait::async_trait]
impl WebhookStore for Db {
    async fn create_endpoint(
        &self,
        brand: &BrandId,
        endpoint: &Endpoint,
        sealed_secret: &[u8],
        endpoints_max: usize,
        entry: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        lock(&mut tx, &format!("webhook endpoints {brand}")).await?;
        let (brand_id, id, types) = (brand.as_str(), endpoint.id.as_str(), stored_types(&endpoint.types)?);
        let there = query!(
            r#"select count(*) as "count!: i64" from webhook_endpoints where brand_id = $1 and archived_at is null"#,
            brand_id
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        if usize::try_from(there.count).is_ok_and(|count| count >= endpoints_max) {
            return Ok(false);
        }
        query!(
            "insert into webhook_endpoints (brand_id, id, url, types, api_version, description, created_at, secret,
                                            queued_through)
             values ($1, $2, $3, $4, $5, $6, $7, $8,
                     coalesce((select max(sequence) from outbound_events where brand_id = $1), 0))",
            brand_id,
            id,
            endpoint.url,
            types,
            endpoint.api_version,
            endpoint.description,
            endpoint.created_at.0,
            sealed_secret
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        put_details(&mut tx, brand_id, ObjectKind::Endpoint, id, &endpoint.details).await?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn endpoints(&self, brand: &BrandId) -> Result<Vec<Endpoint>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let mut endpoints = query_as!(
            EndpointRow,
            r#"select id as "id!", url as "url!", types, api_version as "api_version!", description as "description!",
                      created_at as "created_at!", coalesce(updated_at, disabled_at, created_at) as "updated_at!",
                      disabled_at, disabled_reason, secret as "secret!", previous_secret, previous_secret_until,
                      queued_through as "queued_through!", failing_since, warned_at, warning
               from webhook_endpoints where brand_id = $1 and archived_at is null order by id"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read().map(|(endpoint, _)| endpoint))
        .collect::<Result<Vec<_>>>()?;
        let ids: Vec<String> = endpoints.iter().map(|endpoint| endpoint.id.to_string()).collect();
        let mut details = details_of(&mut *connection, brand, &ids).await?;
        for endpoint in &mut endpoints {
            endpoint.details = details.remove(endpoint.id.as_str()).unwrap_or_default();
        }
        Ok(endpoints)
    }

    async fn endpoint(&self, brand: &BrandId, id: &EndpointId) -> Result<Option<(Endpoint, SealedSecrets)>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        let found = query_as!(
            EndpointRow,
            r#"select id as "id!", url as "url!", types, api_version as "api_version!", description as "description!",
                      created_at as "created_at!", coalesce(updated_at, disabled_at, created_at) as "updated_at!",
                      disabled_at, disabled_reason, secret as "secret!", previous_secret, previous_secret_until,
                      queued_through as "queued_through!", failing_since, warned_at, warning
               from webhook_endpoints where brand_id = $1 and id = $2 and archived_at is null"#,
            brand,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(EndpointRow::read)
        .transpose()?;
        let Some((endpoint, secrets)) = found else { return Ok(None) };
        let details = details_of(&mut *connection, brand, &[id.to_owned()]).await?.remove(id).unwrap_or_default();
        Ok(Some((Endpoint { details, ..endpoint }, secrets)))
    }

    async fn change_endpoint(
        &self,
        brand: &BrandId,
        id: &EndpointId,
        change: &EndpointChange,
        entry: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        if let Some((before, after)) = &change.details {
            let (kind, id, before, after) = (ObjectKind::Endpoint, id.to_string(), before.clone(), after.clone());
            if !change_details(&mut tx, brand, &DetailsChange { kind, id, before, after }).await? {
                return Ok(false);
            }
        }
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let types = change.types.as_ref().map(stored_types).transpose()?;
        let (has_types, types) = (types.is_some(), types.flatten());
        let done = query!(
            "update webhook_endpoints set url = coalesce($3, url), description = coalesce($4, description),
                                          types = case when $5 then $6 else types end, updated_at = $7
             where brand_id = $1 and id = $2 and archived_at is null",
            brand_id,
            id,
            change.url,
            change.description,
            has_types,
            types,
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

    async fn rotate_endpoint_secret(
        &self,
        brand: &BrandId,
        id: &EndpointId,
        sealed_secret: &[u8],
        previous_until: UnixMs,
        entry: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let done = query!(
            "update webhook_endpoints set previous_secret = secret, previous_secret_until = $4, secret = $3,
                                          updated_at = $5
             where brand_id = $1 and id = $2 and archived_at is null",
            brand_id,
            id,
            sealed_secret,
            previous_until.0,
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

    async fn enable_endpoint(&self, brand: &BrandId, id: &EndpointId, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let done = query!(
            "update webhook_endpoints set
                disabled_at = null, disabled_reason = null, failing_since = null, warned_at = null, warning = null,
                hold_until = 0, is_slow = true, updated_at = $3,
                queued_through = coalesce((select max(sequence) from outbound_events where brand_id = $1), queued_through)
             where brand_id = $1 and id = $2 and disabled_at is not null and archived_at is null",
            brand_id,
            id,
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

    async fn disable_endpoint(
        &self,
        brand: &BrandId,
        id: &EndpointId,
        disabling: &Disabling<'_>,
        entry: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let key = Key::of(brand, id);
        lock_endpoint(&mut tx, key).await?;
        if !disable(&mut tx, key, disabling).await? {
            return Ok(false);
        }
        audit::write(&mut tx, brand, entry).await?;
        outbound_events::emit(&mut tx, brand, disabling.events).await?;
        jobs::push_all(&mut tx, disabling.mail.as_slice()).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn archive_endpoint(&self, brand: &BrandId, id: &EndpointId, at: UnixMs, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        lock_details(&mut tx, brand, id.as_str()).await?;
        let key = Key::of(brand, id);
        if lock_endpoint(&mut tx, key).await?.is_none() {
            return Ok(false);
        }
        query!(
            "update webhook_endpoints set archived_at = $3, next_at = null where brand_id = $1 and id = $2",
            key.brand,
            key.id,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        put_details(&mut tx, key.brand, ObjectKind::Endpoint, key.id, &Details::default()).await?;
        give_up_open(&mut tx, key, at, "the endpoint was removed").await?;
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }
}
