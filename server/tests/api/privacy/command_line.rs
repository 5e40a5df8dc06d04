//! `creatorscore`'s own commands about hosts, retention and exports, as the operator runs them beside the server.

use super::*;
use crate::test_server::ENCRYPTION_KEY;

/// Runs the program and reads its answer.
async fn run(server: &TestServer, command: &[&str]) -> Value {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_creatorscore"))
        .args(["--database-url", &server.database, "--app-encryption-key", ENCRYPTION_KEY, "--json"])
        .args(command)
        .args(["--brand", server.merchant.brand().id.as_str()])
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn hosts_that_are_not_given_stay(server: TestServer) {
    let both = json!({"allow": ["other.example", "shop.example"], "storefront": ["shop.example"]});
    let all = ["brand", "hosts", "--allow", "shop.example", "--allow", "other.example", "--storefront", "shop.example"];
    assert_eq!(run(&server, &all).await, both);
    assert_eq!(run(&server, &["brand", "hosts"]).await, both, "only shown");
    let storefront = run(&server, &["brand", "hosts", "--storefront", "new.example"]).await;
    assert_eq!(storefront, json!({"allow": ["other.example", "shop.example"], "storefront": ["new.example"]}));
    let allowed = run(&server, &["brand", "hosts", "--allow", "shop.example"]).await;
    assert_eq!(allowed, json!({"allow": ["shop.example"], "storefront": ["new.example"]}));
    let none = run(&server, &["brand", "hosts", "--allow", "", "--storefront", ""]).await;
    assert_eq!(none, json!({"allow": [], "storefront": []}));
    server.stop().await;
}

async fn retention_is_set_and_shown(server: TestServer) {
    let defaults = json!({"event_days": 400, "click_days": 400, "landing_days": 400, "access_days": 7});
    assert_eq!(run(&server, &["privacy", "retention"]).await, defaults);
    let mut expected = defaults;
    for (name, field, days) in [
        ("--event-days", "event_days", 90),
        ("--click-days", "click_days", 100),
        ("--landing-days", "landing_days", 110),
        ("--access-days", "access_days", 1),
    ] {
        expected[field] = json!(days);
        assert_eq!(run(&server, &["privacy", "retention", name, &days.to_string()]).await, expected);
    }
    let brand = server.store.brand(&server.merchant.brand().id).await.unwrap().unwrap();
    let kept = brand.settings.retention;
    assert_eq!((kept.event_days, kept.click_days, kept.landing_days, kept.access_days), (90, 100, 110, 1));
    server.stop().await;
}

async fn exports_are_listed_and_printed(server: TestServer) {
    install(&server).await;
    deliver_and_settle(&server, "orders/create", "o1", &named_order(1001, "50.00")).await;
    deliver_and_settle(&server, "customers/data_request", "d1", &message(&[])).await;
    let list = run(&server, &["privacy", "requests"]).await;
    let id = list["exports"][0]["id"].as_str().unwrap();
    let export = run(&server, &["privacy", "export", "--id", id]).await;
    assert_eq!(export["orders"][0]["order"]["external_id"], "1001", "{export}");
    server.stop().await;
}

on_both_engines!(hosts_that_are_not_given_stay retention_is_set_and_shown exports_are_listed_and_printed);
