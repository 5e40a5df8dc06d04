//! What a brand shows with its creators: products, collabs, drops and content. None of it decides about attribution.

use core::fmt;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    CollabId, ContentId, CreatorId, Currency, DropId, LinkId, ProductId, RuleId, UnixMs,
    id::InvalidId,
    link::{ContentType, DESTINATION_BYTES_MAX, LinkCode, Platform},
    money::AMOUNT_MAX_MINOR,
};

/// Most products of a drop.
pub const DROP_PRODUCTS_MAX: usize = 100;
/// Longest slug, in characters.
pub const SLUG_CHARS_MAX: usize = 64;

/// An absolute https URL without user name or password, fit for a public page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// Parses and normalises a URL; `None` if it is longer than a link's destination may be, not https, or hides where it
    /// leads.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok().filter(|_| text.len() <= DESTINATION_BYTES_MAX)?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_https = url.scheme() == "https" && url.host_str().is_some_and(|host| !host.is_empty());
        (is_plain && is_https).then(|| Self(url.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HttpsUrl {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text).ok_or(InvalidId("https URL"))
    }
}

impl From<HttpsUrl> for String {
    fn from(url: HttpsUrl) -> Self {
        url.0
    }
}

/// The name of a collab's public page in its address: unique in the installation, since the address names no brand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// Parses a slug: lower-case letters, digits and dashes, no dash at either end.
    pub fn parse(text: &str) -> Option<Self> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_slug = (1..=SLUG_CHARS_MAX).contains(&text.len())
            && text.bytes().all(is_letter)
            && !text.starts_with('-')
            && !text.ends_with('-');
        is_slug.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text).ok_or(InvalidId("slug"))
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

/// A product that drops show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its title.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// A picture.
    pub image_url: Option<HttpsUrl>,
    /// Its page in the brand's shop.
    pub product_url: Option<HttpsUrl>,
    /// Its price, in minor units of `currency`.
    pub price_minor: Option<i64>,
    /// The currency of its prices.
    pub currency: Currency,
    /// How many are left; `None` if that is not known.
    pub inventory: Option<i64>,
    /// What it costs through a creator, in minor units of `currency`.
    pub creator_prices: BTreeMap<CreatorId, i64>,
    /// When it was added.
    pub created_at: UnixMs,
}

impl Product {
    /// What it costs through a creator: their price, else everybody's.
    pub fn price_through(&self, creator: &CreatorId) -> Option<i64> {
        self.creator_prices.get(creator).copied().or(self.price_minor)
    }
}

/// What shoppers save with a collab's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Discount {
    /// A part of the price, in basis points.
    Percentage {
        /// The part.
        percent_bp: u32,
    },
    /// An amount.
    Fixed {
        /// Minor units of `currency`.
        amount_minor: i64,
        /// The currency.
        currency: Currency,
    },
}

impl Discount {
    /// A part of the price; `None` unless it is more than nothing and at most all of it.
    pub fn percentage(percent_bp: i64) -> Option<Self> {
        let percent_bp = u32::try_from(percent_bp).ok().filter(|part| (1..=10_000).contains(part))?;
        Some(Self::Percentage { percent_bp })
    }

    /// An amount; `None` if it is not positive or too large.
    pub fn fixed(amount_minor: i64, currency: Currency) -> Option<Self> {
        (1..=AMOUNT_MAX_MINOR).contains(&amount_minor).then_some(Self::Fixed { amount_minor, currency })
    }
}

/// Where a collab stands.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CollabStatus {
    /// The creator is asked.
    Invited,
    /// It goes on.
    #[default]
    Active,
    /// It is over.
    Ended,
}

impl CollabStatus {
    /// The name in the API and the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// The tracking link of a collab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollabLink {
    /// The link.
    pub id: LinkId,
    /// Its code.
    pub code: LinkCode,
}

