use serde_json::{Value, json};

use crate::{
    customers::{customer, get, post, seconds, shape, two_touches},
    test_server::{NOW, PV, SHOP, TestServer, operator},
};

async fn customer_responses_match_attribution_io(server: TestServer) {
    two_touches(&server).await;
    let view = json!({"event_type": "page_view", "pv_id": PV, "page_url": "https://examplesite.com/page6?x=1"});
    assert_eq!(server.track(&server.pixel_key, &view.to_string()).await.0, 200);
    let identity = json!({"identity": {"aliases": [PV], "client_id": "MrSmith", "public_key": server.pixel_key,
        "created_at": seconds(&server), "meta": {"first_name": "John"}}});
    assert_eq!(post(&server, "/identities", &identity).await, (200, json!({"success": true})));
    let purchase = json!({"event": {"aliases": [PV], "client_id": "MrSmith", "event_public_key": "b5b5085e605450bb",
        "url": "https://examplesite.com/page6?token=1", "public_key": server.server_key, "transaction_id": "tx1",
        "is_informational": false, "created_at": seconds(&server), "meta": {"revenue": 100.01}}});
    assert_eq!(post(&server, "/events", &purchase).await.0, 200);
    assert_eq!(post(&server, "/events", &purchase).await.0, 200, "a repeat changes nothing");
    server.settle().await;
    assert_eq!(server.credits().await, [("click".to_owned(), 5001), ("click".to_owned(), 5000)]);

    let (status, all) = customer(&server, "MrSmith", "&show_all=true").await;
    assert_eq!(status, 200);
    insta::allow_duplicates! { insta::assert_snapshot!(shape(&all).join("\n"), @"
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
    ") };
    insta::allow_duplicates! { insta::assert_snapshot!(shape(&all["events"]).join("\n"), @"
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
    ") };
    let outputs = &all["events"][0]["attribution_model_outputs"];
    insta::allow_duplicates! { insta::assert_snapshot!(shape(outputs).join("\n"), @"
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
    ") };
    insta::allow_duplicates! { insta::assert_snapshot!(shape(&all["touchpoints"]).join("\n"), @"
    aliases: array
    client_id: null
    created_at: string
    id: integer
    ip_address: null
    referrer: string
    url: string
    user_agent: string
    ") };
    insta::allow_duplicates! { insta::assert_snapshot!(shape(&all["pageviews"]).join("\n"), @"
    aliases: array
    created_at: string
    id: integer
    url: string
    ") };
    insta::allow_duplicates! { insta::assert_snapshot!(shape(&all["identities"]).join("\n"), @"
    aliases: array
    client_id: string
    data_source: null
    ip_address: null
    is_anonymous: boolean
    meta: object
    ") };

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
    let touchpoints: Vec<&Value> =
        all["touchpoints"].as_array().unwrap().iter().map(|touchpoint| &touchpoint["id"]).collect();
    assert_eq!(
        of("touchpoint_id").iter().collect::<Vec<_>>(),
        touchpoints,
        "every credit belongs to a listed touchpoint"
    );
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

    // Each part is included only on request; the rest does not change.
    let (_, bare) = customer(&server, "MrSmith", "").await;
    let parts = ["events", "pageviews", "touchpoints", "identities"];
    assert!(parts.iter().all(|part| bare.get(part).is_none()));
    for part in parts {
        let (_, partial) = customer(&server, "MrSmith", &format!("&show_{part}=true")).await;
        assert_eq!(partial[part], all[part]);
        assert!(parts.iter().all(|other| *other == part || partial.get(other).is_none()));
        assert_eq!(partial["summary"], all["summary"]);
    }
    let (_, last) = customer(&server, "MrSmith", "&show_events=1&model=last_touch").await;
    let outputs = &last["events"][0]["attribution_model_outputs"];
    assert_eq!((outputs.as_array().unwrap().len(), &outputs[0]["source_name"]), (1, &json!("bea")));
    assert_eq!(customer(&server, "MrSmith", "&model=psychic").await.0, 400);

    // Our own path with a bearer key; the customer is also found by visitor id.
    for name in ["MrSmith", PV] {
        let answer = server.http.get(format!("{}/api/v1/customers/{name}?show_all=true", server.url));
        let answer = answer.bearer_auth(&server.server_key).send().await.unwrap().json::<Value>().await.unwrap();
        assert_eq!(answer["customer"], all, "{name}");
    }
    server.stop().await;
}

async fn wrong_credentials_unknown_customers_and_disabled_brands_are_rejected(server: TestServer) {
    let (pixel, backend_key) = (server.pixel_key.clone(), server.server_key.clone());
    let other = flow::setup::NewBrand { name: "Other".into(), ..flow::setup::NewBrand::default() };
    let other = server.flow().setup().create_brand(operator(), &other).await.unwrap();
    let other = server.flow().access().merchant_by_operator(operator(), &other.id).await.unwrap();
    let (_, foreign) = server.flow().setup().create_key(&other, domain::api_key::KeyKind::Server, false).await.unwrap();
    let identity = json!({"identity": {"aliases": [PV], "client_id": "7", "public_key": backend_key}});
    assert_eq!(post(&server, "/identities", &identity).await.0, 200);
    let refused = (401, json!({"error": "Request is unauthorized: check your secret and public key"}));
    for (key, secret) in
        [(&pixel, &pixel), (&pixel, &foreign), (&foreign, &backend_key), (&"x".to_owned(), &backend_key)]
    {
        assert_eq!(get(&server, &format!("/api/v1/{key}/customers/7?secret={secret}")).await, refused);
    }
    assert_eq!(get(&server, &format!("/api/v1/{pixel}/customers/7")).await, refused);
    assert_eq!(get(&server, "/api/v1/customers/7").await.0, 401);
    let missing = (404, json!({"error": "customer not found"}));
    for name in ["8", "%00", "order:1", "%20"] {
        assert_eq!(get(&server, &format!("/api/v1/{pixel}/customers/{name}?secret={backend_key}")).await, missing);
    }
    // Customers of other brands are not found.
    let path = format!("/api/v1/{foreign}/customers/7?secret={foreign}");
    assert_eq!(get(&server, &path).await, missing);

    let path = format!("/api/v1/{pixel}/customers/7?secret={backend_key}");
    assert_eq!(get(&server, &path).await.0, 200);
    let tokens =
        domain::shop::SealedTokens { access: vec![], access_expires_at: NOW, refresh: None, refresh_expires_at: None };
    let install = store::shops::Install {
        domain: domain::shop::ShopDomain::parse(SHOP).unwrap(),
        new_brand: server.merchant.brand().clone(),
        at: NOW,
        scopes: String::new(),
        tokens,
        delivery_job: "delivery.process",
    };
    server.store.install_shop(&install).await.unwrap();
    assert_eq!(get(&server, &path).await.0, 200);
    server.clock.advance(1_000);
    server.deliver("app/uninstalled", "d0", &json!({"domain": SHOP}).to_string()).await;
    server.settle().await;
    assert_eq!(get(&server, &path).await, (403, json!({"error": "This account is disabled"})));
    server.stop().await;
}

on_both_engines!(customer_responses_match_attribution_io wrong_credentials_unknown_customers_and_disabled_brands_are_rejected);
