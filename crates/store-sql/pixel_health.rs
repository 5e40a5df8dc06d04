//! When the pixel last reported each type of event.

use domain::{BrandId, UnixMs, event::TYPES};
use sqlx::query;
use store::{Result, ingest::PixelHealth};

use crate::{Db, database};

/// Reads it. Page views have an index of their own, which is used only where a statement compares with the literal type.
pub(crate) async fn read(db: &Db, brand: &BrandId) -> Result<PixelHealth> {
    let mut connection = db.read(brand).await?;
    let brand = brand.as_str();
    let mut health = PixelHealth::default();
    let page_view = query!(
        r#"select received_at as "at!" from events
           where brand_number = (select number from brands where id = $1) and event_type = 'page_view'
             and is_test = false and is_verified = false
           order by received_at desc limit 1"#,
        brand
    )
    .fetch_optional(&mut *connection)
    .await
    .map_err(database)?;
    health.last_seen.extend(page_view.map(|row| ("page_view".to_owned(), UnixMs(row.at))));
    for kind in TYPES.into_iter().filter(|kind| *kind != "page_view") {
        let other = query!(
            r#"select received_at as "at!" from events
               where brand_number = (select number from brands where id = $1) and event_type = $2
                 and event_type <> 'page_view' and is_test = false and is_verified = false
               order by received_at desc limit 1"#,
            brand,
            kind
        )
        .fetch_optional(&mut *connection)
        .await
        .map_err(database)?;
        health.last_seen.extend(other.map(|row| (kind.to_owned(), UnixMs(row.at))));
    }
    Ok(health)
}
