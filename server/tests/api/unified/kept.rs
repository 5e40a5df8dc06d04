//! What clients keep with objects that nobody creates through the API alone: changed, found and exported by it. Lists by status.

use std::collections::BTreeSet;

use domain::CreatorId;

use super::*;
use crate::actions::{creator_with_link, deliver_and_settle, install, percent, rule};
use crate::test_server::order;

on_both_engines! {
    notes_about_orders_change_alone
    notes_about_a_commission_go_with_the_customer
    commissions_and_payouts_have_your_ids_and_notes
    clicks_conversions_and_milestones_have_your_ids_and_notes
    imports_have_your_ids_and_notes
    notes_end_with_whom_they_are_about
    notes_about_milestones_follow_merges
    lists_are_filtered_by_status
    lines_of_shops_have_their_quantity
}

async fn once(server: &TestServer, method: Method, path: &str, body: &Value, key: &str) -> (u16, bool, Value) {
    let answer = call_with(server, &server.server_key, method, path, body, &[("idempotency-key", key)]).await;
    let is_replay = answer.headers().contains_key("idempotent-replayed");
    let (status, body) = json_of(answer).await;
    (status, is_replay, body)
}

/// The rows of an export.
async fn exported(server: &TestServer, resource: &str) -> Vec<Value> {
    let answer = call(server, Method::GET, &format!("/exports/{resource}.jsonl"), &Value::Null).await;
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn notes_about_orders_change_alone(server: TestServer) {
    install(&server).await;
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &json!({}))).await;
    let (_, before) = get(&server, "/orders/1001").await;
    let path = format!("/orders/{}", before["id"].as_str().unwrap());
    let notes = json!({"metadata": {"picked": "yes", "shelf": "7"}});
    let first = once(&server, Method::PATCH, &path, &notes, "n1").await;
    assert_eq!((first.0, &first.2["metadata"]), (200, &notes["metadata"]), "{}", first.2);
    assert_eq!(once(&server, Method::PATCH, &path, &notes, "n1").await, (200, true, first.2.clone()));
    let (status, _, reused) = once(&server, Method::PATCH, &path, &json!({}), "n1").await;
    assert_eq!((status, &reused["code"]), (409, &json!("idempotency_key_reused")));
    // By the seller's id too; what is not named stays.
    let (status, changed) =
        send(&server, Method::PATCH, "/orders/1001", &json!({"metadata": {"shelf": null, "van": "2"}})).await;
    assert_eq!((status, &changed["metadata"]), (200, &json!({"picked": "yes", "van": "2"})));
    let mut same = changed.clone();
    same["metadata"] = before["metadata"].clone();
    assert_eq!(same, before, "nothing else changes");
    assert_eq!(get(&server, &path).await, (200, changed.clone()));
    assert_eq!(send(&server, Method::PATCH, &path, &json!({})).await, (200, changed));
    let log = server.audit_log().await;
    assert_eq!(log.iter().filter(|(_, _, action, _)| action == "order.note").count(), 2);
    for (body, fault) in [
        (json!({"external_id": "x"}), "external_id is not a known field"),
        (json!({"metadata": 7}), "metadata must be an object of strings"),
        (json!({"metadata": {"x": "y".repeat(501)}}), "metadata.x must be at most 500 characters"),
    ] {
        let (status, answer) = send(&server, Method::PATCH, &path, &body).await;
        assert_eq!((status, &answer["details"]), (400, &json!([fault])), "{body}");
    }
    let rows = exported(&server, "orders").await;
    assert_eq!(rows[0]["metadata"], json!({"picked": "yes", "van": "2"}));
    let csv = call(&server, Method::GET, "/exports/orders.csv", &Value::Null).await.text().await.unwrap();
    assert!(
        csv.lines().next().unwrap().ends_with(",metadata,line_items") && csv.contains(r#""{""picked"":""yes"""#),
        "{csv}"
    );
    // Nothing is kept with it once its customer is erased.
    deliver_and_settle(&server, "customers/redact", "r1", &redact(1001)).await;
    for body in [json!({}), json!({"metadata": {"guest": "Kim"}})] {
        let (status, erased) = send(&server, Method::PATCH, &path, &body).await;
        assert_eq!((status, &erased["metadata"]), (200, &json!({})), "{erased}");
    }
    assert_eq!(get(&server, &path).await.1["metadata"], json!({}));
    server.stop().await;
}

