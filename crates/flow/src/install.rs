//! Installing the app in a shop, refreshing its tokens, and its webhook registrations.

use domain::{
    BrandId, Currency, UnixMs,
    brand::{Brand, Settings},
    policy::Policies,
    shop::{SealedTokens, Shop, ShopDomain},
    time::{DAY_MS, Zone},
};
use shopify::{
    ShopifyError,
    admin::{Admin, ShopProfile},
    oauth::OfflineToken,
    signature::SignedQuery,
    webhook::{COMPLIANCE_TOPICS, TOPICS},
};
use store::shops::{Install, Subscription};

use crate::{
    FlowError, ShopifyApp,
    hash::{hex, token_hash},
    job::Job,
    policy::hosts,
    stage::Installs,
};

/// Lifetime of an OAuth state, in ms.
const STATE_LIFE_MS: i64 = 10 * 60_000;
/// An access token that expires sooner than this, in ms, is refreshed before use.
const FRESH_MS: i64 = 5 * 60_000;
/// How long one process may take to refresh a shop's tokens before another may try, in ms.
const REFRESH_LEASE_MS: i64 = 30_000;
/// Time between uses of each shop's refresh token, in ms: it expires after 90 days without use.
const KEEPALIVE_MS: i64 = 7 * DAY_MS;

/// How a shop installed the app, which decides where its webhooks are registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InstallFlow {
    /// Shopify-managed install: `shopify.app.toml` declares the webhooks.
    Managed,
    /// Authorization code: we register them by API.
    AuthorizationCode,
}

/// Where to redirect a browser to authorize the app, and the state to bind to it.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Shopify's authorization page.
    pub location: String,
    /// Value of the browser's state cookie.
    pub state: String,
}

