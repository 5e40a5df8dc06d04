//! Rows of orders, many per statement.

use sqlx::query;
use store::Result;

use crate::{Tx, database, json, named};

/// Writes facts from a JSON array of objects whose fields are the columns.
pub(crate) async fn write(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into orders (brand_id, id, source, external_id, name, placed_at, placed_day, facts_version,
                             cancelled_at, currency, total_minor, subtotal_minor, is_test, is_new_customer,
                             cart_pv, cart_ref, landing_ref, promo_codes, email_hash, customer_hash, lines, details)
         select $1, value ->> 'id', value ->> 'source', value ->> 'external_id', value ->> 'name',
                value ->> 'placed_at', value ->> 'placed_day', value ->> 'facts_version', value ->> 'cancelled_at',
                value ->> 'currency', value ->> 'total_minor', value ->> 'subtotal_minor', value ->> 'is_test',
                value ->> 'is_new_customer', value ->> 'cart_pv', value ->> 'cart_ref', value ->> 'landing_ref',
                value ->> 'promo_codes', value ->> 'email_hash', value ->> 'customer_hash', value ->> 'lines',
                value ->> 'details'
         from jsonb_each($2) where true
         on conflict (brand_id, external_id) do update set
            source = excluded.source, name = excluded.name,
            placed_day = case when excluded.placed_at = orders.placed_at
                then orders.placed_day else excluded.placed_day end,
            placed_at = excluded.placed_at,
            currency = excluded.currency, facts_version = excluded.facts_version,
            cancelled_at = excluded.cancelled_at, total_minor = excluded.total_minor,
            subtotal_minor = excluded.subtotal_minor, is_test = excluded.is_test,
            is_new_customer = excluded.is_new_customer, cart_pv = excluded.cart_pv, cart_ref = excluded.cart_ref,
            landing_ref = excluded.landing_ref, promo_codes = excluded.promo_codes,
            email_hash = excluded.email_hash, customer_hash = excluded.customer_hash,
            lines = excluded.lines, details = excluded.details",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(named("order"))?;
    Ok(())
}

/// Writes the names of orders: name and external id.
pub(crate) async fn write_names(tx: &mut Tx, brand: &str, names: &[(&str, &str)]) -> Result<()> {
    let rows = json(names)?;
    query!(
        "insert into order_names (brand_id, name, order_external_id)
         select $1, value ->> 0, value ->> 1 from json_each($2) where true
         on conflict (brand_id, name, order_external_id) do nothing",
        brand,
        rows
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}

/// Inserts identities: text, kind and customer.
pub(crate) async fn insert_identities(
    tx: &mut Tx,
    brand: &str,
    identities: &[(String, &'static str, &str)],
    at: i64,
) -> Result<()> {
    let rows = json(identities)?;
    query!(
        "insert into identities (brand_id, identity, kind, customer_id, at)
         select $1, value ->> 0, value ->> 1, value ->> 2, $3 from json_each($2) where true
         on conflict (brand_id, identity) do nothing",
        brand,
        rows,
        at
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
