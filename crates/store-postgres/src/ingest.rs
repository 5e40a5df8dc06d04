//! Stores clicks and events in batches, one transaction per batch. A batch is one JSON parameter per table, so it costs
//! one statement and one trip to the connection whatever its size.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    BrandId,
    click::{UNIQUE_WINDOW_MS, unique_flags},
    report::Clicks,
};
use serde_json::json;
use sqlx::query;
use store::{
    Result,
    ingest::{Batch, IngestStore, NewClick, NewEvent, PixelHealth},
};

use crate::{PostgresStore, Tx, database, erasure, jobs, json, pixel_health};

/// The numbers of a batch's brands.
type Numbers<'a> = HashMap<&'a BrandId, i64>;

#[async_trait::async_trait]
impl IngestStore for PostgresStore {
    async fn append(&self, batch: &Batch) -> Result<()> {
        let mut tx = self.system_begin().await?;
        let admitted = erasure::admitted_batch(&mut tx, batch).await?;
        let batch = admitted.as_ref().unwrap_or(batch);
        let numbers = self.brand_numbers.of(&mut tx, batch.brands()).await?;
        if !batch.clicks.is_empty() {
            append_clicks(&mut tx, &numbers, &batch.clicks).await?;
        }
        if !batch.events.is_empty() {
            append_events(&mut tx, &numbers, &batch.events).await?;
        }
        tx.commit().await.map_err(database)
    }

    async fn pixel_health(&self, brand: &BrandId) -> Result<PixelHealth> {
        pixel_health::read(&mut *self.read(brand).await?, brand).await
    }
}

// Rows are inserted in the order of their keys: of two replicas with the same rows one then waits for the other, while in
// different orders each would wait for the other's row.

