//! Conversion of driver errors to storage errors, and of values to JSON parameters.

use store::{Result, StoreError};

/// Converts a driver error and keeps its text for the log.
pub(crate) fn database(error: sqlx::Error) -> StoreError {
    StoreError::Database(error.to_string())
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
