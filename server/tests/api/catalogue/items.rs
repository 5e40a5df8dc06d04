//! Writing and reading items.

use flow::setup::NewBrand;

use super::*;
use crate::test_server::operator;

async fn items_are_written_read_and_archived(server: TestServer) {
    let ana = creator(&server, "Ana", "ana").await;
    let product = add(
        &server,
        "products",
        json!({
            "title": " Mug ", "description": "A mug.\nBlue.", "product_url": "https://shop.example/mug",
            "image_url": "https://cdn.example/mug.jpg", "price_minor": 2000, "currency": "EUR", "inventory": 3,
            "creator_prices": [{"creator": ana, "price_minor": 1500}], "metadata": {"sku": "MUG-1"},
        }),
    )
    .await;
    assert_eq!((product["title"].as_str(), product["currency"].as_str()), (Some("Mug"), Some("EUR")));
    assert_eq!(product["creator_prices"], json!([{"creator": ana, "price_minor": 1500}]));
    assert_eq!((&product["object"], &product["metadata"]["sku"]), (&json!("product"), &json!("MUG-1")));
    let rule = crate::actions::rule(&server, crate::actions::percent("10")).await;
    let collab = add(
        &server,
        "collabs",
        json!({
            "creator": ana, "tier": "gold", "affiliate_code": "ana10", "slug": "ana", "status": "active",
            "discount": {"kind": "percentage", "percent_bp": 1000}, "commission_rule": rule.id.to_string(),
            "started_at": "2027-01-01T00:00:00Z", "destination": "https://shop.example/", "intro": "Hello",
        }),
    )
    .await;
    assert_eq!(collab["affiliate_code"], "ANA10");
    assert_eq!(collab["page_url"], "http://localhost:4000/c/ana");
    let link = get(&server, &format!("links/{}", collab["link"].as_str().unwrap())).await.1;
    assert_eq!(
        (&link["promo_code"], &link["creator"], &link["url"]),
        (&json!("ANA10"), &json!(ana), &collab["link_url"])
    );
    let drop = add(
        &server,
        "drops",
        json!({"collab": id(&collab), "title": "Spring", "products": [{"product": id(&product), "note": "Mine"}]}),
    )
    .await;
    assert_eq!(
        (&drop["creator"], &drop["published"], &drop["published_at"]),
        (&json!(ana), &json!(false), &Value::Null)
    );
    assert_eq!(drop["products"], json!([{"product": id(&product), "position": 0, "note": "Mine", "media_url": null}]));
    let content = add(
        &server,
        "content",
        json!({
            "creator": ana, "link": collab["link"], "platform": "tiktok", "content_type": "video",
            "url": "https://tiktok.example/v/1", "title": "My mug", "posted_at": "2027-01-02T00:00:00Z",
            "figures": {"views": 1200, "likes": 30},
        }),
    )
    .await;
    assert_eq!(content["figures"], json!({"views": 1200, "likes": 30, "comments": null}));
    for (resource, object) in [("products", &product), ("collabs", &collab), ("drops", &drop), ("content", &content)] {
        let path = format!("{resource}/{}", id(object));
        assert_eq!(get(&server, &path).await, (200, object.clone()));
        assert_eq!(get(&server, &format!("{resource}/{ana}")).await.0, 404, "an id of another kind");
        assert_eq!(get(&server, &format!("{resource}/%00")).await.0, 404);
        let (status, archived) = call(&server, Method::DELETE, &path, &Value::Null).await;
        assert_eq!((status, &archived["archived"]), (200, &json!(true)));
        assert_eq!(ids(&get(&server, &format!("{resource}?archived=true")).await.1), [id(object)]);
        assert_eq!(ids(&get(&server, &format!("{resource}?archived=false")).await.1), Vec::<String>::new());
        let back = change(&server, resource, object, json!({"archived": false})).await;
        assert_eq!(back["archived"], false);
    }
    let changed = change(&server, "products", &product, json!({"inventory": null, "title": "Cup"})).await;
    assert_eq!((&changed["inventory"], &changed["title"]), (&Value::Null, &json!("Cup")));
    assert_eq!(changed["price_minor"], 2000, "what is not named stays");
    let changed = change(&server, "drops", &drop, json!({"published": true})).await;
    let since = changed["published_at"].clone();
    server.clock.advance(5_000);
    let changed = change(&server, "drops", &drop, json!({"published": true, "title": "Spring 2"})).await;
    assert_eq!(changed["published_at"], since);
    let code = change(&server, "collabs", &collab, json!({"affiliate_code": "ANA20"})).await;
    assert_ne!(code["link"], collab["link"], "a code's orders are settled by its own link");
    let same = change(&server, "collabs", &collab, json!({"affiliate_code": "ana20", "tier": null})).await;
    assert_eq!(same["link"], code["link"]);
    server.stop().await;
}

