//! Rows of the inbox, many per statement.

use domain::{UnixMs, id::InboxId};
use sqlx::query;
use store::{Result, inbox::Delivery};

use crate::{Tx, database, json};

/// Inserts deliveries. Returns the ids of those that are no repeats.
pub(crate) async fn insert(tx: &mut Tx, deliveries: &[&Delivery]) -> Result<Vec<String>> {
    // All bodies are one parameter, of which each row takes its part: JSON would hold them as text.
    let mut bodies = Vec::with_capacity(deliveries.iter().map(|delivery| delivery.body.len()).sum());
    let mut rows = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let first = bodies.len() + 1;
        bodies.extend_from_slice(&delivery.body);
        rows.push((
            (delivery.id.as_str(), &delivery.source, &delivery.delivery_id, &delivery.topic, delivery.shop.as_str()),
            (
                delivery.triggered_at,
                delivery.received_at,
                first,
                delivery.body.len(),
                hex::encode(delivery.body_sha256),
            ),
        ));
    }
    let rows = json(&rows)?;
    let stored = query!(
        r#"insert into webhook_inbox (id, source, delivery_id, topic, shop_domain, triggered_at, received_at, body,
                                      body_sha256)
           select value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[0][3]',
                  value ->> '$[0][4]', value ->> '$[1][0]', value ->> '$[1][1]',
                  substr($2, value ->> '$[1][2]', value ->> '$[1][3]'), unhex(value ->> '$[1][4]')
           from jsonb_each($1) where true
           on conflict (source, shop_domain, topic, delivery_id) do nothing
           returning id as "id!: String""#,
        rows,
        bodies
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(stored.into_iter().map(|row| row.id).collect())
}

/// Closes deliveries with their outcomes.
pub(crate) async fn close(tx: &mut Tx, outcomes: &[(InboxId, String)], at: UnixMs) -> Result<()> {
    let rows = json(outcomes)?;
    query!(
        "with closed as materialized (select value ->> 0 as id, value ->> 1 as outcome from json_each($1))
         update webhook_inbox set processed_at = $2, outcome = closed.outcome, body = null
         from closed where webhook_inbox.id = closed.id",
        rows,
        at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
