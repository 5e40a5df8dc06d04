//! Milestones, as the unified API lists them.

use domain::CreatorId;
pub use store::milestone_objects::{Milestone, MilestoneKeyset, MilestonePlace};
use store::objects::Span;

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

    /// The milestone at this place of the list.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such milestone.
    pub async fn milestone(self, merchant: &Merchant, place: &MilestonePlace) -> Result<Milestone, FlowError> {
        // A page leaves out the place that it begins after. Of the places before `name` + `0`, the last is `name` itself.
        let after = MilestonePlace { name: format!("{}0", place.name), ..place.clone() };
        let reached = Span { from: place.reached_at, until: place.reached_at };
        let keyset = MilestoneKeyset { after, reached, is_ascending: false, limit: 1 };
        let found = self.milestones_page(merchant, &keyset, None).await?.into_iter().next();
        found.filter(|found| found.place() == *place).ok_or(FlowError::NotFound("milestone"))
    }
}
