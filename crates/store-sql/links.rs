//! Tracking links.

use domain::{
    BrandId, CampaignId, CreatorId, LinkId, UnixMs,
    link::{Link, LinkCode},
};
use sqlx::query;
use store::{
    Result, StoreError,
    audit::AuditEntry,
    links::{LinkChange, LinkRow, LinkStore},
    outbound::NewEvents,
};
use tokio::sync::broadcast;

use crate::{Db, EngineConnection, Tx, audit, creators, database, list, lock, named, outbound_events};

/// A query for [`LinkRow`]s, from its `where` on; the rest as in `statement!`.
macro_rules! select_links {
    ($($rest:tt)*) => {
        statement!(query_as!(
            LinkRow,
            r#"select brand_id as "brand_id!", id as "id!", code as "code!", destination as "destination!",
                      campaign_id, creator_id, platform, content_type, promo_code,
                      share_revenue as "share_revenue!: bool", is_direct as "is_direct!: bool",
                      created_at as "created_at!", expires_at, deleted_at
               from links "# $($rest)*
        ))
    };
}

/// Adds a link inside a transaction.
///
/// # Errors
/// `Missing` if its creator is not the brand's, or was erased or merged: nobody would be paid for it.
pub(crate) async fn insert(tx: &mut Tx, brand: &BrandId, link: &Link) -> Result<()> {
    if let Some(creator) = &link.creator
        && !creators::is_known(tx, brand, creator).await?
    {
        return Err(StoreError::Missing("the creator"));
    }
    let (brand, id, code) = (brand.as_str(), link.id.as_str(), link.code.as_str());
    let campaign = link.campaign.as_ref().map(domain::CampaignId::as_str);
    let creator = link.creator.as_ref().map(domain::CreatorId::as_str);
    let platform = link.platform.map(domain::link::Platform::as_str);
    let content_type = link.content_type.map(domain::link::ContentType::as_str);
    let (created_at, expires_at) = (link.created_at.0, link.expires_at.map(|at| at.0));
    query!(
        "insert into links (brand_id, id, code, destination, campaign_id, creator_id, platform, content_type,
                            promo_code, share_revenue, created_at, expires_at, is_direct)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        brand,
        id,
        code,
        link.destination,
        campaign,
        creator,
        platform,
        content_type,
        link.promo_code,
        link.share_revenue,
        created_at,
        expires_at,
        link.is_direct
    )
    .execute(&mut **tx)
    .await
    .map_err(named("a link with this code"))?;
    Ok(())
}

fn read_all(rows: Vec<LinkRow>) -> Result<Vec<Link>> {
    rows.into_iter().map(|row| row.read().map(|(_, link)| link)).collect()
}

/// A creator's direct link that is not deleted.
pub(crate) async fn stored_direct(tx: &mut Tx, brand: &BrandId, creator: &str) -> Result<Option<Link>> {
    let brand = brand.as_str();
    let row =
        select_links!("where brand_id = $1 and creator_id = $2 and is_direct and deleted_at is null", brand, creator)
            .fetch_optional(&mut **tx)
            .await
            .map_err(database)?;
    row.map(|row| row.read().map(|(_, link)| link)).transpose()
}

/// Whether a creator may have a discount code as their own: no other creator has it. It is theirs until the transaction ends.
pub(crate) async fn has_free_code(tx: &mut Tx, brand: &BrandId, creator: &str, code: Option<&str>) -> Result<bool> {
    let Some(code) = code else { return Ok(true) };
    lock(tx, &format!("direct code {brand} {code}")).await?;
    let brand = brand.as_str();
    let other = query!(
        r#"select id as "id!" from links
           where brand_id = $1 and promo_code = $2 and is_direct and deleted_at is null and creator_id <> $3 limit 1"#,
        brand,
        code,
        creator
    );
    Ok(other.fetch_optional(&mut **tx).await.map_err(database)?.is_none())
}

/// [`LinkStore::links`].
pub(crate) async fn all(connection: &mut EngineConnection, brand: &BrandId) -> Result<Vec<Link>> {
    let brand = brand.as_str();
    select_links!("where brand_id = $1 order by created_at desc, id desc", brand)
        .fetch_all(connection)
        .await
        .map_err(database)
        .and_then(read_all)
}

