//! A shop inside a transaction.

use domain::shop::Shop;
use store::{Result, shops::ShopRow};

use crate::{Tx, database};

/// The shop, locked until the transaction ends.
pub(crate) async fn stored_shop(tx: &mut Tx, domain: &str) -> Result<Option<Shop>> {
    statement!(query_as!(
        ShopRow,
        r#"select domain as "domain!", brand_id as "brand_id!", installed_at as "installed_at!", uninstalled_at,
                  scopes as "scopes!", access_token, access_expires_at, refresh_token, refresh_expires_at,
                  needs_reauth as "needs_reauth!: bool", last_webhook_at
           from shops where domain = $1"# FOR UPDATE,
        domain
    ))
    .fetch_optional(&mut **tx)
    .await
    .map_err(database)?
    .map(ShopRow::read)
    .transpose()
}
