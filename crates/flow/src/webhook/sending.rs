//! Sending what is due.
//!
//! A claim is committed before anything is sent, its outcome afterwards. A process that ends in between sends nothing twice
//! that its id does not show: the delivery is due again when the claim ends, with the same `webhook-id`.

use core::time::Duration;

use domain::{
    UnixMs,
    webhook::{SLOW_MS, signatures},
};
use store::{
    outbound::OutboundEvent,
    webhooks::{Attempt, ClaimedDelivery, Disabling, Outcome, Recorded},
};

use super::{
    deciding::{Decision, Tried, decide},
    slots::{Slot, Slots},
};
use crate::{
    FlowError,
    stage::Webhooks,
    transport::{SendRequest, Transport},
};

/// How long a claim lasts, in ms: four times what a request may take.
const LEASE_MS: i64 = 60_000;

/// [`SLOW_MS`].
const SLOW: Duration = Duration::from_millis(SLOW_MS.unsigned_abs());

/// A delivery that this process is to send.
#[derive(Debug)]
pub struct Sending {
    claimed: ClaimedDelivery,
    slot: Slot,
}

impl Webhooks<'_> {
    /// Claims what is due, as far as there are slots.
    ///
    /// # Errors
    /// A database error.
    pub async fn claim(self, slots: &Slots) -> Result<Vec<Sending>, FlowError> {
        let mut all = Vec::new();
        for is_slow in [false, true] {
            let free = slots.free(is_slow);
            if free == 0 {
                continue;
            }
            let limit = i64::try_from(free).unwrap_or(i64::MAX);
            let due = self.store.due_endpoints(self.now(), is_slow, &slots.full_brands(is_slow), limit).await?;
            for (brand, endpoint) in due {
                let room = i64::try_from(slots.free_for(&brand, is_slow)).unwrap_or(i64::MAX);
                if room == 0 {
                    continue;
                }
                let (now, at_once) = (self.now(), Slots::at_once(is_slow));
                let lease_until = now.plus_ms(LEASE_MS);
                let claimed = self.store.claim_deliveries(&brand, &endpoint, now, lease_until, at_once, room).await?;
                let sending = claimed.into_iter().map(|claimed| Sending { slot: slots.take(&brand, is_slow), claimed });
                all.extend(sending);
            }
        }
        Ok(all)
    }

    /// Sends a claimed delivery and stores what became of it. Returns whether the endpoint took it.
    ///
    /// # Errors
    /// `FlowError::Sealed` if the endpoint's secret cannot be decrypted; the delivery is then due again later.
    pub async fn send(self, transport: &dyn Transport, sending: Sending) -> Result<bool, FlowError> {
        let Sending { claimed, mut slot } = sending;
        let claimed = &claimed;
        let Some(event) = &claimed.event else { return self.give_up_forgotten(claimed).await };
        let began_at = self.now();
        let request = self.request(claimed, event, began_at).await?;
        let answer = if let Some(answer) = self.receive_own(&request).await? {
            Ok(answer)
        } else {
            let mut posting = transport.post(request);
            if let Ok(answer) = tokio::time::timeout(SLOW, &mut posting).await {
                answer
            } else {
                slot.slow_down();
                posting.await
            }
        };
        let tried = Tried { began_at, ended_at: self.now(), answer };
        let decision = decide(claimed, &tried, u16::from_le_bytes(self.random()));
        self.record(claimed, decision, tried.ended_at).await
    }

    /// Stores the outcome of an attempt.
    async fn record(self, claimed: &ClaimedDelivery, decision: Decision, at: UnixMs) -> Result<bool, FlowError> {
        let is_success = decision.is_success();
        let reason = decision.disables;
        let events = reason.map(|reason| self.disabled_events(&claimed.brand, &claimed.endpoint, reason, at));
        let mail = || self.disabled_mail(&claimed.brand, Some(&claimed.endpoint.id), at);
        let disabling =
            reason.zip(events.as_ref()).map(|(reason, events)| Disabling { reason, at, events, mail: mail() });
        let recorded = Recorded {
            attempt: decision.attempt,
            outcome: decision.outcome,
            at,
            is_success: Some(is_success),
            is_slow: decision.is_slow,
            hold_until: decision.hold_until,
            warning: decision.warning,
            disabling,
        };
        if !self.store.record_attempt(claimed, &recorded).await? {
            tracing::warn!(endpoint = %claimed.endpoint.id, event = %claimed.event_id, "the claim of a delivery was lost");
        }
        Ok(is_success)
    }

    /// Gives up a delivery whose event is no longer kept. That says nothing about the endpoint.
    async fn give_up_forgotten(self, claimed: &ClaimedDelivery) -> Result<bool, FlowError> {
        let at = self.now();
        let error = Some("the event is no longer kept".to_owned());
        let recorded = Recorded {
            attempt: Attempt { at, duration_ms: 0, status: None, error, answer: None },
            outcome: Outcome::GivenUp,
            at,
            is_success: None,
            is_slow: false,
            hold_until: None,
            warning: None,
            disabling: None,
        };
        self.store.record_attempt(claimed, &recorded).await?;
        Ok(false)
    }

    /// The request that carries an event.
    async fn request<'a>(
        self,
        claimed: &'a ClaimedDelivery,
        event: &OutboundEvent,
        now: UnixMs,
    ) -> Result<SendRequest<'a>, FlowError> {
        let endpoint = &claimed.endpoint;
        let body = event_body(event, self.outbound().is_live(&claimed.brand).await?)?;
        let current = self.open_secret(&endpoint.id, &claimed.secrets.current)?;
        let previous = match &claimed.secrets.previous {
            Some((sealed, until)) if now < *until => Some((self.open_secret(&endpoint.id, sealed)?, *until)),
            _ => None,
        };
        let signature = signatures(&current, previous.as_ref(), event.id.as_str(), now, body.as_bytes());
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", event.id.to_string()),
            ("webhook-timestamp", now.0.div_euclid(1_000).to_string()),
            ("webhook-signature", signature),
        ];
        Ok(SendRequest { url: &endpoint.url, headers, body })
    }
}

/// The body of an event, the same at every attempt. There is one version of it so far.
pub(super) fn event_body(event: &OutboundEvent, is_live: bool) -> Result<String, FlowError> {
    let envelope = event.clone().envelope(is_live)?;
    serde_json::to_string(&envelope).map_err(|error| FlowError::Unreadable(error.to_string()))
}
