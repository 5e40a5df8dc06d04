//! Taking an import back: all of it, or nothing.

use std::collections::BTreeSet;

use domain::{BrandId, CreatorId, ImportId, LinkId, catalogue::Item};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    commissions::EntryRow,
    imports::{CHANGED_NAMED_MAX, DoneImportRow, DoneRow, Import, ImportStatus, ImportUndone, UndoImport},
    objects::{Change, Object, Write},
    outbound::NewEvents,
    row::read,
};

use crate::{
    Tx, audit, database,
    import_matches::objects_by_id,
    ledger_writes, links, list, lock, named, objects, outbound_events,
    stored_import::{lock_name, stored},
};

/// Takes an import back. The transaction must be rolled back if it is not done.
pub(crate) async fn undo(tx: &mut Tx, brand: &BrandId, id: &ImportId, undo: &UndoImport<'_>) -> Result<ImportUndone> {
    lock(tx, &lock_name(brand, id)).await?;
    let (brand_id, import) = (brand.as_str(), id.as_str());
    let Some(before) = stored(tx, brand_id, import).await? else { return Ok(ImportUndone::Missing) };
    match before.status {
        ImportStatus::Undone => return Ok(ImportUndone::Done(Box::new(before))),
        ImportStatus::Queued | ImportStatus::Running => return Ok(ImportUndone::Running),
        ImportStatus::Done | ImportStatus::Failed => {}
    }
    let changed = changed_since(tx, brand_id, import).await?;
    if !changed.is_empty() {
        return Ok(ImportUndone::Changed(changed));
    }
    let used = used_links(tx, brand_id, import).await?;
    let referred = referred_creators(tx, brand_id, import).await?;
    let rows = done_rows(tx, brand_id, import).await?;
    let mut events = NewEvents::default();
    book_back(tx, brand, import, undo, &mut events).await?;
    let (new, old): (Vec<DoneImportRow>, Vec<DoneImportRow>) = rows.into_iter().partition(|row| row.is_new);
    let creators: Vec<&CreatorId> = new.iter().chain(&old).map(|row| &row.creator).collect();
    let mut now = objects_by_id(tx, brand_id, &list(&creators)?).await?;
    // A handle or a code may have gone from one row's creator to another's: what was added goes first, and the changes
    // go backwards.
    let (kept, gone): (Vec<_>, Vec<_>) = new.iter().partition(|row| {
        referred.contains(row.creator.as_str()) || row.link.as_ref().is_some_and(|link| used.contains(link.as_str()))
    });
    let mut archived = kept;
    for row in remove(tx, brand, &gone, undo).await? {
        match row {
            Removal::Deleted(creator) => events.extend((undo.removed)(creator)),
            Removal::InUse(row) => archived.push(row),
        }
    }
    for row in archived {
        archive(tx, brand, row, undo).await?;
        if let Some(now) = now.remove(row.creator.as_str()) {
            let then = Object { archived_at: now.archived_at.or(Some(undo.at)), ..now.clone() };
            events.extend((undo.events)(&now, &then));
        }
    }
    for row in old.iter().rev() {
        match put_back(tx, brand, row, &used, undo).await {
            Ok(true) => {}
            // An added creator who stays, archived, may still have the handle.
            Ok(false) | Err(StoreError::Conflict(_)) => return Ok(ImportUndone::Changed(vec![row.creator.clone()])),
            Err(error) => return Err(error),
        }
        if let (Some(before), Some(now)) = (&row.before.creator, now.remove(row.creator.as_str())) {
            let (value, details, archived_at) = before.clone().into_parts();
            let earlier = Object { value, details, archived_at, updated_at: undo.at };
            events.extend((undo.events)(&now, &earlier));
        }
    }
    end(tx, brand, import, undo).await?;
    outbound_events::emit(tx, brand, &events).await?;
    Ok(ImportUndone::Done(Box::new(Import { status: ImportStatus::Undone, updated_at: undo.at, ..before })))
}

