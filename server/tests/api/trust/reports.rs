//! What strangers report never steers, strips or outshines what is proven.

use domain::api_key::KeyKind;
use flow::{link::NewLink, setup::NewBrand};
use serde_json::{Value, json};

use super::{entries, lines, post, purchase, visitor_of};
use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, install, percent, rule},
    test_server::{NOW, SECRET, TestServer, operator, order},
};

fn placed(server: &TestServer, extra: &Value) -> Value {
    let now = server.flow().now().to_rfc3339();
    let mut placed = json!({"created_at": now, "updated_at": now});
    placed.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    placed
}

async fn report(server: &TestServer, pv_id: &str, id: &str) {
    assert_eq!(server.track(&server.pixel_key, &purchase(pv_id, id, json!(50)).to_string()).await.0, 200);
    server.settle().await;
}

async fn a_strangers_report_does_not_choose_among_links_with_one_code(server: TestServer) {
    install(&server).await;
    let (_, thief) = creator_with_link(&server, "Thief", "SUMMER").await;
    let thief_pv = visitor_of(&server, thief.code.as_str()).await;
    let (_, ana) = creator_with_link(&server, "Ana", "SUMMER").await;
    rule(&server, percent("10")).await;
    let body = order(5, "50.00", &placed(&server, &json!({"discount_codes": [{"code": "SUMMER"}]})));
    deliver_and_settle(&server, "orders/create", "s1", &body).await;
    report(&server, &thief_pv, "5").await;
    let (_, answer) = get_attribution(&server, "5").await;
    assert_eq!((&answer["credits"][0]["link_id"], &answer["needs_approval"]), (&json!(ana.id), &json!(false)));
    let refused: Vec<&Value> = answer["evidence"].as_array().unwrap().iter().map(|piece| &piece["refused"]).collect();
    assert!(refused.contains(&&json!("not_proven")), "the click is shown, and why it does not count: {answer}");
    server.stop().await;
}

async fn a_strangers_bot_or_old_click_takes_nothing_away(server: TestServer) {
    install(&server).await;
    let (_, ana) = creator_with_link(&server, "Ana", "").await;
    let stranger = "990e8400-e29b-41d4-a716-446655440009";
    let as_bot = server.http.get(format!("{}/{}", server.url, ana.code)).header("cookie", format!("_cs_pv={stranger}"));
    as_bot.header("user-agent", "Googlebot/2.1").send().await.unwrap();
    server.clock.advance(1000);
    let landed = json!({"landing_site": format!("/?cs_ref={}", ana.code)});
    deliver_and_settle(&server, "orders/create", "b1", &order(6, "50.00", &placed(&server, &landed))).await;
    report(&server, stranger, "6").await;
    // A click from before the lookback window, of a visitor who reports a later order.
    let old_pv = visitor_of(&server, ana.code.as_str()).await;
    server.clock.advance(31 * domain::time::DAY_MS);
    let in_cart = json!({"note_attributes": [{"name": "_cs_ref", "value": ana.code.as_str()}]});
    deliver_and_settle(&server, "orders/create", "b2", &order(7, "50.00", &placed(&server, &in_cart))).await;
    report(&server, &old_pv, "7").await;
    for id in ["6", "7"] {
        let (_, answer) = get_attribution(&server, id).await;
        assert_eq!(
            (&answer["credits"][0]["link_id"], &answer["needs_approval"]),
            (&json!(ana.id), &json!(false)),
            "{answer}"
        );
    }
    server.stop().await;
}

