//! Campaigns with their plans, as pages show and change them.

use domain::{
    BrandId, Currency, Money, UnixMs,
    campaign::{Campaign, CampaignPlan},
    time::Day,
};

use crate::{
    Result,
    audit::AuditEntry,
    row::{known, read},
};

/// A campaign with its plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCampaign {
    /// The campaign.
    pub campaign: Campaign,
    /// Its budget and dates.
    pub plan: CampaignPlan,
    /// When it was archived.
    pub archived_at: Option<UnixMs>,
}

impl PlannedCampaign {
    /// The currency of its budget; `otherwise` if it has none. A brand's own currency may have changed since.
    pub fn budget_currency(&self, otherwise: Currency) -> Currency {
        self.plan.budget.map_or(otherwise, |budget| budget.currency)
    }
}

/// A row as both engines return it.
#[expect(missing_docs, reason = "the fields are the columns")]
#[derive(Debug)]
pub struct PlannedCampaignRow {
    pub id: String,
    pub name: String,
    pub created_at: i64,
    pub archived_at: Option<i64>,
    pub budget_minor: Option<i64>,
    pub budget_currency: Option<String>,
    pub starts_on: Option<i64>,
    pub ends_on: Option<i64>,
}

impl PlannedCampaignRow {
    /// Converts the row.
    pub fn read(self) -> Result<PlannedCampaign> {
        let currency = self.budget_currency.as_deref().map(Currency::parse);
        let currency = currency.map(|code| known(code, "campaigns", "budget_currency")).transpose()?;
        let budget = self.budget_minor.zip(currency).map(|(minor, currency)| Money { minor, currency });
        Ok(PlannedCampaign {
            campaign: Campaign {
                id: read(self.id, "campaigns", "id")?,
                name: self.name,
                created_at: UnixMs(self.created_at),
            },
            plan: CampaignPlan { budget, starts_on: self.starts_on.map(Day), ends_on: self.ends_on.map(Day) },
            archived_at: self.archived_at.map(UnixMs),
        })
    }
}

/// Stores campaigns with their plans.
#[async_trait::async_trait]
pub trait CampaignStore: Send + Sync {
    /// The campaigns of a brand, by name.
    async fn planned_campaigns(&self, brand: &BrandId) -> Result<Vec<PlannedCampaign>>;
    /// Adds a campaign, or replaces its name, plan and archiving.
    ///
    /// # Errors
    /// `Conflict` when the name is taken; `Missing` when the brand does not exist.
    async fn put_campaign(&self, brand: &BrandId, campaign: &PlannedCampaign, audit: &AuditEntry) -> Result<()>;
}
