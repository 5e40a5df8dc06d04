//! Evidence lookups, each for many orders in one statement.

use domain::{
    BrandId, CreatorId, UnixMs,
    attribution::{Landing, PurchaseReport},
    click::Click,
    event::Event,
    link::Link,
};
use serde_json::json;
use sqlx::{query, query_as};
use store::{
    Result,
    evidence::{EvidenceStore, ReportQuery, VisitorAlias, VisitorSpan},
    ingest::{ClickRow, EventRow},
    links::LinkRow,
    row::read,
};

use crate::{SqliteStore, database, json};

/// The queries as one JSON parameter: `[[index of the query, visitor, from and until in Unix ms, whether only the last click
/// counts, the code of the link whose clicks count, empty for all], …]`, one row per span.
fn query_parameters(queries: &[Vec<VisitorSpan>]) -> Result<String> {
    let row = |index: usize, span: &VisitorSpan| {
        json!([index, span.pv_id, span.from.0, span.until.0, i64::from(span.clicks.is_last_only()), span.clicks.code()])
    };
    let rows = queries.iter().enumerate().flat_map(|(index, spans)| spans.iter().map(move |span| row(index, span)));
    json(&rows.collect::<Vec<_>>())
}

/// Groups rows by the index of their query: one list per query, in the order of the queries.
fn group_by_query<T>(count: usize, rows: impl Iterator<Item = Result<(i64, T)>>) -> Result<Vec<Vec<T>>> {
    let mut lists: Vec<Vec<T>> = (0..count).map(|_| Vec::new()).collect();
    for row in rows {
        let (index, value) = row?;
        if let Some(list) = usize::try_from(index).ok().and_then(|index| lists.get_mut(index)) {
            list.push(value);
        }
    }
    Ok(lists)
}

// `cross join` fixes the join order and a unary plus excludes a column from index selection. Without them the planner
// would scan all clicks of the brand for each queried name. See tests/plans.rs.

