//! Customers as clients tell of them: who they are, and what they did (Attribution.io's identities and events,
//! CONTRACTS §8), on the same orders, ledger and customers as everything else.

use domain::{
    Currency, CustomerId, Money, UnixMs, api_key::KeyKind, brand::Brand, event::Event, money::MoneyError, time::DAY_MS,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};
use sha2::{Digest, Sha256};
use store::{
    customers::Join,
    profiles::{CustomerEvent, Profile},
};

use crate::{
    Flow, FlowError, Invalid,
    access::ApiCaller,
    context::hex,
    event::{check_depth, without_query},
    tracking::Sale,
};

/// Longest name of a customer, event or transaction, in bytes.
const TEXT_BYTES_MAX: usize = 512;
/// Longest URL looked at, in bytes.
const URL_BYTES_MAX: usize = 4_096;
/// Largest `meta`, in bytes.
const META_BYTES_MAX: usize = 16 * 1024;
/// Most aliases of one call.
const ALIASES_MAX: usize = 50;
/// How far in the future `created_at` may be.
const FUTURE_MAX_MS: i64 = 5 * 60_000;
/// How old what a browser tells is taken to be at most.
const BROWSER_PAST_MAX_MS: i64 = 7 * DAY_MS;

/// What a client said of a customer, as it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToldProfile {
    /// The client's name of the customer; nothing for visitors without one.
    pub client_id: Option<String>,
    /// What else it said, a JSON object.
    pub meta: Option<Box<str>>,
}

/// What a client said that a customer did, as it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToldEvent {
    /// The client's name of the kind of event.
    pub event_key: String,
    /// Where it happened, without query.
    pub url: Option<String>,
    /// The client's id of the transaction.
    pub transaction_id: Option<String>,
    /// The order that the event is, if it is one.
    pub order: Option<String>,
    /// Told for the record; nothing is credited.
    pub is_informational: bool,
    /// The visitors named with it.
    pub aliases: Vec<String>,
    /// What else was said, a JSON object.
    pub meta: Option<Box<str>>,
    /// When it arrived.
    pub received_at: i64,
}

/// A taken event: what the ingest must still store, and the answer once it has.
#[derive(Debug)]
pub struct TakenEvent {
    /// A browser's report of a purchase: evidence like any other.
    pub event: Option<Event>,
    /// The answer.
    pub answer: Value,
}

/// The fields that both calls share, read and checked.
struct Told<'a> {
    fields: Map<String, Value>,
    meta: Option<&'a str>,
    client_id: Option<String>,
    /// SHA-256 of the customer's e-mail address.
    address: Option<String>,
    aliases: Vec<String>,
    caller: ApiCaller,
    at: UnixMs,
}

impl Told<'_> {
    fn is_backend(&self) -> bool {
        self.caller.kind() == KeyKind::Server
    }
}

/// The hash under which browsers name an e-mail address: of the address in lower case, without space around it.
pub(crate) fn address_sha256(address: &str) -> String {
    hex(&Sha256::digest(address.trim().to_lowercase().as_bytes()))
}

fn wrong(sentence: impl Into<String>) -> FlowError {
    Invalid::one(sentence).into()
}

pub(crate) fn profile_place(brand: &domain::BrandId, identity: &str) -> String {
    format!("profiles/{brand}/{identity}")
}

pub(crate) fn event_place(brand: &domain::BrandId, id: &str) -> String {
    format!("customer_events/{brand}/{id}")
}

impl Flow {
    /// Takes `POST /identities`: a client names the customer behind one or more visitors. With a server key in
    /// `public_key` the word is a backend's and customers may merge; with a pixel key it is a browser's, which may
    /// claim a name that nobody has for a visitor who has none.
    pub async fn api_identity(&self, body: &[u8]) -> Result<Value, FlowError> {
        let told = self.told(body, "identity").await?;
        if told.client_id.is_none() && told.aliases.is_empty() {
            return Err(wrong("client_id or aliases is required"));
        }
        if told.caller.is_test() {
            return self.keep_test_call(&told).await;
        }
        let joined = self.join_told(&told).await?;
        let brand = told.caller.brand();
        if joined && let Some(identity) = self.identity_of(&told) {
            let profile = ToldProfile { client_id: told.client_id.clone(), meta: told.meta.map(Box::from) };
            let profile = Profile {
                sealed: self.seal(&profile_place(brand, &identity), &profile),
                identity,
                created_at: told.at,
                updated_at: self.now(),
            };
            self.store.put_profile(brand, &profile).await?;
        }
        Ok(json!({ "success": true, "joined": joined }))
    }

