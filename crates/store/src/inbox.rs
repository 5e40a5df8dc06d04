//! The inbox: webhook deliveries, stored raw and processed by a job.

use domain::{UnixMs, id::InboxId, shop::ShopDomain};

use crate::{Result, jobs::NewJob, row::read};

/// A webhook delivery whose signature was valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Our id.
    pub id: InboxId,
    /// The sender: `shopify`.
    pub source: String,
    /// The sender's id of the delivery, the same in every retry.
    pub delivery_id: String,
    /// The topic, such as `orders/create`.
    pub topic: String,
    /// The shop it is about.
    pub shop: ShopDomain,
    /// When the event happened, according to the sender.
    pub triggered_at: Option<UnixMs>,
    /// When it arrived.
    pub received_at: UnixMs,
    /// The raw body. It contains personal data, so it is deleted once processed.
    pub body: Vec<u8>,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
}

/// A delivery to store, with the job that processes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// The delivery.
    pub delivery: Delivery,
    /// The job.
    pub job: NewJob,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct InboxRow {
    pub id: String,
    pub source: String,
    pub delivery_id: String,
    pub topic: String,
    pub shop_domain: String,
    pub triggered_at: Option<i64>,
    pub received_at: i64,
    pub body: Option<Vec<u8>>,
    pub body_sha256: Vec<u8>,
}

impl InboxRow {
    /// Converts the row.
    pub fn read(self) -> Result<Delivery> {
        Ok(Delivery {
            id: read::<InboxId, _>(self.id, "webhook_inbox", "id")?,
            source: self.source,
            delivery_id: self.delivery_id,
            topic: self.topic,
            shop: read(self.shop_domain, "webhook_inbox", "shop_domain")?,
            triggered_at: self.triggered_at.map(UnixMs),
            received_at: UnixMs(self.received_at),
            body: self.body.unwrap_or_default(),
            body_sha256: read(self.body_sha256, "webhook_inbox", "body_sha256")?,
        })
    }
}

/// Stores deliveries.
#[async_trait::async_trait]
pub trait InboxStore: Send + Sync {
    /// Stores deliveries durably in one transaction, queues the jobs that process them, and sets the shops'
    /// `last_webhook_at`. One answer per delivery: false, without a change, when it is a repeat of a stored one or of an
    /// earlier one of these (same source, shop, topic and delivery id).
    async fn receive(&self, deliveries: &[NewDelivery]) -> Result<Vec<bool>>;
    /// Finds those of these deliveries that are not yet processed.
    async fn deliveries(&self, ids: &[InboxId]) -> Result<Vec<Delivery>>;
    /// Marks deliveries as processed, each with its outcome, and deletes their bodies.
    async fn close_deliveries(&self, outcomes: &[(InboxId, String)], at: UnixMs) -> Result<()>;
}