async fn an_upsert_adds_once_and_then_changes(server: TestServer) {
    let (status, first) = call(&server, Method::PUT, "products/external/sku-1", &json!({"title": "Mug"})).await;
    assert_eq!((status, &first["external_id"]), (201, &json!("sku-1")));
    let (status, second) = call(&server, Method::PUT, "products/external/sku-1", &json!({"inventory": 4})).await;
    assert_eq!((status, id(&second), &second["inventory"]), (200, id(&first), &json!(4)));
    assert_eq!(ids(&get(&server, "products?external_id=sku-1").await.1), [id(&first)]);
    // External ids are unique within a kind.
    let ana = creator(&server, "Ana", "ana").await;
    let (status, _) = call(&server, Method::PUT, "content/external/sku-1", &json!({"creator": ana})).await;
    assert_eq!(status, 201);
    server.stop().await;
}

async fn items_name_only_what_is_the_brands(server: TestServer) {
    let flow = server.flow();
    let other = NewBrand { name: "Other".into(), ..NewBrand::default() };
    let other = flow.setup().create_brand(operator(), &other).await.unwrap();
    let other = flow.access().merchant_by_operator(operator(), &other.id).await.unwrap();
    let foreign = flow.creators().create(&other, "Foreign", "foreign", "").await.unwrap().id.to_string();
    let (_, other_key) = flow.setup().create_key(&other, domain::api_key::KeyKind::Server, false).await.unwrap();
    let body = json!({"title": "Theirs"});
    let request = server.http.post(format!("{}/api/v1/products", server.url)).bearer_auth(&other_key);
    let theirs: Value = request.body(body.to_string()).send().await.unwrap().json().await.unwrap();
    let ana = creator(&server, "Ana", "ana").await;
    let gone = creator(&server, "Gone", "gone").await;
    flow.creators().erase(&server.merchant, &gone.parse().unwrap()).await.unwrap();
    let unknown = |prefix: &str| format!("{prefix}_01hf7yat00fzzvzzzzzzzzzzzz");
    for (resource, body, fault) in [
        ("collabs", json!({"creator": foreign}), "the creator does not exist"),
        ("collabs", json!({"creator": gone}), "the creator does not exist"),
        ("collabs", json!({"creator": "x"}), "the creator does not exist"),
        ("collabs", json!({}), "creator is required"),
        ("collabs", json!({"creator": ana, "commission_rule": unknown("rul")}), "the commission rule does not exist"),
        ("content", json!({"creator": ana, "link": unknown("lnk")}), "the link does not exist"),
        (
            "drops",
            json!({"creator": ana, "title": "D", "products": [{"product": id(&theirs)}]}),
            "a product does not exist",
        ),
        ("drops", json!({"collab": unknown("clb"), "title": "D"}), "the collab does not exist"),
        ("drops", json!({"title": "D"}), "collab is required, or creator"),
        (
            "products",
            json!({"title": "P", "creator_prices": [{"creator": foreign, "price_minor": 1}]}),
            "a creator with a price does not exist",
        ),
    ] {
        let (status, answer) = call(&server, Method::POST, resource, &body).await;
        assert_eq!((status, &answer["details"]), (400, &json!([fault])), "{body}");
    }
    assert_eq!(get(&server, &format!("products/{}", id(&theirs))).await.0, 404);
    assert_eq!(
        call(&server, Method::PATCH, &format!("products/{}", id(&theirs)), &json!({"title": "Mine"})).await.0,
        404
    );
    // A page's name is unique in the installation.
    collab(&server, &ana, "ana").await;
    let request = server.http.post(format!("{}/api/v1/collabs", server.url)).bearer_auth(&other_key);
    let taken =
        request.try_clone().unwrap().body(json!({"creator": foreign, "slug": "ana"}).to_string()).send().await.unwrap();
    assert_eq!(taken.status(), 409);
    assert_eq!(taken.json::<Value>().await.unwrap()["error"], "a collab with this slug already exists");
    // That brand has no shop to which a code's link could lead.
    let lost = request.body(json!({"creator": foreign, "affiliate_code": "X"}).to_string()).send().await.unwrap();
    let fault = "destination is required with affiliate_code, since the brand has no shop to lead to";
    assert_eq!(lost.json::<Value>().await.unwrap()["details"], json!([fault]));
    server.stop().await;
}

