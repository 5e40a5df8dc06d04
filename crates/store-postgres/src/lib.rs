//! The storage ports on PostgreSQL 15 or later.
//!
//! Code shared by both engines is in `crates/store-sql`; this crate has what only PostgreSQL needs.
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
mod migration_lock;
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
mod pool;
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

use std::time::Duration;

use brand_numbers::BrandNumbers;
use dialect::{Db, EngineConnection, List, Reader, Tx, list, lock, lock_all, lock_shared, try_lock};
use pool::Pool;
use sql_error::{database, json, named};
use sqlx::{PgPool, postgres::PgListener};
use store::{Result, Store, StoreError, links::LinkChange};
use tokio::{sync::broadcast, task::JoinHandle};

/// Oldest supported PostgreSQL, as `server_version_num`.
const VERSION_MIN: i64 = 150_000;
/// Settings that must not be off, and what a crash would do otherwise.
const DURABILITY: [(&str, &str); 3] = [
    ("fsync", "a crash of the machine could corrupt the database"),
    ("full_page_writes", "a crash of the machine could corrupt the database"),
    ("synchronous_commit", "acknowledged writes could be lost"),
];
/// Fewest connections: one is for the listener, and a method never holds two at a time.
const CONNECTIONS_MIN: u32 = 2;
/// Delay before reconnecting the notification listener.
const LISTEN_RETRY: Duration = Duration::from_secs(2);

/// An open PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    pool: Pool,
    changes: broadcast::Sender<LinkChange>,
    brand_numbers: BrandNumbers,
    listener: JoinHandle<()>,
}

impl PostgresStore {
    /// Connects to `postgres://…` with at most `connections` connections, but at least two, and starts to listen for link
    /// changes. Does not run migrations.
    ///
    /// # Errors
    /// When the server is unreachable, is older than PostgreSQL 15, or has `fsync`, `full_page_writes` or
    /// `synchronous_commit` off.
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        let pool = Pool::open(url, connections.max(CONNECTIONS_MIN)).await?;
        check_engine(&pool.connections).await?;
        let changes = broadcast::channel(1024).0;
        let listener = tokio::spawn(listen(pool.connections.clone(), changes.clone()));
        Ok(Self { pool, changes, brand_numbers: BrandNumbers::default(), listener })
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
    for (name, loss) in DURABILITY {
        if setting(name).await? == "off" {
            return Err(StoreError::Database(format!("{name} is off: {loss}")));
        }
    }
    Ok(())
}

/// Forwards `link_changes` notifications to subscribers and reconnects when the connection breaks.
async fn listen(pool: PgPool, changes: broadcast::Sender<LinkChange>) {
    loop {
        let outcome: core::result::Result<(), sqlx::Error> = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen("link_changes").await?;
            loop {
                let notification = listener.recv().await?;
                if let Some(change) = LinkChange::parse(notification.payload()) {
                    let _ = changes.send(change);
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
            .fetch_one(&mut *self.unbound_read().await?)
            .await
            .map_err(database)?;
        Ok(format!("PostgreSQL {version}"))
    }

    async fn migrate(&self) -> Result<()> {
        let mut connection = self.pool.for_migrations().await?;
        migration_lock::take(&mut connection).await?;
        // `run` itself does not compile in an object-safe trait: its bound on the connection is too general.
        sqlx::migrate!("../../migrations/postgres")
            .run_direct(None, &mut *connection, false)
            .await
            .map_err(|error| StoreError::Database(error.to_string()))?;
        migration_lock::rebuild_invalid_indexes(&mut connection).await
    }

    async fn pending_migrations(&self) -> Result<Vec<String>> {
        let migrator = sqlx::migrate!("../../migrations/postgres");
        let is_there: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
            .fetch_one(&mut *self.unbound_read().await?)
            .await
            .map_err(database)?;
        if !is_there {
            return migrations::pending(&migrator, &[]);
        }
        let applied: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("select version, checksum from _sqlx_migrations where success")
                .fetch_all(&mut *self.unbound_read().await?)
                .await
                .map_err(database)?;
        migrations::pending(&migrator, &applied)
    }

    async fn close(&self) {
        self.listener.abort();
        self.pool.connections.close().await;
    }
}
