//! Paged export of a brand's rows.

use domain::{BrandId, event::Event, order::Order};
use sqlx::query_as;
use store::{
    Result,
    export::{ClickRecord, CreditRecord, CreditRow, ExportStore},
    ingest::{ClickRow, EventRow},
    orders::OrderRow,
};

use crate::{Db, database};

#[async_trait::async_trait]
impl ExportStore for Db {
    async fn clicks_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<ClickRecord>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            ClickRow,
            r#"select $1 as "brand_id!: String", id as "id!", link_id as "link_id!", creator_id, pv_id as "pv_id!",
                      is_returning as "is_returning!: bool", at as "at!", device as "device!", browser as "browser!",
                      os as "os!", country, referrer_host, bot, is_unique as "is_unique!: bool"
               from clicks
               where brand_number = (select number from brands where id = $1) and id > $2 order by id limit $3"#,
            brand,
            after,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(ClickRow::read)
        .collect()
    }

    async fn events_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<Event>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            EventRow,
            r#"select $1 as "brand_id!: String", id as "id!", event_type as "event_type!", pv_id as "pv_id!", pv_alias,
                      occurred_at as "occurred_at!", received_at as "received_at!", page_url, ref_code, product_id,
                      order_id, revenue_minor, currency, promo_code, is_new_customer as "is_new_customer: bool",
                      event_data, is_verified as "is_verified!: bool", is_test as "is_test!: bool"
               from events
               where brand_number = (select number from brands where id = $1) and id > $2 order by id limit $3"#,
            brand,
            after,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(EventRow::read)
        .collect()
    }

    async fn orders_after(&self, brand: &BrandId, after: &str, limit: i64) -> Result<Vec<Order>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            OrderRow,
            r#"select brand_id as "brand_id!", id as "id!", source as "source!", external_id as "external_id!",
                      name as "name!", placed_at as "placed_at!", facts_version as "facts_version!", cancelled_at,
                      currency as "currency!", total_minor as "total_minor!", subtotal_minor as "subtotal_minor!",
                      (select cast(coalesce(sum(deducted_minor), 0) as bigint) from refunds
                       where refunds.brand_id = orders.brand_id and refunds.order_external_id = orders.external_id) as "refunded_minor!: i64",
                      is_test as "is_test!: bool", is_new_customer as "is_new_customer: bool", cart_pv, cart_ref,
                      landing_ref, promo_codes as "promo_codes!", lines as "lines!", details as "details!", email_hash, customer_hash, redacted_at,
                      placed_day as "placed_day!", settlements as "settlements!", settled_day,
                      cast(null as text) as "visitors: String",
                      cast(null as text) as "attribution: String"
               from orders where brand_id = $1 and id > $2 order by id limit $3"#,
            brand,
            after,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read().map(|record| record.order))
        .collect()
    }

    async fn credits_after(&self, brand: &BrandId, after: (&str, i64), limit: i64) -> Result<Vec<CreditRecord>> {
        let mut connection = self.read(brand).await?;
        let (brand, (order, position)) = (brand.as_str(), after);
        query_as!(
            CreditRow,
            r#"select order_id as "order_id!", position as "position!", link_id as "link_id!", creator_id,
                      campaign_id, kind as "kind!", touched_at as "touched_at!", weight as "weight!",
                      currency as "currency!", amount_minor as "amount_minor!",
                      conversions as "conversions!"
               from credits where brand_id = $1 and (order_id > $2 or (order_id = $2 and position > $3))
               order by order_id, position limit $4"#,
            brand,
            order,
            position,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(CreditRow::read)
        .collect()
    }
}
