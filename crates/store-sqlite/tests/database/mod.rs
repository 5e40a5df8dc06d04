//! A database of its own for each test.
//!
//! The server's tests compile this file too.

use std::{cell::RefCell, path::PathBuf};

use store::Store;
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::sync::OnceCell;

thread_local! {
    /// Folders of this thread's test; they are removed when it ends.
    static FOLDERS: RefCell<Vec<TempDir>> = const { RefCell::new(Vec::new()) };
}

/// The file of a database with every migration. Writing it takes less than migrating.
static MIGRATED: OnceCell<Vec<u8>> = OnceCell::const_new();

/// Where a database of the current test can be; nothing is there.
pub(crate) fn free_path() -> PathBuf {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("test.sqlite");
    FOLDERS.with_borrow_mut(|folders| folders.push(folder));
    path
}

/// A database of the current test with every migration.
pub(crate) async fn migrated() -> PathBuf {
    let file = MIGRATED.get_or_init(async || {
        let path = free_path();
        let store = SqliteStore::open(&path).await.expect("open");
        store.migrate().await.expect("migrate");
        // Leaves the one file, without a write-ahead log.
        store.close().await;
        std::fs::read(path).expect("read the database")
    });
    let path = free_path();
    std::fs::write(&path, file.await).expect("write the database");
    path
}
