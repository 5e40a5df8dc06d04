//! Clicks, leads, sales and refunds as backends and trackers report them by API (Affitor's tracking API, CONTRACTS §7),
//! on the same orders and the same ledger as everything else.

use domain::{
    BrandId, ClickId, Currency, CustomerId, Money, OrderId, UnixMs,
    brand::Brand,
    click::Click,
    commission::{EntryKind, Line},
    creator::PartnerCode,
    link::{Link, LinkCode},
    order::{Order, OrderSource},
};
use serde_json::{Map, Value, json};
use store::{
    customers::{ApiSale, Join, NewSale, TestRecord},
    ingest::NewClick,
    orders::Refund,
};
use url::Url;

use crate::{Flow, FlowError, Invalid, access::ApiCaller, agent::Device, order::OrderRef};

/// Longest text of a field, in bytes.
const TEXT_BYTES_MAX: usize = 512;
/// Longest text that a click can do without, in bytes.
const LENIENT_BYTES_MAX: usize = 8 * 1024;
/// Largest `additional_data` and the like that is kept, in bytes.
const META_BYTES_MAX: usize = 16 * 1024;
/// Tries when a sale changes between reading and refunding it.
const TRIES_MAX: usize = 3;
/// What the order of a test sale begins with.
pub(crate) const TEST_PREFIX: &str = "test:";
/// Largest amount, in minor units.
const AMOUNT_MAX_MINOR: i64 = domain::money::AMOUNT_MAX_MINOR;

/// A click to be stored, and what its sender is told.
#[derive(Debug)]
pub struct ApiClick {
    /// The click; nothing in test mode, where it is stored already.
    pub click: Option<NewClick>,
    /// The answer.
    pub answer: Value,
}

/// A sale as a backend tells of it.
pub(crate) struct Sale<'a> {
    /// The sender's id of it.
    pub transaction_id: &'a str,
    /// What it was for.
    pub amount: Money,
    /// When.
    pub placed_at: UnixMs,
    /// Whether it is a test record.
    pub is_test: bool,
    /// The buyer's visitor.
    pub pv_id: Option<String>,
    /// The buyer's identity as a customer.
    pub key: Option<String>,
    /// What was sold.
    pub lines: Vec<Line>,
    /// What else was said, as JSON.
    pub meta: &'a str,
}

/// Why a sale was not taken.
#[derive(Debug)]
pub enum SaleRefusal {
    /// The transaction is known already.
    Repeat,
    /// Anything else.
    Other(FlowError),
}

impl<E: Into<FlowError>> From<E> for SaleRefusal {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

fn wrong(sentence: &str) -> FlowError {
    Invalid::one(sentence).into()
}

/// Reads a body that must be a JSON object.
fn object(body: &[u8]) -> Result<Map<String, Value>, FlowError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(wrong("The body must be a JSON object")),
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, FlowError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) if text.len() <= TEXT_BYTES_MAX && !text.contains('\0') => {
            Ok(Some(text.trim().to_owned()))
        }
        Some(Value::String(_)) => Err(wrong(&format!("{name} must be at most {TEXT_BYTES_MAX} bytes"))),
        Some(_) => Err(wrong(&format!("{name} must be a string"))),
    }
}

/// A text that a click can do without: what is no text, or far too long, is as if it were not there.
fn lenient<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty() && text.len() <= LENIENT_BYTES_MAX)
}

fn is_test_mode(fields: &Map<String, Value>) -> bool {
    fields.get("additional_data").and_then(|data| data.get("test_mode")) == Some(&Value::Bool(true))
}

/// A click's id as clients hold it: the link's code, which finds the brand, and the click's own.
fn click_handle(code: LinkCode, id: &ClickId) -> String {
    format!("{code}-{}", id.as_str().trim_start_matches("clk_"))
}

fn parse_handle(handle: &str) -> Option<(LinkCode, ClickId)> {
    let (code, suffix) = handle.split_once('-')?;
    Some((LinkCode::parse(code)?, format!("clk_{suffix}").parse().ok()?))
}

