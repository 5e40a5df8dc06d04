//! A customer's timeline in the shape of Attribution.io's customer API. docs/api/customers.md explains the fields.
//!
//! Integer ids are the first 52 bits of a SHA-256 of our ids: always the same, and exact in every JSON reader.

use std::collections::BTreeMap;

use domain::{
    LinkId, Money, UnixMs,
    attribution::Credit,
    evidence::EvidenceKind,
    link::{ContentType, Link},
    model::Model,
};
use flow::customer::{CustomerTimeline, ProfileDetails, TimelineEvent, TimelineSections, Touch, TouchSource};
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use sha2::{Digest, Sha256};
use url::Url;
use utoipa::ToSchema;

/// The id of purchases among kinds of events.
const PURCHASE_TYPE: i64 = 1;
/// Lifecycle of an event that waits for its order, or to be settled.
const WAITING: u8 = 1;
/// Lifecycle of an attributed event.
const ATTRIBUTED: u8 = 3;

/// A customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomerResponse {
    /// The customer.
    customer: CustomerBody,
}

/// A customer with the parts that were asked for.
#[derive(Serialize, ToSchema)]
struct CustomerBody {
    /// Integer id.
    id: i64,
    /// The client's name of the customer.
    client_id: Option<String>,
    /// Whether the customer has no name yet.
    is_anonymous: bool,
    /// First seen (RFC 3339, the brand's time zone).
    created_at: String,
    /// Last changed (RFC 3339, the brand's time zone).
    updated_at: String,
    /// Further data as the client sent it.
    #[schema(value_type = Option<Object>)]
    meta: Option<Box<RawValue>>,
    /// Counts, and what each source and medium did for each kind of event.
    summary: Summary,
    /// The customer's page in the app.
    link: String,
    /// What the customer did.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<CustomerEventBody>>,
    /// Pages that the customer looked at, the earliest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pageviews: Option<Vec<PageViewBody>>,
    /// Clicks and mentions of links, the earliest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    touchpoints: Option<Vec<CustomerTouchpointBody>>,
    /// The client's names of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    identities: Option<Vec<IdentityBody>>,
}

/// Counts of a timeline.
#[derive(Serialize, ToSchema)]
struct Summary {
    /// Last click, page view or event (RFC 3339, UTC).
    last_seen: Option<String>,
    /// Number of events.
    events_count: usize,
    /// Sum of the purchases in the currency of the latest.
    #[schema(example = "100.0")]
    total_amount: String,
    /// Number of page views.
    pageviews_count: i64,
    /// Number of touchpoints.
    touchpoints_count: usize,
    /// By kind of event: `{type_id}_count` and `{type_id}_attrib`, and `{type_name}_count`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    by_type: BTreeMap<String, Value>,
}

/// What a source and medium did for a kind of event.
#[derive(Serialize)]
struct ChannelWeight {
    medium_id: i64,
    source_id: i64,
    total_weight: f64,
}

/// An event.
#[derive(Serialize, ToSchema)]
struct CustomerEventBody {
    /// Integer id.
    id: i64,
    /// Net revenue.
    #[schema(example = "100.0")]
    amount: String,
    /// The page, without its scheme.
    location: Option<String>,
    /// When it happened.
    created_at: String,
    /// When it was last updated.
    updated_at: String,
    /// The client's name of the kind of event.
    event_public_key: String,
    /// The customer's integer id.
    client_customer_id: i64,
    /// Integer id of the kind of event; 1 for purchases.
    event_type_id: i64,
    /// 3: attributed; 1: waits for its order, or to be settled.
    #[serde(rename = "lifecycleStatus")]
    lifecycle_status: u8,
    /// Further data as the client sent it.
    #[schema(value_type = Option<Object>)]
    meta: Option<Box<RawValue>>,
    /// For the record only.
    is_informational: bool,
    /// The client's transaction id.
    transaction_id: Option<String>,
    /// Always null.
    retry_count: Option<i64>,
    /// The visitors named with it.
    aliases: Option<Vec<String>>,
    /// `PurchaseEventType` or `CustomEventType`.
    event_type_name: &'static str,
    /// What each credited touchpoint got.
    attribution_model_outputs: Vec<OutputBody>,
}

