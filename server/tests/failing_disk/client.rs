//! Sends events, webhooks and clicks, and remembers what was acknowledged.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use reqwest::{RequestBuilder, StatusCode, header::RETRY_AFTER};
use serde_json::{Value, json};

use crate::process::{SHOP, SHOPIFY_SECRET, Server};

/// How long an answer may take: far longer than the server tries to commit.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);
/// Time between two looks at what must change soon.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// Looks before it is too late. A refusal may take seconds, too.
const POLLS_MAX: usize = 50;
/// The same for orders that jobs have to store: a job that failed waits longer each time. Less than a minute, after which
/// those of a process that has ended would run again.
const JOB_POLLS_MAX: usize = 150;
const VISITOR: &str = "550e8400-e29b-41d4-a716-446655440000";

/// What was sent of one kind, by name.
#[derive(Default)]
struct Sent {
    acknowledged: BTreeSet<String>,
    refused: BTreeSet<String>,
}

/// A storefront, Shopify and a shopper in one.
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    key: String,
    code: String,
    next: usize,
    events: Sent,
    orders: Sent,
}

impl Client {
    pub(crate) fn new(server: &Server) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(ANSWER_TIMEOUT)
            .build()
            .unwrap();
        let (key, code) = (server.key.clone(), server.code.clone());
        Self {
            http,
            url: server.url().to_owned(),
            key,
            code,
            next: 0,
            events: Sent::default(),
            orders: Sent::default(),
        }
    }

    /// The server was started again, at another address.
    pub(crate) fn reconnect(&mut self, server: &Server) {
        server.url().clone_into(&mut self.url);
    }

    /// Sends an event, which must be acknowledged.
    pub(crate) async fn acknowledged_event(&mut self) {
        assert!(self.try_event("sound").await, "an event is refused");
    }

    /// Sends an order, which must be acknowledged.
    pub(crate) async fn acknowledged_order(&mut self) {
        assert!(self.try_order("sound").await, "an order is refused");
    }

    /// Sends an event, which must be refused.
    pub(crate) async fn refused_event(&mut self, context: &str) {
        assert!(!self.try_event(context).await, "{context}: an event is acknowledged");
    }

    /// Sends an order, which must be refused.
    pub(crate) async fn refused_order(&mut self, context: &str) {
        assert!(!self.try_order(context).await, "{context}: an order is acknowledged");
    }

    pub(crate) async fn wait_until_events_are_stored(&mut self) {
        for _ in 0..POLLS_MAX {
            if self.try_event("mended").await {
                return;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        panic!("the disk is sound again, and events are still refused");
    }

    pub(crate) async fn wait_until_orders_are_stored(&mut self) {
        for _ in 0..POLLS_MAX {
            if self.try_order("mended").await {
                return;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        panic!("the disk is sound again, and orders are still refused");
    }

    /// Sends what was refused again, as Shopify does.
    pub(crate) async fn repeat_refused_orders(&mut self) {
        for id in core::mem::take(&mut self.orders.refused) {
            assert!(answer(self.order(&id), "repeated").await, "order {id} is refused again");
            self.orders.acknowledged.insert(id);
        }
    }

    /// The status of a redirect.
    pub(crate) async fn follow_link(&self) -> u16 {
        self.status_of(&format!("/{}", self.code)).await
    }

    pub(crate) async fn status_of(&self, path: &str) -> u16 {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap().status().as_u16()
    }

    /// Everything acknowledged is stored once; of the rest nothing is stored twice, and nothing else is stored.
    pub(crate) async fn check_stored(&self, server: &Server) {
        let events = count(&server.export("events"), "product_id");
        self.events.check("event", &events);
        // Orders are stored by a job, which may have to be tried again.
        let is_whole =
            |orders: &BTreeMap<String, usize>| self.orders.acknowledged.iter().all(|id| orders.contains_key(id));
        let mut orders = count(&server.export("orders"), "external_id");
        for _ in 0..JOB_POLLS_MAX {
            if is_whole(&orders) {
                break;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
            orders = count(&server.export("orders"), "external_id");
        }
        self.orders.check("order", &orders);
    }

    /// Sends an event under a new name. Whether it was acknowledged.
    async fn try_event(&mut self, context: &str) -> bool {
        self.next += 1;
        let name = format!("product-{}", self.next);
        // Without an `event_id`: each time the server stores it would be another row.
        let event = json!({"event_type": "page_view", "pv_id": VISITOR, "product_id": &name});
        let request =
            self.http.post(format!("{}/api/v1/track", self.url)).header("x-api-key", &self.key).body(event.to_string());
        let is_acknowledged = answer(request, context).await;
        self.events.note(name, is_acknowledged);
        is_acknowledged
    }

    /// Sends a new order. Whether it was acknowledged.
    async fn try_order(&mut self, context: &str) -> bool {
        self.next += 1;
        let id = (7_770_000_000_000 + self.next).to_string();
        let is_acknowledged = answer(self.order(&id), context).await;
        self.orders.note(id, is_acknowledged);
        is_acknowledged
    }

    /// A signed webhook. The same order has the same delivery id.
    fn order(&self, id: &str) -> RequestBuilder {
        let body = format!(
            r##"{{"id":{id},"name":"#{id}","created_at":"2026-11-01T10:00:00Z","updated_at":"2026-11-01T10:00:00Z",
                "currency":"USD","total_price":"54.00","subtotal_price":"45.00"}}"##
        );
        self.http
            .post(format!("{}/api/webhooks/shopify", self.url))
            .header("x-shopify-hmac-sha256", shopify::signature::sign_body(SHOPIFY_SECRET, body.as_bytes()))
            .header("x-shopify-topic", "orders/create")
            .header("x-shopify-shop-domain", SHOP)
            .header("x-shopify-webhook-id", format!("delivery-{id}"))
            .body(body)
    }
}

impl Sent {
    fn note(&mut self, name: String, is_acknowledged: bool) {
        if is_acknowledged {
            self.acknowledged.insert(name)
        } else {
            self.refused.insert(name)
        };
    }

    fn check(&self, kind: &str, stored: &BTreeMap<String, usize>) {
        for name in &self.acknowledged {
            assert_eq!(stored.get(name), Some(&1), "{kind} {name} was acknowledged");
        }
        for (name, count) in stored {
            assert_eq!(*count, 1, "{kind} {name} is stored more than once");
            assert!(self.acknowledged.contains(name) || self.refused.contains(name), "{kind} {name} was never sent");
        }
    }
}

/// Whether a request was acknowledged with 200. Any other answer must be 503 with `Retry-After`.
async fn answer(request: RequestBuilder, context: &str) -> bool {
    let answer = request.send().await.unwrap();
    let (status, retry_after) = (answer.status(), answer.headers().get(RETRY_AFTER).cloned());
    let body = answer.text().await.unwrap();
    if status == StatusCode::OK {
        return true;
    }
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{context}: {body}");
    assert!(retry_after.is_some(), "{context}: 503 without Retry-After: {body}");
    false
}

/// How often each value of a field is stored.
fn count(rows: &[Value], field: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row[field].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counts
}
