//! What was sent to an endpoint, and sending it again.

use core::ops::RangeInclusive;

use domain::{
    EndpointId, MessageId, UnixMs,
    webhook::{DeliveryState, EndpointStatus},
};
use store::webhooks::{Attempt, Delivery, ReplayRange};

use super::{admin::WebhookAdmin, sending::event_body};
use crate::{FlowError, Invalid, stage::Webhooks};

/// Most deliveries of one page.
const PAGE_MAX: i64 = 100;
/// Events queued again in one transaction.
const REPLAYED_AT_ONCE: i64 = 500;
/// Events considered by one call.
const REPLAYED_MAX: i64 = 20_000;

/// Which deliveries of an endpoint are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those of events before this sequence, which the page before ended with.
    pub before: Option<i64>,
    /// Most rows, up to 100; 0 counts as 100.
    pub limit: i64,
}

/// A page of the log, latest event first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<Delivery>,
    /// Whether there are more.
    pub has_more: bool,
}

/// A delivery with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryDetail {
    /// The delivery.
    pub delivery: Delivery,
    /// The body that is sent; `None` if the event is no longer kept.
    pub body: Option<String>,
    /// Its attempts, oldest first.
    pub attempts: Vec<Attempt>,
}

/// The events of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayEvents {
    /// All that are kept and happened since the endpoint was created.
    All,
    /// One.
    Event(MessageId),
    /// Those with these sequences.
    Sequences(RangeInclusive<i64>),
    /// Those that happened between two times, both included.
    Times(UnixMs, UnixMs),
}

/// A request to deliver events again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Which.
    pub events: ReplayEvents,
    /// Only those that were not delivered: given up, or never sent because the endpoint was disabled.
    pub is_failed_only: bool,
}

/// What a replay queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// How many deliveries.
    pub queued: u64,
    /// The sequences to go on with, if there are more events than one call considers.
    pub rest: Option<RangeInclusive<i64>>,
}

impl Webhooks<'_> {
    /// An endpoint's deliveries.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the brand has no such endpoint.
    pub async fn deliveries(
        self,
        admin: &WebhookAdmin,
        id: &EndpointId,
        query: &DeliveryQuery,
    ) -> Result<DeliveryPage, FlowError> {
        self.get(admin, id).await?;
        let limit = if query.limit < 1 { PAGE_MAX } else { query.limit.min(PAGE_MAX) };
        let before = query.before.unwrap_or(i64::MAX);
        let mut deliveries = self.store.webhook_deliveries(admin.brand(), id, query.state, before, limit + 1).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = deliveries.len() > most;
        deliveries.truncate(most);
        Ok(DeliveryPage { deliveries, has_more })
    }

    /// One of an endpoint's deliveries.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such delivery.
    pub async fn delivery(
        self,
        admin: &WebhookAdmin,
        id: &EndpointId,
        event: &MessageId,
    ) -> Result<DeliveryDetail, FlowError> {
        self.get(admin, id).await?;
        let found = self.store.webhook_delivery(admin.brand(), id, event).await?;
        let (delivery, attempts) = found.ok_or(FlowError::NotFound("delivery"))?;
        let event = self.store.event(admin.brand(), event).await?;
        let body = event.as_ref().map(event_body).transpose()?;
        Ok(DeliveryDetail { delivery, body, attempts })
    }

    /// Delivers events again that the endpoint wants.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such endpoint or event; `FlowError::Invalid` if the endpoint is disabled.
    pub async fn replay(self, admin: &WebhookAdmin, id: &EndpointId, replay: &Replay) -> Result<Replayed, FlowError> {
        let endpoint = self.get(admin, id).await?;
        if endpoint.status != EndpointStatus::Enabled {
            return Err(Invalid::one("the endpoint is disabled; enable it first").into());
        }
        let since = if replay.events == ReplayEvents::All { endpoint.created_at } else { UnixMs(0) };
        let Some((first, last)) = self.sequences(admin, &replay.events).await? else {
            return Ok(Replayed { queued: 0, rest: None });
        };
        let end = last.min(first.saturating_add(REPLAYED_MAX - 1));
        let (mut from, mut queued) = (first, 0);
        while from <= end {
            let to = end.min(from.saturating_add(REPLAYED_AT_ONCE - 1));
            let range = ReplayRange { from, to, since, is_failed_only: replay.is_failed_only };
            queued += self.store.replay_deliveries(admin.brand(), id, &range, self.now()).await?;
            from = to.saturating_add(1);
        }
        Ok(Replayed { queued, rest: (end < last).then(|| end.saturating_add(1)..=last) })
    }

    /// The first and the last sequence of a replay, bounded by what is there.
    async fn sequences(self, admin: &WebhookAdmin, events: &ReplayEvents) -> Result<Option<(i64, i64)>, FlowError> {
        let brand = admin.brand();
        Ok(match events {
            ReplayEvents::All => self.store.event_range(brand, UnixMs(0), UnixMs(i64::MAX)).await?,
            ReplayEvents::Times(from, to) => self.store.event_range(brand, *from, *to).await?,
            ReplayEvents::Sequences(range) => {
                let there = self.store.event_range(brand, UnixMs(0), UnixMs(i64::MAX)).await?;
                there.map(|(first, last)| (first.max(*range.start()), last.min(*range.end())))
            }
            ReplayEvents::Event(id) => {
                let event = self.store.event(brand, id).await?.ok_or(FlowError::NotFound("event"))?;
                Some((event.sequence, event.sequence))
            }
        })
    }
}
