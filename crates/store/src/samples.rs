//! Sample data of a brand: whether there is room for it, and deleting it.

use domain::{BrandId, brand::Brand};

use crate::{Result, audit::AuditEntry};

/// Guards and deletes sample data, which only a brand marked by [`domain::brand::Settings::sample`] holds.
#[async_trait::async_trait]
pub trait SampleStore: Send + Sync {
    /// Whether nothing was created, reported or bought in the brand. It may have settings, shops, keys, members and an audit
    /// log.
    async fn is_unused(&self, brand: &BrandId) -> Result<bool>;
    /// Replaces the settings of a brand whose sample data is complete, and forgets up to when its figures were computed: the
    /// facts are older than that. False, without a change, when the stored settings no longer equal those of `before`.
    async fn complete_sample(&self, before: &Brand, after: &Brand, audit: &AuditEntry) -> Result<bool>;
    /// Deletes everything whose absence [`Self::is_unused`] checks except webhook endpoints, what was computed from it, the
    /// sessions of creators and the audit log, and replaces the brand's settings. Its shops, keys, webhook endpoints,
    /// imports, tier rules, connection to Klaviyo and members' sessions stay. False, without a change, when the stored
    /// settings no longer equal those of `before` or have no mark. Announced by [`crate::links::LinkStore::link_changes`].
    async fn clear_sample(&self, before: &Brand, after: &Brand, audit: &AuditEntry) -> Result<bool>;
}
