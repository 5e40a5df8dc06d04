//! The dependencies that all use cases share, built once in `main` and passed down.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use domain::{LinkId, UnixMs, time::DAY_MS};
use shopify::{
    Credentials,
    oauth::{Endpoints, OAuth},
};
use store::{Store, audit::AuditEntry, jobs::Backlog};

use crate::{
    FlowError,
    abandoned::AbandonedJobs,
    agent::Agents,
    budget::{Counts, Limits},
    cache::{KeyCache, LinkCache, Outage, PageCache, key_cache, link_cache, page_cache},
    full_windows::FullWindows,
    hash::{hex, hmac_hex, keyed_hash},
    import_slots::ImportSlots,
    mail::Mailer,
    transport::Transport,
    vault::Vault,
};

/// Source of the current time. Tests set it manually.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> UnixMs;
}

/// Source of randomness fit for secrets.
pub trait Random: Send + Sync {
    /// Fills the buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// The Shopify app that this server runs.
#[derive(Clone, Debug)]
pub struct ShopifyApp {
    /// Requests tokens with the app's credentials.
    pub oauth: OAuth,
    /// Comma-separated scopes that the authorization-code flow requests.
    pub scopes: String,
}

impl ShopifyApp {
    /// An app from its parts.
    pub fn new(credentials: Credentials, endpoints: Endpoints, http: reqwest::Client, scopes: String) -> Self {
        Self { oauth: OAuth { credentials, endpoints, http }, scopes }
    }
}

/// How jobs reach other systems.
#[derive(Clone)]
pub struct Outside {
    /// Posts to other systems.
    pub transport: Arc<dyn Transport>,
    /// Sends mail; `None` if the server has no mail server.
    pub mailer: Option<Arc<dyn Mailer>>,
}

/// Base URLs of the links that the server gives out, and what the public may send.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Origin of the app, without a trailing slash.
    pub public_url: String,
    /// Origin of tracking links, without a trailing slash.
    pub tracking_url: String,
    /// What public keys and addresses may send.
    pub limits: Limits,
    /// Whether webhooks may be sent over http and to private addresses, for demonstrations and tests.
    pub allow_private_webhooks: bool,
    /// Whether the shop is a simulated one, whose orders may stand beside sample data.
    pub is_demo: bool,
    /// Origin of Klaviyo's API, without a trailing slash.
    pub klaviyo_url: String,
}

/// The use cases, as methods, with their dependencies. Cheap to clone: each request holds a clone.
#[derive(Clone)]
pub struct Flow(Arc<Parts>);

impl core::ops::Deref for Flow {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The state that clones of a [`Flow`] share.
pub struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) vault: Vault,
    pub(crate) settings: Settings,
    pub(crate) shopify: Option<ShopifyApp>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) agents: Agents,
    pub(crate) links: LinkCache,
    pub(crate) keys: KeyCache,
    pub(crate) pages: PageCache,
    pub(crate) counts: Counts,
    pub(crate) full_windows: FullWindows,
    pub(crate) abandoned_jobs: AbandonedJobs,
    pub(crate) import_slots: ImportSlots,
    identity_key: OnceLock<Arc<[u8]>>,
    day_key: Mutex<(i64, Arc<[u8]>)>,
}

