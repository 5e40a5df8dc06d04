//! Attempts to deliver an event to a webhook endpoint, and what follows from them.

use domain::{MessageId, webhook::DisabledReason};
use sqlx::{query, query_as};
use store::{
    Result,
    webhooks::{Attempt, AttemptRow, ClaimedDelivery, EndpointRow, Outcome, Recorded},
};

use crate::{
    Reader, Tx, database, jobs, outbound_events,
    webhook_queue::{Key, disable, lock_endpoint, promote_next, refresh_next},
};

/// Stores an attempt under the endpoint's lock. False if the claim is lost.
pub(crate) async fn record(tx: &mut Tx, claimed: &ClaimedDelivery, recorded: &Recorded<'_>) -> Result<bool> {
    let key = Key::of(&claimed.brand, &claimed.endpoint.id);
    let endpoint = lock_endpoint(tx, key).await?;
    let is_enabled = endpoint.as_ref().is_some_and(|endpoint| endpoint.disabled_at.is_none());
    let Some(object_id) = end_attempt(tx, key, claimed, recorded, is_enabled).await? else { return Ok(false) };
    promote_next(tx, key, &object_id).await?;
    let Some(endpoint) = endpoint.filter(|_| is_enabled) else { return Ok(true) };
    update_health(tx, key, recorded).await?;
    let disabling = recorded.disabling.as_ref().filter(|disabling| {
        // A success may have come while this attempt failed.
        disabling.reason != DisabledReason::Failing || is_failing(&endpoint)
    });
    match disabling {
        Some(disabling) => {
            disable(tx, key, disabling).await?;
            outbound_events::emit(tx, &claimed.brand, disabling.events).await?;
            jobs::push_all(tx, disabling.mail.as_slice()).await?;
        }
        None => refresh_next(tx, key).await?,
    }
    Ok(true)
}

fn is_failing(endpoint: &EndpointRow) -> bool {
    endpoint.failing_since.is_some()
}

/// Ends the claim and logs the attempt. Returns the object that the event is about; `None` if the claim is lost.
async fn end_attempt(
    tx: &mut Tx,
    key: Key<'_>,
    claimed: &ClaimedDelivery,
    recorded: &Recorded<'_>,
    is_enabled: bool,
) -> Result<Option<String>> {
    let (event, attempt) = (claimed.event_id.as_str(), &recorded.attempt);
    let (state, next_at) = match recorded.outcome {
        Outcome::Delivered => ("delivered", None),
        // Waiting, and due again if nothing earlier was queued meanwhile.
        Outcome::Retry(at) if is_enabled => ("waiting", Some(at.0)),
        Outcome::Retry(_) | Outcome::GivenUp => ("dead", None),
    };
    let finished_at = next_at.is_none().then_some(recorded.at.0);
    let status = attempt.status.map(i64::from);
    let row = query!(
        r#"update webhook_deliveries set state = $5, next_at = coalesce($6, next_at), finished_at = $7, lease_until = 0,
                                         attempts = attempts + 1, attempts_total = attempts_total + 1, last_status = $8,
                                         last_error = $9
           where brand_id = $1 and endpoint_id = $2 and event_id = $3 and state = 'due' and lease_until = $4
           returning attempts_total as "nth!: i64", object_id as "object_id!: String""#,
        key.brand,
        key.id,
        event,
        claimed.lease_until.0,
        state,
        next_at,
        finished_at,
        status,
        attempt.error
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?;
    let Some(row) = row else { return Ok(None) };
    query!(
        "insert into webhook_attempts (brand_id, endpoint_id, event_id, nth, at, duration_ms, status, error, answer)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        key.brand,
        key.id,
        event,
        row.nth,
        attempt.at.0,
        attempt.duration_ms,
        status,
        attempt.error,
        attempt.answer
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(Some(row.object_id))
}

/// Notes how the endpoint does.
async fn update_health(tx: &mut Tx, key: Key<'_>, recorded: &Recorded<'_>) -> Result<()> {
    let Some(is_success) = recorded.is_success else { return Ok(()) };
    let hold_until = recorded.hold_until.map_or(0, |at| at.0);
    query!(
        "update webhook_endpoints set is_slow = $3,
                                      hold_until = case when $4 > hold_until then $4 else hold_until end,
                                      failing_since = case when $5 then null else coalesce(failing_since, $6) end,
                                      warned_at = case when $5 then null else warned_at end,
                                      warning = case when $5 then null else warning end
         where brand_id = $1 and id = $2",
        key.brand,
        key.id,
        recorded.is_slow,
        hold_until,
        is_success,
        recorded.at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    if let Some(warning) = recorded.warning.as_ref().filter(|_| !is_success) {
        query!(
            "update webhook_endpoints set warned_at = $3, warning = $4
             where brand_id = $1 and id = $2 and warned_at is null and failing_since < $3",
            key.brand,
            key.id,
            warning.at.0,
            warning.text
        )
        .execute(&mut **tx)
        .await
        .map_err(database)?;
    }
    Ok(())
}

/// The attempts of a delivery, oldest first.
pub(crate) async fn attempts(connection: &mut Reader, key: Key<'_>, event: &MessageId) -> Result<Vec<Attempt>> {
    let event = event.as_str();
    query_as!(
        AttemptRow,
        r#"select at as "at!", duration_ms as "duration_ms!", status, error, answer from webhook_attempts
           where brand_id = $1 and endpoint_id = $2 and event_id = $3 order by nth"#,
        key.brand,
        key.id,
        event
    )
    .fetch_all(&mut **connection)
    .await
    .map_err(database)?
    .into_iter()
    .map(AttemptRow::read)
    .collect()
}
