//! One process migrates at a time, and what an interrupted migration left is mended.

use core::time::Duration;

use sqlx::{AssertSqlSafe, Executor, PgConnection};
use store::Result;

use crate::database;

/// The lock's key in this database.
const KEY: i64 = 0x6373_6d69_6772;
/// How long to wait between two attempts.
const RETRY: Duration = Duration::from_millis(200);

/// Takes the lock until the connection is closed.
///
/// sqlx's own lock waits inside a statement, whose snapshot an index that is built concurrently waits for: of two processes that
/// start together, each would wait for the other, and PostgreSQL would end the one that builds the index.
pub(crate) async fn take(connection: &mut PgConnection) -> Result<()> {
    loop {
        let is_taken: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
            .bind(KEY)
            .fetch_one(&mut *connection)
            .await
            .map_err(database)?;
        if is_taken {
            return Ok(());
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Builds indexes again whose building was interrupted: no statement uses them, and `if not exists` takes them for built.
pub(crate) async fn rebuild_invalid_indexes(connection: &mut PgConnection) -> Result<()> {
    let names: Vec<String> = sqlx::query_scalar(
        "select quote_ident(class.relname) from pg_index
         join pg_class as class on class.oid = pg_index.indexrelid
         where not pg_index.indisvalid and class.relnamespace = current_schema()::regnamespace
         order by 1",
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(database)?;
    for name in names {
        // What an interrupted rebuilding leaves has the index's name and this ending, and the index is there beside it.
        let is_rest = name.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with("_ccnew");
        let what = if is_rest { "drop" } else { "reindex" };
        let statement = format!("{what} index concurrently {name}");
        tracing::warn!(index = name, "an index whose building was interrupted is built again");
        connection.execute(AssertSqlSafe(statement)).await.map_err(database)?;
    }
    Ok(())
}
