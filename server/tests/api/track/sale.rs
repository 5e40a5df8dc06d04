use serde_json::json;

use crate::{
    actions::{creator_with_link, deliver_and_settle, get_attribution, install, ledger, percent, post, rule},
    test_server::{TestServer, order},
};

async fn a_sale_names_the_buyer_of_the_shops_order_whichever_comes_first(server: TestServer) {
    install(&server).await;
    let (_, link) = creator_with_link(&server, "Ana", "").await;
    rule(&server, percent("10")).await;
    let click = json!({"affiliate_url": format!("https://a.example/?aff={}", link.code)});
    let (_, clicked) = post(&server, "/api/v1/track/click", None, &click).await;
    server.clock.advance(1000);
    let key = server.server_key.clone();
    let sale = async |id: &str| {
        let body = json!({"transaction_id": id, "amount_cents": 10_000, "click_id": clicked["click_id"]});
        post(&server, "/api/v1/track/sale", Some(&key), &body).await
    };
    let now = server.flow().now().to_rfc3339();
    let shop = async |id: u64| {
        let number = id - 449_000;
        let numbered =
            json!({"created_at": now, "updated_at": now, "name": format!("#{number}"), "order_number": number});
        deliver_and_settle(&server, "orders/create", &id.to_string(), &order(id, "100.00", &numbered)).await;
    };
    let exists = (409, json!({"error": "A sale with this transaction_id already exists"}));
    // By the order's number before and after the shop's webhook, then by Shopify's own id.
    assert_eq!(sale("1001").await.0, 200);
    shop(450_001).await;
    for (number, id) in [("1002", 450_002), ("450003", 450_003)] {
        shop(id).await;
        assert_eq!(get_attribution(&server, number).await.1["credits"], json!([]), "no visitor is known");
        assert_eq!(sale(number).await, exists);
    }
    server.settle().await;
    for id in ["450001", "450002", "450003"] {
        let (_, found) = get_attribution(&server, id).await;
        assert_eq!(found["credits"][0]["amount"], "100.00", "{id}: {found}");
    }
    assert_eq!(ledger(&server).await.iter().map(|(_, minor)| minor).sum::<i64>(), 3_000, "each pays 10 %, once");
    for number in ["1001", "1002", "450003"] {
        assert_eq!(sale(number).await, exists, "a repeat");
    }
    server.settle().await;
    assert_eq!(ledger(&server).await.iter().map(|(_, minor)| minor).sum::<i64>(), 3_000);
    server.stop().await;
}

on_both_engines!(a_sale_names_the_buyer_of_the_shops_order_whichever_comes_first);
