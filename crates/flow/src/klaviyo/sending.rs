//! Sending a brand's events.

use std::collections::BTreeMap;

use domain::{
    BrandId, CreatorId, UnixMs,
    klaviyo::{EVENT_TYPES, EVENTS_PATH, Person, REVISION, Source, Verdict, error_text, test_body},
    outbound::{EventData, IntegrationDisabledData, creators_in},
    webhook::{Answer, retry_after},
};
use store::{
    klaviyo::{Connection, Part, Progress},
    outbound::{EventFilter, NewEvents, OutboundEvent},
};

use super::Tested;
use crate::{FlowError, access::Merchant, job::Job, stage::Klaviyo, transport::SendRequest};

/// Requests that one job makes, and the pause before the next job. Klaviyo takes 3,500 a minute of an account: this is at most
/// 3,000. An order that several creators share is a request for each of them.
const REQUESTS_AT_ONCE: i64 = 50;
const PAUSE_MS: i64 = 1_000;
/// How long a job goes on sending, in ms: a job may begin with half a minute of its lease left, and its last request may take
/// 15 seconds.
const JOB_MS_MAX: i64 = 12_000;
/// The wait that Klaviyo asks for if it does not say how long, in ms: its longer window.
const WAIT_MS: i64 = 60_000;
/// The longest wait between attempts that fail, in ms.
const BACKOFF_MS_MAX: i64 = 3_600_000;

/// What one job may still do.
struct Budget {
    requests: i64,
    until: UnixMs,
}

impl Budget {
    fn is_spent(&self, now: UnixMs) -> bool {
        self.requests <= 0 || now > self.until
    }
}

/// What became of an event.
#[derive(Default)]
struct Sent {
    /// How many of Klaviyo's events were taken.
    taken: i64,
    /// How many it will never take.
    skipped: i64,
    /// The creator that the event was last sent for, or skipped.
    creator: Option<CreatorId>,
    /// What last went wrong.
    error: Option<String>,
    end: End,
}

/// Why sending an event ended.
#[derive(Default)]
enum End {
    /// It needs no more sending.
    #[default]
    Done,
    /// The job's budget is spent.
    Spent,
    /// It is to be sent again, at this time.
    Again { at: UnixMs, attempts: i64 },
    /// The key was refused.
    KeyRefused,
}