    /// Takes `POST /events`: a client says what a customer did. With an amount in `meta` (`revenue`, `amount` or
    /// `value`) it is a purchase: an order from a server key, and from a pixel key a report that may be evidence for
    /// one.
    pub async fn api_event(&self, body: &[u8]) -> Result<TakenEvent, FlowError> {
        let told = self.told(body, "event").await?;
        let event_key = text(&told.fields, "event_public_key", TEXT_BYTES_MAX)?
            .ok_or_else(|| wrong("event_public_key is required"))?;
        let url = text(&told.fields, "url", URL_BYTES_MAX)?.map(without_query);
        let transaction_id = text(&told.fields, "transaction_id", TEXT_BYTES_MAX)?;
        if transaction_id.as_deref().is_some_and(|id| id.starts_with(crate::tracking::TEST_PREFIX)) {
            return Err(wrong("transaction_id must not begin with test:"));
        }
        let is_informational = flag(&told.fields, "is_informational")?;
        let amount = told.meta.map(amount).transpose()?.flatten();
        let identity = self.identity_of(&told).ok_or_else(|| wrong("client_id or aliases is required"))?;
        if told.caller.is_test() {
            return Ok(TakenEvent { event: None, answer: self.keep_test_call(&told).await? });
        }
        let brand = self.store.brand(told.caller.brand()).await?.ok_or(FlowError::NotFound("brand"))?;
        let joined = self.join_told(&told).await?;
        let id = event_id(&told, &event_key, url.as_deref(), transaction_id.as_deref());
        let (mut order, mut report) = (None, None);
        if let Some(amount) = amount.filter(|amount| amount.minor > 0 && !is_informational) {
            if told.is_backend() {
                let transaction = transaction_id.clone().unwrap_or_else(|| format!("event-{id}"));
                order = Some(crate::order::external_id(&transaction));
                self.take_event_sale(&brand, &told, &transaction, amount).await?;
            } else if let (Some(transaction), Some(pv_id)) = (&transaction_id, told.aliases.first()) {
                order = Some(crate::order::external_id(transaction));
                report = Some(self.reported_purchase(&told, &id, pv_id, transaction, amount));
            }
        }
        let told_event = ToldEvent {
            event_key,
            url,
            transaction_id,
            order,
            is_informational,
            aliases: told.aliases.clone(),
            meta: told.meta.map(Box::from),
            received_at: self.now().0,
        };
        let sealed = self.seal(&event_place(&brand.id, &id), &told_event);
        let event = CustomerEvent { id, identity, sealed, at: told.at };
        self.store.put_customer_event(&brand.id, &event).await?;
        Ok(TakenEvent { event: report, answer: json!({ "success": true, "joined": joined }) })
    }

    async fn take_event_sale(
        &self,
        brand: &Brand,
        told: &Told<'_>,
        transaction_id: &str,
        amount: Money,
    ) -> Result<(), FlowError> {
        let sale = Sale {
            transaction_id,
            amount,
            placed_at: told.at,
            is_test: false,
            pv_id: told.aliases.first().cloned(),
            key: self.identity_of(told).filter(|identity| !identity.starts_with("pv:")),
            lines: Vec::new(),
            meta: "{}",
        };
        // A repeat changes nothing: the first word stands.
        self.take_sale(brand, sale).await.map(|_| ())
    }

