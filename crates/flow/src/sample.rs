//! Sample data: made-up facts that show what the product does. They go into an unused brand, which is marked before the
//! first of them is stored, and they are cleared all together with whatever was added to the brand since.
//!
//! Real facts never stand beside them. A brand that has any is refused, and so is one that could get some: from a shop or
//! with a key. Only the demo, whose shop is simulated, may go on to sell and report into its sample brand.

use domain::{
    BrandId,
    brand::{Brand, SampleData, Settings},
};

use crate::{FlowError, Invalid, access::Merchant, stage::Samples};

impl Samples<'_> {
    /// Whether a brand holds sample data, complete or not.
    pub async fn are_there(self, merchant: &Merchant) -> Result<bool, FlowError> {
        Ok(self.stored(merchant.id()).await?.settings.sample.is_some())
    }

    /// Marks a brand as one that holds sample data. What an interrupted attempt has left is deleted first. False if all of
    /// it is there already.
    ///
    /// # Errors
    /// `FlowError::Invalid` if the brand has facts of its own, a source of them, or a connection to Klaviyo;
    /// `FlowError::Stale` if its settings changed meanwhile.
    pub async fn begin(self, merchant: &Merchant) -> Result<bool, FlowError> {
        if merchant.is_sandbox() {
            return Err(Invalid::one("the sandbox of another brand takes no sample data").into());
        }
        let mut brand = self.stored(merchant.id()).await?;
        match brand.settings.sample {
            Some(sample) if sample.is_complete => return Ok(false),
            Some(_) => {
                self.revoke_keys(merchant).await?;
                self.clear_brand(merchant, &brand).await?;
                brand = self.stored(merchant.id()).await?;
            }
            None => {}
        }
        self.ensure_free(&brand.id).await?;
        let sample = SampleData { begun_at: self.now(), is_complete: false };
        self.mark(merchant, &brand, Some(sample), "sample.begin").await?;
        // Again, now that the mark stands: what came in between is not made up.
        if let Err(error) = self.ensure_free(&brand.id).await {
            let marked = self.stored(&brand.id).await?;
            self.mark(merchant, &marked, None, "sample.refuse").await?;
            return Err(error);
        }
        Ok(true)
    }

    /// Notes that all of the sample data is there.
    ///
    /// # Errors
    /// `FlowError::Stale` if the brand's settings changed meanwhile; `FlowError::Invalid` if it was not begun.
    pub async fn complete(self, merchant: &Merchant) -> Result<(), FlowError> {
        let brand = self.stored(merchant.id()).await?;
        let sample = brand.settings.sample.ok_or_else(no_sample)?;
        let after = with_mark(&brand, Some(SampleData { is_complete: true, ..sample }));
        let entry = self.audit(merchant.actor(), "sample.complete", &brand.id);
        let is_done = self.store.complete_sample(&brand, &after, &entry).await?;
        if is_done { Ok(()) } else { Err(FlowError::Stale("the settings")) }
    }

    /// Deletes the sample data and whatever else was added to the brand since. The shop stays installed; keys, members and
    /// settings stay too.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if the brand has no sample data;
    /// `FlowError::Stale` if its settings changed meanwhile.
    pub async fn clear(self, merchant: &Merchant) -> Result<(), FlowError> {
        merchant.owner()?;
        let brand = self.stored(merchant.id()).await?;
        self.clear_brand(merchant, &brand).await
    }

    async fn clear_brand(self, merchant: &Merchant, before: &Brand) -> Result<(), FlowError> {
        if before.settings.sample.is_none() {
            return Err(no_sample().into());
        }
        // Closed days protect figures, of which none is left.
        let settings = Settings { sample: None, closed_through: None, ..before.settings.clone() };
        let after = Brand { settings, ..before.clone() };
        let entry = self.audit(merchant.actor(), "sample.clear", &before.id);
        let is_done = self.store.clear_sample(before, &after, &entry).await?;
        if is_done { Ok(()) } else { Err(FlowError::Stale("the settings")) }
    }

    /// Revokes the keys of a brand whose filling was interrupted: while it is marked, only the filling creates any. The demo
    /// has keys of its own.
    async fn revoke_keys(self, merchant: &Merchant) -> Result<(), FlowError> {
        if self.settings.is_demo {
            return Ok(());
        }
        for key in self.store.keys(merchant.id()).await? {
            if key.revoked_at.is_none() {
                self.setup().revoke_key(merchant, &key.id).await?;
            }
        }
        Ok(())
    }

    /// Refuses a brand that has facts of its own, a source of them, or a connection that would report made-up ones.
    async fn ensure_free(self, brand: &BrandId) -> Result<(), FlowError> {
        self.ensure_no_source(brand).await?;
        if self.store.klaviyo(brand).await?.is_some() {
            let fault = "the brand is connected to Klaviyo, to which sample data would be sent: disconnect it";
            return Err(Invalid::one(fault).into());
        }
        self.ensure_unused(brand).await
    }

    /// Refuses a brand into which others may write at any time.
    async fn ensure_no_source(self, brand: &BrandId) -> Result<(), FlowError> {
        if self.settings.is_demo {
            return Ok(());
        }
        let mut faults = Vec::new();
        if !self.store.shops_of(brand).await?.is_empty() {
            faults.push(
                "the brand has a shop, whose orders would mix with sample data: use a brand of its own".to_owned(),
            );
        }
        if self.store.keys(brand).await?.iter().any(|key| key.revoked_at.is_none()) {
            faults.push("the brand has an API key, whose reports would mix with sample data: revoke it".to_owned());
        }
        if faults.is_empty() { Ok(()) } else { Err(Invalid(faults).into()) }
    }

    async fn ensure_unused(self, brand: &BrandId) -> Result<(), FlowError> {
        if self.store.is_unused(brand).await? {
            return Ok(());
        }
        Err(Invalid::one("the brand has data of its own: sample data goes into an empty brand only").into())
    }

    async fn mark(
        self,
        merchant: &Merchant,
        before: &Brand,
        sample: Option<SampleData>,
        action: &'static str,
    ) -> Result<(), FlowError> {
        let after = with_mark(before, sample);
        let entry = self.audit(merchant.actor(), action, &before.id);
        let is_done = self.store.update_brand_settings(before, &after, &entry).await?;
        if is_done { Ok(()) } else { Err(FlowError::Stale("the settings")) }
    }

    async fn stored(self, brand: &BrandId) -> Result<Brand, FlowError> {
        self.store.brand(brand).await?.ok_or(FlowError::NotFound("brand"))
    }
}

fn with_mark(brand: &Brand, sample: Option<SampleData>) -> Brand {
    Brand { settings: Settings { sample, ..brand.settings.clone() }, ..brand.clone() }
}

fn no_sample() -> Invalid {
    Invalid::one("the brand has no sample data")
}
