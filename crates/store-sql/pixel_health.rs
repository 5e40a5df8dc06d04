//! When the pixel last reported each type of event.

use domain::{BrandId, UnixMs, event::TYPES};
use sqlx::query;
use store::{Result, ingest::PixelHealth};

use crate::{EngineConnection, database};

/// Reads it. Page views have an index of their own, which is used only where a statement compares with the literal type.
pub(crate) async fn read(connection: &mut EngineConnection, brand: &BrandId) -> Result<PixelHealth> {
    let brand = brand.as_str();
    let rows = query!(
        r#"select 'page_view' as "kind!: String",
                  (select received_at from events
                   where brand_number = (select number from brands where id = $1) and event_type = 'page_view'
                     and is_test = false and is_verified = false
                   order by received_at desc limit 1) as "at: i64"
           union all
           select others.column1,
                  (select received_at from events
                   where brand_number = (select number from brands where id = $1) and event_type = others.column1
                     and event_type <> 'page_view' and is_test = false and is_verified = false
                   order by received_at desc limit 1)
           from (values ('add_to_cart'), ('checkout_start'), ('purchase')) as others"#,
        brand
    )
    .fetch_all(connection)
    .await
    .map_err(database)?;
    let seen = |kind: &str| rows.iter().find(|row| row.kind == kind)?.at;
    let last_seen = TYPES.into_iter().filter_map(|kind| Some((kind.to_owned(), UnixMs(seen(kind)?))));
    Ok(PixelHealth { last_seen: last_seen.collect() })
}
