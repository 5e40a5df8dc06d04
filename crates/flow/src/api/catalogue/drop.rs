//! Drops through the unified API.

use std::collections::{HashMap, HashSet};

use domain::{
    CreatorId, DropId, ProductId,
    catalogue::{Collab, DROP_PRODUCTS_MAX, DropProduct, Item, ProductDrop},
    link::ContentType,
    outbound::{CreatorRef, DropData, EventData},
};
use store::{
    catalogue_change::ItemLink,
    objects::{Keyset, Object},
};

use super::{Catalogued, ItemQuery, Planned, field::Faults};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{
        Claim,
        write::{Done, Intent, Render, WriteError},
    },
    link::NewLink,
    stage::Api,
};

/// A product of a drop.
#[derive(Clone, Debug)]
pub struct ProductOfDrop {
    /// The product's id.
    pub product: String,
    /// What the creator says about it.
    pub note: Option<String>,
    /// A picture of theirs.
    pub media_url: Option<String>,
}

/// What a client may say about a drop. What is absent stays as it is; `Some(None)` removes it.
#[derive(Clone, Debug, Default)]
pub struct DropFields {
    /// The collab on whose page it is. Of a new drop only.
    pub collab: Option<String>,
    /// The creator. Of a new drop only; the collab's if absent.
    pub creator: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<Option<String>>,
    /// Its products, in order.
    pub products: Option<Vec<ProductOfDrop>>,
    /// Whether it is published.
    pub is_published: Option<bool>,
}

impl DropFields {
    fn apply(&self, api: Api<'_>, mut drop: ProductDrop) -> Result<ProductDrop, FlowError> {
        let mut faults = Faults::default();
        if let Some(title) = &self.title {
            drop.title = faults.line(title, "title").unwrap_or_default();
        } else if drop.title.is_empty() {
            faults.push("title is required");
        }
        faults.set(&mut drop.description, self.description.as_ref(), |faults, text: &str| {
            faults.text(text, "description")
        });
        if let Some(products) = &self.products {
            drop.products = read_products(&mut faults, products);
        }
        drop.published_at = match self.is_published {
            Some(true) => drop.published_at.or(Some(api.now())),
            Some(false) => None,
            None => drop.published_at,
        };
        faults.or(drop)
    }
}

fn read_products(faults: &mut Faults, products: &[ProductOfDrop]) -> Vec<DropProduct> {
    if products.len() > DROP_PRODUCTS_MAX {
        faults.push(format!("products must be at most {DROP_PRODUCTS_MAX}"));
        return Vec::new();
    }
    let mut known = HashSet::new();
    let mut read = Vec::with_capacity(products.len());
    for one in products {
        let note = one.note.as_deref().and_then(|text| faults.text(text, "note of a product"));
        let media_url = one.media_url.as_deref().and_then(|url| faults.url(url, "media_url of a product"));
        let Some(product) = faults.id::<ProductId>(&one.product, "a product") else { continue };
        if !known.insert(product.clone()) {
            faults.push("products must name each product once");
        }
        read.push(DropProduct { product, note, media_url });
    }
    read
}

/// Reads whose a new drop is.
async fn owners(
    api: Api<'_>,
    merchant: &Merchant,
    fields: &DropFields,
) -> Result<(CreatorId, Option<domain::CollabId>), FlowError> {
    let named: Option<CreatorId> = match &fields.creator {
        Some(id) => {
            let named = api.named_creator(merchant, id).await?;
            Some(named.ok_or_else(|| Invalid::one("the creator does not exist"))?)
        }
        None => None,
    };
    let Some(id) = &fields.collab else {
        return Ok((named.ok_or_else(|| Invalid::one("collab is required, or creator"))?, None));
    };
    let found = api.find_item::<Collab>(merchant, id).await?;
    let collab = found.ok_or_else(|| Invalid::one("the collab does not exist"))?.value;
    if named.is_some_and(|creator| creator != collab.creator) {
        return Err(Invalid::one("creator is not the collab's").into());
    }
    Ok((collab.creator, Some(collab.id)))
}

#[async_trait::async_trait]
impl Catalogued for ProductDrop {
    type Fields = DropFields;

