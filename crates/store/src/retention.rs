//! Deleting what is kept for a limited time.

use domain::{BrandId, UnixMs, retention::KeptSince};

use crate::Result;

/// How long what belongs to no brand is kept after it ended. Times are Unix ms: rows that ended before are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedBefore {
    /// OAuth states and links that people asked for, that expired.
    pub oauth_states: UnixMs,
    /// Deliveries that were processed, by when they arrived.
    pub deliveries: UnixMs,
    /// Exports and tombstones that expired.
    pub erasures: UnixMs,
}

/// Deletes old rows, a bounded number at a time.
#[async_trait::async_trait]
pub trait RetentionStore: Send + Sync {
    /// Deletes what a brand keeps no longer, up to `limit` of each kind: events, clicks, landings and aliases, sessions,
    /// sign-in links and invitations. Returns the number deleted; 0 means that none is left. Totals stay. The brand's
    /// [`domain::brand::Brand::visits_deleted_before`] moves up to the times of the visits, and never back.
    async fn delete_old(&self, brand: &BrandId, kept_since: &KeptSince, limit: i64) -> Result<u64>;
    /// Deletes what ended before these times, of any brand, up to `limit` of each kind. Returns the number deleted; 0
    /// means that none is left.
    async fn delete_ended(&self, before: &EndedBefore, limit: i64) -> Result<u64>;
}
