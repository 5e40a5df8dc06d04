//! Rows of the catalogue and of the links that come with them.

use domain::{
    BrandId, CreatorId, ProductId, UnixMs,
    catalogue::{Item, ItemKind, References, Slug},
};
use sqlx::query;
use store::{
    Result, StoreError,
    catalogue_change::{ItemChange, ItemLink},
    objects::Write,
};

use crate::{Tx, audit, creators, database, erasure::lock_out_erasures, json, links, list, lock, named};

/// What a collab is called whose page has the name of another's.
const SLUG: &str = "a collab with this slug";

/// Lets one transaction at a time write a brand's catalogue, while no creator is erased: what items name then stays.
pub(crate) async fn lock_items(tx: &mut Tx, brand: &BrandId) -> Result<()> {
    lock_out_erasures(tx, [brand]).await?;
    lock(tx, &format!("catalogue {brand}")).await
}

/// Adds an item with its links. False if a product that they lead to has changed since it was read.
pub(crate) async fn insert(tx: &mut Tx, brand: &BrandId, new: &ItemChange) -> Result<bool> {
    let (item, names) = (&new.item, new.item.references());
    check(tx, brand, &names).await?;
    let (brand_id, id, kind, body) = (brand.as_str(), item.id(), item.kind().as_str(), json(item)?);
    let creator = names.creator.as_ref().map(CreatorId::as_str);
    let collab = names.collab.as_ref().map(domain::CollabId::as_str);
    let (slug, created_at) = (new.page.as_ref().map(Slug::as_str), item.created_at().0);
    query!(
        "insert into catalogue_items (brand_id, id, kind, creator_id, collab_id, slug, body, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        brand_id,
        id,
        kind,
        creator,
        collab,
        slug,
        body,
        created_at
    )
    .execute(&mut **tx)
    .await
    .map_err(named(SLUG))?;
    add_links(tx, brand, &new.links).await
}

/// Replaces an item and adds its links. False if it, or a product that they lead to, has changed since it was read.
pub(crate) async fn update(
    tx: &mut Tx,
    brand: &BrandId,
    new: &ItemChange,
    read_at: UnixMs,
    write: &Write,
) -> Result<bool> {
    let item = &new.item;
    check(tx, brand, &item.references()).await?;
    let (brand_id, id, body, slug) = (brand.as_str(), item.id(), json(item)?, new.page.as_ref().map(Slug::as_str));
    let (at, archived_at) = (write.at.0, write.archived_at.map(|at| at.0));
    let done = query!(
        "update catalogue_items set slug = $4, body = $5, updated_at = $6, archived_at = $7
         where brand_id = $1 and id = $2 and coalesce(updated_at, created_at) = $3",
        brand_id,
        id,
        read_at.0,
        slug,
        body,
        at,
        archived_at
    )
    .execute(&mut **tx)
    .await
    .map_err(named(SLUG))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if let Item::Product(product) = item
        && let Some(url) = product.product_url.as_ref().filter(|_| new.has_moved)
    {
        move_links(tx, brand_id, &product.id, url.as_str(), at).await?;
    }
    add_links(tx, brand, &new.links).await
}

