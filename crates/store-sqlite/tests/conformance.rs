//! Runs the storage conformance suite on SQLite.

use std::{cell::RefCell, sync::Arc};

use store::Store;
use store_sqlite::SqliteStore;
use tempfile::TempDir;

thread_local! {
    /// Folders of this thread's test; they are removed when it ends.
    static FOLDERS: RefCell<Vec<TempDir>> = const { RefCell::new(Vec::new()) };
}

async fn open() -> Arc<dyn Store> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let store = SqliteStore::open(&folder.path().join("test.sqlite")).await.expect("open");
    store.migrate().await.expect("migrate");
    FOLDERS.with_borrow_mut(|folders| folders.push(folder));
    Arc::new(store)
}

store::conformance_suite!(open);

#[tokio::test]
async fn figures_are_as_of_one_instant() {
    let store = open().await;
    store::conformance::overview::figures_are_as_of_one_instant(store.clone()).await;
    store.close().await;
}
