//! Events on their way in: every fault of a body is told at once, or every event of it is admitted.

use domain::{
    Currency, EventId, Money, UnixMs, api_key::KeyKind, event::Event, link::code_in_url, money::MoneyError,
    time::DAY_MS,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Flow, Invalid, access::ApiCaller};

/// How far in the future `occurred_at` may be.
const FUTURE_MAX_MS: i64 = 5 * 60_000;
/// How old an event is taken to be at most.
const PAST_MAX_MS: i64 = 7 * DAY_MS;
/// Longest text field, in bytes.
const TEXT_BYTES_MAX: usize = 512;
/// Longest page URL looked at, in bytes.
const URL_BYTES_MAX: usize = 4_096;
/// Largest `event_data`, in bytes.
const DATA_BYTES_MAX: usize = 16 * 1024;

/// The fields of the body, each left as it was written, so that a wrong type can be named.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    event_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pv_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pv_alias: Option<&'a RawValue>,
    #[serde(borrow, default)]
    event_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    occurred_at: Option<&'a RawValue>,
    #[serde(borrow, default)]
    page_url: Option<&'a RawValue>,
    #[serde(borrow, default)]
    product_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    order_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    revenue: Option<&'a RawValue>,
    #[serde(borrow, default)]
    currency: Option<&'a RawValue>,
    #[serde(borrow, default)]
    promo_code_used: Option<&'a RawValue>,
    #[serde(borrow, default)]
    is_new_customer: Option<&'a RawValue>,
    #[serde(borrow, default)]
    event_data: Option<&'a RawValue>,
}

impl Flow {
    /// Reads the body of `POST /api/v1/track`: one event, or an array of up to 100.
    pub fn admit(&self, caller: &ApiCaller, body: &[u8]) -> Result<Vec<Event>, Invalid> {
        let now = self.now();
        let text = str::from_utf8(body).map_err(|_| Invalid::one("the body must be UTF-8"))?;
        check_depth(text)?;
        let not_json = |error: serde_json::Error| Invalid::one(format!("the body must be JSON: {error}"));
        if !text.trim_start().starts_with('[') {
            let raw: &RawValue = serde_json::from_str(text).map_err(not_json)?;
            return self.admit_one(caller, now, raw).map(|event| vec![event]).map_err(Invalid);
        }
        let raws: Vec<&RawValue> = serde_json::from_str(text).map_err(not_json)?;
        if raws.is_empty() || raws.len() > wire::TRACK_BATCH_MAX {
            return Err(Invalid::one(format!("a batch must have 1 to {} events", wire::TRACK_BATCH_MAX)));
        }
        let mut faults = Vec::new();
        let mut events = Vec::with_capacity(raws.len());
        for (place, raw) in raws.into_iter().enumerate() {
            match self.admit_one(caller, now, raw) {
                Ok(event) => events.push(event),
                Err(found) => faults.extend(found.into_iter().map(|fault| format!("event {place}: {fault}"))),
            }
        }
        if faults.is_empty() { Ok(events) } else { Err(Invalid(faults)) }
    }

    fn admit_one(&self, caller: &ApiCaller, now: UnixMs, raw: &RawValue) -> Result<Event, Vec<String>> {
        if !raw.get().starts_with('{') {
            return Err(vec!["an event must be a JSON object".to_owned()]);
        }
        let body: Body<'_> = serde_json::from_str(raw.get()).map_err(|error| vec![format!("invalid JSON: {error}")])?;
        let mut faults = Faults(Vec::new());

        let event_type = faults.text("event_type", body.event_type);
        let event_type = match event_type.as_deref().map(str::as_bytes).map(wire::EventType::parse) {
            Some(Some(kind)) => Some(kind),
            Some(None) => {
                faults.say(format!("event_type must be one of: {}", domain::event::TYPES.join(", ")));
                None
            }
            None => {
                faults.require("event_type", body.event_type);
                None
            }
        };
        let pv_id = faults.uuid("pv_id", body.pv_id);
        faults.require("pv_id", body.pv_id);
        let pv_alias = faults.uuid("pv_alias", body.pv_alias);
        let event_id = faults.uuid("event_id", body.event_id);
        let occurred_at = faults.instant(body.occurred_at, now);
        let page_url = faults.url(body.page_url);
        let product_id = faults.id("product_id", body.product_id);
        let order_id = faults.id("order_id", body.order_id);
        let promo_code = faults.text("promo_code_used", body.promo_code_used);
        let is_new_customer = faults.flag("is_new_customer", body.is_new_customer);
        let event_data = faults.data(body.event_data);
        let currency = match faults.text("currency", body.currency) {
            Some(code) => Currency::parse(&code).or_else(|| {
                faults.say("currency must be an ISO 4217 code".to_owned());
                None
            }),
            None => Some(Currency::USD),
        };
        let revenue = faults.revenue(body.revenue, currency);
        if event_type == Some(wire::EventType::Purchase) {
            for (name, raw) in [("order_id", body.order_id), ("revenue", body.revenue)] {
                if present(raw).is_none() {
                    faults.say(format!("{name} is required for purchase events"));
                }
            }
        }

        let (Some(event_type), Some(pv_id), true) = (event_type, pv_id, faults.0.is_empty()) else {
            return Err(faults.0);
        };
        let ref_code = page_url.as_deref().and_then(code_in_url).map(String::from);
        Ok(Event {
            id: event_id.unwrap_or_else(|| EventId::new(now.0, self.random()).into()),
            brand: caller.brand().clone(),
            event_type: event_type.as_str().to_owned(),
            pv_id,
            pv_alias,
            occurred_at,
            received_at: now,
            page_url: page_url.map(without_query),
            ref_code,
            product_id,
            order_id,
            revenue,
            promo_code: promo_code.map(|code| code.to_uppercase()),
            is_new_customer,
            event_data,
            is_verified: caller.kind() == KeyKind::Server,
            is_test: caller.is_test(),
        })
    }
}

