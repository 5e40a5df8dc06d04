//! What a brand's overview shows, from daily figures and from a bounded number of rows.

use domain::{
    BrandId, ClickId, CreatorId, LinkId, UnixMs,
    campaign::Campaign,
    click_source::SourceKind,
    creator::Creator,
    id::earliest,
    link::Link,
    outcome::{Outcome, Unattributed},
    report::{ClickRow, Clicks, SaleRow, Traffic},
    time::{Day, Period},
};
use sqlx::{query, query_as};
use store::{
    Result,
    ingest::PixelHealth,
    overview::{
        ATTENTION_MAX, Attention, BriefOrder, BriefOrderRow, CommissionTotal, FunnelTotal, HourClicks, LatestClick,
        LatestClickRow, OverviewReads, OverviewStore, SourceTotal, SourceTotalRow,
    },
    questions::Question,
    reports::{ClickSumRow, SaleSumRow},
    rollups::Rollup,
    row::{currency, read},
};

use crate::{
    Db, EngineConnection, List, Tx, creators, database, links, list, pixel_health, questions,
    reports::{self, clicks_by_link, filter, sales_by_link, traffic_of},
    rollups,
};

/// A quarter of an hour, in ms.
const QUARTER_MS: i64 = 15 * 60_000;

/// The rows of `click_sources` to add up: those of each link, or those of all links together.
fn scope(links: Option<&[LinkId]>) -> Result<List> {
    links.map_or_else(|| list(&[""]), list)
}

fn hour_row(day: i64, hour: i64, clicks: i64, unique_clicks: i64) -> HourClicks {
    HourClicks { day: Day(day), hour, clicks: Clicks { clicks, unique_clicks, bot_clicks: 0 } }
}

async fn clicks_by_day(
    connection: &mut EngineConnection,
    brand: &str,
    period: Period,
    links: &List,
) -> Result<Vec<ClickSumRow>> {
    let (from, to) = (period.from.0, period.to.0);
    statement!(query_as!(
        ClickSumRow,
        r#"select day as "day: i64", cast(null as text) as "link_id: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                  cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64",
                  cast(sum(bot_clicks) as bigint) as "bot_clicks!: i64"
           from click_days where brand_id = $1 and day between $2 and $3 and link_id "# IN "$4" " group by day order by day",
        brand,
        from,
        to,
        links
    ))
    .fetch_all(connection)
    .await
    .map_err(database)
}

async fn sales_by_day(
    connection: &mut EngineConnection,
    brand: &str,
    period: Period,
    links: &List,
) -> Result<Vec<SaleSumRow>> {
    let (from, to) = (period.from.0, period.to.0);
    statement!(query_as!(
        SaleSumRow,
        r#"select day as "day: i64", cast(null as text) as "link_id: String", currency as "currency!: String",
                  cast(sum(conversions) as bigint) as "conversions!: i64",
                  cast(sum(revenue_minor) as bigint) as "revenue_minor!: i64"
           from sale_days where brand_id = $1 and day between $2 and $3 and link_id "# IN "$4" " group by day, currency order by day, currency",
        brand,
        from,
        to,
        links
    ))
    .fetch_all(connection)
    .await
    .map_err(database)
}

async fn traffic_of_links(
    connection: &mut EngineConnection,
    brand: &BrandId,
    period: Period,
    links: &[LinkId],
) -> Result<Traffic> {
    let (brand, listed) = (brand.as_str(), list(links)?);
    let clicks_by_day = clicks_by_day(connection, brand, period, &listed).await?;
    let clicks_by_link = clicks_by_link(connection, brand, period, Some(links)).await?;
    let sales_by_day = sales_by_day(connection, brand, period, &listed).await?;
    let sales_by_link = sales_by_link(connection, brand, period, Some(links)).await?;
    traffic_of(clicks_by_day, clicks_by_link, sales_by_day, sales_by_link)
}

#[async_trait::async_trait]
impl OverviewStore for Db {
    async fn overview(&self, brand: &BrandId) -> Result<Box<dyn OverviewReads>> {
        Ok(Box::new(Overview { brand: brand.clone(), reads: self.snapshot(brand).await? }))
    }

    async fn traffic_of(&self, brand: &BrandId, period: Period, links: &[LinkId]) -> Result<Traffic> {
        traffic_of_links(&mut *self.read(brand).await?, brand, period, links).await
    }