/// The first creators of the import that are not as it left them: changed, with another discount code or payout address,
/// or paid what it booked.
async fn changed_since(tx: &mut Tx, brand: &str, import: &str) -> Result<Vec<CreatorId>> {
    let limit = i64::try_from(CHANGED_NAMED_MAX).unwrap_or(1);
    let rows = query!(
        r#"select creators.id as "id!"
           from import_rows as done
           join creators on creators.brand_id = done.brand_id and creators.id = done.creator_id
           where done.brand_id = $1 and done.import_id = $2 and done.outcome in ('created', 'updated')
             and creators.erased_at is null and (
                 (done.written_at is not null and coalesce(creators.updated_at, creators.created_at) <> done.written_at)
                 or (done.payout_address is not null and creators.payout_address is distinct from done.payout_address)
                 or (done.link_id is not null and not exists (
                     select 1 from links
                     where links.brand_id = done.brand_id and links.id = done.link_id and links.deleted_at is null))
                 or (done.entry_id is not null and exists (
                     select 1 from ledger
                     where ledger.brand_id = done.brand_id and ledger.id = done.entry_id
                       and ledger.payout_id is not null)))
           order by done.number limit $3"#,
        brand,
        import,
        limit
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    rows.into_iter().map(|row| read(row.id, "creators", "id")).collect()
}

/// The links that the import added and that have carried anything.
async fn used_links(tx: &mut Tx, brand: &str, import: &str) -> Result<BTreeSet<String>> {
    let rows = query!(
        r#"select done.link_id as "link_id!"
           from import_rows as done
           where done.brand_id = $1 and done.import_id = $2 and done.link_id is not null and (
               exists (select 1 from credits where credits.brand_id = $1 and credits.link_id = done.link_id)
               or done.link_id in (select link_id from touchpoints where touchpoints.brand_id = $1)
               or done.link_id in (select link_id from click_days where click_days.brand_id = $1)
               or done.link_id in (select link_id from sale_days where sale_days.brand_id = $1)
               or done.link_id in (select link_id from manual_credits where manual_credits.brand_id = $1))"#,
        brand,
        import
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| row.link_id).collect())
}

