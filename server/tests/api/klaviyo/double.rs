//! A double of Klaviyo's API, as its documentation describes `POST /api/events` (revision 2026-07-15).

use core::time::Duration;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::UnixMs;
use flow::Clock;
use serde_json::{Value, json};

use crate::test_server::ManualClock;

/// What an account may send: requests in a second, and in a minute.
const LIMITS: [(i64, usize); 2] = [(1_000, 350), (60_000, 3_500)];

/// What the reference says of the body; the account's own fields are left out.
static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let text = json!({"type": "string", "maxLength": 100_000});
    let resource = |kind: &str, attributes: Value| {
        json!({"type": "object", "required": ["data"], "additionalProperties": false, "properties": {"data": {
            "type": "object", "required": ["type", "attributes"], "additionalProperties": false,
            "properties": {"type": {"const": kind}, "attributes": attributes},
        }}})
    };
    let profile = json!({
        "type": "object", "additionalProperties": false,
        "anyOf": [{"required": ["email"]}, {"required": ["phone_number"]}, {"required": ["external_id"]}],
        "properties": {"email": text, "phone_number": text, "external_id": text, "first_name": text, "last_name": text,
                       "properties": {"type": "object"}},
    });
    let metric = json!({
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 127}},
    });
    let event = json!({
        "type": "object", "required": ["properties", "metric", "profile"], "additionalProperties": false,
        "properties": {
            "properties": {"type": "object", "maxProperties": 400, "additionalProperties": {"anyOf": [
                {"type": "array", "maxItems": 4_000, "items": text}, text, {"type": ["number", "boolean", "null"]},
            ]}},
            "time": {"type": "string", "format": "date-time"}, "value": {"type": "number"},
            "value_currency": {"type": "string", "pattern": "^[A-Z]{3}$"}, "unique_id": text,
            "metric": resource("metric", metric), "profile": resource("profile", profile),
        },
    });
    jsonschema::options().should_validate_formats(true).build(&resource("event", event)).unwrap()
});

/// An answer other than the account's own.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub status: u16,
    pub retry_after: Option<&'static str>,
    pub after: Duration,
}

impl Reply {
    pub(super) fn status(status: u16) -> Self {
        Self { status, retry_after: None, after: Duration::ZERO }
    }
}

type Script = Arc<dyn Fn(&Value) -> Option<Reply> + Send + Sync>;

struct Account {
    keys: Vec<String>,
    clock: Option<ManualClock>,
    /// Requests by length and number of their windows.
    windows: BTreeMap<(i64, i64), usize>,
    seen: BTreeSet<(String, String, String)>,
    events: Vec<Value>,
    requests: Vec<Value>,
    faults: Vec<String>,
    script: Script,
}

/// The double, with one account.
#[derive(Clone)]
pub(super) struct Klaviyo {
    pub url: String,
    account: Arc<Mutex<Account>>,
}

