//! Plays the story: each act goes through the use case that serves it when it is real.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use domain::{CampaignId, CreatorId, PayoutId, UnixMs, brand::Brand, link::Link, time::HOUR_MS};
use flow::{
    Clock, Flow,
    access::{ApiCaller, Merchant},
    click::Visit,
    event::EventReport,
    job::OrderRef,
    payout::PayoutState,
    survey::SurveyReport,
};
use shopify::order::{ShopifyOrder, read_order};
use store::{Store, ingest::Batch};
use wire::EventType;

use super::{
    cast::{LINKS, PRODUCTS},
    crowd::Person,
    dice::Dice,
    plan::{Act, Planned},
    sold::{Marks, Sold},
};
use crate::serve::Failure;

/// What happens within so much time is stored together, which is some hundred commits less.
const TOGETHER_MS: i64 = 3 * HOUR_MS;
/// Orders settled in one transaction.
const SETTLED_AT_ONCE: usize = 32;

/// A clock that shows the time of the story.
#[derive(Clone, Debug)]
pub(super) struct StoryClock(Arc<AtomicI64>);

impl StoryClock {
    pub(super) fn new(at: UnixMs) -> Self {
        Self(Arc::new(AtomicI64::new(at.0)))
    }

    pub(super) fn set(&self, at: UnixMs) {
        self.0.store(at.0, Ordering::SeqCst);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.0.load(Ordering::SeqCst))
    }
}

/// The brand while the story is played.
pub(super) struct Stage {
    pub(super) flow: Flow,
    pub(super) store: Arc<dyn Store>,
    pub(super) merchant: Merchant,
    pub(super) clock: StoryClock,
    /// The storefront's script.
    pub(super) pixel: ApiCaller,
    /// The storefront's address, without a trailing slash.
    pub(super) storefront: String,
    /// Those that are added, by their position in the cast.
    pub(super) creators: BTreeMap<usize, CreatorId>,
    pub(super) campaigns: BTreeMap<usize, CampaignId>,
    pub(super) links: Vec<Option<Link>>,
    pub(super) people: Vec<Person>,
    planned: Vec<Planned>,
    sold: Vec<Option<Sold>>,
    payout: Option<PayoutId>,
    dice: Dice,
    waiting: Waiting,
}

/// What is not stored yet.
#[derive(Default)]
struct Waiting {
    since: Option<UnixMs>,
    batch: Batch,
    orders: Vec<ShopifyOrder>,
    /// Seller's ids of orders to be settled.
    changed: BTreeSet<String>,
}

/// The parts of a stage that do not change.
pub(super) struct Scenery {
    pub(super) flow: Flow,
    pub(super) store: Arc<dyn Store>,
    pub(super) merchant: Merchant,
    pub(super) clock: StoryClock,
    pub(super) pixel: ApiCaller,
    pub(super) storefront: String,
}

impl Stage {
    pub(super) fn new(scenery: Scenery, people: Vec<Person>, planned: Vec<Planned>) -> Self {
        let Scenery { flow, store, merchant, clock, pixel, storefront } = scenery;
        let sold = vec![None; planned.len()];
        Self {
            flow,
            store,
            merchant,
            clock,
            pixel,
            storefront,
            creators: BTreeMap::new(),
            campaigns: BTreeMap::new(),
            links: vec![None; LINKS.len()],
            people,
            planned,
            sold,
            payout: None,
            dice: Dice::of("stage", 0),
            waiting: Waiting::default(),
        }
    }

    fn brand(&self) -> &Brand {
        self.merchant.brand()
    }

    /// The creator at this position of the cast.
    pub(super) fn creator(&self, number: usize) -> Result<&CreatorId, Failure> {
        self.creators.get(&number).ok_or_else(|| format!("creator {number} is not there yet").into())
    }

    /// Plays all acts.
    pub(super) async fn play(&mut self, acts: &[(UnixMs, Act)]) -> Result<(), Failure> {
        for (at, act) in acts {
            if self.waiting.since.is_some_and(|since| at.0 - since.0 > TOGETHER_MS) || !is_gathered(act) {
                self.store_waiting().await?;
            }
            self.clock.set(*at);
            if is_gathered(act) {
                self.waiting.since.get_or_insert(*at);
            }
            self.perform(act).await?;
        }
        self.store_waiting().await
    }

