//! The storage ports on SQLite: WAL, `synchronous=FULL`, one writer and a few readers.
//!
//! SQLite before 3.51.3 can lose committed writes in WAL mode with more than one connection, so the library is
//! pinned and its version checked when the file is opened.
//!
//! Code shared by both engines is in `crates/store-sql`; this crate has what only SQLite needs.
#![deny(missing_docs)]

#[macro_use]
mod dialect;
#[path = "../../store-sql/access.rs"]
mod access;
#[path = "../../store-sql/accounts.rs"]
mod accounts;
#[path = "../../store-sql/api_refunds.rs"]
mod api_refunds;
#[path = "../../store-sql/api_requests.rs"]
mod api_requests;
#[path = "../../store-sql/audit.rs"]
mod audit;
#[path = "../../store-sql/brand_numbers.rs"]
mod brand_numbers;
#[path = "../../store-sql/brands.rs"]
mod brands;
#[path = "../../store-sql/campaigns.rs"]
mod campaigns;
#[path = "../../store-sql/catalogue.rs"]
mod catalogue;
#[path = "../../store-sql/catalogue_rows.rs"]
mod catalogue_rows;
#[path = "../../store-sql/claims.rs"]
mod claims;
#[path = "../../store-sql/click_objects.rs"]
mod click_objects;
#[path = "../../store-sql/commissions.rs"]
mod commissions;
#[path = "../../store-sql/creator_merges.rs"]
mod creator_merges;
#[path = "../../store-sql/creator_sales.rs"]
mod creator_sales;
#[path = "../../store-sql/creator_view.rs"]
mod creator_view;
#[path = "../../store-sql/creators.rs"]
mod creators;
#[path = "../../store-sql/customers.rs"]
mod customers;
#[path = "../../store-sql/data_exports.rs"]
mod data_exports;
#[path = "../../store-sql/erasure.rs"]
mod erasure;
mod erasure_rows;
mod evidence;
#[path = "../../store-sql/export.rs"]
mod export;
#[path = "../../store-sql/health.rs"]
mod health;
#[path = "../../store-sql/identities.rs"]
mod identities;
#[path = "../../store-sql/import_matches.rs"]
mod import_matches;
mod import_rows;
#[path = "../../store-sql/import_undo.rs"]
mod import_undo;
#[path = "../../store-sql/import_writes.rs"]
mod import_writes;
#[path = "../../store-sql/imports.rs"]
mod imports;
#[path = "../../store-sql/inbox.rs"]
mod inbox;
mod inbox_rows;
mod ingest;
mod job_rows;
#[path = "../../store-sql/jobs.rs"]
mod jobs;
#[path = "../../store-sql/keys.rs"]
mod keys;
#[path = "../../store-sql/klaviyo.rs"]
mod klaviyo;
#[path = "../../store-sql/ledger_writes.rs"]
mod ledger_writes;
#[path = "../../store-sql/link_edits.rs"]
mod link_edits;
#[path = "../../store-sql/links.rs"]
mod links;
#[path = "../../store-sql/members.rs"]
mod members;
#[path = "../../store-sql/metrics.rs"]
mod metrics;
#[path = "../../store-sql/migrations.rs"]
mod migrations;
#[path = "../../store-sql/milestone_objects.rs"]
mod milestone_objects;
#[path = "../../store-sql/money_objects.rs"]
mod money_objects;
#[path = "../../store-sql/money_writes.rs"]
mod money_writes;
#[path = "../../store-sql/numbers.rs"]
mod numbers;
#[path = "../../store-sql/objects.rs"]
mod objects;
#[path = "../../store-sql/order_batches.rs"]
mod order_batches;
#[path = "../../store-sql/order_list.rs"]
mod order_list;
#[path = "../../store-sql/order_locks.rs"]
mod order_locks;
mod order_rows;
#[path = "../../store-sql/orders.rs"]
mod orders;
#[path = "../../store-sql/outbound_events.rs"]
mod outbound_events;
mod outbound_rows;
#[path = "../../store-sql/overview.rs"]
mod overview;
#[path = "../../store-sql/payout_details.rs"]
mod payout_details;
#[path = "../../store-sql/pixel_health.rs"]
mod pixel_health;
#[path = "../../store-sql/profiles.rs"]
mod profiles;
#[path = "../../store-sql/proofs.rs"]
mod proofs;
#[path = "../../store-sql/questions.rs"]
mod questions;
#[path = "../../store-sql/reports.rs"]
mod reports;
#[path = "../../store-sql/retention.rs"]
mod retention;
mod rollup_rows;
#[path = "../../store-sql/rollups.rs"]
mod rollups;
#[path = "../../store-sql/samples.rs"]
mod samples;
#[path = "../../store-sql/secrets.rs"]
mod secrets;
#[path = "../../store-sql/self_referrals.rs"]
mod self_referrals;
mod settlement_rows;
#[path = "../../store-sql/settlements.rs"]
mod settlements;
#[path = "../../store-sql/shared_orders.rs"]
mod shared_orders;
#[path = "../../store-sql/shops.rs"]
mod shops;
#[path = "../../store-sql/sql_error.rs"]
mod sql_error;
#[path = "../../store-sql/stored_import.rs"]
mod stored_import;
#[path = "../../store-sql/stored_shop.rs"]
mod stored_shop;
#[path = "../../store-sql/surveys.rs"]
mod surveys;
#[path = "../../store-sql/tier_rules.rs"]
mod tier_rules;
#[path = "../../store-sql/webhook_attempts.rs"]
mod webhook_attempts;
#[path = "../../store-sql/webhook_deliveries.rs"]
mod webhook_deliveries;
#[path = "../../store-sql/webhook_queue.rs"]
mod webhook_queue;
#[path = "../../store-sql/webhook_testers.rs"]
mod webhook_testers;
#[path = "../../store-sql/webhooks.rs"]
mod webhooks;

