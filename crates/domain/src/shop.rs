//! A Shopify shop on which a brand has installed the app.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{BrandId, UnixMs};

/// A shop's permanent domain, such as `demo-shop.myshopify.com`, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShopDomain(String);

impl ShopDomain {
    /// Parses `^[a-z0-9][a-z0-9-]*\.myshopify\.com$` in any case, at most 255 characters; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let name = lower.strip_suffix(".myshopify.com")?;
        let valid = lower.len() <= 255
            && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        valid.then_some(Self(lower))
    }

    /// The whole domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before `.myshopify.com`.
    pub fn name(&self) -> &str {
        self.0.strip_suffix(".myshopify.com").unwrap_or(&self.0)
    }
}

impl fmt::Display for ShopDomain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for ShopDomain {
    type Error = crate::id::InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(crate::id::InvalidId("shop domain"))
    }
}

impl From<ShopDomain> for String {
    fn from(shop: ShopDomain) -> String {
        shop.0
    }
}

/// A shop's installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Its domain.
    pub domain: ShopDomain,
    /// Its brand.
    pub brand: BrandId,
    /// When the current installation began.
    pub installed_at: UnixMs,
    /// When it was uninstalled, if it was.
    pub uninstalled_at: Option<UnixMs>,
    /// Granted scopes, comma separated.
    pub scopes: String,
    /// The encrypted tokens, if any.
    pub tokens: Option<SealedTokens>,
    /// Set when the tokens can no longer be refreshed. The merchant's next visit to the app gets new ones.
    pub needs_reauth: bool,
    /// When the last webhook arrived.
    pub last_webhook_at: Option<UnixMs>,
}

impl Shop {
    /// Whether it has uninstalled the app. A shop that was only announced has never had it.
    pub fn is_gone(&self) -> bool {
        self.uninstalled_at.is_some_and(|at| at > self.installed_at)
    }
}

/// An expiring offline access token and its refresh token, both encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedTokens {
    /// Encrypted access token.
    pub access: Vec<u8>,
    /// When the access token expires.
    pub access_expires_at: UnixMs,
    /// Encrypted refresh token, if Shopify returned one.
    pub refresh: Option<Vec<u8>>,
    /// When the refresh token expires.
    pub refresh_expires_at: Option<UnixMs>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_valid_shop_domains_parse() {
        assert_eq!(
            ShopDomain::parse("Demo-Shop.myshopify.com").map(String::from),
            Some("demo-shop.myshopify.com".into())
        );
        for bad in [
            "",
            ".myshopify.com",
            "-a.myshopify.com",
            "a_b.myshopify.com",
            "a.myshopify.com/",
            "a.myshopify.com.evil.com",
            "a.b.myshopify.com",
            "myshopify.com",
            "a.myshopify.com\n",
        ] {
            assert_eq!(ShopDomain::parse(bad), None, "{bad}");
        }
    }
}
