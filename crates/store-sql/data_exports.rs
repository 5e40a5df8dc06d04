//! Exports of what is stored about people.

use std::collections::BTreeSet;

use domain::{BrandId, Identity, UnixMs, attribution::Landing, erasure::Tombstone, id::DataExportId};
use sqlx::query;
use store::{
    Result,
    customers::{ApiSale, ApiSaleRow},
    data_exports::{DataExport, DataExportStore, PersonClaim, PersonRecords},
    erasure::Person,
    ingest::{ClickRow, EventRow},
    row::read,
    surveys::SurveyStore,
};

use crate::{
    Db, List, Reader, claims, database,
    erasure::{self, Reporter},
    erasure_rows as rows, json, list,
};

/// Most events, clicks and landings of a person that are read, the latest: nobody has so many, unless they had a program make
/// them.
const ROWS_MAX: i64 = 20_000;

async fn events_of(connection: &mut Reader, brand: &str, visitors: &List) -> Result<Vec<domain::event::Event>> {
    statement!(query_as!(
        EventRow,
        r#"select $1 as "brand_id!: String", id as "id!", event_type as "event_type!", pv_id as "pv_id!", pv_alias,
                  occurred_at as "occurred_at!", received_at as "received_at!", page_url, ref_code, product_id,
                  order_id, revenue_minor, currency, promo_code, is_new_customer as "is_new_customer: bool",
                  event_data, is_verified as "is_verified!: bool", is_test as "is_test!: bool"
           from events
           where brand_number = (select number from brands where id = $1)
             and pv_id "# IN "$2" " order by occurred_at desc, id desc limit $3",
        brand,
        visitors,
        ROWS_MAX
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?
    .into_iter()
    .rev()
    .map(EventRow::read)
    .collect()
}

async fn clicks_by(connection: &mut Reader, brand: &str, visitors: &List) -> Result<Vec<store::export::ClickRecord>> {
    statement!(query_as!(
        ClickRow,
        r#"select $1 as "brand_id!: String", id as "id!", link_id as "link_id!", creator_id, pv_id as "pv_id!",
                  is_returning as "is_returning!: bool", at as "at!", device as "device!", browser as "browser!",
                  os as "os!", country, referrer_host, bot, is_unique as "is_unique!: bool"
           from clicks
           where brand_number = (select number from brands where id = $1) and pv_id "# IN "$2" " order by at desc, id desc limit $3",
        brand,
        visitors,
        ROWS_MAX
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?
    .into_iter()
    .rev()
    .map(ClickRow::read)
    .collect()
}

async fn landings_by(connection: &mut Reader, brand: &str, visitors: &List) -> Result<Vec<Landing>> {
    let rows = statement!(query!(
        r#"select pv_id as "pv_id!", at as "at!", code as "code!", pv_alias from landings
           where brand_number = (select number from brands where id = $1)
             and pv_id "# IN "$2" " order by " UNINDEXED "at desc, pv_id, code limit $3",
        brand,
        visitors,
        ROWS_MAX
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    rows.into_iter()
        .rev()
        .map(|row| {
            let code = read(row.code, "landings", "code")?;
            Ok(Landing { pv_id: row.pv_id, code, at: UnixMs(row.at), pv_alias: row.pv_alias })
        })
        .collect()
}

async fn sales_of(connection: &mut Reader, brand: &str, orders: &List) -> Result<Vec<(ApiSale, String)>> {
    let rows = statement!(query!(
        r#"select transaction_id as "transaction_id!", is_test as "is_test!: bool",
                  sale_number as "sale_number!", commission_number, amount_minor as "amount_minor!",
                  currency as "currency!", refunded_minor as "refunded_minor!", refunds as "refunds!", meta as "meta!"
           from api_sales where brand_id = $1 and transaction_id "# IN "$2" " order by sale_number",
        brand,
        orders
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    rows.into_iter()
        .map(|row| {
            let sale = ApiSaleRow {
                transaction_id: row.transaction_id,
                is_test: row.is_test,
                sale_number: row.sale_number,
                commission_number: row.commission_number,
                amount_minor: row.amount_minor,
                currency: row.currency,
                refunded_minor: row.refunded_minor,
                refunds: row.refunds,
            };
            Ok((sale.read()?, row.meta))
        })
        .collect()
}

async fn claims_of_person(connection: &mut Reader, brand: &BrandId, person: &Person) -> Result<Vec<PersonClaim>> {
    let own = person.own_visitors();
    let names: BTreeSet<Identity> = person.identities.iter().filter_map(claims::claimed_names).collect();
    let names: Vec<Identity> = names.into_iter().collect();
    let (brand, names, visitors) = (brand.as_str(), list(&names)?, list(&own)?);
    let rows = statement!(query!(
        r#"select name as "name!", pv_id as "pv_id!", at as "at!" from claims
           where brand_id = $1 and name "# IN "$2" r#"
           union
           select name, pv_id, at from claims where brand_id = $1 and pv_id "# IN "$3" " order by 3, 1, 2",
        brand,
        &names,
        &visitors
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    rows.into_iter()
        .map(|row| {
            let name: Identity = read(row.name, "claims", "name")?;
            let pv_id = own.contains(&row.pv_id).then_some(row.pv_id);
            Ok(PersonClaim { kind: name.kind(), pv_id, at: UnixMs(row.at) })
        })
        .collect()
}

async fn kinds_of(connection: &mut Reader, brand: &str, identities: &List) -> Result<Vec<(String, UnixMs)>> {
    let rows = statement!(query!(
        r#"select kind as "kind!", at as "at!" from identities where brand_id = $1 and identity "# IN "$2"
        " order by at, kind",
        brand,
        identities
    ))
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    Ok(rows.into_iter().map(|row| (row.kind, UnixMs(row.at))).collect())
}

#[async_trait::async_trait]
impl DataExportStore for Db {
    async fn person_records(&self, brand: &BrandId, person: &Person) -> Result<PersonRecords> {
        let brand_id = brand.as_str();
        let visitors = list(&person.own_visitors())?;
        let identities = list(&person.identities.iter().collect::<Vec<&Identity>>())?;
        let answers = self.answers_of(brand, &person.orders()).await?;
        let connection = &mut self.read(brand).await?;
        Ok(PersonRecords {
            identities: kinds_of(connection, brand_id, &identities).await?,
            events: events_of(connection, brand_id, &visitors).await?,
            clicks: clicks_by(connection, brand_id, &visitors).await?,
            landings: landings_by(connection, brand_id, &visitors).await?,
            answers,
            sales: sales_of(connection, brand_id, &list(&person.orders())?).await?,
            claims: claims_of_person(connection, brand, person).await?,
        })
    }

    async fn put_data_export(&self, brand: &BrandId, export: &DataExport, about: &Person) -> Result<bool> {
        let mut tx = self.begin_for(brand).await?;
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        let subjects: Vec<Identity> = about.identities.iter().cloned().collect();
        let erased_at = erasure::erased_at(&mut tx, brand, &subjects, Reporter::ShopOrBrowser).await?;
        if erased_at.is_some_and(|at| at >= export.created_at) {
            return Ok(false);
        }
        let (brand_id, id) = (brand.as_str(), export.id.as_str());
        let done = query!(
            "insert into data_exports (brand_id, id, sealed, created_at, expires_at) values ($1, $2, $3, $4, $5)
             on conflict (brand_id, id) do nothing",
            brand_id,
            id,
            export.sealed,
            export.created_at.0,
            export.expires_at.0
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(true);
        }
        let hashes: BTreeSet<String> =
            about.identities.iter().map(|identity| Tombstone::of(brand, identity).to_string()).collect();
        rows::insert_export_subjects(&mut tx, brand_id, id, &json(&hashes)?).await?;
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn data_exports(&self, brand: &BrandId, now: UnixMs) -> Result<Vec<(DataExportId, UnixMs, UnixMs)>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows = query!(
            r#"select id as "id!", created_at as "created_at!", expires_at as "expires_at!" from data_exports
               where brand_id = $1 and expires_at > $2 order by id desc"#,
            brand,
            now.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        rows.into_iter()
            .map(|row| Ok((read(row.id, "data_exports", "id")?, UnixMs(row.created_at), UnixMs(row.expires_at))))
            .collect()
    }

    async fn data_export(&self, brand: &BrandId, id: &DataExportId, now: UnixMs) -> Result<Option<DataExport>> {
        let mut connection = self.read(brand).await?;
        let (brand, text) = (brand.as_str(), id.as_str());
        let row = query!(
            r#"select sealed as "sealed!", created_at as "created_at!", expires_at as "expires_at!" from data_exports
               where brand_id = $1 and id = $2 and expires_at > $3"#,
            brand,
            text,
            now.0
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.map(|row| DataExport {
            id: id.clone(),
            sealed: row.sealed,
            created_at: UnixMs(row.created_at),
            expires_at: UnixMs(row.expires_at),
        }))
    }
}
