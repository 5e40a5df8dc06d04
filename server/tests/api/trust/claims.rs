//! A claim of a customer's name never becomes proof, however it is dressed up.

use domain::api_key::KeyKind;
use serde_json::{Value, json};

use super::{entries, lines, post, purchase, report_event, tracked_click, visitor_of};
use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, install, percent, rule},
    test_server::{TestServer, operator, order},
};

const FRESH_PV: &str = "770e8400-e29b-41d4-a716-446655440007";

async fn identify(server: &TestServer, key: &str, aliases: &[&str], client_id: &str) -> Value {
    let identity = json!({"public_key": key, "aliases": aliases, "client_id": client_id});
    post(server, "/identities", None, json!({ "identity": identity })).await.1
}

async fn lead(server: &TestServer, key: Option<&str>, click: &Value, name: &str) {
    let lead = json!({"click_id": click, "customer_key": name});
    assert_eq!(post(server, "/api/v1/track/lead", key, lead).await.0, 200);
    server.settle().await;
}

/// The backend reports a purchase of 100.00 by this customer, without a visitor.
async fn bought(server: &TestServer, name: &str, transaction: &str) {
    let event = json!({"client_id": name, "transaction_id": transaction, "meta": {"revenue": 100}});
    report_event(server, &server.server_key, event).await;
    server.settle().await;
}

/// The strength of the visitor who clicked, and whether the order's commission waits for a person.
async fn standing(server: &TestServer, id: &str) -> (Value, Value) {
    let (_, answer) = get_attribution(server, id).await;
    (answer["visitors"][0]["strength"].clone(), answer["needs_approval"].clone())
}

async fn a_second_alias_is_as_claimed_as_the_first(server: TestServer) {
    let (_, thief) = creator_with_link(&server, "Thief", "").await;
    rule(&server, percent("10")).await;
    let pv_id = visitor_of(&server, thief.code.as_str()).await;
    let pixel = server.pixel_key.clone();
    assert_eq!(identify(&server, &pixel, &[FRESH_PV, &pv_id], "user_1001").await, json!({"success": true}));
    bought(&server, "user_1001", "t1").await;
    assert_eq!(lines(&server).await, [(1000, true)], "one claim, which waits for a person");
    assert_eq!(standing(&server, "t1").await, (json!("claimed"), json!(true)));
    // Where the brand believes its browsers a claim joins the visitor to the shop's customer, but proves nothing.
    let merchant = server.flow().access().merchant_by_operator(operator(), &server.merchant.brand().id).await.unwrap();
    server.flow().policies().save_settings(&merchant, 30, false, true, vec![]).await.unwrap();
    assert_eq!(identify(&server, &pixel, &[FRESH_PV, &pv_id], "77").await, json!({"success": true}));
    install(&server).await;
    let now = server.flow().now().to_rfc3339();
    let placed = json!({"created_at": now, "updated_at": now, "customer": {"id": 77}});
    deliver_and_settle(&server, "orders/create", "o1", &order(501, "50.00", &placed)).await;
    let (_, answer) = get_attribution(&server, "501").await;
    let strengths: Vec<&Value> =
        answer["visitors"].as_array().unwrap().iter().map(|visitor| &visitor["strength"]).collect();
    assert!(!strengths.contains(&&json!("proven")), "{answer}");
    server.stop().await;
}

async fn another_name_given_by_the_backend_proves_no_claim(server: TestServer) {
    let (_, thief) = creator_with_link(&server, "Thief", "").await;
    let (_, honest) = creator_with_link(&server, "Honest", "").await;
    rule(&server, percent("10")).await;
    let key = server.server_key.clone();
    let stolen = tracked_click(&server, thief.code.as_str()).await;
    let genuine = tracked_click(&server, honest.code.as_str()).await;
    lead(&server, None, &stolen, "user_1001").await;
    // The claimant signs up, so that the backend names them too; by another name.
    lead(&server, Some(&key), &stolen, "user_att").await;
    bought(&server, "user_1001", "t1").await;
    assert_eq!(standing(&server, "t1").await, (json!("claimed"), json!(true)));
    assert_eq!(lines(&server).await, [(1000, true)]);
    // Their own purchases are their own.
    bought(&server, "user_att", "t2").await;
    assert_eq!(standing(&server, "t2").await, (json!("proven"), json!(false)));
    // The backend's own naming of the customer ends the question, after the sale as before it.
    lead(&server, Some(&key), &genuine, "user_1001").await;
    bought(&server, "user_1001", "t3").await;
    for id in ["t1", "t3"] {
        let (_, answer) = get_attribution(&server, id).await;
        let credit = (&answer["credits"][0]["link_id"], &answer["needs_approval"]);
        assert_eq!(credit, (&json!(honest.id), &json!(false)), "{answer}");
    }
    server.stop().await;
}

