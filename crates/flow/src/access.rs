//! Who may do what. Each right is a type whose only constructor checks a proof; use cases take the type, not an id.

use core::ops::Deref;
use std::collections::BTreeSet;

use domain::{
    AccountId, BrandId, CreatorId, Identity, UnixMs,
    account::{Account, Role},
    api_key::{ApiKey, KeyId, KeyKind},
    brand::{Brand, Settings},
    outbound::{CreatorData, CreatorProfile, EventData},
    scope::Scope,
    shop::{Shop, ShopDomain},
    time::{DAY_MS, HOUR_MS},
};
use shopify::session_token;
use store::{
    access::{Principal, Session},
    outbound::NewEvents,
};
use subtle::ConstantTimeEq;

use crate::{
    FlowError,
    hash::{hex, token_hash},
    job::OrderRef,
    stage::Access,
    vault::Vault,
};

/// Most orders of one browser that are settled again when it signs in as a creator.
const ORDERS_MAX: usize = 100;
/// Most visitors whose browsers have the id of the browser that signed in: one, unless its links were passed on.
const BROWSERS_MAX: i64 = 20;
/// Most keys read at start.
const WARM_KEYS_MAX: usize = 8_192;
/// Lifetime of a sign-in link, in ms.
const LOGIN_LIFE_MS: i64 = 10 * 60_000;
/// Lifetime of a session, in ms.
pub const SESSION_LIFE_MS: i64 = 14 * DAY_MS;

/// A member of a brand, authenticated by a Shopify session token, a session cookie, or as the operator.
#[derive(Clone, Debug)]
pub struct Merchant {
    brand: Brand,
    actor: String,
    shop: Option<ShopDomain>,
    is_sandbox: bool,
    role: Role,
    account: Option<AccountId>,
    /// What a key is limited to; `None` for people and for keys without limits.
    scopes: Option<Vec<Scope>>,
}

/// Whether these scopes allow this; without a limit everything is allowed.
fn allow(scopes: Option<&[Scope]>, scope: Scope) -> bool {
    scopes.is_none_or(|scopes| scopes.iter().any(|own| own.allows(scope)))
}

/// A [`Merchant`] who may do everything: pay out, change the policy and the team, manage keys, delete.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a>(&'a Merchant);

impl Deref for Owner<'_> {
    type Target = Merchant;

    fn deref(&self) -> &Merchant {
        self.0
    }
}

impl Merchant {
    /// The owner's right.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if they are a member who is no owner.
    pub fn owner(&self) -> Result<Owner<'_>, FlowError> {
        match self.role {
            Role::Owner => Ok(Owner(self)),
            Role::Member => Err(FlowError::OwnerOnly),
        }
    }

    /// The role. Who comes from the Shopify admin, with a key, or with a link that the operator made, is an owner.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether it may do this with the unified API.
    pub(crate) fn may(&self, scope: Option<Scope>) -> bool {
        scope.is_none_or(|scope| allow(self.scopes.as_deref(), scope))
    }

    /// The account with which they signed in by e-mail; `None` if they came another way.
    pub fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// The brand.
    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// The brand's id.
    pub(crate) fn id(&self) -> &BrandId {
        &self.brand.id
    }

    /// The actor named in the audit log: `shopify user 123`, `account acc_…`, `member` or `cli`.
    pub(crate) fn actor(&self) -> &str {
        &self.actor
    }

    /// Whether the brand is the sandbox of another one.
    pub fn is_sandbox(&self) -> bool {
        self.is_sandbox
    }

    /// The shop whose Shopify admin embeds the page; `None` outside the admin.
    pub fn shop(&self) -> Option<&ShopDomain> {
        self.shop.as_ref()
    }
}

/// A signed-in creator.
#[derive(Clone, Debug)]
pub struct CreatorSession {
    brand: Brand,
    creator: CreatorId,
    email: Option<String>,
}

impl CreatorSession {
    /// The brand that the creator belongs to.
    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// The creator.
    pub fn creator(&self) -> &CreatorId {
        &self.creator
    }

    /// The address with which they signed in; `None` if it was with a link that the brand made, which anybody of the brand
    /// may have used.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
}