/// A creator's collaboration with the brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collab {
    /// Its id.
    pub id: CollabId,
    /// The creator.
    pub creator: CreatorId,
    /// The tier of this collaboration, for the brand's own use.
    pub tier: Option<String>,
    /// The discount code that shoppers get, in upper case.
    pub affiliate_code: Option<String>,
    /// What it saves them.
    pub discount: Option<Discount>,
    /// The commission rule that was agreed on.
    pub rule: Option<RuleId>,
    /// When it began.
    pub started_at: Option<UnixMs>,
    /// Where it stands.
    pub status: CollabStatus,
    /// The name of its page; without one it has no page.
    pub slug: Option<Slug>,
    /// What the page says first.
    pub intro: Option<String>,
    /// Where its link leads; the brand's shop if `None`.
    pub destination: Option<HttpsUrl>,
    /// The link that credits the creator with what is bought through it, or with its code.
    pub link: Option<CollabLink>,
    /// When it was added.
    pub created_at: UnixMs,
}

/// A product in a drop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropProduct {
    /// The product.
    pub product: ProductId,
    /// What the creator says about it.
    pub note: Option<String>,
    /// A picture of theirs.
    pub media_url: Option<HttpsUrl>,
}

/// Products that a creator chose, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDrop {
    /// Its id.
    pub id: DropId,
    /// The creator.
    pub creator: CreatorId,
    /// The collab on whose page it is; on the pages of all of the creator's collabs if `None`.
    pub collab: Option<CollabId>,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// Its products.
    pub products: Vec<DropProduct>,
    /// Since when it is published; `None` if it is not.
    pub published_at: Option<UnixMs>,
    /// When it was added.
    pub created_at: UnixMs,
}

/// Figures of a post, as last reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// How often it was viewed.
    pub views: Option<u64>,
    /// How many like it.
    pub likes: Option<u64>,
    /// How many comments it has.
    pub comments: Option<u64>,
}

/// Something that a creator posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Its id.
    pub id: ContentId,
    /// The creator.
    pub creator: CreatorId,
    /// The link that is in it.
    pub link: Option<LinkId>,
    /// The platform on which it was posted.
    pub platform: Option<Platform>,
    /// What it is.
    pub content_type: Option<ContentType>,
    /// Where it is.
    pub url: Option<HttpsUrl>,
    /// Its title.
    pub title: Option<String>,
    /// When it was posted.
    pub posted_at: Option<UnixMs>,
    /// Its picture or film.
    pub media_url: Option<HttpsUrl>,
    /// Its figures.
    pub figures: Figures,
    /// When it was added.
    pub created_at: UnixMs,
}

/// Kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// A product.
    Product,
    /// A collab.
    Collab,
    /// A drop.
    Drop,
    /// A piece of content.
    Content,
}

impl ItemKind {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Collab => "collab",
            Self::Drop => "drop",
            Self::Content => "content",
        }
    }
}

/// An item of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// A product.
    Product(Product),
    /// A collab.
    Collab(Collab),
    /// A drop.
    Drop(ProductDrop),
    /// A piece of content.
    Content(Content),
}

/// What an item names. All of it must be the brand's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// The creator whose item it is. Must not be erased.
    pub creator: Option<CreatorId>,
    /// Creators with a price of their own.
    pub priced: Vec<CreatorId>,
    /// The collab that it belongs to.
    pub collab: Option<CollabId>,
    /// Products in it.
    pub products: Vec<ProductId>,
    /// A link.
    pub link: Option<LinkId>,
    /// A commission rule.
    pub rule: Option<RuleId>,
}

impl Item {
    /// Its kind.
    pub const fn kind(&self) -> ItemKind {
        match self {
            Self::Product(_) => ItemKind::Product,
            Self::Collab(_) => ItemKind::Collab,
            Self::Drop(_) => ItemKind::Drop,
            Self::Content(_) => ItemKind::Content,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Product(item) => item.id.as_str(),
            Self::Collab(item) => item.id.as_str(),
            Self::Drop(item) => item.id.as_str(),
            Self::Content(item) => item.id.as_str(),
        }
    }

    /// When it was added.
    pub const fn created_at(&self) -> UnixMs {
        match self {
            Self::Product(item) => item.created_at,
            Self::Collab(item) => item.created_at,
            Self::Drop(item) => item.created_at,
            Self::Content(item) => item.created_at,
        }
    }

    /// The name of its page, if it has one.
    pub fn slug(&self) -> Option<&Slug> {
        match self {
            Self::Collab(item) => item.slug.as_ref(),
            _ => None,
        }
    }

