//! Orders, refunds and credits.

use domain::{
    BrandId, CreatorId, OrderId, UnixMs, attribution::Landing, click::Click, event::Event, link::Link, order::Order,
    time::Day,
};
use serde_json::json;
use sqlx::{Postgres, Transaction, query, query_as};
use store::{
    Result, StoreError,
    orders::{OrderRecord, OrderStore, Refund, Settlement},
    row::{ClickRow, EventRow, LinkRow, OrderRow, read},
};

use crate::{PostgresStore, database, jobs, json, named};

async fn stored(tx: &mut Transaction<'static, Postgres>, brand: &str, external_id: &str) -> Result<Option<Order>> {
    let row = query_as!(
        OrderRow,
        r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                  name as "name!", placed_at as "placed_at!", updated_at as "updated_at!", cancelled_at,
                  currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                  0::bigint as "refunded_minor!: i64", is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool",
                  cart_pv, cart_ref, landing_ref, promo_codes as "promo_codes!", email_hash, customer_hash,
                  attribution
           from orders where brand_id = $1 and external_id = $2 for update"#,
        brand,
        external_id
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.map(OrderRow::read).transpose()?.map(|record| record.order))
}

async fn queue_settlement(
    tx: &mut Transaction<'static, Postgres>,
    brand: &BrandId,
    external_id: &str,
    now: UnixMs,
) -> Result<()> {
    let payload = json(&json!({"brand": brand, "order_id": external_id}))?;
    jobs::push(tx, "order.settle", &format!("{brand}:{external_id}"), &payload, now).await
}

