//! Forgetting customers.

use domain::{BrandId, Identity};

use crate::{FlowError, access::ApiCaller, stage::Customers};

impl Customers<'_> {
    /// Erases a customer: profile, events, identities, and what could identify them on their orders. Amounts and
    /// credits stay. Returns how many orders changed.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such customer. Test keys have no customers.
    pub async fn erase_by_name(self, caller: &ApiCaller, client_id: &str) -> Result<u64, FlowError> {
        let found = if caller.is_test() { None } else { self.by_name(caller.brand(), client_id).await? };
        let (customer, _) = found.ok_or(FlowError::NotFound("customer"))?;
        let orders = self.erase(caller.brand(), customer.identities, &[], &[]).await?;
        tracing::info!(brand = %caller.brand(), key = ?caller.key(), orders, "a customer was erased");
        Ok(orders)
    }

    /// Erases the customers with any of these identities, their orders and visitors, and the orders that are listed or
    /// have one of the hashes. Returns how many orders changed.
    pub(crate) async fn erase(
        self,
        brand: &BrandId,
        mut identities: Vec<Identity>,
        orders: &[String],
        hashes: &[String],
    ) -> Result<u64, FlowError> {
        let joined = self.store.identities_of(brand, &identities).await?;
        identities.extend(joined.into_iter().flatten());
        identities.sort();
        identities.dedup();
        let known = identities.iter().filter_map(Identity::order).map(str::to_owned);
        let orders: Vec<String> = orders.iter().cloned().chain(known).collect();
        let visitors: Vec<String> = identities.iter().filter_map(Identity::visitor).map(str::to_owned).collect();
        let count = self.store.redact_customer(brand, &orders, hashes, &visitors, self.now()).await?;
        self.store.forget_customers(brand, &identities).await?;
        Ok(count)
    }
}
