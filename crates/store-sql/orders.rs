//! Orders and refunds.

use domain::{BrandId, OrderId, UnixMs, order::Order, time::Day};
use sqlx::{query, query_as};
use store::{
    Result,
    jobs::SettleJob,
    orders::{OrderRecord, OrderRow, OrderStore, Recompute, Refund, RefundRow},
};

use crate::{Db, Tx, database, erasure, jobs, json, list, lock, named};

async fn stored(tx: &mut Tx, brand: &str, external_id: &str) -> Result<Option<Order>> {
    let row = statement!(query_as!(
        OrderRow,
        r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                  name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                  currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                  cast(0 as bigint) as "refunded_minor!: i64", is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool",
                  cart_pv, cart_ref, landing_ref, promo_codes as "promo_codes!", lines as "lines!", email_hash, customer_hash,
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

/// Merges an order into the stored one and queues its settlement. Returns whether anything changed.
pub(crate) async fn merge_order(tx: &mut Tx, order: &Order, placed_day: Day, settle: SettleJob<'_>) -> Result<bool> {
    let brand = order.brand.as_str();
    // Before the first delivery there is no row to lock, yet concurrent first deliveries must merge one by one.
    lock(tx, &format!("order {brand} {}", order.external_id)).await?;
    let order = &erasure::admitted(tx, order).await?;
    let facts = match stored(tx, brand, &order.external_id).await? {
        Some(before) => {
            let merged = Order::merged(before.clone(), order.clone());
            if merged == before {
                return Ok(false);
            }
            merged
        }
        None => order.clone(),
    };
    let (id, source, currency) = (facts.id.as_str(), facts.source.as_str(), facts.currency.code());
    let (placed_at, version) = (facts.placed_at.0, facts.version.stored());
    let cancelled_at = facts.cancelled_at.map(|at| at.0);
    let (cart_ref, landing_ref) = (facts.cart_ref.map(String::from), facts.landing_ref.map(String::from));
    let (promo_codes, lines) = (json(&facts.promo_codes)?, json(&facts.lines)?);
    query!(
        "insert into orders (brand_id, id, source, external_id, name, placed_at, placed_day, facts_version,
                             cancelled_at, currency, total_minor, subtotal_minor, is_test, is_new_customer,
                             cart_pv, cart_ref, landing_ref, promo_codes, email_hash, customer_hash, lines)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
         on conflict (brand_id, external_id) do update set
            source = excluded.source, name = excluded.name, placed_at = excluded.placed_at,
            currency = excluded.currency, facts_version = excluded.facts_version,
            cancelled_at = excluded.cancelled_at, total_minor = excluded.total_minor,
            subtotal_minor = excluded.subtotal_minor, is_test = excluded.is_test,
            is_new_customer = excluded.is_new_customer, cart_pv = excluded.cart_pv, cart_ref = excluded.cart_ref,
            landing_ref = excluded.landing_ref, promo_codes = excluded.promo_codes,
            email_hash = excluded.email_hash, customer_hash = excluded.customer_hash,
            lines = excluded.lines",
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
        lines
    )
    .execute(&mut **tx)
    .await
    .map_err(named("order"))?;
    erasure::mark_order(tx, order).await?;
    jobs::push(tx, &settle(&order.external_id)).await?;
    Ok(true)
}

/// Stores a refund and queues its order's settlement. Returns whether it is new, or larger than the stored one.
pub(crate) async fn insert_refund(
    tx: &mut Tx,
    brand: &BrandId,
    refund: &Refund,
    settle: SettleJob<'_>,
) -> Result<bool> {
    let (brand_id, currency) = (brand.as_str(), refund.currency.code());
    let lines = json(&refund.lines)?;
    let done = query!(
        "insert into refunds (brand_id, order_external_id, external_id, amount_minor, currency, at, subtotal_minor,
                              lines)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (brand_id, order_external_id, external_id) do update set
            amount_minor = excluded.amount_minor, subtotal_minor = excluded.subtotal_minor, lines = excluded.lines
         where excluded.amount_minor > refunds.amount_minor",
        brand_id,
        refund.order_external_id,
        refund.external_id,
        refund.amount_minor,
        currency,
        refund.at.0,
        refund.subtotal_minor,
        lines
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    jobs::push(tx, &settle(&refund.order_external_id)).await?;
    Ok(true)
}

#[async_trait::async_trait]
impl OrderStore for Db {
    async fn put_order(&self, order: &Order, placed_day: Day, settle: SettleJob<'_>) -> Result<bool> {
        let mut tx = self.begin().await?;
        let is_changed = merge_order(&mut tx, order, placed_day, settle).await?;
        tx.commit().await.map_err(database)?;
        Ok(is_changed)
    }

    async fn put_refund(&self, brand: &BrandId, refund: &Refund, settle: SettleJob<'_>) -> Result<bool> {
        let mut tx = self.begin().await?;
        let is_changed = insert_refund(&mut tx, brand, refund, settle).await?;
        tx.commit().await.map_err(database)?;
        Ok(is_changed)
    }

    async fn refunds_of(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<Refund>> {
        let (brand, external_ids) = (brand.as_str(), list(external_ids)?);
        statement!(query_as!(
            RefundRow,
            r#"select order_external_id as "order_external_id!", external_id as "external_id!",
                      amount_minor as "amount_minor!", currency as "currency!", at as "at!", subtotal_minor,
                      lines as "lines!"
               from refunds
               where brand_id = $1 and order_external_id "# IN "$2" r#"
               order by order_external_id, at, external_id"#,
            brand,
            &external_ids
        ))
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(RefundRow::read)
        .collect()
    }

    async fn order(&self, brand: &BrandId, id: &OrderId) -> Result<Option<OrderRecord>> {
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", lines as "lines!", email_hash, customer_hash, redacted_at, placed_day as "placed_day!",
                      settlements as "settlements!", settled_day, visitors,
                      attribution
               from orders where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&self.reader)
        .await
        .map_err(database)?
        .map(OrderRow::read)
        .transpose()
    }

    async fn orders_by_external_ids(&self, brand: &BrandId, external_ids: &[String]) -> Result<Vec<OrderRecord>> {
        let (brand, external_ids) = (brand.as_str(), list(external_ids)?);
        statement!(query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", lines as "lines!", email_hash, customer_hash, redacted_at, placed_day as "placed_day!",
                      settlements as "settlements!", settled_day, visitors,
                      attribution
               from orders where brand_id = $1 and external_id "# IN "$2",
            brand,
            &external_ids
        ))
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(OrderRow::read)
        .collect()
    }

    async fn orders(&self, brand: &BrandId, before: (UnixMs, &str), limit: i64) -> Result<Vec<OrderRecord>> {
        let brand = brand.as_str();
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", lines as "lines!", email_hash, customer_hash, redacted_at, placed_day as "placed_day!",
                      settlements as "settlements!", settled_day, visitors,
                      attribution
               from orders where brand_id = $1 and (placed_at < $2 or (placed_at = $2 and id < $3))
               order by placed_at desc, id desc limit $4"#,
            brand,
            before.0.0,
            before.1,
            limit
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(OrderRow::read)
        .collect()
    }

    async fn count_orders(&self, brand: &BrandId, since: UnixMs) -> Result<i64> {
        let brand = brand.as_str();
        let row = query!(
            r#"select count(*) as "count!: i64" from orders where brand_id = $1 and placed_at >= $2"#,
            brand,
            since.0
        )
        .fetch_one(&self.reader)
        .await
        .map_err(database)?;
        Ok(row.count)
    }

    async fn recompute(&self, brand: &BrandId) -> Result<Option<Recompute>> {
        let brand = brand.as_str();
        let row = query!(
            r#"select since as "since!", before_at as "before_at!", before_id as "before_id!", done as "done!",
                      total as "total!", started_at as "started_at!"
               from recomputes where brand_id = $1"#,
            brand
        )
        .fetch_optional(&self.reader)
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
        .execute(&self.writer)
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn advance_recompute(&self, brand: &BrandId, state: &Recompute, is_done: bool) -> Result<bool> {
        let brand = brand.as_str();
        let done = if is_done {
            query!("delete from recomputes where brand_id = $1 and started_at = $2", brand, state.started_at.0)
                .execute(&self.writer)
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
            .execute(&self.writer)
            .await
        };
        Ok(done.map_err(database)?.rows_affected() == 1)
    }
}