    const ACTIONS: [&'static str; 2] = ["drop.create", "drop.update"];
    const NOUN: &'static str = "drop";

    async fn new(api: Api<'_>, merchant: &Merchant, fields: &DropFields) -> Result<Planned<Self>, FlowError> {
        let now = api.now();
        let (creator, collab) = owners(api, merchant, fields).await?;
        let empty = Self {
            id: DropId::new(now.0, api.random()),
            creator,
            collab,
            title: String::new(),
            description: None,
            products: Vec::new(),
            published_at: None,
            created_at: now,
        };
        let drop = fields.apply(api, empty)?;
        let links = api.product_links(merchant, &drop).await?;
        Ok(Planned { item: drop, links, page: None, has_moved: false })
    }

    async fn changed(self, api: Api<'_>, merchant: &Merchant, fields: &DropFields) -> Result<Planned<Self>, FlowError> {
        let collab = self.collab.as_ref().map(domain::CollabId::as_str);
        let is_others = fields.collab.as_ref().is_some_and(|id| Some(id.as_str()) != collab)
            || api.is_other_creator(merchant, fields.creator.as_ref(), Some(&self.creator)).await?;
        if is_others {
            return Err(Invalid::one("collab and creator of a drop cannot change; create another drop").into());
        }
        let drop = fields.apply(api, self)?;
        let links = api.product_links(merchant, &drop).await?;
        Ok(Planned { item: drop, links, page: None, has_moved: false })
    }

    async fn event(
        &self,
        api: Api<'_>,
        merchant: &Merchant,
        creator: CreatorRef,
        before: Option<&Self>,
    ) -> Result<Option<EventData>, FlowError> {
        let data = DropData {
            drop_id: self.id.to_string(),
            creator,
            title: self.title.clone(),
            products: api.names_of(merchant, self).await?,
            is_published: self.published_at.is_some(),
        };
        Ok(Some(if before.is_some() { EventData::DropUpdated(data) } else { EventData::DropCreated(data) }))
    }
}

impl Api<'_> {
    /// Plans the creator's links to those products of a drop to which they have none yet.
    async fn product_links(self, merchant: &Merchant, drop: &ProductDrop) -> Result<Vec<ItemLink>, FlowError> {
        let known = self.store.product_links(merchant.id(), &drop.creator).await?;
        let known: HashSet<ProductId> = known.into_iter().map(|(product, _)| product).collect();
        let missing = drop.products.iter().filter(|shown| !known.contains(&shown.product));
        let missing: Vec<String> = missing.map(|shown| shown.product.to_string()).collect();
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let mut links = Vec::new();
        for object in self.store.items(merchant.id(), &missing).await? {
            let Item::Product(product) = object.value else { continue };
            let Some(url) = product.product_url else { continue };
            let new = NewLink {
                destination: url.as_str().to_owned(),
                creator: drop.creator.to_string(),
                content_type: ContentType::Affiliate.as_str().to_owned(),
                ..NewLink::default()
            };
            // The brand may have restricted its hosts since: then the page has no link to this product.
            let Ok(link) = self.links().plan(merchant, &new) else { continue };
            links.push(ItemLink { product: Some((product.id, object.updated_at)), ..self.item_link(merchant, link) });
        }
        Ok(links)
    }

    /// The seller's ids of a drop's products, in order; ours where there are none.
    async fn names_of(self, merchant: &Merchant, drop: &ProductDrop) -> Result<Vec<String>, FlowError> {
        let ids: Vec<String> = drop.products.iter().map(|shown| shown.product.to_string()).collect();
        let known = self.store.items(merchant.id(), &ids).await?;
        let names: HashMap<&str, &String> =
            known.iter().filter_map(|object| Some((object.value.id(), object.details.external_id.as_ref()?))).collect();
        Ok(ids.iter().map(|id| (*names.get(id.as_str()).unwrap_or(&id)).clone()).collect())
    }

    /// A page of drops.
    pub async fn drops_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        query: ItemQuery,
    ) -> Result<Vec<Object<ProductDrop>>, FlowError> {
        self.items(merchant, keyset, query).await
    }

    /// One drop.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such drop.
    pub async fn drop(self, merchant: &Merchant, id: &str) -> Result<Object<ProductDrop>, FlowError> {
        self.item(merchant, id).await
    }

    /// Writes drops. The creator gets a link to each product that has a page and to which they have none.
    ///
    /// # Errors
    /// What is wrong, if `render` gives no answer for it.
    pub async fn write_drops(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<DropFields>, Invalid>],
        render: Render<'_, Planned<ProductDrop>>,
    ) -> Result<Done, WriteError> {
        self.write_items(merchant, claim, intents, render).await
    }
}
