//! A brand's customers: who they are, what they did, and forgetting them.

mod data_request;
mod erase;
mod purchase;
mod report;
mod timeline;

use domain::{BrandId, CreatorId, Identity, time::DAY_MS};

use crate::{FlowError, access::Merchant, stage::Customers};

pub use self::{
    data_request::DataExportInfo,
    purchase::PurchaseFields,
    report::{CustomerReport, EmailReport, EventFields, JoinOutcome, RecordedEvent},
    timeline::{
        CustomerTimeline, EVENTS_MAX, EventDetails, ORDERS_MAX, ProfileDetails, ROWS_MAX, TimelineEvent,
        TimelineSections, Touch, TouchSource,
    },
};

/// For how many days ignored claims are shown.
const CLAIMS_SHOWN_DAYS: i64 = 30;
/// Longest name by which a customer is looked up, in bytes.
const NAME_BYTES_MAX: usize = 512;

pub(crate) fn profile_location(brand: &BrandId, identity: &Identity) -> String {
    format!("profiles/{brand}/{identity}")
}

pub(crate) fn event_location(brand: &BrandId, id: &str) -> String {
    format!("customer_events/{brand}/{id}")
}

impl Customers<'_> {
    /// How many claims of customer names were ignored in the last 30 days because there were too many: by a creator's
    /// visitors, or by visitors whom no creator sent.
    pub async fn ignored_claims(self, merchant: &Merchant, creator: Option<&CreatorId>) -> Result<i64, FlowError> {
        let since = self.now().plus_ms(-CLAIMS_SHOWN_DAYS * DAY_MS);
        Ok(self.store.ignored_claims(merchant.id(), creator, since).await?)
    }

    /// The customer of a name that a backend reported before or a browser has claimed; `None` if the name is new.
    pub(crate) async fn named_customer(self, brand: &BrandId, name: &str) -> Result<Option<Identity>, FlowError> {
        let is_known = self.known_name(brand, name).await?.is_some();
        Ok(is_known.then(|| self.customer_key(name)))
    }

    /// The identity by which a customer's name is known: as a backend reported it, else as a browser claimed it.
    pub(crate) async fn known_name(self, brand: &BrandId, name: &str) -> Result<Option<Identity>, FlowError> {
        let candidates = [self.customer_key(name), self.claimed_key(name)];
        let known = self.store.identities_of(brand, &candidates).await?;
        Ok(candidates.into_iter().zip(known).find(|(_, all)| !all.is_empty()).map(|(identity, _)| identity))
    }
}
