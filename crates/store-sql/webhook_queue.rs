//! What is due at a webhook endpoint. Everything here happens under the endpoint's lock ([`lock_endpoint`]).

use domain::{BrandId, EndpointId, UnixMs, webhook::AT_ONCE_PER_ENDPOINT};
use sqlx::query;
use store::{
    Result,
    webhooks::{Disabling, EndpointRow},
};

use crate::{Tx, database};

/// An endpoint's columns that name it.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) brand: &'a str,
    pub(crate) id: &'a str,
}

impl<'a> Key<'a> {
    pub(crate) fn of(brand: &'a BrandId, id: &'a EndpointId) -> Self {
        Self { brand: brand.as_str(), id: id.as_str() }
    }
}

/// The endpoint, locked until the transaction ends, unless it is archived.
pub(crate) async fn lock_endpoint(tx: &mut Tx, key: Key<'_>) -> Result<Option<EndpointRow>> {
    statement!(query_as!(
        EndpointRow,
        r#"select id as "id!", url as "url!", types, api_version as "api_version!", description as "description!",
                  created_at as "created_at!", coalesce(updated_at, disabled_at, created_at) as "updated_at!",
                  disabled_at, disabled_reason, secret as "secret!", previous_secret, previous_secret_until,
                  queued_through as "queued_through!", failing_since, warned_at, warning
           from webhook_endpoints where brand_id = $1 and id = $2 and archived_at is null"# FOR UPDATE,
        key.brand,
        key.id
    ))
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)
}

/// Makes those of the waiting deliveries due that come first of their object. They are of events between two sequences,
/// the first excluded.
pub(crate) async fn promote_between(tx: &mut Tx, key: Key<'_>, after: i64, through: i64) -> Result<()> {
    query!(
        "update webhook_deliveries set state = 'due'
         where brand_id = $1 and endpoint_id = $2 and sequence > $3 and sequence <= $4 and state = 'waiting'
           and not exists (
               select 1 from webhook_deliveries as other
               where other.brand_id = $1 and other.endpoint_id = $2 and other.finished_at is null
                 and other.object_id = webhook_deliveries.object_id
                 and (other.sequence < webhook_deliveries.sequence or other.state = 'due'))",
        key.brand,
        key.id,
        after,
        through
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Makes the first delivery of an object due that is not finished.
pub(crate) async fn promote_next(tx: &mut Tx, key: Key<'_>, object_id: &str) -> Result<()> {
    query!(
        "update webhook_deliveries set state = 'due'
         where brand_id = $1 and endpoint_id = $2 and state = 'waiting' and event_id = (
             select event_id from webhook_deliveries
             where brand_id = $1 and endpoint_id = $2 and object_id = $3 and finished_at is null
             order by sequence limit 1)",
        key.brand,
        key.id,
        object_id
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Computes when something can be sent to the endpoint next. If as many are being sent as may be, that is when one of
/// their claims ends.
pub(crate) async fn refresh_next(tx: &mut Tx, key: Key<'_>) -> Result<()> {
    query!(
        "update webhook_endpoints set next_at = case
             when (select count(*) from webhook_deliveries
                   where brand_id = $1 and endpoint_id = $2 and state = 'due' and lease_until > 0)
                  >= case when is_slow then 1 else cast($3 as bigint) end
             then (select min(lease_until) from webhook_deliveries
                   where brand_id = $1 and endpoint_id = $2 and state = 'due' and lease_until > 0)
             else (select min(at) from (
                       select min(next_at) as at from webhook_deliveries
                       where brand_id = $1 and endpoint_id = $2 and state = 'due' and lease_until = 0
                       union all
                       select min(lease_until) as at from webhook_deliveries
                       where brand_id = $1 and endpoint_id = $2 and state = 'due' and lease_until > 0) as times)
             end
         where brand_id = $1 and id = $2",
        key.brand,
        key.id,
        AT_ONCE_PER_ENDPOINT
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Gives up what is not delivered. What is being sent goes on.
pub(crate) async fn give_up_open(tx: &mut Tx, key: Key<'_>, at: UnixMs, why: &str) -> Result<()> {
    query!(
        "update webhook_deliveries set state = 'dead', finished_at = $3, last_error = $4
         where brand_id = $1 and endpoint_id = $2 and finished_at is null and lease_until = 0",
        key.brand,
        key.id,
        at.0,
        why
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Ends sending to the endpoint and gives up what is not delivered. False if it is disabled. The events that tell it are
/// for the end of the transaction: `outbound_events::emit`.
pub(crate) async fn disable(tx: &mut Tx, key: Key<'_>, disabling: &Disabling<'_>) -> Result<bool> {
    let reason = disabling.reason.as_str();
    let done = query!(
        "update webhook_endpoints set disabled_at = $3, disabled_reason = $4, next_at = null, updated_at = $3
         where brand_id = $1 and id = $2 and disabled_at is null and archived_at is null",
        key.brand,
        key.id,
        disabling.at.0,
        reason
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    give_up_open(tx, key, disabling.at, "the endpoint was disabled").await?;
    Ok(true)
}
