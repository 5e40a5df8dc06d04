//! Why a port method failed.

/// A storage failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something with this natural key exists already; nothing was changed.
    #[error("{0} already exists")]
    Conflict(&'static str),
    /// A reference leads nowhere, for instance to a creator of another brand; nothing was changed.
    #[error("{0} does not exist")]
    Missing(&'static str),
    /// A stored value cannot be what the schema says.
    #[error("corrupt value in {table}.{column}")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
    /// The database did not do as asked. The text is for the log, never for an answer.
    #[error("database: {0}")]
    Database(String),
}
