//! What a creator may see of a brand's figures. Every statement names the creator as `$2`.

use domain::{
    BrandId, CreatorId, Currency, Money, OrderId, PayoutId, UnixMs,
    proof::ProofFigures,
    report::{ClickRow, Clicks},
    time::{Day, Period},
};
use sqlx::{query, query_as};
use store::{
    Result,
    creator_view::{
        CreatorViewStore, OwnBalance, OwnBalanceRow, OwnPayout, OwnPayoutLine, OwnPayoutLineRow, OwnPayoutRow, OwnSale,
        OwnTraffic, SaleCursor,
    },
    row::{currency, read},
};

use crate::{Db, Reader, Tx, creator_sales, database, shared_orders::query_if_shared};

#[async_trait::async_trait]
impl CreatorViewStore for Db {
    async fn own_traffic(&self, brand: &BrandId, creator: &CreatorId, period: Period) -> Result<OwnTraffic> {
        let mut connection = self.read(brand).await?;
        let (clicks_by_day, clicks_by_link) = own_clicks(&mut connection, brand, creator, period).await?;
        let (conversions_by_day, conversions_by_link) =
            own_conversions(&mut connection, brand, creator, period).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let (from, to) = (period.from.0, period.to.0);
        let revenue = query_if_shared!(query!(
            r#"select counted.link_id as "link_id!", counted.currency as "currency!",
                      cast(sum(counted.amount_minor) as bigint) as "revenue_minor!: i64"
               from links join credits as counted on counted.brand_id = links.brand_id and counted.link_id = links.id
               where links.brand_id = $1 and links.creator_id = $2 and counted.day between $3 and $4 and "#
            IF SHARED
            " group by counted.link_id, counted.currency order by counted.link_id, counted.currency",
            brand,
            creator,
            from,
            to
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let money = |minor, code: &str| Ok(Money { minor, currency: currency(code, "credits")? });
        let shared_revenue = revenue
            .into_iter()
            .map(|row| Ok((read(row.link_id, "credits", "link_id")?, money(row.revenue_minor, &row.currency)?)))
            .collect::<Result<_>>()?;
        Ok(OwnTraffic { clicks_by_day, clicks_by_link, conversions_by_day, conversions_by_link, shared_revenue })
    }

    async fn own_balances(&self, brand: &BrandId, creator: &CreatorId, now: UnixMs) -> Result<Vec<OwnBalance>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        // `paid` is the payout that contains the line, if it is marked paid. What it contains is in its own line.
        query_if_shared!(query_as!(
            OwnBalanceRow,
            r#"select counted.currency as "currency!",
                      cast(sum(case when counted.kind <> 'payout'
                                     and ((needs_approval and approved_at is null) or payable_at > $3)
                               then amount_minor else 0 end) as bigint) as "held!: i64",
                      cast(sum(case when counted.kind <> 'payout'
                                     and (approved_at is not null or not needs_approval) and payable_at <= $3
                               then amount_minor else 0 end) as bigint) as "payable!: i64",
                      cast(sum(case when counted.kind = 'payout' then -amount_minor else 0 end) as bigint) as "paid!: i64",
                      min(case when counted.kind <> 'payout' and counted.payable_at > $3 and amount_minor > 0
                                and (approved_at is not null or not needs_approval)
                          then payable_at end) as "next_payable_at: i64"
               from ledger as counted
               left join payouts as paid on paid.brand_id = counted.brand_id and paid.id = counted.payout_id
                 and paid.state = 'paid'
               where counted.brand_id = $1 and counted.creator_id = $2
                 and ((counted.kind = 'payout' and paid.id is not null)
                   or (counted.kind <> 'payout' and paid.id is null
                     and ((counted.kind = 'adjustment' and counted.order_id is null) or "#
            IF SHARED
            "))) group by counted.currency order by counted.currency",
            brand,
            creator,
            now.0
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(OwnBalanceRow::read)
        .collect()
    }

    async fn own_revenue_days(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        currency: Currency,
    ) -> Result<Vec<(Day, i64)>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator, code) = (brand.as_str(), creator.as_str(), currency.code());
        let rows = query_if_shared!(query!(
            r#"select counted.day as "day!", cast(sum(counted.amount_minor) as bigint) as "revenue_minor!: i64"
               from links join credits as counted on counted.brand_id = links.brand_id and counted.link_id = links.id
               where links.brand_id = $1 and links.creator_id = $2 and counted.currency = $3 and "#
            IF SHARED
            " group by counted.day order by counted.day",
            brand,
            creator,
            code
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| (Day(row.day), row.revenue_minor)).collect())
    }

    async fn own_shared_figures(&self, brand: &BrandId, creator: &CreatorId, period: Period) -> Result<ProofFigures> {
        shared_figures(&mut self.snapshot(brand).await?, brand, creator, period).await
    }

    async fn own_earning_days(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        currency: Currency,
        period: Period,
    ) -> Result<Vec<(Day, i64)>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator, code) = (brand.as_str(), creator.as_str(), currency.code());
        let (from, to) = (period.from.0, period.to.0);
        let rows = query_if_shared!(query!(
            r#"select placed.placed_day as "day!", cast(sum(counted.amount_minor) as bigint) as "earned_minor!: i64"
               from ledger as counted
               join orders as placed on placed.brand_id = counted.brand_id and placed.id = counted.order_id
               where counted.brand_id = $1 and counted.creator_id = $2 and counted.currency = $3
                 and counted.kind <> 'payout' and placed.placed_day between $4 and $5 and "#
            IF SHARED
            " group by placed.placed_day order by placed.placed_day",
            brand,
            creator,
            code,
            from,
            to
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| (Day(row.day), row.earned_minor)).collect())
    }

    async fn own_payouts(&self, brand: &BrandId, creator: &CreatorId, limit: i64) -> Result<Vec<OwnPayout>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        query_as!(
            OwnPayoutRow,
            r#"select payouts.id as "id!", payouts.currency as "currency!", payouts.closed_at as "closed_at!",
                      payouts.reference, cast(-sum(ledger.amount_minor) as bigint) as "amount_minor!: i64"
               from ledger join payouts on payouts.brand_id = ledger.brand_id and payouts.id = ledger.payout_id
               where ledger.brand_id = $1 and ledger.creator_id = $2 and ledger.kind = 'payout'
                 and payouts.state = 'paid' and payouts.closed_at is not null
               group by payouts.id, payouts.currency, payouts.closed_at, payouts.reference
               order by payouts.closed_at desc, payouts.id desc limit $3"#,
            brand,
            creator,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(OwnPayoutRow::read)
        .collect()
    }

    async fn own_payout(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        payout: &PayoutId,
    ) -> Result<Option<(OwnPayout, Vec<OwnPayoutLine>)>> {
        let mut tx = self.snapshot(brand).await?;
        let (brand, creator, payout) = (brand.as_str(), creator.as_str(), payout.as_str());
        let row = query_as!(
            OwnPayoutRow,
            r#"select payouts.id as "id!", payouts.currency as "currency!", payouts.closed_at as "closed_at!",
                      payouts.reference, cast(-sum(ledger.amount_minor) as bigint) as "amount_minor!: i64"
               from ledger join payouts on payouts.brand_id = ledger.brand_id and payouts.id = ledger.payout_id
               where ledger.brand_id = $1 and ledger.creator_id = $2 and ledger.payout_id = $3 and ledger.kind = 'payout'
                 and payouts.state = 'paid' and payouts.closed_at is not null
               group by payouts.id, payouts.currency, payouts.closed_at, payouts.reference"#,
            brand,
            creator,
            payout
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        let lines = query_if_shared!(query_as!(
            OwnPayoutLineRow,
            r#"select counted.order_id, placed.placed_at as "placed_at?", counted.kind as "kind!",
                      counted.amount_minor as "amount_minor!", counted.created_at as "created_at!"
               from ledger as counted
               left join orders as placed on placed.brand_id = counted.brand_id and placed.id = counted.order_id
               where counted.brand_id = $1 and counted.creator_id = $2 and counted.payout_id = $3
                 and counted.kind <> 'payout'
                 and ((counted.kind = 'adjustment' and counted.order_id is null) or ("#
            IF SHARED
            ")) order by counted.id",
            brand,
            creator,
            payout
        ))
        .fetch_all(&mut *tx)
        .await
        .map_err(database)?;
        let lines = lines.into_iter().map(OwnPayoutLineRow::read).collect::<Result<_>>()?;
        Ok(Some((row.read()?, lines)))
    }

    async fn own_sales(
        &self,
        brand: &BrandId,
        creator: &CreatorId,
        before: Option<&SaleCursor>,
        limit: i64,
    ) -> Result<Vec<OwnSale>> {
        creator_sales::page(&mut self.snapshot(brand).await?, brand, creator, before, limit).await
    }

    async fn own_sale(&self, brand: &BrandId, creator: &CreatorId, order: &OrderId) -> Result<Option<OwnSale>> {
        creator_sales::one(&mut self.snapshot(brand).await?, brand, creator, order).await
    }

    async fn own_order_milestones(&self, brand: &BrandId, creator: &CreatorId) -> Result<Vec<(String, UnixMs)>> {
        let mut connection = self.read(brand).await?;
        let (brand, creator) = (brand.as_str(), creator.as_str());
        let rows = query!(
            r#"select name as "name!", reached_at as "reached_at!" from milestones
               where brand_id = $1 and creator_id = $2 and name like 'orders:%' order by reached_at, name"#,
            brand,
            creator
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| (row.name, UnixMs(row.reached_at))).collect())
    }
}

/// What a proof states: clicks of the period, and the orders placed in it as they are now. A refund that is booked on a
/// later day, because the order's day is closed, counts too.
pub(crate) async fn shared_figures(
    tx: &mut Tx,
    brand: &BrandId,
    creator: &CreatorId,
    period: Period,
) -> Result<ProofFigures> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    let (from, to) = (period.from.0, period.to.0);
    let clicks = query!(
        r#"select cast(coalesce(sum(click_days.clicks), 0) as bigint) as "clicks!: i64"
           from click_days join links on links.brand_id = click_days.brand_id and links.id = click_days.link_id
           where click_days.brand_id = $1 and links.creator_id = $2 and links.share_revenue
             and click_days.day between $3 and $4"#,
        brand,
        creator,
        from,
        to
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?
    .clicks;
    let sold = query_if_shared!(query!(
        r#"select counted.currency as "currency!", cast(sum(counted.amount_minor) as bigint) as "revenue_minor!: i64",
                  cast(sum(counted.conversions) as bigint) as "conversions!: i64"
           from links join credits as counted on counted.brand_id = links.brand_id and counted.link_id = links.id
           join orders as placed on placed.brand_id = counted.brand_id and placed.id = counted.order_id
           where links.brand_id = $1 and links.creator_id = $2 and placed.placed_day between $3 and $4 and "#
        IF SHARED
        " group by counted.currency order by counted.currency",
        brand,
        creator,
        from,
        to
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let conversions = sold.iter().map(|row| row.conversions).sum();
    let revenue = sold
        .iter()
        .map(|row| Ok(Money { minor: row.revenue_minor, currency: currency(&row.currency, "credits")? }))
        .collect::<Result<Vec<_>>>()?;
    Ok(ProofFigures::new(clicks, conversions, revenue))
}

type OwnClicks = (Vec<ClickRow<Day>>, Vec<ClickRow<domain::LinkId>>);

async fn own_clicks(
    connection: &mut Reader,
    brand: &BrandId,
    creator: &CreatorId,
    period: Period,
) -> Result<OwnClicks> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    let (from, to) = (period.from.0, period.to.0);
    let by_day = query!(
        r#"select day as "day!", cast(sum(clicks) as bigint) as "clicks!: i64",
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
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let by_link = query!(
        r#"select link_id as "link_id!", cast(sum(clicks) as bigint) as "clicks!: i64",
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
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let clicks = |clicks, unique_clicks, bot_clicks| Clicks { clicks, unique_clicks, bot_clicks };
    let by_day = by_day
        .into_iter()
        .map(|row| ClickRow { key: Day(row.day), clicks: clicks(row.clicks, row.unique_clicks, row.bot_clicks) })
        .collect();
    let by_link = by_link
        .into_iter()
        .map(|row| {
            let key = read(row.link_id, "click_days", "link_id")?;
            Ok(ClickRow { key, clicks: clicks(row.clicks, row.unique_clicks, row.bot_clicks) })
        })
        .collect::<Result<_>>()?;
    Ok((by_day, by_link))
}

/// Conversions, without those of orders whose credit no person has approved yet.
type OwnConversions = (Vec<(Day, i64)>, Vec<(domain::LinkId, i64)>);

async fn own_conversions(
    connection: &mut Reader,
    brand: &BrandId,
    creator: &CreatorId,
    period: Period,
) -> Result<OwnConversions> {
    let (brand, creator) = (brand.as_str(), creator.as_str());
    let (from, to) = (period.from.0, period.to.0);
    let by_day = query!(
        r#"select day as "day!", cast(sum(conversions) as bigint) as "conversions!: i64"
           from (
               select sale_days.day, sale_days.conversions
               from sale_days join links on links.brand_id = sale_days.brand_id and links.id = sale_days.link_id
               where sale_days.brand_id = $1 and links.creator_id = $2 and sale_days.day between $3 and $4
               union all
               select credits.day, -credits.conversions
               from credits join links on links.brand_id = credits.brand_id and links.id = credits.link_id
               where credits.brand_id = $1 and links.creator_id = $2 and credits.day between $3 and $4
                 and credits.order_id in (
                     select id from orders where brand_id = $1 and id > '' and is_unproven and approved_at is null)) as counted
           group by day having sum(conversions) <> 0 order by day"#,
        brand,
        creator,
        from,
        to
    )
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let by_link = query!(
        r#"select link_id as "link_id!", cast(sum(conversions) as bigint) as "conversions!: i64"
           from (
               select sale_days.link_id, sale_days.conversions
               from sale_days join links on links.brand_id = sale_days.brand_id and links.id = sale_days.link_id
               where sale_days.brand_id = $1 and links.creator_id = $2 and sale_days.day between $3 and $4
               union all
               select credits.link_id, -credits.conversions
               from credits join links on links.brand_id = credits.brand_id and links.id = credits.link_id
               where credits.brand_id = $1 and links.creator_id = $2 and credits.day between $3 and $4
                 and credits.order_id in (
                     select id from orders where brand_id = $1 and id > '' and is_unproven and approved_at is null)) as counted
           group by link_id having sum(conversions) <> 0 order by link_id"#,
        brand,
        creator,
        from,
        to
    )
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let by_day = by_day.into_iter().map(|row| (Day(row.day), row.conversions)).collect();
    let by_link = by_link
        .into_iter()
        .map(|row| Ok((read(row.link_id, "sale_days", "link_id")?, row.conversions)))
        .collect::<Result<_>>()?;
    Ok((by_day, by_link))
}
