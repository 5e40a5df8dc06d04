//! Storage errors.

/// Why a port method failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this unique key exists already. The text names what; people see it.
    #[error("{0} already exists")]
    Conflict(&'static str),
    /// A referenced row does not exist, or belongs to another brand. The text names what; people see it.
    #[error("{0} does not exist")]
    Missing(&'static str),
    /// A stored value cannot be converted to its domain type. Retrying does not help.
    #[error("corrupt value in {table}.{column}")]
    Corrupt {
        /// Its table.
        table: &'static str,
        /// Its column.
        column: &'static str,
    },
    /// The database failed. The text is for the log and must not be sent to clients.
    #[error("database: {0}")]
    Database(String),
    /// The database does not answer: it is unreachable, stopping or has no connection left. A retry may succeed. The text
    /// is for the log.
    #[error("database unavailable: {0}")]
    Unavailable(String),
}
