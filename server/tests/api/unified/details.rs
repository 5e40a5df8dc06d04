//! What clients notice in the small: paths, parameters, short lists, and events of every change.

use super::*;

on_both_engines! {
    what_is_created_archived_is_archived
    paths_and_parameters_that_mean_nothing_are_refused
    short_lists_have_pages_too
    every_change_of_a_creator_is_an_event
    keys_keep_the_version_they_were_made_for
    lengths_are_counted_in_characters
    keys_and_endpoints_have_your_ids_and_notes
    removed_creators_are_reported
    a_merged_creator_is_adjusted_by_both_ids
    a_merged_creator_is_found_by_both_external_ids
    what_names_a_merged_creator_is_for_the_one_who_stays
    an_upsert_is_found_again_whatever_it_says
    a_key_for_the_catalogue_decides_about_no_links
}

async fn what_is_created_archived_is_archived(server: TestServer) {
    let ana = creator(&server, "ana").await;
    let link = json!({"destination": "https://shop.example/p", "creator": ana["id"], "archived": true});
    let (status, link) = send(&server, Method::POST, "/links", &link).await;
    assert_eq!((status, &link["archived"]), (201, &json!(true)), "{link}");
    let code = link["code"].as_str().unwrap();
    assert_eq!(server.click(code).await.status(), 404, "it leads nowhere");
    for (path, body) in [
        ("/creators", json!({"name": "Bo", "handle": "bo", "archived": true})),
        ("/campaigns", json!({"name": "Spring", "archived": true})),
        ("/products", json!({"title": "Mug", "product_url": "https://shop.example/mug", "archived": true})),
    ] {
        let (status, made) = send(&server, Method::POST, path, &body).await;
        assert_eq!(status, 201, "{made}");
        let (_, shown) = get(&server, &format!("{path}/{}", made["id"].as_str().unwrap())).await;
        assert_eq!((&made["archived"], &shown), (&json!(true), &made), "{path}");
    }
    server.stop().await;
}

async fn paths_and_parameters_that_mean_nothing_are_refused(server: TestServer) {
    for (method, path) in
        [(Method::GET, "/creators/%FF"), (Method::PUT, "/creators/external/caf%E9"), (Method::GET, "/orders/%C3")]
    {
        let (status, body) = send(&server, method, path, &json!({})).await;
        assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{path}: {body}");
    }
    let ana = creator(&server, "ana").await;
    let path = format!("/creators/{}?archived=true", ana["id"].as_str().unwrap());
    let (status, body) = send(&server, Method::PATCH, &path, &json!({})).await;
    assert_eq!(status, 400);
    assert_eq!(body["details"], json!(["archived is not a known parameter, or is there twice"]));
    server.stop().await;
}

async fn short_lists_have_pages_too(server: TestServer) {
    for n in 0..3 {
        let (status, made) = send(&server, Method::POST, "/keys", &json!({"scopes": ["links:read"]})).await;
        assert_eq!(status, 201, "{n}: {made}");
    }
    let (_, all) = get(&server, "/keys").await;
    let all_ids = ids(&all);
    assert_eq!(all["has_more"], json!(false));
    let mut seen = Vec::new();
    let mut path = "/keys?limit=2".to_owned();
    loop {
        let (status, page) = get(&server, &path).await;
        assert_eq!(status, 200, "{page}");
        seen.extend(ids(&page));
        if page["has_more"] == json!(false) {
            break;
        }
        path = format!("/keys?limit=2&starting_after={}", seen.last().unwrap());
    }
    assert_eq!(seen, all_ids);
    let (_, before) = get(&server, &format!("/keys?limit=1&ending_before={}", all_ids[2])).await;
    assert_eq!((ids(&before), &before["has_more"]), (vec![all_ids[1].clone()], &json!(true)));
    for wrong in ["limit=0", "limit=101", "starting_after=nobody", "created[gte]=2026-01-01T00:00:00Z"] {
        assert_eq!(get(&server, &format!("/keys?{wrong}")).await.0, 400, "{wrong}");
        assert_eq!(get(&server, &format!("/webhook_endpoints?{wrong}")).await.0, 400, "{wrong}");
    }
    server.stop().await;
}