/// The creators that the import added and that anything but the import refers to, besides [`used_links`].
async fn referred_creators(tx: &mut Tx, brand: &str, import: &str) -> Result<BTreeSet<String>> {
    let rows = query!(
        r#"select done.creator_id as "creator_id!"
           from import_rows as done
           where done.brand_id = $1 and done.import_id = $2 and done.outcome = 'created'
             and done.creator_id is not null and (
               exists (select 1 from links
                       where links.brand_id = $1 and links.creator_id = done.creator_id
                         and links.id <> coalesce(done.link_id, ''))
               or exists (select 1 from ledger
                          where ledger.brand_id = $1 and ledger.creator_id = done.creator_id
                            and ledger.id <> coalesce(done.entry_id, ''))
               or done.creator_id in (
                   select creator_id from survey_answers where survey_answers.brand_id = $1 and creator_id is not null)
               or done.creator_id in (select creator_id from milestones where milestones.brand_id = $1)
               or done.creator_id in (select creator_id from creator_visitors where creator_visitors.brand_id = $1)
               or done.creator_id in (
                   select creator_id from sessions where sessions.brand_id = $1 and creator_id is not null)
               or done.creator_id in (
                   select creator_id from invitations where invitations.brand_id = $1 and creator_id is not null)
               or done.creator_id in (
                   select creator_id from login_links where login_links.brand_id = $1 and creator_id is not null))"#,
        brand,
        import
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut referred: BTreeSet<String> = rows.into_iter().map(|row| row.creator_id).collect();
    let rules = query!(r#"select rule as "rule!" from commission_rules where brand_id = $1"#, brand)
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
    for rule in rules {
        let rule: domain::commission::Rule = serde_json::from_str(&rule.rule)
            .map_err(|_| StoreError::Corrupt { table: "commission_rules", column: "rule" })?;
        if let domain::commission::Scope::Creator(creator) = rule.scope {
            referred.insert(creator.into());
        }
    }
    let products = query!(
        r#"select body as "body!" from catalogue_items where brand_id = $1 and kind = 'product' order by id"#,
        brand
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for product in products {
        let item: Item = serde_json::from_str(&product.body)
            .map_err(|_| StoreError::Corrupt { table: "catalogue_items", column: "body" })?;
        referred.extend(item.references().priced.into_iter().map(String::from));
    }
    Ok(referred)
}

/// The rows that added or changed a creator who is not erased, by number.
async fn done_rows(tx: &mut Tx, brand: &str, import: &str) -> Result<Vec<DoneImportRow>> {
    let rows = query_as!(
        DoneRow,
        r#"select done.number as "number!", done.outcome, done.creator_id, done.before_image, done.written_at,
                  done.link_id, done.payout_address is not null as "has_payout_address!: bool"
           from import_rows as done
           join creators on creators.brand_id = done.brand_id and creators.id = done.creator_id
           where done.brand_id = $1 and done.import_id = $2 and done.outcome in ('created', 'updated')
             and creators.erased_at is null
           order by done.number"#,
        brand,
        import
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    rows.into_iter().filter_map(|row| row.read().transpose()).collect()
}

/// Books the import's ledger entries back.
async fn book_back(
    tx: &mut Tx,
    brand: &BrandId,
    import: &str,
    undo: &UndoImport<'_>,
    events: &mut NewEvents,
) -> Result<()> {
    let brand_id = brand.as_str();
    let entries = query_as!(
        EntryRow,
        r#"select ledger.id as "id!", key as "key!", ledger.creator_id as "creator_id!", order_id, rule_id,
                  kind as "kind!", currency as "currency!", amount_minor as "amount_minor!", reason as "reason!",
                  actor as "actor!", created_at as "created_at!", payable_at as "payable_at!",
                  needs_approval as "needs_approval!: bool", approved_at, payout_id
           from import_rows
           join ledger on ledger.brand_id = import_rows.brand_id and ledger.id = import_rows.entry_id
           where import_rows.brand_id = $1 and import_rows.import_id = $2
           order by import_rows.number"#,
        brand_id,
        import
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for entry in entries {
        let (entry, more) = (undo.reversal)(&entry.read()?);
        if ledger_writes::insert_entry(tx, brand, &entry).await? {
            events.extend(more);
        }
    }
    Ok(())
}

/// Whether a creator has said how they are paid, and has another e-mail address than this one.
async fn sets_own_payout_by_other_address(
    tx: &mut Tx,
    brand: &BrandId,
    creator: &CreatorId,
    email_hash: Option<&str>,
) -> Result<bool> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    let row = query!(
        r#"select 1 as "one!: i64" from creators
           where brand_id = $1 and id = $2 and payout_contact is not null and email_hash is distinct from $3"#,
        brand,
        creator,
        email_hash
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.is_some())
}

/// Makes a creator what they were before a row. False if they have changed since.
async fn put_back(
    tx: &mut Tx,
    brand: &BrandId,
    row: &DoneImportRow,
    used: &BTreeSet<String>,
    undo: &UndoImport<'_>,
) -> Result<bool> {
    if let (Some(before), Some(written_at)) = (row.before.creator.clone(), row.written_at) {
        // Whoever has the earlier address would sign in as the creator, and be paid as the creator has said meanwhile.
        let address = before.creator().email_hash.as_deref();
        if sets_own_payout_by_other_address(tx, brand, &row.creator, address).await? {
            return Ok(false);
        }
        let (profile, details, archived_at) = before.into_parts();
        let write = Write {
            change: Change::UpdateCreator(profile, written_at),
            details,
            archived_at,
            at: undo.at.max(written_at.plus_ms(1)),
            audit: (undo.audit_of)("creator.update", &row.creator),
            events: NewEvents::default(),
        };
        if !objects::apply(tx, brand, &write).await? {
            return Ok(false);
        }
    }
    let brand_id = brand;
    let (brand, creator) = (brand.as_str(), row.creator.as_str());
    if let Some(before) = &row.before.payout_address {
        // What the creator has set themselves meanwhile stays.
        query!(
            "update creators set payout_address = $3, payout_changed_at = $4
             where brand_id = $1 and id = $2 and payout_contact is null",
            brand,
            creator,
            before.sealed,
            undo.at.0
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    if let Some(link) = &row.link {
        end_link(tx, brand, link, used, undo).await?;
    }
    if let Some(link) = row.before.link.as_ref().map(LinkId::as_str) {
        let earlier = query!("select promo_code from links where brand_id = $1 and id = $2", brand, link)
            .fetch_optional(&mut **tx)
            .await
            .map_err(database)?;
        // Another creator may have taken the earlier code meanwhile.
        let code = earlier.and_then(|row| row.promo_code);
        if !links::has_free_code(tx, brand_id, creator, code.as_deref()).await? {
            return Ok(false);
        }
        query!("update links set deleted_at = null where brand_id = $1 and id = $2", brand, link)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
    }
    Ok(true)
}

/// Deletes a link, or marks it as deleted if it has carried anything.
async fn end_link(
    tx: &mut Tx,
    brand: &str,
    link: &LinkId,
    used: &BTreeSet<String>,
    undo: &UndoImport<'_>,
) -> Result<()> {
    let link = link.as_str();
    if used.contains(link) {
        query!("update links set deleted_at = $3 where brand_id = $1 and id = $2", brand, link, undo.at.0)
            .execute(&mut **tx)
            .await
    } else {
        query!("delete from links where brand_id = $1 and id = $2", brand, link).execute(&mut **tx).await
    }
    .map_err(database)?;
    Ok(())
}

/// The outcome of deleting a creator that the import added.
enum Removal<'a> {
    /// The creator is deleted.
    Deleted(&'a CreatorId),
    /// Other rows refer to the creator, who is archived instead.
    InUse(&'a DoneImportRow),
}

/// Deletes the creators to whom nothing but the import refers. A foreign key that refers to a creator prevents it.
async fn remove<'a>(
    tx: &mut Tx,
    brand: &BrandId,
    rows: &[&'a DoneImportRow],
    undo: &UndoImport<'_>,
) -> Result<Vec<Removal<'a>>> {
    let mut removals = Vec::with_capacity(rows.len());
    for rows in rows.chunks(ROWS_AT_ONCE) {
        if delete_or_keep(tx, brand.as_str(), rows).await? {
            removals.extend(rows.iter().map(|row| Removal::Deleted(&row.creator)));
            continue;
        }
        for row in rows {
            let is_deleted = delete_or_keep(tx, brand.as_str(), &[*row]).await?;
            removals.push(if is_deleted { Removal::Deleted(&row.creator) } else { Removal::InUse(row) });
        }
    }
    for removal in &removals {
        if let Removal::Deleted(creator) = removal {
            audit::write(tx, brand, &(undo.audit_of)("creator.delete", creator)).await?;
        }
    }
    Ok(removals)
}

/// Creators that are deleted together.
const ROWS_AT_ONCE: usize = 500;

/// Deletes creators with their links and details. False, and nothing is deleted, if something refers to any of them.
async fn delete_or_keep(tx: &mut Tx, brand: &str, rows: &[&DoneImportRow]) -> Result<bool> {
    objects::savepoint(tx, "savepoint removal").await?;
    let is_done = match delete(tx, brand, rows).await {
        Ok(()) => true,
        Err(StoreError::Missing(_)) => false,
        Err(other) => return Err(other),
    };
    if !is_done {
        objects::savepoint(tx, "rollback to savepoint removal").await?;
    }
    objects::savepoint(tx, "release savepoint removal").await?;
    Ok(is_done)
}

async fn delete(tx: &mut Tx, brand: &str, rows: &[&DoneImportRow]) -> Result<()> {
    let creators: Vec<&CreatorId> = rows.iter().map(|row| &row.creator).collect();
    let links: Vec<&LinkId> = rows.iter().filter_map(|row| row.link.as_ref()).collect();
    let (creators, links) = (list(&creators)?, list(&links)?);
    statement!(query!("delete from links where brand_id = $1 and id " IN "$2", brand, &links))
        .execute(&mut **tx)
        .await
        .map_err(named("a link"))?;
    statement!(query!("delete from object_details where brand_id = $1 and object_id " IN "$2", brand, &creators))
        .execute(&mut **tx)
        .await
        .map_err(named("details"))?;
    statement!(query!("delete from creators where brand_id = $1 and id " IN "$2", brand, &creators))
        .execute(&mut **tx)
        .await
        .map_err(named("a creator"))?;
    Ok(())
}

/// Archives a creator whom more than the import knows. Their discount code ends.
async fn archive(tx: &mut Tx, brand: &BrandId, row: &DoneImportRow, undo: &UndoImport<'_>) -> Result<()> {
    let (brand_id, creator) = (brand.as_str(), row.creator.as_str());
    query!(
        "update creators set archived_at = coalesce(archived_at, $3), updated_at = $3 where brand_id = $1 and id = $2",
        brand_id,
        creator,
        undo.at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if let Some(link) = row.link.as_ref().map(LinkId::as_str) {
        query!("update links set deleted_at = $3 where brand_id = $1 and id = $2", brand_id, link, undo.at.0)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
    }
    audit::write(tx, brand, &(undo.audit_of)("creator.archive", &row.creator)).await
}

/// Marks the import as undone. Its rows keep their outcomes and nothing else.
async fn end(tx: &mut Tx, brand: &BrandId, import: &str, undo: &UndoImport<'_>) -> Result<()> {
    let brand_id = brand.as_str();
    query!(
        "update import_rows set input = null, before_image = null, payout_address = null
         where brand_id = $1 and import_id = $2",
        brand_id,
        import
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    query!(
        "update imports set status = 'undone', updated_at = $3 where brand_id = $1 and id = $2",
        brand_id,
        import,
        undo.at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    audit::write(tx, brand, &undo.audit).await
}