/// The sale's order among orders: test records must never meet live ones.
fn order_external_id(transaction_id: &str, is_test: bool) -> String {
    if is_test { format!("{TEST_PREFIX}{transaction_id}") } else { transaction_id.to_owned() }
}

impl Flow {
    /// Takes a click on an affiliate URL. Nobody has to prove anything: it is what a redirect would have been.
    pub async fn api_click(&self, body: &[u8], user_agent: &str, address: &str) -> Result<ApiClick, FlowError> {
        let fields = object(body)?;
        let url = match fields.get("affiliate_url") {
            Some(Value::String(url)) if !url.trim().is_empty() => url.trim().to_owned(),
            _ => return Err(wrong("affiliate_url is required")),
        };
        let url = Url::parse(&url).ok().filter(Url::has_host).ok_or_else(|| wrong("Invalid affiliate_url"))?;
        let code = url
            .query_pairs()
            .find(|(name, _)| name == "aff")
            .map(|(_, value)| value.into_owned())
            .filter(|code| !code.is_empty())
            .ok_or_else(|| wrong("No aff parameter found in affiliate_url"))?;
        let now = self.now();
        let (brand, link) = match PartnerCode::parse(&code) {
            Some(code) => self.link_of_partner(&code).await?,
            None => self.link_of(LinkCode::parse(&code)).await?,
        }
        .ok_or_else(|| wrong("Referral link not found"))?;
        if !link.is_live(now) {
            return Err(wrong("Referral link not found"));
        }
        // Of whichever link of the brand: both clicks are one visitor's.
        let known = match lenient(&fields, "existing_click_id").and_then(parse_handle) {
            Some((_, id)) => self.store.click(&brand.id, &id).await?,
            None => None,
        };
        let id = ClickId::new(now.0, self.random());
        let answer = json!({
            "success": true,
            "click_id": click_handle(link.code, &id),
            "partner_code": PartnerCode::parse(&code).map_or_else(|| link.code.to_string(), String::from),
            "cookie_window_days": brand.policies.at(now).lookback_days,
        });
        if is_test_mode(&fields) {
            self.keep_test_record(&brand.id, id.as_str(), "click", Some(&link)).await?;
            return Ok(ApiClick { click: None, answer });
        }
        let is_returning = known.is_some();
        let pv_id = known.map_or_else(
            || uuid::Builder::from_unix_timestamp_millis(now.0.unsigned_abs(), &self.random()).into_uuid().to_string(),
            |click| click.pv_id,
        );
        let told_agent = lenient(&fields, "user_agent");
        let device: Device = self.agents.classify(told_agent.unwrap_or(user_agent));
        let referrer = lenient(&fields, "referrer_url").and_then(|url| Url::parse(url).ok());
        let click = Click {
            id,
            brand: brand.id.clone(),
            link: link.id,
            creator: link.creator,
            pv_id,
            is_returning,
            visitor_hash: self.visitor_hash(address, user_agent),
            at: now,
            device: device.kind.to_owned(),
            browser: device.browser.to_owned(),
            os: device.os.to_owned(),
            country: None,
            referrer_host: referrer.and_then(|url| url.host_str().map(|host| host.chars().take(255).collect())),
            bot: device.bot.map(str::to_owned),
        };
        Ok(ApiClick { click: Some(NewClick { day: brand.zone.day_of(now), click }), answer })
    }

    async fn link_of(&self, code: Option<LinkCode>) -> Result<Option<(Brand, Link)>, FlowError> {
        let Some(code) = code else { return Ok(None) };
        let Some((brand, link)) = self.store.link_by_code(code).await? else { return Ok(None) };
        Ok(self.store.brand(&brand).await?.map(|brand| (brand, link)))
    }

