//! Events for other systems.

use std::collections::BTreeSet;

use domain::{BrandId, CreatorId, MessageId, UnixMs, outbound};
use sqlx::{query, query_as};
use store::{
    Result,
    outbound::{EventFilter, NewEvent, NewEventRow, NewEvents, OutboundEvent, OutboundRow, OutboundStore},
    row::read,
};

use crate::{Db, Tx, database, dialect::Engine, jobs, json, list, lock, outbound_rows as rows};

/// Events looked through per statement, for the name of an erased creator.
const PAGE: i64 = 500;

/// Writes events in the transaction of their facts, except those whose fact has one.
pub(crate) async fn write(tx: &mut Tx, brand: &BrandId, events: &[NewEvent]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let new: Vec<NewEventRow<'_>> = events.iter().map(NewEventRow::from).collect();
    rows::insert(tx, brand.as_str(), &json(&new)?).await
}

/// As [`write`], and queues the job that numbers them. The last statement of its transaction: all that emit a brand's
/// events wait for the row of this job.
pub(crate) async fn emit(tx: &mut Tx, brand: &BrandId, events: &NewEvents) -> Result<()> {
    write(tx, brand, &events.events).await?;
    match &events.dispatch {
        Some(job) if !events.events.is_empty() => jobs::push(tx, job).await,
        _ => Ok(()),
    }
}

/// Keeps the brand's events from being numbered until the transaction ends.
async fn lock_numbers(tx: &mut Tx, brand: &BrandId) -> Result<()> {
    lock(tx, &format!("events {brand}")).await
}

