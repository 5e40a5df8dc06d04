//! Customer profiles and custom events that clients report in addition to sales, and page views.
//!
//! Their texts are personal data. `flow` encrypts them ("sealed") before they get here; only it can decrypt them.

use domain::{BrandId, Identity, UnixMs};

use crate::Result;

/// What a client reported about a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The identity that the client reported it under.
    pub identity: Identity,
    /// The client's id of the customer and its other fields, encrypted.
    pub sealed: Vec<u8>,
    /// When the client first reported it.
    pub created_at: UnixMs,
    /// When the client last reported it.
    pub updated_at: UnixMs,
}

/// A custom event that a client reported about a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerEvent {
    /// Its id, unique within the brand and the same in every repeat of the report.
    pub id: String,
    /// The identity that the client reported it under.
    pub identity: Identity,
    /// The reported event, encrypted.
    pub sealed: Vec<u8>,
    /// When it happened.
    pub at: UnixMs,
}

/// A page view of a visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageView {
    /// The event's id.
    pub id: String,
    /// The visitor.
    pub pv_id: String,
    /// The URL without query, if reported.
    pub url: Option<String>,
    /// When it happened.
    pub at: UnixMs,
}

/// Stores profiles and custom events, and reads page views.
#[async_trait::async_trait]
pub trait ProfileStore: Send + Sync {
    /// Stores a profile, replacing the earlier one of the same identity. The earlier of the two `created_at` is kept.
    /// Nothing is stored about an erased identity, nor, once everyone was erased, of what a browser or, before that time, a
    /// backend reports.
    async fn put_profile(&self, brand: &BrandId, profile: &Profile, is_by_backend: bool) -> Result<()>;
    /// The profiles of these identities, oldest first.
    async fn profiles_of(&self, brand: &BrandId, identities: &[Identity]) -> Result<Vec<Profile>>;
    /// Stores an event once. Returns whether it is new; nothing is stored about the erased, as in
    /// [`ProfileStore::put_profile`].
    async fn put_customer_event(&self, brand: &BrandId, event: &CustomerEvent, is_by_backend: bool) -> Result<bool>;
    /// The custom events of these identities, latest first.
    async fn customer_events_of(
        &self,
        brand: &BrandId,
        identities: &[Identity],
        limit: i64,
    ) -> Result<Vec<CustomerEvent>>;
    /// The number of live page views of these visitors, and of those not after `until` the latest `limit`, latest first.
    async fn page_views_of(
        &self,
        brand: &BrandId,
        pv_ids: &[String],
        until: UnixMs,
        limit: i64,
    ) -> Result<(i64, Vec<PageView>)>;
}
