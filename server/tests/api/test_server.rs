//! A test server on a fresh database of either engine, with a manual clock and deterministic randomness.

use core::time::Duration;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use clap::Parser;
use domain::{UnixMs, api_key::KeyKind};
use flow::{
    Clock, Lane, Random,
    access::{Merchant, Operator},
    link::NewLink,
    setup::NewBrand,
    vault::Vault,
};
use serde_json::Value;
use server::{
    config::Config,
    serve::{self, Running},
};
use sqlx::{Connection, Executor, PgConnection};

use crate::{database::Database, sqlite_database};

pub(crate) const NOW: UnixMs = UnixMs(1_800_000_000_000);
pub(crate) const ENCRYPTION_KEY: &str = "c3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnkta2U=";
pub(crate) const SECRET: &str = "hush";
pub(crate) const CLIENT_ID: &str = "vector-client-id";
pub(crate) const SHOP: &str = "vector-shop.myshopify.com";
pub(crate) const PV: &str = "550e8400-e29b-41d4-a716-446655440000";
pub(crate) const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// A clock that moves only when [`ManualClock::advance`] is called.
#[derive(Clone)]
pub(crate) struct ManualClock(Arc<AtomicI64>);

impl Clock for ManualClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.0.load(Ordering::SeqCst))
    }
}

impl ManualClock {
    pub(crate) fn at(now: UnixMs) -> Self {
        Self(Arc::new(AtomicI64::new(now.0)))
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// Deterministic "random" bytes, the same on every run.
pub(crate) struct CountingRandom(AtomicU64);

impl CountingRandom {
    /// Bytes that begin at `seed`.
    pub(crate) fn from(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for CountingRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            // Mixed (SplitMix64), so that no two ids of a busy test are equal.
            let n = self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = n.to_le_bytes()[5];
        }
    }
}

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    config: Config,
}

pub(crate) struct TestServer {
    pub running: Option<Running>,
    /// The same database, for what no endpoint does.
    pub store: Arc<dyn store::Store>,
    /// The address of the database.
    pub database: String,
    settings: Vec<String>,
    pub clock: ManualClock,
    pub http: reqwest::Client,
    pub url: String,
    pub merchant: Merchant,
    pub pixel_key: String,
    pub server_key: String,
}

/// The newest thousand of what has ids with this prefix.
pub(crate) fn newest(prefix: &str) -> flow::api::Keyset {
    let below = domain::id::earliest(prefix, domain::id::TIME_MAX);
    flow::api::Keyset { from: String::new(), below, is_ascending: false, limit: 1_000 }
}

/// The database of a test server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The address of a fresh database with every migration.
    pub(crate) async fn fresh_database(self) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}", sqlite_database::migrated().await.display()),
            // Its owner's: row-level security applies, as in an installation.
            Self::Postgres => Database::migrated("server", migrate).await.owner,
        }
    }

    /// The address of a database without tables.
    pub(crate) async fn empty_database(self) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}", sqlite_database::free_path().display()),
            Self::Postgres => Database::create("server").await.owner,
        }
    }
}

/// Applies the migrations.
async fn migrate(database: &str) {
    let store = server::database::open(&config(database, &[]).database().unwrap(), 1).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
}

/// A connection to a PostgreSQL database that sees the rows of all brands.
pub(crate) async fn connect_to_all_brands(database: &str) -> PgConnection {
    let mut connection = PgConnection::connect(database).await.unwrap();
    connection.execute("set creatorscore.brand = '*'").await.unwrap();
    connection
}

/// Starts a server on a fresh database with one brand, a pixel key and a server key.
pub(crate) async fn start(engine: Engine) -> TestServer {
    start_with(engine, &[]).await
}

/// As [`start`], with the address of a simulated Shopify.
pub(crate) async fn start_beside_shopify(engine: Engine, shopify: &str) -> TestServer {
    Box::pin(start_on(engine.fresh_database().await, &["--shopify-shop-url", shopify])).await
}

/// As [`start`], with other settings.
pub(crate) async fn start_with(engine: Engine, settings: &[&str]) -> TestServer {
    Box::pin(start_on(engine.fresh_database().await, settings)).await
}

/// As [`start_with`], on a fresh database with this address.
pub(crate) async fn start_on(database: String, settings: &[&str]) -> TestServer {
    let config = config(&database, settings);
    let store = server::database::open(&config.database().unwrap(), 2).await.unwrap();
    let clock = ManualClock(Arc::new(AtomicI64::new(NOW.0)));
    let running = run(config, &clock, 1).await;
    let flow = running.flow.clone();
    let shop = domain::shop::ShopDomain::parse(SHOP);
    let new = NewBrand { name: "Vector".into(), shop, ..NewBrand::default() };
    let brand = flow.setup().create_brand(operator(), &new).await.unwrap();
    let merchant = flow.access().merchant_by_operator(operator(), &brand.id).await.unwrap();
    let (_, pixel_key) = flow.setup().create_key(&merchant, KeyKind::Pixel, false).await.unwrap();
    let (_, server_key) = flow.setup().create_key(&merchant, KeyKind::Server, false).await.unwrap();
    // A request without an answer fails, and the error names it.
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(ANSWER_TIMEOUT);
    let http = http.build().unwrap();
    let url = format!("http://{}", running.address);
    let settings = settings.iter().map(ToString::to_string).collect();
    TestServer { running: Some(running), store, database, settings, clock, http, url, merchant, pixel_key, server_key }
}

