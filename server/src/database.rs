//! Opens the configured database.

use std::sync::Arc;

use store::{Store, StoreError};
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;

use crate::config::Database;

/// Opens a database without migrating it. `connections` applies to PostgreSQL only.
pub async fn open(database: &Database, connections: u32) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match database {
        Database::Sqlite(file) => Arc::new(SqliteStore::open(file).await?),
        Database::Postgres(url) => Arc::new(PostgresStore::open(url, connections).await?),
    })
}
