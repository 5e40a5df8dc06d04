//! SQLite's variants of what the shared source in `crates/store-sql` uses.

use sqlx::{Sqlite, Transaction};
use store::{Result, links::LinkChange};

use crate::{SqliteStore, database, json};

/// This adapter's store.
pub(crate) type Db = SqliteStore;
/// This adapter's transaction.
pub(crate) type Tx = Transaction<'static, Sqlite>;
/// What [`list`] gives.
pub(crate) type List = String;

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

/// No-op, as [`lock`].
pub(crate) async fn lock_shared(_tx: &mut Tx, _names: &[String]) -> Result<()> {
    Ok(())
}

/// No-op, as [`lock`].
pub(crate) async fn lock_all(_tx: &mut Tx, _names: &[String]) -> Result<()> {
    Ok(())
}

impl SqliteStore {
    /// Commits a change of links and notifies the caches of this process; with SQLite there is only one process.
    pub(crate) async fn commit_link_change(&self, tx: Tx, change: &LinkChange) -> Result<()> {
        tx.commit().await.map_err(database)?;
        let _ = self.changes.send(change.clone());
        Ok(())
    }
}
