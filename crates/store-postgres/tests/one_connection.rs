//! Every port method does with one connection: none waits for a second one while it holds the first. If it did, as many
//! requests at a time as there are connections would wait for each other until they give up.

#[expect(dead_code, reason = "the suite needs no superuser")]
mod database;

use std::sync::Arc;

use database::Database;
use store::Store;
use store_postgres::PostgresStore;

async fn open() -> Arc<dyn Store> {
    let database = Database::migrated("one_connection", async |address| {
        let store = PostgresStore::open(address, 1).await.expect("open");
        store.migrate().await.expect("migrate");
        store.close().await;
    });
    let database = database.await;
    // Besides the one that listens.
    let store = PostgresStore::open(&database.owner, 1).await.expect("open");
    Arc::new(store)
}

store::conformance_suite!(open);
