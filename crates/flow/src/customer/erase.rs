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
        let orders = self.erase(caller.brand(), &customer.identities, &format!("key {}", caller.key().0)).await?;
        tracing::info!(brand = %caller.brand(), key = ?caller.key(), orders, "a customer was erased");
        Ok(orders)
    }

    /// Erases the person to whom any of these identities belongs. Returns how many orders changed.
    pub(crate) async fn erase(self, brand: &BrandId, identities: &[Identity], actor: &str) -> Result<u64, FlowError> {
        let person = self.store.person(brand, identities).await?;
        // Deliveries about the person that still wait are processed first: their amounts count. Of one that cannot be
        // processed, only the body is erased.
        let unprocessed = self.deliveries().process_waiting_about(brand, &person).await?;
        let entry = self.audit(actor, "customer.erase", "a customer");
        let count = self.store.erase_person(brand, identities, &unprocessed, self.now(), &entry).await?;
        self.scrub().await?;
        Ok(count)
    }

    /// Removes what was erased from the database's files.
    pub(crate) async fn scrub(self) -> Result<(), FlowError> {
        if !self.store.scrub().await? {
            tracing::warn!("erased content is still in the write-ahead log: a reader prevented its removal");
        }
        Ok(())
    }
}