    async fn perform(&mut self, act: &Act) -> Result<(), Failure> {
        match act {
            Act::Click { person, link } => self.click(*person, *link, None).await,
            Act::Prefetch { person, link } => self.click(*person, *link, Some("prefetch")).await,
            Act::Crawl { link, agent } => self.crawl(*link, agent).await,
            Act::View { person, product } => {
                self.report(*person, EventType::PageView, Some(*product), None);
                Ok(())
            }
            Act::Cart { person, product } => {
                self.report(*person, EventType::AddToCart, Some(*product), None);
                Ok(())
            }
            Act::Checkout(person) => {
                self.report(*person, EventType::CheckoutStart, None, None);
                Ok(())
            }
            Act::Report { person, order } => self.report_purchase(*person, *order).await,
            Act::Order(order) => self.order(*order),
            Act::Change(order, change) => {
                let at = self.clock.now();
                let Some(sold) = self.sold[*order].as_mut() else { return Ok(()) };
                sold.change(*change, at);
                self.deliver(*order)
            }
            Act::Answer { order, text } => self.answer(*order, text).await,
            Act::Assign { order, creator, reason } => self.assign(*order, *creator, reason).await,
            Act::Payout => {
                let currency = self.brand().currency.code();
                self.payout = Some(self.flow.payouts().create(&self.merchant, currency).await?.id);
                Ok(())
            }
            Act::Pay => match &self.payout {
                Some(payout) => Ok(self.flow.payouts().close(&self.merchant, payout, PayoutState::Paid).await?),
                None => Ok(()),
            },
            other => self.prepare(other).await,
        }
    }

    async fn click(&mut self, person: usize, link: usize, purpose: Option<&str>) -> Result<(), Failure> {
        let Some(link) = &self.links[link] else { return Ok(()) };
        let code = link.code.to_string();
        let who = &self.people[person];
        // An address of their own: visitors without a cookie are distinguished by address and agent.
        let address = format!("10.0.{}.{}", person / 250, person % 250);
        let visit = Visit {
            code: &code,
            cookie: who.pv_id.as_deref(),
            user_agent: who.agent,
            address: &address,
            referrer: who.referrer,
            country: Some(who.country),
            fetch_dest: Some("document"),
            fetch_mode: Some("navigate"),
            purpose,
            is_head: false,
            is_refused: false,
        };
        let redirect = self.flow.clicks().redirect(visit).await?;
        self.waiting.batch.clicks.extend(redirect.click);
        if let Some(pv_id) = redirect.set_cookie {
            let who = &mut self.people[person];
            who.pv_id = Some(pv_id);
            who.last_code = Some(code);
        }
        Ok(())
    }

    async fn crawl(&mut self, link: usize, agent: &str) -> Result<(), Failure> {
        let Some(link) = &self.links[link] else { return Ok(()) };
        let visit = Visit {
            code: &link.code.to_string(),
            cookie: None,
            user_agent: agent,
            address: "192.0.2.2",
            referrer: None,
            country: Some("US"),
            fetch_dest: None,
            fetch_mode: None,
            purpose: None,
            is_head: false,
            is_refused: false,
        };
        let redirect = self.flow.clicks().redirect(visit).await?;
        self.waiting.batch.clicks.extend(redirect.click);
        Ok(())
    }

    /// What the storefront's script reports. It gives visitors who came without a link their id.
    fn report(&mut self, person: usize, event_type: EventType, product: Option<usize>, order: Option<&Sold>) {
        let dice = &mut self.dice;
        let who = &mut self.people[person];
        let pv_id = who.pv_id.get_or_insert_with(|| dice.visitor()).clone();
        let handle = product.map_or("", |product| PRODUCTS[product].handle);
        let page = match (event_type, &who.last_code) {
            (EventType::PageView, Some(code)) => {
                format!("{}/products/{handle}?{}={code}", self.storefront, wire::PARAM_REF)
            }
            (EventType::PageView | EventType::AddToCart, _) => format!("{}/products/{handle}", self.storefront),
            _ => format!("{}/cart", self.storefront),
        };
        let report = EventReport {
            event_type,
            pv_id,
            pv_alias: None,
            event_id: None,
            occurred_at: None,
            page_url: Some(page),
            product_id: product.map(|product| (8_000_000_000_000_000 + product).to_string()),
            order_id: order.map(|order| order.name().trim_start_matches('#').to_owned()),
            revenue: None,
            order_token: None,
            is_test: false,
            promo_code: None,
            is_new_customer: None,
            event_data: None,
        };
        self.waiting.batch.events.extend(self.flow.events().admit(&self.pixel, vec![report]));
    }

