//! Events for other systems, written in the transaction of the fact that they tell, so that neither exists alone.

use domain::UnixMs;
use serde_json::json;
use sqlx::query;
use store::Result;

use crate::{Tx, database};

/// Adds an event about a creator. Its id names the fact, so that the fact is told once.
pub(crate) async fn write(tx: &mut Tx, brand: &str, kind: &str, creator: &str, name: &str, at: UnixMs) -> Result<()> {
    let (id, body) = (format!("{kind}:{creator}:{name}"), json!({ "creator": creator, "name": name }).to_string());
    query!(
        "insert into outbox (brand_id, id, kind, body, at) values ($1, $2, $3, $4, $5)
         on conflict (brand_id, id) do nothing",
        brand,
        id,
        kind,
        body,
        at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
