//! The audit log: who changed money or access, and when.

use domain::{BrandId, UnixMs};

use crate::Result;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Sorts by time.
    pub id: String,
    /// When.
    pub at: UnixMs,
    /// Who: `shopify user 123`, `cli`, `member`.
    pub actor: String,
    /// What: `key.create`, `link.delete` …
    pub action: &'static str,
    /// To what.
    pub subject: String,
}

/// Reads the log. Lines are written by the methods that do what they tell.
#[async_trait::async_trait]
pub trait AuditStore: Send + Sync {
    /// The latest lines of a brand, newest first: (Unix ms, actor, action, subject).
    async fn audit_log(&self, brand: &BrandId, limit: i64) -> Result<Vec<(UnixMs, String, String, String)>>;
}
