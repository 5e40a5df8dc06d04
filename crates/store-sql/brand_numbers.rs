//! Numbers that stand for brands in the rows that requests write by the thousand.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use domain::BrandId;
use store::{Result, StoreError};

use crate::{Tx, database, list};

/// The numbers read so far. A brand's number never changes.
#[derive(Debug, Default)]
pub(crate) struct BrandNumbers(Mutex<HashMap<BrandId, i64>>);

impl BrandNumbers {
    /// The numbers of these brands.
    pub(crate) async fn of<'a>(
        &self,
        tx: &mut Tx,
        brands: impl Iterator<Item = &'a BrandId>,
    ) -> Result<HashMap<&'a BrandId, i64>> {
        let (mut numbers, mut missing) = (HashMap::new(), Vec::new());
        {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for brand in brands.collect::<BTreeSet<_>>() {
                match known.get(brand) {
                    Some(number) => {
                        numbers.insert(brand, *number);
                    }
                    None => missing.push(brand),
                }
            }
        }
        if missing.is_empty() {
            return Ok(numbers);
        }
        let wanted = list(&missing)?;
        let rows = statement!(query!(
            r#"select id as "id!", number as "number!: i64" from brands where id "# IN "$1",
            &wanted
        ))
        .fetch_all(&mut **tx)
        .await
        .map_err(database)?;
        let read: HashMap<String, i64> = rows.into_iter().map(|row| (row.id, row.number)).collect();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for brand in missing {
            let number = *read.get(brand.as_str()).ok_or(StoreError::Missing("brand"))?;
            numbers.insert(brand, number);
            known.insert(brand.clone(), number);
        }
        Ok(numbers)
    }
}