/// A person who signed in by e-mail.
#[derive(Clone, Debug)]
pub struct Person {
    account: Account,
    token: [u8; 32],
}

impl Person {
    /// The account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The hash of their session's token.
    pub(crate) fn token(&self) -> &[u8; 32] {
        &self.token
    }
}

/// Whom a session cookie is of.
#[derive(Clone, Debug)]
pub enum SessionCaller {
    /// A member of a brand.
    Member(Box<Merchant>),
    /// A creator.
    Creator(Box<CreatorSession>),
}

/// A program authenticated by an API key.
#[derive(Clone, Debug)]
pub struct ApiCaller {
    brand: BrandId,
    kind: KeyKind,
    is_test: bool,
    key: KeyId,
    scopes: Option<Vec<Scope>>,
    api_version: Option<String>,
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

    /// The key's public id, for logs.
    pub fn key(&self) -> &KeyId {
        &self.key
    }

    /// Whether the key may do this with the unified API.
    pub fn may(&self, scope: Scope) -> bool {
        allow(self.scopes.as_deref(), scope)
    }

    /// The caller, if the key may do this.
    ///
    /// # Errors
    /// `FlowError::Forbidden` if it may not.
    pub fn allowed(self, scope: Option<Scope>) -> Result<Self, FlowError> {
        match scope {
            Some(scope) if !self.may(scope) => Err(FlowError::Forbidden(scope)),
            _ => Ok(self),
        }
    }

    /// What the key may do with the unified API; everything if `None`.
    pub fn scopes(&self) -> Option<&[Scope]> {
        self.scopes.as_deref()
    }

    /// The version of the unified API that the key is pinned to.
    pub fn api_version(&self) -> Option<&str> {
        self.api_version.as_deref()
    }
}

/// The operator at the server's own command line; may do anything.
#[derive(Clone, Copy, Debug)]
pub struct Operator(());

impl Operator {
    /// The right of whoever holds the keys of this installation, which only its own configuration has.
    pub fn with_keys(_keys: &Vault) -> Self {
        Self(())
    }
}

