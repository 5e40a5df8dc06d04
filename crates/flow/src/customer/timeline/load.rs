//! Loading a customer's timeline.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BrandId, CustomerId, Identity, LinkId, UnixMs,
    attribution::{AttributionInput, Landing, Visitor},
    brand::Brand,
    click::Click,
    link::Link,
    order::Order,
    shop::Shop,
};
use store::{
    customers::Customer,
    evidence::VisitorSpan,
    orders::OrderRecord,
    profiles::{CustomerEvent, Profile},
};

use super::{CustomerTimeline, EventDetails, ProfileDetails, TimelineEvent, TimelineSections, event_as_order};
use crate::{
    FlowError,
    access::{ApiCaller, Merchant},
    alias::alias_spans,
    customer::{NAME_BYTES_MAX, event_location, profile_location},
    stage::Customers,
};

/// Most visitors of one customer that are looked at.
const VISITORS_MAX: usize = 50;
/// Most clicks, and most page views, that are read at once, the latest.
pub const ROWS_MAX: i64 = 500;
/// Most events that clients reported, the latest.
pub const EVENTS_MAX: i64 = 100;
/// Most orders, the latest.
pub const ORDERS_MAX: usize = 200;
/// Most clicks before an event that is not an order, the latest.
const CLICKS_BEFORE_MAX: usize = 50;

/// An event with what its client reported.
struct ReportedEvent {
    event: CustomerEvent,
    details: EventDetails,
}