async fn the_carts_token_proves_a_report(server: TestServer) {
    install(&server).await;
    let (_, ana) = creator_with_link(&server, "Ana", "").await;
    let shopper = visitor_of(&server, ana.code.as_str()).await;
    let token = "c1-7a2ad9a3433a9c3b";
    deliver_and_settle(
        &server,
        "orders/create",
        "k1",
        &order(8, "50.00", &placed(&server, &json!({"cart_token": token}))),
    )
    .await;
    report(&server, "110e8400-e29b-41d4-a716-446655440011", "8").await;
    let mut proof = purchase(&shopper, "8", json!(50));
    proof["cart_token"] = json!(token);
    assert_eq!(server.track(&server.pixel_key, &proof.to_string()).await.0, 200);
    server.settle().await;
    let (_, answer) = get_attribution(&server, "8").await;
    let visitor = &answer["visitors"][0];
    assert_eq!((&visitor["pv_id"], &visitor["strength"]), (&json!(shopper), &json!("proven")), "{answer}");
    assert_eq!((&answer["credits"][0]["link_id"], &answer["needs_approval"]), (&json!(ana.id), &json!(false)));
    server.stop().await;
}

async fn what_is_only_reported_is_shown_as_such(server: TestServer) {
    install(&server).await;
    let (_, ana) = creator_with_link(&server, "Ana", "").await;
    let pv_id = visitor_of(&server, ana.code.as_str()).await;
    deliver_and_settle(&server, "orders/create", "r1", &order(9, "50.00", &placed(&server, &json!({})))).await;
    report(&server, &pv_id, "9").await;
    let (_, answer) = get_attribution(&server, "9").await;
    assert_eq!(answer["evidence"][0]["strength"], "reported");
    assert_eq!(
        (&answer["visitors"][0]["strength"], &answer["visitors"][0]["is_disputed"]),
        (&json!("reported"), &json!(false))
    );
    assert_eq!(answer["needs_approval"], true, "although there is no rule by which it earns");
    let sentences = answer["explanation"].as_array().unwrap();
    let says = |text: &str| sentences.iter().any(|sentence| sentence.as_str().unwrap().contains(text));
    assert!(says("(reported by the order's number, not proven)") && says("waits for approval"), "{sentences:?}");
    let path = format!("/brand/attribution/orders/{}", answer["order"]["id"].as_str().unwrap());
    let page = super::approval::page(&server, &path).await;
    assert!(page.contains("not proven") && page.contains("Approve credit and commission"), "{page}");
    assert!(super::approval::page(&server, "/brand/attribution/orders").await.contains("Not proven"));
    server.stop().await;
}

/// A brand whose browsers are believed, with the shop of [`other_delivery`]; its pixel key and a server test key.
async fn trusting_brand(server: &TestServer) -> (flow::access::Merchant, String, String) {
    let shop = domain::shop::ShopDomain::parse(TRUSTING_SHOP);
    let new = NewBrand { name: "Trusting".into(), shop, trust_browser_purchases: true, ..NewBrand::default() };
    let brand = server.flow().setup().create_brand(operator(), &new).await.unwrap();
    let merchant = server.flow().access().merchant_by_operator(operator(), &brand.id).await.unwrap();
    let install = store::shops::Install {
        domain: domain::shop::ShopDomain::parse(TRUSTING_SHOP).unwrap(),
        new_brand: brand,
        at: NOW,
        scopes: String::new(),
        tokens: domain::shop::SealedTokens {
            access: vec![1],
            access_expires_at: NOW,
            refresh: None,
            refresh_expires_at: None,
        },
        delivery_job: "delivery.process",
    };
    server.store.install_shop(&install).await.unwrap();
    let (_, pixel) = server.flow().setup().create_key(&merchant, KeyKind::Pixel, false).await.unwrap();
    let (_, test) = server.flow().setup().create_key(&merchant, KeyKind::Server, true).await.unwrap();
    (merchant, pixel, test)
}

const TRUSTING_SHOP: &str = "trusting-shop.myshopify.com";

async fn other_delivery(server: &TestServer, id: &str, body: &str) {
    let request = server
        .http
        .post(format!("{}/api/webhooks/shopify", server.url))
        .header("x-shopify-topic", "orders/create")
        .header("x-shopify-shop-domain", TRUSTING_SHOP)
        .header("x-shopify-webhook-id", id)
        .header("x-shopify-hmac-sha256", shopify::signature::sign_body(SECRET, body.as_bytes()))
        .body(body.to_owned());
    assert_eq!(request.send().await.unwrap().status(), 200);
    server.settle().await;
}

