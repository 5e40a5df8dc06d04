//! Limits how many imported files are in memory at the same time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Each file may take some tens of megabytes.
const FILES_AT_ONCE: usize = 2;

/// Lets a few files in; the others wait for their turn.
pub(crate) struct ImportSlots(Arc<Semaphore>);

/// Keeps others out while it is held.
#[derive(Debug)]
pub(crate) struct ImportSlot {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Default for ImportSlots {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(FILES_AT_ONCE)))
    }
}

impl ImportSlots {
    /// Waits for a slot.
    pub(crate) async fn take(&self) -> ImportSlot {
        ImportSlot { _permit: self.0.clone().acquire_owned().await.ok() }
    }
}