    async fn unattributed_orders(
        &self,
        brand: &BrandId,
        period: (UnixMs, UnixMs),
        reason: Unattributed,
        limit: i64,
    ) -> Result<Vec<BriefOrder>> {
        let mut connection = self.read(brand).await?;
        let (brand, outcome) = (brand.as_str(), Outcome::Unattributed(reason).to_string());
        query_as!(
            BriefOrderRow,
            r#"select id as "id!", name as "name!", placed_at as "placed_at!", currency as "currency!",
                      coalesce(settled_net_minor, total_minor) as "net_minor!: i64", outcome,
                      cast(null as text) as "creator?: String"
               from orders where brand_id = $1 and placed_at >= $2 and placed_at < $3 and outcome = $4
               order by placed_at desc limit $5"#,
            brand,
            period.0.0,
            period.1.0,
            outcome,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(BriefOrderRow::read)
        .collect()
    }
}

/// A transaction on one brand's figures.
struct Overview {
    brand: BrandId,
    reads: Tx,
}

#[async_trait::async_trait]
impl OverviewReads for Overview {
    async fn creators(&mut self) -> Result<Vec<Creator>> {
        creators::all(&mut self.reads, &self.brand).await
    }

    async fn campaigns(&mut self) -> Result<Vec<Campaign>> {
        creators::all_campaigns(&mut self.reads, &self.brand).await
    }

    async fn links(&mut self) -> Result<Vec<Link>> {
        links::all(&mut self.reads, &self.brand).await
    }

    async fn traffic(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<Traffic> {
        match links {
            Some(links) => traffic_of_links(&mut self.reads, &self.brand, period, links).await,
            None => reports::traffic(&mut self.reads, &self.brand, period).await,
        }
    }

    async fn order_days(&mut self, period: Period) -> Result<Vec<SaleRow<Day>>> {
        reports::order_days(&mut self.reads, &self.brand, period).await
    }

    async fn rollup(&mut self) -> Result<Option<Rollup>> {
        rollups::stored(&mut self.reads, &self.brand).await
    }

    async fn pixel_health(&mut self) -> Result<PixelHealth> {
        pixel_health::read(&mut self.reads, &self.brand).await
    }

    async fn open_questions(&mut self, limit: i64) -> Result<Vec<Question>> {
        questions::open(&mut self.reads, &self.brand, limit).await
    }

    async fn source_totals(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<Vec<SourceTotal>> {
        let (brand, links) = (self.brand.as_str(), scope(links)?);
        statement!(query_as!(
            SourceTotalRow,
            r#"select kind as "kind!: String", value as "value!: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64"
               from click_sources
               where brand_id = $1 and link_id "# IN "$2" r#" and kind in ('browser', 'country', 'device', 'referrer')
                 and day between $3 and $4
               group by kind, value order by kind, 3 desc, value"#,
            brand,
            &links,
            period.from.0,
            period.to.0
        ))
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?
        .into_iter()
        .map(SourceTotalRow::read)
        .collect()
    }

    async fn hour_clicks(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<Vec<HourClicks>> {
        let (brand, links) = (self.brand.as_str(), scope(links)?);
        let rows = statement!(query!(
            r#"select day as "day!: i64", cast(value as bigint) as "hour!: i64", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64"
               from click_sources
               where brand_id = $1 and link_id "# IN "$2" r#" and kind = 'hour' and day between $3 and $4
               group by day, value order by day, value"#,
            brand,
            &links,
            period.from.0,
            period.to.0
        ))
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| hour_row(row.day, row.hour, row.clicks, row.unique_clicks)).collect())
    }

    async fn week_hours(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<Vec<HourClicks>> {
        let (brand, links) = (self.brand.as_str(), scope(links)?);
        let rows = statement!(query!(
            r#"select day % 7 as "day!: i64", cast(value as bigint) as "hour!: i64", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64"
               from click_sources
               where brand_id = $1 and link_id "# IN "$2" r#" and kind = 'hour' and day between $3 and $4
               group by 1, value order by 1, value"#,
            brand,
            &links,
            period.from.0,
            period.to.0
        ))
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| hour_row(row.day, row.hour, row.clicks, row.unique_clicks)).collect())
    }