    /// The link through which a creator's own code earns: the latest of theirs that works.
    async fn link_of_partner(&self, code: &PartnerCode) -> Result<Option<(Brand, Link)>, FlowError> {
        let Some((brand, creator)) = self.store.creator_by_partner_code(code).await? else { return Ok(None) };
        let link = self.store.latest_link_of(&brand, &creator, self.now()).await?;
        match (link, self.store.brand(&brand).await?) {
            (Some(link), Some(brand)) => Ok(Some((brand, link))),
            _ => Ok(None),
        }
    }

    pub(crate) async fn keep_test_record(
        &self,
        brand: &BrandId,
        id: &str,
        kind: &str,
        link: Option<&Link>,
    ) -> Result<(), FlowError> {
        // What was sent may name a person: that it came is enough.
        let record = TestRecord {
            id: id.to_owned(),
            kind: kind.to_owned(),
            link: link.map(|link| link.id.clone()),
            body: "{}".to_owned(),
            at: self.now(),
        };
        Ok(self.store.put_test_record(brand, &record).await?)
    }

    /// The identity of a customer key as a backend names it.
    pub(crate) fn key_identity(&self, key: &str) -> String {
        format!("key:{}", self.identity_hash("customer-key", key))
    }

    /// The identity of a customer key as a browser names it. It finds the visitor of a sale only while no backend has
    /// named the customer, and is never merged with what a backend says: clicks are free, and so would be other
    /// people's customers.
    pub(crate) fn claim_identity(&self, key: &str) -> String {
        format!("claim:{}", self.identity_hash("customer-key", key))
    }

    /// The identity by which a customer's name is known: a backend's word, or else what a browser claimed.
    pub(crate) async fn known_name(&self, brand: &BrandId, name: &str) -> Result<Option<String>, FlowError> {
        let candidates = [self.key_identity(name), self.claim_identity(name)];
        let known = self.store.identities_of(brand, &candidates).await?;
        Ok(candidates.into_iter().zip(known).find(|(_, all)| !all.is_empty()).map(|(identity, _)| identity))
    }

