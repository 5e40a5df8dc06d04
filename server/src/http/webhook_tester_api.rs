//! `/api/v1/webhook_tester`: the brand's own receiver of webhooks, and what it has received.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::scope::Scope;
use flow::{
    Flow, FlowError,
    webhook::{TesterRequest, WebhookAdmin},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::api::{
    call::{Call, OnceParams},
    fault::{Fault, FaultBody},
    list::ListQuery,
};

const RESOURCE: &str = "webhook_endpoints";

/// The webhook tester.
#[derive(Serialize, ToSchema)]
pub(crate) struct TesterBody {
    /// Always `webhook_tester`.
    #[schema(example = "webhook_tester")]
    object: &'static str,
    /// The address to give to a webhook endpoint. Add `?status=503` to have it answer with another status.
    url: String,
}

/// Requests that the tester received.
#[derive(Serialize, ToSchema)]
pub(crate) struct TesterRequestList {
    /// Always `list`.
    #[schema(example = "list")]
    object: &'static str,
    /// The last 50 of the last 24 hours, latest first.
    data: Vec<TesterRequestBody>,
    /// Always false: all are shown.
    has_more: bool,
    /// The path of the list.
    url: &'static str,
}

/// A request that the tester received.
#[derive(Serialize, ToSchema)]
struct TesterRequestBody {
    /// Always `webhook_tester_request`.
    #[schema(example = "webhook_tester_request")]
    object: &'static str,
    /// When it arrived.
    #[schema(format = DateTime)]
    at: String,
    /// How it was answered.
    status: u16,
    /// Names and values of its headers, in their order.
    headers: Vec<HeaderBody>,
    /// Its body, as text.
    body: String,
}

/// A header.
#[derive(Serialize, ToSchema)]
struct HeaderBody {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
}

impl TesterRequestBody {
    fn of(request: TesterRequest) -> Self {
        let header = |(name, value)| HeaderBody { name, value };
        Self {
            object: "webhook_tester_request",
            at: request.at.to_rfc3339(),
            status: request.status,
            headers: request.headers.into_iter().map(header).collect(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
        }
    }
}

/// Gets the webhook tester.
#[utoipa::path(
    get, path = "/api/v1/webhook_tester", tag = "Webhook endpoints", operation_id = "getWebhookTester",
    responses((status = 200, description = "The tester", body = TesterBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(State(flow): State<Flow>, request: Request) -> Result<Json<TesterBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let url = flow.webhooks().tester(&WebhookAdmin::try_from(&call.merchant)?).await?;
    let url = url.ok_or(FlowError::NotFound("webhook tester"))?;
    Ok(Json(TesterBody { object: "webhook_tester", url }))
}

/// Creates the webhook tester, or gives it another address.
#[utoipa::path(
    post, path = "/api/v1/webhook_tester", tag = "Webhook endpoints", operation_id = "createWebhookTester",
    params(OnceParams),
    responses((status = 201, description = "The tester", body = TesterBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn create(State(flow): State<Flow>, request: Request) -> Result<Response, Fault> {
    let call = Call::begin(&flow, &request, Scope::write(RESOURCE)).await?;
    let url = flow.webhooks().create_tester(&WebhookAdmin::try_from(&call.merchant)?).await?;
    Ok((StatusCode::CREATED, Json(TesterBody { object: "webhook_tester", url })).into_response())
}

/// A removed tester.
#[derive(Serialize, ToSchema)]
pub(crate) struct RemovedTester {
    /// Always `webhook_tester`.
    #[schema(example = "webhook_tester")]
    object: &'static str,
    /// Always true.
    archived: bool,
}

/// Removes the webhook tester with all that it received.
#[utoipa::path(
    delete, path = "/api/v1/webhook_tester", tag = "Webhook endpoints", operation_id = "removeWebhookTester",
    params(OnceParams),
    responses((status = 200, description = "It is gone", body = RemovedTester), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn remove(State(flow): State<Flow>, request: Request) -> Result<Json<RemovedTester>, Fault> {
    let call = Call::begin(&flow, &request, Scope::write(RESOURCE)).await?;
    flow.webhooks().remove_tester(&WebhookAdmin::try_from(&call.merchant)?).await?;
    Ok(Json(RemovedTester { object: "webhook_tester", archived: true }))
}

/// Lists what the webhook tester has received.
#[utoipa::path(
    get, path = "/api/v1/webhook_tester/requests", tag = "Webhook endpoints", operation_id = "listWebhookTesterRequests",
    responses((status = 200, description = "The last 50 requests of the last 24 hours, latest first", body = TesterRequestList), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn requests(State(flow): State<Flow>, request: Request) -> Result<Json<TesterRequestList>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    // They show events.
    call.require(Scope::read("events"))?;
    ListQuery::of(request.uri()).end()?;
    let requests = flow.webhooks().tester_requests(&WebhookAdmin::try_from(&call.merchant)?).await?;
    let data = requests.into_iter().map(TesterRequestBody::of).collect();
    Ok(Json(TesterRequestList { object: "list", data, has_more: false, url: "/api/v1/webhook_tester/requests" }))
}
