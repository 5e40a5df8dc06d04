//! Shopify installations.

use domain::{
    BrandId, UnixMs,
    shop::{SealedTokens, Shop, ShopDomain},
};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    row::read,
    shops::{Install, ShopRow, ShopStore, Subscription},
};

use crate::{Db, Tx, brands, database, erasure, lock, named, stored_shop::stored_shop};

/// If the brand of a shop has no shop left, signs its team out and disables its webhook endpoints and Klaviyo: after a sale of
/// the shop, its buyer may install the app again, and the seller must not receive the buyer's orders. Creators still see what
/// they have earned.
async fn end_access_without_shop(tx: &mut Tx, domain: &str, at: UnixMs) -> Result<()> {
    let gone = query!(
        r#"select brand_id as "brand_id!" from shops
           where domain = $1 and not exists (
               select 1 from shops as others where others.brand_id = shops.brand_id and others.uninstalled_at is null)"#,
        domain
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    let Some(gone) = gone else { return Ok(()) };
    for statement in [
        query!("delete from sessions where brand_id = $1 and creator_id is null", gone.brand_id),
        query!("delete from login_links where brand_id = $1 and creator_id is null", gone.brand_id),
        query!("delete from invitations where brand_id = $1 and creator_id is null", gone.brand_id),
        query!(
            "update webhook_endpoints set disabled_at = $2, disabled_reason = 'manual', next_at = null, updated_at = $2
             where brand_id = $1 and disabled_at is null and archived_at is null",
            gone.brand_id,
            at.0
        ),
        query!(
            "update klaviyo_connections set disabled_at = $2 where brand_id = $1 and disabled_at is null",
            gone.brand_id,
            at.0
        ),
    ] {
        statement.execute(&mut **tx).await.map_err(database)?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl ShopStore for Db {
    async fn install_shop(&self, install: &Install) -> Result<Shop> {
        let mut tx = self.system_begin().await?;
        let domain = install.domain.as_str();
        lock(&mut tx, &format!("shop {domain}")).await?;
        let before = stored_shop(&mut tx, domain).await?;
        let brand = if let Some(shop) = &before {
            shop.brand.clone()
        } else {
            brands::insert(&mut tx, &install.new_brand).await?;
            install.new_brand.id.clone()
        };
        let (brand_id, tokens) = (brand.as_str(), &install.tokens);
        let (access_expires_at, refresh_expires_at) =
            (tokens.access_expires_at.0, tokens.refresh_expires_at.map(|at| at.0));
        query!(
            "insert into shops (domain, brand_id, installed_at, scopes, access_token, access_expires_at, refresh_token,
                                refresh_expires_at, needs_reauth)
             values ($1, $2, $3, $4, $5, $6, $7, $8, false)
             on conflict (domain) do update set
                installed_at = excluded.installed_at, uninstalled_at = null, scopes = excluded.scopes,
                access_token = excluded.access_token, access_expires_at = excluded.access_expires_at,
                refresh_token = excluded.refresh_token, refresh_expires_at = excluded.refresh_expires_at,
                refresh_lease_until = 0, needs_reauth = false",
            domain,
            brand_id,
            install.at.0,
            install.scopes,
            tokens.access,
            access_expires_at,
            tokens.refresh,
            refresh_expires_at
        )
        .execute(&mut *tx)
        .await
        .map_err(named("shop"))?;
        let shop = stored_shop(&mut tx, domain).await?.ok_or(StoreError::Missing("shop"))?;
        erasure::readmit_everyone(&mut tx, &shop.brand).await?;
        let sandbox = query!(r#"select test_brand_id as "id!" from test_brands where brand_id = $1"#, brand_id)
            .fetch_optional(&mut *tx)
            .await
            .map_err(database)?;
        if let Some(sandbox) = sandbox {
            erasure::readmit_everyone(&mut tx, &read(sandbox.id, "test_brands", "test_brand_id")?).await?;
        }
        // Webhooks that arrived before the install were queued for later: process them now.
        query!(
            "update jobs set run_at = $2
             where kind = $3 and run_at > $2
               and key in (select id from webhook_inbox where shop_domain = $1 and processed_at is null)",
            domain,
            install.at.0,
            install.delivery_job
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(shop)
    }

    async fn shop(&self, domain: &ShopDomain) -> Result<Option<Shop>> {
        let domain = domain.as_str();
        query_as!(
            ShopRow,
            r#"select domain as "domain!", brand_id as "brand_id!", installed_at as "installed_at!", uninstalled_at,
                      scopes as "scopes!", access_token, access_expires_at, refresh_token, refresh_expires_at,
                      needs_reauth as "needs_reauth!: bool", last_webhook_at
               from shops where domain = $1"#,
            domain
        )
        .fetch_optional(&mut *self.system_read().await?)
        .await
        .map_err(database)?
        .map(ShopRow::read)
        .transpose()
    }

    async fn shops_of(&self, brand: &BrandId) -> Result<Vec<Shop>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            ShopRow,
            r#"select domain as "domain!", brand_id as "brand_id!", installed_at as "installed_at!", uninstalled_at,
                      scopes as "scopes!", access_token, access_expires_at, refresh_token, refresh_expires_at,
                      needs_reauth as "needs_reauth!: bool", last_webhook_at
               from shops where brand_id = $1 order by domain"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(ShopRow::read)
        .collect()
    }

    async fn lease_token_refresh(&self, domain: &ShopDomain, now: UnixMs, until: UnixMs) -> Result<bool> {
        let mut tx = self.system_begin().await?;
        let domain = domain.as_str();
        let done = query!(
            "update shops set refresh_lease_until = $3 where domain = $1 and refresh_lease_until <= $2",
            domain,
            now.0,
            until.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected() == 1)
    }

    async fn save_tokens(&self, domain: &ShopDomain, tokens: &SealedTokens) -> Result<()> {
        let mut tx = self.system_begin().await?;
        let domain = domain.as_str();
        let (access_expires_at, refresh_expires_at) =
            (tokens.access_expires_at.0, tokens.refresh_expires_at.map(|at| at.0));
        query!(
            "update shops set access_token = $2, access_expires_at = $3, refresh_token = $4, refresh_expires_at = $5,
                              refresh_lease_until = 0, needs_reauth = false
             where domain = $1 and uninstalled_at is null",
            domain,
            tokens.access,
            access_expires_at,
            tokens.refresh,
            refresh_expires_at
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn require_reauth(&self, domain: &ShopDomain) -> Result<()> {
        let mut tx = self.system_begin().await?;
        let domain = domain.as_str();
        query!("update shops set needs_reauth = true, refresh_lease_until = 0 where domain = $1", domain)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn uninstall_shop(&self, domain: &ShopDomain, at: UnixMs) -> Result<bool> {
        let mut tx = self.system_begin().await?;
        let domain = domain.as_str();
        let done = query!(
            "update shops set uninstalled_at = $2, access_token = null, access_expires_at = null,
                              refresh_token = null, refresh_expires_at = null, needs_reauth = false
             where domain = $1 and uninstalled_at is null and installed_at <= $2",
            domain,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 1 {
            query!("delete from shop_subscriptions where shop_domain = $1", domain)
                .execute(&mut *tx)
                .await
                .map_err(database)?;
            end_access_without_shop(&mut tx, domain, at).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected() == 1)
    }

    async fn put_subscriptions(&self, domain: &ShopDomain, subscriptions: &[Subscription]) -> Result<()> {
        let mut tx = self.unbound_begin().await?;
        let domain = domain.as_str();
        query!("delete from shop_subscriptions where shop_domain = $1", domain)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        for subscription in subscriptions {
            query!(
                "insert into shop_subscriptions (shop_domain, topic, remote_id, uri, created_at)
                 values ($1, $2, $3, $4, $5)",
                domain,
                subscription.topic,
                subscription.remote_id,
                subscription.uri,
                subscription.created_at.0
            )
            .execute(&mut *tx)
            .await
            .map_err(named("subscription"))?;
        }
        tx.commit().await.map_err(database)
    }

    async fn subscriptions(&self, domain: &ShopDomain) -> Result<Vec<Subscription>> {
        let domain = domain.as_str();
        let rows = query!(
            r#"select topic as "topic!", remote_id as "remote_id!", uri as "uri!", created_at as "created_at!"
               from shop_subscriptions where shop_domain = $1 order by topic"#,
            domain
        )
        .fetch_all(&mut *self.unbound_read().await?)
        .await
        .map_err(database)?;
        Ok(rows
            .into_iter()
            .map(|row| Subscription {
                topic: row.topic,
                remote_id: row.remote_id,
                uri: row.uri,
                created_at: UnixMs(row.created_at),
            })
            .collect())
    }
}
