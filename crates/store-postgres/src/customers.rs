//! Who is one customer, and sales that backends report by API.

use domain::{
    BrandId, ClickId, CustomerId, UnixMs,
    click::Click,
    order::{Order, OrderSource},
    time::Day,
};
use sqlx::{Postgres, Transaction, query, query_as};
use store::{
    Result,
    customers::{ApiSale, Customer, CustomerStore, Join, NewSale, TestRecord, may_claim},
    orders::Refund,
    row::{ApiSaleRow, ClickRow, TestRecordRow, read},
};

use crate::{
    PostgresStore, database, lock,
    orders::{insert_refund, merge_order, queue_settlement},
};

/// How long test records are kept.
const TEST_LIFE_MS: i64 = 7 * domain::time::DAY_MS;

/// The next running number of a brand.
async fn next_number(tx: &mut Transaction<'static, Postgres>, brand: &str, name: &str) -> Result<i64> {
    let row = query!(
        r#"insert into numbers (brand_id, name, last) values ($1, $2, 1)
           on conflict (brand_id, name) do update set last = numbers.last + 1 returning last as "last!: i64""#,
        brand,
        name
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.last)
}

/// [`CustomerStore::join_identities`] inside a transaction.
async fn join(
    tx: &mut Transaction<'static, Postgres>,
    brand: &BrandId,
    identities: &[String],
    id: &CustomerId,
    join: Join,
    at: UnixMs,
) -> Result<Option<CustomerId>> {
    // Two joins of new identities must see each other.
    lock(tx, &format!("identities {brand}")).await?;
    let (brand_id, list) = (brand.as_str(), identities);
    let mut known = query!(
        r#"select identity as "identity!", customer_id as "customer_id!" from identities
           where brand_id = $1 and identity = any($2)"#,
        brand_id,
        list as &[String]
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    known.sort_by(|one, other| one.customer_id.cmp(&other.customer_id));
    let is_all_known = identities.iter().all(|one| known.iter().any(|row| row.identity == *one));
    let first = known.first().map(|row| row.customer_id.clone());
    let is_one = known.iter().all(|row| Some(&row.customer_id) == first.as_ref());
    if join == Join::OnlyNew && !is_all_known {
        let names = query!(
            r#"select identity as "identity!" from identities
               where brand_id = $1 and customer_id = $2
                 and (identity like 'key:%' or identity like 'claim:%' or identity like 'claim-mail:%')"#,
            brand_id,
            first
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        let names: Vec<String> = names.into_iter().map(|row| row.identity).collect();
        let new = identities.iter().filter(|one| known.iter().all(|row| row.identity != **one));
        if !may_claim(new.map(String::as_str), &names) {
            return Ok(None);
        }
    }
    if join == Join::OnlyNew && !is_one {
        return Ok(None);
    }
    let customer = first.clone().unwrap_or_else(|| id.to_string());
    if is_all_known && is_one {
        return Ok(Some(read(customer, "identities", "customer_id")?));
    }
    for other in known.iter().filter(|row| row.customer_id != customer) {
        query!(
            "update identities set customer_id = $3 where brand_id = $1 and customer_id = $2",
            brand_id,
            other.customer_id,
            customer
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    // The id of a customer who is another's now still leads to them.
    let merged = known.iter().map(|row| &row.customer_id).filter(|id| **id != customer);
    for identity in identities.iter().chain(merged) {
        query!(
            "insert into identities (brand_id, identity, customer_id, at) values ($1, $2, $3, $4)
             on conflict (brand_id, identity) do nothing",
            brand_id,
            identity,
            customer,
            at.0
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    // Another visitor, or another customer's, may be evidence for every order of the customer; an order's number
    // or a hash is evidence for that order alone.
    let is_known = |one: &String| known.iter().any(|row| row.identity == *one);
    let has_visitor = identities.iter().any(|one| one.starts_with("pv:") && !is_known(one));
    let mut orders: Vec<String> = identities.iter().filter(|one| !is_known(one)).cloned().collect();
    if !is_one || (has_visitor && first.is_some()) {
        let rows = query!(
            r#"select identity as "identity!" from identities
               where brand_id = $1 and customer_id = $2 and identity like 'order:%' limit 500"#,
            brand_id,
            customer
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        orders = rows.into_iter().map(|row| row.identity).collect();
        orders.sort();
    }
    for external_id in orders.iter().filter_map(|identity| identity.strip_prefix("order:")) {
        queue_settlement(tx, brand, external_id, at).await?;
    }
    Ok(Some(read(customer, "identities", "customer_id")?))
}

#[async_trait::async_trait]
impl CustomerStore for PostgresStore {
    async fn join_identities(
        &self,
        brand: &BrandId,
        identities: &[String],
        id: &CustomerId,
        join: Join,
        at: UnixMs,
    ) -> Result<Option<CustomerId>> {
        let mut tx = self.begin().await?;
        let customer = self::join(&mut tx, brand, identities, id, join, at).await?;
        tx.commit().await.map_err(database)?;
        Ok(customer)
    }

    async fn identities_of(&self, brand: &BrandId, identities: &[String]) -> Result<Vec<Vec<String>>> {
        let brand = brand.as_str();
        let rows = query!(
            r#"select asked as "asked!: String", identity as "identity!: String" from (
                   select one.identity as asked, other.identity,
                          row_number() over (
                              partition by one.identity
                              order by case when other.identity like 'pv:%' then 0 else 1 end, other.identity) as nth
                   from identities as one
                   join identities as other on other.brand_id = one.brand_id and other.customer_id = one.customer_id
                   where one.brand_id = $1 and one.identity = any($2)) as found
               where nth <= 500
               order by asked, nth"#,
            brand,
            identities as &[String]
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        let of =
            |asked: &String| rows.iter().filter(|row| row.asked == *asked).map(|row| row.identity.clone()).collect();
        Ok(identities.iter().map(of).collect())
    }

    async fn customer_of(&self, brand: &BrandId, identity: &str) -> Result<Option<Customer>> {
        let brand = brand.as_str();
        let rows = query!(
            r#"select customer_id as "customer_id!: String", identity as "identity!: String", since as "since!: i64" from (
                   select customer_id, identity, min(at) over () as since, at,
                          row_number() over (
                              partition by split_part(identity, ':', 1)
                              order by at desc, identity) as nth
                   from identities
                   where brand_id = $1
                     and customer_id = coalesce(
                         (select one.customer_id from identities as one where one.brand_id = $1 and one.identity = $2),
                         $2)) as known
               where nth <= 500
               order by at desc, identity"#,
            brand,
            identity
        )
        .fetch_all(&self.pool)
        .await
        .map_err(database)?;
        let Some(first) = rows.first() else { return Ok(None) };
        Ok(Some(Customer {
            id: read(first.customer_id.clone(), "identities", "customer_id")?,
            since: UnixMs(first.since),
            identities: rows.into_iter().map(|row| row.identity).collect(),
        }))
    }

    async fn forget_customers(&self, brand: &BrandId, identities: &[String]) -> Result<u64> {
        let mut tx = self.begin().await?;
        lock(&mut tx, &format!("identities {brand}")).await?;
        let (brand, list) = (brand.as_str(), identities);
        query!(
            "delete from profiles where brand_id = $1 and identity in (
                select other.identity from identities as one
                join identities as other on other.brand_id = one.brand_id and other.customer_id = one.customer_id
                where one.brand_id = $1 and one.identity = any($2))",
            brand,
            list as &[String]
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        query!(
            "delete from customer_events where brand_id = $1 and identity in (
                select other.identity from identities as one
                join identities as other on other.brand_id = one.brand_id and other.customer_id = one.customer_id
                where one.brand_id = $1 and one.identity = any($2))",
            brand,
            list as &[String]
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        let done = query!(
            "delete from identities where brand_id = $1 and customer_id in (
                select customer_id from identities
                where brand_id = $1 and identity = any($2))",
            brand,
            list as &[String]
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn click(&self, brand: &BrandId, id: &ClickId) -> Result<Option<Click>> {
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            ClickRow,
            r#"select brand_id as "brand_id!", id as "id!", link_id as "link_id!", creator_id, pv_id as "pv_id!",
                      is_returning as "is_returning!: bool", at as "at!", device as "device!", browser as "browser!",
                      os as "os!", country, referrer_host, bot, is_unique as "is_unique!: bool"
               from clicks where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(database)?
        .map(|row| row.read().map(|record| record.click))
        .transpose()
    }

    async fn put_sale(
        &self,
        order: &Order,
        placed_day: Day,
        sale: &NewSale<'_>,
        now: UnixMs,
    ) -> Result<Option<ApiSale>> {
        let mut tx = self.begin().await?;
        let (brand, code) = (order.brand.as_str(), order.currency.code());
        let number = next_number(&mut tx, brand, "sale").await?;
        let done = query!(
            "insert into api_sales (brand_id, transaction_id, is_test, sale_number, amount_minor, currency,
                                    refunded_minor, refunds, meta, created_at)
             values ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8)
             on conflict (brand_id, transaction_id, is_test) do nothing",
            brand,
            sale.transaction_id,
            order.is_test,
            number,
            order.total_minor,
            code,
            sale.meta,
            now.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        lock(&mut tx, &format!("order {brand} {}", order.external_id)).await?;
        // Told already by other means: by Shopify, or as a purchase with a server key.
        let known = query!(
            r#"select source as "source!" from orders where brand_id = $1 and external_id = $2"#,
            brand,
            order.external_id
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        if known.is_some_and(|row| row.source != OrderSource::Browser.as_str()) {
            return Ok(None);
        }
        merge_order(&mut tx, order, placed_day, now).await?;
        if !sale.identities.is_empty() {
            join(&mut tx, &order.brand, sale.identities, sale.customer, Join::Merge, now).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(Some(ApiSale {
            transaction_id: sale.transaction_id.to_owned(),
            is_test: order.is_test,
            sale_number: number,
            commission_number: None,
            amount_minor: order.total_minor,
            currency: order.currency,
            refunded_minor: 0,
            refunds: 0,
        }))
    }

    async fn sale(&self, brand: &BrandId, transaction_id: &str, is_test: bool) -> Result<Option<ApiSale>> {
        let brand = brand.as_str();
        query_as!(
            ApiSaleRow,
            r#"select transaction_id as "transaction_id!", is_test as "is_test!: bool",
                      sale_number as "sale_number!", commission_number, amount_minor as "amount_minor!",
                      currency as "currency!", refunded_minor as "refunded_minor!", refunds as "refunds!"
               from api_sales where brand_id = $1 and transaction_id = $2 and is_test = $3"#,
            brand,
            transaction_id,
            is_test
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(database)?
        .map(ApiSaleRow::read)
        .transpose()
    }

    async fn number_commission(&self, brand: &BrandId, transaction_id: &str, is_test: bool) -> Result<i64> {
        let mut tx = self.begin().await?;
        let brand = brand.as_str();
        let number = next_number(&mut tx, brand, "commission").await?;
        let row = query!(
            r#"update api_sales set commission_number = coalesce(commission_number, $4)
               where brand_id = $1 and transaction_id = $2 and is_test = $3
               returning commission_number as "number!: i64""#,
            brand,
            transaction_id,
            is_test,
            number
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        // A number that was not needed is not spent.
        if row.number == number {
            tx.commit().await.map_err(database)?;
        }
        Ok(row.number)
    }

    async fn refund_sale(&self, brand: &BrandId, before: &ApiSale, refund: &Refund, now: UnixMs) -> Result<bool> {
        let mut tx = self.begin().await?;
        let brand_id = brand.as_str();
        let done = query!(
            "update api_sales set refunded_minor = refunded_minor + $4, refunds = refunds + 1
             where brand_id = $1 and transaction_id = $2 and is_test = $3 and refunds = $5",
            brand_id,
            before.transaction_id,
            before.is_test,
            refund.amount_minor,
            before.refunds
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        insert_refund(&mut tx, brand, refund, now).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn put_test_record(&self, brand: &BrandId, record: &TestRecord) -> Result<()> {
        let brand = brand.as_str();
        let (link, stale) = (record.link.as_ref().map(domain::LinkId::as_str), record.at.0 - TEST_LIFE_MS);
        query!("delete from test_records where brand_id = $1 and at < $2", brand, stale)
            .execute(&self.pool)
            .await
            .map_err(database)?;
        query!(
            "insert into test_records (brand_id, id, kind, link_id, body, at)
             select $1, $2, $3, $4, $5, $6
             where (select count(*) from test_records where brand_id = $1) < 10000
             on conflict (brand_id, id) do nothing",
            brand,
            record.id,
            record.kind,
            link,
            record.body,
            record.at.0
        )
        .execute(&self.pool)
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn test_record(&self, brand: &BrandId, id: &str) -> Result<Option<TestRecord>> {
        let brand = brand.as_str();
        query_as!(
            TestRecordRow,
            r#"select id as "id!", kind as "kind!", link_id, body as "body!", at as "at!"
               from test_records where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(database)?
        .map(TestRecordRow::read)
        .transpose()
    }
}