    async fn source_days(
        &mut self,
        period: Period,
        source: (SourceKind, &str),
        links: Option<&[LinkId]>,
    ) -> Result<Vec<ClickRow<Day>>> {
        let (brand, links, (kind, value)) = (self.brand.as_str(), scope(links)?, source);
        let kind = kind.as_str();
        let rows = statement!(query!(
            r#"select day as "day!: i64", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64"
               from click_sources
               where brand_id = $1 and link_id "# IN "$2" r#" and kind = $3 and value = $4 and day between $5 and $6
               group by day order by day"#,
            brand,
            &links,
            kind,
            value,
            period.from.0,
            period.to.0
        ))
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?;
        let clicks = |clicks, unique_clicks| Clicks { clicks, unique_clicks, bot_clicks: 0 };
        Ok(rows
            .into_iter()
            .map(|row| ClickRow { key: Day(row.day), clicks: clicks(row.clicks, row.unique_clicks) })
            .collect())
    }

    async fn source_links(
        &mut self,
        period: Period,
        source: (SourceKind, &str),
        links: &[LinkId],
    ) -> Result<Vec<ClickRow<LinkId>>> {
        let (brand, links, (kind, value)) = (self.brand.as_str(), list(links)?, source);
        let kind = kind.as_str();
        statement!(query!(
            r#"select link_id as "link_id!: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64"
               from click_sources
               where brand_id = $1 and link_id "# IN "$2" r#" and kind = $3 and value = $4 and day between $5 and $6
               group by link_id order by link_id"#,
            brand,
            &links,
            kind,
            value,
            period.from.0,
            period.to.0
        ))
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            let clicks = Clicks { clicks: row.clicks, unique_clicks: row.unique_clicks, bot_clicks: 0 };
            Ok(ClickRow { key: read(row.link_id, "click_sources", "link_id")?, clicks })
        })
        .collect()
    }

    async fn sale_quarters(
        &mut self,
        from: UnixMs,
        until: UnixMs,
        links: Option<&[LinkId]>,
    ) -> Result<Vec<SaleRow<UnixMs>>> {
        let (brand, (is_filtered, links)) = (self.brand.as_str(), filter(links)?);
        statement!(query!(
            r#"select quarter as "quarter!: i64", currency as "currency!: String",
                      cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(amount_minor) as bigint) as "revenue_minor!: i64"
               from (select orders.placed_at / 900000 as quarter, credits.currency, conversions, amount_minor
                     from orders
                     join credits on credits.brand_id = orders.brand_id and credits.order_id = orders.id
                     where orders.brand_id = $1 and orders.placed_at >= $2 and orders.placed_at < $3
                       and (cast($4 as bigint) = 0 or credits.link_id "# IN "$5" r#")) as credited
               group by quarter, currency order by quarter, currency"#,
            brand,
            from.0,
            until.0,
            is_filtered,
            &links
        ))
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            Ok(SaleRow {
                key: UnixMs(row.quarter * QUARTER_MS),
                currency: currency(&row.currency, "credits")?,
                conversions: row.conversions,
                revenue_minor: row.revenue_minor,
            })
        })
        .collect()
    }

    async fn funnel(&mut self, period: Period, links: Option<&[LinkId]>) -> Result<FunnelTotal> {
        let (brand, (is_filtered, links)) = (self.brand.as_str(), filter(links)?);
        let row = statement!(query!(
            r#"select cast(coalesce(sum(carts), 0) as bigint) as "carts!: i64",
                      cast(coalesce(sum(checkouts), 0) as bigint) as "checkouts!: i64"
               from funnel_days
               where brand_id = $1 and day between $2 and $3 and (cast($4 as bigint) = 0 or link_id "# IN "$5" ")",
            brand,
            period.from.0,
            period.to.0,
            is_filtered,
            &links
        ))
        .fetch_one(&mut *self.reads)
        .await
        .map_err(database)?;
        Ok(FunnelTotal { carts: row.carts, checkouts: row.checkouts })
    }

    async fn outcomes(&mut self, period: Period) -> Result<Vec<(Outcome, i64)>> {
        let brand = self.brand.as_str();
        query!(
            r#"select outcome as "outcome!: String", cast(sum(orders) as bigint) as "orders!: i64" from outcome_days
               where brand_id = $1 and day between $2 and $3
               group by outcome having sum(orders) <> 0 order by outcome"#,
            brand,
            period.from.0,
            period.to.0
        )
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| Ok((read(row.outcome, "outcome_days", "outcome")?, row.orders)))
        .collect()
    }

    async fn commission_totals(&mut self, period: Period, creator: Option<&CreatorId>) -> Result<Vec<CommissionTotal>> {
        let (brand, creator) = (self.brand.as_str(), creator.map(CreatorId::as_str));
        query!(
            r#"select day as "day!: i64", currency as "currency!: String",
                      cast(sum(amount_minor) as bigint) as "amount_minor!: i64"
               from commission_days
               where brand_id = $1 and day between $2 and $3 and (cast($4 as text) is null or creator_id = $4)
               group by day, currency order by day, currency"#,
            brand,
            period.from.0,
            period.to.0,
            creator
        )
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            let currency = currency(&row.currency, "commission_days")?;
            Ok(CommissionTotal { day: Day(row.day), currency, amount_minor: row.amount_minor })
        })
        .collect()
    }

    async fn attention(&mut self) -> Result<Attention> {
        let brand = self.brand.as_str();
        // `id > ''` leads SQLite to the index of orders that wait; otherwise it reads all of the brand.
        let row = query!(
            r#"select
                   (select count(*) from (select 1 as one from survey_answers
                                          where brand_id = $1 and state = 'open' limit $2) as answers) as "answers!: i64",
                   (select count(*) from (select order_id from ledger
                                          where brand_id = $1 and needs_approval and approved_at is null
                                          union
                                          select id from orders
                                          where brand_id = $1 and id > '' and is_unproven and approved_at is null
                                          limit $2) as waiting) as "waiting!: i64",
                   (select count(*) from webhook_endpoints
                    where brand_id = $1 and archived_at is null
                      and (warned_at is not null
                           or (disabled_at is not null and disabled_reason <> 'manual'))) as "endpoints!: i64""#,
            brand,
            ATTENTION_MAX
        )
        .fetch_one(&mut *self.reads)
        .await
        .map_err(database)?;
        Ok(Attention { open_answers: row.answers, waiting_orders: row.waiting, failing_endpoints: row.endpoints })
    }

    async fn latest_clicks(&mut self, since: UnixMs, limit: i64, count_max: i64) -> Result<(Vec<LatestClick>, i64)> {
        let (brand, first) = (self.brand.as_str(), earliest(ClickId::PREFIX, since));
        let latest = query_as!(
            LatestClickRow,
            r#"select click.id as "id!: String", click.at as "at!: i64", click.link_id as "link_id!: String",
                      links.code as "code!: String", creators.name as "creator?: String",
                      click.country as "country?: String", click.device as "device!: String"
               from (select id, at, link_id, creator_id, country, device from clicks
                     where brand_number = (select number from brands where id = $1) and id >= $2 and bot is null
                     order by id desc limit $3) as click
               join links on links.brand_id = $1 and links.id = click.link_id
               left join creators on creators.brand_id = $1 and creators.id = click.creator_id
               order by click.id desc"#,
            brand,
            first,
            limit
        );
        let clicks = if limit > 0 { latest.fetch_all(&mut *self.reads).await.map_err(database)? } else { Vec::new() };
        let count = query!(
            r#"select count(*) as "count!: i64"
               from (select 1 as one from clicks
                     where brand_number = (select number from brands where id = $1) and id >= $2 and bot is null
                     limit $3) as recent"#,
            brand,
            first,
            count_max
        );
        let count = if count_max > 0 { count.fetch_one(&mut *self.reads).await.map_err(database)?.count } else { 0 };
        Ok((clicks.into_iter().map(LatestClickRow::read).collect::<Result<_>>()?, count))
    }

    async fn latest_orders(&mut self, limit: i64) -> Result<Vec<BriefOrder>> {
        let brand = self.brand.as_str();
        query_as!(
            BriefOrderRow,
            r#"select id as "id!", name as "name!", placed_at as "placed_at!", currency as "currency!",
                      coalesce(settled_net_minor, total_minor) as "net_minor!: i64", outcome,
                      (select creators.name from credits
                       join creators on creators.brand_id = credits.brand_id and creators.id = credits.creator_id
                       where credits.brand_id = orders.brand_id and credits.order_id = orders.id
                       order by position limit 1) as "creator?: String"
               from orders where brand_id = $1 and is_test = false order by placed_at desc limit $2"#,
            brand,
            limit
        )
        .fetch_all(&mut *self.reads)
        .await
        .map_err(database)?
        .into_iter()
        .map(BriefOrderRow::read)
        .collect()
    }
}
