//! Webhooks to other systems: who gets which events, sending them, what was sent, and a receiver to try them with.
//!
//! Events are numbered ([`crate::outbound`]), then each enabled endpoint gets a delivery of each event that it wants
//! ([`Webhooks::queue`]). A task outside the job lanes sends them ([`sending`]): a receiver may take 15 seconds, and nobody
//! else's work is to wait for it.

mod admin;
mod deciding;
mod endpoints;
mod log;
pub mod sending;
mod slots;
mod tester;

pub use admin::WebhookAdmin;
use domain::{BrandId, time::DAY_MS, webhook::KEPT_MS};
pub use endpoints::{EndpointEdit, NewEndpoint, TypeNames, host_of};
pub use log::{DeliveryDetail, DeliveryPage, DeliveryQuery, Replay, ReplayEvents, Replayed};
pub use sending::Sending;
pub use slots::Slots;
pub use store::webhooks::{Attempt, Delivery, TesterRequest};
pub use tester::{TESTER_PATH, TesterHeaders};

pub use crate::transport::{SendRequest, Transport};
use crate::{FlowError, stage::Webhooks};

/// Events whose deliveries are queued in one transaction.
const QUEUED_AT_ONCE: i64 = 500;
/// Deliveries deleted in one transaction.
const DELETED_AT_ONCE: i64 = 2_000;
/// What the tester received is kept for so long, in ms.
const TESTER_KEPT_MS: i64 = DAY_MS;

impl Webhooks<'_> {
    /// Queues the deliveries of a brand's numbered events.
    ///
    /// # Errors
    /// A database error.
    pub(crate) async fn queue(self, brand: &BrandId) -> Result<(), FlowError> {
        while !self.store.queue_deliveries(brand, self.now(), QUEUED_AT_ONCE).await? {}
        Ok(())
    }

    /// Deletes the deliveries and the tester's requests that are no longer kept.
    ///
    /// # Errors
    /// A database error.
    pub(crate) async fn delete_old(self, brand: &BrandId) -> Result<(), FlowError> {
        let now = self.now();
        self.store.delete_tester_requests(brand, now.plus_ms(-TESTER_KEPT_MS)).await?;
        while self.store.delete_deliveries(brand, now.plus_ms(-KEPT_MS), DELETED_AT_ONCE).await? > 0 {}
        Ok(())
    }
}
