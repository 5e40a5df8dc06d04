//! One customer as Attribution.io's customer API shows them (CONTRACTS §8, seed 003): what they did, which links led
//! them there, and what each of those earned.
//!
//! Integer ids are the first 52 bits of a SHA-256 of our ids: always the same, and exact in every JSON reader.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, CreatorId, Currency, CustomerId, LinkId, Money, OrderId, UnixMs,
    attribution::{Attribution, Case, Credit, Landing, decide, decide_from},
    brand::Brand,
    click::Click,
    evidence::EvidenceKind,
    link::{ContentType, Link},
    model::Model,
    order::{Order, OrderSource},
    policy::Policy,
    shop::Shop,
    time::Zone,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use store::{
    customers::Customer as KnownCustomer,
    evidence::Sought,
    orders::OrderRecord,
    profiles::{CustomerEvent, PageView, Profile},
};
use url::Url;

use crate::{
    Flow, FlowError, Invalid,
    access::{ApiCaller, Merchant},
    profile::{ToldEvent, ToldProfile, event_place, profile_place},
};

/// Most visitors of one customer that are looked at.
const VISITORS_MAX: usize = 50;
/// Most rows of each kind in one answer, the latest.
const ROWS_MAX: i64 = 500;
/// Most events that clients told of, the latest.
const TOLD_MAX: i64 = 100;
/// Most orders, the latest.
const ORDERS_MAX: usize = 200;
/// Most clicks before an event that is no order, the latest.
const CLICKS_BEFORE_MAX: usize = 50;
/// The id of purchases among kinds of events.
const PURCHASE_TYPE: i64 = 1;
/// The kind of event that an order is, where its sender did not call it something.
const PURCHASE_KEY: &str = "purchase";

/// Which parts of the timeline are asked for.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the contract")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Page views.
    pub pageviews: bool,
    /// Touchpoints.
    pub touchpoints: bool,
    /// Events with what was attributed.
    pub events: bool,
    /// The client's names of the customer.
    pub identities: bool,
    /// The model by which events are attributed; the brand's policy decides when absent.
    pub model: Option<Model>,
}

impl Shown {
    /// Everything.
    pub const ALL: Self = Self { pageviews: true, touchpoints: true, events: true, identities: true, model: None };

    /// Reads `show_all`, `show_pageviews`, `show_touchpoints`, `show_events`, `show_identities` and `model` from a
    /// query's pairs. A flag is set by `true` or `1`.
    pub fn read<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, FlowError> {
        let mut shown = Self::default();
        for (name, value) in pairs {
            let is_set = value.eq_ignore_ascii_case("true") || value == "1";
            match name {
                "show_all" if is_set => shown = Self { model: shown.model, ..Self::ALL },
                "show_pageviews" => shown.pageviews |= is_set,
                "show_touchpoints" => shown.touchpoints |= is_set,
                "show_events" => shown.events |= is_set,
                "show_identities" => shown.identities |= is_set,
                "model" => {
                    let names: Vec<&str> = Model::ALL.iter().map(|model| model.as_str()).collect();
                    let sentence = || Invalid::one(format!("model must be one of: {}", names.join(", ")));
                    shown.model = Some(Model::parse(value).ok_or_else(sentence)?);
                }
                _ => {}
            }
        }
        Ok(shown)
    }
}

/// Everything stored of one customer.
struct Customer {
    /// Ours.
    id: String,
    /// When somebody first told of them.
    since: UnixMs,
    /// The client's name, as it was asked for or told.
    client_id: Option<String>,
    /// Nobody has given them a name.
    is_anonymous: bool,
    /// A backend's first, then the latest.
    profiles: Vec<(Profile, ToldProfile)>,
    pv_ids: Vec<String>,
    clicks: Vec<Click>,
    page_views: Vec<PageView>,
    page_view_count: i64,
    /// Purchases and everything else, the earliest first.
    events: Vec<Happening>,
    links: BTreeMap<LinkId, Link>,
    handles: BTreeMap<CreatorId, String>,
    campaigns: BTreeMap<String, String>,
}

/// One event of the timeline.
struct Happening {
    order: Order,
    /// Not yet for an order that waits to be settled.
    attribution: Option<Attribution>,
    told: Option<ToldEvent>,
    is_purchase: bool,
    updated_at: UnixMs,
}

