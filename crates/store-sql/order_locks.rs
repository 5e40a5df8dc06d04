//! The locks of transactions that write orders. All take them in the same sequence, so that they cannot deadlock.

use std::collections::{BTreeMap, BTreeSet};

use domain::{BrandId, order::Order};
use store::Result;

use crate::{Tx, database, dialect, list, lock_all};

/// The seller's ids of the stored orders that have a name.
pub(crate) type NameOwners = BTreeMap<String, BTreeSet<String>>;

/// Locks what orders are written under: their names, so that reports of one sale under two of them are stored one after the
/// other, then the ids of the orders and of those that share a name with them, then
/// the stored rows of both, in the order in which approvals lock them. Returns who shares which name.
pub(crate) async fn lock_orders<'a>(
    tx: &mut Tx,
    brand: &BrandId,
    orders: impl Iterator<Item = &'a Order> + Clone,
) -> Result<NameOwners> {
    let names = orders.clone().flat_map(|order| &order.details.names);
    let sales: BTreeSet<String> = names.map(|name| format!("sale {brand} {name}")).collect();
    lock_all(tx, &sales.into_iter().collect::<Vec<_>>()).await?;
    // Nobody gives these names to other orders meanwhile.
    let owners = owners_of_names(tx, brand, orders.clone()).await?;
    let ids: BTreeSet<&String> = owners.values().flatten().chain(orders.map(|order| &order.external_id)).collect();
    // Also of what is not stored yet: first deliveries merge one by one.
    lock_all(tx, &ids.iter().map(|id| format!("order {brand} {id}")).collect::<Vec<_>>()).await?;
    if !dialect::LOCKS_ROWS {
        return Ok(owners);
    }
    let (brand, ids) = (brand.as_str(), list(&ids.into_iter().collect::<Vec<_>>())?);
    statement!(query!(
        r#"select id as "id!" from orders where brand_id = $1 and external_id "# IN "$2" " order by " UNINDEXED "id" FOR UPDATE,
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(owners)
}

/// Which stored orders have the names of these orders.
async fn owners_of_names<'a>(
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
