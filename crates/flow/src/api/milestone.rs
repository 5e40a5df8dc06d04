//! Milestones, as the unified API lists them.

use domain::CreatorId;
pub use store::milestone_objects::{Milestone, MilestoneKeyset, MilestonePlace};

use crate::{FlowError, access::Merchant, stage::Api};

impl Api<'_> {
    /// A page of the milestones that creators have reached, of one creator if given.
    pub async fn milestones_page(
        self,
        merchant: &Merchant,
        keyset: &MilestoneKeyset,
        creator: Option<&CreatorId>,
    ) -> Result<Vec<Milestone>, FlowError> {
        Ok(self.store.milestones_page(merchant.id(), keyset, creator).await?)
    }
}
