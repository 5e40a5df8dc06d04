//! Clicks of the unified API, page by page.

use std::collections::BTreeSet;

use domain::{
    BrandId, CampaignId, ClickId, CreatorId, LinkId, UnixMs,
    id::earliest,
    time::{DAY_MS, HOUR_MS},
};
use sqlx::{query, query_as};
use store::{
    Result,
    click_objects::{ClickFilter, ClickObject, ClickObjectRow, ClickObjectStore, ClickPage},
    objects::{Keyset, ObjectKind},
    row::read,
};

use crate::{Db, Reader, database, erasure, money_writes::lock_details, objects::page};

/// Clicks that are looked at together, at first and at most.
const CHUNK_MIN: i64 = 1_000;
const CHUNK_MAX: i64 = 32_000;

/// How far a day in any time zone begins before, and ends after, the same day in UTC.
const ZONE_MS: i64 = 14 * HOUR_MS;

/// The parts of a keyset in which there are clicks of the filter's link, creator or campaign, in the order of the page: spans of
/// days on which such clicks were counted.
async fn parts(connection: &mut Reader, brand: &str, keyset: &Keyset, filter: &ClickFilter) -> Result<Vec<Keyset>> {
    if filter.link.is_none() && filter.creator.is_none() && filter.campaign.is_none() {
        return Ok(vec![keyset.clone()]);
    }
    let link = filter.link.as_ref().map(LinkId::as_str);
    let creator = filter.creator.as_ref().map(CreatorId::as_str);
    let campaign = filter.campaign.as_ref().map(CampaignId::as_str);
    let rows = query!(
        r#"select distinct click_days.day as "day!: i64"
           from click_days
           join links on links.brand_id = click_days.brand_id and links.id = click_days.link_id
           where click_days.brand_id = $1 and (cast($2 as text) is null or click_days.link_id = $2)
             and (cast($3 as text) is null or links.creator_id = $3)
             and (cast($4 as text) is null or links.campaign_id = $4)
           order by click_days.day"#,
        brand,
        link,
        creator,
        campaign
    )
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?;
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for day in rows.into_iter().map(|row| row.day) {
        let (from, until) = (day * DAY_MS - ZONE_MS, (day + 1) * DAY_MS + ZONE_MS);
        match spans.last_mut() {
            Some(last) if last.1 >= from => last.1 = until,
            _ => spans.push((from, until)),
        }
    }
    let part = |(from, until): (i64, i64)| {
        let from = keyset.from.clone().max(earliest(ClickId::PREFIX, UnixMs(from)));
        let below = keyset.below.clone().min(earliest(ClickId::PREFIX, UnixMs(until)));
        (from < below).then(|| Keyset { from, below, ..keyset.clone() })
    };
    let mut parts: Vec<Keyset> = spans.into_iter().filter_map(part).collect();
    if !keyset.is_ascending {
        parts.reverse();
    }
    Ok(parts)
}

/// Clicks of a keyset that are looked at together: how many there are, and the last of them in its direction.
struct Chunk {
    count: i64,
    last: Option<String>,
}

/// The next `limit` clicks of the brand in a keyset, whether or not they are the filter's.
async fn next_chunk(connection: &mut Reader, brand: &str, keyset: &Keyset, limit: i64) -> Result<Chunk> {
    let (from, below) = (&keyset.from, &keyset.below);
    if keyset.is_ascending {
        query_as!(
            Chunk,
            r#"select count(*) as "count!: i64", max(id) as "last?: String"
               from (select id from clicks
                     where brand_number = (select number from brands where brands.id = $1) and id >= $2 and id < $3
                     order by id limit $4) as chunk"#,
            brand,
            from,
            below,
            limit
        )
        .fetch_one(&mut **connection)
        .await
    } else {
        query_as!(
            Chunk,
            r#"select count(*) as "count!: i64", min(id) as "last?: String"
               from (select id from clicks
                     where brand_number = (select number from brands where brands.id = $1) and id >= $2 and id < $3
                     order by id desc limit $4) as chunk"#,
            brand,
            from,
            below,
            limit
        )
        .fetch_one(&mut **connection)
        .await
    }
    .map_err(database)
}

/// A keyset up to a click in its direction, and what is left of it.
fn split(keyset: &Keyset, last: &str) -> (Keyset, Keyset) {
    // The smallest text above an id is the id with a further letter.
    let cut = if keyset.is_ascending { format!("{last}0") } else { last.to_owned() };
    let (lower, upper) = (Keyset { below: cut.clone(), ..keyset.clone() }, Keyset { from: cut, ..keyset.clone() });
    if keyset.is_ascending { (lower, upper) } else { (upper, lower) }
}