impl Access<'_> {
    /// Remembers that a browser signed in as a creator, and settles the browser's orders again. `pv_id` is its visitor
    /// id, as the cookie has it; anything else is ignored.
    pub async fn remember_browser(self, session: &CreatorSession, pv_id: &str) -> Result<(), FlowError> {
        if !wire::is_uuid(pv_id.as_bytes()) {
            return Ok(());
        }
        let (brand, pv_id) = (&session.brand().id, pv_id.to_ascii_lowercase());
        if !self.store.put_creator_visitor(brand, session.creator(), &pv_id, self.now()).await? {
            return Ok(());
        }
        // The pixel's id is another than the cookie's; a link has brought this one to it.
        let mut visitors = self.store.visitors_with_alias(brand, &pv_id, BROWSERS_MAX).await?;
        visitors.insert(0, pv_id);
        let visitors: Vec<Identity> = visitors.into_iter().map(Identity::Visitor).collect();
        let same = self.store.identities_of(brand, &visitors).await?;
        let orders: BTreeSet<&str> = same.iter().flatten().filter_map(Identity::order).collect();
        for order_id in orders.into_iter().take(ORDERS_MAX) {
            let order = OrderRef { brand: brand.clone(), order_id: order_id.to_owned() };
            self.orders().queue_settlement(&order).await?;
        }
        Ok(())
    }

    /// Proves a client by the brand's public key and a secret (a server key of the brand).
    pub async fn caller_by_secret(self, public_key: &str, secret: &str) -> Result<ApiCaller, FlowError> {
        let caller = self.api_caller(secret).await?;
        let public = self.api_caller(public_key).await?;
        let is_server = caller.kind() == KeyKind::Server;
        if is_server && public.brand() == caller.brand() { Ok(caller) } else { Err(FlowError::Unauthorized) }
    }

    /// Authenticates an API key. Unknown, revoked and wrong keys cannot be told apart, not even by timing: the stored
    /// hash, or a dummy, is always compared.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the key is malformed, unknown, revoked or wrong.
    pub async fn api_caller(self, text: &str) -> Result<ApiCaller, FlowError> {
        let key = ApiKey::parse(text).ok_or(FlowError::Unauthorized)?;
        let read = async { Ok(self.store.key(&key.id).await?) };
        let record = self.keys.get(key.id.clone(), self.now(), read).await?;
        let stored = record.as_ref().map_or([0; 32], |record| record.secret_hash);
        let is_match = bool::from(stored.ct_eq(&key.secret_hash()));
        match record {
            Some(record)
                if is_match
                    && record.revoked_at.is_none()
                    && record.expires_at.is_none_or(|end| end > self.now())
                    && record.kind == key.kind =>
            {
                Ok(ApiCaller {
                    brand: record.brand,
                    kind: record.kind,
                    is_test: record.is_test,
                    key: record.id,
                    scopes: record.scopes,
                    api_version: record.api_version,
                })
            }
            _ => Err(FlowError::Unauthorized),
        }
    }

    /// Reads the live keys of all brands into memory, so that they work even if the database goes away now. Returns how
    /// many.
    ///
    /// # Errors
    /// `FlowError::Store` only; what was read until then stays in memory.
    pub async fn warm(self) -> Result<usize, FlowError> {
        let now = self.now();
        let mut count = 0;
        for brand in self.store.brand_ids().await? {
            for key in self.store.keys(&brand).await?.into_iter().filter(|key| key.revoked_at.is_none()) {
                if count == WARM_KEYS_MAX {
                    return Ok(count);
                }
                self.keys.put(key.id.clone(), Some(key), now);
                count += 1;
            }
        }
        Ok(count)
    }

    /// Lets a server key act as a member; a test key in a brand of its own, which is added on first use.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if it is no server key; `FlowError::Disabled` if the brand has uninstalled the app.
    pub(crate) async fn merchant_by_key(self, caller: &ApiCaller) -> Result<Merchant, FlowError> {
        if caller.kind != KeyKind::Server {
            return Err(FlowError::Unauthorized);
        }
        let live = self.store.brand(&caller.brand).await?.ok_or(FlowError::Unauthorized)?;
        let shops = self.store.shops_of(&live.id).await?;
        if !shops.is_empty() && shops.iter().all(Shop::is_gone) {
            return Err(FlowError::Disabled);
        }
        let brand = if caller.is_test { self.test_brand(live).await? } else { live };
        let (actor, is_sandbox) = (format!("key {}", caller.key.0), caller.is_test);
        let scopes = caller.scopes.clone();
        Ok(Merchant { brand, actor, shop: None, is_sandbox, role: Role::Owner, account: None, scopes })
    }

    /// The sandbox of a brand, with the brand's settings.
    async fn test_brand(self, live: Brand) -> Result<Brand, FlowError> {
        if let Some(test) = self.follow_settings(&live).await? {
            return Ok(test);
        }
        let now = self.now();
        let id = BrandId::new(now.0, self.random());
        let test = Brand { id, name: format!("{} (test)", live.name), created_at: now, ..live.clone() };
        self.store.put_test_brand(&live.id, &test).await?;
        if let Some(stored) = self.store.test_brand_of(&live.id).await? {
            self.models().schedule(&stored).await?;
        }
        self.follow_settings(&live).await?.ok_or(FlowError::NotFound("brand"))
    }

    /// Copies a brand's settings to its sandbox, and returns the sandbox; `None` if there is none.
    pub(crate) async fn follow_settings(self, live: &Brand) -> Result<Option<Brand>, FlowError> {
        let Some(id) = self.store.test_brand_of(&live.id).await? else { return Ok(None) };
        let before = self.store.brand(&id).await?.ok_or(FlowError::NotFound("brand"))?;
        let keeps_zone = live.zone != before.zone && self.store.has_counted(&id).await?;
        let after = Brand {
            zone: if keeps_zone { before.zone.clone() } else { live.zone.clone() },
            currency: live.currency,
            policies: live.policies.clone(),
            settings: Settings { sample: None, ..live.settings.clone() },
            destination_hosts: live.destination_hosts.clone(),
            ..before.clone()
        };
        if after != before {
            let entry = self.audit("sandbox", "brand.settings", &live.id);
            // If it changed meanwhile, it follows at the next use.
            self.store.update_brand_settings(&before, &after, &entry).await?;
        }
        Ok(Some(after))
    }

    /// Authenticates a member by a Shopify session token. Also installs the app by token exchange, on a shop's first
    /// visit or when its tokens are missing or can no longer be refreshed.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the token is invalid or Shopify refuses the exchange; `FlowError::Shopify` if
    /// Shopify fails.
    pub async fn merchant_by_session_token(self, token: &str) -> Result<Merchant, FlowError> {
        let credentials = self.shopify_credentials().ok_or(FlowError::Unauthorized)?;
        let proof = session_token::verify(credentials, token, self.now()).map_err(|error| {
            tracing::debug!(%error, "session token refused");
            FlowError::Unauthorized
        })?;
        let shop = match self.store.shop(&proof.shop).await? {
            Some(shop) if shop.uninstalled_at.is_none() && !shop.needs_reauth && shop.tokens.is_some() => shop,
            _ => self.installs().install_by_token(&proof.shop, token).await?,
        };
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::NotFound("brand"))?;
        Ok(Merchant {
            brand,
            actor: format!("shopify user {}", proof.user),
            shop: Some(shop.domain),
            is_sandbox: false,
            role: Role::Owner,
            account: None,
            scopes: None,
        })
    }

    /// Authenticates a session cookie, of a member or a creator; with the person, if they signed in by e-mail.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the session is unknown or expired.
    pub async fn by_session(self, token: &str) -> Result<(SessionCaller, Option<Person>), FlowError> {
        let session = self.session(token).await?;
        let person = match &session.account {
            Some(account) => Some(Person {
                account: self.store.account(account).await?.ok_or(FlowError::Unauthorized)?,
                token: token_hash(token),
            }),
            None => None,
        };
        let brand = self.store.brand(&session.principal.brand).await?.ok_or(FlowError::Unauthorized)?;
        let caller = match session.principal.creator.clone() {
            Some(creator) => {
                let email = person.as_ref().map(|person| person.account.address.email.clone());
                SessionCaller::Creator(Box::new(CreatorSession { brand, creator, email }))
            }
            None => SessionCaller::Member(Box::new(member(brand, &session))),
        };
        Ok((caller, person))
    }

    /// Authenticates a member by a session cookie.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the session is unknown, expired or a creator's.
    pub async fn merchant_by_session(self, token: &str) -> Result<Merchant, FlowError> {
        match self.by_session(token).await? {
            (SessionCaller::Member(merchant), _) => Ok(*merchant),
            (SessionCaller::Creator(_), _) => Err(FlowError::Unauthorized),
        }
    }

    /// Authenticates a creator by a session cookie.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the session is unknown, expired or not a creator's.
    pub async fn creator_by_session(self, token: &str) -> Result<CreatorSession, FlowError> {
        match self.by_session(token).await? {
            (SessionCaller::Creator(creator), _) => Ok(*creator),
            (SessionCaller::Member(_), _) => Err(FlowError::Unauthorized),
        }
    }

    /// Lets the operator act for a brand from the command line.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such brand.
    pub async fn merchant_by_operator(self, _operator: Operator, brand: &BrandId) -> Result<Merchant, FlowError> {
        let brand = self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))?;
        let is_sandbox = self.store.live_brand_of(&brand.id).await?.is_some();
        let actor = "cli".to_owned();
        Ok(Merchant { brand, actor, shop: None, is_sandbox, role: Role::Owner, account: None, scopes: None })
    }

    /// The person of a session cookie.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the session is unknown or expired, or began with a link that the brand or its operator
    /// made: nobody's address is known then.
    pub async fn person_by_session(self, token: &str) -> Result<Person, FlowError> {
        self.by_session(token).await?.1.ok_or(FlowError::Unauthorized)
    }

    /// A session, which is noted as used once an hour.
    async fn session(self, token: &str) -> Result<Session, FlowError> {
        let (hash, now) = (token_hash(token), self.now());
        let session = self.store.session(hash, now).await?.ok_or(FlowError::Unauthorized)?;
        if session.last_seen_at.plus_ms(HOUR_MS) <= now
            && let Err(error) = self.store.touch_session(hash, now).await
        {
            tracing::warn!(%error, "a session was not noted as used");
        }
        Ok(session)
    }

    /// Creates a single-use sign-in link, valid for ten minutes, for one of the brand's creators, or for a member if
    /// `creator` is `None`. Only the token's hash is stored.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks: whoever opens the link is the creator for two weeks, also after the member
    /// has left the team. `FlowError::NotFound` if the creator is not the brand's.
    pub async fn sign_in_link(self, merchant: &Merchant, creator: Option<&CreatorId>) -> Result<String, FlowError> {
        merchant.owner()?;
        if let Some(creator) = creator {
            self.store.creator(merchant.id(), creator).await?.ok_or(FlowError::NotFound("creator"))?;
            if self.creators().is_erased(merchant, creator).await? {
                return Err(FlowError::NotFound("creator"));
            }
        }
        let token = hex(&self.random::<32>());
        let principal = Principal { brand: merchant.id().clone(), creator: creator.cloned() };
        let subject = creator.map_or("member", CreatorId::as_str);
        let entry = self.audit(merchant.actor(), "access.sign_in_link", subject);
        self.store.put_login(token_hash(&token), &principal, self.now().plus_ms(LOGIN_LIFE_MS), &entry).await?;
        Ok(format!("{}/sign-in/{token}", self.settings.public_url))
    }

    /// Whether a sign-in link is valid, without using it up: mail scanners open links too.
    pub async fn sign_in_link_works(self, token: &str) -> Result<bool, FlowError> {
        Ok(self.store.login(token_hash(token), self.now()).await?.is_some())
    }

    /// Uses up a sign-in link. Returns the new session's token, and whether the session is a creator's.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the link is unknown, used or expired.
    pub async fn sign_in(self, token: &str) -> Result<(String, bool), FlowError> {
        let session = hex(&self.random::<32>());
        let now = self.now();
        let activation = self.activation_events(token).await?;
        let expires_at = UnixMs(now.0 + SESSION_LIFE_MS);
        let principal = self
            .store
            .use_login(token_hash(token), token_hash(&session), now, expires_at, &activation)
            .await?
            .ok_or(FlowError::Unauthorized)?;
        Ok((session, principal.creator.is_some()))
    }

    /// The events of a sign-in with this link, should it be its creator's first.
    async fn activation_events(self, token: &str) -> Result<NewEvents, FlowError> {
        let principal = self.store.login(token_hash(token), self.now()).await?;
        match principal {
            Some(principal) => self.activation_events_of(&principal).await,
            None => Ok(NewEvents::default()),
        }
    }

    /// The events of a sign-in, should it be a creator's first.
    pub(crate) async fn activation_events_of(self, principal: &Principal) -> Result<NewEvents, FlowError> {
        let Principal { brand, creator: Some(creator) } = principal else { return Ok(NewEvents::default()) };
        let Some(creator) = self.store.creator(brand, creator).await? else { return Ok(NewEvents::default()) };
        let mut draft = self.outbound().draft(brand);
        let data = CreatorData { creator: CreatorProfile::from(&creator), changed: Vec::new() };
        for data in [EventData::InvitationAccepted(data.clone()), EventData::CreatorActivated(data)] {
            draft.add(&data, &creator.id, &creator.id);
        }
        Ok(draft.into_events())
    }

    /// Ends a session.
    pub async fn sign_out(self, token: &str) -> Result<(), FlowError> {
        Ok(self.store.end_session(token_hash(token)).await?)
    }
}

/// The member of a session.
fn member(brand: Brand, session: &Session) -> Merchant {
    let account = session.account.clone();
    let actor = account.as_ref().map_or_else(|| "member".to_owned(), |account| format!("account {account}"));
    let role = match (&account, session.role) {
        (_, Some(role)) => role,
        // Links that the operator made are for whoever may do everything.
        (None, None) => Role::Owner,
        (Some(_), None) => Role::Member,
    };
    Merchant { brand, actor, shop: None, is_sandbox: false, role, account, scopes: None }
}