async fn every_fault_is_named(server: TestServer) {
    let ana = creator(&server, "Ana", "ana").await;
    let hostile = "javascript:alert(1)";
    for (resource, body, faults) in [
        (
            "products",
            json!({"title": "", "image_url": hostile, "product_url": "http://shop.example/", "price_minor": -1}),
            vec![
                "title must be 1 to 255 characters",
                "image_url must be a full https URL of at most 2,048 characters",
                "product_url must be a full https URL of at most 2,048 characters",
                "price_minor must be 0 to 1000000000000000",
            ],
        ),
        ("products", json!({"title": "P", "inventory": 1.5}), vec!["inventory must be an integer"]),
        ("products", json!({"title": "P", "price": 5}), vec!["price is not a known field"]),
        (
            "collabs",
            json!({"creator": ana, "slug": "Ana!"}),
            vec!["slug must be 1 to 64 lower-case letters, digits and dashes, without a dash at either end"],
        ),
        (
            "collabs",
            json!({"creator": ana, "discount": {"kind": "percentage", "percent_bp": 10_001}, "status": "over"}),
            vec!["discount must have a percent_bp of 1 to 10,000", "status must be one of invited, active, ended"],
        ),
        (
            "drops",
            json!({"creator": ana, "title": "D", "products": [{"product": "prd", "media_url": hostile}]}),
            vec![
                "media_url of a product must be a full https URL of at most 2,048 characters",
                "a product does not exist",
            ],
        ),
        (
            "content",
            json!({"creator": ana, "url": hostile, "platform": "myspace", "figures": {"views": -1}}),
            vec![
                "platform must be one of instagram, tiktok, youtube, x, facebook, linkedin",
                "figures must be an object of views, likes and comments, each an integer of at least 0",
            ],
        ),
    ] {
        let (status, answer) = call(&server, Method::POST, resource, &body).await;
        assert_eq!((status, &answer["details"]), (400, &json!(faults)), "{body}");
    }
    let bo = creator(&server, "Bo", "bo").await;
    let collab = collab(&server, &ana, "ana").await;
    let drop = add(&server, "drops", json!({"collab": id(&collab), "title": "D"})).await;
    let content = add(&server, "content", json!({"creator": ana})).await;
    for (resource, object) in [("collabs", &collab), ("drops", &drop), ("content", &content)] {
        let path = format!("{resource}/{}", id(object));
        assert_eq!(call(&server, Method::PATCH, &path, &json!({"creator": bo})).await.0, 400, "{resource}");
        assert_eq!(call(&server, Method::PATCH, &path, &json!({"creator": ana})).await.0, 200, "{resource}");
    }
    assert_eq!(get(&server, "products?creator=x").await.0, 400, "products have no creator");
    server.stop().await;
}

async fn lists_are_paged_and_filtered(server: TestServer) {
    let (ana, bo) = (creator(&server, "Ana", "ana").await, creator(&server, "Bo", "bo").await);
    let mut added = Vec::new();
    for n in 0..7 {
        let owner = if n % 2 == 0 { &ana } else { &bo };
        added.push(id(&add(&server, "content", json!({"creator": owner, "title": format!("Post {n}")})).await));
        server.clock.advance(1_000);
    }
    added.reverse();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let (status, page) = get(&server, &format!("content?limit=3{after}")).await;
        assert_eq!((status, &page["url"]), (200, &json!("/api/v1/content")));
        seen.extend(ids(&page));
        if page["has_more"] == json!(false) {
            break;
        }
        after = format!("&starting_after={}", seen.last().unwrap());
    }
    assert_eq!(seen, added);
    let (_, before) = get(&server, &format!("content?limit=2&ending_before={}", added[4])).await;
    assert_eq!(ids(&before), added[2..4]);
    let (_, of_bo) = get(&server, &format!("content?creator={bo}")).await;
    assert_eq!(ids(&of_bo), [1, 3, 5].map(|n| added[n].clone()));
    let one = collab(&server, &ana, "one").await;
    let two = collab(&server, &ana, "two").await;
    for owner in [&one, &two, &one] {
        add(&server, "drops", json!({"collab": id(owner), "title": "D"})).await;
        server.clock.advance(1_000);
    }
    let (_, drops) = get(&server, &format!("drops?collab={}", id(&one))).await;
    assert_eq!(ids(&drops).len(), 2);
    assert_eq!(ids(&get(&server, &format!("drops?creator={ana}")).await.1).len(), 3);
    assert_eq!(ids(&get(&server, "products").await.1), Vec::<String>::new(), "kinds do not mix");
    server.stop().await;
}

