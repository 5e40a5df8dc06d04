//! A running server on a fresh database, with a clock that is set by hand. Included by each test file.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use clap::Parser;
use domain::{UnixMs, api_key::KeyKind};
use flow::{
    Clock, Random,
    access::{Merchant, Operator},
    link::NewLink,
    setup::NewBrand,
};
use serde_json::Value;
use server::{
    config::Config,
    serve::{self, Running},
};

pub(crate) const NOW: UnixMs = UnixMs(1_800_000_000_000);
pub(crate) const SECRET: &str = "hush";
pub(crate) const CLIENT_ID: &str = "vector-client-id";
pub(crate) const SHOP: &str = "vector-shop.myshopify.com";
pub(crate) const PV: &str = "550e8400-e29b-41d4-a716-446655440000";
pub(crate) const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct HandClock(Arc<AtomicI64>);

impl Clock for HandClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.0.load(Ordering::SeqCst))
    }
}

impl HandClock {
    pub(crate) fn forward(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// The same numbers on every run.
struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let n = self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            *byte = n.to_le_bytes()[5];
        }
    }
}

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    config: Config,
}

pub(crate) struct World {
    pub running: Option<Running>,
    pub clock: HandClock,
    pub http: reqwest::Client,
    pub url: String,
    pub merchant: Merchant,
    pub pixel_key: String,
    pub server_key: String,
}

/// A server on SQLite with one brand and two keys.
pub(crate) async fn world() -> World {
    let folder = tempfile::tempdir().unwrap().keep();
    let database = format!("sqlite://{}", folder.join("test.sqlite").display());
    let settings = Settings::parse_from([
        "test",
        "--database-url",
        &database,
        "--listen",
        "127.0.0.1:0",
        "--public-url",
        "http://localhost:4000",
        "--shopify-api-key",
        CLIENT_ID,
        "--shopify-api-secret",
        SECRET,
        "--app-encryption-key",
        "c3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnkta2U=",
        // Nothing listens there: a test that calls Shopify fails at once.
        "--shopify-shop-url",
        "http://127.0.0.1:9/{shop}",
    ]);
    let clock = HandClock(Arc::new(AtomicI64::new(NOW.0)));
    let running =
        serve::start(settings.config, Arc::new(clock.clone()), Arc::new(Counted(AtomicU64::new(1)))).await.unwrap();
    let flow = running.flow.clone();
    let shop = domain::shop::ShopDomain::parse(SHOP);
    let new = NewBrand { name: "Vector".into(), shop, ..NewBrand::default() };
    let brand = flow.create_brand(Operator, &new).await.unwrap();
    let merchant = flow.merchant_by_operator(Operator, &brand.id).await.unwrap();
    let (_, pixel_key) = flow.create_key(&merchant, KeyKind::Pixel, false).await.unwrap();
    let (_, server_key) = flow.create_key(&merchant, KeyKind::Server, false).await.unwrap();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let url = format!("http://{}", running.address);
    World { running: Some(running), clock, http, url, merchant, pixel_key, server_key }
}

impl World {
    pub(crate) fn flow(&self) -> &flow::Flow {
        &self.running.as_ref().unwrap().flow
    }

    pub(crate) async fn link(&self, destination: &str, promo_code: &str) -> domain::link::Link {
        let new = NewLink { destination: destination.into(), promo_code: promo_code.into(), ..NewLink::default() };
        self.flow().create_link(&self.merchant, &new).await.unwrap()
    }

    pub(crate) async fn track(&self, key: &str, body: &str) -> (u16, Value) {
        let answer = self
            .http
            .post(format!("{}/api/v1/track", self.url))
            .header("x-api-key", key)
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn click(&self, code: &str) -> reqwest::Response {
        self.http
            .get(format!("{}/{code}", self.url))
            .header("user-agent", CHROME)
            .header("accept", "text/html")
            .send()
            .await
            .unwrap()
    }

    /// Delivers a webhook signed with the app's secret.
    pub(crate) async fn deliver(&self, topic: &str, id: &str, body: &str) -> u16 {
        let signature = shopify::signature::sign_body(SECRET, body.as_bytes());
        self.deliver_signed(topic, id, body, &signature).await
    }

    pub(crate) async fn deliver_signed(&self, topic: &str, id: &str, body: &str, signature: &str) -> u16 {
        let request = self
            .http
            .post(format!("{}/api/webhooks/shopify", self.url))
            .header("x-shopify-topic", topic)
            .header("x-shopify-shop-domain", SHOP)
            .header("x-shopify-webhook-id", id)
            .header("x-shopify-hmac-sha256", signature)
            .body(body.to_owned());
        request.send().await.unwrap().status().as_u16()
    }

    /// Runs jobs until none is due.
    pub(crate) async fn settle(&self) {
        for _ in 0..200 {
            self.flow().run_due_jobs(50).await.unwrap();
            if self.flow().store().backlog().await.unwrap().waiting == 0 {
                return;
            }
            tokio::time::sleep(core::time::Duration::from_millis(10)).await;
        }
        panic!("jobs never ended");
    }

    /// Every credit as (evidence, minor units).
    pub(crate) async fn credits(&self) -> Vec<(String, i64)> {
        let all = self.flow().store().credits_after(&self.merchant.brand().id, ("", -1), 100).await.unwrap();
        all.into_iter().map(|record| (record.credit.kind.as_str().to_owned(), record.credit.amount_minor)).collect()
    }

    pub(crate) async fn stop(mut self) {
        self.running.take().unwrap().stop().await;
    }
}

/// An order body as Shopify sends it.
pub(crate) fn order(id: u64, total: &str, extra: &Value) -> String {
    let mut order = serde_json::json!({
        "id": id, "name": format!("#{id}"), "created_at": "2027-01-15T08:00:10Z", "updated_at": "2027-01-15T08:00:10Z",
        "currency": "USD", "total_price": total, "subtotal_price": total, "note_attributes": [], "discount_codes": [], "refunds": [],
    });
    for (name, value) in extra.as_object().unwrap() {
        order[name] = value.clone();
    }
    order.to_string()
}
