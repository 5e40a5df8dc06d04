//! Reports from daily totals and touchpoints, and stored model runs.

use domain::{
    BrandId, LinkId, UnixMs,
    attribution::Visitor,
    model::{ByModel, Model},
    report::{ClickRow, Clicks, SaleRow, Traffic},
    time::{Day, Period, WeeksAndDays},
};
use sqlx::{query, query_as};
use store::{
    Result, StoreError,
    reports::{ClickSumRow, ModelRow, ReportStore, SaleSumRow, Touch},
    row::{currency, read},
};

use crate::{Db, EngineConnection, List, database, list};

fn day<K>(value: Option<i64>, make: impl FnOnce(i64) -> K) -> K {
    make(value.unwrap_or(0))
}

fn clicks(row: &ClickSumRow) -> Clicks {
    Clicks { clicks: row.clicks, unique_clicks: row.unique_clicks, bot_clicks: row.bot_clicks }
}

#[async_trait::async_trait]
impl ReportStore for Db {
    async fn traffic(&self, brand: &BrandId, period: Period) -> Result<Traffic> {
        traffic(&mut *self.read(brand).await?, brand, period).await
    }

    async fn model_totals(&self, brand: &BrandId, period: Period) -> Result<Vec<ModelRow>> {
        let mut connection = self.read(brand).await?;
        let (brand, first, last) = (brand.as_str(), period.from.0, period.to.0);
        query!(
            r#"select creator_id, currency as "currency!", cast(count(*) as bigint) as "touches!: i64",
                      cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(first_touch_minor) as bigint) as "first_touch_minor!: i64",
                      cast(sum(last_touch_minor) as bigint) as "last_touch_minor!: i64",
                      cast(sum(linear_minor) as bigint) as "linear_minor!: i64",
                      cast(sum(position_based_minor) as bigint) as "position_based_minor!: i64",
                      cast(sum(time_decay_minor) as bigint) as "time_decay_minor!: i64"
               from touchpoints where brand_id = $1 and day between $2 and $3
               group by creator_id, currency order by creator_id, currency"#,
            brand,
            first,
            last
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            Ok(ModelRow {
                creator: row.creator_id.map(|id| read(id, "touchpoints", "creator_id")).transpose()?,
                currency: currency(&row.currency, "touchpoints")?,
                touches: row.touches,
                conversions: row.conversions,
                amounts_minor: ByModel::from_fn(|model| match model {
                    Model::FirstTouch => row.first_touch_minor,
                    Model::LastTouch => row.last_touch_minor,
                    Model::Linear => row.linear_minor,
                    Model::PositionBased => row.position_based_minor,
                    Model::TimeDecay => row.time_decay_minor,
                }),
            })
        })
        .collect()
    }

    async fn converted_touches(
        &self,
        brand: &BrandId,
        since: UnixMs,
        after: (&str, i64),
        limit: i64,
    ) -> Result<Vec<Touch>> {
        let mut connection = self.read(brand).await?;
        let (brand, (journey, place)) = (brand.as_str(), after);
        query!(
            r#"select touchpoints.order_id as "journey!", position as "place!", creator_id from touchpoints
               join orders on orders.brand_id = touchpoints.brand_id and orders.id = touchpoints.order_id
               where touchpoints.brand_id = $1 and orders.placed_at >= $2 and cancelled_at is null
                 and (touchpoints.order_id > $3 or (touchpoints.order_id = $3 and position > $4))
               order by touchpoints.order_id, position limit $5"#,
            brand,
            since.0,
            journey,
            place,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            let creator = row.creator_id.map(|id| read(id, "touchpoints", "creator_id")).transpose()?;
            Ok(Touch { journey: row.journey, position: row.place, creator })
        })
        .collect()
    }

    async fn converted_visitors(&self, brand: &BrandId, since: UnixMs) -> Result<Vec<String>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows = query!(
            r#"select visitors as "visitors!" from orders
               where brand_id = $1 and placed_at >= $2 and visitors is not null and visitors <> '[]'"#,
            brand,
            since.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let mut found = Vec::new();
        for row in rows {
            let corrupt = |_| StoreError::Corrupt { table: "orders", column: "visitors" };
            let visitors: Vec<Visitor> = serde_json::from_str(&row.visitors).map_err(corrupt)?;
            found.extend(visitors.into_iter().map(|visitor| visitor.pv_id));
        }
        Ok(found)
    }

    async fn open_touches(&self, brand: &BrandId, since: UnixMs, after: (&str, i64), limit: i64) -> Result<Vec<Touch>> {
        let mut connection = self.read(brand).await?;
        let (brand, (journey, place)) = (brand.as_str(), after);
        query!(
            r#"select pv_id as "journey!", at as "place!", links.creator_id as "creator_id?" from clicks
               left join links on links.brand_id = $1 and links.id = clicks.link_id
               where brand_number = (select number from brands where id = $1)
                 and at >= $2 and bot is null and pv_id <> ''
                 and (pv_id > $3 or (pv_id = $3 and at > $4))
               order by pv_id, at limit $5"#,
            brand,
            since.0,
            journey,
            place,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            let creator = row.creator_id.map(|id| read(id, "links", "creator_id")).transpose()?;
            Ok(Touch { journey: row.journey, position: row.place, creator })
        })
        .collect()
    }

    async fn put_model_run(&self, brand: &BrandId, outcome: &str, at: UnixMs) -> Result<i64> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        let row = query!(
            r#"insert into model_runs (brand_id, version, ran_at, outcome)
               select $1, coalesce(max(version), 0) + 1, $2, $3 from model_runs where brand_id = $1
               returning version as "version!: i64""#,
            brand,
            at.0,
            outcome
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(row.version)
    }

    async fn latest_model_run(&self, brand: &BrandId) -> Result<Option<(i64, UnixMs, String)>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query!(
            r#"select version as "version!", ran_at as "ran_at!", outcome as "outcome!" from model_runs
               where brand_id = $1 order by version desc limit 1"#,
            brand
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.map(|row| (row.version, UnixMs(row.ran_at), row.outcome)))
    }

    async fn order_days(&self, brand: &BrandId, period: Period) -> Result<Vec<SaleRow<Day>>> {
        order_days(&mut *self.read(brand).await?, brand, period).await
    }
}

