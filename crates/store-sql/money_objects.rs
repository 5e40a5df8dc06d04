//! Orders, conversions, commissions and payouts of the unified API, page by page.

use std::collections::BTreeMap;

use domain::{
    BrandId, CampaignId, CreatorId, Currency, EntryId, LinkId, OrderId, PayoutId, UnixMs,
    metadata::{Details, Metadata},
    order::OrderSource,
    settlement::BookedCredit,
};
use sqlx::query_as;
use store::{
    Result,
    commissions::{Payout, PayoutRow, PayoutState},
    money_objects::{
        Commission, CommissionFilter, CommissionRow, CommissionStatus, ConversionFilter, ConversionKeyset,
        ConversionRow, MoneyObjectStore, OrderFilter, PayoutFilter,
    },
    objects::{Keyset, Object, details},
    orders::OrderRecord,
    row::read,
};

use crate::{Db, Reader, Tx, database, dialect::Engine, list, objects::page, orders};

/// A statement that reads conversions, ordered and bounded by the keyset.
macro_rules! conversions {
    ($connection:ident, $keyset:ident, $sql:literal, $($argument:expr),*) => {
        if $keyset.is_ascending {
            query_as!(ConversionRow, $sql + " order by object.order_id, object.position limit $4", $($argument),*)
                .fetch_all(&mut *$connection)
                .await
        } else {
            query_as!(
                ConversionRow,
                $sql + " order by object.order_id desc, object.position desc limit $4",
                $($argument),*
            )
            .fetch_all(&mut *$connection)
            .await
        }
    };
}

/// Where an order is in a list, and when it was last settled.
struct OrderPlace {
    id: String,
    external_id: String,
    updated_at: i64,
    metadata: Option<String>,
}

impl OrderPlace {
    /// The object, if its order is that record.
    fn object(self, record: OrderRecord) -> Result<Object<OrderRecord>> {
        let details = details(Some(self.external_id), self.metadata.as_deref())?;
        Ok(Object { value: record, details, updated_at: UnixMs(self.updated_at), archived_at: None })
    }
}