async fn notes_about_a_commission_go_with_the_customer(server: TestServer) {
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let sale = json!({"external_id": "till-1", "currency": "USD", "total_minor": 5_000, "cs_ref": link.code.to_string(),
        "customer": {"customer_key": "kim"}});
    assert_eq!(send(&server, Method::POST, "/orders", &sale).await.0, 201);
    server.settle().await;
    let (_, list) = get(&server, "/commissions").await;
    let path = format!("/commissions/{}", list["data"][0]["id"].as_str().unwrap());
    let noted = json!({"external_id": "book-1", "metadata": {"bought by": "Kim"}});
    assert_eq!(send(&server, Method::PATCH, &path, &noted).await.1["metadata"], noted["metadata"]);
    assert_eq!(send(&server, Method::DELETE, "/customers/kim", &Value::Null).await.0, 200);
    let with_amount = json!({"amount_minor": 450, "reason": "agreed", "metadata": {"bought by": "Kim"}});
    for body in [json!({}), noted, with_amount] {
        let (status, erased) = send(&server, Method::PATCH, &path, &body).await;
        assert_eq!((status, &erased["external_id"], &erased["metadata"]), (200, &Value::Null, &json!({})), "{erased}");
    }
    let (_, edited) = get(&server, &path).await;
    assert_eq!((&edited["amount_minor"], &edited["metadata"]), (&json!(450), &json!({})), "the amount still changes");
    server.stop().await;
}

/// A creator's sale by a reported click, with a milestone that it reaches. The ids of the click, the conversion and the milestone.
async fn sold_by_click(server: &TestServer, name: &str, sale: &str) -> (CreatorId, [String; 3]) {
    let (creator, link) = creator_with_link(server, name, "").await;
    let visitor = server.flow().now().to_rfc3339();
    let pv_id = format!("7f3e8400-e29b-41d4-a716-44665544{:04}", sale.bytes().map(u64::from).sum::<u64>());
    let click =
        json!({"external_id": format!("short-{sale}"), "link": link.code.to_string(), "at": visitor, "visitor": pv_id});
    let (status, click) = send(server, Method::POST, "/clicks", &click).await;
    assert_eq!(status, 201, "{click}");
    server.clock.advance(1_000);
    let order = json!({"external_id": sale, "currency": "USD", "total_minor": 5_000, "pv_id": pv_id,
        "customer": {"customer_key": format!("buyer of {sale}")}});
    assert_eq!(send(server, Method::POST, "/orders", &order).await.0, 201);
    server.settle().await;
    next_minute(server);
    let (_, conversions) = get(server, &format!("/conversions?creator={creator}")).await;
    let (_, milestones) = get(server, &format!("/milestones?creator={creator}")).await;
    let [conversion] = &ids(&conversions)[..] else { panic!("{conversions}") };
    let [milestone] = &ids(&milestones)[..] else { panic!("{milestones}") };
    (creator, [click["id"].as_str().unwrap().to_owned(), conversion.clone(), milestone.clone()])
}

/// A milestone that the first sale reaches.
async fn with_milestones(server: &TestServer) {
    server.flow().policies().save_settings(&server.merchant, 30, false, false, vec![5_000]).await.unwrap();
}

