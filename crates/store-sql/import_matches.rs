//! Finding what the rows of an import may be about.

use std::collections::BTreeMap;

use domain::{BrandId, ImportId};
use store::{
    Result,
    imports::{ImportCreator, ImportCreatorRow, ImportKeys, ImportMatches},
    objects::{CreatorObjectRow, CreatorProfile, Object},
    row::read,
};

use crate::{List, Reader, database, dialect::Engine, list};

/// The creators, codes and ledger entries with these keys.
pub(crate) async fn find(
    connection: &mut Reader,
    brand: &BrandId,
    id: Option<&ImportId>,
    keys: &ImportKeys,
) -> Result<ImportMatches> {
    let (brand, id) = (brand.as_str(), id.map_or("", ImportId::as_str));
    let creators = creators(connection, brand, id, keys).await?;
    let (codes, entries) = (list(&keys.codes)?, list(&keys.entries)?);
    let owners = statement!(query!(
        r#"select promo_code as "code!", creator_id as "creator_id!" from links
               where brand_id = $1 and is_direct and deleted_at is null and creator_id is not null
                 and promo_code "# IN "$2",
        brand,
        &codes
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let entries = statement!(query!(
        r#"select key as "key!" from ledger where brand_id = $1 and key "# IN "$2",
        brand,
        &entries
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let owner = |(code, creator)| Ok((code, read(creator, "links", "creator_id")?));
    let codes = owners.into_iter().map(|row| owner((row.code, row.creator_id))).collect::<Result<_>>()?;
    Ok(ImportMatches { creators, codes, entries: entries.into_iter().map(|row| row.key).collect() })
}

/// The creators with these keys, and what imports change of them.
async fn creators(connection: &mut Reader, brand: &str, import: &str, keys: &ImportKeys) -> Result<Vec<ImportCreator>> {
    let (externals, hashes, handles) = (list(&keys.external_ids)?, list(&keys.email_hashes)?, list(&keys.handles)?);
    // One select for each index.
    let ids = statement!(query!(
        r#"select coalesce(creators.merged_into, object_id) as "id!: String" from object_details
           left join creators on creators.brand_id = object_details.brand_id and creators.id = object_details.object_id
           where object_details.brand_id = $1 and object_details.kind = 'creator'
             and object_details.external_id "# IN "$2" r#"
           union select id from creators where brand_id = $1 and erased_at is null and email_hash "# IN "$3" r#"
           union select id from creators where brand_id = $1 and erased_at is null and handle "# IN "$4",
        brand,
        &externals,
        &hashes,
        &handles
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let ids: Vec<String> = ids.into_iter().map(|row| row.id).collect();
    let ids = list(&ids)?;
    let more = statement!(query_as!(
        ImportCreatorRow,
        r#"select object.id as "id!", direct.id as "link_id?", direct.promo_code as "promo_code?",
                  object.payout_address, object.payout_contact is not null as "sets_own_payout!: bool",
                  done.number as "row?"
           from creators as object
           left join links as direct
             on direct.brand_id = object.brand_id and direct.creator_id = object.id and direct.is_direct
            and direct.deleted_at is null
           left join import_rows as done
             on done.brand_id = object.brand_id and done.creator_id = object.id and done.import_id = $2
            and done.outcome <> 'failed'
           where object.brand_id = $1 and object.erased_at is null and object.id "# IN "$3" " order by object.id",
        brand,
        import,
        &ids
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let mut objects = objects_by_id(connection, brand, &ids).await?;
    let mut merged = merged_external_ids(connection, brand, &ids).await?;
    let read = |row: ImportCreatorRow| {
        let (object, merged) = (objects.remove(&row.id)?, merged.remove(&row.id).unwrap_or_default());
        Some(row.read(object, merged))
    };
    more.into_iter().filter_map(read).collect()
}

/// The external ids of creators who were merged into these, by the id of these.
async fn merged_external_ids(
    connection: &mut Reader,
    brand: &str,
    ids: &List,
) -> Result<BTreeMap<String, Vec<String>>> {
    let rows = statement!(query!(
        r#"select creators.merged_into as "into!", details.external_id as "external_id!"
           from creators join object_details as details
             on details.brand_id = creators.brand_id and details.object_id = creators.id
           where creators.brand_id = $1 and details.external_id is not null and creators.merged_into "# IN "$2",
        brand,
        ids
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let mut merged: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        merged.entry(row.into).or_default().push(row.external_id);
    }
    Ok(merged)
}

/// Creators who are not erased, by id.
pub(crate) async fn objects_by_id(
    connection: &mut <Engine as sqlx::Database>::Connection,
    brand: &str,
    ids: &List,
) -> Result<BTreeMap<String, Object<CreatorProfile>>> {
    let rows = statement!(query_as!(
        CreatorObjectRow,
        r#"select object.id as "id!", object.name as "name!", object.handle as "handle!", object.email_hash,
                  object.aliases as "aliases!", object.tier, object.earlier_tiers as "earlier_tiers!",
                  object.partner_code, object.created_at as "created_at!", object.profile,
                  details.external_id as "external_id?", details.metadata as "metadata?", object.updated_at,
                  object.archived_at
           from creators as object
           left join object_details as details
             on details.brand_id = object.brand_id and details.object_id = object.id
           where object.brand_id = $1 and object.erased_at is null and object.id "# IN "$2",
        brand,
        ids
    ))
    .fetch_all(connection)
    .await
    .map_err(database)?;
    rows.into_iter().map(|row| Ok((row.id.clone(), row.read()?))).collect()
}
