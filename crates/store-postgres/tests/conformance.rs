//! Runs the storage conformance suite on PostgreSQL, under row-level security.

#[expect(dead_code, reason = "the suite needs no superuser")]
mod database;
mod migrated;

use std::sync::Arc;

use migrated::migrated;
use store::Store;
use store_postgres::PostgresStore;

async fn open() -> Arc<dyn Store> {
    let database = migrated("conformance").await;
    let store = PostgresStore::open(&database.owner, 4).await.expect("open");
    Arc::new(store)
}

store::conformance_suite!(open);

#[tokio::test]
async fn figures_are_as_of_one_instant() {
    let store = open().await;
    store::conformance::overview::figures_are_as_of_one_instant(store.clone()).await;
    store.close().await;
}
