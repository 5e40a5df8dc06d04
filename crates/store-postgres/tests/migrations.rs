//! Processes that start together, and one that is stopped while it migrates.
#![expect(clippy::unwrap_used, reason = "these are tests")]

#[expect(dead_code, reason = "these tests need no migrated database")]
mod database;

use database::Database;
use sqlx::{Connection, Executor, PgConnection};
use store::Store;
use store_postgres::PostgresStore;

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_all_migrate() {
    let database = Database::create("migrations").await;
    let start = async || {
        let store = PostgresStore::open(&database.owner, 2).await.unwrap();
        let outcome = store.migrate().await;
        let pending = store.pending_migrations().await.unwrap();
        store.close().await;
        (outcome.map_err(|error| error.to_string()), pending)
    };
    let (one, two, three) = tokio::join!(start(), start(), start());
    assert_eq!([one, two, three], [const { (Ok(()), Vec::new()) }; 3]);
}

#[tokio::test]
async fn an_index_whose_building_was_interrupted_is_built_again() {
    let database = Database::create("migrations").await;
    let store = PostgresStore::open(&database.owner, 2).await.unwrap();
    store.migrate().await.unwrap();
    let mut admin = PgConnection::connect(&database.superuser).await.unwrap();
    admin
        .execute("update pg_index set indisvalid = false where indexrelid = 'landings_by_alias'::regclass")
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let invalid: i64 =
        sqlx::query_scalar("select count(*) from pg_index where not indisvalid").fetch_one(&mut admin).await.unwrap();
    assert_eq!(invalid, 0);
    store.close().await;
}