async fn a_wrong_row_leaves_the_others_alone(server: TestServer) {
    let ana = creator(&server, "Ana", "ana").await;
    let known = add(&server, "products", json!({"title": "Known", "external_id": "known"})).await;
    let rows = json!({"rows": [
        {"title": "One", "external_id": "one"},
        {"title": "", "external_id": "two"},
        {"id": id(&known), "title": "Known 2"},
        {"title": "Three", "creator_prices": [{"creator": "crt_01hf7yat00fzzvzzzzzzzzzzzz", "price_minor": 1}]},
        {"external_id": "known", "inventory": 5},
        {"title": "Four", "wrong": 1},
        {"id": "prd_01hf7yat00fzzvzzzzzzzzzzzz", "title": "Nobody's"},
    ]});
    let (status, answer) = call(&server, Method::POST, "products/bulk", &rows).await;
    assert_eq!(status, 200, "{answer}");
    let statuses: Vec<u64> =
        answer["data"].as_array().unwrap().iter().map(|row| row["status"].as_u64().unwrap()).collect();
    // The second row of one object was planned before the first was written.
    assert_eq!(statuses, [201, 400, 200, 400, 409, 400, 404], "{answer}");
    let mut titles: Vec<String> = get(&server, "products").await.1["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|product| product["title"].as_str().unwrap().to_owned())
        .collect();
    titles.sort();
    assert_eq!(titles, ["Known 2", "One"]);
    let rows = json!({"rows": [
        {"creator": ana, "slug": "ana", "destination": "https://shop.example/"},
        {"creator": ana, "slug": "ana", "destination": "https://shop.example/"},
        {"creator": ana, "slug": "ana-2"},
    ]});
    let (_, answer) = call(&server, Method::POST, "collabs/bulk", &rows).await;
    let statuses: Vec<u64> =
        answer["data"].as_array().unwrap().iter().map(|row| row["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 409, 201], "{answer}");
    assert_eq!(ids(&get(&server, "links").await.1).len(), 2, "the refused row left no link");
    server.stop().await;
}

async fn a_repeated_write_happens_once(server: TestServer) {
    let ana = creator(&server, "Ana", "ana").await;
    let send = async || {
        let request = server.http.post(format!("{}/api/v1/collabs", server.url)).bearer_auth(&server.server_key);
        let body = json!({"creator": ana, "destination": "https://shop.example/", "affiliate_code": "ANA10"});
        let answer = request.header("idempotency-key", "k1").body(body.to_string()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let first = send().await;
    assert_eq!((first.0, send().await), (201, first));
    assert_eq!(ids(&get(&server, "collabs").await.1).len(), 1);
    assert_eq!(ids(&get(&server, "links").await.1).len(), 1);
    server.stop().await;
}

async fn items_are_reported_to_other_systems(server: TestServer) {
    let ana = creator(&server, "Ana", "ana").await;
    let mug = add(&server, "products", json!({"title": "Mug", "external_id": "sku-1"})).await;
    let tea = add(&server, "products", json!({"title": "Tea"})).await;
    let own = collab(&server, &ana, "ana").await;
    let body = json!({"collab": id(&own), "title": "D", "products": [{"product": id(&tea)}, {"product": id(&mug)}]});
    let drop = add(&server, "drops", body).await;
    change(&server, "drops", &drop, json!({"title": "D"})).await;
    change(&server, "drops", &drop, json!({"published": true})).await;
    change(&server, "collabs", &own, json!({"tier": "gold"})).await;
    let posted = add(&server, "content", json!({"creator": ana, "link": own["link"], "platform": "x"})).await;
    let (status, _) = call(&server, Method::POST, "drops", &json!({"creator": ana, "title": ""})).await;
    assert_eq!(status, 400);
    server.settle().await;
    let types = "collab.created,drop.created,drop.updated,content.created";
    let (_, events) = get(&server, &format!("events?types={types}")).await;
    let events = events["data"].as_array().unwrap();
    let named: Vec<(&str, &Value)> =
        events.iter().map(|event| (event["type"].as_str().unwrap(), &event["object_id"])).collect();
    let expected =
        [("collab.created", &own), ("drop.created", &drop), ("drop.updated", &drop), ("content.created", &posted)];
    assert_eq!(named, expected.map(|(kind, object)| (kind, &object["id"])));
    let creator = json!({"id": ana, "name": "Ana", "handle": "ana"});
    assert_eq!(
        events[2]["data"],
        json!({
            "drop_id": drop["id"], "creator": creator, "title": "D", "products": [tea["id"], "sku-1"],
            "is_published": true,
        })
    );
    assert_eq!(events[3]["data"]["link"]["id"], own["link"]);
    server.stop().await;
}

on_both_engines!(items_are_reported_to_other_systems items_are_written_read_and_archived an_upsert_adds_once_and_then_changes items_name_only_what_is_the_brands every_fault_is_named lists_are_paged_and_filtered a_wrong_row_leaves_the_others_alone a_repeated_write_happens_once);
