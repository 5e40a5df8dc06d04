//! The bodies that are posted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};

use super::{Person, Source, metric};
use crate::{CreatorId, Currency, Money, UnixMs, outbound::EventType};

/// Most products of a drop that are named.
const PRODUCTS_MAX: usize = 1_000;
/// The metric of test events, and the `external_id` of their profile.
const TEST_METRIC: &str = "CreatorScore Test";
const TEST_PROFILE: &str = "creatorscore-test";

/// A JSON:API resource.
#[derive(Serialize)]
struct Resource<A> {
    r#type: &'static str,
    attributes: A,
}

/// A JSON:API document with nothing but `data`.
#[derive(Serialize)]
struct Document<A> {
    data: Resource<A>,
}

impl<A> Document<A> {
    fn of(kind: &'static str, attributes: A) -> Self {
        Self { data: Resource { r#type: kind, attributes } }
    }
}

#[derive(Serialize)]
struct Event<'a> {
    properties: Map<String, Value>,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_currency: Option<Currency>,
    unique_id: String,
    metric: Document<Metric>,
    profile: Document<Profile<'a>>,
}

#[derive(Serialize)]
struct Metric {
    name: &'static str,
}

#[derive(Serialize)]
struct Profile<'a> {
    external_id: &'a str,
    properties: Map<String, Value>,
}

/// The properties and value of an event for one creator.
#[derive(Default)]
struct Says {
    properties: Map<String, Value>,
    value: Option<Money>,
}

/// The body of a test event, which is about no creator.
pub fn test_body(unique_id: &str, at: UnixMs) -> Option<String> {
    let profile = Profile { external_id: TEST_PROFILE, properties: Map::new() };
    serialize(TEST_METRIC, unique_id.to_owned(), at, Says::default(), profile)
}

pub(super) fn bodies(source: &Source<'_>, people: &BTreeMap<CreatorId, Person>) -> Option<Vec<(CreatorId, String)>> {
    let metric = metric(source.kind)?;
    let says = says(source)?;
    let known = says.into_iter().filter_map(|(creator, says)| Some((people.get(&creator)?, says)));
    let body = |(person, says): (&Person, Says)| {
        let unique_id = format!("{}:{}", source.id, person.id);
        let properties = properties(json!({
            "creator_name": person.name, "creator_handle": person.handle, "creator_tier": person.tier,
        }));
        let profile = Profile { external_id: person.id.as_str(), properties };
        Some((person.id.clone(), serialize(metric, unique_id, source.at, says, profile)?))
    };
    known.map(body).collect()
}

fn serialize(metric: &'static str, unique_id: String, at: UnixMs, says: Says, profile: Profile<'_>) -> Option<String> {
    // The decimal text as it is: no amount goes through a binary float here.
    let value = match says.value {
        Some(money) => Some(RawValue::from_string(money.to_decimal()).ok()?),
        None => None,
    };
    let event = Event {
        properties: says.properties,
        time: at.to_rfc3339(),
        value,
        value_currency: says.value.map(|money| money.currency),
        unique_id,
        metric: Document::of("metric", Metric { name: metric }),
        profile: Document::of("profile", profile),
    };
    serde_json::to_string(&Document::of("event", event)).ok()
}

