//! Figures from the daily counts.

use domain::{
    BrandId, CreatorId,
    report::{ClickRow, Clicks, SaleRow, Traffic},
    time::{Day, Period},
};
use sqlx::query_as;
use store::{
    Result,
    reports::ReportStore,
    row::{ClickSumRow, SaleSumRow, read},
};

use crate::{PostgresStore, database};

fn day<K>(value: Option<i64>, make: impl FnOnce(i64) -> K) -> K {
    make(value.unwrap_or(0))
}

fn clicks(row: &ClickSumRow) -> Clicks {
    Clicks { clicks: row.clicks, unique_clicks: row.unique_clicks, bot_clicks: row.bot_clicks }
}

#[async_trait::async_trait]
impl ReportStore for PostgresStore {
    async fn traffic(&self, brand: &BrandId, period: Period) -> Result<Traffic> {
        let brand = brand.as_str();
        let (from, to) = (period.from.0, period.to.0);
        let clicks_by_day = query_as!(
            ClickSumRow,
            r#"select day as "day: i64", null::text as "link_id: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64",
                      cast(sum(bot_clicks) as bigint) as "bot_clicks!: i64"
               from click_days where brand_id = $1 and day between $2 and $3 group by day order by day"#,
            brand,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        let clicks_by_link = query_as!(
            ClickSumRow,
            r#"select null::bigint as "day: i64", link_id as "link_id: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64",
                      cast(sum(bot_clicks) as bigint) as "bot_clicks!: i64"
               from click_days where brand_id = $1 and day between $2 and $3 group by link_id order by link_id"#,
            brand,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        let sales_by_day = query_as!(
            SaleSumRow,
            r#"select day as "day: i64", null::text as "link_id: String", currency as "currency!: String",
                      cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(revenue_minor) as bigint) as "revenue_minor!: i64"
               from sale_days where brand_id = $1 and day between $2 and $3 group by day, currency
               order by day, currency"#,
            brand,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        let sales_by_link = query_as!(
            SaleSumRow,
            r#"select null::bigint as "day: i64", link_id as "link_id: String", currency as "currency!: String",
                      cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(revenue_minor) as bigint) as "revenue_minor!: i64"
               from sale_days where brand_id = $1 and day between $2 and $3 group by link_id, currency
               order by link_id, currency"#,
            brand,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        traffic_of(clicks_by_day, clicks_by_link, sales_by_day, sales_by_link)
    }

    async fn creator_traffic(&self, brand: &BrandId, creator: &CreatorId, period: Period) -> Result<Traffic> {
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let (from, to) = (period.from.0, period.to.0);
        let clicks_by_day = query_as!(
            ClickSumRow,
            r#"select day as "day: i64", null::text as "link_id: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64",
                      cast(sum(bot_clicks) as bigint) as "bot_clicks!: i64"
               from click_days join links on links.brand_id = click_days.brand_id and links.id = click_days.link_id
               where click_days.brand_id = $1 and links.creator_id = $2 and day between $3 and $4
               group by day order by day"#,
            brand,
            creator,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        let clicks_by_link = query_as!(
            ClickSumRow,
            r#"select null::bigint as "day: i64", link_id as "link_id: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64",
                      cast(sum(bot_clicks) as bigint) as "bot_clicks!: i64"
               from click_days join links on links.brand_id = click_days.brand_id and links.id = click_days.link_id
               where click_days.brand_id = $1 and links.creator_id = $2 and day between $3 and $4
               group by link_id order by link_id"#,
            brand,
            creator,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        // A hidden link's currency and amount are replaced before grouping, so that not even which currency it
        // earned in leaves the database.
        let sales_by_day = query_as!(
            SaleSumRow,
            r#"select day as "day: i64", null::text as "link_id: String",
                      case when links.share_revenue then currency else 'USD' end as "currency!: String",
                      cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(case when links.share_revenue then revenue_minor else 0 end) as bigint)
                          as "revenue_minor!: i64"
               from sale_days join links on links.brand_id = sale_days.brand_id and links.id = sale_days.link_id
               where sale_days.brand_id = $1 and links.creator_id = $2 and day between $3 and $4
               group by day, case when links.share_revenue then currency else 'USD' end
               order by day, 3"#,
            brand,
            creator,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        let sales_by_link = query_as!(
            SaleSumRow,
            r#"select null::bigint as "day: i64", link_id as "link_id: String",
                      case when links.share_revenue then currency else 'USD' end as "currency!: String",
                      cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(case when links.share_revenue then revenue_minor else 0 end) as bigint)
                          as "revenue_minor!: i64"
               from sale_days join links on links.brand_id = sale_days.brand_id and links.id = sale_days.link_id
               where sale_days.brand_id = $1 and links.creator_id = $2 and day between $3 and $4
               group by link_id, case when links.share_revenue then currency else 'USD' end
               order by link_id, 3"#,
            brand,
            creator,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        traffic_of(clicks_by_day, clicks_by_link, sales_by_day, sales_by_link)
    }

    async fn order_days(&self, brand: &BrandId, period: Period) -> Result<Vec<SaleRow<Day>>> {
        let brand = brand.as_str();
        let (from, to) = (period.from.0, period.to.0);
        query_as!(
            SaleSumRow,
            r#"select day as "day: i64", null::text as "link_id: String", currency as "currency!: String",
                      orders as "conversions!: i64", revenue_minor as "revenue_minor!: i64"
               from order_days where brand_id = $1 and day between $2 and $3 order by day, currency"#,
            brand,
            from,
            to
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read(|row| Ok(day(row.day, Day))))
        .collect()
    }
}

fn traffic_of(
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
