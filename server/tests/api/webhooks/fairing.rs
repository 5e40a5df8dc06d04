use serde_json::{Value, json};

use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution},
    test_server::{SHOP, TestServer, order},
};

async fn survey_answers_credit_the_named_creator_or_wait_for_review(server: TestServer) {
    let (jessica, link) = creator_with_link(&server, "Jessica Styles", "").await;
    let key = "fairing-key-0123456789";
    server.flow().surveys().set_fairing_key(&server.merchant, key).await.unwrap();
    let answer = async |order: &str, text: &str, shop: &str, signature: &str| {
        let body =
            json!({"order_id": order, "question": "How did you hear about us?", "answer": text, "shop_domain": shop});
        let request = server.http.post(format!("{}/api/webhooks/fairing", server.url)).body(body.to_string());
        let answer = request.header("x-fairing-signature", signature).send().await.unwrap();
        let status = answer.status().as_u16();
        server.settle().await;
        (status, answer.json::<Value>().await.unwrap())
    };
    let shop = SHOP;
    // Without the key nobody learns which shops there are.
    let refused = answer("1", "jessica_styles", shop, "another-key-0123456789").await;
    assert_eq!(refused, (401, json!({"error": "Invalid signature"})));
    for (shop, key) in [
        ("unknown.myshopify.com", key),
        ("unknown.myshopify.com", "another-key-0123456789"),
        ("nowhere", key),
        (shop, "short"),
    ] {
        assert_eq!(answer("1", "jessica_styles", shop, key).await, refused, "{shop} {key}");
    }
    assert_eq!(
        answer("1", "", shop, key).await,
        (400, json!({"error": "Invalid request", "details": ["answer is required"]}))
    );

    let exact = answer("1001", "@Jessica_Styles", shop, key).await;
    assert_eq!(exact, (200, json!({"ok": true, "creator_id": jessica, "confidence": 0.9})));
    deliver_and_settle(&server, "orders/create", "d1", &order(1001, "20.00", &json!({}))).await;
    assert_eq!(server.credits().await, [("survey".to_owned(), 2000)], "the answer came before the order");

    deliver_and_settle(&server, "orders/create", "d2", &order(1002, "30.00", &json!({}))).await;
    let vague = answer("1002", "someone on TikTok", shop, key).await;
    assert_eq!(vague.1, json!({"ok": true, "creator_id": null, "confidence": null}));
    let open = server.open_answers().await;
    assert_eq!(open.len(), 1);
    server.flow().surveys().decide(&server.merchant, &open[0].id, Some(&jessica)).await.unwrap();
    server.settle().await;
    let (_, explained_now) = get_attribution(&server, "1002").await;
    assert_eq!(explained_now["credits"][0]["link_id"], json!(link.id));
    assert_eq!(server.open_answers().await, vec![]);

    // A manual assignment takes precedence over a survey answer.
    let (_, other) = creator_with_link(&server, "Other", "").await;
    let id = explained_now["order"]["id"].as_str().unwrap().parse().unwrap();
    server.flow().surveys().assign_credit(&server.merchant, &id, &other.id, "she showed us the story").await.unwrap();
    server.settle().await;
    let (_, manual) = get_attribution(&server, "1002").await;
    assert_eq!((&manual["credits"][0]["kind"], &manual["has_conflict"]), (&json!("manual"), &json!(true)));
    server.flow().surveys().revoke_credit(&server.merchant, &id).await.unwrap();
    server.settle().await;
    assert_eq!(get_attribution(&server, "1002").await.1["credits"][0]["kind"], "survey");
    server.stop().await;
}

on_both_engines!(survey_answers_credit_the_named_creator_or_wait_for_review);
