//! Webhook endpoints, the deliveries of events to them, and the tester's requests.
//!
//! Deliveries of one object to one endpoint are in order: the first that is not finished is due, the others wait for it.

use domain::{
    BrandId, EndpointId, MessageId, UnixMs,
    id::TesterRequestId,
    metadata::Details,
    outbound::EventType,
    webhook::{DeliveryState, DisabledReason, Endpoint, EndpointStatus, TypeFilter, Warning},
};

use crate::{
    Result,
    audit::AuditEntry,
    jobs::NewJob,
    outbound::{NewEvents, OutboundEvent},
    row::{from_json, known, read},
};

/// The secrets of an endpoint, encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSecrets {
    /// The current one.
    pub current: Vec<u8>,
    /// The one before, and until when it signs too.
    pub previous: Option<(Vec<u8>, UnixMs)>,
}

/// What changes of an endpoint; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointChange {
    /// Where events are sent.
    pub url: Option<String>,
    /// What it wants.
    pub types: Option<TypeFilter>,
    /// What the brand says about it.
    pub description: Option<String>,
    /// Its external id and metadata before and after the change. Nothing is changed if they are no longer those before.
    pub details: Option<(Details, Details)>,
}

/// Ends the sending to an endpoint.
#[derive(Clone, Debug)]
pub struct Disabling<'a> {
    /// Why.
    pub reason: DisabledReason,
    /// When.
    pub at: UnixMs,
    /// The event that reports it.
    pub events: &'a NewEvents,
    /// The job that notifies the owners; `None` if an owner did it, or the server cannot send mail.
    pub mail: Option<NewJob>,
}

/// A delivery that was claimed to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// The brand.
    pub brand: BrandId,
    /// Where to.
    pub endpoint: Endpoint,
    /// Its secrets.
    pub secrets: SealedSecrets,
    /// The event's id.
    pub event_id: MessageId,
    /// The event; `None` if it is no longer kept.
    pub event: Option<OutboundEvent>,
    /// Attempts since it was queued.
    pub attempts: i64,
    /// Until when nobody else sends it. Its outcome counts only if it still has this claim.
    pub lease_until: UnixMs,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint took the event.
    Delivered,
    /// It is tried again.
    Retry(UnixMs),
    /// It is given up.
    GivenUp,
}

/// An attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: UnixMs,
    /// How long it took, in ms.
    pub duration_ms: i64,
    /// The HTTP status; `None` without an answer.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

/// An attempt and what follows from it.
#[derive(Clone, Debug)]
pub struct Recorded<'a> {
    /// The attempt.
    pub attempt: Attempt,
    /// What becomes of the delivery.
    pub outcome: Outcome,
    /// When it ended.
    pub at: UnixMs,
    /// Whether it was a success of the endpoint; `None` if it says nothing about the endpoint.
    pub is_success: Option<bool>,
    /// Whether the endpoint was slow, or failed.
    pub is_slow: bool,
    /// Until when its receiver asked to be left alone.
    pub hold_until: Option<UnixMs>,
    /// What its owner should know, unless it has had a success meanwhile.
    pub warning: Option<Warning>,
    /// That it is disabled. Because of failures only if it has had no success meanwhile.
    pub disabling: Option<Disabling<'a>>,
}

/// A delivery as the log shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The event.
    pub event: MessageId,
    /// What it tells.
    pub kind: EventType,
    /// What it is about.
    pub object_id: String,
    /// Its number.
    pub sequence: i64,
    /// How far the delivery is.
    pub state: DeliveryState,
    /// Attempts in all.
    pub attempts: i64,
    /// When it is sent next, if it is to be sent.
    pub next_at: Option<UnixMs>,
    /// When it was queued, the last time.
    pub queued_at: UnixMs,
    /// When it was delivered or given up.
    pub finished_at: Option<UnixMs>,
    /// The last answer's HTTP status.
    pub last_status: Option<u16>,
    /// Why there was no answer, or why it was given up.
    pub last_error: Option<String>,
}

/// Which events are delivered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayRange {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
    /// Only events from this time on.
    pub since: UnixMs,
    /// Only those that were not delivered.
    pub is_failed_only: bool,
}

