//! Rows of orders, many per statement.

use sqlx::query;
use store::Result;

use crate::{Tx, database, named};

/// Writes facts from a JSON array of objects whose fields are the columns.
pub(crate) async fn write(tx: &mut Tx, brand: &str, rows: &str) -> Result<()> {
    query!(
        "insert into orders (brand_id, id, source, external_id, name, placed_at, placed_day, facts_version,
                             cancelled_at, currency, total_minor, subtotal_minor, is_test, is_new_customer,
                             cart_pv, cart_ref, landing_ref, promo_codes, email_hash, customer_hash, lines, details)
         select $1, new.* from jsonb_to_recordset($2::text::jsonb) as new (
            id text, source text, external_id text, name text, placed_at bigint, placed_day bigint,
            facts_version bigint, cancelled_at bigint, currency text, total_minor bigint, subtotal_minor bigint,
            is_test boolean, is_new_customer boolean, cart_pv text, cart_ref text, landing_ref text,
            promo_codes text, email_hash text, customer_hash text, lines text, details text)
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
    let (texts, ids): (Vec<String>, Vec<String>) =
        names.iter().map(|(name, id)| ((*name).to_owned(), (*id).to_owned())).unzip();
    query!(
        "insert into order_names (brand_id, name, order_external_id)
         select $1, name, id from unnest($2::text[], $3::text[]) as new (name, id)
         on conflict (brand_id, name, order_external_id) do nothing",
        brand,
        &texts,
        &ids
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
    let texts: Vec<String> = identities.iter().map(|(text, _, _)| text.clone()).collect();
    let kinds: Vec<String> = identities.iter().map(|(_, kind, _)| (*kind).to_owned()).collect();
    let customers: Vec<String> = identities.iter().map(|(_, _, customer)| (*customer).to_owned()).collect();
    query!(
        "insert into identities (brand_id, identity, kind, customer_id, at)
         select $1, identity, kind, customer, $5
         from unnest($2::text[], $3::text[], $4::text[]) as new (identity, kind, customer)
         on conflict (brand_id, identity) do nothing",
        brand,
        &texts,
        &kinds,
        &customers,
        at
    )
    .execute(&mut **tx)
    .await
    .map_err(database)?;
    Ok(())
}