async fn clicks_conversions_and_milestones_have_your_ids_and_notes(server: TestServer) {
    with_milestones(&server).await;
    let (_, sold) = sold_by_click(&server, "Ana", "till-1").await;
    let (_, other) = sold_by_click(&server, "Bo", "till-2").await;
    for (kind, resource, id, other) in [
        ("click", "clicks", &sold[0], &other[0]),
        ("conversion", "conversions", &sold[1], &other[1]),
        ("milestone", "milestones", &sold[2], &other[2]),
    ] {
        next_minute(&server);
        let path = format!("/{resource}/{id}");
        let (_, before) = get(&server, &path).await;
        // A reported click has the id of its report.
        let name = if kind == "click" { json!("short-till-1") } else { Value::Null };
        assert_eq!((&before["external_id"], &before["metadata"]), (&name, &json!({})), "{before}");
        let kept = json!({"external_id": " mine ", "metadata": {"paid": "in mugs"}});
        let mut expected = before.clone();
        (expected["external_id"], expected["metadata"]) = (json!("mine"), kept["metadata"].clone());
        assert_eq!(
            once(&server, Method::PATCH, &path, &kept, kind).await,
            (200, false, expected.clone()),
            "nothing else"
        );
        assert_eq!(once(&server, Method::PATCH, &path, &kept, kind).await, (200, true, expected.clone()));
        assert_eq!(get(&server, &path).await.1, expected);
        let (_, listed) = get(&server, &format!("/{resource}")).await;
        let listed = listed["data"].as_array().unwrap().iter().find(|one| one["id"] == expected["id"]).unwrap();
        assert_eq!(*listed, expected);
        for (filter, found) in [
            ("mine", vec![id.clone()]),
            ("nobody", vec![]),
            ("mine&starting_after=ID", vec![]),
            ("mine&created[gte]=2100-01-01T00:00:00Z", vec![]),
        ] {
            let filter = filter.replace("ID", id);
            let (status, list) = get(&server, &format!("/{resource}?external_id={filter}")).await;
            assert_eq!((status, ids(&list), &list["has_more"]), (200, found, &json!(false)), "{resource} {filter}");
        }
        let (status, taken) =
            send(&server, Method::PATCH, &format!("/{resource}/{other}"), &json!({"external_id": "mine"})).await;
        assert_eq!((status, &taken["code"]), (409, &json!("already_exists")), "{taken}");
        for (body, fault) in [
            (json!({"amount_minor": 1}), "amount_minor is not a known field"),
            (json!({"metadata": {"x": 1}}), "metadata must be an object of strings"),
            (json!({"external_id": ""}), "external_id must be 1 to 255 characters"),
        ] {
            let (status, answer) = send(&server, Method::PATCH, &path, &body).await;
            assert_eq!((status, &answer["details"]), (400, &json!([fault])), "{body}");
        }
        let missing = format!("/{resource}/{}", id.replace("01", "00"));
        assert_eq!(send(&server, Method::PATCH, &missing, &kept).await.0, 404, "{missing}");
        let rows = exported(&server, resource).await;
        assert_eq!(rows.iter().filter(|row| row["metadata"] == kept["metadata"]).count(), 1, "{resource}");
        let log = server.audit_log().await;
        assert_eq!(log.iter().filter(|(_, _, action, _)| *action == format!("{kind}.note")).count(), 1, "{kind}");
        let (status, removed) =
            send(&server, Method::PATCH, &path, &json!({"external_id": null, "metadata": {"paid": null}})).await;
        assert_eq!((status, &removed["external_id"], &removed["metadata"]), (200, &Value::Null, &json!({})));
    }
    // What a report says when it is repeated takes no id from another click.
    let rows = json!({"rows": [{"external_id": "short-till-2", "link": get(&server, &format!("/clicks/{}", sold[0])).await.1["link"],
        "at": server.flow().now().to_rfc3339()}]});
    let (_, bulk) = send(&server, Method::POST, "/clicks/bulk", &rows).await;
    assert_eq!(bulk["data"][0]["status"], json!(201), "{bulk}");
    let later = bulk["data"][0]["id"].as_str().unwrap();
    assert_eq!(get(&server, &format!("/clicks/{later}")).await.1["external_id"], Value::Null);
    assert_eq!(ids(&get(&server, "/clicks?external_id=short-till-2").await.1), [other[0].clone()]);
    server.stop().await;
}

