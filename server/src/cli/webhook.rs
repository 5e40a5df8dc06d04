//! `creatorscore webhook`: a brand's webhook endpoints, what was sent to them, and the tester.

use clap::{Args, Subcommand};
use domain::{
    BrandId, EndpointId, MessageId, UnixMs,
    webhook::{DeliveryState, Endpoint, EndpointStatus, OVERLAP_HOURS},
};
use flow::{
    Flow,
    access::{Merchant, Operator},
    webhook::{Delivery, DeliveryQuery, EndpointEdit, NewEndpoint, Replay, ReplayEvents, TypeNames, WebhookAdmin},
};
use serde_json::{Value, json};

use crate::serve::Failure;

#[derive(Subcommand, Debug)]
pub(super) enum WebhookCommand {
    /// Add an endpoint; its secret is shown only once
    Create {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Where events are sent: an https URL
        #[arg(long)]
        url: String,
        /// Event types to send, separated by commas; all if not given
        #[arg(long, value_delimiter = ',')]
        types: Option<Vec<String>>,
        /// What the endpoint is for
        #[arg(long, default_value = "")]
        description: String,
    },
    /// List endpoints
    List {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
    },
    /// Change an endpoint
    Update {
        #[command(flatten)]
        of: EndpointOf,
        /// Where events are sent
        #[arg(long)]
        url: Option<String>,
        /// Event types to send, separated by commas
        #[arg(long, value_delimiter = ',', conflicts_with = "all_types")]
        types: Option<Vec<String>>,
        /// Send all event types
        #[arg(long)]
        all_types: bool,
        /// What the endpoint is for
        #[arg(long)]
        description: Option<String>,
        /// Send events again, those that happen from now on. `webhook replay` sends the others
        #[arg(long, conflicts_with = "disable")]
        enable: bool,
        /// Send nothing any more
        #[arg(long)]
        disable: bool,
    },
    /// Remove an endpoint
    Remove {
        #[command(flatten)]
        of: EndpointOf,
    },
    /// Give an endpoint a new secret, shown only once
    Rotate {
        #[command(flatten)]
        of: EndpointOf,
        /// For how many hours the old secret signs too, up to 168
        #[arg(long, default_value_t = OVERLAP_HOURS)]
        overlap_hours: u32,
    },
    /// Send a test event to an endpoint; the running server sends it
    Test {
        #[command(flatten)]
        of: EndpointOf,
    },
    /// List what was sent to an endpoint, latest event first, or show one delivery with its attempts
    Deliveries {
        #[command(flatten)]
        of: EndpointOf,
        /// Show the delivery of this event
        #[arg(long)]
        event: Option<MessageId>,
        /// Only deliveries that are `waiting`, `due`, `delivered` or `dead`
        #[arg(long, value_parser = delivery_state)]
        state: Option<DeliveryState>,
        /// Only events before this number
        #[arg(long)]
        before: Option<i64>,
    },
    /// Send events to an endpoint again; without a range, all since it was created
    Replay {
        #[command(flatten)]
        of: EndpointOf,
        /// This event
        #[arg(long, conflicts_with_all = ["from", "to", "since", "until"])]
        event: Option<MessageId>,
        /// Events from this number on
        #[arg(long, conflicts_with_all = ["since", "until"])]
        from: Option<i64>,
        /// Events up to this number
        #[arg(long, conflicts_with_all = ["since", "until"])]
        to: Option<i64>,
        /// Events from this time on (RFC 3339)
        #[arg(long, value_parser = instant)]
        since: Option<UnixMs>,
        /// Events up to this time (RFC 3339)
        #[arg(long, value_parser = instant)]
        until: Option<UnixMs>,
        /// Only events that did not arrive: given up, or from a time when the endpoint was disabled
        #[arg(long)]
        failed_only: bool,
    },
    /// A built-in receiver, to see what webhooks look like: list what it received, or change it
    Tester {
        /// The brand's id
        #[arg(long)]
        brand: BrandId,
        /// Create it, or give it a new address
        #[arg(long, conflicts_with = "remove")]
        create: bool,
        /// Remove it with what it received
        #[arg(long)]
        remove: bool,
    },
}

