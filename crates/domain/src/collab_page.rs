//! A collab's public page: what shoppers see of a creator's collaboration with a brand. No figure about sales is on it.

use std::collections::HashMap;

use crate::{
    Money, ProductId,
    catalogue::{Collab, Discount, DropProduct, HttpsUrl, Product, ProductDrop},
    link::LinkCode,
};

/// Most drops on a page, the newest.
const DROPS_MAX: usize = 20;
/// Most products on a page.
const PRODUCTS_MAX: usize = 200;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollabPage {
    /// The brand's name.
    pub brand: String,
    /// The creator's display name.
    pub creator: String,
    /// What the page says first.
    pub intro: Option<String>,
    /// The discount code.
    pub affiliate_code: Option<String>,
    /// What it saves.
    pub discount: Option<Discount>,
    /// The link to the brand's shop.
    pub link: Option<LinkCode>,
    /// The published drops, the newest first.
    pub drops: Vec<ShownDrop>,
}

/// A drop on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownDrop {
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// Its products, in the creator's order.
    pub products: Vec<ShownProduct>,
}

/// A product on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownProduct {
    /// Its title.
    pub title: String,
    /// What the creator says about it.
    pub note: Option<String>,
    /// The creator's picture, else the product's.
    pub image: Option<HttpsUrl>,
    /// What it costs through the creator.
    pub price: Option<Money>,
    /// What it costs others, if that is more.
    pub price_before: Option<Money>,
    /// Whether none is left.
    pub is_sold_out: bool,
    /// The link through which it is bought.
    pub link: Option<LinkCode>,
}

/// What a page is made of.
#[derive(Clone, Debug)]
pub struct PageParts<'a> {
    /// The brand's name.
    pub brand: &'a str,
    /// The creator's display name.
    pub creator: &'a str,
    /// The collab.
    pub collab: &'a Collab,
    /// Its link, unless that is deleted.
    pub link: Option<LinkCode>,
    /// Drops of the creator, published or not.
    pub drops: Vec<ProductDrop>,
    /// The products in them that are not archived.
    pub products: HashMap<ProductId, Product>,
    /// The creator's links to products.
    pub product_links: HashMap<ProductId, LinkCode>,
}

