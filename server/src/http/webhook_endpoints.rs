//! `/api/v1/webhook_endpoints`: where events are sent, and what became of each.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    EndpointId, MessageId, UnixMs,
    scope::Scope,
    webhook::{DeliveryState, Endpoint, EndpointStatus, OVERLAP_HOURS, Secret},
};
use flow::{
    Flow, FlowError, Invalid,
    webhook::{
        Attempt, Delivery, DeliveryQuery, EndpointEdit, NewEndpoint, Replay, ReplayEvents, TypeNames, WebhookAdmin,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    api::{
        call::{Call, OnceParams, WriteCall},
        fault::{Fault, FaultBody},
        field::{FlagPatch, NotesPatch, TextPatch, TextsPatch, TimePatch, UrlPatch, common},
        list::{CursorParams, ListBody, ListQuery},
        object::notes,
    },
    body::{Faults, IntegerField},
};

const RESOURCE: &str = "webhook_endpoints";
/// To choose where events are sent, or to see what was sent, is to read them.
const EVENTS: &str = "events";

/// A webhook endpoint.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndpointBody {
    /// The endpoint's id.
    #[schema(example = "whe_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `webhook_endpoint`.
    #[schema(example = "webhook_endpoint")]
    object: &'static str,
    /// Where events are sent.
    url: String,
    /// Types of events that it gets; all if null.
    types: Option<Vec<&'static str>>,
    /// What you say about it.
    description: String,
    /// `enabled` or `disabled`.
    status: &'static str,
    /// Why it is disabled: `manual`, `gone`, `asked` or `failing`.
    disabled_reason: Option<&'static str>,
    /// Since when it is disabled.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// Since when it has done nothing but fail.
    #[schema(format = DateTime)]
    failing_since: Option<String>,
    /// That it will be disabled, and why.
    warning: Option<String>,
    /// The version of the bodies.
    api_version: String,
    /// Until when the secret before signs too.
    #[schema(format = DateTime)]
    previous_secret_until: Option<String>,
    /// When it was created.
    #[schema(format = DateTime)]
    created: String,
    /// When you, or the server because of its answers, last changed it.
    #[schema(format = DateTime)]
    updated: String,
    /// Your own id of it.
    external_id: Option<String>,
    /// Your notes.
    metadata: BTreeMap<String, String>,
    /// False in the sandbox, where test keys work.
    livemode: bool,
    /// The secret, in the answer to its creation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    secret: Option<String>,
}

impl EndpointBody {
    /// As the API shows it, with a secret that is shown once.
    pub(crate) fn of(endpoint: Endpoint, secret: Option<&Secret>, is_live: bool) -> Self {
        let time = |at: Option<UnixMs>| at.map(UnixMs::to_rfc3339);
        let (disabled_reason, disabled_at) = match endpoint.status {
            EndpointStatus::Enabled => (None, None),
            EndpointStatus::Disabled { at, reason } => (Some(reason.as_str()), Some(at)),
        };
        Self {
            id: endpoint.id.to_string(),
            object: "webhook_endpoint",
            url: endpoint.url,
            types: endpoint.types.names(),
            description: endpoint.description,
            status: endpoint.status.as_str(),
            disabled_reason,
            disabled_at: time(disabled_at),
            failing_since: time(endpoint.failing_since),
            warning: endpoint.warning.map(|warning| warning.text),
            api_version: endpoint.api_version,
            previous_secret_until: time(endpoint.previous_secret_until),
            created: endpoint.created_at.to_rfc3339(),
            updated: endpoint.updated_at.to_rfc3339(),
            external_id: endpoint.details.external_id,
            metadata: notes(&endpoint.details.metadata),
            livemode: is_live,
            secret: secret.map(Secret::reveal),
        }
    }
}

