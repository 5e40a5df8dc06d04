//! Shopify installations.

use domain::{
    BrandId, UnixMs,
    brand::Brand,
    shop::{SealedTokens, Shop, ShopDomain},
};

use crate::Result;

/// An installation as it is to be stored.
#[derive(Clone, Debug)]
pub struct Install {
    /// The shop.
    pub domain: ShopDomain,
    /// The brand to make if the shop has none yet; ignored on a reinstall, which keeps the shop's brand.
    pub new_brand: Brand,
    /// When.
    pub at: UnixMs,
    /// Scopes granted.
    pub scopes: String,
    /// The tokens, encrypted.
    pub tokens: SealedTokens,
}

/// A webhook registration that the shop holds for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The topic as in webhook headers, such as `orders/create`.
    pub topic: String,
    /// Shopify's id of it.
    pub remote_id: String,
    /// Where it delivers.
    pub uri: String,
    /// When it was registered or last confirmed.
    pub created_at: UnixMs,
}

/// Stores installations.
#[async_trait::async_trait]
pub trait ShopStore: Send + Sync {
    /// Installs or reinstalls: makes the brand if the shop is new, replaces the tokens, clears `needs_reauth`.
    /// New tokens are a new installation, so `installed_at` moves: a late uninstall message is older than it.
    /// Deliveries that waited for the shop to become known are due at once.
    async fn install_shop(&self, install: &Install) -> Result<Shop>;
    /// Finds a shop, installed or not.
    async fn shop(&self, domain: &ShopDomain) -> Result<Option<Shop>>;
    /// The shops of a brand.
    async fn shops_of(&self, brand: &BrandId) -> Result<Vec<Shop>>;
    /// Takes the right to refresh a shop's tokens until `until`; false when another process has it.
    async fn lease_token_refresh(&self, domain: &ShopDomain, now: UnixMs, until: UnixMs) -> Result<bool>;
    /// Replaces both tokens at once and ends the lease.
    async fn save_tokens(&self, domain: &ShopDomain, tokens: &SealedTokens) -> Result<()>;
    /// Notes that the tokens cannot be refreshed any more, and ends the lease.
    async fn require_reauth(&self, domain: &ShopDomain) -> Result<()>;
    /// Disables a shop and forgets its tokens, keeping its history. Nothing happens when the shop was installed
    /// again after `at`: a late message must not undo a reinstall. Returns whether anything changed.
    async fn uninstall_shop(&self, domain: &ShopDomain, at: UnixMs) -> Result<bool>;
    /// Replaces the list of a shop's webhook registrations.
    async fn put_subscriptions(&self, domain: &ShopDomain, subscriptions: &[Subscription]) -> Result<()>;
    /// The shop's webhook registrations, by topic.
    async fn subscriptions(&self, domain: &ShopDomain) -> Result<Vec<Subscription>>;
    /// Erases what could name a shopper, on every order that is named or has one of the hashes (customer id or
    /// e-mail): hashes, visitor ids, and those visitors' events, landings and the ids on their clicks. Amounts,
    /// outcomes and counts stay. Returns how many orders changed.
    /// `visitors` are erased as those of the orders are.
    async fn redact_customer(
        &self,
        brand: &BrandId,
        orders: &[String],
        hashes: &[String],
        visitors: &[String],
        at: UnixMs,
    ) -> Result<u64>;
    /// Erases a shop that is uninstalled: its tokens, registrations and inbox, and what could name its shoppers.
    /// Nothing happens while it is installed. Returns whether anything changed.
    async fn redact_shop(&self, domain: &ShopDomain, at: UnixMs) -> Result<bool>;
}
