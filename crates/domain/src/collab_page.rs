//! A collab's public page: what shoppers see of a creator's collaboration with a brand. No figure about sales is on it.

use std::collections::HashMap;

use crate::{
    LinkId, Money, ProductId, UnixMs,
    catalogue::{Collab, Content, Discount, DropProduct, HttpsUrl, Product, ProductDrop},
    link::{ContentType, LinkCode, Platform},
};

/// Most drops on a page, the newest.
const DROPS_MAX: usize = 20;
/// Most products on a page.
const PRODUCTS_MAX: usize = 200;
/// Most posts on a page, the newest.
const POSTS_MAX: usize = 12;
/// How the addresses of films end, which are no pictures to show.
const FILMS: [&str; 6] = [".mp4", ".webm", ".mov", ".m4v", ".m3u8", ".avi"];

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
    /// The creator's posts, the newest first.
    pub posts: Vec<ShownPost>,
}

/// A post on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPost {
    /// Its title; else what it is, such as "TikTok Video".
    pub title: String,
    /// The platform on which it was posted.
    pub platform: Option<Platform>,
    /// Its picture.
    pub image: Option<HttpsUrl>,
    /// Where it is.
    pub url: Option<HttpsUrl>,
    /// The link that is in it.
    pub link: Option<LinkCode>,
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
    /// [`shown_posts`] of the creator's content.
    pub posts: Vec<Content>,
    /// The links in them that are not deleted.
    pub post_links: HashMap<LinkId, LinkCode>,
}

/// The products that the published drops of a collab's page show.
pub fn shown_products(collab: &Collab, drops: &[ProductDrop]) -> Vec<ProductId> {
    let shown = drops.iter().filter(|drop| is_shown(collab, drop));
    let mut ids: Vec<ProductId> = shown.flat_map(|drop| drop.products.iter().map(|one| one.product.clone())).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The content that a collab's page shows at a time, the latest posted first: what its creator has posted until then, and has
/// an address. Content without a time, or with a later one, is not published yet.
pub fn shown_posts(collab: &Collab, mut content: Vec<Content>, at: UnixMs) -> Vec<Content> {
    content.retain(|one| {
        let is_posted = one.posted_at.is_some_and(|posted_at| posted_at <= at);
        is_posted && one.url.is_some() && one.creator == collab.creator
    });
    content.sort_by(|one, other| (other.posted_at, &other.id).cmp(&(one.posted_at, &one.id)));
    content.truncate(POSTS_MAX);
    content
}

fn is_shown(collab: &Collab, drop: &ProductDrop) -> bool {
    let is_here = drop.collab.as_ref().is_none_or(|own| *own == collab.id);
    is_here && drop.published_at.is_some() && drop.creator == collab.creator
}

impl CollabPage {
    /// The page of a collab.
    pub fn new(parts: PageParts<'_>) -> Self {
        let PageParts { brand, creator, collab, link, mut drops, products, product_links, posts, post_links } = parts;
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
            posts: posts.into_iter().map(|post| ShownPost::new(post, &post_links)).collect(),
        }
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        const OVERHEAD: usize = 256;
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let address = |url: &Option<HttpsUrl>| url.as_ref().map_or(0, |url| url.as_str().len());
        let product =
            |product: &ShownProduct| OVERHEAD + product.title.len() + text(&product.note) + address(&product.image);
        let drop = |drop: &ShownDrop| {
            OVERHEAD + drop.title.len() + text(&drop.description) + drop.products.iter().map(product).sum::<usize>()
        };
        let post = |post: &ShownPost| OVERHEAD + post.title.len() + address(&post.image) + address(&post.url);
        OVERHEAD
            + self.brand.len()
            + self.creator.len()
            + text(&self.intro)
            + self.drops.iter().map(drop).sum::<usize>()
            + self.posts.iter().map(post).sum::<usize>()
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

impl ShownPost {
    fn new(post: Content, links: &HashMap<LinkId, LinkCode>) -> Self {
        let words = [post.platform.map(Platform::label), post.content_type.map(ContentType::label)];
        let kind = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let title = post.title.filter(|title| !title.trim().is_empty());
        Self {
            title: title.unwrap_or(if kind.is_empty() { "Post".to_owned() } else { kind }),
            platform: post.platform,
            image: post.media_url.filter(|url| !is_film(url)),
            url: post.url,
            link: post.link.and_then(|link| links.get(&link).copied()),
        }
    }
}

fn is_film(url: &HttpsUrl) -> bool {
    let path = url.as_str().split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    FILMS.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        CollabId, ContentId, CreatorId, Currency, DropId,
        catalogue::{CollabStatus, Figures},
    };

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
            posts: Vec::new(),
            post_links: HashMap::new(),
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
            posts: Vec::new(),
            post_links: HashMap::new(),
        });
        assert_eq!(page.drops.len(), 20);
        assert_eq!(page.drops.iter().map(|drop| drop.products.len()).sum::<usize>(), 200);
        assert_eq!(page.drops[0].title, "Drop 30");
    }

    fn post(n: u8, posted_at: Option<i64>) -> Content {
        Content {
            id: ContentId::new(1, [n; 10]),
            creator: CreatorId::new(1, [1; 10]),
            link: Some(LinkId::new(1, [n; 10])),
            platform: Some(Platform::TikTok),
            content_type: Some(ContentType::Video),
            url: HttpsUrl::parse("https://social.example/1"),
            title: None,
            posted_at: posted_at.map(UnixMs),
            media_url: HttpsUrl::parse("https://cdn.example/1.MP4?x=.jpg"),
            figures: Figures::default(),
            created_at: UnixMs(1),
        }
    }

    #[test]
    fn posts_are_shown_once_they_are_published() {
        let other = Content { creator: CreatorId::new(1, [2; 10]), ..post(5, Some(1)) };
        let nowhere = Content { url: None, ..post(6, Some(1)) };
        let all = vec![post(1, Some(10)), post(2, None), post(3, Some(21)), post(4, Some(20)), other, nowhere];
        let shown = shown_posts(&collab(1), all, UnixMs(20));
        assert_eq!(shown, [post(4, Some(20)), post(1, Some(10))]);
        let many = (1..=30).map(|n| post(n, Some(i64::from(n)))).collect();
        let many = shown_posts(&collab(1), many, UnixMs(100));
        assert_eq!((many.len(), &many[0]), (12, &post(30, Some(30))));
        let code = LinkCode::parse("aaaaaaaa").expect("code");
        let links = HashMap::from([(LinkId::new(1, [4; 10]), code)]);
        let [first, second] = [&shown[0], &shown[1]].map(|one| ShownPost::new(one.clone(), &links));
        assert_eq!((first.title.as_str(), first.link, &first.image), ("TikTok Video", Some(code), &None));
        assert_eq!(second.link, None, "a deleted link");
    }
}
