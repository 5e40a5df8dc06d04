//! Who may do what. Each right is a type whose only maker checks a proof; stages take the type, not an id.

use core::time::Duration;

use domain::{
    BrandId, CreatorId, UnixMs,
    api_key::{ApiKey, KeyId, KeyKind, KeyRecord},
    brand::Brand,
    shop::ShopDomain,
    time::DAY_MS,
};
use moka::sync::Cache;
use shopify::session_token;
use store::access::Principal;
use subtle::ConstantTimeEq;

use crate::{Flow, FlowError, context::token_hash};

/// How long a revoked key may still work on a replica that knew it.
pub(crate) const KEY_CACHE_TTL: Duration = Duration::from_secs(3);
/// Life of a sign-in link.
const LOGIN_LIFE_MS: i64 = 10 * 60_000;
/// Life of a session.
pub const SESSION_LIFE_MS: i64 = 14 * DAY_MS;

pub(crate) type KeyCache = Cache<KeyId, KeyRecord>;

/// A member of a brand: proved by a Shopify session token or by a session cookie.
#[derive(Clone, Debug)]
pub struct Merchant {
    brand: Brand,
    actor: String,
    shop: Option<ShopDomain>,
}

impl Merchant {
    /// The brand.
    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// The brand's id.
    pub(crate) fn id(&self) -> &BrandId {
        &self.brand.id
    }

    /// Who it is, for the audit log.
    pub(crate) fn actor(&self) -> &str {
        &self.actor
    }

    /// The shop in whose admin the page is shown, if it is.
    pub fn shop(&self) -> Option<&ShopDomain> {
        self.shop.as_ref()
    }
}

/// A creator, signed in.
#[derive(Clone, Debug)]
pub struct CreatorSession {
    brand: Brand,
    creator: CreatorId,
}

impl CreatorSession {
    /// The brand whose creator this is.
    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// The creator.
    pub fn creator(&self) -> &CreatorId {
        &self.creator
    }
}

/// A program with an API key.
#[derive(Clone, Debug)]
pub struct ApiCaller {
    brand: BrandId,
    kind: KeyKind,
    is_test: bool,
    key: KeyId,
}

impl ApiCaller {
    /// The brand whose key it is.
    pub fn brand(&self) -> &BrandId {
        &self.brand
    }

    /// What the key may do.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whether it writes test records.
    pub fn is_test(&self) -> bool {
        self.is_test
    }

    /// The key's public name, for logs.
    pub fn key(&self) -> &KeyId {
        &self.key
    }
}

/// The operator at the server's own command line, who may do anything.
#[derive(Clone, Copy, Debug)]
pub struct Operator;

impl Flow {
    /// Proves an API key. Unknown, revoked and wrong keys look alike, also in time: the stored hash, or a dummy, is
    /// always compared.
    pub async fn api_caller(&self, text: &str) -> Result<ApiCaller, FlowError> {
        let key = ApiKey::parse(text).ok_or(FlowError::Unauthorized)?;
        let record = if let Some(record) = self.keys.get(&key.id) {
            Some(record)
        } else {
            let record = self.store.key(&key.id).await?;
            if let Some(record) = &record {
                self.keys.insert(key.id.clone(), record.clone());
            }
            record
        };
        let stored = record.as_ref().map_or([0; 32], |record| record.secret_hash);
        let is_right = bool::from(stored.ct_eq(&key.secret_hash()));
        match record {
            Some(record) if is_right && record.revoked_at.is_none() && record.kind == key.kind => {
                Ok(ApiCaller { brand: record.brand, kind: record.kind, is_test: record.is_test, key: record.id })
            }
            _ => Err(FlowError::Unauthorized),
        }
    }

    /// Proves a member by a Shopify session token. On a shop's first visit, or when its tokens are gone or past
    /// refreshing, this is also what installs the app (token exchange).
    pub async fn merchant_by_session_token(&self, token: &str) -> Result<Merchant, FlowError> {
        let credentials = self.shopify_credentials().ok_or(FlowError::Unauthorized)?;
        let proof = session_token::verify(credentials, token, self.now()).map_err(|error| {
            tracing::debug!(%error, "session token refused");
            FlowError::Unauthorized
        })?;
        let shop = match self.store.shop(&proof.shop).await? {
            Some(shop) if shop.uninstalled_at.is_none() && !shop.needs_reauth && shop.tokens.is_some() => shop,
            _ => self.install_by_token(&proof.shop, token).await?,
        };
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        Ok(Merchant { brand, actor: format!("shopify user {}", proof.user), shop: Some(shop.domain) })
    }

    /// Proves a member by a session cookie.
    pub async fn merchant_by_session(&self, token: &str) -> Result<Merchant, FlowError> {
        let who = self.principal(token).await?;
        if who.creator.is_some() {
            return Err(FlowError::Unauthorized);
        }
        let brand = self.store.brand(&who.brand).await?.ok_or(FlowError::Unauthorized)?;
        Ok(Merchant { brand, actor: "member".to_owned(), shop: None })
    }

    /// Proves a creator by a session cookie.
    pub async fn creator_by_session(&self, token: &str) -> Result<CreatorSession, FlowError> {
        let who = self.principal(token).await?;
        let creator = who.creator.ok_or(FlowError::Unauthorized)?;
        let brand = self.store.brand(&who.brand).await?.ok_or(FlowError::Unauthorized)?;
        Ok(CreatorSession { brand, creator })
    }

    /// The operator's right to act for a brand, from the command line.
    pub async fn merchant_by_operator(&self, _operator: Operator, brand: &BrandId) -> Result<Merchant, FlowError> {
        let brand = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        Ok(Merchant { brand, actor: "cli".to_owned(), shop: None })
    }

    async fn principal(&self, token: &str) -> Result<Principal, FlowError> {
        self.store.session(token_hash(token), self.now()).await?.ok_or(FlowError::Unauthorized)
    }

    /// Makes a sign-in link for one of the brand's creators, or for a member when `creator` is absent. It works once
    /// within ten minutes; only its hash is stored.
    pub async fn sign_in_link(&self, merchant: &Merchant, creator: Option<&CreatorId>) -> Result<String, FlowError> {
        if let Some(creator) = creator {
            self.store.creator(merchant.id(), creator).await?.ok_or(FlowError::NotFound("creator"))?;
        }
        let token = crate::context::hex(&self.random::<32>());
        let who = Principal { brand: merchant.id().clone(), creator: creator.cloned() };
        let subject = creator.map_or("member", CreatorId::as_str);
        let entry = self.audit(merchant.actor(), "access.sign_in_link", subject);
        self.store.put_login(token_hash(&token), &who, self.now().plus_ms(LOGIN_LIFE_MS), &entry).await?;
        Ok(format!("{}/sign-in/{token}", self.settings.public_url))
    }

    /// Whether a sign-in link would work, without using it: mail scanners open links too.
    pub async fn sign_in_link_works(&self, token: &str) -> Result<bool, FlowError> {
        Ok(self.store.login(token_hash(token), self.now()).await?.is_some())
    }

    /// Uses a sign-in link: returns the new session's token and whether it is a creator's.
    pub async fn sign_in(&self, token: &str) -> Result<(String, bool), FlowError> {
        let session = crate::context::hex(&self.random::<32>());
        let now = self.now();
        let who = self
            .store
            .use_login(token_hash(token), token_hash(&session), now, UnixMs(now.0 + SESSION_LIFE_MS))
            .await?
            .ok_or(FlowError::Unauthorized)?;
        Ok((session, who.creator.is_some()))
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), FlowError> {
        Ok(self.store.end_session(token_hash(token)).await?)
    }
}
