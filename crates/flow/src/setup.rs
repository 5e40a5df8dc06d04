//! Brand setup: the brand, its API keys, and the health of its data sources.

use domain::{
    BrandId, Currency, UnixMs,
    api_key::{ApiKey, KeyId, KeyKind, KeyRecord},
    brand::{Brand, Settings},
    metadata::Details,
    policy::Policies,
    shop::{Shop, ShopDomain},
    time::Zone,
};
use store::{ingest::PixelHealth, keyset::Keyset, shops::Subscription};

use crate::{
    FlowError, Invalid,
    access::{Merchant, Operator},
    api::API_VERSION,
    stage::Setup,
};

pub use store::audit::LoggedEntry;

/// Prefix of the ids of the audit log's entries.
pub const AUDIT_PREFIX: &str = "aud";

/// A brand from the command line, not yet validated.
#[derive(Clone, Debug, Default)]
pub struct NewBrand {
    /// Its name.
    pub name: String,
    /// IANA time zone; UTC when empty.
    pub zone: String,
    /// ISO 4217 code; USD when empty.
    pub currency: String,
    /// Whether purchases that only a browser reported count.
    pub trust_browser_purchases: bool,
    /// A shop reserved for the brand until it installs the app.
    pub shop: Option<ShopDomain>,
}

/// Health of a brand's data sources.
#[derive(Clone, Debug)]
pub struct Health {
    /// When the pixel last reported each type of event.
    pub pixel: PixelHealth,
    /// The brand's shops with their webhook registrations.
    pub shops: Vec<(Shop, Vec<Subscription>)>,
}

impl Setup<'_> {
    /// The brands, sandboxes left out, oldest first, each with the domains of its shops.
    pub async fn brands(self, _operator: Operator) -> Result<Vec<(Brand, Vec<ShopDomain>)>, FlowError> {
        let mut brands = Vec::new();
        for id in self.store.brand_ids().await? {
            if self.store.live_brand_of(&id).await?.is_some() {
                continue;
            }
            let Some(brand) = self.store.brand(&id).await? else { continue };
            let shops = self.store.shops_of(&id).await?.into_iter().map(|shop| shop.domain).collect();
            brands.push((brand, shops));
        }
        brands.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
        Ok(brands)
    }

    /// Creates a brand, and reserves its shop if one is given.
    ///
    /// # Errors
    /// `FlowError::Invalid` with every fault of the form, or if the shop already has a brand.
    pub async fn create_brand(self, _operator: Operator, new: &NewBrand) -> Result<Brand, FlowError> {
        let mut faults = Vec::new();
        let name = new.name.trim();
        if !Brand::is_name(name) {
            faults.push(format!("name must be 1 to {} characters", Brand::NAME_CHARS_MAX));
        }
        let zone = if new.zone.is_empty() { Ok(Zone::UTC) } else { Zone::try_from(new.zone.clone()) };
        let zone = zone.map_err(|error| faults.push(error.to_string())).ok();
        let currency = if new.currency.is_empty() { Some(Currency::USD) } else { Currency::parse(&new.currency) };
        if currency.is_none() {
            faults.push("currency must be an ISO 4217 code".to_owned());
        }
        let now = self.now();
        let (Some(zone), Some(currency), true) = (zone, currency, faults.is_empty()) else {
            return Err(Invalid(faults).into());
        };
        let brand = Brand {
            id: BrandId::new(now.0, self.random()),
            name: name.to_owned(),
            zone,
            currency,
            policies: Policies::default(),
            settings: Settings::default(),
            trust_browser_purchases: new.trust_browser_purchases,
            destination_hosts: Vec::new(),
            visits_deleted_before: UnixMs(0),
            created_at: now,
        };
        match &new.shop {
            Some(shop) => self.store.create_brand_with_shop(&brand, shop).await?,
            None => self.store.create_brand(&brand).await?,
        }
        self.models().schedule(&brand.id).await?;
        Ok(brand)
    }

    /// Creates an API key. Its text is returned only here and cannot be recovered.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if the brand holds sample data, beside which a
    /// program would write.
    pub async fn create_key(
        self,
        merchant: &Merchant,
        kind: KeyKind,
        is_test: bool,
    ) -> Result<(KeyId, String), FlowError> {
        merchant.owner()?;
        if merchant.brand().settings.sample.is_some() && !self.settings.is_demo {
            return Err(
                Invalid::one("the brand holds sample data: clear it before a program writes to the brand").into()
            );
        }
        let key = ApiKey::new(kind, is_test, self.random(), self.random());
        let now = self.now();
        let record = KeyRecord {
            id: key.id.clone(),
            brand: merchant.id().clone(),
            kind,
            is_test,
            secret_hash: key.secret_hash(),
            created_at: now,
            updated_at: now,
            revoked_at: None,
            expires_at: None,
            scopes: None,
            // Its clients are written for this version, and keep it when there is a later one.
            api_version: (kind == KeyKind::Server).then(|| API_VERSION.to_owned()),
        };
        let entry = self.audit(merchant.actor(), "key.create", &key.id.0);
        self.store.create_key(&record, &Details::default(), &entry).await?;
        Ok((key.id.clone(), key.reveal()))
    }

    /// The brand's keys, newest first.
    pub async fn keys(self, merchant: &Merchant) -> Result<Vec<KeyRecord>, FlowError> {
        Ok(self.store.keys(merchant.id()).await?)
    }

    /// Revokes a key: immediately on this replica, within seconds on others.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::NotFound` if the brand has no such live key.
    pub async fn revoke_key(self, merchant: &Merchant, id: &KeyId) -> Result<(), FlowError> {
        merchant.owner()?;
        let entry = self.audit(merchant.actor(), "key.revoke", &id.0);
        let is_done = self.store.revoke_key(merchant.id(), id, self.now(), &entry).await?;
        self.keys.forget(id);
        if is_done { Ok(()) } else { Err(FlowError::NotFound("key")) }
    }

    /// The health of the brand's data sources.
    pub async fn health(self, merchant: &Merchant) -> Result<Health, FlowError> {
        let pixel = self.store.pixel_health(merchant.id()).await?;
        let mut shops = Vec::new();
        for shop in self.store.shops_of(merchant.id()).await? {
            let subscriptions = self.store.subscriptions(&shop.domain).await?;
            shops.push((shop, subscriptions));
        }
        Ok(Health { pixel, shops })
    }

    /// A page of the brand's audit log. `about` keeps the entries about one kind of thing, such as `key`: those whose
    /// action begins with it and a dot.
    pub async fn audit_log(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        about: Option<&str>,
    ) -> Result<Vec<LoggedEntry>, FlowError> {
        Ok(self.store.audit_log(merchant.id(), keyset, about).await?)
    }
}
