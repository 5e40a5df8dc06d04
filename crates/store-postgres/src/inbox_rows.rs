//! Rows of the inbox, many per statement.

use domain::{UnixMs, id::InboxId};
use sqlx::query;
use store::{Result, inbox::Delivery};

use crate::{Tx, database};

/// Inserts deliveries. Returns the ids of those that are no repeats.
pub(crate) async fn insert(tx: &mut Tx, deliveries: &[&Delivery]) -> Result<Vec<String>> {
    // Sorted by the unique key, so that replicas that store the same deliveries do not block each other.
    let mut deliveries = deliveries.to_vec();
    deliveries.sort_by(|a, b| {
        let key =
            |one: &Delivery| (one.source.clone(), one.shop.to_string(), one.topic.clone(), one.delivery_id.clone());
        key(a).cmp(&key(b))
    });
    let texts = |text: fn(&Delivery) -> String| deliveries.iter().map(|one| text(one)).collect::<Vec<String>>();
    let (ids, sources) = (texts(|one| one.id.to_string()), texts(|one| one.source.clone()));
    let (delivery_ids, topics) = (texts(|one| one.delivery_id.clone()), texts(|one| one.topic.clone()));
    let shops = texts(|one| one.shop.to_string());
    let triggered: Vec<Option<i64>> = deliveries.iter().map(|one| one.triggered_at.map(|at| at.0)).collect();
    let received: Vec<i64> = deliveries.iter().map(|one| one.received_at.0).collect();
    let bodies: Vec<Vec<u8>> = deliveries.iter().map(|one| one.body.clone()).collect();
    let hashes: Vec<Vec<u8>> = deliveries.iter().map(|one| one.body_sha256.to_vec()).collect();
    let stored = query!(
        r#"insert into webhook_inbox (id, source, delivery_id, topic, shop_domain, triggered_at, received_at, body,
                                      body_sha256)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                                $8::bytea[], $9::bytea[])
           on conflict (source, shop_domain, topic, delivery_id) do nothing
           returning id as "id!""#,
        &ids,
        &sources,
        &delivery_ids,
        &topics,
        &shops,
        &triggered as &[Option<i64>],
        &received,
        &bodies,
        &hashes
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    Ok(stored.into_iter().map(|row| row.id).collect())
}

/// Closes deliveries with their outcomes.
pub(crate) async fn close(tx: &mut Tx, outcomes: &[(InboxId, String)], at: UnixMs) -> Result<()> {
    let ids: Vec<String> = outcomes.iter().map(|(id, _)| id.to_string()).collect();
    let texts: Vec<String> = outcomes.iter().map(|(_, outcome)| outcome.clone()).collect();
    query!(
        "update webhook_inbox set processed_at = $3, outcome = closed.outcome, body = null
         from unnest($1::text[], $2::text[]) as closed (id, outcome) where webhook_inbox.id = closed.id",
        &ids,
        &texts,
        at.0
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
