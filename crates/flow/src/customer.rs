//! A brand's customers: who they are, what they did, and forgetting them.

mod data_request;
mod erase;
mod purchase;
mod report;
mod timeline;

use domain::{BrandId, Identity};

use crate::{FlowError, stage::Customers};

pub use self::{
    data_request::DataExportInfo,
    purchase::PurchaseFields,
    report::{CustomerReport, EmailReport, EventFields, JoinOutcome, RecordedEvent},
    timeline::{CustomerTimeline, EventDetails, ProfileDetails, TimelineEvent, TimelineSections, Touch, TouchSource},
};

/// Longest name by which a customer is looked up, in bytes.
const NAME_BYTES_MAX: usize = 512;

pub(crate) fn profile_location(brand: &BrandId, identity: &Identity) -> String {
    format!("profiles/{brand}/{identity}")
}

pub(crate) fn event_location(brand: &BrandId, id: &str) -> String {
    format!("customer_events/{brand}/{id}")
}

impl Customers<'_> {
    /// The identity by which a customer's name is known: as a backend reported it, else as a browser claimed it.
    pub(crate) async fn known_name(self, brand: &BrandId, name: &str) -> Result<Option<Identity>, FlowError> {
        let candidates = [self.customer_key(name), self.claimed_key(name)];
        let known = self.store.identities_of(brand, &candidates).await?;
        Ok(candidates.into_iter().zip(known).find(|(_, all)| !all.is_empty()).map(|(identity, _)| identity))
    }
}
