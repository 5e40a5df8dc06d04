//! Events for other systems: deciding which a change emits, numbering them, and reading them.

pub(crate) mod commissions;
pub(crate) mod draft;
pub(crate) mod orders;

use domain::{BrandId, MessageId, api_key::KeyKind};
use store::outbound::EventFilter;

pub use domain::outbound::{Envelope, EventType};

use crate::{
    FlowError,
    access::{ApiCaller, Merchant},
    job::Job,
    outbound::draft::Draft,
    stage::Outbound,
};

/// Most events per page.
pub const PAGE_MAX: i64 = 100;
/// Events that are looked at for one page of those that were delivered, or were not.
const SCAN_MAX: i64 = 5_000;
/// Events numbered in one transaction.
const BATCH: i64 = 500;
/// Transactions of one job, which must end well within its lease.
const BATCHES_MAX: usize = 20;

/// Who reads events: a server key's holder, or a member of the brand.
#[derive(Clone, Copy, Debug)]
pub enum EventReader<'a> {
    /// A program.
    Caller(&'a ApiCaller),
    /// A person.
    Merchant(&'a Merchant),
}

impl<'a> From<&'a ApiCaller> for EventReader<'a> {
    fn from(caller: &'a ApiCaller) -> Self {
        Self::Caller(caller)
    }
}

impl<'a> From<&'a Merchant> for EventReader<'a> {
    fn from(merchant: &'a Merchant) -> Self {
        Self::Merchant(merchant)
    }
}

impl<'a> EventReader<'a> {
    /// The brand whose events may be read. `None` for a test key: test records have no events.
    fn brand(self) -> Result<Option<&'a BrandId>, FlowError> {
        match self {
            Self::Merchant(merchant) => Ok(Some(merchant.id())),
            Self::Caller(caller) if caller.kind() != KeyKind::Server => Err(FlowError::Unauthorized),
            Self::Caller(caller) => Ok((!caller.is_test()).then(|| caller.brand())),
        }
    }
}

/// Which events to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventQuery {
    /// Those with a greater number.
    pub after: i64,
    /// Of these types; of all, if there are none.
    pub types: Vec<EventType>,
    /// About this object only.
    pub object_id: Option<String>,
    /// Only those that every webhook endpoint has accepted that is to get them, or only others; see
    /// [`EventFilter::is_delivered`].
    pub is_delivered: Option<bool>,
    /// How many: 1 to [`PAGE_MAX`].
    pub limit: i64,
}

impl Default for EventQuery {
    fn default() -> Self {
        Self { after: 0, types: Vec::new(), object_id: None, is_delivered: None, limit: PAGE_MAX }
    }
}

/// Events, and where to go on.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// The events.
    pub events: Vec<Envelope>,
    /// The number to go on after: that of the last event, or of the last one looked at.
    pub next_after: i64,
    /// Whether there are more, or may be.
    pub has_more: bool,
}

impl Outbound<'_> {
    /// Begins a list of events that a change of this brand emits.
    pub(crate) fn draft(self, brand: &BrandId) -> Draft {
        let now = self.now();
        Draft::new(Job::DispatchEvents(brand.clone()).at(now), now, self.random())
    }

    /// The brand's events in the order of their numbers; one page. They are kept for 30 days.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` for a pixel key.
    pub async fn list<'r>(
        self,
        reader: impl Into<EventReader<'r>>,
        query: &EventQuery,
    ) -> Result<Vec<Envelope>, FlowError> {
        let Some(brand) = reader.into().brand()? else { return Ok(Vec::new()) };
        let EventQuery { after, types, object_id, is_delivered, limit } = query.clone();
        // Each is looked up among the deliveries.
        let through = is_delivered.map(|_| after.saturating_add(SCAN_MAX));
        let filter = EventFilter { kinds: types, object_id, is_delivered, through };
        let events = self.store.events(brand, after, &filter, limit.clamp(1, PAGE_MAX)).await?;
        let is_live = self.is_live(brand).await?;
        events.into_iter().map(|event| Ok(event.envelope(is_live)?)).collect()
    }

    /// As [`Self::list`], with where to go on.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` for a pixel key.
    pub async fn page(self, merchant: &Merchant, query: &EventQuery) -> Result<EventPage, FlowError> {
        let events = self.list(merchant, query).await?;
        let is_full = i64::try_from(events.len()).is_ok_and(|count| count >= query.limit);
        let last = events.last().map_or(query.after, |event| event.sequence);
        if query.is_delivered.is_some() {
            let looked_at = if is_full { last } else { query.after.saturating_add(SCAN_MAX) };
            let has_more = self.store.last_event_number(merchant.id()).await? > looked_at;
            return Ok(EventPage { events, next_after: if has_more { looked_at } else { last }, has_more });
        }
        let next = EventQuery { after: last, limit: 1, ..query.clone() };
        let has_more = is_full && !self.list(merchant, &next).await?.is_empty();
        Ok(EventPage { events, next_after: last, has_more })
    }

    /// The number of the brand's latest event; 0 before the first.
    pub async fn last_number(self, merchant: &Merchant) -> Result<i64, FlowError> {
        Ok(self.store.last_event_number(merchant.id()).await?)
    }

    /// One event.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such event; `FlowError::Unauthorized` for a pixel key.
    pub async fn get<'r>(self, reader: impl Into<EventReader<'r>>, id: &MessageId) -> Result<Envelope, FlowError> {
        let brand = reader.into().brand()?.ok_or(FlowError::NotFound("event"))?;
        let event = self.store.event(brand, id).await?.ok_or(FlowError::NotFound("event"))?;
        Ok(event.envelope(self.is_live(brand).await?)?)
    }

    /// Whether a brand is not the sandbox of another one.
    pub(crate) async fn is_live(self, brand: &BrandId) -> Result<bool, FlowError> {
        Ok(self.store.live_brand_of(brand).await?.is_none())
    }

    /// The job that numbers a brand's events, and runs again when the next one happens.
    pub(crate) async fn dispatch_job(self, brand: &BrandId) -> Result<(), FlowError> {
        for _ in 0..BATCHES_MAX {
            let numbered = self.store.sequence_events(brand, self.now(), BATCH).await?;
            if numbered.is_empty() {
                break;
            }
        }
        // By the last number that each endpoint has, not by what was numbered now: an earlier run may have ended before.
        self.webhooks().queue(brand).await?;
        self.klaviyo().queue(brand).await?;
        if let Some(at) = self.store.next_event_at(brand).await? {
            self.store.enqueue(&Job::DispatchEvents(brand.clone()).at(at.max(self.now()))).await?;
        }
        Ok(())
    }
}