/// A request that the tester received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TesterRequest {
    /// Its id; ids sort by time.
    pub id: TesterRequestId,
    /// When it arrived.
    pub at: UnixMs,
    /// Names and values of the headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How it was answered.
    pub status: u16,
}

/// How many requests the tester keeps and takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TesterLimits {
    /// Most requests kept.
    pub requests_max: i64,
    /// Most requests taken since `since`.
    pub taken_max: i64,
    /// Begin of the time in which they are counted.
    pub since: UnixMs,
}

/// An endpoint as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct EndpointRow {
    pub id: String,
    pub url: String,
    pub types: Option<String>,
    pub api_version: String,
    pub description: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub disabled_at: Option<i64>,
    pub disabled_reason: Option<String>,
    pub secret: Vec<u8>,
    pub previous_secret: Option<Vec<u8>>,
    pub previous_secret_until: Option<i64>,
    pub queued_through: i64,
    pub failing_since: Option<i64>,
    pub warned_at: Option<i64>,
    pub warning: Option<String>,
}

const ENDPOINTS: &str = "webhook_endpoints";

/// Reads the column `types` of an endpoint.
///
/// # Errors
/// [`crate::StoreError::Corrupt`] when it names an unknown type.
pub fn types_of(stored: Option<&str>) -> Result<TypeFilter> {
    let Some(text) = stored else { return Ok(TypeFilter::All) };
    let names: Vec<String> = from_json(text, ENDPOINTS, "types")?;
    known(TypeFilter::parse(names.iter().map(String::as_str)).ok(), ENDPOINTS, "types")
}

impl EndpointRow {
    /// Converts the row to an endpoint and its secrets. The external id and metadata are in another table.
    pub fn read(self) -> Result<(Endpoint, SealedSecrets)> {
        let status = match (self.disabled_at, self.disabled_reason) {
            (Some(at), Some(reason)) => EndpointStatus::Disabled {
                at: UnixMs(at),
                reason: known(DisabledReason::parse(&reason), ENDPOINTS, "disabled_reason")?,
            },
            _ => EndpointStatus::Enabled,
        };
        let endpoint = Endpoint {
            id: read(self.id, ENDPOINTS, "id")?,
            url: self.url,
            types: types_of(self.types.as_deref())?,
            api_version: self.api_version,
            description: self.description,
            details: Details::default(),
            updated_at: UnixMs(self.updated_at),
            created_at: UnixMs(self.created_at),
            status,
            failing_since: self.failing_since.map(UnixMs),
            warning: self.warned_at.zip(self.warning).map(|(at, text)| Warning { at: UnixMs(at), text }),
            previous_secret_until: self.previous_secret_until.map(UnixMs),
        };
        let previous = self.previous_secret.zip(self.previous_secret_until.map(UnixMs));
        Ok((endpoint, SealedSecrets { current: self.secret, previous }))
    }
}

/// A delivery of the log as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct DeliveryRow {
    pub event_id: String,
    pub kind: String,
    pub object_id: String,
    pub sequence: i64,
    pub state: String,
    pub attempts_total: i64,
    pub next_at: i64,
    pub queued_at: i64,
    pub finished_at: Option<i64>,
    pub last_status: Option<i64>,
    pub last_error: Option<String>,
}

const DELIVERIES: &str = "webhook_deliveries";

impl DeliveryRow {
    /// Converts the row.
    pub fn read(self) -> Result<Delivery> {
        Ok(Delivery {
            event: read(self.event_id, DELIVERIES, "event_id")?,
            kind: known(EventType::parse(&self.kind), DELIVERIES, "type")?,
            object_id: self.object_id,
            sequence: self.sequence,
            state: known(DeliveryState::parse(&self.state), DELIVERIES, "state")?,
            attempts: self.attempts_total,
            next_at: self.finished_at.is_none().then_some(UnixMs(self.next_at)),
            queued_at: UnixMs(self.queued_at),
            finished_at: self.finished_at.map(UnixMs),
            last_status: crate::row::read_opt(self.last_status, DELIVERIES, "last_status")?,
            last_error: self.last_error,
        })
    }
}

