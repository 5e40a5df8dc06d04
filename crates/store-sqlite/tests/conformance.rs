//! Runs the storage conformance suite on SQLite.

mod database;

use std::sync::Arc;

use store::Store;
use store_sqlite::SqliteStore;

async fn open() -> Arc<dyn Store> {
    let store = SqliteStore::open(&database::migrated().await).await.expect("open");
    Arc::new(store)
}

store::conformance_suite!(open);

#[tokio::test]
async fn figures_are_as_of_one_instant() {
    let store = open().await;
    store::conformance::overview::figures_are_as_of_one_instant(store.clone()).await;
    store.close().await;
}