impl Customers<'_> {
    /// A customer by the client's name, by Shopify's customer id, by a visitor's `pv_id` or by our id.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such customer (test keys have none); `FlowError::Disabled` if the brand has
    /// uninstalled the app.
    pub async fn timeline(
        self,
        caller: &ApiCaller,
        client_id: &str,
        sections: TimelineSections,
    ) -> Result<CustomerTimeline, FlowError> {
        let brand = self.store.brand(caller.brand()).await?.ok_or(FlowError::NotFound("customer"))?;
        let shops = self.store.shops_of(&brand.id).await?;
        if !shops.is_empty() && shops.iter().all(Shop::is_gone) {
            return Err(FlowError::Disabled);
        }
        let found = if caller.is_test() { None } else { self.load(&brand, client_id, sections, self.now()).await? };
        found.ok_or(FlowError::NotFound("customer"))
    }

    /// A customer of the brand, for a member: with the clicks and page views not after `until`, or the latest ones.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such customer.
    pub async fn get(
        self,
        merchant: &Merchant,
        id: &str,
        until: Option<UnixMs>,
    ) -> Result<CustomerTimeline, FlowError> {
        let until = until.unwrap_or_else(|| self.now());
        let found = self.load(merchant.brand(), id, TimelineSections::ALL, until).await?;
        found.ok_or(FlowError::NotFound("customer"))
    }

    /// The customer of an order, if one is known.
    pub async fn of_order(self, merchant: &Merchant, order: &Order) -> Result<Option<CustomerId>, FlowError> {
        if order.is_test {
            return Ok(None);
        }
        let identity = Identity::Order(order.external_id.clone());
        Ok(self.store.customer_of(merchant.id(), &identity).await?.map(|customer| customer.id))
    }

    /// The customer that a text names, and the text if it is the client's own name.
    pub(crate) async fn by_name(
        self,
        brand: &BrandId,
        name: &str,
    ) -> Result<Option<(Customer, Option<String>)>, FlowError> {
        let name = name.trim();
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains('\0') {
            return Ok(None);
        }
        let candidates = [
            Some((self.customer_key(name), true)),
            Some((self.shopify_customer(name), true)),
            Some((Identity::Visitor(name.to_ascii_lowercase()), false)),
            name.parse().ok().map(|id| (Identity::MergedCustomer(id), false)),
            // Unverified; tried last so that it never shadows a verified identity.
            Some((self.claimed_key(name), true)),
        ];
        for (identity, is_client_id) in candidates.into_iter().flatten() {
            if let Some(customer) = self.store.customer_of(brand, &identity).await? {
                return Ok(Some((customer, is_client_id.then(|| name.to_owned()))));
            }
        }
        Ok(None)
    }

    async fn load(
        self,
        brand: &Brand,
        name: &str,
        sections: TimelineSections,
        until: UnixMs,
    ) -> Result<Option<CustomerTimeline>, FlowError> {
        let id = &brand.id;
        let Some((known, asked_by)) = self.by_name(id, name).await? else { return Ok(None) };
        let profiles = self.profiles(id, &known.identities).await?;
        let reported = self.reported_events(id, &known.identities).await?;
        let own: Vec<String> =
            known.identities.iter().filter_map(Identity::visitor).take(VISITORS_MAX).map(str::to_owned).collect();
        let order_ids: Vec<String> = known.identities.iter().filter_map(Identity::order).map(str::to_owned).collect();
        let orders = self.orders_of(id, &order_ids, &reported, &own).await?;
        let own = visitors_with(own, &orders);
        let spans: Vec<_> = own.iter().map(|pv_id| VisitorSpan::until(pv_id.as_str(), until)).collect();
        let queries = [spans];
        let landings = self.store.landings_of(id, &queries).await?.pop().unwrap_or_default();
        let [mut spans] = queries;
        let mut pv_ids = own.clone();
        for (_, span) in alias_spans(&self.store.visitor_aliases(id, &own).await?, &landings, until) {
            if pv_ids.len() < 2 * VISITORS_MAX && !own.contains(&span.pv_id) {
                if !pv_ids.contains(&span.pv_id) {
                    pv_ids.push(span.pv_id.clone());
                }
                spans.push(span);
            }
        }
        let queries = [spans];
        let mut clicks = self.store.clicks_of(id, &queries, ROWS_MAX + 1).await?.pop().unwrap_or_default();
        let clicks_cut_at = cut(&mut clicks, |click| click.at);
        clicks.retain(|click| click.bot.is_none());
        let limit = if sections.pageviews { ROWS_MAX + 1 } else { 1 };
        let (page_view_count, mut page_views) = self.store.page_views_of(id, &pv_ids, until, limit).await?;
        let page_views_cut_at = cut(&mut page_views, |view| view.at);
        let links = self.links_of(id, &clicks, &landings, &orders).await?;
        let events = timeline_events(brand, orders, reported, &clicks, &landings, &links, sections);

        let creators = self.store.creators(id).await?;
        let campaigns = self.store.campaigns(id).await?;
        let names_customer =
            |identity: &Identity| identity.is_customer_key() || matches!(identity, Identity::ShopifyCustomer(_));
        Ok(Some(CustomerTimeline {
            id: known.id,
            since: known.since,
            client_id: asked_by.or_else(|| profiles.iter().find_map(|(_, details)| details.client_id.clone())),
            is_anonymous: !known.identities.iter().any(names_customer),
            profiles,
            pv_ids,
            clicks,
            page_views,
            page_view_count,
            cut_at: clicks_cut_at.max(page_views_cut_at),
            events,
            links,
            handles: creators.into_iter().map(|creator| (creator.id, creator.handle)).collect(),
            campaigns: campaigns.into_iter().map(|campaign| (campaign.id.to_string(), campaign.name)).collect(),
            zone: brand.zone.clone(),
        }))
    }

    /// What clients reported: a backend's first, then the latest.
    async fn profiles(
        self,
        brand: &BrandId,
        identities: &[Identity],
    ) -> Result<Vec<(Profile, ProfileDetails)>, FlowError> {
        let mut profiles = Vec::new();
        for profile in self.store.profiles_of(brand, identities).await? {
            let details = self.unseal(&profile_location(brand, &profile.identity), &profile.sealed)?;
            profiles.push((profile, details));
        }
        let is_verified = |profile: &Profile| matches!(profile.identity, Identity::CustomerKey(_));
        profiles.sort_by_key(|(profile, _)| (!is_verified(profile), -profile.updated_at.0));
        Ok(profiles)
    }

    /// Events that clients reported: of repeats the backend's first, else the earliest.
    async fn reported_events(self, brand: &BrandId, identities: &[Identity]) -> Result<Vec<ReportedEvent>, FlowError> {
        let mut reported = Vec::new();
        for event in self.store.customer_events_of(brand, identities, EVENTS_MAX).await? {
            let details = self.unseal(&event_location(brand, &event.id), &event.sealed)?;
            reported.push(ReportedEvent { event, details });
        }
        reported.sort_by_key(|one: &ReportedEvent| (!one.details.is_backend, one.details.received_at));
        Ok(reported)
    }

    /// A customer's orders, and those that one of their visitors reported and was credited by.
    async fn orders_of(
        self,
        brand: &BrandId,
        own: &[String],
        reported: &[ReportedEvent],
        pv_ids: &[String],
    ) -> Result<Vec<OrderRecord>, FlowError> {
        let named = reported.iter().filter_map(|one| one.details.order.clone());
        let all: Vec<String> = own.iter().cloned().chain(named).collect();
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

    /// The links that a timeline names.
    async fn links_of(
        self,
        brand: &BrandId,
        clicks: &[Click],
        landings: &[Landing],
        orders: &[OrderRecord],
    ) -> Result<BTreeMap<LinkId, Link>, FlowError> {
        let attributions = || orders.iter().filter_map(|record| record.attribution.as_ref());
        let of_credits = attributions().flat_map(|attribution| &attribution.credits).map(|credit| &credit.link);
        let of_journeys = attributions().flat_map(|attribution| &attribution.journey).map(|touch| &touch.link);
        let ids: BTreeSet<&LinkId> =
            clicks.iter().map(|click| &click.link).chain(of_credits).chain(of_journeys).collect();
        let ids: Vec<String> = ids.into_iter().map(ToString::to_string).collect();
        let codes: Vec<String> = landings.iter().map(|landing| landing.code.to_string()).collect();
        let links = self.store.links_named(brand, &ids, &codes, &[]).await?;
        Ok(links.into_iter().map(|link| (link.id.clone(), link)).collect())
    }
}

