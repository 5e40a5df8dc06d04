//! Storing clicks and events, many in one durable transaction.

use domain::{BrandId, ClickId, Money, UnixMs, click::Click, event::Event, time::Day};

use crate::{
    Result,
    export::ClickRecord,
    jobs::NewJob,
    row::{currency, read, read_opt},
};

/// A click to store, and the day it is counted on.
#[derive(Clone, Debug)]
pub struct NewClick {
    /// The click.
    pub click: Click,
    /// The day of the click in the brand's time zone.
    pub day: Day,
}

/// An event to store, and the job to queue if the event is new.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The event.
    pub event: Event,
    /// Keyed hash of the checkout or cart token that a purchase was reported with.
    pub secret_hash: Option<String>,
    /// Processes the purchase that the event reports, if it reports one.
    pub job: Option<NewJob>,
}

/// Rows to store in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Clicks.
    pub clicks: Vec<NewClick>,
    /// Events.
    pub events: Vec<NewEvent>,
}

impl Batch {
    /// Total number of clicks and events.
    pub fn len(&self) -> usize {
        self.clicks.len() + self.events.len()
    }

    /// The brands of its rows, repeated.
    pub fn brands(&self) -> impl Iterator<Item = &BrandId> {
        let events = self.events.iter().map(|new| &new.event.brand);
        self.clicks.iter().map(|new| &new.click.brand).chain(events)
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// When the pixel last reported each type of event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PixelHealth {
    /// Event type and when the last one was received. Test and server events do not count.
    pub last_seen: Vec<(String, UnixMs)>,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ClickRow {
    pub brand_id: String,
    pub id: String,
    pub link_id: String,
    pub creator_id: Option<String>,
    pub pv_id: String,
    pub is_returning: bool,
    pub at: i64,
    pub device: String,
    pub browser: String,
    pub os: String,
    pub country: Option<String>,
    pub referrer_host: Option<String>,
    pub bot: Option<String>,
    pub is_unique: bool,
}

impl ClickRow {
    /// Converts the row. The visitor hash is left empty: it does not leave the database.
    pub fn read(self) -> Result<ClickRecord> {
        Ok(ClickRecord {
            is_unique: self.is_unique,
            click: Click {
                id: read::<ClickId, _>(self.id, "clicks", "id")?,
                brand: read(self.brand_id, "clicks", "brand_id")?,
                link: read(self.link_id, "clicks", "link_id")?,
                creator: read_opt(self.creator_id, "clicks", "creator_id")?,
                pv_id: self.pv_id,
                is_returning: self.is_returning,
                visitor_hash: String::new(),
                at: UnixMs(self.at),
                device: self.device,
                browser: self.browser,
                os: self.os,
                country: self.country,
                referrer_host: self.referrer_host,
                bot: self.bot,
            },
        })
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct EventRow {
    pub brand_id: String,
    pub id: String,
    pub event_type: String,
    pub pv_id: String,
    pub pv_alias: Option<String>,
    pub occurred_at: i64,
    pub received_at: i64,
    pub page_url: Option<String>,
    pub ref_code: Option<String>,
    pub product_id: Option<String>,
    pub order_id: Option<String>,
    pub revenue_minor: Option<i64>,
    pub currency: Option<String>,
    pub promo_code: Option<String>,
    pub is_new_customer: Option<bool>,
    pub event_data: Option<String>,
    pub is_verified: bool,
    pub is_test: bool,
}

impl EventRow {
    /// Converts the row.
    pub fn read(self) -> Result<Event> {
        let revenue = match (self.revenue_minor, self.currency) {
            (Some(minor), Some(code)) => Some(Money { minor, currency: currency(&code, "events")? }),
            _ => None,
        };
        Ok(Event {
            id: self.id,
            brand: read(self.brand_id, "events", "brand_id")?,
            event_type: self.event_type,
            pv_id: self.pv_id,
            pv_alias: self.pv_alias,
            occurred_at: UnixMs(self.occurred_at),
            received_at: UnixMs(self.received_at),
            page_url: self.page_url,
            ref_code: self.ref_code,
            product_id: self.product_id,
            order_id: self.order_id,
            revenue,
            promo_code: self.promo_code,
            is_new_customer: self.is_new_customer,
            event_data: self.event_data,
            is_verified: self.is_verified,
            is_test: self.is_test,
        })
    }
}

/// Stores clicks and events.
#[async_trait::async_trait]
pub trait IngestStore: Send + Sync {
    /// Stores a batch durably: when this returns, it is committed and synced to disk. Rows whose ids exist are
    /// skipped. The same transaction marks unique clicks ([`domain::click::unique_flags`]), adds to the daily click
    /// counts, stores visitor aliases and landings, and queues the jobs of new events.
    async fn append(&self, batch: &Batch) -> Result<()>;
    /// When the pixel last reported each type of event.
    async fn pixel_health(&self, brand: &BrandId) -> Result<PixelHealth>;
}
