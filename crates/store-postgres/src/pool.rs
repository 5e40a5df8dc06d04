//! The connections. Row-level security shows a connection nothing of any brand until it is bound: to one brand, or to all.
//!
//! A binding is local to a transaction, so that no connection returns to the pool with it, and is made in the message that
//! begins the transaction. This message also takes the place of the pool's test whether the connection is still alive:
//! a bound read takes as many round trips as a tested connection and its statement would, a bound transaction one less.

use std::{str::FromStr, time::Duration};

use domain::BrandId;
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgPool, Postgres, SqlSafeStr,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use store::{Result, StoreError};

use crate::{Db, Reader, Tx, database};

/// The binding to all brands. No brand's id has this character.
const ALL_BRANDS: &str = "*";

/// The connections of a store.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) connections: PgPool,
}

impl Pool {
    pub(crate) async fn open(url: &str, connections_max: u32) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(database)?.application_name("creatorscore");
        let connections = PgPoolOptions::new()
            .max_connections(connections_max)
            .acquire_timeout(Duration::from_secs(5))
            // Every use of a connection tests it here.
            .test_before_acquire(false)
            // Prepared statements keep their plans. One made while a table was nearly empty would read all of it for every
            // click until the table is analysed, a minute later. A plan that must read all of a table has a huge cost without
            // sequential scans: PostgreSQL would compile it to machine code, which takes longer than running it.
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute("set enable_seqscan = off; set jit = off").await.map(|_| ()) })
            })
            .connect_with(options)
            .await
            .map_err(database)?;
        Ok(Self { connections })
    }

    /// Begins a transaction that sees the rows of this brand, or of all brands.
    async fn begin(&self, brand: &str, begin: &'static str) -> Result<Tx> {
        // As brand ids have it; nothing in them ends a literal.
        if !brand.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'*') {
            return Err(StoreError::Database(format!("{brand:?} is no brand")));
        }
        // What comes before `begin` in a message belongs to the transaction, and if it fails none is open.
        let statement = format!("set local creatorscore.brand = '{brand}'; {begin}");
        let mut broken = 0;
        loop {
            match self.begin_whole(statement.clone()).await {
                Err(error) if is_broken(&error) && broken < self.attempts_max() => broken += 1,
                outcome => return outcome.map_err(database),
            }
        }
    }

    /// Begins a transaction in a task of its own, which goes on if the caller is cancelled, as the read of a redirect is by
    /// its timeout. If the driver is cancelled between sending the statement and its answer, it does not count the transaction
    /// as open and never ends it: the connection's next user would run inside it, unable to write if it is read only.
    async fn begin_whole(&self, statement: String) -> core::result::Result<Tx, sqlx::Error> {
        // Acquired by the caller, so that one that is cancelled also leaves the pool's queue.
        let connection = self.connections.acquire().await?;
        let begun = tokio::spawn(Tx::begin(connection, Some(AssertSqlSafe(statement).into_sql_str())));
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// A connection that is alive and sees no rows of any brand.
    async fn unbound(&self) -> Result<PoolConnection<Postgres>> {
        let mut broken = 0;
        loop {
            let mut connection = self.connections.acquire().await.map_err(database)?;
            match connection.ping().await {
                Ok(()) => return Ok(connection),
                Err(error) if broken == self.attempts_max() => return Err(database(error)),
                Err(_) => broken += 1,
            }
        }
    }

    /// A connection for migrations, which change rows of all brands. It is closed afterwards: its binding outlasts the
    /// transactions of the migrations.
    pub(crate) async fn for_migrations(&self) -> Result<PoolConnection<Postgres>> {
        let mut connection = self.unbound().await?;
        connection.close_on_drop();
        sqlx::query("select set_config('creatorscore.brand', $1, false)")
            .bind(ALL_BRANDS)
            .execute(&mut *connection)
            .await
            .map_err(database)?;
        Ok(connection)
    }

    /// All connections may be broken, after a restart of the server. The one after them is new.
    fn attempts_max(&self) -> u32 {
        self.connections.options().get_max_connections()
    }
}

/// Whether a connection ended while it was idle.
fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        // Shutdown and crash.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}

/// Access to the rows of one brand, of all brands, and to the tables of none.
impl Db {
    /// Begins a transaction that reads one brand's rows. It need not be ended.
    pub(crate) async fn read(&self, brand: &BrandId) -> Result<Reader> {
        self.pool.begin(brand.as_str(), "begin read only").await
    }

    /// As [`Self::read`], but every statement sees the rows of one instant.
    pub(crate) async fn snapshot(&self, brand: &BrandId) -> Result<Tx> {
        self.pool.begin(brand.as_str(), "begin isolation level repeatable read read only").await
    }

    /// Begins a transaction on one brand's rows.
    pub(crate) async fn begin_for(&self, brand: &BrandId) -> Result<Tx> {
        self.pool.begin(brand.as_str(), "begin").await
    }

    /// Begins a transaction that reads rows of all brands. It need not be ended.
    pub(crate) async fn system_read(&self) -> Result<Reader> {
        self.pool.begin(ALL_BRANDS, "begin read only").await
    }

    /// Begins a transaction on rows of all brands.
    pub(crate) async fn system_begin(&self) -> Result<Tx> {
        self.pool.begin(ALL_BRANDS, "begin").await
    }

    /// A connection to read tables that belong to no brand.
    pub(crate) async fn unbound_read(&self) -> Result<PoolConnection<Postgres>> {
        self.pool.unbound().await
    }

    /// A connection to write tables that belong to no brand, one statement at a time.
    pub(crate) async fn unbound_write(&self) -> Result<PoolConnection<Postgres>> {
        self.pool.unbound().await
    }

    /// Begins a transaction on tables that belong to no brand.
    pub(crate) async fn unbound_begin(&self) -> Result<Tx> {
        self.pool.begin("", "begin").await
    }
}
