//! Profiles and customers' events.

use domain::{BrandId, UnixMs};
use sqlx::query;
use store::{
    Result,
    profiles::{CustomerEvent, PageView, Profile, ProfileStore},
};

use crate::{SqliteStore, database, json};

#[async_trait::async_trait]
impl ProfileStore for SqliteStore {
    async fn put_profile(&self, brand: &BrandId, profile: &Profile) -> Result<()> {
        let brand = brand.as_str();
        query!(
            "insert into profiles (brand_id, identity, sealed, created_at, updated_at) values ($1, $2, $3, $4, $5)
             on conflict (brand_id, identity) do update set
                sealed = excluded.sealed, updated_at = excluded.updated_at,
                created_at = case when excluded.created_at < profiles.created_at
                    then excluded.created_at else profiles.created_at end",
            brand,
            profile.identity,
            profile.sealed,
            profile.created_at.0,
            profile.updated_at.0
        )
        .execute(&self.writer)
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn profiles_of(&self, brand: &BrandId, identities: &[String]) -> Result<Vec<Profile>> {
        let (brand, list) = (brand.as_str(), json(identities)?);
        let rows = query!(
            r#"select identity as "identity!", sealed as "sealed!", created_at as "created_at!",
                      updated_at as "updated_at!"
               from profiles where brand_id = $1 and identity in (select value from json_each($2))
               order by created_at, identity"#,
            brand,
            list
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        Ok(rows
            .into_iter()
            .map(|row| Profile {
                identity: row.identity,
                sealed: row.sealed,
                created_at: UnixMs(row.created_at),
                updated_at: UnixMs(row.updated_at),
            })
            .collect())
    }

    async fn put_customer_event(&self, brand: &BrandId, event: &CustomerEvent) -> Result<bool> {
        let brand = brand.as_str();
        let done = query!(
            "insert into customer_events (brand_id, id, identity, sealed, at) values ($1, $2, $3, $4, $5)
             on conflict (brand_id, id) do nothing",
            brand,
            event.id,
            event.identity,
            event.sealed,
            event.at.0
        )
        .execute(&self.writer)
        .await
        .map_err(database)?;
        Ok(done.rows_affected() == 1)
    }

    async fn customer_events_of(
        &self,
        brand: &BrandId,
        identities: &[String],
        limit: i64,
    ) -> Result<Vec<CustomerEvent>> {
        let (brand, list) = (brand.as_str(), json(identities)?);
        let rows = query!(
            r#"select id as "id!", identity as "identity!", sealed as "sealed!", at as "at!"
               from customer_events where brand_id = $1 and identity in (select value from json_each($2))
               order by at desc, id desc limit $3"#,
            brand,
            list,
            limit
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        Ok(rows
            .into_iter()
            .map(|row| CustomerEvent { id: row.id, identity: row.identity, sealed: row.sealed, at: UnixMs(row.at) })
            .collect())
    }

    async fn page_views_of(&self, brand: &BrandId, pv_ids: &[String], limit: i64) -> Result<(i64, Vec<PageView>)> {
        let (brand, list) = (brand.as_str(), json(pv_ids)?);
        let row = query!(
            r#"select count(*) as "count!: i64" from events
               where brand_id = $1 and pv_id in (select value from json_each($2)) and +event_type = 'page_view'
                 and is_test = false"#,
            brand,
            list
        )
        .fetch_one(&self.reader)
        .await
        .map_err(database)?;
        let rows = query!(
            r#"select id as "id!", pv_id as "pv_id!", page_url, occurred_at as "occurred_at!" from events
               where brand_id = $1 and pv_id in (select value from json_each($2)) and +event_type = 'page_view'
                 and is_test = false
               order by occurred_at desc, id desc limit $3"#,
            brand,
            list,
            limit
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        let views = rows
            .into_iter()
            .map(|row| PageView { id: row.id, pv_id: row.pv_id, url: row.page_url, at: UnixMs(row.occurred_at) })
            .collect();
        Ok((row.count, views))
    }
}