/// A customer's visitors, and those that their orders were placed by.
fn visitors_with(own: Vec<String>, orders: &[OrderRecord]) -> Vec<String> {
    let is_own = |visitor: &&Visitor| !visitor.is_alias;
    let mut pv_ids = own;
    for visitor in orders.iter().flat_map(|record| &record.visitors).filter(is_own) {
        if pv_ids.len() < VISITORS_MAX && !pv_ids.contains(&visitor.pv_id) {
            pv_ids.push(visitor.pv_id.clone());
        }
    }
    pv_ids
}

/// Takes out the earliest of these rows if it is one too many, which says that there are others before the rest. Returns the
/// time of the earliest that stays; `None` if these are all.
fn cut<T>(rows: &mut Vec<T>, at: impl Fn(&T) -> UnixMs) -> Option<UnixMs> {
    if i64::try_from(rows.len()).is_ok_and(|count| count <= ROWS_MAX) {
        return None;
    }
    let earliest = (0..rows.len()).min_by_key(|index| at(&rows[*index]))?;
    rows.remove(earliest);
    rows.iter().map(at).min()
}

/// Orders and other events in time order. An order that was reported twice, or under two names, appears once.
fn timeline_events(
    brand: &Brand,
    orders: Vec<OrderRecord>,
    mut reported: Vec<ReportedEvent>,
    clicks: &[Click],
    landings: &[Landing],
    links: &BTreeMap<LinkId, Link>,
    sections: TimelineSections,
) -> Vec<TimelineEvent> {
    let mut events: Vec<TimelineEvent> = Vec::new();
    for record in orders {
        let is_this = |one: &ReportedEvent| one.details.order.as_deref() == Some(&record.order.external_id);
        let details = reported.iter().position(is_this).map(|index| reported.remove(index).details);
        events.push(TimelineEvent::of_order(record, details, sections.model));
    }
    for ReportedEvent { event, details } in reported {
        let order = details.order.as_ref();
        if order.is_some_and(|order| events.iter().any(|other| other.order.external_id == *order)) {
            continue;
        }
        let mut input = AttributionInput::without_evidence(event_as_order(brand, &event, &details));
        input.clicks = clicks.iter().filter(|click| click.at <= event.at).take(CLICKS_BEFORE_MAX).cloned().collect();
        input.landings = landings.iter().filter(|landing| landing.at <= event.at).cloned().collect();
        let is_named = |link: &&Link| {
            input.clicks.iter().any(|click| click.link == link.id)
                || input.landings.iter().any(|landing| landing.code == link.code)
        };
        input.links = links.values().filter(is_named).cloned().collect();
        let policy = brand.policies.at(event.at);
        events.push(TimelineEvent::of_event(input, details, policy, sections.model));
    }
    events.sort_by(|a, b| (a.order.placed_at, a.key()).cmp(&(b.order.placed_at, b.key())));
    events
}
