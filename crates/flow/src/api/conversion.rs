//! Conversions: the credits of orders, as the unified API lists them.

use domain::settlement::BookedCredit;
use store::objects::Object;

use super::{ConversionFilter, ConversionKeyset};
use crate::{FlowError, access::Merchant, stage::Api};

impl Api<'_> {
    /// A page of conversions.
    pub async fn conversions_page(
        self,
        merchant: &Merchant,
        keyset: &ConversionKeyset,
        filter: &ConversionFilter,
    ) -> Result<Vec<Object<BookedCredit>>, FlowError> {
        Ok(self.store.conversions_page(merchant.id(), keyset, filter).await?)
    }
}
