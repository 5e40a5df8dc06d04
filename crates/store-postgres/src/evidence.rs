//! Evidence lookups, each for many orders in one statement.

use domain::{
    BrandId, CreatorId, UnixMs,
    attribution::{Landing, PurchaseReport},
    click::Click,
    event::Event,
    link::Link,
};
use sqlx::{query, query_as};
use store::{
    Result,
    evidence::{EvidenceStore, ReportQuery, VisitorAlias, VisitorSpan},
    ingest::{ClickRow, EventRow},
    links::LinkRow,
    row::read,
};

use crate::{PostgresStore, database};

/// Queries as parallel lists with one entry per span: index of the query, visitor, from and until in Unix ms, whether only
/// the last click counts, the code of the link whose clicks count, empty for all.
type QueryParameters = (Vec<i64>, Vec<String>, Vec<i64>, Vec<i64>, Vec<bool>, Vec<String>);

fn query_parameters(queries: &[Vec<VisitorSpan>]) -> QueryParameters {
    let mut parameters = QueryParameters::default();
    let (indexes, pv_ids, froms, untils, last_only, codes) = &mut parameters;
    for (index, span) in (0i64..).zip(queries).flat_map(|(index, spans)| spans.iter().map(move |span| (index, span))) {
        indexes.push(index);
        pv_ids.push(span.pv_id.clone());
        froms.push(span.from.0);
        untils.push(span.until.0);
        last_only.push(span.clicks.is_last_only());
        codes.push(span.clicks.code());
    }
    parameters
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

#[async_trait::async_trait]
impl EvidenceStore for PostgresStore {
    // Ranked by their ids alone: what reports say may be long, and whoever knows an order's number may send many.
    async fn purchase_reports(&self, brand: &BrandId, order_ids: &[String], until: UnixMs) -> Result<Vec<Event>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
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
                     and order_id = any($2) and event_type = 'purchase'
                     and received_at <= $3) as ranked
               join events on events.brand_number = (select number from brands where id = $1) and events.id = ranked.id
               where nth <= 50
               order by events.is_verified desc, events.is_test, events.received_at, events.id"#,
            brand,
            order_ids as &[String],
            until.0
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(EventRow::read)
        .collect()
    }

    async fn reporters_of(&self, brand: &BrandId, queries: &[ReportQuery<'_>]) -> Result<Vec<Vec<PurchaseReport>>> {
        let mut connection = self.read(brand).await?;
        let (mut indexes, mut names, mut secrets) = (Vec::new(), Vec::new(), Vec::new());
        let (mut froms, mut untils) = (Vec::new(), Vec::new());
        for (index, query) in (0i64..).zip(queries) {
            for name in query.names {
                indexes.push(index);
                names.push(name.clone());
                secrets.push(query.secrets.join(" "));
                froms.push(query.from.0);
                untils.push(query.until.0);
            }
        }
        let brand = brand.as_str();
        let rows = query!(
            r#"select place as "place!: i64", pv_id as "pv_id!: String", at as "at!: i64",
                      is_verified as "is_verified!: bool", has_secret as "has_secret!: bool" from (
                   select *, row_number() over (
                                 partition by place order by is_verified desc, has_secret desc, at, pv_id) as nth
                   from (
                       select queries.place, events.pv_id, min(events.received_at) as at,
                              bool_or(events.is_verified) as is_verified,
                              bool_or(coalesce(strpos(queries.secrets, events.secret_hash) > 0, false)) as has_secret
                       from unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
                                as queries (place, name, secrets, since, until)
                       join events on events.brand_number = (select number from brands where id = $1)
                     and events.order_id = queries.name
                         and events.event_type = 'purchase' and events.is_test = false
                         and events.received_at between queries.since and queries.until
                       group by 1, 2) as by_visitor) as found
               where nth <= 50
               order by place, nth"#,
            brand,
            &indexes,
            &names,
            &secrets,
            &froms,
            &untils
        )
        .fetch_all(&mut *connection)
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
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows = query!(
            r#"select pv_id as "pv_id!: String", alias as "alias!: String", at as "at!: i64",
                      joined_until as "joined_until?: i64" from (
                   select pv_id, alias, min(at) as at, max(joined_until) as joined_until,
                          row_number() over (partition by pv_id order by min(at) desc, alias) as nth
                   from (
                       select pv_id, alias, at, joined_until from visitor_aliases where brand_id = $1 and pv_id = any($2)
                       union all
                       select pv_id, pv_alias, at, null from landings
                       where brand_number = (select number from brands where id = $1)
                         and pv_id = any($2) and pv_alias is not null) as reported
                   group by pv_id, alias) as found
               where nth <= 50
               order by pv_id, nth"#,
            brand,
            pv_ids as &[String]
        )
        .fetch_all(&mut *connection)
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
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let rows = query!(
            r#"select pv_id as "pv_id!: String" from (
                   select pv_id, at from visitor_aliases where brand_id = $1 and alias = $2
                   union all
                   select pv_id, at from landings
                   where brand_number = (select number from brands where id = $1) and pv_alias = $2) as reported
               group by pv_id order by min(at) desc, pv_id limit $3"#,
            brand,
            alias,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?;
        Ok(rows.into_iter().map(|row| row.pv_id).collect())
    }

    async fn clicks_of(&self, brand: &BrandId, queries: &[Vec<VisitorSpan>], limit: i64) -> Result<Vec<Vec<Click>>> {
        let mut connection = self.read(brand).await?;
        let (brand_id, (indexes, names, froms, untils, last_only, codes)) = (brand.as_str(), query_parameters(queries));
        let rows = query!(
            r#"select place as "place!: i64", id as "id!: String", link_id as "link_id!: String", creator_id,
                      pv_id as "pv_id!: String", is_returning as "is_returning!: bool", at as "at!: i64",
                      device as "device!: String", browser as "browser!: String", os as "os!: String", country,
                      referrer_host, bot, is_unique as "is_unique!: bool"
               from (
                   select place, click, row_number() over (partition by place order by at desc, click desc) as nth
                   from (
                       select distinct place, click, at from (
                           select queries.place, queries.is_last_only, clicks.id as click, clicks.at,
                                  row_number() over (
                                      partition by queries.nth order by clicks.at desc, clicks.id desc) as nth_of_span
                           from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::boolean[], $7::text[])
                                    with ordinality as queries (place, name, since, until, is_last_only, code, nth)
                           join clicks on clicks.brand_number = (select number from brands where id = $1)
                             and clicks.pv_id = queries.name
                             and clicks.at between queries.since and queries.until
                             and (queries.code = '' or clicks.link_id = (
                                 select links.id from links where links.brand_id = $1 and links.code = queries.code))
                       ) as of_spans
                       where not is_last_only or nth_of_span = 1) as counted) as latest
               join clicks on clicks.brand_number = (select number from brands where id = $1)
                     and clicks.id = latest.click
               where nth <= $8
               order by place, nth"#,
            brand_id,
            &indexes,
            &names,
            &froms,
            &untils,
            &last_only,
            &codes,
            limit
        )
        .fetch_all(&mut *connection)
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
        let mut connection = self.read(brand).await?;
        let (brand, (indexes, names, froms, untils, ..)) = (brand.as_str(), query_parameters(queries));
        let rows = query!(
            r#"select place as "place!: i64", pv_id as "pv_id!: String", code as "code!: String", at as "at!: i64", pv_alias
               from (
                   select queries.place, landings.pv_id, landings.code, landings.at, landings.pv_alias,
                          row_number() over (
                              partition by queries.place, landings.pv_id
                              order by landings.pv_alias is null, landings.at desc, landings.code) as nth
                   from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
                            as queries (place, name, since, until)
                   join landings on landings.brand_number = (select number from brands where id = $1)
                     and landings.pv_id = queries.name
                     and landings.at between queries.since and queries.until) as found
               where nth <= 20
               order by place, at desc, code, pv_id"#,
            brand,
            &indexes,
            &names,
            &froms,
            &untils
        )
        .fetch_all(&mut *connection)
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
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query_as!(
            LinkRow,
            r#"select brand_id as "brand_id!", id as "id!", code as "code!", destination as "destination!",
                      campaign_id, creator_id, platform, content_type, promo_code,
                      share_revenue as "share_revenue!: bool", is_direct as "is_direct!: bool", created_at as "created_at!", expires_at, deleted_at
               from links
               where brand_id = $1 and id in (
                   select unnest($2::text[])
                   union select id from links where brand_id = $1 and code = any($3)
                   union select id from (
                       select id, row_number() over (partition by promo_code order by created_at desc, id) as nth
                       from links where brand_id = $1 and promo_code = any($4)) as carriers
                     where nth <= 1000)"#,
            brand,
            ids as &[String],
            codes as &[String],
            promos as &[String]
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| row.read().map(|(_, link)| link))
        .collect()
    }

    async fn creators_with_email(&self, brand: &BrandId, email_hashes: &[String]) -> Result<Vec<(String, CreatorId)>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        query!(
            r#"select email_hash as "email_hash!", id as "id!" from creators
               where brand_id = $1 and email_hash = any($2) order by id"#,
            brand,
            email_hashes as &[String]
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(|row| Ok((row.email_hash, read(row.id, "creators", "id")?)))
        .collect()
    }
}
