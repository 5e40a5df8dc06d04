//! What every stage stands on, built once in `main` and passed down.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use domain::{UnixMs, time::DAY_MS};
use hmac::{Hmac, KeyInit, Mac};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use shopify::{
    Credentials,
    oauth::{Endpoints, OAuth},
};
use store::{Store, audit::AuditEntry};

use crate::{FlowError, access::KeyCache, agent::Agents, click::LinkCache, vault::Vault};

/// Tells the time. A test's clock is set by hand.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> UnixMs;
}

/// Gives randomness fit for secrets.
pub trait Random: Send + Sync {
    /// Fills a buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The Shopify app that this server is.
#[derive(Clone, Debug)]
pub struct ShopifyApp {
    /// Tokens.
    pub oauth: OAuth,
    /// Scopes asked for by the authorization-code flow, comma separated.
    pub scopes: String,
}

impl ShopifyApp {
    /// An app from its parts.
    pub fn new(credentials: Credentials, endpoints: Endpoints, http: reqwest::Client, scopes: String) -> Self {
        Self { oauth: OAuth { credentials, endpoints, http }, scopes }
    }
}

/// Addresses that end up in what we hand out.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Origin of the app, without a trailing slash.
    pub public_url: String,
    /// Origin of tracking links, without a trailing slash.
    pub tracking_url: String,
}

/// What every stage stands on. Cheap to clone: a request takes one.
#[derive(Clone)]
pub struct Flow(Arc<Parts>);

impl core::ops::Deref for Flow {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What a [`Flow`] shares among its clones.
pub struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) vault: Vault,
    pub(crate) settings: Settings,
    pub(crate) shopify: Option<ShopifyApp>,
    pub(crate) agents: Agents,
    pub(crate) links: LinkCache,
    pub(crate) keys: KeyCache,
    identity_key: OnceLock<Arc<[u8]>>,
    day_key: Mutex<(i64, Arc<[u8]>)>,
}

impl Flow {
    /// Puts the parts together. Reads or makes the key under which e-mail addresses and customer ids are hashed.
    pub async fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        vault: Vault,
        settings: Settings,
        shopify: Option<ShopifyApp>,
    ) -> Result<Self, FlowError> {
        let flow = Self(Arc::new(Parts {
            links: LinkCache::new(store.link_changes()),
            keys: Cache::builder().max_capacity(10_000).time_to_live(crate::access::KEY_CACHE_TTL).build(),
            store,
            clock,
            random,
            vault,
            settings,
            shopify,
            agents: Agents::new(),
            identity_key: OnceLock::new(),
            day_key: Mutex::new((i64::MIN, Arc::from([]))),
        }));
        let _ = flow.identity_key.set(flow.shared_secret("identity").await?);
        flow.refresh_day_key().await?;
        Ok(flow)
    }

    /// The store, for what needs no rule: exports, health, jobs' leases.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The addresses.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The Shopify app's credentials, if this server is one.
    pub fn shopify_credentials(&self) -> Option<&Credentials> {
        self.shopify.as_ref().map(|app| &app.oauth.credentials)
    }

    /// Now.
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    pub(crate) fn audit(&self, actor: &str, action: &'static str, subject: impl ToString) -> AuditEntry {
        let at = self.now();
        let id = domain::EventId::new(at.0, self.random());
        AuditEntry {
            id: id.to_string().replacen("evt_", "aud_", 1),
            at,
            actor: actor.to_owned(),
            action,
            subject: subject.to_string(),
        }
    }

    async fn shared_secret(&self, name: &str) -> Result<Arc<[u8]>, FlowError> {
        let place = format!("secrets/{name}");
        let fresh = self.vault.seal(&place, &self.random::<32>(), self.random());
        let stored = self.store.secret_or_insert(name, &fresh, self.now()).await?;
        Ok(Arc::from(self.vault.open(&place, &stored)?))
    }

    /// Keyed hash of something that names a person. The key is this installation's own and never leaves it.
    pub(crate) fn identity_hash(&self, kind: &str, value: &str) -> String {
        let key = self.identity_key.get().map_or(&[][..], |key| key);
        keyed_hash(key, &[kind.as_bytes(), value.as_bytes()])
    }

    /// Hash by which visitors without a cookie are told apart today. Yesterday's key is gone, so it can name nobody
    /// later.
    pub(crate) fn visitor_hash(&self, address: &str, user_agent: &str) -> String {
        let key = self.day_key.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
        keyed_hash(&key, &[address.as_bytes(), user_agent.as_bytes()])
    }

    /// Takes up the key of the day, if the day has changed, and has the keys of earlier days forgotten.
    pub async fn refresh_day_key(&self) -> Result<(), FlowError> {
        let now = self.now();
        let today = now.0.div_euclid(DAY_MS);
        let held = self.day_key.lock().unwrap_or_else(PoisonError::into_inner).0;
        if held == today {
            return Ok(());
        }
        let key = self.shared_secret(&format!("visitor-day:{today}")).await?;
        *self.day_key.lock().unwrap_or_else(PoisonError::into_inner) = (today, key);
        self.store.forget_secrets("visitor-day:", UnixMs(today * DAY_MS)).await?;
        Ok(())
    }
}

fn keyed_hash(key: &[u8], parts: &[&[u8]]) -> String {
    // HMAC takes keys of any length (RFC 2104 §2), so this cannot fail.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::<Sha256>::new(&[0; 64].into()));
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(0).to_le_bytes());
        mac.update(part);
    }
    hex(&mac.finalize().into_bytes()[..16])
}

/// HMAC-SHA256 as lower-case hex.
pub(crate) fn hmac_hex(key: &[u8], message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::<Sha256>::new(&[0; 64].into()));
    mac.update(message);
    hex(&mac.finalize().into_bytes())
}

/// SHA-256 of a text that a browser holds, which is what we store of it.
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}
