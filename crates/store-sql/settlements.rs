//! Settlements: what is booked is read under the orders' locks, and moves by the difference.

use domain::{
    BrandId, EntryId, OrderId, UnixMs,
    brand::Settings,
    settlement::{BookedCredit, LedgerBalance, SettledState, Settlement, SettlementDelta},
    time::Day,
};
use sqlx::query_as;
use store::{
    Result, StoreError,
    audit::AuditEntry,
    commissions::{Entry, EntryRow},
    settlements::{
        BookedCreditRow, LedgerBalanceRow, SettledOrderRow, SettledStateRow, SettlementEvents, SettlementStore,
    },
};

use crate::{Db, List, Tx, audit, database, json, list, outbound_events, settlement_rows as rows};

#[async_trait::async_trait]
impl SettlementStore for Db {
    async fn settle_orders(
        &self,
        brand: &BrandId,
        settlements: &[Settlement<'_>],
        events: SettlementEvents<'_>,
    ) -> Result<Vec<bool>> {
        let mut tx = self.begin_for(brand).await?;
        let ids: Vec<String> = settlements.iter().map(|settlement| settlement.order.id.to_string()).collect();
        let closed_through = closed_through(&mut tx, brand).await?;
        let states = settled_states(&mut tx, brand, &ids).await?;
        let mut current = Vec::with_capacity(settlements.len());
        let mut is_settled = Vec::with_capacity(settlements.len());
        for settlement in settlements {
            let state = states.iter().find(|state| state.order == settlement.order.id);
            let state = state.ok_or(StoreError::Missing("order"))?;
            let is_current = settlement.is_current(state, closed_through);
            is_settled.push(is_current);
            if is_current {
                current.push((settlement, state.clone()));
            }
        }
        let credits = booked_credits(&mut tx, brand, &ids).await?;
        let now = settlements.first().map_or(0, |settlement| settlement.at.0);
        let balances = ledger_balances(&mut tx, brand, &ids, now).await?;
        let delta = SettlementDelta::of(&current, &credits, &balances);
        let released = write(&mut tx, brand, &delta, closed_through, now).await?;
        outbound_events::emit(&mut tx, brand, &events(&delta, &released)).await?;
        tx.commit().await.map_err(database)?;
        Ok(is_settled)
    }
}

/// The last closed day of the brand, which stays so until the transaction ends.
async fn closed_through(tx: &mut Tx, brand: &BrandId) -> Result<Option<Day>> {
    let brand = brand.as_str();
    let row = statement!(query!(r#"select settings as "settings!" from brands where id = $1"# FOR SHARE, brand))
        .fetch_optional(&mut **tx)
        .await
        .map_err(database)?
        .ok_or(StoreError::Missing("brand"))?;
    let corrupt = |_| StoreError::Corrupt { table: "brands", column: "settings" };
    let settings: Settings = serde_json::from_str(&row.settings).map_err(corrupt)?;
    Ok(settings.closed_through)
}

async fn settled_states(tx: &mut Tx, brand: &BrandId, ids: &[String]) -> Result<Vec<SettledState>> {
    let (brand, ids) = (brand.as_str(), list(ids)?);
    statement!(query_as!(
        SettledStateRow,
        r#"select id as "order!", placed_day as "placed_day!", facts_version as "version!", cancelled_at, redacted_at,
                  settlements as "settlements!",
                  (select cast(coalesce(sum(deducted_minor), 0) as bigint) from refunds
                   where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id) as "refunded_minor!: i64",
                  settled_currency, settled_orders, settled_net_minor, settled_refunded_minor, attribution,
                  approved_at is not null as "is_approved!: bool", outcome, outcome_day
           from orders where brand_id = $1 and id "# IN "$2" r#" order by id"# FOR UPDATE,
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?
    .into_iter()
    .map(SettledStateRow::read)
    .collect()
}

async fn booked_credits(tx: &mut Tx, brand: &BrandId, ids: &[String]) -> Result<Vec<BookedCredit>> {
    let (brand, ids) = (brand.as_str(), list(ids)?);
    statement!(query_as!(
        BookedCreditRow,
        r#"select order_id as "order_id!", position as "position!", link_id as "link_id!", creator_id, campaign_id,
                  kind as "kind!", touched_at as "touched_at!", weight as "weight!", currency as "currency!",
                  amount_minor as "amount_minor!", conversions as "conversions!", day as "day!"
           from credits where brand_id = $1 and order_id "# IN "$2",
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?
    .into_iter()
    .map(BookedCreditRow::read)
    .collect()
}

async fn ledger_balances(tx: &mut Tx, brand: &BrandId, ids: &[String], now: i64) -> Result<Vec<LedgerBalance>> {
    let (brand, ids) = (brand.as_str(), list(ids)?);
    let rows = statement!(query_as!(
        LedgerBalanceRow,
        r#"select order_id as "order_id!", creator_id as "creator_id!", rule_id as "rule_id!",
                  currency as "currency!", cast(sum(amount_minor) as bigint) as "amount_minor!: i64",
                  cast(sum(case when edited_minor < 0 then edited_minor else 0 end) as bigint) as "edited_minor!: i64",
                  cast(count(*) as bigint) as "count!: i64", payable_at as "payable_at!: i64",
                  is_waiting as "is_waiting!: bool", is_released as "is_released!: bool"
           from (select order_id, creator_id, rule_id, currency, amount_minor, payable_at,
                        needs_approval and approved_at is null as is_waiting,
                        payout_id is not null or ((not needs_approval or approved_at is not null)
                            and payable_at <= $3) as is_released,
                        coalesce((select sum(edit.amount_minor) from ledger_edits
                                  join ledger as edit on edit.brand_id = $1 and edit.id = ledger_edits.adjustment_id
                                  where ledger_edits.brand_id = $1 and ledger_edits.entry_id = ledger.id), 0)
                            as edited_minor
                 from ledger
                 where brand_id = $1 and order_id "# IN "$2" r#"
                   and kind in ('accrual', 'reversal') and rule_id is not null) as line
           group by order_id, creator_id, rule_id, currency, payable_at, is_waiting, is_released
           order by order_id, creator_id, rule_id, currency, payable_at, is_waiting, is_released"#,
        brand,
        &ids,
        now
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    LedgerBalanceRow::read_all(rows)
}

/// Writes a difference, table by table in one order, so that settlements lock rows in one order too. Returns the ledger
/// entries that wait for a person's approval no longer.
async fn write(
    tx: &mut Tx,
    brand: &BrandId,
    delta: &SettlementDelta<'_>,
    closed_through: Option<Day>,
    now: i64,
) -> Result<Vec<Entry>> {
    let (brand_id, brand) = (brand, brand.as_str());
    if !delta.deleted_credits.is_empty() {
        let closed_through = closed_through.map_or(i64::MIN, |day| day.0);
        rows::delete_credits(tx, brand, &delta.deleted_credits, closed_through).await?;
    }
    if !delta.credits.is_empty() {
        rows::insert_credits(tx, brand, &json(&delta.credits)?).await?;
    }
    if !delta.sale_days.is_empty() {
        rows::add_sale_days(tx, brand, &json(&delta.sale_days)?).await?;
    }
    if !delta.replaced_touchpoints.is_empty() {
        delete_touchpoints(tx, brand, &list(&delta.replaced_touchpoints)?).await?;
    }
    if !delta.touchpoints.is_empty() {
        rows::insert_touchpoints(tx, brand, &json(&delta.touchpoints)?).await?;
    }
    let mut released = Vec::new();
    for (order, id) in &delta.released {
        released.extend(release(tx, brand_id, order, id, now).await?);
    }
    if !delta.ledger.is_empty() {
        rows::insert_ledger_lines(tx, brand, &json(&delta.ledger)?, now).await?;
    }
    if !delta.order_days.is_empty() {
        rows::add_order_days(tx, brand, &json(&delta.order_days)?).await?;
    }
    if !delta.outcome_days.is_empty() {
        rows::add_outcome_days(tx, brand, &json(&delta.outcome_days)?).await?;
    }
    if !delta.orders.is_empty() {
        let orders: Vec<SettledOrderRow> = delta.orders.iter().map(SettledOrderRow::of).collect::<Result<_>>()?;
        rows::update_orders(tx, brand, &json(&orders)?).await?;
    }
    Ok(released)
}

/// Lets an order's ledger lines wait for a person's approval no longer, and says so in the audit log. Returns them.
async fn release(tx: &mut Tx, brand: &BrandId, order: &OrderId, id: &EntryId, now: i64) -> Result<Vec<Entry>> {
    let (brand_id, order_id) = (brand.as_str(), order.as_str());
    let released = query_as!(
        EntryRow,
        r#"update ledger set needs_approval = false
           where brand_id = $1 and order_id = $2 and needs_approval and approved_at is null
           returning id as "id!: String", key as "key!: String", creator_id as "creator_id!: String",
                     order_id as "order_id: String", rule_id as "rule_id: String", kind as "kind!: String",
                     currency as "currency!: String", amount_minor as "amount_minor!: i64",
                     reason as "reason!: String", actor as "actor!: String", created_at as "created_at!: i64",
                     payable_at as "payable_at!: i64", needs_approval as "needs_approval!: bool",
                     approved_at as "approved_at: i64", payout_id as "payout_id: String""#,
        brand_id,
        order_id
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let entry = AuditEntry {
        id: format!("aud_{}", id.as_str().rsplit('_').next().unwrap_or_default()),
        at: UnixMs(now),
        actor: "rules".to_owned(),
        action: "commission.release",
        subject: order.to_string(),
    };
    audit::write(tx, brand, &entry).await?;
    released.into_iter().map(EntryRow::read).collect()
}

async fn delete_touchpoints(tx: &mut Tx, brand: &str, orders: &List) -> Result<()> {
    statement!(query!("delete from touchpoints where brand_id = $1 and order_id " IN "$2", brand, orders))
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
}
