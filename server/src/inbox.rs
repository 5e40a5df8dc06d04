//! Stores webhook deliveries: those of many requests in one commit.

use std::sync::Arc;

use flow::Lane;
use store::{Store, inbox::NewDelivery};

use crate::{
    gather::{Drained, Gatherer, Overloaded, Sink},
    worker::Wake,
};

/// A batch stops growing once its bodies have this many bytes.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Deliveries that may wait to be stored.
const QUEUE: usize = 1_024;

/// Outcome of receiving a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Stored for the first time.
    New,
    /// A repeat of a stored delivery; nothing was changed.
    Repeat,
}

/// Writes batches of deliveries.
struct Writer {
    store: Arc<dyn Store>,
    wake: Wake,
}

impl Sink for Writer {
    type Item = NewDelivery;
    /// `None` if it was not stored.
    type Outcome = Option<Received>;

    const WEIGHT_MAX: usize = BATCH_BYTES_MAX;

    fn weight(new: &NewDelivery) -> usize {
        // A body's neighbours in the batch: the statement has a bounded number of rows, too.
        new.delivery.body.len().max(BATCH_BYTES_MAX / 512)
    }

    async fn commit(&self, batch: Vec<NewDelivery>) -> Vec<Option<Received>> {
        // A crowd's clicks leave it room already now.
        let _orders = self.wake.begin_orders();
        match self.store.receive(&batch).await {
            Ok(are_new) => {
                self.wake.notify_lane(Lane::Deliveries);
                let received = |is_new| Some(if is_new { Received::New } else { Received::Repeat });
                are_new.into_iter().map(received).collect()
            }
            Err(error) => {
                // The sender repeats what it gets no 200 for.
                tracing::error!(deliveries = batch.len(), %error, "failed to store webhooks");
                vec![None; batch.len()]
            }
        }
    }
}

/// The sending side.
#[derive(Clone)]
pub struct Inbox(Gatherer<Writer>);

impl Inbox {
    /// Starts the writer. `wake` is notified when there are deliveries to process.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(store: Arc<dyn Store>, wake: Wake) -> std::io::Result<(Self, Drained)> {
        let (gatherer, drained) = Gatherer::start("inbox", Writer { store, wake }, QUEUE)?;
        Ok((Self(gatherer), drained))
    }

    /// Stores a delivery. Returns once it is durable.
    ///
    /// # Errors
    /// [`Overloaded`] if the queue is full or the commit failed; the sender repeats it.
    pub async fn store(&self, new: NewDelivery) -> Result<Received, Overloaded> {
        self.0.push(new)?.await.ok().flatten().ok_or(Overloaded)
    }
}
