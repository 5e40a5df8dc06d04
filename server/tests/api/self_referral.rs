//! Creators do not earn by their own purchases: each signal is found and named, and nobody else is taken for one.

use domain::CreatorId;
use flow::link::NewLink;
use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, install},
    test_server::{TestServer, order},
};

/// A creator with an e-mail address, whose link carries a discount code.
async fn creator(server: &TestServer, name: &str, email: &str, code: &str) -> CreatorId {
    let creator = server.flow().creators().create(&server.merchant, name, name, email).await.unwrap();
    let new = NewLink {
        destination: "https://shop.example/p".into(),
        promo_code: code.into(),
        creator: creator.id.to_string(),
        ..NewLink::default()
    };
    server.flow().links().create(&server.merchant, &new).await.unwrap();
    creator.id
}

/// An order with a discount code, by an e-mail address; `extra` adds fields.
async fn buy(server: &TestServer, id: u64, code: &str, email: &str, extra: Value) {
    let mut fields = json!({"discount_codes": [{"code": code}], "email": email});
    fields.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    deliver_and_settle(server, "orders/create", &format!("d{id}"), &order(id, "10.00", &fields)).await;
}

fn in_browser(pv_id: &str) -> Value {
    json!({"note_attributes": [{"name": "_cs_pv", "value": pv_id}]})
}

fn browser(nth: u32) -> String {
    format!("550e8400-e29b-41d4-a716-{nth:012}")
}

/// The reasons why an order's evidence does not count, as text, or `credited`.
pub(crate) async fn verdict(server: &TestServer, id: u64) -> String {
    let (_, answer) = get_attribution(server, &id.to_string()).await;
    if answer["credits"].as_array().is_some_and(|credits| !credits.is_empty()) {
        return "credited".to_owned();
    }
    let pieces = answer["evidence"].as_array().unwrap();
    let refused: Vec<&str> = pieces.iter().filter_map(|piece| piece["refused"].as_str()).collect();
    assert!(answer["explanation"].to_string().contains("the creator is the buyer: "), "{answer}");
    refused.join(" ")
}