/// What to set of an endpoint. What is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointRequest {
    /// Where events are sent: a public https URL. Required of a new endpoint.
    #[schema(value_type = String, required = false, max_length = 2048, example = "https://crm.example/hooks")]
    #[serde(default)]
    url: UrlPatch,
    /// Types of events that it gets; `null` for all.
    #[schema(value_type = Option<Vec<String>>, example = json!(["order.attributed", "order.refunded"]))]
    #[serde(default)]
    types: TextsPatch,
    /// What you say about it.
    #[schema(value_type = String, required = false, max_length = 500)]
    #[serde(default)]
    description: TextPatch,
    /// Whether it is sent anything. One that is enabled again gets the events from now on; replay those before.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    enabled: FlagPatch,
    /// Your own id of it, unique among webhook endpoints; `null` removes it.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    external_id: TextPatch,
    /// Notes to set; `null` removes one.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    #[serde(default)]
    metadata: NotesPatch,
}

impl EndpointRequest {
    fn read(self) -> Result<EndpointEdit, Fault> {
        let mut faults = Faults::default();
        let edit = EndpointEdit {
            url: self.url.value("url", &mut faults),
            types: self.types.change("types", &mut faults).map(|names| names.map_or(TypeNames::All, TypeNames::Some)),
            description: self.description.value("description", &mut faults),
            common: common(self.external_id, self.metadata, FlagPatch::default(), &mut faults),
            is_enabled: self.enabled.value("enabled", &mut faults),
        };
        faults.into_result().map_err(invalid)?;
        Ok(edit)
    }
}

fn invalid(faults: Invalid) -> Fault {
    Fault::invalid("Invalid request", faults)
}

fn endpoint_id(text: &str) -> Result<EndpointId, Fault> {
    text.parse().map_err(|_| FlowError::NotFound("webhook endpoint").into())
}

/// Lists webhook endpoints.
#[utoipa::path(
    get, path = "/api/v1/webhook_endpoints", tag = "Webhook endpoints", operation_id = "listWebhookEndpoints",
    params(CursorParams),
    responses((status = 200, description = "The endpoints, oldest first", body = ListBody<EndpointBody>), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<ListBody<EndpointBody>>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let endpoints = flow.webhooks().list(&call.merchant).await?;
    let data = endpoints.into_iter().map(|endpoint| EndpointBody::of(endpoint, None, call.is_live())).collect();
    ListBody::of_whole(data, request.uri(), |endpoint: &EndpointBody| &endpoint.id)
}

