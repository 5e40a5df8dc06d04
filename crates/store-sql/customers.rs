//! Customers and their identities, and sales that backends report through the API.

use std::collections::BTreeMap;

use domain::{
    BrandId, ClickId, CreatorId, CustomerId, Identity, UnixMs,
    click::Click,
    identity::may_claim,
    order::{Order, OrderSource},
    time::Day,
};
use sqlx::{query, query_as};
use store::{
    Result,
    customers::{
        ApiRefund, ApiSale, ApiSaleRow, Claim, Customer, CustomerStore, Join, NewApiRefund, NewSale, TestRecord,
        TestRecordRow,
    },
    ingest::ClickRow,
    jobs::{NewJob, SettleJob},
    row::read,
};

use crate::{
    Db, Tx, api_refunds, claims, database,
    erasure::{self, Reporter},
    identities::{identities_of_kinds, known_identities},
    jobs, list, lock,
    numbers::next_number,
    order_locks::lock_orders,
    orders::{merge_order, shop_order_of_sale, stored},
};

/// How long test records are kept.
const TEST_LIFE_MS: i64 = 7 * domain::time::DAY_MS;

/// [`CustomerStore::join_identities`] inside a transaction.
pub(crate) async fn join(
    tx: &mut Tx,
    brand: &BrandId,
    identities: &[Identity],
    id: &CustomerId,
    join: Join,
    settle: SettleJob<'_>,
    at: UnixMs,
) -> Result<Option<CustomerId>> {
    // Concurrent joins must run one after the other: each must see the identities that the other adds.
    lock(tx, &format!("identities {brand}")).await?;
    let reporter = match join {
        Join::Merge => Reporter::Backend(at),
        Join::OnlyNew => Reporter::ShopOrBrowser,
    };
    if erasure::erased_at(tx, brand, identities, reporter).await?.is_some() {
        return Ok(None);
    }
    if join == Join::OnlyNew && !claims::record(tx, brand, identities, settle, at).await? {
        return Ok(None);
    }
    let mut known = known_identities(tx, brand, identities).await?;
    known.sort_by(|left, right| left.customer.cmp(&right.customer));
    let is_known = |identity: &Identity| known.iter().any(|row| row.identity == *identity);
    let first = known.first().map(|row| row.customer.clone());
    let is_all_known = identities.iter().all(is_known);
    let is_one = known.iter().all(|row| Some(&row.customer) == first.as_ref());
    if join == Join::OnlyNew {
        if !is_one {
            return Ok(None);
        }
        if !is_all_known {
            let names = match &first {
                Some(customer) => identities_of_kinds(tx, brand, customer, ["key", "claim", "claim-mail"]).await?,
                None => Vec::new(),
            };
            if !may_claim(identities.iter().filter(|identity| !is_known(identity)), &names) {
                return Ok(None);
            }
        }
    }
    let customer = first.clone().unwrap_or_else(|| id.clone());
    if is_all_known && is_one {
        return Ok(Some(customer));
    }
    // Keep the ids of merged customers as identities, so that old ids resolve to the remaining customer.
    let mut merged: Vec<CustomerId> = known.iter().map(|row| row.customer.clone()).collect();
    merged.dedup();
    merged.retain(|other| *other != customer);
    for other in &merged {
        move_identities(tx, brand, other, &customer).await?;
    }
    let merged = merged.into_iter().map(Identity::MergedCustomer);
    for identity in identities.iter().cloned().chain(merged) {
        insert_identity(tx, brand, &identity, &customer, at).await?;
    }
    // A new visitor, a new address or a merge can be evidence for any order of the customer: settle all of them again.
    // Otherwise settle only the orders among the new identities.
    let is_evidence = |identity: &&Identity| matches!(identity, Identity::Visitor(_) | Identity::Email(_));
    let has_new_evidence = identities.iter().filter(is_evidence).any(|identity| !is_known(identity));
    let changed = if !is_one || (has_new_evidence && first.is_some()) {
        identities_of_kinds(tx, brand, &customer, ["order"; 3]).await?
    } else {
        identities.iter().filter(|identity| !is_known(identity)).cloned().collect()
    };
    let settled: Vec<NewJob> = changed.iter().filter_map(Identity::order).map(settle).collect();
    jobs::push_all(tx, &settled).await?;
    Ok(Some(customer))
}

/// The order of a sale as another trusted source has reported it: Shopify, or a purchase with a server key. Locks it.
async fn reported_elsewhere(tx: &mut Tx, sale: &Order) -> Result<Option<Order>> {
    if let Some(shop) = shop_order_of_sale(tx, sale).await? {
        return Ok(Some(shop));
    }
    let brand = sale.brand.as_str();
    lock(tx, &format!("order {brand} {}", sale.external_id)).await?;
    let known = stored(tx, brand, &sale.external_id).await?;
    Ok(known.filter(|known| known.source != OrderSource::Browser))
}

