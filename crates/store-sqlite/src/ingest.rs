//! Stores clicks and events in batches, one transaction per batch.
//!
//! Rows are bound to inserts of many rows: reading a JSON parameter instead, as other bulk writes do, takes a quarter of
//! the batch's time here.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    BrandId,
    click::{UNIQUE_WINDOW_MS, unique_flags},
    report::Clicks,
    time::HOUR_MS,
};
use serde_json::json;
use sqlx::{QueryBuilder, Sqlite, query, query_builder::Separated};
use store::{
    Result,
    ingest::{Batch, IngestStore, NewClick, NewEvent, PixelHealth},
};

use crate::{SqliteStore, Tx, database, erasure, jobs, json, pixel_health};

/// The numbers of a batch's brands.
type Numbers<'a> = HashMap<&'a BrandId, i64>;

/// Most rows of an insert. Batches are split into powers of two, so that their statements are prepared once.
const ROWS_PER_STATEMENT_MAX: usize = 256;

/// Inserts rows that are not stored yet. `insert` names the table and its columns, `key` those of its primary key.
/// Returns how many were inserted.
async fn insert_rows<T>(
    tx: &mut Tx,
    insert: &'static str,
    key: &'static str,
    mut rows: &[T],
    mut bind: impl FnMut(Separated<'_, Sqlite, &'static str>, &T),
) -> Result<usize> {
    let mut added = 0;
    while !rows.is_empty() {
        let size = (1 << rows.len().ilog2()).min(ROWS_PER_STATEMENT_MAX);
        let (now, later) = rows.split_at(size);
        rows = later;
        let mut query = QueryBuilder::new(insert);
        query.push_values(now, &mut bind);
        query.push(" on conflict (").push(key).push(") do nothing");
        let done = query.build().execute(&mut **tx).await.map_err(database)?;
        added += usize::try_from(done.rows_affected()).unwrap_or(0);
    }
    Ok(added)
}

#[async_trait::async_trait]
impl IngestStore for SqliteStore {
    async fn append(&self, batch: &Batch) -> Result<()> {
        // Batches rarely contain rows that are stored already, so insert without checking first. If fewer rows were
        // inserted than sent, roll back and repeat with a check, so that duplicates are not counted twice.
        for repeats in [Repeats::Unchecked, Repeats::Checked] {
            let mut tx = self.begin().await?;
            let admitted = erasure::admitted_batch(&mut tx, batch).await?;
            let batch = admitted.as_ref().unwrap_or(batch);
            let numbers = self.brand_numbers.of(&mut tx, batch.brands()).await?;
            let is_whole = append_clicks(&mut tx, &numbers, &batch.clicks, repeats).await?
                && append_events(&mut tx, &numbers, &batch.events, repeats).await?;
            if is_whole {
                return tx.commit().await.map_err(database);
            }
        }
        Ok(())
    }

    async fn pixel_health(&self, brand: &BrandId) -> Result<PixelHealth> {
        pixel_health::read(&mut *self.read(brand).await?, brand).await
    }
}

/// Whether to check for rows that are stored already before inserting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    Unchecked,
    Checked,
}

/// Inserts clicks and adds them to the daily counts. Returns false if unchecked rows turned out to be duplicates.
async fn append_clicks(tx: &mut Tx, numbers: &Numbers<'_>, clicks: &[NewClick], repeats: Repeats) -> Result<bool> {
    if clicks.is_empty() {
        return Ok(true);
    }
    let mut known: HashSet<String> = HashSet::new();
    if repeats == Repeats::Checked {
        let ids = json(&clicks.iter().map(|new| (numbers[&new.click.brand], &new.click.id)).collect::<Vec<_>>())?;
        let rows = query!(
            r#"select clicks.id as "id!: String" from jsonb_each($1) as new
               join clicks on clicks.brand_number = new.value ->> 0 and clicks.id = new.value ->> 1"#,
            ids
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        known.extend(rows.into_iter().map(|row| row.id));
    }
    let recent = recent_visits(tx, numbers, clicks).await?;
    let flags = unique_flags(clicks.iter().enumerate().map(|(place, new)| (&new.click, recent.contains(&place))));
    let rows: Vec<(&NewClick, bool)> = clicks.iter().zip(flags).collect();
    let added = insert_rows(
        tx,
        "insert into clicks (brand_number, id, link_id, creator_id, pv_id, is_returning, visitor_hash, at, device,
                             browser, os, country, referrer_host, bot, is_unique) ",
        "brand_number, id",
        &rows,
        |mut row, (new, is_unique)| {
            let click = &new.click;
            row.push_bind(numbers[&click.brand])
                .push_bind(click.id.as_str())
                .push_bind(click.link.as_str())
                .push_bind(click.creator.as_ref().map(domain::CreatorId::as_str))
                .push_bind(click.pv_id.as_str())
                .push_bind(click.is_returning)
                .push_bind(click.visitor_hash.as_str())
                .push_bind(click.at.0)
                .push_bind(click.device.as_str())
                .push_bind(click.browser.as_str())
                .push_bind(click.os.as_str())
                .push_bind(click.country.as_deref())
                .push_bind(click.referrer_host.as_deref())
                .push_bind(click.bot.as_deref())
                .push_bind(*is_unique);
        },
    )
    .await?;
    if repeats == Repeats::Unchecked && added != clicks.len() {
        return Ok(false);
    }
    let is_new = |(new, _): &(&NewClick, bool)| known.insert(new.click.id.to_string());
    add_to_click_days(tx, rows.into_iter().filter(is_new).collect()).await?;
    Ok(true)
}

