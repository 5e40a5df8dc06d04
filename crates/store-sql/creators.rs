//! Creators and campaigns.

use domain::{
    BrandId, CreatorId,
    campaign::Campaign,
    creator::{Creator, PartnerCode},
};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    creators::{CampaignRow, CreatorRow, CreatorStore},
    outbound::NewEvents,
    row::read,
};

use crate::{Db, EngineConnection, Tx, audit, database, json, list, named, outbound_events};

/// Adds a creator inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, brand: &BrandId, creator: &Creator) -> Result<()> {
    let (brand, id, created_at) = (brand.as_str(), creator.id.as_str(), creator.created_at.0);
    let (aliases, earlier_tiers) = (json(&creator.aliases)?, json(&creator.earlier_tiers)?);
    let partner_code = creator.partner_code.as_ref().map(PartnerCode::as_str);
    query!(
        "insert into creators (brand_id, id, name, handle, email_hash, created_at, aliases, tier, earlier_tiers,
                               partner_code)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        brand,
        id,
        creator.name,
        creator.handle,
        creator.email_hash,
        created_at,
        aliases,
        creator.tier,
        earlier_tiers,
        partner_code
    )
    .execute(&mut **tx)
    .await
    .map_err(named("a creator with this handle"))?;
    Ok(())
}

/// Adds a campaign inside a transaction.
pub(crate) async fn insert_campaign(tx: &mut Tx, brand: &BrandId, campaign: &Campaign) -> Result<()> {
    let (brand, id, created_at) = (brand.as_str(), campaign.id.as_str(), campaign.created_at.0);
    query!(
        "insert into campaigns (brand_id, id, name, created_at) values ($1, $2, $3, $4)",
        brand,
        id,
        campaign.name,
        created_at
    )
    .execute(&mut **tx)
    .await
    .map_err(named("a campaign with this name"))?;
    Ok(())
}

/// Whether the brand has this creator, neither erased nor merged into another.
pub(crate) async fn is_known(tx: &mut Tx, brand: &BrandId, creator: &CreatorId) -> Result<bool> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    let row = query!(
        r#"select id as "id!" from creators
           where brand_id = $1 and id = $2 and erased_at is null and merged_into is null"#,
        brand,
        creator
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// [`CreatorStore::creators`].
pub(crate) async fn all(connection: &mut EngineConnection, brand: &BrandId) -> Result<Vec<Creator>> {
    let brand = brand.as_str();
    query_as!(
        CreatorRow,
        r#"select id as "id!", name as "name!", handle as "handle!", email_hash, aliases as "aliases!",
                  tier, earlier_tiers as "earlier_tiers!", partner_code, created_at as "created_at!"
           from creators where brand_id = $1 and merged_into is null order by name, id"#,
        brand
    )
    .fetch_all(connection)
    .await
    .map_err(database)?
    .into_iter()
    .map(CreatorRow::read)
    .collect()
}

/// [`CreatorStore::campaigns`].
pub(crate) async fn all_campaigns(connection: &mut EngineConnection, brand: &BrandId) -> Result<Vec<Campaign>> {
    let brand = brand.as_str();
    query_as!(
        CampaignRow,
        r#"select id as "id!", name as "name!", created_at as "created_at!"
           from campaigns where brand_id = $1 order by name, id"#,
        brand
    )
    .fetch_all(connection)
    .await
    .map_err(database)?
    .into_iter()
    .map(CampaignRow::read)
    .collect()
}

#[async_trait::async_trait]
impl CreatorStore for Db {
    async fn create_creator(
        &self,
        brand: &BrandId,
        creator: &Creator,
        entry: &AuditEntry,
        events: &NewEvents,
    ) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        insert(&mut tx, brand, creator).await?;
        audit::write(&mut tx, brand, entry).await?;
        outbound_events::emit(&mut tx, brand, events).await?;
        tx.commit().await.map_err(database)
    }

    async fn update_creator(
        &self,
        brand: &BrandId,
        creator: &Creator,
        entry: &AuditEntry,
        events: &NewEvents,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id, aliases) = (brand.as_str(), creator.id.as_str(), json(&creator.aliases)?);
        let earlier_tiers = json(&creator.earlier_tiers)?;
        let partner_code = creator.partner_code.as_ref().map(PartnerCode::as_str);
        let done = query!(
            "update creators set name = $3, aliases = $4, tier = $5, email_hash = $6, earlier_tiers = $7, partner_code = $8,
                 updated_at = $9
             where brand_id = $1 and id = $2 and erased_at is null and merged_into is null",
            brand_id,
            id,
            creator.name,
            aliases,
            creator.tier,
            creator.email_hash,
            earlier_tiers,
            partner_code,
            entry.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, entry).await?;
        outbound_events::emit(&mut tx, brand, events).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn creator(&self, brand: &BrandId, id: &CreatorId) -> Result<Option<Creator>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            CreatorRow,
            r#"select id as "id!", name as "name!", handle as "handle!", email_hash, aliases as "aliases!",
                      tier, earlier_tiers as "earlier_tiers!", partner_code, created_at as "created_at!"
               from creators where brand_id = $1 and id = $2 and merged_into is null"#,
            brand,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(CreatorRow::read)
        .transpose()
    }

    async fn creators(&self, brand: &BrandId) -> Result<Vec<Creator>> {
        all(&mut *self.read(brand).await?, brand).await
    }

    async fn creators_of(&self, brand: &BrandId, ids: &[CreatorId]) -> Result<Vec<Creator>> {
        let mut connection = self.read(brand).await?;
        let (brand, ids) = (brand.as_str(), list(ids)?);
        statement!(query_as!(
            CreatorRow,
            r#"select id as "id!", name as "name!", handle as "handle!", email_hash, aliases as "aliases!",
                      tier, earlier_tiers as "earlier_tiers!", partner_code, created_at as "created_at!"
               from creators where brand_id = $1 and id "# IN "$2" " order by name, id",
            brand,
            &ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(CreatorRow::read)
        .collect()
    }

    async fn creator_by_partner_code(&self, code: &PartnerCode) -> Result<Option<(BrandId, CreatorId)>> {
        let code = code.as_str();
        let row = query!(
            r#"select brand_id as "brand_id!", coalesce(merged_into, id) as "id!: String" from creators
               where partner_code = $1"#,
            code
        )
        .fetch_optional(&mut *self.system_read().await?)
        .await
        .map_err(database)?;
        row.map(|row| Ok((read(row.brand_id, "creators", "brand_id")?, read(row.id, "creators", "id")?))).transpose()
    }

    async fn create_campaign(&self, brand: &BrandId, campaign: &Campaign) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        insert_campaign(&mut tx, brand, campaign).await?;
        tx.commit().await.map_err(database)
    }

    async fn campaigns(&self, brand: &BrandId) -> Result<Vec<Campaign>> {
        all_campaigns(&mut *self.read(brand).await?, brand).await
    }
}
