//! A database of its own for each test, and a role that owns it as an installation's role does: no superuser, so that
//! row-level security applies to it.
//!
//! The server's tests and those of the schema compile this file too.
//!
//! `TEST_POSTGRES_URL` is a server on which the tests may create databases and roles; `cargo xtask test` starts one.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// A new database.
pub(crate) struct Database {
    /// Its address for its owner.
    pub(crate) owner: String,
    /// Its address for a superuser.
    pub(crate) superuser: String,
}

impl Database {
    /// Creates a database whose name begins with `prefix`.
    #[expect(clippy::disallowed_methods, reason = "the test server is configured through the environment")]
    pub(crate) async fn create(prefix: &str) -> Self {
        let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL: run `cargo xtask test`");
        // Random, so that parallel test processes use different databases.
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("randomness");
        let name = format!("{prefix}_{}", u64::from_le_bytes(random));
        let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.expect("connect");
        for statement in [format!("create role {name} login"), format!("create database {name} owner {name}")] {
            admin.execute(AssertSqlSafe(statement)).await.expect("create database");
        }
        let host = server.rsplit_once('@').expect("a user in TEST_POSTGRES_URL").1;
        Self { owner: format!("postgres://{name}@{host}/{name}"), superuser: format!("{server}/{name}") }
    }
}