    fn reported_purchase(&self, told: &Told<'_>, id: &str, pv_id: &str, order_id: &str, amount: Money) -> Event {
        Event {
            // The same report told twice is one event.
            id: format!("customer-event-{id}"),
            brand: told.caller.brand().clone(),
            event_type: wire::EventType::Purchase.as_str().to_owned(),
            pv_id: pv_id.to_owned(),
            pv_alias: None,
            occurred_at: told.at,
            received_at: self.now(),
            page_url: None,
            ref_code: None,
            product_id: None,
            order_id: Some(order_id.to_owned()),
            revenue: Some(amount),
            promo_code: None,
            is_new_customer: None,
            event_data: None,
            is_verified: false,
            is_test: false,
        }
    }

    /// Reads what both calls share, and proves `public_key`.
    async fn told<'a>(&self, body: &'a [u8], name: &'static str) -> Result<Told<'a>, FlowError> {
        let body = str::from_utf8(body).map_err(|_| wrong("the body must be UTF-8"))?;
        check_depth(body)?;
        let (fields, meta) = fields(body, name)?;
        let key = fields.get("public_key").and_then(Value::as_str).ok_or(FlowError::Unauthorized)?;
        let caller = self.api_caller(key).await?;
        let aliases = aliases(&fields)?;
        let client_id = text(&fields, "client_id", TEXT_BYTES_MAX)?;
        let address = address(&fields)?;
        if caller.kind() == KeyKind::Pixel && aliases.is_empty() {
            return Err(wrong("aliases is required: a browser speaks for its own visitor"));
        }
        let at = self.created_at(&fields, caller.kind())?;
        Ok(Told { fields, meta, client_id, address, aliases, caller, at })
    }

    fn created_at(&self, fields: &Map<String, Value>, kind: KeyKind) -> Result<UnixMs, FlowError> {
        let now = self.now();
        let unreadable = || wrong("created_at must be Unix seconds");
        let at = match fields.get("created_at") {
            None | Some(Value::Null) => return Ok(now),
            Some(Value::Number(number)) => seconds(&number.to_string()).ok_or_else(unreadable)?,
            Some(Value::String(text)) => {
                seconds(text.trim()).or_else(|| UnixMs::parse_rfc3339(text.trim())).ok_or_else(unreadable)?
            }
            Some(_) => return Err(unreadable()),
        };
        if at > now.plus_ms(FUTURE_MAX_MS) {
            return Err(wrong("created_at must not be more than 5 minutes in the future"));
        }
        Ok(if kind == KeyKind::Pixel { at.max(now.plus_ms(-BROWSER_PAST_MAX_MS)) } else { at })
    }

    /// Whom the call is about: the customer by the client's name, else the visitor.
    fn identity_of(&self, told: &Told<'_>) -> Option<String> {
        match (&told.client_id, told.is_backend()) {
            (Some(client_id), true) => Some(self.key_identity(client_id)),
            (Some(client_id), false) => Some(self.claim_identity(client_id)),
            (None, _) => told.aliases.first().map(|pv_id| format!("pv:{pv_id}")),
        }
    }

    /// Joins the visitors and the customer of a call. False when a browser may not.
    async fn join_told(&self, told: &Told<'_>) -> Result<bool, FlowError> {
        let mut identities: Vec<String> = told.aliases.iter().map(|pv_id| format!("pv:{pv_id}")).collect();
        if told.client_id.is_some() {
            identities.extend(self.identity_of(told));
        }
        let address = told.address.as_deref();
        identities.extend(
            address.map(|hash| if told.is_backend() { self.mail_identity(hash) } else { self.mail_claim(hash) }),
        );
        let join = if told.is_backend() { Join::Merge } else { Join::OnlyNew };
        let now = self.now();
        let id = CustomerId::new(now.0, self.random());
        Ok(self.store.join_identities(told.caller.brand(), &identities, &id, join, now).await?.is_some())
    }

    /// The identity of an e-mail address by its SHA-256, as a backend or a shop tells it.
    pub(crate) fn mail_identity(&self, sha256: &str) -> String {
        format!("mail:{}", self.identity_hash("email-sha256", sha256))
    }

