//! Which customer an identity belongs to.

use domain::{BrandId, CustomerId, Identity};
use sqlx::query;
use store::{Result, row::read};

use crate::{Tx, database, list};

/// A stored identity and its customer.
pub(crate) struct KnownIdentity {
    pub identity: Identity,
    pub customer: CustomerId,
}

/// The customers of those of these identities that are known.
pub(crate) async fn known_identities(
    tx: &mut Tx,
    brand: &BrandId,
    identities: &[Identity],
) -> Result<Vec<KnownIdentity>> {
    let (brand, identities) = (brand.as_str(), list(identities)?);
    let rows = statement!(query!(
        r#"select identity as "identity!", customer_id as "customer_id!" from identities
           where brand_id = $1 and identity "# IN "$2",
        brand,
        &identities
    ))
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    rows.into_iter()
        .map(|row| {
            Ok(KnownIdentity {
                identity: read(row.identity, "identities", "identity")?,
                customer: read(row.customer_id, "identities", "customer_id")?,
            })
        })
        .collect()
}

/// The customer's identities of these kinds.
pub(crate) async fn identities_of_kinds(
    tx: &mut Tx,
    brand: &BrandId,
    customer: &CustomerId,
    kinds: [&str; 3],
) -> Result<Vec<Identity>> {
    let (brand, customer) = (brand.as_str(), customer.as_str());
    let rows = query!(
        r#"select identity as "identity!" from identities
           where brand_id = $1 and customer_id = $2 and kind in ($3, $4, $5)"#,
        brand,
        customer,
        kinds[0],
        kinds[1],
        kinds[2]
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(database)?;
    rows.into_iter().map(|row| read(row.identity, "identities", "identity")).collect()
}
