//! Objects of the unified API.

use std::collections::BTreeMap;

use domain::{
    BrandId, CampaignId, CreatorId, LinkId, campaign::Campaign, creator::Profile, link::Link, metadata::Details,
};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    api_requests::{AnswerTo, Claim, RowFault, Written},
    catalogue_change::ItemChange,
    links::LinkChange,
    objects::{
        CampaignObjectRow, CreatorObjectRow, CreatorProfile, Filter, Keyset, LinkObjectRow, Object, ObjectKind,
        ObjectStore,
    },
    objects::{Change, Write},
    outbound::NewEvents,
};

use crate::{
    Db, Tx, api_requests, audit, catalogue_rows, creators, database, json, links, money_objects::details_of, named,
    outbound_events, try_lock,
};

/// A statement whose first three parameters are the brand and the range of ids, ordered and bounded by the keyset.
macro_rules! page {
    ($connection:ident, $keyset:ident, $row:ident, $sql:literal, $($argument:expr),*) => {
        if $keyset.is_ascending {
            query_as!($row, $sql + " order by object.id limit $4", $($argument),*).fetch_all(&mut *$connection).await
        } else {
            query_as!($row, $sql + " order by object.id desc limit $4", $($argument),*)
                .fetch_all(&mut *$connection)
                .await
        }
    };
}
pub(crate) use page;