/// The share of one touchpoint.
#[derive(Serialize, ToSchema)]
struct OutputBody {
    /// Integer id.
    id: i64,
    /// Integer id of the kind of traffic.
    traffic_type: i64,
    /// Share in percent, 0 to 100.
    weight: f64,
    /// The share of the amount.
    event_weighted_amount: String,
    /// The event's amount.
    event_amount: String,
    /// The event.
    event_id: i64,
    /// The touchpoint.
    touchpoint_id: i64,
    /// The link.
    link_id: i64,
    /// The campaign.
    campaign_id: Option<i64>,
    /// The creator, or the link without one.
    source_id: i64,
    /// The medium.
    medium_id: i64,
    /// The kind of event.
    event_type_id: i64,
    /// The model, from 1 in the order of the API's list of models.
    attribution_model_id: usize,
    /// Seconds from the touchpoint to the event.
    elapsed_seconds: i64,
    /// The medium's name.
    medium_name: &'static str,
    /// The creator's handle, or the link's code.
    source_name: String,
    /// The link's code.
    link_name: Option<String>,
    /// The medium's name.
    traffic_type_name: &'static str,
    /// The model's name.
    attribution_model_name: Option<&'static str>,
    /// The campaign's name: absent without a campaign, `null` if the campaign is not known by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[expect(clippy::option_option, reason = "the document tells an absent member from a null one")]
    campaign_name: Option<Option<String>>,
}

/// A page view.
#[derive(Serialize, ToSchema)]
struct PageViewBody {
    /// Integer id.
    id: i64,
    /// The page, without its scheme.
    url: Option<String>,
    /// When.
    created_at: String,
    /// The visitor.
    aliases: [String; 1],
}

/// A touchpoint.
#[derive(Serialize, ToSchema)]
struct CustomerTouchpointBody {
    /// Integer id.
    id: i64,
    /// Always null.
    client_id: Option<String>,
    /// Always null: addresses are not stored.
    ip_address: Option<String>,
    /// The page that the browser came from: its host.
    referrer: Option<String>,
    /// Where the link leads, without its scheme.
    url: Option<String>,
    /// When.
    created_at: String,
    /// Browser, system and device; whole user agents are not stored.
    user_agent: Option<String>,
    /// The visitor.
    aliases: Vec<String>,
}

/// A name of the customer.
#[derive(Serialize, ToSchema)]
struct IdentityBody {
    /// The client's name.
    client_id: Option<String>,
    /// Whether it is none.
    is_anonymous: bool,
    /// Further data as the client sent it.
    #[schema(value_type = Option<Object>)]
    meta: Option<Box<RawValue>>,
    /// Always null.
    ip_address: Option<String>,
    /// Always null.
    data_source: Option<String>,
    /// The customer's visitors.
    aliases: Vec<String>,
}

/// 52 bits of a hash: exact as a JSON number everywhere, and never 0.
fn number_of(kind: &str, id: &str) -> i64 {
    let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(id).finalize();
    let mut bytes = [0; 8];
    bytes[1..].copy_from_slice(&hash[..7]);
    (i64::from_be_bytes(bytes) >> 4).max(1)
}

/// An amount as this API writes it: as few decimals as it needs, and at least one.
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

/// A page without its scheme, as this API writes it.
fn location(url: &str) -> String {
    url.split_once("://").map_or(url, |(_, rest)| rest).to_owned()
}

/// Where a link's click lands, without its scheme.
fn landing_page(link: &Link) -> String {
    match Url::parse(&link.destination) {
        Ok(mut url) => {
            url.query_pairs_mut().append_pair(wire::PARAM_REF, link.code.as_str());
            location(url.as_str())
        }
        Err(_) => location(&link.destination),
    }
}

/// How a link reached the shopper, as this API names it: a sponsored post was paid for, everything else refers.
fn traffic(link: Option<&Link>) -> (i64, &'static str) {
    match link.and_then(|link| link.content_type) {
        Some(ContentType::SponsoredPost) => (1, "Paid"),
        _ => (2, "Referral"),
    }
}

/// Stored JSON as it was written.
fn raw(json: Option<&str>) -> Option<Box<RawValue>> {
    RawValue::from_string(json?.to_owned()).ok()
}

fn type_id(event: &TimelineEvent) -> i64 {
    if event.is_purchase { PURCHASE_TYPE } else { number_of("event type", event.event_key()) }
}

const fn type_name(event: &TimelineEvent) -> &'static str {
    if event.is_purchase { "PurchaseEventType" } else { "CustomEventType" }
}

fn event_number(event: &TimelineEvent) -> i64 {
    number_of("event", event.key())
}

