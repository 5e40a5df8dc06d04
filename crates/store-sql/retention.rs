//! Deleting what is kept for a limited time.

use domain::{BrandId, ClickId, UnixMs, id::InboxId, retention::KeptSince};
use sqlx::query;
use store::{
    Result,
    retention::{EndedBefore, RetentionStore},
};

use crate::{Db, Tx, database};

/// Deletes events that arrived before `at`, up to `limit` of each type: they are found by type and time.
async fn delete_events(tx: &mut Tx, brand: &str, at: UnixMs, limit: i64) -> Result<u64> {
    let page_views = query!(
        "delete from events where (brand_number, id) in (
            select brand_number, id from events
            where brand_number = (select number from brands where id = $1) and event_type = 'page_view'
              and received_at < $2
            order by received_at limit $3)",
        brand,
        at.0,
        limit
    );
    let mut count = page_views.execute(&mut **tx).await.map_err(database)?.rows_affected();
    for kind in domain::event::TYPES.into_iter().filter(|kind| *kind != "page_view") {
        let others = query!(
            "delete from events where (brand_number, id) in (
                select brand_number, id from events
                where brand_number = (select number from brands where id = $1) and event_type = $2
                  and event_type <> 'page_view' and received_at < $3
                order by received_at limit $4)",
            brand,
            kind,
            at.0,
            limit
        );
        count += others.execute(&mut **tx).await.map_err(database)?.rows_affected();
    }
    Ok(count)
}

#[async_trait::async_trait]
impl RetentionStore for Db {
    async fn delete_old(&self, brand: &BrandId, kept_since: &KeptSince, limit: i64) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        let visits_since = kept_since.visits().0;
        query!(
            "update brands set visits_deleted_before = $2 where id = $1 and visits_deleted_before < $2",
            brand,
            visits_since
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        let mut count = delete_events(&mut tx, brand, kept_since.events, limit).await?;
        // Ids of clicks begin with their time.
        let first_kept = ClickId::new(kept_since.clicks.0.max(0), [0; 10]);
        let first_kept = first_kept.as_str();
        for statement in [
            query!(
                "delete from clicks where (brand_number, id) in (
                    select brand_number, id from clicks
                    where brand_number = (select number from brands where id = $1) and id < $2 order by id limit $3)",
                brand,
                first_kept,
                limit
            ),
            query!(
                "delete from object_details where brand_id = $1 and kind = 'click' and object_id < $2",
                brand,
                first_kept
            ),
            query!(
                "delete from landings where (brand_number, pv_id, at, code) in (
                    select brand_number, pv_id, at, code from landings
                    where brand_number = (select number from brands where id = $1) and at < $2 order by at limit $3)",
                brand,
                kept_since.landings.0,
                limit
            ),
            query!(
                "delete from visitor_aliases where brand_id = $1 and (pv_id, alias) in (
                    select pv_id, alias from visitor_aliases where brand_id = $1 and at < $2 order by at limit $3)",
                brand,
                kept_since.landings.0,
                limit
            ),
            query!(
                "delete from creator_visitors where brand_id = $1 and (pv_id, creator_id) in (
                    select pv_id, creator_id from creator_visitors where brand_id = $1 and at < $2 order by at limit $3)",
                brand,
                kept_since.landings.0,
                limit
            ),
            query!(
                "delete from sessions where token_hash in (
                    select token_hash from sessions where brand_id = $1 and expires_at < $2 limit $3)",
                brand,
                kept_since.access.0,
                limit
            ),
            query!(
                "delete from login_links where token_hash in (
                    select token_hash from login_links where brand_id = $1 and expires_at < $2 limit $3)",
                brand,
                kept_since.access.0,
                limit
            ),
            query!(
                "delete from invitations where (brand_id, id) in (
                    select brand_id, id from invitations where brand_id = $1 and expires_at < $2 limit $3)",
                brand,
                kept_since.access.0,
                limit
            ),
        ] {
            count += statement.execute(&mut *tx).await.map_err(database)?.rows_affected();
        }
        tx.commit().await.map_err(database)?;
        Ok(count)
    }

    async fn delete_ended(&self, before: &EndedBefore, limit: i64) -> Result<u64> {
        let mut tx = self.system_begin().await?;
        let mut count = 0;
        // Ids of deliveries begin with the time of their arrival.
        let first_kept = InboxId::new(before.deliveries.0.max(0), [0; 10]);
        let first_kept = first_kept.as_str();
        for statement in [
            query!(
                "delete from oauth_states where state_hash in (
                    select state_hash from oauth_states where expires_at < $1 limit $2)",
                before.oauth_states.0,
                limit
            ),
            query!(
                "delete from account_links where token_hash in (
                    select token_hash from account_links where expires_at < $1 limit $2)",
                before.oauth_states.0,
                limit
            ),
            query!(
                "delete from invited_mailboxes where invitation_id in (
                    select invitation_id from invited_mailboxes where expires_at < $1 limit $2)",
                before.oauth_states.0,
                limit
            ),
            query!(
                "delete from webhook_inbox where id in (
                    select id from webhook_inbox where id < $1 and processed_at is not null order by id limit $2)",
                first_kept,
                limit
            ),
            query!(
                "delete from data_exports where (brand_id, id) in (
                    select brand_id, id from data_exports where expires_at < $1 limit $2)",
                before.erasures.0,
                limit
            ),
            query!(
                "delete from tombstones where (brand_id, hash) in (
                    select brand_id, hash from tombstones where expires_at < $1 limit $2)",
                before.erasures.0,
                limit
            ),
        ] {
            count += statement.execute(&mut *tx).await.map_err(database)?.rows_affected();
        }
        tx.commit().await.map_err(database)?;
        Ok(count)
    }
}
