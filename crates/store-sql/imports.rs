//! Imports of creators, and doing their rows.

use std::collections::BTreeMap;

use domain::{BrandId, CreatorId, ImportId, UnixMs};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    api_requests::{Answer, Claim, RowFault, Written},
    audit::AuditEntry,
    imports::{
        FailedImportRow, FailedRow, Import, ImportCounts, ImportCreator, ImportCreatorRow, ImportKeys, ImportMatches,
        ImportOutcome, ImportRow, ImportStatus, ImportStore, ImportUndone, ImportWrite, NewImport, NewImportRow,
        UndoImport, WaitingImportRow, WaitingRow,
    },
    objects::{CreatorObjectRow, CreatorProfile, Keyset, Object},
    row::read,
};

use crate::{
    Db, Reader, Tx, api_requests, audit, commissions, database, import_rows, import_undo, jobs, json, links, list,
    lock, objects,
    stored_import::{lock_name, stored},
    try_lock,
};

/// Rows that one statement adds.
const ROWS_PER_STATEMENT: usize = 1_000;

async fn insert(tx: &mut Tx, brand: &str, import: &Import) -> Result<()> {
    let (id, source, status) = (import.id.as_str(), import.source.as_str(), import.status.as_str());
    let (columns, counts, done) = (json(&import.columns)?, import.counts, import.counts.total());
    query!(
        "insert into imports (brand_id, id, kind, source, status, actor, columns, rows_total, rows_done, created,
                              updated, unchanged, failed, created_at, updated_at)
         values ($1, $2, 'creators', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        brand,
        id,
        source,
        status,
        import.actor,
        columns,
        import.rows_total,
        done,
        counts.created,
        counts.updated,
        counts.unchanged,
        counts.failed,
        import.created_at.0,
        import.updated_at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The texts of a new row: outcome, input, cells, e-mail hash, payout address in hex, faults.
type RowTexts = (i64, Option<&'static str>, Option<String>, String, Option<String>, Option<String>, Option<String>);

fn row_texts(row: &NewImportRow) -> Result<RowTexts> {
    let cells = json(&row.cells)?;
    Ok(match &row.input {
        Ok(input) => {
            let payout_address = input.payout_address.as_deref().map(hex);
            (row.number, None, Some(json(&input.creator)?), cells, row.email_hash.clone(), payout_address, None)
        }
        Err(faults) => {
            let (outcome, faults) = (ImportOutcome::Failed.as_str(), json(faults)?);
            (row.number, Some(outcome), None, cells, row.email_hash.clone(), None, Some(faults))
        }
    })
}

/// Does one row.
async fn apply(tx: &mut Tx, brand: &BrandId, import: &str, row: &ImportWrite) -> Result<Applied> {
    if !mark_done(tx, brand.as_str(), import, row).await? {
        return Ok(Applied::Before);
    }
    if let Some(write) = &row.write
        && !objects::apply(tx, brand, write).await?
    {
        return Ok(Applied::Fault(RowFault::Changed));
    }
    if let Some(link) = &row.link {
        let creator = link.creator.as_ref().map_or("", CreatorId::as_str);
        lock(tx, &format!("direct link {brand} {creator}")).await?;
        let known = links::stored_direct(tx, brand, creator).await?.map(|link| link.id);
        if known != row.before.link {
            return Ok(Applied::Fault(RowFault::Changed));
        }
        if let Some(known) = known {
            let (brand_id, known) = (brand.as_str(), known.as_str());
            query!(
                "update links set deleted_at = $3 where brand_id = $1 and id = $2",
                brand_id,
                known,
                link.created_at.0
            )
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        }
        links::insert(tx, brand, link).await?;
    }
    if let Some(entry) = &row.entry
        && !commissions::insert_entry(tx, brand, entry).await?
    {
        return Ok(Applied::Fault(RowFault::Changed));
    }
    if let (Some(sealed), Some(creator)) = (&row.payout_address, &row.creator) {
        let (brand_id, creator) = (brand.as_str(), creator.as_str());
        query!(
            "update creators set payout_address = $3 where brand_id = $1 and id = $2 and erased_at is null",
            brand_id,
            creator,
            sealed
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    for entry in &row.audits {
        audit::write(tx, brand, entry).await?;
    }
    Ok(Applied::Now)
}

/// What became of a row.
enum Applied {
    Now,
    /// It was done before.
    Before,
    Fault(RowFault),
}

/// Stores the outcome of a row. False if it has one.
async fn mark_done(tx: &mut Tx, brand: &str, import: &str, row: &ImportWrite) -> Result<bool> {
    let (outcome, faults, before) = (row.outcome.as_str(), json(&row.faults)?, json(&row.before)?);
    let is_failed = row.outcome == ImportOutcome::Failed;
    let creator = row.creator.as_ref().map(CreatorId::as_str);
    let written_at = row.write.as_ref().map(|write| write.at.0);
    let entry = row.entry.as_ref().map(|entry| entry.id.as_str());
    let link = row.link.as_ref().map(|link| link.id.as_str());
    let done = query!(
        "update import_rows
         set outcome = $4, input = null, cells = case when $5 = true then cells end,
             email_hash = case when $5 = true then email_hash end, payout_address = $6, faults = $7, creator_id = $8,
             before_image = $9, written_at = $10, entry_id = $11, link_id = $12
         where brand_id = $1 and import_id = $2 and number = $3 and outcome is null",
        brand,
        import,
        row.number,
        outcome,
        is_failed,
        row.payout_address,
        faults,
        creator,
        before,
        written_at,
        entry,
        link
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(done.rows_affected() == 1)
}

/// Does one row; if that fails, undoes what it did.
async fn apply_alone(tx: &mut Tx, brand: &BrandId, import: &str, row: &ImportWrite) -> Result<Applied> {
    objects::savepoint(tx, "savepoint one_row").await?;
    let applied = match apply(tx, brand, import, row).await {
        Ok(applied) => applied,
        Err(StoreError::Conflict(what)) => Applied::Fault(RowFault::Taken(what)),
        Err(StoreError::Missing(what)) => Applied::Fault(RowFault::Missing(what)),
        Err(other) => return Err(other),
    };
    if matches!(applied, Applied::Fault(_)) {
        objects::savepoint(tx, "rollback to savepoint one_row").await?;
    }
    objects::savepoint(tx, "release savepoint one_row").await?;
    Ok(applied)
}

/// The creators with these keys, and what imports change of them.
async fn creators(connection: &mut Reader, brand: &str, import: &str, keys: &ImportKeys) -> Result<Vec<ImportCreator>> {
    let (externals, hashes, handles) = (list(&keys.external_ids)?, list(&keys.email_hashes)?, list(&keys.handles)?);
    // One select for each index.
    let ids = statement!(query!(
        r#"select object_id as "id!: String" from object_details
           where brand_id = $1 and kind = 'creator' and external_id "# IN "$2" r#"
           union select id from creators where brand_id = $1 and erased_at is null and email_hash "# IN "$3" r#"
           union select id from creators where brand_id = $1 and erased_at is null and handle "# IN "$4",
        brand,
        &externals,
        &hashes,
        &handles
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let ids: Vec<String> = ids.into_iter().map(|row| row.id).collect();
    let ids = list(&ids)?;
    let more = statement!(query_as!(
        ImportCreatorRow,
        r#"select object.id as "id!", direct.id as "link_id?", direct.promo_code as "promo_code?",
                  object.payout_address, done.number as "row?"
           from creators as object
           left join links as direct
             on direct.brand_id = object.brand_id and direct.creator_id = object.id and direct.is_direct
            and direct.deleted_at is null
           left join import_rows as done
             on done.brand_id = object.brand_id and done.creator_id = object.id and done.import_id = $2
            and done.outcome <> 'failed'
           where object.brand_id = $1 and object.erased_at is null and object.id "# IN "$3" " order by object.id",
        brand,
        import,
        &ids
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let mut objects = objects_by_id(connection, brand, &ids).await?;
    more.into_iter().filter_map(|row| objects.remove(&row.id).map(|object| row.read(object))).collect()
}

async fn objects_by_id(
    connection: &mut Reader,
    brand: &str,
    ids: &crate::List,
) -> Result<BTreeMap<String, Object<CreatorProfile>>> {
    let rows = statement!(query_as!(
        CreatorObjectRow,
        r#"select object.id as "id!", object.name as "name!", object.handle as "handle!", object.email_hash,
                  object.aliases as "aliases!", object.tier, object.earlier_tiers as "earlier_tiers!",
                  object.partner_code, object.created_at as "created_at!", object.profile,
                  details.external_id as "external_id?", details.metadata as "metadata?", object.updated_at,
                  object.archived_at
           from creators as object
           left join object_details as details
             on details.brand_id = object.brand_id and details.object_id = object.id
           where object.brand_id = $1 and object.erased_at is null and object.id "# IN "$2",
        brand,
        ids
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    rows.into_iter().map(|row| Ok((row.id.clone(), row.read()?))).collect()
}

#[async_trait::async_trait]
impl ImportStore for Db {
    async fn create_import(
        &self,
        brand: &BrandId,
        claim: Option<&Claim>,
        new: &NewImport<'_>,
        answer: &Answer,
    ) -> Result<Written> {
        let mut tx = self.begin_for(brand).await?;
        if let Some(claim) = claim {
            if !try_lock(&mut tx, &claim.lock_name()).await? {
                return Ok(Written::InProgress);
            }
            if let Some(known) = api_requests::stored(&mut tx, brand, claim).await? {
                tx.rollback().await.map_err(database)?;
                return Ok(known);
            }
            api_requests::store_answer(&mut tx, brand, claim, answer).await?;
        }
        let brand_id = brand.as_str();
        insert(&mut tx, brand_id, new.import).await?;
        for rows in new.rows.chunks(ROWS_PER_STATEMENT) {
            let texts = rows.iter().map(row_texts).collect::<Result<Vec<_>>>()?;
            import_rows::insert(&mut tx, brand_id, new.import.id.as_str(), &json(&texts)?).await?;
        }
        audit::write(&mut tx, brand, new.audit).await?;
        jobs::push(&mut tx, new.job).await?;
        tx.commit().await.map_err(database)?;
        Ok(Written::Done(answer.clone()))
    }

    async fn import(&self, brand: &BrandId, id: &ImportId) -> Result<Option<Import>> {
        stored(&mut self.snapshot(brand).await?, brand.as_str(), id.as_str()).await
    }

    async fn imports_page(&self, brand: &BrandId, keyset: &Keyset) -> Result<Vec<Import>> {
        let mut connection = self.read(brand).await?;
        let (brand, is_ascending) = (brand.as_str(), keyset.is_ascending);
        let rows = query_as!(
            ImportRow,
            r#"select id as "id!", source as "source!", status as "status!", actor as "actor!",
                      columns as "columns!", rows_total as "rows_total!", created as "created!",
                      updated as "updated!", unchanged as "unchanged!", failed as "failed!",
                      created_at as "created_at!", updated_at as "updated_at!"
               from imports where brand_id = $1 and id >= $2 and id < $3
               order by case when $5 = true then id end, id desc limit $4"#,
            brand,
            keyset.from,
            keyset.below,
            keyset.limit,
            is_ascending
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter().map(ImportRow::read).collect()
    }

    async fn waiting_import_rows(&self, brand: &BrandId, id: &ImportId, limit: i64) -> Result<Vec<WaitingImportRow>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            WaitingRow,
            r#"select number as "number!", input, email_hash, payout_address from import_rows
               where brand_id = $1 and import_id = $2 and outcome is null order by number limit $3"#,
            brand,
            id,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(WaitingRow::read)
        .collect()
    }

    async fn failed_import_rows(
        &self,
        brand: &BrandId,
        id: &ImportId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<FailedImportRow>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            FailedRow,
            r#"select number as "number!", faults, cells from import_rows
               where brand_id = $1 and import_id = $2 and number > $3 and outcome = 'failed' order by number limit $4"#,
            brand,
            id,
            after,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(FailedRow::read)
        .collect()
    }

    async fn import_matches(&self, brand: &BrandId, id: Option<&ImportId>, keys: &ImportKeys) -> Result<ImportMatches> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.map_or("", ImportId::as_str));
        let creators = creators(&mut connection, brand, id, keys).await?;
        let (codes, entries) = (list(&keys.codes)?, list(&keys.entries)?);
        let owners = statement!(query!(
            r#"select promo_code as "code!", creator_id as "creator_id!" from links
               where brand_id = $1 and is_direct and deleted_at is null and creator_id is not null
                 and promo_code "# IN "$2",
            brand,
            &codes
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let entries = statement!(query!(
            r#"select key as "key!" from ledger where brand_id = $1 and key "# IN "$2",
            brand,
            &entries
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let owner = |(code, creator)| Ok((code, read(creator, "links", "creator_id")?));
        let codes = owners.into_iter().map(|row| owner((row.code, row.creator_id))).collect::<Result<_>>()?;
        Ok(ImportMatches { creators, codes, entries: entries.into_iter().map(|row| row.key).collect() })
    }

    async fn write_import_rows(
        &self,
        brand: &BrandId,
        id: &ImportId,
        rows: &[ImportWrite],
        at: UnixMs,
    ) -> Result<Vec<Option<RowFault>>> {
        let mut tx = self.begin_for(brand).await?;
        lock(&mut tx, &lock_name(brand, id)).await?;
        let (brand_id, import) = (brand.as_str(), id.as_str());
        let status = stored(&mut tx, brand_id, import).await?.map(|import| import.status);
        if !matches!(status, Some(ImportStatus::Queued | ImportStatus::Running)) {
            return Ok(vec![None; rows.len()]);
        }
        let (mut faults, mut counts) = (Vec::with_capacity(rows.len()), ImportCounts::default());
        for row in rows {
            faults.push(match apply_alone(&mut tx, brand, import, row).await? {
                Applied::Now => {
                    counts.add(row.outcome);
                    None
                }
                Applied::Before => None,
                Applied::Fault(fault) => Some(fault),
            });
        }
        let done = counts.total();
        query!(
            "update imports set status = 'running', rows_done = rows_done + $3, created = created + $4,
                 updated = updated + $5, unchanged = unchanged + $6, failed = failed + $7, updated_at = $8
             where brand_id = $1 and id = $2",
            brand_id,
            import,
            done,
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.failed,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(faults)
    }

    async fn finish_import(
        &self,
        brand: &BrandId,
        id: &ImportId,
        status: ImportStatus,
        at: UnixMs,
        audit: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id, status) = (brand.as_str(), id.as_str(), status.as_str());
        let done = query!(
            "update imports set status = $3, updated_at = $4
             where brand_id = $1 and id = $2 and status in ('queued', 'running')",
            brand_id,
            id,
            status,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, audit).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn undo_import(&self, brand: &BrandId, id: &ImportId, undo: &UndoImport<'_>) -> Result<Option<ImportUndone>> {
        let mut tx = self.begin_for(brand).await?;
        let undone = import_undo::undo(&mut tx, brand, id, undo).await?;
        if undone == Some(ImportUndone::Done) {
            tx.commit().await.map_err(database)?;
        } else {
            tx.rollback().await.map_err(database)?;
        }
        Ok(undone)
    }

    async fn forget_import_cells(&self, brand: &BrandId, before: UnixMs, limit: i64) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        let done = query!(
            "update import_rows set cells = null, email_hash = null
             where brand_id = $1 and (import_id, number) in (
                 select import_rows.import_id, import_rows.number
                 from imports join import_rows
                   on import_rows.brand_id = imports.brand_id and import_rows.import_id = imports.id
                 where imports.brand_id = $1 and imports.status in ('done', 'undone', 'failed')
                   and imports.updated_at < $2 and import_rows.cells is not null
                 limit $3)",
            brand,
            before.0,
            limit
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }
}