/// Queries and fragments carry names, addresses and tokens of other people's systems: not kept.
pub(crate) fn without_query(url: String) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    url[..end].to_owned()
}

/// JSON `null` is the same as absent.
fn present(raw: Option<&RawValue>) -> Option<&RawValue> {
    raw.filter(|raw| raw.get() != "null")
}

struct Faults(Vec<String>);

impl Faults {
    fn say(&mut self, fault: String) {
        self.0.push(fault);
    }

    fn require(&mut self, name: &str, raw: Option<&RawValue>) {
        if present(raw).is_none() {
            self.say(format!("{name} is required"));
        }
    }

    fn text(&mut self, name: &str, raw: Option<&RawValue>) -> Option<String> {
        let raw = present(raw)?;
        match serde_json::from_str::<String>(raw.get()) {
            Ok(text) if text.len() > TEXT_BYTES_MAX && name != "page_url" => {
                self.say(format!("{name} must be at most {TEXT_BYTES_MAX} bytes"));
                None
            }
            Ok(text) if text.contains('\0') => {
                self.say(format!("{name} must not contain a NUL character"));
                None
            }
            Ok(text) => Some(text),
            Err(_) => {
                self.say(format!("{name} must be a string"));
                None
            }
        }
    }

    /// An id of the sender's, written as a string or, as many systems do, as a whole number.
    fn id(&mut self, name: &str, raw: Option<&RawValue>) -> Option<String> {
        let number = present(raw)?.get();
        if !number.is_empty() && number.len() <= 20 && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(number.to_owned());
        }
        let text = self.text(name, raw)?;
        if text.trim().is_empty() {
            self.say(format!("{name} must not be empty"));
            return None;
        }
        Some(text.trim().to_owned())
    }

    fn uuid(&mut self, name: &str, raw: Option<&RawValue>) -> Option<String> {
        let text = self.text(name, raw)?;
        if wire::is_uuid(text.as_bytes()) {
            return Some(text.to_ascii_lowercase());
        }
        self.say(format!("{name} must be a UUID"));
        None
    }

    fn flag(&mut self, name: &str, raw: Option<&RawValue>) -> Option<bool> {
        let flag = serde_json::from_str(present(raw)?.get()).ok();
        if flag.is_none() {
            self.say(format!("{name} must be a boolean"));
        }
        flag
    }

    fn url(&mut self, raw: Option<&RawValue>) -> Option<String> {
        let url = self.text("page_url", raw)?;
        if url.len() > URL_BYTES_MAX {
            self.say(format!("page_url must be at most {URL_BYTES_MAX} bytes"));
            return None;
        }
        Some(url)
    }

    fn data(&mut self, raw: Option<&RawValue>) -> Option<String> {
        let raw = present(raw)?.get();
        if !raw.starts_with('{') {
            self.say("event_data must be an object".to_owned());
            return None;
        }
        if raw.len() > DATA_BYTES_MAX {
            self.say(format!("event_data must be at most {DATA_BYTES_MAX} bytes"));
            return None;
        }
        (raw != "{}").then(|| raw.to_owned())
    }

    fn instant(&mut self, raw: Option<&RawValue>, now: UnixMs) -> UnixMs {
        let Some(text) = self.text("occurred_at", raw) else { return now };
        match UnixMs::parse_rfc3339(&text) {
            Some(at) if at > now.plus_ms(FUTURE_MAX_MS) => {
                self.say("occurred_at must not be more than 5 minutes in the future".to_owned());
                now
            }
            Some(at) => at.max(now.plus_ms(-PAST_MAX_MS)),
            None => {
                self.say("occurred_at must be an RFC 3339 date and time".to_owned());
                now
            }
        }
    }

    fn revenue(&mut self, raw: Option<&RawValue>, currency: Option<Currency>) -> Option<Money> {
        let text = present(raw)?.get();
        if !text.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            self.say("revenue must be a number".to_owned());
            return None;
        }
        match Money::parse(text, currency?) {
            Ok(money) => Some(money),
            Err(MoneyError::NotANumber) => {
                self.say("revenue must be a number".to_owned());
                None
            }
            Err(error) => {
                self.say(format!("revenue {error}"));
                None
            }
        }
    }
}

/// Refuses JSON nested deeper than [`wire::JSON_DEPTH_MAX`], without parsing it.
pub(crate) fn check_depth(text: &str) -> Result<(), Invalid> {
    let (mut depth, mut in_string, mut is_escaped) = (0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > wire::JSON_DEPTH_MAX {
                    return Err(Invalid::one(format!("JSON must be nested at most {} deep", wire::JSON_DEPTH_MAX)));
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}
