//! PostgreSQL passes the suite. `TEST_POSTGRES_URL` names a server on which databases may be made; the README's test
//! command starts one.

use std::sync::Arc;

use sqlx::{Connection, Executor, PgConnection};
use store::Store;
use store_postgres::PostgresStore;

#[expect(clippy::disallowed_methods, reason = "a test has no other way to be told of its server")]
async fn open() -> Arc<dyn Store> {
    let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL: run `cargo xtask test`");
    let name = format!("conformance_{}", uuid());
    let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.expect("connect");
    admin.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.expect("create database");
    let store = PostgresStore::open(&format!("{server}/{name}"), 4).await.expect("open");
    store.migrate().await.expect("migrate");
    Arc::new(store)
}

/// A name that no parallel test process draws too.
fn uuid() -> String {
    let mut random = [0; 8];
    getrandom::fill(&mut random).expect("randomness");
    u64::from_le_bytes(random).to_string()
}

store::conformance_suite!(open);
