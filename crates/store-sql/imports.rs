//! Imports of creators, and doing their rows.

use domain::{BrandId, ImportId, UnixMs};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    api_requests::{Answer, Claim, RowFault, Written},
    audit::AuditEntry,
    imports::{
        FailedImportRow, FailedRow, Import, ImportCounts, ImportFilter, ImportKeys, ImportMatches, ImportOutcome,
        ImportRow, ImportStatus, ImportStore, ImportUndone, ImportWrite, NewImport, NewImportRow, UndoImport,
        WaitingImportRow, WaitingRow,
    },
    money_writes::Answered,
    objects::{Keyset, ObjectKind},
    outbound::NewEvents,
};

use crate::{
    Db, Tx, api_requests, audit, database, import_matches, import_rows, import_undo,
    import_writes::{self, Applied},
    jobs, json, lock, money_writes,
    objects::put_details,
    outbound_events,
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
                api_requests::undo(tx).await?;
                return Ok(known);
            }
            api_requests::store_answer(&mut tx, brand, claim, answer).await?;
        }
        let brand_id = brand.as_str();
        insert(&mut tx, brand_id, new.import).await?;
        match put_details(&mut tx, brand_id, ObjectKind::Import, new.import.id.as_str(), new.details).await {
            Err(StoreError::Conflict(what)) => {
                api_requests::undo(tx).await?;
                return Ok(Written::Refused(RowFault::Taken(what)));
            }
            put => put?,
        }
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

    async fn imports_page(&self, brand: &BrandId, keyset: &Keyset, filter: &ImportFilter) -> Result<Vec<Import>> {
        let mut connection = self.read(brand).await?;
        let status = filter.status.map(ImportStatus::as_str);
        let (brand, is_ascending) = (brand.as_str(), keyset.is_ascending);
        let rows = query_as!(
            ImportRow,
            r#"select id as "id!", source as "source!", status as "status!", actor as "actor!",
                      columns as "columns!", rows_total as "rows_total!", created as "created!",
                      updated as "updated!", unchanged as "unchanged!", failed as "failed!",
                      created_at as "created_at!", updated_at as "updated_at!"
               from imports where brand_id = $1 and id >= $2 and id < $3
                 and (cast($6 as text) is null or status = $6) and updated_at >= $7 and updated_at <= $8
               order by case when $5 = true then id end, id desc limit $4"#,
            brand,
            keyset.from,
            keyset.below,
            keyset.limit,
            is_ascending,
            status,
            filter.updated.from.0,
            filter.updated.until.0
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
        import_matches::find(&mut self.read(brand).await?, brand, id, keys).await
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
        let mut events = NewEvents::default();
        for row in rows {
            faults.push(match import_writes::apply_alone(&mut tx, brand, import, row, at).await? {
                Applied::Now => {
                    counts.add(row.outcome);
                    row.write.iter().for_each(|write| events.extend(write.events.clone()));
                    events.extend(row.events.clone());
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
        outbound_events::emit(&mut tx, brand, &events).await?;
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

    async fn undo_import(
        &self,
        brand: &BrandId,
        id: &ImportId,
        undo: &UndoImport<'_>,
    ) -> Result<Answered<ImportUndone>> {
        let mut tx = self.begin_for(brand).await?;
        if let Some(known) = money_writes::claimed_as(&mut tx, brand, undo.claim).await? {
            api_requests::undo(tx).await?;
            return Ok(known);
        }
        let outcome = match import_undo::undo(&mut tx, brand, id, undo).await {
            Ok(outcome) => outcome,
            Err(error) => return api_requests::undo_failed(tx, error).await,
        };
        let answer = (undo.answer)(&outcome);
        money_writes::answered(tx, brand, undo.claim, outcome, answer).await
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