/// Adds clicks, each with whether it is unique, to the daily counts.
async fn add_to_click_days(tx: &mut Tx, clicks: Vec<(&NewClick, bool)>) -> Result<()> {
    let mut days: BTreeMap<(&str, i64, &str), Clicks> = BTreeMap::new();
    for (new, is_unique) in clicks {
        let is_human = new.click.bot.is_none();
        days.entry((new.click.brand.as_str(), new.day.0, new.click.link.as_str())).or_default().add(Clicks {
            clicks: i64::from(is_human),
            unique_clicks: i64::from(is_unique),
            bot_clicks: i64::from(!is_human),
        });
    }
    let days: Vec<_> = days
        .into_iter()
        .map(|((brand, day, link), sum)| json!([brand, day, link, sum.clicks, sum.unique_clicks, sum.bot_clicks]))
        .collect();
    let days = json(&days)?;
    query!(
        "insert into click_days (brand_id, day, link_id, clicks, unique_clicks, bot_clicks)
         select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 from jsonb_each($1)
         where true
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

/// Looks for clicks of earlier visits: for each of the rows, whether `exists` finds one. `columns` names what `bind` pushes after
/// the row's place. Returns the places of those found.
async fn find_rows<T>(
    tx: &mut Tx,
    columns: &'static str,
    exists: &'static str,
    mut rows: &[(i64, T)],
    mut bind: impl FnMut(&mut Separated<'_, Sqlite, &'static str>, &T),
) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    while !rows.is_empty() {
        let size = (1 << rows.len().ilog2()).min(ROWS_PER_STATEMENT_MAX);
        let (now, later) = rows.split_at(size);
        rows = later;
        let mut query = QueryBuilder::new("with visitor (place, ");
        query.push(columns).push(") as (");
        query.push_values(now, |mut row, (place, one)| {
            row.push_bind(*place);
            bind(&mut row, one);
        });
        query.push(") select place from visitor where exists (select 1 from clicks where ").push(exists).push(")");
        found.extend(query.build_query_scalar::<i64>().fetch_all(&mut **tx).await.map_err(database)?);
    }
    Ok(found)
}

/// The places of clicks whose visitors made a unique click on the same link within [`UNIQUE_WINDOW_MS`] before, among
/// those that are stored. Each click is one short search, however many others came from its address.
async fn recent_visits(tx: &mut Tx, numbers: &Numbers<'_>, clicks: &[NewClick]) -> Result<HashSet<usize>> {
    let people = (0i64..).zip(clicks.iter().map(|new| &new.click)).filter(|(_, click)| click.bot.is_none());
    let (returning, anonymous): (Vec<_>, Vec<_>) = people.partition(|(_, click)| click.is_returning);
    let mut recent = find_rows(
        tx,
        "number, visitor, link, since, until",
        "brand_number = number and pv_id = visitor and is_unique = 1 and at > since and at <= until and link_id = link",
        &returning,
        |row, click| {
            row.push_bind(numbers[&click.brand])
                .push_bind(click.pv_id.as_str())
                .push_bind(click.link.as_str())
                .push_bind(click.at.0 - UNIQUE_WINDOW_MS)
                .push_bind(click.at.0);
        },
    )
    .await?;
    // The window lies across two hours of the index.
    recent.extend(
        find_rows(
            tx,
            "number, visitor, link, since, until, last_hour, this_hour",
            "brand_number = number and hour in (last_hour, this_hour) and visitor_hash = visitor and link_id = link
             and at > since and at <= until and is_unique = 1",
            &anonymous,
            |row, click| {
                let hour = click.at.0.div_euclid(HOUR_MS);
                row.push_bind(numbers[&click.brand])
                    .push_bind(click.visitor_hash.as_str())
                    .push_bind(click.link.as_str())
                    .push_bind(click.at.0 - UNIQUE_WINDOW_MS)
                    .push_bind(click.at.0)
                    .push_bind(hour - 1)
                    .push_bind(hour);
            },
        )
        .await?,
    );
    Ok(recent.into_iter().filter_map(|place| usize::try_from(place).ok()).collect())
}

/// Inserts events with their visitor aliases, landings and order jobs. Returns false if unchecked rows turned out to be
/// duplicates.
async fn append_events(tx: &mut Tx, numbers: &Numbers<'_>, events: &[NewEvent], repeats: Repeats) -> Result<bool> {
    if events.is_empty() {
        return Ok(true);
    }
    let mut known: HashSet<(i64, String)> = HashSet::new();
    if repeats == Repeats::Checked {
        let ids = json(&events.iter().map(|new| (numbers[&new.event.brand], &new.event.id)).collect::<Vec<_>>())?;
        let rows = query!(
            r#"select events.brand_number as "brand_number!: i64", events.id as "id!: String" from jsonb_each($1) as new
               join events on events.brand_number = new.value ->> 0 and events.id = new.value ->> 1"#,
            ids
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        known.extend(rows.into_iter().map(|row| (row.brand_number, row.id)));
    }
    let added = insert_rows(
        tx,
        "insert into events (brand_number, id, event_type, pv_id, pv_alias, occurred_at, received_at, page_url, ref_code,
                             product_id, order_id, revenue_minor, currency, promo_code, is_new_customer, event_data,
                             is_verified, is_test, secret_hash) ",
        "brand_number, id",
        events,
        |mut row, new| {
            let event = &new.event;
            row.push_bind(numbers[&event.brand])
                .push_bind(event.id.as_str())
                .push_bind(event.event_type.as_str())
                .push_bind(event.pv_id.as_str())
                .push_bind(event.pv_alias.as_deref())
                .push_bind(event.occurred_at.0)
                .push_bind(event.received_at.0)
                .push_bind(event.page_url.as_deref())
                .push_bind(event.ref_code.as_deref())
                .push_bind(event.product_id.as_deref())
                .push_bind(event.order_id.as_deref())
                .push_bind(event.revenue.map(|money| money.minor))
                .push_bind(event.revenue.as_ref().map(|money| money.currency.code()))
                .push_bind(event.promo_code.as_deref())
                .push_bind(event.is_new_customer)
                .push_bind(event.event_data.as_deref())
                .push_bind(event.is_verified)
                .push_bind(event.is_test)
                .push_bind(new.secret_hash.as_deref());
        },
    )
    .await?;
    if repeats == Repeats::Unchecked && added != events.len() {
        return Ok(false);
    }
    let is_new = |new: &&NewEvent| known.insert((numbers[&new.event.brand], new.event.id.clone()));
    let added: Vec<&NewEvent> = events.iter().filter(is_new).collect();
    append_visits(tx, numbers, &added).await?;
    jobs::push_all(tx, &added.iter().filter_map(|new| new.job.clone()).collect::<Vec<_>>()).await?;
    Ok(true)
}

/// Inserts the landings and visitor aliases that live events report. A landing has its alias in its own row.
async fn append_visits(tx: &mut Tx, numbers: &Numbers<'_>, events: &[&NewEvent]) -> Result<()> {
    let mut aliases = Vec::new();
    let mut landings = Vec::new();
    for event in events.iter().map(|new| &new.event).filter(|event| !event.is_test) {
        let alias = event.pv_alias.as_ref().filter(|alias| **alias != event.pv_id);
        if let Some(code) = &event.ref_code {
            landings.push((numbers[&event.brand], &event.pv_id, code, event.occurred_at.0, alias));
        } else if let Some(alias) = alias {
            aliases.push(json!([event.brand, event.pv_id, alias, event.occurred_at]));
        }
    }
    if !aliases.is_empty() {
        let aliases = json(&aliases)?;
        query!(
            "insert into visitor_aliases (brand_id, pv_id, alias, at)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from jsonb_each($1) where true
             on conflict (brand_id, pv_id, alias) do nothing",
            aliases
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    insert_rows(
        tx,
        "insert into landings (brand_number, pv_id, code, at, pv_alias) ",
        "brand_number, pv_id, at, code",
        &landings,
        |mut row, (number, pv_id, code, at, alias)| {
            row.push_bind(*number)
                .push_bind(pv_id.as_str())
                .push_bind(code.as_str())
                .push_bind(*at)
                .push_bind(alias.map(String::as_str));
        },
    )
    .await?;
    Ok(())
}