impl Installs<'_> {
    fn app(&self) -> Result<&ShopifyApp, FlowError> {
        self.shopify.as_ref().ok_or(FlowError::NotConfigured("SHOPIFY_API_KEY and SHOPIFY_API_SECRET are not set"))
    }

    /// Installs by token exchange: the embedded page's session token is exchanged for an offline token.
    pub(crate) async fn install_by_token(self, shop: &ShopDomain, session_token: &str) -> Result<Shop, FlowError> {
        let app = self.app()?;
        let token = app.oauth.exchange_session_token(shop, session_token).await.map_err(|error| match error {
            ShopifyError::Grant(reason) => {
                tracing::info!(%shop, reason, "token exchange refused");
                FlowError::Unauthorized
            }
            other => other.into(),
        })?;
        self.install(shop, &token, InstallFlow::Managed).await
    }

    /// Starts the authorization-code flow.
    ///
    /// # Errors
    /// `FlowError::NotConfigured` if no Shopify app is configured.
    pub async fn begin_authorization(self, shop: &ShopDomain) -> Result<Authorization, FlowError> {
        let app = self.app()?;
        let state = hex(&self.random::<32>());
        self.store.put_oauth_state(token_hash(&state), shop, self.now().plus_ms(STATE_LIFE_MS)).await?;
        let redirect = format!("{}/auth/callback", self.settings.public_url);
        let location = app.oauth.authorize_url(shop, &app.scopes, &redirect, &state)?;
        Ok(Authorization { location, state })
    }

    /// Completes the authorization-code flow. The query must be signed; its state must match this browser's cookie, be
    /// unused, and have been issued for this shop. Returns the shop and the query's `host`.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if a check fails or Shopify refuses the code; `FlowError::NotConfigured` if no Shopify
    /// app is configured; `FlowError::Shopify` if Shopify fails.
    pub async fn finish_authorization(
        self,
        query: &str,
        cookie_state: Option<&str>,
    ) -> Result<(ShopDomain, Option<String>), FlowError> {
        let app = self.app()?;
        let query = SignedQuery::verify(&app.oauth.credentials, query, self.now().0.div_euclid(1000))
            .ok_or(FlowError::Unauthorized)?;
        let field = |name: &str| query.get(name).ok_or(FlowError::Unauthorized);
        let shop = ShopDomain::parse(field("shop")?).ok_or(FlowError::Unauthorized)?;
        let (state, code) = (field("state")?, field("code")?);
        let is_same_browser = cookie_state
            .is_some_and(|cookie| bool::from(subtle::ConstantTimeEq::ct_eq(cookie.as_bytes(), state.as_bytes())));
        if !is_same_browser || !self.store.use_oauth_state(token_hash(state), &shop, self.now()).await? {
            return Err(FlowError::Unauthorized);
        }
        let token = app.oauth.exchange_code(&shop, code).await.map_err(|error| match error {
            ShopifyError::Grant(_) => FlowError::Unauthorized,
            other => other.into(),
        })?;
        self.install(&shop, &token, InstallFlow::AuthorizationCode).await?;
        Ok((shop, query.get("host").map(str::to_owned)))
    }

    async fn install(
        self,
        shop: &ShopDomain,
        token: &OfflineToken,
        install_flow: InstallFlow,
    ) -> Result<Shop, FlowError> {
        let app = self.app()?;
        let now = self.now();
        let admin =
            Admin { http: &app.oauth.http, endpoints: &app.oauth.endpoints, shop, access_token: token.access() };
        let profile = admin.shop_profile().await?;
        let storefront_hosts = storefront_hosts(&profile);
        let settings = Settings { storefront_hosts: storefront_hosts.clone(), ..Settings::default() };
        let new_brand = Brand {
            id: BrandId::new(now.0, self.random()),
            name: profile.name,
            zone: Zone::try_from(profile.time_zone).unwrap_or(Zone::UTC),
            currency: Currency::parse(&profile.currency).unwrap_or(Currency::USD),
            policies: Policies::default(),
            settings,
            trust_browser_purchases: false,
            destination_hosts: Vec::new(),
            visits_deleted_before: UnixMs(0),
            created_at: now,
        };
        let subscriptions = match install_flow {
            InstallFlow::Managed => self.declared_subscriptions(now),
            InstallFlow::AuthorizationCode => self.register_webhooks(&admin, now).await?,
        };
        let install = Install {
            domain: shop.clone(),
            new_brand,
            at: now,
            scopes: token.scope.clone(),
            tokens: self.seal_tokens(shop, token),
            delivery_job: Job::PROCESS_DELIVERY,
        };
        // Before the shop: if the process ends in between, the next visit finds a shop that is installed, and queues nothing.
        self.store.enqueue(&Job::KeepShopAlive(shop.clone()).at(now.plus_ms(KEEPALIVE_MS))).await?;
        let shop = self.store.install_shop(&install).await?;
        self.store.put_subscriptions(&shop.domain, &subscriptions).await?;
        self.models().schedule(&shop.brand).await?;
        self.name_storefront(&shop.brand, storefront_hosts).await?;
        tracing::info!(shop = %shop.domain, brand = %shop.brand, ?install_flow, "installed");
        Ok(shop)
    }

    /// Names the storefront of a brand that has named none, such as one from before its installation.
    async fn name_storefront(self, brand: &BrandId, storefront_hosts: Vec<String>) -> Result<(), FlowError> {
        let before = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        if storefront_hosts.is_empty() || !before.settings.storefront_hosts.is_empty() {
            return Ok(());
        }
        let entry = self.audit("shopify", "settings.hosts", format!("storefronts: {}", storefront_hosts.join(" ")));
        let after = Brand { settings: Settings { storefront_hosts, ..before.settings.clone() }, ..before.clone() };
        // If somebody changes the settings at this moment, the next refresh of the tokens tries again.
        self.store.update_brand_settings(&before, &after, &entry).await?;
        Ok(())
    }

    /// Asks a shop for its storefront, for brands that installed the app before storefronts were asked for.
    async fn learn_storefront(self, shop: &Shop, access_token: &str) -> Result<(), FlowError> {
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        if !brand.settings.storefront_hosts.is_empty() {
            return Ok(());
        }
        let app = self.app()?;
        let (http, endpoints) = (&app.oauth.http, &app.oauth.endpoints);
        let profile = Admin { http, endpoints, shop: &shop.domain, access_token }.shop_profile().await?;
        self.name_storefront(&brand.id, storefront_hosts(&profile)).await
    }

    fn webhook_uri(self) -> String {
        format!("{}/api/webhooks/shopify", self.settings.public_url)
    }

    fn declared_subscriptions(self, now: UnixMs) -> Vec<Subscription> {
        let subscription = |topic: &&str| Subscription {
            topic: (*topic).to_owned(),
            remote_id: "declared in shopify.app.toml".to_owned(),
            uri: self.webhook_uri(),
            created_at: now,
        };
        TOPICS.iter().chain(&COMPLIANCE_TOPICS).map(subscription).collect()
    }

    /// Registers missing webhooks by API. Shopify's API does not offer the compliance topics, so those stay declared in
    /// `shopify.app.toml`.
    async fn register_webhooks(self, admin: &Admin<'_>, now: UnixMs) -> Result<Vec<Subscription>, FlowError> {
        let uri = self.webhook_uri();
        let present = admin.registrations().await?;
        let mut subscriptions: Vec<Subscription> = self
            .declared_subscriptions(now)
            .into_iter()
            .filter(|subscription| COMPLIANCE_TOPICS.contains(&subscription.topic.as_str()))
            .collect();
        for topic in TOPICS {
            let found = present.iter().find(|registration| registration.topic == topic && registration.uri == uri);
            let registration = match found {
                Some(registration) => registration.clone(),
                None => admin.register(topic, &uri).await?,
            };
            subscriptions.push(Subscription {
                topic: topic.to_owned(),
                remote_id: registration.id,
                uri: registration.uri,
                created_at: now,
            });
        }
        Ok(subscriptions)
    }

    fn seal_tokens(self, shop: &ShopDomain, token: &OfflineToken) -> SealedTokens {
        let now = self.now();
        let seal = |column: &str, value: &str| {
            self.vault.seal(&format!("shops/{column}/{shop}"), value.as_bytes(), self.random())
        };
        SealedTokens {
            access: seal("access_token", token.access()),
            access_expires_at: now.plus_ms(token.life_ms()),
            refresh: token.refresh().map(|refresh| seal("refresh_token", refresh)),
            refresh_expires_at: token.refresh_life_ms().map(|life| now.plus_ms(life)),
        }
    }

    fn open_token(self, shop: &ShopDomain, column: &str, sealed: &[u8]) -> Result<String, FlowError> {
        let bytes = self.vault.open(&format!("shops/{column}/{shop}"), sealed)?;
        String::from_utf8(bytes).map_err(|_| FlowError::Sealed)
    }

    /// A valid access token for a shop, refreshed first if it is about to expire. Get one per request; never keep it.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the merchant must open the app again; `FlowError::NotFound` if the shop is unknown;
    /// `FlowError::Shopify` if Shopify fails, or (throttled) while another process refreshes; `FlowError::Sealed` if a
    /// token cannot be decrypted.
    pub async fn access_token(self, domain: &ShopDomain) -> Result<String, FlowError> {
        let now = self.now();
        let shop = self.store.shop(domain).await?.ok_or(FlowError::NotFound("shop"))?;
        let tokens = shop.tokens.filter(|_| !shop.needs_reauth).ok_or(FlowError::Unauthorized)?;
        if tokens.access_expires_at.plus_ms(-FRESH_MS) > now {
            return self.open_token(domain, "access_token", &tokens.access);
        }
        if !self.store.lease_token_refresh(domain, now, now.plus_ms(REFRESH_LEASE_MS)).await? {
            // Another process is refreshing; the caller's retry will find the new token.
            return Err(ShopifyError::Throttled { retry_after_ms: 1_000 }.into());
        }
        // Read again under the lease: another process may have refreshed just before we got it.
        let shop = self.store.shop(domain).await?.ok_or(FlowError::NotFound("shop"))?;
        let tokens = shop.tokens.ok_or(FlowError::Unauthorized)?;
        if tokens.access_expires_at.plus_ms(-FRESH_MS) > now {
            self.store.save_tokens(domain, &tokens).await?;
            return self.open_token(domain, "access_token", &tokens.access);
        }
        self.refresh_tokens(domain, &tokens).await
    }

    async fn refresh_tokens(self, domain: &ShopDomain, tokens: &SealedTokens) -> Result<String, FlowError> {
        let app = self.app()?;
        let is_alive = tokens.refresh_expires_at.is_none_or(|end| end > self.now());
        let Some(sealed) = tokens.refresh.as_deref().filter(|_| is_alive) else {
            self.store.require_reauth(domain).await?;
            return Err(FlowError::Unauthorized);
        };
        let refresh = self.open_token(domain, "refresh_token", sealed)?;
        match app.oauth.refresh(domain, &refresh).await {
            Ok(token) => {
                self.store.save_tokens(domain, &self.seal_tokens(domain, &token)).await?;
                Ok(token.access().to_owned())
            }
            Err(ShopifyError::Grant(reason)) => {
                tracing::warn!(shop = %domain, reason, "refresh token refused");
                self.store.require_reauth(domain).await?;
                Err(FlowError::Unauthorized)
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Whether a shop still has the app: Shopify accepts its token. A token that Shopify refuses, or that can no longer be
    /// refreshed, is an uninstalled shop's.
    ///
    /// # Errors
    /// As [`Self::access_token`], except for `FlowError::Unauthorized`: nothing is known then.
    pub(crate) async fn is_installed(self, domain: &ShopDomain) -> Result<bool, FlowError> {
        let access_token = match self.access_token(domain).await {
            Ok(token) => token,
            Err(FlowError::Unauthorized) => return Ok(false),
            Err(other) => return Err(other),
        };
        let app = self.app()?;
        let admin =
            Admin { http: &app.oauth.http, endpoints: &app.oauth.endpoints, shop: domain, access_token: &access_token };
        Ok(admin.accepts_token().await?)
    }

    /// Uses a shop's refresh token so that it does not expire, and queues the next use.
    ///
    /// # Errors
    /// `FlowError::Shopify` if Shopify fails; `FlowError::Sealed` if the token cannot be decrypted.
    pub async fn keep_alive(self, domain: &ShopDomain) -> Result<(), FlowError> {
        let Some(shop) = self.store.shop(domain).await? else { return Ok(()) };
        let tokens = shop.tokens.clone().filter(|_| shop.uninstalled_at.is_none() && !shop.needs_reauth);
        let Some(tokens) = tokens else { return Ok(()) };
        let now = self.now();
        if self.store.lease_token_refresh(domain, now, now.plus_ms(REFRESH_LEASE_MS)).await? {
            // Read again under the lease: another process may have replaced them, and Shopify refuses those from before.
            let tokens = self.store.shop(domain).await?.and_then(|shop| shop.tokens).unwrap_or(tokens);
            match self.refresh_tokens(domain, &tokens).await {
                Ok(access_token) => {
                    // Of no consequence for the tokens, which must stay alive.
                    if let Err(error) = self.learn_storefront(&shop, &access_token).await {
                        tracing::warn!(shop = %domain, %error, "the storefront is not known");
                    }
                }
                Err(FlowError::Unauthorized) => {}
                Err(other) => return Err(other),
            }
        }
        self.store.enqueue(&Job::KeepShopAlive(domain.clone()).at(now.plus_ms(KEEPALIVE_MS))).await?;
        Ok(())
    }
}

/// The host of a shop's storefront, if it is not the shop's permanent domain. `www.` is left out, since a host stands for
/// its subdomains too.
fn storefront_hosts(profile: &ShopProfile) -> Vec<String> {
    let host = profile.primary_host.as_deref().filter(|host| ShopDomain::parse(host).is_none()).unwrap_or("");
    hosts("shop", host.strip_prefix("www.").unwrap_or(host), &mut Vec::new())
}
