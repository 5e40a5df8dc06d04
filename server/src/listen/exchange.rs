//! What a request tells its connection.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Request extension: shared by a connection and the request that it serves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exchange(Arc<AtomicBool>);

impl Exchange {
    /// Notes that a request was answered before all of it was read.
    pub(crate) fn leave_unread(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that is so.
    pub(super) fn has_unread(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
