//! Writing settlements, many rows per statement.

use domain::{OrderId, time::Day};
use sqlx::{query, query_scalar};
use store::Result;

use crate::{Tx, database, json};

/// Deletes the orders' credits on days after `closed_through` (days since 1970); those of one day, where one is given.
pub(crate) async fn delete_credits(
    tx: &mut Tx,
    brand: &str,
    orders: &[(OrderId, Option<Day>)],
    closed_through: i64,
) -> Result<()> {
    let orders = json(orders)?;
    query!(
        "delete from credits where brand_id = $1 and day > $3 and (order_id, day) in (
            select credits.order_id, credits.day from jsonb_each($2) as gone
            cross join credits on credits.brand_id = $1 and credits.order_id = gone.value ->> 0
              and credits.day = coalesce(gone.value ->> 1, credits.day))",
        brand,
        orders,
        closed_through
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Inserts credits from a JSON array of [`domain::settlement::BookedCredit`].
pub(crate) async fn insert_credits(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into credits (brand_id, order_id, position, link_id, creator_id, campaign_id, kind, touched_at,
                              weight, currency, amount_minor, conversions, day)
         select $1, value ->> 'order', value ->> 'position', value ->> 'link', value ->> 'creator',
                value ->> 'campaign', value ->> 'kind', value ->> 'touched_at', value ->> 'weight',
                value ->> 'currency', value ->> 'amount_minor', value ->> 'conversions', value ->> 'day'
         from jsonb_each($2)",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Adds to the links' figures from a JSON array of [`domain::settlement::SaleDayDelta`].
pub(crate) async fn add_sale_days(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into sale_days (brand_id, day, link_id, currency, conversions, revenue_minor)
         select $1, value ->> 'day', value ->> 'link', value ->> 'currency', value ->> 'conversions',
                value ->> 'revenue_minor'
         from jsonb_each($2) where true
         on conflict (brand_id, day, link_id, currency) do update set
            conversions = sale_days.conversions + excluded.conversions,
            revenue_minor = sale_days.revenue_minor + excluded.revenue_minor",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Inserts touchpoints from a JSON array of [`domain::settlement::BookedTouchpoint`].
pub(crate) async fn insert_touchpoints(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into touchpoints (brand_id, order_id, position, link_id, creator_id, campaign_id, kind,
                                  touched_at, currency, day, conversions, first_touch_minor, last_touch_minor,
                                  linear_minor, position_based_minor, time_decay_minor)
         select $1, value ->> 'order', value ->> 'position', value ->> 'link', value ->> 'creator',
                value ->> 'campaign', value ->> 'kind', value ->> 'touched_at', value ->> 'currency',
                value ->> 'day', value ->> 'conversions', value ->> '$.amounts_minor[0]',
                value ->> '$.amounts_minor[1]', value ->> '$.amounts_minor[2]', value ->> '$.amounts_minor[3]',
                value ->> '$.amounts_minor[4]'
         from jsonb_each($2)",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Inserts ledger lines from a JSON array of [`domain::settlement::LedgerChange`].
pub(crate) async fn insert_ledger_lines(tx: &mut Tx, brand: &str, rows: &str, now: i64) -> Result<()> {
    query!(
        "insert into ledger (brand_id, id, key, creator_id, order_id, rule_id, kind, currency, amount_minor,
                             reason, actor, created_at, payable_at, needs_approval)
         select $1, value ->> 'id', value ->> 'key', value ->> 'creator', value ->> 'order', value ->> 'rule',
                value ->> 'kind', value ->> 'currency', value ->> 'amount_minor', value ->> 'reason', 'rules',
                $3, value ->> 'payable_at', value ->> 'needs_approval'
         from jsonb_each($2)",
        brand,
        rows,
        now
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Adds to the brand's figures from a JSON array of [`domain::settlement::OrderDayDelta`].
pub(crate) async fn add_order_days(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into order_days (brand_id, day, currency, orders, revenue_minor)
         select $1, value ->> 'day', value ->> 'currency', value ->> 'orders', value ->> 'revenue_minor'
         from jsonb_each($2) where true
         on conflict (brand_id, day, currency) do update set
            orders = order_days.orders + excluded.orders,
            revenue_minor = order_days.revenue_minor + excluded.revenue_minor",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Adds to the brand's outcomes from a JSON array of [`domain::settlement::OutcomeDayDelta`].
pub(crate) async fn add_outcome_days(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into outcome_days (brand_id, day, outcome, orders)
         select $1, value ->> 'day', value ->> 'outcome', value ->> 'orders' from jsonb_each($2) where true
         on conflict (brand_id, day, outcome) do update set orders = outcome_days.orders + excluded.orders",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Stores outcomes from a JSON array of [`store::settlements::SettledOrderRow`].
pub(crate) async fn update_orders(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "with settled as materialized (
            select value ->> 'order_id' as order_id, value ->> 'settled_at' as settled_at,
                   value ->> 'settled_orders' as settled_orders, value ->> 'settled_net_minor' as net_minor,
                   value ->> 'settled_refunded_minor' as refunded_minor,
                   value ->> 'settled_currency' as currency, value ->> 'attribution' as attribution,
                   value ->> 'visitors' as visitors, value ->> 'settled_day' as day,
                   value ->> 'is_unproven' as is_unproven, value ->> 'keeps_approval' as keeps_approval,
                   value ->> 'outcome' as outcome, value ->> 'outcome_day' as outcome_day
            from jsonb_each($2))
         update orders set
            settled_at = settled.settled_at, settled_orders = settled.settled_orders,
            settled_net_minor = settled.net_minor, settled_refunded_minor = settled.refunded_minor,
            settled_currency = settled.currency,
            attribution = settled.attribution, visitors = settled.visitors, settlements = settlements + 1,
            settled_day = coalesce(settled_day, settled.day), is_unproven = settled.is_unproven,
            approved_at = case when settled.keeps_approval then approved_at end,
            outcome = settled.outcome, outcome_day = settled.outcome_day
         from settled
         where orders.brand_id = $1 and orders.id = settled.order_id",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Inserts milestones of a creator that are not stored yet, all reached at `at` (Unix ms). Returns their names.
pub(crate) async fn insert_milestones(
    tx: &mut Tx,
    brand: &str,
    creator: &str,
    names: &str,
    at: i64,
) -> Result<Vec<String>> {
    query_scalar!(
        r#"insert into milestones (brand_id, creator_id, name, reached_at)
         select $1, $2, value, $4 from json_each($3) where true
         on conflict (brand_id, creator_id, name) do nothing
         returning name as "name!""#,
        brand,
        creator,
        names,
        at
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)
}
