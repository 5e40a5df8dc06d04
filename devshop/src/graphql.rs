//! The Admin API operations that the app uses.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::state::{Devshop, Subscription};

/// `POST …/admin/api/2026-10/graphql.json`.
pub(crate) async fn answer(
    State(devshop): State<Arc<Devshop>>,
    headers: HeaderMap,
    Json(call): Json<Value>,
) -> Response {
    let token = headers.get("x-shopify-access-token").and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut memory = devshop.memory();
    if !memory.access_tokens.iter().any(|known| known == token) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "errors": "[API] Invalid API key or access token" })))
            .into_response();
    }
    let query = call["query"].as_str().unwrap_or("");
    let body = |subscription: &Subscription| {
        json!({
            "id": subscription.id,
            "topic": subscription.topic.replace('/', "_").to_uppercase(),
            "uri": subscription.uri,
        })
    };
    let data = if query.contains("webhookSubscriptionCreate") {
        let (topic, uri) =
            (call["variables"]["topic"].as_str().unwrap_or(""), call["variables"]["uri"].as_str().unwrap_or(""));
        let topic = topic.to_lowercase().replacen('_', "/", 1);
        if memory.subscriptions.iter().any(|known| known.topic == topic && known.uri == uri) {
            json!({ "webhookSubscriptionCreate": { "webhookSubscription": null, "userErrors": [{ "field": ["topic"], "message": "Address for this topic has already been taken" }] } })
        } else {
            let id = format!("gid://shopify/WebhookSubscription/{}", devshop.next_number());
            let subscription = Subscription { id, topic, uri: uri.to_owned() };
            memory.subscriptions.push(subscription.clone());
            json!({ "webhookSubscriptionCreate": { "webhookSubscription": body(&subscription), "userErrors": [] } })
        }
    } else if query.contains("webhookSubscriptions") {
        let nodes: Vec<Value> = memory.subscriptions.iter().map(body).collect();
        json!({ "webhookSubscriptions": { "nodes": nodes } })
    } else if query.contains("shop {") {
        json!({ "shop": {
            "name": "Demo Shop", "ianaTimezone": "America/New_York", "currencyCode": "USD",
            "myshopifyDomain": devshop.settings.shop, "primaryDomain": { "host": devshop.settings.shop },
        } })
    } else {
        return Json(json!({ "errors": [{ "message": "devshop does not know this operation" }] })).into_response();
    };
    Json(json!({ "data": data })).into_response()
}