    /// What it names.
    pub fn references(&self) -> References {
        match self {
            Self::Product(item) => {
                References { priced: item.creator_prices.keys().cloned().collect(), ..References::default() }
            }
            Self::Collab(item) => {
                References { creator: Some(item.creator.clone()), rule: item.rule.clone(), ..References::default() }
            }
            Self::Drop(item) => References {
                creator: Some(item.creator.clone()),
                collab: item.collab.clone(),
                products: item.products.iter().map(|shown| shown.product.clone()).collect(),
                ..References::default()
            },
            Self::Content(item) => {
                References { creator: Some(item.creator.clone()), link: item.link.clone(), ..References::default() }
            }
        }
    }
}

/// One kind of items.
pub trait Entry: Clone + Send + Sync + 'static {
    /// The kind.
    const KIND: ItemKind;

    /// Whether a text is an id of this kind.
    fn is_id(text: &str) -> bool;
    /// As an item of any kind.
    fn into_item(self) -> Item;
    /// As an item of this kind.
    fn from_item(item: Item) -> Option<Self>;
    /// Its id.
    fn id(&self) -> &str;
    /// When it was added.
    fn created_at(&self) -> UnixMs;
}

macro_rules! entries {
    ($($Entry:ident: $variant:ident, $Id:ident;)*) => {$(
        impl Entry for $Entry {
            const KIND: ItemKind = ItemKind::$variant;

            fn is_id(text: &str) -> bool {
                text.parse::<$Id>().is_ok()
            }

            fn into_item(self) -> Item {
                Item::$variant(self)
            }

            fn from_item(item: Item) -> Option<Self> {
                match item {
                    Item::$variant(entry) => Some(entry),
                    _ => None,
                }
            }

            fn id(&self) -> &str {
                self.id.as_str()
            }

            fn created_at(&self) -> UnixMs {
                self.created_at
            }
        }
    )*};
}

entries! {
    Product: Product, ProductId;
    Collab: Collab, CollabId;
    ProductDrop: Drop, DropId;
    Content: Content, ContentId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_https_urls_are_shown() {
        assert_eq!(HttpsUrl::parse(" https://shop.example/a b ").expect("URL").as_str(), "https://shop.example/a%20b");
        let quoted = HttpsUrl::parse("https://shop.example/\"><script>").expect("URL");
        assert_eq!(quoted.as_str(), "https://shop.example/%22%3E%3Cscript%3E");
        for text in [
            "",
            "javascript:alert(1)",
            "JaVaScript:alert(1)//https://a.example",
            "data:text/html,x",
            "http://shop.example/",
            "//shop.example/",
            "/p",
            "https://",
            "https://user@shop.example/",
            "https://user:word@shop.example/",
        ] {
            assert_eq!(HttpsUrl::parse(text), None, "{text}");
        }
        assert_eq!(HttpsUrl::parse(&format!("https://shop.example/{}", "x".repeat(2_048))), None);
    }

    #[test]
    fn slugs_are_lower_case_letters_digits_and_dashes() {
        assert!(Slug::parse("ana-2").is_some() && Slug::parse("7").is_some());
        for text in ["", "-ana", "ana-", "Ana", "a_b", "a/b", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(Slug::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_creators_own_price_comes_first() {
        let (ana, bo) = (CreatorId::new(1, [1; 10]), CreatorId::new(1, [2; 10]));
        let product = Product {
            id: ProductId::new(1, [1; 10]),
            title: "Mug".to_owned(),
            description: None,
            image_url: None,
            product_url: None,
            price_minor: Some(2_000),
            currency: Currency::USD,
            inventory: None,
            creator_prices: BTreeMap::from([(ana.clone(), 1_500)]),
            created_at: UnixMs(1),
        };
        assert_eq!([product.price_through(&ana), product.price_through(&bo)], [Some(1_500), Some(2_000)]);
        assert_eq!(Item::Product(product.clone()).references().priced, [ana]);
        let stored = serde_json::to_string(&Item::Product(product.clone())).expect("JSON");
        assert_eq!(serde_json::from_str::<Item>(&stored).expect("an item"), Item::Product(product));
    }
}