async fn every_change_of_a_creator_is_an_event(server: TestServer) {
    let ana = creator(&server, "ana").await;
    let path = format!("/creators/{}", ana["id"].as_str().unwrap());
    for (body, changed) in [
        (json!({"tags": ["vip"]}), vec!["tags"]),
        (json!({"first_name": "Ana", "metadata": {"crm": "1"}}), vec!["first_name", "metadata"]),
        (json!({"external_id": "crm-1"}), vec!["external_id"]),
        (json!({"status": "paused", "tier": "gold"}), vec!["tier", "status"]),
        (json!({"status": "active"}), vec!["status"]),
        (json!({"archived": true}), vec!["archived"]),
    ] {
        let (status, answer) = send(&server, Method::PATCH, &path, &body).await;
        assert_eq!(status, 200, "{answer}");
        server.settle().await;
        let (_, events) = get(&server, "/events?types=creator.updated&limit=100").await;
        let last = events["data"].as_array().unwrap().last().unwrap();
        assert_eq!(last["data"]["changed"], json!(changed), "{body}");
    }
    send(&server, Method::PATCH, &path, &json!({"tags": ["vip"]})).await;
    server.settle().await;
    let (_, events) = get(&server, "/events?types=creator.updated&limit=100").await;
    assert_eq!(events["data"].as_array().unwrap().len(), 6, "what changes nothing is no event");
    for status in ["paused", "active"] {
        send(&server, Method::PATCH, &path, &json!({"status": status})).await;
    }
    server.settle().await;
    let (_, events) = get(&server, "/events?types=creator.activated").await;
    assert_eq!(events["data"].as_array().unwrap().len(), 1, "once, however often it is paused");
    server.stop().await;
}

