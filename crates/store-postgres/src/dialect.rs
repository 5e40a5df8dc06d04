//! PostgreSQL's variants of what the shared source in `crates/store-sql` uses.

use sqlx::{Postgres, Transaction, query};
use store::{Result, links::LinkChange};

use crate::{PostgresStore, database};

/// This adapter's store.
pub(crate) type Db = PostgresStore;
/// This adapter's transaction.
pub(crate) type Tx = Transaction<'static, Postgres>;
/// The database engine, as statements name it.
pub(crate) type Engine = Postgres;
/// What [`Reader`] and [`Tx`] run statements on.
pub(crate) type EngineConnection = <Postgres as sqlx::Database>::Connection;
/// What reads of a brand run on.
pub(crate) type Reader = Tx;
/// What [`list`] gives.
pub(crate) type List = Vec<String>;

/// [`store::orders::OrderBatchStore::settled_at_once`]: the server may be milliseconds away, and a transaction of some twenty
/// statements takes as many trips.
pub(crate) const SETTLED_AT_ONCE: usize = 128;

/// Rows are locked one by one.
pub(crate) const LOCKS_ROWS: bool = true;

/// Most jobs of one party that one claim considers: as many as are settled at once.
pub(crate) const JOBS_PER_PARTY: i64 = 128;

/// Expands the engine-specific parts of a query's SQL (`IN`, `FOR UPDATE`, `UNINDEXED`) and runs the inner query macro.
/// See `crates/store-sql/README.md`.
macro_rules! statement {
    ($query:ident!($row:ident, $sql:literal $($rest:tt)*)) => { statement!(@ $query [$row,] [$sql] $($rest)*) };
    ($query:ident!($sql:literal $($rest:tt)*)) => { statement!(@ $query [] [$sql] $($rest)*) };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] IN $list:literal $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)* + "= any(" + $list + ")"] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] FOR UPDATE $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)* + " for update"] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] FOR SHARE $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)* + " for share"] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] UNINDEXED $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)*] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*] $more:literal $($rest:tt)*) => {
        statement!(@ $query [$($row)*] [$($sql)* + $more] $($rest)*)
    };
    (@ $query:ident [$($row:tt)*] [$($sql:tt)*], $($arguments:tt)*) => {
        sqlx::$query!($($row)* $($sql)*, $($arguments)*)
    };
}

/// A list as one parameter for `IN`: a text array.
#[expect(clippy::unnecessary_wraps, reason = "same signature as on SQLite, where serialisation to JSON can fail")]
pub(crate) fn list<T: ToString>(values: &[T]) -> Result<List> {
    Ok(values.iter().map(ToString::to_string).collect())
}

/// Locks a name until the transaction ends, for cases where there may be no row to lock yet. Names whose hashes collide
/// merely wait for each other.
pub(crate) async fn lock(tx: &mut Tx, name: &str) -> Result<()> {
    query!("select 1 as one from pg_advisory_xact_lock(hashtextextended($1, 0))", name)
        .fetch_one(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
}

/// As [`lock`], but does not wait: false if somebody else holds it.
pub(crate) async fn try_lock(tx: &mut Tx, name: &str) -> Result<bool> {
    let row = query!(r#"select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "is_locked!""#, name)
        .fetch_one(&mut **tx)
        .await
        .map_err(database)?;
    Ok(row.is_locked)
}

/// Waits until nobody holds [`lock`] of these names, and keeps it from being taken until the transaction ends. What
/// depends on the lock must be read in a later statement: this one's snapshot is from before the wait.
pub(crate) async fn lock_shared(tx: &mut Tx, names: &[String]) -> Result<()> {
    query!(
        "select 1 as one from unnest($1::text[]) as name, pg_advisory_xact_lock_shared(hashtextextended(name, 0))",
        names
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Locks many names in this order.
pub(crate) async fn lock_all(tx: &mut Tx, names: &[String]) -> Result<()> {
    query!(
        r#"select count(pg_advisory_xact_lock(hashtextextended(name, 0))) as "count!"
           from (select name from unnest($1::text[]) with ordinality as locked (name, nth) order by nth offset 0) as one"#,
        names
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Why row-level security does not apply to the role that the store connects as.
pub(crate) async fn row_security_gap(db: &Db) -> Result<Option<String>> {
    let role = query!(
        r#"select rolname::text as "name!", rolsuper as "is_superuser!", rolbypassrls as "bypasses!"
           from pg_roles where rolname = current_user"#
    )
    .fetch_one(&mut *db.unbound_read().await?)
    .await
    .map_err(database)?;
    let gap = if role.is_superuser { "is a superuser" } else { "has BYPASSRLS" };
    let is_open = role.is_superuser || role.bypasses;
    Ok(is_open.then(|| format!("the role {} {gap}: row-level security does not apply to it", role.name)))
}

impl PostgresStore {
    /// Commits a change of links and notifies every replica.
    pub(crate) async fn commit_link_change(&self, mut tx: Tx, change: &LinkChange) -> Result<()> {
        query!("select pg_notify('link_changes', $1)", change.as_str()).execute(&mut *tx).await.map_err(database)?;
        tx.commit().await.map_err(database)
    }
}