/// Gets a webhook endpoint.
#[utoipa::path(
    get, path = "/api/v1/webhook_endpoints/{id}", tag = "Webhook endpoints", operation_id = "getWebhookEndpoint",
    params(("id" = String, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = EndpointBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<EndpointBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let endpoint = flow.webhooks().get(&WebhookAdmin::try_from(&call.merchant)?, &endpoint_id(&id)?).await?;
    Ok(Json(EndpointBody::of(endpoint, None, call.is_live())))
}

/// Adds a webhook endpoint. The answer shows its secret once.
#[utoipa::path(
    post, path = "/api/v1/webhook_endpoints", tag = "Webhook endpoints", operation_id = "createWebhookEndpoint",
    params(OnceParams),
    request_body = EndpointRequest,
    responses((status = 201, description = "The endpoint with its secret", body = EndpointBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    call.call.require(Scope::read(EVENTS))?;
    let edit = call.read::<EndpointRequest>()?.read()?;
    add(&flow, &WebhookAdmin::try_from(&call.call.merchant)?, edit, call.call.is_live()).await
}

/// Adds an endpoint, and answers with its secret.
async fn add(flow: &Flow, admin: &WebhookAdmin, edit: EndpointEdit, is_live: bool) -> Result<Response, Fault> {
    if edit.is_enabled == Some(false) {
        return Err(invalid(Invalid::one("enabled must be true, or absent, of a new endpoint")));
    }
    let url = edit.url.ok_or_else(|| invalid(Invalid::one("url is required")))?;
    let new = NewEndpoint {
        url,
        types: edit.types.unwrap_or_default(),
        description: edit.description.unwrap_or_default(),
        common: edit.common,
    };
    let (endpoint, secret) = flow.webhooks().create(admin, &new).await?;
    Ok((StatusCode::CREATED, Json(EndpointBody::of(endpoint, Some(&secret), is_live))).into_response())
}

/// Changes the webhook endpoint with your own id, or adds it. Only the answer to its creation shows its secret.
#[utoipa::path(
    put, path = "/api/v1/webhook_endpoints/external/{external_id}", tag = "Webhook endpoints", operation_id = "upsertWebhookEndpoint",
    params(("external_id" = String, Path, description = "Your own id of the endpoint"), OnceParams),
    request_body = EndpointRequest,
    responses((status = 200, description = "The changed endpoint", body = EndpointBody), (status = 201, description = "The new endpoint with its secret", body = EndpointBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn upsert(
    State(flow): State<Flow>,
    Path(external_id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    call.call.require(Scope::read(EVENTS))?;
    let (admin, is_live) = (WebhookAdmin::try_from(&call.call.merchant)?, call.call.is_live());
    for is_last in [false, true] {
        let mut edit = call.read::<EndpointRequest>()?.read()?;
        // Whatever the body says, so that a repeat finds it again.
        edit.common.external_id = Some(Some(external_id.clone()));
        if let Some(id) = flow.webhooks().by_external_id(&admin, &external_id).await? {
            match flow.webhooks().update(&admin, &id, &edit).await {
                // It was removed meanwhile.
                Err(FlowError::NotFound(_)) if !is_last => continue,
                updated => return Ok(Json(EndpointBody::of(updated?, None, is_live)).into_response()),
            }
        }
        match add(&flow, &admin, edit, is_live).await {
            // A request at the same time has added it.
            Err(fault) if fault.is_taken() && !is_last => {}
            answer => return answer,
        }
    }
    Err(FlowError::Stale("webhook endpoint").into())
}

/// Changes a webhook endpoint.
#[utoipa::path(
    patch, path = "/api/v1/webhook_endpoints/{id}", tag = "Webhook endpoints", operation_id = "updateWebhookEndpoint",
    params(("id" = String, Path, description = "The endpoint's id"), OnceParams),
    request_body = EndpointRequest,
    responses((status = 200, description = "The endpoint", body = EndpointBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn update(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<EndpointBody>, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    call.call.require(Scope::read(EVENTS))?;
    let (id, edit) = (endpoint_id(&id)?, call.read::<EndpointRequest>()?.read()?);
    let endpoint = flow.webhooks().update(&WebhookAdmin::try_from(&call.call.merchant)?, &id, &edit).await?;
    Ok(Json(EndpointBody::of(endpoint, None, call.call.is_live())))
}

/// A removed endpoint.
#[derive(Serialize, ToSchema)]
pub(crate) struct RemovedEndpoint {
    /// The endpoint's id.
    id: String,
    /// Always `webhook_endpoint`.
    #[schema(example = "webhook_endpoint")]
    object: &'static str,
    /// Always true.
    archived: bool,
}

/// Removes a webhook endpoint.
#[utoipa::path(
    delete, path = "/api/v1/webhook_endpoints/{id}", tag = "Webhook endpoints", operation_id = "archiveWebhookEndpoint",
    params(("id" = String, Path, description = "The endpoint's id"), OnceParams),
    responses((status = 200, description = "It is gone", body = RemovedEndpoint), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn archive(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<RemovedEndpoint>, Fault> {
    let call = Call::begin(&flow, &request, Scope::write(RESOURCE)).await?;
    flow.webhooks().archive(&WebhookAdmin::try_from(&call.merchant)?, &endpoint_id(&id)?).await?;
    Ok(Json(RemovedEndpoint { id, object: "webhook_endpoint", archived: true }))
}

/// How a secret is replaced.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretRequest {
    /// How long the old secret signs beside the new one, in hours: 24 if absent.
    #[schema(value_type = i64, required = false, minimum = 0, maximum = 168)]
    #[serde(default)]
    overlap_hours: IntegerField,
}

/// A new secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecretBody {
    /// The endpoint's id.
    id: String,
    /// Always `webhook_secret`.
    #[schema(example = "webhook_secret")]
    object: &'static str,
    /// The secret. It is not shown again.
    secret: String,
}

/// Gives a webhook endpoint a new secret. Both sign until the overlap ends.
#[utoipa::path(
    post, path = "/api/v1/webhook_endpoints/{id}/rotate_secret", tag = "Webhook endpoints", operation_id = "rotateWebhookSecret",
    params(("id" = String, Path, description = "The endpoint's id"), OnceParams),
    request_body = SecretRequest,
    responses((status = 201, description = "The new secret", body = SecretBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn rotate(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    let endpoint = endpoint_id(&id)?;
    let request: SecretRequest = call.read()?;
    let mut faults = Faults::default();
    let hours = faults.take("overlap_hours", request.overlap_hours).unwrap_or(i64::from(OVERLAP_HOURS));
    let hours = u32::try_from(hours).map_err(|_| faults.push("overlap_hours must not be negative")).unwrap_or(0);
    faults.into_result().map_err(invalid)?;
    let secret = flow.webhooks().rotate(&WebhookAdmin::try_from(&call.call.merchant)?, &endpoint, hours).await?;
    let body = SecretBody { id, object: "webhook_secret", secret: secret.reveal() };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// A test that was queued.
#[derive(Serialize, ToSchema)]
pub(crate) struct TestBody {
    /// The event's id, as the endpoint will see it in `webhook-id`.
    event_id: String,
    /// Always `webhook_test`.
    #[schema(example = "webhook_test")]
    object: &'static str,
}

/// Sends `endpoint.test` to a webhook endpoint, whatever types it wants.
#[utoipa::path(
    post, path = "/api/v1/webhook_endpoints/{id}/test", tag = "Webhook endpoints", operation_id = "testWebhookEndpoint",
    params(("id" = String, Path, description = "The endpoint's id"), OnceParams),
    responses((status = 202, description = "It will be sent", body = TestBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn test(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let call = Call::begin(&flow, &request, Scope::write(RESOURCE)).await?;
    let event = flow.webhooks().send_test(&WebhookAdmin::try_from(&call.merchant)?, &endpoint_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(TestBody { event_id: event.to_string(), object: "webhook_test" })).into_response())
}

/// A delivery of an event to an endpoint.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryBody {
    /// Always `webhook_delivery`.
    #[schema(example = "webhook_delivery")]
    object: &'static str,
    /// The event.
    event_id: String,
    /// What it tells.
    r#type: &'static str,
    /// What it is about.
    object_id: String,
    /// Its number.
    sequence: i64,
    /// `waiting` for an earlier event about the same object, `due`, `delivered` or `dead` (given up).
    state: &'static str,
    /// Attempts in all.
    attempts: i64,
    /// When it is sent next.
    #[schema(format = DateTime)]
    next_at: Option<String>,
    /// When it was queued, the last time.
    #[schema(format = DateTime)]
    queued_at: String,
    /// When it was delivered or given up.
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    /// The last answer's HTTP status.
    last_status: Option<u16>,
    /// Why there was no answer, or why it was given up.
    last_error: Option<String>,
    /// The body that is sent, of one delivery only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    body: Option<String>,
    /// Its attempts, of one delivery only, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    log: Option<Vec<AttemptBody>>,
}

/// An attempt to deliver.
#[derive(Serialize, ToSchema)]
struct AttemptBody {
    /// When it began.
    #[schema(format = DateTime)]
    at: String,
    /// How long it took, in ms.
    duration_ms: i64,
    /// The HTTP status of the answer.
    status: Option<u16>,
    /// Why there was no answer.
    error: Option<String>,
    /// The beginning of the answer.
    answer: Option<String>,
}

impl DeliveryBody {
    fn of(delivery: Delivery, body: Option<String>, log: Option<Vec<Attempt>>) -> Self {
        let time = |at: Option<UnixMs>| at.map(UnixMs::to_rfc3339);
        let attempt = |attempt: Attempt| AttemptBody {
            at: attempt.at.to_rfc3339(),
            duration_ms: attempt.duration_ms,
            status: attempt.status,
            error: attempt.error,
            answer: attempt.answer,
        };
        Self {
            object: "webhook_delivery",
            event_id: delivery.event.to_string(),
            r#type: delivery.kind.as_str(),
            object_id: delivery.object_id,
            sequence: delivery.sequence,
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            next_at: time(delivery.next_at),
            queued_at: delivery.queued_at.to_rfc3339(),
            finished_at: time(delivery.finished_at),
            last_status: delivery.last_status,
            last_error: delivery.last_error,
            body,
            log: log.map(|attempts| attempts.into_iter().map(attempt).collect()),
        }
    }
}

/// Deliveries to an endpoint.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryList {
    /// Always `list`.
    #[schema(example = "list")]
    object: &'static str,
    /// The deliveries, latest event first.
    data: Vec<DeliveryBody>,
    /// Whether there are more.
    has_more: bool,
    /// The path of the list.
    url: String,
}

/// Which deliveries.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
pub(crate) struct DeliveryParams {
    /// Deliveries in this state.
    #[param(value_type = Option<DeliveryStateName>, required = false)]
    state: Option<String>,
    /// Deliveries of events before this number.
    before: Option<i64>,
    /// Deliveries in the answer, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 10)]
    limit: Option<u32>,
}

/// States of a delivery.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "this is the schema of domain's DeliveryState")]
pub(crate) enum DeliveryStateName {
    Waiting,
    Due,
    Delivered,
    Dead,
}

/// Lists the deliveries to a webhook endpoint.
#[utoipa::path(
    get, path = "/api/v1/webhook_endpoints/{id}/deliveries", tag = "Webhook endpoints", operation_id = "listWebhookDeliveries",
    params(("id" = String, Path, description = "The endpoint's id"), DeliveryParams),
    responses((status = 200, description = "The deliveries, latest event first", body = DeliveryList), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn deliveries(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<DeliveryList>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let state = query.parse("state", "must be waiting, due, delivered or dead", DeliveryState::parse);
    let before = query.parse("before", "must be a number", |text| text.parse().ok());
    let limit =
        query.parse("limit", "must be 1 to 100", |text| text.parse().ok().filter(|limit| (1..=100).contains(limit)));
    query.end()?;
    let wanted = DeliveryQuery { state, before, limit: limit.unwrap_or(10) };
    let admin = WebhookAdmin::try_from(&call.merchant)?;
    let page = flow.webhooks().deliveries(&admin, &endpoint_id(&id)?, &wanted).await?;
    let data = page.deliveries.into_iter().map(|delivery| DeliveryBody::of(delivery, None, None)).collect();
    let url = request.uri().path().to_owned();
    Ok(Json(DeliveryList { object: "list", data, has_more: page.has_more, url }))
}

/// Gets a delivery with the body that is sent and its attempts.
#[utoipa::path(
    get, path = "/api/v1/webhook_endpoints/{id}/deliveries/{event_id}", tag = "Webhook endpoints", operation_id = "getWebhookDelivery",
    params(("id" = String, Path, description = "The endpoint's id"), ("event_id" = String, Path, description = "The event's id")),
    responses((status = 200, description = "The delivery", body = DeliveryBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn delivery(
    State(flow): State<Flow>,
    Path((id, event)): Path<(String, String)>,
    request: Request,
) -> Result<Json<DeliveryBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    call.require(Scope::read(EVENTS))?;
    ListQuery::of(request.uri()).end()?;
    let event: MessageId = event.parse().map_err(|_| FlowError::NotFound("delivery"))?;
    let admin = WebhookAdmin::try_from(&call.merchant)?;
    let found = flow.webhooks().delivery(&admin, &endpoint_id(&id)?, &event).await?;
    Ok(Json(DeliveryBody::of(found.delivery, found.body, Some(found.attempts))))
}

/// Which events are delivered again: one, a range of numbers, a range of times, or all.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayRequest {
    /// One event.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    event_id: TextPatch,
    /// From this number.
    #[schema(value_type = i64, required = false)]
    #[serde(default)]
    from_sequence: IntegerField,
    /// To this number.
    #[schema(value_type = i64, required = false)]
    #[serde(default)]
    to_sequence: IntegerField,
    /// From this time (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    from: TimePatch,
    /// To this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    to: TimePatch,
    /// Only those that were given up, or never sent because the endpoint was disabled.
    #[schema(value_type = bool, required = false)]
    #[serde(default)]
    failed_only: FlagPatch,
}

impl ReplayRequest {
    fn read(self) -> Result<Replay, Fault> {
        let mut faults = Faults::default();
        let event = self.event_id.change("event_id", &mut faults).flatten();
        let from_sequence = faults.take("from_sequence", self.from_sequence);
        let to_sequence = faults.take("to_sequence", self.to_sequence);
        let from = self.from.change("from", &mut faults).flatten();
        let to = self.to.change("to", &mut faults).flatten();
        let is_failed_only = self.failed_only.value("failed_only", &mut faults).unwrap_or(false);
        let (by_number, by_time) = (from_sequence.or(to_sequence), from.or(to));
        let events = match (event, by_number, by_time) {
            (None, None, None) => ReplayEvents::All,
            (Some(id), None, None) => {
                ReplayEvents::Event(id.parse().map_err(|_| Fault::from(FlowError::NotFound("event")))?)
            }
            (None, Some(_), None) => {
                ReplayEvents::Sequences(from_sequence.unwrap_or(0)..=to_sequence.unwrap_or(i64::MAX))
            }
            (None, None, Some(_)) => ReplayEvents::Times(from.unwrap_or(UnixMs(0)), to.unwrap_or(UnixMs(i64::MAX))),
            _ => {
                faults.push("event_id, a range of sequences and a range of times exclude each other");
                ReplayEvents::All
            }
        };
        faults.into_result().map_err(invalid)?;
        Ok(Replay { events, is_failed_only })
    }
}

/// What a replay queued.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplayBody {
    /// Always `webhook_replay`.
    #[schema(example = "webhook_replay")]
    object: &'static str,
    /// How many deliveries.
    queued: u64,
    /// If there are more events than one request considers: the number to go on from.
    next_from_sequence: Option<i64>,
    /// And the last one.
    next_to_sequence: Option<i64>,
}

/// Delivers events again that the endpoint wants. Your receiver tells repeats by `webhook-id`.
#[utoipa::path(
    post, path = "/api/v1/webhook_endpoints/{id}/replay", tag = "Webhook endpoints", operation_id = "replayWebhookEvents",
    params(("id" = String, Path, description = "The endpoint's id"), OnceParams),
    request_body = ReplayRequest,
    responses((status = 200, description = "What was queued", body = ReplayBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn replay(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<ReplayBody>, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    call.call.require(Scope::read(EVENTS))?;
    let (id, replay) = (endpoint_id(&id)?, call.read::<ReplayRequest>()?.read()?);
    let done = flow.webhooks().replay(&WebhookAdmin::try_from(&call.call.merchant)?, &id, &replay).await?;
    Ok(Json(ReplayBody {
        object: "webhook_replay",
        queued: done.queued,
        next_from_sequence: done.rest.as_ref().map(|rest| *rest.start()),
        next_to_sequence: done.rest.as_ref().map(|rest| *rest.end()),
    }))
}
