//! The inbox: webhook deliveries, stored raw before anything is made of them.

use domain::{UnixMs, id::InboxId, shop::ShopDomain};

use crate::Result;

/// A delivery whose signature was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Our id.
    pub id: InboxId,
    /// The sender: `shopify`.
    pub source: String,
    /// The sender's id of the delivery, the same on every retry.
    pub delivery_id: String,
    /// The topic.
    pub topic: String,
    /// The shop it came for.
    pub shop: ShopDomain,
    /// When the sender says that it happened.
    pub triggered_at: Option<UnixMs>,
    /// When it arrived.
    pub received_at: UnixMs,
    /// The raw body. Emptied once processed: it names people.
    pub body: Vec<u8>,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
}

/// Stores deliveries.
#[async_trait::async_trait]
pub trait InboxStore: Send + Sync {
    /// Stores a delivery durably, queues the job `inbox` for it, and notes that the shop's webhooks arrive. False
    /// when it is a repeat.
    async fn receive(&self, delivery: &Delivery) -> Result<bool>;
    /// Finds a delivery that is not processed.
    async fn delivery(&self, id: &InboxId) -> Result<Option<Delivery>>;
    /// Notes what became of a delivery and forgets its body.
    async fn close_delivery(&self, id: &InboxId, outcome: &str, at: UnixMs) -> Result<()>;
}