#[async_trait::async_trait]
impl LinkStore for Db {
    async fn create_link(
        &self,
        brand: &BrandId,
        link: &Link,
        audit: Option<&AuditEntry>,
        events: &NewEvents,
    ) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        insert(&mut tx, brand, link).await?;
        if let Some(entry) = audit {
            audit::write(&mut tx, brand, entry).await?;
        }
        outbound_events::emit(&mut tx, brand, events).await?;
        self.commit_link_change(tx, &LinkChange::Link(link.code)).await
    }

    async fn has_link_in_campaign(&self, brand: &BrandId, creator: &CreatorId, campaign: &CampaignId) -> Result<bool> {
        let mut connection = self.read(brand).await?;
        let (brand, creator, campaign) = (brand.as_str(), creator.as_str(), campaign.as_str());
        let row = query!(
            r#"select 1 as "one!: i64" from links
               where brand_id = $1 and creator_id = $2 and campaign_id = $3 limit 1"#,
            brand,
            creator,
            campaign
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.is_some())
    }

    async fn direct_link(&self, brand: &BrandId, new: &Link, replaces: Option<&AuditEntry>) -> Result<Link> {
        let mut tx = self.begin_for(brand).await?;
        let creator = new.creator.as_ref().map_or("", |creator| creator.as_str());
        lock(&mut tx, &format!("direct link {brand} {creator}")).await?;
        if replaces.is_some() && !has_free_code(&mut tx, brand, creator, new.promo_code.as_deref()).await? {
            return Err(StoreError::Conflict("another creator's own discount code with this text"));
        }
        if let Some(known) = stored_direct(&mut tx, brand, creator).await? {
            let Some(entry) = replaces.filter(|_| known.promo_code != new.promo_code) else { return Ok(known) };
            let (brand_id, id) = (brand.as_str(), known.id.as_str());
            query!("update links set deleted_at = $3 where brand_id = $1 and id = $2", brand_id, id, new.created_at.0)
                .execute(&mut *tx)
                .await
                .map_err(database)?;
            audit::write(&mut tx, brand, entry).await?;
        } else if let Some(entry) = replaces {
            audit::write(&mut tx, brand, entry).await?;
        }
        insert(&mut tx, brand, new).await?;
        self.commit_link_change(tx, &LinkChange::Link(new.code)).await?;
        Ok(new.clone())
    }

    async fn links(&self, brand: &BrandId) -> Result<Vec<Link>> {
        all(&mut *self.read(brand).await?, brand).await
    }

    async fn links_of_creators(&self, brand: &BrandId, creators: &[CreatorId]) -> Result<Vec<Link>> {
        let mut connection = self.read(brand).await?;
        let (brand, creators) = (brand.as_str(), list(creators)?);
        select_links!("where brand_id = $1 and creator_id " IN "$2" " order by created_at desc, id desc",
            brand,
            &creators
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)
        .and_then(read_all)
    }

    async fn links_in_campaign(&self, brand: &BrandId, campaign: &CampaignId) -> Result<Vec<Link>> {
        let mut connection = self.read(brand).await?;
        let (brand, campaign) = (brand.as_str(), campaign.as_str());
        select_links!("where brand_id = $1 and campaign_id = $2 order by created_at desc, id desc", brand, campaign)
            .fetch_all(&mut *connection)
            .await
            .map_err(database)
            .and_then(read_all)
    }

    async fn link_by_code(&self, code: LinkCode) -> Result<Option<(BrandId, Link)>> {
        let code = code.as_str();
        select_links!("where code = $1", code)
            .fetch_optional(&mut *self.system_read().await?)
            .await
            .map_err(database)?
            .map(LinkRow::read)
            .transpose()
    }

    async fn latest_link_of(&self, brand: &BrandId, creator: &CreatorId, at: UnixMs) -> Result<Option<Link>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        select_links!(
            "where brand_id = $1 and creator_id = $2 and not is_direct and (deleted_at is null or deleted_at > $3)
                 and (expires_at is null or expires_at > $3)
               order by created_at desc, id desc limit 1",
            brand,
            creator,
            at.0
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(|row| row.read().map(|(_, link)| link))
        .transpose()
    }

    async fn delete_link(&self, brand: &BrandId, id: &LinkId, at: UnixMs, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let row = query!(
            r#"update links set deleted_at = $3, updated_at = $3
               where brand_id = $1 and id = $2 and deleted_at is null and not is_direct
               returning code as "code!: String""#,
            brand_id,
            id,
            at.0
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(false) };
        audit::write(&mut tx, brand, entry).await?;
        self.commit_link_change(tx, &LinkChange::Link(store::row::read(row.code, "links", "code")?)).await?;
        Ok(true)
    }

    fn link_changes(&self) -> broadcast::Receiver<LinkChange> {
        self.changes.subscribe()
    }
}
