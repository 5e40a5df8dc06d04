//! Adding the rows of an import, all in one statement.

use sqlx::query;
use store::Result;

use crate::{Tx, database};

/// Inserts rows from a JSON array of number, outcome, input, cells, e-mail hash, payout address in hex, and faults.
pub(crate) async fn insert(tx: &mut Tx, brand: &str, import: &str, rows: &str) -> Result<()> {
    query!(
        "insert into import_rows (brand_id, import_id, number, outcome, input, cells, email_hash, payout_address, faults)
         select $1, $2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, unhex(value ->> 5), value ->> 6
         from json_each($3)",
        brand,
        import,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
