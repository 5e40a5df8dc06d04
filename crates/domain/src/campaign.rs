//! A campaign: a name under which links are reported together.

use serde::{Deserialize, Serialize};

use crate::{CampaignId, Money, UnixMs, time::Day};

/// A campaign of a brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Its name, unique within the brand.
    pub name: String,
    /// When it was created.
    pub created_at: UnixMs,
}

/// What a campaign is to cost, and when it runs. Attribution does not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CampaignPlan {
    /// What it is to cost.
    pub budget: Option<Money>,
    /// Its first day.
    pub starts_on: Option<Day>,
    /// Its last day.
    pub ends_on: Option<Day>,
}

/// Where a campaign stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignStage {
    /// It begins later.
    Planned,
    /// It runs, or has no dates.
    Running,
    /// Its last day is over.
    Ended,
}

impl CampaignPlan {
    /// Where it stands on a day.
    pub fn stage(&self, today: Day) -> CampaignStage {
        if self.ends_on.is_some_and(|end| end < today) {
            CampaignStage::Ended
        } else if self.starts_on.is_some_and(|start| start > today) {
            CampaignStage::Planned
        } else {
            CampaignStage::Running
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_runs_on_its_first_and_last_day() {
        let plan = CampaignPlan { budget: None, starts_on: Some(Day(10)), ends_on: Some(Day(12)) };
        let stages = [9, 10, 12, 13].map(|day| plan.stage(Day(day)));
        assert_eq!(
            stages,
            [CampaignStage::Planned, CampaignStage::Running, CampaignStage::Running, CampaignStage::Ended]
        );
        assert_eq!(CampaignPlan::default().stage(Day(1)), CampaignStage::Running);
    }
}
