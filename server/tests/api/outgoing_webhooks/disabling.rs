//! Endpoints that are disabled: because they say so, or because nothing arrives for days.

use domain::{
    time::{DAY_MS, HOUR_MS},
    webhook::DisabledReason,
};
use serde_json::{Value, json};

use super::*;

async fn reason(server: &TestServer, id: &EndpointId) -> Option<DisabledReason> {
    match status(server, id).await {
        EndpointStatus::Enabled => None,
        EndpointStatus::Disabled { reason, .. } => Some(reason),
    }
}

async fn receivers_end_it_themselves(server: TestServer) {
    let watcher = Receiver::answering(200).await;
    endpoint(&server, &watcher.url).await;
    let gone = Receiver::answering(410).await;
    let (gone_id, _) = endpoint(&server, &gone.url).await;
    let asks =
        Receiver::start(|_| Reply { headers: vec![("webhook-delivery", "disable")], ..Reply::status(200) }).await;
    let (asks_id, _) = endpoint(&server, &asks.url).await;
    happen(&server, vec![event(1, "a"), event(2, "a")]).await;
    until("both disabled", async || {
        reason(&server, &gone_id).await.is_some() && reason(&server, &asks_id).await.is_some()
    })
    .await;
    assert_eq!(reason(&server, &gone_id).await, Some(DisabledReason::Gone));
    assert_eq!(reason(&server, &asks_id).await, Some(DisabledReason::Asked));
    assert_eq!(state_of(&server, &asks_id, &message(1)).await, ("delivered".to_owned(), 1), "it took that one");
    assert_eq!(state_of(&server, &gone_id, &message(1)).await, ("dead".to_owned(), 1));
    assert_eq!(state_of(&server, &gone_id, &message(2)).await, ("dead".to_owned(), 0));
    // The brand's other endpoint hears of both.
    let told = watcher.until(4).await;
    let told: Vec<Value> = told.iter().map(|arrived| serde_json::from_str(&arrived.body).unwrap()).collect();
    let mut disabled: Vec<(&Value, &Value)> = told
        .iter()
        .filter(|body| body["type"] == "endpoint.disabled")
        .map(|body| (&body["data"]["endpoint_id"], &body["data"]["reason"]))
        .collect();
    disabled.sort_by_key(|(_, reason)| reason.to_string());
    let (asked, went) = ((json!(asks_id), json!("asked")), (json!(gone_id), json!("gone")));
    assert_eq!(disabled, [(&asked.0, &asked.1), (&went.0, &went.1)]);
    happen(&server, vec![event(3, "a")]).await;
    watcher.until(5).await;
    a_moment().await;
    for id in [2, 3].map(message) {
        assert!(!gone.ids().contains(&id) && !asks.ids().contains(&id), "{id}");
    }
    server.stop().await;
}

async fn five_days_of_failure_end_it_after_a_warning(server: TestServer) {
    let receiver = Receiver::answering(500).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    let found = async || server.flow().webhooks().get(&admin(&server), &id).await.unwrap();
    let fail = async |n: u8| {
        happen(&server, vec![event(n, &format!("object {n}"))]).await;
        until_state(&server, &id, &message(n), "due", 1).await;
    };
    fail(1).await;
    server.clock.advance(23 * HOUR_MS);
    fail(2).await;
    assert_eq!(found().await.warning, None);
    server.clock.advance(HOUR_MS);
    fail(3).await;
    until("a warning", async || found().await.warning.is_some()).await;
    let warning = found().await.warning.unwrap();
    assert_eq!(warning.at, server.clock_now());
    assert_eq!(
        warning.text,
        "Nothing was delivered since 2027-01-15T08:00:00.000Z; the last event, order.attributed, was answered with 500. \
         After five days the endpoint is disabled."
    );
    server.clock.advance(4 * DAY_MS - 60_000);
    happen(&server, vec![event(4, "object 4")]).await;
    until("another failure", async || state_of(&server, &id, &message(4)).await.1 == 1).await;
    assert_eq!(reason(&server, &id).await, None, "five days less a minute");
    server.clock.advance(60_000);
    happen(&server, vec![event(5, "object 5")]).await;
    until("disabled", async || reason(&server, &id).await == Some(DisabledReason::Failing)).await;
    until("given up", async || log(&server, &id).await.iter().all(|(_, state, _)| state == "dead")).await;
    server.stop().await;
}

async fn a_success_begins_anew(server: TestServer) {
    let receiver = Receiver::answering(500).await;
    let (id, _) = endpoint(&server, &receiver.url).await;
    let found = async || server.flow().webhooks().get(&admin(&server), &id).await.unwrap();
    happen(&server, vec![event(1, "a")]).await;
    until_state(&server, &id, &message(1), "due", 1).await;
    server.clock.advance(2 * DAY_MS);
    until_state(&server, &id, &message(1), "due", 2).await;
    assert!(found().await.warning.is_some() && found().await.failing_since == Some(NOW));
    receiver.answer(|_| Reply::status(200));
    server.clock.advance(DAY_MS);
    until_state(&server, &id, &message(1), "delivered", 3).await;
    assert!(found().await.warning.is_none() && found().await.failing_since.is_none());
    server.stop().await;
}

beside_receivers!(receivers_end_it_themselves five_days_of_failure_end_it_after_a_warning a_success_begins_anew);