async fn imports_have_your_ids_and_notes(server: TestServer) {
    let import = async |query: &str, key: &str, file: &'static str| {
        let url = format!("{}/api/v1/imports{query}", server.url);
        let request = server.http.post(url).bearer_auth(&server.server_key).header("content-type", "text/csv");
        json_of(request.header("idempotency-key", key).body(file).send().await.unwrap()).await
    };
    let named = "?external_id=batch-1&metadata=%7B%22agency%22%3A%22Vector%22%7D";
    let (status, made) = import(named, "i1", "name,handle\nAna,ana\n").await;
    assert_eq!(
        (status, &made["external_id"], &made["metadata"]),
        (201, &json!("batch-1"), &json!({"agency": "Vector"})),
        "{made}"
    );
    server.settle().await;
    let (status, taken) = import("?external_id=batch-1", "i2", "name,handle\nBo,bo\n").await;
    assert_eq!((status, &taken["code"]), (409, &json!("already_exists")), "{taken}");
    server.settle().await;
    assert_eq!(get(&server, "/creators").await.1["data"].as_array().unwrap().len(), 1, "nothing is imported");
    let (status, wrong) = import("?metadata=%5B%5D", "i3", "name,handle\nBo,bo\n").await;
    assert_eq!(status, 400);
    assert!(wrong["details"][0].as_str().unwrap().starts_with("metadata must be a JSON object"), "{wrong}");
    assert_eq!(import("?external_id=batch-2", "i1", "name,handle\nAna,ana\n").await.0, 409, "another request");
    assert_eq!(import(named, "i1", "name,handle\nAna,ana\n").await, (201, made.clone()), "the same request");
    let (status, preview) = import("?external_id=%20&dry_run=true", "i4", "name,handle\nBo,bo\n").await;
    assert_eq!((status, &preview["object"]), (200, &json!("import_preview")), "an empty parameter is none: {preview}");
    let long = "x".repeat(256);
    assert_eq!(import(&format!("?external_id={long}&dry_run=true"), "i5", "name,handle\nBo,bo\n").await.0, 400);
    let path = format!("/imports/{}", made["id"].as_str().unwrap());
    let (_, done) = get(&server, &path).await;
    assert_eq!((&done["status"], &done["external_id"]), (&json!("done"), &json!("batch-1")));
    let (status, noted) =
        send(&server, Method::PATCH, &path, &json!({"metadata": {"agency": null, "by": "Kim"}})).await;
    assert_eq!((status, &noted["metadata"], &noted["external_id"]), (200, &json!({"by": "Kim"}), &json!("batch-1")));
    assert_eq!(ids(&get(&server, "/imports?external_id=batch-1").await.1), ids(&json!({"data": [noted]})));
    assert_eq!(ids(&get(&server, "/imports?external_id=batch-1&status=failed").await.1), Vec::<String>::new());
    let (_, undone) = send(&server, Method::POST, &format!("{path}/undo"), &json!({})).await;
    assert_eq!((&undone["status"], &undone["metadata"]), (&json!("undone"), &noted["metadata"]), "{undone}");
    server.stop().await;
}

