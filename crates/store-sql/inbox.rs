//! Webhook deliveries.

use domain::{UnixMs, id::InboxId};
use sqlx::{query, query_as};
use store::{
    Result,
    inbox::{Delivery, InboxRow, InboxStore},
    jobs::NewJob,
};

use crate::{Db, database, jobs};

#[async_trait::async_trait]
impl InboxStore for Db {
    async fn receive(&self, delivery: &Delivery, job: &NewJob) -> Result<bool> {
        let mut tx = self.begin().await?;
        let (id, shop) = (delivery.id.as_str(), delivery.shop.as_str());
        let (triggered_at, received_at) = (delivery.triggered_at.map(|at| at.0), delivery.received_at.0);
        let (body, sha256) = (&delivery.body[..], &delivery.body_sha256[..]);
        let done = query!(
            "insert into webhook_inbox (id, source, delivery_id, topic, shop_domain, triggered_at, received_at, body,
                                        body_sha256)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (source, shop_domain, topic, delivery_id) do nothing",
            id,
            delivery.source,
            delivery.delivery_id,
            delivery.topic,
            shop,
            triggered_at,
            received_at,
            body,
            sha256
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        query!("update shops set last_webhook_at = $2 where domain = $1", shop, received_at)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        jobs::push(&mut tx, job).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn delivery(&self, id: &InboxId) -> Result<Option<Delivery>> {
        let id = id.as_str();
        query_as!(
            InboxRow,
            r#"select id as "id!", source as "source!", delivery_id as "delivery_id!", topic as "topic!",
                      shop_domain as "shop_domain!", triggered_at, received_at as "received_at!", body,
                      body_sha256 as "body_sha256!"
               from webhook_inbox where id = $1 and processed_at is null"#,
            id
        )
        .fetch_optional(&self.reader)
        .await
        .map_err(database)?
        .map(InboxRow::read)
        .transpose()
    }

    async fn close_delivery(&self, id: &InboxId, outcome: &str, at: UnixMs) -> Result<()> {
        let id = id.as_str();
        query!(
            "update webhook_inbox set processed_at = $2, outcome = $3, body = null where id = $1",
            id,
            at.0,
            outcome
        )
        .execute(&self.writer)
        .await
        .map_err(database)?;
        Ok(())
    }
}
