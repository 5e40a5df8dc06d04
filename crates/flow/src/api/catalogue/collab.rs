//! Collabs through the unified API.

use domain::{
    CollabId, UnixMs,
    catalogue::{Collab, CollabLink, CollabStatus, Discount, Slug},
    link::{ContentType, check_destination},
    outbound::{CollabData, CreatorRef, EventData, LinkRef},
};
use store::objects::{Keyset, Object};

use super::{Catalogued, ItemQuery, Planned, field::Faults, product::destination};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{
        Claim,
        write::{Done, Intent, Render, WriteError},
    },
    link::{NewLink, promo_code},
    stage::Api,
};

/// What a client may say about a collab. What is absent stays as it is; `Some(None)` removes it.
#[derive(Clone, Debug, Default)]
pub struct CollabFields {
    /// The creator's id. Of a new collab only.
    pub creator: Option<String>,
    /// The tier of this collaboration.
    pub tier: Option<Option<String>>,
    /// The discount code.
    pub affiliate_code: Option<Option<String>>,
    /// What it saves.
    pub discount: Option<Option<Discount>>,
    /// An existing commission rule's id.
    pub rule: Option<Option<String>>,
    /// When it began.
    pub started_at: Option<Option<UnixMs>>,
    /// Where it stands.
    pub status: Option<CollabStatus>,
    /// The name of its page.
    pub slug: Option<Option<String>>,
    /// What the page says first.
    pub intro: Option<Option<String>>,
    /// Where its link leads.
    pub destination: Option<Option<String>>,
}

impl CollabFields {
    fn apply(&self, merchant: &Merchant, mut collab: Collab) -> Result<Collab, FlowError> {
        let mut faults = Faults::default();
        faults.set(&mut collab.tier, self.tier.as_ref(), |faults, text: &str| faults.line(text, "tier"));
        faults.set(&mut collab.affiliate_code, self.affiliate_code.as_ref(), |faults, text: &str| {
            let code = promo_code(text).ok().flatten();
            if code.is_none() {
                faults.push("affiliate_code must be 1 to 255 characters, without line breaks");
            }
            code
        });
        collab.discount = self.discount.unwrap_or(collab.discount);
        faults.set(&mut collab.rule, self.rule.as_ref(), |faults, id: &str| faults.id(id, "the commission rule"));
        collab.started_at = self.started_at.unwrap_or(collab.started_at);
        collab.status = self.status.unwrap_or(collab.status);
        faults.set(&mut collab.slug, self.slug.as_ref(), |faults, text: &str| {
            let slug = Slug::parse(text);
            if slug.is_none() {
                faults.push("slug must be 1 to 64 lower-case letters, digits and dashes, without a dash at either end");
            }
            slug
        });
        faults.set(&mut collab.intro, self.intro.as_ref(), |faults, text: &str| faults.text(text, "intro"));
        faults.set(&mut collab.destination, self.destination.as_ref(), |faults, url: &str| {
            destination(faults, merchant, url, "destination")
        });
        faults.or(collab)
    }
}

#[async_trait::async_trait]
impl Catalogued for Collab {
    type Fields = CollabFields;