/// Reads a part of a page chunk by chunk: the first are small, for filters that most clicks pass. True once `scan_left` is
/// used up.
async fn scan_part(
    connection: &mut Reader,
    brand: &str,
    mut part: Keyset,
    filter: &ClickFilter,
    page: &mut ClickPage,
    scan_left: &mut i64,
) -> Result<bool> {
    let mut chunk_max = CHUNK_MIN;
    loop {
        let full = part.limit - i64::try_from(page.clicks.len()).unwrap_or(part.limit);
        if full <= 0 {
            return Ok(false);
        }
        if *scan_left <= 0 {
            return Ok(true);
        }
        let Chunk { count, last } = next_chunk(connection, brand, &part, chunk_max).await?;
        let Some(last) = last else { return Ok(false) };
        let (now, rest) = split(&part, &last);
        page.clicks.extend(read_part(connection, brand, &Keyset { limit: full, ..now }, filter).await?);
        page.stopped_at = Some(read(last, "clicks", "id")?);
        *scan_left -= count;
        if count < chunk_max {
            return Ok(false);
        }
        part = rest;
        chunk_max = (chunk_max * 2).min(CHUNK_MAX);
    }
}

async fn read_part(
    connection: &mut Reader,
    brand: &str,
    keyset: &Keyset,
    filter: &ClickFilter,
) -> Result<Vec<ClickObject>> {
    let link = filter.link.as_ref().map(LinkId::as_str);
    let creator = filter.creator.as_ref().map(CreatorId::as_str);
    let campaign = filter.campaign.as_ref().map(CampaignId::as_str);
    let connection = &mut **connection;
    page!(
        connection,
        keyset,
        ClickObjectRow,
        r#"select $1 as "brand_id!: String", object.id as "id!", object.link_id as "link_id!", links.creator_id as "creator_id?",
                  links.campaign_id as "campaign_id?", object.pv_id as "pv_id!",
                  object.is_returning as "is_returning!: bool", object.at as "at!", object.device as "device!",
                  object.browser as "browser!", object.os as "os!", object.country, object.referrer_host, object.bot,
                  object.is_unique as "is_unique!: bool"
           from clicks as object
           left join links on links.brand_id = $1 and links.id = object.link_id
           where object.brand_number = (select number from brands where brands.id = $1)
             and object.id >= $2 and object.id < $3
             and (cast($5 as text) is null or object.link_id = $5)
             and (cast($6 as text) is null or links.creator_id = $6)
             and (cast($7 as boolean) is null or (object.bot is null) = $7)
             and (cast($8 as text) is null or links.campaign_id = $8)"#,
        brand,
        keyset.from,
        keyset.below,
        keyset.limit,
        link,
        creator,
        filter.is_human,
        campaign
    )
    .map_err(database)?
    .into_iter()
    .map(ClickObjectRow::read)
    .collect()
}

#[async_trait::async_trait]
impl ClickObjectStore for Db {
    async fn clicks_page(
        &self,
        brand: &BrandId,
        keyset: &Keyset,
        filter: &ClickFilter,
        scan_max: i64,
    ) -> Result<ClickPage> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        if *filter == ClickFilter::default() {
            let clicks = read_part(&mut connection, brand, keyset, filter).await?;
            return Ok(ClickPage { clicks, stopped_at: None });
        }
        let (mut page, mut scan_left) = (ClickPage::default(), scan_max);
        for part in parts(&mut connection, brand, keyset, filter).await? {
            if scan_part(&mut connection, brand, part, filter, &mut page, &mut scan_left).await? {
                return Ok(page);
            }
        }
        Ok(ClickPage { stopped_at: None, ..page })
    }

    async fn name_clicks(&self, brand: &BrandId, named: &[(ClickId, String)]) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        erasure::lock_out_erasures(&mut tx, [brand]).await?;
        let (brand_id, kind) = (brand.as_str(), ObjectKind::Click.as_str());
        // In one order, by the names: two reports that name the same clicks, or other clicks alike, do not wait for each other.
        let named: BTreeSet<(&str, &str)> = named.iter().map(|(id, name)| (name.as_str(), id.as_str())).collect();
        for (name, id) in named {
            lock_details(&mut tx, brand, id).await?;
            query!(
                "insert into object_details (brand_id, object_id, kind, external_id, metadata)
                 select $1, id, $3, $4, '{}' from clicks
                 where brand_number = (select number from brands where brands.id = $1) and id = $2 and pv_id <> ''
                 on conflict do nothing",
                brand_id,
                id,
                kind,
                name
            )
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        }
        tx.commit().await.map_err(database)
    }
}