fn properties(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

#[derive(Deserialize)]
struct Creator {
    id: CreatorId,
}

#[derive(Deserialize)]
struct Link {
    code: String,
}

#[derive(Deserialize)]
struct Attribution {
    order_id: String,
    external_id: String,
    name: String,
    placed_at: String,
    currency: Currency,
    net_minor: i64,
    previous_net_minor: Option<i64>,
    is_new_customer: Option<bool>,
    model: String,
    credits: Vec<Credit>,
    needs_approval: bool,
}

#[derive(Deserialize)]
struct Credit {
    creator: Option<Creator>,
    link: Option<Link>,
    campaign_id: Option<String>,
    amount_minor: i64,
}

#[derive(Deserialize)]
struct Start {
    collab_id: String,
    creator: Creator,
    code: Option<String>,
    link: Option<Link>,
}

#[derive(Deserialize)]
struct Creation {
    drop_id: String,
    creator: Creator,
    title: String,
    products: Vec<String>,
    is_published: bool,
}

#[derive(Deserialize)]
struct Campaign {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Addition {
    campaign: Campaign,
    creator: Creator,
    link: Option<Link>,
}

#[derive(Deserialize)]
struct Acceptance {
    creator: Creator,
}

/// The properties and value of the event, for each creator that it is about.
fn says(source: &Source<'_>) -> Option<BTreeMap<CreatorId, Says>> {
    let one = |creator: Creator, value: Value| {
        BTreeMap::from([(creator.id, Says { properties: properties(value), value: None })])
    };
    let data = source.data;
    Some(match source.kind {
        EventType::OrderAttributed => {
            let order: Attribution = serde_json::from_str(data).ok()?;
            let is_older = UnixMs::parse_rfc3339(&order.placed_at)? < source.connected_at;
            if is_older { BTreeMap::new() } else { of_order(&order) }
        }
        EventType::CollabCreated => {
            let Start { collab_id, creator, code, link } = serde_json::from_str(data).ok()?;
            one(creator, json!({"collab_id": collab_id, "code": code, "link": link.map(|link| link.code)}))
        }
        EventType::DropCreated => {
            let Creation { drop_id, creator, title, mut products, is_published } = serde_json::from_str(data).ok()?;
            let count = products.len();
            products.truncate(PRODUCTS_MAX);
            let says = json!({
                "drop_id": drop_id, "title": title, "products": products, "product_count": count,
                "is_published": is_published,
            });
            one(creator, says)
        }
        EventType::InvitationAccepted => {
            let Acceptance { creator } = serde_json::from_str(data).ok()?;
            one(creator, json!({}))
        }
        EventType::CampaignCreatorAdded => {
            let Addition { campaign, creator, link } = serde_json::from_str(data).ok()?;
            let code = link.map(|link| link.code);
            one(creator, json!({"campaign_id": campaign.id, "campaign_name": campaign.name, "link_code": code}))
        }
        _ => return None,
    })
}

/// Each creator's part of an order: all that is credited to them.
fn of_order(order: &Attribution) -> BTreeMap<CreatorId, Says> {
    let mut by_creator: BTreeMap<&CreatorId, Vec<&Credit>> = BTreeMap::new();
    for credit in &order.credits {
        if let Some(creator) = &credit.creator {
            by_creator.entry(&creator.id).or_default().push(credit);
        }
    }
    let says = |credits: &[&Credit]| {
        let minor = credits.iter().fold(0_i64, |sum, credit| sum.saturating_add(credit.amount_minor));
        let codes: BTreeSet<&str> =
            credits.iter().filter_map(|credit| Some(credit.link.as_ref()?.code.as_str())).collect();
        let campaigns: BTreeSet<&str> = credits.iter().filter_map(|credit| credit.campaign_id.as_deref()).collect();
        let money = |minor| Money { minor, currency: order.currency };
        let properties = properties(json!({
            "order_id": order.order_id, "order_external_id": order.external_id, "order_name": order.name,
            "order_placed_at": order.placed_at, "order_net": money(order.net_minor).to_decimal(),
            "credited": money(minor).to_decimal(), "currency": order.currency, "link_codes": codes,
            "campaign_ids": campaigns, "is_new_customer": order.is_new_customer, "model": order.model,
            "needs_approval": order.needs_approval, "is_update": order.previous_net_minor.is_some(),
        }));
        Says { properties, value: Some(money(minor)) }
    };
    by_creator.into_iter().map(|(creator, credits)| (creator.clone(), says(&credits))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageId;

    fn people(ids: &[&CreatorId]) -> BTreeMap<CreatorId, Person> {
        let person = |id: &CreatorId| Person { id: id.clone(), name: "Ana".into(), handle: "ana".into(), tier: None };
        ids.iter().map(|id| ((*id).clone(), person(id))).collect()
    }

    fn sent(
        kind: EventType,
        data: &Value,
        people: &BTreeMap<CreatorId, Person>,
        connected_at: i64,
    ) -> Option<Vec<Value>> {
        let (id, data) = (MessageId::new(1, [9; 10]), data.to_string());
        let source =
            Source { id: &id, kind, data: &data, at: UnixMs(1_800_000_000_000), connected_at: UnixMs(connected_at) };
        let bodies = source.bodies(people)?;
        Some(bodies.iter().map(|(_, body)| serde_json::from_str(body).expect("JSON")).collect())
    }

    #[test]
    fn an_order_is_an_event_for_each_creator_with_all_that_is_theirs() {
        let (ana, zoe) = (CreatorId::new(1, [1; 10]), CreatorId::new(1, [2; 10]));
        let credit = |creator: &CreatorId, code: &str, minor: i64| json!({"creator": {"id": creator}, "link": {"code": code}, "campaign_id": null, "amount_minor": minor});
        let order = json!({
            "order_id": "ord_1", "external_id": "1001", "name": "#1001", "placed_at": "2027-01-15T08:00:00Z", "currency": "USD",
            "net_minor": 5_001, "previous_net_minor": null, "is_new_customer": true, "model": "linear", "needs_approval": false,
            "credits": [credit(&ana, "a", 1_001), credit(&zoe, "z", 3_000), credit(&ana, "b", 1_000)],
        });
        let all = sent(EventType::OrderAttributed, &order, &people(&[&ana, &zoe]), 0).expect("an order");
        assert_eq!(all.len(), 2);
        let attributes = &all[0]["data"]["attributes"];
        assert_eq!((&all[0]["data"]["type"], &attributes["value"]), (&json!("event"), &json!(20.01)));
        assert_eq!(attributes["properties"]["link_codes"], json!(["a", "b"]));
        assert_eq!(attributes["profile"]["data"]["attributes"]["external_id"], json!(ana));
        assert_ne!(attributes["unique_id"], all[1]["data"]["attributes"]["unique_id"]);
        // Erased creators are not among the people, and orders older than the connection are not sent.
        assert_eq!(sent(EventType::OrderAttributed, &order, &people(&[&zoe]), 0).expect("an order").len(), 1);
        let later = UnixMs::parse_rfc3339("2027-01-15T08:00:01Z").expect("time");
        assert_eq!(sent(EventType::OrderAttributed, &order, &people(&[&ana]), later.0), Some(Vec::new()));
        assert_eq!(sent(EventType::OrderAttributed, &json!({"order_id": 1}), &people(&[&ana]), 0), None);
        assert_eq!(sent(EventType::OrderRefunded, &order, &people(&[&ana]), 0), None);
    }

    #[test]
    fn every_type_that_is_sent_has_a_metric() {
        for kind in EventType::ALL {
            assert_eq!(metric(kind).is_some(), super::super::EVENT_TYPES.contains(&kind), "{kind:?}");
        }
    }
}