/// A pattern for the stored JSON of objects with this status. Within a text of JSON no quotation mark is bare, so that it
/// finds the field and nothing that somebody wrote.
pub(crate) fn with_status(status: &str) -> String {
    format!(r#"%"status":"{status}"%"#)
}

/// Replaces what clients keep with an object.
pub(crate) async fn put_details(tx: &mut Tx, brand: &str, kind: ObjectKind, id: &str, details: &Details) -> Result<()> {
    let (kind, metadata) = (kind.as_str(), json(&details.metadata)?);
    if *details == Details::default() {
        query!("delete from object_details where brand_id = $1 and object_id = $2", brand, id)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        return Ok(());
    }
    if let Some(external_id) = details.external_id.as_deref().filter(|_| kind == ObjectKind::Creator.as_str()) {
        // A creator may take the external id of one that was merged into them.
        query!(
            "delete from object_details where brand_id = $1 and kind = 'creator' and external_id = $3 and object_id in (
                 select id from creators where brand_id = $1 and merged_into = $2)",
            brand,
            id,
            external_id
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    if let Some(external_id) = details.external_id.as_deref().filter(|_| kind == ObjectKind::Conversion.as_str()) {
        // So may a conversion the external id of one that a settlement of its order has taken away.
        query!(
            "update object_details set external_id = null
             where brand_id = $1 and kind = 'conversion' and external_id = $2 and not exists (
                 select 1 from credits
                 where credits.brand_id = $1 and credits.order_id = 'ord' || substr(object_details.object_id, 4, 27)
                   and cast(credits.position as text) = substr(object_details.object_id, 32))",
            brand,
            external_id
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    query!(
        "insert into object_details (brand_id, object_id, kind, external_id, metadata) values ($1, $2, $3, $4, $5)
         on conflict (brand_id, object_id)
         do update set external_id = excluded.external_id, metadata = excluded.metadata",
        brand,
        id,
        kind,
        details.external_id,
        metadata
    )
    .execute(&mut **tx)
    .await
    .map_err(named("an object with this external_id"))?;
    Ok(())
}

async fn create_creator(tx: &mut Tx, brand: &BrandId, new: &CreatorProfile, write: &Write) -> Result<()> {
    creators::insert(tx, brand, &new.creator).await?;
    let (brand, id, profile) = (brand.as_str(), new.creator.id.as_str(), json(&new.profile)?);
    query!("update creators set profile = $3 where brand_id = $1 and id = $2", brand, id, profile)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    put_details(tx, brand, ObjectKind::Creator, id, &write.details).await
}

async fn update_creator(tx: &mut Tx, brand: &str, new: &CreatorProfile, read_at: i64, write: &Write) -> Result<bool> {
    let creator = &new.creator;
    let (id, aliases, earlier_tiers) = (creator.id.as_str(), json(&creator.aliases)?, json(&creator.earlier_tiers)?);
    let (profile, at, archived_at) = (json(&new.profile)?, write.at.0, write.archived_at.map(|at| at.0));
    let partner_code = creator.partner_code.as_ref().map(domain::creator::PartnerCode::as_str);
    // With another address, or none, an invitation must not bring back the former one. Before the creator: whoever accepts
    // an invitation takes the two in this order.
    let hash = creator.email_hash.as_deref().unwrap_or_default();
    query!(
        "delete from invitations where brand_id = $1 and creator_id = $2 and email_hash <> $3 and exists (
             select 1 from creators
             where creators.brand_id = $1 and creators.id = $2 and coalesce(creators.email_hash, '') <> $3)",
        brand,
        id,
        hash
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    let done = query!(
        "update creators
         set name = $4, handle = $5, aliases = $6, tier = $7, email_hash = $8, earlier_tiers = $9, partner_code = $10,
             profile = $11, updated_at = $12, archived_at = $13
         where brand_id = $1 and id = $2 and coalesce(updated_at, created_at) = $3 and erased_at is null
           and merged_into is null",
        brand,
        id,
        read_at,
        creator.name,
        creator.handle,
        aliases,
        creator.tier,
        creator.email_hash,
        earlier_tiers,
        partner_code,
        profile,
        at,
        archived_at
    )
    .execute(&mut **tx)
    .await
    .map_err(named("a creator with this handle"))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    put_details(tx, brand, ObjectKind::Creator, id, &write.details).await?;
    Ok(true)
}

async fn update_campaign(tx: &mut Tx, brand: &str, new: &Campaign, read_at: i64, write: &Write) -> Result<bool> {
    let (id, at, archived_at) = (new.id.as_str(), write.at.0, write.archived_at.map(|at| at.0));
    let done = query!(
        "update campaigns set name = $4, updated_at = $5, archived_at = $6
         where brand_id = $1 and id = $2 and coalesce(updated_at, created_at) = $3",
        brand,
        id,
        read_at,
        new.name,
        at,
        archived_at
    )
    .execute(&mut **tx)
    .await
    .map_err(named("a campaign with this name"))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    put_details(tx, brand, ObjectKind::Campaign, id, &write.details).await?;
    Ok(true)
}

async fn update_link(tx: &mut Tx, brand: &str, new: &Link, read_at: i64, write: &Write) -> Result<bool> {
    let (id, at, deleted_at) = (new.id.as_str(), write.at.0, write.archived_at.map(|at| at.0));
    let platform = new.platform.map(domain::link::Platform::as_str);
    let content_type = new.content_type.map(domain::link::ContentType::as_str);
    let expires_at = new.expires_at.map(|at| at.0);
    let done = query!(
        "update links
         set destination = $4, platform = $5, content_type = $6, share_revenue = $7, expires_at = $8, updated_at = $9,
             deleted_at = $10
         where brand_id = $1 and id = $2 and coalesce(updated_at, deleted_at, created_at) = $3 and not is_direct",
        brand,
        id,
        read_at,
        new.destination,
        platform,
        content_type,
        new.share_revenue,
        expires_at,
        at,
        deleted_at
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    put_details(tx, brand, ObjectKind::Link, id, &write.details).await?;
    Ok(true)
}

/// Replaces what clients keep with an item. True.
async fn put_item_details(tx: &mut Tx, brand: &str, new: &ItemChange, write: &Write) -> Result<bool> {
    put_details(tx, brand, ObjectKind::Item(new.item.kind()), new.item.id(), &write.details).await?;
    Ok(true)
}

/// Archives what was just added, for clients that write it so at once.
async fn archive_new(tx: &mut Tx, brand: &str, change: &Change, at: i64) -> Result<()> {
    let statement = match change {
        Change::CreateCreator(new) => {
            let id = new.creator.id.as_str();
            query!("update creators set archived_at = $3 where brand_id = $1 and id = $2", brand, id, at)
                .execute(&mut **tx)
                .await
        }
        Change::CreateCampaign(new) => {
            let id = new.id.as_str();
            query!("update campaigns set archived_at = $3 where brand_id = $1 and id = $2", brand, id, at)
                .execute(&mut **tx)
                .await
        }
        Change::CreateLink(new) => {
            let id = new.id.as_str();
            query!("update links set deleted_at = $3 where brand_id = $1 and id = $2", brand, id, at)
                .execute(&mut **tx)
                .await
        }
        Change::CreateItem(new) => {
            let id = new.item.id();
            query!("update catalogue_items set archived_at = $3 where brand_id = $1 and id = $2", brand, id, at)
                .execute(&mut **tx)
                .await
        }
        Change::UpdateCreator(..) | Change::UpdateCampaign(..) | Change::UpdateLink(..) | Change::UpdateItem(..) => {
            return Ok(());
        }
    };
    statement.map(|_| ()).map_err(database)
}

/// Writes one row. False if the object has changed since it was read.
pub(crate) async fn apply(tx: &mut Tx, brand: &BrandId, write: &Write) -> Result<bool> {
    let brand_id = brand.as_str();
    let is_done = match &write.change {
        Change::CreateCreator(new) => {
            create_creator(tx, brand, new, write).await?;
            true
        }
        Change::UpdateCreator(new, read_at) => update_creator(tx, brand_id, new, read_at.0, write).await?,
        Change::CreateCampaign(new) => {
            creators::insert_campaign(tx, brand, new).await?;
            put_details(tx, brand_id, ObjectKind::Campaign, new.id.as_str(), &write.details).await?;
            true
        }
        Change::UpdateCampaign(new, read_at) => update_campaign(tx, brand_id, new, read_at.0, write).await?,
        Change::CreateLink(new) => {
            links::insert(tx, brand, new).await?;
            put_details(tx, brand_id, ObjectKind::Link, new.id.as_str(), &write.details).await?;
            true
        }
        Change::UpdateLink(new, read_at) => update_link(tx, brand_id, new, read_at.0, write).await?,
        Change::CreateItem(new) => {
            catalogue_rows::insert(tx, brand, new).await? && put_item_details(tx, brand_id, new, write).await?
        }
        Change::UpdateItem(new, read_at) => {
            catalogue_rows::update(tx, brand, new, *read_at, write).await?
                && put_item_details(tx, brand_id, new, write).await?
        }
    };
    if is_done {
        if let Some(at) = write.archived_at {
            archive_new(tx, brand_id, &write.change, at.0).await?;
        }
        audit::write(tx, brand, &write.audit).await?;
    }
    Ok(is_done)
}

/// The events of the rows that were written.
fn events_of(writes: &[Write], faults: &[Option<RowFault>]) -> NewEvents {
    let mut all = NewEvents::default();
    for (write, _) in writes.iter().zip(faults).filter(|(_, fault)| fault.is_none()) {
        all.events.extend(write.events.events.iter().cloned());
        all.dispatch = all.dispatch.or_else(|| write.events.dispatch.clone());
    }
    all
}

/// Sets, releases or returns to a savepoint.
pub(crate) async fn savepoint(tx: &mut Tx, statement: &'static str) -> Result<()> {
    sqlx::query(statement).execute(&mut **tx).await.map_err(database)?;
    Ok(())
}

/// Writes one row; if that fails, undoes what it did.
async fn apply_alone(tx: &mut Tx, brand: &BrandId, write: &Write) -> Result<Option<RowFault>> {
    savepoint(tx, "savepoint one_row").await?;
    let fault = match apply(tx, brand, write).await {
        Ok(true) => None,
        Ok(false) => Some(RowFault::Changed),
        Err(StoreError::Conflict(what)) => Some(RowFault::Taken(what)),
        Err(StoreError::Missing(what)) => Some(RowFault::Missing(what)),
        Err(other) => return Err(other),
    };
    if fault.is_some() {
        savepoint(tx, "rollback to savepoint one_row").await?;
    }
    savepoint(tx, "release savepoint one_row").await?;
    Ok(fault)
}

/// What the caches of links must forget after these writes.
fn link_change(brand: &BrandId, writes: &[Write]) -> Option<LinkChange> {
    let has_moved = |write: &Write| matches!(&write.change, Change::UpdateItem(new, _) if new.has_moved);
    if writes.iter().any(has_moved) {
        return Some(LinkChange::Brand(brand.clone()));
    }
    let mut codes = writes.iter().flat_map(|write| match &write.change {
        Change::CreateLink(link) | Change::UpdateLink(link, _) => vec![link.code],
        Change::CreateItem(new) | Change::UpdateItem(new, _) => new.links.iter().map(|new| new.link.code).collect(),
        _ => Vec::new(),
    });
    let first = codes.next()?;
    Some(if codes.next().is_some() { LinkChange::Brand(brand.clone()) } else { LinkChange::Link(first) })
}

#[async_trait::async_trait]
impl ObjectStore for Db {
    async fn write_objects(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        writes: &[Write],
        answer: AnswerTo<'_>,
    ) -> Result<Written> {
        let mut tx = self.begin_for(brand).await?;
        if writes.iter().any(|write| matches!(write.change, Change::CreateItem(_) | Change::UpdateItem(..))) {
            catalogue_rows::lock_items(&mut tx, brand).await?;
        }
        if let Some(claim) = claim {
            if !try_lock(&mut tx, &claim.lock_name()).await? {
                return Ok(Written::InProgress);
            }
            if let Some(known) = api_requests::stored(&mut tx, brand, claim).await? {
                api_requests::undo(tx).await?;
                return Ok(known);
            }
        }
        let mut faults = Vec::with_capacity(writes.len());
        for write in writes {
            match apply_alone(&mut tx, brand, write).await {
                Ok(fault) => faults.push(fault),
                Err(error) => return api_requests::undo_failed(tx, error).await,
            }
        }
        let Some(answer) = answer(&faults) else {
            api_requests::undo(tx).await?;
            let fault = faults.into_iter().flatten().next().unwrap_or(RowFault::Changed);
            return Ok(Written::Refused(fault));
        };
        if let Some(claim) = claim {
            api_requests::store_answer(&mut tx, brand, claim, &answer).await?;
        }
        outbound_events::emit(&mut tx, brand, &events_of(writes, &faults)).await?;
        match link_change(brand, writes) {
            Some(change) => self.commit_link_change(tx, &change).await?,
            None => tx.commit().await.map_err(database)?,
        }
        Ok(Written::Done(answer))
    }

    async fn creators_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &Filter,
    ) -> Result<Vec<Object<CreatorProfile>>> {
        let mut connection = self.read(brand).await?;
        let (brand, external_id) = (brand.as_str(), filter.external_id.as_deref());
        let (status, no_profile) =
            (filter.creator_status.map(|status| with_status(status.as_str())), json(&Profile::default())?);
        page!(
            connection,
            keyset,
            CreatorObjectRow,
            r#"select object.id as "id!", object.name as "name!", object.handle as "handle!", object.email_hash,
                      object.aliases as "aliases!", object.tier, object.earlier_tiers as "earlier_tiers!",
                      object.partner_code, object.created_at as "created_at!", object.profile,
                      details.external_id as "external_id?", details.metadata as "metadata?", object.updated_at,
                      object.archived_at
               from creators as object
               left join object_details as details
                 on details.brand_id = object.brand_id and details.object_id = object.id
               where object.brand_id = $1 and object.id >= $2 and object.id < $3 and object.erased_at is null
                 and object.merged_into is null
                 and coalesce(object.updated_at, object.created_at) >= $5
                 and coalesce(object.updated_at, object.created_at) <= $6
                 and (cast($7 as text) is null or details.external_id = $7 or object.id = (
                     select merged.merged_into from object_details as theirs
                     join creators as merged on merged.brand_id = theirs.brand_id and merged.id = theirs.object_id
                     where theirs.brand_id = $1 and theirs.kind = 'creator' and theirs.external_id = $7))
                 and (cast($8 as boolean) is null or (object.archived_at is not null) = $8)
                 and (cast($9 as text) is null or coalesce(object.profile, $10) like $9)"#,
            brand,
            keyset.from,
            keyset.below,
            keyset.limit,
            filter.updated.from.0,
            filter.updated.until.0,
            external_id,
            filter.is_archived,
            status,
            no_profile
        )
        .map_err(database)?
        .into_iter()
        .map(CreatorObjectRow::read)
        .collect()
    }

    async fn creator_object(&self, brand: &BrandId, id: &CreatorId) -> Result<Option<Object<CreatorProfile>>> {
        let page = self.creators_page(brand, &Keyset::only(id.as_str()), &Filter::default()).await?;
        Ok(page.into_iter().next())
    }

    async fn campaigns_page(&self, brand: &BrandId, keyset: &Keyset, filter: &Filter) -> Result<Vec<Object<Campaign>>> {
        let mut connection = self.read(brand).await?;
        let (brand, external_id) = (brand.as_str(), filter.external_id.as_deref());
        page!(
            connection,
            keyset,
            CampaignObjectRow,
            r#"select object.id as "id!", object.name as "name!", object.created_at as "created_at!",
                      details.external_id as "external_id?", details.metadata as "metadata?", object.updated_at,
                      object.archived_at
               from campaigns as object
               left join object_details as details
                 on details.brand_id = object.brand_id and details.object_id = object.id
               where object.brand_id = $1 and object.id >= $2 and object.id < $3
                 and coalesce(object.updated_at, object.created_at) >= $5
                 and coalesce(object.updated_at, object.created_at) <= $6
                 and (cast($7 as text) is null or details.external_id = $7)
                 and (cast($8 as boolean) is null or (object.archived_at is not null) = $8)"#,
            brand,
            keyset.from,
            keyset.below,
            keyset.limit,
            filter.updated.from.0,
            filter.updated.until.0,
            external_id,
            filter.is_archived
        )
        .map_err(database)?
        .into_iter()
        .map(CampaignObjectRow::read)
        .collect()
    }

    async fn campaign_object(&self, brand: &BrandId, id: &CampaignId) -> Result<Option<Object<Campaign>>> {
        let page = self.campaigns_page(brand, &Keyset::only(id.as_str()), &Filter::default()).await?;
        Ok(page.into_iter().next())
    }

    async fn links_page(&self, brand: &BrandId, keyset: &Keyset, filter: &Filter) -> Result<Vec<Object<Link>>> {
        let mut connection = self.read(brand).await?;
        let (brand, external_id) = (brand.as_str(), filter.external_id.as_deref());
        let creator = filter.creator.as_ref().map(CreatorId::as_str);
        let campaign = filter.campaign.as_ref().map(CampaignId::as_str);
        page!(
            connection,
            keyset,
            LinkObjectRow,
            r#"select object.brand_id as "brand_id!", object.id as "id!", object.code as "code!",
                      object.destination as "destination!", object.campaign_id, object.creator_id, object.platform,
                      object.content_type, object.promo_code, object.share_revenue as "share_revenue!: bool",
                      object.is_direct as "is_direct!: bool", object.created_at as "created_at!", object.expires_at,
                      object.deleted_at, details.external_id as "external_id?", details.metadata as "metadata?",
                      object.updated_at
               from links as object
               left join object_details as details
                 on details.brand_id = object.brand_id and details.object_id = object.id
               where object.brand_id = $1 and object.id >= $2 and object.id < $3 and not object.is_direct
                 and coalesce(object.updated_at, object.deleted_at, object.created_at) >= $5
                 and coalesce(object.updated_at, object.deleted_at, object.created_at) <= $6
                 and (cast($7 as text) is null or details.external_id = $7)
                 and (cast($8 as boolean) is null or (object.deleted_at is not null) = $8)
                 and (cast($9 as text) is null or object.creator_id = $9)
                 and (cast($10 as text) is null or object.campaign_id = $10)"#,
            brand,
            keyset.from,
            keyset.below,
            keyset.limit,
            filter.updated.from.0,
            filter.updated.until.0,
            external_id,
            filter.is_archived,
            creator,
            campaign
        )
        .map_err(database)?
        .into_iter()
        .map(LinkObjectRow::read)
        .collect()
    }

    async fn link_object(&self, brand: &BrandId, id: &LinkId) -> Result<Option<Object<Link>>> {
        let page = self.links_page(brand, &Keyset::only(id.as_str()), &Filter::default()).await?;
        Ok(page.into_iter().next())
    }

    async fn details(&self, brand: &BrandId, ids: &[String]) -> Result<BTreeMap<String, Details>> {
        details_of(&mut *self.read(brand).await?, brand.as_str(), ids).await
    }

    async fn id_by_external_id(&self, brand: &BrandId, kind: ObjectKind, external_id: &str) -> Result<Option<String>> {
        let mut connection = self.read(brand).await?;
        let (brand, kind) = (brand.as_str(), kind.as_str());
        let row = query!(
            r#"select coalesce(creators.merged_into, object_id) as "id!: String" from object_details
               left join creators on creators.brand_id = object_details.brand_id
                 and creators.id = object_details.object_id
               where object_details.brand_id = $1 and object_details.kind = $2 and object_details.external_id = $3"#,
            brand,
            kind,
            external_id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.map(|row| row.id))
    }
}
