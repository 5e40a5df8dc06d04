//! Forgetting customers.

use std::collections::BTreeSet;

use domain::{BrandId, Identity};

use crate::{
    FlowError,
    access::{ApiCaller, Merchant},
    job::{Job, OrderRef},
    stage::Customers,
};

/// Time until erased content is removed from the files again if a reader prevented it, in ms.
const SCRUB_AGAIN_MS: i64 = 60_000;

impl Customers<'_> {
    /// Erases a customer: profile, events, identities, and what could identify them on their orders. Amounts and
    /// credits stay. Returns how many orders changed.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such customer; a test key finds those of the sandbox.
    pub async fn erase_by_name(self, caller: &ApiCaller, client_id: &str) -> Result<u64, FlowError> {
        let sandbox = if caller.is_test() { self.store.test_brand_of(caller.brand()).await? } else { None };
        let brand = match &sandbox {
            Some(sandbox) => sandbox,
            None if caller.is_test() => return Err(FlowError::NotFound("customer")),
            None => caller.brand(),
        };
        let (customer, _) = self.by_name(brand, client_id).await?.ok_or(FlowError::NotFound("customer"))?;
        let orders = self.erase(brand, &customer.identities, &format!("key {}", caller.key().0)).await?;
        tracing::info!(brand = %caller.brand(), key = ?caller.key(), orders, "a customer was erased");
        Ok(orders)
    }

    /// As [`Self::erase_by_name`], by an owner who has seen the customer's page. `id` is any name of the customer.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::NotFound` if there is no such customer.
    pub async fn erase_shown(self, merchant: &Merchant, id: &str) -> Result<u64, FlowError> {
        merchant.owner()?;
        let (customer, _) = self.by_name(merchant.id(), id).await?.ok_or(FlowError::NotFound("customer"))?;
        let orders = self.erase(merchant.id(), &customer.identities, merchant.actor()).await?;
        tracing::info!(brand = %merchant.id(), orders, "a customer was erased by an owner");
        Ok(orders)
    }

    /// Erases the person to whom any of these identities belongs, from the brand and from its sandbox. Returns how many of
    /// the brand's orders changed.
    pub(crate) async fn erase(self, brand: &BrandId, identities: &[Identity], actor: &str) -> Result<u64, FlowError> {
        // The brand's tests may have sent the same person's data. They come first: once the brand has erased the person, nobody
        // finds them by a name any more, and what was interrupted would not be repeated.
        if let Some(sandbox) = self.store.test_brand_of(brand).await? {
            Box::pin(self.erase(&sandbox, identities, actor)).await?;
        }
        let person = self.store.person(brand, identities).await?;
        // Deliveries about the person that still wait are processed first: their amounts count. Of one that cannot be
        // processed, only the body is erased.
        let unprocessed = self.deliveries().process_waiting_about(brand, &person).await?;
        self.decide_orders(brand, identities).await?;
        let entry = self.audit(actor, "customer.erase", "a customer");
        let scrub = Job::Scrub.at(self.now());
        let count = self.store.erase_person(brand, identities, &unprocessed, self.now(), &entry, &scrub).await?;
        self.scrub().await;
        Ok(count)
    }

    /// Settles what waits to be settled of a person's orders: afterwards there is no evidence, and their decisions stay
    /// as they are.
    async fn decide_orders(self, brand: &BrandId, identities: &[Identity]) -> Result<(), FlowError> {
        let person = self.store.person(brand, identities).await?;
        let undecided = self.store.undecided_orders(brand, &person).await?;
        for order_id in &undecided {
            let about = OrderRef { brand: brand.clone(), order_id: order_id.clone() };
            only_of_store(self.orders().process_purchase_reports(&about).await)?;
        }
        // The reports may have shown more of the person, and become orders under other ids.
        let person = self.store.person(brand, identities).await?;
        let mut due: BTreeSet<String> = self.store.undecided_orders(brand, &person).await?.into_iter().collect();
        for order_id in person.orders().into_iter().chain(person.reported_orders) {
            let job = Job::SettleOrder(OrderRef { brand: brand.clone(), order_id: order_id.clone() }).at(self.now());
            if self.store.job_due_at(job.kind, &job.key).await?.is_some() {
                due.insert(order_id);
            }
        }
        for order_id in due {
            let about = OrderRef { brand: brand.clone(), order_id };
            let settled = match self.orders().settle(&about).await {
                // It changed meanwhile.
                Err(FlowError::Stale(_)) => self.orders().settle(&about).await,
                settled => settled,
            };
            only_of_store(settled)?;
        }
        Ok(())
    }

    /// Removes what was erased from the database's files. If that fails for now, a job tries again.
    pub(crate) async fn scrub(self) {
        let outcome = self.store.scrub().await;
        if matches!(outcome, Ok(true)) {
            return;
        }
        tracing::warn!(?outcome, "erased content is still in the write-ahead log: a reader prevented its removal");
        if let Err(error) = self.store.enqueue(&Job::Scrub.at(self.now().plus_ms(SCRUB_AGAIN_MS))).await {
            tracing::error!(%error, "no later removal could be queued");
        }
    }

    /// The job that removes what was erased from the database's files, until it succeeds.
    pub(crate) async fn scrub_job(self) -> Result<(), FlowError> {
        if !self.store.scrub().await? {
            self.store.enqueue(&Job::Scrub.at(self.now().plus_ms(SCRUB_AGAIN_MS))).await?;
        }
        Ok(())
    }
}

/// An order that cannot be settled must not keep its customer from being erased; a database that fails must.
fn only_of_store(outcome: Result<(), FlowError>) -> Result<(), FlowError> {
    match outcome {
        Err(error @ FlowError::Store(_)) => Err(error),
        Err(error) => {
            tracing::warn!(%error, "an order was not settled before its customer was erased");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
