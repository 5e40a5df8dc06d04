//! The audit log: who changed money, settings or access, and when.

use domain::{BrandId, UnixMs};

use crate::{Result, keyset::Keyset};

/// An entry to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id; ids sort by time.
    pub id: String,
    /// When it happened.
    pub at: UnixMs,
    /// Who did it: `shopify user 123`, `cli`, `member`.
    pub actor: String,
    /// What was done: `key.create`, `link.delete` …
    pub action: &'static str,
    /// What it was done to, usually an id.
    pub subject: String,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedEntry {
    /// Its id; ids sort by time.
    pub id: String,
    /// When it happened.
    pub at: UnixMs,
    /// Who did it, as in [`AuditEntry`].
    pub actor: String,
    /// What was done. Earlier versions may have had actions that are not written any more.
    pub action: String,
    /// What it was done to, usually an id.
    pub subject: String,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct AuditRow {
    pub id: String,
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub subject: String,
}

impl From<AuditRow> for LoggedEntry {
    fn from(row: AuditRow) -> Self {
        let AuditRow { id, at, actor, action, subject } = row;
        Self { id, at: UnixMs(at), actor, action, subject }
    }
}

/// Reads the log. Each entry is written by the port method that makes the change.
#[async_trait::async_trait]
pub trait AuditStore: Send + Sync {
    /// A page of a brand's log. `about` keeps the entries whose action begins with it and a dot, such as `key`.
    async fn audit_log(&self, brand: &BrandId, keyset: &Keyset, about: Option<&str>) -> Result<Vec<LoggedEntry>>;
}
