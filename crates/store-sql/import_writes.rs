//! Doing the rows of imports, each wholly or not at all.

use domain::{BrandId, CreatorId, UnixMs};
use sqlx::query;
use store::{
    Result, StoreError,
    api_requests::RowFault,
    imports::{ImportOutcome, ImportWrite},
};

use crate::{Tx, audit, database, json, ledger_writes, links, lock, objects};

/// Does one row.
async fn apply(tx: &mut Tx, brand: &BrandId, import: &str, row: &ImportWrite, at: UnixMs) -> Result<Applied> {
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
        // The code may have been given to another creator since the row was planned.
        let code = link.promo_code.as_deref();
        if known != row.before.link || !links::has_free_code(tx, brand, creator, code).await? {
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
        && !ledger_writes::insert_entry(tx, brand, entry).await?
    {
        return Ok(Applied::Fault(RowFault::Changed));
    }
    if let (Some(sealed), Some(creator)) = (&row.payout_address, &row.creator) {
        let (brand_id, creator) = (brand.as_str(), creator.as_str());
        query!(
            "update creators set payout_address = $3, payout_changed_at = $4
             where brand_id = $1 and id = $2 and erased_at is null and payout_contact is null",
            brand_id,
            creator,
            sealed,
            at.0
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
pub(crate) enum Applied {
    /// It is done.
    Now,
    /// It was done before.
    Before,
    /// It was not done.
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
pub(crate) async fn apply_alone(
    tx: &mut Tx,
    brand: &BrandId,
    import: &str,
    row: &ImportWrite,
    at: UnixMs,
) -> Result<Applied> {
    objects::savepoint(tx, "savepoint one_row").await?;
    let applied = match apply(tx, brand, import, row, at).await {
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