    async fn report_purchase(&mut self, person: usize, order: usize) -> Result<(), Failure> {
        let Some(sold) = self.sold[order].clone() else { return Ok(()) };
        self.report(person, EventType::Purchase, None, Some(&sold));
        self.store_waiting().await?;
        let about =
            OrderRef { brand: self.brand().id.clone(), order_id: sold.name().trim_start_matches('#').to_owned() };
        self.flow.orders().process_purchase_reports(&about).await?;
        self.settle(&[sold.id.to_string()]).await
    }

    fn order(&mut self, order: usize) -> Result<(), Failure> {
        let planned = &self.planned[order];
        let who = &self.people[planned.person];
        let landing = planned.landing.and_then(|link| self.links[link].as_ref());
        let marks = Marks {
            visitor: who.pv_id.clone().filter(|_| planned.has_visitor),
            cart_code: planned.cart_code.text(who.last_code.as_deref()),
            landing_code: landing.map(|link| link.code.to_string()),
            discount: planned.discount,
        };
        // Shopify counts orders up in the order of time.
        let number = super::FIRST_ORDER + self.sold.iter().flatten().count();
        let sold = Sold::new(number, planned.at, &planned.lines, marks);
        self.sold[order] = Some(sold.by(&who.email, who.customer).with_test(planned.is_test));
        self.deliver(order)
    }

    /// The shop's webhook about an order, as it arrives.
    fn deliver(&mut self, order: usize) -> Result<(), Failure> {
        let Some(sold) = &self.sold[order] else { return Ok(()) };
        let body = read_order(sold.body().as_bytes())?;
        // Messages about one order are stored one after the other.
        self.waiting.orders.retain(|earlier| earlier.id != body.id);
        self.waiting.changed.insert(body.id.to_string());
        self.waiting.orders.push(body);
        Ok(())
    }

    async fn answer(&mut self, order: usize, text: &str) -> Result<(), Failure> {
        let Some(sold) = &self.sold[order] else { return Ok(()) };
        let order_id = sold.id.to_string();
        let question = "How did you hear about us?".to_owned();
        let report = SurveyReport { order_id: order_id.clone(), question, answer: text.to_owned() };
        self.flow.surveys().record_by_member(&self.merchant, &report).await?;
        self.settle(&[order_id]).await
    }

    async fn assign(&mut self, order: usize, creator: usize, reason: &str) -> Result<(), Failure> {
        let Some(sold) = &self.sold[order] else { return Ok(()) };
        let external_id = sold.id.to_string();
        let records = self.store.orders_by_external_ids(&self.brand().id, core::slice::from_ref(&external_id)).await?;
        let Some(record) = records.first() else { return Ok(()) };
        let (order, creator) = (&record.order.id, self.creator(creator)?);
        self.flow.surveys().assign_credit_to_creator(&self.merchant, order, creator, reason).await?;
        self.settle(&[external_id]).await
    }

    /// Stores what was gathered, first what visitors did.
    async fn store_waiting(&mut self) -> Result<(), Failure> {
        let Waiting { batch, orders, changed, .. } = core::mem::take(&mut self.waiting);
        if !batch.is_empty() {
            self.store.append(&batch).await?;
        }
        if !orders.is_empty() {
            let orders: Vec<&ShopifyOrder> = orders.iter().collect();
            self.flow.orders().record_shopify_orders(self.merchant.brand(), &orders).await?;
        }
        let changed: Vec<String> = changed.into_iter().collect();
        self.settle(&changed).await
    }

    /// Decides orders now, as the jobs would that were queued with them.
    async fn settle(&self, orders: &[String]) -> Result<(), Failure> {
        for orders in orders.chunks(SETTLED_AT_ONCE) {
            self.flow.orders().settle_many(&self.brand().id, orders).await?;
        }
        Ok(())
    }
}

/// Whether an act may be stored together with others.
fn is_gathered(act: &Act) -> bool {
    matches!(
        act,
        Act::Click { .. }
            | Act::Prefetch { .. }
            | Act::Crawl { .. }
            | Act::View { .. }
            | Act::Cart { .. }
            | Act::Checkout(_)
            | Act::Order(_)
            | Act::Change(..)
    )
}