use std::{future::ready, path::Path, str::FromStr, time::Duration};

use brand_numbers::BrandNumbers;
use dialect::{Db, EngineConnection, List, Reader, Tx, list, lock, lock_all, lock_shared, try_lock};
use sql_error::{database, json, named};
use sqlx::{
    Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use store::{Result, Store, StoreError, links::LinkChange};
use tokio::sync::broadcast;

/// Reader connections, besides the single writer connection.
const READERS_MAX: u32 = 4;
/// Oldest SQLite without the WAL bug that loses committed writes.
const VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

/// An open SQLite database.
#[derive(Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    reader: SqlitePool,
    changes: broadcast::Sender<LinkChange>,
    brand_numbers: BrandNumbers,
}

impl SqliteStore {
    /// Opens a database file and creates it if it is missing. Does not run migrations.
    ///
    /// # Errors
    /// When the file cannot be opened, SQLite is older than 3.51.3, or commits would not be durable.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            // Rows come from another thread, which waits whenever so many are not taken yet.
            .row_buffer_size(512)
            .pragma("cache_size", "-32768")
            // An insert of many rows notes what it changes, in case it fails; otherwise in a file for each statement.
            .pragma("temp_store", "memory")
            // 8 MiB of log: fewer pages are copied twice than with 4, and a copy delays its commit less than with 32.
            .pragma("wal_autocheckpoint", "2048")
            // Erased content is overwritten, not only unlinked.
            .pragma("secure_delete", "on")
            .statement_cache_capacity(256);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            // When the disk fails, SQLite rolls back by itself. The driver's own rollback then fails, and it would begin no
            // other transaction on this connection: another one takes its place.
            .before_acquire(|connection, _| Box::pin(ready(Ok(!connection.is_in_transaction()))))
            .connect_with(options.clone())
            .await
            .map_err(database)?;
        check_engine(&writer).await?;
        // SQLite opens a file that cannot be written read-only, and the connection stays so. Unless it can write, opening
        // it fails at the checkpoint.
        writer.set_connect_options(options.clone().pragma("wal_checkpoint", "passive"));
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .test_before_acquire(false)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(database)?;
        Ok(Self { writer, reader, changes: broadcast::channel(1024).0, brand_numbers: BrandNumbers::default() })
    }

    /// Begins a transaction that holds the write lock from its first statement.
    async fn begin(&self) -> Result<Tx> {
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

    async fn pending_migrations(&self) -> Result<Vec<String>> {
        let migrator = sqlx::migrate!("../../migrations/sqlite");
        let is_there: i64 = sqlx::query_scalar("select count(*) from sqlite_schema where name = '_sqlx_migrations'")
            .fetch_one(&self.reader)
            .await
            .map_err(database)?;
        if is_there == 0 {
            return migrations::pending(&migrator, &[]);
        }
        let applied: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("select version, checksum from _sqlx_migrations where success")
                .fetch_all(&self.reader)
                .await
                .map_err(database)?;
        migrations::pending(&migrator, &applied)
    }

    async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}