async fn tests_hide_nothing_from_brands_that_believe_browsers(server: TestServer) {
    let (merchant, pixel, test_key) = trusting_brand(&server).await;
    let brand = &merchant.brand().id;
    let creator = server.flow().creators().create(&merchant, "Ana", "ana", "").await.unwrap();
    let new =
        NewLink { destination: "https://shop.example/p".into(), creator: creator.id.to_string(), ..NewLink::default() };
    let link = server.flow().links().create(&merchant, &new).await.unwrap();
    let rule = server.flow().commissions().create_rule(&merchant, &percent("10")).await;
    rule.unwrap();
    let pv_id = visitor_of(&server, link.code.as_str()).await;
    // Fifty tests of the number do not crowd the live purchase out, and what browsers report needs no approval.
    for _ in 0..50 {
        assert_eq!(post(&server, "/api/v1/track", Some(&test_key), purchase(&pv_id, "1001", json!(1))).await.0, 200);
    }
    assert_eq!(server.track(&pixel, &purchase(&pv_id, "1001", json!(50)).to_string()).await.0, 200);
    server.settle().await;
    let live = server.store.order_by_external_id(brand, "1001").await.unwrap().expect("the live order");
    assert_eq!(live.order.net_minor(), 5000);
    let ledger = server.flow().commissions().ledger(&merchant, None, "").await.unwrap();
    assert_eq!(ledger.iter().map(|line| (line.amount_minor, line.is_waiting())).collect::<Vec<_>>(), [(500, false)]);
    // A test order of the shop is no live order, by whichever of its names a browser reports it, before it or after.
    for (number, is_before) in [(2001, true), (2002, false)] {
        let numbered = json!({"test": true, "name": format!("#{number}"), "order_number": number});
        let body = order(900_000 + number, "50.00", &placed(&server, &numbered));
        let report = purchase(&pv_id, &number.to_string(), json!(50)).to_string();
        if is_before {
            assert_eq!(server.track(&pixel, &report).await.0, 200);
            server.settle().await;
        }
        other_delivery(&server, &format!("t{number}"), &body).await;
        if !is_before {
            assert_eq!(server.track(&pixel, &report).await.0, 200);
            server.settle().await;
        }
        let record = server.store.order_by_external_id(brand, &number.to_string()).await.unwrap();
        let live_minor = record.map_or(0, |record| record.attribution.map_or(0, |decided| decided.net_minor));
        assert_eq!(live_minor, 0, "{number}");
    }
    server.stop().await;
}

async fn a_brand_may_believe_claims(server: TestServer) {
    let merchant = server.flow().access().merchant_by_operator(operator(), &server.merchant.brand().id).await.unwrap();
    server.flow().policies().save_settings(&merchant, 30, false, true, vec![]).await.unwrap();
    let (_, ana) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let click = super::tracked_click(&server, ana.code.as_str()).await;
    let lead = json!({"click_id": click, "customer_key": "user_1"});
    assert_eq!(post(&server, "/api/v1/track/lead", None, lead).await.0, 200);
    let sale = json!({"transaction_id": "t1", "amount_cents": 10_000, "customer_key": "user_1"});
    assert_eq!(post(&server, "/api/v1/track/sale", Some(&server.server_key.clone()), sale).await.0, 200);
    server.settle().await;
    assert_eq!(lines(&server).await, [(1000, false)]);
    assert_eq!(entries(&server).await[0].creator, ana.creator.unwrap());
    server.stop().await;
}

on_both_engines!(
    a_strangers_report_does_not_choose_among_links_with_one_code
    a_strangers_bot_or_old_click_takes_nothing_away
    the_carts_token_proves_a_report
    what_is_only_reported_is_shown_as_such
    tests_hide_nothing_from_brands_that_believe_browsers
    a_brand_may_believe_claims
);
