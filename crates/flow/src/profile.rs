//! Customers as clients tell of them: who they are, and what they did (Attribution.io's identities and events,
//! CONTRACTS §8), on the same orders, ledger and customers as everything else.

use domain::{Currency, CustomerId, Money, UnixMs, api_key::KeyKind, brand::Brand, event::Event, time::DAY_MS};
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
    /// Whether a backend told it.
    pub is_backend: bool,
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

/// The customer's e-mail address.
struct Address {
    /// [`address_sha256`] of it.
    sha256: String,
    /// The address itself, where it was given.
    plain: Option<String>,
}

/// The fields that both calls share, read and checked.
struct Told<'a> {
    fields: Map<String, Value>,
    meta: Option<&'a str>,
    client_id: Option<String>,
    address: Option<Address>,
    aliases: Vec<String>,
    caller: ApiCaller,
    at: UnixMs,
    /// `created_at` as it was written.
    created_at: Option<String>,
}

impl Told<'_> {
    fn is_backend(&self) -> bool {
        self.caller.kind() == KeyKind::Server
    }

    /// The first of the visitors.
    fn visitor(&self) -> Option<String> {
        self.aliases.first().map(|pv_id| format!("pv:{pv_id}"))
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
        if !told.is_backend() && told.aliases.is_empty() {
            // A browser speaks for its own visitor, and this one does not say which.
            return Ok(json!({ "success": true, "joined": false }));
        }
        let identity = self.told_identity(&told);
        let joined = self.join_told(&told, identity.as_deref()).await?;
        if joined && let Some(identity) = identity.or_else(|| told.visitor()) {
            self.put_told_profile(&told, identity).await?;
        }
        Ok(json!({ "success": true, "joined": joined }))
    }

    /// Keeps what a client says of a customer; what it does not say again stays.
    async fn put_told_profile(&self, told: &Told<'_>, identity: String) -> Result<(), FlowError> {
        let brand = told.caller.brand();
        let place = profile_place(brand, &identity);
        let before = match self.store.profiles_of(brand, core::slice::from_ref(&identity)).await?.pop() {
            Some(stored) => Some(self.unseal::<ToldProfile>(&place, &stored.sealed)?),
            None => None,
        };
        let kept = before.clone().unwrap_or_default();
        let profile = ToldProfile {
            client_id: told.client_id.clone().or(kept.client_id),
            meta: told.meta.map(Box::from).or(kept.meta),
        };
        // The same again, as on every page of a shop, costs no write.
        if before.as_ref() == Some(&profile) {
            return Ok(());
        }
        let sealed = self.seal(&place, &profile);
        let profile = Profile { identity, sealed, created_at: told.at, updated_at: self.now() };
        Ok(self.store.put_profile(brand, &profile).await?)
    }

    /// Takes `POST /events`: a client says what a customer did. With `revenue` in `meta`, or with an `amount` or `value`
    /// and a transaction's id, it is a purchase: an order from a server key, and from a pixel key a report that may be
    /// evidence for one.
    pub async fn api_event(&self, body: &[u8]) -> Result<TakenEvent, FlowError> {
        let told = self.told(body, "event").await?;
        let event_key = text(&told.fields, "event_public_key", TEXT_BYTES_MAX)?
            .ok_or_else(|| wrong("event_public_key is required"))?;
        let url = text(&told.fields, "url", URL_BYTES_MAX)?.map(without_query);
        let transaction_id = text(&told.fields, "transaction_id", TEXT_BYTES_MAX)?;
        if transaction_id.as_deref().is_some_and(|id| id.starts_with(crate::tracking::TEST_PREFIX)) {
            return Err(wrong("transaction_id must not begin with test:"));
        }
        let transaction_id = transaction_id.map(|id| crate::order::external_id(&id));
        let is_informational = flag(&told.fields, "is_informational")?;
        let brand = self.store.brand(told.caller.brand()).await?.ok_or(FlowError::NotFound("brand"))?;
        let amount = match told.meta {
            Some(meta) if !is_informational => amount(meta, transaction_id.is_some(), brand.currency)?,
            _ => None,
        };
        let amount = amount.filter(|amount| amount.minor > 0);
        if told.client_id.is_none() && told.aliases.is_empty() {
            return Err(wrong("client_id or aliases is required"));
        }
        if amount.is_some() && told.is_backend() && transaction_id.is_none() && told.created_at.is_none() {
            return Err(wrong("transaction_id or created_at is required with revenue: a repeat must be told apart"));
        }
        if told.caller.is_test() {
            return Ok(TakenEvent { event: None, answer: self.keep_test_call(&told).await? });
        }
        if !told.is_backend() && told.aliases.is_empty() {
            return Ok(TakenEvent { event: None, answer: json!({ "success": true, "joined": false }) });
        }
        let named = if told.is_backend() && told.aliases.is_empty() {
            self.known_identity(&told).await?
        } else {
            self.told_identity(&told)
        };
        let joined = self.join_told(&told, named.as_deref()).await?;
        // What a browser says about a name that is not its own is told of its own visitor.
        let owner = if joined { named.clone().or_else(|| told.visitor()) } else { self.lone_visitor(&told).await? };
        let owner = owner.ok_or_else(|| wrong("client_id or aliases is required"))?;
        let id = self.event_id(&told, &event_key, url.as_deref(), transaction_id.as_deref());
        let (mut order, mut report) = (None, None);
        if let Some(amount) = amount {
            if told.is_backend() {
                let transaction = transaction_id.clone().unwrap_or_else(|| format!("event-{id}"));
                self.take_event_sale(&brand, &told, &transaction, amount, named).await?;
                order = Some(transaction);
            } else if let (Some(transaction), Some(pv_id)) = (&transaction_id, told.aliases.first()) {
                order = Some(transaction.clone());
                report = Some(self.reported_purchase(&told, &id, pv_id, transaction, amount));
            }
        }
        let told_event = ToldEvent {
            event_key,
            url,
            transaction_id,
            order,
            is_backend: told.is_backend(),
            is_informational,
            aliases: told.aliases.clone(),
            meta: told.meta.map(Box::from),
            received_at: self.now().0,
        };
        let sealed = self.seal(&event_place(&brand.id, &id), &told_event);
        let event = CustomerEvent { id, identity: owner, sealed, at: told.at };
        self.store.put_customer_event(&brand.id, &event).await?;
        Ok(TakenEvent { event: report, answer: json!({ "success": true, "joined": joined }) })
    }

    async fn take_event_sale(
        &self,
        brand: &Brand,
        told: &Told<'_>,
        transaction_id: &str,
        amount: Money,
        key: Option<String>,
    ) -> Result<(), FlowError> {
        let pv_id = told.aliases.first().cloned();
        let sale = Sale {
            transaction_id,
            amount,
            placed_at: told.at,
            is_test: false,
            pv_id: pv_id.clone(),
            key: key.clone(),
            lines: Vec::new(),
            meta: "{}",
        };
        if self.take_sale(brand, sale).await?.is_some() {
            return Ok(());
        }
        // Told before, perhaps by Shopify: the amount stands, and whose it is may be new.
        let stored = self.store.order_by_external_id(&brand.id, transaction_id).await?;
        if stored.is_some_and(|record| record.order.redacted_at.is_none() && !record.order.is_test) {
            let pv = pv_id.map(|pv_id| format!("pv:{pv_id}"));
            let identities: Vec<String> =
                [Some(format!("order:{transaction_id}")), pv, key].into_iter().flatten().collect();
            let now = self.now();
            let id = CustomerId::new(now.0, self.random());
            self.store.join_identities(&brand.id, &identities, &id, Join::Merge, now).await?;
        }
        Ok(())
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
        let at = self.created_at(&fields, caller.kind())?;
        let created_at = fields.get("created_at").filter(|value| !value.is_null()).map(Value::to_string);
        Ok(Told { fields, meta, client_id, address, aliases, caller, at, created_at })
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

    /// The customer by the client's name of them: a backend's word, or a browser's claim.
    fn told_identity(&self, told: &Told<'_>) -> Option<String> {
        let client_id = told.client_id.as_deref()?;
        Some(if told.is_backend() { self.key_identity(client_id) } else { self.claim_identity(client_id) })
    }

    /// As [`Self::told_identity`], but a customer whom only a browser has named so far is found by that name: a backend
    /// that names no visitor speaks of them.
    async fn known_identity(&self, told: &Told<'_>) -> Result<Option<String>, FlowError> {
        let Some(client_id) = told.client_id.as_deref() else { return Ok(None) };
        let known = self.known_name(told.caller.brand(), client_id).await?;
        Ok(known.or_else(|| self.told_identity(told)))
    }

    /// Joins the visitors, the name and the address of a call. False when a browser may not.
    async fn join_told(&self, told: &Told<'_>, named: Option<&str>) -> Result<bool, FlowError> {
        let mut identities: Vec<String> = told.aliases.iter().map(|pv_id| format!("pv:{pv_id}")).collect();
        identities.extend(named.map(str::to_owned));
        if let Some(address) = &told.address {
            let is_backend = told.is_backend();
            identities.push(if is_backend {
                self.mail_identity(&address.sha256)
            } else {
                self.mail_claim(&address.sha256)
            });
            let plain = address.plain.as_deref().filter(|_| is_backend);
            identities.extend(plain.and_then(|plain| self.email_hash(plain)).map(|hash| format!("email:{hash}")));
        }
        let brand = told.caller.brand();
        // The same again, as on every page of a shop, costs no write.
        let known = self.store.identities_of(brand, &identities).await?;
        if known.first().is_some_and(|first| !first.is_empty() && known.iter().all(|all| all == first)) {
            return Ok(true);
        }
        let join = if told.is_backend() { Join::Merge } else { Join::OnlyNew };
        let now = self.now();
        let id = CustomerId::new(now.0, self.random());
        Ok(self.store.join_identities(brand, &identities, &id, join, now).await?.is_some())
    }

    /// The first visitor of a call, known by that alone.
    async fn lone_visitor(&self, told: &Told<'_>) -> Result<Option<String>, FlowError> {
        let Some(visitor) = told.visitor() else { return Ok(None) };
        let (now, one) = (self.now(), core::slice::from_ref(&visitor));
        let id = CustomerId::new(now.0, self.random());
        self.store.join_identities(told.caller.brand(), one, &id, Join::OnlyNew, now).await?;
        Ok(Some(visitor))
    }

    /// The same event has the same id however often it is told by the same kind of caller: by its transaction, else by
    /// all that tells it apart. A browser's are its own visitor's, so that it cannot take the place of anybody else's.
    fn event_id(&self, told: &Told<'_>, event_key: &str, url: Option<&str>, transaction_id: Option<&str>) -> String {
        let teller = if told.is_backend() { "backend" } else { told.aliases.first().map_or("", String::as_str) };
        let aliases = told.aliases.join(" ");
        let now = told.at.0.to_string();
        let parts = match transaction_id {
            Some(transaction) => vec![teller, "transaction", event_key, transaction],
            None => vec![
                teller,
                "event",
                event_key,
                told.client_id.as_deref().unwrap_or(""),
                &aliases,
                url.unwrap_or(""),
                told.created_at.as_deref().unwrap_or(&now),
                told.meta.unwrap_or(""),
            ],
        };
        let lengths: Vec<String> = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
        self.identity_hash("customer-event", &lengths.concat())
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

/// The customer's e-mail address: hashed by the sender (`email_sha256`), or as it is (`email`).
fn address(fields: &Map<String, Value>) -> Result<Option<Address>, FlowError> {
    if let Some(hash) = text(fields, "email_sha256", TEXT_BYTES_MAX)? {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let address = Address { sha256: hash.to_ascii_lowercase(), plain: None };
        return if is_hash { Ok(Some(address)) } else { Err(wrong("email_sha256 must be 64 hex digits")) };
    }
    let plain = text(fields, "email", TEXT_BYTES_MAX)?;
    Ok(plain.map(|plain| Address { sha256: address_sha256(&plain), plain: Some(plain) }))
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
    // A client without a cookie sends an empty one.
    let is_told = |alias: &&Value| !alias.is_null() && alias.as_str() != Some("");
    for alias in list.iter().filter(is_told) {
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

/// What a purchase was for, if `meta` tells: `revenue` always is money; `amount` and `value` may be anything, and are
/// only where there is a transaction.
fn amount(meta: &str, has_transaction: bool, of_brand: Currency) -> Result<Option<Money>, FlowError> {
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
    let given =
        |raw: Option<&RawValue>| raw.map(|raw| raw.get().trim_matches('"').to_owned()).filter(|text| text != "null");
    let revenue = given(amounts.revenue);
    let other = given(amounts.amount).or_else(|| given(amounts.value)).filter(|_| has_transaction);
    let Some(text) = revenue.as_ref().or(other.as_ref()) else { return Ok(None) };
    let currency = match amounts.currency {
        None | Some(Value::Null) => Some(of_brand),
        Some(Value::String(code)) => Currency::parse(&code),
        Some(_) => None,
    };
    let money = currency.map(|currency| Money::parse(text, currency));
    match (money, &revenue) {
        (Some(Ok(money)), _) => Ok(Some(money)),
        (_, None) => Ok(None),
        (None, Some(_)) => Err(wrong("meta.currency must be an ISO 4217 code")),
        (Some(Err(error)), Some(_)) => Err(wrong(format!("meta.revenue {error}"))),
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
        let money = |minor, code| Some(Money { minor, currency: Currency::parse(code).expect("valid") });
        let read = |meta: &str, has_transaction| amount(meta, has_transaction, Currency::USD);
        assert_eq!(read(r#"{"revenue": 49.99}"#, false).expect("valid"), money(4_999, "USD"));
        assert_eq!(
            amount(r#"{"revenue": 49}"#, false, Currency::parse("JPY").expect("valid")).expect("valid"),
            money(49, "JPY")
        );
        assert_eq!(read(r#"{"amount": "100.0", "currency": "JPY"}"#, true).expect("valid"), money(100, "JPY"));
        assert_eq!(read(r#"{"value": 120, "currency": "USD"}"#, false).expect("valid"), None, "a cart's");
        for other in [r#"{"value": "gold"}"#, r#"{"value": -1}"#, r#"{"value": 0.333}"#, r#"{"plan": "pro"}"#] {
            assert_eq!(read(other, true).expect("valid"), None, "{other}");
        }
        assert!(read(r#"{"revenue": -1}"#, false).is_err());
        assert!(read(r#"{"revenue": 1, "currency": 7}"#, false).is_err());
    }
}