/// An attempt as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct AttemptRow {
    pub at: i64,
    pub duration_ms: i64,
    pub status: Option<i64>,
    pub error: Option<String>,
    pub answer: Option<String>,
}

impl AttemptRow {
    /// Converts the row.
    pub fn read(self) -> Result<Attempt> {
        Ok(Attempt {
            at: UnixMs(self.at),
            duration_ms: self.duration_ms,
            status: crate::row::read_opt(self.status, "webhook_attempts", "status")?,
            error: self.error,
            answer: self.answer,
        })
    }
}

/// A due delivery with its event as both engines return it; the event's columns are null if it is no longer kept.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct DueRow {
    pub event_id: String,
    pub attempts: i64,
    pub kind: String,
    pub object_id: String,
    pub sequence: i64,
    pub data: Option<String>,
    pub at: Option<i64>,
}

impl DueRow {
    /// Converts the row to the event's id, the attempts, and the event if it is still kept.
    pub fn read(self) -> Result<(MessageId, i64, Option<OutboundEvent>)> {
        let id: MessageId = read(self.event_id, DELIVERIES, "event_id")?;
        let kind = known(EventType::parse(&self.kind), DELIVERIES, "type")?;
        let event = self.data.zip(self.at).map(|(data, at)| OutboundEvent {
            id: id.clone(),
            kind,
            object_id: self.object_id,
            data,
            at: UnixMs(at),
            sequence: self.sequence,
        });
        Ok((id, self.attempts, event))
    }
}

/// A request of the tester as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct TesterRequestRow {
    pub id: String,
    pub at: i64,
    pub headers: String,
    pub body: Vec<u8>,
    pub status: i64,
}

impl TesterRequestRow {
    /// Converts the row.
    pub fn read(self) -> Result<TesterRequest> {
        const TABLE: &str = "webhook_tester_requests";
        Ok(TesterRequest {
            id: read(self.id, TABLE, "id")?,
            at: UnixMs(self.at),
            headers: from_json(&self.headers, TABLE, "headers")?,
            body: self.body,
            status: read(self.status, TABLE, "status")?,
        })
    }
}