async fn notes_end_with_whom_they_are_about(server: TestServer) {
    with_milestones(&server).await;
    let (ana, of_ana) = sold_by_click(&server, "Ana", "till-1").await;
    let (_, of_bo) = sold_by_click(&server, "Bo", "till-2").await;
    let path = |resource: &str, id: &str| format!("/{resource}/{id}");
    let kept = |n: usize| json!({"external_id": format!("mine {n}"), "metadata": {"who": "Kim"}});
    let all: Vec<String> = [&of_ana, &of_bo]
        .into_iter()
        .flat_map(|ids| [path("clicks", &ids[0]), path("conversions", &ids[1]), path("milestones", &ids[2])])
        .collect();
    next_minute(&server);
    for (n, path) in all.iter().enumerate() {
        assert_eq!(send(&server, Method::PATCH, path, &kept(n)).await.0, 200, "{path}");
    }
    let noted = async || {
        next_minute(&server);
        let mut noted = Vec::new();
        for (n, path) in all.iter().enumerate() {
            let (status, body) = get(&server, path).await;
            if status == 200 && body["metadata"] == json!({"who": "Kim"}) {
                assert_eq!(body["external_id"], kept(n)["external_id"]);
                noted.push(n);
            }
        }
        noted
    };
    assert_eq!(noted().await, [0, 1, 2, 3, 4, 5]);
    // What is kept with a buyer's click and conversion goes with the buyer.
    assert_eq!(send(&server, Method::DELETE, "/customers/buyer%20of%20till-2", &Value::Null).await.0, 200);
    server.settle().await;
    assert_eq!(noted().await, [0, 1, 2, 5]);
    for path in [&all[3], &all[4]] {
        let (status, refused) = send(&server, Method::PATCH, path, &kept(9)).await;
        assert_eq!(status, 400, "{path}: {refused}");
        assert_eq!(
            refused["details"],
            json!([
                "nothing can be kept with it: it does not exist any more, or the data of its person was erased or refused"
            ])
        );
    }
    // So does a creator with all that is about them.
    assert_eq!(send(&server, Method::POST, &format!("/creators/{ana}/erase"), &json!({})).await.0, 200);
    server.settle().await;
    assert_eq!(noted().await, [5]);
    for path in &all[..3] {
        let (status, refused) = send(&server, Method::PATCH, path, &kept(9)).await;
        assert_eq!(status, 400, "{path}: {refused}");
    }
    server.stop().await;
}

async fn notes_about_milestones_follow_merges(server: TestServer) {
    with_milestones(&server).await;
    let (ana, of_ana) = sold_by_click(&server, "Ana", "till-1").await;
    let (bo, of_bo) = sold_by_click(&server, "Bo", "till-2").await;
    let (cleo, _) = creator_with_link(&server, "Cleo", "").await;
    next_minute(&server);
    let mut answers = Vec::new();
    let kept = |name: &str| json!({"external_id": name, "metadata": {"sent": "a mug"}});
    for (id, name) in [(&of_ana[2], "of Ana"), (&of_bo[2], "of Bo")] {
        let answer = once(&server, Method::PATCH, &format!("/milestones/{id}"), &kept(name), name).await;
        assert_eq!(answer.0, 200);
        answers.push(answer.2);
    }
    let merchant = server.merchant.clone();
    server.flow().creators().merge(&merchant, &ana, &cleo).await.unwrap();
    let old = format!("/milestones/{}", of_ana[2]);
    assert_eq!(get(&server, &old).await.0, 404);
    let again = once(&server, Method::PATCH, &old, &kept("of Ana"), "of Ana").await;
    assert_eq!(again, (200, true, answers[0].clone()), "what was answered is answered again");
    let (_, moved) = get(&server, "/milestones?external_id=of%20Ana").await;
    let moved = &moved["data"][0];
    assert_eq!(
        (&moved["creator"], &moved["metadata"]),
        (&json!(cleo.to_string()), &json!({"sent": "a mug"})),
        "{moved}"
    );
    let path = format!("/milestones/{}", moved["id"].as_str().unwrap());
    assert_eq!(get(&server, &path).await.1, *moved);
    // Both have reached the same one: what is kept with the other creator's stays.
    server.flow().creators().merge(&merchant, &bo, &cleo).await.unwrap();
    let (_, all) = get(&server, "/milestones").await;
    assert_eq!(all["data"], json!([moved]));
    assert_eq!(ids(&get(&server, "/milestones?external_id=of%20Bo").await.1), Vec::<String>::new());
    assert_eq!(send(&server, Method::PATCH, &path, &json!({"external_id": "of Bo"})).await.0, 200, "nobody has it");
    server.stop().await;
}

