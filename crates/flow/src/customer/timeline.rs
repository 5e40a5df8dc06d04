//! One customer's timeline: what they did, which links led them there, and what each of those earned.

mod load;

use std::collections::BTreeMap;

use domain::{
    CreatorId, Currency, CustomerId, LinkId, Money, UnixMs,
    attribution::{Attribution, AttributionInput, Credit, decide, decide_from},
    click::Click,
    evidence::EvidenceKind,
    link::Link,
    model::Model,
    order::{Order, OrderSource},
    policy::Policy,
    time::Zone,
};
use serde::{Deserialize, Serialize};
use store::{
    orders::OrderRecord,
    profiles::{PageView, Profile},
};

pub use self::load::{EVENTS_MAX, ORDERS_MAX, ROWS_MAX};

/// The kind of event that an order is, if its sender did not name it otherwise.
const PURCHASE_KEY: &str = "purchase";

/// What a client reported about a customer, as it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileDetails {
    /// The client's name of the customer; `None` for visitors without one.
    pub client_id: Option<String>,
    /// Further data, a JSON object.
    pub meta: Option<Box<str>>,
}

/// An event that a client reported for a customer, as it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDetails {
    /// The client's name of the kind of event.
    pub event_key: String,
    /// The page on which it happened, without query.
    pub url: Option<String>,
    /// The client's transaction id.
    pub transaction_id: Option<String>,
    /// The seller's id of the order that the event is, if it is one.
    pub order: Option<String>,
    /// Whether a backend reported it.
    pub is_backend: bool,
    /// For the record only: nothing is credited.
    pub is_informational: bool,
    /// The visitors named with it.
    pub aliases: Vec<String>,
    /// Further data, a JSON object.
    pub meta: Option<Box<str>>,
    /// When it arrived, Unix ms.
    pub received_at: i64,
}

/// Which parts of the timeline are asked for.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the API")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimelineSections {
    /// Page views.
    pub pageviews: bool,
    /// Touchpoints.
    pub touchpoints: bool,
    /// Events with their attribution.
    pub events: bool,
    /// The client's names of the customer.
    pub identities: bool,
    /// The model by which events are attributed; the brand's policy if `None`.
    pub model: Option<Model>,
}

impl TimelineSections {
    /// Every part.
    pub const ALL: Self = Self { pageviews: true, touchpoints: true, events: true, identities: true, model: None };
}

/// Everything stored about one customer. Of each kind it holds the latest: [`ROWS_MAX`] clicks and page views, [`ORDERS_MAX`]
/// orders, [`EVENTS_MAX`] other events.
#[derive(Clone, Debug)]
pub struct CustomerTimeline {
    /// The customer's id, or the id by which it was found.
    pub id: CustomerId,
    /// When the customer was first reported.
    pub since: UnixMs,
    /// The client's name of the customer, as it was asked for or reported.
    pub client_id: Option<String>,
    /// Whether the customer has no name yet.
    pub is_anonymous: bool,
    /// What clients reported: a backend's first, then the latest.
    pub profiles: Vec<(Profile, ProfileDetails)>,
    /// The customer's visitors.
    pub pv_ids: Vec<String>,
    /// Clicks by people, latest first.
    pub clicks: Vec<Click>,
    /// Page views, latest first; at most one unless they were asked for.
    pub page_views: Vec<PageView>,
    /// Number of page views.
    pub page_view_count: i64,
    /// If there are more clicks or page views than are held: a time down to which, excluded, all of them are. Those at it
    /// and before are read with this time as the end.
    pub cut_at: Option<UnixMs>,
    /// Purchases and other events, earliest first.
    pub events: Vec<TimelineEvent>,
    /// Links that the timeline names.
    pub links: BTreeMap<LinkId, Link>,
    /// Creators' handles.
    pub handles: BTreeMap<CreatorId, String>,
    /// Names of campaigns, by id.
    pub campaigns: BTreeMap<String, String>,
    /// The brand's time zone.
    pub zone: Zone,
}

/// One event of a timeline. Other events are attributed as orders without revenue.
#[derive(Clone, Debug)]
pub struct TimelineEvent {
    /// The order, or an order of no revenue that stands for another event.
    pub order: Order,
    /// The decision; `None` while the order waits to be settled.
    pub attribution: Option<Attribution>,
    /// What a client reported about it.
    pub details: Option<EventDetails>,
    /// Whether it is an order.
    pub is_purchase: bool,
    /// When it was last updated.
    pub updated_at: UnixMs,
}

/// A touchpoint of a timeline.
#[derive(Clone, Copy, Debug)]
pub struct Touch<'a> {
    /// When.
    pub at: UnixMs,
    /// The link.
    pub link: &'a LinkId,
    /// How it is known.
    pub source: TouchSource<'a>,
}

