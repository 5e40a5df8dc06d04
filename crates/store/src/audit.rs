//! The audit log: who changed money, settings or access, and when.

use domain::{BrandId, UnixMs};

use crate::Result;

/// An entry of the log.
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

/// Reads the log. Each entry is written by the port method that makes the change.
#[async_trait::async_trait]
pub trait AuditStore: Send + Sync {
    /// The latest entries of a brand, newest first: (time, actor, action, subject).
    async fn audit_log(&self, brand: &BrandId, limit: i64) -> Result<Vec<(UnixMs, String, String, String)>>;
}