/// Erases what names an erased creator in the brand's events. What is written meanwhile is erased when it is numbered.
pub(crate) async fn erase_creator(tx: &mut Tx, brand: &BrandId, creator: &CreatorId) -> Result<()> {
    lock_numbers(tx, brand).await?;
    let (brand, pattern) = (brand.as_str(), format!("%{creator}%"));
    let mut after = String::new();
    loop {
        let page = query!(
            r#"select id as "id!", data as "data!" from outbound_events
               where brand_id = $1 and id > $2 and data like $3 order by id limit $4"#,
            brand,
            after,
            pattern,
            PAGE
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for row in page {
            if let Some(data) = outbound::without_creator(&row.data, creator) {
                replace_data(tx, brand, &row.id, &data).await?;
            }
        }
    }
}

async fn replace_data(tx: &mut Tx, brand: &str, id: &str, data: &str) -> Result<()> {
    query!("update outbound_events set data = $3 where brand_id = $1 and id = $2", brand, id, data)
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    Ok(())
}

/// Removes creators from newly numbered events if they, or the creator they were merged into, were erased after the event
/// was written.
async fn erase_late_names(tx: &mut Tx, brand: &BrandId, events: &mut [OutboundEvent]) -> Result<()> {
    let named: BTreeSet<CreatorId> = events.iter().flat_map(|event| outbound::creators_in(&event.data)).collect();
    if named.is_empty() {
        return Ok(());
    }
    let named: Vec<CreatorId> = named.into_iter().collect();
    let (brand, ids) = (brand.as_str(), list(&named)?);
    let erased = statement!(query!(
        r#"select id as "id!" from creators
           where brand_id = $1 and id "# IN "$2" r#" and (erased_at is not null or exists (
               select 1 from creators as kept
               where kept.brand_id = $1 and kept.id = creators.merged_into and kept.erased_at is not null))"#,
        brand,
        &ids
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    for row in erased {
        let creator: CreatorId = read(row.id, "creators", "id")?;
        for event in events.iter_mut() {
            if let Some(data) = outbound::without_creator(&event.data, &creator) {
                replace_data(tx, brand, event.id.as_str(), &data).await?;
                event.data = data;
            }
        }
    }
    Ok(())
}

/// The last number given to the brand's events.
async fn last_number(connection: &mut <Engine as sqlx::Database>::Connection, brand: &str) -> Result<i64> {
    let row = query!(r#"select last as "last!" from outbound_sequences where brand_id = $1"#, brand)
        .fetch_optional(connection)
        .await
        .map_err(database)?;
    Ok(row.map_or(0, |row| row.last))
}

#[async_trait::async_trait]
impl OutboundStore for Db {
    async fn write_events(&self, brand: &BrandId, events: &NewEvents) -> Result<()> {
        let mut tx = self.begin_for(brand).await?;
        emit(&mut tx, brand, events).await?;
        tx.commit().await.map_err(database)
    }

    async fn sequence_events(&self, brand: &BrandId, now: UnixMs, limit: i64) -> Result<Vec<OutboundEvent>> {
        let mut tx = self.begin_for(brand).await?;
        lock_numbers(&mut tx, brand).await?;
        let brand_id = brand.as_str();
        let last = last_number(&mut tx, brand_id).await?;
        let numbered = query_as!(
            OutboundRow,
            r#"update outbound_events set sequence = numbered.sequence
               from (select due.id, cast($2 as bigint) + row_number() over (order by due.position) as sequence
                     from (select id, position from outbound_events
                           where brand_id = $1 and sequence is null and at <= $3 order by position limit $4) as due
                    ) as numbered
               where outbound_events.brand_id = $1 and outbound_events.id = numbered.id
               returning outbound_events.sequence as "sequence!: i64", outbound_events.id as "id!: String",
                         type as "kind!: String", object_id as "object_id!: String", data as "data!: String",
                         at as "at!: i64""#,
            brand_id,
            last,
            now.0,
            limit
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(database)?;
        let mut events: Vec<OutboundEvent> = numbered.into_iter().map(OutboundRow::read).collect::<Result<_>>()?;
        events.sort_by_key(|event| event.sequence);
        let Some(last) = events.last().map(|event| event.sequence) else { return Ok(events) };
        query!(
            "insert into outbound_sequences (brand_id, last) values ($1, $2)
             on conflict (brand_id) do update set last = excluded.last",
            brand_id,
            last
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        erase_late_names(&mut tx, brand, &mut events).await?;
        tx.commit().await.map_err(database)?;
        Ok(events)
    }

    async fn next_event_at(&self, brand: &BrandId) -> Result<Option<UnixMs>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query!(
            r#"select at as "at!" from outbound_events where brand_id = $1 and sequence is null order by at limit 1"#,
            brand
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.map(|row| UnixMs(row.at)))
    }

    async fn last_event_number(&self, brand: &BrandId) -> Result<i64> {
        let mut connection = self.read(brand).await?;
        last_number(&mut connection, brand.as_str()).await
    }

    async fn events(
        &self,
        brand: &BrandId,
        after: i64,
        filter: &EventFilter,
        limit: i64,
    ) -> Result<Vec<OutboundEvent>> {
        let mut connection = self.read(brand).await?;
        let (brand, is_any) = (brand.as_str(), filter.kinds.is_empty());
        let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
        let kinds = list(&kinds)?;
        let through = filter.through.unwrap_or(i64::MAX);
        let (is_either, is_delivered) = (filter.is_delivered.is_none(), filter.is_delivered.unwrap_or_default());
        statement!(query_as!(
            OutboundRow,
            r#"select sequence as "sequence!", id as "id!", type as "kind!", object_id as "object_id!", data as "data!",
                      at as "at!"
               from outbound_events
               where brand_id = $1 and sequence > $2 and sequence <= $9 and ($3 or type "# IN "$4" r#")
                 and (cast($5 as text) is null or object_id = $5)
                 and ($6 or $7 = (not exists (
                     select 1 from webhook_endpoints as endpoint
                     where endpoint.brand_id = $1 and endpoint.archived_at is null
                       and endpoint.created_at <= outbound_events.at
                       and (case when outbound_events.type = 'endpoint.test' then endpoint.id = outbound_events.object_id
                                 else endpoint.types is null
                                      or endpoint.types like '%"' || outbound_events.type || '"%' end)
                       and not exists (
                           select 1 from webhook_deliveries as delivery
                           where delivery.brand_id = $1 and delivery.endpoint_id = endpoint.id
                             and delivery.event_id = outbound_events.id and delivery.state = 'delivered'))))
               order by sequence limit $8"#,
            brand,
            after,
            is_any,
            &kinds,
            filter.object_id,
            is_either,
            is_delivered,
            limit,
            through
        ))
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(OutboundRow::read)
        .collect()
    }

    async fn event(&self, brand: &BrandId, id: &MessageId) -> Result<Option<OutboundEvent>> {
        let mut connection = self.read(brand).await?;
        let (brand, id) = (brand.as_str(), id.as_str());
        query_as!(
            OutboundRow,
            r#"select sequence as "sequence!", id as "id!", type as "kind!", object_id as "object_id!", data as "data!",
                      at as "at!"
               from outbound_events where brand_id = $1 and id = $2 and sequence is not null"#,
            brand,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?
        .map(OutboundRow::read)
        .transpose()
    }

    async fn delete_events(&self, brand: &BrandId, at: UnixMs, limit: i64) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        // Numbers follow the times closely, and are indexed. An event that is out of this order goes with those after it.
        let kept = query!(
            r#"select sequence as "sequence!" from outbound_events
               where brand_id = $1 and sequence is not null and at >= $2 order by sequence limit 1"#,
            brand,
            at.0
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(database)?;
        let first_kept = kept.map_or(i64::MAX, |row| row.sequence);
        let done = query!(
            "delete from outbound_events where brand_id = $1 and sequence in (
                select sequence from outbound_events where brand_id = $1 and sequence < $2 order by sequence limit $3)",
            brand,
            first_kept,
            limit
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }
}