    /// As [`Self::mail_identity`], as a browser says it; it is only believed where the brand says so.
    pub(crate) fn mail_claim(&self, sha256: &str) -> String {
        format!("claim-mail:{}", self.identity_hash("email-sha256", sha256))
    }

    async fn keep_test_call(&self, told: &Told<'_>) -> Result<Value, FlowError> {
        let id = CustomerId::new(self.now().0, self.random());
        self.keep_test_record(told.caller.brand(), id.as_str(), "lead", None).await?;
        Ok(json!({ "success": true, "joined": false, "data": { "is_test": true } }))
    }

    fn seal<T: Serialize>(&self, place: &str, value: &T) -> Vec<u8> {
        // These types have only texts, flags and numbers: they always serialise.
        self.vault.seal(place, &serde_json::to_vec(value).unwrap_or_default(), self.random())
    }

    pub(crate) fn unseal<T: serde::de::DeserializeOwned>(&self, place: &str, sealed: &[u8]) -> Result<T, FlowError> {
        serde_json::from_slice(&self.vault.open(place, sealed)?).map_err(|_| FlowError::Sealed)
    }
}

/// The same event has the same id however often it is told: by its transaction, else by all that tells it apart.
fn event_id(told: &Told<'_>, event_key: &str, url: Option<&str>, transaction_id: Option<&str>) -> String {
    let at = told.at.0.to_string();
    let aliases = told.aliases.join(" ");
    let parts = match transaction_id {
        Some(transaction) => vec!["transaction", event_key, transaction],
        None => {
            vec!["event", event_key, told.client_id.as_deref().unwrap_or(""), &aliases, url.unwrap_or(""), &at]
        }
    };
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(0).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..16])
}

/// The object under `name`, and its `meta` as it was written: an amount in it must not pass through a float.
fn fields<'a>(body: &'a str, name: &str) -> Result<(Map<String, Value>, Option<&'a str>), FlowError> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow, default)]
        identity: Option<&'a RawValue>,
        #[serde(borrow, default)]
        event: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Meta<'a> {
        #[serde(borrow, default)]
        meta: Option<&'a RawValue>,
    }
    let not_object = || wrong("the body must be a JSON object");
    if !body.trim_start().starts_with('{') {
        return Err(not_object());
    }
    let envelope: Envelope<'a> = serde_json::from_str(body).map_err(|_| not_object())?;
    let inner = if name == "identity" { envelope.identity } else { envelope.event };
    let inner = inner.ok_or_else(|| wrong(format!("{name} is required")))?;
    let unreadable = |_| wrong(format!("{name} must be an object"));
    let mut fields: Map<String, Value> = serde_json::from_str(inner.get()).map_err(unreadable)?;
    fields.remove("meta");
    let Meta { meta } = serde_json::from_str(inner.get()).map_err(unreadable)?;
    let meta = meta.map(RawValue::get).filter(|meta| *meta != "null");
    match meta {
        Some(meta) if !meta.starts_with('{') => Err(wrong("meta must be an object")),
        Some(meta) if meta.len() > META_BYTES_MAX => Err(wrong(format!("meta must be at most {META_BYTES_MAX} bytes"))),
        meta => Ok((fields, meta)),
    }
}

/// A text field; whole numbers are taken as texts, as many systems write ids.
fn text(fields: &Map<String, Value>, name: &str, bytes_max: usize) -> Result<Option<String>, FlowError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(Some(number.to_string())),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) if text.len() <= bytes_max && !text.contains('\0') => {
            Ok(Some(text.trim().to_owned()))
        }
        Some(Value::String(_)) => Err(wrong(format!("{name} must be at most {bytes_max} bytes"))),
        Some(_) => Err(wrong(format!("{name} must be a string"))),
    }
}

/// The customer's e-mail address as its SHA-256: hashed by the sender (`email_sha256`) or here (`email`).
fn address(fields: &Map<String, Value>) -> Result<Option<String>, FlowError> {
    if let Some(hash) = text(fields, "email_sha256", TEXT_BYTES_MAX)? {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        return if is_hash {
            Ok(Some(hash.to_ascii_lowercase()))
        } else {
            Err(wrong("email_sha256 must be 64 hex digits"))
        };
    }
    Ok(text(fields, "email", TEXT_BYTES_MAX)?.map(|address| address_sha256(&address)))
}

