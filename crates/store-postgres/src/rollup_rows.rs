//! Writing figures, many rows at a time from JSON.

use sqlx::query;
use store::Result;

use crate::{Tx, database};

/// Adds to a day's counts from a JSON array of [`domain::click_source::SourceCount`].
pub(crate) async fn add_click_sources(tx: &mut Tx, brand: &str, day: i64, rows: &str) -> Result<()> {
    query!(
        "insert into click_sources (brand_id, link_id, kind, day, value, clicks, unique_clicks)
         select $1, link, kind, $2, value, clicks, unique_clicks
         from jsonb_to_recordset($3::text::jsonb) as r (
                link text, kind text, value text, clicks bigint, unique_clicks bigint)
         on conflict (brand_id, link_id, kind, day, value) do update set
            clicks = click_sources.clicks + excluded.clicks,
            unique_clicks = click_sources.unique_clicks + excluded.unique_clicks",
        brand,
        day,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Inserts from a JSON array of arrays: day, link, carts, checkouts.
pub(crate) async fn insert_funnel_days(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into funnel_days (brand_id, day, link_id, carts, checkouts)
         select $1, (value ->> 0)::bigint, value ->> 1, (value ->> 2)::bigint, (value ->> 3)::bigint
         from jsonb_array_elements($2::text::jsonb) as r (value)",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Inserts from a JSON array of arrays: day, creator, currency, amount.
pub(crate) async fn insert_commission_days(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into commission_days (brand_id, day, creator_id, currency, amount_minor)
         select $1, (value ->> 0)::bigint, value ->> 1, value ->> 2, (value ->> 3)::bigint
         from jsonb_array_elements($2::text::jsonb) as r (value)",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