/// The stored orders with these ids of the seller.
pub(crate) async fn reported(
    tx: &mut Tx,
    brand: &BrandId,
    external_ids: &[String],
) -> Result<BTreeMap<String, Object<OrderRecord>>> {
    let records = orders::records(&mut **tx, brand, external_ids).await?;
    let (brand, ids) = (brand.as_str(), list(external_ids)?);
    let places = statement!(query_as!(
        OrderPlace,
        r#"select object.id as "id!", object.external_id as "external_id!",
                  coalesce(object.settled_at, object.placed_at) as "updated_at!: i64", details.metadata as "metadata?"
           from orders as object
           left join object_details as details
             on details.brand_id = object.brand_id and details.object_id = object.id
           where object.brand_id = $1 and object.external_id "# IN "$2",
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut records: BTreeMap<String, OrderRecord> =
        records.into_iter().map(|record| (record.order.external_id.clone(), record)).collect();
    let object = |place: OrderPlace| {
        let record = records.remove(&place.external_id)?;
        Some(place.object(record).map(|object| (object.value.order.external_id.clone(), object)))
    };
    places.into_iter().filter_map(object).collect()
}

/// What clients keep with these objects, by id.
pub(crate) async fn details_of<'c>(
    executor: impl sqlx::Executor<'c, Database = Engine>,
    brand: &str,
    ids: &[String],
) -> Result<BTreeMap<String, Details>> {
    let ids = list(ids)?;
    let rows = statement!(query!(
        r#"select object_id as "object_id!", external_id, metadata as "metadata!"
           from object_details where brand_id = $1 and object_id "# IN "$2",
        brand,
        &ids
    ))
    .fetch_all(executor)
    .await
    .map_err(database)?;
    rows.into_iter().map(|row| Ok((row.object_id, details(row.external_id, Some(&row.metadata))?))).collect()
}

/// What each creator gets from these payouts. After a merge a creator can have several lines in one payout.
async fn payout_items(
    connection: &mut Reader,
    brand: &str,
    payouts: &[String],
) -> Result<BTreeMap<String, BTreeMap<CreatorId, i64>>> {
    let ids = list(payouts)?;
    let rows = statement!(query!(
        r#"select payout_id as "payout_id!", creator_id as "creator_id!", amount_minor as "amount_minor!"
           from ledger
           where brand_id = $1 and payout_id "# IN "$2" " and kind = 'payout' and amount_minor < 0",
        brand,
        &ids
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let mut items: BTreeMap<String, BTreeMap<CreatorId, i64>> = BTreeMap::new();
    for row in rows {
        let creator = read(row.creator_id, "ledger", "creator_id")?;
        *items.entry(row.payout_id).or_default().entry(creator).or_default() -= row.amount_minor;
    }
    Ok(items)
}

#[async_trait::async_trait]
impl MoneyObjectStore for Db {
    async fn orders_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &OrderFilter,
    ) -> Result<Vec<Object<OrderRecord>>> {
        let mut connection = self.read(brand).await?;
        let (id, external_id) = (brand.as_str(), filter.external_id.as_deref());
        let (creator, campaign) =
            (filter.creator.as_ref().map(CreatorId::as_str), filter.campaign.as_ref().map(CampaignId::as_str));
        let source = filter.source.map(OrderSource::as_str);
        let places = page!(
            connection,
            keyset,
            OrderPlace,
            r#"select object.id as "id!", object.external_id as "external_id!",
                      coalesce(object.settled_at, object.placed_at) as "updated_at!: i64",
                      details.metadata as "metadata?"
               from orders as object
               left join object_details as details
                 on details.brand_id = object.brand_id and details.object_id = object.id
               where object.brand_id = $1 and object.id >= $2 and object.id < $3
                 and coalesce(object.settled_at, object.placed_at) >= $5
                 and coalesce(object.settled_at, object.placed_at) <= $6
                 and coalesce(object.placed_at, 0) >= $7 and coalesce(object.placed_at, 0) <= $8
                 and (cast($9 as text) is null or object.external_id = $9)
                 and (cast($10 as text) is null or object.source = $10)
                 and (cast($11 as text) is null or exists (
                     select 1 from credits
                     where credits.brand_id = object.brand_id and credits.order_id = object.id
                       and credits.creator_id = $11))
                 and (cast($12 as text) is null or exists (
                     select 1 from credits
                     where credits.brand_id = object.brand_id and credits.order_id = object.id
                       and credits.campaign_id = $12))
                 and (cast($13 as boolean) is null or exists (
                     select 1 from credits
                     where credits.brand_id = object.brand_id and credits.order_id = object.id) = $13)"#,
            id,
            keyset.from,
            keyset.below,
            keyset.limit,
            filter.updated.from.0,
            filter.updated.until.0,
            filter.placed.from.0,
            filter.placed.until.0,
            external_id,
            source,
            creator,
            campaign,
            filter.is_attributed
        )
        .map_err(database)?;
        let ids: Vec<String> = places.iter().map(|place| place.external_id.clone()).collect();
        let mut records: BTreeMap<String, OrderRecord> = orders::records(&mut *connection, brand, &ids)
            .await?
            .into_iter()
            .map(|record| (record.order.id.to_string(), record))
            .collect();
        let object = |place: OrderPlace| {
            let record = records.remove(&place.id)?;
            Some(place.object(record))
        };
        places.into_iter().filter_map(object).collect()
    }

    async fn order_notes(&self, brand: &BrandId, external_ids: &[String]) -> Result<BTreeMap<String, Metadata>> {
        let mut connection = self.read(brand).await?;
        let (brand, ids) = (brand.as_str(), list(external_ids)?);
        let rows = statement!(query!(
            r#"select orders.external_id as "external_id!", object_details.metadata as "metadata!"
               from orders
               join object_details on object_details.brand_id = orders.brand_id and object_details.object_id = orders.id
               where orders.brand_id = $1 and orders.external_id "# IN "$2",
            brand,
            &ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter().map(|row| Ok((row.external_id, details(None, Some(&row.metadata))?.metadata))).collect()
    }

    async fn commission_notes(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<(EntryId, Metadata)>> {
        let mut connection = self.read(brand).await?;
        let (brand, ids) = (brand.as_str(), list(external_ids)?);
        let rows = statement!(query!(
            r#"select ledger.id as "id!", object_details.metadata as "metadata!"
               from ledger
               join orders on orders.brand_id = ledger.brand_id and orders.id = ledger.order_id
               join object_details on object_details.brand_id = ledger.brand_id and object_details.object_id = ledger.id
               where ledger.brand_id = $1 and orders.external_id "# IN "$2" " order by ledger.id",
            brand,
            &ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let noted =
            |id: String, metadata: &str| Ok((read(id, "ledger", "id")?, details(None, Some(metadata))?.metadata));
        rows.into_iter().map(|row| noted(row.id, &row.metadata)).collect()
    }

    async fn conversion_details(&self, brand: &BrandId, external_ids: &[String]) -> Result<BTreeMap<String, Details>> {
        let mut connection = self.read(brand).await?;
        let (brand, ids) = (brand.as_str(), list(external_ids)?);
        // A conversion's id is its order's with another prefix, and a position.
        let rows = statement!(query!(
            r#"select object_id as "object_id!", external_id, metadata as "metadata!" from object_details
               where brand_id = $1 and kind = 'conversion' and 'ord' || substr(object_id, 4, 27) in (
                   select id from orders where brand_id = $1 and external_id "# IN "$2" ")",
            brand,
            &ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter().map(|row| Ok((row.object_id, details(row.external_id, Some(&row.metadata))?))).collect()
    }

    async fn conversions_page(
        &self,
        brand: &BrandId,
        keyset: &ConversionKeyset,
        filter: &ConversionFilter,
    ) -> Result<Vec<Object<BookedCredit>>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let (creator, campaign) =
            (filter.creator.as_ref().map(CreatorId::as_str), filter.campaign.as_ref().map(CampaignId::as_str));
        let (link, order) = (filter.link.as_ref().map(LinkId::as_str), filter.order.as_ref().map(OrderId::as_str));
        conversions!(
            connection,
            keyset,
            r#"select object.order_id as "order_id!", object.position as "position!", object.link_id as "link_id!",
                      object.creator_id, object.campaign_id, object.kind as "kind!", object.touched_at as "touched_at!",
                      object.weight as "weight!", object.currency as "currency!",
                      object.amount_minor as "amount_minor!", object.conversions as "conversions!", object.day as "day!",
                      coalesce(orders.settled_at, orders.placed_at) as "updated_at!: i64"
               from credits as object
               join orders on orders.brand_id = object.brand_id and orders.id = object.order_id
               where object.brand_id = $1 and (object.order_id, object.position) >= ($2, $3)
                 and (object.order_id, object.position) < ($5, $6)
                 and (cast($7 as text) is null or object.creator_id = $7)
                 and (cast($8 as text) is null or object.campaign_id = $8)
                 and (cast($9 as text) is null or object.link_id = $9)
                 and (cast($10 as text) is null or object.order_id = $10)
                 and coalesce(orders.settled_at, orders.placed_at) >= $11
                 and coalesce(orders.settled_at, orders.placed_at) <= $12"#,
            brand,
            keyset.from.0,
            keyset.from.1,
            keyset.limit,
            keyset.below.0,
            keyset.below.1,
            creator,
            campaign,
            link,
            order,
            filter.updated.from.0,
            filter.updated.until.0
        )
        .map_err(database)?
        .into_iter()
        .map(ConversionRow::read)
        .collect()
    }

    async fn commissions_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &CommissionFilter,
        now: UnixMs,
    ) -> Result<Vec<Object<Commission>>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let (creator, order) =
            (filter.creator.as_ref().map(CreatorId::as_str), filter.order.as_ref().map(OrderId::as_str));
        let status = filter.status.map(CommissionStatus::as_str);
        let payout = filter.payout.as_ref().map(PayoutId::as_str);
        let rows = page!(
            connection,
            keyset,
            CommissionRow,
            r#"select object.id as "id!: String", object.key as "key!: String", object.creator_id as "creator_id!: String",
                      object.order_id as "order_id?: String", object.rule_id as "rule_id?: String",
                      object.kind as "kind!: String", object.currency as "currency!: String",
                      object.amount_minor as "amount_minor!: i64", object.reason as "reason!: String",
                      object.actor as "actor!: String", object.created_at as "created_at!: i64",
                      object.payable_at as "payable_at!: i64", object.needs_approval as "needs_approval!: bool",
                      object.approved_at as "approved_at?: i64", object.payout_id as "payout_id?: String",
                      object.status as "status!: String", object.closed_at as "closed_at?: i64",
                      object.payout_created_at as "payout_created_at?: i64", object.released_at as "released_at?: i64",
                      case when object.payable_at <= $5 then object.payable_at end as "due_at?: i64",
                      (select name from orders
                       where orders.brand_id = object.brand_id and orders.id = object.order_id) as "order_name?: String",
                      (select entry_id from ledger_edits
                       where ledger_edits.brand_id = object.brand_id and adjustment_id = object.id) as "edited_id?: String",
                      (select cast(coalesce(sum(line.amount_minor), 0) as bigint)
                       from ledger_edits
                       join ledger as line on line.brand_id = object.brand_id and line.id = adjustment_id
                       where ledger_edits.brand_id = object.brand_id and entry_id = object.id) as "edited_minor!: i64",
                      (select count(*) from ledger_edits
                       where ledger_edits.brand_id = object.brand_id and entry_id = object.id) as "edits!: i64",
                      (select max(line.created_at)
                       from ledger_edits
                       join ledger as line on line.brand_id = object.brand_id and line.id = adjustment_id
                       where ledger_edits.brand_id = object.brand_id and entry_id = object.id) as "edited_at?: i64"
               from (select ledger.*, payouts.closed_at, payouts.created_at as payout_created_at,
                            case when payouts.state = 'open' then 'in_payout'
                                 when payouts.state is not null then payouts.state
                                 when ledger.needs_approval and ledger.approved_at is null then 'waiting'
                                 when ledger.payable_at > $5 then 'pending'
                                 else 'approved' end as status
                     from ledger
                     left join payouts on payouts.brand_id = ledger.brand_id and payouts.id = ledger.payout_id) as object
               where object.brand_id = $1 and object.id >= $2 and object.id < $3
                 and (cast($6 as text) is null or object.creator_id = $6)
                 and (cast($7 as text) is null or object.order_id = $7)
                 and (cast($8 as text) is null or object.status = $8)
                 and (cast($9 as boolean) is null
                      or (object.kind <> 'payout' and object.status not in ('paid', 'cancelled')) = $9)
                 and (cast($10 as text) is null or exists (
                     select 1 from object_details as details
                     where details.brand_id = object.brand_id and details.object_id = object.id
                       and details.external_id = $10))
                 and (object.created_at >= $11 or object.approved_at >= $11 or object.closed_at >= $11
                      or object.payout_created_at >= $11 or object.released_at >= $11
                      or (object.payable_at <= $5 and object.payable_at >= $11) or exists (
                     select 1 from ledger_edits
                     join ledger as line on line.brand_id = object.brand_id and line.id = adjustment_id
                     where ledger_edits.brand_id = object.brand_id and entry_id = object.id and line.created_at >= $11))
                 and object.created_at <= $12 and coalesce(object.approved_at, object.created_at) <= $12
                 and coalesce(object.closed_at, object.payout_created_at, object.created_at) <= $12
                 and coalesce(object.released_at, object.created_at) <= $12
                 and (object.payable_at > $5 or object.payable_at <= $12) and not exists (
                     select 1 from ledger_edits
                     join ledger as line on line.brand_id = object.brand_id and line.id = adjustment_id
                     where ledger_edits.brand_id = object.brand_id and entry_id = object.id and line.created_at > $12)
                 and (cast($13 as text) is null or object.payout_id = $13)"#,
            brand,
            keyset.from,
            keyset.below,
            keyset.limit,
            now.0,
            creator,
            order,
            status,
            filter.is_unpaid,
            filter.external_id,
            filter.updated.from.0,
            filter.updated.until.0,
            payout
        )
        .map_err(database)?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let mut kept = details_of(&mut *connection, brand, &ids).await?;
        let object = |row: CommissionRow| {
            let details = kept.remove(&row.id).unwrap_or_default();
            Ok(Object { details, ..row.read()? })
        };
        rows.into_iter().map(object).collect()
    }

    async fn payouts_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &PayoutFilter,
    ) -> Result<Vec<Object<Payout>>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let (currency, state) = (filter.currency.map(Currency::code), filter.state.map(PayoutState::as_str));
        let creator = filter.creator.as_ref().map(CreatorId::as_str);
        let rows = page!(
            connection,
            keyset,
            PayoutRow,
            r#"select object.id as "id!", object.currency as "currency!", object.state as "state!",
                      object.created_at as "created_at!", object.closed_at, object.actor as "actor!", object.closed_by,
                      object.reference
               from payouts as object
               where object.brand_id = $1 and object.id >= $2 and object.id < $3
                 and (cast($5 as text) is null or object.currency = $5)
                 and (cast($6 as text) is null or object.state = $6)
                 and (cast($7 as text) is null or exists (
                     select 1 from ledger
                     where ledger.brand_id = object.brand_id and ledger.payout_id = object.id
                       and ledger.kind = 'payout' and ledger.creator_id = $7))
                 and (cast($8 as text) is null or exists (
                     select 1 from object_details as details
                     where details.brand_id = object.brand_id and details.object_id = object.id
                       and details.external_id = $8))
                 and coalesce(object.closed_at, object.created_at) >= $9
                 and coalesce(object.closed_at, object.created_at) <= $10"#,
            brand,
            keyset.from,
            keyset.below,
            keyset.limit,
            currency,
            state,
            creator,
            filter.external_id,
            filter.updated.from.0,
            filter.updated.until.0
        )
        .map_err(database)?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let mut items = payout_items(&mut connection, brand, &ids).await?;
        let mut kept = details_of(&mut *connection, brand, &ids).await?;
        let object = |row: PayoutRow| {
            let (items, details) =
                (items.remove(&row.id).unwrap_or_default(), kept.remove(&row.id).unwrap_or_default());
            let updated_at = UnixMs(row.closed_at.unwrap_or(row.created_at));
            Ok(Object { details, ..Object::plain(row.read(items.into_iter().collect())?, updated_at) })
        };
        rows.into_iter().map(object).collect()
    }
}
