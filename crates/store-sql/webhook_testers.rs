//! The built-in receiver of webhooks.

use domain::{BrandId, UnixMs};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    row::read,
    webhooks::{TesterLimits, TesterRequest, TesterRequestRow, WebhookTesterStore},
};

use crate::{Db, Tx, audit, database, json, lock};

/// Deletes what receivers were sent, wherever it is stored beside the events: what the tester received, and answers, which
/// may repeat it. What is being sent now loses its claim, so that its answer is not stored, and is sent again; nothing is
/// claimed until the transaction ends.
pub(crate) async fn erase_received(tx: &mut Tx, brand: &str) -> Result<()> {
    statement!(query!(
        r#"select id as "id!" from webhook_endpoints where brand_id = $1 order by id"# FOR UPDATE,
        brand
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for statement in [
        query!("delete from webhook_tester_requests where brand_id = $1", brand),
        query!(
            "update webhook_deliveries set lease_until = 0 where brand_id = $1 and state = 'due' and lease_until > 0",
            brand
        ),
        query!("update webhook_attempts set answer = null where brand_id = $1 and answer is not null", brand),
    ] {
        statement.execute(&mut **tx).await.map_err(database)?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl WebhookTesterStore for Db {
    async fn set_tester(
        &self,
        brand: &BrandId,
        token: Option<([u8; 32], &[u8])>,
        at: UnixMs,
        entry: &AuditEntry,
    ) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let brand_id = brand.as_str();
        if let Some((hash, sealed)) = token {
            let hash = &hash[..];
            query!(
                "insert into webhook_testers (brand_id, token_hash, token, created_at) values ($1, $2, $3, $4)
                 on conflict (brand_id) do update set token_hash = excluded.token_hash, token = excluded.token,
                                                      created_at = excluded.created_at",
                brand_id,
                hash,
                sealed,
                at.0
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        } else {
            for statement in [
                query!("delete from webhook_testers where brand_id = $1", brand_id),
                query!("delete from webhook_tester_requests where brand_id = $1", brand_id),
            ] {
                statement.execute(&mut *tx).await.map_err(database)?;
            }
        }
        audit::write(&mut tx, brand, entry).await?;
        tx.commit().await.map_err(database)
    }

    async fn tester(&self, brand: &BrandId) -> Result<Option<Vec<u8>>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query!(r#"select token as "token!" from webhook_testers where brand_id = $1"#, brand)
            .fetch_optional(&mut *connection)
            .await
            .map_err(database)?;
        Ok(row.map(|row| row.token))
    }

    async fn tester_brand(&self, token_hash: [u8; 32]) -> Result<Option<BrandId>> {
        let hash = &token_hash[..];
        let row = query!(r#"select brand_id as "brand_id!" from webhook_testers where token_hash = $1"#, hash)
            .fetch_optional(&mut *self.system_read().await?)
            .await
            .map_err(database)?;
        row.map(|row| read(row.brand_id, "webhook_testers", "brand_id")).transpose()
    }

    async fn put_tester_request(
        &self,
        brand: &BrandId,
        request: &TesterRequest,
        limits: &TesterLimits,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        lock(&mut tx, &format!("webhook tester {brand}")).await?;
        let (brand, id) = (brand.as_str(), request.id.as_str());
        let (headers, status) = (json(&request.headers)?, i64::from(request.status));
        let taken = query!(
            r#"select count(*) as "count!: i64" from webhook_tester_requests where brand_id = $1 and at > $2"#,
            brand,
            limits.since.0
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        if taken.count >= limits.taken_max {
            return Ok(false);
        }
        query!(
            "insert into webhook_tester_requests (brand_id, id, at, headers, body, status)
             values ($1, $2, $3, $4, $5, $6)",
            brand,
            id,
            request.at.0,
            headers,
            request.body,
            status
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        query!(
            "delete from webhook_tester_requests where brand_id = $1 and id not in (
                select id from webhook_tester_requests where brand_id = $1 order by at desc, id desc limit $2)",
            brand,
            limits.requests_max
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn tester_requests(&self, brand: &BrandId, since: UnixMs) -> Result<Vec<TesterRequest>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            TesterRequestRow,
            r#"select id as "id!", at as "at!", headers as "headers!", body as "body!", status as "status!"
               from webhook_tester_requests where brand_id = $1 and at > $2 order by at desc, id desc"#,
            brand,
            since.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(TesterRequestRow::read)
        .collect()
    }

    async fn delete_tester_requests(&self, brand: &BrandId, before: UnixMs) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        let done = query!("delete from webhook_tester_requests where brand_id = $1 and at <= $2", brand, before.0)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }
}