async fn append_clicks(tx: &mut Tx, numbers: &Numbers<'_>, clicks: &[NewClick]) -> Result<()> {
    let recent = recent_visits(tx, numbers, clicks).await?;
    let flags = unique_flags(clicks.iter().enumerate().map(|(place, new)| (&new.click, recent.contains(&place))));
    let rows: Vec<_> = clicks
        .iter()
        .zip(&flags)
        .map(|(new, is_unique)| {
            let click = &new.click;
            json!([
                numbers[&click.brand],
                click.id,
                click.link,
                click.creator,
                click.pv_id,
                click.is_returning,
                click.visitor_hash,
                click.at,
                click.device,
                click.browser,
                click.os,
                click.country,
                click.referrer_host,
                click.bot,
                is_unique
            ])
        })
        .collect();
    let rows = json(&rows)?;
    let added = query!(
        r#"insert into clicks (brand_number, id, link_id, creator_id, pv_id, is_returning, visitor_hash, at,
                               device, browser, os, country, referrer_host, bot, is_unique)
           select (value ->> 0)::bigint, value ->> 1, value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::boolean, value ->> 6,
                  (value ->> 7)::bigint, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
                  (value ->> 14)::boolean
           from jsonb_array_elements($1::text::jsonb) as value
           order by 1, 2
           on conflict (brand_number, id) do nothing
           returning id as "id!: String""#,
        rows
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;

    let mut added: HashSet<String> = added.into_iter().map(|row| row.id).collect();
    let mut days: BTreeMap<(&str, i64, &str), Clicks> = BTreeMap::new();
    for (new, is_unique) in clicks.iter().zip(flags) {
        // A batch may hold the same click twice.
        if added.remove(new.click.id.as_str()) {
            let is_human = new.click.bot.is_none();
            days.entry((new.click.brand.as_str(), new.day.0, new.click.link.as_str())).or_default().add(Clicks {
                clicks: i64::from(is_human),
                unique_clicks: i64::from(is_unique),
                bot_clicks: i64::from(!is_human),
            });
        }
    }
    let days: Vec<_> = days
        .into_iter()
        .map(|((brand, day, link), sum)| json!([brand, day, link, sum.clicks, sum.unique_clicks, sum.bot_clicks]))
        .collect();
    let days = json(&days)?;
    query!(
        // Brand by brand, so that replicas that add to the same days and their sums wait for each other instead of for ever:
        // a statement that adds some rows and changes others has no order of its own.
        "with batch as materialized (
             select value ->> 0 as brand_id, (value ->> 1)::bigint as day, value ->> 2 as link_id, (value ->> 3)::bigint as clicks,
                    (value ->> 4)::bigint as unique_clicks, (value ->> 5)::bigint as bot_clicks
             from jsonb_array_elements($1::text::jsonb) as value),
         brands as materialized (select distinct brand_id from batch order by brand_id),
         locks as materialized (
             select count(pg_advisory_xact_lock(hashtextextended('click days ' || brand_id, 0))) as locked from brands)
         insert into click_days (brand_id, day, link_id, clicks, unique_clicks, bot_clicks)
         select brand_id, day, link_id, clicks, unique_clicks, bot_clicks from batch cross join locks
         where locked >= 0
         order by brand_id, day, link_id
         on conflict (brand_id, day, link_id) do update set
            clicks = click_days.clicks + excluded.clicks,
            unique_clicks = click_days.unique_clicks + excluded.unique_clicks,
            bot_clicks = click_days.bot_clicks + excluded.bot_clicks",
        days
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// The places of clicks whose visitors made a unique click on the same link within [`UNIQUE_WINDOW_MS`] before, among
/// those that are stored. Each click is one short search, however many others came from its address: with `limit` the
/// planner cannot join the whole table instead, and without arithmetic, which `offset 0` keeps inside, row-level security
/// does not keep it from the index.
async fn recent_visits(tx: &mut Tx, numbers: &Numbers<'_>, clicks: &[NewClick]) -> Result<HashSet<usize>> {
    let (returning, anonymous): (Vec<_>, Vec<_>) = (0i64..)
        .zip(clicks)
        .map(|(place, new)| (place, &new.click))
        .filter(|(_, click)| click.bot.is_none())
        .partition(|(_, click)| click.is_returning);
    let mut recent = HashSet::new();
    if !returning.is_empty() {
        let rows = query!(
            r#"select visitor.place as "place!" from
                   (select *, at - $6 as since
                    from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
                        as visitor (place, number, pv_id, link_id, at) offset 0) as visitor
               cross join lateral (
                   select 1 from clicks
                   where clicks.brand_number = visitor.number and clicks.pv_id = visitor.pv_id and clicks.is_unique
                     and clicks.at > visitor.since and clicks.at <= visitor.at and clicks.link_id = visitor.link_id
                   limit 1) as known"#,
            &returning.iter().map(|(place, _)| *place).collect::<Vec<_>>(),
            &returning.iter().map(|(_, click)| numbers[&click.brand]).collect::<Vec<_>>(),
            &returning.iter().map(|(_, click)| click.pv_id.clone()).collect::<Vec<_>>(),
            &returning.iter().map(|(_, click)| click.link.to_string()).collect::<Vec<_>>(),
            &returning.iter().map(|(_, click)| click.at.0).collect::<Vec<_>>(),
            UNIQUE_WINDOW_MS
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        recent.extend(rows.into_iter().filter_map(|row| usize::try_from(row.place).ok()));
    }
    if !anonymous.is_empty() {
        let rows = query!(
            r#"select visitor.place as "place!" from
                   (select *, at - $6 as since, at / 3600000 - 1 as last_hour, at / 3600000 as hour
                    from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
                        as visitor (place, number, hash, link_id, at) offset 0) as visitor
               cross join lateral (
                   select 1 from clicks
                   where clicks.brand_number = visitor.number and clicks.hour in (visitor.last_hour, visitor.hour)
                     and clicks.visitor_hash = visitor.hash and clicks.link_id = visitor.link_id
                     and clicks.at > visitor.since and clicks.at <= visitor.at and clicks.is_unique
                   limit 1) as known"#,
            &anonymous.iter().map(|(place, _)| *place).collect::<Vec<_>>(),
            &anonymous.iter().map(|(_, click)| numbers[&click.brand]).collect::<Vec<_>>(),
            &anonymous.iter().map(|(_, click)| click.visitor_hash.clone()).collect::<Vec<_>>(),
            &anonymous.iter().map(|(_, click)| click.link.to_string()).collect::<Vec<_>>(),
            &anonymous.iter().map(|(_, click)| click.at.0).collect::<Vec<_>>(),
            UNIQUE_WINDOW_MS
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        recent.extend(rows.into_iter().filter_map(|row| usize::try_from(row.place).ok()));
    }
    Ok(recent)
}

async fn append_events(tx: &mut Tx, numbers: &Numbers<'_>, events: &[NewEvent]) -> Result<()> {
    let rows: Vec<_> = events
        .iter()
        .map(|new| {
            let event = &new.event;
            json!([
                numbers[&event.brand],
                event.id,
                event.event_type,
                event.pv_id,
                event.pv_alias,
                event.occurred_at,
                event.received_at,
                event.page_url,
                event.ref_code,
                event.product_id,
                event.order_id,
                event.revenue.map(|money| money.minor),
                event.revenue.map(|money| money.currency),
                event.promo_code,
                event.is_new_customer,
                event.event_data,
                event.is_verified,
                event.is_test,
                new.secret_hash
            ])
        })
        .collect();
    let rows = json(&rows)?;
    let added = query!(
        r#"insert into events (brand_number, id, event_type, pv_id, pv_alias, occurred_at, received_at, page_url, ref_code,
                               product_id, order_id, revenue_minor, currency, promo_code, is_new_customer, event_data,
                               is_verified, is_test, secret_hash)
           select (value ->> 0)::bigint, value ->> 1, value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::bigint, (value ->> 6)::bigint,
                  value ->> 7, value ->> 8, value ->> 9, value ->> 10, (value ->> 11)::bigint, value ->> 12, value ->> 13,
                  (value ->> 14)::boolean, value ->> 15, (value ->> 16)::boolean, (value ->> 17)::boolean, value ->> 18
           from jsonb_array_elements($1::text::jsonb) as value
           order by 1, 2
           on conflict (brand_number, id) do nothing
           returning brand_number as "brand_number!: i64", id as "id!: String""#,
        rows
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let mut added: HashSet<(i64, String)> = added.into_iter().map(|row| (row.brand_number, row.id)).collect();
    // Of an event that a batch holds twice the first one is stored.
    let is_added = |new: &&NewEvent| added.remove(&(numbers[&new.event.brand], new.event.id.clone()));
    let added: Vec<&NewEvent> = events.iter().filter(is_added).collect();
    append_visits(tx, numbers, &added).await?;
    jobs::push_all(tx, &added.iter().filter_map(|new| new.job.clone()).collect::<Vec<_>>()).await?;
    Ok(())
}

/// Inserts the landings and visitor aliases that live events report. A landing has its alias in its own row.
async fn append_visits(tx: &mut Tx, numbers: &Numbers<'_>, events: &[&NewEvent]) -> Result<()> {
    let mut aliases = Vec::new();
    let mut landings = Vec::new();
    for event in events.iter().map(|new| &new.event).filter(|event| !event.is_test) {
        let alias = event.pv_alias.as_ref().filter(|alias| **alias != event.pv_id);
        if let Some(code) = &event.ref_code {
            landings.push(json!([numbers[&event.brand], event.pv_id, code, event.occurred_at, alias]));
        } else if let Some(alias) = alias {
            aliases.push(json!([event.brand, event.pv_id, alias, event.occurred_at]));
        }
    }
    if !aliases.is_empty() {
        let aliases = json(&aliases)?;
        query!(
            "insert into visitor_aliases (brand_id, pv_id, alias, at)
             select value ->> 0, value ->> 1, value ->> 2, (value ->> 3)::bigint from jsonb_array_elements($1::text::jsonb) as value
             order by 1, 2, 3
             on conflict (brand_id, pv_id, alias) do nothing",
            aliases
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    if !landings.is_empty() {
        let landings = json(&landings)?;
        query!(
            "insert into landings (brand_number, pv_id, code, at, pv_alias)
             select (value ->> 0)::bigint, value ->> 1, value ->> 2, (value ->> 3)::bigint, value ->> 4
             from jsonb_array_elements($1::text::jsonb) as value
             order by 1, 2, 4, 3
             on conflict (brand_number, pv_id, at, code) do nothing",
            landings
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(())
}