#[async_trait::async_trait]
impl EvidenceStore for SqliteStore {
    // Ranked by their ids alone: what reports say may be long, and whoever knows an order's number may send many.
    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String], until: UnixMs) -> Result<Vec<Event>> {
        let (brand, order_ids) = (brand.as_str(), json(order_ids)?);
        query_as!(
            EventRow,
            r#"select $1 as "brand_id!: String", events.id as "id!", event_type as "event_type!", pv_id as "pv_id!", pv_alias,
                      occurred_at as "occurred_at!", events.received_at as "received_at!", page_url, ref_code, product_id,
                      order_id, revenue_minor, currency, promo_code, is_new_customer as "is_new_customer: bool",
                      event_data, events.is_verified as "is_verified!: bool", events.is_test as "is_test!: bool"
               from (
                   select id, row_number() over (
                                  partition by order_id, is_verified, is_test
                                  order by case when is_verified then -received_at else received_at end, id) as nth
                   from events
                   where brand_number = (select number from brands where id = $1)
                     and order_id in (select value from json_each($2)) and +event_type = 'purchase'
                     and +received_at <= $3) as ranked
               cross join events on events.brand_number = (select number from brands where id = $1) and events.id = ranked.id
               where nth <= 50
               order by events.is_verified desc, events.is_test, events.received_at, events.id"#,
            brand,
            order_ids,
            until.0
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(EventRow::read)
        .collect()
    }

    async fn reporters_of(&self, brand: &BrandId, queries: &[ReportQuery<'_>]) -> Result<Vec<Vec<PurchaseReport>>> {
        let rows: Vec<(usize, &str, i64, i64, String)> = queries
            .iter()
            .enumerate()
            .flat_map(|(index, query)| {
                let (from, until) = (query.from.0, query.until.0);
                query.names.iter().map(move |name| (index, name.as_str(), from, until, query.secrets.join(" ")))
            })
            .collect();
        let (brand, names) = (brand.as_str(), json(&rows)?);
        let rows = query!(
            r#"select place as "place!: i64", pv_id as "pv_id!: String", at as "at!: i64",
                      is_verified as "is_verified!: bool", has_secret as "has_secret!: bool" from (
                   select *, row_number() over (
                                 partition by place order by is_verified desc, has_secret desc, at, pv_id) as nth
                   from (
                       select queries.value ->> 0 as place, events.pv_id, min(events.received_at) as at,
                              max(events.is_verified) as is_verified,
                              max(coalesce(instr(queries.value ->> 4, events.secret_hash) > 0, 0)) as has_secret
                       from jsonb_each($2) as queries
                       cross join events on events.brand_number = (select number from brands where id = $1)
                     and events.order_id = queries.value ->> 1
                         and +events.event_type = 'purchase' and events.is_test = false
                         and +events.received_at between queries.value ->> 2 and queries.value ->> 3
                       group by 1, 2))
               where nth <= 50
               order by place, nth"#,
            brand,
            names
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        group_by_query(
            queries.len(),
            rows.into_iter().map(|row| {
                let (is_verified, has_secret) = (row.is_verified, row.has_secret);
                Ok((row.place, PurchaseReport { pv_id: row.pv_id, at: UnixMs(row.at), is_verified, has_secret }))
            }),
        )
    }

    async fn visitor_aliases(&self, brand: &BrandId, pv_ids: &[String]) -> Result<Vec<VisitorAlias>> {
        let (brand, pv_ids) = (brand.as_str(), json(pv_ids)?);
        let rows = query!(
            r#"select pv_id as "pv_id!: String", alias as "alias!: String", at as "at!: i64",
                      joined_until as "joined_until?: i64" from (
                   select pv_id, alias, min(at) as at, max(joined_until) as joined_until,
                          row_number() over (partition by pv_id order by min(at) desc, alias) as nth
                   from (
                       select pv_id, alias, at, joined_until from visitor_aliases
                       where brand_id = $1 and pv_id in (select value from json_each($2))
                       union all
                       select pv_id, pv_alias, at, null from landings
                       where brand_number = (select number from brands where id = $1)
                         and pv_id in (select value from json_each($2)) and +pv_alias is not null)
                   group by pv_id, alias)
               where nth <= 50
               order by pv_id, nth"#,
            brand,
            pv_ids
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        Ok(rows
            .into_iter()
            .map(|row| VisitorAlias {
                pv_id: row.pv_id,
                alias: row.alias,
                at: UnixMs(row.at),
                joined_until: row.joined_until.map(UnixMs),
            })
            .collect())
    }

    async fn visitors_with_alias(&self, brand: &BrandId, alias: &str, limit: i64) -> Result<Vec<String>> {
        let brand = brand.as_str();
        let rows = query!(
            r#"select pv_id as "pv_id!: String" from (
                   select pv_id, at from visitor_aliases indexed by visitor_aliases_by_alias
                   where brand_id = $1 and alias = $2
                   union all
                   select pv_id, at from landings indexed by landings_by_alias
                   where brand_number = (select number from brands where id = $1) and pv_alias = $2)
               group by pv_id order by min(at) desc, pv_id limit $3"#,
            brand,
            alias,
            limit
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| row.pv_id).collect())
    }

    async fn clicks_of(&self, brand: &BrandId, queries: &[Vec<VisitorSpan>], limit: i64) -> Result<Vec<Vec<Click>>> {
        let (brand_id, names) = (brand.as_str(), query_parameters(queries)?);
        let rows = query!(
            r#"select place as "place!: i64", id as "id!: String", link_id as "link_id!: String", creator_id,
                      pv_id as "pv_id!: String", is_returning as "is_returning!: bool", at as "at!: i64",
                      device as "device!: String", browser as "browser!: String", os as "os!: String", country,
                      referrer_host, bot, is_unique as "is_unique!: bool"
               from (
                   select place, click, row_number() over (partition by place order by at desc, click desc) as nth
                   from (
                       select distinct place, click, at from (
                           select queries.value ->> 0 as place, queries.value ->> 4 as is_last_only,
                                  clicks.id as click, clicks.at,
                                  row_number() over (
                                      partition by queries.key order by clicks.at desc, clicks.id desc) as nth_of_span
                           from jsonb_each($2) as queries
                           cross join clicks on clicks.brand_number = (select number from brands where id = $1)
                             and clicks.pv_id = queries.value ->> 1
                             and clicks.at between queries.value ->> 2 and queries.value ->> 3
                             and (queries.value ->> 5 = '' or clicks.link_id = (
                                 select links.id from links where links.brand_id = $1 and links.code = queries.value ->> 5)))
                       where is_last_only = 0 or nth_of_span = 1)) as latest
               cross join clicks on clicks.brand_number = (select number from brands where id = $1)
                     and clicks.id = latest.click
               where nth <= $3
               order by place, nth"#,
            brand_id,
            names,
            limit
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        let click = |row: ClickRow| row.read().map(|record| record.click);
        group_by_query(
            queries.len(),
            rows.into_iter().map(|row| {
                let read = click(ClickRow {
                    brand_id: brand_id.to_owned(),
                    id: row.id,
                    link_id: row.link_id,
                    creator_id: row.creator_id,
                    pv_id: row.pv_id,
                    is_returning: row.is_returning,
                    at: row.at,
                    device: row.device,
                    browser: row.browser,
                    os: row.os,
                    country: row.country,
                    referrer_host: row.referrer_host,
                    bot: row.bot,
                    is_unique: row.is_unique,
                });
                Ok((row.place, read?))
            }),
        )
    }

    async fn landings_of(&self, brand: &BrandId, queries: &[Vec<VisitorSpan>]) -> Result<Vec<Vec<Landing>>> {
        let (brand, names) = (brand.as_str(), query_parameters(queries)?);
        let rows = query!(
            r#"select place as "place!: i64", pv_id as "pv_id!: String", code as "code!: String", at as "at!: i64", pv_alias
               from (
                   select queries.value ->> 0 as place, landings.pv_id, landings.code, landings.at, landings.pv_alias,
                          row_number() over (
                              partition by queries.value ->> 0, landings.pv_id
                              order by landings.pv_alias is null, landings.at desc, landings.code) as nth
                   from jsonb_each($2) as queries
                   cross join landings on landings.brand_number = (select number from brands where id = $1)
                     and landings.pv_id = queries.value ->> 1
                     and landings.at between queries.value ->> 2 and queries.value ->> 3)
               where nth <= 20
               order by place, at desc, code, pv_id"#,
            brand,
            names
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?;
        group_by_query(
            queries.len(),
            rows.into_iter().map(|row| {
                let code = read(row.code, "landings", "code")?;
                Ok((row.place, Landing { pv_id: row.pv_id, code, at: UnixMs(row.at), pv_alias: row.pv_alias }))
            }),
        )
    }

    async fn links_named(
        &self,
        brand: &BrandId,
        ids: &[String],
        codes: &[String],
        promos: &[String],
    ) -> Result<Vec<Link>> {
        let (brand, ids, codes, promos) = (brand.as_str(), json(ids)?, json(codes)?, json(promos)?);
        query_as!(
            LinkRow,
            r#"select brand_id as "brand_id!", id as "id!", code as "code!", destination as "destination!",
                      campaign_id, creator_id, platform, content_type, promo_code,
                      share_revenue as "share_revenue!: bool", is_direct as "is_direct!: bool", created_at as "created_at!", expires_at, deleted_at
               from links
               where brand_id = $1 and id in (
                   select value from json_each($2)
                   union select id from links where +brand_id = $1 and code in (select value from json_each($3))
                   union select id from (
                       select id, row_number() over (partition by promo_code order by created_at desc, id) as nth
                       from links where brand_id = $1 and promo_code in (select value from json_each($4)))
                     where nth <= 1000)"#,
            brand,
            ids,
            codes,
            promos
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read().map(|(_, link)| link))
        .collect()
    }

    async fn creators_with_email(&self, brand: &BrandId, email_hashes: &[String]) -> Result<Vec<(String, CreatorId)>> {
        let (brand, email_hashes) = (brand.as_str(), json(email_hashes)?);
        query!(
            r#"select email_hash as "email_hash!", id as "id!" from creators
               where brand_id = $1 and email_hash in (select value from json_each($2)) order by id"#,
            brand,
            email_hashes
        )
        .fetch_all(&self.reader)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| Ok((row.email_hash, read(row.id, "creators", "id")?)))
        .collect()
    }
}
