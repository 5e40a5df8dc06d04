//! Customer profiles, customer events and page views.

use domain::{BrandId, Identity, UnixMs};
use sqlx::query;
use store::{
    Result,
    profiles::{CustomerEvent, PageView, Profile, ProfileStore},
    row::read,
};

use crate::{
    Db, Tx, database,
    erasure::{self, Reporter},
    list,
};

fn reporter(is_backend: bool, at: UnixMs) -> Reporter {
    if is_backend { Reporter::Backend(at) } else { Reporter::ShopOrBrowser }
}

/// Whether the identity, or everyone, was erased. No erasure begins until the transaction ends.
async fn is_erased(tx: &mut Tx, brand: &BrandId, identity: &Identity, reporter: Reporter) -> Result<bool> {
    erasure::lock_out_erasures(tx, [brand]).await?;
    Ok(erasure::erased_at(tx, brand, core::slice::from_ref(identity), reporter).await?.is_some())
}

#[async_trait::async_trait]
impl ProfileStore for Db {
    async fn put_profile(&self, brand: &BrandId, profile: &Profile, is_by_backend: bool) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        if is_erased(&mut tx, brand, &profile.identity, reporter(is_by_backend, profile.created_at)).await? {
            return Ok(());
        }
        let (brand, identity) = (brand.as_str(), profile.identity.to_string());
        query!(
            "insert into profiles (brand_id, identity, sealed, created_at, updated_at) values ($1, $2, $3, $4, $5)
             on conflict (brand_id, identity) do update set
                sealed = excluded.sealed, updated_at = excluded.updated_at,
                created_at = case when excluded.created_at < profiles.created_at
                    then excluded.created_at else profiles.created_at end",
            brand,
            identity,
            profile.sealed,
            profile.created_at.0,
            profile.updated_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn profiles_of(&self, brand: &BrandId, identities: &[Identity]) -> Result<Vec<Profile>> {
        let mut connection = self.read(brand).await?;
        let (brand, list) = (brand.as_str(), list(identities)?);
        let rows = statement!(query!(
            r#"select identity as "identity!", sealed as "sealed!", created_at as "created_at!",
                      updated_at as "updated_at!"
               from profiles where brand_id = $1 and identity "# IN "$2" r#"
               order by created_at, identity"#,
            brand,
            &list
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|row| {
                Ok(Profile {
                    identity: read(row.identity, "profiles", "identity")?,
                    sealed: row.sealed,
                    created_at: UnixMs(row.created_at),
                    updated_at: UnixMs(row.updated_at),
                })
            })
            .collect()
    }

    async fn put_customer_event(&self, brand: &BrandId, event: &CustomerEvent, is_by_backend: bool) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        if is_erased(&mut tx, brand, &event.identity, reporter(is_by_backend, event.at)).await? {
            return Ok(false);
        }
        let (brand, identity) = (brand.as_str(), event.identity.to_string());
        let done = query!(
            "insert into customer_events (brand_id, id, identity, sealed, at) values ($1, $2, $3, $4, $5)
             on conflict (brand_id, id) do nothing",
            brand,
            event.id,
            identity,
            event.sealed,
            event.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected() == 1)
    }

    async fn customer_events_of(
        &self,
        brand: &BrandId,
        identities: &[Identity],
        limit: i64,
    ) -> Result<Vec<CustomerEvent>> {
        let mut connection = self.read(brand).await?;
        let (brand, list) = (brand.as_str(), list(identities)?);
        let rows = statement!(query!(
            r#"select id as "id!", identity as "identity!", sealed as "sealed!", at as "at!"
               from customer_events where brand_id = $1 and identity "# IN "$2" r#"
               order by at desc, id desc limit $3"#,
            brand,
            &list,
            limit
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|row| {
                Ok(CustomerEvent {
                    id: row.id,
                    identity: read(row.identity, "customer_events", "identity")?,
                    sealed: row.sealed,
                    at: UnixMs(row.at),
                })
            })
            .collect()
    }

    async fn page_views_of(
        &self,
        brand: &BrandId,
        pv_ids: &[String],
        until: UnixMs,
        limit: i64,
    ) -> Result<(i64, Vec<PageView>)> {
        let mut connection = self.read(brand).await?;
        let (brand, list) = (brand.as_str(), list(pv_ids)?);
        let row = statement!(query!(
            r#"select count(*) as "count!: i64" from events
               where brand_number = (select number from brands where id = $1)
                 and pv_id "# IN "$2" r#" and "# UNINDEXED r#"event_type = 'page_view'
                 and is_test = false"#,
            brand,
            &list
        ))
        .fetch_one(&mut *connection)
        .await
        .map_err(database)?;
        let rows = statement!(query!(
            r#"select id as "id!", pv_id as "pv_id!", page_url, occurred_at as "occurred_at!" from events
               where brand_number = (select number from brands where id = $1)
                 and pv_id "# IN "$2" r#" and "# UNINDEXED r#"event_type = 'page_view'
                 and is_test = false and "# UNINDEXED r#"occurred_at <= $4
               order by occurred_at desc, id desc limit $3"#,
            brand,
            &list,
            limit,
            until.0
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let views = rows
            .into_iter()
            .map(|row| PageView { id: row.id, pv_id: row.pv_id, url: row.page_url, at: UnixMs(row.occurred_at) })
            .collect();
        Ok((row.count, views))
    }
}
