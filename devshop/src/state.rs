//! In-memory state of the simulated Shopify.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

/// Addresses and credentials.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) app_url: String,
    pub(crate) admin_url: String,
    pub(crate) storefront_url: String,
    pub(crate) shop: String,
    pub(crate) name: String,
    /// Number of the first order.
    pub(crate) first_order: u64,
}

/// A webhook registration.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) topic: String,
    pub(crate) uri: String,
}

/// A cart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cart {
    /// Index of the product and quantity.
    pub(crate) lines: Vec<(usize, u64)>,
    pub(crate) attributes: HashMap<String, String>,
    pub(crate) landing_site: String,
}

/// A webhook delivery attempt, for the admin's log.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) topic: String,
    pub(crate) status: String,
}

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) is_installed: bool,
    /// Managed install: the webhooks that `shopify.app.toml` declares need no registration.
    pub(crate) is_managed: bool,
    pub(crate) codes: HashMap<String, bool>,
    pub(crate) access_tokens: Vec<String>,
    pub(crate) refresh_tokens: Vec<String>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) pixel_key: String,
    pub(crate) carts: HashMap<String, Cart>,
    pub(crate) landings: HashMap<String, String>,
    /// Customers by e-mail address: their id and how many orders they placed.
    pub(crate) customers: HashMap<String, (u64, u64)>,
    pub(crate) orders: Vec<Value>,
    pub(crate) attempts: Vec<Attempt>,
}

/// The simulated Shopify.
pub(crate) struct Devshop {
    pub(crate) settings: Settings,
    pub(crate) http: reqwest::Client,
    memory: Mutex<Memory>,
    next: AtomicU64,
}

impl Devshop {
    pub(crate) fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        // Shopify's limits for a delivery: one second to connect, five seconds in total.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(1))
            .timeout(Duration::from_secs(5))
            .build()?;
        let next = AtomicU64::new(settings.first_order);
        Ok(Self { settings, http, memory: Mutex::default(), next })
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Counts an order of the customer with this address. Returns the customer's id and number of orders.
    pub(crate) fn customer(&self, email: &str) -> (u64, u64) {
        let mut memory = self.memory();
        let id = 207_119_551 + memory.customers.len() as u64;
        let (id, orders) = memory.customers.entry(email.trim().to_lowercase()).or_insert((id, 0));
        *orders += 1;
        (*id, *orders)
    }

    /// The `host` parameter: base64 of the store's admin address, without scheme.
    pub(crate) fn host(&self) -> String {
        use base64::Engine;
        let admin = self.settings.admin_url.trim_start_matches("http://");
        base64::prelude::BASE64_STANDARD_NO_PAD.encode(format!("{admin}/store/{}", self.settings.name))
    }
}

/// Unix time in seconds, with fraction.
#[expect(clippy::disallowed_methods, reason = "the simulator runs in real time")]
pub(crate) fn now_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// The current time in RFC 3339.
pub(crate) fn now_rfc3339() -> String {
    #[expect(clippy::cast_possible_truncation, reason = "Unix milliseconds fit in i64")]
    let ms = (now_s() * 1000.0) as i64;
    domain::UnixMs(ms).to_rfc3339()
}

/// 128 random bits in hex.
pub(crate) fn token() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
