//! `creatorscore webhook`, as the operator runs it beside the server.

use serde_json::{Value, json};

use super::*;
use crate::test_server::ENCRYPTION_KEY;

/// Runs a command and reads its answer.
async fn run(server: &TestServer, command: &[&str]) -> Result<Value, String> {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_creatorscore"))
        .args(["--database-url", &server.database, "--app-encryption-key", ENCRYPTION_KEY, "--json"])
        .args(["--webhook-allow-private", "webhook"])
        .args(command)
        .args(["--brand", server.merchant.brand().id.as_str()])
        .output()
        .await
        .unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

async fn endpoints_are_managed_from_the_command_line(server: TestServer) {
    let receiver = Receiver::answering(200).await;
    let url = receiver.url.clone();
    let create = ["create", "--url", url.as_str(), "--types", "order.attributed,payout.paid"];
    let created = run(&server, &create).await.unwrap();
    assert_eq!(created["types"], json!(["order.attributed", "payout.paid"]));
    let (id, secret) = (created["id"].as_str().unwrap(), created["secret"].as_str().unwrap());
    assert!(secret.starts_with("whsec_"));
    assert!(
        run(&server, &["create", "--url", "ftp://example.com"]).await.unwrap_err().contains("must begin with https")
    );
    let list = run(&server, &["list"]).await.unwrap();
    assert_eq!((&list["endpoints"][0]["id"], &list["endpoints"][0]["secret"]), (&json!(id), &Value::Null));

    let test = run(&server, &["test", "--endpoint", id]).await.unwrap()["event"].as_str().unwrap().to_owned();
    receiver.until(1).await;
    assert_eq!(receiver.ids()[0].to_string(), test);
    let id_of = id.parse().unwrap();
    until_state(&server, &id_of, &test.parse().unwrap(), "delivered", 1).await;
    let log = run(&server, &["deliveries", "--endpoint", id]).await.unwrap();
    assert_eq!((&log["deliveries"][0]["event"], &log["deliveries"][0]["last_status"]), (&json!(test), &json!(200)));
    let one = run(&server, &["deliveries", "--endpoint", id, "--event", &test]).await.unwrap();
    assert_eq!((&one["body"]["type"], &one["log"][0]["answer"]), (&json!("endpoint.test"), &json!("answer 200")));

    let replayed = run(&server, &["replay", "--endpoint", id, "--event", &test]).await.unwrap();
    assert_eq!(replayed, json!({"queued": 1}));
    receiver.until(2).await;
    until_state(&server, &id_of, &test.parse().unwrap(), "delivered", 2).await;
    assert_eq!(run(&server, &["replay", "--endpoint", id, "--failed-only"]).await.unwrap(), json!({"queued": 0}));

    let rotated = run(&server, &["rotate", "--endpoint", id, "--overlap-hours", "2"]).await.unwrap();
    assert_ne!(rotated["secret"].as_str(), Some(secret));
    let updated = run(&server, &["update", "--endpoint", id, "--all-types", "--disable"]).await.unwrap();
    assert_eq!((&updated["types"], &updated["status"]), (&Value::Null, &json!("disabled")));
    assert_eq!(updated["disabled_reason"], json!("manual"));
    let updated = run(&server, &["update", "--endpoint", id, "--enable"]).await.unwrap();
    assert_eq!(updated["status"], json!("enabled"));
    run(&server, &["remove", "--endpoint", id]).await.unwrap();
    assert_eq!(run(&server, &["list"]).await.unwrap(), json!({"endpoints": []}));
    assert!(run(&server, &["test", "--endpoint", id]).await.unwrap_err().contains("webhook endpoint not found"));

    let tester = run(&server, &["tester", "--create"]).await.unwrap();
    assert!(tester["url"].as_str().unwrap().contains("/webhook-tester/"));
    assert_eq!(run(&server, &["tester"]).await.unwrap(), tester);
    assert_eq!(run(&server, &["tester", "--remove"]).await.unwrap(), json!({"url": null}));
    server.stop().await;
}

beside_receivers!(endpoints_are_managed_from_the_command_line);
