//! Orders and refunds.

use domain::{
    BrandId, Money, OrderId, UnixMs,
    order::{Order, OrderDetails, OrderFlag, OrderSource, order_key},
    time::Day,
};
use sqlx::{query, query_as};
use store::{
    Result,
    jobs::SettleJob,
    orders::{OrderRecord, OrderRow, OrderStore, Recompute, Refund, RefundRow, StoredOrder},
    row::currency,
};

use crate::{Db, Tx, database, dialect::Engine, erasure, jobs, json, list, lock, named, order_locks::lock_orders};

/// The stored order, locked until the transaction ends.
pub(crate) async fn stored(tx: &mut Tx, brand: &str, external_id: &str) -> Result<Option<Order>> {
    let row = statement!(query_as!(
        OrderRow,
        r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                  name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                  currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                  cast(0 as bigint) as "refunded_minor!: i64", is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool",
                  cart_pv, cart_ref, landing_ref, promo_codes as "promo_codes!", lines as "lines!", details as "details!", email_hash, customer_hash,
                  redacted_at, placed_day as "placed_day!",
                      settlements as "settlements!", settled_day, visitors, attribution
           from orders where brand_id = $1 and external_id = $2"# FOR UPDATE,
        brand,
        external_id
    ))
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.map(OrderRow::read).transpose()?.map(|record| record.order))
}

/// Merges an order into the stored one and queues its settlement; see [`OrderStore::put_order`].
pub(crate) async fn merge_order(
    tx: &mut Tx,
    order: &Order,
    placed_day: Day,
    settle: SettleJob<'_>,
) -> Result<StoredOrder> {
    let brand = order.brand.as_str();
    erasure::lock_out_erasures(tx, [&order.brand]).await?;
    lock_orders(tx, &order.brand, core::iter::once(order)).await?;
    let reported_as = &order.external_id;
    let mut others = if order.is_test { Vec::new() } else { same_named(tx, order).await? };
    let mut order = order.clone();
    if order.source != OrderSource::Shopify {
        let of_shop = |other: &&Order| other.source == OrderSource::Shopify;
        if let Some(shop) = others.iter().find(|other| of_shop(other) && other.is_same_sale(&order)) {
            let own = stored(tx, brand, &order.external_id).await?;
            order = known_as(&order, shop);
            // An earlier report under this id, which could not be told to be this sale, can be told now.
            others.extend(own);
        } else {
            flag_repeats(tx, &mut order, &others, settle).await?;
        }
    }
    let order = erasure::admitted(tx, &order, reported_as).await?;
    let before = stored(tx, brand, &order.external_id).await?;
    let mut facts = match &before {
        Some(before) => Order::merged(before.clone(), order.clone()),
        None => order.clone(),
    };
    let mut absorbed = Vec::new();
    if facts.source == OrderSource::Shopify {
        for other in others.into_iter().filter(|other| other.source != OrderSource::Shopify) {
            if facts.is_same_sale(&other) {
                facts = Order::merged(facts.clone(), known_as(&other, &facts));
                if absorb(tx, other.clone(), &facts, settle).await? {
                    absorbed.push(other.external_id);
                }
            } else {
                flag_repeat(tx, other, &facts, settle).await?;
            }
        }
    }
    if facts.source == OrderSource::Shopify && facts.is_test {
        // A browser does not know that a purchase in the shop was a test.
        let live = Order { is_test: false, ..facts.clone() };
        for other in same_named(tx, &facts).await? {
            if other.source == OrderSource::Browser && live.is_same_sale(&other) {
                absorb(tx, other, &facts, settle).await?;
            }
        }
    }
    if let Some(before) = &before
        && strands_refunds(tx, before, &facts).await?
    {
        tracing::warn!(order = %before.id, "a report in another currency than the order's refunds was ignored");
        facts = before.clone();
    }
    let is_changed = before.as_ref() != Some(&facts);
    if is_changed {
        write_order(tx, &facts, placed_day).await?;
        refresh_deductions(tx, &facts).await?;
        jobs::push(tx, &settle(&facts.external_id)).await?;
    }
    Ok(StoredOrder { is_changed: is_changed || !absorbed.is_empty(), external_id: facts.external_id, absorbed })
}

