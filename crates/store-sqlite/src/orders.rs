//! Orders, refunds and credits.

use domain::{
    BrandId, CreatorId, OrderId, UnixMs, attribution::Landing, brand::Settings, click::Click, event::Event, link::Link,
    order::Order, time::Day,
};
use serde_json::json;
use sqlx::{Sqlite, Transaction, query, query_as};
use store::{
    Result, StoreError,
    orders::{OrderRecord, OrderStore, Recompute, Refund, Said, Settlement},
    row::{ClickRow, CreditRow, EventRow, LinkRow, OrderRow, RefundRow, read},
};

use crate::{SqliteStore, database, jobs, json, named};

async fn stored(tx: &mut Transaction<'static, Sqlite>, brand: &str, external_id: &str) -> Result<Option<Order>> {
    let row = query_as!(
        OrderRow,
        r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                  name as "name!", placed_at as "placed_at!", updated_at as "updated_at!", cancelled_at,
                  currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                  0 as "refunded_minor!: i64", is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool",
                  cart_pv, cart_ref, landing_ref, promo_codes as "promo_codes!", lines as "lines!", email_hash, customer_hash,
                  redacted_at, placed_day as "placed_day!",
                      settlements as "settlements!", settled_day, visitors, attribution
           from orders where brand_id = $1 and external_id = $2"#,
        brand,
        external_id
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.map(OrderRow::read).transpose()?.map(|record| record.order))
}

/// Queues the settlement of an order inside the transaction that makes it due.
pub(crate) async fn queue_settlement(
    tx: &mut Transaction<'static, Sqlite>,
    brand: &BrandId,
    external_id: &str,
    now: UnixMs,
) -> Result<()> {
    let payload = json(&json!({"brand": brand, "order_id": external_id}))?;
    jobs::push(tx, "order.settle", &format!("{brand}:{external_id}"), &payload, now).await
}