/// Stores the endpoints of a brand. Archived ones are not there.
#[async_trait::async_trait]
pub trait WebhookStore: Send + Sync {
    /// Creates an endpoint, which gets the events that are numbered from now on. False, without a change, if the brand
    /// has `endpoints_max` already.
    async fn create_endpoint(
        &self,
        brand: &BrandId,
        endpoint: &Endpoint,
        sealed_secret: &[u8],
        endpoints_max: usize,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// The brand's endpoints, oldest first.
    async fn endpoints(&self, brand: &BrandId) -> Result<Vec<Endpoint>>;
    /// Finds an endpoint, with its secrets.
    async fn endpoint(&self, brand: &BrandId, id: &EndpointId) -> Result<Option<(Endpoint, SealedSecrets)>>;
    /// Changes an endpoint. False if there is none.
    async fn change_endpoint(
        &self,
        brand: &BrandId,
        id: &EndpointId,
        change: &EndpointChange,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Gives an endpoint a new secret; the one that it has signs too until `previous_until`. False if there is none.
    async fn rotate_endpoint_secret(
        &self,
        brand: &BrandId,
        id: &EndpointId,
        sealed_secret: &[u8],
        previous_until: UnixMs,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Begins to send to a disabled endpoint the events that are numbered from now on. False if there is none, or it is
    /// enabled.
    async fn enable_endpoint(&self, brand: &BrandId, id: &EndpointId, audit: &AuditEntry) -> Result<bool>;
    /// Ends sending to an endpoint: what is not delivered is given up. False if there is none, or it is disabled.
    async fn disable_endpoint(
        &self,
        brand: &BrandId,
        id: &EndpointId,
        disabling: &Disabling<'_>,
        audit: &AuditEntry,
    ) -> Result<bool>;
    /// Removes an endpoint; its log stays for as long as logs are kept. False if there is none.
    async fn archive_endpoint(&self, brand: &BrandId, id: &EndpointId, at: UnixMs, audit: &AuditEntry) -> Result<bool>;
}

/// Stores the deliveries of events to endpoints.
#[async_trait::async_trait]
pub trait WebhookDeliveryStore: Send + Sync {
    /// Queues the deliveries of the brand's numbered events to its enabled endpoints, of up to `limit` events for each
    /// endpoint. Whether all are queued now.
    async fn queue_deliveries(&self, brand: &BrandId, now: UnixMs, limit: i64) -> Result<bool>;
    /// Endpoints that something can be sent to, longest due first: those known to be fast, or the others. Not those of
    /// `full` brands.
    async fn due_endpoints(
        &self,
        now: UnixMs,
        is_slow: bool,
        full: &[BrandId],
        limit: i64,
    ) -> Result<Vec<(BrandId, EndpointId)>>;
    /// Claims up to `limit` due deliveries of an endpoint until `lease_until`, so that no more than `at_once` are being
    /// sent. Claims that ended without an outcome are due again.
    async fn claim_deliveries(
        &self,
        brand: &BrandId,
        endpoint: &EndpointId,
        now: UnixMs,
        lease_until: UnixMs,
        at_once: i64,
        limit: i64,
    ) -> Result<Vec<ClaimedDelivery>>;
    /// Stores an attempt and what follows from it. False, without a change, if the claim is lost.
    async fn record_attempt(&self, claimed: &ClaimedDelivery, recorded: &Recorded<'_>) -> Result<bool>;
    /// An endpoint's deliveries, latest event first: those before a sequence, and in a state.
    async fn webhook_deliveries(
        &self,
        brand: &BrandId,
        endpoint: &EndpointId,
        state: Option<DeliveryState>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Delivery>>;
    /// Finds a delivery, with its attempts, oldest first.
    async fn webhook_delivery(
        &self,
        brand: &BrandId,
        endpoint: &EndpointId,
        event: &MessageId,
    ) -> Result<Option<(Delivery, Vec<Attempt>)>>;
    /// The first and the last sequence of the brand's events between two times, both included.
    async fn event_range(&self, brand: &BrandId, from: UnixMs, to: UnixMs) -> Result<Option<(i64, i64)>>;
    /// Queues events again that an endpoint wants and that are not queued, whether or not they were delivered. Returns how
    /// many; none if the endpoint is disabled.
    async fn replay_deliveries(
        &self,
        brand: &BrandId,
        endpoint: &EndpointId,
        range: &ReplayRange,
        now: UnixMs,
    ) -> Result<u64>;
    /// Deletes finished deliveries that ended before a time, and what they were answered, up to `limit`. Returns how many.
    async fn delete_deliveries(&self, brand: &BrandId, before: UnixMs, limit: i64) -> Result<u64>;
}

/// Stores the built-in receiver of a brand, and what it received.
#[async_trait::async_trait]
pub trait WebhookTesterStore: Send + Sync {
    /// Creates the brand's tester, or replaces its address; `None` removes it with what it received. The token is
    /// encrypted.
    async fn set_tester(
        &self,
        brand: &BrandId,
        token: Option<([u8; 32], &[u8])>,
        at: UnixMs,
        audit: &AuditEntry,
    ) -> Result<()>;
    /// The encrypted token of the brand's tester.
    async fn tester(&self, brand: &BrandId) -> Result<Option<Vec<u8>>>;
    /// Whose tester it is, by the token's hash.
    async fn tester_brand(&self, token_hash: [u8; 32]) -> Result<Option<BrandId>>;
    /// Stores a request and deletes the oldest beyond the limit. False, without a change, if too many were taken.
    async fn put_tester_request(&self, brand: &BrandId, request: &TesterRequest, limits: &TesterLimits)
    -> Result<bool>;
    /// The requests since a time, latest first.
    async fn tester_requests(&self, brand: &BrandId, since: UnixMs) -> Result<Vec<TesterRequest>>;
    /// Deletes the requests from before a time.
    async fn delete_tester_requests(&self, brand: &BrandId, before: UnixMs) -> Result<u64>;
}
