//! Milestones, as the unified API lists them.

use domain::CreatorId;
pub use store::milestone_objects::{Milestone, MilestoneKeyset, MilestonePlace};
use store::objects::Span;

use crate::{FlowError, access::Merchant, stage::Api};

impl Api<'_> {
    /// What of a page of milestones is at this place.
    ///
    /// # Errors
    /// A database error.
    pub async fn milestones_at(
        self,
        merchant: &Merchant,
        place: &MilestonePlace,
        keyset: &MilestoneKeyset,
        creator: Option<&CreatorId>,
    ) -> Result<Vec<Milestone>, FlowError> {
        let is_in = |found: &Milestone| {
            let is_beyond =
                if keyset.is_ascending { found.place() > keyset.after } else { found.place() < keyset.after };
            let Span { from, until } = keyset.reached;
            is_beyond && (from..=until).contains(&found.reached_at) && creator.is_none_or(|own| *own == found.creator)
        };
        match self.milestone(merchant, place).await {
            Ok(found) => Ok(Some(found).filter(is_in).into_iter().collect()),
            Err(FlowError::NotFound(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

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
