//! Writing settlements, many rows per statement.

use domain::{OrderId, time::Day};
use sqlx::{query, query_scalar};
use store::Result;

use crate::{Tx, database};

/// Deletes the orders' credits on days after `closed_through` (days since 1970); those of one day, where one is given.
pub(crate) async fn delete_credits(
    tx: &mut Tx,
    brand: &str,
    orders: &[(OrderId, Option<Day>)],
    closed_through: i64,
) -> Result<()> {
    let (orders, days): (Vec<String>, Vec<Option<i64>>) =
        orders.iter().map(|(order, day)| (order.to_string(), day.map(|day| day.0))).unzip();
    query!(
        "delete from credits using unnest($2::text[], $3::bigint[]) as gone (order_id, day)
         where credits.brand_id = $1 and credits.order_id = gone.order_id and credits.day > $4
           and credits.day = coalesce(gone.day, credits.day)",
        brand,
        &orders,
        &days as &[Option<i64>],
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
        r#"insert into credits (brand_id, order_id, position, link_id, creator_id, campaign_id, kind, touched_at,
                              weight, currency, amount_minor, conversions, day)
         select $1, "order", position, link, creator,
                campaign, kind, touched_at, weight,
                currency, amount_minor, conversions, day
         from jsonb_to_recordset($2::text::jsonb) as r (
                "order" text, position bigint, link text, creator text, campaign text, kind text,
                touched_at bigint, weight text, currency text, amount_minor bigint, conversions bigint, day bigint)"#,
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
        // Settlement by settlement, as clicks are added to their days: the triggers that keep the sums run for changed rows
        // first, then for new ones, so that their rows are in no one order.
        r#"with locks as materialized (
             select count(pg_advisory_xact_lock(hashtextextended('sale days ' || $1::text, 0))) as locked)
         insert into sale_days (brand_id, day, link_id, currency, conversions, revenue_minor)
         select $1, day, link, currency, conversions,
                revenue_minor
         from jsonb_to_recordset($2::text::jsonb) as r (
                day bigint, link text, currency text, conversions bigint, revenue_minor bigint)
         cross join locks where locked >= 0
         on conflict (brand_id, day, link_id, currency) do update set
            conversions = sale_days.conversions + excluded.conversions,
            revenue_minor = sale_days.revenue_minor + excluded.revenue_minor"#,
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
        r#"insert into touchpoints (brand_id, order_id, position, link_id, creator_id, campaign_id, kind,
                                  touched_at, currency, day, conversions, first_touch_minor, last_touch_minor,
                                  linear_minor, position_based_minor, time_decay_minor)
         select $1, "order", position, link, creator,
                campaign, kind, touched_at, currency,
                day, conversions, (amounts_minor ->> 0)::bigint,
                (amounts_minor ->> 1)::bigint, (amounts_minor ->> 2)::bigint, (amounts_minor ->> 3)::bigint,
                (amounts_minor ->> 4)::bigint
         from jsonb_to_recordset($2::text::jsonb) as r (
                "order" text, position bigint, link text, creator text, campaign text, kind text,
                touched_at bigint, currency text, day bigint, conversions bigint, amounts_minor jsonb)"#,
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
        r#"insert into ledger (brand_id, id, key, creator_id, order_id, rule_id, kind, currency, amount_minor,
                             reason, actor, created_at, payable_at, needs_approval)
         select $1, id, key, creator, "order", rule,
                kind, currency, amount_minor, reason, 'rules',
                $3, payable_at, needs_approval
         from jsonb_to_recordset($2::text::jsonb) as r (
                id text, key text, creator text, "order" text, rule text, kind text, currency text,
                amount_minor bigint, reason text, payable_at bigint, needs_approval boolean)"#,
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
         select $1, day, currency, orders, revenue_minor
         from jsonb_to_recordset($2::text::jsonb) as r (
                day bigint, currency text, orders bigint, revenue_minor bigint)
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
         select $1, day, outcome, orders
         from jsonb_to_recordset($2::text::jsonb) as r (day bigint, outcome text, orders bigint)
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
        "update orders set
            settled_at = settled.settled_at, settled_orders = settled.settled_orders,
            settled_net_minor = settled.settled_net_minor,
            settled_refunded_minor = settled.settled_refunded_minor,
            settled_currency = settled.settled_currency,
            attribution = settled.attribution, visitors = settled.visitors,
            settlements = orders.settlements + 1,
            settled_day = coalesce(orders.settled_day, settled.settled_day), is_unproven = settled.is_unproven,
            approved_at = case when settled.keeps_approval then orders.approved_at end,
            outcome = settled.outcome, outcome_day = settled.outcome_day
         from jsonb_to_recordset($2::text::jsonb) as settled (
            order_id text, settled_at bigint, settled_orders bigint, settled_net_minor bigint,
            settled_refunded_minor bigint,
            settled_currency text, attribution text, visitors text, settled_day bigint,
            is_unproven boolean, keeps_approval boolean, outcome text, outcome_day bigint)
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
    names: &[String],
    at: i64,
) -> Result<Vec<String>> {
    query_scalar!(
        r#"insert into milestones (brand_id, creator_id, name, reached_at)
         select $1, $2, name, $4 from unnest($3::text[]) as name
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
