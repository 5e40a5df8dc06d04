//! Writing events for other systems, many rows per statement.

use sqlx::query;
use store::Result;

use crate::{Tx, database};

/// Inserts events from a JSON array of [`store::outbound::NewEventRow`], in its order, except those whose fact has one.
pub(crate) async fn insert(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into outbound_events (brand_id, id, type, object_id, fact, data, at)
         select $1, value ->> 'id', value ->> 'kind', value ->> 'object_id', value ->> 'fact', value ->> 'data',
                value ->> 'at'
         from jsonb_each($2) where true order by key
         on conflict do nothing",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