/// How a touchpoint is known.
#[derive(Clone, Copy, Debug)]
pub enum TouchSource<'a> {
    /// A click.
    Click(&'a Click),
    /// A mention in an order, such as its discount code.
    Order(&'a TimelineEvent, EvidenceKind),
}

impl TimelineEvent {
    fn of_order(record: OrderRecord, details: Option<EventDetails>, model: Option<Model>) -> Self {
        let OrderRecord { order, attribution, .. } = record;
        let attribution = attribution.map(|decided| match model {
            Some(model) if model != decided.policy.model => {
                let policy = Policy { model, ..decided.policy.clone() };
                decide_from(&order, decided.evidence, &policy)
            }
            _ => decided,
        });
        let updated_at = order.version.at();
        Self { order, attribution, details, is_purchase: true, updated_at }
    }

    /// An event that is not an order. A purchase that is not verified yet has no attribution: its credit waits for the
    /// order.
    fn of_event(input: AttributionInput, details: EventDetails, policy: &Policy, model: Option<Model>) -> Self {
        let is_attributed = details.order.is_none() && !details.is_informational;
        let attribution = is_attributed.then(|| {
            let policy = Policy { model: model.unwrap_or(policy.model), ..policy.clone() };
            Attribution { evidence: Vec::new(), ..decide(&input, &policy) }
        });
        let updated_at = UnixMs(details.received_at);
        Self { order: input.order, attribution, details: Some(details), is_purchase: false, updated_at }
    }

    /// What identifies it: the same before and after a reported order has arrived.
    pub fn key(&self) -> &str {
        &self.order.external_id
    }

    /// The client's name of the kind of event.
    pub fn event_key(&self) -> &str {
        self.details.as_ref().map_or(PURCHASE_KEY, |details| &details.event_key)
    }

    /// Whether it is for the record only.
    pub fn is_informational(&self) -> bool {
        self.details.as_ref().is_some_and(|details| details.is_informational)
    }

    /// Net revenue.
    pub fn amount(&self) -> Money {
        Money { minor: self.order.net_minor(), currency: self.order.currency }
    }

    /// The credits, if it is attributed.
    pub fn credits(&self) -> &[Credit] {
        self.attribution.as_ref().map_or(&[], |attribution| &attribution.credits)
    }
}

impl CustomerTimeline {
    /// When the customer was first seen, by a touch, an event or a report.
    pub fn created_at(&self) -> UnixMs {
        let reports = self.profiles.iter().map(|(profile, _)| profile.created_at);
        let clicks = self.clicks.iter().map(|click| click.at);
        let events = self.events.iter().map(|event| event.order.placed_at);
        reports.chain(clicks).chain(events).fold(self.since, Ord::min)
    }

    /// When anything about the customer last changed.
    pub fn updated_at(&self) -> UnixMs {
        let reports = self.profiles.iter().map(|(profile, _)| profile.updated_at);
        reports.chain(self.last_seen()).fold(self.created_at(), Ord::max)
    }

    /// The customer's last click, page view or event.
    pub fn last_seen(&self) -> Option<UnixMs> {
        let events = self.events.iter().map(|event| event.order.placed_at);
        let views = self.page_views.iter().map(|view| view.at);
        self.clicks.iter().map(|click| click.at).chain(events).chain(views).max()
    }

    /// What clients last reported besides names, a JSON object.
    pub fn meta(&self) -> Option<&str> {
        self.profiles.iter().find_map(|(_, details)| details.meta.as_deref())
    }

    /// The sum of the settled purchases, in the currency of the latest; purchases in other currencies are left out.
    pub fn total(&self) -> Money {
        let purchases = || self.events.iter().filter(|event| event.is_purchase && event.attribution.is_some());
        let currency = purchases().next_back().map_or(Currency::USD, |event| event.order.currency);
        let minor = purchases()
            .filter(|event| event.order.currency == currency)
            .fold(0i64, |sum, event| sum.saturating_add(event.order.net_minor()));
        Money { minor, currency }
    }

    /// The name under which a credit's link is shown: its creator's handle, else its code.
    pub fn source_of(&self, credit: &Credit) -> String {
        let handle = credit.creator.as_ref().and_then(|creator| self.handles.get(creator).cloned());
        let code = || self.links.get(&credit.link).map(|link| link.code.to_string());
        handle.or_else(code).unwrap_or_default()
    }

    /// Clicks, and mentions of links in orders by other means. Not in order.
    pub fn touches(&self) -> Vec<Touch<'_>> {
        let clicks = self.clicks.iter().map(|click| Touch {
            at: click.at,
            link: &click.link,
            source: TouchSource::Click(click),
        });
        let mentions = self.events.iter().flat_map(|event| {
            let journey = event.attribution.iter().flat_map(|attribution| &attribution.journey);
            journey.filter(|touch| touch.kind != EvidenceKind::Click).map(move |touch| Touch {
                at: touch.at,
                link: &touch.link,
                source: TouchSource::Order(event, touch.kind),
            })
        });
        clicks.chain(mentions).collect()
    }
}

/// An event that is not an order, as an order without revenue.
fn event_as_order(
    brand: &domain::brand::Brand,
    event: &store::profiles::CustomerEvent,
    details: &EventDetails,
) -> Order {
    let id = domain::OrderId::new(event.at.0, [0; 10]);
    let name = details.order.clone().unwrap_or_else(|| event.id.clone());
    let nothing = Money { minor: 0, currency: brand.currency };
    Order::minimal(id, brand.id.clone(), OrderSource::Api, name, event.at, nothing)
}