/// Shopify's request to erase the customer of an order.
fn redact(order: u64) -> String {
    json!({"shop_domain": crate::test_server::SHOP, "customer": {"id": 9}, "orders_to_redact": [order]}).to_string()
}

async fn commissions_and_payouts_have_your_ids_and_notes(server: TestServer) {
    let (ana, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    for (name, total) in [("POS-1", 5_000), ("POS-2", 3_000)] {
        let body =
            json!({"external_id": name, "currency": "USD", "total_minor": total, "cs_ref": link.code.to_string()});
        assert_eq!(send(&server, Method::POST, "/orders", &body).await.0, 201);
    }
    server.settle().await;
    server.clock.advance(1_000);
    let (_, list) = get(&server, "/commissions").await;
    let [second, first] = &list["data"].as_array().unwrap()[..] else { panic!("{list}") };
    assert_eq!((&first["external_id"], &first["metadata"]), (&Value::Null, &json!({})));
    let path = format!("/commissions/{}", first["id"].as_str().unwrap());
    let kept = json!({"external_id": "book-1", "metadata": {"cost centre": "7"}});
    let noted = once(&server, Method::PATCH, &path, &kept, "c1").await;
    let mut expected = first.clone();
    (expected["external_id"], expected["metadata"]) = (kept["external_id"].clone(), kept["metadata"].clone());
    assert_eq!(noted, (200, false, expected.clone()), "no entry, no other change");
    assert_eq!(once(&server, Method::PATCH, &path, &kept, "c1").await, (200, true, expected));
    // With the amount, in one request.
    let both = json!({"amount_minor": 450, "reason": "agreed", "metadata": {"cost centre": null, "call": "May 2"}});
    let (status, edited) = send(&server, Method::PATCH, &path, &both).await;
    assert_eq!(
        (status, &edited["amount_minor"], &edited["external_id"], &edited["metadata"]),
        (200, &json!(450), &json!("book-1"), &json!({"call": "May 2"}))
    );
    assert_eq!(get(&server, &path).await.1, edited);
    let other = format!("/commissions/{}", second["id"].as_str().unwrap());
    let (status, taken) =
        send(&server, Method::PATCH, &other, &json!({"amount_minor": 1, "reason": "x", "external_id": "book-1"})).await;
    assert_eq!((status, &taken["code"]), (409, &json!("already_exists")), "{taken}");
    assert_eq!(get(&server, &other).await.1, *second, "the amount neither");
    for (body, fault) in [
        (json!({"amount_minor": 1}), "reason is required"),
        (json!({"reason": "x"}), "amount_minor is required"),
        (json!({"external_id": " "}), "external_id must be 1 to 255 characters"),
    ] {
        let (status, answer) = send(&server, Method::PATCH, &other, &body).await;
        assert_eq!((status, &answer["details"]), (400, &json!([fault])), "{body}");
    }
    assert_eq!(ids(&get(&server, "/commissions?external_id=book-1").await.1), [first["id"].as_str().unwrap()]);
    assert_eq!(ids(&get(&server, "/commissions?external_id=book").await.1), Vec::<String>::new());

    server.clock.advance(31 * domain::time::DAY_MS);
    let new = json!({"currency": "USD", "external_id": "run-7", "metadata": {"bank": "A"}});
    let (status, payout) = send(&server, Method::POST, "/payouts", &new).await;
    assert_eq!((status, &payout["external_id"], &payout["metadata"]), (201, &json!("run-7"), &json!({"bank": "A"})));
    let path = format!("/payouts/{}", payout["id"].as_str().unwrap());
    assert_eq!(get(&server, &path).await, (200, payout.clone()));
    server.flow().commissions().adjust(&server.merchant, &ana, "5.00", "USD", "bonus", "k1").await.unwrap();
    let (status, twice) = send(&server, Method::POST, "/payouts", &new).await;
    assert_eq!((status, &twice["code"]), (409, &json!("already_exists")), "that run is paid out: {twice}");
    assert_eq!(get(&server, "/payouts").await.1["data"].as_array().unwrap().len(), 1);
    let change = json!({"external_id": "run-8", "metadata": {"bank": null}});
    let (status, changed) = send(&server, Method::PATCH, &path, &change).await;
    assert_eq!((status, &changed["external_id"], &changed["metadata"]), (200, &json!("run-8"), &json!({})));
    assert_eq!(ids(&get(&server, "/payouts?external_id=run-8").await.1), ids(&json!({"data": [payout]})));
    assert_eq!(ids(&get(&server, "/payouts?external_id=run-7").await.1), Vec::<String>::new());
    assert_eq!(send(&server, Method::PATCH, &path, &json!({"status": "paid"})).await.0, 400);
    let (_, paid) = send(&server, Method::POST, &format!("{path}/mark_paid"), &json!({"reference": "w"})).await;
    assert_eq!((&paid["status"], &paid["external_id"]), (&json!("paid"), &json!("run-8")));
    assert_eq!(exported(&server, "payouts").await, [paid]);
    let rows = exported(&server, "commissions").await;
    assert_eq!(rows.iter().filter(|row| row["external_id"] == "book-1").count(), 1);
    server.stop().await;
}

async fn lists_are_filtered_by_status(server: TestServer) {
    for (handle, status) in [("ana", "active"), ("bo", "paused"), ("cy", "invited")] {
        let body = json!({"name": handle, "handle": handle, "status": status, "tags": ["\"status\":\"paused\""]});
        let (_, creator) = send(&server, Method::POST, "/creators", &body).await;
        let status = if status == "paused" { "ended" } else { status };
        let body = json!({"creator": creator["id"], "status": status});
        assert_eq!(send(&server, Method::POST, "/collabs", &body).await.0, 201);
    }
    server.flow().creators().create(&server.merchant, "Dee", "dee", "").await.unwrap();
    let handles = async |query: &str| {
        let (status, list) = get(&server, &format!("/creators?{query}")).await;
        assert_eq!(status, 200, "{list}");
        let creators = list["data"].as_array().unwrap().clone();
        creators.iter().map(|creator| creator["handle"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let of = |handles: &[&str]| handles.iter().map(|handle| (*handle).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(handles("status=active").await, of(&["ana", "dee"]));
    assert_eq!(handles("status=paused").await, of(&["bo"]));
    assert_eq!(handles("status=invited&limit=1").await, of(&["cy"]));
    for status in ["active", "ended", "invited"] {
        let (_, list) = get(&server, &format!("/collabs?status={status}")).await;
        let found = list["data"].as_array().unwrap();
        assert_eq!((found.len(), &found[0]["status"]), (1, &json!(status)));
    }
    for (path, fault) in [
        ("/creators?status=ended", "status must be one of invited, active, paused"),
        ("/collabs?status=paused", "status must be one of invited, active, ended"),
    ] {
        let (status, answer) = get(&server, path).await;
        assert_eq!((status, &answer["details"]), (400, &json!([fault])));
    }
    server.stop().await;
}

async fn lines_of_shops_have_their_quantity(server: TestServer) {
    install(&server).await;
    let line = |current: u32| {
        json!({"line_items": [{"id": 5, "product_id": 6, "quantity": 3, "current_quantity": current,
            "price_set": {"shop_money": {"amount": "20.00", "currency_code": "USD"}}}]})
    };
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "60.00", &line(3))).await;
    let lines = async || get(&server, "/orders/1001").await.1["line_items"].clone();
    let shown = |net_minor: i64| json!([{"id": "5", "product": "6", "quantity": 3, "net_minor": net_minor, "is_gift_card": false}]);
    assert_eq!(lines().await, shown(6_000));
    let mut edited = line(2);
    edited["updated_at"] = json!("2027-01-15T08:00:20Z");
    edited["current_total_price"] = json!("40.00");
    deliver_and_settle(&server, "orders/updated", "d2", &order(1001, "60.00", &edited)).await;
    assert_eq!(lines().await, shown(4_000), "as many were bought as before");
    server.stop().await;
}
