//! Databases with every migration.

use store::Store;
use store_postgres::PostgresStore;

use crate::database::Database;

/// A database of the current test, with every migration, whose name begins with `prefix`.
pub(crate) async fn migrated(prefix: &str) -> Database {
    let migrate = async |address: &str| {
        let store = PostgresStore::open(address, 1).await.expect("open");
        store.migrate().await.expect("migrate");
        store.close().await;
    };
    Database::migrated(prefix, migrate).await
}
