//! Products through the unified API.

use std::collections::BTreeMap;

use domain::{
    Currency, ProductId,
    catalogue::{HttpsUrl, Product},
    link::check_destination,
};
use store::objects::{Keyset, Object};

use super::{Catalogued, ItemQuery, Planned, field::Faults};
use crate::{
    FlowError, Invalid,
    access::Merchant,
    api::{
        Claim,
        write::{Done, Intent, Render, WriteError},
    },
    stage::Api,
};

/// Most creators with a price of their own.
const CREATOR_PRICES_MAX: usize = 500;

/// What a product costs through a creator.
#[derive(Clone, Debug)]
pub struct CreatorPrice {
    /// The creator's id.
    pub creator: String,
    /// The price in minor units of the product's currency.
    pub price_minor: i64,
}

/// What a client may say about a product. What is absent stays as it is; `Some(None)` removes it.
#[derive(Clone, Debug, Default)]
pub struct ProductFields {
    /// Its title.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<Option<String>>,
    /// A picture.
    pub image_url: Option<Option<String>>,
    /// Its page in the brand's shop.
    pub product_url: Option<Option<String>>,
    /// Its price in minor units.
    pub price_minor: Option<Option<i64>>,
    /// The currency of its prices; of a new product the brand's if absent.
    pub currency: Option<Currency>,
    /// How many are left.
    pub inventory: Option<Option<i64>>,
    /// What it costs through creators.
    pub creator_prices: Option<Vec<CreatorPrice>>,
}

impl ProductFields {
    fn apply(&self, merchant: &Merchant, mut product: Product) -> Result<Planned<Product>, FlowError> {
        let mut faults = Faults::default();
        let url_before = product.product_url.clone();
        if let Some(title) = &self.title {
            product.title = faults.line(title, "title").unwrap_or_default();
        } else if product.title.is_empty() {
            faults.push("title is required");
        }
        faults.set(&mut product.description, self.description.as_ref(), |faults, text: &str| {
            faults.text(text, "description")
        });
        faults.set(&mut product.image_url, self.image_url.as_ref(), |faults, url: &str| faults.url(url, "image_url"));
        faults.set(&mut product.product_url, self.product_url.as_ref(), |faults, url: &str| {
            destination(faults, merchant, url, "product_url")
        });
        faults.set(&mut product.price_minor, self.price_minor.as_ref(), |faults, minor: &i64| {
            faults.amount(*minor, "price_minor")
        });
        product.currency = self.currency.unwrap_or(product.currency);
        product.inventory = self.inventory.unwrap_or(product.inventory);
        if let Some(prices) = &self.creator_prices {
            product.creator_prices = creator_prices(&mut faults, prices);
        }
        let has_moved = product.product_url != url_before;
        faults.or(Planned { item: product, links: Vec::new(), has_moved })
    }
}

/// A URL to which links may lead.
pub(super) fn destination(faults: &mut Faults, merchant: &Merchant, url: &str, field: &str) -> Option<HttpsUrl> {
    let url = faults.url(url, field)?;
    match check_destination(url.as_str(), &merchant.brand().destination_hosts) {
        Ok(_) => Some(url),
        Err(error) => {
            faults.push(format!("{field} {error}"));
            None
        }
    }
}

fn creator_prices(faults: &mut Faults, prices: &[CreatorPrice]) -> BTreeMap<domain::CreatorId, i64> {
    if prices.len() > CREATOR_PRICES_MAX {
        faults.push(format!("creator_prices must be at most {CREATOR_PRICES_MAX}"));
        return BTreeMap::new();
    }
    let mut known = BTreeMap::new();
    for price in prices {
        let creator = faults.id(&price.creator, "a creator with a price");
        let minor = faults.amount(price.price_minor, "price_minor of a creator");
        let (Some(creator), Some(minor)) = (creator, minor) else { continue };
        if known.insert(creator, minor).is_some() {
            faults.push("creator_prices must name each creator once");
        }
    }
    known
}

#[async_trait::async_trait]
impl Catalogued for Product {
    type Fields = ProductFields;

    const ACTIONS: [&'static str; 2] = ["product.create", "product.update"];
    const NOUN: &'static str = "product";

    async fn new(api: Api<'_>, merchant: &Merchant, fields: &ProductFields) -> Result<Planned<Self>, FlowError> {
        let now = api.now();
        let empty = Self {
            id: ProductId::new(now.0, api.random()),
            title: String::new(),
            description: None,
            image_url: None,
            product_url: None,
            price_minor: None,
            currency: merchant.brand().currency,
            inventory: None,
            creator_prices: BTreeMap::new(),
            created_at: now,
        };
        fields.apply(merchant, empty)
    }

    async fn changed(
        self,
        _api: Api<'_>,
        merchant: &Merchant,
        fields: &ProductFields,
    ) -> Result<Planned<Self>, FlowError> {
        fields.apply(merchant, self)
    }
}

impl Api<'_> {
    /// A page of products.
    pub async fn products_page(
        self,
        merchant: &Merchant,
        keyset: &Keyset,
        query: ItemQuery,
    ) -> Result<Vec<Object<Product>>, FlowError> {
        self.items(merchant, keyset, query).await
    }

    /// One product.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such product.
    pub async fn product(self, merchant: &Merchant, id: &str) -> Result<Object<Product>, FlowError> {
        self.item(merchant, id).await
    }

    /// Writes products. Links of creators to a product follow its page.
    ///
    /// # Errors
    /// What is wrong, if `render` gives no answer for it.
    pub async fn write_products(
        self,
        merchant: &Merchant,
        claim: Option<&Claim>,
        intents: &[Result<Intent<ProductFields>, Invalid>],
        render: Render<'_, Planned<Product>>,
    ) -> Result<Done, WriteError> {
        self.write_items(merchant, claim, intents, render).await
    }
}