/// Opens the creator's page as the creator, in a browser with this visitor id.
pub(crate) async fn sign_in(server: &TestServer, creator: &CreatorId, pv_id: &str) {
    let link = server.flow().access().sign_in_link(&server.merchant, Some(creator)).await.unwrap();
    let token = link.rsplit('/').next().unwrap();
    let (session, _) = server.flow().access().sign_in(token).await.unwrap();
    let page = server.http.get(format!("{}/creator", server.url));
    let answer = page.header("cookie", format!("__Host-cs_session={session}; _cs_pv={pv_id}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    server.settle().await;
}

async fn every_signal_of_self_referral_is_found_and_named(server: TestServer) {
    install(&server).await;
    let ana = creator(&server, "Ana", "Ana.B+shop@gmail.com", "ANA10").await;
    server.flow().payouts().set_address(&server.merchant, &ana, "Money.Ana@gmail.com").await.unwrap();
    buy(&server, 1, "ANA10", "a.n.a.b@googlemail.com", json!({})).await;
    assert_eq!(verdict(&server, 1).await, "self_referral");
    buy(&server, 2, "ANA10", "moneyana+order@gmail.com", json!({})).await;
    assert_eq!(verdict(&server, 2).await, "self_referral_payout");

    // The shop's customer, with another address. The order that gives it away may come later.
    buy(&server, 3, "ANA10", "third@example.com", json!({"customer": {"id": 77}})).await;
    assert_eq!(verdict(&server, 3).await, "credited");
    buy(&server, 4, "", "anab@gmail.com", json!({"customer": {"id": 77}})).await;
    assert_eq!(verdict(&server, 3).await, "self_referral_customer");
    // The same browser, with another address.
    buy(&server, 5, "", "moneyana@gmail.com", in_browser(&browser(5))).await;
    buy(&server, 6, "ANA10", "sixth@example.com", in_browser(&browser(5))).await;
    assert_eq!(verdict(&server, 6).await, "self_referral_customer");

    // The browser that signed in, before the order or after it.
    buy(&server, 7, "ANA10", "seventh@example.com", in_browser(&browser(7))).await;
    assert_eq!(verdict(&server, 7).await, "credited");
    sign_in(&server, &ana, &browser(7)).await;
    assert_eq!(verdict(&server, 7).await, "self_referral_visitor");
    buy(&server, 8, "ANA10", "eighth@example.com", in_browser(&browser(7))).await;
    assert_eq!(verdict(&server, 8).await, "self_referral_visitor");

    // Another creator still earns by Ana's purchases, and a person's word stands against every signal.
    creator(&server, "Bea", "bea@example.com", "BEA10").await;
    buy(&server, 9, "BEA10", "anab@gmail.com", in_browser(&browser(7))).await;
    assert_eq!(verdict(&server, 9).await, "credited");
    let (_, answer) = get_attribution(&server, "8").await;
    let id = answer["order"]["id"].as_str().unwrap().parse().unwrap();
    let surveys = server.flow().surveys();
    surveys.assign_credit_to_creator(&server.merchant, &id, &ana, "a gift for a friend").await.unwrap();
    server.settle().await;
    assert_eq!(verdict(&server, 8).await, "credited");
    server.stop().await;
}

async fn people_who_share_an_address_with_a_creator_are_not_taken_for_the_creator(server: TestServer) {
    install(&server).await;
    let ana = creator(&server, "Ana", "ana@example.com", "ANA10").await;
    server.flow().payouts().set_address(&server.merchant, &ana, "ana.pays@example.com").await.unwrap();
    sign_in(&server, &ana, &browser(100)).await;
    // One house: the same network address, kind of browser, postal address and surname, each with a browser of their own.
    let home = json!({"last_name": "Berg", "address1": "1 Main St", "zip": "10115", "phone": "+49301234567"});
    let at_home = |pv_id: &str| {
        let mut fields = in_browser(pv_id);
        fields["shipping_address"] = home.clone();
        fields["billing_address"] = home.clone();
        fields
    };
    buy(&server, 100, "ANA10", "ana@example.com", at_home(&browser(100))).await;
    assert_eq!(verdict(&server, 100).await, "self_referral");
    for nth in 1..=20 {
        let name = format!("flatmate{nth}@example.com");
        buy(&server, nth, "ANA10", &name, at_home(&browser(u32::try_from(nth).unwrap()))).await;
    }
    for nth in 1..=20 {
        assert_eq!(verdict(&server, nth).await, "credited", "{nth}");
    }
    // A computer that everybody uses, the creator too, tells nothing about who ordered.
    for (id, name) in [(200, "ana"), (201, "one"), (202, "two"), (203, "three"), (204, "four")] {
        buy(&server, id, "ANA10", &format!("{name}@example.com"), in_browser(&browser(200))).await;
    }
    assert_eq!(verdict(&server, 200).await, "self_referral");
    for id in 201..=204 {
        assert_eq!(verdict(&server, id).await, "credited", "{id}");
    }
    server.stop().await;
}

async fn a_deleted_links_code_is_explained_and_a_direct_links_code_is_no_evidence(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Ana", "ANA10").await;
    server.flow().links().delete(&server.merchant, &link.id).await.unwrap();
    server.clock.advance(60_000);
    let later = server.flow().now().to_rfc3339();
    buy(&server, 1, "ANA10", "", json!({"created_at": later, "updated_at": later})).await;
    let (_, answer) = get_attribution(&server, "1").await;
    assert_eq!((&answer["credits"], &answer["evidence"][0]["refused"]), (&json!([]), &json!("link_deleted")));
    // The internal link of a creator's own code is not named by its code, and whoever guesses that gets nothing.
    let bea = server.flow().creators().create(&server.merchant, "Bea", "bea", "").await.unwrap();
    server.flow().links().set_promo_code(&server.merchant, &bea.id, "BEA10").await.unwrap();
    buy(&server, 2, "BEA10", "", json!({"created_at": later, "updated_at": later})).await;
    let (_, answer) = get_attribution(&server, "2").await;
    assert_eq!((&answer["credits"][0]["creator_id"], &answer["evidence"][0]["code"]), (&json!(bea.id), &Value::Null));
    let direct = server.store.links(&server.merchant.brand().id).await.unwrap();
    let direct = direct.into_iter().find(|link| link.is_direct).unwrap();
    let landed = json!({"created_at": later, "updated_at": later, "landing_site": format!("/?cs_ref={}", direct.code)});
    deliver_and_settle(&server, "orders/create", "d3", &order(3, "10.00", &landed)).await;
    let (_, answer) = get_attribution(&server, "3").await;
    assert_eq!((&answer["credits"], &answer["evidence"][0]["refused"]), (&json!([]), &json!("unknown_code")));
    server.stop().await;
}

on_both_engines!(every_signal_of_self_referral_is_found_and_named people_who_share_an_address_with_a_creator_are_not_taken_for_the_creator a_deleted_links_code_is_explained_and_a_direct_links_code_is_no_evidence);
