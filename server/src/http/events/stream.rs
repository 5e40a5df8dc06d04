//! `/api/v1/events/stream`: events as they happen, as server-sent events.

use core::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{outbound::Envelope, scope::Scope};
use flow::{Flow, FlowError, Invalid, access::Merchant};
use futures::stream;
use utoipa::IntoParams;

use super::{EventBody, RESOURCE, types};
use crate::{
    event_feed::{Credentials, Feeds, LISTENERS_PER_BRAND_MAX, NotListening, Wanted},
    http::{
        api::{
            call::Call,
            fault::{Code, Fault, FaultBody},
            gate,
            list::ListQuery,
        },
        caller::{bearer, credential},
        cookies,
    },
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Asks proxies such as nginx not to collect the answer before they pass it on.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// When to try again if too many listen, in seconds.
const RETRY_AFTER_S: i64 = 15;

/// Which events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the parameters are read one by one; this is their schema")]
pub(crate) struct StreamParams {
    /// Begins with the event after this number; with the next one that happens, if absent.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Types, separated by commas; all if absent.
    #[param(example = "order.attributed,order.refunded")]
    types: Option<String>,
}

/// What a client that was cut off sends.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the header is read by hand; this is its schema")]
pub(crate) struct ResumeParams {
    /// The `id` of the last event that has come; it stands in for `after`. Browsers send it by themselves.
    #[param(rename = "Last-Event-ID", value_type = String, required = false, pattern = "^[0-9]+$")]
    last_event_id: Option<String>,
}

/// Admits a member of a brand who is signed in, or a key as all other endpoints do.
pub(crate) async fn admit(State(flow): State<Flow>, mut request: Request, next: Next) -> Response {
    let id = gate::request_id(&request);
    let Some(proof) = Session::of(request.headers()) else {
        return gate::pass(State(flow), request, next).await;
    };
    let response = match proof.member(&flow).await {
        Ok(merchant) => {
            request.extensions_mut().insert(merchant);
            next.run(request).await
        }
        Err(error) => Fault::from(error).into_response(),
    };
    gate::finish(&flow, &id, response)
}

/// How a member says who they are.
enum Session {
    /// Inside the Shopify admin.
    Token(String),
    /// Outside it.
    Cookie(String),
    /// A session that another site has made a browser send.
    Foreign,
}

impl Session {
    /// The session that comes with a request; `None` if it comes with a key, or nothing.
    fn of(headers: &HeaderMap) -> Option<Self> {
        if headers.contains_key(API_KEY) {
            return None;
        }
        if let Some(token) = bearer(headers) {
            // Session tokens are JWTs, keys have no dots.
            return token.contains('.').then(|| Self::Token(token.to_owned()));
        }
        let cookie = cookies::get(headers, cookies::SESSION)?.to_owned();
        let is_ours = headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin");
        Some(if is_ours { Self::Cookie(cookie) } else { Self::Foreign })
    }

    async fn member(self, flow: &Flow) -> Result<Merchant, FlowError> {
        match self {
            Self::Token(token) => flow.access().merchant_by_session_token(&token).await,
            Self::Cookie(cookie) => flow.access().merchant_by_session(&cookie).await,
            Self::Foreign => Err(FlowError::Unauthorized),
        }
    }
}

/// An event on the wire. Its id is its number, from which the client goes on.
pub(crate) fn frame(event: Envelope) -> Bytes {
    let sequence = event.sequence;
    // JSON has line ends between its parts only, if at all.
    let json = serde_json::to_string(&EventBody::of(event)).unwrap_or_default().replace(['\n', '\r'], " ");
    Bytes::from(format!("id: {sequence}\ndata: {json}\n\n"))
}

/// The number that the client has come to.
fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Fault> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok()).filter(|number: &i64| *number >= 0);
    let fault = || Fault::invalid("Invalid request", Invalid::one("Last-Event-ID must be a number from 0"));
    number.map(Some).ok_or_else(fault)
}

impl From<NotListening> for Fault {
    fn from(reason: NotListening) -> Self {
        match reason {
            NotListening::BrandFull => {
                let sentence = format!("At most {LISTENERS_PER_BRAND_MAX} connections listen to a brand's events");
                Self::new(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, sentence).retry_after(RETRY_AFTER_S)
            }
            NotListening::ProcessFull => {
                let sentence = "Too many connections listen to events; try again later";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, sentence).retry_after(RETRY_AFTER_S)
            }
            NotListening::Flow(error) => error.into(),
        }
    }
}

/// Sends events as they happen, as server-sent events: `data` is an event as the list shows it, `id` is its number. The
/// connection ends after 15 minutes, or within seconds once the key is revoked; the client connects again, and goes on with
/// `Last-Event-ID`.
#[utoipa::path(
    get, path = "/api/v1/events/stream", tag = "Events", operation_id = "streamEvents",
    params(StreamParams, ResumeParams),
    responses((status = 200, description = "Events, oldest first, for up to 15 minutes", body = String, content_type = "text/event-stream"), (status = "default", description = "An error", body = FaultBody)),
    security(("api_key" = []), ("bearer" = []))
)]
pub(crate) async fn stream(
    State(flow): State<Flow>,
    State(feeds): State<Feeds>,
    request: Request,
) -> Result<Response, Fault> {
    let member = request.extensions().get::<Merchant>().cloned();
    let merchant = match member {
        Some(member) => member,
        None => Call::begin(&flow, &request, Scope::read(RESOURCE)).await?.merchant,
    };
    let mut query = ListQuery::of(request.uri());
    let after = query.parse("after", "must be a number from 0", |text| text.parse().ok().filter(|after| *after >= 0));
    let types = query.parse("types", "must be names of event types, separated by commas", types).unwrap_or_default();
    query.end()?;
    let after = last_event_id(request.headers())?.or(after);
    let listener = feeds
        .listen(&merchant, Credentials::new(credential(request.headers()), flow.now()), Wanted { after, types })
        .await?;
    let events = stream::unfold(listener, |mut listener| async move {
        listener.next().await.map(|bytes| (Ok::<_, Infallible>(bytes), listener))
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (BUFFERING, "no")];
    Ok((headers, Body::from_stream(events)).into_response())
}
