//! Runs the storage conformance suite on PostgreSQL. `TEST_POSTGRES_URL` is a server on which the tests may create
//! databases; `cargo xtask test` starts one.

use std::sync::Arc;

use sqlx::{Connection, Executor, PgConnection};
use store::Store;
use store_postgres::PostgresStore;

#[expect(clippy::disallowed_methods, reason = "the test server is configured through the environment")]
async fn open() -> Arc<dyn Store> {
    let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL: run `cargo xtask test`");
    let name = format!("conformance_{}", random_suffix());
    let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.expect("connect");
    admin.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.expect("create database");
    let store = PostgresStore::open(&format!("{server}/{name}"), 4).await.expect("open");
    store.migrate().await.expect("migrate");
    Arc::new(store)
}

/// Random, so that parallel test processes use different databases.
fn random_suffix() -> String {
    let mut random = [0; 8];
    getrandom::fill(&mut random).expect("randomness");
    u64::from_le_bytes(random).to_string()
}

store::conformance_suite!(open);
