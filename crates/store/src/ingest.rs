//! Clicks and events on their way in: many of them in one durable transaction.

use domain::{BrandId, UnixMs, click::Click, event::Event, time::Day};

use crate::Result;

/// A click and the brand's day on which it counts.
#[derive(Clone, Debug)]
pub struct NewClick {
    /// The click.
    pub click: Click,
    /// The day in the brand's time zone.
    pub day: Day,
}

/// What one commit takes.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Clicks.
    pub clicks: Vec<NewClick>,
    /// Events.
    pub events: Vec<Event>,
}

impl Batch {
    /// Rows in all.
    pub fn len(&self) -> usize {
        self.clicks.len() + self.events.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// When the pixel last reported each type of event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PixelHealth {
    /// Event type and the last time one arrived, live events only.
    pub last_seen: Vec<(String, UnixMs)>,
}

/// Stores what arrives.
#[async_trait::async_trait]
pub trait IngestStore: Send + Sync {
    /// Stores a batch durably: when this returns, it is committed and synced to disk. Rows whose ids are known
    /// change nothing. In the same transaction: unique clicks are told apart ([`domain::click`]), click counts by day
    /// move, visitor aliases and landings are noted, and a job `order.report` is queued for each new event that
    /// names an order.
    async fn append(&self, batch: &Batch) -> Result<()>;
    /// When events last arrived.
    async fn pixel_health(&self, brand: &BrandId) -> Result<PixelHealth>;
}
