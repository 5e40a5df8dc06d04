//! Tracking links.

use domain::{
    BrandId, CreatorId, LinkId, UnixMs,
    link::{Link, LinkCode},
};
use tokio::sync::broadcast;

use crate::{Result, audit::AuditEntry};

/// Stores links and tells who caches them what has changed.
#[async_trait::async_trait]
pub trait LinkStore: Send + Sync {
    /// Adds a link; `Conflict` when the code is taken (deleted links keep theirs), `Missing` when its creator or
    /// campaign is not the brand's.
    async fn create_link(&self, brand: &BrandId, link: &Link) -> Result<()>;
    /// The links of a brand, newest first, deleted ones too.
    async fn links(&self, brand: &BrandId) -> Result<Vec<Link>>;
    /// Finds a link by code, deleted or not, with its brand. The redirect's look-up.
    async fn link_by_code(&self, code: LinkCode) -> Result<Option<(BrandId, Link)>>;
    /// A creator's latest link that works at an instant.
    async fn latest_link_of(&self, brand: &BrandId, creator: &CreatorId, at: UnixMs) -> Result<Option<Link>>;
    /// Deletes a link softly; false when the brand has no such live link.
    async fn delete_link(&self, brand: &BrandId, id: &LinkId, at: UnixMs, audit: &AuditEntry) -> Result<bool>;
    /// Codes whose links were added or changed, by any process that shares the database. `Lagged` means that the
    /// receiver must forget everything it has cached.
    fn link_changes(&self) -> broadcast::Receiver<LinkCode>;
}
