//! Writing erasures, many rows per statement.

use sqlx::query;
use store::Result;

use crate::{Db, Tx, database};

/// Replaces explanations from a JSON array of order id and explanation.
pub(crate) async fn update_attributions(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "update orders set attribution = new.attribution
         from (select value ->> 0 as id, value ->> 1 as attribution
               from jsonb_array_elements($2::text::jsonb) as value offset 0) as new
         where orders.brand_id = $1 and orders.id = new.id",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Inserts tombstones from a JSON array of hash and expiry. One that is there lasts as long as the longer
/// of both, and covers what was reported until the later.
pub(crate) async fn insert_tombstones(tx: &mut Tx, brand: &str, rows: &str, at: i64) -> Result<()> {
    query!(
        "insert into tombstones (brand_id, hash, at, expires_at)
         select $1, value ->> 0, $3, (value ->> 1)::bigint from jsonb_array_elements($2::text::jsonb) as value
         on conflict (brand_id, hash) do update set
            at = case when excluded.at > tombstones.at then excluded.at else tombstones.at end,
            expires_at = case when tombstones.expires_at is null then null else excluded.expires_at end",
        brand,
        rows,
        at
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Nothing to do: vacuum removes erased content.
#[expect(clippy::unused_async, reason = "SQLite's waits for the file")]
pub(crate) async fn scrub(_db: &Db) -> Result<bool> {
    Ok(true)
}

/// Inserts the subjects of an export from a JSON array of hashes.
pub(crate) async fn insert_export_subjects(tx: &mut Tx, brand: &str, export: &str, rows: &str) -> Result<()> {
    query!(
        "insert into data_export_subjects (brand_id, hash, export_id)
         select $1, hash, $2 from jsonb_array_elements_text($3::text::jsonb) as hash",
        brand,
        export,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// The visitors whose browsers also have one of these ids, given as a JSON array.
pub(crate) async fn owners_of_aliases(tx: &mut Tx, brand: &str, aliases: &str) -> Result<Vec<String>> {
    let rows = query!(
        r#"select pv_id as "pv_id!: String" from visitor_aliases
           where brand_id = $1 and alias in (select jsonb_array_elements_text($2::text::jsonb))
           union
           select pv_id from landings
           where brand_number = (select number from brands where id = $1)
             and pv_alias in (select jsonb_array_elements_text($2::text::jsonb))"#,
        brand,
        aliases
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| row.pv_id).collect())
}
