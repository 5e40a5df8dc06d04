//! What clients tell of their customers beside sales: their own names of them, and events of their own kinds.
//!
//! The texts may name a person. They arrive here sealed, and only the flow can open them.

use domain::{BrandId, UnixMs};

use crate::Result;

/// What a client calls a customer, and says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The identity that the client gave ([`crate::customers`]).
    pub identity: String,
    /// The client's name of the customer and what else it said, sealed.
    pub sealed: Vec<u8>,
    /// When the client first told.
    pub created_at: UnixMs,
    /// When it last did.
    pub updated_at: UnixMs,
}

/// Something that a client says a customer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerEvent {
    /// The same for the same event told twice.
    pub id: String,
    /// Whose it is ([`crate::customers`]).
    pub identity: String,
    /// What the client said, sealed.
    pub sealed: Vec<u8>,
    /// When it happened.
    pub at: UnixMs,
}

/// A page that a visitor looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageView {
    /// The event's id.
    pub id: String,
    /// The visitor.
    pub pv_id: String,
    /// The page, where it was told, without query.
    pub url: Option<String>,
    /// When.
    pub at: UnixMs,
}

/// Stores profiles and customers' events.
#[async_trait::async_trait]
pub trait ProfileStore: Send + Sync {
    /// Stores what a client says of a customer in place of what it said before; the first time stays.
    async fn put_profile(&self, brand: &BrandId, profile: &Profile) -> Result<()>;
    /// The profiles of these identities, the oldest first.
    async fn profiles_of(&self, brand: &BrandId, identities: &[String]) -> Result<Vec<Profile>>;
    /// Stores an event once. Returns whether it is new.
    async fn put_customer_event(&self, brand: &BrandId, event: &CustomerEvent) -> Result<bool>;
    /// The latest events of these identities, the latest first.
    async fn customer_events_of(
        &self,
        brand: &BrandId,
        identities: &[String],
        limit: i64,
    ) -> Result<Vec<CustomerEvent>>;
    /// How many live pages these visitors looked at, and the latest of them, the latest first.
    async fn page_views_of(&self, brand: &BrandId, pv_ids: &[String], limit: i64) -> Result<(i64, Vec<PageView>)>;
}
