//! Figures that a job computes from stored rows.

use domain::{BrandId, EntryId, UnixMs, click_source::SourceCount, id::earliest, time::Day};
use sqlx::{query, query_as};
use store::{
    Result,
    rollups::{
        CommissionDay, FunnelDay, FunnelStep, LedgerQuarter, ReadClicks, Rollup, RollupRow, RollupStore,
        SourceClickRow, SourcePage, UnreadDay, UnreadDayRow,
    },
    row::{currency, read},
};

use crate::{Db, EngineConnection, Tx, database, json, lock, rollup_rows as rows};

/// A quarter of an hour, in ms.
const QUARTER_MS: i64 = 15 * 60_000;
/// Stored of a day that is being read.
const BEING_READ: i64 = -1;

const fn event_type(step: FunnelStep) -> &'static str {
    match step {
        FunnelStep::Cart => "add_to_cart",
        FunnelStep::Checkout => "checkout_start",
    }
}

/// Whether the day has been read as far as this.
async fn is_read_to(tx: &mut Tx, brand: &str, day: Day, before: Option<&ReadClicks>) -> Result<bool> {
    let stored = query!(
        r#"select counted as "counted!", rolled as "rolled!", below as "below!" from click_source_days
           where brand_id = $1 and day = $2"#,
        brand,
        day.0
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?
    .map(|row| ReadClicks {
        counted: (row.counted != BEING_READ).then_some(row.counted),
        rolled: row.rolled,
        below: row.below,
    });
    Ok(stored.as_ref() == before)
}

async fn insert_funnel(tx: &mut Tx, brand: &str, days: &[FunnelDay]) -> Result<()> {
    let days: Vec<_> =
        days.iter().map(|day| serde_json::json!([day.day, day.link, day.carts, day.checkouts])).collect();
    rows::insert_funnel_days(tx, brand, &json(&days)?).await
}

async fn insert_commissions(tx: &mut Tx, brand: &str, days: &[CommissionDay]) -> Result<()> {
    let days: Vec<_> = days
        .iter()
        .map(|day| serde_json::json!([day.day, day.creator, day.currency.code(), day.amount_minor]))
        .collect();
    rows::insert_commission_days(tx, brand, &json(&days)?).await
}

/// [`RollupStore::rollup`].
pub(crate) async fn stored(connection: &mut EngineConnection, brand: &BrandId) -> Result<Option<Rollup>> {
    let brand = brand.as_str();
    query_as!(
        RollupRow,
        r#"select rolled_at as "rolled_at!", from_day as "from_day!", ledger_id as "ledger_id!",
                  payable as "payable!", next_payable_at from rollups where brand_id = $1"#,
        brand
    )
    .fetch_optional(connection)
    .await
    .map_err(database)?
    .map(RollupRow::read)
    .transpose()
}

#[async_trait::async_trait]
impl RollupStore for Db {
    async fn brands_to_roll_up(&self, since: Day, now: UnixMs) -> Result<Vec<BrandId>> {
        let mut connection = self.system_read().await?;
        query!(
            r#"select id as "id!" from brands
               where (select coalesce(sum(clicks + bot_clicks), 0) from click_totals
                      where click_totals.brand_id = brands.id and click_totals.day >= $1)
                  <> (select coalesce(sum(counted), 0) from click_source_days
                      where click_source_days.brand_id = brands.id and click_source_days.day >= $1)
                  or coalesce((select max(ledger.id) from ledger where ledger.brand_id = brands.id), '')
                  <> coalesce((select ledger_id from rollups where rollups.brand_id = brands.id), '')
                  or exists (select 1 from rollups
                             where rollups.brand_id = brands.id and rollups.next_payable_at <= $2)
               order by id"#,
            since.0,
            now.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| read(row.id, "brands", "id"))
        .collect()
    }

    async fn rollup(&self, brand: &BrandId) -> Result<Option<Rollup>> {
        stored(&mut *self.read(brand).await?, brand).await
    }

    async fn unread_days(&self, brand: &BrandId, since: Day, limit: i64) -> Result<Vec<UnreadDay>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            UnreadDayRow,
            r#"select total.day as "day!: i64", done.counted as "counted?: i64", done.rolled as "rolled?: i64",
                      done.below as "below?: String"
               from (select day, clicks + bot_clicks as clicks from click_totals
                     where brand_id = $1 and day >= $2) as total
               left join click_source_days as done on done.brand_id = $1 and done.day = total.day
               where done.counted is null or done.counted <> total.clicks
               order by total.day desc limit $3"#,
            brand,
            since.0,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(UnreadDayRow::read)
        .collect()
    }

    async fn source_page(&self, brand: &BrandId, day: Day, ids: (&str, &str), limit: i64) -> Result<SourcePage> {
        let mut connection = self.read(brand).await?;
        let (brand, (from, below)) = (brand.as_str(), ids);
        // One statement, so that the clicks and their total are of one instant.
        let rows = query_as!(
            SourceClickRow,
            r#"select total.counted as "counted!: i64", page.id as "id?: String", page.link_id as "link_id?: String",
                      page.at as "at?: i64", page.device as "device?: String", page.browser as "browser?: String",
                      page.country as "country?: String", page.referrer_host as "referrer_host?: String",
                      page.bot as "bot?: String", page.is_unique as "is_unique?: bool"
               from (select cast(coalesce(sum(clicks + bot_clicks), 0) as bigint) as counted from click_totals
                     where brand_id = $1 and day = $2) as total
               left join (select id, link_id, at, device, browser, country, referrer_host, bot, is_unique from clicks
                          where brand_number = (select number from brands where id = $1) and id >= $3 and id < $4
                          order by id limit $5) as page on true
               order by page.id"#,
            brand,
            day.0,
            from,
            below,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let counted = rows.first().map_or(0, |row| row.counted);
        let clicks: Result<Vec<_>> = rows.into_iter().filter_map(|row| row.read().transpose()).collect();
        Ok(SourcePage { clicks: clicks?, counted })
    }

    async fn sites_of_day(&self, brand: &BrandId, day: Day) -> Result<Vec<String>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows = query!(
            r#"select value as "value!" from click_sources
               where brand_id = $1 and link_id = '' and kind = 'referrer' and day = $2"#,
            brand,
            day.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    async fn add_click_sources(
        &self,
        brand: &BrandId,
        day: Day,
        before: Option<&ReadClicks>,
        after: &ReadClicks,
        counts: &[SourceCount],
        is_anew: bool,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        lock(&mut tx, &format!("rollup:{brand}")).await?;
        if !is_read_to(&mut tx, brand, day, before).await? {
            return Ok(false);
        }
        if is_anew {
            query!("delete from click_sources where brand_id = $1 and day = $2", brand, day.0)
                .execute(&mut *tx)
                .await
                .map_err(database)?;
        }
        if !counts.is_empty() {
            rows::add_click_sources(&mut tx, brand, day.0, &json(counts)?).await?;
        }
        let counted = after.counted.unwrap_or(BEING_READ);
        query!(
            "insert into click_source_days (brand_id, day, counted, rolled, below) values ($1, $2, $3, $4, $5)
             on conflict (brand_id, day) do update set
                counted = excluded.counted, rolled = excluded.rolled, below = excluded.below",
            brand,
            day.0,
            counted,
            after.rolled,
            after.below
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn visitors_at(
        &self,
        brand: &BrandId,
        step: FunnelStep,
        from: UnixMs,
        until: UnixMs,
    ) -> Result<Vec<(domain::LinkId, i64)>> {
        let mut connection = self.read(brand).await?;
        let (brand, kind) = (brand.as_str(), event_type(step));
        query!(
            r#"select links.id as "link_id!", cast(count(distinct reached.pv_id) as bigint) as "visitors!: i64"
               from (select pv_id, (select code from landings
                                    where landings.brand_number = events.brand_number
                                      and landings.pv_id = events.pv_id and landings.at <= events.occurred_at
                                    order by landings.at desc limit 1) as code
                     from events
                     where brand_number = (select number from brands where id = $1) and event_type = $2
                       and event_type <> 'page_view' and received_at >= $3 and received_at < $4
                       and is_test = false) as reached
               join links on links.code = reached.code
               where links.brand_id = $1
               group by links.id order by links.id"#,
            brand,
            kind,
            from.0,
            until.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| Ok((read(row.link_id, "links", "id")?, row.visitors)))
        .collect()
    }

    async fn ledger_quarters(&self, brand: &BrandId, since: UnixMs) -> Result<Vec<LedgerQuarter>> {
        let mut connection = self.read(brand).await?;
        let (brand, first) = (brand.as_str(), earliest(EntryId::PREFIX, since));
        query!(
            r#"select quarter as "quarter!: i64", creator_id as "creator_id!: String", currency as "currency!: String",
                      cast(sum(amount_minor) as bigint) as "amount_minor!: i64"
               from (select created_at / 900000 as quarter, creator_id, currency, amount_minor from ledger
                     where brand_id = $1 and id >= $2 and kind <> 'payout') as lines
               group by quarter, creator_id, currency order by quarter, creator_id, currency"#,
            brand,
            first
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            Ok(LedgerQuarter {
                at: UnixMs(row.quarter * QUARTER_MS),
                creator: read(row.creator_id, "ledger", "creator_id")?,
                currency: currency(&row.currency, "ledger")?,
                amount_minor: row.amount_minor,
            })
        })
        .collect()
    }

    async fn next_payable_at(&self, brand: &BrandId, now: UnixMs) -> Result<Option<UnixMs>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query!(
            r#"select min(payable_at) as "first?: i64" from ledger
               where brand_id = $1 and kind <> 'payout' and payout_id is null
                 and (approved_at is not null or not needs_approval) and payable_at > $2"#,
            brand,
            now.0
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.first.map(UnixMs))
    }

    async fn last_ledger_line(&self, brand: &BrandId) -> Result<Option<String>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query!(r#"select id as "id!" from ledger where brand_id = $1 order by id desc limit 1"#, brand)
            .fetch_optional(&mut *connection)
            .await
            .map_err(database)?;
        Ok(row.map(|row| row.id))
    }

    async fn put_rollup(
        &self,
        brand: &BrandId,
        rollup: &Rollup,
        since: Day,
        funnel: &[FunnelDay],
        commissions: &[CommissionDay],
    ) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        lock(&mut tx, &format!("rollup:{brand}")).await?;
        for statement in [
            query!("delete from funnel_days where brand_id = $1 and day >= $2", brand, since.0),
            query!("delete from commission_days where brand_id = $1 and day >= $2", brand, since.0),
        ] {
            statement.execute(&mut *tx).await.map_err(database)?;
        }
        insert_funnel(&mut tx, brand, funnel).await?;
        insert_commissions(&mut tx, brand, commissions).await?;
        let (payable, next_payable_at) = (json(&rollup.payable)?, rollup.next_payable_at.map(|at| at.0));
        query!(
            "insert into rollups (brand_id, rolled_at, from_day, ledger_id, payable, next_payable_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (brand_id) do update set rolled_at = excluded.rolled_at, from_day = excluded.from_day,
                ledger_id = excluded.ledger_id, payable = excluded.payable, next_payable_at = excluded.next_payable_at",
            brand,
            rollup.rolled_at.0,
            rollup.from_day.0,
            rollup.ledger_id,
            payable,
            next_payable_at
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)
    }
}
