//! The storage ports on SQLite: WAL, `synchronous=FULL`, one writer and a few readers.
//!
//! SQLite before 3.51.3 can lose committed writes in WAL mode with more than one connection, so the library is
//! pinned and its version checked when the file is opened.
#![deny(missing_docs)]

mod access;
mod audit;
mod brands;
mod commissions;
mod creators;
mod customers;
mod evidence;
mod export;
mod inbox;
mod ingest;
mod jobs;
mod keys;
mod links;
mod orders;
mod profiles;
mod reports;
mod secrets;
mod settlements;
mod shops;
mod surveys;

use std::{path::Path, str::FromStr, time::Duration};

use domain::link::LinkCode;
use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use store::{Result, Store, StoreError};
use tokio::sync::broadcast;

/// Readers beside the one writer.
const READERS_MAX: u32 = 4;
/// Oldest SQLite whose WAL keeps every committed write.
const VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

/// An open SQLite database.
#[derive(Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    reader: SqlitePool,
    changes: broadcast::Sender<LinkCode>,
}

impl SqliteStore {
    /// Opens a database file, making it if it is missing. Does not migrate.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("cache_size", "-32768")
            .statement_cache_capacity(256);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await
            .map_err(database)?;
        check_engine(&writer).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(database)?;
        Ok(Self { writer, reader, changes: broadcast::channel(1024).0 })
    }

    /// Begins a transaction that holds the write lock from its first statement.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        self.writer.begin_with("begin immediate").await.map_err(database)
    }
}

async fn check_engine(pool: &SqlitePool) -> Result<()> {
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(pool).await.map_err(database)?;
    let mut parts = version.split('.').map(|part| u32::from_str(part).unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < VERSION_MIN {
        return Err(StoreError::Database(format!(
            "SQLite {version} can lose committed writes; 3.51.3 is the oldest safe one"
        )));
    }
    let journal: String = sqlx::query_scalar("pragma journal_mode").fetch_one(pool).await.map_err(database)?;
    let synchronous: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(pool).await.map_err(database)?;
    if journal != "wal" || synchronous != 2 {
        return Err(StoreError::Database(format!("journal_mode={journal}, synchronous={synchronous}: not durable")));
    }
    Ok(())
}

#[async_trait::async_trait]
impl Store for SqliteStore {
    async fn engine(&self) -> Result<String> {
        let version: String =
            sqlx::query_scalar("select sqlite_version()").fetch_one(&self.reader).await.map_err(database)?;
        Ok(format!("SQLite {version}"))
    }

    async fn migrate(&self) -> Result<()> {
        sqlx::migrate!("../../migrations/sqlite")
            .run(&self.writer)
            .await
            .map_err(|error| StoreError::Database(error.to_string()))
    }

    async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Turns a driver's error into ours, keeping its text for the log.
fn database(error: sqlx::Error) -> StoreError {
    StoreError::Database(error.to_string())
}

/// As [`database`], but a broken unique key or reference names the noun it concerns.
fn named(noun: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| match error.as_database_error().map(sqlx::error::DatabaseError::kind) {
        Some(sqlx::error::ErrorKind::UniqueViolation) => StoreError::Conflict(noun),
        Some(sqlx::error::ErrorKind::ForeignKeyViolation) => {
            StoreError::Missing("a creator, campaign or brand named here")
        }
        _ => database(error),
    }
}

/// A list as one JSON parameter. Rows are read out of it by `jsonb_each` (SQLite 3.51): `json_each` would write every row
/// as text and parse it again for each of its columns.
fn json<T: serde::Serialize + ?Sized>(list: &T) -> Result<String> {
    serde_json::to_string(list).map_err(|error| StoreError::Database(error.to_string()))
}
