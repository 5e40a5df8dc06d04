//! Commission rules, the ledger, payouts and milestones.

use std::collections::BTreeMap;

use domain::{BrandId, CreatorId, Currency, EntryId, OrderId, PayoutId, RuleId, UnixMs, commission::Rule};
use sqlx::{query, query_as};
use store::{
    Result,
    audit::AuditEntry,
    commissions::{
        Approval, ApprovalEvents, Balance, BalanceRow, Closing, CommissionStore, Entry, EntryRow, MilestoneEvents,
        Payout, PayoutLine, PayoutLineRow, PayoutRow, RuleRow, WaitingCommission, WaitingRow,
    },
    outbound::NewEvents,
    row::{currency, read},
};

use crate::{
    Db, audit, database, json,
    ledger_writes::{approve_in, close_payout_in, create_payout_in, insert_entry},
    list, named, outbound_events, settlement_rows,
};

#[async_trait::async_trait]
impl CommissionStore for Db {
    async fn create_rule(&self, brand: &BrandId, rule: &Rule, audit: &AuditEntry) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id, text) = (brand.as_str(), rule.id.as_str(), json(rule)?);
        let ends_at = rule.ends_at.map(|at| at.0);
        query!(
            "insert into commission_rules (brand_id, id, rule, ends_at, created_at) values ($1, $2, $3, $4, $5)",
            brand_id,
            id,
            text,
            ends_at,
            rule.created_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(named("rule"))?;
        audit::write(&mut tx, brand, audit).await?;
        tx.commit().await.map_err(database)
    }

    async fn end_rule(&self, brand: &BrandId, id: &RuleId, at: UnixMs, audit: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let done = query!(
            "update commission_rules set ends_at = $3
             where brand_id = $1 and id = $2 and (ends_at is null or ends_at > $3)",
            brand_id,
            id,
            at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, audit).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn rules(&self, brand: &BrandId) -> Result<Vec<Rule>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            RuleRow,
            r#"select rule as "rule!", ends_at from commission_rules where brand_id = $1 order by created_at, id"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(RuleRow::read)
        .collect()
    }

    async fn adjust(&self, brand: &BrandId, entry: &Entry, audit: &AuditEntry, events: &NewEvents) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        if !insert_entry(&mut tx, brand, entry).await? {
            return Ok(false);
        }
        audit::write(&mut tx, brand, audit).await?;
        outbound_events::emit(&mut tx, brand, events).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn ledger(
        &self,
        brand: &BrandId,
        creator: Option<&CreatorId>,
        before: &str,
        limit: i64,
    ) -> Result<Vec<Entry>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.map(CreatorId::as_str));
        query_as!(
            EntryRow,
            r#"select id as "id!", key as "key!", creator_id as "creator_id!", order_id, rule_id, kind as "kind!",
                      currency as "currency!", amount_minor as "amount_minor!", reason as "reason!", actor as "actor!",
                      created_at as "created_at!", payable_at as "payable_at!",
                      needs_approval as "needs_approval!: bool", approved_at, payout_id
               from ledger
               where brand_id = $1 and (cast($2 as text) is null or creator_id = $2) and ($3 = '' or id < $3)
               order by id desc limit $4"#,
            brand,
            creator,
            before,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(EntryRow::read)
        .collect()
    }

    async fn ledger_of_order(&self, brand: &BrandId, order: &OrderId) -> Result<Vec<Entry>> {
        let mut connection = self.read(brand).await?;
        let (brand, order) = (brand.as_str(), order.as_str());
        query_as!(
            EntryRow,
            r#"select id as "id!", key as "key!", creator_id as "creator_id!", order_id, rule_id, kind as "kind!",
                      currency as "currency!", amount_minor as "amount_minor!", reason as "reason!", actor as "actor!",
                      created_at as "created_at!", payable_at as "payable_at!",
                      needs_approval as "needs_approval!: bool", approved_at, payout_id
               from ledger where brand_id = $1 and order_id = $2 order by id"#,
            brand,
            order
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(EntryRow::read)
        .collect()
    }

    async fn balances(&self, brand: &BrandId, now: UnixMs) -> Result<Vec<Balance>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            BalanceRow,
            r#"select creator_id as "creator_id!", ledger.currency as "currency!",
                      cast(sum(case when kind <> 'payout' and payout_id is null
                                     and ((needs_approval and approved_at is null) or payable_at > $2)
                               then amount_minor else 0 end) as bigint) as "held_minor!: i64",
                      cast(sum(case when kind <> 'payout' and payout_id is null
                                     and (approved_at is not null or not needs_approval) and payable_at <= $2
                               then amount_minor else 0 end) as bigint) as "payable_minor!: i64",
                      cast(sum(case when kind = 'payout' and payouts.state = 'open'
                               then -amount_minor else 0 end) as bigint) as "in_payout_minor!: i64",
                      cast(sum(case when kind = 'payout' and payouts.state = 'paid'
                               then -amount_minor else 0 end) as bigint) as "paid_out_minor!: i64"
               from ledger
               left join payouts on payouts.brand_id = ledger.brand_id and payouts.id = ledger.payout_id
               where ledger.brand_id = $1 group by creator_id, ledger.currency order by creator_id, ledger.currency"#,
            brand,
            now.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(BalanceRow::read)
        .collect()
    }

    async fn balances_of(&self, brand: &BrandId, creator: &CreatorId, now: UnixMs) -> Result<Vec<Balance>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        query_as!(
            BalanceRow,
            r#"select creator_id as "creator_id!", ledger.currency as "currency!",
                      cast(sum(case when kind <> 'payout' and payout_id is null
                                     and ((needs_approval and approved_at is null) or payable_at > $2)
                               then amount_minor else 0 end) as bigint) as "held_minor!: i64",
                      cast(sum(case when kind <> 'payout' and payout_id is null
                                     and (approved_at is not null or not needs_approval) and payable_at <= $2
                               then amount_minor else 0 end) as bigint) as "payable_minor!: i64",
                      cast(sum(case when kind = 'payout' and payouts.state = 'open'
                               then -amount_minor else 0 end) as bigint) as "in_payout_minor!: i64",
                      cast(sum(case when kind = 'payout' and payouts.state = 'paid'
                               then -amount_minor else 0 end) as bigint) as "paid_out_minor!: i64"
               from ledger
               left join payouts on payouts.brand_id = ledger.brand_id and payouts.id = ledger.payout_id
               where ledger.brand_id = $1 and ledger.creator_id = $3 group by creator_id, ledger.currency order by creator_id, ledger.currency"#,
            brand,
            now.0,
            creator
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(BalanceRow::read)
        .collect()
    }

    async fn approve(
        &self,
        brand: &BrandId,
        approval: Approval<'_>,
        now: UnixMs,
        audit: &AuditEntry,
        events: ApprovalEvents<'_>,
    ) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        let (approved, orders) = approve_in(&mut tx, brand, approval, now).await?;
        if !approved.is_empty() || orders > 0 {
            audit::write(&mut tx, brand, audit).await?;
        }
        outbound_events::emit(&mut tx, brand, &events(&approved)).await?;
        tx.commit().await.map_err(database)?;
        Ok(approved.len() as u64)
    }

    async fn waiting_commissions(&self, brand: &BrandId, limit: i64) -> Result<Vec<WaitingCommission>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            WaitingRow,
            r#"select ledger.order_id as "order_id!", orders.name as "name!", ledger.creator_id as "creator_id!",
                      ledger.currency as "currency!", cast(sum(ledger.amount_minor) as bigint) as "amount_minor!: i64",
                      max(ledger.payable_at) as "payable_at!: i64",
                      orders.is_unproven and orders.approved_at is null as "is_unproven!: bool"
               from ledger
               join orders on orders.brand_id = ledger.brand_id and orders.id = ledger.order_id
               where ledger.brand_id = $1 and ledger.needs_approval and ledger.approved_at is null
               group by ledger.order_id, orders.name, ledger.creator_id, ledger.currency, orders.is_unproven,
                        orders.approved_at
               having sum(ledger.amount_minor) <> 0
               order by ledger.order_id desc, ledger.creator_id, ledger.currency limit $2"#,
            brand,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(WaitingRow::read)
        .collect()
    }

    async fn awaits_approval(&self, brand: &BrandId, order: &OrderId) -> Result<bool> {
        let mut connection = self.read(brand).await?;
        let (brand, order) = (brand.as_str(), order.as_str());
        let row = statement!(query!(
            r#"select exists (
                   select 1 from orders where brand_id = $1 and id = $2 and is_unproven and approved_at is null
                 ) or exists (
                   select 1 from ledger
                   where brand_id = $1 and order_id = $2 and needs_approval and approved_at is null
                   group by "# UNINDEXED "creator_id, " UNINDEXED r#"currency
                   having sum(amount_minor) <> 0) as "is_waiting!: bool""#,
            brand,
            order
        ))
        .fetch_one(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.is_waiting)
    }

    async fn create_payout(
        &self,
        brand: &BrandId,
        payout: &Payout,
        entry_ids: &[EntryId],
        audit: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        if !create_payout_in(&mut tx, brand, payout, entry_ids).await? {
            return Ok(false);
        }
        audit::write(&mut tx, brand, audit).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn payouts(&self, brand: &BrandId) -> Result<Vec<Payout>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows = query_as!(
            PayoutRow,
            r#"select id as "id!", currency as "currency!", state as "state!", created_at as "created_at!", closed_at,
                      actor as "actor!", closed_by, reference
               from payouts where brand_id = $1 order by id desc"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let lines = query!(
            r#"select payout_id as "payout_id!", creator_id as "creator_id!", amount_minor as "amount_minor!"
               from ledger where brand_id = $1 and payout_id is not null and kind = 'payout' and amount_minor < 0"#,
            brand
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        // After a merge a creator can have several lines in one payout.
        let mut items: BTreeMap<String, BTreeMap<CreatorId, i64>> = BTreeMap::new();
        for line in lines {
            let creator = read(line.creator_id, "ledger", "creator_id")?;
            *items.entry(line.payout_id).or_default().entry(creator).or_default() -= line.amount_minor;
        }
        rows.into_iter()
            .map(|row| {
                let items = items.remove(&row.id).unwrap_or_default();
                row.read(items.into_iter().collect())
            })
            .collect()
    }

    async fn close_payout(
        &self,
        brand: &BrandId,
        id: &PayoutId,
        closing: &Closing<'_>,
        audit: &AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        if !close_payout_in(&mut tx, brand, id, closing, &audit.actor).await? {
            return Ok(false);
        }
        audit::write(&mut tx, brand, audit).await?;
        outbound_events::emit(&mut tx, brand, closing.events).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn payout_lines(&self, brand: &BrandId, payout: &PayoutId) -> Result<Vec<PayoutLine>> {
        let mut connection = self.read(brand).await?;
        let (brand, payout) = (brand.as_str(), payout.as_str());
        statement!(query_as!(
            PayoutLineRow,
            r#"select ledger.id as "id!", ledger.creator_id as "creator_id!", ledger.order_id, orders.name as "order_name?",
                      ledger.kind as "kind!", ledger.currency as "currency!", ledger.amount_minor as "amount_minor!",
                      ledger.reason as "reason!", ledger.created_at as "created_at!"
               from ledger left join orders on orders.brand_id = ledger.brand_id and orders.id = ledger.order_id
               where ledger.brand_id = $1 and ledger.payout_id = $2 and ledger.kind <> 'payout'
               order by "# UNINDEXED "ledger.creator_id, ledger.id",
            brand,
            payout
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(PayoutLineRow::read)
        .collect()
    }

    async fn creator_totals(&self, brand: &BrandId, creator: &CreatorId) -> Result<(i64, Vec<(Currency, i64)>)> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let rows = query!(
            r#"select currency as "currency!", cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(revenue_minor) as bigint) as "revenue_minor!: i64"
               from (
                   select sale_days.currency, sale_days.conversions, sale_days.revenue_minor
                   from links join sale_days on sale_days.brand_id = links.brand_id and sale_days.link_id = links.id
                   where links.brand_id = $1 and links.creator_id = $2
                   union all
                   select credits.currency, -credits.conversions, -credits.amount_minor
                   from credits join links on links.brand_id = credits.brand_id and links.id = credits.link_id
                   where credits.brand_id = $1 and links.creator_id = $2 and credits.order_id in (
                       select id from orders where brand_id = $1 and id > '' and is_unproven and approved_at is null)) as counted
               group by currency"#,
            brand,
            creator
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let conversions = rows.iter().map(|row| row.conversions).sum();
        let revenue = rows
            .into_iter()
            .map(|row| Ok((currency(&row.currency, "sale_days")?, row.revenue_minor)))
            .collect::<Result<_>>()?;
        Ok((conversions, revenue))
    }

    async fn reach_milestones(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        names: &[String],
        at: UnixMs,
        events: MilestoneEvents<'_>,
    ) -> Result<Vec<String>> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, creator) = (brand.as_str(), creator.as_str());
        let added = settlement_rows::insert_milestones(&mut tx, brand_id, creator, &list(names)?, at.0).await?;
        let new: Vec<String> = names.iter().filter(|name| added.contains(name)).cloned().collect();
        if !new.is_empty() {
            outbound_events::emit(&mut tx, brand, &events(&new)).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(new)
    }

    async fn milestones(&self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<(String, UnixMs)>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let rows = query!(
            r#"select name as "name!", reached_at as "reached_at!" from milestones
               where brand_id = $1 and creator_id = $2 order by reached_at, name"#,
            brand,
            creator
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| (row.name, UnixMs(row.reached_at))).collect())
    }
}