async fn proof_that_comes_later_lets_the_same_commission_go(server: TestServer) {
    let (_, honest) = creator_with_link(&server, "Honest", "").await;
    rule(&server, percent("10")).await;
    let key = server.server_key.clone();
    let click = tracked_click(&server, honest.code.as_str()).await;
    lead(&server, None, &click, "user_1").await;
    bought(&server, "user_1", "t1").await;
    assert_eq!(lines(&server).await, [(1000, true)]);
    lead(&server, Some(&key), &click, "user_1").await;
    assert_eq!(lines(&server).await, [(1000, false)], "the same line, which waits no longer");
    let audit = server.audit_log().await;
    let released = audit.iter().find(|(_, _, action, _)| action == "commission.release").unwrap();
    let order = entries(&server).await[0].order.clone().unwrap();
    assert_eq!((released.1.as_str(), released.3.as_str()), ("rules", order.as_str()));
    server.stop().await;
}

async fn a_reporter_and_another_claimant_dispute_the_order(server: TestServer) {
    let (_, thief) = creator_with_link(&server, "Thief", "").await;
    let (_, other) = creator_with_link(&server, "Other", "").await;
    rule(&server, percent("10")).await;
    let reporter = visitor_of(&server, thief.code.as_str()).await;
    let claimant = visitor_of(&server, other.code.as_str()).await;
    identify(&server, &server.pixel_key.clone(), &[&claimant], "user_1").await;
    assert_eq!(server.track(&server.pixel_key, &purchase(&reporter, "t1", json!(100)).to_string()).await.0, 200);
    bought(&server, "user_1", "t1").await;
    let (_, answer) = get_attribution(&server, "t1").await;
    assert_eq!(answer["credits"], json!([]), "{answer}");
    let disputed: Vec<&Value> =
        answer["visitors"].as_array().unwrap().iter().map(|visitor| &visitor["is_disputed"]).collect();
    assert_eq!(disputed, [&json!(true), &json!(true)]);
    server.stop().await;
}

async fn a_test_report_claims_nothing(server: TestServer) {
    let (_, test_key) = server.flow().setup().create_key(&server.merchant, KeyKind::Server, true).await.unwrap();
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    let test = json!({"test_mode": true});
    for key in [&server.pixel_key, &server.server_key] {
        let identity = json!({"public_key": key, "aliases": [pv_id], "client_id": "u1", "additional_data": test});
        let (_, answer) = post(&server, "/identities", None, json!({ "identity": identity })).await;
        assert_eq!((&answer["joined"], &answer["data"]["is_test"]), (&json!(false), &json!(true)), "{answer}");
        let event = json!({"transaction_id": "t1", "client_id": "u1", "aliases": [pv_id], "meta": {"revenue": 5},
            "additional_data": test});
        report_event(&server, key, event).await;
    }
    // A browser that names a test click is nobody's: it claims no name of a live customer.
    let click = json!({"affiliate_url": format!("https://a.example/?aff={}", link.code), "additional_data": test});
    let (_, clicked) = post(&server, "/api/v1/track/click", Some(&test_key), click).await;
    lead(&server, None, &clicked["click_id"], "u1").await;
    let customer = server.http.get(format!("{}/api/v1/customers/u1", server.url)).bearer_auth(&server.server_key);
    assert_eq!(customer.send().await.unwrap().status(), 404, "nobody is known by that name");
    assert_eq!(get_attribution(&server, "t1").await.0, 404);
    server.stop().await;
}

async fn too_many_claims_are_shown(server: TestServer) {
    let (thief, link) = creator_with_link(&server, "Thief", "").await;
    let nobodys = server.link("https://shop.example/p", "").await;
    let merchant_page = async |path: &str| super::approval::page(&server, path).await;
    let claim_six = async |pv_id: &str, prefix: &str| {
        for nth in 0..6 {
            identify(&server, &server.pixel_key, &[pv_id], &format!("{prefix}_{nth}")).await;
        }
    };
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    // A later click on a link without a creator hides nobody.
    let hidden =
        server.http.get(format!("{}/{}", server.url, nobodys.code)).header("cookie", format!("_cs_pv={pv_id}"));
    hidden.header("user-agent", crate::test_server::CHROME).send().await.unwrap();
    claim_six(&pv_id, "user").await;
    let page = merchant_page(&format!("/brand/attribution/creators/{thief}")).await;
    assert!(page.contains("1 customer name given by this creator"), "{page}");
    // Whom no creator sent: by a landing that the pixel reports they are the creator's again.
    claim_six(FRESH_PV, "stranger").await;
    let page = merchant_page("/brand/attribution/creators").await;
    assert!(page.contains("1 customer name given by visitors without a creator"), "{page}");
    let landed = "880e8400-e29b-41d4-a716-446655440008";
    let view = json!({"event_type": "page_view", "pv_id": landed, "page_url": format!("https://shop.example/?cs_ref={}", link.code)});
    assert_eq!(server.track(&server.pixel_key, &view.to_string()).await.0, 200);
    claim_six(landed, "landed").await;
    let page = merchant_page(&format!("/brand/attribution/creators/{thief}")).await;
    assert!(page.contains("2 customer names given by this creator"), "{page}");
    server.stop().await;
}

on_both_engines!(
    a_second_alias_is_as_claimed_as_the_first
    another_name_given_by_the_backend_proves_no_claim
    proof_that_comes_later_lets_the_same_commission_go
    a_reporter_and_another_claimant_dispute_the_order
    a_test_report_claims_nothing
    too_many_claims_are_shown
);
