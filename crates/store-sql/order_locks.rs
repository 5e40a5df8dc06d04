//! What is locked before orders are written, in one order everywhere: who takes some of it never waits for somebody who waits
//! for them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{BrandId, order::Order};
use store::Result;

use crate::{Tx, database, dialect, list, lock, lock_all};

/// Locks the sales, then the orders, then the brand's customers: the order in which single orders are locked.
pub(crate) async fn lock_facts<'a>(
    tx: &mut Tx,
    brand: &BrandId,
    orders: impl Iterator<Item = &'a Order> + Clone,
) -> Result<()> {
    let names = orders.clone().flat_map(|order| &order.details.names);
    let sales: BTreeSet<String> = names.map(|name| format!("sale {brand} {name}")).collect();
    let ids: BTreeSet<String> = orders.map(|order| format!("order {brand} {}", order.external_id)).collect();
    lock_all(tx, &sales.into_iter().chain(ids).collect::<Vec<_>>()).await?;
    lock(tx, &format!("identities {brand}")).await
}

/// The seller's ids of the stored orders that have a name.
pub(crate) type NameOwners = BTreeMap<String, BTreeSet<String>>;

/// Locks these orders, and those that share a name with them, in the order in which approvals lock orders: else each might
/// wait for the other.
pub(crate) async fn lock_rows<'a>(
    tx: &mut Tx,
    brand: &BrandId,
    orders: impl Iterator<Item = &'a Order>,
    owners: &NameOwners,
) -> Result<()> {
    if !dialect::LOCKS_ROWS {
        return Ok(());
    }
    let ids: BTreeSet<&String> = owners.values().flatten().chain(orders.map(|order| &order.external_id)).collect();
    let (brand, ids) = (brand.as_str(), list(&ids.into_iter().collect::<Vec<_>>())?);
    statement!(query!(
        r#"select id as "id!" from orders where brand_id = $1 and external_id "# IN "$2" " order by " UNINDEXED "id" FOR UPDATE,
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Which stored orders have the names of these orders.
pub(crate) async fn owners_of_names<'a>(
    tx: &mut Tx,
    brand: &BrandId,
    orders: impl Iterator<Item = &'a Order>,
) -> Result<NameOwners> {
    let names: BTreeSet<&String> = orders.flat_map(|order| &order.details.names).collect();
    let (brand, names) = (brand.as_str(), list(&names.into_iter().collect::<Vec<_>>())?);
    let rows = statement!(query!(
        r#"select name as "name!", order_external_id as "external_id!" from order_names
           where brand_id = $1 and name "# IN "$2",
        brand,
        &names
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        owners.entry(row.name).or_default().insert(row.external_id);
    }
    Ok(owners)
}