fn mention_number(event: &TimelineEvent, link: &LinkId, kind: EvidenceKind, at: UnixMs) -> i64 {
    number_of("touchpoint", &format!("{} {link} {} {}", event.key(), kind.as_str(), at.0))
}

fn touch_number(touch: &Touch<'_>) -> i64 {
    match touch.source {
        TouchSource::Click(click) => number_of("touchpoint", click.id.as_str()),
        TouchSource::Order(event, kind) => mention_number(event, touch.link, kind, touch.at),
    }
}

impl CustomerResponse {
    /// A timeline with the sections that were asked for.
    pub(crate) fn of(timeline: &CustomerTimeline, sections: TimelineSections, public_url: &str) -> Self {
        let at = |instant: UnixMs| timeline.zone.to_rfc3339(instant);
        let number = number_of("customer", timeline.id.as_str());
        let page_view = |view: &store::profiles::PageView| PageViewBody {
            id: number_of("pageview", &view.id),
            url: view.url.as_deref().map(location),
            created_at: at(view.at),
            aliases: [view.pv_id.clone()],
        };
        let events = || timeline.events.iter().map(|event| CustomerEventBody::of(timeline, event, number)).collect();
        Self {
            customer: CustomerBody {
                id: number,
                client_id: timeline.client_id.clone(),
                is_anonymous: timeline.is_anonymous,
                created_at: at(timeline.created_at()),
                updated_at: at(timeline.updated_at()),
                meta: raw(timeline.meta()),
                summary: Summary::of(timeline),
                link: format!("{public_url}/brand/attribution/customers/{}", timeline.id),
                events: sections.events.then(events),
                pageviews: sections.pageviews.then(|| timeline.page_views.iter().rev().map(page_view).collect()),
                touchpoints: sections.touchpoints.then(|| CustomerTouchpointBody::all(timeline)),
                identities: sections.identities.then(|| IdentityBody::all(timeline)),
            },
        }
    }
}

impl Summary {
    fn of(timeline: &CustomerTimeline) -> Self {
        /// Percentages by medium and source.
        type Weights = BTreeMap<(i64, i64), f64>;
        let mut types: BTreeMap<i64, (usize, Weights)> = BTreeMap::new();
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for event in &timeline.events {
            *names.entry(type_name(event)).or_default() += 1;
            let (count, weights) = types.entry(type_id(event)).or_default();
            *count += 1;
            for credit in event.credits() {
                let (_, medium) = traffic(timeline.links.get(&credit.link));
                let channel = (number_of("medium", medium), number_of("source", &timeline.source_of(credit)));
                *weights.entry(channel).or_default() += credit.weight.percent();
            }
        }
        let mut by_type = BTreeMap::new();
        for (type_id, (count, weights)) in types {
            let channels: Vec<ChannelWeight> = weights
                .into_iter()
                .map(|((medium_id, source_id), total_weight)| ChannelWeight { medium_id, source_id, total_weight })
                .collect();
            by_type.insert(format!("{type_id}_count"), Value::from(count));
            by_type.insert(format!("{type_id}_attrib"), serde_json::to_value(channels).unwrap_or_default());
        }
        by_type.extend(names.into_iter().map(|(name, count)| (format!("{name}_count"), Value::from(count))));
        Self {
            last_seen: timeline.last_seen().map(UnixMs::to_rfc3339),
            events_count: timeline.events.len(),
            total_amount: decimal(timeline.total()),
            pageviews_count: timeline.page_view_count,
            touchpoints_count: timeline.touches().len(),
            by_type,
        }
    }
}

impl CustomerEventBody {
    fn of(timeline: &CustomerTimeline, event: &TimelineEvent, customer: i64) -> Self {
        let details = event.details.as_ref();
        let credits = event.credits().iter().enumerate();
        let is_done = event.attribution.is_some() || event.is_informational();
        Self {
            id: event_number(event),
            amount: decimal(event.amount()),
            location: details.and_then(|details| details.url.as_deref()).map(location),
            created_at: timeline.zone.to_rfc3339(event.order.placed_at),
            updated_at: timeline.zone.to_rfc3339(event.updated_at),
            event_public_key: event.event_key().to_owned(),
            client_customer_id: customer,
            event_type_id: type_id(event),
            lifecycle_status: if is_done { ATTRIBUTED } else { WAITING },
            meta: raw(details.and_then(|details| details.meta.as_deref())),
            is_informational: event.is_informational(),
            transaction_id: details
                .map_or_else(|| Some(event.order.external_id.clone()), |details| details.transaction_id.clone()),
            retry_count: None,
            aliases: details.map(|details| details.aliases.clone()).filter(|aliases| !aliases.is_empty()),
            event_type_name: type_name(event),
            attribution_model_outputs: credits
                .map(|(index, credit)| OutputBody::of(timeline, event, index, credit))
                .collect(),
        }
    }
}