impl Klaviyo<'_> {
    /// The job that sends what a brand's connection has not sent yet.
    ///
    /// # Errors
    /// `FlowError::Sealed` if the key cannot be decrypted.
    pub(crate) async fn send_job(self, brand: &BrandId) -> Result<(), FlowError> {
        let Some(mut connection) =
            self.store.klaviyo(brand).await?.filter(|connection| connection.disabled_at.is_none())
        else {
            return Ok(());
        };
        let began_at = self.now();
        if connection.next_at > began_at {
            return self.again(brand, connection.next_at).await;
        }
        let key = self.open_key(brand, &connection.sealed_key)?;
        let carried = EventFilter { kinds: EVENT_TYPES.to_vec(), ..EventFilter::default() };
        let events = self.store.events(brand, connection.sent_through, &carried, REQUESTS_AT_ONCE).await?;
        let is_full = events.len() >= usize::try_from(REQUESTS_AT_ONCE).unwrap_or(usize::MAX);
        let last = events.last().map(|event| event.sequence).filter(|_| is_full);
        let mut budget = Budget { requests: REQUESTS_AT_ONCE, until: began_at.plus_ms(JOB_MS_MAX) };
        for event in events {
            let sent = self.send(brand, &connection, &key, &event, &mut budget).await?;
            let (mut progress, next) = self.progress(brand, &connection, &event, sent);
            if next == Next::Go && (last == Some(event.sequence) || budget.requests <= 0) {
                progress.next_at = progress.at.plus_ms(PAUSE_MS);
            }
            let is_recorded = self.store.record_klaviyo(brand, connection.generation, &progress).await?;
            // If it is not, the brand has disconnected, or has another key, whose own job goes on.
            if !is_recorded || next == Next::Stop {
                return Ok(());
            }
            if next == Next::Wait || progress.next_at > progress.at || budget.is_spent(self.now()) {
                return self.again(brand, progress.next_at).await;
            }
            connection.part = progress.part;
        }
        Ok(())
    }

    async fn again(self, brand: &BrandId, at: UnixMs) -> Result<(), FlowError> {
        Ok(self.store.enqueue(&Job::SendToKlaviyo(brand.clone()).at(at)).await?)
    }

    /// What to record of an event, and what the job does next.
    fn progress(self, brand: &BrandId, connection: &Connection, event: &OutboundEvent, sent: Sent) -> (Progress, Next) {
        let now = self.now();
        let Sent { taken, skipped, creator, error, end } = sent;
        let part = creator.map(|creator| Part { sequence: event.sequence, creator });
        let progress = Progress { sent: taken, skipped, error, part, ..Progress::at(now) };
        match end {
            End::Done => (Progress { sent_through: event.sequence, part: None, ..progress }, Next::Go),
            End::Spent => (Progress { next_at: now.plus_ms(PAUSE_MS), ..progress }, Next::Wait),
            End::Again { at, attempts } => (Progress { next_at: at, attempts, ..progress }, Next::Wait),
            End::KeyRefused => {
                tracing::warn!(%brand, error = progress.error, "klaviyo refused the key");
                let mail = self.webhooks().disabled_mail(brand, None, now);
                let disabling = Some((self.disabled_events(brand, connection), mail));
                (Progress { disabling, ..progress }, Next::Stop)
            }
        }
    }

    /// The event that reports that nothing is sent any more.
    fn disabled_events(self, brand: &BrandId, connection: &Connection) -> NewEvents {
        let mut draft = self.outbound().draft(brand);
        let data = IntegrationDisabledData { integration: "klaviyo", reason: "key_refused".to_owned() };
        let fact = format!("klaviyo:{}:{}", connection.connected_at.0, connection.generation);
        draft.add(&EventData::IntegrationDisabled(data), "klaviyo", fact);
        draft.into_events()
    }

    /// Sends an event, for one creator after the other, until the budget is spent.
    async fn send(
        self,
        brand: &BrandId,
        connection: &Connection,
        key: &str,
        event: &OutboundEvent,
        budget: &mut Budget,
    ) -> Result<Sent, FlowError> {
        let part = connection.part.as_ref().filter(|part| part.sequence == event.sequence);
        let mut done = Sent { creator: part.map(|part| part.creator.clone()), ..Sent::default() };
        // What happened before the brand connected, but was numbered afterwards.
        let is_older = event.at < connection.connected_at;
        let bodies = if is_older { Some(Vec::new()) } else { self.bodies(brand, connection, event).await? };
        let Some(bodies) = bodies else {
            return Ok(Sent { skipped: 1, error: Some(format!("the event {} cannot be read", event.id)), ..done });
        };
        let first = done.creator.clone();
        for (creator, body) in
            bodies.into_iter().filter(|(creator, _)| first.as_ref().is_none_or(|last| creator > last))
        {
            if budget.is_spent(self.now()) {
                return Ok(Sent { end: End::Spent, ..done });
            }
            budget.requests -= 1;
            let (verdict, answer) = self.post(key, body).await;
            let error = match &answer {
                Ok(answer) => error_text(answer),
                Err(reason) => format!("Klaviyo was not reached: {reason}"),
            };
            match verdict {
                Verdict::Taken => done.taken += 1,
                Verdict::Invalid => {
                    done.skipped += 1;
                    done.error = Some(format!("{error} of event {}", event.id));
                }
                verdict => {
                    let end = self.unsent(connection, verdict, answer.ok().as_ref());
                    return Ok(Sent { error: Some(error), end, ..done });
                }
            }
            done.creator = Some(creator);
        }
        Ok(done)
    }

    /// When to try again after an answer that neither took the event nor declined it, or that the key was refused.
    fn unsent(self, connection: &Connection, verdict: Verdict, answer: Option<&Answer>) -> End {
        match verdict {
            Verdict::KeyRefused => End::KeyRefused,
            Verdict::Wait => {
                let header = answer.and_then(|answer| answer.headers.retry_after.as_deref());
                let asked = header.and_then(|header| retry_after(header, self.now()));
                End::Again { at: asked.unwrap_or_else(|| self.now().plus_ms(WAIT_MS)), attempts: connection.attempts }
            }
            _ => {
                let wait_ms = (PAUSE_MS << connection.attempts.clamp(0, 20)).min(BACKOFF_MS_MAX);
                End::Again { at: self.now().plus_ms(wait_ms), attempts: connection.attempts.saturating_add(1) }
            }
        }
    }

    /// What to post for an event: nothing for creators who were erased meanwhile. `None` if it cannot be read.
    async fn bodies(
        self,
        brand: &BrandId,
        connection: &Connection,
        event: &OutboundEvent,
    ) -> Result<Option<Vec<(CreatorId, String)>>, FlowError> {
        let creators: Vec<CreatorId> = creators_in(&event.data).into_iter().collect();
        let people = self.store.people(brand, &creators).await?;
        let people: BTreeMap<CreatorId, Person> =
            people.into_iter().map(|person| (person.id.clone(), person)).collect();
        let OutboundEvent { id, kind, data, at, .. } = event;
        let source = Source { id, kind: *kind, data, at: *at, connected_at: connection.connected_at };
        Ok(source.bodies(&people))
    }

    async fn post(self, key: &str, body: String) -> (Verdict, Result<Answer, String>) {
        let url = format!("{}{EVENTS_PATH}", self.settings.klaviyo_url);
        let headers = vec![
            ("authorization", format!("Klaviyo-API-Key {key}")),
            ("revision", REVISION.to_owned()),
            ("content-type", "application/vnd.api+json".to_owned()),
            ("accept", "application/vnd.api+json".to_owned()),
        ];
        let answer = self.transport.post(SendRequest { url: &url, headers, body }).await;
        (answer.as_ref().map_or(Verdict::Failed, |answer| Verdict::of(answer.status)), answer)
    }

    /// Sends an event of the metric `CreatorScore Test`, which is about no creator, and waits for the answer.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::NotFound` if the brand is not connected; `FlowError::Sealed` if
    /// the key cannot be decrypted.
    pub async fn test(self, merchant: &Merchant) -> Result<Tested, FlowError> {
        merchant.owner()?;
        let connection = self.store.klaviyo(merchant.id()).await?.ok_or(FlowError::NotFound("integration"))?;
        let key = self.open_key(merchant.id(), &connection.sealed_key)?;
        let unreadable = || FlowError::Unreadable("the test event".to_owned());
        let body = test_body(&format!("test:{}", self.form_key()), self.now()).ok_or_else(unreadable)?;
        let (verdict, answer) = self.post(&key, body).await;
        let is_taken = verdict == Verdict::Taken;
        let (status, error) = match answer {
            Ok(answer) => (Some(answer.status), (!is_taken).then(|| error_text(&answer))),
            Err(reason) => (None, Some(format!("Klaviyo was not reached: {reason}"))),
        };
        Ok(Tested { is_taken, status, error })
    }
}

/// What the job does after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Go,
    Wait,
    Stop,
}
