//! Brands.

use domain::{
    BrandId,
    brand::{Brand, Settings},
    policy::Policies,
    shop::ShopDomain,
};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    audit::AuditEntry,
    brands::{BrandRow, BrandStore},
    links::LinkChange,
    row::read,
};

use crate::{Db, Tx, audit, database, json, lock, named};

/// Adds a brand inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, brand: &Brand) -> Result<()> {
    let (id, zone, currency) = (brand.id.as_str(), brand.zone.name(), brand.currency.code());
    let (policy, hosts) = (json(&brand.policies)?, json(&brand.destination_hosts)?);
    let settings = json(&brand.settings)?;
    let created_at = brand.created_at.0;
    lock(tx, "brand numbers").await?;
    query!(
        "insert into brands (id, name, zone, currency, policy, trust_browser_purchases, destination_hosts, created_at,
                             settings, number)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce(max(number), 0) + 1 from brands",
        id,
        brand.name,
        zone,
        currency,
        policy,
        brand.trust_browser_purchases,
        hosts,
        created_at,
        settings
    )
    .execute(&mut **tx)
    .await
    .map_err(named("brand"))?;
    Ok(())
}

/// Replaces a brand's name, time zone, currency, policies, settings and destination hosts inside a transaction. False, without
/// a change, when the stored ones no longer equal those of `before`.
pub(crate) async fn replace_settings(tx: &mut Tx, before: &Brand, after: &Brand) -> Result<bool> {
    let id = before.id.as_str();
    let (policy_before, settings_before) = (json(&before.policies)?, json(&before.settings)?);
    let stored = statement!(query!(
        r#"select name as "name!", zone as "zone!", currency as "currency!", policy as "policy!", settings as "settings!",
                  destination_hosts as "destination_hosts!"
           from brands where id = $1"# FOR UPDATE,
        id
    ))
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?
    .ok_or(StoreError::Missing("brand"))?;
    // Compare re-serialised values: an older version may have stored the same settings as different JSON.
    let is_unchanged = |text: &str, value: &str, column| -> Result<bool> {
        let corrupt = |_| StoreError::Corrupt { table: "brands", column };
        let normalised = if column == "policy" {
            json(&serde_json::from_str::<Policies>(text).map_err(corrupt)?)?
        } else {
            json(&serde_json::from_str::<Settings>(text).map_err(corrupt)?)?
        };
        Ok(normalised == value)
    };
    if !is_unchanged(&stored.policy, &policy_before, "policy")?
        || !is_unchanged(&stored.settings, &settings_before, "settings")?
        || stored.destination_hosts != json(&before.destination_hosts)?
        || (stored.name.as_str(), stored.zone.as_str(), stored.currency.as_str())
            != (before.name.as_str(), before.zone.name(), before.currency.code())
    {
        return Ok(false);
    }
    let (policy, settings) = (json(&after.policies)?, json(&after.settings)?);
    let hosts = json(&after.destination_hosts)?;
    let (zone, currency) = (after.zone.name(), after.currency.code());
    query!(
        "update brands set policy = $2, settings = $3, destination_hosts = $4, name = $5, zone = $6, currency = $7
         where id = $1",
        id,
        policy,
        settings,
        hosts,
        after.name,
        zone,
        currency
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(true)
}

#[async_trait::async_trait]
impl BrandStore for Db {
    async fn create_brand(&self, brand: &Brand) -> Result<()> {
        let mut tx = self.system_begin().await?;
        insert(&mut tx, brand).await?;
        tx.commit().await.map_err(database)
    }

    async fn create_brand_with_shop(&self, brand: &Brand, shop: &ShopDomain) -> Result<()> {
        let mut tx = self.system_begin().await?;
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

    async fn update_brand_settings(&self, before: &Brand, after: &Brand, audit: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(&before.id).await?;
        if !replace_settings(&mut tx, before, after).await? {
            return Ok(false);
        }
        audit::write(&mut tx, &before.id, audit).await?;
        // What links in memory have of their brand.
        let leaves_links = before.destination_hosts == after.destination_hosts
            && before.settings.storefront_hosts == after.settings.storefront_hosts
            && before.zone == after.zone;
        if leaves_links {
            tx.commit().await.map_err(database)?;
        } else {
            self.commit_link_change(tx, &LinkChange::Brand(before.id.clone())).await?;
        }
        Ok(true)
    }

    async fn has_counted(&self, brand: &BrandId) -> Result<bool> {
        let id = brand.as_str();
        let row = query!(
            r#"select (exists (select 1 from orders where brand_id = $1)
                       or exists (select 1 from click_days where brand_id = $1)
                       or exists (select 1 from ledger where brand_id = $1)
                       or exists (select 1 from events where brand_number = (select number from brands where id = $1)
                                                   and event_type <> 'page_view' and is_test = false))
                      as "has_counted!: bool""#,
            id
        )
        .fetch_one(&mut *self.read(brand).await?)
        .await
        .map_err(database)?;
        Ok(row.has_counted)
    }

    async fn brand_ids(&self) -> Result<Vec<BrandId>> {
        query!(r#"select id as "id!" from brands order by id"#)
            .fetch_all(&mut *self.system_read().await?)
            .await
            .map_err(database)?
            .into_iter()
            .map(|row| read(row.id, "brands", "id"))
            .collect()
    }

    async fn brand(&self, id: &BrandId) -> Result<Option<Brand>> {
        let mut connection = self.read(id).await?;
        let id = id.as_str();
        query_as!(
            BrandRow,
            r#"select id as "id!", name as "name!", zone as "zone!", currency as "currency!", policy as "policy!",
                      settings as "settings!",
                      trust_browser_purchases as "trust_browser_purchases!: bool",
                      destination_hosts as "destination_hosts!", visits_deleted_before as "visits_deleted_before!",
                      created_at as "created_at!"
               from brands where id = $1"#,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(BrandRow::read)
        .transpose()
    }
}