impl Flow {
    /// Assembles the flow. Loads, or creates on first start, the keys under
    /// which e-mail addresses, customer ids and visitors are hashed.
    ///
    /// # Errors
    /// `FlowError::Sealed` if a stored key cannot be decrypted.
    pub async fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        vault: Vault,
        settings: Settings,
        shopify: Option<ShopifyApp>,
        outside: Outside,
    ) -> Result<Self, FlowError> {
        let outage = Outage::new(store.clone());
        let flow = Self(Arc::new(Parts {
            links: link_cache(store.link_changes(), outage.clone()),
            keys: key_cache(outage.clone()),
            pages: page_cache(outage),
            counts: Counts::new(settings.limits),
            full_windows: FullWindows::default(),
            abandoned_jobs: AbandonedJobs::default(),
            import_slots: ImportSlots::default(),
            store,
            clock,
            random,
            vault,
            settings,
            shopify,
            transport: outside.transport,
            mailer: outside.mailer,
            agents: Agents::new(),
            identity_key: OnceLock::new(),
            day_key: Mutex::new((i64::MIN, Arc::from([]))),
        }));
        let _ = flow.identity_key.set(flow.shared_secret("identity").await?);
        flow.refresh_day_key().await?;
        Ok(flow)
    }

    /// Name and version of the database engine. Fails if the database does not respond.
    pub async fn engine(&self) -> Result<String, FlowError> {
        Ok(self.store.engine().await?)
    }

    /// Length of the job queue.
    pub async fn backlog(&self) -> Result<Backlog, FlowError> {
        Ok(self.store.backlog(self.now()).await?)
    }

    /// Closes the database after the last statement.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// An idempotency key for a form that may be submitted twice.
    pub fn form_key(&self) -> String {
        hex(&self.random::<16>())
    }

    /// The base URLs and limits.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The Shopify app's credentials, if one is configured.
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
        audit_entry(self.now(), self.random(), actor, action, subject)
    }

    async fn shared_secret(&self, name: &str) -> Result<Arc<[u8]>, FlowError> {
        let location = format!("secrets/{name}");
        let fresh = self.vault.seal(&location, &self.random::<32>(), self.random());
        let stored = self.store.secret_or_insert(name, &fresh, self.now()).await?;
        Ok(Arc::from(self.vault.open(&location, &stored)?))
    }

    /// Keyed hash of a personal identifier. The key is unique to this installation and never leaves it.
    pub(crate) fn identity_hash(&self, kind: &str, value: &str) -> String {
        let key = self.identity_key.get().map_or(&[][..], |key| key);
        keyed_hash(key, &[kind.as_bytes(), value.as_bytes()])
    }

    /// A token that only this installation can make: of one purpose and id always the same, so that a mail that is sent
    /// again holds the same link, though only its hash is stored.
    pub(crate) fn derived_token(&self, purpose: &str, id: &str) -> String {
        let key = self.identity_key.get().map_or(&[][..], |key| key);
        hmac_hex(key, format!("token/{purpose}/{id}").as_bytes())
    }

    /// What sends mail.
    ///
    /// # Errors
    /// `FlowError::NotConfigured` if the server has no mail server.
    pub(crate) fn mailer(&self) -> Result<&Arc<dyn Mailer>, FlowError> {
        const NONE: &str = "this server cannot send mail: its operator has not set SMTP_URL and MAIL_FROM";
        self.mailer.as_ref().ok_or(FlowError::NotConfigured(NONE))
    }

    /// Hash of 64 bits that distinguishes a link's visitors without a cookie within one day (UTC). Earlier keys are
    /// deleted, so it cannot identify anyone later; and with the link in it, not even today's hashes tell who clicked on
    /// several links.
    pub(crate) fn visitor_hash(&self, link: &LinkId, address: &str, user_agent: &str) -> String {
        let key = self.day_key.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
        let mut hash = keyed_hash(&key, &[link.as_str().as_bytes(), address.as_bytes(), user_agent.as_bytes()]);
        hash.truncate(16);
        hash
    }

    /// Switches to the visitor key of the day (UTC) if the day has changed, and deletes the keys of earlier days.
    ///
    /// # Errors
    /// `FlowError::Sealed` if the stored key cannot be decrypted.
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

/// An entry of the audit log.
pub(crate) fn audit_entry(
    at: UnixMs,
    random: [u8; 10],
    actor: &str,
    action: &'static str,
    subject: impl ToString,
) -> AuditEntry {
    let id = domain::EventId::new(at.0, random);
    AuditEntry {
        id: id.to_string().replacen("evt_", "aud_", 1),
        at,
        actor: actor.to_owned(),
        action,
        subject: subject.to_string(),
    }
}
