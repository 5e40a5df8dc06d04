//! Attribution.io's customer API: a client that only changes its base URL is served.

use domain::time::DAY_MS;
use flow::{link::NewLink, policy::NewPolicy};
use serde_json::{Value, json};

use crate::world::{CHROME, NOW, PV, World, order, world};

const OTHER_PV: &str = "650e8400-e29b-41d4-a716-446655440001";
const THIRD_PV: &str = "750e8400-e29b-41d4-a716-446655440002";

/// The fields of an object, each with the JSON type of its value; those of an array are its first entry's.
fn shape(value: &Value) -> Vec<String> {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let object = value.as_array().map_or(value, |list| &list[0]);
    let mut fields: Vec<String> =
        object.as_object().unwrap().iter().map(|(name, value)| format!("{name}: {}", kind(value))).collect();
    fields.sort();
    fields
}

async fn click(world: &World, code: &str, pv_id: &str) {
    let request = world.http.get(format!("{}/{code}", world.url)).header("user-agent", CHROME);
    let request = request.header("cookie", format!("_cs_pv={pv_id}")).header("referer", "https://www.instagram.com/x");
    assert_eq!(request.send().await.unwrap().status(), 302);
}

async fn post(world: &World, path: &str, body: &Value) -> (u16, Value) {
    let request = world.http.post(format!("{}{path}", world.url)).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn get(world: &World, path: &str) -> (u16, Value) {
    let answer = world.http.get(format!("{}{path}", world.url)).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// A customer as Attribution.io's own example asks for them.
async fn customer(world: &World, client_id: &str, flags: &str) -> (u16, Value) {
    let path = format!("/api/v1/{}/customers/{client_id}?secret={}{flags}", world.pixel_key, world.server_key);
    let (status, mut answer) = get(world, &path).await;
    let inner = answer["customer"].take();
    (status, if inner.is_null() { answer } else { inner })
}

/// Two creators' links, one sponsored and in a campaign, clicked by one visitor a day apart; the brand's policy is
/// linear.
async fn two_touches(world: &World) {
    let linear = NewPolicy {
        model: "linear".into(),
        precedence: vec!["manual".into(), "promo".into(), "visit".into(), "survey".into()],
        lookback_days: 30,
        from: String::new(),
    };
    world.flow().save_policy(&world.merchant, &linear).await.unwrap();
    let campaign = world.flow().create_campaign(&world.merchant, "myCampaign").await.unwrap();
    for (handle, campaign, content_type) in
        [("ana", String::new(), "Story"), ("bea", campaign.id.to_string(), "Sponsored Post")]
    {
        let creator = world.flow().create_creator(&world.merchant, handle, handle, "").await.unwrap();
        let new = NewLink {
            destination: "https://examplesite.com/page1".into(),
            creator: creator.id.to_string(),
            campaign,
            content_type: content_type.into(),
            ..NewLink::default()
        };
        let link = world.flow().create_link(&world.merchant, &new).await.unwrap();
        world.clock.forward(DAY_MS);
        click(world, link.code.as_str(), PV).await;
    }
    world.clock.forward(240_000);
}

fn seconds(world: &World) -> i64 {
    world.flow().now().0 / 1_000
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_attribution_io_is_served_as_it_was() {
    let world = world().await;
    two_touches(&world).await;
    let view = json!({"event_type": "page_view", "pv_id": PV, "page_url": "https://examplesite.com/page6?x=1"});
    assert_eq!(world.track(&world.pixel_key, &view.to_string()).await.0, 200);
    let identity = json!({"identity": {"aliases": [PV], "client_id": "MrSmith", "public_key": world.pixel_key,
        "created_at": seconds(&world), "meta": {"first_name": "John"}}});
    assert_eq!(post(&world, "/identities", &identity).await, (200, json!({"success": true, "joined": true})));
    let purchase = json!({"event": {"aliases": [PV], "client_id": "MrSmith", "event_public_key": "b5b5085e605450bb",
        "url": "https://examplesite.com/page6?token=1", "public_key": world.server_key, "transaction_id": "tx1",
        "is_informational": false, "created_at": seconds(&world), "meta": {"revenue": 100.01}}});
    assert_eq!(post(&world, "/events", &purchase).await.0, 200);
    assert_eq!(post(&world, "/events", &purchase).await.0, 200, "a repeat changes nothing");
    world.settle().await;
    assert_eq!(world.credits().await, [("click".to_owned(), 5001), ("click".to_owned(), 5000)]);

    let (status, all) = customer(&world, "MrSmith", "&show_all=true").await;
    assert_eq!(status, 200);
    insta::assert_snapshot!(shape(&all).join("\n"), @"
    client_id: string
    created_at: string
    events: array
    id: integer
    identities: array
    is_anonymous: boolean
    link: string
    meta: object
    pageviews: array
    summary: object
    touchpoints: array
    updated_at: string
    ");
    insta::assert_snapshot!(shape(&all["events"]).join("\n"), @"
    aliases: array
    amount: string
    attribution_model_outputs: array
    client_customer_id: integer
    created_at: string
    event_public_key: string
    event_type_id: integer
    event_type_name: string
    id: integer
    is_informational: boolean
    lifecycleStatus: integer
    location: string
    meta: object
    retry_count: null
    transaction_id: string
    updated_at: string
    ");
    let outputs = &all["events"][0]["attribution_model_outputs"];
    insta::assert_snapshot!(shape(outputs).join("\n"), @"
    attribution_model_id: integer
    attribution_model_name: string
    campaign_id: null
    elapsed_seconds: integer
    event_amount: string
    event_id: integer
    event_type_id: integer
    event_weighted_amount: string
    id: integer
    link_id: integer
    link_name: string
    medium_id: integer
    medium_name: string
    source_id: integer
    source_name: string
    touchpoint_id: integer
    traffic_type: integer
    traffic_type_name: string
    weight: float
    ");
    insta::assert_snapshot!(shape(&all["touchpoints"]).join("\n"), @"
    aliases: array
    client_id: null
    created_at: string
    id: integer
    ip_address: null
    referrer: string
    url: string
    user_agent: string
    ");
    insta::assert_snapshot!(shape(&all["pageviews"]).join("\n"), @"
    aliases: array
    created_at: string
    id: integer
    url: string
    ");
    insta::assert_snapshot!(shape(&all["identities"]).join("\n"), @"
    aliases: array
    client_id: string
    data_source: null
    ip_address: null
    is_anonymous: boolean
    meta: object
    ");

    let event = &all["events"][0];
    assert_eq!((&event["amount"], &event["location"]), (&json!("100.01"), &json!("examplesite.com/page6")));
    assert_eq!(
        (&event["event_public_key"], &event["event_type_name"]),
        (&json!("b5b5085e605450bb"), &json!("PurchaseEventType"))
    );
    assert_eq!((&event["client_customer_id"], &event["lifecycleStatus"]), (&all["id"], &json!(3)));
    assert_eq!((&event["transaction_id"], &event["aliases"]), (&json!("tx1"), &json!([PV])));
    let of = |name: &str| outputs.as_array().unwrap().iter().map(|output| output[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("weight"), [json!(50.0), json!(50.0)]);
    assert_eq!(of("event_weighted_amount"), ["50.01", "50.0"]);
    assert_eq!(of("source_name"), ["ana", "bea"]);
    assert_eq!(of("medium_name"), ["Referral", "Paid"]);
    assert_eq!(of("traffic_type"), [2, 1]);
    assert_eq!(of("attribution_model_name"), ["Linear", "Linear"]);
    assert_eq!(of("attribution_model_id"), [3, 3]);
    assert_eq!(of("elapsed_seconds"), [86_640, 240]);
    assert_eq!(outputs[1]["campaign_name"], "myCampaign");
    let touchpoints: Vec<&Value> = all["touchpoints"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(of("touchpoint_id").iter().collect::<Vec<_>>(), touchpoints, "every credit is of a listed touchpoint");
    assert_eq!(all["pageviews"][0]["url"], "examplesite.com/page6");
    assert_eq!(all["identities"][0]["aliases"], json!([PV]));
    assert_eq!((&all["meta"], &all["is_anonymous"]), (&json!({"first_name": "John"}), &json!(false)));
    assert_eq!(all["created_at"], "2027-01-16T08:00:00.000+00:00");
    let summary = &all["summary"];
    assert_eq!((&summary["total_amount"], &summary["events_count"]), (&json!("100.01"), &json!(1)));
    assert_eq!((&summary["pageviews_count"], &summary["touchpoints_count"]), (&json!(1), &json!(2)));
    assert_eq!((&summary["PurchaseEventType_count"], &summary["1_count"]), (&json!(1), &json!(1)));
    assert_eq!(summary["1_attrib"].as_array().unwrap().len(), 2);
    assert_eq!(summary["1_attrib"][0]["total_weight"], json!(50.0));
    assert_eq!(summary["last_seen"], "2027-01-17T08:04:00.000Z");

    // Each part only when asked for; the rest is the same.
    let (_, bare) = customer(&world, "MrSmith", "").await;
    let parts = ["events", "pageviews", "touchpoints", "identities"];
    assert!(parts.iter().all(|part| bare.get(part).is_none()));
    for part in parts {
        let (_, one) = customer(&world, "MrSmith", &format!("&show_{part}=true")).await;
        assert_eq!(one[part], all[part]);
        assert!(parts.iter().all(|other| *other == part || one.get(other).is_none()));
        assert_eq!(one["summary"], all["summary"]);
    }
    let (_, last) = customer(&world, "MrSmith", "&show_events=1&model=last_touch").await;
    let outputs = &last["events"][0]["attribution_model_outputs"];
    assert_eq!((outputs.as_array().unwrap().len(), &outputs[0]["source_name"]), (1, &json!("bea")));
    assert_eq!(customer(&world, "MrSmith", "&model=psychic").await.0, 400);

    // The modern spelling, and the customer's other names.
    for name in ["MrSmith", PV] {
        let answer = world.http.get(format!("{}/api/v1/customers/{name}?show_all=true", world.url));
        let answer = answer.bearer_auth(&world.server_key).send().await.unwrap().json::<Value>().await.unwrap();
        assert_eq!(answer["customer"], all, "{name}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_disabled_brands_are_told_so() {
    let world = world().await;
    let (pixel, server) = (world.pixel_key.clone(), world.server_key.clone());
    let other = flow::setup::NewBrand { name: "Other".into(), ..flow::setup::NewBrand::default() };
    let other = world.flow().create_brand(flow::access::Operator, &other).await.unwrap();
    let other = world.flow().merchant_by_operator(flow::access::Operator, &other.id).await.unwrap();
    let (_, foreign) = world.flow().create_key(&other, domain::api_key::KeyKind::Server, false).await.unwrap();
    let identity = json!({"identity": {"aliases": [PV], "client_id": "7", "public_key": server}});
    assert_eq!(post(&world, "/identities", &identity).await.0, 200);
    let refused = (401, json!({"error": "Request is unauthorized: check your secret and public key"}));
    for (key, secret) in [(&pixel, &pixel), (&pixel, &foreign), (&foreign, &server), (&"x".to_owned(), &server)] {
        assert_eq!(get(&world, &format!("/api/v1/{key}/customers/7?secret={secret}")).await, refused);
    }
    assert_eq!(get(&world, &format!("/api/v1/{pixel}/customers/7")).await, refused);
    assert_eq!(get(&world, "/api/v1/customers/7").await.0, 401);
    let missing = (404, json!({"error": "customer not found"}));
    for name in ["8", "%00", "order:1", "%20"] {
        assert_eq!(get(&world, &format!("/api/v1/{pixel}/customers/{name}?secret={server}")).await, missing);
    }
    // Another brand's customer is nobody.
    let path = format!("/api/v1/{foreign}/customers/7?secret={foreign}");
    assert_eq!(get(&world, &path).await, missing);

    let path = format!("/api/v1/{pixel}/customers/7?secret={server}");
    assert_eq!(get(&world, &path).await.0, 200);
    let tokens =
        domain::shop::SealedTokens { access: vec![], access_expires_at: NOW, refresh: None, refresh_expires_at: None };
    let install = store::shops::Install {
        domain: domain::shop::ShopDomain::parse(crate::world::SHOP).unwrap(),
        new_brand: world.merchant.brand().clone(),
        at: NOW,
        scopes: String::new(),
        tokens,
    };
    world.flow().store().install_shop(&install).await.unwrap();
    assert_eq!(get(&world, &path).await.0, 200);
    world.clock.forward(1_000);
    world.deliver("app/uninstalled", "d0", &json!({"domain": crate::world::SHOP}).to_string()).await;
    world.settle().await;
    assert_eq!(get(&world, &path).await, (403, json!({"error": "This account is disabled"})));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faulty_calls_say_what_is_wrong_and_change_nothing() {
    let world = world().await;
    let key = &world.server_key;
    for (path, body, error) in [
        ("/identities", json!([]), "the body must be a JSON object"),
        ("/identities", json!({}), "identity is required"),
        ("/identities", json!({"identity": 1}), "identity must be an object"),
        ("/identities", json!({"identity": {"public_key": key}}), "client_id or aliases is required"),
        ("/identities", json!({"identity": {"public_key": key, "client_id": {}}}), "client_id must be a string"),
        ("/identities", json!({"identity": {"public_key": key, "aliases": ["x"]}}), "aliases must be pv_ids (UUID)"),
        ("/identities", json!({"identity": {"public_key": key, "aliases": PV}}), "aliases must be an array"),
        (
            "/identities",
            json!({"identity": {"public_key": key, "aliases": [PV], "meta": []}}),
            "meta must be an object",
        ),
        ("/events", json!({"event": {"public_key": key, "client_id": "1"}}), "event_public_key is required"),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "created_at": "soon"}}),
            "created_at must be Unix seconds",
        ),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "created_at": 9_999_999_999i64}}),
            "created_at must not be more than 5 minutes in the future",
        ),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "meta": {"revenue": -5}}}),
            "meta.revenue must not be negative",
        ),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "transaction_id": "test:1"}}),
            "transaction_id must not begin with test:",
        ),
        (
            "/events",
            json!({"event": {"public_key": key, "client_id": "1", "event_public_key": "e", "meta": {"revenue": 5}}}),
            "transaction_id or created_at is required with revenue: a repeat must be told apart",
        ),
    ] {
        assert_eq!(post(&world, path, &body).await, (400, json!({"error": error})), "{body}");
    }
    for body in
        [json!({"identity": {"client_id": "1"}}), json!({"identity": {"client_id": "1", "public_key": "cs_live_sk_x"}})]
    {
        assert_eq!(post(&world, "/identities", &body).await.0, 401);
    }
    world.settle().await;
    assert_eq!(world.flow().orders(&world.merchant).await.unwrap(), []);
    assert_eq!(world.flow().customer(&world.merchant, "1").await.unwrap_err().to_string(), "customer not found");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_claim_and_backends_name() {
    let world = world().await;
    two_touches(&world).await;
    let named = |key: &str, client_id: &str, pv_id: &str| json!({"identity": {"aliases": [pv_id], "client_id": client_id, "public_key": key}});
    let joined = async |body: Value| post(&world, "/identities", &body).await.1["joined"].clone();
    let (pixel, server) = (&world.pixel_key, &world.server_key);
    assert_eq!(joined(named(pixel, "u1", PV)).await, true);
    assert_eq!(joined(named(pixel, "u1", PV)).await, true, "told again");
    assert_eq!(joined(named(pixel, "u1", OTHER_PV)).await, false, "another browser cannot become u1");
    assert_eq!(joined(named(pixel, "u2", PV)).await, false, "nor can u1's become another");
    assert_eq!(joined(named(server, "u1", OTHER_PV)).await, true, "a backend's word is another identity");
    let aliases = async || {
        let seen = world.flow().customer(&world.merchant, "u1").await.unwrap();
        seen["customer"]["identities"][0]["aliases"].clone()
    };
    assert_eq!(aliases().await, json!([OTHER_PV]), "and outranks the claim");
    assert_eq!(joined(named(server, "u1", PV)).await, true);
    assert_eq!(aliases().await, json!([PV, OTHER_PV]));

    // An event that is no purchase is credited too, with nothing to share; one for the record is not.
    let event = |key: &str, name: &str, extra: Value| {
        let mut event = json!({"aliases": [THIRD_PV], "event_public_key": name, "public_key": key, "client_id": "u3",
            "created_at": seconds(&world)});
        event.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "event": event })
    };
    post(&world, "/identities", &named(server, "u3", PV)).await;
    post(&world, "/events", &event(server, "signup", json!({}))).await;
    post(&world, "/events", &event(server, "signup", json!({}))).await;
    post(&world, "/events", &event(server, "note", json!({"is_informational": true}))).await;
    let (_, seen) = customer(&world, "u3", "&show_events=1").await;
    let events = seen["events"].as_array().unwrap().clone();
    assert_eq!(events.len(), 2, "told twice, happened once");
    let of = |name: &str| events.iter().find(|event| event["event_public_key"] == name).unwrap();
    assert_eq!((&of("signup")["amount"], &of("signup")["event_type_name"]), (&json!("0.0"), &json!("CustomEventType")));
    assert_eq!(of("signup")["attribution_model_outputs"][0]["weight"], 50.0);
    assert_eq!(of("note")["attribution_model_outputs"], json!([]));

    // What a browser says it paid is evidence, and no revenue until a signed order says so.
    let bought = event(
        pixel,
        "bought",
        json!({"transaction_id": "9001", "aliases": [PV], "client_id": null, "meta": {"revenue": 5}}),
    );
    assert_eq!(post(&world, "/events", &bought).await.0, 200);
    world.settle().await;
    assert_eq!(world.credits().await, []);
    let body = order(9001, "49.99", &json!({"created_at": domain::UnixMs(world.flow().now().0 + 1000).to_rfc3339()}));
    world.deliver("orders/create", "d1", &body).await;
    world.settle().await;
    assert_eq!(world.credits().await, [("click".to_owned(), 2500), ("click".to_owned(), 2499)]);
    let seen = world.flow().customer(&world.merchant, PV).await.unwrap();
    let events = seen["customer"]["events"].as_array().unwrap().clone();
    let bought = events.iter().find(|event| event["event_public_key"] == "bought").unwrap();
    assert_eq!((&bought["amount"], &bought["event_type_name"]), (&json!("49.99"), &json!("PurchaseEventType")));

    // A browser that says something of a name that is not its own says it of itself.
    let stranger = "950e8400-e29b-41d4-a716-446655440004";
    let other = event(
        pixel,
        "smear",
        json!({"aliases": [stranger], "client_id": "u1", "transaction_id": "9001", "meta": {"revenue": 1}}),
    );
    assert_eq!(post(&world, "/events", &other).await.1["joined"], false);
    let (_, seen) = customer(&world, "u1", "&show_events=1").await;
    let keys = |seen: &Value| {
        seen["events"].as_array().unwrap().iter().map(|event| event["event_public_key"].clone()).collect::<Vec<_>>()
    };
    assert!(!keys(&seen).contains(&json!("smear")), "{seen:#}");
    // A name that a browser claims is not Shopify's customer of that number.
    let claimed = world.deliver("orders/create", "d2", &order(9002, "10.00", &json!({"customer": {"id": 77}}))).await;
    assert_eq!(claimed, 200);
    world.settle().await;
    let fourth = "850e8400-e29b-41d4-a716-446655440003";
    assert_eq!(joined(named(pixel, "77", fourth)).await, true);
    assert_eq!(customer(&world, "77", "").await.1["summary"]["total_amount"], "10.0");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_names_no_visitor_speaks_of_whom_the_browser_named() {
    let world = world().await;
    two_touches(&world).await;
    let identity = json!({"identity": {"aliases": [PV], "client_id": "u1", "public_key": world.pixel_key}});
    assert_eq!(post(&world, "/identities", &identity).await.1["joined"], true);
    let sold = |transaction: &str, name: &str| {
        json!({"event": {"client_id": "u1", "event_public_key": name, "public_key": world.server_key,
            "transaction_id": transaction, "created_at": seconds(&world), "meta": {"amount": "20.00", "currency": "EUR"}}})
    };
    // By Shopify's global id it is the same order, told under two names or not.
    for (transaction, name) in [("gid://shopify/Order/9001", "sold"), ("9001", "sold"), ("9001", "sold twice")] {
        assert_eq!(post(&world, "/events", &sold(transaction, name)).await.0, 200);
    }
    world.settle().await;
    let credited: i64 = world.credits().await.iter().map(|(_, minor)| minor).sum();
    assert_eq!(credited, 2_000);
    let (_, seen) = customer(&world, "u1", "&show_events=1").await;
    assert_eq!(
        (&seen["summary"]["PurchaseEventType_count"], &seen["summary"]["touchpoints_count"]),
        (&json!(1), &json!(2))
    );
    // What Shopify told before keeps its amount, and gets its customer.
    world
        .deliver(
            "orders/create",
            "d1",
            &order(9003, "7.00", &json!({"created_at": domain::UnixMs(world.flow().now().0).to_rfc3339()})),
        )
        .await;
    world.settle().await;
    post(&world, "/events", &sold("9003", "sold")).await;
    world.settle().await;
    let credited: i64 = world.credits().await.iter().map(|(_, minor)| minor).sum();
    assert_eq!(credited, 2_700);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_customer_is_gone() {
    let world = world().await;
    let body = order(
        1001,
        "49.99",
        &json!({"customer": {"id": 77, "email": "a@example.com"}, "email": "a@example.com",
        "note_attributes": [{"name": "_cs_pv", "value": PV}]}),
    );
    world.deliver("orders/create", "d1", &body).await;
    world.settle().await;
    let identity = json!({"identity": {"aliases": [PV], "client_id": "u1", "public_key": world.server_key, "meta": {"name": "Ada"}}});
    post(&world, "/identities", &identity).await;
    let event = json!({"event": {"client_id": "u1", "event_public_key": "signup", "public_key": world.server_key}});
    post(&world, "/events", &event).await;
    for name in ["u1", "77", PV] {
        assert_eq!(
            world.flow().customer(&world.merchant, name).await.unwrap()["customer"]["summary"]["events_count"],
            2
        );
    }
    let redact = json!({"shop_domain": crate::world::SHOP, "customer": {"id": 77, "email": "a@example.com"}, "orders_to_redact": [1001]});
    world.deliver("customers/redact", "d2", &redact.to_string()).await;
    world.settle().await;
    for name in ["u1", "77", PV] {
        assert!(world.flow().customer(&world.merchant, name).await.is_err(), "{name}");
    }
    // The brand itself may erase, and so may a shop without Shopify.
    let identity = json!({"identity": {"aliases": [OTHER_PV], "client_id": "u2", "public_key": world.server_key}});
    post(&world, "/identities", &identity).await;
    let erase = async || {
        let request = world.http.delete(format!("{}/api/v1/customers/u2", world.url)).bearer_auth(&world.server_key);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((erase().await, erase().await), (200, 404));
    assert!(world.flow().customer(&world.merchant, OTHER_PV).await.is_err());
    assert!(world.flow().now() >= NOW);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_believed_about_their_customer_only_where_the_brand_says_so() {
    let world = world().await;
    two_touches(&world).await;
    // As the pixel's identify() sends it: `printf a@example.com | sha256sum`.
    let address = "08168cd80dfd534ab0f10af10f1303fe00af2d43ab5c1432360d137f8197e17a";
    let identity = json!({"identity": {"aliases": [PV], "client_id": "77", "public_key": world.pixel_key, "email_sha256": address}});
    assert_eq!(post(&world, "/identities", &identity).await.1["joined"], true);
    let bad = json!({"identity": {"aliases": [PV], "public_key": world.pixel_key, "email_sha256": "a@example.com"}});
    assert_eq!(post(&world, "/identities", &bad).await, (400, json!({"error": "email_sha256 must be 64 hex digits"})));
    let placed = domain::UnixMs(world.flow().now().0 + 1_000).to_rfc3339();
    let body = |id: u64| {
        order(
            id,
            "10.00",
            &json!({"created_at": placed, "updated_at": placed, "email": "a@example.com", "customer": {"id": 78}}),
        )
    };
    world.deliver("orders/create", "d1", &body(1)).await;
    world.settle().await;
    assert_eq!(world.credits().await, [], "not believed");
    let merchant = world.flow().merchant_by_operator(flow::access::Operator, &world.merchant.brand().id).await.unwrap();
    world.flow().save_settings(&merchant, 30, false, true, vec![]).await.unwrap();
    world.deliver("orders/create", "d2", &body(2)).await;
    world.settle().await;
    let credited: i64 = world.credits().await.iter().map(|(_, minor)| minor).sum();
    assert_eq!(credited, 2_000, "believed, and the customer's earlier order with it");
    let (_, seen) = customer(&world, "78", "").await;
    assert_eq!(seen["summary"]["total_amount"], "20.0");
    world.stop().await;
}
