//! `/api/v1/integrations/klaviyo`: the brand's connection to Klaviyo.

use axum::{
    Json,
    extract::{Request, State},
};
use domain::{UnixMs, scope::Scope};
use flow::{
    Flow,
    klaviyo::{Status, Tested},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::api::{
    call::{Call, OnceParams, WriteCall},
    fault::{Fault, FaultBody},
    list::ListQuery,
};

const RESOURCE: &str = "integrations";

/// The connection to Klaviyo.
#[derive(Serialize, ToSchema)]
pub(crate) struct KlaviyoBody {
    /// Always `integration`.
    #[schema(example = "integration")]
    object: &'static str,
    /// Always `klaviyo`.
    #[schema(example = "klaviyo")]
    name: &'static str,
    /// `active`; `waiting` for another attempt; or `disabled`, because the key was refused.
    state: KlaviyoState,
    /// When it was connected: orders placed before are not sent.
    #[schema(format = DateTime)]
    connected: String,
    /// The number of the last event that needs no more sending.
    sent_through: i64,
    /// Whether there are events to send.
    behind: bool,
    /// How many events Klaviyo has taken.
    sent: i64,
    /// How many it could not take.
    skipped: i64,
    /// When it last took one.
    #[schema(format = DateTime)]
    last_sent: Option<String>,
    /// What last went wrong.
    last_error: Option<KlaviyoError>,
    /// When the next attempt is made, if the last one failed.
    #[schema(format = DateTime)]
    next_attempt: Option<String>,
}

/// How a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KlaviyoState {
    /// Events are sent.
    Active,
    /// Klaviyo failed or asked to wait.
    Waiting,
    /// The key was refused.
    Disabled,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
struct KlaviyoError {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What.
    #[schema(example = "Klaviyo answered with 401: not_authenticated")]
    error: String,
}

impl KlaviyoBody {
    fn of(status: Status, now: UnixMs) -> Self {
        let Status { connection, is_behind } = status;
        // Between two batches it pauses without a fault.
        let is_fault_last = connection.last_error.as_ref().is_some_and(|(at, _)| Some(*at) >= connection.last_sent_at);
        let is_waiting = connection.next_at > now && is_fault_last;
        let state = match connection.disabled_at {
            Some(_) => KlaviyoState::Disabled,
            None if is_waiting => KlaviyoState::Waiting,
            None => KlaviyoState::Active,
        };
        Self {
            object: "integration",
            name: "klaviyo",
            state,
            connected: connection.connected_at.to_rfc3339(),
            sent_through: connection.sent_through,
            behind: is_behind,
            sent: connection.sent,
            skipped: connection.skipped,
            last_sent: connection.last_sent_at.map(UnixMs::to_rfc3339),
            last_error: connection.last_error.map(|(at, error)| KlaviyoError { at: at.to_rfc3339(), error }),
            next_attempt: (state == KlaviyoState::Waiting).then(|| connection.next_at.to_rfc3339()),
        }
    }
}

/// A connection to make.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KlaviyoRequest {
    /// A private API key of the Klaviyo account that may write events (`events:write`). It is stored encrypted and not shown again.
    #[schema(
        example = "pk_0123456789abcdef0123456789abcdef01",
        min_length = 4,
        max_length = 200,
        pattern = "^pk_[A-Za-z0-9_-]+$"
    )]
    private_key: String,
}

/// Connects to Klaviyo from the next event on, or replaces the key and goes on where sending stopped.
#[utoipa::path(
    put, path = "/api/v1/integrations/klaviyo", tag = "Integrations", operation_id = "connectKlaviyo",
    params(OnceParams),
    request_body = KlaviyoRequest,
    responses((status = 200, description = "The connection", body = KlaviyoBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn connect(State(flow): State<Flow>, request: Request) -> Result<Json<KlaviyoBody>, Fault> {
    let call = WriteCall::begin(&flow, request, Scope::write(RESOURCE)).await?;
    call.call.require(Scope::read("events"))?;
    let KlaviyoRequest { private_key } = call.read()?;
    let status = flow.klaviyo().connect(&call.call.merchant, &private_key).await?;
    Ok(Json(KlaviyoBody::of(status, flow.now())))
}

/// Gets the connection to Klaviyo: how far it is, and what last went wrong.
#[utoipa::path(
    get, path = "/api/v1/integrations/klaviyo", tag = "Integrations", operation_id = "getKlaviyo",
    responses((status = 200, description = "The connection", body = KlaviyoBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(State(flow): State<Flow>, request: Request) -> Result<Json<KlaviyoBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let status = flow.klaviyo().status(&call.merchant).await?;
    Ok(Json(KlaviyoBody::of(status, flow.now())))
}

/// A removed connection.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisconnectedKlaviyo {
    /// Always `integration`.
    #[schema(example = "integration")]
    object: &'static str,
    /// Always `klaviyo`.
    #[schema(example = "klaviyo")]
    name: &'static str,
    /// Always true.
    archived: bool,
}

/// Disconnects from Klaviyo and deletes the key. What Klaviyo has stays there.
#[utoipa::path(
    delete, path = "/api/v1/integrations/klaviyo", tag = "Integrations", operation_id = "disconnectKlaviyo",
    params(OnceParams),
    responses((status = 200, description = "It is gone", body = DisconnectedKlaviyo), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn disconnect(State(flow): State<Flow>, request: Request) -> Result<Json<DisconnectedKlaviyo>, Fault> {
    let call = Call::begin(&flow, &request, Scope::write(RESOURCE)).await?;
    flow.klaviyo().disconnect(&call.merchant).await?;
    Ok(Json(DisconnectedKlaviyo { object: "integration", name: "klaviyo", archived: true }))
}

/// What Klaviyo said to a test event.
#[derive(Serialize, ToSchema)]
pub(crate) struct KlaviyoTest {
    /// Always `integration_test`.
    #[schema(example = "integration_test")]
    object: &'static str,
    /// Whether Klaviyo took it.
    ok: bool,
    /// The HTTP status that it answered with.
    #[schema(example = 202)]
    status: Option<u16>,
    /// What was wrong.
    error: Option<String>,
}

/// Sends an event of the metric `CreatorScore Test` to Klaviyo and answers what it said. The event is about the profile with the
/// external id `creatorscore-test`, and changes nothing here.
#[utoipa::path(
    post, path = "/api/v1/integrations/klaviyo/test", tag = "Integrations", operation_id = "testKlaviyo",
    params(OnceParams),
    responses((status = 200, description = "What Klaviyo said", body = KlaviyoTest), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn test(State(flow): State<Flow>, request: Request) -> Result<Json<KlaviyoTest>, Fault> {
    let call = Call::begin(&flow, &request, Scope::write(RESOURCE)).await?;
    let Tested { is_taken, status, error } = flow.klaviyo().test(&call.merchant).await?;
    Ok(Json(KlaviyoTest { object: "integration_test", ok: is_taken, status, error }))
}