impl Klaviyo {
    /// An account that this key opens.
    pub(super) async fn start(key: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let account = Account {
            keys: vec![key.to_owned()],
            clock: None,
            windows: BTreeMap::new(),
            seen: BTreeSet::new(),
            events: Vec::new(),
            requests: Vec::new(),
            faults: Vec::new(),
            script: Arc::new(|_| None),
        };
        let klaviyo = Self { url, account: Arc::new(Mutex::new(account)) };
        let router = Router::new().route("/api/events", post(receive)).with_state(klaviyo.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        klaviyo
    }

    /// Counts by this clock.
    pub(super) fn keep_time(&self, clock: &ManualClock) {
        self.account.lock().unwrap().clock = Some(clock.clone());
    }

    /// The account has this key alone.
    pub(super) fn replace_key(&self, key: &str) {
        self.account.lock().unwrap().keys = vec![key.to_owned()];
    }

    /// Answers otherwise where the script says so.
    pub(super) fn answer(&self, script: impl Fn(&Value) -> Option<Reply> + Send + Sync + 'static) {
        self.account.lock().unwrap().script = Arc::new(script);
    }

    /// The attributes of the recorded events, in their order, each once.
    pub(super) fn events(&self) -> Vec<Value> {
        self.account.lock().unwrap().events.clone()
    }

    /// The attributes of all that arrived with a right key.
    pub(super) fn requests(&self) -> Vec<Value> {
        self.account.lock().unwrap().requests.clone()
    }

    /// What was against the documentation.
    pub(super) fn faults(&self) -> Vec<String> {
        self.account.lock().unwrap().faults.clone()
    }
}

fn error(status: u16, code: &str, detail: &str) -> Response {
    let fault = json!({"id": "1", "status": status, "code": code, "title": code, "detail": detail,
                       "source": {"pointer": "/data/attributes"}});
    let body = json!({"errors": [fault]}).to_string();
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/vnd.api+json")], body).into_response()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn receive(State(klaviyo): State<Klaviyo>, headers: HeaderMap, body: Bytes) -> Response {
    let (response, after) = answer(&mut klaviyo.account.lock().unwrap(), &headers, &body);
    tokio::time::sleep(after).await;
    response
}

fn answer(account: &mut Account, headers: &HeaderMap, body: &[u8]) -> (Response, Duration) {
    let key = header(headers, "authorization").strip_prefix("Klaviyo-API-Key ").unwrap_or_default();
    if !account.keys.iter().any(|known| known == key) {
        return (error(401, "not_authenticated", "Missing or invalid private key."), Duration::ZERO);
    }
    let now = account.clock.as_ref().map_or(UnixMs(0), Clock::now);
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let faults = faults(headers, body, &value, now);
    let attributes = value["data"]["attributes"].clone();
    account.requests.push(attributes.clone());
    for (length_ms, limit) in LIMITS {
        let count = account.windows.entry((length_ms, now.0 / length_ms)).or_default();
        *count += 1;
        if *count > limit {
            account.faults.push(format!("more than {limit} in {length_ms} ms"));
            return (error(429, "throttled", "Request was throttled."), Duration::ZERO);
        }
    }
    let script = account.script.clone();
    let mut after = Duration::ZERO;
    if let Some(reply) = script(&attributes) {
        if reply.status != 202 {
            let detail = format!("The event of {} is not accepted.", attributes["profile"]["data"]["attributes"]);
            let mut response = error(reply.status, "scripted", &detail);
            if let Some(seconds) = reply.retry_after {
                response.headers_mut().insert("retry-after", seconds.parse().unwrap());
            }
            return (response, reply.after);
        }
        after = reply.after;
    }
    if !faults.is_empty() {
        let detail = faults.join("; ");
        account.faults.extend(faults);
        return (error(400, "invalid", &detail), after);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let profile = text(&attributes["profile"]["data"]["attributes"]["external_id"]);
    let metric = text(&attributes["metric"]["data"]["attributes"]["name"]);
    // Only the first of one id, for the same profile and metric.
    if account.seen.insert((profile, metric, text(&attributes["unique_id"]))) {
        account.events.push(attributes);
    }
    (StatusCode::ACCEPTED.into_response(), after)
}

/// What the documentation says of requests and this one does not keep.
fn faults(headers: &HeaderMap, body: &[u8], value: &Value, now: UnixMs) -> Vec<String> {
    let mut faults: Vec<String> = SCHEMA.iter_errors(value).map(|error| error.to_string()).collect();
    if header(headers, "revision") != "2026-07-15" {
        faults.push("the revision is missing or unknown".to_owned());
    }
    if header(headers, "content-type") != "application/vnd.api+json" {
        faults.push("the content type is not JSON:API's".to_owned());
    }
    if body.len() > 5_000_000 {
        faults.push("larger than 5 MB".to_owned());
    }
    let at = value["data"]["attributes"]["time"].as_str().and_then(UnixMs::parse_rfc3339);
    if at.is_none_or(|at| at.0 < 946_684_800_000 || at.0 > now.0 + 365 * 86_400_000) {
        faults.push("the time is out of range".to_owned());
    }
    faults
}
