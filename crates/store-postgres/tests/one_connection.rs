//! Every port method does with one connection: none waits for a second one while it holds the first. If it did, as many
//! requests at a time as there are connections would wait for each other until they give up.

#[expect(dead_code, reason = "the suite needs no superuser")]
mod database;
mod migrated;

use std::sync::Arc;

use migrated::migrated;
use store::Store;
use store_postgres::PostgresStore;

async fn open() -> Arc<dyn Store> {
    let database = migrated("one_connection").await;
    // Besides the one that listens.
    let store = PostgresStore::open(&database.owner, 1).await.expect("open");
    Arc::new(store)
}

store::conformance_suite!(open);