impl Happening {
    /// Where the integer id comes from: the same before and after a reported order has arrived.
    fn key(&self) -> &str {
        &self.order.external_id
    }

    fn id(&self) -> i64 {
        number_of("event", self.key())
    }

    fn event_key(&self) -> &str {
        self.told.as_ref().map_or(PURCHASE_KEY, |told| &told.event_key)
    }

    fn type_id(&self) -> i64 {
        if self.is_purchase { PURCHASE_TYPE } else { number_of("event type", self.event_key()) }
    }

    fn type_name(&self) -> &'static str {
        if self.is_purchase { "PurchaseEventType" } else { "CustomEventType" }
    }

    fn is_informational(&self) -> bool {
        self.told.as_ref().is_some_and(|told| told.is_informational)
    }

    fn amount(&self) -> String {
        decimal(Money { minor: self.order.net_minor(), currency: self.order.currency })
    }
}

/// 52 bits of a hash: exact as a JSON number everywhere, and never 0.
fn number_of(kind: &str, id: &str) -> i64 {
    let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(id).finalize();
    let mut bytes = [0; 8];
    bytes[1..].copy_from_slice(&hash[..7]);
    (i64::from_be_bytes(bytes) >> 4).max(1)
}

/// An amount as the customer API writes it: as few decimals as it needs, and at least one.
fn decimal(money: Money) -> String {
    let text = money.to_decimal();
    match text.split_once('.') {
        None => format!("{text}.0"),
        Some((whole, fraction)) => match fraction.trim_end_matches('0') {
            "" => format!("{whole}.0"),
            fraction => format!("{whole}.{fraction}"),
        },
    }
}