    /// Takes a lead: ties a click's visitor to a customer. With a server key anything may be tied. A browser that holds
    /// the click's id may claim one customer key that nobody has claimed, and no e-mail.
    pub async fn api_lead(&self, caller: Option<&ApiCaller>, body: &[u8]) -> Result<Value, FlowError> {
        let fields = object(body)?;
        let (click_id, customer_key) = (text(&fields, "click_id")?, text(&fields, "customer_key")?);
        let email = text(&fields, "email")?;
        if click_id.is_none() && (customer_key.is_none() || caller.is_none()) {
            let needed = if caller.is_some() { "click_id or customer_key is required" } else { "click_id is required" };
            return Err(wrong(needed));
        }
        let clicked = match &click_id {
            Some(handle) => match self.clicked(caller.map(ApiCaller::brand), handle).await {
                Ok(clicked) => Some(clicked),
                // One of the two must resolve; a backend's key does.
                Err(FlowError::Invalid(_)) if caller.is_some() && customer_key.is_some() => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        let brand = match (&clicked, caller) {
            (_, Some(caller)) => caller.brand().clone(),
            (Some((brand, ..)), None) => brand.clone(),
            (None, None) => return Err(wrong("click_id is required")),
        };
        let is_test = is_test_mode(&fields) || caller.is_some_and(ApiCaller::is_test);
        let now = self.now();
        if is_test {
            let id = CustomerId::new(now.0, self.random());
            self.keep_test_record(&brand, id.as_str(), "lead", None).await?;
            let data = json!({ "is_test": true, "click_id": click_id, "customer_key": customer_key });
            return Ok(json!({ "success": true, "message": "Lead tracked successfully", "data": data }));
        }
        let mut identities: Vec<String> = Vec::new();
        identities.extend(clicked.and_then(|(_, pv_id)| pv_id).map(|pv_id| format!("pv:{pv_id}")));
        identities.extend(
            customer_key
                .as_deref()
                .map(|key| if caller.is_some() { self.key_identity(key) } else { self.claim_identity(key) }),
        );
        if caller.is_some() {
            let hash = email.as_deref().and_then(|email| self.email_hash(email));
            identities.extend(hash.map(|hash| format!("email:{hash}")));
        }
        let join = if caller.is_some() { Join::Merge } else { Join::OnlyNew };
        let id = CustomerId::new(now.0, self.random());
        self.store.join_identities(&brand, &identities, &id, join, now).await?;
        Ok(json!({ "success": true, "message": "Lead tracked successfully" }))
    }

    /// The brand and visitor of a click; no visitor for a test click.
    async fn clicked(&self, brand: Option<&BrandId>, handle: &str) -> Result<(BrandId, Option<String>), FlowError> {
        let unknown = || wrong("click_id is not known");
        let (code, id) = parse_handle(handle).ok_or_else(unknown)?;
        let (owner, _) = self.link_of(Some(code)).await?.ok_or_else(unknown)?;
        if brand.is_some_and(|brand| *brand != owner.id) {
            return Err(unknown());
        }
        if let Some(click) = self.store.click(&owner.id, &id).await? {
            return Ok((owner.id, Some(click.pv_id)));
        }
        self.store.test_record(&owner.id, id.as_str()).await?.ok_or_else(unknown)?;
        Ok((owner.id, None))
    }

    /// Takes a sale, attributes it and says what it earned.
    pub async fn api_sale(&self, caller: &ApiCaller, body: &[u8]) -> Result<Value, SaleRefusal> {
        let fields = object(body)?;
        let transaction_id = transaction_id(&fields)?;
        let amount_minor = match fields.get("amount_cents").and_then(Value::as_i64) {
            Some(amount) if (1..=AMOUNT_MAX_MINOR).contains(&amount) => amount,
            _ => return Err(wrong("amount_cents is required and must be a positive integer").into()),
        };
        let currency = match text(&fields, "currency")? {
            Some(code) => Currency::parse(&code).ok_or_else(|| wrong("currency must be an ISO 4217 code"))?,
            None => Currency::USD,
        };
        for (name, allowed) in [
            ("sale_type", &["payment", "subscription"][..]),
            ("subscription_interval", &["monthly", "quarterly", "annual"][..]),
        ] {
            if text(&fields, name)?.is_some_and(|value| !allowed.contains(&&*value)) {
                return Err(wrong(&format!("{name} must be one of: {}", allowed.join(", "))).into());
            }
        }
        let (click_id, customer_key) = (text(&fields, "click_id")?, text(&fields, "customer_key")?);
        let brand = self.store.brand(caller.brand()).await?.ok_or(FlowError::NotFound("brand"))?;
        let is_test = caller.is_test() || is_test_mode(&fields);
        if click_id.is_none() && customer_key.is_none() {
            return Err(wrong("customer_key or click_id is required").into());
        }
        // One of the two must resolve.
        let mut clicked = None;
        if let Some(handle) = &click_id {
            clicked = match self.clicked(Some(&brand.id), handle).await {
                Ok((_, pv_id)) => Some(pv_id),
                Err(FlowError::Invalid(_)) if customer_key.is_some() => None,
                Err(error) => return Err(error.into()),
            };
        }
        let is_test_click = clicked == Some(None);
        let pv_id = clicked.flatten();
        let key = match &customer_key {
            // The backend itself says whose click it was.
            Some(name) if pv_id.is_some() => Some(self.key_identity(name)),
            Some(name) => self.known_name(&brand.id, name).await?,
            None => None,
        };
        if !is_test && pv_id.is_none() && key.is_none() {
            let sentence = if customer_key.is_some() {
                "No tracked customer found for customer_key"
            } else if is_test_click {
                "click_id is of a test click"
            } else {
                "click_id is not known"
            };
            return Err(wrong(sentence).into());
        }
        let meta = meta(&fields)?;
        let external_id = order_external_id(&transaction_id, is_test);
        let sale = Sale {
            transaction_id: &transaction_id,
            amount: Money { minor: amount_minor, currency },
            placed_at: self.now(),
            is_test,
            pv_id,
            key,
            lines: lines(&fields, amount_minor)?,
            meta: &meta,
        };
        let sale = self.take_sale(&brand, sale).await?.ok_or(SaleRefusal::Repeat)?;
        let commission_id = if self.commission_of(&brand.id, &external_id).await?.0 {
            Some(self.store.number_commission(&brand.id, &transaction_id, is_test).await?)
        } else {
            None
        };
        let mut answer = json!({
            "success": true,
            "sale_id": sale.sale_number,
            "commission_id": commission_id,
            "message": "Sale tracked successfully",
        });
        if is_test {
            answer["data"] = json!({ "is_test": true, "transaction_id": transaction_id });
        }
        Ok(answer)
    }

    /// Stores a sale that a backend tells of, with whose it is, and settles it. `None`, having changed nothing, when it
    /// is known already.
    pub(crate) async fn take_sale(&self, brand: &Brand, sale: Sale<'_>) -> Result<Option<ApiSale>, FlowError> {
        let now = self.now();
        let external_id = order_external_id(sale.transaction_id, sale.is_test);
        let identities: Vec<String> = if sale.is_test {
            Vec::new()
        } else {
            let pv = sale.pv_id.as_ref().map(|pv_id| format!("pv:{pv_id}"));
            [Some(format!("order:{external_id}")), pv, sale.key].into_iter().flatten().collect()
        };
        let id = OrderId::new(sale.placed_at.0, self.random());
        let (source, placed_at) = (OrderSource::Api, sale.placed_at);
        let order = Order {
            name: sale.transaction_id.to_owned(),
            // The first report stands.
            updated_at: UnixMs(-now.0),
            is_test: sale.is_test,
            cart_pv: sale.pv_id,
            lines: sale.lines,
            ..Order::told(id, brand.id.clone(), source, external_id.clone(), placed_at, sale.amount)
        };
        let customer = CustomerId::new(now.0, self.random());
        let new = NewSale {
            transaction_id: sale.transaction_id,
            meta: sale.meta,
            identities: &identities,
            customer: &customer,
        };
        let stored = self.store.put_sale(&order, brand.zone.day_of(sale.placed_at), &new, now).await?;
        if stored.is_some() {
            self.settle_now(&brand.id, &external_id).await?;
        }
        Ok(stored)
    }

    /// Settles an order at once, though it is queued too. When its facts change at the same moment, the queue has it.
    async fn settle_now(&self, brand: &BrandId, external_id: &str) -> Result<(), FlowError> {
        match self.settle(&OrderRef { brand: brand.clone(), order_id: external_id.to_owned() }).await {
            Ok(()) | Err(FlowError::Stale(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether an order has ever earned a commission, and what it earns now, minor units.
    async fn commission_of(&self, brand: &BrandId, external_id: &str) -> Result<(bool, i64), FlowError> {
        let Some(record) = self.store.order_by_external_id(brand, external_id).await? else { return Ok((false, 0)) };
        let lines = self.store.ledger_of_order(brand, &record.order.id).await?;
        let earned = lines.iter().filter(|line| matches!(line.kind, EntryKind::Accrual | EntryKind::Reversal));
        Ok((lines.iter().any(|line| line.kind == EntryKind::Accrual), earned.map(|line| line.amount_minor).sum()))
    }

    /// Takes a refund of a sale: of all that is left of it, or of an amount. Never more than is left.
    pub async fn api_refund(&self, caller: &ApiCaller, body: &[u8]) -> Result<Value, FlowError> {
        let fields = object(body)?;
        let transaction_id = transaction_id(&fields)?;
        let asked_minor = match fields.get("refund_amount_cents") {
            None | Some(Value::Null) => 0,
            Some(value) => value
                .as_i64()
                .filter(|amount| (0..=AMOUNT_MAX_MINOR).contains(amount))
                .ok_or_else(|| wrong("refund_amount_cents must be an integer not below zero"))?,
        };
        text(&fields, "refund_reason")?;
        let brand = caller.brand();
        let is_test = caller.is_test() || is_test_mode(&fields);
        let external_id = order_external_id(&transaction_id, is_test);
        for _ in 0..TRIES_MAX {
            let sale = self.store.sale(brand, &transaction_id, is_test).await?.ok_or(FlowError::NotFound("Sale"))?;
            let left_minor = sale.amount_minor - sale.refunded_minor;
            let answer = |status: &str, deduction_minor: i64, sale: &ApiSale| {
                let deduction = Money { minor: deduction_minor, currency: sale.currency }.to_decimal();
                let deduction: serde_json::Number =
                    serde_json::from_str(&deduction).unwrap_or_else(|_| serde_json::Number::from(0));
                json!({
                    "success": true,
                    "status": status,
                    "deductionAmount": deduction,
                    "commission_id": sale.commission_number,
                })
            };
            if left_minor == 0 {
                return Ok(answer("skipped", 0, &sale));
            }
            let amount_minor = if asked_minor == 0 { left_minor } else { asked_minor.min(left_minor) };
            let now = self.now();
            let refund = Refund {
                order_external_id: external_id.clone(),
                external_id: format!("api:{}", sale.refunds),
                amount_minor,
                currency: sale.currency,
                at: now,
                subtotal_minor: Some(amount_minor),
                lines: Vec::new(),
            };
            let (has_earned, before_minor) = self.commission_of(brand, &external_id).await?;
            if !self.store.refund_sale(brand, &sale, &refund, now).await? {
                continue;
            }
            self.settle_now(brand, &external_id).await?;
            let after_minor = self.commission_of(brand, &external_id).await?.1;
            let status = match (has_earned, amount_minor == left_minor) {
                (false, _) => "no_commission",
                (true, true) => "reversed",
                (true, false) => "refunded",
            };
            return Ok(answer(status, before_minor - after_minor, &sale));
        }
        Err(FlowError::Stale("sale"))
    }
}

fn transaction_id(fields: &Map<String, Value>) -> Result<String, FlowError> {
    match fields.get("transaction_id") {
        // Test sales are kept under this prefix, where no live one may meet them.
        Some(Value::String(id)) if id.trim().starts_with(TEST_PREFIX) => {
            Err(wrong("transaction_id must not begin with test:"))
        }
        Some(Value::String(id)) if !id.trim().is_empty() => text(fields, "transaction_id")?
            .map(|id| crate::order::external_id(&id))
            .ok_or_else(|| wrong("transaction_id is required and must be a string")),
        _ => Err(wrong("transaction_id is required and must be a string")),
    }
}

/// What was sold, by product: the whole sale is of `product_id`, or `line_items` tell.
fn lines(fields: &Map<String, Value>, amount_minor: i64) -> Result<Vec<Line>, FlowError> {
    if let Some(product) = text(fields, "product_id")? {
        return Ok(vec![Line { id: "1".to_owned(), product: Some(product), net_minor: amount_minor }]);
    }
    let items = match fields.get("line_items") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(wrong("line_items must be an array")),
    };
    let line = |(place, item): (usize, &Value)| {
        let amount = item.get("amount_cents").and_then(Value::as_i64).filter(|amount| *amount >= 0)?;
        let product = item.get("product_id").and_then(Value::as_str).map(str::to_owned);
        Some(Line { id: (place + 1).to_string(), product, net_minor: amount.min(AMOUNT_MAX_MINOR) })
    };
    Ok(items.iter().take(500).enumerate().filter_map(line).collect())
}

/// What else was said of a sale, kept as it is.
fn meta(fields: &Map<String, Value>) -> Result<String, FlowError> {
    let kept = ["sale_type", "is_recurring", "subscription_id", "subscription_interval", "additional_data"];
    let meta: Map<String, Value> =
        kept.into_iter().filter_map(|name| fields.get(name).map(|value| (name.to_owned(), value.clone()))).collect();
    let text = Value::Object(meta).to_string();
    if text.len() > META_BYTES_MAX { Err(wrong("additional_data is too large")) } else { Ok(text) }
}
