//! Conversion of driver errors to storage errors, and of values to JSON parameters.

use store::{Result, StoreError};

/// Converts a driver error and keeps its text for the log.
pub(crate) fn database(error: sqlx::Error) -> StoreError {
    if is_away(&error) { StoreError::Unavailable(error.to_string()) } else { StoreError::Database(error.to_string()) }
}

/// Whether the database did not answer at all, or said that it is going away, full, or on a failing disk.
fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::WorkerCrashed
        // What a connection that breaks during its handshake looks like.
        | sqlx::Error::Protocol(_)
        | sqlx::Error::Tls(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_away_by_code(&code)),
        _ => false,
    }
}

fn is_away_by_code(code: &str) -> bool {
    if code.len() == 5 {
        // PostgreSQL's classes "connection exception", "insufficient resources" (disk full, too many connections) and
        // "operator intervention" (shutdown), and "I/O error".
        return ["08", "53", "57P", "58030"].iter().any(|start| code.starts_with(start));
    }
    // SQLite's result codes READONLY, IOERR, FULL and CANTOPEN, by their lowest byte.
    code.parse::<u32>().is_ok_and(|code| [8, 10, 13, 14].contains(&(code & 0xff)))
}

/// Like [`database`], but a unique key violation becomes [`StoreError::Conflict`] with this noun, and a foreign key
/// violation becomes [`StoreError::Missing`].
pub(crate) fn named(noun: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| match error.as_database_error().map(sqlx::error::DatabaseError::kind) {
        Some(sqlx::error::ErrorKind::UniqueViolation) => StoreError::Conflict(noun),
        Some(sqlx::error::ErrorKind::ForeignKeyViolation) => {
            StoreError::Missing("a creator, campaign or brand named here")
        }
        _ => database(error),
    }
}

/// Serialises a value as one JSON parameter. On SQLite, read its rows with `jsonb_each`: `json_each` would turn every
/// row into text and parse it again for each column.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(error.to_string()))
}