/// A page without its scheme, as the customer API writes it.
fn location(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// Where a link's click lands, without its scheme.
fn landing_page(link: &Link) -> String {
    match Url::parse(&link.destination) {
        Ok(mut url) => {
            url.query_pairs_mut().append_pair(wire::PARAM_REF, link.code.as_str());
            location(url.as_str()).to_owned()
        }
        Err(_) => location(&link.destination).to_owned(),
    }
}

/// How a link reached the shopper, in the customer API's words: a sponsored post was paid for, everything else refers.
fn traffic(link: Option<&Link>) -> (i64, &'static str) {
    match link.and_then(|link| link.content_type) {
        Some(ContentType::SponsoredPost) => (1, "Paid"),
        _ => (2, "Referral"),
    }
}

impl Flow {
    /// Proves a client by the brand's public key and a secret (a server key of the brand).
    pub async fn caller_by_secret(&self, public_key: &str, secret: &str) -> Result<ApiCaller, FlowError> {
        let caller = self.api_caller(secret).await?;
        let public = self.api_caller(public_key).await?;
        let is_server = caller.kind() == domain::api_key::KeyKind::Server;
        if is_server && public.brand() == caller.brand() { Ok(caller) } else { Err(FlowError::Unauthorized) }
    }

    /// A customer by the client's name of them, by Shopify's customer id, by a visitor's `pv_id` or by our id.
    pub async fn customer_timeline(
        &self,
        caller: &ApiCaller,
        client_id: &str,
        shown: Shown,
    ) -> Result<Value, FlowError> {
        let brand = self.store.brand(caller.brand()).await?.ok_or(FlowError::NotFound("customer"))?;
        // A shop that is only announced has never had the app.
        let is_gone = |shop: &Shop| shop.uninstalled_at.is_some_and(|at| at > shop.installed_at);
        let shops = self.store.shops_of(&brand.id).await?;
        if !shops.is_empty() && shops.iter().all(is_gone) {
            return Err(FlowError::Disabled);
        }
        // Test records are nobody's.
        let found = if caller.is_test() { None } else { self.find_customer(&brand, client_id, shown).await? };
        let customer = found.ok_or(FlowError::NotFound("customer"))?;
        Ok(customer.document(&brand.zone, &self.settings().public_url, shown))
    }

    /// A customer for a member of the brand.
    pub async fn customer(&self, merchant: &Merchant, id: &str) -> Result<Value, FlowError> {
        Ok(self.customer_with_currencies(merchant, id).await?.0)
    }

    /// As [`Self::customer`], with the currency of each event, which the customer API has no field for.
    pub async fn customer_with_currencies(
        &self,
        merchant: &Merchant,
        id: &str,
    ) -> Result<(Value, Vec<Currency>), FlowError> {
        let shown = Shown::ALL;
        let found = self.find_customer(merchant.brand(), id, shown).await?;
        let customer = found.ok_or(FlowError::NotFound("customer"))?;
        let currencies = customer.events.iter().map(|event| event.order.currency).collect();
        Ok((customer.document(&merchant.brand().zone, &self.settings().public_url, shown), currencies))
    }

    /// Erases a customer: profile, events, identities, and what could name them on their orders. Amounts and outcomes
    /// stay.
    pub async fn erase_customer(&self, caller: &ApiCaller, client_id: &str) -> Result<Value, FlowError> {
        let found = if caller.is_test() { None } else { self.customer_named(caller.brand(), client_id).await? };
        let (customer, _) = found.ok_or(FlowError::NotFound("customer"))?;
        let orders = self.erase_identities(caller.brand(), customer.identities, &[], &[]).await?;
        tracing::info!(brand = %caller.brand(), key = ?caller.key(), orders, "a customer was erased");
        Ok(json!({ "erased": true, "orders": orders }))
    }

    /// Erases the customers who have any of these identities, with the orders and visitors known of them, and the orders
    /// that are named or carry one of the hashes. Returns how many orders changed.
    pub(crate) async fn erase_identities(
        &self,
        brand: &BrandId,
        mut identities: Vec<String>,
        orders: &[String],
        hashes: &[String],
    ) -> Result<u64, FlowError> {
        let joined = self.store.identities_of(brand, &identities).await?;
        identities.extend(joined.into_iter().flatten());
        identities.sort();
        identities.dedup();
        let with =
            |prefix: &'static str| identities.iter().filter_map(move |one| one.strip_prefix(prefix)).map(str::to_owned);
        let orders: Vec<String> = orders.iter().cloned().chain(with("order:")).collect();
        let visitors: Vec<String> = with("pv:").collect();
        let count = self.store.redact_customer(brand, &orders, hashes, &visitors, self.now()).await?;
        self.store.forget_customers(brand, &identities).await?;
        Ok(count)
    }

    /// The customer of an order, if one is known.
    pub async fn customer_of_order(&self, merchant: &Merchant, order: &Order) -> Result<Option<CustomerId>, FlowError> {
        let identity = format!("order:{}", order.external_id);
        let found = if order.is_test { None } else { self.store.customer_of(merchant.id(), &identity).await? };
        Ok(found.map(|customer| customer.id))
    }

    /// The customer that a text names, and the text where it is the client's own name of them.
    async fn customer_named(
        &self,
        brand: &BrandId,
        name: &str,
    ) -> Result<Option<(KnownCustomer, Option<String>)>, FlowError> {
        let name = name.trim();
        if name.is_empty() || name.len() > 512 || name.contains('\0') {
            return Ok(None);
        }
        let shopify = self.identity_hash("shopify-customer", name);
        let candidates = [
            (self.key_identity(name), true),
            (format!("shopify:{shopify}"), true),
            (format!("pv:{}", name.to_ascii_lowercase()), false),
            (if name.starts_with("cus_") { name.to_owned() } else { String::new() }, false),
            // Anybody's word, so it stands in nobody's way.
            (self.claim_identity(name), true),
        ];
        for (identity, is_client_id) in candidates {
            if let Some(customer) = self.store.customer_of(brand, &identity).await? {
                return Ok(Some((customer, is_client_id.then(|| name.to_owned()))));
            }
        }
        Ok(None)
    }

    /// A customer's orders, and those that one of their visitors reported and was credited by.
    async fn orders_of(
        &self,
        brand: &BrandId,
        own: Vec<String>,
        told: &[(CustomerEvent, ToldEvent)],
        pv_ids: &[String],
    ) -> Result<Vec<OrderRecord>, FlowError> {
        let told: Vec<String> = told.iter().filter_map(|(_, told)| told.order.clone()).collect();
        let all: Vec<String> = own.iter().chain(&told).cloned().collect();
        let mut orders = self.store.orders_by_external_ids(brand, &all).await?;
        orders.retain(|record| {
            let is_own = own.contains(&record.order.external_id);
            let is_reported = record.visitors.iter().any(|visitor| pv_ids.contains(&visitor.pv_id));
            !record.order.is_test && (is_own || is_reported)
        });
        orders.sort_by_key(|record| core::cmp::Reverse(record.order.placed_at));
        orders.truncate(ORDERS_MAX);
        Ok(orders)
    }

    async fn find_customer(&self, brand: &Brand, name: &str, shown: Shown) -> Result<Option<Customer>, FlowError> {
        let id = &brand.id;
        let Some((known, asked_by)) = self.customer_named(id, name).await? else { return Ok(None) };
        let identities = known.identities;
        let with = |prefix: &str| -> Vec<String> {
            identities.iter().filter_map(|identity| identity.strip_prefix(prefix)).map(str::to_owned).collect()
        };
        let mut profiles = Vec::new();
        for profile in self.store.profiles_of(id, &identities).await? {
            let told: ToldProfile = self.unseal(&profile_place(id, &profile.identity), &profile.sealed)?;
            profiles.push((profile, told));
        }
        // A backend's word before a browser's, then the latest.
        profiles.sort_by_key(|(profile, _)| (!profile.identity.starts_with("key:"), -profile.updated_at.0));
        let mut told_events = Vec::new();
        for event in self.store.customer_events_of(id, &identities, TOLD_MAX).await? {
            let told: ToldEvent = self.unseal(&event_place(id, &event.id), &event.sealed)?;
            told_events.push((event, told));
        }
        // Of those who told the same, the backend, else the first.
        told_events.sort_by_key(|(_, told)| (!told.is_backend, told.received_at));
        let own: Vec<String> = with("pv:").into_iter().take(VISITORS_MAX).collect();
        let orders = self.orders_of(id, with("order:"), &told_events, &own).await?;
        let pv_ids = self.visitors_with(id, own, &orders).await?;

        let now = self.now();
        let sought = [Sought { names: &pv_ids, until: now }];
        let mut clicks = self.store.clicks_of(id, &sought, ROWS_MAX).await?.pop().unwrap_or_default();
        clicks.retain(|click| click.bot.is_none());
        let landings = self.store.landings_of(id, &sought).await?.pop().unwrap_or_default();
        let limit = if shown.pageviews { ROWS_MAX } else { 1 };
        let (page_view_count, page_views) = self.store.page_views_of(id, &pv_ids, limit).await?;
        let links = self.links_of(id, &clicks, &landings, &orders).await?;

        let mut events: Vec<Happening> = Vec::new();
        for record in orders {
            let told =
                told_events.iter().position(|(_, told)| told.order.as_deref() == Some(&record.order.external_id));
            let told = told.map(|place| told_events.remove(place).1);
            events.push(Happening::of_order(record, told, shown.model));
        }
        for (event, told) in told_events {
            let order = told.order.as_ref();
            // Told by two, or under two names: one order.
            if order.is_some_and(|order| events.iter().any(|other| other.order.external_id == *order)) {
                continue;
            }
            let before = clicks.iter().filter(|click| click.at <= event.at).take(CLICKS_BEFORE_MAX).cloned();
            let case = Case {
                clicks: before.collect(),
                landings: landings.iter().filter(|landing| landing.at <= event.at).cloned().collect(),
                ..Case::without_evidence(told_order(brand, &event, &told))
            };
            events.push(Happening::of_told(case, told, &links, brand.policies.at(event.at), shown.model));
        }
        events.sort_by(|one, other| (one.order.placed_at, one.key()).cmp(&(other.order.placed_at, other.key())));

        let is_name = |identity: &String| ["key:", "shopify:", "claim:"].iter().any(|kind| identity.starts_with(kind));
        let handles = self.store.creators(id).await?.into_iter().map(|one| (one.id, one.handle)).collect();
        let campaigns = self.store.campaigns(id).await?.into_iter().map(|one| (one.id.to_string(), one.name)).collect();
        Ok(Some(Customer {
            id: known.id.to_string(),
            since: known.since,
            client_id: asked_by.or_else(|| profiles.iter().find_map(|(_, told)| told.client_id.clone())),
            is_anonymous: !identities.iter().any(is_name),
            profiles,
            pv_ids,
            clicks,
            page_views,
            page_view_count,
            events,
            links,
            handles,
            campaigns,
        }))
    }

    /// A customer's visitors, and other ids of the same browsers: those that links brought, and those that orders were
    /// credited by.
    async fn visitors_with(
        &self,
        brand: &BrandId,
        own: Vec<String>,
        orders: &[OrderRecord],
    ) -> Result<Vec<String>, FlowError> {
        let aliases = self.store.visitor_aliases(brand, &own).await?.into_iter().map(|(_, alias)| alias);
        let of_orders = orders.iter().flat_map(|record| &record.visitors).map(|visitor| visitor.pv_id.clone());
        let mut pv_ids = own;
        for pv_id in aliases.chain(of_orders) {
            if pv_ids.len() < 2 * VISITORS_MAX && !pv_ids.contains(&pv_id) {
                pv_ids.push(pv_id);
            }
        }
        Ok(pv_ids)
    }

    /// The links that a timeline names.
    async fn links_of(
        &self,
        brand: &BrandId,
        clicks: &[Click],
        landings: &[Landing],
        orders: &[OrderRecord],
    ) -> Result<BTreeMap<LinkId, Link>, FlowError> {
        let attributions = || orders.iter().filter_map(|record| record.attribution.as_ref());
        let of_credits = attributions().flat_map(|one| &one.credits).map(|credit| &credit.link);
        let of_journeys = attributions().flat_map(|one| &one.journey).map(|touch| &touch.link);
        let ids: BTreeSet<&LinkId> =
            clicks.iter().map(|click| &click.link).chain(of_credits).chain(of_journeys).collect();
        let ids: Vec<String> = ids.into_iter().map(ToString::to_string).collect();
        let codes: Vec<String> = landings.iter().map(|landing| landing.code.to_string()).collect();
        let links = self.store.links_named(brand, &ids, &codes, &[]).await?;
        Ok(links.into_iter().map(|link| (link.id.clone(), link)).collect())
    }
}

/// What a client told of as an order without revenue: as such it is attributed.
fn told_order(brand: &Brand, event: &CustomerEvent, told: &ToldEvent) -> Order {
    let id = OrderId::new(event.at.0, [0; 10]);
    let name = told.order.clone().unwrap_or_else(|| event.id.clone());
    let nothing = Money { minor: 0, currency: brand.currency };
    Order::told(id, brand.id.clone(), OrderSource::Api, name, event.at, nothing)
}

impl Happening {
    fn of_order(record: OrderRecord, told: Option<ToldEvent>, model: Option<Model>) -> Self {
        let OrderRecord { order, attribution, .. } = record;
        let attribution = attribution.map(|decided| match model {
            Some(model) if model != decided.policy.model => {
                let policy = Policy { model, ..decided.policy.clone() };
                decide_from(&order, decided.evidence, &policy)
            }
            _ => decided,
        });
        // A version below zero tells of a report by API: it is when that was made.
        let updated_at = UnixMs(order.updated_at.0.abs());
        Self { order, attribution, told, is_purchase: true, updated_at }
    }

    /// What a client told of, attributed as an order without revenue would be. A purchase that nobody has verified yet
    /// is none: its credit waits for the order.
    fn of_told(
        mut case: Case,
        told: ToldEvent,
        links: &BTreeMap<LinkId, Link>,
        policy: &Policy,
        model: Option<Model>,
    ) -> Self {
        let named: BTreeSet<&LinkId> = case.clicks.iter().map(|click| &click.link).collect();
        let is_named =
            |link: &&Link| named.contains(&link.id) || case.landings.iter().any(|landing| landing.code == link.code);
        case.links = links.values().filter(is_named).cloned().collect();
        let attribution = (told.order.is_none() && !told.is_informational).then(|| {
            let policy = Policy { model: model.unwrap_or(policy.model), ..policy.clone() };
            Attribution { evidence: Vec::new(), ..decide(&case, &policy) }
        });
        let updated_at = UnixMs(told.received_at);
        Self { order: case.order, attribution, told: Some(told), is_purchase: false, updated_at }
    }
}

impl Customer {
    fn document(&self, zone: &Zone, public_url: &str, shown: Shown) -> Value {
        let at = |instant: UnixMs| zone.to_rfc3339(instant);
        let told = self.profiles.iter().map(|(profile, _)| profile.created_at);
        let created_at = told.chain(self.first_touch()).fold(self.since, Ord::min);
        let told = self.profiles.iter().map(|(profile, _)| profile.updated_at);
        let updated_at = told.chain(self.last_seen()).fold(created_at, Ord::max);
        let meta = self.profiles.iter().find_map(|(_, told)| told.meta.as_deref());
        let number = number_of("customer", &self.id);
        let mut customer = Map::new();
        customer.insert("id".into(), json!(number));
        customer.insert("client_id".into(), json!(self.client_id));
        customer.insert("is_anonymous".into(), json!(self.is_anonymous));
        customer.insert("created_at".into(), json!(at(created_at)));
        customer.insert("updated_at".into(), json!(at(updated_at)));
        customer.insert("meta".into(), raw(meta));
        customer.insert("summary".into(), self.summary());
        customer.insert("link".into(), json!(format!("{public_url}/brand/attribution/customers/{}", self.id)));
        if shown.events {
            let events: Vec<Value> = self.events.iter().map(|event| self.event(event, number, &at)).collect();
            customer.insert("events".into(), Value::Array(events));
        }
        if shown.pageviews {
            let view = |view: &PageView| {
                json!({
                    "id": number_of("pageview", &view.id),
                    "url": view.url.as_deref().map(location),
                    "created_at": at(view.at),
                    "aliases": [view.pv_id],
                })
            };
            customer.insert("pageviews".into(), self.page_views.iter().rev().map(view).collect());
        }
        if shown.touchpoints {
            customer.insert("touchpoints".into(), self.touchpoints(&at));
        }
        if shown.identities {
            customer.insert("identities".into(), self.identities());
        }
        json!({ "customer": customer })
    }

    fn first_touch(&self) -> Option<UnixMs> {
        let events = self.events.iter().map(|event| event.order.placed_at);
        self.clicks.iter().map(|click| click.at).chain(events).min()
    }

    fn last_seen(&self) -> Option<UnixMs> {
        let events = self.events.iter().map(|event| event.order.placed_at);
        let views = self.page_views.iter().map(|view| view.at);
        self.clicks.iter().map(|click| click.at).chain(events).chain(views).max()
    }

    /// Counts, and what each source and medium did for each kind of event.
    fn summary(&self) -> Value {
        /// By medium and source.
        type Weights = BTreeMap<(i64, i64), f64>;
        let mut summary = Map::new();
        let mut by_type: BTreeMap<i64, (i64, Weights)> = BTreeMap::new();
        let mut by_name: BTreeMap<&str, i64> = BTreeMap::new();
        for event in &self.events {
            *by_name.entry(event.type_name()).or_default() += 1;
            let of_type = by_type.entry(event.type_id()).or_default();
            of_type.0 += 1;
            for credit in event.attribution.iter().flat_map(|attribution| &attribution.credits) {
                let (source, medium, ..) = self.channel(credit);
                *of_type.1.entry((number_of("medium", medium), number_of("source", &source))).or_default() +=
                    percentage(credit);
            }
        }
        for (type_id, (count, channels)) in by_type {
            summary.insert(format!("{type_id}_count"), json!(count));
            let channels: Vec<Value> = channels
                .into_iter()
                .map(|((medium, source), weight)| {
                    json!({ "medium_id": medium, "source_id": source, "total_weight": weight })
                })
                .collect();
            summary.insert(format!("{type_id}_attrib"), Value::Array(channels));
        }
        summary.insert("last_seen".into(), json!(self.last_seen().map(UnixMs::to_rfc3339)));
        summary.insert("events_count".into(), json!(self.events.len()));
        summary.insert("total_amount".into(), json!(self.total_amount()));
        summary.insert("pageviews_count".into(), json!(self.page_view_count));
        summary.insert("touchpoints_count".into(), json!(self.touches().len()));
        for (name, count) in by_name {
            summary.insert(format!("{name}_count"), json!(count));
        }
        Value::Object(summary)
    }

    /// The sum of all purchases; of those in the currency of the latest where there are several.
    fn total_amount(&self) -> String {
        let mut purchases = self.events.iter().filter(|event| event.is_purchase && event.attribution.is_some()).rev();
        let currency = purchases.clone().next().map_or(Currency::USD, |event| event.order.currency);
        let minor = purchases
            .by_ref()
            .filter(|event| event.order.currency == currency)
            .fold(0i64, |sum, event| sum.saturating_add(event.order.net_minor()));
        decimal(Money { minor, currency })
    }

    /// Source and medium of a credit, and the kind of traffic.
    fn channel(&self, credit: &Credit) -> (String, &'static str, i64) {
        let link = self.links.get(&credit.link);
        let (traffic_type, medium) = traffic(link);
        let handle = credit.creator.as_ref().and_then(|creator| self.handles.get(creator).cloned());
        let source = handle.or_else(|| link.map(|link| link.code.to_string())).unwrap_or_default();
        (source, medium, traffic_type)
    }

    fn event(&self, event: &Happening, customer: i64, at: &impl Fn(UnixMs) -> String) -> Value {
        let told = event.told.as_ref();
        let is_settled = event.attribution.is_some();
        let model = event.attribution.as_ref().map(|attribution| attribution.policy.model);
        let outputs: Vec<Value> = event
            .attribution
            .iter()
            .flat_map(|attribution| &attribution.credits)
            .enumerate()
            .map(|(place, credit)| self.output(event, model, place, credit))
            .collect();
        json!({
            "id": event.id(),
            "amount": event.amount(),
            "location": told.and_then(|told| told.url.as_deref()).map(location),
            "created_at": at(event.order.placed_at),
            "updated_at": at(event.updated_at),
            "event_public_key": event.event_key(),
            "client_customer_id": customer,
            "event_type_id": event.type_id(),
            // 3: attributed; 1: waits for the order, or to be settled.
            "lifecycleStatus": if is_settled || event.is_informational() { 3 } else { 1 },
            "meta": raw(told.and_then(|told| told.meta.as_deref())),
            "is_informational": event.is_informational(),
            "transaction_id": told.map_or_else(
                || Some(event.order.external_id.clone()),
                |told| told.transaction_id.clone(),
            ),
            "retry_count": null,
            "aliases": told.filter(|told| !told.aliases.is_empty()).map(|told| &told.aliases),
            "event_type_name": event.type_name(),
            "attribution_model_outputs": outputs,
        })
    }

    fn output(&self, event: &Happening, model: Option<Model>, place: usize, credit: &Credit) -> Value {
        let (source, medium, traffic_type) = self.channel(credit);
        let money = |minor| decimal(Money { minor, currency: event.order.currency });
        let link = self.links.get(&credit.link);
        let model_place = model.and_then(|model| Model::ALL.iter().position(|one| *one == model)).unwrap_or(0);
        let mut output = json!({
            "id": number_of("output", &format!("{} {model_place} {place}", event.key())),
            "traffic_type": traffic_type,
            "weight": percentage(credit),
            "event_weighted_amount": money(credit.amount_minor),
            "event_amount": event.amount(),
            "event_id": event.id(),
            "touchpoint_id": self.touch_id(event, credit),
            "link_id": number_of("link", credit.link.as_str()),
            "campaign_id": credit.campaign.as_ref().map(|campaign| number_of("campaign", campaign.as_str())),
            "source_id": number_of("source", &source),
            "medium_id": number_of("medium", medium),
            "event_type_id": event.type_id(),
            "attribution_model_id": model_place + 1,
            "elapsed_seconds": (event.order.placed_at.0 - credit.at.0).max(0) / 1_000,
            "medium_name": medium,
            "source_name": source,
            "link_name": link.map(|link| link.code),
            "traffic_type_name": medium,
            "attribution_model_name": model.map(Model::label),
        });
        if let Some(campaign) = &credit.campaign {
            output["campaign_name"] = json!(self.campaigns.get(campaign.as_str()));
        }
        output
    }

    /// The touchpoint that a credit is of: the click where it is one, else the mention in its order.
    fn touch_id(&self, event: &Happening, credit: &Credit) -> i64 {
        let click = self.clicks.iter().find(|click| click.link == credit.link && click.at == credit.at);
        match click.filter(|_| credit.kind == EvidenceKind::Click) {
            Some(click) => number_of("touchpoint", click.id.as_str()),
            None => mention_id(event.key(), &credit.link, credit.kind, credit.at),
        }
    }

    /// Clicks, and mentions of links in orders by other means, in touch order.
    fn touches(&self) -> Vec<(UnixMs, i64, Option<&Click>, &LinkId)> {
        let mut touches: Vec<_> = self
            .clicks
            .iter()
            .map(|click| (click.at, number_of("touchpoint", click.id.as_str()), Some(click), &click.link))
            .collect();
        for event in &self.events {
            let Some(attribution) = &event.attribution else { continue };
            touches.extend(attribution.journey.iter().filter(|touch| touch.kind != EvidenceKind::Click).map(|touch| {
                (touch.at, mention_id(event.key(), &touch.link, touch.kind, touch.at), None, &touch.link)
            }));
        }
        touches.sort_by_key(|(at, id, ..)| (*at, *id));
        touches
    }

    fn touchpoints(&self, at: &impl Fn(UnixMs) -> String) -> Value {
        self.touches()
            .into_iter()
            .map(|(instant, id, click, link)| {
                let link = self.links.get(link);
                json!({
                    "id": id,
                    "client_id": null,
                    // Neither addresses nor whole user agents are stored.
                    "ip_address": null,
                    "referrer": click.and_then(|click| click.referrer_host.as_ref()).map(|host| format!("https://{host}")),
                    "url": link.map(landing_page),
                    "created_at": at(instant),
                    "user_agent": click.map(|click| format!("{} on {} ({})", click.browser, click.os, click.device)),
                    "aliases": click.map_or_else(Vec::new, |click| vec![&click.pv_id]),
                })
            })
            .collect()
    }

    fn identities(&self) -> Value {
        let identity = |(_, told): &(Profile, ToldProfile)| {
            json!({
                "client_id": told.client_id,
                "is_anonymous": told.client_id.is_none(),
                "meta": raw(told.meta.as_deref()),
                "ip_address": null,
                "data_source": null,
                "aliases": self.pv_ids,
            })
        };
        // A browser's word for what a backend says too is told once.
        let is_repeat = |place: usize, told: &ToldProfile| {
            self.profiles[..place].iter().any(|(_, other)| other.client_id == told.client_id)
        };
        if !self.profiles.is_empty() {
            let own = self.profiles.iter().enumerate().filter(|(place, (_, told))| !is_repeat(*place, told));
            return own.map(|(_, profile)| identity(profile)).collect();
        }
        json!([{
            "client_id": self.client_id,
            "is_anonymous": self.is_anonymous,
            "meta": null,
            "ip_address": null,
            "data_source": null,
            "aliases": self.pv_ids,
        }])
    }
}

fn mention_id(event: &str, link: &LinkId, kind: EvidenceKind, at: UnixMs) -> i64 {
    number_of("touchpoint", &format!("{event} {link} {} {}", kind.as_str(), at.0))
}

/// A credit's share as a percentage, for people: amounts are split by the exact fraction.
#[expect(clippy::cast_precision_loss, reason = "a percentage on a screen, not money")]
fn percentage(credit: &Credit) -> f64 {
    let whole = credit.weight.split_once('/').and_then(|(_, whole)| whole.parse::<u128>().ok()).unwrap_or(1);
    credit.weight_part() as f64 * 100.0 / whole.max(1) as f64
}

/// Stored JSON as it was written.
fn raw(text: Option<&str>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_as_few_decimals_as_they_need_and_one_at_least() {
        let decimal = |minor, code| decimal(Money { minor, currency: Currency::parse(code).expect("valid") });
        assert_eq!(decimal(10_000, "USD"), "100.0");
        assert_eq!(decimal(4_999, "USD"), "49.99");
        assert_eq!(decimal(4_990, "USD"), "49.9");
        assert_eq!(decimal(100, "JPY"), "100.0");
        assert_eq!(decimal(1_505, "KWD"), "1.505");
        assert_eq!(decimal(0, "USD"), "0.0");
    }

    #[test]
    fn numbers_are_stable_and_exact_in_json() {
        assert_eq!(number_of("link", "lnk_1"), number_of("link", "lnk_1"));
        assert_ne!(number_of("link", "lnk_1"), number_of("campaign", "lnk_1"));
        assert!((1..1i64 << 52).contains(&number_of("event", "x")));
    }

    #[test]
    fn flags_are_read_as_the_contract_says() {
        let read = |pairs: &[(&'static str, &'static str)]| Shown::read(pairs.iter().copied()).expect("valid");
        assert_eq!(read(&[]), Shown::default());
        assert_eq!(read(&[("show_all", "true")]), Shown::ALL);
        assert_eq!(read(&[("show_all", "false"), ("show_events", "true")]), Shown { events: true, ..Shown::default() });
        assert_eq!(read(&[("model", "linear"), ("show_all", "1")]).model, Some(Model::Linear));
        assert!(Shown::read([("model", "psychic")].into_iter()).is_err());
    }
}
