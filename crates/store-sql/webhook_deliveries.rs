//! Deliveries of events to webhook endpoints.

use domain::{BrandId, EndpointId, MessageId, UnixMs, webhook::DeliveryState};
use sqlx::{query, query_as};
use store::{
    Result,
    row::read,
    webhooks::{
        Attempt, ClaimedDelivery, Delivery, DeliveryRow, DueRow, EndpointRow, Recorded, ReplayRange,
        WebhookDeliveryStore, types_of,
    },
};

use crate::{
    Db, Tx, database, list,
    webhook_attempts::{attempts, record},
    webhook_queue::{Key, lock_endpoint, promote_between, refresh_next},
};

/// Which events get a delivery: those between two sequences, the first excluded, that are not older than a time.
struct Wanted<'a> {
    after: i64,
    through: i64,
    since: UnixMs,
    types: Option<&'a str>,
}

/// Adds the deliveries of events that the endpoint wants and that have none yet. A test is for its own endpoint only.
async fn insert_wanted(tx: &mut Tx, key: Key<'_>, wanted: &Wanted<'_>, now: UnixMs) -> Result<u64> {
    let types = types_of(wanted.types)?.names();
    let (wants_all, types) = (types.is_none(), list(&types.unwrap_or_default())?);
    let done = statement!(query!(
        "insert into webhook_deliveries (brand_id, endpoint_id, event_id, sequence, object_id, type, state, next_at,
                                         queued_at)
         select brand_id, cast($2 as text), id, sequence, object_id, type, 'waiting', cast($3 as bigint),
                cast($3 as bigint)
         from outbound_events
         where brand_id = $1 and sequence > $4 and sequence <= $5 and at >= $6
           and (case when type = 'endpoint.test' then object_id = $2 else ($7 or type " IN "$8" ") end)
         on conflict (brand_id, endpoint_id, event_id) do nothing",
        key.brand,
        key.id,
        now.0,
        wanted.after,
        wanted.through,
        wanted.since.0,
        wants_all,
        &types
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(done.rows_affected())
}

/// Queues the next events for an endpoint. Whether all are queued now.
async fn queue_for(tx: &mut Tx, key: Key<'_>, endpoint: &EndpointRow, now: UnixMs, limit: i64) -> Result<bool> {
    let next = query!(
        r#"select count(*) as "count!: i64", max(sequence) as "through?: i64" from (
               select sequence from outbound_events where brand_id = $1 and sequence > $2
               order by sequence limit $3) as following"#,
        key.brand,
        endpoint.queued_through,
        limit
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    let Some(through) = next.through else { return Ok(true) };
    let after = endpoint.queued_through;
    let wanted = Wanted { after, through, since: UnixMs(0), types: endpoint.types.as_deref() };
    if insert_wanted(tx, key, &wanted, now).await? > 0 {
        promote_between(tx, key, after, through).await?;
    }
    query!(
        "update webhook_endpoints set queued_through = $3 where brand_id = $1 and id = $2",
        key.brand,
        key.id,
        through
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    refresh_next(tx, key).await?;
    Ok(next.count < limit)
}

/// Queues what is finished again, and lets what follows it of the same objects wait.
async fn reopen(tx: &mut Tx, key: Key<'_>, range: &ReplayRange, now: UnixMs) -> Result<u64> {
    let done = query!(
        "update webhook_deliveries set state = 'waiting', attempts = 0, next_at = $3, queued_at = $3, finished_at = null
         where brand_id = $1 and endpoint_id = $2 and sequence >= $4 and sequence <= $5 and finished_at is not null
           and (state = 'dead' or not $6)
           and exists (select 1 from outbound_events
                       where outbound_events.brand_id = $1 and outbound_events.id = webhook_deliveries.event_id
                         and outbound_events.at >= $7)",
        key.brand,
        key.id,
        now.0,
        range.from,
        range.to,
        range.is_failed_only,
        range.since.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(done.rows_affected())
}

/// Lets deliveries wait that are due, are not being sent, and have an earlier one of their object.
async fn demote(tx: &mut Tx, key: Key<'_>) -> Result<()> {
    query!(
        "update webhook_deliveries set state = 'waiting'
         where brand_id = $1 and endpoint_id = $2 and state = 'due' and lease_until = 0
           and exists (
               select 1 from webhook_deliveries as earlier
               where earlier.brand_id = $1 and earlier.endpoint_id = $2 and earlier.finished_at is null
                 and earlier.object_id = webhook_deliveries.object_id
                 and earlier.sequence < webhook_deliveries.sequence)",
        key.brand,
        key.id
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Claims due deliveries under the endpoint's lock.
async fn claim_due(tx: &mut Tx, key: Key<'_>, now: UnixMs, lease_until: UnixMs, room: i64) -> Result<Vec<DueRow>> {
    let due = query_as!(
        DueRow,
        r#"select due.event_id as "event_id!", due.attempts as "attempts!", due.type as "kind!",
                  due.object_id as "object_id!", due.sequence as "sequence!", event.data as "data?", event.at as "at?"
           from webhook_deliveries as due
           left join outbound_events as event on event.brand_id = due.brand_id and event.id = due.event_id
           where due.brand_id = $1 and due.endpoint_id = $2 and due.state = 'due' and due.lease_until = 0
             and due.next_at <= $3
           order by due.next_at, due.sequence limit $4"#,
        key.brand,
        key.id,
        now.0,
        room
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    let ids = list(&due.iter().map(|row| &row.event_id).collect::<Vec<_>>())?;
    statement!(query!(
        "update webhook_deliveries set lease_until = $3 where brand_id = $1 and endpoint_id = $2 and event_id " IN "$4",
        key.brand,
        key.id,
        lease_until.0,
        &ids
    ))
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(due)
}

/// Ends the claims whose process did not, and counts the others.
async fn claims_left(tx: &mut Tx, key: Key<'_>, now: UnixMs) -> Result<i64> {
    query!(
        "update webhook_deliveries set lease_until = 0
         where brand_id = $1 and endpoint_id = $2 and state = 'due' and lease_until > 0 and lease_until <= $3",
        key.brand,
        key.id,
        now.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    let row = query!(
        r#"select count(*) as "count!: i64" from webhook_deliveries
           where brand_id = $1 and endpoint_id = $2 and state = 'due' and lease_until > 0"#,
        key.brand,
        key.id
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(database)?;
    Ok(row.count)
}

#[async_trait::async_trait]
impl WebhookDeliveryStore for Db {
    async fn queue_deliveries(&self, brand: &BrandId, now: UnixMs, limit: i64) -> Result<bool> {
        let brand_id = brand.as_str();
        // Most brands have no endpoints, and need no lock.
        let ids = query!(
            r#"select id as "id!" from webhook_endpoints
               where brand_id = $1 and disabled_at is null and archived_at is null order by id"#,
            brand_id
        )
        .fetch_all(&mut *self.read(brand).await?)
        .await
        .map_err(database)?;
        let mut is_done = true;
        for row in ids {
            let mut tx = self.begin_for(brand).await?;
            let key = Key { brand: brand_id, id: &row.id };
            let endpoint = lock_endpoint(&mut tx, key).await?.filter(|endpoint| endpoint.disabled_at.is_none());
            let Some(endpoint) = endpoint else { continue };
            is_done &= queue_for(&mut tx, key, &endpoint, now, limit).await?;
            tx.commit().await.map_err(database)?;
        }
        Ok(is_done)
    }

    async fn due_endpoints(
        &self,
        now: UnixMs,
        is_slow: bool,
        full: &[BrandId],
        limit: i64,
    ) -> Result<Vec<(BrandId, EndpointId)>> {
        let full = list(full)?;
        let rows = statement!(query!(
            r#"select brand_id as "brand_id!", id as "id!" from webhook_endpoints
               where is_slow = $1 and next_at <= $2 and hold_until <= $2 and not (brand_id "# IN "$3" ")
               order by next_at limit $4",
            is_slow,
            now.0,
            &full,
            limit
        ))
        .fetch_all(&mut *self.system_read().await?)
        .await
        .map_err(database)?;
        let table = "webhook_endpoints";
        rows.into_iter().map(|row| Ok((read(row.brand_id, table, "brand_id")?, read(row.id, table, "id")?))).collect()
    }

    async fn claim_deliveries(
        &self,
        brand: &BrandId,
        endpoint: &EndpointId,
        now: UnixMs,
        lease_until: UnixMs,
        at_once: i64,
        limit: i64,
    ) -> Result<Vec<ClaimedDelivery>> {
        let mut tx = self.begin_for(brand).await?;
        let key = Key::of(brand, endpoint);
        let row = lock_endpoint(&mut tx, key).await?.filter(|row| row.disabled_at.is_none());
        let Some(row) = row else { return Ok(Vec::new()) };
        let room = limit.min(at_once - claims_left(&mut tx, key, now).await?);
        let due = if room > 0 { claim_due(&mut tx, key, now, lease_until, room).await? } else { Vec::new() };
        refresh_next(&mut tx, key).await?;
        tx.commit().await.map_err(database)?;
        let (endpoint, secrets) = row.read()?;
        let claimed = |due: DueRow| {
            let (event_id, attempts, event) = due.read()?;
            let (brand, endpoint, secrets) = (brand.clone(), endpoint.clone(), secrets.clone());
            Ok(ClaimedDelivery { brand, endpoint, secrets, event_id, event, attempts, lease_until })
        };
        due.into_iter().map(claimed).collect()
    }

    async fn record_attempt(&self, claimed: &ClaimedDelivery, recorded: &Recorded<'_>) -> Result<bool> {
        let mut tx = self.begin_for(&claimed.brand).await?;
        if !record(&mut tx, claimed, recorded).await? {
            return Ok(false);
        }
        tx.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn webhook_deliveries(
        &self,
        brand: &BrandId,
        endpoint: &EndpointId,
        state: Option<DeliveryState>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        let mut connection = self.read(brand).await?;
        let (brand, endpoint) = (brand.as_str(), endpoint.as_str());
        let (is_any, state) = (state.is_none(), state.map_or("", DeliveryState::as_str));
        query_as!(
            DeliveryRow,
            r#"select event_id as "event_id!", type as "kind!", object_id as "object_id!", sequence as "sequence!",
                      state as "state!", attempts_total as "attempts_total!", next_at as "next_at!",
                      queued_at as "queued_at!", finished_at, last_status, last_error
               from webhook_deliveries
               where brand_id = $1 and endpoint_id = $2 and sequence < $3 and ($4 or state = $5)
               order by sequence desc limit $6"#,
            brand,
            endpoint,
            before,
            is_any,
            state,
            limit
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(database)?
        .into_iter()
        .map(DeliveryRow::read)
        .collect()
    }

    async fn webhook_delivery(
        &self,
        brand: &BrandId,
        endpoint: &EndpointId,
        event: &MessageId,
    ) -> Result<Option<(Delivery, Vec<Attempt>)>> {
        let mut connection = self.read(brand).await?;
        let (key, id) = (Key::of(brand, endpoint), event.as_str());
        let row = query_as!(
            DeliveryRow,
            r#"select event_id as "event_id!", type as "kind!", object_id as "object_id!", sequence as "sequence!",
                      state as "state!", attempts_total as "attempts_total!", next_at as "next_at!",
                      queued_at as "queued_at!", finished_at, last_status, last_error
               from webhook_deliveries where brand_id = $1 and endpoint_id = $2 and event_id = $3"#,
            key.brand,
            key.id,
            id
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((row.read()?, attempts(&mut connection, key, event).await?)))
    }

    async fn event_range(&self, brand: &BrandId, from: UnixMs, to: UnixMs) -> Result<Option<(i64, i64)>> {
        let mut connection = self.read(brand).await?;
        let brand = brand.as_str();
        let row = query!(
            r#"select min(sequence) as "first?: i64", max(sequence) as "last?: i64" from outbound_events
               where brand_id = $1 and sequence is not null and at >= $2 and at <= $3"#,
            brand,
            from.0,
            to.0
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(database)?;
        Ok(row.first.zip(row.last))
    }

    async fn replay_deliveries(
        &self,
        brand: &BrandId,
        endpoint: &EndpointId,
        range: &ReplayRange,
        now: UnixMs,
    ) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        let key = Key::of(brand, endpoint);
        let row = lock_endpoint(&mut tx, key).await?.filter(|row| row.disabled_at.is_none());
        let Some(row) = row else { return Ok(0) };
        let after = range.from.saturating_sub(1);
        let wanted = Wanted { after, through: range.to, since: range.since, types: row.types.as_deref() };
        let count = reopen(&mut tx, key, range, now).await? + insert_wanted(&mut tx, key, &wanted, now).await?;
        if count > 0 {
            demote(&mut tx, key).await?;
            promote_between(&mut tx, key, after, range.to).await?;
            refresh_next(&mut tx, key).await?;
        }
        tx.commit().await.map_err(database)?;
        Ok(count)
    }

    async fn delete_deliveries(&self, brand: &BrandId, before: UnixMs, limit: i64) -> Result<u64> {
        let mut tx = self.begin_for(brand).await?;
        let brand = brand.as_str();
        let done = query!(
            "delete from webhook_deliveries where brand_id = $1 and (endpoint_id, event_id) in (
                select endpoint_id, event_id from webhook_deliveries
                where brand_id = $1 and finished_at is not null and finished_at < $2 order by finished_at limit $3)",
            brand,
            before.0,
            limit
        )
        .execute(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }
}
