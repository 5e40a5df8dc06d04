//! Counters of a brand.

use sqlx::query;
use store::Result;

use crate::{Tx, database};

/// Increments and returns a brand's counter `name`, starting at 1.
pub(crate) async fn next_number(tx: &mut Tx, brand: &str, name: &str) -> Result<i64> {
    let row = query!(
        r#"insert into numbers (brand_id, name, last) values ($1, $2, 1)
           on conflict (brand_id, name) do update set last = numbers.last + 1 returning last as "last!: i64""#,
        brand,
        name
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.last)
}