/// The products that the published drops of a collab's page show.
pub fn shown_products(collab: &Collab, drops: &[ProductDrop]) -> Vec<ProductId> {
    let shown = drops.iter().filter(|drop| is_shown(collab, drop));
    let mut ids: Vec<ProductId> = shown.flat_map(|drop| drop.products.iter().map(|one| one.product.clone())).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn is_shown(collab: &Collab, drop: &ProductDrop) -> bool {
    let is_here = drop.collab.as_ref().is_none_or(|own| *own == collab.id);
    is_here && drop.published_at.is_some() && drop.creator == collab.creator
}

impl CollabPage {
    /// The page of a collab.
    pub fn new(parts: PageParts<'_>) -> Self {
        let PageParts { brand, creator, collab, link, mut drops, products, product_links } = parts;
        drops.retain(|drop| is_shown(collab, drop));
        drops.sort_by(|one, other| (other.published_at, &other.id).cmp(&(one.published_at, &one.id)));
        drops.truncate(DROPS_MAX);
        let mut left = PRODUCTS_MAX;
        let mut show = |drop: ProductDrop| {
            let known = drop.products.iter().filter_map(|shown| Some((shown, products.get(&shown.product)?)));
            let products: Vec<ShownProduct> = known
                .take(left)
                .map(|(shown, product)| {
                    let own = product_links.get(&product.id).filter(|_| product.product_url.is_some());
                    ShownProduct { link: own.copied().or(link), ..ShownProduct::new(collab, shown, product) }
                })
                .collect();
            left -= products.len();
            ShownDrop { title: drop.title, description: drop.description, products }
        };
        Self {
            brand: brand.to_owned(),
            creator: creator.to_owned(),
            intro: collab.intro.clone(),
            affiliate_code: collab.affiliate_code.clone(),
            discount: collab.discount,
            link,
            drops: drops.into_iter().map(&mut show).collect(),
        }
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        const OVERHEAD: usize = 256;
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let product = |product: &ShownProduct| {
            let image = product.image.as_ref().map_or(0, |url| url.as_str().len());
            OVERHEAD + product.title.len() + text(&product.note) + image
        };
        let drop = |drop: &ShownDrop| {
            OVERHEAD + drop.title.len() + text(&drop.description) + drop.products.iter().map(product).sum::<usize>()
        };
        OVERHEAD
            + self.brand.len()
            + self.creator.len()
            + text(&self.intro)
            + self.drops.iter().map(drop).sum::<usize>()
    }
}

impl ShownProduct {
    fn new(collab: &Collab, shown: &DropProduct, product: &Product) -> Self {
        let money = |minor| Money { minor, currency: product.currency };
        let price = product.price_through(&collab.creator);
        Self {
            title: product.title.clone(),
            note: shown.note.clone(),
            image: shown.media_url.clone().or_else(|| product.image_url.clone()),
            price: price.map(money),
            price_before: product.price_minor.filter(|before| price.is_some_and(|price| *before > price)).map(money),
            is_sold_out: product.inventory.is_some_and(|left| left <= 0),
            link: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{CollabId, CreatorId, Currency, DropId, UnixMs, catalogue::CollabStatus};

    fn collab(n: u8) -> Collab {
        Collab {
            id: CollabId::new(1, [n; 10]),
            creator: CreatorId::new(1, [1; 10]),
            tier: None,
            affiliate_code: None,
            discount: None,
            rule: None,
            started_at: None,
            status: CollabStatus::Active,
            slug: None,
            intro: None,
            destination: None,
            link: None,
            created_at: UnixMs(1),
        }
    }

    fn product(n: u8) -> Product {
        Product {
            id: ProductId::new(1, [n; 10]),
            title: format!("Product {n}"),
            description: None,
            image_url: None,
            product_url: HttpsUrl::parse("https://shop.example/p"),
            price_minor: Some(2_000),
            currency: Currency::USD,
            inventory: Some(i64::from(n) - 1),
            creator_prices: BTreeMap::from([(collab(1).creator, 1_500)]),
            created_at: UnixMs(1),
        }
    }

    fn drop(n: u8, collab: Option<&Collab>, published_at: Option<i64>, products: &[u8]) -> ProductDrop {
        let shown = |n: &u8| DropProduct { product: product(*n).id, note: None, media_url: None };
        ProductDrop {
            id: DropId::new(1, [n; 10]),
            creator: CreatorId::new(1, [1; 10]),
            collab: collab.map(|collab| collab.id.clone()),
            title: format!("Drop {n}"),
            description: None,
            products: products.iter().map(shown).collect(),
            published_at: published_at.map(UnixMs),
            created_at: UnixMs(1),
        }
    }

    #[test]
    fn a_page_shows_published_drops_of_its_collab_the_newest_first() {
        let (own, other) = (collab(1), collab(2));
        let drops = vec![
            drop(1, Some(&own), Some(10), &[1, 2]),
            drop(2, Some(&own), None, &[3]),
            drop(3, Some(&other), Some(30), &[4]),
            drop(4, None, Some(20), &[2, 5]),
        ];
        assert_eq!(shown_products(&own, &drops), [1, 2, 5].map(|n| product(n).id));
        let (shop, mug) = (LinkCode::parse("aaaaaaaa"), LinkCode::parse("bbbbbbbb").expect("code"));
        let page = CollabPage::new(PageParts {
            brand: "Vector",
            creator: "Ana",
            collab: &own,
            link: shop,
            drops,
            products: [1, 2].map(|n| (product(n).id, product(n))).into(),
            product_links: [(product(1).id, mug)].into(),
        });
        let shown: Vec<(&str, Vec<&str>)> = page
            .drops
            .iter()
            .map(|drop| (drop.title.as_str(), drop.products.iter().map(|one| one.title.as_str()).collect()))
            .collect();
        assert_eq!(shown, [("Drop 4", vec!["Product 2"]), ("Drop 1", vec!["Product 1", "Product 2"])]);
        let first = &page.drops[1].products[0];
        assert_eq!((first.link, first.is_sold_out), (Some(mug), true));
        assert_eq!(first.price.map(|price| price.minor), Some(1_500));
        assert_eq!(first.price_before.map(|price| price.minor), Some(2_000));
        let second = &page.drops[1].products[1];
        assert_eq!((second.link, second.is_sold_out), (shop, false), "without a link of its own");
        assert!(page.bytes() > 500);
    }

    #[test]
    fn a_page_has_bounds() {
        let own = collab(1);
        let products: Vec<u8> = (1..=100).collect();
        let drops = (1..=30).map(|n| drop(n, None, Some(i64::from(n)), &products)).collect();
        let page = CollabPage::new(PageParts {
            brand: "Vector",
            creator: "Ana",
            collab: &own,
            link: None,
            drops,
            products: products.iter().map(|n| (product(*n).id, product(*n))).collect(),
            product_links: HashMap::new(),
        });
        assert_eq!(page.drops.len(), 20);
        assert_eq!(page.drops.iter().map(|drop| drop.products.len()).sum::<usize>(), 200);
        assert_eq!(page.drops[0].title, "Drop 30");
    }
}
