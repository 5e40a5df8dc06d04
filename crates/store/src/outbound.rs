//! Events for other systems. They are written in the transaction of their fact, so that neither exists alone, and numbered
//! afterwards: whoever reads the numbers in order misses none that commits late.

use domain::{
    BrandId, MessageId, UnixMs,
    outbound::{Envelope, EventType},
};
use serde::Serialize;

use crate::{
    Result, StoreError,
    jobs::NewJob,
    row::{known, read},
};

/// An event to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Its id.
    pub id: MessageId,
    /// What happened.
    pub kind: EventType,
    /// The object that it is about.
    pub object_id: String,
    /// Names the fact, unique within the brand: no fact has two events.
    pub fact: String,
    /// What it says: [`domain::outbound::EventData`] as JSON.
    pub data: String,
    /// When it happens. Not numbered before: the end of a hold is known long before it comes.
    pub at: UnixMs,
}

/// Events of one transaction, in the order of their facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEvents {
    /// The events.
    pub events: Vec<NewEvent>,
    /// The job that numbers them.
    pub dispatch: Option<NewJob>,
}

impl NewEvents {
    /// Adds the events of another fact of the transaction.
    pub fn extend(&mut self, more: Self) {
        self.events.extend(more.events);
        self.dispatch = self.dispatch.take().or(more.dispatch);
    }
}

/// An event as the adapters write it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug, Serialize)]
pub struct NewEventRow<'a> {
    pub id: &'a str,
    pub kind: &'static str,
    pub object_id: &'a str,
    pub fact: &'a str,
    pub data: &'a str,
    pub at: i64,
}

impl<'a> From<&'a NewEvent> for NewEventRow<'a> {
    fn from(event: &'a NewEvent) -> Self {
        let NewEvent { id, kind, object_id, fact, data, at } = event;
        Self { id: id.as_str(), kind: kind.as_str(), object_id, fact, data, at: at.0 }
    }
}

/// A numbered event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundEvent {
    /// Its number: from 1, without gaps within the brand.
    pub sequence: i64,
    /// Its id.
    pub id: MessageId,
    /// What happened.
    pub kind: EventType,
    /// The object that it is about.
    pub object_id: String,
    /// What it says, as JSON.
    pub data: String,
    /// When it happened.
    pub at: UnixMs,
}

impl OutboundEvent {
    /// The body that goes out, of a live brand or of the sandbox of one.
    ///
    /// # Errors
    /// `Corrupt` when the stored data is not JSON.
    pub fn envelope(self, is_live: bool) -> Result<Envelope> {
        let Self { sequence, id, kind, object_id, data, at } = self;
        let corrupt = StoreError::Corrupt { table: "outbound_events", column: "data" };
        Envelope::new(kind, at, data, id, object_id, sequence, is_live).ok_or(corrupt)
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct OutboundRow {
    pub sequence: i64,
    pub id: String,
    pub kind: String,
    pub object_id: String,
    pub data: String,
    pub at: i64,
}

impl OutboundRow {
    /// Converts the row.
    pub fn read(self) -> Result<OutboundEvent> {
        Ok(OutboundEvent {
            sequence: self.sequence,
            id: read(self.id, "outbound_events", "id")?,
            kind: known(EventType::parse(&self.kind), "outbound_events", "type")?,
            object_id: self.object_id,
            data: self.data,
            at: UnixMs(self.at),
        })
    }
}

/// Which events are in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of these types; of all, if there are none.
    pub kinds: Vec<EventType>,
    /// About this object.
    pub object_id: Option<String>,
    /// Only events that all of their endpoints have accepted (true), or only others (false). An endpoint gets what
    /// happened since it was created, of the types that it has now; a test of another endpoint never. Removed endpoints
    /// get nothing, disabled ones do.
    pub is_delivered: Option<bool>,
    /// Only events with at most this number.
    pub through: Option<i64>,
}

/// Stores events for other systems.
#[async_trait::async_trait]
pub trait OutboundStore: Send + Sync {
    /// Writes events that belong to no other change. Those whose fact has an event already are left out.
    async fn write_events(&self, brand: &BrandId, events: &NewEvents) -> Result<()>;
    /// Numbers events that have happened by `now`, in the order in which they were written, at most `limit`. Returns
    /// them. Calls for one brand wait for each other. What names a creator who was erased since is erased.
    async fn sequence_events(&self, brand: &BrandId, now: UnixMs, limit: i64) -> Result<Vec<OutboundEvent>>;
    /// When the first event happens that has no number yet.
    async fn next_event_at(&self, brand: &BrandId) -> Result<Option<UnixMs>>;
    /// The last number given to the brand's events; 0 if none was.
    async fn last_event_number(&self, brand: &BrandId) -> Result<i64>;
    /// Events with a greater number, in order, at most `limit`.
    async fn events(&self, brand: &BrandId, after: i64, filter: &EventFilter, limit: i64)
    -> Result<Vec<OutboundEvent>>;
    /// A numbered event.
    async fn event(&self, brand: &BrandId, id: &MessageId) -> Result<Option<OutboundEvent>>;
    /// Deletes numbered events that happened before `at`, the first ones first, at most `limit`. Returns how many.
    async fn delete_events(&self, brand: &BrandId, at: UnixMs, limit: i64) -> Result<u64>;
}