#[async_trait::async_trait]
impl OrderStore for PostgresStore {
    async fn put_order(&self, order: &Order, placed_day: Day, now: UnixMs) -> Result<bool> {
        let mut tx = self.begin().await?;
        let brand = order.brand.as_str();
        let facts = match stored(&mut tx, brand, &order.external_id).await? {
            Some(before) => {
                let merged = Order::merged(before.clone(), order.clone());
                if merged == before {
                    return Ok(false);
                }
                merged
            }
            None => order.clone(),
        };
        let (id, source, currency) = (facts.id.as_str(), facts.source.as_str(), facts.currency.code());
        let (placed_at, updated_at) = (facts.placed_at.0, facts.updated_at.0);
        let cancelled_at = facts.cancelled_at.map(|at| at.0);
        let (cart_ref, landing_ref) = (facts.cart_ref.map(String::from), facts.landing_ref.map(String::from));
        let promo_codes = json(&facts.promo_codes)?;
        query!(
            "insert into orders (brand_id, id, source, external_id, name, placed_at, placed_day, updated_at,
                                 cancelled_at, currency, total_minor, subtotal_minor, is_test, is_new_customer,
                                 cart_pv, cart_ref, landing_ref, promo_codes, email_hash, customer_hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             on conflict (brand_id, external_id) do update set
                source = excluded.source, name = excluded.name, placed_at = excluded.placed_at,
                currency = excluded.currency, updated_at = excluded.updated_at,
                cancelled_at = excluded.cancelled_at, total_minor = excluded.total_minor,
                subtotal_minor = excluded.subtotal_minor, is_test = excluded.is_test,
                is_new_customer = excluded.is_new_customer, cart_pv = excluded.cart_pv, cart_ref = excluded.cart_ref,
                landing_ref = excluded.landing_ref, promo_codes = excluded.promo_codes,
                email_hash = excluded.email_hash, customer_hash = excluded.customer_hash",
            brand,
            id,
            source,
            facts.external_id,
            facts.name,
            placed_at,
            placed_day.0,
            updated_at,
            cancelled_at,
            currency,
            facts.total_minor,
            facts.subtotal_minor,
            facts.is_test,
            facts.is_new_customer,
            facts.cart_pv,
            cart_ref,
            landing_ref,
            promo_codes,
            facts.email_hash,
            facts.customer_hash
        )
        .execute(&mut *tx)
        .await
        .map_err(named("order"))?;
        queue_settlement(&mut tx, &order.brand, &order.external_id, now).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn put_refund(&self, brand: &BrandId, refund: &Refund, now: UnixMs) -> Result<bool> {
        let mut tx = self.begin().await?;
        let (brand_id, currency) = (brand.as_str(), refund.currency.code());
        let done = query!(
            "insert into refunds (brand_id, order_external_id, external_id, amount_minor, currency, at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (brand_id, order_external_id, external_id) do update set amount_minor = excluded.amount_minor
             where excluded.amount_minor > refunds.amount_minor",
            brand_id,
            refund.order_external_id,
            refund.external_id,
            refund.amount_minor,
            currency,
            refund.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        queue_settlement(&mut tx, brand, &refund.order_external_id, now).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn settle_order(&self, settlement: &Settlement<'_>) -> Result<()> {
        let mut tx = self.begin().await?;
        let order = settlement.order;
        let (brand, id, currency) = (order.brand.as_str(), order.id.as_str(), order.currency.code());
        let before = query!(
            r#"select placed_day as "placed_day!", settled_orders, settled_net_minor
               from orders where brand_id = $1 and id = $2 for update"#,
            brand,
            id
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?
        .ok_or(StoreError::Missing("order"))?;

        query!(
            "insert into sale_days (brand_id, day, link_id, currency, conversions, revenue_minor)
             select brand_id, day, link_id, currency, -sum(conversions), -sum(amount_minor)
             from credits where brand_id = $1 and order_id = $2 group by brand_id, day, link_id, currency
             on conflict (brand_id, day, link_id, currency) do update set
                conversions = sale_days.conversions + excluded.conversions,
                revenue_minor = sale_days.revenue_minor + excluded.revenue_minor",
            brand,
            id
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        query!("delete from credits where brand_id = $1 and order_id = $2", brand, id)
            .execute(&mut *tx)
            .await
            .map_err(database)?;

        let conversions = i64::from(order.is_conversion());
        for (position, credit) in (0i64..).zip(&settlement.attribution.credits) {
            let (link, kind, touched_at) = (credit.link.as_str(), credit.kind.as_str(), credit.at.0);
            let creator = credit.creator.as_ref().map(CreatorId::as_str);
            let campaign = credit.campaign.as_ref().map(domain::CampaignId::as_str);
            query!(
                "insert into credits (brand_id, order_id, position, link_id, creator_id, campaign_id, kind,
                                      touched_at, weight, currency, amount_minor, conversions, day)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                brand,
                id,
                position,
                link,
                creator,
                campaign,
                kind,
                touched_at,
                credit.weight,
                currency,
                credit.amount_minor,
                conversions,
                before.placed_day
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        query!(
            "insert into sale_days (brand_id, day, link_id, currency, conversions, revenue_minor)
             select brand_id, day, link_id, currency, sum(conversions), sum(amount_minor)
             from credits where brand_id = $1 and order_id = $2 group by brand_id, day, link_id, currency
             on conflict (brand_id, day, link_id, currency) do update set
                conversions = sale_days.conversions + excluded.conversions,
                revenue_minor = sale_days.revenue_minor + excluded.revenue_minor",
            brand,
            id
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;

        let net_minor = if order.is_test { 0 } else { settlement.attribution.net_minor };
        let orders_change = conversions - before.settled_orders.unwrap_or(0);
        let net_change = net_minor - before.settled_net_minor.unwrap_or(0);
        query!(
            "insert into order_days (brand_id, day, currency, orders, revenue_minor) values ($1, $2, $3, $4, $5)
             on conflict (brand_id, day, currency) do update set
                orders = order_days.orders + excluded.orders,
                revenue_minor = order_days.revenue_minor + excluded.revenue_minor",
            brand,
            before.placed_day,
            currency,
            orders_change,
            net_change
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;

        let attribution = json(settlement.attribution)?;
        query!(
            "update orders set settled_at = $3, settled_orders = $4, settled_net_minor = $5, attribution = $6
             where brand_id = $1 and id = $2",
            brand,
            id,
            settlement.at.0,
            conversions,
            net_minor,
            attribution
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn order(&self, brand: &BrandId, id: &OrderId) -> Result<Option<OrderRecord>> {
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", updated_at as "updated_at!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", email_hash, customer_hash, attribution
               from orders where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(database)?
        .map(OrderRow::read)
        .transpose()
    }

    async fn order_by_external_id(&self, brand: &BrandId, external_id: &str) -> Result<Option<OrderRecord>> {
        let brand = brand.as_str();
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", updated_at as "updated_at!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", email_hash, customer_hash, attribution
               from orders where brand_id = $1 and external_id = $2"#,
            brand,
            external_id
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(database)?
        .map(OrderRow::read)
        .transpose()
    }

    async fn orders(&self, brand: &BrandId, before: UnixMs, limit: i64) -> Result<Vec<OrderRecord>> {
        let brand = brand.as_str();
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", updated_at as "updated_at!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(amount_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id
                         and refunds.currency = orders.currency) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", email_hash, customer_hash, attribution
               from orders where brand_id = $1 and placed_at < $2 order by placed_at desc, id desc limit $3"#,
            brand,
            before.0,
            limit
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?
        .into_iter()
        .map(OrderRow::read)
        .collect()
    }

    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String]) -> Result<Vec<Event>> {
        let brand = brand.as_str();
        query_as!(
            EventRow,
            r#"select brand_id as "brand_id!", id as "id!", event_type as "event_type!", pv_id as "pv_id!", pv_alias,
                      occurred_at as "occurred_at!", received_at as "received_at!", page_url, ref_code, product_id,
                      order_id, revenue_minor, currency, promo_code, is_new_customer as "is_new_customer: bool",
                      event_data, is_verified as "is_verified!: bool", is_test as "is_test!: bool"
               from events
               where brand_id = $1 and order_id = any($2) and event_type = 'purchase'
               order by is_verified desc, received_at, id limit 50"#,
            brand,
            order_ids as &[String]
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?
        .into_iter()
        .map(EventRow::read)
        .collect()
    }

    async fn visitor_aliases(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<(String, String)>> {
        let brand = brand.as_str();
        let rows = query!(
            r#"select pv_id as "pv_id!", alias as "alias!" from visitor_aliases
               where brand_id = $1 and pv_id = any($2) order by at, alias limit 50"#,
            brand,
            pv_ids as &[String]
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| (row.pv_id, row.alias)).collect())
    }

    async fn clicks_of(&self, brand: &BrandId, pv_ids: &[String], until: UnixMs, limit: i64) -> Result<Vec<Click>> {
        let brand = brand.as_str();
        query_as!(
            ClickRow,
            r#"select brand_id as "brand_id!", id as "id!", link_id as "link_id!", creator_id, pv_id as "pv_id!",
                      is_returning as "is_returning!: bool", at as "at!", device as "device!", browser as "browser!",
                      os as "os!", country, referrer_host, bot, is_unique as "is_unique!: bool"
               from clicks
               where brand_id = $1 and pv_id = any($2) and at <= $3
               order by at desc, id desc limit $4"#,
            brand,
            pv_ids as &[String],
            until.0,
            limit
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read().map(|record| record.click))
        .collect()
    }

    async fn landings_of(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<Landing>> {
        let brand = brand.as_str();
        query!(
            r#"select pv_id as "pv_id!", code as "code!", at as "at!" from visitor_landings
               where brand_id = $1 and pv_id = any($2)
               order by at desc, code limit 50"#,
            brand,
            pv_ids as &[String]
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| {
            Ok(Landing { pv_id: row.pv_id, code: read(row.code, "visitor_landings", "code")?, at: UnixMs(row.at) })
        })
        .collect()
    }

    async fn links_named(
        &self,
        brand: &BrandId,
        ids: &[String],
        codes: &[String],
        promos: &[String],
    ) -> Result<Vec<Link>> {
        let brand = brand.as_str();
        query_as!(
            LinkRow,
            r#"select brand_id as "brand_id!", id as "id!", code as "code!", destination as "destination!",
                      campaign_id, creator_id, platform, content_type, promo_code,
                      share_revenue as "share_revenue!: bool", created_at as "created_at!", expires_at, deleted_at
               from links
               where brand_id = $1
                 and (id = any($2) or code = any($3)
                      or promo_code = any($4))
               order by id limit 1000"#,
            brand,
            ids as &[String],
            codes as &[String],
            promos as &[String]
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read().map(|(_, link)| link))
        .collect()
    }

    async fn creators_with_email(&self, brand: &BrandId, email_hash: &str) -> Result<Vec<CreatorId>> {
        let brand = brand.as_str();
        query!(
            r#"select id as "id!" from creators where brand_id = $1 and email_hash = $2 order by id"#,
            brand,
            email_hash
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| read(row.id, "creators", "id"))
        .collect()
    }
}
