//! `expand[]`: every object that another one names, whole instead of by its id.

use super::*;

on_both_engines! {
    every_named_object_can_be_shown_whole
    what_cannot_be_shown_stays_an_id
}

/// Makes one object of each kind, all of one creator's sale. Returns the creator's id.
async fn a_sale(server: &TestServer) -> String {
    let make = async |path: &str, body: Value| {
        let (status, made) = send(server, Method::POST, path, &body).await;
        assert!(matches!(status, 200 | 201), "{path}: {made}");
        made
    };
    let ana = make("/creators", json!({"name": "Ana", "handle": "ana"})).await["id"].clone();
    let campaign = make("/campaigns", json!({"name": "Spring"})).await;
    let link = json!({"destination": "https://shop.example/p", "creator": ana, "campaign": campaign["id"]});
    let link = make("/links", link).await;
    let visitor = "550e8400-e29b-41d4-a716-446655440000";
    make(
        "/clicks",
        json!({"link": link["id"], "at": domain::UnixMs::to_rfc3339(server.flow().now()), "visitor": visitor}),
    )
    .await;
    let mug = json!({"title": "Mug", "price_minor": 900, "creator_prices": [{"creator": ana, "price_minor": 800}]});
    let mug = make("/products", mug).await;
    let collab = make("/collabs", json!({"creator": ana, "affiliate_code": "ANA10"})).await;
    make("/drops", json!({"collab": collab["id"], "title": "Picks", "products": [{"product": mug["id"]}]})).await;
    make("/content", json!({"creator": ana, "link": link["id"], "title": "Reel"})).await;
    crate::actions::rule(server, crate::actions::percent("10")).await;
    // A milestone of 10.00, which the sale reaches.
    server.flow().policies().save_settings(&server.merchant, 30, false, false, vec![1_000]).await.unwrap();
    let order = json!({"external_id": "till-1", "currency": "USD", "total_minor": 5_000, "cs_ref": link["code"]});
    make("/orders", order).await;
    server.settle().await;
    server.clock.advance(31 * domain::time::DAY_MS);
    make("/payouts", json!({"currency": "USD"})).await;
    server.settle().await;
    ana.as_str().unwrap().to_owned()
}

async fn every_named_object_can_be_shown_whole(server: TestServer) {
    a_sale(&server).await;
    // Where the lists name other objects, and what these are.
    let expected: [(&str, &[(&str, &str)]); 11] = [
        ("clicks", &[("/link", "link"), ("/creator", "creator"), ("/campaign", "campaign")]),
        ("collabs", &[("/creator", "creator"), ("/link", "link")]),
        ("commissions", &[("/creator", "creator"), ("/order", "order"), ("/payout", "payout")]),
        ("content", &[("/creator", "creator"), ("/link", "link")]),
        ("conversions", &[("/order", "order"), ("/creator", "creator"), ("/link", "link"), ("/campaign", "campaign")]),
        ("drops", &[("/creator", "creator"), ("/collab", "collab"), ("/products/0/product", "product")]),
        ("links", &[("/creator", "creator"), ("/campaign", "campaign")]),
        ("milestones", &[("/creator", "creator")]),
        (
            "orders",
            &[("/credits/0/creator", "creator"), ("/credits/0/link", "link"), ("/credits/0/campaign", "campaign")],
        ),
        ("payouts", &[("/items/0/creator", "creator")]),
        ("products", &[("/creator_prices/0/creator", "creator")]),
    ];
    for (resource, references) in expected {
        // The oldest: that of the order, where there are several.
        let oldest = |list: Value| list["data"].as_array().unwrap().last().cloned();
        let plain = oldest(get(&server, &format!("/{resource}")).await.1).unwrap_or_else(|| panic!("{resource}: none"));
        next_minute(&server);
        let names: Vec<_> = references.iter().map(|(_, name)| format!("expand[]={name}")).collect();
        let (status, list) = get(&server, &format!("/{resource}?{}", names.join("&"))).await;
        assert_eq!(status, 200, "{resource}: {list}");
        let listed = oldest(list).unwrap();
        let path = format!("/{resource}/{}?{}", plain["id"].as_str().unwrap(), names.join("&"));
        let (_, got) = get(&server, &path).await;
        assert_eq!(got, listed, "{resource}: a list and a single object say the same");
        let mut same = listed.clone();
        for (pointer, name) in references {
            let (id, object) = (plain.pointer(pointer).unwrap(), listed.pointer(pointer).unwrap());
            assert!(id.is_string(), "{resource}{pointer}: {plain}");
            // As the object itself is shown: with ids, so that the depth is one.
            let plural = if *name == "content" { "content".to_owned() } else { format!("{name}s") };
            let (_, alone) = get(&server, &format!("/{plural}/{}", id.as_str().unwrap())).await;
            assert_eq!(*object, alone, "{resource}{pointer}");
            same.pointer_mut(pointer).unwrap().clone_from(id);
        }
        assert_eq!(same, plain, "{resource}: nothing else changes");
        let (status, wrong) = get(&server, &format!("/{resource}?expand[]=brand")).await;
        assert_eq!(status, 400, "{wrong}");
        assert!(wrong["details"][0].as_str().unwrap().starts_with("expand[] must be one of"), "{wrong}");
    }
    server.stop().await;
}

async fn what_cannot_be_shown_stays_an_id(server: TestServer) {
    let ana = a_sale(&server).await;
    // A key sees what it may read and no more.
    let (_, made) = send(&server, Method::POST, "/keys", &json!({"scopes": ["conversions:read", "links:read"]})).await;
    let few = made["key"].as_str().unwrap();
    let shown = async |name: &str| {
        json_of(call_with(&server, few, Method::GET, &format!("/conversions?expand[]={name}"), &Value::Null, &[]).await)
            .await
    };
    assert_eq!(shown("link").await.1["data"][0]["link"]["object"], "link");
    for name in ["order", "creator", "campaign"] {
        let (status, refused) = shown(name).await;
        assert_eq!((status, &refused["code"]), (403, &json!("scope_missing")), "{name}: {refused}");
    }
    // Nobody sees an erased creator.
    assert_eq!(send(&server, Method::POST, &format!("/creators/{ana}/erase"), &Value::Null).await.0, 200);
    let (status, conversions) = get(&server, "/conversions?expand[]=creator&expand[]=order").await;
    assert_eq!((status, &conversions["data"][0]["creator"]), (200, &json!(ana)), "{conversions}");
    assert_eq!(conversions["data"][0]["order"]["external_id"], "till-1");
    server.stop().await;
}