/// Shopify's order of the same sale as a report of another source.
pub(crate) async fn shop_order_of_sale(tx: &mut Tx, report: &Order) -> Result<Option<Order>> {
    if report.is_test {
        return Ok(None);
    }
    let others = same_named(tx, report).await?;
    Ok(others.into_iter().find(|other| other.source == OrderSource::Shopify && other.is_same_sale(report)))
}

/// An order's facts as a report about the order `main`.
fn known_as(order: &Order, main: &Order) -> Order {
    let details = OrderDetails {
        same_as: None,
        flags: Vec::new(),
        amounts: Vec::new(),
        reported_as: vec![order.external_id.clone()],
        ..order.details.clone()
    };
    Order { id: main.id.clone(), external_id: main.external_id.clone(), details, ..order.clone() }
}

/// Other live orders of the brand that share a name with this one.
async fn same_named(tx: &mut Tx, order: &Order) -> Result<Vec<Order>> {
    let (brand, names) = (order.brand.as_str(), list(&order.details.names)?);
    let rows = statement!(query!(
        r#"select distinct order_external_id as "external_id!" from order_names
           where brand_id = $1 and order_external_id <> $3 and name "# IN "$2" " order by 1",
        brand,
        &names,
        order.external_id
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut orders = Vec::new();
    for row in rows {
        orders.extend(stored(tx, brand, &row.external_id).await?);
    }
    Ok(orders)
}

/// Makes an order count under `main` only. Returns whether it did not before.
async fn absorb(tx: &mut Tx, mut order: Order, main: &Order, settle: SettleJob<'_>) -> Result<bool> {
    if order.details.same_as.as_ref() == Some(&main.external_id) {
        return Ok(false);
    }
    order.details.same_as = Some(main.external_id.clone());
    order.details.flags.retain(|flag| *flag != OrderFlag::PossibleRepeat(main.external_id.clone()));
    write_details(tx, &order).await?;
    jobs::push(tx, &settle(&order.external_id)).await?;
    Ok(true)
}

/// Flags a report as a possible repeat of others with one of its names; of two reports each of the other, since neither
/// outranks the other.
async fn flag_repeats(tx: &mut Tx, report: &mut Order, others: &[Order], settle: SettleJob<'_>) -> Result<()> {
    for other in others.iter().filter(|other| other.details.same_as.is_none()) {
        report.details.flags.push(OrderFlag::PossibleRepeat(other.external_id.clone()));
        if other.source != OrderSource::Shopify {
            flag_repeat(tx, other.clone(), report, settle).await?;
        }
    }
    Ok(())
}

/// Flags an order as a possible repeat of `main`.
async fn flag_repeat(tx: &mut Tx, mut order: Order, main: &Order, settle: SettleJob<'_>) -> Result<()> {
    let flag = OrderFlag::PossibleRepeat(main.external_id.clone());
    if order.details.flags.contains(&flag) {
        return Ok(());
    }
    order.details.flags.push(flag);
    write_details(tx, &order).await?;
    jobs::push(tx, &settle(&order.external_id)).await
}

async fn write_details(tx: &mut Tx, order: &Order) -> Result<()> {
    let (brand, details) = (order.brand.as_str(), json(&order.details)?);
    query!(
        "update orders set details = $3 where brand_id = $1 and external_id = $2",
        brand,
        order.external_id,
        details
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Writes an order's facts and its names.
async fn write_order(tx: &mut Tx, facts: &Order, placed_day: Day) -> Result<()> {
    let brand = facts.brand.as_str();
    let (id, source, currency) = (facts.id.as_str(), facts.source.as_str(), facts.currency.code());
    let (placed_at, version) = (facts.placed_at.0, facts.version.stored());
    let cancelled_at = facts.cancelled_at.map(|at| at.0);
    let (cart_ref, landing_ref) = (facts.cart_ref.map(String::from), facts.landing_ref.map(String::from));
    let (promo_codes, lines, details) = (json(&facts.promo_codes)?, json(&facts.lines)?, json(&facts.details)?);
    query!(
        "insert into orders (brand_id, id, source, external_id, name, placed_at, placed_day, facts_version,
                             cancelled_at, currency, total_minor, subtotal_minor, is_test, is_new_customer,
                             cart_pv, cart_ref, landing_ref, promo_codes, email_hash, customer_hash, lines, details)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
         on conflict (brand_id, external_id) do update set
            source = excluded.source, name = excluded.name,
            placed_day = case when excluded.placed_at = orders.placed_at
                then orders.placed_day else excluded.placed_day end,
            placed_at = excluded.placed_at,
            currency = excluded.currency, facts_version = excluded.facts_version,
            cancelled_at = excluded.cancelled_at, total_minor = excluded.total_minor,
            subtotal_minor = excluded.subtotal_minor, is_test = excluded.is_test,
            is_new_customer = excluded.is_new_customer, cart_pv = excluded.cart_pv, cart_ref = excluded.cart_ref,
            landing_ref = excluded.landing_ref, promo_codes = excluded.promo_codes,
            email_hash = excluded.email_hash, customer_hash = excluded.customer_hash,
            lines = excluded.lines, details = excluded.details",
        brand,
        id,
        source,
        facts.external_id,
        facts.name,
        placed_at,
        placed_day.0,
        version,
        cancelled_at,
        currency,
        facts.total_minor,
        facts.subtotal_minor,
        facts.is_test,
        facts.is_new_customer,
        facts.cart_pv,
        cart_ref,
        landing_ref,
        promo_codes,
        facts.email_hash,
        facts.customer_hash,
        lines,
        details
    )
    .execute(&mut **tx)
    .await
    .map_err(named("order"))?;
    for name in &facts.details.names {
        let name = order_key(name, facts.is_test);
        query!(
            "insert into order_names (brand_id, name, order_external_id) values ($1, $2, $3)
             on conflict (brand_id, name, order_external_id) do nothing",
            brand,
            name,
            facts.external_id
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    erasure::mark_order(tx, facts).await
}

/// Whether an order that no shop reported has refunds which would not be taken off its total any more with the currency of
/// these newer facts.
pub(crate) async fn strands_refunds(tx: &mut Tx, before: &Order, newer: &Order) -> Result<bool> {
    if before.currency == newer.currency
        || before.source == OrderSource::Shopify
        || newer.source == OrderSource::Shopify
    {
        return Ok(false);
    }
    let (brand, currency) = (before.brand.as_str(), newer.currency.code());
    let found = query!(
        r#"select 1 as "found!: i64" from refunds
           where brand_id = $1 and order_external_id = $2 and currency <> $3 limit 1"#,
        brand,
        before.external_id,
        currency
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(found.is_some())
}

/// Calculates again what each refund of an order takes off its total.
pub(crate) async fn refresh_deductions(tx: &mut Tx, order: &Order) -> Result<()> {
    let brand = order.brand.as_str();
    let rows = query!(
        r#"select external_id as "external_id!", amount_minor as "amount_minor!", currency as "currency!",
                  deducted_minor as "deducted_minor!"
           from refunds where brand_id = $1 and order_external_id = $2"#,
        brand,
        order.external_id
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for row in rows {
        let amount = Money { minor: row.amount_minor, currency: currency(&row.currency, "refunds")? };
        let deducted_minor = order.deduction(&row.external_id, amount);
        if deducted_minor == row.deducted_minor {
            continue;
        }
        query!(
            "update refunds set deducted_minor = $4
             where brand_id = $1 and order_external_id = $2 and external_id = $3",
            brand,
            order.external_id,
            row.external_id,
            deducted_minor
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(())
}

/// Stores a refund and queues its order's settlement. Returns whether it is new, or larger than the stored one.
pub(crate) async fn insert_refund(
    tx: &mut Tx,
    brand: &BrandId,
    refund: &Refund,
    settle: SettleJob<'_>,
) -> Result<bool> {
    let (brand_id, currency) = (brand.as_str(), refund.currency.code());
    lock(tx, &format!("order {brand_id} {}", refund.order_external_id)).await?;
    let lines = json(&refund.lines)?;
    let done = query!(
        "insert into refunds (brand_id, order_external_id, external_id, amount_minor, currency, at, subtotal_minor,
                              lines, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (brand_id, order_external_id, external_id) do update set
            amount_minor = excluded.amount_minor, currency = excluded.currency,
            subtotal_minor = excluded.subtotal_minor, lines = excluded.lines
         where (excluded.amount_minor, excluded.currency) > (refunds.amount_minor, refunds.currency)",
        brand_id,
        refund.order_external_id,
        refund.external_id,
        refund.amount_minor,
        currency,
        refund.at.0,
        refund.subtotal_minor,
        lines,
        refund.reason
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if let Some(order) = stored(tx, brand_id, &refund.order_external_id).await? {
        refresh_deductions(tx, &order).await?;
    }
    jobs::push(tx, &settle(&refund.order_external_id)).await?;
    Ok(true)
}

/// The orders with these ids of the seller, in no particular order.
pub(crate) async fn records<'c>(
    executor: impl sqlx::Executor<'c, Database = Engine>,
    brand: &BrandId,
    external_ids: &[String],
) -> Result<Vec<OrderRecord>> {
    let (brand, external_ids) = (brand.as_str(), list(external_ids)?);
    statement!(query_as!(
        OrderRow,
        r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                  name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                  currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                  (select cast(coalesce(sum(deducted_minor), 0) as bigint) from refunds
                   where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id) as "refunded_minor!: i64",
                  is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                  landing_ref, promo_codes as "promo_codes!", lines as "lines!", details as "details!", email_hash, customer_hash, redacted_at, placed_day as "placed_day!",
                  settlements as "settlements!", settled_day, visitors,
                  attribution
           from orders where brand_id = $1 and external_id "# IN "$2",
        brand,
        &external_ids
    ))
    .fetch_all(executor)
    .await
    .map_err(database)?
    .into_iter()
    .map(OrderRow::read)
    .collect()
}

#[async_trait::async_trait]
impl OrderStore for Db {
    async fn put_order(&self, order: &Order, placed_day: Day, settle: SettleJob<'_>) -> Result<StoredOrder> {
        let mut tx = self.begin_for(&order.brand).await?;
        let stored = merge_order(&mut tx, order, placed_day, settle).await?;
        tx.commit().await.map_err(database)?;
        Ok(stored)
    }

    async fn orders_named(&self, brand: &BrandId, names: &[String]) -> Result<Vec<String>> {
        let mut connection = self.read(brand).await?;
        let (brand, names) = (brand.as_str(), list(names)?);
        let rows = statement!(query!(
            r#"select distinct order_external_id as "external_id!" from order_names
               where brand_id = $1 and name "# IN "$2" " order by 1",
            brand,
            &names
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| row.external_id).collect())
    }

    async fn put_refund(&self, brand: &BrandId, refund: &Refund, settle: SettleJob<'_>) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let is_changed = insert_refund(&mut tx, brand, refund, settle).await?;
        tx.commit().await.map_err(database)?;
        Ok(is_changed)
    }

    async fn refunds_of(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<Refund>> {
        let mut connection = self.read(brand).await?;
        let (brand, external_ids) = (brand.as_str(), list(external_ids)?);
        statement!(query_as!(
            RefundRow,
            r#"select order_external_id as "order_external_id!", external_id as "external_id!",
                      amount_minor as "amount_minor!", currency as "currency!", at as "at!", subtotal_minor,
                      lines as "lines!", reason
               from refunds
               where brand_id = $1 and order_external_id "# IN "$2" r#"
               order by order_external_id, at, external_id"#,
            brand,
            &external_ids
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(RefundRow::read)
        .collect()
    }

    async fn order(&self, brand: &BrandId, id: &OrderId) -> Result<Option<OrderRecord>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(deducted_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", lines as "lines!", details as "details!", email_hash, customer_hash, redacted_at, placed_day as "placed_day!",
                      settlements as "settlements!", settled_day, visitors,
                      attribution
               from orders where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(OrderRow::read)
        .transpose()
    }

    async fn orders_by_external_ids(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<OrderRecord>> {
        let mut connection = self.read(brand).await?;
        records(&mut *connection, brand, external_ids).await
    }

    async fn orders(&self, brand: &BrandId, before: (UnixMs, &str), limit: i64) -> Result<Vec<OrderRecord>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(deducted_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", lines as "lines!", details as "details!", email_hash, customer_hash, redacted_at, placed_day as "placed_day!",
                      settlements as "settlements!", settled_day, visitors,
                      attribution
               from orders where brand_id = $1 and (placed_at < $2 or (placed_at = $2 and id < $3))
               order by placed_at desc, id desc limit $4"#,
            brand,
            before.0.0,
            before.1,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(OrderRow::read)
        .collect()
    }

    async fn flagged_orders(&self, brand: &BrandId, limit: i64) -> Result<Vec<Order>> {
        let mut connection = self.read(brand).await?;
        let id = brand;
        let brand = brand.as_str();
        let rows = query!(
            r#"select external_id as "external_id!" from orders
               where brand_id = $1 and details like '%"flags":%' and details not like '%"same_as":%'
               order by placed_at desc, id desc limit $2"#,
            brand,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        drop(connection);
        let ids: Vec<String> = rows.into_iter().map(|row| row.external_id).collect();
        let mut orders: Vec<Order> =
            self.orders_by_external_ids(id, &ids).await?.into_iter().map(|record| record.order).collect();
        orders.sort_by(|one, other| (other.placed_at, &other.id).cmp(&(one.placed_at, &one.id)));
        Ok(orders)
    }

    async fn count_orders(&self, brand: &BrandId, since: UnixMs) -> Result<i64> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query!(
            r#"select count(*) as "count!: i64" from orders where brand_id = $1 and placed_at >= $2"#,
            brand,
            since.0
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.count)
    }

    async fn recompute(&self, brand: &BrandId) -> Result<Option<Recompute>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query!(
            r#"select since as "since!", before_at as "before_at!", before_id as "before_id!", done as "done!",
                      total as "total!", started_at as "started_at!"
               from recomputes where brand_id = $1"#,
            brand
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.map(|row| Recompute {
            since: UnixMs(row.since),
            before: (UnixMs(row.before_at), row.before_id),
            done: row.done,
            total: row.total,
            started_at: UnixMs(row.started_at),
        }))
    }

    async fn begin_recompute(&self, brand: &BrandId, state: &Recompute) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        query!(
            "insert into recomputes (brand_id, since, before_at, before_id, done, total, started_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (brand_id) do update set
                since = excluded.since, before_at = excluded.before_at, before_id = excluded.before_id,
                done = excluded.done, total = excluded.total, started_at = excluded.started_at",
            brand,
            state.since.0,
            state.before.0.0,
            state.before.1,
            state.done,
            state.total,
            state.started_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn advance_recompute(&self, brand: &BrandId, state: &Recompute, is_done: bool) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        let done = if is_done {
            query!("delete from recomputes where brand_id = $1 and started_at = $2", brand, state.started_at.0)
                .execute(&mut *tx)
                .await
        } else {
            query!(
                "update recomputes set before_at = $3, before_id = $4, done = $5
                 where brand_id = $1 and started_at = $2",
                brand,
                state.started_at.0,
                state.before.0.0,
                state.before.1,
                state.done
            )
            .execute(&mut *tx)
            .await
        };
        let is_stored = done.map_err(database)?.rows_affected() == 1;
        tx.commit().await.map_err(database)?;
        Ok(is_stored)
    }
}