/// Names the buyer of a sale whose order another source has reported: that order's figures stand, and it takes over whom
/// the sale names, as it would if it came later.
async fn name_buyer(
    tx: &mut Tx,
    order: &Order,
    placed_day: Day,
    sale: &NewSale<'_>,
    settle: SettleJob<'_>,
    now: UnixMs,
) -> Result<()> {
    let merged = merge_order(tx, order, placed_day, settle).await?;
    if sale.identities.is_empty() {
        return Ok(());
    }
    let mut identities = sale.identities.to_vec();
    let main = Identity::Order(merged.external_id);
    if !identities.contains(&main) {
        identities.push(main);
    }
    join(tx, &order.brand, &identities, sale.customer, Join::Merge, settle, now).await?;
    Ok(())
}

async fn move_identities(tx: &mut Tx, brand: &BrandId, from: &CustomerId, to: &CustomerId) -> Result<()> {
    let (brand, from, to) = (brand.as_str(), from.as_str(), to.as_str());
    query!("update identities set customer_id = $3 where brand_id = $1 and customer_id = $2", brand, from, to)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
}

async fn insert_identity(
    tx: &mut Tx,
    brand: &BrandId,
    identity: &Identity,
    customer: &CustomerId,
    at: UnixMs,
) -> Result<()> {
    let (brand, text, kind, customer) = (brand.as_str(), identity.to_string(), identity.kind(), customer.as_str());
    query!(
        "insert into identities (brand_id, identity, kind, customer_id, at) values ($1, $2, $3, $4, $5)
         on conflict (brand_id, identity) do nothing",
        brand,
        text,
        kind,
        customer,
        at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

#[async_trait::async_trait]
impl CustomerStore for Db {
    async fn join_identities(
        &self,
        brand: &BrandId,
        identities: &[Identity],
        id: &CustomerId,
        join: Join,
        settle: SettleJob<'_>,
        at: UnixMs,
    ) -> Result<Option<CustomerId>> {
        let mut tx = self.begin_for(brand).await?;
        let customer = self::join(&mut tx, brand, identities, id, join, settle, at).await?;
        tx.commit().await.map_err(database)?;
        Ok(customer)
    }

    async fn identities_of(&self, brand: &BrandId, identities: &[Identity]) -> Result<Vec<Vec<Identity>>> {
        let mut connection = self.read(brand).await?;
        let (brand, asked) = (brand.as_str(), list(identities)?);
        let rows = statement!(query!(
            r#"select asked as "asked!: String", identity as "identity!: String" from (
                   select one.identity as asked, other.identity,
                          row_number() over (
                              partition by one.identity
                              order by case other.kind when 'pv' then 0 else 1 end, other.identity) as nth
                   from identities as one
                   join identities as other on other.brand_id = one.brand_id and other.customer_id = one.customer_id
                   where one.brand_id = $1 and one.identity "# IN "$2" r#") as found
               where nth <= 500
               order by asked, nth"#,
            brand,
            &asked
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let mut found: BTreeMap<String, Vec<Identity>> = BTreeMap::new();
        for row in rows {
            found.entry(row.asked).or_default().push(read(row.identity, "identities", "identity")?);
        }
        Ok(identities.iter().map(|identity| found.get(&identity.to_string()).cloned().unwrap_or_default()).collect())
    }

    async fn claims_of(&self, brand: &BrandId, names: &[Identity]) -> Result<Vec<Claim>> {
        claims::find(self, brand, names).await
    }

    async fn ignored_claims(&self, brand: &BrandId, creator: Option<&CreatorId>, since: UnixMs) -> Result<i64> {
        claims::ignored(self, brand, creator, since).await
    }

    async fn customer_of(&self, brand: &BrandId, identity: &Identity) -> Result<Option<Customer>> {
        let mut connection = self.read(brand).await?;
        let (brand, identity) = (brand.as_str(), identity.to_string());
        let rows = query!(
            r#"select customer_id as "customer_id!: String", identity as "identity!: String", since as "since!: i64" from (
                   select customer_id, identity, min(at) over () as since, at,
                          row_number() over (
                              partition by kind
                              order by at desc, identity) as nth
                   from identities
                   where brand_id = $1
                     and customer_id = (select coalesce(
                         (select one.customer_id from identities as one where one.brand_id = $1 and one.identity = $2),
                         $2))) as known
               where nth <= 500
               order by at desc, identity"#,
            brand,
            identity
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        let Some(first) = rows.first() else { return Ok(None) };
        Ok(Some(Customer {
            id: read(first.customer_id.clone(), "identities", "customer_id")?,
            since: UnixMs(first.since),
            identities: rows
                .into_iter()
                .map(|row| read(row.identity, "identities", "identity"))
                .collect::<Result<_>>()?,
        }))
    }

    async fn forget_customers(&self, brand: &BrandId, identities: &[Identity]) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        lock(&mut tx, &format!("identities {brand}")).await?;
        let (brand, list) = (brand.as_str(), list(identities)?);
        statement!(query!(
            "delete from profiles where brand_id = $1 and identity in (
                select other.identity from identities as one
                join identities as other on other.brand_id = one.brand_id and other.customer_id = one.customer_id
                where one.brand_id = $1 and one.identity " IN "$2" ")",
            brand,
            &list
        ))
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        statement!(query!(
            "delete from customer_events where brand_id = $1 and identity in (
                select other.identity from identities as one
                join identities as other on other.brand_id = one.brand_id and other.customer_id = one.customer_id
                where one.brand_id = $1 and one.identity " IN "$2" ")",
            brand,
            &list
        ))
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        let done = statement!(query!(
            "delete from identities where brand_id = $1 and customer_id in (
                select customer_id from identities
                where brand_id = $1 and identity " IN "$2" ")",
            brand,
            &list
        ))
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn click(&self, brand: &BrandId, id: &ClickId) -> Result<Option<Click>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            ClickRow,
            r#"select $1 as "brand_id!: String", id as "id!", link_id as "link_id!", creator_id, pv_id as "pv_id!",
                      is_returning as "is_returning!: bool", at as "at!", device as "device!", browser as "browser!",
                      os as "os!", country, referrer_host, bot, is_unique as "is_unique!: bool"
               from clicks
               where brand_number = (select number from brands where id = $1) and id = $2 and pv_id <> ''"#,
            brand,
            id
        )
        .fetch_optional(&mut *connection)
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
        settle: SettleJob<'_>,
        now: UnixMs,
    ) -> Result<Option<ApiSale>> {
        let mut tx = self.begin_for(&order.brand).await?;
        let (brand, code) = (order.brand.as_str(), order.currency.code());
        erasure::lock_out_erasures(&mut tx, [&order.brand]).await?;
        let order = &erasure::admitted_as(&mut tx, order, sale.identities).await?;
        // What is sent of a test names nobody, and nobody could find it again.
        let is_anonymous = order.redacted_at.is_some() || order.is_test;
        let meta = if is_anonymous { "{}" } else { sale.meta };
        lock_orders(&mut tx, &order.brand, core::iter::once(order)).await?;
        // Before the jobs that it queues, as where many orders are stored.
        lock(&mut tx, &format!("identities {brand}")).await?;
        let repeat = query!(
            r#"select 1 as "one!: i64" from api_sales
               where brand_id = $1 and transaction_id = $2 and is_test = $3"#,
            brand,
            sale.transaction_id,
            order.is_test
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        if repeat.is_some() {
            return Ok(None);
        }
        if let Some(known) = reported_elsewhere(&mut tx, order).await? {
            if known.is_test == order.is_test {
                name_buyer(&mut tx, order, placed_day, sale, settle, now).await?;
                tx.commit().await.map_err(database)?;
            }
            return Ok(None);
        }
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
            meta,
            now.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        merge_order(&mut tx, order, placed_day, settle).await?;
        if !sale.identities.is_empty() {
            join(&mut tx, &order.brand, sale.identities, sale.customer, Join::Merge, settle, now).await?;
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
        let mut connection = self.read(brand).await?;
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
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(ApiSaleRow::read)
        .transpose()
    }

    async fn number_commission(&self, brand: &BrandId, transaction_id: &str, is_test: bool) -> Result<i64> {
        let mut tx = self.begin_for(brand).await?;
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
        // Commit only if the new number was used; otherwise the rollback leaves no gap in the numbering.
        if row.number == number {
            tx.commit().await.map_err(database)?;
        }
        Ok(row.number)
    }

    async fn add_api_refund(
        &self,
        brand: &BrandId,
        refund: &NewApiRefund<'_>,
        settle: SettleJob<'_>,
    ) -> Result<ApiRefund> {
        let mut tx = self.begin_for(brand).await?;
        let added = api_refunds::add(&mut tx, brand, refund, settle).await?;
        tx.commit().await.map_err(database)?;
        Ok(added)
    }

    async fn put_refund_answer(
        &self,
        brand: &BrandId,
        order_external_id: &str,
        refund_id: &str,
        answer: &str,
    ) -> Result<()> {
        api_refunds::put_answer(self, brand, order_external_id, refund_id, answer).await
    }

    async fn put_test_record(&self, brand: &BrandId, record: &TestRecord) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        let (link, stale) = (record.link.as_ref().map(domain::LinkId::as_str), record.at.0 - TEST_LIFE_MS);
        query!("delete from test_records where brand_id = $1 and at < $2", brand, stale)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        // Anybody can send some. The newest are kept, so that nobody keeps the brand from testing.
        query!(
            "delete from test_records
             where brand_id = $1 and (select count(*) from test_records where brand_id = $1) >= 10000
               and id = (select id from test_records where brand_id = $1 order by at, id limit 1)",
            brand
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        query!(
            "insert into test_records (brand_id, id, kind, link_id, body, at) values ($1, $2, $3, $4, $5, $6)
             on conflict (brand_id, id) do nothing",
            brand,
            record.id,
            record.kind,
            link,
            record.body,
            record.at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)
    }

    async fn test_record(&self, brand: &BrandId, id: &str) -> Result<Option<TestRecord>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            TestRecordRow,
            r#"select id as "id!", kind as "kind!", link_id, body as "body!", at as "at!"
               from test_records where brand_id = $1 and id = $2"#,
            brand,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(TestRecordRow::read)
        .transpose()
    }
}
