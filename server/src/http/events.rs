//! `/api/v1/events`: what happened, for systems that ask instead of receiving webhooks.

pub(crate) mod stream;

use axum::{
    Json,
    extract::{Path, Request, State},
};
use domain::{MessageId, outbound::Envelope, scope::Scope};
use flow::{
    Flow, FlowError,
    outbound::{EventPage, EventQuery, EventType},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::api::{
    call::Call,
    fault::{Fault, FaultBody},
    list::ListQuery,
};

const RESOURCE: &str = "events";
const URL: &str = "/api/v1/events";

/// An event, as webhooks deliver it too.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventBody {
    /// What happened.
    #[schema(example = "order.attributed")]
    r#type: &'static str,
    /// When.
    #[schema(format = DateTime)]
    timestamp: String,
    /// What the event says; its fields depend on the type.
    #[schema(value_type = Object)]
    data: Box<serde_json::value::RawValue>,
    /// The event's id, the same in every delivery.
    #[schema(example = "msg_01hf7yat00fzzvzzzzzzzzzzzz")]
    id: String,
    /// Always `event`.
    #[schema(example = "event")]
    object: &'static str,
    /// The object that it is about.
    object_id: String,
    /// Its number among the brand's events: from 1, without gaps.
    sequence: i64,
    /// The version of the API whose shapes it has.
    #[schema(example = "2026-11-26")]
    api_version: &'static str,
    /// False in the sandbox, where test keys work.
    livemode: bool,
}

impl EventBody {
    /// As the API shows it.
    pub(crate) fn of(event: Envelope) -> Self {
        Self {
            r#type: event.event_type.as_str(),
            timestamp: event.timestamp,
            data: event.data,
            id: event.id.to_string(),
            object: "event",
            object_id: event.object_id,
            sequence: event.sequence,
            api_version: event.api_version,
            livemode: event.livemode,
        }
    }
}

/// Events in the order in which they happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventList {
    /// Always `list`.
    #[schema(example = "list")]
    object: &'static str,
    /// The events, oldest first.
    data: Vec<EventBody>,
    /// Whether there are more now.
    has_more: bool,
    /// The path of the list.
    url: &'static str,
    /// The number to go on `after`: that of the last event here, or, with `delivered`, of the last one that was looked at.
    next_after: i64,
}

/// Which events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
pub(crate) struct EventParams {
    /// Events with a greater number than this. Keep the number of the last one that you have processed.
    #[param(minimum = 0, default = 0)]
    after: Option<i64>,
    /// Types, separated by commas; all if absent.
    #[param(example = "order.attributed,order.refunded")]
    types: Option<String>,
    /// Events about this object.
    object_id: Option<String>,
    /// False: events that a webhook endpoint is to get and has not accepted, not yet or not at all. True: the others. An answer
    /// looks at the next 5,000 events, so that it may have fewer than `limit`, or none, although `has_more` is true.
    delivered: Option<bool>,
    /// Events in the answer, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 10)]
    limit: Option<u32>,
}

/// Reads `types`.
fn types(text: &str) -> Option<Vec<EventType>> {
    text.split(',').map(|name| EventType::parse(name.trim())).collect()
}

/// Lists events in the order in which they happened. They are kept for 30 days.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "Events", operation_id = "listEvents",
    params(EventParams),
    responses((status = 200, description = "Events, oldest first", body = EventList), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn list(State(flow): State<Flow>, request: Request) -> Result<Json<EventList>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    let mut query = ListQuery::of(request.uri());
    let after = query.parse("after", "must be a number from 0", |text| text.parse().ok().filter(|after| *after >= 0));
    let types = query.parse("types", "must be names of event types, separated by commas", types);
    let object_id = query.text("object_id");
    let is_delivered = query.flag("delivered");
    let limit =
        query.parse("limit", "must be 1 to 100", |text| text.parse().ok().filter(|limit| (1..=100).contains(limit)));
    query.end()?;
    let (after, limit) = (after.unwrap_or(0), limit.unwrap_or(10));
    let wanted = EventQuery { after, types: types.unwrap_or_default(), object_id, is_delivered, limit };
    let EventPage { events, next_after, has_more } = flow.outbound().page(&call.merchant, &wanted).await?;
    let data = events.into_iter().map(EventBody::of).collect();
    Ok(Json(EventList { object: "list", data, has_more, url: URL, next_after }))
}

/// Gets an event.
#[utoipa::path(
    get, path = "/api/v1/events/{id}", tag = "Events", operation_id = "getEvent",
    params(("id" = String, Path, description = "The event's id")),
    responses((status = 200, description = "The event", body = EventBody), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn get(
    State(flow): State<Flow>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<EventBody>, Fault> {
    let call = Call::begin(&flow, &request, Scope::read(RESOURCE)).await?;
    ListQuery::of(request.uri()).end()?;
    let id: MessageId = id.parse().map_err(|_| FlowError::NotFound("event"))?;
    let event = flow.outbound().get(&call.merchant, &id).await?;
    Ok(Json(EventBody::of(event)))
}
