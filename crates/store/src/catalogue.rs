//! Products, collabs, drops and content. They are written through [`crate::objects::ObjectStore`].

use domain::{
    BrandId, CollabId, CreatorId, ProductId, UnixMs,
    catalogue::{Collab, CollabStatus, Item, ItemKind, Slug},
    link::LinkCode,
};

use crate::{
    Result, StoreError,
    objects::{Filter, Keyset, Object, details},
    row::from_json,
};

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct ItemRow {
    pub body: String,
    pub created_at: i64,
    pub updated_at: Option<i64>,
    pub archived_at: Option<i64>,
    pub external_id: Option<String>,
    pub metadata: Option<String>,
}

impl ItemRow {
    /// Converts the row.
    pub fn read(self) -> Result<Object<Item>> {
        Ok(Object {
            value: from_json(&self.body, "catalogue_items", "body")?,
            details: details(self.external_id, self.metadata.as_deref())?,
            updated_at: UnixMs(self.updated_at.unwrap_or(self.created_at)),
            archived_at: self.archived_at.map(UnixMs),
        })
    }
}

/// The collab in an item of that kind.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is of another kind.
pub fn collab_of(item: Item) -> Result<Collab> {
    match item {
        Item::Collab(collab) => Ok(collab),
        _ => Err(StoreError::Corrupt { table: "catalogue_items", column: "kind" }),
    }
}

/// Which items are in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFilter {
    /// Their kind.
    pub kind: ItemKind,
    /// The filters that all objects have. There are no campaigns.
    pub common: Filter,
    /// Drops of this collab.
    pub collab: Option<CollabId>,
    /// Drops that are published, or those that are not.
    pub is_published: Option<bool>,
    /// Collabs with this status.
    pub status: Option<CollabStatus>,
}

/// Reads the catalogue.
#[async_trait::async_trait]
pub trait CatalogueStore: Send + Sync {
    /// A page of items.
    async fn items_page(&self, brand: &BrandId, keyset: &Keyset, filter: &ItemFilter) -> Result<Vec<Object<Item>>>;

    /// The items with these ids, of any kind, archived or not, by id.
    async fn items(&self, brand: &BrandId, ids: &[String]) -> Result<Vec<Object<Item>>>;

    /// The collab whose page has this name, archived or not, and its brand.
    async fn collab_by_slug(&self, slug: &Slug) -> Result<Option<(BrandId, Object<Collab>)>>;

    /// The codes of a creator's links to products, without links that are deleted.
    async fn product_links(&self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<(ProductId, LinkCode)>>;
}
