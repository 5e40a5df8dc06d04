//! Changes of links by pages, and what links did.

use domain::{
    BrandId, CampaignId, LinkId, UnixMs,
    link::{Link, LinkCode},
    report::{ClickRow, Clicks},
    time::{Day, Period},
};
use sqlx::query;
use store::{
    Result,
    audit::AuditEntry,
    link_edits::{CreditedOrder, CreditedOrderRow, LinkDay, LinkEditStore, LinkTraffic},
    links::LinkChange,
    outbound::NewEvents,
    reports::SaleSumRow,
    row::read,
};

use crate::{Db, audit, database, json, list, named, outbound_events, reports::filter};

#[async_trait::async_trait]
impl LinkEditStore for Db {
    async fn edit_link(&self, brand: &BrandId, link: &Link, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), link.id.as_str());
        let platform = link.platform.map(domain::link::Platform::as_str);
        let content_type = link.content_type.map(domain::link::ContentType::as_str);
        let expires_at = link.expires_at.map(|at| at.0);
        let done = query!(
            "update links
             set destination = $3, platform = $4, content_type = $5, share_revenue = $6, expires_at = $7, updated_at = $8,
                 promo_code = case when exists (
                     select 1 from credits where credits.brand_id = links.brand_id and credits.link_id = links.id)
                     then promo_code else $9 end
             where brand_id = $1 and id = $2 and deleted_at is null and not is_direct",
            brand_id,
            id,
            link.destination,
            platform,
            content_type,
            link.share_revenue,
            expires_at,
            entry.at.0,
            link.promo_code
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(&mut tx, brand, entry).await?;
        self.commit_link_change(tx, &LinkChange::Link(link.code)).await?;
        Ok(true)
    }

    async fn was_code_used_since(&self, brand: &BrandId, promo_code: &str, since: UnixMs) -> Result<bool> {
        let mut connection = self.read(brand).await?;
        let (brand, code) = (brand.as_str(), json(&promo_code)?);
        let literal: String =
            code.chars().flat_map(|c| "\\%_".contains(c).then_some('\\').into_iter().chain([c])).collect();
        let pattern = format!("%{literal}%");
        let row = query!(
            r#"select id as "id!" from orders
               where brand_id = $1 and placed_at >= $2 and promo_codes like $3 escape '\' limit 1"#,
            brand,
            since.0,
            pattern
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.is_some())
    }

    async fn restore_link(&self, brand: &BrandId, id: &LinkId, entry: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id) = (brand.as_str(), id.as_str());
        let row = query!(
            r#"update links set deleted_at = null, updated_at = $3
               where brand_id = $1 and id = $2 and deleted_at is not null and not is_direct
               returning code as "code!: String""#,
            brand_id,
            id,
            entry.at.0
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(false) };
        audit::write(&mut tx, brand, entry).await?;
        let code: LinkCode = read(row.code, "links", "code")?;
        self.commit_link_change(tx, &LinkChange::Link(code)).await?;
        Ok(true)
    }

    async fn set_link_campaign(
        &self,
        brand: &BrandId,
        id: &LinkId,
        campaign: Option<&CampaignId>,
        entry: &AuditEntry,
        events: &NewEvents,
    ) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        let (brand_id, id, campaign) = (brand.as_str(), id.as_str(), campaign.map(CampaignId::as_str));
        let row = query!(
            r#"update links set campaign_id = $3, updated_at = $4
               where brand_id = $1 and id = $2 and deleted_at is null and not is_direct and not exists (
                   select 1 from credits where credits.brand_id = links.brand_id and credits.link_id = links.id)
               returning code as "code!: String""#,
            brand_id,
            id,
            campaign,
            entry.at.0
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(named("campaign"))?;
        let Some(row) = row else { return Ok(false) };
        audit::write(&mut tx, brand, entry).await?;
        outbound_events::emit(&mut tx, brand, events).await?;
        let code: LinkCode = read(row.code, "links", "code")?;
        self.commit_link_change(tx, &LinkChange::Link(code)).await?;
        Ok(true)
    }

    async fn link_days(&self, brand: &BrandId, period: Period, links: Option<&[LinkId]>) -> Result<Vec<LinkDay>> {
        let mut connection = self.read(brand).await?;
        let (brand, from, to, (is_filtered, links)) = (brand.as_str(), period.from.0, period.to.0, filter(links)?);
        statement!(query!(
            r#"select link_id as "link_id!", day as "day!", clicks as "clicks!" from click_days
               where brand_id = $1 and day between $2 and $3 and clicks > 0
                 and (cast($4 as bigint) = 0 or link_id "# IN "$5" ") order by link_id, day",
            brand,
            from,
            to,
            is_filtered,
            &links
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            Ok(LinkDay { link: read(row.link_id, "click_days", "link_id")?, day: Day(row.day), clicks: row.clicks })
        })
        .collect()
    }

    async fn traffic_of_links(&self, brand: &BrandId, links: &[LinkId], period: Period) -> Result<LinkTraffic> {
        let mut connection = self.snapshot(brand).await?;
        let (brand, links, from, to) = (brand.as_str(), list(links)?, period.from.0, period.to.0);
        let clicks = statement!(query!(
            r#"select day as "day!: i64", cast(sum(clicks) as bigint) as "clicks!: i64",
                      cast(sum(unique_clicks) as bigint) as "unique_clicks!: i64",
                      cast(sum(bot_clicks) as bigint) as "bot_clicks!: i64"
               from click_days where brand_id = $1 and day between $2 and $3 and link_id "# IN "$4" " group by day order by day",
            brand,
            from,
            to,
            &links
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let sales = statement!(query_as!(
            SaleSumRow,
            r#"select day as "day: i64", cast(null as text) as "link_id: String", currency as "currency!: String",
                      cast(sum(conversions) as bigint) as "conversions!: i64",
                      cast(sum(revenue_minor) as bigint) as "revenue_minor!: i64"
               from sale_days where brand_id = $1 and day between $2 and $3 and link_id "# IN "$4" r#"
               group by day, currency order by day, currency"#,
            brand,
            from,
            to,
            &links
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let clicks = clicks.into_iter().map(|row| ClickRow {
            key: Day(row.day),
            clicks: Clicks { clicks: row.clicks, unique_clicks: row.unique_clicks, bot_clicks: row.bot_clicks },
        });
        let sales = sales.into_iter().map(|row| row.read(|row| Ok(Day(row.day.unwrap_or_default()))));
        Ok((clicks.collect(), sales.collect::<Result<_>>()?))
    }

    async fn credited_orders(&self, brand: &BrandId, links: &[LinkId], limit: i64) -> Result<Vec<CreditedOrder>> {
        let mut connection = self.read(brand).await?;
        let (brand, links) = (brand.as_str(), list(links)?);
        // A credit that was taken back on a closed day leaves two lines, which add up to nothing.
        statement!(query_as!(
            CreditedOrderRow,
            r#"select orders.id as "order_id!: String", orders.name as "name!: String",
                      orders.placed_at as "placed_at!: i64", credited.currency as "currency!: String",
                      credited.amount_minor as "amount_minor!: i64"
               from (select order_id, currency, cast(sum(amount_minor) as bigint) as amount_minor from credits
                     where brand_id = $1 and link_id "# IN "$2" r#"
                     group by order_id, currency having sum(amount_minor) <> 0) as credited
               join orders on orders.brand_id = $1 and orders.id = credited.order_id
               order by orders.placed_at desc, orders.id desc limit $3"#,
            brand,
            &links,
            limit
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(CreditedOrderRow::read)
        .collect()
    }
}
