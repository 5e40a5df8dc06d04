//! Conversions: the credits of orders, as the unified API lists them.

use domain::{OrderId, settlement::BookedCredit};
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

    /// The conversion at this position of an order's credits.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such conversion.
    pub async fn conversion(
        self,
        merchant: &Merchant,
        order: &OrderId,
        position: i64,
    ) -> Result<Object<BookedCredit>, FlowError> {
        let keyset = ConversionKeyset {
            from: (order.to_string(), position),
            below: (order.to_string(), position + 1),
            is_ascending: true,
            limit: 1,
        };
        let found = self.conversions_page(merchant, &keyset, &ConversionFilter::default()).await?;
        found.into_iter().next().ok_or(FlowError::NotFound("conversion"))
    }
}