async fn keys_keep_the_version_they_were_made_for(server: TestServer) {
    let (_, made) = send(&server, Method::POST, "/keys", &json!({"scopes": ["keys:read"]})).await;
    assert_eq!(made["api_version"], json!("2026-11-26"));
    let pixel = send(&server, Method::POST, "/keys", &json!({"kind": "pixel"})).await.1;
    assert_eq!(pixel["api_version"], Value::Null);
    let (_, replaced) =
        send(&server, Method::POST, &format!("/keys/{}/rotate", made["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(replaced["api_version"], made["api_version"], "{replaced}");
    server.stop().await;
}

async fn keys_and_endpoints_have_your_ids_and_notes(server: TestServer) {
    let post = async |path: &str, body: Value| send(&server, Method::POST, path, &body).await;
    let (status, till) = post("/keys", json!({"external_id": " till ", "metadata": {"shop": "7"}})).await;
    assert_eq!(
        (status, &till["external_id"], &till["metadata"]),
        (201, &json!("till"), &json!({"shop": "7"})),
        "{till}"
    );
    let (status, taken) = post("/keys", json!({"external_id": "till"})).await;
    assert_eq!((status, &taken["code"]), (409, &json!("already_exists")), "{taken}");
    let path = format!("/keys/{}", till["id"].as_str().unwrap());
    let (status, wrong) = send(&server, Method::PATCH, &path, &json!({"external_id": "", "scopes": []})).await;
    assert_eq!((status, &wrong["details"]), (400, &json!(["scopes is not a known field"])), "{wrong}");
    server.clock.advance(1_000);
    let (status, noted) = send(&server, Method::PATCH, &path, &json!({"metadata": {"shop": null, "floor": "2"}})).await;
    assert_eq!((status, &noted["metadata"], &noted["external_id"]), (200, &json!({"floor": "2"}), &json!("till")));
    assert_ne!(noted["updated"], till["updated"]);
    let (_, new) = post(&format!("{path}/rotate"), json!({})).await;
    assert_eq!((&new["external_id"], &new["metadata"]), (&json!("till"), &json!({"floor": "2"})), "{new}");
    assert_eq!(get(&server, &path).await.1["external_id"], Value::Null, "the new key has it");
    assert_eq!(send(&server, Method::PATCH, &path, &json!({"external_id": "old"})).await.0, 404, "it is replaced");
    let new_path = format!("/keys/{}", new["id"].as_str().unwrap());
    let (_, revoked) = send(&server, Method::DELETE, &new_path, &Value::Null).await;
    assert_eq!((&revoked["external_id"], &revoked["metadata"]), (&Value::Null, &json!({"floor": "2"})), "{revoked}");
    assert_eq!(send(&server, Method::PATCH, &new_path, &json!({"external_id": "till"})).await.0, 404);
    assert_eq!(post("/keys", json!({"external_id": "till"})).await.0, 201);

    let put = async |body: Value| send(&server, Method::PUT, "/webhook_endpoints/external/crm", &body).await;
    let (status, made) = put(json!({"url": "https://crm.example/hooks", "metadata": {"team": "data"}})).await;
    assert_eq!((status, &made["external_id"], made["secret"].is_string()), (201, &json!("crm"), true), "{made}");
    let (status, changed) = put(json!({"url": "https://crm.example/other"})).await;
    assert_eq!((status, &changed["id"], &changed["secret"]), (200, &made["id"], &Value::Null), "{changed}");
    assert_eq!((&changed["url"], &changed["metadata"]), (&json!("https://crm.example/other"), &made["metadata"]));
    for body in [json!({}), json!({"external_id": "other"})] {
        let (status, same) = put(body.clone()).await;
        assert_eq!((status, &same["external_id"]), (200, &json!("crm")), "the path says which endpoint it is: {body}");
    }
    let other = json!({"url": "https://other.example/", "external_id": "crm"});
    let (status, taken) = post("/webhook_endpoints", other.clone()).await;
    assert_eq!((status, &taken["code"]), (409, &json!("already_exists")), "{taken}");
    assert_eq!(get(&server, "/webhook_endpoints").await.1["data"].as_array().unwrap().len(), 1);
    let path = format!("/webhook_endpoints/{}", made["id"].as_str().unwrap());
    assert_eq!(send(&server, Method::DELETE, &path, &Value::Null).await.0, 200);
    assert_eq!(post("/webhook_endpoints", other).await.0, 201, "a removed endpoint leaves its id");
    server.stop().await;
}

async fn removed_creators_are_reported(server: TestServer) {
    let creators = server.flow().creators();
    let mut made = Vec::new();
    for (name, tags) in [("ana", json!(["vip"])), ("anna", json!(["eu"])), ("bo", json!([]))] {
        let body = json!({"name": name, "handle": name, "tags": tags});
        let (_, creator) = send(&server, Method::POST, "/creators", &body).await;
        made.push(creator["id"].as_str().unwrap().parse::<domain::CreatorId>().unwrap());
    }
    let note = json!({"external_id": "crm-anna", "metadata": {"from": "anna"}});
    let path = format!("/creators/{}", made[1]);
    assert_eq!(send(&server, Method::PATCH, &path, &note).await.0, 200);
    server.settle().await;
    let seen = last_sequence(&server).await;
    server.clock.advance(1_000);
    creators.merge(&server.merchant, &made[1], &made[0]).await.unwrap();
    creators.merge(&server.merchant, &made[1], &made[0]).await.unwrap();
    creators.erase(&server.merchant, &made[2]).await.unwrap();
    creators.erase(&server.merchant, &made[2]).await.unwrap();
    server.settle().await;
    let (_, events) = get(&server, &format!("/events?after={seen}")).await;
    let reported = events["data"].as_array().unwrap().iter().map(|event| (&event["type"], &event["data"]));
    let [updated, merged, erased]: [(&Value, &Value); 3] = reported.collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(updated.0, "creator.updated");
    assert_eq!(updated.1["changed"], json!(["aliases", "tags", "external_id", "metadata"]), "{events}");
    assert_eq!(merged.0, "creator.removed");
    assert_eq!(merged.1, &json!({"creator_id": made[1], "reason": "merged", "merged_into": made[0]}));
    assert_eq!(erased.1, &json!({"creator_id": made[2], "reason": "erased", "merged_into": null}));
    let (_, kept) = get(&server, &format!("/creators/{}", made[0])).await;
    assert_eq!((&kept["external_id"], &kept["tags"]), (&json!("crm-anna"), &json!(["vip", "eu"])), "as reported");
    server.stop().await;
}

/// The number of the last event.
async fn last_sequence(server: &TestServer) -> i64 {
    let (_, events) = get(server, "/events?limit=100").await;
    events["data"].as_array().unwrap().last().map_or(0, |event| event["sequence"].as_i64().unwrap())
}

async fn a_merged_creator_is_adjusted_by_both_ids(server: TestServer) {
    let mut made = Vec::new();
    for name in ["ana", "anna"] {
        made.push(creator(&server, name).await["id"].as_str().unwrap().to_owned());
    }
    let adjust = async |creator: &str, id: &str| {
        let body =
            json!({"creator": creator, "amount_minor": 500, "currency": "USD", "reason": "bonus", "external_id": id});
        send(&server, Method::POST, "/commissions", &body).await
    };
    let (status, first) = adjust(&made[1], "b1").await;
    assert_eq!(status, 201, "{first}");
    server.clock.advance(1_000);
    let [into, from] = [0, 1].map(|n: usize| made[n].parse().unwrap());
    server.flow().creators().merge(&server.merchant, &from, &into).await.unwrap();
    for creator in &made {
        let (status, again) = adjust(creator, "b1").await;
        assert_eq!((status, &again["id"], &again["creator"]), (200, &first["id"], &json!(made[0])), "{again}");
    }
    let (status, second) = adjust(&made[1], "b2").await;
    assert_eq!((status, &second["creator"]), (201, &json!(made[0])), "{second}");
    server.flow().creators().erase(&server.merchant, &into).await.unwrap();
    let (status, refused) = adjust(&made[1], "b3").await;
    assert_eq!((status, &refused["details"]), (400, &json!(["the creator was erased"])), "{refused}");
    server.stop().await;
}

async fn a_merged_creator_is_found_by_both_external_ids(server: TestServer) {
    let put =
        async |id: &str, body: Value| send(&server, Method::PUT, &format!("/creators/external/{id}"), &body).await;
    let mut made = Vec::new();
    for name in ["ana", "anna", "bo"] {
        let body = json!({"name": name, "handle": name, "metadata": {"from": name}});
        let (status, creator) = put(&format!("crm-{name}"), body).await;
        assert_eq!(status, 201, "{creator}");
        made.push(creator["id"].as_str().unwrap().parse::<domain::CreatorId>().unwrap());
    }
    // Bo into Anna, Anna into Ana.
    for (from, into) in [(&made[2], &made[1]), (&made[1], &made[0])] {
        server.flow().creators().merge(&server.merchant, from, into).await.unwrap();
        server.clock.advance(1000);
    }
    for (nth, id) in ["crm-ana", "crm-anna", "crm-bo"].into_iter().enumerate() {
        let (status, kept) = put(id, json!({"tier": format!("tier {nth}")})).await;
        assert_eq!((status, &kept["id"]), (200, &json!(made[0])), "{id}: {kept}");
        assert_eq!((&kept["external_id"], &kept["metadata"]), (&json!("crm-ana"), &json!({"from": "ana"})));
    }
    let (status, taken) =
        send(&server, Method::POST, "/creators", &json!({"name": "X", "handle": "x", "external_id": "crm-bo"})).await;
    assert_eq!((status, &taken["code"]), (409, &json!("already_exists")), "{taken}");
    let (_, found) = get(&server, "/creators?external_id=crm-bo").await;
    assert_eq!(ids(&found), [made[0].to_string()]);
    // The kept creator may take one of the ids for its own; the one it had is free then.
    let path = format!("/creators/{}", made[0]);
    let (status, renamed) = send(&server, Method::PATCH, &path, &json!({"external_id": "crm-anna"})).await;
    assert_eq!((status, &renamed["external_id"]), (200, &json!("crm-anna")), "{renamed}");
    let (status, other) = put("crm-ana", json!({"name": "Ana", "handle": "ana2"})).await;
    assert_eq!((status, other["id"] != json!(made[0])), (201, true), "{other}");
    server.flow().creators().erase(&server.merchant, &made[0]).await.unwrap();
    let (status, new) = put("crm-bo", json!({"name": "Bo", "handle": "bo2"})).await;
    assert_eq!(status, 201, "nothing of an erased creator is kept: {new}");
    server.stop().await;
}

async fn lengths_are_counted_in_characters(server: TestServer) {
    let title = "茶".repeat(200);
    let product = json!({"title": title, "product_url": "https://shop.example/tea", "external_id": "碗".repeat(100)});
    let (status, made) = send(&server, Method::POST, "/products", &product).await;
    assert_eq!((status, &made["title"]), (201, &json!(title)), "{made}");
    server.stop().await;
}

/// A program may know a creator by the id from before a merge: nothing that it adds may earn for nobody.
async fn what_names_a_merged_creator_is_for_the_one_who_stays(server: TestServer) {
    let (kept, merged) = (creator(&server, "ana").await, creator(&server, "anna").await);
    let id = |one: &Value| one["id"].as_str().unwrap().parse::<domain::CreatorId>().unwrap();
    let link = json!({"destination": "https://shop.example/p", "creator": merged["id"], "promo_code": "anna10"});
    let before = send(&server, Method::PUT, "/links/external/l1", &link).await;
    assert_eq!((before.0, &before.1["promo_code"]), (201, &json!("ANNA10")));
    server.flow().creators().merge(&server.merchant, &id(&merged), &id(&kept)).await.unwrap();
    server.clock.advance(DAY_MS);
    server.settle().await;
    let (status, again) = send(&server, Method::PUT, "/links/external/l1", &link).await;
    assert_eq!((status, &again["creator"]), (200, &kept["id"]), "said as it was said first: {again}");
    for (path, body) in [
        ("/links", json!({"destination": "https://shop.example/q", "creator": merged["id"]})),
        (
            "/collabs",
            json!({"creator": merged["id"], "affiliate_code": "COLLAB", "destination": "https://shop.example/"}),
        ),
        ("/drops", json!({"creator": merged["id"], "title": "Summer", "products": []})),
        ("/content", json!({"creator": merged["id"], "url": "https://video.example/1"})),
    ] {
        let (status, made) = send(&server, Method::POST, path, &body).await;
        assert_eq!((status, &made["creator"]), (201, &kept["id"]), "{path}: {made}");
    }
    // Pages name creators by what they show, which nobody could any more.
    let new = flow::link::NewLink {
        destination: "https://shop.example/r".into(),
        creator: merged["id"].as_str().unwrap().into(),
        ..flow::link::NewLink::default()
    };
    let refused = server.flow().links().create(&server.merchant, &new).await.unwrap_err().to_string();
    assert!(refused.contains("the creator does not exist"), "{refused}");
    server.stop().await;
}

async fn an_upsert_is_found_again_whatever_it_says(server: TestServer) {
    for renamed in [json!("b"), Value::Null] {
        let body = json!({"title": "Mug", "external_id": renamed});
        let mut made = Vec::new();
        for _ in 0..3 {
            made.push(send(&server, Method::PUT, "/products/external/a", &body).await.1);
        }
        assert!(made.iter().all(|one| (&one["id"], &one["external_id"]) == (&made[0]["id"], &json!("a"))), "{made:?}");
    }
    let rows = json!([{"external_id": "crm-ana", "name": "Ana", "handle": "ana"},
                      {"external_id": "crm-anna", "name": "Anna", "handle": "anna"}]);
    let sync = async |server: &TestServer| send(server, Method::POST, "/creators/bulk", &json!({"rows": rows})).await.1;
    let made = sync(&server).await;
    let id = |nth: usize| made["data"][nth]["id"].as_str().unwrap().parse::<domain::CreatorId>().unwrap();
    server.clock.advance(60_000);
    server.flow().creators().merge(&server.merchant, &id(1), &id(0)).await.unwrap();
    for night in 0..3 {
        server.clock.advance(DAY_MS);
        sync(&server).await;
        let (_, all) = get(&server, "/creators").await;
        assert_eq!(ids(&all), [id(0).to_string()], "night {night}");
        assert_eq!(all["data"][0]["external_id"], json!("crm-ana"), "night {night}");
    }
    server.stop().await;
}

async fn a_key_for_the_catalogue_decides_about_no_links(server: TestServer) {
    let ana = creator(&server, "ana").await;
    let mug = json!({"title": "Mug", "product_url": "https://shop.example/mug"});
    let (_, mug) = send(&server, Method::POST, "/products", &mug).await;
    let scopes = json!({"scopes": ["collabs:write", "products:write", "drops:write"]});
    let (_, key) = send(&server, Method::POST, "/keys", &scopes).await;
    let with = async |method: Method, path: &str, body: &Value| {
        let request = server.http.request(method, format!("{}/api/v1{path}", server.url));
        let answer = request.bearer_auth(key["key"].as_str().unwrap()).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let product = format!("/products/{}", mug["id"].as_str().unwrap());
    let collab = json!({"creator": ana["id"], "affiliate_code": "JESS10", "destination": "https://shop.example/"});
    let drop = json!({"creator": ana["id"], "title": "Summer", "products": [{"product": mug["id"]}]});
    for (method, path, body) in [
        (Method::POST, "/collabs", collab.clone()),
        (Method::PATCH, product.as_str(), json!({"product_url": "https://evil.example/"})),
        (Method::POST, "/drops", drop),
    ] {
        let (status, refused) = with(method, path, &body).await;
        assert_eq!(status, 400, "{path}: {refused}");
        assert!(refused["details"][0].as_str().unwrap().contains("links:write"), "{path}: {refused}");
    }
    let (_, bulk) = with(Method::POST, "/collabs/bulk", &json!({"rows": [collab]})).await;
    assert!(bulk["data"][0]["error"].to_string().contains("links:write"), "{bulk}");
    let (_, links) = get(&server, "/links").await;
    assert_eq!(links["data"], json!([]));
    assert_eq!(get(&server, &product).await.1["product_url"], mug["product_url"]);
    let (status, changed) = with(Method::PATCH, &product, &json!({"inventory": 3})).await;
    assert_eq!((status, &changed["inventory"]), (200, &json!(3)), "what is the catalogue's alone: {changed}");
    let new = json!({"title": "Cup", "product_url": "https://shop.example/cup"});
    assert_eq!(with(Method::POST, "/products", &new).await.0, 201, "nothing leads to a new product yet");
    server.stop().await;
}