/// A flow on this database, and its store. There is no server: only the test runs jobs.
pub(crate) async fn flow_on(database: &str, settings: &[&str], seed: u64) -> (flow::Flow, Arc<dyn store::Store>) {
    flow_by(database, settings, seed, ManualClock(Arc::new(AtomicI64::new(NOW.0)))).await
}

/// As [`flow_on`], with this clock.
pub(crate) async fn flow_by(
    database: &str,
    settings: &[&str],
    seed: u64,
    clock: ManualClock,
) -> (flow::Flow, Arc<dyn store::Store>) {
    let config = config(database, settings);
    let store = server::database::open(&config.database().unwrap(), 2).await.unwrap();
    store.migrate().await.unwrap();
    let random = Arc::new(CountingRandom(AtomicU64::new(seed)));
    (serve::flow(&config, store.clone(), Arc::new(clock), random).await.unwrap(), store)
}

/// The settings of a test server; later ones win.
pub(crate) fn config(database: &str, settings: &[&str]) -> Config {
    let defaults = [
        "test",
        "--database-connections",
        "4",
        "--listen",
        "127.0.0.1:0",
        "--shopify-api-key",
        CLIENT_ID,
        "--shopify-api-secret",
        SECRET,
        "--app-encryption-key",
        ENCRYPTION_KEY,
        "--database-url",
        database,
    ];
    // No process listens on port 9, so a call to Shopify fails at once.
    let shopify = ["--shopify-shop-url", "http://127.0.0.1:9/{shop}"];
    let public = ["--public-url", "http://localhost:4000"];
    let at_once = ["--refusal-delay-ms", "0"];
    let unless_given =
        [&shopify, &public, &at_once].into_iter().filter(|setting| !settings.contains(&setting[0])).flatten();
    Settings::parse_from(defaults.iter().chain(unless_given).chain(settings)).config
}

/// Starts a server. `seed` is where its "random" bytes begin.
async fn run(config: Config, clock: &ManualClock, seed: u64) -> Running {
    let random = Arc::new(CountingRandom(AtomicU64::new(seed)));
    Box::pin(serve::start(config, Arc::new(clock.clone()), random)).await.unwrap()
}

/// The right of the operator.
pub(crate) fn operator() -> Operator {
    Operator::with_keys(&Vault::parse(ENCRYPTION_KEY).unwrap())
}

impl TestServer {
    pub(crate) fn flow(&self) -> &flow::Flow {
        &self.running.as_ref().unwrap().flow
    }

    pub(crate) fn clock_now(&self) -> UnixMs {
        self.clock.now()
    }

    pub(crate) async fn link(&self, destination: &str, promo_code: &str) -> domain::link::Link {
        let new = NewLink { destination: destination.into(), promo_code: promo_code.into(), ..NewLink::default() };
        self.flow().links().create(&self.merchant, &new).await.unwrap()
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

    /// Delivers a webhook signed with the app's secret and returns the status.
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

    /// Runs due jobs of every lane. Returns how many.
    pub(crate) async fn run_jobs(&self) -> usize {
        let mut count = 0;
        for lane in Lane::ALL {
            count += self.flow().jobs().run_due(lane, "", 200).await.unwrap().claimed;
        }
        count
    }

    /// Runs jobs until none is waiting; those planned for later stay.
    pub(crate) async fn settle(&self) {
        for _ in 0..200 {
            self.run_jobs().await;
            if self.flow().backlog().await.unwrap().waiting == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("jobs are still waiting after 200 rounds");
    }

    /// Every credit of the brand as (evidence kind, minor units), up to 100.
    pub(crate) async fn credits(&self) -> Vec<(String, i64)> {
        let records = self.flow().exports().credits(&self.merchant, ("", -1), 100).await.unwrap();
        records.into_iter().map(|record| (record.credit.kind.as_str().to_owned(), record.credit.amount_minor)).collect()
    }

    /// Stops and starts the server again: all that it had in memory is gone.
    pub(crate) async fn restart(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        let settings: Vec<&str> = self.settings.iter().map(String::as_str).collect();
        let running = run(config(&self.database, &settings), &self.clock, 1 << 40).await;
        self.url = format!("http://{}", running.address);
        self.running = Some(running);
    }

    /// Another process on the same database.
    pub(crate) async fn replica(&self) -> Running {
        run(config(&self.database, &[]), &self.clock, 1 << 41).await
    }

    /// The survey answers that need review, newest first.
    pub(crate) async fn open_answers(&self) -> Vec<flow::survey::Answer> {
        let all = newest(domain::AnswerId::PREFIX);
        self.flow().surveys().open_answers(&self.merchant, &all).await.unwrap()
    }

    /// The brand's audit log, newest first: time, actor, action, subject.
    pub(crate) async fn audit_log(&self) -> Vec<(UnixMs, String, String, String)> {
        let all = newest(flow::setup::AUDIT_PREFIX);
        let entries = self.flow().setup().audit_log(&self.merchant, &all, None).await.unwrap();
        entries.into_iter().map(|entry| (entry.at, entry.actor, entry.action, entry.subject)).collect()
    }

    /// A session cookie of a member of the brand.
    pub(crate) async fn sign_in(&self) -> String {
        let link = self.flow().access().sign_in_link(&self.merchant, None).await.unwrap();
        let path = link.strip_prefix("http://localhost:4000").unwrap();
        let request = self.http.post(format!("{}{path}", self.url)).header("sec-fetch-site", "same-origin");
        let answer = request.send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    pub(crate) async fn stop(mut self) {
        self.running.take().unwrap().stop().await;
    }
}

/// An order webhook body in Shopify's form; `extra` adds or replaces fields.
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