#[derive(Args, Debug)]
pub(super) struct EndpointOf {
    /// The brand's id
    #[arg(long)]
    brand: BrandId,
    /// The endpoint's id
    #[arg(long)]
    endpoint: EndpointId,
}

fn delivery_state(text: &str) -> Result<DeliveryState, String> {
    DeliveryState::parse(text).ok_or_else(|| "must be waiting, due, delivered or dead".to_owned())
}

fn instant(text: &str) -> Result<UnixMs, String> {
    UnixMs::parse_rfc3339(text).ok_or_else(|| "must be a time such as 2026-11-26T08:00:00Z".to_owned())
}

type Answer = Result<(Value, String), Failure>;

async fn admin(flow: &Flow, operator: Operator, brand: &BrandId) -> Result<WebhookAdmin, Failure> {
    Ok(WebhookAdmin::try_from(&flow.access().merchant_by_operator(operator, brand).await?)?)
}

/// Runs a command. Returns its result as JSON and as text.
pub(super) async fn run(flow: &Flow, operator: Operator, command: WebhookCommand) -> Answer {
    match command {
        WebhookCommand::Create { brand, url, types, description } => {
            let admin = admin(flow, operator, &brand).await?;
            let types = types.map_or(TypeNames::All, TypeNames::Some);
            create(flow, &admin, &NewEndpoint { url, types, description, ..NewEndpoint::default() }).await
        }
        WebhookCommand::List { brand } => {
            list(flow, &flow.access().merchant_by_operator(operator, &brand).await?).await
        }
        WebhookCommand::Update { of, url, types, all_types, description, enable, disable } => {
            let admin = admin(flow, operator, &of.brand).await?;
            let types = if all_types { Some(TypeNames::All) } else { types.map(TypeNames::Some) };
            let is_enabled = (enable || disable).then_some(enable);
            let edit = EndpointEdit { url, types, description, is_enabled, ..EndpointEdit::default() };
            let endpoint = flow.webhooks().update(&admin, &of.endpoint, &edit).await?;
            Ok((endpoint_json(&endpoint), endpoint_line(&endpoint)))
        }
        WebhookCommand::Remove { of } => {
            let admin = admin(flow, operator, &of.brand).await?;
            flow.webhooks().archive(&admin, &of.endpoint).await?;
            Ok((json!({ "id": of.endpoint, "removed": true }), format!("Removed {}.", of.endpoint)))
        }
        WebhookCommand::Rotate { of, overlap_hours } => {
            let admin = admin(flow, operator, &of.brand).await?;
            let secret = flow.webhooks().rotate(&admin, &of.endpoint, overlap_hours).await?.reveal();
            let text =
                format!("{secret}\nStore it now: it is not shown again. The old one signs for {overlap_hours} h.");
            Ok((json!({ "id": of.endpoint, "secret": secret, "overlap_hours": overlap_hours }), text))
        }
        WebhookCommand::Test { of } => {
            let admin = admin(flow, operator, &of.brand).await?;
            let event = flow.webhooks().send_test(&admin, &of.endpoint).await?;
            Ok((json!({ "event": event }), format!("Queued {event}; the running server sends it.")))
        }
        WebhookCommand::Deliveries { of, event: Some(event), .. } => {
            let admin = admin(flow, operator, &of.brand).await?;
            show_delivery(flow, &admin, &of.endpoint, &event).await
        }
        WebhookCommand::Deliveries { of, event: None, state, before } => {
            let admin = admin(flow, operator, &of.brand).await?;
            deliveries(flow, &admin, &of.endpoint, &DeliveryQuery { state, before, limit: 0 }).await
        }
        WebhookCommand::Replay { of, event, from, to, since, until, failed_only } => {
            let admin = admin(flow, operator, &of.brand).await?;
            let events = match (event, from, to, since, until) {
                (Some(event), ..) => ReplayEvents::Event(event),
                (None, None, None, None, None) => ReplayEvents::All,
                (None, from, to, None, None) => ReplayEvents::Sequences(from.unwrap_or(0)..=to.unwrap_or(i64::MAX)),
                (.., since, until) => {
                    ReplayEvents::Times(since.unwrap_or(UnixMs(0)), until.unwrap_or(UnixMs(i64::MAX)))
                }
            };
            replay(flow, &admin, &of.endpoint, Replay { events, is_failed_only: failed_only }).await
        }
        WebhookCommand::Tester { brand, create, remove } => {
            let admin = admin(flow, operator, &brand).await?;
            tester(flow, &admin, create, remove).await
        }
    }
}