/// [`ReportStore::traffic`].
pub(crate) async fn traffic(connection: &mut EngineConnection, brand: &BrandId, period: Period) -> Result<Traffic> {
    let brand = brand.as_str();
    let (from, to) = (period.from.0, period.to.0);
    let clicks_by_day = query_as!(
        ClickSumRow,
        r#"select day as "day: i64", cast(null as text) as "link_id: String", clicks as "clicks!: i64",
                  unique_clicks as "unique_clicks!: i64", bot_clicks as "bot_clicks!: i64"
           from click_totals where brand_id = $1 and day between $2 and $3 order by day"#,
        brand,
        from,
        to
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(database)?;
    let clicks_by_link = clicks_by_link(connection, brand, period, None).await?;
    let sales_by_day = query_as!(
        SaleSumRow,
        r#"select day as "day: i64", cast(null as text) as "link_id: String", currency as "currency!: String",
                  conversions as "conversions!: i64", revenue_minor as "revenue_minor!: i64"
           from sale_totals where brand_id = $1 and day between $2 and $3 order by day, currency"#,
        brand,
        from,
        to
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(database)?;
    let sales_by_link = sales_by_link(connection, brand, period, None).await?;
    traffic_of(clicks_by_day, clicks_by_link, sales_by_day, sales_by_link)
}

/// [`ReportStore::order_days`].
pub(crate) async fn order_days(
    connection: &mut EngineConnection,
    brand: &BrandId,
    period: Period,
) -> Result<Vec<SaleRow<Day>>> {
    let brand = brand.as_str();
    let (from, to) = (period.from.0, period.to.0);
    query_as!(
        SaleSumRow,
        r#"select day as "day: i64", cast(null as text) as "link_id: String", currency as "currency!: String",
                  orders as "conversions!: i64", revenue_minor as "revenue_minor!: i64"
           from order_days where brand_id = $1 and day between $2 and $3 order by day, currency"#,
        brand,
        from,
        to
    )
    .fetch_all(connection)
    .await
    .map_err(database)?
    .into_iter()
    .map(|row| row.read(|row| Ok(day(row.day, Day))))
    .collect()
}

pub(crate) fn traffic_of(
    clicks_by_day: Vec<ClickSumRow>,
    clicks_by_link: Vec<ClickSumRow>,
    sales_by_day: Vec<SaleSumRow>,
    sales_by_link: Vec<SaleSumRow>,
) -> Result<Traffic> {
    let link = |id: Option<&String>, table| read(id.cloned().unwrap_or_default(), table, "link_id");
    Ok(Traffic {
        clicks_by_day: clicks_by_day
            .into_iter()
            .map(|row| ClickRow { key: day(row.day, Day), clicks: clicks(&row) })
            .collect(),
        clicks_by_link: clicks_by_link
            .into_iter()
            .map(|row| Ok(ClickRow { key: link(row.link_id.as_ref(), "click_days")?, clicks: clicks(&row) }))
            .collect::<Result<_>>()?,
        sales_by_day: sales_by_day
            .into_iter()
            .map(|row| row.read(|row| Ok(day(row.day, Day))))
            .collect::<Result<_>>()?,
        sales_by_link: sales_by_link
            .into_iter()
            .map(|row| row.read(|row| link(row.link_id.as_ref(), "sale_days")))
            .collect::<Result<_>>()?,
    })
}

/// Whether only some links count, and which.
pub(crate) fn filter(links: Option<&[LinkId]>) -> Result<(i64, List)> {
    Ok((i64::from(links.is_some()), list(links.unwrap_or_default())?))
}

/// Clicks of a period by link: of these links, or of all.
pub(crate) async fn clicks_by_link(
    connection: &mut EngineConnection,
    brand: &str,
    period: Period,
    links: Option<&[LinkId]>,
) -> Result<Vec<ClickSumRow>> {
    let (is_filtered, links) = filter(links)?;
    let WeeksAndDays { before, weeks, after } = period.by_week();
    statement!(query_as!(
        ClickSumRow,
        r#"select cast(null as bigint) as "day: i64", link_id as "link_id: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                  cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64",
                  cast(sum(bot_clicks) as bigint) as "bot_clicks!: i64"
           from (select link_id, clicks, unique_clicks, bot_clicks from click_weeks
                 where brand_id = $1 and week between $2 and $3
                 union all
                 select link_id, clicks, unique_clicks, bot_clicks from click_days
                 where brand_id = $1 and day between $4 and $5
                 union all
                 select link_id, clicks, unique_clicks, bot_clicks from click_days
                 where brand_id = $1 and day between $6 and $7) as part
           where cast($8 as bigint) = 0 or link_id "# IN "$9" " group by link_id order by link_id",
        brand,
        weeks.0,
        weeks.1,
        before.0.0,
        before.1.0,
        after.0.0,
        after.1.0,
        is_filtered,
        &links
    ))
    .fetch_all(connection)
    .await
    .map_err(database)
}

/// Sales of a period by link: of these links, or of all.
pub(crate) async fn sales_by_link(
    connection: &mut EngineConnection,
    brand: &str,
    period: Period,
    links: Option<&[LinkId]>,
) -> Result<Vec<SaleSumRow>> {
    let (is_filtered, links) = filter(links)?;
    let WeeksAndDays { before, weeks, after } = period.by_week();
    statement!(query_as!(
        SaleSumRow,
        r#"select cast(null as bigint) as "day: i64", link_id as "link_id: String", currency as "currency!: String",
                  cast(sum(conversions) as bigint) as "conversions!: i64",
                  cast(sum(revenue_minor) as bigint) as "revenue_minor!: i64"
           from (select link_id, currency, conversions, revenue_minor from sale_weeks
                 where brand_id = $1 and week between $2 and $3
                 union all
                 select link_id, currency, conversions, revenue_minor from sale_days
                 where brand_id = $1 and day between $4 and $5
                 union all
                 select link_id, currency, conversions, revenue_minor from sale_days
                 where brand_id = $1 and day between $6 and $7) as part
           where cast($8 as bigint) = 0 or link_id "# IN "$9" " group by link_id, currency order by link_id, currency",
        brand,
        weeks.0,
        weeks.1,
        before.0.0,
        before.1.0,
        after.0.0,
        after.1.0,
        is_filtered,
        &links
    ))
    .fetch_all(connection)
    .await
    .map_err(database)
}
