//! Sales to which a creator's links led, as the creator may see them. Every statement names the creator as `$2`.

use std::collections::BTreeMap;

use domain::{BrandId, CreatorId, LinkId, Money, OrderId, UnixMs, attribution::Attribution, evidence::EvidenceKind};
use sqlx::query;
use store::{
    Result, StoreError,
    creator_view::{OwnSale, SaleCursor, SharedSale},
    row::{currency, read},
};

use crate::{List, Tx, database, list, shared_orders::query_if_shared};

/// A page of sales, the latest first.
pub(crate) async fn page(
    tx: &mut Tx,
    brand: &BrandId,
    creator: &CreatorId,
    before: Option<&SaleCursor>,
    limit: i64,
) -> Result<Vec<OwnSale>> {
    let (brand_id, creator_id) = (brand.as_str(), creator.as_str());
    let (before_at, before_order) = before.map_or((i64::MAX, ""), |cursor| (cursor.placed_at.0, cursor.order.as_str()));
    // The creator's orders are few among the brand's: found by their ids, not by walking through all in order of time.
    let rows = statement!(query!(
        r#"select id as "id!", placed_at as "placed_at!", cancelled_at is not null as "is_cancelled!: bool" from orders
           where brand_id = $1 and id in (
               select order_id from touchpoints where brand_id = $1 and creator_id = $2
               union
               select credits.order_id from links
               join credits on credits.brand_id = links.brand_id and credits.link_id = links.id
               where links.brand_id = $1 and links.creator_id = $2 and credits.creator_id = $2)
             and not is_test and (not is_unproven or approved_at is not null)
             and (placed_at < $3 or (placed_at = $3 and id < $4))
           order by "# UNINDEXED "placed_at desc, id desc limit $5",
        brand_id,
        creator_id,
        before_at,
        before_order,
        limit
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let orders = rows.into_iter().map(|row| (row.id, row.placed_at, row.is_cancelled)).collect();
    with_details(tx, brand_id, creator_id, orders).await
}

/// One sale; `None` if the creator's links did not lead to it.
pub(crate) async fn one(tx: &mut Tx, brand: &BrandId, creator: &CreatorId, order: &OrderId) -> Result<Option<OwnSale>> {
    let (brand_id, creator_id, order) = (brand.as_str(), creator.as_str(), order.as_str());
    let row = query!(
        r#"select id as "id!", placed_at as "placed_at!", cancelled_at is not null as "is_cancelled!: bool" from orders
           where brand_id = $1 and id = $3 and not is_test and (not is_unproven or approved_at is not null)
             and (exists (select 1 from touchpoints
                          where touchpoints.brand_id = $1 and touchpoints.order_id = $3 and touchpoints.creator_id = $2)
                  or exists (select 1 from credits
                             where credits.brand_id = $1 and credits.order_id = $3 and credits.creator_id = $2))"#,
        brand_id,
        creator_id,
        order
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    let orders = row.into_iter().map(|row| (row.id, row.placed_at, row.is_cancelled)).collect();
    Ok(with_details(tx, brand_id, creator_id, orders).await?.pop())
}

/// What is known about these orders: (id, placed at, is cancelled).
async fn with_details(
    tx: &mut Tx,
    brand: &str,
    creator: &str,
    orders: Vec<(String, i64, bool)>,
) -> Result<Vec<OwnSale>> {
    let ids: Vec<&str> = orders.iter().map(|(id, ..)| id.as_str()).collect();
    let ids = list(&ids)?;
    let mut touches = touches(tx, brand, creator, &ids).await?;
    let mut credits = credits(tx, brand, creator, &ids).await?;
    let mut shared = shared(tx, brand, creator, &ids).await?;
    orders
        .into_iter()
        .map(|(id, placed_at, is_cancelled)| {
            let Credited { own, others } = credits.remove(&id).unwrap_or_default();
            let mut touches = touches.remove(&id).unwrap_or_default();
            for credit in &own {
                if !touches.iter().any(|touch| touch.0 == credit.0) {
                    touches.push(credit.clone());
                }
            }
            let shared = shared.remove(&id);
            let order = read(id, "orders", "id")?;
            let placed_at = UnixMs(placed_at);
            Ok(OwnSale { order, placed_at, is_cancelled, touches, credits: own, others, shared })
        })
        .collect()
}

fn kind(name: &str, table: &'static str) -> Result<EvidenceKind> {
    EvidenceKind::parse(name).ok_or(StoreError::Corrupt { table, column: "kind" })
}

/// The creator's touches by order, in their order.
async fn touches(
    tx: &mut Tx,
    brand: &str,
    creator: &str,
    orders: &List,
) -> Result<BTreeMap<String, Vec<(LinkId, EvidenceKind)>>> {
    let rows = statement!(query!(
        r#"select order_id as "order_id!", link_id as "link_id!", kind as "kind!" from touchpoints
           where brand_id = $1 and creator_id = $2 and order_id "# IN "$3" " order by order_id, position",
        brand,
        creator,
        orders
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut touches: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for row in rows {
        let touch = (read(row.link_id, "touchpoints", "link_id")?, kind(&row.kind, "touchpoints")?);
        touches.entry(row.order_id).or_default().push(touch);
    }
    Ok(touches)
}

/// The credits of an order.
#[derive(Default)]
struct Credited {
    own: Vec<(LinkId, EvidenceKind)>,
    others: Vec<EvidenceKind>,
}

/// The credits of each order's current decision; rows of `credits` also hold what was taken back after a day was closed. Of
/// those of others only the kind is kept.
async fn credits(tx: &mut Tx, brand: &str, creator: &str, orders: &List) -> Result<BTreeMap<String, Credited>> {
    let rows = statement!(query!(
        r#"select id as "id!", attribution as "attribution!" from orders
           where brand_id = $1 and attribution is not null and id "# IN "$2",
        brand,
        orders
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut credits: BTreeMap<String, Credited> = BTreeMap::new();
    for row in rows {
        let corrupt = |_| StoreError::Corrupt { table: "orders", column: "attribution" };
        let decided: Attribution = serde_json::from_str(&row.attribution).map_err(corrupt)?;
        let credited = credits.entry(row.id).or_default();
        for credit in decided.credits {
            if credit.creator.as_ref().is_some_and(|one| one.as_str() == creator) {
                credited.own.push((credit.link, credit.kind));
            } else {
                credited.others.push(credit.kind);
            }
        }
        credited.own.sort_unstable();
        credited.own.dedup();
        credited.others.sort_unstable();
        credited.others.dedup();
    }
    Ok(credits)
}

/// The amounts of the shared ones.
async fn shared(tx: &mut Tx, brand: &str, creator: &str, orders: &List) -> Result<BTreeMap<String, SharedSale>> {
    let revenue = query_if_shared!(query!(
        r#"select counted.order_id as "order_id!", counted.currency as "currency!",
                  cast(sum(counted.amount_minor) as bigint) as "revenue_minor!: i64"
           from credits as counted
           where counted.brand_id = $1 and counted.creator_id = $2 and counted.order_id "# IN "$3" " and "
        IF SHARED
        " group by counted.order_id, counted.currency",
        brand,
        creator,
        orders
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let earned = query_if_shared!(query!(
        r#"select counted.order_id as "order_id!", counted.currency as "currency!",
                  cast(sum(counted.amount_minor) as bigint) as "earned_minor!: i64"
           from ledger as counted
           where counted.brand_id = $1 and counted.creator_id = $2 and counted.order_id "# IN "$3" "
             and counted.kind <> 'payout' and "
        IF SHARED
        " group by counted.order_id, counted.currency",
        brand,
        creator,
        orders
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut sales = BTreeMap::new();
    for row in revenue {
        let revenue = Money { minor: row.revenue_minor, currency: currency(&row.currency, "credits")? };
        sales.insert(row.order_id, SharedSale { revenue, earned_minor: 0 });
    }
    for row in earned {
        if let Some(sale) = sales.get_mut(&row.order_id)
            && sale.revenue.currency.code() == row.currency
        {
            sale.earned_minor = row.earned_minor;
        }
    }
    Ok(sales)
}
