//! Stores clicks and events in batches, one transaction per batch. A batch is one JSON parameter per table, so it costs
//! one statement and one trip to the connection whatever its size.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::{
    BrandId, UnixMs,
    click::{UNIQUE_WINDOW_MS, UniqueClick, unique_flags},
    report::Clicks,
};
use serde_json::json;
use sqlx::query;
use store::{
    Result,
    ingest::{Batch, IngestStore, NewClick, NewEvent, PixelHealth},
};

use crate::{PostgresStore, Tx, database, erasure, jobs, json};

#[async_trait::async_trait]
impl IngestStore for PostgresStore {
    async fn append(&self, batch: &Batch) -> Result<()> {
        let mut tx = self.begin().await?;
        let admitted = erasure::admitted_batch(&mut tx, batch).await?;
        let batch = admitted.as_ref().unwrap_or(batch);
        if !batch.clicks.is_empty() {
            append_clicks(&mut tx, &batch.clicks).await?;
        }
        if !batch.events.is_empty() {
            append_events(&mut tx, &batch.events).await?;
        }
        tx.commit().await.map_err(database)
    }

    async fn pixel_health(&self, brand: &BrandId) -> Result<PixelHealth> {
        let mut health = PixelHealth::default();
        let brand = brand.as_str();
        for kind in domain::event::TYPES {
            let row = query!(
                r#"select received_at as "at!" from events
                   where brand_id = $1 and event_type = $2 and is_test = false and is_verified = false
                   order by received_at desc limit 1"#,
                brand,
                kind
            )
            .fetch_optional(&self.reader)
            .await
            .map_err(database)?;
            if let Some(row) = row {
                health.last_seen.push((kind.to_owned(), UnixMs(row.at)));
            }
        }
        Ok(health)
    }
}

