//! Brands.

use domain::{BrandId, brand::Brand, shop::ShopDomain};
use sqlx::{Sqlite, Transaction, query, query_as};
use store::{Result, brands::BrandStore, row::BrandRow};

use crate::{SqliteStore, database, json, named};

/// Adds a brand inside a transaction.
pub(crate) async fn insert(tx: &mut Transaction<'static, Sqlite>, brand: &Brand) -> Result<()> {
    let (id, zone, currency) = (brand.id.as_str(), brand.zone.name(), brand.currency.code());
    let (policy, hosts) = (json(&brand.policy)?, json(&brand.destination_hosts)?);
    let created_at = brand.created_at.0;
    query!(
        "insert into brands
            (id, name, zone, currency, policy, trust_browser_purchases, destination_hosts, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        brand.name,
        zone,
        currency,
        policy,
        brand.trust_browser_purchases,
        hosts,
        created_at
    )
    .execute(&mut **tx)
    .await
    .map_err(named("brand"))?;
    Ok(())
}

#[async_trait::async_trait]
impl BrandStore for SqliteStore {
    async fn create_brand(&self, brand: &Brand) -> Result<()> {
        let mut tx = self.begin().await?;
        insert(&mut tx, brand).await?;
        tx.commit().await.map_err(database)
    }

    async fn create_brand_with_shop(&self, brand: &Brand, shop: &ShopDomain) -> Result<()> {
        let mut tx = self.begin().await?;
        insert(&mut tx, brand).await?;
        let (shop, id, at) = (shop.as_str(), brand.id.as_str(), brand.created_at.0);
        query!(
            "insert into shops (domain, brand_id, installed_at, uninstalled_at, scopes, needs_reauth)
             values ($1, $2, $3, $3, '', false)",
            shop,
            id,
            at
        )
        .execute(&mut *tx)
        .await
        .map_err(named("a brand for this shop"))?;
        tx.commit().await.map_err(database)
    }

    async fn brand(&self, id: &BrandId) -> Result<Option<Brand>> {
        let id = id.as_str();
        query_as!(
            BrandRow,
            r#"select id as "id!", name as "name!", zone as "zone!", currency as "currency!", policy as "policy!",
                      trust_browser_purchases as "trust_browser_purchases!: bool",
                      destination_hosts as "destination_hosts!", created_at as "created_at!"
               from brands where id = $1"#,
            id
        )
        .fetch_optional(&self.reader)
        .await
        .map_err(database)?
        .map(BrandRow::read)
        .transpose()
    }
}
