//! The server's routes on a fresh SQLite database, called without a network. Time stands still.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use clap::Parser;
use domain::{UnixMs, api_key::KeyKind, shop::ShopDomain};
use flow::{
    Clock, Flow, Random,
    access::{Merchant, Operator},
    setup::NewBrand,
    vault::Vault,
};
use serde_json::Value;
use server::{config::Config, http::App, inbox::Inbox, ingest::Ingest, serve, telemetry, worker::Wake};
use tokio::runtime::Runtime;
use tower::ServiceExt;

pub(crate) const FAIRING_KEY: &str = "fairing-key-0123456789";
pub(crate) const SHOP: &str = "fuzz.myshopify.com";

const ENCRYPTION_KEY: &str = "c3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnkta2U=";
/// 2027-01-15T08:00:00Z.
const NOW: UnixMs = UnixMs(1_800_000_000_000);
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

struct FrozenClock;

impl Clock for FrozenClock {
    fn now(&self) -> UnixMs {
        NOW
    }
}

/// "Random" bytes that are the same on every run, and never repeat.
#[derive(Default)]
struct CountingRandom(AtomicU64);

impl Random for CountingRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            // An odd factor, so that the numbers differ, and in their first bytes too.
            let number = self.0.fetch_add(1, Ordering::SeqCst).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            for (to, from) in chunk.iter_mut().zip(number.to_be_bytes()) {
                *to = from;
            }
        }
    }
}

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    config: Config,
}

/// The routes, with a brand that has a server key, a Fairing key and two creators.
pub(crate) struct Routes {
    runtime: Runtime,
    router: Router,
    flow: Flow,
    merchant: Merchant,
    key: String,
}

impl Routes {
    /// Those that all inputs of this process are sent to.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Routes> = OnceLock::new();
        SHARED.get_or_init(|| {
            let runtime = Runtime::new().unwrap();
            let (router, flow, merchant, key) = runtime.block_on(Box::pin(Self::start()));
            Self { runtime, router, flow, merchant, key }
        })
    }

    async fn start() -> (Router, Flow, Merchant, String) {
        // Kept: the process ends without dropping what is shared.
        let folder = tempfile::tempdir().unwrap().keep();
        let database = format!("sqlite://{}", folder.join("fuzz.sqlite").display());
        let settings = ["fuzz", "--app-encryption-key", ENCRYPTION_KEY, "--database-url", &database];
        let config = Settings::parse_from(settings).config;
        let store = server::database::open(&config.database().unwrap(), 1).await.unwrap();
        store.migrate().await.unwrap();
        let flow = serve::flow(&config, store.clone(), Arc::new(FrozenClock), Arc::<CountingRandom>::default());
        let flow = flow.await.unwrap();
        let operator = Operator::with_keys(&Vault::parse(ENCRYPTION_KEY).unwrap());
        let new = NewBrand { name: "Fuzz".into(), shop: ShopDomain::parse(SHOP), ..NewBrand::default() };
        let brand = flow.setup().create_brand(operator, &new).await.unwrap();
        let merchant = flow.access().merchant_by_operator(operator, &brand.id).await.unwrap();
        let (_, key) = flow.setup().create_key(&merchant, KeyKind::Server, false).await.unwrap();
        flow.surveys().set_fairing_key(&merchant, FAIRING_KEY).await.unwrap();
        for (name, handle) in [("Jessica Styles", "jessica_styles"), ("Omar", "omar")] {
            flow.creators().create(&merchant, name, handle, "").await.unwrap();
        }
        let wake = Wake::default();
        let (ingest, _) = Ingest::start(store.clone(), config.ingest_queue, wake.clone()).unwrap();
        let (inbox, _) = Inbox::start(store, wake.clone()).unwrap();
        let (_, stopping) = tokio::sync::watch::channel(false);
        let app = App::new(config, flow.clone(), ingest, inbox, wake, telemetry::init_metrics().unwrap(), stopping);
        (server::http::router(app), flow, merchant, key)
    }

    /// Sends a body to `/api/v1/track`. Returns status and answer.
    pub(crate) fn track(&self, body: &[u8]) -> (u16, Value) {
        self.send("/api/v1/track", ("x-api-key", &self.key), body)
    }

    /// Sends a body as Fairing does.
    pub(crate) fn fairing(&self, body: &[u8], signature: &str) -> (u16, Value) {
        self.send("/api/webhooks/fairing", ("x-fairing-signature", signature), body)
    }

    fn send(&self, path: &str, (header, value): (&str, &str), body: &[u8]) -> (u16, Value) {
        let request = Request::post(path).header(header, value).body(Body::from(body.to_vec())).unwrap();
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            let body = to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await.unwrap();
            (status, serde_json::from_slice(&body).unwrap())
        })
    }

    /// The ids of all stored events, in their order.
    pub(crate) fn event_ids(&self) -> Vec<String> {
        let events = self.flow.exports().events(&self.merchant, "", i64::from(i32::MAX));
        self.runtime.block_on(events).unwrap().into_iter().map(|event| event.id).collect()
    }
}
