//! Webhooks: signed, delivered and retried as Shopify does, but with shorter delays.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use crate::state::{Attempt, Devshop, now_rfc3339, token};

/// Topics that `shopify.app.toml` declares, delivered to managed installs without registration.
const DECLARED: [&str; 9] = [
    "orders/create",
    "orders/updated",
    "orders/cancelled",
    "refunds/create",
    "app/uninstalled",
    "app/scopes_update",
    "customers/data_request",
    "customers/redact",
    "shop/redact",
];
/// Shopify retries 8 times over 4 hours; the simulator retries 8 times over about half a minute.
const RETRIES: u32 = 8;

/// Delivers a webhook to every subscriber of its topic, in the background.
pub(crate) fn send(devshop: &Arc<Devshop>, topic: &str, body: &Value) {
    let settings = &devshop.settings;
    let mut uris: Vec<String> = {
        let memory = devshop.memory();
        memory.subscriptions.iter().filter(|known| known.topic == topic).map(|known| known.uri.clone()).collect()
    };
    let is_compliance = topic.starts_with("customers/") || topic == "shop/redact";
    let (is_installed, is_managed) = {
        let memory = devshop.memory();
        (memory.is_installed, memory.is_managed)
    };
    let is_declared = DECLARED.contains(&topic) && (is_managed || is_compliance);
    if is_declared && (is_installed || is_compliance || topic == "app/uninstalled") {
        uris.push(format!("{}/api/webhooks/shopify", settings.app_url));
    }
    uris.dedup();
    let body = body.to_string();
    let (webhook_id, event_id, triggered_at) = (token(), token(), now_rfc3339());
    for uri in uris {
        let (devshop, topic, body) = (devshop.clone(), topic.to_owned(), body.clone());
        let (webhook_id, event_id, triggered_at) = (webhook_id.clone(), event_id.clone(), triggered_at.clone());
        tokio::spawn(async move {
            for attempt in 0..=RETRIES {
                let answer = devshop
                    .http
                    .post(&uri)
                    .header("content-type", "application/json")
                    .header("x-shopify-topic", &topic)
                    .header("x-shopify-shop-domain", &devshop.settings.shop)
                    .header("x-shopify-api-version", shopify::API_VERSION)
                    .header("x-shopify-webhook-id", &webhook_id)
                    .header("x-shopify-event-id", &event_id)
                    .header("x-shopify-triggered-at", &triggered_at)
                    .header(
                        "x-shopify-hmac-sha256",
                        shopify::signature::sign_body(&devshop.settings.client_secret, body.as_bytes()),
                    )
                    .body(body.clone())
                    .send()
                    .await;
                let (is_accepted, status) = match answer {
                    Ok(answer) => (answer.status().is_success(), answer.status().to_string()),
                    Err(error) => (false, error.without_url().to_string()),
                };
                tracing::info!(topic, status, attempt, "webhook");
                devshop.memory().attempts.push(Attempt { topic: topic.clone(), status });
                if is_accepted {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
            }
        });
    }
}
