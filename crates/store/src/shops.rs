//! Shopify installations.

use domain::{
    BrandId, UnixMs,
    brand::Brand,
    shop::{SealedTokens, Shop, ShopDomain},
};

use crate::{Result, row::read};

/// An installation to store.
#[derive(Clone, Debug)]
pub struct Install {
    /// The shop.
    pub domain: ShopDomain,
    /// The brand to create if the shop is new; a known shop keeps its brand.
    pub new_brand: Brand,
    /// When it was installed.
    pub at: UnixMs,
    /// The granted scopes.
    pub scopes: String,
    /// The tokens, encrypted.
    pub tokens: SealedTokens,
    /// Kind of the jobs that process webhook deliveries: those waiting for this shop become due.
    pub delivery_job: &'static str,
}

/// A webhook subscription at Shopify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The topic as in webhook headers, such as `orders/create`.
    pub topic: String,
    /// Shopify's id of the subscription.
    pub remote_id: String,
    /// The URI it delivers to.
    pub uri: String,
    /// When it was registered or last confirmed.
    pub created_at: UnixMs,
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ShopRow {
    pub domain: String,
    pub brand_id: String,
    pub installed_at: i64,
    pub uninstalled_at: Option<i64>,
    pub scopes: String,
    pub access_token: Option<Vec<u8>>,
    pub access_expires_at: Option<i64>,
    pub refresh_token: Option<Vec<u8>>,
    pub refresh_expires_at: Option<i64>,
    pub needs_reauth: bool,
    pub last_webhook_at: Option<i64>,
}

impl ShopRow {
    /// Converts the row.
    pub fn read(self) -> Result<Shop> {
        let tokens = self.access_token.map(|access| SealedTokens {
            access,
            access_expires_at: UnixMs(self.access_expires_at.unwrap_or(0)),
            refresh: self.refresh_token,
            refresh_expires_at: self.refresh_expires_at.map(UnixMs),
        });
        Ok(Shop {
            domain: read::<ShopDomain, _>(self.domain, "shops", "domain")?,
            brand: read(self.brand_id, "shops", "brand_id")?,
            installed_at: UnixMs(self.installed_at),
            uninstalled_at: self.uninstalled_at.map(UnixMs),
            scopes: self.scopes,
            tokens,
            needs_reauth: self.needs_reauth,
            last_webhook_at: self.last_webhook_at.map(UnixMs),
        })
    }
}

/// Stores installations.
#[async_trait::async_trait]
pub trait ShopStore: Send + Sync {
    /// Installs or reinstalls a shop: creates the brand if the shop is new, replaces the tokens, clears `needs_reauth`
    /// and sets `installed_at`, so that a late uninstall message is older than it. Webhook deliveries that waited for
    /// the shop become due.
    ///
    /// # Errors
    /// `Conflict` when the shop is new and the new brand's id exists.
    async fn install_shop(&self, install: &Install) -> Result<Shop>;
    /// Finds a shop, installed or not.
    async fn shop(&self, domain: &ShopDomain) -> Result<Option<Shop>>;
    /// The shops of a brand.
    async fn shops_of(&self, brand: &BrandId) -> Result<Vec<Shop>>;
    /// Leases the refresh of a shop's tokens until `until`. False when another process holds the lease.
    async fn lease_token_refresh(&self, domain: &ShopDomain, now: UnixMs, until: UnixMs) -> Result<bool>;
    /// Replaces the tokens of an installed shop, clears `needs_reauth` and ends the lease.
    async fn save_tokens(&self, domain: &ShopDomain, tokens: &SealedTokens) -> Result<()>;
    /// Sets `needs_reauth`, since the tokens can no longer be refreshed, and ends the lease.
    async fn require_reauth(&self, domain: &ShopDomain) -> Result<()>;
    /// Marks a shop as uninstalled and deletes its tokens and webhook subscriptions; its history stays. Has no effect
    /// if the shop was installed after `at`: a late message must not undo a reinstall. Returns whether it changed.
    async fn uninstall_shop(&self, domain: &ShopDomain, at: UnixMs) -> Result<bool>;
    /// Replaces a shop's webhook subscriptions.
    ///
    /// # Errors
    /// `Conflict` when a topic occurs twice, `Missing` when the shop is unknown.
    async fn put_subscriptions(&self, domain: &ShopDomain, subscriptions: &[Subscription]) -> Result<()>;
    /// A shop's webhook subscriptions, by topic.
    async fn subscriptions(&self, domain: &ShopDomain) -> Result<Vec<Subscription>>;
}