/// Replaces an order's credits on open days, and books on the settlement's day what then still differs from what
/// closed days say. The links' figures follow.
async fn move_credits(
    tx: &mut Transaction<'static, Sqlite>,
    settlement: &Settlement<'_>,
    day: i64,
    closed_through: i64,
) -> Result<()> {
    let order = settlement.order;
    let (brand, id, currency) = (order.brand.as_str(), order.id.as_str(), order.currency.code());
    query!(
        "insert into sale_days (brand_id, day, link_id, currency, conversions, revenue_minor)
         select brand_id, day, link_id, currency, -sum(conversions), -sum(amount_minor)
         from credits where brand_id = $1 and order_id = $2 and day > $3 group by brand_id, day, link_id, currency
         on conflict (brand_id, day, link_id, currency) do update set
            conversions = sale_days.conversions + excluded.conversions,
            revenue_minor = sale_days.revenue_minor + excluded.revenue_minor",
        brand,
        id,
        closed_through
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    query!("delete from credits where brand_id = $1 and order_id = $2 and day > $3", brand, id, closed_through)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    let mut kept: Vec<CreditRow> = query_as!(
        CreditRow,
        r#"select order_id as "order_id!", position as "position!", link_id as "link_id!", creator_id, campaign_id,
                  kind as "kind!", touched_at as "touched_at!", weight as "weight!", currency as "currency!",
                  amount_minor as "amount_minor!", conversions as "conversions!"
           from credits where brand_id = $1 and order_id = $2 order by position"#,
        brand,
        id
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut position = kept.last().map_or(0, |row| row.position + 1);
    let converting = settlement.converting_credit();
    let mut rows: Vec<CreditRow> = Vec::new();
    for (place, credit) in settlement.attribution.credits.iter().enumerate() {
        let mut row = CreditRow {
            order_id: id.to_owned(),
            position: 0,
            link_id: credit.link.to_string(),
            creator_id: credit.creator.as_ref().map(ToString::to_string),
            campaign_id: credit.campaign.as_ref().map(ToString::to_string),
            kind: credit.kind.as_str().to_owned(),
            touched_at: credit.at.0,
            weight: credit.weight.clone(),
            currency: currency.to_owned(),
            amount_minor: credit.amount_minor,
            conversions: i64::from(converting == Some(place)),
        };
        let is_this = |closed: &&CreditRow| closed.link_id == row.link_id && closed.currency == row.currency;
        let closed: (i64, i64) = kept
            .iter()
            .filter(is_this)
            .fold((0, 0), |sum, closed| (sum.0 + closed.amount_minor, sum.1 + closed.conversions));
        let is_closed = kept.iter().any(|closed| is_this(&closed));
        kept.retain(|closed| !is_this(&closed));
        row.amount_minor -= closed.0;
        row.conversions -= closed.1;
        if !is_closed || row.amount_minor != 0 || row.conversions != 0 {
            rows.push(row);
        }
    }
    // Closed credits that are not due any more.
    rows.extend(kept.into_iter().map(|closed| CreditRow {
        amount_minor: -closed.amount_minor,
        conversions: -closed.conversions,
        ..closed
    }));
    for row in rows {
        query!(
            "insert into credits (brand_id, order_id, position, link_id, creator_id, campaign_id, kind,
                                  touched_at, weight, currency, amount_minor, conversions, day)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            brand,
            id,
            position,
            row.link_id,
            row.creator_id,
            row.campaign_id,
            row.kind,
            row.touched_at,
            row.weight,
            row.currency,
            row.amount_minor,
            row.conversions,
            day
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
        position += 1;
        query!(
            "insert into sale_days (brand_id, day, link_id, currency, conversions, revenue_minor)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (brand_id, day, link_id, currency) do update set
                conversions = sale_days.conversions + excluded.conversions,
                revenue_minor = sale_days.revenue_minor + excluded.revenue_minor",
            brand,
            day,
            row.link_id,
            row.currency,
            row.conversions,
            row.amount_minor
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(())
}

/// Replaces the touchpoints of an order with what each model gives them.
async fn replace_touchpoints(
    tx: &mut Transaction<'static, Sqlite>,
    settlement: &Settlement<'_>,
    day: i64,
) -> Result<()> {
    let order = settlement.order;
    let (brand, id, currency) = (order.brand.as_str(), order.id.as_str(), order.currency.code());
    query!("delete from touchpoints where brand_id = $1 and order_id = $2", brand, id)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    let journey = &settlement.attribution.journey;
    for (position, touch) in (0i64..).zip(journey) {
        let (link, kind, at) = (touch.link.as_str(), touch.kind.as_str(), touch.at.0);
        let creator = touch.creator.as_ref().map(CreatorId::as_str);
        let campaign = touch.campaign.as_ref().map(domain::CampaignId::as_str);
        let [first, last, linear, by_position, decay] = touch.amounts_minor;
        // The journey converted once; the last touch says so.
        let conversions = i64::from(order.is_conversion() && position + 1 == i64::try_from(journey.len()).unwrap_or(0));
        query!(
            "insert into touchpoints (brand_id, order_id, position, link_id, creator_id, campaign_id, kind, touched_at,
                                      currency, day, conversions, first_touch_minor, last_touch_minor, linear_minor,
                                      position_based_minor, time_decay_minor)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            brand,
            id,
            position,
            link,
            creator,
            campaign,
            kind,
            at,
            currency,
            day,
            conversions,
            first,
            last,
            linear,
            by_position,
            decay
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(())
}

/// Appends to the ledger what is owed for an order beyond what it says already, or less.
async fn move_ledger(tx: &mut Transaction<'static, Sqlite>, settlement: &Settlement<'_>) -> Result<()> {
    let order = settlement.order;
    let (brand, id) = (order.brand.as_str(), order.id.as_str());
    let said = query!(
        r#"select creator_id as "creator_id!", rule_id as "rule_id!", currency as "currency!",
                  cast(sum(amount_minor) as bigint) as "amount_minor!: i64",
                  cast(count(*) as bigint) as "count!: i64", max(payable_at) as "payable_at!: i64",
                  max(needs_approval) as "needs_approval!: bool",
                  max(approved_at is not null or payout_id is not null or (not needs_approval and payable_at <= $3))
                      as "is_released!: bool"
           from ledger where brand_id = $1 and order_id = $2 and kind in ('accrual', 'reversal')
             and rule_id is not null
           group by creator_id, rule_id, currency"#,
        brand,
        id,
        settlement.at.0
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let said = said
        .into_iter()
        .map(|row| Said {
            creator: row.creator_id,
            rule: row.rule_id,
            currency: row.currency,
            amount_minor: row.amount_minor,
            count: row.count,
            payable_at: UnixMs(row.payable_at),
            needs_approval: row.needs_approval,
            is_released: row.is_released,
        })
        .collect();
    for line in settlement.ledger_changes(said) {
        let (entry, kind) = (line.id.as_str(), line.kind.as_str());
        query!(
            "insert into ledger (brand_id, id, key, creator_id, order_id, rule_id, kind, currency, amount_minor, reason,
                                 actor, created_at, payable_at, needs_approval)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'rules', $11, $12, $13)",
            brand,
            entry,
            line.key,
            line.creator,
            id,
            line.rule,
            kind,
            line.currency,
            line.amount_minor,
            line.reason,
            settlement.at.0,
            line.payable_at.0,
            line.needs_approval
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(())
}

/// Moves a day's totals of a brand.
async fn move_order_day(
    tx: &mut Transaction<'static, Sqlite>,
    brand: &str,
    day: i64,
    currency: &str,
    orders: i64,
    revenue_minor: i64,
) -> Result<()> {
    query!(
        "insert into order_days (brand_id, day, currency, orders, revenue_minor) values ($1, $2, $3, $4, $5)
         on conflict (brand_id, day, currency) do update set
            orders = order_days.orders + excluded.orders,
            revenue_minor = order_days.revenue_minor + excluded.revenue_minor",
        brand,
        day,
        currency,
        orders,
        revenue_minor
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Merges an order's facts into what is stored and queues its settlement, inside a transaction. Returns whether
/// anything changed.
pub(crate) async fn merge_order(
    tx: &mut Transaction<'static, Sqlite>,
    order: &Order,
    placed_day: Day,
    now: UnixMs,
) -> Result<bool> {
    let brand = order.brand.as_str();
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
    let (placed_at, updated_at) = (facts.placed_at.0, facts.updated_at.0);
    let cancelled_at = facts.cancelled_at.map(|at| at.0);
    let (cart_ref, landing_ref) = (facts.cart_ref.map(String::from), facts.landing_ref.map(String::from));
    let (promo_codes, lines) = (json(&facts.promo_codes)?, json(&facts.lines)?);
    query!(
        "insert into orders (brand_id, id, source, external_id, name, placed_at, placed_day, updated_at,
                             cancelled_at, currency, total_minor, subtotal_minor, is_test, is_new_customer,
                             cart_pv, cart_ref, landing_ref, promo_codes, email_hash, customer_hash, lines)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
         on conflict (brand_id, external_id) do update set
            source = excluded.source, name = excluded.name, placed_at = excluded.placed_at,
            currency = excluded.currency, updated_at = excluded.updated_at,
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
        updated_at,
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
    queue_settlement(tx, &order.brand, &order.external_id, now).await?;
    Ok(true)
}

/// Stores a refund and queues its order's settlement, inside a transaction. Returns whether it is new, or larger.
pub(crate) async fn insert_refund(
    tx: &mut Transaction<'static, Sqlite>,
    brand: &BrandId,
    refund: &Refund,
    now: UnixMs,
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
    queue_settlement(tx, brand, &refund.order_external_id, now).await?;
    Ok(true)
}

#[async_trait::async_trait]
impl OrderStore for SqliteStore {
    async fn put_order(&self, order: &Order, placed_day: Day, now: UnixMs) -> Result<bool> {
        let mut tx = self.begin().await?;
        let is_changed = merge_order(&mut tx, order, placed_day, now).await?;
        tx.commit().await.map_err(database)?;
        Ok(is_changed)
    }

    async fn put_refund(&self, brand: &BrandId, refund: &Refund, now: UnixMs) -> Result<bool> {
        let mut tx = self.begin().await?;
        let is_changed = insert_refund(&mut tx, brand, refund, now).await?;
        tx.commit().await.map_err(database)?;
        Ok(is_changed)
    }

    async fn settle_order(&self, settlement: &Settlement<'_>) -> Result<bool> {
        let mut tx = self.begin().await?;
        let order = settlement.order;
        let (brand, id, currency) = (order.brand.as_str(), order.id.as_str(), order.currency.code());
        let before = query!(
            r#"select placed_day as "placed_day!", settled_orders, settled_net_minor, settled_currency,
                      updated_at as "updated_at!", cancelled_at, redacted_at, settlements as "settlements!",
                      (select settings from brands where brands.id = orders.brand_id) as "settings!: String",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64"
               from orders where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?
        .ok_or(StoreError::Missing("order"))?;
        let is_current = before.updated_at == order.updated_at.0
            && before.cancelled_at == order.cancelled_at.map(|at| at.0)
            && before.redacted_at == order.redacted_at.map(|at| at.0)
            && before.refunded_minor == order.refunded_minor
            && before.settlements == settlement.settlements;
        let corrupt = |_| StoreError::Corrupt { table: "brands", column: "settings" };
        let terms: Settings = serde_json::from_str(&before.settings).map_err(corrupt)?;
        if !is_current || terms.closed_through != settlement.closed_through {
            return Ok(false);
        }

        let closed_through = settlement.closed_through.map_or(i64::MIN, |day| day.0);
        let day = settlement.day.map_or(before.placed_day, |day| day.0);
        move_credits(&mut tx, settlement, day, closed_through).await?;
        if day == before.placed_day || before.settled_currency.is_none() {
            replace_touchpoints(&mut tx, settlement, day).await?;
        }
        move_ledger(&mut tx, settlement).await?;

        let orders = i64::from(order.is_conversion());
        let net_minor = if order.is_test { 0 } else { settlement.attribution.net_minor };
        let earlier = (before.settled_currency, before.settled_orders, before.settled_net_minor);
        if let (Some(earlier_currency), Some(earlier_orders), Some(earlier_net_minor)) = earlier {
            move_order_day(&mut tx, brand, day, &earlier_currency, -earlier_orders, -earlier_net_minor).await?;
        }
        move_order_day(&mut tx, brand, day, currency, orders, net_minor).await?;

        let (attribution, visitors) = (json(settlement.attribution)?, json(settlement.visitors)?);
        query!(
            "update orders set settled_at = $3, settled_orders = $4, settled_net_minor = $5, settled_currency = $6,
                               attribution = $7, visitors = $8, settlements = settlements + 1,
                               settled_day = coalesce(settled_day, $9)
             where brand_id = $1 and id = $2",
            brand,
            id,
            settlement.at.0,
            orders,
            net_minor,
            currency,
            attribution,
            visitors,
            day
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn refunds_of(&self, brand: &BrandId, external_id: &str) -> Result<Vec<Refund>> {
        let brand = brand.as_str();
        query_as!(
            RefundRow,
            r#"select order_external_id as "order_external_id!", external_id as "external_id!",
                      amount_minor as "amount_minor!", currency as "currency!", at as "at!", subtotal_minor,
                      lines as "lines!"
               from refunds where brand_id = $1 and order_external_id = $2 order by at, external_id"#,
            brand,
            external_id
        )
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
                      name as "name!", placed_at as "placed_at!", updated_at as "updated_at!", cancelled_at,
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

    async fn order_by_external_id(&self, brand: &BrandId, external_id: &str) -> Result<Option<OrderRecord>> {
        let brand = brand.as_str();
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", updated_at as "updated_at!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", lines as "lines!", email_hash, customer_hash, redacted_at, placed_day as "placed_day!",
                      settlements as "settlements!", settled_day, visitors,
                      attribution
               from orders where brand_id = $1 and external_id = $2"#,
            brand,
            external_id
        )
        .fetch_optional(&self.reader)
        .await
        .map_err(database)?
        .map(OrderRow::read)
        .transpose()
    }

    async fn orders(&self, brand: &BrandId, before: (UnixMs, &str), limit: i64) -> Result<Vec<OrderRecord>> {
        let brand = brand.as_str();
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", updated_at as "updated_at!", cancelled_at,
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

    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String], until: UnixMs) -> Result<Vec<Event>> {
        let (brand, order_ids) = (brand.as_str(), json(order_ids)?);
        query_as!(
            EventRow,
            r#"select brand_id as "brand_id!", id as "id!", event_type as "event_type!", pv_id as "pv_id!", pv_alias,
                      occurred_at as "occurred_at!", received_at as "received_at!", page_url, ref_code, product_id,
                      order_id, revenue_minor, currency, promo_code, is_new_customer as "is_new_customer: bool",
                      event_data, is_verified as "is_verified!: bool", is_test as "is_test!: bool"
               from events
               where brand_id = $1 and order_id in (select value from json_each($2)) and event_type = 'purchase'
                 and received_at <= $3
               order by is_verified desc, is_test, received_at, id limit 50"#,
            brand,
            order_ids,
            until.0
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(EventRow::read)
        .collect()
    }

    async fn visitor_aliases(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<(String, String)>> {
        let (brand, pv_ids) = (brand.as_str(), json(pv_ids)?);
        let rows = query!(
            r#"select pv_id as "pv_id!", alias as "alias!" from visitor_aliases
               where brand_id = $1 and pv_id in (select value from json_each($2)) order by at, alias limit 50"#,
            brand,
            pv_ids
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| (row.pv_id, row.alias)).collect())
    }

    async fn clicks_of(&self, brand: &BrandId, pv_ids: &[String], until: UnixMs, limit: i64) -> Result<Vec<Click>> {
        let (brand, pv_ids) = (brand.as_str(), json(pv_ids)?);
        query_as!(
            ClickRow,
            r#"select brand_id as "brand_id!", id as "id!", link_id as "link_id!", creator_id, pv_id as "pv_id!",
                      is_returning as "is_returning!: bool", at as "at!", device as "device!", browser as "browser!",
                      os as "os!", country, referrer_host, bot, is_unique as "is_unique!: bool"
               from clicks
               where brand_id = $1 and pv_id in (select value from json_each($2)) and at <= $3
               order by at desc, id desc limit $4"#,
            brand,
            pv_ids,
            until.0,
            limit
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read().map(|record| record.click))
        .collect()
    }

    async fn landings_of(&self, brand: &BrandId, pv_ids: &[String], until: UnixMs) -> Result<Vec<Landing>> {
        let (brand, pv_ids) = (brand.as_str(), json(pv_ids)?);
        query!(
            r#"select pv_id as "pv_id!", code as "code!", at as "at!" from landings
               where brand_id = $1 and pv_id in (select value from json_each($2))
                 and at <= $3
               order by at desc, code limit 50"#,
            brand,
            pv_ids,
            until.0
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| Ok(Landing { pv_id: row.pv_id, code: read(row.code, "landings", "code")?, at: UnixMs(row.at) }))
        .collect()
    }

    async fn links_named(
        &self,
        brand: &BrandId,
        ids: &[String],
        codes: &[String],
        promos: &[String],
    ) -> Result<Vec<Link>> {
        let (brand, ids, codes, promos) = (brand.as_str(), json(ids)?, json(codes)?, json(promos)?);
        query_as!(
            LinkRow,
            r#"select brand_id as "brand_id!", id as "id!", code as "code!", destination as "destination!",
                      campaign_id, creator_id, platform, content_type, promo_code,
                      share_revenue as "share_revenue!: bool", created_at as "created_at!", expires_at, deleted_at
               from links
               where brand_id = $1
                 and (id in (select value from json_each($2)) or code in (select value from json_each($3))
                      or promo_code in (select value from json_each($4)))
               order by id limit 1000"#,
            brand,
            ids,
            codes,
            promos
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read().map(|(_, link)| link))
        .collect()
    }

    async fn creators_with_email(&self, brand: &BrandId, email_hash: &str) -> Result<Vec<CreatorId>> {
        let brand = brand.as_str();
        query!(
            r#"select id as "id!" from creators where brand_id = $1 and email_hash = $2 order by id"#,
            brand,
            email_hash
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| read(row.id, "creators", "id"))
        .collect()
    }
}