fn flag(fields: &Map<String, Value>, name: &str) -> Result<bool, FlowError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(wrong(format!("{name} must be a boolean"))),
    }
}

fn aliases(fields: &Map<String, Value>) -> Result<Vec<String>, FlowError> {
    let list = match fields.get("aliases") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() <= ALIASES_MAX => list,
        Some(Value::Array(_)) => return Err(wrong(format!("aliases must be at most {ALIASES_MAX}"))),
        Some(_) => return Err(wrong("aliases must be an array")),
    };
    let mut aliases: Vec<String> = Vec::with_capacity(list.len());
    for alias in list {
        let alias = alias.as_str().map(str::trim).filter(|alias| wire::is_uuid(alias.as_bytes()));
        let alias = alias.ok_or_else(|| wrong("aliases must be pv_ids (UUID)"))?.to_ascii_lowercase();
        if !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    Ok(aliases)
}

/// Unix seconds, whole or with a fraction, as Unix ms.
fn seconds(text: &str) -> Option<UnixMs> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok().filter(|whole| (0..=99_999_999_999).contains(whole))?;
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(UnixMs(whole * 1_000 + digits.parse::<i64>().ok()?))
}

/// What a purchase was for, if `meta` tells an amount.
fn amount(meta: &str) -> Result<Option<Money>, FlowError> {
    #[derive(Deserialize)]
    struct Amounts<'a> {
        #[serde(borrow, default)]
        revenue: Option<&'a RawValue>,
        #[serde(borrow, default)]
        amount: Option<&'a RawValue>,
        #[serde(borrow, default)]
        value: Option<&'a RawValue>,
        #[serde(default)]
        currency: Option<Value>,
    }
    let amounts: Amounts<'_> = serde_json::from_str(meta).map_err(|_| wrong("meta must be an object"))?;
    let named = [("revenue", amounts.revenue), ("amount", amounts.amount), ("value", amounts.value)];
    let found = named.into_iter().find_map(|(name, raw)| Some((name, raw?.get())).filter(|(_, raw)| *raw != "null"));
    let Some((name, raw)) = found else { return Ok(None) };
    let currency = match amounts.currency {
        None | Some(Value::Null) => Currency::USD,
        Some(Value::String(code)) => {
            Currency::parse(&code).ok_or_else(|| wrong("meta.currency must be an ISO 4217 code"))?
        }
        Some(_) => return Err(wrong("meta.currency must be an ISO 4217 code")),
    };
    match Money::parse(raw.trim_matches('"'), currency) {
        Ok(money) => Ok(Some(money)),
        // `value` and its like may be anything.
        Err(MoneyError::NotANumber) if name != "revenue" => Ok(None),
        Err(error) => Err(wrong(format!("meta.{name} {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_amounts_are_read_as_written() {
        assert_eq!(seconds("1505069342"), Some(UnixMs(1_505_069_342_000)));
        assert_eq!(seconds("1505069342.46"), Some(UnixMs(1_505_069_342_460)));
        assert_eq!(seconds("-1"), None);
        assert_eq!(seconds("soon"), None);
        let money = |minor, code| Some(Money { minor, currency: Currency::parse(code).unwrap() });
        assert_eq!(amount(r#"{"revenue": 49.99}"#).unwrap(), money(4_999, "USD"));
        assert_eq!(amount(r#"{"amount": "100.0", "currency": "JPY"}"#).unwrap(), money(100, "JPY"));
        assert_eq!(amount(r#"{"value": "gold"}"#).unwrap(), None);
        assert_eq!(amount(r#"{"plan": "pro"}"#).unwrap(), None);
        assert!(amount(r#"{"revenue": -1}"#).is_err());
        assert!(amount(r#"{"revenue": 1, "currency": 7}"#).is_err());
    }
}
