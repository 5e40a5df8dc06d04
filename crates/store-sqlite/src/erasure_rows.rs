//! Writing erasures, many rows per statement, and removing erased content from the files.

use sqlx::{Row, query};
use store::Result;

use crate::{Db, Tx, database};

/// Replaces explanations from a JSON array of order id and explanation.
pub(crate) async fn update_attributions(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "with new as materialized (select value ->> 0 as id, value ->> 1 as attribution from json_each($2))
         update orders set attribution = new.attribution from new
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
         select $1, value ->> 0, $3, value ->> 1 from json_each($2) where true
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

/// Moves the write-ahead log into the database file, where erased content was overwritten, and empties it.
pub(crate) async fn scrub(db: &Db) -> Result<bool> {
    let row = sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(&db.writer).await.map_err(database)?;
    Ok(row.try_get::<i64, _>(0).map_err(database)? == 0)
}

/// Inserts the subjects of an export from a JSON array of hashes.
pub(crate) async fn insert_export_subjects(tx: &mut Tx, brand: &str, export: &str, rows: &str) -> Result<()> {
    query!(
        "insert into data_export_subjects (brand_id, hash, export_id) select $1, value, $2 from json_each($3)",
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
    // Without statistics the planner would read every alias of the brand, in the primary key.
    let rows = query!(
        r#"select visitor_aliases.pv_id as "pv_id!: String" from json_each($2) as wanted
           cross join visitor_aliases indexed by visitor_aliases_by_alias
             on visitor_aliases.brand_id = $1 and visitor_aliases.alias = wanted.value
           union
           select landings.pv_id from json_each($2) as wanted
           cross join landings indexed by landings_by_alias
             on landings.brand_number = (select number from brands where id = $1) and landings.pv_alias = wanted.value"#,
        brand,
        aliases
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| row.pv_id).collect())
}