async fn append_clicks(tx: &mut Tx, clicks: &[NewClick]) -> Result<()> {
    let flags = unique_flags(clicks.iter().map(|new| &new.click), earlier_unique_clicks(tx, clicks).await?);
    let rows: Vec<_> = clicks
        .iter()
        .zip(&flags)
        .map(|(new, is_unique)| {
            let click = &new.click;
            json!([
                click.brand,
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
        r#"insert into clicks (brand_id, id, link_id, creator_id, pv_id, is_returning, visitor_hash, at, device,
                               browser, os, country, referrer_host, bot, is_unique)
           select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::boolean, value ->> 6,
                  (value ->> 7)::bigint, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
                  (value ->> 14)::boolean
           from jsonb_array_elements($1::text::jsonb) as value
           on conflict (brand_id, id) do nothing
           returning id as "id!: String""#,
        rows
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;

    let added: HashSet<String> = added.into_iter().map(|row| row.id).collect();
    let mut days: BTreeMap<(&str, i64, &str), Clicks> = BTreeMap::new();
    for (new, is_unique) in clicks.iter().zip(flags) {
        if added.contains(new.click.id.as_str()) {
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
        "insert into click_days (brand_id, day, link_id, clicks, unique_clicks, bot_clicks)
         select value ->> 0, (value ->> 1)::bigint, value ->> 2, (value ->> 3)::bigint, (value ->> 4)::bigint, (value ->> 5)::bigint from jsonb_array_elements($1::text::jsonb) as value
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

/// Unique clicks by the batch's visitors, stored within [`UNIQUE_WINDOW_MS`] before its first click.
async fn earlier_unique_clicks(tx: &mut Tx, clicks: &[NewClick]) -> Result<Vec<UniqueClick>> {
    let since = clicks.iter().map(|new| new.click.at.0).min().unwrap_or(0) - UNIQUE_WINDOW_MS;
    let (returning, anonymous): (Vec<_>, Vec<_>) =
        clicks.iter().filter(|new| new.click.bot.is_none()).partition(|new| new.click.is_returning);
    let mut earlier = Vec::new();
    if !returning.is_empty() {
        let visitors =
            json(&returning.iter().map(|new| (&new.click.brand, &new.click.pv_id)).collect::<BTreeSet<_>>())?;
        let rows = query!(
            r#"select clicks.link_id as "link!: String", clicks.pv_id as "pv_id!: String",
                      clicks.visitor_hash as "visitor_hash!: String", clicks.at as "at!: i64"
               from jsonb_array_elements($1::text::jsonb) as visitor (value)
               join clicks on clicks.brand_id = visitor.value ->> 0 and clicks.pv_id = visitor.value ->> 1
                          and clicks.at > $2
               where clicks.is_unique"#,
            visitors,
            since
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        earlier.extend(rows.into_iter().map(|row| UniqueClick {
            link: row.link,
            pv_id: row.pv_id,
            visitor_hash: row.visitor_hash,
            at: UnixMs(row.at),
        }));
    }
    if !anonymous.is_empty() {
        let visitors =
            json(&anonymous.iter().map(|new| (&new.click.brand, &new.click.visitor_hash)).collect::<BTreeSet<_>>())?;
        let rows = query!(
            r#"select clicks.link_id as "link!: String", clicks.pv_id as "pv_id!: String",
                      clicks.visitor_hash as "visitor_hash!: String", clicks.at as "at!: i64"
               from jsonb_array_elements($1::text::jsonb) as visitor (value)
               join clicks on clicks.brand_id = visitor.value ->> 0 and clicks.visitor_hash = visitor.value ->> 1
                          and clicks.at > $2
               where clicks.is_unique"#,
            visitors,
            since
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        earlier.extend(rows.into_iter().map(|row| UniqueClick {
            link: row.link,
            pv_id: row.pv_id,
            visitor_hash: row.visitor_hash,
            at: UnixMs(row.at),
        }));
    }
    Ok(earlier)
}

async fn append_events(tx: &mut Tx, events: &[NewEvent]) -> Result<()> {
    let rows: Vec<_> = events
        .iter()
        .map(|new| {
            let event = &new.event;
            json!([
                event.brand,
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
        r#"insert into events (brand_id, id, event_type, pv_id, pv_alias, occurred_at, received_at, page_url, ref_code,
                               product_id, order_id, revenue_minor, currency, promo_code, is_new_customer, event_data,
                               is_verified, is_test, secret_hash)
           select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::bigint, (value ->> 6)::bigint,
                  value ->> 7, value ->> 8, value ->> 9, value ->> 10, (value ->> 11)::bigint, value ->> 12, value ->> 13,
                  (value ->> 14)::boolean, value ->> 15, (value ->> 16)::boolean, (value ->> 17)::boolean, value ->> 18
           from jsonb_array_elements($1::text::jsonb) as value
           on conflict (brand_id, id) do nothing
           returning brand_id as "brand_id!: String", id as "id!: String""#,
        rows
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let added: HashSet<(String, String)> = added.into_iter().map(|row| (row.brand_id, row.id)).collect();
    let is_added = |new: &&NewEvent| added.contains(&(new.event.brand.to_string(), new.event.id.clone()));
    let added: Vec<&NewEvent> = events.iter().filter(is_added).collect();
    append_visits(tx, &added).await?;
    for job in added.iter().filter_map(|new| new.job.as_ref()) {
        jobs::push(tx, job).await?;
    }
    Ok(())
}

/// Inserts the visitor aliases and landings that live events report.
async fn append_visits(tx: &mut Tx, events: &[&NewEvent]) -> Result<()> {
    let mut aliases = Vec::new();
    let mut landings = Vec::new();
    for event in events.iter().map(|new| &new.event).filter(|event| !event.is_test) {
        if let Some(alias) = event.pv_alias.as_ref().filter(|alias| **alias != event.pv_id) {
            aliases.push(json!([event.brand, event.pv_id, alias, event.occurred_at]));
        }
        if let Some(code) = &event.ref_code {
            landings.push(json!([event.brand, event.pv_id, code, event.occurred_at]));
        }
    }
    if !aliases.is_empty() {
        let aliases = json(&aliases)?;
        query!(
            "insert into visitor_aliases (brand_id, pv_id, alias, at)
             select value ->> 0, value ->> 1, value ->> 2, (value ->> 3)::bigint from jsonb_array_elements($1::text::jsonb) as value
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
            "insert into landings (brand_id, pv_id, code, at)
             select value ->> 0, value ->> 1, value ->> 2, (value ->> 3)::bigint
             from jsonb_array_elements($1::text::jsonb) as value
             on conflict (brand_id, pv_id, at, code) do nothing",
            landings
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(())
}
