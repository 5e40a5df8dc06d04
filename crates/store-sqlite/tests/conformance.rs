//! Runs the storage conformance suite on SQLite.

use std::sync::Arc;

use store::Store;
use store_sqlite::SqliteStore;

async fn open() -> Arc<dyn Store> {
    let folder = tempfile::tempdir().expect("temporary folder").keep();
    let store = SqliteStore::open(&folder.join("test.sqlite")).await.expect("open");
    store.migrate().await.expect("migrate");
    Arc::new(store)
}

store::conformance_suite!(open);