/// Lets the links to a product lead to its new page.
async fn move_links(tx: &mut Tx, brand: &str, product: &ProductId, url: &str, at: i64) -> Result<()> {
    let product = product.as_str();
    query!(
        "update links set destination = $3, updated_at = $4
         where brand_id = $1 and deleted_at is null
           and id in (select link_id from product_links where brand_id = $1 and product_id = $2)",
        brand,
        product,
        url,
        at
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

async fn add_links(tx: &mut Tx, brand: &BrandId, new: &[ItemLink]) -> Result<bool> {
    for ItemLink { link, product, audit } in new {
        if let Some((product, read_at)) = product {
            // The link leads to where the product's page was when it was read.
            if !is_as_read(tx, brand.as_str(), product, *read_at).await? {
                return Ok(false);
            }
            let creator = link.creator.as_ref().map(CreatorId::as_str).unwrap_or_default();
            if has_link(tx, brand.as_str(), product.as_str(), creator).await? {
                continue;
            }
            links::insert(tx, brand, link).await?;
            let (brand_id, product, id) = (brand.as_str(), product.as_str(), link.id.as_str());
            query!(
                "insert into product_links (brand_id, product_id, creator_id, link_id) values ($1, $2, $3, $4)
                 on conflict (brand_id, product_id, creator_id) do update set link_id = excluded.link_id",
                brand_id,
                product,
                creator,
                id
            )
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        } else {
            links::insert(tx, brand, link).await?;
        }
        audit::write(tx, brand, audit).await?;
    }
    Ok(true)
}

async fn is_as_read(tx: &mut Tx, brand: &str, product: &ProductId, read_at: UnixMs) -> Result<bool> {
    let product = product.as_str();
    let row = query!(
        r#"select count(*) as "count!: i64" from catalogue_items
           where brand_id = $1 and id = $2 and coalesce(updated_at, created_at) = $3"#,
        brand,
        product,
        read_at.0
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.count == 1)
}

/// Whether a creator has a link to a product that is not deleted.
async fn has_link(tx: &mut Tx, brand: &str, product: &str, creator: &str) -> Result<bool> {
    let row = query!(
        r#"select count(*) as "count!: i64" from product_links
           join links on links.brand_id = product_links.brand_id and links.id = product_links.link_id
           where product_links.brand_id = $1 and product_links.product_id = $2 and product_links.creator_id = $3
             and links.deleted_at is null"#,
        brand,
        product,
        creator
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.count > 0)
}

/// Checks that everything that an item names is the brand's.
///
/// # Errors
/// `Missing` with the noun of the first that is not.
async fn check(tx: &mut Tx, brand: &BrandId, names: &References) -> Result<()> {
    if let Some(creator) = &names.creator
        && !creators::is_known(tx, brand, creator).await?
    {
        return Err(StoreError::Missing("the creator"));
    }
    let brand = brand.as_str();
    if !names.priced.is_empty() {
        let ids = list(&names.priced)?;
        // Erased ones too: a price of theirs is no reason to refuse other changes of the product.
        let row = statement!(query!(
            r#"select count(*) as "count!: i64" from creators where brand_id = $1 and id "# IN "$2",
            brand,
            &ids
        ))
        .fetch_one(&mut **tx)
        .await
        .map_err(database)?;
        all(row.count, names.priced.len(), "a creator with a price")?;
    }
    if let Some(collab) = &names.collab {
        let ids = [collab.to_string()];
        all(count_items(tx, brand, ItemKind::Collab, &ids).await?, 1, "the collab")?;
    }
    if !names.products.is_empty() {
        let ids: Vec<String> = names.products.iter().map(ToString::to_string).collect();
        all(count_items(tx, brand, ItemKind::Product, &ids).await?, ids.len(), "a product")?;
    }
    if let Some(link) = &names.link {
        let link = link.as_str();
        let row = query!(
            r#"select count(*) as "count!: i64" from links where brand_id = $1 and id = $2 and not is_direct"#,
            brand,
            link
        )
        .fetch_one(&mut **tx)
        .await
        .map_err(database)?;
        all(row.count, 1, "the link")?;
    }
    if let Some(rule) = &names.rule {
        let rule = rule.as_str();
        let row = query!(
            r#"select count(*) as "count!: i64" from commission_rules where brand_id = $1 and id = $2"#,
            brand,
            rule
        )
        .fetch_one(&mut **tx)
        .await
        .map_err(database)?;
        all(row.count, 1, "the commission rule")?;
    }
    Ok(())
}

async fn count_items(tx: &mut Tx, brand: &str, kind: ItemKind, ids: &[String]) -> Result<i64> {
    let (kind, ids) = (kind.as_str(), list(ids)?);
    let row = statement!(query!(
        r#"select count(*) as "count!: i64" from catalogue_items where brand_id = $1 and kind = $2 and id "# IN "$3",
        brand,
        kind,
        &ids
    ))
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.count)
}

fn all(count: i64, expected: usize, noun: &'static str) -> Result<()> {
    if usize::try_from(count) == Ok(expected) { Ok(()) } else { Err(StoreError::Missing(noun)) }
}
