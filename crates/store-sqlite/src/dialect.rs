//! SQLite's variants of what the shared source in `crates/store-sql` uses.

use domain::BrandId;
use sqlx::{Sqlite, Transaction, pool::PoolConnection};
use store::{Result, links::LinkChange};

use crate::{SqliteStore, database, json};

/// This adapter's store.
pub(crate) type Db = SqliteStore;
/// This adapter's transaction.
pub(crate) type Tx = Transaction<'static, Sqlite>;
/// The database engine, as statements name it.
pub(crate) type Engine = Sqlite;
/// What [`Reader`] and [`Tx`] run statements on.
pub(crate) type EngineConnection = <Sqlite as sqlx::Database>::Connection;
/// What reads of a brand run on.
pub(crate) type Reader = PoolConnection<Sqlite>;
/// What [`list`] gives.
pub(crate) type List = String;

/// [`store::orders::OrderBatchStore::settled_at_once`]: statements are cheap, and a transaction keeps all others from
/// writing.
pub(crate) const SETTLED_AT_ONCE: usize = 32;

/// One transaction writes at a time.
pub(crate) const LOCKS_ROWS: bool = false;

/// Most jobs of one party that one claim considers.
pub(crate) const JOBS_PER_PARTY: i64 = 64;

/// Expands the engine-specific parts of a query's SQL (`IN`, `FOR UPDATE`, `UNINDEXED`) and runs the inner query macro.
/// See `crates/store-sql/README.md`.
macro_rules! statement {
    ($query:ident!($row:ident, $sql:literal $($rest:tt)*)) => { statement!(@ $query [$row,] [$sql] $($rest)*) };
    ($query:ident!($sql:literal $($rest:tt)*)) => { statement!(@ $query [] [$sql] $($rest)*) };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] IN $list:literal $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)* + "in (select value from json_each(" + $list + "))"] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] FOR UPDATE $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)*] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] FOR SHARE $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)*] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] UNINDEXED $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)* + "+"] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] $more:literal $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)* + $more] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*], $($arguments:tt)*) => {
        sqlx::$query!($($row)* $($sql)*, $($arguments)*)
    };
}

/// A list as one parameter for `IN`: a JSON array.
pub(crate) fn list<T: ToString>(values: &[T]) -> Result<List> {
    json(&values.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// No-op: locking a name until the transaction ends is not needed, because SQLite has one writer at a time.
pub(crate) async fn lock(_tx: &mut Tx, _name: &str) -> Result<()> {
    Ok(())
}

/// True: whoever held the lock is done, as [`lock`].
pub(crate) async fn try_lock(_tx: &mut Tx, _name: &str) -> Result<bool> {
    Ok(true)
}

/// No-op, as [`lock`].
pub(crate) async fn lock_shared(_tx: &mut Tx, _names: &[String]) -> Result<()> {
    Ok(())
}

/// No-op, as [`lock`].
pub(crate) async fn lock_all(_tx: &mut Tx, _names: &[String]) -> Result<()> {
    Ok(())
}

/// None: SQLite has no row-level security.
#[expect(clippy::unused_async, reason = "PostgreSQL's asks the server")]
pub(crate) async fn row_security_gap(_db: &Db) -> Result<Option<String>> {
    Ok(None)
}

/// Access to the rows of one brand, of all brands, and to the tables of none. On SQLite each statement alone keeps to its
/// brand.
impl SqliteStore {
    /// A connection to read one brand's rows.
    pub(crate) async fn read(&self, _brand: &BrandId) -> Result<Reader> {
        self.reader.acquire().await.map_err(database)
    }

    /// Begins a transaction that reads one brand's rows.
    pub(crate) async fn snapshot(&self, _brand: &BrandId) -> Result<Tx> {
        self.reader.begin().await.map_err(database)
    }

    /// Begins a transaction on one brand's rows.
    pub(crate) async fn begin_for(&self, _brand: &BrandId) -> Result<Tx> {
        self.begin().await
    }

    /// A connection to read rows of all brands.
    pub(crate) async fn system_read(&self) -> Result<Reader> {
        self.reader.acquire().await.map_err(database)
    }

    /// Begins a transaction on rows of all brands.
    pub(crate) async fn system_begin(&self) -> Result<Tx> {
        self.begin().await
    }

    /// A connection to read tables that belong to no brand.
    pub(crate) async fn unbound_read(&self) -> Result<PoolConnection<Sqlite>> {
        self.reader.acquire().await.map_err(database)
    }

    /// A connection to write tables that belong to no brand, one statement at a time.
    pub(crate) async fn unbound_write(&self) -> Result<PoolConnection<Sqlite>> {
        self.writer.acquire().await.map_err(database)
    }

    /// Begins a transaction on tables that belong to no brand.
    pub(crate) async fn unbound_begin(&self) -> Result<Tx> {
        self.begin().await
    }
}

impl SqliteStore {
    /// Commits a change of links and notifies the caches of this process; with SQLite there is only one process.
    pub(crate) async fn commit_link_change(&self, tx: Tx, change: &LinkChange) -> Result<()> {
        tx.commit().await.map_err(database)?;
        let _ = self.changes.send(change.clone());
        Ok(())
    }
}
