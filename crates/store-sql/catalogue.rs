//! Reading the catalogue.

use domain::{
    BrandId, CollabId, CreatorId, ProductId,
    catalogue::{Collab, Item, Slug},
    link::LinkCode,
};
use sqlx::{query, query_as};
use store::{
    Result,
    catalogue::{CatalogueStore, ItemFilter, ItemRow, collab_of},
    objects::{Keyset, Object},
    row::read,
};

use crate::{
    Db, database, list,
    objects::{page, with_status},
};

/// A pattern for the stored JSON of drops that are not published. Within a text of JSON no quotation mark is bare.
const UNPUBLISHED: &str = r#"%"published_at":null%"#;

#[async_trait::async_trait]
impl CatalogueStore for Db {
    async fn items_page(&self, brand: &BrandId, keyset: &Keyset, filter: &ItemFilter) -> Result<Vec<Object<Item>>> {
        let mut connection = self.read(brand).await?;
        let (brand, kind, common) = (brand.as_str(), filter.kind.as_str(), &filter.common);
        let external_id = common.external_id.as_deref();
        let creator = common.creator.as_ref().map(CreatorId::as_str);
        let collab = filter.collab.as_ref().map(CollabId::as_str);
        let status = filter.status.map(|status| with_status(status.as_str()));
        page!(
            connection,
            keyset,
            ItemRow,
            r#"select object.body as "body!", object.created_at as "created_at!", object.updated_at,
                      object.archived_at, details.external_id as "external_id?", details.metadata as "metadata?"
               from catalogue_items as object
               left join object_details as details
                 on details.brand_id = object.brand_id and details.object_id = object.id
               where object.brand_id = $1 and object.id >= $2 and object.id < $3
                 and coalesce(object.updated_at, object.created_at) >= $5
                 and coalesce(object.updated_at, object.created_at) <= $6
                 and (cast($7 as text) is null or details.external_id = $7)
                 and (cast($8 as boolean) is null or (object.archived_at is not null) = $8)
                 and (cast($9 as text) is null or object.creator_id = $9)
                 and (cast($10 as text) is null or object.collab_id = $10)
                 and object.kind = $11
                 and (cast($12 as text) is null or object.body like $12)
                 and (cast($13 as boolean) is null or (object.body not like $14) = $13)"#,
            brand,
            keyset.from,
            keyset.below,
            keyset.limit,
            common.updated.from.0,
            common.updated.until.0,
            external_id,
            common.is_archived,
            creator,
            collab,
            kind,
            status,
            filter.is_published,
            UNPUBLISHED
        )
        .map_err(database)?
        .into_iter()
        .map(ItemRow::read)
        .collect()
    }

    async fn items(&self, brand: &BrandId, ids: &[String]) -> Result<Vec<Object<Item>>> {
        let mut connection = self.read(brand).await?;
        let (brand, ids) = (brand.as_str(), list(ids)?);
        statement!(query_as!(
            ItemRow,
            r#"select object.body as "body!", object.created_at as "created_at!", object.updated_at,
                      object.archived_at, details.external_id as "external_id?", details.metadata as "metadata?"
               from catalogue_items as object
               left join object_details as details
                 on details.brand_id = object.brand_id and details.object_id = object.id
               where object.brand_id = $1 and object.id "# IN "$2" " order by object.id",
            brand,
            &ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(ItemRow::read)
        .collect()
    }

    async fn collab_by_slug(&self, slug: &Slug) -> Result<Option<(BrandId, Object<Collab>)>> {
        let slug = slug.as_str();
        let row = query!(
            r#"select brand_id as "brand_id!", body as "body!", created_at as "created_at!", updated_at, archived_at
               from catalogue_items where slug = $1"#,
            slug
        )
        .fetch_optional(&mut *self.system_read().await?)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        let item = ItemRow {
            body: row.body,
            created_at: row.created_at,
            updated_at: row.updated_at,
            archived_at: row.archived_at,
            external_id: None,
            metadata: None,
        };
        let Object { value, details, updated_at, archived_at } = item.read()?;
        let collab = Object { value: collab_of(value)?, details, updated_at, archived_at };
        Ok(Some((read(row.brand_id, "catalogue_items", "brand_id")?, collab)))
    }

    async fn product_links(&self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<(ProductId, LinkCode)>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let rows = query!(
            r#"select product_links.product_id as "product!: String", links.code as "code!: String" from product_links
               join links on links.brand_id = product_links.brand_id and links.id = product_links.link_id
               where product_links.brand_id = $1 and product_links.creator_id = $2 and links.deleted_at is null"#,
            brand,
            creator
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|row| Ok((read(row.product, "product_links", "product_id")?, read(row.code, "links", "code")?)))
            .collect()
    }
}