impl OutputBody {
    fn of(timeline: &CustomerTimeline, event: &TimelineEvent, index: usize, credit: &Credit) -> Self {
        let link = timeline.links.get(&credit.link);
        let (traffic_type, medium) = traffic(link);
        let source = timeline.source_of(credit);
        let model = event.attribution.as_ref().map(|attribution| attribution.policy.model);
        let model_index = model.and_then(|model| Model::ALL.iter().position(|one| *one == model)).unwrap_or(0);
        let amount = Money { minor: credit.amount_minor, currency: event.order.currency };
        let click = timeline.clicks.iter().find(|click| click.link == credit.link && click.at == credit.at);
        let touchpoint_id = match click.filter(|_| credit.kind == EvidenceKind::Click) {
            Some(click) => number_of("touchpoint", click.id.as_str()),
            None => mention_number(event, &credit.link, credit.kind, credit.at),
        };
        let campaign_name = |id: &domain::CampaignId| timeline.campaigns.get(id.as_str()).cloned();
        Self {
            id: number_of("output", &format!("{} {model_index} {index}", event.key())),
            traffic_type,
            weight: credit.weight.percent(),
            event_weighted_amount: decimal(amount),
            event_amount: decimal(event.amount()),
            event_id: event_number(event),
            touchpoint_id,
            link_id: number_of("link", credit.link.as_str()),
            campaign_id: credit.campaign.as_ref().map(|campaign| number_of("campaign", campaign.as_str())),
            source_id: number_of("source", &source),
            medium_id: number_of("medium", medium),
            event_type_id: type_id(event),
            attribution_model_id: model_index + 1,
            elapsed_seconds: (event.order.placed_at.0 - credit.at.0).max(0) / 1_000,
            medium_name: medium,
            source_name: source,
            link_name: link.map(|link| link.code.to_string()),
            traffic_type_name: medium,
            attribution_model_name: model.map(Model::label),
            campaign_name: credit.campaign.as_ref().map(campaign_name),
        }
    }
}

impl CustomerTouchpointBody {
    fn all(timeline: &CustomerTimeline) -> Vec<Self> {
        let mut touches: Vec<(Touch<'_>, i64)> =
            timeline.touches().into_iter().map(|touch| (touch, touch_number(&touch))).collect();
        touches.sort_by_key(|(touch, id)| (touch.at, *id));
        touches.into_iter().map(|(touch, id)| Self::of(timeline, &touch, id)).collect()
    }

    fn of(timeline: &CustomerTimeline, touch: &Touch<'_>, id: i64) -> Self {
        let click = if let TouchSource::Click(click) = touch.source { Some(click) } else { None };
        let referrer = click.and_then(|click| click.referrer_host.as_ref());
        Self {
            id,
            client_id: None,
            ip_address: None,
            referrer: referrer.map(|host| format!("https://{host}")),
            url: timeline.links.get(touch.link).map(landing_page),
            created_at: timeline.zone.to_rfc3339(touch.at),
            user_agent: click.map(|click| format!("{} on {} ({})", click.browser, click.os, click.device)),
            aliases: click.map_or_else(Vec::new, |click| vec![click.pv_id.clone()]),
        }
    }
}

impl IdentityBody {
    /// Each reported name once, also if both a backend and a browser reported it.
    fn all(timeline: &CustomerTimeline) -> Vec<Self> {
        let body = |client_id: Option<String>, meta: Option<&str>| Self {
            is_anonymous: client_id.is_none(),
            client_id,
            meta: raw(meta),
            ip_address: None,
            data_source: None,
            aliases: timeline.pv_ids.clone(),
        };
        if timeline.profiles.is_empty() {
            let is_anonymous = timeline.is_anonymous;
            return vec![Self { is_anonymous, ..body(timeline.client_id.clone(), None) }];
        }
        let mut all: Vec<Self> = Vec::new();
        for (_, ProfileDetails { client_id, meta }) in &timeline.profiles {
            if !all.iter().any(|other| other.client_id == *client_id) {
                all.push(body(client_id.clone(), meta.as_deref()));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use domain::Currency;

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
}
