//! Public pages of collabs, remembered for a minute.

use std::{collections::HashMap, sync::Arc};

use domain::{
    BrandId, CreatorId, LinkId,
    catalogue::{CollabStatus, Content, Item, ItemKind, ProductDrop, Slug},
    collab_page::{CollabPage, PageParts, shown_posts, shown_products},
    id::earliest,
    link::LinkCode,
    shop::Shop,
};
use store::{
    catalogue::ItemFilter,
    objects::{Filter, Keyset},
};

use crate::{FlowError, stage::CollabPages};

/// Most drops of a creator that are looked at for a page, the newest; as much content.
const ITEMS_MAX: i64 = 200;

impl CollabPages<'_> {
    /// The page with this name, as it was at most a minute ago; `None` if there is none, the collab is archived or not
    /// active, its creator is erased or archived, or its brand has left.
    pub async fn find(self, slug: &str) -> Result<Option<Arc<CollabPage>>, FlowError> {
        let Some(slug) = Slug::parse(slug) else { return Ok(None) };
        let read = async { Ok(self.read(&slug).await?.map(Arc::new)) };
        let page = self.pages.get(slug.clone(), self.now(), read).await?;
        if page.is_none() {
            // Or it would come back while the database does not answer.
            self.pages.forget(&slug);
        }
        Ok(page)
    }

    async fn read(self, slug: &Slug) -> Result<Option<CollabPage>, FlowError> {
        let Some((brand, collab)) = self.store.collab_by_slug(slug).await? else { return Ok(None) };
        if collab.archived_at.is_some() || collab.value.status != CollabStatus::Active {
            return Ok(None);
        }
        let collab = collab.value;
        let shops = self.store.shops_of(&brand).await?;
        if !shops.is_empty() && shops.iter().all(Shop::is_gone) {
            return Ok(None);
        }
        let creator = self.store.creator_object(&brand, &collab.creator).await?;
        let Some(creator) = creator.filter(|creator| creator.archived_at.is_none()) else { return Ok(None) };
        let Some(brand) = self.store.brand(&brand).await? else { return Ok(None) };
        let link = match &collab.link {
            Some(link) => self.store.link_object(&brand.id, &link.id).await?,
            None => None,
        };
        let drops = self.drops_of(&brand.id, &collab.creator).await?;
        let posts = shown_posts(&collab, self.content_of(&brand.id, &collab.creator).await?, self.now());
        let ids: Vec<String> = shown_products(&collab, &drops).iter().map(ToString::to_string).collect();
        let products = self.store.items(&brand.id, &ids).await?.into_iter().filter_map(|object| match object.value {
            Item::Product(product) if object.archived_at.is_none() => Some((product.id.clone(), product)),
            _ => None,
        });
        Ok(Some(CollabPage::new(PageParts {
            brand: &brand.name,
            creator: &creator.value.creator.name,
            collab: &collab,
            link: link.filter(|link| link.archived_at.is_none()).map(|link| link.value.code),
            drops,
            products: products.collect(),
            product_links: self
                .store
                .product_links(&brand.id, &collab.creator)
                .await?
                .into_iter()
                .collect::<HashMap<_, _>>(),
            post_links: self.links_in(&brand.id, &posts).await?,
            posts,
        })))
    }

    /// The newest drops of a creator that are not archived.
    async fn drops_of(self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<ProductDrop>, FlowError> {
        let items = self.newest(brand, creator, ItemKind::Drop, domain::DropId::PREFIX).await?;
        let drop = |item| if let Item::Drop(drop) = item { Some(drop) } else { None };
        Ok(items.into_iter().filter_map(drop).collect())
    }

    /// The newest content of a creator that is not archived.
    async fn content_of(self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<Content>, FlowError> {
        let items = self.newest(brand, creator, ItemKind::Content, domain::ContentId::PREFIX).await?;
        let content = |item| if let Item::Content(content) = item { Some(content) } else { None };
        Ok(items.into_iter().filter_map(content).collect())
    }

    async fn newest(
        self,
        brand: &BrandId,
        creator: &CreatorId,
        kind: ItemKind,
        prefix: &str,
    ) -> Result<Vec<Item>, FlowError> {
        let keyset = Keyset {
            from: earliest(prefix, domain::UnixMs(0)),
            below: format!("{prefix}_{}", "z".repeat(27)),
            is_ascending: false,
            limit: ITEMS_MAX,
        };
        let common = Filter { creator: Some(creator.clone()), is_archived: Some(false), ..Filter::default() };
        let filter = ItemFilter { kind, common, collab: None, is_published: None, status: None };
        let items = self.store.items_page(brand, &keyset, &filter).await?;
        Ok(items.into_iter().map(|object| object.value).collect())
    }

    /// The codes of the links in posts, without links that are deleted.
    async fn links_in(self, brand: &BrandId, posts: &[Content]) -> Result<HashMap<LinkId, LinkCode>, FlowError> {
        let mut codes = HashMap::new();
        for id in posts.iter().filter_map(|post| post.link.as_ref()) {
            let link = self.store.link_object(brand, id).await?;
            codes.extend(
                link.filter(|link| link.archived_at.is_none()).map(|link| (link.value.id.clone(), link.value.code)),
            );
        }
        Ok(codes)
    }
}