async fn create(flow: &Flow, admin: &WebhookAdmin, new: &NewEndpoint) -> Answer {
    let (endpoint, secret) = flow.webhooks().create(admin, new).await?;
    let (mut answer, secret) = (endpoint_json(&endpoint), secret.reveal());
    answer["secret"] = json!(secret);
    let text = format!("Created endpoint {}.\n{secret}\nStore it now: it is not shown again.", endpoint.id);
    Ok((answer, text))
}

fn endpoint_json(endpoint: &Endpoint) -> Value {
    let mut answer = json!({
        "id": endpoint.id, "url": endpoint.url, "types": endpoint.types.names(), "api_version": endpoint.api_version,
        "description": endpoint.description, "created_at": endpoint.created_at.to_rfc3339(),
        "status": endpoint.status.as_str(), "warning": endpoint.warning.as_ref().map(|warning| &warning.text),
    });
    if let EndpointStatus::Disabled { at, reason } = endpoint.status {
        answer["disabled_at"] = json!(at.to_rfc3339());
        answer["disabled_reason"] = json!(reason.as_str());
    }
    answer
}

fn endpoint_line(endpoint: &Endpoint) -> String {
    let status = match endpoint.status {
        EndpointStatus::Enabled => "enabled".to_owned(),
        EndpointStatus::Disabled { reason, .. } => format!("disabled ({})", reason.as_str()),
    };
    let types = endpoint.types.names().map_or_else(|| "all events".to_owned(), |names| names.join(","));
    let warning = endpoint.warning.as_ref().map_or_else(String::new, |warning| format!("\n  {}", warning.text));
    format!("{} {status} {} {types}{warning}", endpoint.id, endpoint.url)
}

async fn list(flow: &Flow, merchant: &Merchant) -> Answer {
    let endpoints = flow.webhooks().list(merchant).await?;
    let rows: Vec<Value> = endpoints.iter().map(endpoint_json).collect();
    let lines: Vec<String> = endpoints.iter().map(endpoint_line).collect();
    let text = if lines.is_empty() { "No webhook endpoints.".to_owned() } else { lines.join("\n") };
    Ok((json!({ "endpoints": rows }), text))
}

fn delivery_json(delivery: &Delivery) -> Value {
    json!({
        "event": delivery.event, "type": delivery.kind.as_str(), "object_id": delivery.object_id,
        "sequence": delivery.sequence, "state": delivery.state.as_str(), "attempts": delivery.attempts,
        "next_at": delivery.next_at.map(UnixMs::to_rfc3339),
        "finished_at": delivery.finished_at.map(UnixMs::to_rfc3339), "last_status": delivery.last_status,
        "last_error": delivery.last_error,
    })
}

fn delivery_line(delivery: &Delivery) -> String {
    let Delivery { event, kind, sequence, state, attempts, .. } = delivery;
    let status = delivery.last_status.map_or_else(String::new, |status| format!(" {status}"));
    let error = delivery.last_error.as_ref().map_or_else(String::new, |error| format!(" {error}"));
    format!("{sequence} {event} {} {state} {attempts} attempts{status}{error}", kind.as_str())
}

