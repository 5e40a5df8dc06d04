//! Figures by group, from daily totals.

use domain::{BrandId, CampaignId, CreatorId, Currency, time::Period};
use sqlx::query_as;
use store::{
    Result,
    metrics::{ClickMetric, ClickMetricRow, MetricFilter, MetricGroup, MetricStore, SaleMetric, SaleMetricRow},
};

use crate::{Db, database};

#[async_trait::async_trait]
impl MetricStore for Db {
    async fn click_metrics(
        &self,
        brand: &BrandId,
        period: Period,
        group: MetricGroup,
        filter: &MetricFilter,
    ) -> Result<Vec<ClickMetric>> {
        let mut connection = self.read(brand).await?;
        let (brand, group) = (brand.as_str(), group.as_str());
        let creator = filter.creator.as_ref().map(CreatorId::as_str);
        let campaign = filter.campaign.as_ref().map(CampaignId::as_str);
        let rows = query_as!(
            ClickMetricRow,
            r#"select group_key as "group_key?: String", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64",
                      cast(sum(bot_clicks) as bigint) as "bot_clicks!: i64"
               from (select case cast($4 as text)
                                when 'day' then cast(click_days.day as text) when 'creator' then links.creator_id
                                when 'campaign' then links.campaign_id when 'link' then links.id
                                when 'platform' then links.platform when 'content_type' then links.content_type
                            end as group_key, clicks, unique_clicks, bot_clicks
                     from click_days
                     join links on links.brand_id = click_days.brand_id and links.id = click_days.link_id
                     where click_days.brand_id = $1 and click_days.day between $2 and $3
                       and (cast($5 as text) is null or links.creator_id = $5)
                       and (cast($6 as text) is null or links.campaign_id = $6)) as counted
               group by group_key order by group_key"#,
            brand,
            period.from.0,
            period.to.0,
            group,
            creator,
            campaign
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(ClickMetricRow::read).collect())
    }

    async fn sale_metrics(
        &self,
        brand: &BrandId,
        period: Period,
        group: MetricGroup,
        filter: &MetricFilter,
    ) -> Result<Vec<SaleMetric>> {
        let mut connection = self.read(brand).await?;
        let (brand, group) = (brand.as_str(), group.as_str());
        let creator = filter.creator.as_ref().map(CreatorId::as_str);
        let campaign = filter.campaign.as_ref().map(CampaignId::as_str);
        let currency = filter.currency.map(Currency::code);
        query_as!(
            SaleMetricRow,
            r#"select group_key as "group_key?: String", currency as "currency!: String",
                      cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(revenue_minor) as bigint) as "revenue_minor!: i64"
               from (select case cast($4 as text)
                                when 'day' then cast(sale_days.day as text) when 'creator' then links.creator_id
                                when 'campaign' then links.campaign_id when 'link' then links.id
                                when 'platform' then links.platform when 'content_type' then links.content_type
                                when 'currency' then sale_days.currency
                            end as group_key, sale_days.currency, conversions, revenue_minor
                     from sale_days
                     join links on links.brand_id = sale_days.brand_id and links.id = sale_days.link_id
                     where sale_days.brand_id = $1 and sale_days.day between $2 and $3
                       and (cast($5 as text) is null or links.creator_id = $5)
                       and (cast($6 as text) is null or links.campaign_id = $6)
                       and (cast($7 as text) is null or sale_days.currency = $7)) as counted
               group by group_key, currency order by group_key, currency"#,
            brand,
            period.from.0,
            period.to.0,
            group,
            creator,
            campaign,
            currency
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(SaleMetricRow::read)
        .collect()
    }

    async fn unproven_sales(&self, brand: &BrandId, period: Period) -> Result<Vec<SaleMetric>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            SaleMetricRow,
            r#"select links.creator_id as "group_key?: String", credits.currency as "currency!: String",
                      cast(sum(credits.conversions) as bigint) as "conversions!: i64",
                      cast(sum(credits.amount_minor) as bigint) as "revenue_minor!: i64"
               from credits join links on links.brand_id = credits.brand_id and links.id = credits.link_id
               where credits.brand_id = $1 and credits.day between $2 and $3 and credits.order_id in (
                   select id from orders where brand_id = $1 and id > '' and is_unproven and approved_at is null)
               group by links.creator_id, credits.currency order by links.creator_id, credits.currency"#,
            brand,
            period.from.0,
            period.to.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(SaleMetricRow::read)
        .collect()
    }
}
