//! Finding and locking an import.

use domain::{BrandId, ImportId};
use sqlx::query_as;
use store::{
    Result,
    imports::{Import, ImportRow},
};

use crate::{Tx, database};

/// How the rows of an import are locked: whoever does or undoes them waits for the other.
pub(crate) fn lock_name(brand: &BrandId, id: &ImportId) -> String {
    format!("import {brand} {id}")
}

/// An import, inside a transaction.
pub(crate) async fn stored(tx: &mut Tx, brand: &str, id: &str) -> Result<Option<Import>> {
    query_as!(
        ImportRow,
        r#"select id as "id!", source as "source!", status as "status!", actor as "actor!", columns as "columns!",
                  rows_total as "rows_total!", created as "created!", updated as "updated!",
                  unchanged as "unchanged!", failed as "failed!", created_at as "created_at!",
                  updated_at as "updated_at!"
           from imports where brand_id = $1 and id = $2"#,
        brand,
        id
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?
    .map(ImportRow::read)
    .transpose()
}