async fn deliveries(flow: &Flow, admin: &WebhookAdmin, endpoint: &EndpointId, query: &DeliveryQuery) -> Answer {
    let page = flow.webhooks().deliveries(admin, endpoint, query).await?;
    let rows: Vec<Value> = page.deliveries.iter().map(delivery_json).collect();
    let mut lines: Vec<String> = page.deliveries.iter().map(delivery_line).collect();
    if lines.is_empty() {
        lines.push("Nothing was sent.".to_owned());
    }
    if let (true, Some(last)) = (page.has_more, page.deliveries.last()) {
        lines.push(format!("More: --before {}", last.sequence));
    }
    Ok((json!({ "deliveries": rows, "has_more": page.has_more }), lines.join("\n")))
}

async fn show_delivery(flow: &Flow, admin: &WebhookAdmin, endpoint: &EndpointId, event: &MessageId) -> Answer {
    let detail = flow.webhooks().delivery(admin, endpoint, event).await?;
    let mut answer = delivery_json(&detail.delivery);
    let mut lines = vec![delivery_line(&detail.delivery)];
    lines.extend(detail.body.clone());
    answer["body"] = detail.body.as_deref().and_then(|body| serde_json::from_str(body).ok()).unwrap_or(Value::Null);
    let mut attempts = Vec::new();
    for attempt in &detail.attempts {
        let (at, said) = (attempt.at.to_rfc3339(), attempt.status.map(|status| status.to_string()));
        let said = said.or_else(|| attempt.error.clone()).unwrap_or_default();
        let excerpt = attempt.answer.as_deref().unwrap_or_default();
        lines.push(format!("{at} {} ms {said} {excerpt}", attempt.duration_ms).trim_end().to_owned());
        attempts.push(json!({ "at": at, "duration_ms": attempt.duration_ms, "status": attempt.status,
                              "error": attempt.error, "answer": attempt.answer }));
    }
    answer["log"] = Value::Array(attempts);
    Ok((answer, lines.join("\n")))
}

/// Queues events again, in as many calls as it takes.
async fn replay(flow: &Flow, admin: &WebhookAdmin, endpoint: &EndpointId, mut replay: Replay) -> Answer {
    let mut queued = 0;
    loop {
        let replayed = flow.webhooks().replay(admin, endpoint, &replay).await?;
        queued += replayed.queued;
        let Some(rest) = replayed.rest else { break };
        replay.events = ReplayEvents::Sequences(rest);
    }
    Ok((json!({ "queued": queued }), format!("Queued {queued} events again; the running server sends them.")))
}

async fn tester(flow: &Flow, admin: &WebhookAdmin, create: bool, remove: bool) -> Answer {
    if remove {
        flow.webhooks().remove_tester(admin).await?;
        return Ok((json!({ "url": null }), "Removed the tester.".to_owned()));
    }
    let url =
        if create { Some(flow.webhooks().create_tester(admin).await?) } else { flow.webhooks().tester(admin).await? };
    let Some(url) = url else {
        return Ok((json!({ "url": null }), "There is no tester; create it with --create.".to_owned()));
    };
    let requests = flow.webhooks().tester_requests(admin).await?;
    let mut lines = vec![url.clone()];
    let mut rows = Vec::new();
    for request in requests {
        let (at, body) = (request.at.to_rfc3339(), String::from_utf8_lossy(&request.body).into_owned());
        lines.push(format!("\n{at} answered {}", request.status));
        lines.extend(request.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(body.clone());
        rows.push(json!({ "id": request.id, "at": at, "status": request.status, "headers": request.headers,
                          "body": body }));
    }
    Ok((json!({ "url": url, "requests": rows }), lines.join("\n")))
}