    const ACTIONS: [&'static str; 2] = ["collab.create", "collab.update"];
    const NOUN: &'static str = "collab";

    async fn new(api: Api<'_>, merchant: &Merchant, fields: &CollabFields) -> Result<Planned<Self>, FlowError> {
        let now = api.now();
        let creator = fields.creator.as_deref().ok_or_else(|| Invalid::one("creator is required"))?;
        let creator = api.named_creator(merchant, creator).await?;
        let empty = Self {
            id: CollabId::new(now.0, api.random()),
            creator: creator.ok_or_else(|| Invalid::one("the creator does not exist"))?,
            tier: None,
            affiliate_code: None,
            discount: None,
            rule: None,
            started_at: None,
            status: CollabStatus::default(),
            slug: None,
            intro: None,
            destination: None,
            link: None,
            created_at: now,
        };
        let collab = fields.apply(merchant, empty)?;
        api.with_link(merchant, collab).await
    }

    async fn changed(
        self,
        api: Api<'_>,
        merchant: &Merchant,
        fields: &CollabFields,
    ) -> Result<Planned<Self>, FlowError> {
        if api.is_other_creator(merchant, fields.creator.as_ref(), Some(&self.creator)).await? {
            return Err(Invalid::one("creator of a collab cannot change; create another collab").into());
        }
        let before = (self.affiliate_code.clone(), self.destination.clone());
        let collab = fields.apply(merchant, self)?;
        let is_same = before == (collab.affiliate_code.clone(), collab.destination.clone());
        // Orders may be settled by the former link and its code again, so they stay as they are.
        if is_same && collab.link.is_some() { Ok(collab.into()) } else { api.with_link(merchant, collab).await }
    }

    async fn event(
        &self,
        _api: Api<'_>,
        _merchant: &Merchant,
        creator: CreatorRef,
        before: Option<&Self>,
    ) -> Result<Option<EventData>, FlowError> {
        let link = self.link.as_ref().map(|link| LinkRef { id: link.id.clone(), code: link.code });
        let data = CollabData { collab_id: self.id.to_string(), creator, code: self.affiliate_code.clone(), link };
        Ok(before.is_none().then_some(EventData::CollabCreated(data)))
    }
}

impl Api<'_> {
    /// Plans a collab's link, which carries its discount code.
    async fn with_link(self, merchant: &Merchant, mut collab: Collab) -> Result<Planned<Collab>, FlowError> {
        let destination = match &collab.destination {
            Some(url) => Some(url.as_str().to_owned()),
            None => self.shop_url(merchant).await?,
        };
        let Some(destination) = destination else {
            if collab.affiliate_code.is_some() {
                let fault = "destination is required with affiliate_code, since the brand has no shop to lead to";
                return Err(Invalid::one(fault).into());
            }
            collab.link = None;
            return Ok(collab.into());
        };
        let new = NewLink {
            destination,
            creator: collab.creator.to_string(),
            content_type: ContentType::Affiliate.as_str().to_owned(),
            promo_code: collab.affiliate_code.clone().unwrap_or_default(),
            ..NewLink::default()
        };
        let link = self.links().plan(merchant, &new)?;
        collab.link = Some(CollabLink { id: link.id.clone(), code: link.code });
        let links = vec![self.item_link(merchant, link)];
        Ok(Planned { item: collab, links, page: None, has_moved: false })
    }

    /// The brand's shop, if links may lead there.
    async fn shop_url(self, merchant: &Merchant) -> Result<Option<String>, FlowError> {
        let brand = merchant.brand();
        let shops = self.store.shops_of(merchant.id()).await?;
        let shops = shops.iter().filter(|shop| !shop.is_gone()).map(|shop| shop.domain.to_string());
        let hosts = brand.settings.storefront_hosts.iter().cloned().chain(shops);
        let mut urls = hosts.map(|host| format!("https://{host}/"));
        Ok(urls.find(|url| check_destination(url, &brand.destination_hosts).is_ok()))
    }

    /// A page of collabs.
    pub async fn collabs_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        query: ItemQuery,
    ) -> Result<Vec<Object<Collab>>, FlowError> {
        self.items(merchant, keyset, query).await
    }

    /// One collab.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such collab.
    pub async fn collab(self, merchant: &Merchant, id: &str) -> Result<Object<Collab>, FlowError> {
        self.item(merchant, id).await
    }

    /// Writes collabs. Each gets a link; another one when its discount code or destination changes.
    ///
    /// # Errors
    /// What is wrong, if `render` gives no answer for it.
    pub async fn write_collabs(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<CollabFields>, Invalid>],
        render: Render<'_, Planned<Collab>>,
    ) -> Result<Done, WriteError> {
        self.write_items(merchant, claim, intents, render).await
    }
}
