//! Settlements: what orders earned, moved by the difference.

use domain::{BrandId, UnixMs, brand::Settings};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    settlements::{Moves, Said, Settlement, SettlementStore, Stored, StoredCredit},
};

use crate::{PostgresStore, database, json};

#[async_trait::async_trait]
impl SettlementStore for PostgresStore {
    async fn settle_orders(&self, brand: &BrandId, settlements: &[Settlement<'_>]) -> Result<Vec<bool>> {
        let mut tx = self.begin().await?;
        let brand = brand.as_str();
        let list: Vec<String> = settlements.iter().map(|one| one.order.id.to_string()).collect();
        let terms = query!(r#"select settings as "settings!" from brands where id = $1 for share"#, brand)
            .fetch_optional(&mut *tx)
            .await
            .map_err(database)?
            .ok_or(StoreError::Missing("brand"))?;
        let corrupt = |_| StoreError::Corrupt { table: "brands", column: "settings" };
        let terms: Settings = serde_json::from_str(&terms.settings).map_err(corrupt)?;
        let stored = query_as!(
            Stored,
            r#"select id as "order!", placed_day as "placed_day!", updated_at as "updated_at!", cancelled_at, redacted_at,
                      settlements as "settlements!",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64",
                      settled_currency, settled_orders, settled_net_minor, attribution
               from orders where brand_id = $1 and id = any($2) order by id for update"#,
            brand,
            &list
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(database)?;
        let mut current = Vec::with_capacity(settlements.len());
        let mut is_settled = Vec::with_capacity(settlements.len());
        for settlement in settlements {
            let stored = stored.iter().find(|stored| stored.order == settlement.order.id.as_str());
            let stored = stored.ok_or(StoreError::Missing("order"))?;
            let is_current = settlement.is_current(stored, terms.closed_through);
            is_settled.push(is_current);
            if is_current {
                current.push((settlement, stored.clone()));
            }
        }
        let credits = query_as!(
            StoredCredit,
            r#"select order_id as "order_id!", position as "position!", link_id as "link_id!", creator_id, campaign_id,
                      kind as "kind!", touched_at as "touched_at!", weight as "weight!", currency as "currency!",
                      amount_minor as "amount_minor!", conversions as "conversions!", day as "day!"
               from credits where brand_id = $1 and order_id = any($2)"#,
            brand,
            &list
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(database)?;
        let now = settlements.first().map_or(0, |one| one.at.0);
        let said = query!(
            r#"select order_id as "order!", creator_id as "creator!", rule_id as "rule!", currency as "currency!",
                      cast(sum(amount_minor) as bigint) as "amount_minor!: i64",
                      cast(count(*) as bigint) as "count!: i64", max(payable_at) as "payable_at!: i64",
                      bool_or(needs_approval) as "needs_approval!: bool",
                      bool_or(approved_at is not null or payout_id is not null
                              or (not needs_approval and payable_at <= $3))
                          as "is_released!: bool"
               from ledger
               where brand_id = $1 and order_id = any($2)
                 and kind in ('accrual', 'reversal') and rule_id is not null
               group by order_id, creator_id, rule_id, currency"#,
            brand,
            &list,
            now
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(database)?;
        let said: Vec<Said> = said
            .into_iter()
            .map(|row| Said {
                order: row.order,
                creator: row.creator,
                rule: row.rule,
                currency: row.currency,
                amount_minor: row.amount_minor,
                count: row.count,
                payable_at: UnixMs(row.payable_at),
                needs_approval: row.needs_approval,
                is_released: row.is_released,
            })
            .collect();
        let moves = Moves::of(&current, &credits, &said)?;

        if !moves.uncredited.is_empty() {
            let (orders, days): (Vec<String>, Vec<Option<i64>>) = moves.uncredited.into_iter().unzip();
            let closed_through = terms.closed_through.map_or(i64::MIN, |day| day.0);
            query!(
                "delete from credits using unnest($2::text[], $3::bigint[]) as gone (order_id, day)
                 where credits.brand_id = $1 and credits.order_id = gone.order_id and credits.day > $4
                   and credits.day = coalesce(gone.day, credits.day)",
                brand,
                &orders,
                &days as &[Option<i64>],
                closed_through
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        if !moves.credits.is_empty() {
            let rows = json(&moves.credits)?;
            query!(
                "insert into credits (brand_id, order_id, position, link_id, creator_id, campaign_id, kind, touched_at,
                                      weight, currency, amount_minor, conversions, day)
                 select $1, order_id, position, link_id, creator_id,
                        campaign_id, kind, touched_at, weight,
                        currency, amount_minor, conversions, day
                 from jsonb_to_recordset($2::text::jsonb) as r (
                        order_id text, position bigint, link_id text, creator_id text, campaign_id text, kind text,
                        touched_at bigint, weight text, currency text, amount_minor bigint, conversions bigint, day bigint)",
                brand,
                rows
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        if !moves.sale_days.is_empty() {
            let rows = json(&moves.sale_days)?;
            query!(
                "insert into sale_days (brand_id, day, link_id, currency, conversions, revenue_minor)
                 select $1, day, link_id, currency, conversions,
                        revenue_minor
                 from jsonb_to_recordset($2::text::jsonb) as r (
                        day bigint, link_id text, currency text, conversions bigint, revenue_minor bigint)
                 on conflict (brand_id, day, link_id, currency) do update set
                    conversions = sale_days.conversions + excluded.conversions,
                    revenue_minor = sale_days.revenue_minor + excluded.revenue_minor",
                brand,
                rows
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        if !moves.rerouted.is_empty() {
            let orders = &moves.rerouted;
            query!("delete from touchpoints where brand_id = $1 and order_id = any($2)", brand, orders)
                .execute(&mut *tx)
                .await
                .map_err(database)?;
        }
        if !moves.touchpoints.is_empty() {
            let rows = json(&moves.touchpoints)?;
            query!(
                "insert into touchpoints (brand_id, order_id, position, link_id, creator_id, campaign_id, kind,
                                          touched_at, currency, day, conversions, first_touch_minor, last_touch_minor,
                                          linear_minor, position_based_minor, time_decay_minor)
                 select $1, order_id, position, link_id, creator_id,
                        campaign_id, kind, touched_at, currency,
                        day, conversions, first_touch_minor,
                        last_touch_minor, linear_minor, position_based_minor,
                        time_decay_minor
                 from jsonb_to_recordset($2::text::jsonb) as r (
                        order_id text, position bigint, link_id text, creator_id text, campaign_id text, kind text,
                        touched_at bigint, currency text, day bigint, conversions bigint, first_touch_minor bigint,
                        last_touch_minor bigint, linear_minor bigint, position_based_minor bigint,
                        time_decay_minor bigint)",
                brand,
                rows
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        if !moves.ledger.is_empty() {
            let rows = json(&moves.ledger)?;
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
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        if !moves.order_days.is_empty() {
            let rows = json(&moves.order_days)?;
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
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        if !moves.orders.is_empty() {
            let rows = json(&moves.orders)?;
            query!(
                "update orders set
                    settled_at = settled.settled_at, settled_orders = settled.settled_orders,
                    settled_net_minor = settled.settled_net_minor,
                    settled_currency = settled.settled_currency,
                    attribution = settled.attribution, visitors = settled.visitors,
                    settlements = orders.settlements + 1,
                    settled_day = coalesce(orders.settled_day, settled.settled_day)
                 from jsonb_to_recordset($2::text::jsonb) as settled (
                    order_id text, settled_at bigint, settled_orders bigint, settled_net_minor bigint,
                    settled_currency text, attribution text, visitors text, settled_day bigint)
                 where orders.brand_id = $1 and orders.id = settled.order_id",
                brand,
                rows
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        tx.commit().await.map_err(database)?;
        Ok(is_settled)
    }
}
