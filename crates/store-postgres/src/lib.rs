//! The storage ports on PostgreSQL 15 or later.
//!
//! The same files in the same order as the SQLite adapter; the SQL differs only where the engines do.
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

use std::{str::FromStr, time::Duration};

use domain::link::LinkCode;
use sqlx::{
    PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use store::{Result, Store, StoreError};
use tokio::{sync::broadcast, task::JoinHandle};

/// Oldest PostgreSQL that the SQL is written for, as `server_version_num`.
const VERSION_MIN: i64 = 150_000;
/// Wait before listening again after the connection broke.
const LISTEN_RETRY: Duration = Duration::from_secs(2);

/// An open PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    pool: PgPool,
    changes: broadcast::Sender<LinkCode>,
    listener: JoinHandle<()>,
}

impl PostgresStore {
    /// Connects to `postgres://…`, at most `connections` at a time, and begins to listen for changed links. Does not
    /// migrate.
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(database)?.application_name("creatorscore");
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await
            .map_err(database)?;
        check_engine(&pool).await?;
        let changes = broadcast::channel(1024).0;
        let listener = tokio::spawn(listen(pool.clone(), changes.clone()));
        Ok(Self { pool, changes, listener })
    }

    async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
        self.pool.begin().await.map_err(database)
    }
}

async fn check_engine(pool: &PgPool) -> Result<()> {
    let setting = async |name: &'static str| -> Result<String> {
        sqlx::query_scalar("select current_setting($1)").bind(name).fetch_one(pool).await.map_err(database)
    };
    let version = setting("server_version_num").await?;
    if version.parse::<i64>().unwrap_or(0) < VERSION_MIN {
        return Err(StoreError::Database(format!("PostgreSQL {version} is too old; 15 is the oldest supported")));
    }
    if setting("synchronous_commit").await? == "off" {
        return Err(StoreError::Database("synchronous_commit is off: acknowledged would not mean durable".to_owned()));
    }
    Ok(())
}

/// Passes `link_changes` notifications on, reconnecting when the connection breaks.
async fn listen(pool: PgPool, changes: broadcast::Sender<LinkCode>) {
    loop {
        let outcome: core::result::Result<(), sqlx::Error> = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen("link_changes").await?;
            loop {
                let notification = listener.recv().await?;
                if let Some(code) = LinkCode::parse(notification.payload()) {
                    let _ = changes.send(code);
                }
            }
        }
        .await;
        if pool.is_closed() {
            return;
        }
        if let Err(error) = outcome {
            tracing::warn!(%error, "link change notifications interrupted");
        }
        tokio::time::sleep(LISTEN_RETRY).await;
    }
}

#[async_trait::async_trait]
impl Store for PostgresStore {
    async fn engine(&self) -> Result<String> {
        let version: String = sqlx::query_scalar("select current_setting('server_version')")
            .fetch_one(&self.pool)
            .await
            .map_err(database)?;
        Ok(format!("PostgreSQL {version}"))
    }

    async fn migrate(&self) -> Result<()> {
        sqlx::migrate!("../../migrations/postgres")
            .run(&self.pool)
            .await
            .map_err(|error| StoreError::Database(error.to_string()))
    }

    async fn close(&self) {
        self.listener.abort();
        self.pool.close().await;
    }
}

/// Makes transactions that name the same thing follow one another until each commits, where there may be no row yet
/// to lock. Names that collide in the hash only wait for each other.
async fn lock(tx: &mut Transaction<'static, Postgres>, name: &str) -> Result<()> {
    sqlx::query!("select 1 as one from pg_advisory_xact_lock(hashtextextended($1, 0))", name)
        .fetch_one(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
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

/// A value as one JSON parameter.
fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(error.to_string()))
}
