//! Webhook deliveries.

use std::collections::{BTreeSet, HashSet};

use domain::{UnixMs, id::InboxId};
use sqlx::query;
use store::{
    Result,
    inbox::{Delivery, InboxRow, InboxStore, NewDelivery},
    jobs::NewJob,
};

use crate::{Db, database, inbox_rows as rows, jobs, list};

#[async_trait::async_trait]
impl InboxStore for Db {
    async fn receive(&self, deliveries: &[NewDelivery]) -> Result<Vec<bool>> {
        let mut tx = self.system_begin().await?;
        let all: Vec<&Delivery> = deliveries.iter().map(|new| &new.delivery).collect();
        let stored: HashSet<String> = rows::insert(&mut tx, &all).await?.into_iter().collect();
        let is_new: Vec<bool> = all.iter().map(|delivery| stored.contains(delivery.id.as_str())).collect();
        let new: Vec<&NewDelivery> =
            deliveries.iter().zip(&is_new).filter(|(_, is_new)| **is_new).map(|(new, _)| new).collect();
        if let Some(at) = new.iter().map(|new| new.delivery.received_at.0).max() {
            // In one order for all replicas, so that they do not block each other.
            let shops: BTreeSet<&str> = new.iter().map(|new| new.delivery.shop.as_str()).collect();
            for shop in shops {
                query!(
                    "update shops set last_webhook_at = $2 where domain = $1 and coalesce(last_webhook_at, 0) < $2",
                    shop,
                    at
                )
                .execute(&mut *tx)
                .await
                .map_err(database)?;
            }
            let jobs: Vec<NewJob> = new.into_iter().map(|new| new.job.clone()).collect();
            jobs::push_all(&mut tx, &jobs).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(is_new)
    }

    async fn deliveries(&self, ids: &[InboxId]) -> Result<Vec<Delivery>> {
        let ids = list(ids)?;
        statement!(query_as!(
            InboxRow,
            r#"select id as "id!", source as "source!", delivery_id as "delivery_id!", topic as "topic!",
                      shop_domain as "shop_domain!", triggered_at, received_at as "received_at!", body,
                      body_sha256 as "body_sha256!"
               from webhook_inbox where processed_at is null and id "# IN "$1" " order by received_at, id",
            &ids
        ))
        .fetch_all(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?
        .into_iter()
        .map(InboxRow::read)
        .collect()
    }

    async fn close_deliveries(&self, outcomes: &[(InboxId, String)], at: UnixMs) -> Result<()> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let mut tx = self.unbound_begin().await?;
        rows::close(&mut tx, outcomes, at).await?;
        tx.commit().await.map_err(database)
    }
}
